//! YAML as Go's encoders write it: checksums of charts are taken over this text, so every quote counts.
//!
//! The rules are those of libyaml's emitter with the choices of `goyaml` v2: which scalars stay plain, sequences not
//! indented below their key, lines folded behind column 80.

use std::cmp::Ordering;

use kubescape_gotemplate::format::{float_text, shortest};
use kubescape_gotemplate::value::Object;
use kubescape_gotemplate::{Text, Value};
use kubescape_yaml::{Profile, is_plain_string, natural_order};

/// Column behind which a line is folded at the next space.
const BEST_WIDTH: usize = 80;
/// Longer keys are written with a question mark.
const MAX_SIMPLE_KEY: usize = 128;
/// Deeper values are refused: a dictionary can hold itself.
const MAX_DEPTH: usize = 500;
/// Longer texts are refused as well.
const MAX_BYTES: usize = 128 << 20;

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// `sigs.k8s.io/yaml`: through JSON, then `goyaml` v2.
    Sigs,
    /// `yaml.v3` with an indentation of two: lists are indented below their key, lines are not folded.
    Pretty,
}

/// A value as YAML, without the line end behind it. The error says what YAML cannot hold.
pub fn to_yaml(value: &Value, flavor: Flavor) -> Result<String, String> {
    let mut writer = Writer {
        out: String::new(),
        flavor,
        column: 0,
    };
    writer.node(value, &Place::root(), 0)?;
    let mut out = writer.out;
    if out.ends_with('\n') {
        out.pop();
    }
    Ok(out)
}

struct Writer {
    out: String,
    flavor: Flavor,
    column: usize,
}

/// Where a node stands.
struct Place {
    /// Indentation of the collection that holds it.
    indent: Option<usize>,
    in_mapping: bool,
    /// Whether the line so far holds only indentation and dashes.
    starts_line: bool,
}

impl Place {
    fn root() -> Self {
        Self {
            indent: None,
            in_mapping: false,
            starts_line: true,
        }
    }
}

impl Writer {
    fn push(&mut self, text: &str) {
        for character in text.chars() {
            if is_break(character) {
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        self.out.push_str(text);
    }

    fn line(&mut self, indent: usize) {
        if !self.out.is_empty() && !self.out.ends_with(is_break) {
            self.push("\n");
        }
        self.push(&" ".repeat(indent));
    }

    fn node(&mut self, value: &Value, place: &Place, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("the value is nested too deeply for YAML".to_owned());
        }
        if self.out.len() > MAX_BYTES {
            return Err(format!("the text is larger than {} MiB", MAX_BYTES >> 20));
        }
        match value {
            Value::Map(map) if !map.is_empty() => self.mapping(&map.entries(), place, depth),
            Value::List(list) if !list.items().is_empty() => self.sequence(list.items(), place, depth),
            Value::Bytes(bytes) if self.flavor == Flavor::Pretty && !bytes.is_empty() => {
                let items: Vec<Value> = bytes.as_bytes().iter().map(|byte| Value::Uint8(*byte)).collect();
                self.sequence(&items, place, depth)
            }
            Value::Object(object) => match yaml_fields(&**object) {
                // Without JSON in between, fields keep their order.
                Some(fields) if self.flavor == Flavor::Pretty => {
                    let fields: Vec<(String, &Value)> =
                        fields.iter().map(|(name, value)| (name.clone(), value)).collect();
                    self.fields(fields, place, depth)
                }
                _ => self.node(&object.to_json(), place, depth + 1),
            },
            scalar => {
                if !place.starts_line {
                    self.push(" ");
                }
                let indent = place.indent.map_or(2, |indent| indent + 2);
                self.scalar(scalar, indent, false)
            }
        }
    }

    fn sequence(&mut self, items: &[Value], place: &Place, depth: usize) -> Result<(), String> {
        let indent = match place.indent {
            None => 0,
            Some(indent) if place.in_mapping && self.flavor == Flavor::Sigs => indent,
            Some(indent) => indent + 2,
        };
        let mut starts_line = place.starts_line && !place.in_mapping;
        for item in items {
            if !starts_line {
                self.line(indent);
            }
            starts_line = false;
            self.push("-");
            let inner = Place {
                indent: Some(indent),
                in_mapping: false,
                starts_line: false,
            };
            if is_collection(item) {
                self.push(" ");
                let inner = Place {
                    starts_line: true,
                    ..inner
                };
                self.node(item, &inner, depth + 1)?;
            } else {
                self.node(item, &inner, depth + 1)?;
            }
        }
        Ok(())
    }

    fn mapping(&mut self, entries: &[(Text, Value)], place: &Place, depth: usize) -> Result<(), String> {
        // The order is not transitive everywhere, which the sorts of the standard library do not accept.
        let mut sorted: Vec<(String, &Value)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = key.to_string();
            let place = sorted.partition_point(|known| natural_order(&known.0, &key) != Ordering::Greater);
            sorted.insert(place, (key, value));
        }
        self.fields(sorted, place, depth)
    }

