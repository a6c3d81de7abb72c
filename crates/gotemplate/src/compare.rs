//! `eq`, `lt` and their kin: values compare within their kind only.

use std::cmp::Ordering;

use crate::{CallError, Value};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Basic {
    Bool,
    Int,
    Float,
    Complex,
    String,
}

fn basic(value: &Value) -> Option<Basic> {
    match value {
        Value::Bool(_) => Some(Basic::Bool),
        // Signed and unsigned integers of all widths compare with each other.
        Value::Int(_) | Value::Int64(_) | Value::Uint8(_) => Some(Basic::Int),
        Value::Float(_) => Some(Basic::Float),
        Value::Complex(..) => Some(Basic::Complex),
        Value::String(_) => Some(Basic::String),
        _ => None,
    }
}

fn incompatible(left: &Value, right: &Value) -> CallError {
    CallError::new(format!(
        "incompatible types for comparison: {} and {}",
        left.type_name(),
        right.type_name()
    ))
}

fn non_comparable(left: &Value, right: &Value) -> CallError {
    let shown = |value: &Value| crate::format::printf(b"%s", std::slice::from_ref(value));
    let (one, other) = (left.type_name(), right.type_name());
    CallError::new(if one == other {
        format!("non-comparable type {}: {other}", shown(right))
    } else {
        format!(
            "non-comparable types {}: {one}, {other}: {}",
            shown(left),
            crate::format::print(right)
        )
    })
}

/// Whether the first equals one of the others.
pub(crate) fn equal_any(arguments: &[Value]) -> Result<bool, CallError> {
    let Some((first, others)) = arguments.split_first() else {
        return Err(CallError::new("missing argument for comparison"));
    };
    if others.is_empty() {
        return Err(CallError::new("missing argument for comparison"));
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn equal(left: &Value, right: &Value) -> Result<bool, CallError> {
    match (basic(left), basic(right)) {
        (Some(one), Some(other)) if one == other => Ok(match (left, right) {
            (Value::Complex(..), Value::Complex(..)) => left.deep_equal(right),
            _ => order(left, right) == Some(Ordering::Equal),
        }),
        (None, None) => {
            let is_nil = |value: &Value| match value {
                Value::Nil => true,
                Value::List(list) => list.is_nil(),
                _ => false,
            };
            if is_nil(left) || is_nil(right) {
                return Ok(is_nil(left) == is_nil(right));
            }
            match (left, right) {
                (Value::Object(_), Value::Object(_)) => Ok(left.deep_equal(right)),
                _ => Err(non_comparable(left, right)),
            }
        }
        _ if left.is_nil() || right.is_nil() => Ok(false),
        _ => Err(incompatible(left, right)),
    }
}

/// The order of two values of one ordered kind.
pub(crate) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, CallError> {
    let bad = || CallError::new("invalid type for comparison");
    let (one, other) = (basic(left).ok_or_else(bad)?, basic(right).ok_or_else(bad)?);
    if one != other {
        return Err(incompatible(left, right));
    }
    if matches!(one, Basic::Bool | Basic::Complex) {
        return Err(bad());
    }
    Ok(order(left, right))
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => Some(left.as_int()?.cmp(&right.as_int()?)),
    }
}
