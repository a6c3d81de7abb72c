//! Go's regular expressions in the syntax of the `regex` crate. Classes such as `\w` are ASCII in Go, a brace that
//! repeats nothing is a brace, and repetitions of repetitions are refused.

use std::iter::Peekable;
use std::str::Chars;

/// Largest count of a repetition.
const MAX_REPEAT: u32 = 1000;

/// A pattern in the other syntax. The error is Go's.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut translator = Translator {
        rest: pattern.chars().peekable(),
        out: String::with_capacity(pattern.len() + 16),
        last: Last::Nothing,
        groups: 0,
    };
    translator.run()?;
    Ok(translator.out)
}

/// What stands before, for a repetition to repeat.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Item,
    Repetition,
}

struct Translator<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    last: Last,
    groups: usize,
}

type Translated = Result<(), String>;

impl Translator<'_> {
    fn run(&mut self) -> Translated {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                ')' => {
                    self.groups = self.groups.checked_sub(1).ok_or("unexpected ): `)`")?;
                    self.out.push(')');
                    self.last = Last::Item;
                }
                '|' => {
                    self.out.push('|');
                    self.last = Last::Nothing;
                }
                '*' | '+' | '?' => self.repetition(&character.to_string())?,
                '{' => match self.counts() {
                    Some((text, counts)) => {
                        if !counts {
                            return Err(format!("invalid repeat count: `{text}`"));
                        }
                        self.repetition(&text)?;
                    }
                    None => self.literal('{'),
                },
                '^' | '$' | '.' => {
                    self.out.push(character);
                    self.last = Last::Item;
                }
                other => self.literal(other),
            }
        }
        if self.groups > 0 {
            return Err("missing closing )".to_owned());
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        push_literal(character, &mut self.out);
        self.last = Last::Item;
    }

    fn repetition(&mut self, operator: &str) -> Translated {
        match self.last {
            Last::Nothing => return Err(format!("missing argument to repetition operator: `{operator}`")),
            Last::Repetition => return Err(format!("invalid nested repetition operator: `{operator}`")),
            Last::Item => {}
        }
        self.out.push_str(operator);
        if self.rest.peek() == Some(&'?') {
            self.rest.next();
            self.out.push('?');
        }
        self.last = Last::Repetition;
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,5}` behind the brace, and whether its numbers are in range. Nothing when the brace is only
    /// a brace; then nothing is taken.
    fn counts(&mut self) -> Option<(String, bool)> {
        let mut ahead = self.rest.clone();
        let mut inner = String::new();
        loop {
            match ahead.next()? {
                '}' => break,
                digit @ ('0'..='9' | ',') => inner.push(digit),
                _ => return None,
            }
        }
        let (low, high) = inner.split_once(',').unwrap_or((&inner, &inner));
        if low.is_empty() || high.contains(',') || (low.len() > 1 && low.starts_with('0')) {
            return None;
        }
        let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let in_range = number(low) <= MAX_REPEAT
            && (high.is_empty() || number(high) <= MAX_REPEAT && number(low) <= number(high));
        self.rest = ahead;
        Some((format!("{{{inner}}}"), in_range))
    }

    fn group(&mut self) -> Translated {
        self.groups += 1;
        self.out.push('(');
        self.last = Last::Nothing;
        if self.rest.peek() != Some(&'?') {
            return Ok(());
        }
        self.rest.next();
        self.out.push('?');
        let mut name = self.rest.clone();
        let is_named = match (name.next(), name.peek()) {
            (Some('P'), Some('<')) => {
                self.rest.next();
                true
            }
            (Some('<'), next) => !matches!(next, Some('=' | '!')),
            _ => false,
        };
        if is_named {
            self.out.push_str("P<");
            self.rest.next();
            for character in self.rest.by_ref() {
                self.out.push(character);
                match character {
                    '>' => return Ok(()),
                    '_' => {}
                    _ if character.is_ascii_alphanumeric() => {}
                    _ => break,
                }
            }
            return Err("invalid named capture".to_owned());
        }
        for character in self.rest.by_ref() {
            self.out.push(character);
            match character {
                'i' | 'm' | 's' | 'U' | '-' => {}
                ':' => return Ok(()),
                ')' => {
                    self.groups -= 1;
                    return Ok(());
                }
                _ => break,
            }
        }
        Err("invalid or unsupported Perl syntax".to_owned())
    }

    fn escape(&mut self) -> Translated {
        let next = self
            .rest
            .next()
            .ok_or("trailing backslash at end of expression: ``")?;
        match next {
            'A' | 'z' => {
                self.out.push('\\');
                self.out.push(next);
            }
            'b' | 'B' => self.out.push_str(&format!("(?-u:\\{next})")),
            'Q' => {
                self.quoted();
                return Ok(());
            }
            _ => {
                if let Some(set) = self.set(next)? {
                    self.out.push_str(&set);
                } else {
                    let character = self.character(next)?;
                    push_literal(character, &mut self.out);
                }
            }
        }
        self.last = Last::Item;
        Ok(())
    }

    /// Everything up to `\E` as it stands.
    fn quoted(&mut self) {
        while let Some(character) = self.rest.next() {
            if character == '\\' && self.rest.peek() == Some(&'E') {
                self.rest.next();
                return;
            }
            self.literal(character);
        }
    }

    /// `\d` and its kin, `\pL` and `\p{Greek}`, as a class.
    fn set(&mut self, letter: char) -> Result<Option<String>, String> {
        Ok(Some(match letter {
            'd' => "[0-9]".to_owned(),
            'D' => "[^0-9]".to_owned(),
            's' => r"[\t\n\f\r ]".to_owned(),
            'S' => r"[^\t\n\f\r ]".to_owned(),
            'w' => "[0-9A-Za-z_]".to_owned(),
            'W' => "[^0-9A-Za-z_]".to_owned(),
            'p' | 'P' => {
                let bad = || "invalid character class range".to_owned();
                let mut name = String::new();
                match self.rest.next().ok_or_else(bad)? {
                    '{' => loop {
                        match self.rest.next().ok_or_else(bad)? {
                            '}' => break,
                            character => name.push(character),
                        }
                    },
                    character => name.push(character),
                }
                let (negated, name) = match name.strip_prefix('^') {
                    Some(name) => (letter == 'p', name),
                    None => (letter == 'P', name.as_str()),
                };
                let name = if name == "Any" { "any" } else { name };
                format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' })
            }
            _ => return Ok(None),
        }))
    }

    /// A character behind a backslash.
    fn character(&mut self, escape: char) -> Result<char, String> {
        let bad = || format!("invalid escape sequence: `\\{escape}`");
        Ok(match escape {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            '0'..='7' => {
                let is_octal = |next: Option<&char>| next.is_some_and(|next| matches!(next, '0'..='7'));
                if escape != '0' && !is_octal(self.rest.peek()) {
                    return Err(bad());
                }
                let mut code = escape.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    if is_octal(self.rest.peek()) {
                        let digit = self.rest.next().and_then(|digit| digit.to_digit(8));
                        code = code * 8 + digit.unwrap_or_default();
                    }
                }
                char::from_u32(code).ok_or_else(bad)?
            }
            'x' => {
                let mut digits = String::new();
                if self.rest.peek() == Some(&'{') {
                    self.rest.next();
                    loop {
                        match self.rest.next().ok_or_else(bad)? {
                            '}' => break,
                            digit => digits.push(digit),
                        }
                    }
                } else {
                    digits.extend(self.rest.by_ref().take(2));
                    if digits.chars().count() < 2 {
                        return Err(bad());
                    }
                }
                u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(bad)?
            }
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
            _ => return Err(bad()),
        })
    }

    fn class(&mut self) -> Translated {
        self.out.push('[');
        if self.rest.peek() == Some(&'^') {
            self.rest.next();
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let character = self.rest.next().ok_or("missing closing ]")?;
            if character == ']' && !is_first {
                break;
            }
            is_first = false;
            if character == '[' && self.rest.peek() == Some(&':') && self.posix()? {
                continue;
            }
            let low = match self.class_item(character)? {
                Ok(character) => character,
                Err(set) => {
                    self.out.push_str(&set);
                    continue;
                }
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']');
            push_literal(low, &mut self.out);
            if is_range {
                self.rest.next();
                let next = self.rest.next().ok_or("missing closing ]")?;
                let high = self
                    .class_item(next)?
                    .map_err(|_| "invalid character class range".to_owned())?;
                if high < low {
                    return Err(format!("invalid character class range: `{low}-{high}`"));
                }
                self.out.push('-');
                push_literal(high, &mut self.out);
            }
        }
        self.out.push(']');
        self.last = Last::Item;
        Ok(())
    }

    /// A character of a class, or a class within it.
    fn class_item(&mut self, character: char) -> Result<Result<char, String>, String> {
        if character != '\\' {
            return Ok(Ok(character));
        }
        let next = self.rest.next().ok_or("missing closing ]")?;
        match self.set(next)? {
            Some(set) => Ok(Err(set)),
            None => self.character(next).map(Ok),
        }
    }

    /// `[:alpha:]`; whether it was one.
    fn posix(&mut self) -> Result<bool, String> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        let text: String = self.rest.clone().collect();
        let Some(end) = text.find(":]") else {
            return Ok(false);
        };
        let name = text.get(1..end).unwrap_or_default();
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(format!("invalid character class range: `[:{name}:]`"));
        }
        self.out.push_str(&format!("[:{name}:]"));
        for _ in 0..name.chars().count() + 3 {
            self.rest.next();
        }
        Ok(true)
    }
}

fn push_literal(character: char, out: &mut String) {
    if character.is_ascii() && !character.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{:02x}", u32::from(character)));
    } else {
        out.push(character);
    }
}
