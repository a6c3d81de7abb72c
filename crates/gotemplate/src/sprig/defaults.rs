//! Defaults, emptiness and JSON.

use super::arguments::{Result, bytes, value};
use crate::functions::{Functions, Param};
use crate::json::{self, Style};
use crate::{CallError, Value};

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Bool, String};
    functions.add_variadic("default", &[Any], Any, |a| {
        Ok(match a.get(1) {
            Some(given) if !is_empty(given) => given.clone(),
            _ => value(a, 0).clone(),
        })
    });
    functions.add("empty", &[Any], |a| Ok(is_empty(value(a, 0)).into()));
    functions.add_variadic("coalesce", &[], Any, |a| {
        Ok(a.iter()
            .find(|value| !is_empty(value))
            .cloned()
            .unwrap_or_default())
    });
    functions.add_variadic("all", &[], Any, |a| Ok((!a.iter().any(is_empty)).into()));
    functions.add_variadic("any", &[], Any, |a| {
        Ok(a.iter().any(|value| !is_empty(value)).into())
    });
    functions.add("ternary", &[Any, Any, Bool], |a| {
        Ok(value(a, usize::from(!value(a, 2).is_true())).clone())
    });
    for (name, style) in [
        ("toJson", Style::Compact),
        ("toRawJson", Style::Raw),
        ("toPrettyJson", Style::Pretty),
    ] {
        functions.add(name, &[Any], move |a| {
            Ok(json::write(value(a, 0), style).unwrap_or_default().into())
        });
    }
    for (name, style) in [
        ("mustToJson", Style::Compact),
        ("mustToRawJson", Style::Raw),
        ("mustToPrettyJson", Style::Pretty),
    ] {
        functions.add(name, &[Any], move |a| {
            json::write(value(a, 0), style)
                .map(Value::from)
                .map_err(CallError::new)
        });
    }
    functions.add("fromJson", &[String], |a| {
        Ok(json::read(bytes(a, 0)).unwrap_or_default())
    });
    functions.add("mustFromJson", &[String], |a| -> Result {
        json::read(bytes(a, 0)).map_err(CallError::new)
    });
}

/// Emptiness as sprig sees it: like truth, but structs are never empty.
pub(super) fn is_empty(value: &Value) -> bool {
    !value.is_true()
}