    fn fields(&mut self, fields: Vec<(String, &Value)>, place: &Place, depth: usize) -> Result<(), String> {
        let indent = place.indent.map_or(0, |indent| indent + 2);
        let mut starts_line = place.starts_line && !place.in_mapping;
        for (key, value) in fields {
            if !starts_line {
                self.line(indent);
            }
            starts_line = false;
            let is_refused = self.flavor == Flavor::Sigs && key.contains(NEXT_LINE);
            let simple = is_refused || key.len() <= MAX_SIMPLE_KEY && !key.contains(is_break);
            if simple {
                self.scalar(&Value::from(key), indent + 2, true)?;
                self.push(":");
            } else {
                self.push("? ");
                self.scalar(&Value::from(key), indent + 2, false)?;
                self.line(indent);
                self.push(":");
                if is_collection(value) {
                    // Behind a key of its own line, a collection starts beside the colon, as behind a dash.
                    self.push(" ");
                    let inner = Place {
                        indent: Some(indent),
                        in_mapping: false,
                        starts_line: true,
                    };
                    self.node(value, &inner, depth + 1)?;
                    continue;
                }
            }
            let inner = Place {
                indent: Some(indent),
                in_mapping: true,
                starts_line: false,
            };
            self.node(value, &inner, depth + 1)?;
        }
        Ok(())
    }

