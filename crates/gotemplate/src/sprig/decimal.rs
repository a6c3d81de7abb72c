//! Decimal arithmetic: `0.1 + 0.2` is `0.3`.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};

use crate::CallError;

/// Digits after the point of a quotient.
const DIVISION_DIGITS: i64 = 16;

/// A float as the decimal that it is printed as.
pub(super) fn decimal(number: f64) -> Result<BigDecimal, CallError> {
    if !number.is_finite() {
        return Err(CallError::new(format!(
            "Cannot create a Decimal from {}",
            crate::format::float_text(number)
        )));
    }
    Ok(format!("{number:e}").parse().unwrap_or_default())
}

pub(super) fn float(number: &BigDecimal) -> f64 {
    number.to_f64().unwrap_or_default()
}

/// The quotient, or nothing for a division by zero.
pub(super) fn divide(left: &BigDecimal, right: &BigDecimal) -> Option<BigDecimal> {
    if right.is_zero() {
        return None;
    }
    Some((left / right).with_scale_round(DIVISION_DIGITS, RoundingMode::HalfUp))
}
