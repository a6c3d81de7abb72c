//! TOML as `BurntSushi/toml` writes and reads it.

mod read;

use kubescape_gotemplate::{Map, Value};

const MAX_DEPTH: usize = 200;
/// Larger texts are refused.
const MAX_BYTES: usize = 64 << 20;

/// TOML to values. The error is shown in the place of the values.
pub(crate) fn from_toml(text: &str) -> Result<Map, String> {
    read::read(text)
}

/// A value as TOML. The error is the text that Helm puts in its place.
pub(crate) fn to_toml(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    match value {
        Value::Nil => return Err("toml: cannot encode a nil value".to_owned()),
        list @ Value::List(_) if is_table(list) => {
            return Err("toml: top-level values must be Go maps or structs".to_owned());
        }
        other => match entries(other) {
            Some(entries) => table(&entries, &[], &mut out)?,
            None => inline(other, 0, &mut out)?,
        },
    }
    Ok(out)
}

/// What a map or a struct holds, without nils.
fn entries(value: &Value) -> Option<Vec<(String, Value)>> {
    let all = all_entries(value)?.into_iter();
    Some(all.filter(|(_, item)| !is_nil(item)).collect())
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

/// What a map or a struct holds. A struct within another without a name of its own is part of it.
fn all_entries(value: &Value) -> Option<Vec<(String, Value)>> {
    Some(match value {
        Value::Map(map) => {
            let entries = map.entries().into_iter();
            entries
                .map(|(key, item)| (key.to_str().into_owned(), item))
                .collect()
        }
        Value::Object(object) => {
            let fields = object.fields()?.into_iter();
            fields
                .flat_map(|(name, field)| match (name, entries(&field)) {
                    ("Metadata", Some(embedded)) => embedded,
                    _ => vec![(name.to_owned(), field)],
                })
                .collect()
        }
        _ => return None,
    })
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::Object(object) => object.fields().is_some(),
        Value::List(list) => {
            let is_map = |item: &Value| matches!(item, Value::Map(_) | Value::Object(_));
            !list.items().is_empty() && list.items().iter().all(is_map)
        }
        _ => false,
    }
}

fn table(entries: &[(String, Value)], path: &[String], out: &mut String) -> Result<(), String> {
    if path.len() > MAX_DEPTH {
        return Err("toml: the value is nested too deeply".to_owned());
    }
    bounded(out)?;
    let indent = "  ".repeat(path.len());
    for (name, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
        out.push_str(&format!("{indent}{} = ", key(name)));
        inline(value, 0, out)?;
        out.push('\n');
    }
    for (name, value) in entries.iter().filter(|(_, value)| is_table(value)) {
        let mut inner = path.to_vec();
        inner.push(key(name));
        match value {
            Value::List(list) => {
                for entries in list.items().iter().filter_map(self::entries) {
                    header(&inner, "[[", "]]", &indent, true, out);
                    table(&entries, &inner, out)?;
                }
            }
            other => {
                // Only tables of the top level stand apart.
                header(&inner, "[", "]", &indent, inner.len() == 1, out);
                table(&self::entries(other).unwrap_or_default(), &inner, out)?;
            }
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
        Value::Map(_) => {
            out.push('{');
            let (tables, plain): (Vec<_>, Vec<_>) = all_entries(value)
                .unwrap_or_default()
                .into_iter()
                .partition(|(_, item)| is_table(item) && !is_nil(item));
            let count = plain.len() + tables.len();
            for (index, (name, item)) in plain.into_iter().chain(tables).enumerate() {
                if is_nil(&item) {
                    continue;
                }
                out.push_str(&format!("{} = ", key(&name)));
                inline(&item, depth + 1, out)?;
                // A nil counts where it comes to whether something follows.
                if index + 1 < count {
                    out.push_str(", ");
                }
            }
            out.push('}');
        }
        Value::Object(object) => inline(&object.to_json(), depth + 1, out)?,
        Value::Complex(..) => return Err("unsupported type: complex128".to_owned()),
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
            '\u{80}'..='\u{9f}' => out.push(character),
            other if other.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
