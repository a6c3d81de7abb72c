//! TOML as `BurntSushi/toml` writes it.

use kubescape_gotemplate::{Map, Text, Value};

const MAX_DEPTH: usize = 200;
/// Larger texts are refused.
const MAX_BYTES: usize = 64 << 20;

/// A value as TOML. The error is the text that Helm puts in its place.
pub(crate) fn to_toml(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    match value {
        Value::Map(map) => table(map, &[], &mut out)?,
        Value::Object(object) => return to_toml(&object.to_json()),
        Value::Nil => return Err("toml: cannot encode a nil value".to_owned()),
        list @ Value::List(_) if is_table(list) => {
            return Err("toml: top-level values must be Go maps or structs".to_owned());
        }
        other => inline(other, 0, &mut out)?,
    }
    Ok(out)
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(list) => {
            let is_map = |item: &Value| matches!(item, Value::Map(_) | Value::Object(_));
            !list.items().is_empty() && list.items().iter().all(is_map)
        }
        _ => false,
    }
}

fn table(map: &Map, path: &[String], out: &mut String) -> Result<(), String> {
    if path.len() > MAX_DEPTH {
        return Err("toml: the value is nested too deeply".to_owned());
    }
    bounded(out)?;
    let entries = given(map);
    let indent = "  ".repeat(path.len());
    for (name, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        out.push_str(&format!("{indent}{} = ", key(&name.to_str())));
        inline(value, 0, out)?;
        out.push('\n');
    }
    for (name, value) in entries.iter().filter(|(_, value)| is_table(value)) {
        let mut inner = path.to_vec();
        inner.push(key(&name.to_str()));
        match value {
            Value::Map(map) => {
                // Only tables of the top level stand apart.
                header(&inner, "[", "]", &indent, inner.len() == 1, out);
                table(map, &inner, out)?;
            }
            Value::List(list) => {
                for item in list.items().iter().filter_map(Value::as_map) {
                    header(&inner, "[[", "]]", &indent, true, out);
                    table(item, &inner, out)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn header(path: &[String], open: &str, close: &str, indent: &str, apart: bool, out: &mut String) {
    if apart && !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&format!("{indent}{open}{}{close}\n", path.join(".")));
}

fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { string(name) }
}

/// A map's entries; nils are no entries.
fn given(map: &Map) -> Vec<(Text, Value)> {
    map.entries()
        .into_iter()
        .filter(|(_, value)| !value.is_nil())
        .collect()
}

/// A value can hold another twice, and that one another twice, and so on.
fn bounded(out: &str) -> Result<(), String> {
    if out.len() > MAX_BYTES {
        return Err(format!("toml: the text is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(())
}

fn inline(value: &Value, depth: usize, out: &mut String) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("toml: the value is nested too deeply".to_owned());
    }
    bounded(out)?;
    match value {
        Value::Bool(flag) => out.push_str(&flag.to_string()),
        Value::Float(number) => out.push_str(&float(*number)),
        Value::String(text) => out.push_str(&string(&text.to_str())),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.as_bytes().iter().map(u8::to_string).collect();
            out.push_str(&format!("[{}]", numbers.join(", ")));
        }
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.items().iter().enumerate() {
                if item.is_nil() {
                    return Err("toml: cannot encode array with nil element".to_owned());
                }
                if index > 0 {
                    out.push_str(", ");
                }
                inline(item, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (name, item)) in given(map).iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&format!("{} = ", key(&name.to_str())));
                inline(item, depth + 1, out)?;
            }
            out.push('}');
        }
        Value::Object(object) => inline(&object.to_json(), depth + 1, out)?,
        other => out.push_str(&format!("{other:?}")),
    }
    Ok(())
}

fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+inf" } else { "-inf" }.to_owned();
    }
    let text = format!("{number}");
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            other if other.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// TOML to values. The error is shown in the place of the values.
pub(crate) fn from_toml(text: &str) -> Result<Map, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| 1 + before.matches('\n').count());
        let reason = key_error(text, line).unwrap_or_else(|| error.message().to_owned());
        let colon = if reason.starts_with('(') { "" } else { ":" };
        format!("toml: line {line}{colon} {reason}")
    })?;
    Ok(table
        .iter()
        .map(|(key, value)| (key.as_str(), from_value(value)))
        .collect())
}

/// What is wrong with a line that does not start with a key and `=`, in the words of Go's reader.
fn key_error(text: &str, line: usize) -> Option<String> {
    let line = text.lines().nth(line - 1)?.trim_start();
    let is_key = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let rest = line.trim_start_matches(is_key);
    if rest.len() == line.len() && rest.starts_with('=') {
        return Some("unexpected '=': key name appears blank".to_owned());
    }
    if rest.trim() == "=" {
        let key = line.strip_suffix(rest).unwrap_or(line);
        return Some(format!("(last key {key:?}): unexpected EOF; expected value"));
    }
    match rest.trim_start().chars().next() {
        None => Some("unexpected EOF; expected key separator '='".to_owned()),
        Some('=' | '.' | '[' | '"' | '\'') => None,
        Some(other) => Some(format!("expected '.' or '=', but got '{other}' instead")),
    }
}

fn from_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => Value::Int64(*number),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Datetime(time) if time.time.is_none() => format!("{time}T00:00:00Z").into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => Value::list(items.iter().map(from_value).collect()),
        toml::Value::Table(table) => {
            Value::dict(table.iter().map(|(key, value)| (key.as_str(), from_value(value))))
        }
    }
}
