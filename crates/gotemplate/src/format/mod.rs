//! Values as text, as Go's `fmt` writes them.

mod float;
mod printf;
mod quote;

use crate::{Text, Value};

pub use float::{float_text, general, plain, shortest};
pub use printf::printf;
pub use quote::{is_printable, quote, quote_char};

/// Deeper values (a map can hold itself) are cut off instead of followed.
const MAX_DEPTH: usize = 500;
/// So are longer ones.
const MAX_BYTES: usize = 128 << 20;

/// What `%v` prints.
pub fn print(value: &Value) -> Text {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let mut out = Vec::new();
            write_value(other, &mut out, 0);
            out.into()
        }
    }
}

/// Operands as `fmt.Sprint` joins them: a space between two of which neither is a string.
pub fn sprint(values: &[Value]) -> Text {
    let mut out = Vec::new();
    let mut previous_is_string = true;
    for (index, value) in values.iter().enumerate() {
        let is_string = matches!(value, Value::String(_));
        if index > 0 && !is_string && !previous_is_string {
            out.push(b' ');
        }
        out.extend_from_slice(print(value).as_bytes());
        previous_is_string = is_string;
    }
    out.into()
}

/// Operands as `fmt.Sprintln` joins them.
pub fn sprintln(values: &[Value]) -> Text {
    let mut out = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(print(value).as_bytes());
    }
    out.push(b'\n');
    out.into()
}

fn write_value(value: &Value, out: &mut Vec<u8>, depth: usize) {
    if depth > MAX_DEPTH || out.len() > MAX_BYTES {
        out.extend_from_slice(b"...");
        return;
    }
    match value {
        Value::Nil => out.extend_from_slice(b"<nil>"),
        Value::Bool(flag) => out.extend_from_slice(flag.to_string().as_bytes()),
        Value::Int(number) | Value::Int64(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Uint8(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(float_text(*number).as_bytes()),
        Value::Complex(real, imaginary) => {
            let sign = if *imaginary < 0.0 { "" } else { "+" };
            let text = format!("({}{sign}{}i)", float_text(*real), float_text(*imaginary));
            out.extend_from_slice(text.as_bytes());
        }
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::Bytes(bytes) => {
            let numbers: Vec<String> = bytes.as_bytes().iter().map(u8::to_string).collect();
            out.extend_from_slice(format!("[{}]", numbers.join(" ")).as_bytes());
        }
        Value::List(list) => {
            out.push(b'[');
            for (index, item) in list.items().iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                write_value(item, out, depth + 1);
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.extend_from_slice(b"map[");
            for (index, (key, item)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                out.extend_from_slice(key.as_bytes());
                out.push(b':');
                write_value(item, out, depth + 1);
            }
            out.push(b']');
        }
        Value::Object(object) => out.extend_from_slice(object.print().as_bytes()),
    }
}
