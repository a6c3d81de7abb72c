//! Nodes to JSON, as Go's encoding/json writes it.

use std::fmt::Write;

use crate::{Mapping, Node, Value};

/// How JSON is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonStyle {
    /// Sort the keys of maps, as Go does with its maps.
    pub sorted: bool,
    /// Write `<`, `>` and `&` as escapes, as Go does by default.
    pub escape_html: bool,
}

/// Appends a node as compact JSON. Infinite numbers, which JSON lacks, become `null`.
pub fn write_json(node: &Node, style: JsonStyle, output: &mut String) {
    match &node.value {
        Value::Null => output.push_str("null"),
        Value::Bool(flag) => output.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => push(output, number),
        Value::UInt(number) => push(output, number),
        Value::Float(number) if number.is_finite() => output.push_str(&format_float(*number)),
        Value::Float(_) => output.push_str("null"),
        Value::Number(text) => output.push_str(text),
        Value::String(text) | Value::Time(text) => write_string(text, style, output),
        Value::Sequence(items) => {
            output.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    output.push(',');
                }
                write_json(item, style, output);
            }
            output.push(']');
        }
        Value::Mapping(map) => write_mapping(map, style, output),
    }
}

fn write_mapping(map: &Mapping, style: JsonStyle, output: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    if style.sorted {
        entries.sort_by(|a, b| a.0.cmp(b.0));
    }
    output.push('{');
    for (index, (key, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            output.push(',');
        }
        write_string(key, style, output);
        output.push(':');
        write_json(value, style, output);
    }
    output.push('}');
}

fn write_string(text: &str, style: JsonStyle, output: &mut String) {
    output.push('"');
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            '\u{8}' => output.push_str("\\b"),
            '\u{c}' => output.push_str("\\f"),
            '<' | '>' | '&' if style.escape_html => escape(character, output),
            '\u{2028}' | '\u{2029}' => escape(character, output),
            character if u32::from(character) < 0x20 => escape(character, output),
            character => output.push(character),
        }
    }
    output.push('"');
}

fn escape(character: char, output: &mut String) {
    let _ = write!(output, "\\u{:04x}", u32::from(character));
}

fn push(output: &mut String, number: impl std::fmt::Display) {
    let _ = write!(output, "{number}");
}

/// A finite number as encoding/json writes it: shortest digits, an exponent below 1e-6 and from 1e21.
pub fn format_float(number: f64) -> String {
    let text = shortest(number, -6, 21);
    // encoding/json drops the zero of a one-digit negative exponent.
    match text.split_once("e-0") {
        Some((mantissa, exponent)) => format!("{mantissa}e-{exponent}"),
        None => text,
    }
}

/// A finite number as Go prints it: shortest digits, an exponent below 1e-4 and from 1e6.
pub fn format_general(number: f64) -> String {
    shortest(number, -4, 6)
}

/// Shortest digits that read back as the same number; with an exponent when the decimal exponent of the leading
/// digit is below `low` or not below `high`.
pub(crate) fn shortest(number: f64, low: i32, high: i32) -> String {
    layout(&format!("{number:e}"), low, high)
}

/// As [`shortest`] in single precision with the bounds of Go's `%g`.
pub(crate) fn shortest32(number: f32) -> String {
    layout(&format!("{number:e}"), -4, 6)
}

/// Lays out Rust's shortest scientific notation.
fn layout(scientific: &str, low: i32, high: i32) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if exponent < low || exponent >= high {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let (sign, mantissa) = mantissa
        .strip_prefix('-')
        .map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    match usize::try_from(exponent) {
        Err(_) => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
        Ok(whole) if whole + 1 >= digits.len() => {
            format!("{sign}{digits}{}", "0".repeat(whole + 1 - digits.len()))
        }
        Ok(whole) => {
            let (before, after) = digits.split_at(whole + 1);
            format!("{sign}{before}.{after}")
        }
    }
}
