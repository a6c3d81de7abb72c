//! Lists. None is changed: each function gives a new one.

use std::collections::HashMap;

use super::arguments::{MAX_ITEMS, Result, int, list, nil_list, value};
use super::defaults::is_empty;
use crate::equality::fingerprint;
use crate::functions::{Functions, Param};
use crate::value::LISTS;
use crate::{CallError, List, Value};

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Int};
    for name in ["list", "tuple"] {
        functions.add_variadic(name, &[], Any, |a| Ok(Value::list(a.to_vec())));
    }
    for name in ["first", "mustFirst"] {
        functions.add(name, &[Any], |a| {
            Ok(items(a, "find first")?.first().cloned().unwrap_or_default())
        });
    }
    for name in ["last", "mustLast"] {
        functions.add(name, &[Any], |a| {
            Ok(items(a, "find last")?.last().cloned().unwrap_or_default())
        });
    }
    for name in ["rest", "mustRest"] {
        functions.add(name, &[Any], |a| {
            Ok(match &*items(a, "find rest")? {
                [] => nil_list(),
                [_, rest @ ..] => Value::list(rest.to_vec()),
            })
        });
    }
    for name in ["initial", "mustInitial"] {
        functions.add(name, &[Any], |a| {
            Ok(match &*items(a, "find initial")? {
                [] => nil_list(),
                [initial @ .., _] => Value::list(initial.to_vec()),
            })
        });
    }
    for name in ["append", "push", "mustAppend", "mustPush"] {
        functions.add(name, &[Any, Any], |a| {
            let mut all = items(a, "push")?.into_owned();
            all.push(value(a, 1).clone());
            Ok(Value::list(all))
        });
    }
    for name in ["prepend", "mustPrepend"] {
        functions.add(name, &[Any, Any], |a| {
            let mut all = vec![value(a, 1).clone()];
            all.extend_from_slice(&items(a, "prepend")?);
            Ok(Value::list(all))
        });
    }
    functions.add_variadic("concat", &[], Any, concat);
    for name in ["reverse", "mustReverse"] {
        functions.add(name, &[Any], |a| {
            let mut all = items(a, "find reverse")?.into_owned();
            all.reverse();
            Ok(Value::list(all))
        });
    }
    for name in ["uniq", "mustUniq"] {
        functions.add(name, &[Any], |a| unique(&items(a, "find uniq")?));
    }
    for name in ["without", "mustWithout"] {
        functions.add_variadic(name, &[Any], Any, |a| {
            let omitted = a.get(1..).unwrap_or_default();
            let all = items(a, "find without")?;
            let kept = all
                .iter()
                .filter(|item| !omitted.iter().any(|other| other.deep_equal(item)));
            Ok(Value::list(kept.cloned().collect()))
        });
    }
    for name in ["has", "mustHas"] {
        functions.add(name, &[Any, Any], |a| match value(a, 1) {
            Value::Nil => Ok(false.into()),
            haystack => {
                let all = list(haystack, "Cannot find has on type")?;
                Ok(all.iter().any(|item| item.deep_equal(value(a, 0))).into())
            }
        });
    }
    for name in ["compact", "mustCompact"] {
        functions.add(name, &[Any], |a| {
            let all = items(a, "compact")?;
            Ok(Value::list(
                all.iter().filter(|item| !is_empty(item)).cloned().collect(),
            ))
        });
    }
    for name in ["slice", "mustSlice"] {
        functions.add_variadic(name, &[Any], Any, slice);
    }
    for name in ["chunk", "mustChunk"] {
        functions.add(name, &[Int, Any], chunk);
    }
    functions.add("until", &[Int], |a| {
        let end = int(a, 0);
        steps(0, end, if end < 0 { -1 } else { 1 })
    });
    functions.add("untilStep", &[Int, Int, Int], |a| {
        steps(int(a, 0), int(a, 1), int(a, 2))
    });
    functions.add_variadic("seq", &[], Int, seq);
}

fn items<'a>(
    arguments: &'a [Value],
    operation: &str,
) -> std::result::Result<std::borrow::Cow<'a, [Value]>, CallError> {
    list(value(arguments, 0), &format!("Cannot {operation} on type"))
}

