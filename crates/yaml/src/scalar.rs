//! What a scalar means: the resolution of go-yaml, by version.
//!
//! Both decoders know more than YAML 1.2: octal with a leading zero, binary, underscores in numbers; the older one
//! also `yes` and `off`.

use std::sync::Arc;

use crate::timestamp;
use crate::{Node, Value};

/// Whose rules are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `gopkg.in/yaml.v3`: what reads manifest files. Duplicate keys are errors, `yes` is a string.
    GoYamlV3,
    /// `sigs.k8s.io/yaml`: what kubectl and helm read with. The last duplicate wins, `yes` is true, keys become
    /// strings, times stay as they were written.
    SigsYaml,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Quoted,
}

/// Whether the key asks for a merge.
pub(crate) fn is_merge(text: &str, tag: Option<&str>, style: Style) -> bool {
    text == "<<"
        && match tag.map(short) {
            None | Some("!") => style == Style::Plain,
            Some(tag) => tag == "!!merge",
        }
}

/// The value of a scalar; nothing when it is its own text. The error says why its tag does not fit.
pub(crate) fn resolve(
    text: &str,
    tag: Option<&str>,
    style: Style,
    profile: Profile,
) -> Result<Option<Value>, String> {
    let tag = tag.map(short);
    // The older decoder takes the tag `!` by its word: the scalar is a string.
    let is_string = style == Style::Quoted || (tag == Some("!") && profile == Profile::SigsYaml);
    match tag.filter(|tag| *tag != "!") {
        None if is_string => Ok(None),
        None => Ok(plain(text, profile, true)),
        Some("!!binary") => binary(text).map(Some),
        Some(tag @ ("!!null" | "!!bool" | "!!int" | "!!float" | "!!timestamp")) => {
            tagged(text, tag, profile).map(Some)
        }
        Some(_) => Ok(None),
    }
}

fn string(text: &str) -> Value {
    Value::String(Arc::from(text))
}

/// `tag:yaml.org,2002:int` as `!!int`.
fn short(tag: &str) -> &str {
    match tag.strip_prefix("tag:yaml.org,2002:") {
        Some("null") => "!!null",
        Some("bool") => "!!bool",
        Some("int") => "!!int",
        Some("float") => "!!float",
        Some("str") => "!!str",
        Some("timestamp") => "!!timestamp",
        Some("binary") => "!!binary",
        Some("merge") => "!!merge",
        _ => tag,
    }
}

fn tagged(text: &str, tag: &str, profile: Profile) -> Result<Value, String> {
    let value = plain(text, profile, tag == "!!timestamp");
    match (tag, value) {
        ("!!null", Some(value @ Value::Null))
        | ("!!bool", Some(value @ Value::Bool(_)))
        | ("!!int", Some(value @ (Value::Int(_) | Value::UInt(_))))
        | ("!!float", Some(value @ Value::Float(_)))
        | ("!!timestamp", Some(value @ Value::Time(_))) => Ok(value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the nearest float is what the tag asks for"
        )]
        ("!!float", Some(Value::Int(number))) => Ok(Value::Float(number as f64)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the nearest float is what the tag asks for"
        )]
        ("!!float", Some(Value::UInt(number))) => Ok(Value::Float(number as f64)),
        ("!!timestamp", _) if profile == Profile::SigsYaml && timestamp::parse(text).is_some() => {
            Ok(string(text))
        }
        _ => Err(format!("{text:?} is no {tag}")),
    }
}

fn binary(text: &str) -> Result<Value, String> {
    let bytes = base64(text).ok_or("!!binary holds no valid base64")?;
    // Go keeps any bytes in a string; text has a replacement for each byte that is none.
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(string(&text))
}

