//! Strings, numbers and times.

use super::{Reader, Result, is_control, shown};
use kubescape_gotemplate::sprig::parse_time;
use kubescape_gotemplate::{Value, format};

/// Layouts of times, with the names of the zones that are none.
const LAYOUTS: [(&str, Option<&str>); 4] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some("datetime-local")),
    ("2006-01-02", Some("date-local")),
    ("15:04:05.999999999", Some("time-local")),
];

impl Reader<'_> {
    /// A string in double quotes, of which the first is read.
    pub(super) fn basic(&mut self) -> Result<String> {
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return self.fail("unexpected EOF; expected '\"'"),
                Some('"') => {
                    self.next();
                    return Ok(text);
                }
                Some('\n') => return self.fail("strings cannot contain newlines"),
                Some('\r') if self.is_break() => {
                    // Of the two characters each counts as a step back.
                    return self.fail_at(self.line() - 1, "strings cannot contain newlines");
                }
                Some('\\') => text.push(self.escape()?),
                Some(character) if is_control(character) => return self.control(character),
                Some(character) => {
                    self.next();
                    text.push(character);
                }
            }
        }
    }

    /// A string in single quotes, of which the first is read.
    pub(super) fn raw(&mut self) -> Result<String> {
        let text = self.take_while(|character| character != '\'' && !is_control(character));
        match self.peek() {
            None => self.fail("unexpected EOF; expected \"'\""),
            Some('\n') => self.fail("strings cannot contain newlines"),
            Some('\'') => {
                self.next();
                Ok(text)
            }
            Some(character) => self.control(character),
        }
    }

    /// A string of several lines, whose three quotes are read.
    pub(super) fn long(&mut self, quote: char) -> Result<String> {
        let end = quote.to_string().repeat(3);
        let mut text = String::new();
        if !self.take("\n") {
            self.take("\r\n");
        }
        loop {
            match self.peek() {
                None => {
                    let shown = if quote == '"' { "'\"\"\"'" } else { "\"'''\"" };
                    return self.fail(format!("unexpected EOF; expected {shown}"));
                }
                Some(found) if found == quote && self.rest.starts_with(&end) => {
                    let quotes = self.take_while(|character| character == quote);
                    // Two of them may stand before the three that end it.
                    if quotes.len() > 5 {
                        return self.fail(format!("unexpected '{quotes}'"));
                    }
                    text.push_str(quotes.get(3..).unwrap_or_default());
                    return Ok(text);
                }
                Some('\\') if quote == '"' => {
                    let after = self.rest.get(1..).unwrap_or_default();
                    let after = after.trim_start_matches([' ', '\t', '\r']);
                    if after.starts_with('\n') {
                        self.rest = after.trim_start_matches([' ', '\t', '\r', '\n']);
                    } else {
                        text.push(self.escape()?);
                    }
                }
                Some('\n') => {
                    self.next();
                    text.push('\n');
                }
                Some('\r') if self.take("\r\n") => text.push('\n'),
                Some(character) if is_control(character) => return self.control(character),
                Some(character) => {
                    self.next();
                    text.push(character);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        self.next();
        let Some(letter) = self.next() else {
            return self.fail("unexpected EOF; expected '\"'");
        };
        let (count, words) = match letter {
            'b' => return Ok('\u{8}'),
            't' => return Ok('\t'),
            'n' => return Ok('\n'),
            'f' => return Ok('\u{c}'),
            'r' => return Ok('\r'),
            '"' | '\\' => return Ok(letter),
            'u' => (4, "four"),
            'U' => (8, "eight"),
            _ => return self.fail(format!("invalid escape in string '\\{letter}'")),
        };
        let mut digits = String::new();
        while digits.len() < count {
            match self.next() {
                Some(digit) if digit.is_ascii_hexdigit() => digits.push(digit),
                other => {
                    digits.extend(other);
                    let found = format::quote(format!("\\{letter}{digits}").as_bytes(), false);
                    return self.fail(format!(
                        "expected {words} hexadecimal digits after '\\{letter}', but got {found} instead"
                    ));
                }
            }
        }
        match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
            Some(character) => Ok(character),
            None => self.fail(format!("Escaped character '\\u{digits}' is not valid UTF-8.")),
        }
    }

    pub(super) fn number(&mut self) -> Result<Value> {
        let mut text = String::new();
        if let Some(sign @ ('+' | '-')) = self.peek() {
            self.next();
            text.push(sign);
            for (word, value) in [("inf", f64::INFINITY), ("nan", f64::NAN)] {
                if self.take(word) {
                    return Ok(Value::Float(if sign == '-' { -value } else { value }));
                }
            }
            match self.peek() {
                Some('0'..='9') => {}
                Some('.') => return self.fail("floats must start with a digit, not '.'"),
                other => return self.fail(format!("expected a digit but got {}", shown(other))),
            }
        }
        for (prefix, radix, kind) in [
            ("0x", 16, "a hexadecimal"),
            ("0o", 8, "an octal"),
            ("0b", 2, "a binary"),
        ] {
            if self.take(prefix) {
                return self.based(&text, prefix, radix, kind);
            }
        }
        text.push_str(&self.take_while(|character| character.is_ascii_digit() || character == '_'));
        match self.peek() {
            Some('-' | ':') => self.time(text),
            Some('.' | 'e' | 'E') => {
                let rest = self.take_while(|character| {
                    character.is_ascii_digit() || matches!(character, '_' | '.' | '-' | '+' | 'e' | 'E')
                });
                self.float(&(text + &rest))
            }
            _ => self.integer(&text),
        }
    }

    fn based(&mut self, sign: &str, prefix: &str, radix: u32, kind: &str) -> Result<Value> {
        if !sign.is_empty() {
            return self.fail(format!(
                "cannot use sign with non-decimal numbers: '{sign}{prefix}'"
            ));
        }
        if !self.peek().is_some_and(|digit| digit.is_digit(radix)) {
            let found = self.peek().unwrap_or('\0');
            return self.fail(format!("not {kind} number: '{prefix}{found}'"));
        }
        let digits = self.take_while(|character| character.is_digit(radix) || character == '_');
        let whole = format!("{prefix}{digits}");
        if !has_good_underscores(&digits, |digit| digit.is_digit(radix)) {
            return self.fail(format!(
                "Invalid integer \"{whole}\": underscores must be surrounded by digits"
            ));
        }
        match i64::from_str_radix(&digits.replace('_', ""), radix) {
            Ok(number) => Ok(Value::Int64(number)),
            Err(_) => self.fail(format!("{whole} is out of range for int64")),
        }
    }

    fn integer(&self, text: &str) -> Result<Value> {
        if !has_good_underscores(text.trim_start_matches(['+', '-']), |digit| {
            digit.is_ascii_digit()
        }) {
            return self.fail(format!(
                "Invalid integer \"{text}\": underscores must be surrounded by digits"
            ));
        }
        if has_leading_zero(text) {
            return self.fail(format!("Invalid integer \"{text}\": cannot have leading zeroes"));
        }
        match text.replace('_', "").parse() {
            Ok(number) => Ok(Value::Int64(number)),
            Err(_) => self.fail(format!("{text} is out of range for int64")),
        }
    }

    fn float(&self, text: &str) -> Result<Value> {
        let parts: Vec<&str> = text.split(['.', 'e', 'E']).collect();
        let is_digits = |part: &&str| {
            has_good_underscores(part.trim_start_matches(['+', '-']), |digit| {
                digit.is_ascii_digit()
            })
        };
        let ends_bare = text.ends_with(['+', '-']);
        if !parts.iter().all(is_digits) || ends_bare {
            return self.fail(format!(
                "Invalid float \"{text}\": underscores must be surrounded by digits"
            ));
        }
        if parts.first().copied().is_some_and(has_leading_zero) {
            return self.fail(format!("Invalid float \"{text}\": cannot have leading zeroes"));
        }
        let after_point = text.split_once('.').map(|(_, after)| after);
        if after_point.is_some_and(|after| !after.starts_with(|digit: char| digit.is_ascii_digit())) {
            return self.fail(format!(
                "Invalid float \"{text}\": '.' must be followed by one or more digits"
            ));
        }
        match text.replace('_', "").parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            Ok(_) => self.fail(format!("{text} is out of range for float64")),
            Err(_) => self.fail(format!("Invalid float value: \"{text}\"")),
        }
    }

    fn time(&mut self, start: String) -> Result<Value> {
        let rest = self.take_while(|character| {
            character.is_ascii_digit()
                || matches!(character, '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+')
        });
        let whole = start + &rest;
        let text = whole.trim_end_matches(' ');
        let upper = text.replacen([' ', 't'], "T", 1).replace('z', "Z");
        let found = LAYOUTS
            .into_iter()
            .find_map(|(layout, zone)| parse_time(layout, &upper, zone));
        match found {
            Some(time) => Ok(time),
            None => self.fail(format!("invalid datetime: \"{text}\"")),
        }
    }
}

/// Whether every underscore stands between two digits.
fn has_good_underscores(text: &str, is_digit: impl Fn(char) -> bool) -> bool {
    text.split('_').count() == 1
        || text
            .split('_')
            .all(|part| part.starts_with(&is_digit) && part.ends_with(&is_digit))
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0')
}
