//! Scalars in quotes (YAML 1.1, sections 9.1.1 and 9.1.2).

use std::borrow::Cow;

use super::characters::{DOUBLE_QUOTE, SINGLE_QUOTE};
use super::fold::Fold;
use super::scanner::Scanner;
use super::token::TokenKind;
use super::{Mark, SyntaxError};

impl<'text> Scanner<'text> {
    pub(super) fn quoted_scalar(&mut self, quote: u8) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        self.cursor.advance(1);
        let special = if quote == b'"' { DOUBLE_QUOTE } else { SINGLE_QUOTE };
        let value = match self.quoted_run(special) {
            run if self.is_at_closing(quote) => Cow::Borrowed(run),
            _ => {
                let mut text = String::new();
                self.cursor.back_to(start.offset + 1);
                while !self.quoted_line(&mut text, quote, special, start)? {}
                Cow::Owned(text)
            }
        };
        self.cursor.advance(1);
        self.push(
            TokenKind::Scalar {
                value,
                is_plain: false,
            },
            start,
        );
        Ok(())
    }

    fn is_at_closing(&self, quote: u8) -> bool {
        self.cursor.byte() == quote && (quote == b'"' || self.cursor.byte_at(1) != quote)
    }

    /// Passes what stands for itself, up to a line end, a quote or, where it is an escape, a backslash.
    fn quoted_run(&mut self, special: u8) -> &'text str {
        let start = self.cursor.offset();
        self.cursor.advance_to(special);
        self.cursor.since(start)
    }

    /// Reads up to the next line or the closing quote; says whether the quote is there.
    fn quoted_line(
        &mut self,
        text: &mut String,
        quote: u8,
        special: u8,
        start: Mark,
    ) -> Result<bool, SyntaxError> {
        if self.cursor.is_at_document_sign() {
            return Err(self.error("found unexpected document indicator", Some(start)));
        }
        let mut fold = Fold::default();
        loop {
            let run = self.quoted_run(special);
            text.push_str(run);
            if self.is_at_closing(quote) {
                return Ok(true);
            }
            match self.cursor.byte() {
                0 => return Err(self.error("found unexpected end of stream", Some(start))),
                b'\'' if quote == b'\'' => {
                    text.push('\'');
                    self.cursor.advance(2);
                }
                b'\\' if self.cursor.break_length(1) > 0 => {
                    self.cursor.advance(1);
                    self.cursor.take_break();
                    fold = Fold::escaped();
                    break;
                }
                b'\\' => self.escape(text, start)?,
                _ => {
                    text.truncate(text.len() - trailing_blanks(run));
                    break;
                }
            }
        }
        self.fold_breaks(&mut fold, start, 0)?;
        fold.join(text, "");
        Ok(false)
    }

    /// An escape (YAML 1.1, section 5.6). Go's decoders know `\'` besides, and no `\/`.
    fn escape(&mut self, text: &mut String, start: Mark) -> Result<(), SyntaxError> {
        let digits = match self.cursor.byte_at(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            byte => {
                let Some(character) = escaped(byte) else {
                    return Err(self.error("found unknown escape character", Some(start)));
                };
                text.push(character);
                self.cursor.advance(2);
                return Ok(());
            }
        };
        self.cursor.advance(2);
        let mut code = 0_u32;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.cursor.byte_at(ahead)).to_digit(16) else {
                return Err(self.error("did not find expected hexdecimal number", Some(start)));
            };
            code = code << 4 | digit;
        }
        let Some(character) = char::from_u32(code) else {
            return Err(self.error("found invalid Unicode character escape code", Some(start)));
        };
        text.push(character);
        self.cursor.advance(digits);
        Ok(())
    }
}

fn escaped(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' | b'"' | b'\'' | b'\\' => char::from(byte),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

fn trailing_blanks(text: &str) -> usize {
    text.len() - text.trim_end_matches([' ', '\t']).len()
}