/// Standard base64 with padding; line ends are passed over.
fn base64(text: &str) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .collect();
    if !symbols.len().is_multiple_of(4) {
        return None;
    }
    let padding = symbols.iter().rev().take_while(|byte| **byte == b'=').count();
    if padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    for group in symbols.chunks(4) {
        let mut bits = 0u32;
        for symbol in group {
            let value = match symbol {
                b'A'..=b'Z' => symbol - b'A',
                b'a'..=b'z' => symbol - b'a' + 26,
                b'0'..=b'9' => symbol - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => 0,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bytes.extend(bits.to_be_bytes().get(1..).unwrap_or_default());
    }
    let inner = symbols.len() - padding;
    if symbols.get(..inner)?.contains(&b'=') {
        return None;
    }
    bytes.truncate(bytes.len() - padding);
    Some(bytes)
}

/// The value of a plain scalar; `None` when it is a string.
fn plain(text: &str, profile: Profile, times: bool) -> Option<Value> {
    if let Some(value) = word(text, profile) {
        return Some(value);
    }
    match text.bytes().next()? {
        b'.' => text
            .parse::<f64>()
            .ok()
            .filter(|_| is_float(text))
            .map(Value::Float),
        b'0'..=b'9' | b'+' | b'-' => {
            if times
                && profile == Profile::GoYamlV3
                && let Some(time) = timestamp::parse(text)
            {
                return Some(Value::Time(time.into()));
            }
            number(text, profile)
        }
        _ => None,
    }
}

fn word(text: &str, profile: Profile) -> Option<Value> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if profile == Profile::SigsYaml => {
            Value::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if profile == Profile::SigsYaml => {
            Value::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn number(text: &str, profile: Profile) -> Option<Value> {
    let cleaned;
    let text = if text.contains('_') {
        cleaned = text.replace('_', "");
        cleaned.as_str()
    } else {
        text
    };
    if let Some(value) = integer(text).or_else(|| signed_behind_prefix(text, profile)) {
        return Some(value);
    }
    if is_float(text) {
        // Out of range is no number to Go either.
        return text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::Float);
    }
    None
}

/// Go's `ParseInt` and `ParseUint` with base 0: the prefix gives the base, a leading zero means octal.
fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (base, digits) = match lower.as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        Some(octal) if octal.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    if negative {
        return 0i64.checked_sub_unsigned(magnitude).map(Value::Int);
    }
    match i64::try_from(magnitude) {
        Ok(number) => Some(Value::Int(number)),
        // Only `ParseInt` takes a sign.
        Err(_) if text.starts_with('+') => None,
        Err(_) => Some(Value::UInt(magnitude)),
    }
}

/// `0b-101`, and for the newer decoder `0o-17`: the sign may stand behind the prefix when none stands before it.
fn signed_behind_prefix(text: &str, profile: Profile) -> Option<Value> {
    let (digits, base) = match text.strip_prefix("0b") {
        Some(digits) => (digits, 2),
        None if profile == Profile::GoYamlV3 => (text.strip_prefix("0o")?, 8),
        None => return None,
    };
    let is_signed = digits.starts_with(['-', '+']);
    i64::from_str_radix(digits, base)
        .ok()
        .filter(|_| is_signed)
        .map(Value::Int)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let Some(rest) = text.get(whole..) else {
        return false;
    };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let count = digits(fraction);
            if whole == 0 && count == 0 {
                return false;
            }
            fraction.get(count..).unwrap_or_default()
        }
        None if whole == 0 => return false,
        None => rest,
    };
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && exponent.bytes().all(|byte| byte.is_ascii_digit())
        }
        None => rest.is_empty(),
    }
}

/// The value in Go's `%v` notation: the text of keys that are no strings.
pub(crate) fn go_text(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) if number.is_nan() => "NaN".to_owned(),
        Value::Float(number) if number.is_infinite() => {
            if *number > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
        }
        Value::Float(number) => crate::write_json::shortest(*number, -4, 6),
        Value::Number(text) => text.to_string(),
        Value::String(text) => text.to_string(),
        Value::Time(text) => timestamp::go_text(text),
        Value::Sequence(_) | Value::Mapping(_) => String::new(),
    }
}

/// The key that sigs.k8s.io/yaml makes of a scalar that is no string.
pub(crate) fn json_key(value: &Value) -> String {
    match value {
        Value::Float(number) if number.is_nan() => ".nan".to_owned(),
        // Keys are formatted in single precision.
        #[expect(clippy::cast_possible_truncation, reason = "that is the format")]
        Value::Float(number) => match *number as f32 {
            f32::INFINITY => ".inf".to_owned(),
            f32::NEG_INFINITY => "-.inf".to_owned(),
            number => crate::write_json::shortest32(number),
        },
        other => go_text(other),
    }
}

/// Whether a plain scalar is read back as the string that it is. A time is no string to a writer: Go's encoders quote
/// it.
pub fn is_plain_string(text: &str, profile: Profile) -> bool {
    is_long_word(text) || plain(text, profile, true).is_none() && timestamp::parse(text).is_none()
}

/// Whether a text is too long to be a word with a meaning of its own, of which `false` is the longest, and starts with no
/// letter that starts a number.
fn is_long_word(text: &str) -> bool {
    let starts_number = |first: char| matches!(first, 'i' | 'I' | 'n' | 'N');
    text.len() > "false".len()
        && text.starts_with(|first: char| first.is_ascii_alphabetic() && !starts_number(first))
}

/// A value in Go's syntax, as Go's reader shows a key that is no scalar.
pub(crate) fn go_syntax(node: &Node) -> String {
    let mut out = String::new();
    // Deep values are cut: this is for a message.
    write_go_syntax(node, &mut out, 20);
    out
}

fn write_go_syntax(node: &Node, out: &mut String, depth: usize) {
    if depth == 0 {
        out.push_str("...");
        return;
    }
    match &node.value {
        Value::Null => out.push_str("interface {}(nil)"),
        Value::String(text) | Value::Time(text) => out.push_str(&format!("{text:?}")),
        Value::Sequence(items) => {
            out.push_str("[]interface {}{");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_go_syntax(item, out, depth - 1);
            }
            out.push('}');
        }
        Value::Mapping(map) => {
            let mut entries: Vec<(&str, &Node)> = map.iter().map(|(key, value)| (&**key, value)).collect();
            entries.sort_by(|left, right| left.0.cmp(right.0));
            out.push_str("map[interface {}]interface {}{");
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&format!("{key:?}:"));
                write_go_syntax(value, out, depth - 1);
            }
            out.push('}');
        }
        other => out.push_str(&go_text(other)),
    }
}
