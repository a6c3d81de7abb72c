//! Text to tokens: <https://pkg.go.dev/text/template#hdr-Text_and_spaces> and the sections on actions.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Error,
    Eof,
    Text,
    LeftDelim,
    RightDelim,
    Space,
    Identifier,
    Field,
    Variable,
    Dot,
    Nil,
    Bool,
    Char,
    CharConstant,
    Complex,
    Number,
    String,
    RawString,
    LeftParen,
    RightParen,
    Pipe,
    Assign,
    Declare,
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

impl Kind {
    fn of_word(word: &str) -> Self {
        match word {
            "block" => Self::Block,
            "break" => Self::Break,
            "continue" => Self::Continue,
            "define" => Self::Define,
            "else" => Self::Else,
            "end" => Self::End,
            "if" => Self::If,
            "range" => Self::Range,
            "template" => Self::Template,
            "with" => Self::With,
            "nil" => Self::Nil,
            "true" | "false" => Self::Bool,
            _ => Self::Identifier,
        }
    }

    pub(crate) fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Break
                | Self::Continue
                | Self::Define
                | Self::Else
                | Self::End
                | Self::If
                | Self::Range
                | Self::Template
                | Self::With
                | Self::Nil
                | Self::Dot
        )
    }
}

/// A token, with where it starts.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub kind: Kind,
    pub text: std::borrow::Cow<'a, str>,
    pub at: usize,
    pub line: usize,
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quoted = |text: &str| crate::format::quote(text.as_bytes(), false);
        match self.kind {
            Kind::Eof => formatter.write_str("EOF"),
            Kind::Error => formatter.write_str(&self.text),
            kind if kind.is_keyword() => write!(formatter, "<{}>", self.text),
            _ if self.text.chars().count() > 10 => {
                let start: String = self.text.chars().take(10).collect();
                write!(formatter, "{}...", quoted(&start))
            }
            _ => formatter.write_str(&quoted(&self.text)),
        }
    }
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Inside,
    Done,
}

