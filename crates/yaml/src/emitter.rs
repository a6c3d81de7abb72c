//! Block-style YAML, character for character as go-yaml's writers put it.
//!
//! Widths count characters, the limit for keys bytes, and a text that starts with a byte order mark is escaped
//! throughout: what readers of the output compare is bytes.

use std::fmt::Write as _;

/// How a scalar is to be written, where that is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes; in single or double ones where it would be read as something else.
    Plain,
    /// In double quotes.
    DoubleQuoted,
    /// As a block that keeps its lines; in double quotes where no block can hold it.
    Literal,
}

/// Which of Go's writers is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `goyaml` version 2, as `sigs.k8s.io/yaml` has it.
    GoYamlV2,
    /// `yaml.v3`: blocks hold tabs.
    GoYamlV3,
}

/// Longest key, in bytes, that stands on one line with its value.
const KEY_BYTES: usize = 128;
const INDENT: usize = 2;

/// Collects a document: keys, items and scalars in the order in which they stand in it.
pub struct Emitter {
    out: String,
    dialect: Dialect,
    width: usize,
    column: usize,
    /// The last character was a blank, or nothing stands on the line yet.
    whitespace: bool,
    /// Only blanks and indicators of lists stand on the line.
    indention: bool,
}

impl Emitter {
    /// Lines are folded at the first blank behind a column, if one is given.
    pub fn new(dialect: Dialect, width: Option<usize>) -> Self {
        Self {
            out: String::new(),
            dialect,
            width: width.unwrap_or(usize::MAX),
            column: 0,
            whitespace: true,
            indention: true,
        }
    }

    /// Bytes so far.
    #[expect(
        clippy::len_without_is_empty,
        reason = "it bounds the text, and is no collection"
    )]
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// The document, with the end of its last line.
    pub fn finish(mut self) -> String {
        if self.column > 0 {
            self.out.push('\n');
        }
        self.out
    }

    /// What needs no quotes: `[]` and `{}`, numbers, `null`, `true`.
    pub fn bare(&mut self, text: &str) {
        self.indicator(text, true, false, false);
    }

    /// Starts an item of a list.
    pub fn item(&mut self, indent: usize) {
        self.line(indent);
        self.indicator("-", true, false, true);
    }

    /// Writes a key up to where its value starts. Tells whether that is beside the key; otherwise it is beside a colon
    /// on a line of its own, where lists and maps are indented as behind a dash.
    pub fn key(&mut self, text: &str, style: ScalarStyle, indent: usize) -> bool {
        self.line(indent);
        if text.len() <= KEY_BYTES && !text.contains(is_break) {
            self.scalar(text, style, indent, true);
            self.indicator(":", false, false, false);
            return true;
        }
        self.indicator("?", true, false, true);
        self.scalar(text, style, indent + INDENT, false);
        self.line(indent);
        self.indicator(":", true, false, true);
        false
    }

    /// Writes a scalar whose further lines have an indent.
    pub fn scalar(&mut self, text: &str, style: ScalarStyle, indent: usize, is_key: bool) {
        let shape = Shape::of(text, self.dialect);
        match style {
            ScalarStyle::Literal if shape.block && !is_key => self.literal(text, indent),
            ScalarStyle::Plain if shape.plain && !(text.is_empty() && is_key) => {
                self.plain(text, indent, is_key);
            }
            ScalarStyle::Plain if shape.single_quoted => self.single_quoted(text, indent, is_key),
            _ => self.double_quoted(text, indent, is_key),
        }
    }

    fn plain(&mut self, text: &str, indent: usize, is_key: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        self.words(text, indent, is_key, Self::put);
        self.whitespace = false;
        self.indention = false;
    }

    fn single_quoted(&mut self, text: &str, indent: usize, is_key: bool) {
        self.indicator("'", true, false, false);
        self.words(text, indent, is_key, |emitter, character| {
            if character == '\'' {
                emitter.put('\'');
            }
            emitter.put(character);
        });
        self.indicator("'", false, false, false);
    }

    /// Characters; a single blank behind the width becomes the end of a line.
    fn words(&mut self, text: &str, indent: usize, is_key: bool, write: impl Fn(&mut Self, char)) {
        let (mut after_blank, mut at_start) = (false, false);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if is_break(character) {
                self.end_line_with(character);
                at_start = true;
                continue;
            }
            if at_start && character != ' ' {
                self.line(indent);
                at_start = false;
            }
            let is_single =
                character == ' ' && !after_blank && characters.peek().is_some_and(|next| *next != ' ');
            after_blank = character == ' ';
            if is_single && !is_key && self.column > self.width {
                self.line(indent);
            } else {
                write(self, character);
                if character != ' ' {
                    self.indention = false;
                }
            }
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, is_key: bool) {
        self.indicator("\"", true, false, false);
        let escapes_all = text.starts_with('\u{feff}');
        let mut after_blank = false;
        let mut characters = text.chars().enumerate().peekable();
        while let Some((index, character)) = characters.next() {
            if escapes_all
                || !is_printable(character)
                || is_break(character)
                || matches!(character, '"' | '\\')
            {
                self.escape(character);
                after_blank = false;
                continue;
            }
            let next = characters.peek().map(|(_, next)| *next);
            let folds = character == ' ' && !after_blank && !is_key && self.column > self.width;
            after_blank = character == ' ';
            if folds && index > 0 && next.is_some() {
                self.line(indent);
                if next == Some(' ') {
                    self.put('\\');
                }
            } else {
                self.put(character);
            }
        }
        self.indicator("\"", false, false, false);
    }

    fn escape(&mut self, character: char) {
        let before = self.out.len();
        let short = match character {
            '\0' => '0',
            '\x07' => 'a',
            '\x08' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\x0b' => 'v',
            '\x0c' => 'f',
            '\r' => 'r',
            '\x1b' => 'e',
            '"' | '\\' => character,
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => '\n',
        };
        self.out.push('\\');
        let number = character as u32;
        // Writing to a string cannot fail.
        let _ = match (short, number) {
            ('\n', ..=0xff) => write!(self.out, "x{number:02X}"),
            ('\n', ..=0xffff) => write!(self.out, "u{number:04X}"),
            ('\n', _) => write!(self.out, "U{number:08X}"),
            _ => write!(self.out, "{short}"),
        };
        // Escapes are ASCII.
        self.column += self.out.len() - before;
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", true, false, false);
        if text.starts_with(|character| character == ' ' || is_break(character)) {
            self.put('2');
        }
        match text.strip_suffix(is_break) {
            None => self.put('-'),
            Some("") => self.put('+'),
            Some(rest) if rest.ends_with(is_break) => self.put('+'),
            Some(_) => {}
        }
        self.end_line();
        let mut at_start = true;
        for character in text.chars() {
            if is_break(character) {
                self.end_line_with(character);
                at_start = true;
                continue;
            }
            if at_start {
                self.line(indent);
            }
            self.put(character);
            self.indention = false;
            at_start = false;
        }
    }

    /// Goes to a column, on a new line unless only blanks stand before it.
    fn line(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.end_line();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn end_line(&mut self) {
        self.end_line_with('\n');
    }

    fn end_line_with(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
        self.whitespace = true;
        self.indention = true;
    }

    fn indicator(&mut self, text: &str, needs_blank: bool, whitespace: bool, indention: bool) {
        if needs_blank && !self.whitespace {
            self.put(' ');
        }
        self.out.push_str(text);
        self.column += text.len();
        self.whitespace = whitespace;
        self.indention = self.indention && indention;
    }

    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }
}