    fn scalar(&mut self, value: &Value, indent: usize, is_key: bool) -> Result<(), String> {
        let text = match value {
            Value::Nil => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) | Value::Int64(number) => number.to_string(),
            Value::Uint8(number) => number.to_string(),
            Value::Float(number) => self.float(*number)?,
            Value::Complex(..) => return Err("cannot marshal type: complex128".to_owned()),
            Value::Map(map) if map.is_nil() && self.flavor == Flavor::Sigs => "null".to_owned(),
            Value::Map(_) => "{}".to_owned(),
            Value::List(list) if list.is_nil() && self.flavor == Flavor::Sigs => "null".to_owned(),
            Value::List(_) => "[]".to_owned(),
            Value::String(text) => {
                let text = text.to_str();
                if self.flavor == Flavor::Sigs && text.contains(is_refused) {
                    return Err("yaml: control characters are not allowed".to_owned());
                }
                if self.flavor == Flavor::Sigs && text.contains(NEXT_LINE) {
                    if is_key {
                        return Err("yaml: could not find expected ':'".to_owned());
                    }
                    self.string(&unfolded(&text), indent, is_key);
                    return Ok(());
                }
                self.string(&text, indent, is_key);
                return Ok(());
            }
            Value::Bytes(bytes) if self.flavor == Flavor::Pretty && bytes.is_empty() => "[]".to_owned(),
            Value::Bytes(bytes) => {
                use base64::Engine as _;
                let text = base64::engine::general_purpose::STANDARD.encode(bytes.as_bytes());
                self.string(&text, indent, is_key);
                return Ok(());
            }
            Value::Object(object) => return self.scalar(&object.to_json(), indent, is_key),
        };
        self.push(&text);
        Ok(())
    }

    fn float(&self, number: f64) -> Result<String, String> {
        if !number.is_finite() {
            return Err(format!("json: unsupported value: {}", float_text(number)));
        }
        if self.flavor == Flavor::Pretty {
            return Ok(float_text(number));
        }
        #[expect(clippy::float_cmp, reason = "whole numbers are written as integers")]
        let whole = number.trunc() == number;
        if whole && (-9.223_372_036_854_775e18..1.844_674_407_370_955e19).contains(&number) {
            let text = shortest(number, 21);
            return Ok(if text == "-0" { "0".to_owned() } else { text });
        }
        Ok(float_text(number))
    }

    fn string(&mut self, text: &str, indent: usize, is_key: bool) {
        let shape = Shape::of(text, self.flavor);
        let stays_string = is_plain_string(text, Profile::SigsYaml) && !is_base_60(text);
        if text.contains('\n') && !is_key && shape.block_allowed {
            self.literal(text, indent);
        } else if text.contains('\n') || !stays_string {
            self.double_quoted(text, indent, !is_key);
        } else if shape.plain_allowed && !text.is_empty() {
            self.folded(text, indent, !is_key, false);
        } else if shape.single_quoted_allowed {
            self.push("'");
            self.folded(text, indent, !is_key, true);
            self.push("'");
        } else {
            self.double_quoted(text, indent, !is_key);
        }
    }

    fn may_fold(&self, allowed: bool) -> bool {
        allowed && self.flavor == Flavor::Sigs && self.column > BEST_WIDTH
    }

    /// Plain and single-quoted text.
    fn folded(&mut self, text: &str, indent: usize, allowed: bool, quoted: bool) {
        let mut previous_is_space = false;
        let mut previous_is_break = false;
        let mut characters = text.chars().peekable();
        let mut is_first = true;
        while let Some(character) = characters.next() {
            let next = characters.peek();
            if is_break(character) {
                self.push(character.encode_utf8(&mut [0; 4]));
                previous_is_break = true;
            } else if character == ' ' {
                let inner = !quoted || !is_first && next.is_some();
                if self.may_fold(allowed) && !previous_is_space && inner && next != Some(&' ') {
                    self.push("\n");
                    self.push(&" ".repeat(indent));
                } else {
                    self.push(" ");
                }
                previous_is_space = true;
            } else {
                if previous_is_break {
                    self.push(&" ".repeat(indent));
                }
                previous_is_break = false;
                if quoted && character == '\'' {
                    self.push("''");
                } else {
                    self.push(character.encode_utf8(&mut [0; 4]));
                }
                previous_is_space = false;
            }
            is_first = false;
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, allowed: bool) {
        self.push("\"");
        let mut previous_is_space = false;
        let mut is_first = true;
        // The Go library looks for the mark at the start of the text, whichever character it writes.
        let has_mark = text.starts_with(BYTE_ORDER_MARK);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            if has_mark || !is_plain_in_quotes(character) {
                self.push(&escape(character));
                previous_is_space = false;
            } else if character == ' ' {
                let next = characters.peek();
                if self.may_fold(allowed) && !previous_is_space && !is_first && next.is_some() {
                    self.push("\n");
                    self.push(&" ".repeat(indent));
                    if next == Some(&' ') {
                        self.push("\\");
                    }
                } else {
                    self.push(" ");
                }
                previous_is_space = true;
            } else {
                self.push(character.encode_utf8(&mut [0; 4]));
                previous_is_space = false;
            }
            is_first = false;
        }
        self.push("\"");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.push("|");
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            self.push("2");
        }
        let trailing = text.chars().rev().take_while(|last| is_break(*last)).count();
        if trailing == 0 {
            self.push("-");
        } else if trailing > 1 || text.chars().count() == 1 {
            self.push("+");
        }
        self.push("\n");
        // Every break starts a line, also those that are none to the eye.
        let mut starts_line = true;
        for character in text.chars() {
            if is_break(character) {
                starts_line = true;
            } else if starts_line {
                self.push(&" ".repeat(indent));
                starts_line = false;
            }
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }
}

/// JSON leaves this line break as it is, and a YAML reader folds it.
const NEXT_LINE: char = '\u{85}';

