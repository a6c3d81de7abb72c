//! Lines that are put together (YAML 1.1, section 4.2.4).

use super::scanner::Scanner;
use super::{Mark, SyntaxError};

/// The line ends between two lines of a scalar.
#[derive(Default)]
pub(super) struct Fold<'text> {
    first: Option<&'text str>,
    more: String,
}

impl<'text> Fold<'text> {
    /// Behind a line end that was escaped: it counts as none, those behind it stay.
    pub(super) fn escaped() -> Self {
        Self {
            first: Some(""),
            more: String::new(),
        }
    }

    pub(super) fn push(&mut self, line_end: &'text str) {
        if self.first.is_some() {
            self.more.push_str(line_end);
        } else {
            self.first = Some(line_end);
        }
    }

    /// Adds what the line ends mean, and the next line: one alone is a space, of several the first does not count.
    pub(super) fn join(&self, text: &mut String, line: &str) {
        match (self.first, self.more.as_str()) {
            (Some("\n"), "") => text.push(' '),
            (Some("\n"), more) => text.push_str(more),
            (first, more) => text.extend([first.unwrap_or_default(), more]),
        }
        text.push_str(line);
    }
}

impl<'text> Scanner<'text> {
    /// Passes the line ends behind a line of a scalar, and the blanks around them. No tab may stand before the column
    /// `indent`.
    pub(super) fn fold_breaks(
        &mut self,
        fold: &mut Fold<'text>,
        scalar: Mark,
        indent: usize,
    ) -> Result<(), SyntaxError> {
        loop {
            if self.cursor.is_at_blank() {
                if self.cursor.byte() == b'\t' && self.cursor.column() < indent {
                    return Err(self.error("found a tab character that violates indentation", Some(scalar)));
                }
                self.cursor.advance(1);
            } else if self.cursor.is_at_break() {
                fold.push(self.cursor.take_break());
            } else {
                return Ok(());
            }
        }
    }
}
