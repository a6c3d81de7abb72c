//! The functions of `text/template` itself: <https://pkg.go.dev/text/template#hdr-Functions>.

use std::cmp::Ordering;

use crate::compare::{compare, equal_any};
use crate::format::{printf, sprint, sprintln};
use crate::functions::{Functions, Param};
use crate::value::Element;
use crate::{CallError, Text, Value};

type Result<T> = std::result::Result<T, CallError>;

pub(crate) fn register(functions: &mut Functions) {
    use Param::{Any, String};
    // `and` and `or` evaluate their arguments one by one: the executor does that, these are their signatures.
    functions.add_variadic("and", &[Any], Any, |arguments| Ok(last(arguments)));
    functions.add_variadic("or", &[Any], Any, |arguments| Ok(last(arguments)));
    functions.add("not", &[Any], |arguments| Ok(Value::Bool(!truth(arguments))));
    functions.add_variadic("eq", &[Any], Any, |arguments| {
        equal_any(arguments).map(Value::Bool)
    });
    functions.add("ne", &[Any, Any], |arguments| {
        equal_any(arguments).map(|equal| Value::Bool(!equal))
    });
    functions.add("lt", &[Any, Any], |arguments| ordered(arguments, Ordering::is_lt));
    functions.add("le", &[Any, Any], |arguments| ordered(arguments, Ordering::is_le));
    functions.add("gt", &[Any, Any], |arguments| {
        ordered(arguments, Ordering::is_le).map(negate)
    });
    functions.add("ge", &[Any, Any], |arguments| {
        ordered(arguments, Ordering::is_lt).map(negate)
    });
    functions.add_variadic("index", &[Any], Any, index);
    functions.add_variadic("slice", &[Any], Any, slice);
    functions.add("len", &[Any], |arguments| {
        length(arguments.first().unwrap_or(&Value::Nil))
    });
    functions.add_variadic("print", &[], Any, |arguments| Ok(sprint(arguments).into()));
    functions.add_variadic("println", &[], Any, |arguments| Ok(sprintln(arguments).into()));
    functions.add_variadic("printf", &[String], Any, |arguments| {
        match arguments.split_first() {
            Some((Value::String(format), rest)) => Ok(printf(format.as_bytes(), rest).into()),
            _ => Err(CallError::new("no format")),
        }
    });
    functions.add_variadic("html", &[], Any, |arguments| {
        Ok(Value::string(html(&joined(arguments))))
    });
    functions.add_variadic("js", &[], Any, |arguments| Ok(js(&joined(arguments)).into()));
    functions.add_variadic("urlquery", &[], Any, |arguments| {
        Ok(url_query(joined(arguments).as_bytes()).into())
    });
    functions.add_variadic("call", &[Any], Any, |arguments| match arguments.first() {
        None | Some(Value::Nil) => Err(CallError::new("call of nil")),
        Some(value) => Err(CallError::new(format!(
            "non-function of type {}",
            value.type_name()
        ))),
    });
}

fn last(arguments: &[Value]) -> Value {
    arguments.last().cloned().unwrap_or_default()
}

fn truth(arguments: &[Value]) -> bool {
    arguments.first().is_some_and(Value::is_true)
}

fn negate(value: Value) -> Value {
    match value {
        Value::Bool(flag) => Value::Bool(!flag),
        other => other,
    }
}

fn ordered(arguments: &[Value], wanted: fn(Ordering) -> bool) -> Result<Value> {
    let [left, right] = arguments else {
        return Err(CallError::new("missing argument for comparison"));
    };
    Ok(Value::Bool(compare(left, right)?.is_some_and(wanted)))
}

fn index(arguments: &[Value]) -> Result<Value> {
    let Some((container, keys)) = arguments.split_first() else {
        return Ok(Value::Nil);
    };
    if container.is_nil() {
        return Err(CallError::new("index of untyped nil"));
    }
    let mut item = container.clone();
    for key in keys {
        item = match &item {
            Value::Nil => return Err(CallError::new("index of nil pointer")),
            Value::List(list) => {
                let at = index_argument(key, list.items().len())?;
                list.items().get(at).cloned().unwrap_or_default()
            }
            Value::String(text) | Value::Bytes(text) => {
                let at = index_argument(key, text.len())?;
                Value::Uint8(text.as_bytes().get(at).copied().unwrap_or_default())
            }
            Value::Map(map) => match key {
                Value::String(key) => map.get(key).unwrap_or_else(|| zero(map.class().element)),
                Value::Nil => return Err(CallError::new("value is nil; should be of type string")),
                other => {
                    return Err(CallError::new(format!(
                        "value has type {}; should be string",
                        other.type_name()
                    )));
                }
            },
            other => {
                return Err(CallError::new(format!(
                    "can't index item of type {}",
                    other.type_name()
                )));
            }
        };
    }
    Ok(item)
}

