//! Dictionaries: shared, so that `set` and `merge` change what others see.

use std::rc::Rc;

use super::arguments::{MAX_COPIED, Result, map, text, value};
use super::cast::to_text;
use super::defaults::is_empty;
use super::semver::Version;
use crate::functions::{Functions, Param};
use crate::{CallError, Element, Map, Text, Value};

/// Values nested deeper are not copied or merged: a dictionary can hold itself.
const MAX_DEPTH: usize = 500;

/// What one call may copy or merge: a dictionary can hold another twice, and that one another twice, and so on.
struct Budget(usize);

impl Budget {
    fn new() -> Self {
        Self(MAX_COPIED)
    }

    fn spend(&mut self, depth: usize, purpose: &str) -> std::result::Result<(), CallError> {
        if depth > MAX_DEPTH {
            return Err(CallError::new(format!(
                "the value is nested too deeply to be {purpose}"
            )));
        }
        match self.0.checked_sub(1) {
            Some(left) => self.0 = left,
            None => return Err(CallError::new(format!("the value is too large to be {purpose}"))),
        }
        Ok(())
    }
}

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Map as Dict, String};
    functions.add_variadic("dict", &[], Any, |a| {
        let dict = Map::dict();
        for pair in a.chunks(2) {
            let key = pair.first().map_or_else(|| "".into(), to_text);
            dict.insert(key, pair.get(1).cloned().unwrap_or_else(|| "".into()));
        }
        Ok(Value::Map(dict))
    });
    functions.add("get", &[Dict, String], |a| {
        Ok(map(a, 0).get(&*key(a, 1)).unwrap_or_else(|| "".into()))
    });
    functions.add("set", &[Dict, String, Any], |a| {
        let dict = map(a, 0);
        if dict.is_nil() {
            return Err(CallError::new("assignment to entry in nil map"));
        }
        dict.insert(&*key(a, 1), value(a, 2).clone());
        Ok(value(a, 0).clone())
    });
    functions.add("unset", &[Dict, String], |a| {
        map(a, 0).remove(&*key(a, 1));
        Ok(value(a, 0).clone())
    });
    functions.add("hasKey", &[Dict, String], |a| {
        Ok(map(a, 0).contains(&*key(a, 1)).into())
    });
    functions.add_variadic("keys", &[], Dict, |a| {
        let keys = a
            .iter()
            .filter_map(Value::as_map)
            .flat_map(Map::entries)
            .map(|(key, _)| key);
        Ok(Value::strings(keys))
    });
    functions.add("values", &[Dict], |a| {
        Ok(Value::list(
            map(a, 0).entries().into_iter().map(|(_, value)| value).collect(),
        ))
    });
    functions.add_variadic("pick", &[Dict], String, |a| {
        let from = map(a, 0);
        let picked = a.iter().skip(1).map(to_text).filter_map(|key| {
            let value = from.get(&key)?;
            Some((key, value))
        });
        Ok(Value::dict(picked.collect::<Vec<_>>()))
    });
    functions.add_variadic("omit", &[Dict], String, |a| {
        let omitted: Vec<Text> = a.iter().skip(1).map(to_text).collect();
        let kept = map(a, 0)
            .entries()
            .into_iter()
            .filter(|(key, _)| !omitted.contains(key));
        Ok(Value::dict(kept.collect::<Vec<_>>()))
    });
    functions.add_variadic("pluck", &[String], Dict, |a| {
        let key = key(a, 0);
        let found = a
            .iter()
            .skip(1)
            .filter_map(Value::as_map)
            .filter_map(|dict| dict.get(&*key));
        Ok(Value::list(found.collect()))
    });
    functions.add_variadic("dig", &[], Any, dig);
    for name in ["deepCopy", "mustDeepCopy"] {
        functions.add(name, &[Any], |a| match value(a, 0) {
            Value::Nil => Err(CallError::new(
                "reflect: call of reflect.Value.Type on zero Value",
            )),
            other => deep_copy(other, 0, &mut Budget::new()),
        });
    }
    for name in ["merge", "mustMerge"] {
        functions.add_variadic(name, &[Dict], Dict, |a| merge_all(a, false));
    }
    for name in ["mergeOverwrite", "mustMergeOverwrite"] {
        functions.add_variadic(name, &[Dict], Dict, |a| merge_all(a, true));
    }
}

