//! Numbers as Go reads them: literals of templates, and texts given to `int` and `float64`.

/// A literal, which fits more than one type.
pub(crate) struct Number {
    /// As it was written.
    pub source: Box<str>,
    pub int: Option<i64>,
    pub is_uint: bool,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
    pub is_char: bool,
}

impl Number {
    /// A number token. The error is Go's.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let mut number = Self {
            source: source.into(),
            int: None,
            is_uint: false,
            float: None,
            complex: None,
            is_char: false,
        };
        if let Some(imaginary) = source.strip_suffix('i') {
            let (real, imaginary) = split_complex(imaginary);
            number.complex = real.zip(imaginary);
            return if number.complex.is_some() {
                Ok(number)
            } else {
                Err(format!(
                    "illegal number syntax: {}",
                    crate::format::quote(source.as_bytes(), false)
                ))
            };
        }
        number.is_uint = parse_uint(source).is_some();
        number.int = parse_int(source);
        if let Some(int) = number.int {
            #[expect(clippy::cast_precision_loss, reason = "the nearest float is what Go takes")]
            let float = int as f64;
            number.float = Some(float);
        } else if let Some(float) = parse_float(source) {
            if !number.is_uint && !source.contains(['.', 'e', 'E', 'p', 'P']) {
                return Err(format!(
                    "integer overflow: {}",
                    crate::format::quote(source.as_bytes(), false)
                ));
            }
            number.float = Some(float);
            #[expect(clippy::cast_possible_truncation, reason = "checked by going back")]
            let int = float as i64;
            #[expect(clippy::cast_precision_loss, reason = "checked by going back")]
            let back = int as f64;
            #[expect(clippy::float_cmp, reason = "integral floats count as integers")]
            if !number.is_uint && back == float {
                number.int = Some(int);
            }
        }
        if number.int.is_none() && !number.is_uint && number.float.is_none() {
            return Err(format!(
                "illegal number syntax: {}",
                crate::format::quote(source.as_bytes(), false)
            ));
        }
        Ok(number)
    }

    /// A character constant.
    pub(crate) fn character(source: &str, character: char) -> Self {
        let code = i64::from(u32::from(character));
        Self {
            source: source.into(),
            int: Some(code),
            is_uint: true,
            float: Some(f64::from(u32::from(character))),
            complex: None,
            is_char: true,
        }
    }

    /// Whether it is a float where any type will do.
    pub(crate) fn is_float_by_default(&self) -> bool {
        let hex = self.source.len() > 2
            && (self.source.starts_with("0x") || self.source.starts_with("0X"))
            && !self.source.contains(['p', 'P']);
        self.float.is_some() && !hex && !self.is_char && self.source.contains(['.', 'e', 'E', 'p', 'P'])
    }
}

fn split_complex(text: &str) -> (Option<f64>, Option<f64>) {
    let split = text
        .char_indices()
        .skip(1)
        .filter(|(at, character)| {
            matches!(character, '+' | '-')
                && !text
                    .get(..*at)
                    .is_some_and(|before| before.ends_with(['e', 'E', 'p', 'P']))
        })
        .map(|(at, _)| at)
        .last();
    match split {
        Some(at) => {
            let (real, imaginary) = text.split_at(at);
            (parse_float(real), parse_float(imaginary))
        }
        None => (Some(0.0), parse_float(text)),
    }
}

/// `strconv.ParseInt(text, 0, 64)`.
pub fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = parse_uint(digits)?;
    if negative {
        0i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}

/// `strconv.ParseUint(text, 0, 64)`.
pub fn parse_uint(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits, prefixed) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest, true)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest, true)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest, true)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, lower.get(1..)?, true)
    } else {
        (10, lower.as_str(), false)
    };
    let clean = without_underscores(digits, prefixed)?;
    if clean.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&clean, radix).ok()
}

/// Underscores may only stand between digits, or between the base's prefix and a digit.
fn without_underscores(digits: &str, prefixed: bool) -> Option<String> {
    let bad = digits.ends_with('_') || digits.contains("__") || !prefixed && digits.starts_with('_');
    (!bad).then(|| digits.replace('_', ""))
}

/// `strconv.ParseFloat(text, 64)`; underscores as in Go literals.
pub fn parse_float(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity") {
        return Some(sign * f64::INFINITY);
    }
    if lower == "nan" {
        return Some(f64::NAN);
    }
    if let Some(hex) = lower.strip_prefix("0x") {
        return hex_float(hex).map(|number| sign * number);
    }
    let valid = lower
        .chars()
        .all(|character| matches!(character, '0'..='9' | '.' | 'e' | '+' | '-'));
    if !valid || !lower.contains(|character: char| character.is_ascii_digit()) {
        return None;
    }
    let number: f64 = lower.parse().ok()?;
    number.is_finite().then_some(sign * number)
}

/// `1.8p3` behind its `0x`: the exponent is required.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars().filter(|character| *character != '_') {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let mut scale = 1.0 / 16.0;
    for digit in fraction.chars() {
        value += f64::from(digit.to_digit(16)?) * scale;
        scale /= 16.0;
    }
    let number = value * 2f64.powi(exponent);
    number.is_finite().then_some(number)
}
