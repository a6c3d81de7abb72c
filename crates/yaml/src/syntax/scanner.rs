//! A text to tokens.

use std::collections::VecDeque;

use super::characters::{first_forbidden, may_begin_plain};
use super::cursor::Cursor;
use super::token::{Token, TokenKind};
use super::{Mark, Stage, SyntaxError};

/// Characters of a line that may hold a key without `?` (YAML 1.1, section 7.4.2).
const KEY_LENGTH: usize = 1024;
/// Bytes that Go's reader looks at in one go: what a text must not hold is found before the rest of them is scanned.
const PIECE: usize = 512;
/// Bytes that the scanner looks ahead.
const AHEAD: usize = 4;

/// Cuts a text into tokens, no more of it than is asked for.
pub(crate) struct Scanner<'text> {
    pub(super) cursor: Cursor<'text>,
    tokens: VecDeque<Token<'text>>,
    /// Tokens that were taken: the number of the first one in the queue.
    taken: usize,
    /// Whether that one may be taken: nothing can come to stand before it.
    is_ready: bool,
    /// The columns of the open blocks.
    pub(super) indents: Vec<usize>,
    /// Open brackets.
    pub(super) flow_level: usize,
    /// What may turn out to be keys: one at most for each level of brackets, the outermost first.
    keys: VecDeque<SimpleKey>,
    /// Whether a key may begin here.
    pub(super) key_allowed: bool,
    /// Where the first character stands that no text may hold.
    forbidden: Option<usize>,
}

/// A key without `?`: only the `:` behind it tells that it was one.
struct SimpleKey {
    start: Mark,
    column: usize,
    /// The number of its first token.
    token: usize,
    flow_level: usize,
    /// Nothing else can stand at this place.
    is_required: bool,
}

impl<'text> Scanner<'text> {
    /// `text` must have no byte order mark.
    pub(crate) fn new(text: &'text str) -> Self {
        Self {
            cursor: Cursor::new(text),
            tokens: VecDeque::with_capacity(16),
            taken: 0,
            is_ready: false,
            indents: Vec::new(),
            flow_level: 0,
            keys: VecDeque::new(),
            key_allowed: true,
            forbidden: first_forbidden(text),
        }
    }

