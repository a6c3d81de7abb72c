//! Arguments that the executor has typed already.

use std::borrow::Cow;

use crate::{CallError, List, Map, Text, Value, lossy};

pub(super) type Result = std::result::Result<Value, CallError>;

/// Texts that functions make are bounded: `repeat` and its kin cost nothing to write.
pub(super) const MAX_TEXT: usize = 64 << 20;
/// Lists likewise.
pub(super) const MAX_ITEMS: usize = 4 << 20;
/// What one call copies or merges likewise: each part may be a map of its own.
pub(super) const MAX_COPIED: usize = 1 << 20;

pub(super) fn bytes(arguments: &[Value], index: usize) -> &[u8] {
    arguments
        .get(index)
        .and_then(Value::as_text)
        .map(Text::as_bytes)
        .unwrap_or_default()
}

pub(super) fn text(arguments: &[Value], index: usize) -> Cow<'_, str> {
    lossy(bytes(arguments, index))
}

pub(super) fn int(arguments: &[Value], index: usize) -> i64 {
    arguments.get(index).and_then(Value::as_int).unwrap_or_default()
}

pub(super) fn value(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

pub(super) fn map(arguments: &[Value], index: usize) -> Map {
    arguments
        .get(index)
        .and_then(Value::as_map)
        .cloned()
        .unwrap_or_else(Map::dict)
}

pub(super) fn bounded(bytes: usize) -> std::result::Result<(), CallError> {
    if bytes > MAX_TEXT {
        return Err(CallError::new(format!(
            "the text is larger than {} MiB",
            MAX_TEXT >> 20
        )));
    }
    Ok(())
}

/// The elements of a list of any type; the error names the operation, as in "Cannot find first on type string".
pub(super) fn list<'a>(value: &'a Value, cannot: &str) -> std::result::Result<Cow<'a, [Value]>, CallError> {
    match value {
        Value::List(list) => Ok(Cow::Borrowed(list.items())),
        Value::Bytes(bytes) => Ok(bytes.as_bytes().iter().map(|byte| Value::Uint8(*byte)).collect()),
        Value::Nil => Err(CallError::new(
            "runtime error: invalid memory address or nil pointer dereference",
        )),
        other => Err(CallError::new(format!("{cannot} {}", other.kind()))),
    }
}

pub(super) fn nil_list() -> Value {
    Value::List(List::nil(&crate::value::LIST))
}