/// A quoted text after its line breaks are folded: one becomes a space, each further one a line end, and the blanks
/// around them are dropped.
fn unfolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(NEXT_LINE);
    out.push_str(parts.next().unwrap_or_default());
    let mut breaks = 0;
    let count = text.matches(NEXT_LINE).count();
    for (index, part) in parts.enumerate() {
        if breaks == 0 {
            out.truncate(out.trim_end_matches(' ').len());
        }
        breaks += 1;
        let is_last = index + 1 == count;
        let part = part.trim_start_matches(' ');
        if part.is_empty() && !is_last {
            continue;
        }
        if breaks == 1 {
            out.push(' ');
        } else {
            out.extend(std::iter::repeat_n('\n', breaks - 1));
        }
        out.push_str(part);
        breaks = 0;
    }
    out
}

fn is_collection(value: &Value) -> bool {
    match value {
        Value::Map(map) => !map.is_empty(),
        Value::List(list) => !list.items().is_empty(),
        Value::Object(_) => true,
        _ => false,
    }
}

/// The fields of a struct under the names that it has for YAML, or else in small letters, empty ones as well.
fn yaml_fields(object: &dyn Object) -> Option<Vec<(String, Value)>> {
    if object.has_yaml_names() {
        return object.json_fields();
    }
    let fields = object.fields()?.into_iter();
    Some(fields.map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// What JSON leaves as it is and a YAML reader refuses.
fn is_refused(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Which styles can hold a text (libyaml's analysis of a scalar).
struct Shape {
    plain_allowed: bool,
    single_quoted_allowed: bool,
    block_allowed: bool,
}

impl Shape {
    fn of(text: &str, flavor: Flavor) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut tabs, mut breaks) = (false, false, false);
        let (mut space_break, mut break_space) = (false, false);
        let mut after_space = true;
        let (mut previous_space, mut previous_break) = (false, false);
        let mut characters = text.chars().peekable();
        let mut is_first = true;
        while let Some(character) = characters.next() {
            let before_space = characters
                .peek()
                .is_none_or(|next| *next == ' ' || *next == '\t' || is_break(*next));
            indicators |= match character {
                '#' => is_first || after_space,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    is_first
                }
                '?' | '-' => is_first && before_space,
                ':' => before_space,
                _ => false,
            };
            // The newer library writes tabs in blocks as they are.
            let is_tab = character == '\t' && flavor == Flavor::Pretty;
            tabs |= is_tab;
            special |= !is_tab && !is_printable(character);
            if character == ' ' {
                break_space |= previous_break;
            }
            if is_break(character) {
                breaks = true;
                space_break |= previous_space;
            }
            previous_space = character == ' ';
            previous_break = is_break(character);
            after_space = character == ' ' || character == '\t' || is_break(character);
            is_first = false;
        }
        let leading = text.starts_with(' ') || text.starts_with(is_break);
        let trailing_space = text.ends_with(' ');
        let trailing = trailing_space || text.ends_with(is_break);
        let broken = space_break || special;
        Self {
            plain_allowed: !(indicators || leading || trailing || breaks || break_space || tabs || broken),
            single_quoted_allowed: !(break_space || tabs || broken),
            block_allowed: !(trailing_space || broken),
        }
    }
}

/// What libyaml writes as it is: up to U+FFFF, without control characters.
fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

const BYTE_ORDER_MARK: char = '\u{feff}';

fn is_plain_in_quotes(character: char) -> bool {
    is_printable(character) && !is_break(character) && !matches!(character, '"' | '\\')
}

fn escape(character: char) -> String {
    let code = u32::from(character);
    match character {
        '\0' => "\\0".to_owned(),
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\x0b' => "\\v".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\x1b' => "\\e".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{a0}' => "\\_".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        _ if code <= 0xff => format!("\\x{code:02X}"),
        _ if code <= 0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    }
}

/// Numbers to the base of sixty: YAML 1.1 readers take `12:30` for one.
fn is_base_60(text: &str) -> bool {
    let Some((whole, rest)) = text.trim_start_matches(['+', '-']).split_once(':') else {
        return false;
    };
    let is_number = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_digit())
            && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    let (parts, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    text.len() - text.trim_start_matches(['+', '-']).len() <= 1
        && is_number(whole)
        && fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
        && parts.split(':').all(|part| match part.as_bytes() {
            [digit] => digit.is_ascii_digit(),
            [b'0'..=b'5', digit] => digit.is_ascii_digit(),
            _ => false,
        })
}
