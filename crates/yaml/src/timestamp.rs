//! Timestamps as yaml.v3 recognises them.

/// The RFC 3339 text of a timestamp; `None` when the text is none.
///
/// Four forms: a date; a date and time with `T` or `t` and a zone; a date and time with a space and no zone (UTC).
/// Month, day, hour, minute and second may have one digit.
pub(crate) fn parse(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || !bytes.get(..4)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year: u32 = text.get(..4)?.parse().ok()?;
    let mut rest = text.get(5..)?;
    let month = take_number(&mut rest)?;
    rest = rest.strip_prefix('-')?;
    let day = take_number(&mut rest)?;
    if !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match rest.bytes().next() {
        None => Some(format!("{date}T00:00:00Z")),
        Some(b'T' | b't') => Some(format!("{date}T{}", clock(rest.get(1..)?, true)?)),
        Some(b' ') => Some(format!("{date}T{}Z", clock(rest.trim_start_matches(' '), false)?)),
        Some(_) => None,
    }
}

/// An RFC 3339 time in the notation of Go's `%v`: `2020-01-01 10:00:00 +0200 +0200`.
pub(crate) fn go_text(time: &str) -> String {
    let Some((date, clock)) = time.split_once('T') else {
        return time.to_owned();
    };
    let zone = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone);
    match zone {
        "Z" | "" => format!("{date} {clock} +0000 UTC"),
        zone => {
            let zone = zone.replace(':', "");
            format!("{date} {clock} {zone} {zone}")
        }
    }
}

/// Time of day, with its zone when one is asked for.
fn clock(mut rest: &str, zone: bool) -> Option<String> {
    let hour = take_number(&mut rest)?;
    rest = rest.strip_prefix(':')?;
    let minute = take_number(&mut rest)?;
    rest = rest.strip_prefix(':')?;
    let second = take_number(&mut rest)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut fraction = "";
    if let Some(digits) = rest.strip_prefix(['.', ',']) {
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return None;
        }
        fraction = digits.get(..count.min(9))?.trim_end_matches('0');
        rest = digits.get(count..)?;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let time = format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}");
    match (zone, rest) {
        (false, "") => Some(time),
        (true, "Z") => Some(time + "Z"),
        (true, zone) => offset(zone).map(|zone| time + &zone),
        _ => None,
    }
}

/// `+02:00`. A sixtieth minute is taken, and makes an hour.
fn offset(text: &str) -> Option<String> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two = |digits: &str| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !text.starts_with(['+', '-']) || !two(hours) || !two(minutes) {
        return None;
    }
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 24 || minutes > 60 {
        return None;
    }
    let total = hours * 60 + minutes;
    Some(if total == 0 {
        "Z".to_owned()
    } else {
        format!("{}{:02}:{:02}", text.get(..1)?, total / 60, total % 60)
    })
}

/// One or two digits from the front.
fn take_number(text: &mut &str) -> Option<u32> {
    let count = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let number = text.get(..count)?.parse().ok()?;
    *text = text.get(count..)?;
    Some(number)
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}
