//! Collections and types: what guards loops, and what OPA keeps for older policies.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use regorus::{Engine, Value};

use super::{add, argument};

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "kubescape_collection", 1, |arguments| {
        match argument(arguments, 0)? {
            collection @ (Value::Array(_) | Value::Set(_) | Value::Object(_)) => Ok(collection.clone()),
            _ => Err(anyhow!("no collection")),
        }
    })?;
    // Undefined arguments make the call undefined, and that is the point.
    add(engine, "kubescape_defined", 1, |_| Ok(Value::from(true)))?;
    add(engine, "kubescape_false", 1, |arguments| {
        match argument(arguments, 0)? {
            Value::Bool(false) => Ok(Value::from(true)),
            _ => Err(anyhow!("not false")),
        }
    })?;
    add(engine, "kubescape_walk", 1, |arguments| {
        let mut steps = Vec::new();
        walk(argument(arguments, 0)?, &mut Vec::new(), &mut steps);
        Ok(Value::from(steps))
    })?;
    add(engine, "kubescape_trace", 1, |_| Ok(Value::from(true)))?;
    add(engine, "kubescape_union_n", 1, |arguments| {
        let mut union = Value::new_object();
        for object in argument(arguments, 0)?.as_array()? {
            object.as_object()?;
            merge(&mut union, object)?;
        }
        Ok(union)
    })?;
    add(engine, "all", 1, |arguments| {
        Ok(Value::from(
            elements(argument(arguments, 0)?)?.iter().all(is_true),
        ))
    })?;
    add(engine, "any", 1, |arguments| {
        Ok(Value::from(
            elements(argument(arguments, 0)?)?.iter().any(is_true),
        ))
    })?;
    add(engine, "set_diff", 2, |arguments| {
        let (left, right) = (
            argument(arguments, 0)?.as_set()?,
            argument(arguments, 1)?.as_set()?,
        );
        Ok(Value::Set(left.difference(right).into()))
    })?;
    add(engine, "cast_array", 1, |arguments| {
        Ok(Value::from(elements(argument(arguments, 0)?)?))
    })?;
    add(engine, "cast_set", 1, |arguments| {
        Ok(Value::from(
            elements(argument(arguments, 0)?)?
                .into_iter()
                .collect::<BTreeSet<_>>(),
        ))
    })?;
    cast(engine, "cast_string", |value| matches!(value, Value::String(_)))?;
    cast(engine, "cast_boolean", |value| matches!(value, Value::Bool(_)))?;
    cast(engine, "cast_null", |value| matches!(value, Value::Null))?;
    cast(engine, "cast_object", |value| matches!(value, Value::Object(_)))
}

/// A value as it is, when it is of the type.
fn cast(engine: &mut Engine, name: &str, fits: fn(&Value) -> bool) -> Result<()> {
    add(engine, name, 1, move |arguments| {
        let value = argument(arguments, 0)?;
        fits(value)
            .then(|| value.clone())
            .ok_or_else(|| anyhow!("another type"))
    })
}

/// Every value within a value as `[path, value]`, itself first.
fn walk(value: &Value, path: &mut Vec<Value>, steps: &mut Vec<Value>) {
    steps.push(Value::from(vec![Value::from(path.clone()), value.clone()]));
    let mut step = |key: Value, child: &Value| {
        path.push(key);
        walk(child, path, steps);
        path.pop();
    };
    match value {
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                step(Value::from(index), child);
            }
        }
        Value::Set(items) => items.iter().for_each(|child| step(child.clone(), child)),
        Value::Object(map) => map
            .iter_sorted()
            .for_each(|(key, child)| step(key.clone(), child)),
        _ => {}
    }
}

/// Puts one value over another; objects are merged key by key.
fn merge(into: &mut Value, other: &Value) -> Result<()> {
    let (Value::Object(_), Value::Object(entries)) = (&*into, other) else {
        *into = other.clone();
        return Ok(());
    };
    let map = into.as_object_mut()?;
    for (key, value) in entries.iter_sorted() {
        match map.get_mut(key) {
            Some(known) => merge(known, value)?,
            None => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(())
}

fn elements(value: &Value) -> Result<Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items.iter().cloned().collect()),
        Value::Set(items) => Ok(items.iter().cloned().collect()),
        _ => Err(anyhow!("no list or set")),
    }
}

fn is_true(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
}
