//! Numbers.

use super::arguments::{Result, int, text, value};
use super::cast::{to_float64, to_int64};
use super::decimal::{decimal, divide, float};
use crate::functions::{Functions, Param};
use crate::{CallError, Value};

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Float, Int, String};
    functions.add("int", &[Any], |a| Ok(Value::Int(to_int64(value(a, 0)))));
    functions.add("int64", &[Any], |a| Ok(Value::Int64(to_int64(value(a, 0)))));
    functions.add("float64", &[Any], |a| Ok(Value::Float(to_float64(value(a, 0)))));
    functions.add("atoi", &[String], |a| {
        let text = text(a, 0);
        Ok(Value::Int(text.parse().unwrap_or_else(
            |error: std::num::ParseIntError| {
                // What does not fit becomes the number nearest to it.
                match error.kind() {
                    std::num::IntErrorKind::PosOverflow => i64::MAX,
                    std::num::IntErrorKind::NegOverflow => i64::MIN,
                    _ => 0,
                }
            },
        )))
    });
    functions.add("toDecimal", &[Any], |a| {
        let octal = crate::format::print(value(a, 0));
        Ok(Value::Int64(i64::from_str_radix(&octal.to_str(), 8).unwrap_or(0)))
    });
    functions.add("add1", &[Any], |a| {
        Ok(Value::Int64(to_int64(value(a, 0)).wrapping_add(1)))
    });
    functions.add_variadic("add", &[], Any, |a| Ok(fold(a, 0, i64::wrapping_add)));
    functions.add_variadic("mul", &[Any], Any, |a| Ok(fold(a, 1, i64::wrapping_mul)));
    functions.add("sub", &[Any, Any], |a| {
        Ok(Value::Int64(
            to_int64(value(a, 0)).wrapping_sub(to_int64(value(a, 1))),
        ))
    });
    functions.add("div", &[Any, Any], |a| division(a, i64::wrapping_div));
    functions.add("mod", &[Any, Any], |a| division(a, i64::wrapping_rem));
    for name in ["max", "biggest"] {
        functions.add_variadic(name, &[Any], Any, |a| {
            Ok(Value::Int64(a.iter().map(to_int64).max().unwrap_or(0)))
        });
    }
    functions.add_variadic("min", &[Any], Any, |a| {
        Ok(Value::Int64(a.iter().map(to_int64).min().unwrap_or(0)))
    });
    functions.add_variadic("maxf", &[Any], Any, |a| {
        Ok(Value::Float(extreme(a, |number, best| number > best)))
    });
    functions.add_variadic("minf", &[Any], Any, |a| {
        Ok(Value::Float(extreme(a, |number, best| number < best)))
    });
    functions.add("add1f", &[Any], |a| {
        Ok(Value::Float(float(
            &(decimal(to_float64(value(a, 0)))? + decimal(1.0)?),
        )))
    });
    functions.add_variadic("addf", &[], Any, |a| {
        let mut sum = Decimal::default();
        for value in a {
            sum += decimal(to_float64(value))?;
        }
        Ok(Value::Float(float(&sum)))
    });
    functions.add_variadic("subf", &[Any], Any, |a| {
        decimals(a, |left, right| Some(left - right))
    });
    functions.add_variadic("mulf", &[Any], Any, |a| {
        decimals(a, |left, right| Some(left * right))
    });
    functions.add_variadic("divf", &[Any], Any, |a| {
        decimals(a, |left, right| divide(&left, &right))
    });
    functions.add("floor", &[Any], |a| {
        Ok(Value::Float(to_float64(value(a, 0)).floor()))
    });
    functions.add("ceil", &[Any], |a| {
        Ok(Value::Float(to_float64(value(a, 0)).ceil()))
    });
    functions.add_variadic("round", &[Any, Int], Float, |a| {
        let on = match a.get(2) {
            Some(Value::Float(on)) => *on,
            _ => 0.5,
        };
        Ok(Value::Float(round(to_float64(value(a, 0)), int(a, 1), on)))
    });
}

/// The largest or smallest number; one that is none stays one.
fn extreme(arguments: &[Value], is_better: fn(f64, f64) -> bool) -> f64 {
    let mut numbers = arguments.iter().map(to_float64);
    let first = numbers.next().unwrap_or_default();
    numbers.fold(first, |best, number| {
        if number.is_nan() || is_better(number, best) {
            number
        } else {
            best
        }
    })
}

fn fold(arguments: &[Value], start: i64, join: fn(i64, i64) -> i64) -> Value {
    Value::Int64(arguments.iter().map(to_int64).fold(start, join))
}

fn division(arguments: &[Value], divide: fn(i64, i64) -> i64) -> Result {
    match to_int64(value(arguments, 1)) {
        0 => Err(CallError::new("runtime error: integer divide by zero")),
        divisor => Ok(Value::Int64(divide(to_int64(value(arguments, 0)), divisor))),
    }
}

type Decimal = bigdecimal::BigDecimal;

fn decimals(arguments: &[Value], join: fn(Decimal, Decimal) -> Option<Decimal>) -> Result {
    let mut numbers = arguments.iter().map(|value| decimal(to_float64(value)));
    let mut total = numbers.next().transpose()?.unwrap_or_default();
    for next in numbers {
        total = join(total, next?).ok_or_else(|| CallError::new("decimal division by 0"))?;
    }
    Ok(Value::Float(float(&total)))
}

/// Rounds to a number of places; a fraction of at least `on` goes up. Go's `math.Modf` keeps the sign, so negative
/// numbers round towards positive infinity.
#[expect(
    clippy::cast_possible_truncation,
    reason = "exponents beyond 400 are all the same"
)]
fn round(number: f64, places: i64, on: f64) -> f64 {
    let scale = 10f64.powi(places.clamp(-400, 400) as i32);
    let digit = scale * number;
    let fraction = digit.fract();
    let rounded = if fraction >= on {
        digit.ceil()
    } else {
        digit.floor()
    };
    rounded / scale
}
