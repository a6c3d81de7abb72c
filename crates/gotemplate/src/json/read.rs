//! Reading JSON: later duplicates win, what is no UTF-8 is replaced, and errors say what Go's decoder says.

use crate::value::Map;
use crate::{Text, Value, lossy};

/// Values nested deeper are refused.
const MAX_DEPTH: usize = 1000;

/// JSON to a value; numbers are floats. The error is Go's.
pub fn read(text: &[u8]) -> Result<Value, String> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    let value = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(value),
        Some(byte) => Err(unexpected(byte, "after top-level value")),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

fn unexpected(byte: u8, place: &str) -> String {
    let character = char::from(byte);
    let shown = match character {
        '\'' => "\\'".to_owned(),
        '"' => "\"".to_owned(),
        _ => {
            let quoted = crate::format::quote(character.to_string().as_bytes(), false);
            quoted.trim_matches('"').to_owned()
        }
    };
    format!("invalid character '{shown}' {place}")
}

fn end<T>() -> Result<T, String> {
    Err("unexpected end of JSON input".to_owned())
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value, String> {
        self.skip_space();
        let Some(byte) = self.peek() else {
            return end();
        };
        match byte {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' => self.string().map(Value::String),
            b't' => self.literal("true", Value::Bool(true)),
            b'f' => self.literal("false", Value::Bool(false)),
            b'n' => self.literal("null", Value::Nil),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(unexpected(byte, "looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, String> {
        let map = Map::dict();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(map));
        }
        loop {
            self.skip_space();
            match self.peek() {
                None => return end(),
                Some(b'"') => {}
                Some(byte) => {
                    return Err(unexpected(byte, "looking for beginning of object key string"));
                }
            }
            let key = self.string()?;
            self.skip_space();
            match self.next() {
                None => return end(),
                Some(b':') => {}
                Some(byte) => return Err(unexpected(byte, "after object key")),
            }
            let value = self.value()?;
            map.insert(key, value);
            self.skip_space();
            match self.next() {
                None => return end(),
                Some(b',') => {}
                Some(b'}') => return Ok(Value::Map(map)),
                Some(byte) => return Err(unexpected(byte, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            match self.next() {
                None => return end(),
                Some(b',') => {}
                Some(b']') => return Ok(Value::list(items)),
                Some(byte) => return Err(unexpected(byte, "after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, String> {
        for expected in word.bytes() {
            match self.next() {
                None => return end(),
                Some(byte) if byte == expected => {}
                Some(byte) => {
                    let place = format!("in literal {word} (expecting '{}')", char::from(expected));
                    return Err(unexpected(byte, &place));
                }
            }
        }
        Ok(value)
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// One digit or more.
    fn some_digits(&mut self, place: &str) -> Result<(), String> {
        match self.next() {
            None => end(),
            Some(byte) if byte.is_ascii_digit() => {
                self.digits();
                Ok(())
            }
            Some(byte) => Err(unexpected(byte, place)),
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.some_digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        let text = lossy(self.text.get(start..self.at).unwrap_or_default());
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(format!(
                "json: cannot unmarshal number {text} into Go value of type float64"
            )),
        }
    }

    fn string(&mut self) -> Result<Text, String> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.next() {
                None => return end(),
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut out)?,
                Some(byte) if byte < 0x20 => return Err(unexpected(byte, "in string literal")),
                Some(byte) => out.push(byte),
            }
        }
        Ok(match String::from_utf8(out) {
            Ok(text) => text.into(),
            // Every byte that is no UTF-8 becomes a replacement character of its own.
            Err(error) => {
                let mut text = String::new();
                for chunk in error.as_bytes().utf8_chunks() {
                    text.push_str(chunk.valid());
                    text.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
                }
                text.into()
            }
        })
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), String> {
        let Some(byte) = self.next() else {
            return end();
        };
        out.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let first = self.code_unit()?;
                let character = self.character(first)?;
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            other => return Err(unexpected(other, "in string escape code")),
        });
        Ok(())
    }

    fn code_unit(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            match self.next() {
                None => return end(),
                Some(byte) => match char::from(byte).to_digit(16) {
                    Some(digit) => code = code * 16 + digit,
                    None => return Err(unexpected(byte, "in \\u hexadecimal character escape")),
                },
            }
        }
        Ok(code)
    }

    /// The character of a code unit and, for the first half of a pair, the unit behind it.
    fn character(&mut self, first: u32) -> Result<char, String> {
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        if (0xD800..0xDC00).contains(&first) && rest.starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.code_unit()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or('\u{FFFD}'));
            }
            self.at = before;
        }
        Ok('\u{FFFD}')
    }
}