/// Gives tokens one by one.
pub(crate) struct Lexer<'a> {
    input: &'a str,
    at: usize,
    line: usize,
    start: usize,
    start_line: usize,
    parens: usize,
    state: State,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(input: &'a str) -> Self {
        Self {
            input,
            at: 0,
            line: 1,
            start: 0,
            start_line: 1,
            parens: 0,
            state: State::Text,
        }
    }

    fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.input.as_bytes().get(self.at).copied()
    }

    fn peek(&self) -> Option<char> {
        match self.byte()? {
            byte if byte.is_ascii() => Some(char::from(byte)),
            _ => self.rest().chars().next(),
        }
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        if character == '\n' {
            self.line += 1;
        }
        Some(character)
    }

    /// Passes letters and digits.
    fn skip_word(&mut self) {
        loop {
            while self
                .byte()
                .is_some_and(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
            {
                self.at += 1;
            }
            match self.peek() {
                Some(character) if !character.is_ascii() && is_alphanumeric(character) => {
                    self.at += character.len_utf8();
                }
                _ => return,
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        let text = self.rest().get(..bytes).unwrap_or_default();
        self.line += text.bytes().filter(|byte| *byte == b'\n').count();
        self.at += bytes;
    }

    fn emit(&mut self, kind: Kind) -> Token<'a> {
        let text = self.input.get(self.start..self.at).unwrap_or_default();
        let token = Token {
            kind,
            text: text.into(),
            at: self.start,
            line: self.start_line,
        };
        self.ignore();
        token
    }

    fn ignore(&mut self) {
        self.start = self.at;
        self.start_line = self.line;
    }

    fn error(&mut self, message: impl Into<String>) -> Token<'a> {
        self.state = State::Done;
        Token {
            kind: Kind::Error,
            text: message.into().into(),
            at: self.start,
            line: self.start_line,
        }
    }

    /// The next token; after the end or an error, the end.
    pub(crate) fn next(&mut self) -> Token<'a> {
        loop {
            match self.state {
                State::Text => {
                    if let Some(token) = self.text() {
                        return token;
                    }
                }
                State::Inside => return self.inside(),
                State::Done => {
                    self.start = self.at;
                    return Token {
                        kind: Kind::Eof,
                        text: "".into(),
                        at: self.at,
                        line: self.line,
                    };
                }
            }
        }
    }

    /// Text up to an action. Comments are skipped here.
    fn text(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            self.state = State::Done;
            return None;
        }
        let Some(offset) = rest.find(LEFT) else {
            self.skip(rest.len());
            return Some(self.emit(Kind::Text));
        };
        if offset > 0 {
            let before = rest.get(..offset).unwrap_or_default();
            let after = rest.get(offset + LEFT.len()..).unwrap_or_default();
            let kept = if has_left_trim(after) {
                before.trim_end_matches(is_space).len()
            } else {
                before.len()
            };
            self.skip(kept);
            let token = self.emit(Kind::Text);
            self.skip(offset - kept);
            self.ignore();
            return (kept > 0).then_some(token);
        }
        self.left_delim()
    }

    fn left_delim(&mut self) -> Option<Token<'a>> {
        self.skip(LEFT.len());
        let trim = has_left_trim(self.rest());
        let after = if trim { 2 } else { 0 };
        if self
            .rest()
            .get(after..)
            .is_some_and(|rest| rest.starts_with("/*"))
        {
            self.skip(after);
            self.ignore();
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelim);
        self.skip(after);
        self.ignore();
        self.parens = 0;
        self.state = State::Inside;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token<'a>> {
        self.skip(2);
        let Some(length) = self.rest().find("*/") else {
            return Some(self.error("unclosed comment"));
        };
        self.skip(length + 2);
        let Some(trim) = self.at_right_delim() else {
            return Some(self.error("comment ends before closing delimiter"));
        };
        self.close(trim);
        self.ignore();
        None
    }

    /// Whether the action ends here, and whether what follows is trimmed.
    fn at_right_delim(&self) -> Option<bool> {
        match self.input.as_bytes().get(self.at..)? {
            [b'}', b'}', ..] => Some(false),
            [b' ' | b'\t' | b'\r' | b'\n', b'-', b'}', b'}', ..] => Some(true),
            _ => None,
        }
    }

    fn close(&mut self, trim: bool) {
        self.skip(if trim { 2 } else { 0 } + RIGHT.len());
        if trim {
            let rest = self.rest();
            self.skip(rest.len() - rest.trim_start_matches(is_space).len());
        }
    }

    fn inside(&mut self) -> Token<'a> {
        if let Some(trim) = self.at_right_delim() {
            if self.parens > 0 {
                return self.error("unclosed left paren");
            }
            if trim {
                self.skip(2);
                self.ignore();
            }
            self.skip(RIGHT.len());
            let token = self.emit(Kind::RightDelim);
            if trim {
                let rest = self.rest();
                self.skip(rest.len() - rest.trim_start_matches(is_space).len());
                self.ignore();
            }
            self.state = State::Text;
            return token;
        }
        let Some(character) = self.bump() else {
            return self.error("unclosed action");
        };
        match character {
            _ if is_space(character) => self.space(),
            '=' => self.emit(Kind::Assign),
            ':' => {
                if self.bump() == Some('=') {
                    self.emit(Kind::Declare)
                } else {
                    self.error("expected :=")
                }
            }
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string"),
            '\'' => self.quoted('\'', Kind::CharConstant, "unterminated character constant"),
            '`' => match self.rest().find('`') {
                Some(length) => {
                    self.skip(length + 1);
                    self.emit(Kind::RawString)
                }
                None => self.error("unterminated raw quoted string"),
            },
            '$' => self.name(Kind::Variable, Kind::Variable),
            '.' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => {
                self.name(Kind::Field, Kind::Dot)
            }
            '+' | '-' | '.' | '0'..='9' => {
                self.at -= 1;
                self.number()
            }
            _ if is_alphanumeric(character) => self.identifier(),
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen)
            }
            ')' if self.parens == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parens -= 1;
                self.emit(Kind::RightParen)
            }
            ' '..='~' => self.emit(Kind::Char),
            other => {
                let name = unicode(other);
                self.error(format!("unrecognized character in action: {name}"))
            }
        }
    }

    fn space(&mut self) -> Token<'a> {
        while self.peek().is_some_and(is_space) {
            // ` -}}` is part of the closing delimiter.
            if self.at_right_delim() == Some(true) {
                break;
            }
            self.bump();
        }
        // A single space that belongs to the closing delimiter is not emitted: `at_right_delim` saw it before.
        self.emit(Kind::Space)
    }

    fn quoted(&mut self, delimiter: char, kind: Kind, message: &str) -> Token<'a> {
        loop {
            match self.bump() {
                Some('\\') if self.peek().is_some_and(|next| next != '\n') => {
                    self.bump();
                }
                None | Some('\n' | '\\') => return self.error(message),
                Some(character) if character == delimiter => return self.emit(kind),
                Some(_) => {}
            }
        }
    }

    /// A field or variable; `bare` when nothing follows the `.` or `$`.
    fn name(&mut self, kind: Kind, bare: Kind) -> Token<'a> {
        if self.at_terminator() {
            return self.emit(bare);
        }
        self.skip_word();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.emit(kind)
    }

    fn identifier(&mut self) -> Token<'a> {
        self.skip_word();
        if !self.at_terminator() {
            return self.bad_character();
        }
        let word = self.input.get(self.start..self.at).unwrap_or_default();
        self.emit(Kind::of_word(word))
    }

    fn bad_character(&mut self) -> Token<'a> {
        let name = self.peek().map(unicode).unwrap_or_default();
        self.error(format!("bad character {name}"))
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some('}') => self.rest().starts_with(RIGHT),
            Some(character) => is_space(character),
        }
    }

    fn number(&mut self) -> Token<'a> {
        if !self.scan_number() {
            let text = self.input.get(self.start..self.at).unwrap_or_default();
            return self.error(format!(
                "bad number syntax: {}",
                crate::format::quote(text.as_bytes(), false)
            ));
        }
        if let Some('+' | '-') = self.peek() {
            let good =
                self.scan_number() && self.input.get(..self.at).is_some_and(|text| text.ends_with('i'));
            if !good {
                let text = self.input.get(self.start..self.at).unwrap_or_default();
                return self.error(format!(
                    "bad number syntax: {}",
                    crate::format::quote(text.as_bytes(), false)
                ));
            }
            return self.emit(Kind::Complex);
        }
        self.emit(Kind::Number)
    }

    fn accept(&mut self, set: &str) -> bool {
        let found = self.peek().is_some_and(|next| set.contains(next));
        if found {
            self.bump();
        }
        found
    }

    fn accept_run(&mut self, set: &str) {
        while self.accept(set) {}
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if !exponent.is_empty() && self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.bump();
            return false;
        }
        true
    }
}

fn has_left_trim(rest: &str) -> bool {
    rest.strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(is_space))
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// A character as Go's `%#U` prints it.
fn unicode(character: char) -> String {
    let printable = if character.is_control() {
        String::new()
    } else {
        format!(" '{character}'")
    };
    format!("U+{:04X}{printable}", u32::from(character))
}
