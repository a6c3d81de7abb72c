//! Operators by their names, `plus(1, 2)` and `gt(a, b)`, and ranges of numbers.

use std::cmp::Ordering;

use anyhow::{Result, anyhow};
use regorus::{Engine, Value};

use super::{add, argument};

/// Numbers that a range may have.
const LONGEST_RANGE: u64 = 1 << 20;

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    engine.add_extension(
        "kubescape_numbers_range".to_owned(),
        2,
        Box::new(|values| range(&values)),
    )?;
    engine.add_extension(
        "kubescape_numbers_range_step".to_owned(),
        3,
        Box::new(|values| stepped(&values)),
    )?;
    arithmetic(engine, "plus", i64::checked_add, |a, b| a + b)?;
    arithmetic(engine, "mul", i64::checked_mul, |a, b| a * b)?;
    arithmetic(engine, "div", whole_quotient, |a, b| a / b)?;
    arithmetic(engine, "rem", i64::checked_rem, |_, _| f64::NAN)?;
    add(engine, "minus", 2, |arguments| {
        let (left, right) = (argument(arguments, 0)?, argument(arguments, 1)?);
        match (left, right) {
            (Value::Set(left), Value::Set(right)) => Ok(Value::Set(left.difference(right).into())),
            _ => calculate(left, right, i64::checked_sub, |a, b| a - b),
        }
    })?;
    comparison(engine, "gt", Ordering::is_gt)?;
    comparison(engine, "gte", Ordering::is_ge)?;
    comparison(engine, "lt", Ordering::is_lt)?;
    comparison(engine, "lte", Ordering::is_le)?;
    comparison(engine, "equal", Ordering::is_eq)?;
    comparison(engine, "neq", Ordering::is_ne)
}

fn arithmetic(
    engine: &mut Engine,
    name: &str,
    whole: fn(i64, i64) -> Option<i64>,
    real: fn(f64, f64) -> f64,
) -> Result<()> {
    add(engine, name, 2, move |arguments| {
        calculate(argument(arguments, 0)?, argument(arguments, 1)?, whole, real)
    })
}

fn calculate(
    left: &Value,
    right: &Value,
    whole: fn(i64, i64) -> Option<i64>,
    real: fn(f64, f64) -> f64,
) -> Result<Value> {
    if let (Ok(left), Ok(right)) = (left.as_i64(), right.as_i64())
        && let Some(result) = whole(left, right)
    {
        return Ok(Value::from(result));
    }
    let result = real(left.as_f64()?, right.as_f64()?);
    if result.is_finite() {
        Ok(Value::from(result))
    } else {
        Err(anyhow!("no number"))
    }
}

/// The quotient when it is a whole number.
fn whole_quotient(left: i64, right: i64) -> Option<i64> {
    (left.checked_rem(right)? == 0).then(|| left.checked_div(right))?
}

/// The whole numbers from one to another, both included. More than anybody needs is an error, not just undefined: the
/// rule would judge without them.
fn range(arguments: &[Value]) -> Result<Value> {
    let bound = |index: usize| arguments.get(index).and_then(|value| value.as_i64().ok());
    let (Some(first), Some(last)) = (bound(0), bound(1)) else {
        return Ok(Value::Undefined);
    };
    if first.abs_diff(last) >= LONGEST_RANGE {
        return Err(anyhow!(
            "numbers.range({first}, {last}) has more than {LONGEST_RANGE} numbers"
        ));
    }
    Ok(if first <= last {
        (first..=last).map(Value::from).collect::<Vec<_>>().into()
    } else {
        (last..=first).rev().map(Value::from).collect::<Vec<_>>().into()
    })
}

/// Every so-manieth whole number from one to another.
fn stepped(arguments: &[Value]) -> Result<Value> {
    let number = |index: usize| arguments.get(index).and_then(|value| value.as_i64().ok());
    let (Some(first), Some(last), Some(step)) = (number(0), number(1), number(2)) else {
        return Ok(Value::Undefined);
    };
    let step = match u64::try_from(step) {
        Ok(step) if step > 0 => step,
        _ => return Ok(Value::Undefined),
    };
    let steps = first.abs_diff(last) / step;
    if steps >= LONGEST_RANGE {
        return Err(anyhow!(
            "numbers.range_step({first}, {last}, {step}) has more than {LONGEST_RANGE} numbers"
        ));
    }
    let direction = if first <= last { 1 } else { -1 };
    let number = |index: u64| i128::from(first) + direction * i128::from(index) * i128::from(step);
    Ok((0..=steps)
        .filter_map(|index| i64::try_from(number(index)).ok())
        .map(Value::from)
        .collect::<Vec<_>>()
        .into())
}

fn comparison(engine: &mut Engine, name: &str, holds: fn(Ordering) -> bool) -> Result<()> {
    add(engine, name, 2, move |arguments| {
        let order = argument(arguments, 0)?.cmp(argument(arguments, 1)?);
        Ok(Value::from(holds(order)))
    })
}
