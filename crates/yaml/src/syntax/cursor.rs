//! A place in a text that moves on.

use super::Mark;
use super::characters::{BLANK, END_OF_LINE, LEAD, is_any};

/// Where reading stands.
pub(super) struct Cursor<'text> {
    text: &'text str,
    offset: usize,
    line: usize,
    /// Where the line starts.
    line_start: usize,
}

impl<'text> Cursor<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self {
            text,
            offset: 0,
            line: 0,
            line_start: 0,
        }
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            offset: self.offset,
            line: self.line,
        }
    }

    /// Bytes from the start of the line. Blanks alone stand before what indentation is asked of, so that bytes are
    /// as good as characters.
    pub(super) fn column(&self) -> usize {
        self.offset - self.line_start
    }

    /// The text from an earlier place to here.
    pub(super) fn since(&self, start: usize) -> &'text str {
        self.text.get(start..self.offset).unwrap_or_default()
    }

    /// The byte here, 0 behind the end. No text that is read to its end holds a 0.
    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.byte_at(0)
    }

    /// A byte further on, 0 behind the end.
    #[inline]
    pub(super) fn byte_at(&self, ahead: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.offset + ahead)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.byte() == 0
    }

    pub(super) fn is_at_blank(&self) -> bool {
        is_any(self.byte(), BLANK)
    }

    pub(super) fn is_at_break(&self) -> bool {
        self.break_length(0) > 0
    }

    /// Whether a line ends here, or the text.
    pub(super) fn is_at_line_end(&self) -> bool {
        self.is_at_end() || self.is_at_break()
    }

    /// Whether a blank, a line end or the end of the text stands so far on.
    pub(super) fn is_space_at(&self, ahead: usize) -> bool {
        let byte = self.byte_at(ahead);
        is_any(byte, BLANK | END_OF_LINE) || (is_any(byte, LEAD) && self.break_length(ahead) > 0)
    }

    /// Whether a line starts with the sign of a document's start or end.
    pub(super) fn is_at_document_sign(&self) -> bool {
        self.column() == 0
            && matches!(
                (self.byte(), self.byte_at(1), self.byte_at(2)),
                (b'-', b'-', b'-') | (b'.', b'.', b'.')
            )
            && self.is_space_at(3)
    }

    /// Bytes of the line end that stands so far on; 0 for none.
    #[inline]
    pub(super) fn break_length(&self, ahead: usize) -> usize {
        match self.byte_at(ahead) {
            b'\n' => 1,
            b'\r' if self.byte_at(ahead + 1) == b'\n' => 2,
            b'\r' => 1,
            0xc2 if self.byte_at(ahead + 1) == 0x85 => 2,
            0xe2 if self.byte_at(ahead + 1) == 0x80 && matches!(self.byte_at(ahead + 2), 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    /// Passes bytes that are no line end.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.offset += bytes;
    }

    /// Goes back to an earlier place of the same line.
    pub(super) fn back_to(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// Passes a line end, if one is here, and gives what it means: U+2028 and U+2029 stay what they are.
    pub(super) fn take_break(&mut self) -> &'text str {
        let length = self.break_length(0);
        if length == 0 {
            return "";
        }
        let start = self.offset;
        self.offset += length;
        self.line += 1;
        self.line_start = self.offset;
        if length == 3 { self.since(start) } else { "\n" }
    }

    /// Passes bytes up to one of the classes, a line end or the end.
    #[inline]
    pub(super) fn advance_to(&mut self, classes: u8) {
        loop {
            let rest = self.text.as_bytes().get(self.offset..).unwrap_or_default();
            self.offset += rest
                .iter()
                .position(|byte| is_any(*byte, classes | END_OF_LINE | LEAD))
                .unwrap_or(rest.len());
            if !is_any(self.byte(), LEAD) || self.is_at_break() {
                return;
            }
            self.offset += 1;
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.is_at_blank() {
            self.offset += 1;
        }
    }

    /// Passes spaces, of which most texts have more than of anything else.
    #[inline]
    pub(super) fn skip_spaces(&mut self) {
        const MANY: &[u8] = &[b' '; 8];
        let rest = self.text.as_bytes().get(self.offset..).unwrap_or_default();
        let many = rest
            .chunks_exact(MANY.len())
            .take_while(|chunk| *chunk == MANY)
            .count()
            * MANY.len();
        let few = rest.iter().skip(many).take_while(|byte| **byte == b' ').count();
        self.offset += many + few;
    }

    /// Passes the rest of the line, and gives it.
    pub(super) fn take_line(&mut self) -> &'text str {
        let start = self.offset;
        self.advance_to(0);
        self.since(start)
    }

    /// Passes a comment, if one is here.
    pub(super) fn skip_comment(&mut self) {
        if self.byte() == b'#' {
            self.take_line();
        }
    }

    /// The end of the text counts as the start of a line.
    pub(super) fn end_line(&mut self) {
        if self.column() > 0 {
            self.line += 1;
            self.line_start = self.offset;
        }
    }
}
