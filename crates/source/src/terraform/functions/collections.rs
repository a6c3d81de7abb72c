//! Functions of lists, maps and numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Function;
use crate::terraform::value::Value;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "abs" => |arguments| number(arguments, f64::abs),
        "ceil" => |arguments| number(arguments, f64::ceil),
        "floor" => |arguments| number(arguments, f64::floor),
        "max" => |arguments| fold(arguments, f64::max),
        "min" => |arguments| fold(arguments, f64::min),
        "length" => length,
        "keys" => |arguments| {
            let map = map(arguments.first()?)?;
            Some(Value::list(
                map.keys().map(|key| Value::Text(Arc::clone(key))).collect(),
            ))
        },
        "values" => |arguments| Some(Value::list(map(arguments.first()?)?.values().cloned().collect())),
        "lookup" => |arguments| {
            let found = map(arguments.first()?)?.get(&arguments.get(1)?.as_text()?);
            found.or(arguments.get(2)).cloned()
        },
        "element" => |arguments| {
            let items = list(arguments.first()?)?;
            let Value::Int(index) = arguments.get(1)?.as_number()? else {
                return None;
            };
            let count = i64::try_from(items.len()).ok().filter(|count| *count > 0)?;
            items.get(usize::try_from(index.rem_euclid(count)).ok()?).cloned()
        },
        "contains" => |arguments| Some(Value::Bool(list(arguments.first()?)?.contains(arguments.get(1)?))),
        "one" => |arguments| match list(arguments.first()?)? {
            [] => Some(Value::Null),
            [item] => Some(item.clone()),
            _ => None,
        },
        "reverse" => |arguments| {
            let items = list(arguments.first()?)?;
            Some(Value::list(items.iter().rev().cloned().collect()))
        },
        "slice" => |arguments| {
            let place = |index: usize| usize::try_from(whole(arguments.get(index)?)?).ok();
            let items = list(arguments.first()?)?.get(place(1)?..place(2)?)?;
            Some(Value::list(items.to_vec()))
        },
        "sort" => |arguments| {
            let items = list(arguments.first()?)?;
            let mut texts: Vec<Arc<str>> = items.iter().map(Value::as_text).collect::<Option<_>>()?;
            texts.sort();
            Some(Value::list(texts.into_iter().map(Value::Text).collect()))
        },
        "distinct" => |arguments| Some(Value::list(distinct(list(arguments.first()?)?))),
        "toset" => |arguments| {
            let mut items = distinct(list(arguments.first()?)?);
            items.sort_by_key(Value::as_text);
            Some(Value::list(items))
        },
        "compact" => |arguments| {
            let items = list(arguments.first()?)?.iter();
            let full = items.filter(|item| !matches!(item, Value::Null) && **item != Value::text(""));
            Some(Value::list(full.cloned().collect()))
        },
        "flatten" => |arguments| {
            let mut flat = Vec::new();
            flatten(list(arguments.first()?)?, &mut flat);
            Some(Value::list(flat))
        },
        "range" => range,
        "zipmap" => |arguments| {
            let keys: Vec<Arc<str>> = list(arguments.first()?)?
                .iter()
                .map(Value::as_text)
                .collect::<Option<_>>()?;
            Some(Value::map(
                keys.into_iter()
                    .zip(list(arguments.get(1)?)?.iter().cloned())
                    .collect(),
            ))
        },
        "tolist" | "tomap" | "sensitive" | "nonsensitive" => |arguments| arguments.first().cloned(),
        _ => return None,
    })
}

pub(super) fn merge(arguments: &[Value]) -> Value {
    let mut merged = BTreeMap::new();
    for map in arguments.iter().filter_map(map) {
        merged.extend(map.iter().map(|(key, value)| (Arc::clone(key), value.clone())));
    }
    known_or_first_unknown(Value::map(merged), arguments)
}

pub(super) fn concat(arguments: &[Value]) -> Value {
    let items = arguments.iter().filter_map(list).flatten().cloned().collect();
    known_or_first_unknown(Value::list(items), arguments)
}

/// Nothing known means that all is unknown.
fn known_or_first_unknown(made: Value, arguments: &[Value]) -> Value {
    let empty = made.entries().is_some_and(|entries| entries.is_empty());
    let unknown = arguments.iter().find(|argument| !argument.is_known());
    unknown.filter(|_| empty).cloned().unwrap_or(made)
}

fn list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(list) => Some(&list.items),
        _ => None,
    }
}

fn map(value: &Value) -> Option<&BTreeMap<Arc<str>, Value>> {
    match value {
        Value::Map(map) => Some(&map.items),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value.as_number()? {
        Value::Int(number) => Some(number),
        _ => None,
    }
}

fn number(arguments: &[Value], function: fn(f64) -> f64) -> Option<Value> {
    Some(Value::number(function(arguments.first()?.as_f64()?)))
}

fn fold(arguments: &[Value], function: fn(f64, f64) -> f64) -> Option<Value> {
    let numbers: Vec<f64> = arguments.iter().map(Value::as_f64).collect::<Option<_>>()?;
    numbers.into_iter().reduce(function).map(Value::number)
}

fn length(arguments: &[Value]) -> Option<Value> {
    let length = match arguments.first()? {
        Value::Text(text) => text.chars().count(),
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.items.len(),
        _ => return None,
    };
    i64::try_from(length).ok().map(Value::Int)
}

fn distinct(items: &[Value]) -> Vec<Value> {
    // Comparing each with each is fine for what people write, and only for that.
    const MOST: usize = 2_000;
    let mut distinct: Vec<Value> = Vec::new();
    for item in items.iter().take(MOST) {
        if !distinct.contains(item) {
            distinct.push(item.clone());
        }
    }
    distinct
}

/// Lists are at most as deep as values can be.
fn flatten(items: &[Value], flat: &mut Vec<Value>) {
    const MOST: usize = 1 << 18;
    for item in items {
        match item {
            Value::List(list) if flat.len() < MOST => flatten(&list.items, flat),
            _ => flat.push(item.clone()),
        }
    }
}

fn range(arguments: &[Value]) -> Option<Value> {
    const MOST: usize = 1_024;
    let numbers: Vec<i64> = arguments.iter().map(whole).collect::<Option<_>>()?;
    let (start, end, step) = match numbers.as_slice() {
        [end] => (0, *end, end.signum()),
        [start, end] => (*start, *end, if start > end { -1 } else { 1 }),
        [start, end, step] => (*start, *end, *step),
        _ => return None,
    };
    let mut items = Vec::new();
    let mut next = start;
    while (step > 0 && next < end) || (step < 0 && next > end) {
        if items.len() == MOST {
            return None;
        }
        items.push(Value::Int(next));
        next = next.checked_add(step)?;
    }
    Some(Value::list(items))
}