    /// The next token, which stays where it is. Behind the end of the text stand ends without end.
    pub(crate) fn peek(&mut self) -> Result<&mut Token<'text>, SyntaxError> {
        while !self.is_ready {
            self.is_ready = !self.tokens.is_empty() && !self.may_be_key()?;
            if !self.is_ready {
                self.fetch()?;
            }
        }
        let place = self.cursor.mark();
        self.tokens
            .front_mut()
            .ok_or(error("did not find expected <stream-end>", place, None))
    }

    /// Takes the token that was looked at.
    pub(crate) fn skip(&mut self) {
        if self.tokens.pop_front().is_some() {
            self.taken += 1;
        }
        self.is_ready = false;
    }

    /// The tokens that were scanned and not taken yet.
    pub(crate) fn queued(&self) -> impl Iterator<Item = &Token<'text>> {
        self.tokens.iter()
    }

    /// Scans on until there is one more token at least.
    fn fetch(&mut self) -> Result<(), SyntaxError> {
        self.skip_to_token();
        self.check_readable()?;
        let start = self.cursor.mark();
        self.close_blocks(Some(self.cursor.column()));
        let in_flow = self.flow_level > 0;
        match self.cursor.byte() {
            0 => self.stream_end(),
            b'%' if self.cursor.column() == 0 => self.directive(),
            b'-' if self.cursor.is_at_document_sign() => self.document_sign(TokenKind::DocumentStart),
            b'.' if self.cursor.is_at_document_sign() => self.document_sign(TokenKind::DocumentEnd),
            b'[' => self.open_flow(TokenKind::FlowSequenceStart),
            b'{' => self.open_flow(TokenKind::FlowMappingStart),
            b']' => self.close_flow(TokenKind::FlowSequenceEnd),
            b'}' => self.close_flow(TokenKind::FlowMappingEnd),
            b',' => self.flow_entry(),
            b'-' if self.cursor.is_space_at(1) => self.block_entry(),
            b'?' if in_flow || self.cursor.is_space_at(1) => self.key(),
            b':' if in_flow || self.cursor.is_space_at(1) => self.value(),
            b'*' => self.anchor(TokenKind::Alias),
            b'&' => self.anchor(TokenKind::Anchor),
            b'!' => self.tag(),
            style @ (b'|' | b'>') if !in_flow => self.block_scalar(style == b'|'),
            quote @ (b'\'' | b'"') => self.quoted_scalar(quote),
            byte if may_begin_plain(byte) => self.plain_scalar(),
            _ => Err(self.error("found character that cannot start any token", Some(start))),
        }?;
        self.check_readable()
    }

    /// Passes blanks, comments and line ends. A tab may not indent what may be a key.
    fn skip_to_token(&mut self) {
        loop {
            let tabs_are_blanks = self.flow_level > 0 || !self.key_allowed;
            self.cursor.skip_spaces();
            if tabs_are_blanks {
                self.cursor.skip_blanks();
            }
            self.cursor.skip_comment();
            if self.cursor.take_break().is_empty() {
                return;
            }
            if self.flow_level == 0 {
                self.key_allowed = true;
            }
        }
    }

    /// Whether the next token may turn out to begin a key: then those that make it one belong before it.
    fn may_be_key(&mut self) -> Result<bool, SyntaxError> {
        match self.keys.front() {
            Some(key) if key.token == self.taken => {}
            _ => return Ok(false),
        }
        match self.keys.pop_front() {
            Some(key) if self.is_valid(&key)? => self.keys.push_front(key),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether a `:` here is not too far away from what it would make a key.
    fn is_valid(&self, key: &SimpleKey) -> Result<bool, SyntaxError> {
        let is_stale = key.start.line < self.cursor.mark().line || self.is_too_long(key.start.offset);
        if is_stale && key.is_required {
            return Err(self.no_colon(key.start));
        }
        Ok(!is_stale)
    }

    fn is_too_long(&self, start: usize) -> bool {
        self.cursor.offset() - start > KEY_LENGTH
            && self.cursor.since(start).chars().nth(KEY_LENGTH).is_some()
    }

    /// What begins here may be a key.
    pub(super) fn save_key(&mut self) -> Result<(), SyntaxError> {
        if !self.key_allowed {
            return Ok(());
        }
        self.remove_key()?;
        let column = self.cursor.column();
        self.keys.push_back(SimpleKey {
            start: self.cursor.mark(),
            column,
            token: self.taken + self.tokens.len(),
            flow_level: self.flow_level,
            is_required: self.flow_level == 0 && self.indents.last() == Some(&column),
        });
        Ok(())
    }

    /// What may have been a key, in the brackets that are open, is none.
    pub(super) fn remove_key(&mut self) -> Result<(), SyntaxError> {
        match self.take_key() {
            Some(key) if key.is_required => Err(self.no_colon(key.start)),
            _ => Ok(()),
        }
    }

    fn take_key(&mut self) -> Option<SimpleKey> {
        self.keys.pop_back_if(|key| key.flow_level == self.flow_level)
    }

    fn no_colon(&self, key: Mark) -> SyntaxError {
        self.error("could not find expected ':'", Some(key))
    }

    /// Opens a block, unless one of this column is open; `index` is its place among the tokens, by default behind them.
    fn open_block(&mut self, kind: TokenKind<'text>, column: usize, start: Mark, index: Option<usize>) {
        if self.flow_level == 0 && self.indents.last().is_none_or(|indent| *indent < column) {
            self.indents.push(column);
            self.tokens
                .insert(index.unwrap_or(self.tokens.len()), empty(kind, start));
        }
    }

    /// Closes the blocks that are indented deeper; all of them without a column.
    fn close_blocks(&mut self, column: Option<usize>) {
        if self.flow_level > 0 {
            return;
        }
        while self
            .indents
            .pop_if(|indent| column.is_none_or(|column| *indent > column))
            .is_some()
        {
            self.tokens
                .push_back(empty(TokenKind::BlockEnd, self.cursor.mark()));
        }
    }

    /// The token from an earlier place to here.
    pub(super) fn push(&mut self, kind: TokenKind<'text>, start: Mark) {
        self.push_until(kind, start, self.cursor.offset());
    }

    pub(super) fn push_until(&mut self, kind: TokenKind<'text>, start: Mark, end: usize) {
        self.tokens.push_back(Token { kind, start, end });
    }

    /// The token of the next bytes.
    fn push_sign(&mut self, kind: TokenKind<'text>, bytes: usize) {
        let start = self.cursor.mark();
        self.cursor.advance(bytes);
        self.push(kind, start);
    }

    fn end_blocks(&mut self) -> Result<(), SyntaxError> {
        self.close_blocks(None);
        self.remove_key()?;
        self.key_allowed = false;
        Ok(())
    }

    fn stream_end(&mut self) -> Result<(), SyntaxError> {
        self.cursor.end_line();
        self.end_blocks()?;
        self.push(TokenKind::StreamEnd, self.cursor.mark());
        Ok(())
    }

    fn directive(&mut self) -> Result<(), SyntaxError> {
        self.end_blocks()?;
        self.scan_directive()
    }

    fn document_sign(&mut self, kind: TokenKind<'text>) -> Result<(), SyntaxError> {
        self.end_blocks()?;
        self.push_sign(kind, 3);
        Ok(())
    }

    fn open_flow(&mut self, kind: TokenKind<'text>) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.flow_level += 1;
        self.key_allowed = true;
        self.push_sign(kind, 1);
        Ok(())
    }

    fn close_flow(&mut self, kind: TokenKind<'text>) -> Result<(), SyntaxError> {
        self.remove_key()?;
        self.flow_level = self.flow_level.saturating_sub(1);
        self.key_allowed = false;
        self.push_sign(kind, 1);
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), SyntaxError> {
        self.remove_key()?;
        self.key_allowed = true;
        self.push_sign(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// In brackets the parser says what is wrong.
    fn block_entry(&mut self) -> Result<(), SyntaxError> {
        self.begin_block(
            TokenKind::BlockSequenceStart,
            "block sequence entries are not allowed in this context",
        )?;
        self.remove_key()?;
        self.key_allowed = true;
        self.push_sign(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        self.begin_block(
            TokenKind::BlockMappingStart,
            "mapping keys are not allowed in this context",
        )?;
        self.remove_key()?;
        self.key_allowed = self.flow_level == 0;
        self.push_sign(TokenKind::Key, 1);
        Ok(())
    }

    fn value(&mut self) -> Result<(), SyntaxError> {
        let key = match self.take_key() {
            Some(key) if self.is_valid(&key)? => Some(key),
            _ => None,
        };
        if let Some(key) = key {
            let index = key.token.saturating_sub(self.taken).min(self.tokens.len());
            self.tokens.insert(index, empty(TokenKind::Key, key.start));
            self.open_block(TokenKind::BlockMappingStart, key.column, key.start, Some(index));
            self.key_allowed = false;
        } else {
            self.begin_block(
                TokenKind::BlockMappingStart,
                "mapping values are not allowed in this context",
            )?;
            self.key_allowed = self.flow_level == 0;
        }
        self.push_sign(TokenKind::Value, 1);
        Ok(())
    }

    fn begin_block(&mut self, kind: TokenKind<'text>, problem: &'static str) -> Result<(), SyntaxError> {
        if self.flow_level == 0 && !self.key_allowed {
            return Err(self.error(problem, Some(self.cursor.mark())));
        }
        self.open_block(kind, self.cursor.column(), self.cursor.mark(), None);
        Ok(())
    }

    /// What stops the scanner here.
    pub(super) fn error(&self, problem: &'static str, context: Option<Mark>) -> SyntaxError {
        match self.unreadable() {
            Some(offset) => reader_error(offset),
            None => error(problem, self.cursor.mark(), context),
        }
    }

    fn check_readable(&self) -> Result<(), SyntaxError> {
        self.unreadable()
            .map_or(Ok(()), |offset| Err(reader_error(offset)))
    }

    /// Where what no text may hold stands, once the piece around it is reached.
    fn unreadable(&self) -> Option<usize> {
        self.forbidden
            .filter(|offset| self.cursor.offset() + AHEAD > offset / PIECE * PIECE)
    }
}

fn reader_error(offset: usize) -> SyntaxError {
    SyntaxError {
        problem: "control characters are not allowed",
        place: Mark { offset, line: 0 },
        context: None,
        stage: Stage::Reader,
    }
}

fn error(problem: &'static str, place: Mark, context: Option<Mark>) -> SyntaxError {
    SyntaxError {
        problem,
        place,
        context,
        stage: Stage::Scanner,
    }
}

/// A token that has no text.
fn empty(kind: TokenKind<'_>, start: Mark) -> Token<'_> {
    Token {
        kind,
        start,
        end: start.offset,
    }
}
