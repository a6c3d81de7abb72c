//! JSON as Go's `encoding/json` reads and writes it.

mod read;

use serde_json::Value as Json;

pub use read::read;

use crate::{Map, Text, Value};

/// Values nested deeper are no JSON: a dictionary can hold itself.
const MAX_DEPTH: usize = 500;

/// Lists that hold a list many times, again and again, are small and write large texts.
const MAX_BYTES: usize = 128 << 20;

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// On one line; `<`, `>` and `&` are escaped.
    Compact,
    /// On one line, without these escapes.
    Raw,
    /// Indented by two, with these escapes.
    Pretty,
}

/// A value as JSON. The error is Go's.
pub fn write(value: &Value, style: Style) -> Result<String, String> {
    let mut out = String::new();
    write_value(value, style, 0, &mut out)?;
    Ok(out)
}

fn write_value(value: &Value, style: Style, depth: usize, out: &mut String) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("json: unsupported value: encountered a cycle".to_owned());
    }
    if out.len() > MAX_BYTES {
        return Err(format!("json: the text is larger than {} MiB", MAX_BYTES >> 20));
    }
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) | Value::Int64(number) => out.push_str(&number.to_string()),
        Value::Uint8(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&float(*number)?),
        Value::Complex(..) => return Err("json: unsupported type: complex128".to_owned()),
        Value::String(text) => write_string(text, style != Style::Raw, out),
        Value::Bytes(bytes) => {
            use base64::Engine as _;
            let encoded = base64::engine::general_purpose::STANDARD.encode(bytes.as_bytes());
            write_string(&encoded.into(), style != Style::Raw, out);
        }
        Value::List(list) if list.is_nil() => out.push_str("null"),
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.items().iter().enumerate() {
                separate(style, index, depth + 1, out);
                write_value(item, style, depth + 1, out)?;
            }
            close(style, list.items().is_empty(), depth, out);
            out.push(']');
        }
        Value::Map(map) if map.is_nil() => out.push_str("null"),
        Value::Map(map) => {
            write_fields(&map.entries(), style, depth, out)?;
        }
        Value::Object(object) => match object.json_fields() {
            Some(fields) => write_fields(&fields, style, depth, out)?,
            None => write_value(&object.to_json(), style, depth, out)?,
        },
    }
    Ok(())
}

fn write_fields<K: Clone + Into<Text>>(
    fields: &[(K, Value)],
    style: Style,
    depth: usize,
    out: &mut String,
) -> Result<(), String> {
    out.push('{');
    for (index, (key, item)) in fields.iter().enumerate() {
        separate(style, index, depth + 1, out);
        write_string(&key.clone().into(), style != Style::Raw, out);
        out.push(':');
        if style == Style::Pretty {
            out.push(' ');
        }
        write_value(item, style, depth + 1, out)?;
    }
    close(style, fields.is_empty(), depth, out);
    out.push('}');
    Ok(())
}

fn separate(style: Style, index: usize, depth: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
    if style == Style::Pretty {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

fn close(style: Style, is_empty: bool, depth: usize, out: &mut String) {
    if style == Style::Pretty && !is_empty {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

/// A number: plain digits, with an exponent below 1e-6 and from 1e21 on.
fn float(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        return Err(format!(
            "json: unsupported value: {}",
            crate::format::float_text(number)
        ));
    }
    if number == 0.0 {
        return Ok(if number.is_sign_negative() { "-0" } else { "0" }.to_owned());
    }
    let magnitude = number.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return Ok(crate::format::plain(number));
    }
    let text = crate::format::shortest(number, 1);
    // `e-09` is written `e-9`.
    Ok(text.replace("e-0", "e-").replace("e+0", "e+"))
}

fn write_string(text: &Text, escape_html: bool, out: &mut String) {
    out.push('"');
    for chunk in text.as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\x08' => out.push_str("\\b"),
                '\x0c' => out.push_str("\\f"),
                '<' | '>' | '&' if escape_html => out.push_str(&format!("\\u{:04x}", u32::from(character))),
                '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
                other if u32::from(other) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(other))),
                other => out.push(other),
            }
        }
        for _ in chunk.invalid() {
            out.push_str("\\ufffd");
        }
    }
    out.push('"');
}

/// Parsed JSON to a value; numbers are floats.
pub fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => text.into(),
        Json::Array(items) => Value::list(items.into_iter().map(from_json).collect()),
        Json::Object(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key, from_json(value)))
                .collect::<Map>(),
        ),
    }
}
