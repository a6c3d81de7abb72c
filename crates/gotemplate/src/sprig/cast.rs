//! Values to strings and numbers, as sprig and `spf13/cast` convert.

use crate::number::{parse_float, parse_int};
use crate::{Text, Value};

/// The string form of a value: `toString`, `quote`, `join`.
pub fn to_text(value: &Value) -> Text {
    match value {
        Value::String(text) | Value::Bytes(text) => text.clone(),
        Value::List(list) if std::ptr::eq(list.class(), &raw const crate::value::BYTES) => "".into(),
        other => crate::format::print(other),
    }
}

/// `cast.ToInt64`: what cannot be converted is 0.
#[expect(clippy::cast_possible_truncation, reason = "Go truncates floats")]
pub fn to_int64(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint8(number) => i64::from(*number),
        // What does not fit becomes the smallest integer, as on the machines that Go's tools run on.
        Value::Float(number) if !(-9.3e18..9_223_372_036_854_775_807.0).contains(number) => i64::MIN,
        Value::Float(number) => *number as i64,
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) => parse_int(trim_zero_decimal(&text.to_str())).unwrap_or(0),
        _ => 0,
    }
}

/// `cast.ToFloat64`.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what Go takes")]
pub fn to_float64(value: &Value) -> f64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number as f64,
        Value::Uint8(number) => f64::from(*number),
        Value::Float(number) => *number,
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::String(text) => parse_float(&text.to_str()).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// `5.00` is the integer 5.
fn trim_zero_decimal(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}