/// The first of each group of equal items. Only items with the same fingerprint are compared.
fn unique(items: &[Value]) -> Result {
    let mut kept: Vec<Value> = Vec::new();
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut comparisons = 0;
    for item in items {
        let alike = places.entry(fingerprint(item)).or_default();
        comparisons += alike.len();
        if comparisons > MAX_ITEMS {
            return Err(CallError::new("the list is too long to find what is equal in it"));
        }
        let known = |place: &usize| kept.get(*place).is_some_and(|known| known.deep_equal(item));
        if !alike.iter().any(known) {
            alike.push(kept.len());
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn concat(arguments: &[Value]) -> Result {
    let mut all = Vec::new();
    for argument in arguments {
        match argument {
            Value::List(_) | Value::Bytes(_) | Value::Nil => all.extend_from_slice(&list(argument, "")?),
            other => {
                return Err(CallError::new(format!(
                    "Cannot concat type {} as list",
                    other.kind()
                )));
            }
        }
        if all.len() > MAX_ITEMS {
            return Err(CallError::new("the list is too long"));
        }
    }
    // What nothing was appended to was never made.
    Ok(if all.is_empty() {
        nil_list()
    } else {
        Value::list(all)
    })
}

fn slice(arguments: &[Value]) -> Result {
    let all = list(value(arguments, 0), "list should be type of slice or array but")?;
    if all.is_empty() {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, default: usize| match arguments.get(index) {
        None => Ok(default),
        Some(given) => usize::try_from(super::cast::to_int64(given))
            .ok()
            .filter(|at| *at <= all.len())
            .ok_or_else(|| CallError::new("reflect.Value.Slice: slice index out of bounds")),
    };
    let (start, end) = (bound(1, 0)?, bound(2, all.len())?);
    let part = all
        .get(start..end)
        .ok_or_else(|| CallError::new("reflect.Value.Slice: slice index out of bounds"))?;
    Ok(match value(arguments, 0) {
        Value::List(list) => Value::List(List::new(list.class(), part.to_vec())),
        Value::Bytes(bytes) => Value::Bytes(bytes.as_bytes().get(start..end).unwrap_or_default().into()),
        _ => Value::Nil,
    })
}

fn chunk(arguments: &[Value]) -> Result {
    let size = int(arguments, 0);
    let all = list(value(arguments, 1), "Cannot chunk type")?;
    let size = usize::try_from(size)
        .ok()
        .filter(|size| *size > 0)
        .ok_or_else(|| CallError::new("runtime error: integer divide by zero"))?;
    let chunks = all.chunks(size).map(|part| Value::list(part.to_vec())).collect();
    Ok(Value::List(List::new(&LISTS, chunks)))
}

fn numbers(start: i64, end: i64, step: i64) -> std::result::Result<Vec<i64>, CallError> {
    let mut all = Vec::new();
    let mut at = start;
    while step > 0 && at < end || step < 0 && at > end {
        all.push(at);
        if all.len() > MAX_ITEMS {
            return Err(CallError::new("the list is too long"));
        }
        let Some(next) = at.checked_add(step) else {
            break;
        };
        at = next;
    }
    Ok(all)
}

fn steps(start: i64, end: i64, step: i64) -> Result {
    let all = numbers(start, end, step)?.into_iter().map(Value::Int).collect();
    Ok(Value::List(List::new(&crate::value::INTS, all)))
}

/// `seq 3`, `seq 1 3`, `seq 1 2 9`, with both ends.
fn seq(arguments: &[Value]) -> Result {
    let (start, step, end) = match arguments.len() {
        1 => (1, None, int(arguments, 0)),
        2 => (int(arguments, 0), None, int(arguments, 1)),
        3 => (int(arguments, 0), Some(int(arguments, 1)), int(arguments, 2)),
        _ => return Ok("".into()),
    };
    let direction = if end < start { -1 } else { 1 };
    let step = step.unwrap_or(direction);
    if step == 0 || (step > 0) != (direction > 0) {
        return Ok("".into());
    }
    let all: Vec<String> = numbers(start, end.saturating_add(direction), step)?
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(all.join(" ").into())
}