/// Styles that a text can have.
struct Shape {
    plain: bool,
    single_quoted: bool,
    block: bool,
}

impl Shape {
    fn of(text: &str, dialect: Dialect) -> Self {
        let mut shape = Self {
            plain: !text.starts_with("---") && !text.starts_with("..."),
            single_quoted: true,
            block: !text.is_empty(),
        };
        let (mut previous, mut is_first) = ('\n', true);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            let before_blank = next.is_none_or(|next| matches!(next, ' ' | '\t'));
            let indicates = match character {
                '#' => is_first || is_blank(previous),
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    is_first
                }
                '?' | '-' => is_first && before_blank,
                ':' => before_blank,
                _ => false,
            };
            if indicates {
                shape.plain = false;
            }
            if character == '\t' && dialect == Dialect::GoYamlV3 {
                shape.plain = false;
                shape.single_quoted = false;
            } else if !is_printable(character) {
                shape = Self {
                    plain: false,
                    single_quoted: false,
                    block: false,
                };
            }
            if character == ' ' {
                if is_first || next.is_none() {
                    shape.plain = false;
                }
                if next.is_none() {
                    shape.block = false;
                }
                if !is_first && is_break(previous) {
                    shape.plain = false;
                    shape.single_quoted = false;
                }
            }
            if is_break(character) {
                shape.plain = false;
                if !is_first && previous == ' ' {
                    shape.single_quoted = false;
                    shape.block = false;
                }
            }
            previous = character;
            is_first = false;
        }
        shape
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t') || is_break(character)
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character stands for itself; those beyond 16 bits do not.
pub fn is_printable(character: char) -> bool {
    matches!(
        character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Emitter, ScalarStyle};

    #[track_caller]
    fn check(text: &str, style: ScalarStyle, expected: &str) {
        let mut emitter = Emitter::new(Dialect::GoYamlV2, Some(20));
        emitter.key("k", ScalarStyle::Plain, 0);
        emitter.scalar(text, style, 2, false);
        assert_eq!(emitter.finish(), format!("k:{expected}\n"), "{text:?}");
    }

    #[test]
    fn styles() {
        use ScalarStyle::{DoubleQuoted, Literal, Plain};
        let cases = [
            ("a", Plain, " a"),
            ("", Plain, " "),
            ("a:", Plain, " 'a:'"),
            ("it's #1", Plain, " 'it''s #1'"),
            ("a\tb", Plain, " \"a\\tb\""),
            ("1", DoubleQuoted, " \"1\""),
            ("a\nb", Literal, " |-\n  a\n  b"),
            ("\na\n", Literal, " |2\n\n  a"),
            ("a\n\n", Literal, " |+\n  a\n"),
            ("a \nb", Literal, " \"a \\nb\""),
            (
                "twenty characters are too many",
                Plain,
                " twenty characters are\n  too many",
            ),
            (
                "'twenty characters are too many",
                Plain,
                " '''twenty characters\n  are too many'",
            ),
            (
                "twenty\tcharacte.  too",
                Plain,
                " \"twenty\\tcharacte.\n  \\ too\"",
            ),
            ("\u{1f600}", Plain, " \"\\U0001F600\""),
            ("\u{feff}a \n", Plain, " \"\\uFEFF\\x61\\x20\\n\""),
        ];
        for (text, style, expected) in cases {
            check(text, style, expected);
        }
    }

    #[test]
    fn long_keys() {
        for (length, expected) in [(128, ""), (129, "? ")] {
            let mut emitter = Emitter::new(Dialect::GoYamlV2, None);
            emitter.key(&"k".repeat(length), ScalarStyle::Plain, 0);
            emitter.scalar("v", ScalarStyle::Plain, 2, false);
            let text = emitter.finish();
            assert_eq!(text.starts_with("? "), !expected.is_empty(), "{text}");
        }
    }
}
