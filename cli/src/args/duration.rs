//! Durations as Go programs write them: `90s`, `1h30m`, `1.5m`, `0`.

use std::time::Duration;

/// Reads a duration; a negative one is an error.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a time such as 30s, 5m or 1h30m".to_owned();
    if text.starts_with('-') {
        return Err("a time cannot be negative".to_owned());
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(wrong());
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .ok_or_else(wrong)?;
        let (number, after) = rest.split_at(digits);
        let letters = after
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(after.len());
        let (name, after) = after.split_at(letters);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        seconds += number * unit(name).ok_or_else(wrong)?;
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| "the time is too long".to_owned())
}

/// Seconds of a unit.
fn unit(name: &str) -> Option<f64> {
    Some(match name {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        let found = duration(text).ok().map(|found| found.as_millis());
        assert_eq!(found, expected.map(u128::from), "{text}");
    }

    #[test]
    fn durations() {
        check("30s", Some(30_000));
        check("1h30m", Some(5_400_000));
        check("1.5m", Some(90_000));
        check("250ms", Some(250));
        check("0", Some(0));
        check("0s", Some(0));
        for wrong in [
            "",
            "5",
            "s",
            "-5s",
            "5 s",
            "5y",
            "1.2.3s",
            "soon",
            "99999999999999999999h",
        ] {
            check(wrong, None);
        }
    }
}
