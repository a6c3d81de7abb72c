//! The order of keys in texts that Go's encoders write.

use std::cmp::Ordering;

/// The order of keys: letters by code point, numbers by value, everything else before letters.
pub fn natural_order(left: &str, right: &str) -> Ordering {
    let mut at = 0;
    let different = left.chars().zip(right.chars()).find(|(one, other)| {
        if one == other {
            at += one.len_utf8();
        }
        one != other
    });
    let Some((one, other)) = different else {
        return left.len().cmp(&right.len());
    };
    match (one.is_alphabetic(), other.is_alphabetic()) {
        (true, true) => return one.cmp(&other),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // Digits before this place that are part of the same number make leading zeros count.
    let mut start = 0;
    if one == '0' || other == '0' {
        let before = left.get(..at).unwrap_or_default();
        for digit in before
            .chars()
            .rev()
            .take_while(|character| character.is_numeric())
        {
            if digit != '0' {
                start = 1;
                break;
            }
        }
    }
    let number = |text: &str| {
        let digits = text.get(at..).unwrap_or_default().chars();
        let digits = digits.map_while(|character| character.to_digit(10));
        digits.fold((start, 0), |(value, count): (i64, usize), digit| {
            (value.wrapping_mul(10).wrapping_add(i64::from(digit)), count + 1)
        })
    };
    number(left).cmp(&number(right)).then(one.cmp(&other))
}
