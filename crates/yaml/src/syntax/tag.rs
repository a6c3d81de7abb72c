//! Anchors, aliases and tags (YAML 1.1, section 6.8).

use std::borrow::Cow;

use super::characters::is_word;
use super::scanner::Scanner;
use super::token::{Tag, TokenKind};
use super::{Mark, SyntaxError};

impl<'text> Scanner<'text> {
    /// `&name` or `*name`.
    pub(super) fn anchor(&mut self, kind: fn(&'text str) -> TokenKind<'text>) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        self.cursor.advance(1);
        let name = self.word();
        let is_ended = self.cursor.is_space_at(0)
            || matches!(
                self.cursor.byte(),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !is_ended {
            return Err(self.error(
                "did not find expected alphabetic or numeric character",
                Some(start),
            ));
        }
        self.push(kind(name), start);
        Ok(())
    }

    pub(super) fn tag(&mut self) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let tag = if self.cursor.byte_at(1) == b'<' {
            self.verbatim_tag(start)?
        } else {
            self.short_tag(start)?
        };
        if !self.cursor.is_space_at(0) {
            return Err(self.error("did not find expected whitespace or line break", Some(start)));
        }
        self.push(TokenKind::Tag(Box::new(tag)), start);
        Ok(())
    }

    /// `!<tag:yaml.org,2002:str>`
    fn verbatim_tag(&mut self, start: Mark) -> Result<Tag<'text>, SyntaxError> {
        self.cursor.advance(2);
        let suffix = self.tag_address(self.cursor.offset(), start)?;
        if self.cursor.byte() != b'>' {
            return Err(self.error("did not find the expected '>'", Some(start)));
        }
        self.cursor.advance(1);
        Ok(Tag { handle: "", suffix })
    }

    /// `!!str`, `!handle!suffix`, `!suffix` or `!`.
    fn short_tag(&mut self, start: Mark) -> Result<Tag<'text>, SyntaxError> {
        let handle = self.tag_handle(start)?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = self.tag_address(self.cursor.offset(), start)?;
            return Ok(Tag { handle, suffix });
        }
        let suffix = self.tag_address(start.offset, start)?;
        Ok(match suffix.strip_prefix('!') {
            Some("") | None => Tag { handle: "", suffix },
            Some(_) => Tag {
                handle: "!",
                suffix: without_first(suffix),
            },
        })
    }

    /// `!`, `!!` or `!name!`; without the last `!` it is the beginning of a suffix.
    pub(super) fn tag_handle(&mut self, start: Mark) -> Result<&'text str, SyntaxError> {
        let from = self.cursor.offset();
        if self.cursor.byte() != b'!' {
            return Err(self.error("did not find expected '!'", Some(start)));
        }
        self.cursor.advance(1);
        self.word();
        if self.cursor.byte() == b'!' {
            self.cursor.advance(1);
        }
        Ok(self.cursor.since(from))
    }

    /// An address (RFC 2396, with escaped bytes) from `from` on, of which the part up to here is known to be one.
    pub(super) fn tag_address(&mut self, from: usize, start: Mark) -> Result<Cow<'text, str>, SyntaxError> {
        let mut decoded = None;
        let mut plain = from;
        loop {
            while is_address(self.cursor.byte()) {
                self.cursor.advance(1);
            }
            if self.cursor.byte() != b'%' {
                break;
            }
            let text: &mut String = decoded.get_or_insert_default();
            text.push_str(self.cursor.since(plain));
            text.push(self.escaped_character(start)?);
            plain = self.cursor.offset();
        }
        let rest = self.cursor.since(plain);
        if decoded.is_none() && rest.is_empty() {
            return Err(self.error("did not find expected tag URI", Some(start)));
        }
        Ok(match decoded {
            Some(text) => Cow::Owned(text + rest),
            None => Cow::Borrowed(rest),
        })
    }

    /// A character whose bytes in UTF-8 are written as `%E2%80%A6`.
    fn escaped_character(&mut self, start: Mark) -> Result<char, SyntaxError> {
        let mut bytes = Vec::with_capacity(4);
        let mut width = 1;
        while bytes.len() < width {
            let digit = |ahead| char::from(self.cursor.byte_at(ahead)).to_digit(16);
            let byte = match (self.cursor.byte(), digit(1), digit(2)) {
                (b'%', Some(high), Some(low)) => u8::try_from(high << 4 | low).unwrap_or_default(),
                _ => return Err(self.error("did not find URI escaped octet", Some(start))),
            };
            if bytes.is_empty() {
                width = match byte {
                    0..0x80 => 1,
                    0xc0..0xe0 => 2,
                    0xe0..0xf0 => 3,
                    0xf0..0xf8 => 4,
                    _ => return Err(self.error("found an incorrect leading UTF-8 octet", Some(start))),
                };
            } else if !(0x80..0xc0).contains(&byte) {
                return Err(self.error("found an incorrect trailing UTF-8 octet", Some(start)));
            }
            bytes.push(byte);
            self.cursor.advance(3);
        }
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    pub(super) fn word(&mut self) -> &'text str {
        let start = self.cursor.offset();
        while is_word(self.cursor.byte()) {
            self.cursor.advance(1);
        }
        self.cursor.since(start)
    }
}

fn without_first(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(1..).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.remove(0);
            Cow::Owned(text)
        }
    }
}

fn is_address(byte: u8) -> bool {
    is_word(byte)
        || matches!(
            byte,
            b';' | b'/'
                | b'?'
                | b':'
                | b'@'
                | b'&'
                | b'='
                | b'+'
                | b'$'
                | b','
                | b'.'
                | b'!'
                | b'~'
                | b'*'
                | b'\''
                | b'('
                | b')'
                | b'['
                | b']'
        )
}