fn key(arguments: &[Value], index: usize) -> std::borrow::Cow<'_, str> {
    text(arguments, index)
}

fn dig(arguments: &[Value]) -> Result {
    let [keys @ .., default, dict] = arguments else {
        return Err(CallError::new("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(CallError::new("dig needs at least three arguments"));
    }
    let conversion = |value: &Value, to: &str| {
        let found = if value.is_nil() { "nil" } else { value.type_name() };
        CallError::new(format!(
            "interface conversion: interface {{}} is {found}, not {to}"
        ))
    };
    let mut at = dict.clone();
    for key in keys {
        let map = match &at {
            Value::Map(map) if map.class().name == crate::value::DICT.name => map,
            other => return Err(conversion(other, "map[string]interface {}")),
        };
        let Value::String(key) = key else {
            return Err(conversion(key, "string"));
        };
        match map.get(key) {
            Some(value) => at = value,
            None => return Ok(default.clone()),
        }
    }
    Ok(at)
}

fn deep_copy(value: &Value, depth: usize, budget: &mut Budget) -> Result {
    budget.spend(depth, "copied")?;
    Ok(match value {
        Value::Map(map) => {
            let copy = Map::new(map.class());
            for (key, item) in map.entries() {
                copy.insert(key, deep_copy(&item, depth + 1, budget)?);
            }
            Value::Map(copy)
        }
        Value::List(list) => {
            let items: std::result::Result<Vec<Value>, CallError> = list
                .items()
                .iter()
                .map(|item| deep_copy(item, depth + 1, budget))
                .collect();
            Value::List(crate::List::new(list.class(), items?))
        }
        // A version has no field that others see, and what they do not see they do not copy.
        Value::Object(_) if value.downcast::<Version>().is_some() => {
            Version::parse("0.0.0").map_or(Value::Nil, |version| Value::Object(Rc::new(version)))
        }
        other => other.clone(),
    })
}

fn merge_all(arguments: &[Value], overwrite: bool) -> Result {
    let mut into = map(arguments, 0);
    let mut budget = Budget::new();
    for from in arguments.iter().skip(1).filter_map(Value::as_map) {
        if into.is_nil() && !from.is_nil() {
            // Whatever is merged into it, even nothing, makes it a map.
            into = into.as_class(&crate::value::DICT);
        }
        if overwrite {
            merge_over(&into, from, 0, &mut budget)?;
        } else {
            merge(&into, from, 0, &mut budget)?;
        }
    }
    Ok(Value::Map(into))
}

/// What `into` has stays, unless it is empty; maps that both have are merged.
fn merge(into: &Map, from: &Map, depth: usize, budget: &mut Budget) -> std::result::Result<(), CallError> {
    budget.spend(depth, "merged")?;
    if into.is_same(from) {
        return Ok(());
    }
    for (key, value) in from.entries() {
        match (into.get(&key), &value) {
            (_, Value::Nil) => {}
            (Some(Value::Map(old)), Value::Map(new)) => {
                merge(&old, new, depth + 1, budget)?;
                if old.is_empty() {
                    assign(into, from, key, value)?;
                }
            }
            (Some(old), _) if !is_empty(&old) => {}
            _ => assign(into, from, key, value)?,
        }
    }
    Ok(())
}

/// What `from` has wins, even when it is empty; maps that both have are merged.
fn merge_over(
    into: &Map,
    from: &Map,
    depth: usize,
    budget: &mut Budget,
) -> std::result::Result<(), CallError> {
    budget.spend(depth, "merged")?;
    if into.is_same(from) {
        return Ok(());
    }
    for (key, value) in from.entries() {
        match (into.get(&key), &value) {
            (Some(Value::Map(old)), Value::Map(new)) => merge_over(&old, new, depth + 1, budget)?,
            _ => assign(into, from, key, value)?,
        }
    }
    Ok(())
}

/// Sets a key, if the map can hold what the other one holds.
fn assign(into: &Map, from: &Map, key: Text, value: Value) -> std::result::Result<(), CallError> {
    let (wanted, given) = (into.class().element, from.class().element);
    if wanted != Element::Interface && wanted != given {
        return Err(CallError::new(format!(
            "reflect.Value.SetMapIndex: value of type {} is not assignable to type {}",
            given.name(),
            wanted.name()
        )));
    }
    into.insert(key, value);
    Ok(())
}
