//! Floating point numbers as Go's `strconv` and `fmt` write them.

/// Shortest digits that read back as the number, and the decimal exponent of the first digit.
fn digits(number: f64) -> (String, i32) {
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or_default())
}

/// What `%v` prints: the shortest text, with an exponent below 1e-4 and from 1e6 on.
pub fn float_text(number: f64) -> String {
    if number == 0.0 {
        return if number.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    shortest(number, 6)
}

/// The shortest text with an exponent below 1e-4 and from `threshold` digits on.
pub fn shortest(number: f64, threshold: i32) -> String {
    if let Some(text) = special(number) {
        return text.to_owned();
    }
    let (digits, exponent) = digits(number);
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if exponent < -4 || exponent >= threshold {
        return format!("{sign}{}", scientific(&digits, exponent));
    }
    format!("{sign}{}", positional(&digits, exponent))
}

/// The shortest text without an exponent.
pub fn plain(number: f64) -> String {
    if let Some(text) = special(number) {
        return text.to_owned();
    }
    let (digits, exponent) = digits(number);
    let sign = if number.is_sign_negative() { "-" } else { "" };
    format!("{sign}{}", positional(&digits, exponent))
}

/// `%g` with a precision: at most that many digits, trailing zeros dropped unless `keep_zeros`.
pub fn general(number: f64, precision: usize, keep_zeros: bool) -> String {
    if let Some(text) = special(number) {
        return text.to_owned();
    }
    let precision = precision.max(1);
    let text = format!("{:.*e}", precision - 1, number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let mut digits = mantissa.replace('.', "");
    if !keep_zeros {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let threshold = i32::try_from(precision).unwrap_or(i32::MAX);
    let threshold = if digits.len() > precision {
        i32::try_from(digits.len()).unwrap_or(i32::MAX)
    } else {
        threshold
    };
    if exponent < -4 || exponent >= threshold {
        return format!("{sign}{}", scientific(&digits, exponent));
    }
    format!("{sign}{}", positional(&digits, exponent))
}

fn special(number: f64) -> Option<&'static str> {
    if number.is_nan() {
        Some("NaN")
    } else if number == f64::INFINITY {
        Some("+Inf")
    } else if number == f64::NEG_INFINITY {
        Some("-Inf")
    } else {
        None
    }
}

fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(digits.len().min(1));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.unsigned_abs())
}

fn positional(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or_default());
        return format!("0.{zeros}{digits}");
    }
    let whole = usize::try_from(exponent).unwrap_or_default() + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (before, after) = digits.split_at(whole);
    format!("{before}.{after}")
}
