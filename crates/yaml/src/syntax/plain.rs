//! Scalars without quotes (YAML 1.1, section 9.1.3).

use std::borrow::Cow;

use super::characters::{BLANK, END_OF_LINE, FLOW, LEAD, PLAIN_END, is_any};
use super::fold::Fold;
use super::scanner::Scanner;
use super::token::TokenKind;
use super::{Mark, SyntaxError};

impl<'text> Scanner<'text> {
    pub(super) fn plain_scalar(&mut self) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let indent = self.indents.last().map_or(0, |indent| indent + 1);
        let mut value = Cow::Borrowed(self.plain_line());
        let mut end = start.offset + value.len();
        while self.cursor.is_at_break() {
            let fold = self.plain_breaks(start, indent)?;
            self.key_allowed = true;
            if (self.flow_level == 0 && self.cursor.column() < indent) || self.cursor.is_at_document_sign() {
                break;
            }
            let line_start = self.cursor.offset();
            let line = self.plain_line();
            if line.is_empty() {
                break;
            }
            fold.join(value.to_mut(), line);
            end = line_start + line.len();
            self.key_allowed = false;
        }
        self.push_until(
            TokenKind::Scalar {
                value,
                is_plain: true,
            },
            start,
            end,
        );
        Ok(())
    }

    /// The text of the scalar up to the end of the line; the blanks behind it are passed.
    fn plain_line(&mut self) -> &'text str {
        let start = self.cursor.offset();
        let flow = if self.flow_level > 0 { FLOW } else { 0 };
        loop {
            self.cursor.advance_to(END_OF_LINE | LEAD | PLAIN_END | flow);
            let is_end = match self.cursor.byte() {
                b':' => self.cursor.is_space_at(1),
                b'#' => self
                    .cursor
                    .since(start)
                    .bytes()
                    .next_back()
                    .is_none_or(|byte| is_any(byte, BLANK)),
                byte if is_any(byte, LEAD) => self.cursor.is_at_break(),
                _ => true,
            };
            if is_end {
                return self.cursor.since(start).trim_end_matches([' ', '\t']);
            }
            self.cursor.advance(1);
        }
    }

    /// Passes the line ends behind a line, and the blanks before the next one.
    fn plain_breaks(&mut self, start: Mark, indent: usize) -> Result<Fold<'text>, SyntaxError> {
        let mut fold = Fold::default();
        loop {
            if self.cursor.is_at_blank() {
                if self.cursor.byte() == b'\t' && self.cursor.column() < indent {
                    return Err(self.error("found a tab character that violates indentation", Some(start)));
                }
                self.cursor.advance(1);
            } else if self.cursor.is_at_break() {
                fold.push(self.cursor.take_break());
            } else {
                return Ok(fold);
            }
        }
    }
}
