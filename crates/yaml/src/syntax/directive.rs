//! Lines that begin with `%` (YAML 1.1, section 7.1).

use super::Mark;
use super::SyntaxError;
use super::scanner::Scanner;
use super::token::{TagDirective, TokenKind};

impl<'text> Scanner<'text> {
    pub(super) fn scan_directive(&mut self) -> Result<(), SyntaxError> {
        let start = self.cursor.mark();
        self.cursor.advance(1);
        let name = self.word();
        if name.is_empty() {
            return Err(self.error("could not find expected directive name", Some(start)));
        }
        if !self.cursor.is_space_at(0) {
            return Err(self.error("found unexpected non-alphabetical character", Some(start)));
        }
        let kind = match name {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_directive(start)?,
            _ => return Err(self.error("found unknown directive name", Some(start))),
        };
        self.push(kind, start);
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.is_at_line_end() {
            return Err(self.error("did not find expected comment or line break", Some(start)));
        }
        self.cursor.take_break();
        Ok(())
    }

    fn version(&mut self, start: Mark) -> Result<TokenKind<'text>, SyntaxError> {
        self.cursor.skip_blanks();
        let major = self.version_number(start)?;
        if self.cursor.byte() != b'.' {
            return Err(self.error("did not find expected digit or '.' character", Some(start)));
        }
        self.cursor.advance(1);
        let minor = self.version_number(start)?;
        Ok(TokenKind::Version((major, minor) == (1, 1)))
    }

    fn version_number(&mut self, start: Mark) -> Result<u8, SyntaxError> {
        const DIGITS: usize = 2;
        let from = self.cursor.offset();
        while self.cursor.byte().is_ascii_digit() {
            if self.cursor.offset() - from == DIGITS {
                return Err(self.error("found extremely long version number", Some(start)));
            }
            self.cursor.advance(1);
        }
        self.cursor
            .since(from)
            .parse()
            .map_err(|_| self.error("did not find expected version number", Some(start)))
    }

    fn tag_directive(&mut self, start: Mark) -> Result<TokenKind<'text>, SyntaxError> {
        self.cursor.skip_blanks();
        let handle = self.tag_handle(start)?;
        if handle != "!" && !handle.ends_with('!') {
            return Err(self.error("did not find expected '!'", Some(start)));
        }
        if !self.cursor.is_at_blank() {
            return Err(self.error("did not find expected whitespace", Some(start)));
        }
        self.cursor.skip_blanks();
        let prefix = self.tag_address(self.cursor.offset(), start)?;
        if !self.cursor.is_space_at(0) {
            return Err(self.error("did not find expected whitespace or line break", Some(start)));
        }
        Ok(TokenKind::TagDirective(Box::new(TagDirective { handle, prefix })))
    }
}
