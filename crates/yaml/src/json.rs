//! JSON with the bytes of every node, as Go's encoding/json accepts it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::mapping::{Entry, Key, KeyKind};
use crate::stream::{check_size, span};
use crate::{Limits, LineIndex, Mapping, Node, Value, YamlError};

/// Reads exactly one JSON value. The last of equal keys wins; numbers keep their text where another form would not
/// write them back the same.
pub fn load_json(text: &str, limits: &Limits) -> Result<Node, YamlError> {
    check_size(text, limits)?;
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut reader = Reader {
        text,
        position: start,
        depth: limits.depth,
        keys: HashSet::new(),
    };
    let parsed = reader.value(0).and_then(|node| {
        reader.blanks();
        match reader.peek() {
            None => Ok(node),
            Some(_) => Err(
                "multiple top-level JSON values are not supported; write a list or one file for each"
                    .to_owned(),
            ),
        }
    });
    parsed.map_err(|message| YamlError::new(LineIndex::new(text).position(reader.position), message))
}

struct Reader<'text> {
    text: &'text str,
    position: usize,
    depth: usize,
    /// Keys so far: objects of a list have the same ones over and over.
    keys: HashSet<Arc<str>>,
}

/// Entries of a map beyond which equal keys are looked up, not searched for.
const FEW: usize = 16;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, String> {
        if depth >= self.depth {
            return Err(format!("nested deeper than {} levels", self.depth));
        }
        self.blanks();
        let start = self.position;
        let value = match self.peek() {
            Some(b'{') => self.mapping(depth)?,
            Some(b'[') => self.sequence(depth)?,
            Some(b'"') => Value::String(self.string()?.into()),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => return Err("expected a JSON value".to_owned()),
            None => return Err("the JSON ends too early; is a bracket or quote not closed?".to_owned()),
        };
        Ok(Node {
            value,
            span: span(start, self.position),
        })
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        match self
            .text
            .get(self.position..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            true => {
                self.position += word.len();
                Ok(value)
            }
            false => Err("expected a JSON value".to_owned()),
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, String> {
        self.position += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.position += 1;
            return Ok(Value::Sequence(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b']') => {
                    self.position += 1;
                    return Ok(Value::Sequence(items));
                }
                Some(_) => return Err("expected `,` or `]`".to_owned()),
                None => return Err("the list is not closed".to_owned()),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, String> {
        self.position += 1;
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: HashMap<Arc<str>, usize> = HashMap::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(Value::Mapping(Mapping::new()));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err("expected a key in double quotes".to_owned());
            }
            let start = self.position;
            let text = self.string()?;
            let text = self.intern(text);
            let key = Key {
                text,
                kind: KeyKind::String,
                span: span(start, self.position),
            };
            self.blanks();
            if self.peek() != Some(b':') {
                return Err("expected `:`".to_owned());
            }
            self.position += 1;
            let value = self.value(depth + 1)?;
            let earlier = if entries.len() < FEW {
                entries.iter().position(|entry| entry.key.text == key.text)
            } else {
                if places.is_empty() {
                    let known = entries.iter().enumerate();
                    places.extend(known.map(|(place, entry)| (Arc::clone(&entry.key.text), place)));
                }
                let next = entries.len();
                let place = *places.entry(Arc::clone(&key.text)).or_insert(next);
                (place != next).then_some(place)
            };
            match earlier.and_then(|place| entries.get_mut(place)) {
                Some(entry) => *entry = Entry { key, value },
                None => entries.push(Entry { key, value }),
            }
            self.blanks();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b'}') => {
                    self.position += 1;
                    return Ok(Value::Mapping(Mapping::from_entries(entries)));
                }
                Some(_) => return Err("expected `,` or `}`".to_owned()),
                None => return Err("the map is not closed".to_owned()),
            }
        }
    }

    fn intern(&mut self, text: String) -> Arc<str> {
        if let Some(known) = self.keys.get(text.as_str()) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.keys.insert(Arc::clone(&text));
        text
    }

    /// A string; half surrogate pairs become replacement characters, as in Go.
    fn string(&mut self) -> Result<String, String> {
        self.position += 1;
        let mut output = String::new();
        loop {
            let rest = self.text.get(self.position..).unwrap_or_default();
            let plain = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\') || byte < 0x20);
            let Some(plain) = plain else {
                return Err("the string is not closed".to_owned());
            };
            output.push_str(rest.get(..plain).unwrap_or_default());
            self.position += plain;
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(output);
                }
                Some(b'\\') => self.escape(&mut output)?,
                _ => return Err("a control character must be escaped in a string".to_owned()),
            }
        }
    }

    fn escape(&mut self, output: &mut String) -> Result<(), String> {
        let kind = self.text.as_bytes().get(self.position + 1).copied();
        self.position += 2;
        output.push(match kind {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(output),
            _ => return Err("unknown escape in a string".to_owned()),
        });
        Ok(())
    }

    fn unicode(&mut self, output: &mut String) -> Result<(), String> {
        let first = self.hex()?;
        let is_high = (0xd800..0xdc00).contains(&first);
        let rest = self.text.get(self.position..).unwrap_or_default();
        if is_high && rest.starts_with("\\u") {
            let before = self.position;
            self.position += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                output.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                return Ok(());
            }
            self.position = before;
        }
        output.push(char::from_u32(first).unwrap_or('\u{fffd}'));
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.position..self.position + 4);
        let code = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or("`\\u` needs four hexadecimal digits")?;
        self.position += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, String> {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let length = rest
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .count();
        let text = rest.get(..length).unwrap_or_default();
        if !is_number(text) {
            return Err(format!("{text:?} is no JSON number"));
        }
        self.position += length;
        if let Ok(number) = text.parse::<i64>()
            && number.to_string() == text
        {
            return Ok(Value::Int(number));
        }
        if let Ok(number) = text.parse::<u64>()
            && number.to_string() == text
        {
            return Ok(Value::UInt(number));
        }
        Ok(match text.parse::<f64>() {
            Ok(number) if crate::format_float(number) == text => Value::Float(number),
            _ => Value::Number(text.into()),
        })
    }
}

/// RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let text = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text.starts_with('0')) {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = fraction.get(count..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(keys: usize) {
        let twice = (0..keys).chain(0..keys).enumerate();
        let text: Vec<String> = twice.map(|(value, key)| format!("\"k{key}\":{value}")).collect();
        let node = load_json(&format!("{{{}}}", text.join(",")), &Limits::default()).unwrap();
        let map = node.as_mapping().unwrap();
        assert_eq!(map.len(), keys);
        for key in 0..keys {
            let value = map.get(&format!("k{key}")).and_then(Node::as_i64);
            assert_eq!(value, i64::try_from(keys + key).ok());
        }
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        check(1);
        check(FEW - 1);
        check(FEW);
        check(FEW + 1);
        check(100);
    }
}
