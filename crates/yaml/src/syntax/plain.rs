//! Scalars without quotes (YAML 1.1, section 9.1.3).

use std::borrow::Cow;

use super::SyntaxError;
use super::characters::{BLANK, FLOW, PLAIN_END, is_any};
use super::fold::Fold;
use super::scanner::Scanner;
use super::token::TokenKind;

impl<'text> Scanner<'text> {
    pub(super) fn plain_scalar(&mut self) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let indent = self.indents.last().map_or(0, |indent| indent + 1);
        let mut value = Cow::Borrowed(self.plain_line());
        let mut end = start.offset + value.len();
        while self.cursor.is_at_break() {
            let mut fold = Fold::default();
            self.fold_breaks(&mut fold, start, indent)?;
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
            self.cursor.advance_to(PLAIN_END | flow);
            let before = self.cursor.since(start);
            let is_end = match self.cursor.byte() {
                b':' => self.cursor.is_space_at(1),
                b'#' => before.bytes().next_back().is_none_or(|byte| is_any(byte, BLANK)),
                _ => true,
            };
            if is_end {
                return before.trim_end_matches([' ', '\t']);
            }
            self.cursor.advance(1);
        }
    }
}
