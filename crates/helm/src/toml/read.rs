//! TOML as Go's `BurntSushi/toml` reads it. Charts see its errors as values, so they have its words.

mod compound;
mod scalars;

use std::collections::HashSet;

use kubescape_gotemplate::value::{Class, Element};
use kubescape_gotemplate::{List, Map, Value, format};

use super::MAX_DEPTH;

type Result<T> = std::result::Result<T, String>;

/// Tables of an array, `[[a]]`.
static TABLES: Class = Class::plain("[]map[string]interface {}", Element::Other);

/// Reads a document. The error says the line, and the key where one is known.
pub(super) fn read(text: &str) -> Result<Map> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = Reader {
        rest: text,
        text,
        root: Map::dict(),
        table: Vec::new(),
        key: Vec::new(),
        implicit: HashSet::new(),
    };
    if text.contains('\0') {
        let message = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(format!("toml: line 1: {message}"));
    }
    while reader.top()? {}
    Ok(reader.root)
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    root: Map,
    /// The table that keys belong to.
    table: Vec<String>,
    /// The key whose value is read, below that table.
    key: Vec<String>,
    /// Tables that only dotted names made, and that may be defined still.
    implicit: HashSet<Vec<String>>,
}

impl Reader<'_> {
    fn fail<T>(&self, message: impl std::fmt::Display) -> Result<T> {
        self.fail_at(self.line(), message)
    }

    fn fail_at<T>(&self, line: usize, message: impl std::fmt::Display) -> Result<T> {
        let key = [self.table.as_slice(), &self.key].concat();
        if key.is_empty() {
            return Err(format!("toml: line {line}: {message}"));
        }
        let key = format::quote(key.join(".").as_bytes(), false);
        Err(format!("toml: line {line} (last key {key}): {message}"))
    }

    fn line(&self) -> usize {
        let read = self.text.len() - self.rest.len();
        let before = self.text.get(..read).unwrap_or_default();
        // What ends with its last line ends on that line.
        let before = if self.rest.is_empty() {
            before.strip_suffix('\n').unwrap_or(before)
        } else {
            before
        };
        1 + before.matches('\n').count()
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        Some(character)
    }

    fn take(&mut self, start: &str) -> bool {
        match self.rest.strip_prefix(start) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> String {
        let after = self.rest.trim_start_matches(accepts);
        let taken = self.rest.get(..self.rest.len() - after.len()).unwrap_or_default();
        self.rest = after;
        taken.to_owned()
    }

    fn blanks(&mut self) {
        self.take_while(|character| matches!(character, ' ' | '\t'));
    }

    fn control<T>(&self, character: char) -> Result<T> {
        let code = u32::from(character);
        self.fail(format!(
            "TOML files cannot contain control characters: '0x{code:02x}'"
        ))
    }

    fn comment(&mut self) -> Result<()> {
        while let Some(character) = self.peek() {
            match character {
                '\n' => break,
                '\r' if self.rest.starts_with("\r\n") => break,
                _ if is_control(character) => return self.control(character),
                _ => self.next(),
            };
        }
        Ok(())
    }

    fn is_break(&self) -> bool {
        self.rest.starts_with('\n') || self.rest.starts_with("\r\n")
    }

    /// A table's name, or a key with its value; whether more may follow.
    fn top(&mut self) -> Result<bool> {
        self.take_while(|character| matches!(character, ' ' | '\t' | '\n'));
        while self.take("\r\n") {
            self.take_while(|character| matches!(character, ' ' | '\t' | '\n'));
        }
        match self.peek() {
            None => return Ok(false),
            Some('#') => {
                self.comment()?;
                return Ok(true);
            }
            Some('[') => self.header()?,
            Some(_) => {
                let key = self.dotted_key()?;
                self.key = key;
                let value = self.value(0)?;
                let table = self.table.clone();
                self.set(&table, value)?;
                self.key.clear();
            }
        }
        self.blanks();
        if self.peek() == Some('#') {
            self.comment()?;
        }
        match self.peek() {
            Some(character) if !self.is_break() => {
                if is_control(character) {
                    return self.control(character);
                }
                self.fail(format!(
                    "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                    shown(Some(character))
                ))
            }
            rest => Ok(rest.is_some()),
        }
    }

    fn header(&mut self) -> Result<()> {
        self.table.clear();
        self.next();
        let is_array = self.take("[");
        let mut name = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(']') => {
                    return self.fail("unexpected end of table name (table names cannot be empty)");
                }
                Some('.') => {
                    return self.fail("unexpected table separator (table names cannot be empty)");
                }
                _ => {}
            }
            let part = self.key_part()?;
            self.blanks();
            match self.next() {
                Some('.') if part.is_some() => name.extend(part),
                Some(']') if part.is_some() => {
                    name.extend(part);
                    break;
                }
                other => {
                    return self.fail(format!(
                        "expected '.' or ']' to end table name, but got {} instead",
                        shown(other)
                    ));
                }
            }
        }
        if is_array && !self.take("]") {
            let found = shown(self.peek());
            return self.fail(format!(
                "expected end of table array name delimiter ']', but got {found} instead"
            ));
        }
        self.open(&name, is_array)
    }

    /// Makes the table of a header.
    fn open(&mut self, name: &[String], is_array: bool) -> Result<()> {
        let Some((own, parents)) = name.split_last() else {
            return Ok(());
        };
        let mut at = self.root.clone();
        let mut path = Vec::new();
        for part in parents {
            path.push(part.clone());
            at = match within(&at, &path, part, &mut self.implicit) {
                Value::Map(map) => map,
                Value::List(list) if is_tables(&list) => last_table(&list),
                _ => {
                    return self.fail(format!("Key '{}' was already created as a hash.", named(&path)));
                }
            };
        }
        self.table = path;
        let made = Value::Map(Map::dict());
        let whole = named(name);
        match (at.get(own.as_str()), is_array) {
            (None, false) => at.insert(own.as_str(), made),
            (None, true) => at.insert(own.as_str(), Value::List(List::new(&TABLES, vec![made]))),
            (Some(Value::List(mut list)), true) if is_tables(&list) => {
                // With nobody else holding the list, the table is added in place.
                at.insert(own.as_str(), Value::Nil);
                list.push(made);
                at.insert(own.as_str(), Value::List(list));
            }
            (Some(_), true) => {
                let message = "was already created and cannot be used as an array.";
                return self.fail(format!("Key '{whole}' {message}"));
            }
            (Some(Value::Map(_)), false) if self.implicit.remove(name) => {}
            (Some(Value::List(list)), false) if !is_tables(&list) => {
                at.insert(own.as_str(), made);
            }
            (Some(_), false) => return self.fail(format!("Key '{whole}' has already been defined.")),
        }
        self.table = name.to_vec();
        Ok(())
    }

    /// Puts the value of the current key into a table.
    fn set(&mut self, table: &[String], value: Value) -> Result<()> {
        let mut at = self.root.clone();
        for part in table {
            at = match at.get(part.as_str()) {
                Some(Value::Map(map)) => map,
                Some(Value::List(list)) => last_table(&list),
                _ => Map::dict(),
            };
        }
        let path = table.to_vec();
        self.set_in(&at, path, value)
    }

    fn set_in(&mut self, into: &Map, mut path: Vec<String>, value: Value) -> Result<()> {
        let Some((own, parents)) = self.key.split_last() else {
            return Ok(());
        };
        let mut at = into.clone();
        for part in parents {
            path.push(part.clone());
            at = match within(&at, &path, part, &mut self.implicit) {
                Value::Map(map) => map,
                _ => return self.fail(format!("Key '{}' has already been defined.", named(&path))),
            };
        }
        path.push(own.clone());
        match at.get(own.as_str()) {
            // As there: a table that dotted names made stays, whatever else its name is given.
            Some(_) if self.implicit.remove(&path) => {}
            Some(Value::List(list)) if !is_tables(&list) => {
                at.insert(own.as_str(), value);
            }
            Some(_) => return self.fail(format!("Key '{}' has already been defined.", named(&path))),
            None => at.insert(own.as_str(), value),
        }
        Ok(())
    }

    /// A bare or quoted part of a key; nothing where none starts.
    fn key_part(&mut self) -> Result<Option<String>> {
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            self.next();
            return if quote == '"' { self.basic() } else { self.raw() }.map(Some);
        }
        let part = self.take_while(is_bare);
        Ok((!part.is_empty()).then_some(part))
    }

    /// A key up to and with its `=`.
    fn dotted_key(&mut self) -> Result<Vec<String>> {
        let mut key: Vec<String> = Vec::new();
        loop {
            self.blanks();
            match (self.peek(), key.is_empty()) {
                (Some('='), true) => return self.fail("unexpected '=': key name appears blank"),
                (Some('.'), true) => return self.fail("unexpected '.': keys cannot start with a '.'"),
                (Some(found @ ('=' | '.')), false) => return self.fail(format!("unexpected '{found}'")),
                _ => {}
            }
            key.extend(self.key_part()?);
            self.blanks();
            match self.peek() {
                Some('.') if !key.is_empty() => {
                    self.next();
                }
                Some('=') if !key.is_empty() => {
                    self.next();
                    return Ok(key);
                }
                None => return self.fail("unexpected EOF; expected key separator '='"),
                Some(character) if is_control(character) && !matches!(character, '\n' | '\r') => {
                    return self.control(character);
                }
                other => {
                    return self.fail(format!("expected '.' or '=', but got {} instead", shown(other)));
                }
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        if depth > MAX_DEPTH {
            return self.fail("the value is nested too deeply");
        }
        self.blanks();
        match self.peek() {
            None => self.fail("unexpected EOF; expected value"),
            Some('[') => self.array(depth),
            Some('{') => self.inline_table(depth),
            Some('"') if self.take("\"\"\"") => self.long('"').map(Value::from),
            Some('\'') if self.take("'''") => self.long('\'').map(Value::from),
            Some('"') => {
                self.next();
                self.basic().map(Value::from)
            }
            Some('\'') => {
                self.next();
                self.raw().map(Value::from)
            }
            Some('.') => self.fail("floats must start with a digit, not '.'"),
            Some('+' | '-' | '0'..='9') => {
                let number = self.number()?;
                self.ends_cleanly(number)
            }
            Some(character) if character.is_alphabetic() => {
                let word = self.word()?;
                self.ends_cleanly(word)
            }
            Some(character) if is_control(character) && character != '\n' => self.control(character),
            other => self.fail(format!("expected value but found {} instead", shown(other))),
        }
    }

    /// What has no end of its own is read one character too far.
    fn ends_cleanly(&self, value: Value) -> Result<Value> {
        match self.peek() {
            Some(character) if is_control(character) && !self.is_break() => self.control(character),
            _ => Ok(value),
        }
    }

    fn word(&mut self) -> Result<Value> {
        for (word, value) in [("inf", f64::INFINITY), ("nan", f64::NAN)] {
            if self.take(word) {
                return Ok(Value::Float(value));
            }
        }
        let word = self.take_while(char::is_alphabetic);
        match word.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => {
                // A word that starts like one of the numbers has lost its first letter by then.
                let found = match word.get(1..) {
                    Some(rest) if word.starts_with("in") || word.starts_with("na") => rest,
                    _ => &word,
                };
                let found = format::quote(found.as_bytes(), false);
                self.fail(format!("expected value but found {found} instead"))
            }
        }
    }
}

/// What stands under a part of a dotted name, at this path; a table that only the name makes, when nothing does.
fn within(at: &Map, path: &[String], part: &str, implicit: &mut HashSet<Vec<String>>) -> Value {
    at.get(part).unwrap_or_else(|| {
        implicit.insert(path.to_vec());
        let made = Value::Map(Map::dict());
        at.insert(part, made.clone());
        made
    })
}

fn is_tables(list: &List) -> bool {
    std::ptr::eq(list.class(), &raw const TABLES)
}

/// The table of an array that is written to.
fn last_table(list: &List) -> Map {
    let table = list.items().last().and_then(Value::as_map).cloned();
    table.unwrap_or_else(Map::dict)
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{a}'..='\u{1f}' | '\u{7f}')
}

/// A character in single quotes; the end is a NUL.
fn shown(character: Option<char>) -> String {
    match character {
        None | Some('\0') => "'\\x00'".to_owned(),
        Some(other) => format::quote_char(other, false),
    }
}

fn named(key: &[String]) -> String {
    let parts: Vec<String> = key.iter().map(|part| super::key(part)).collect();
    parts.join(".")
}