/// What a missing key of a map gives.
pub(crate) fn zero(element: Element) -> Value {
    match element {
        Element::String => Value::string(""),
        Element::Int => Value::Int(0),
        Element::Bytes => Value::List(crate::List::nil(&crate::value::BYTES)),
        Element::Interface | Element::Other => Value::Nil,
    }
}

fn index_argument(key: &Value, length: usize) -> Result<usize> {
    let at = match key {
        Value::Nil => return Err(CallError::new("cannot index slice/array with nil")),
        other => other.as_int().ok_or_else(|| {
            CallError::new(format!(
                "cannot index slice/array with type {}",
                other.type_name()
            ))
        })?,
    };
    match usize::try_from(at) {
        Ok(at) if at < length => Ok(at),
        // Go checks against the length first, and lets the end itself pass.
        Ok(at) if at == length => Err(CallError::new("reflect: slice index out of range")),
        _ => Err(CallError::new(format!("index out of range: {at}"))),
    }
}

fn slice(arguments: &[Value]) -> Result<Value> {
    let Some((item, indexes)) = arguments.split_first() else {
        return Ok(Value::Nil);
    };
    let length = match item {
        Value::Nil => return Err(CallError::new("slice of untyped nil")),
        Value::String(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items().len(),
        other => {
            return Err(CallError::new(format!(
                "can't slice item of type {}",
                other.type_name()
            )));
        }
    };
    if indexes.len() > 3 {
        return Err(CallError::new(format!(
            "too many slice indexes: {}",
            indexes.len()
        )));
    }
    let bound = |at: usize, default| match indexes.get(at) {
        None => Ok(default),
        Some(key) => index_argument(key, length + 1),
    };
    let (start, end) = (bound(0, 0)?, bound(1, length)?);
    if start > end {
        return Err(CallError::new(format!("invalid slice index: {start} > {end}")));
    }
    Ok(match item {
        Value::String(text) => Value::string(text.as_bytes().get(start..end).unwrap_or_default()),
        Value::Bytes(text) => Value::Bytes(text.as_bytes().get(start..end).unwrap_or_default().into()),
        Value::List(list) => {
            let items = list.items().get(start..end).unwrap_or_default().to_vec();
            Value::List(crate::List::new(list.class(), items))
        }
        _ => Value::Nil,
    })
}

fn length(value: &Value) -> Result<Value> {
    let length = match value {
        Value::String(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.items().len(),
        Value::Map(map) => map.len(),
        Value::Nil => {
            return Err(CallError::new(
                "reflect: call of reflect.Value.Type on zero Value",
            ));
        }
        other => return Err(CallError::new(format!("len of type {}", other.type_name()))),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn joined(arguments: &[Value]) -> Text {
    if let [Value::String(text)] = arguments {
        return text.clone();
    }
    let mut out = Vec::new();
    let mut previous_is_string = true;
    for (index, argument) in arguments.iter().enumerate() {
        let (text, is_string) = match argument {
            Value::Nil => ("<no value>".into(), true),
            Value::Object(object) => (object.show().into(), false),
            other => (crate::format::print(other), matches!(other, Value::String(_))),
        };
        if index > 0 && !is_string && !previous_is_string {
            out.push(b' ');
        }
        out.extend_from_slice(text.as_bytes());
        previous_is_string = is_string;
    }
    out.into()
}

fn html(text: &Text) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text.as_bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'"' => out.extend_from_slice(b"&#34;"),
            0 => out.extend_from_slice("\u{FFFD}".as_bytes()),
            other => out.push(*other),
        }
    }
    out
}

fn js(text: &Text) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.to_str().chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' => out.push_str(&format!("\\u{:04X}", u32::from(character))),
            ' '..='~' => out.push(character),
            '\u{7f}' => out.push(character),
            other if crate::format::is_printable(other) => out.push(other),
            other => out.push_str(&format!("\\u{:04X}", u32::from(other))),
        }
    }
    out
}

/// Form encoding: all but unreserved characters, and `+` for a space.
pub(crate) fn url_query(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(*byte));
            }
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
