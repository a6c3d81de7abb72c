//! Go's reference layouts: `Mon Jan 2 15:04:05 MST 2006`.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    LongMonth,
    Month,
    ZeroMonth,
    NumMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    Pm,
    LowerPm,
    ZoneName,
    /// Offset: whether zero is `Z`, whether it has colons, whether seconds are shown, whether only hours are.
    Offset {
        z: bool,
        colon: bool,
        seconds: bool,
        short: bool,
    },
    Fraction {
        point: char,
        digits: usize,
        trim: bool,
    },
}

/// The first piece of a layout that is no text, with its length.
fn piece_at(layout: &str) -> Option<(Piece<'static>, usize)> {
    let offset = |z, colon, seconds, short| Piece::Offset {
        z,
        colon,
        seconds,
        short,
    };
    let table: &[(&str, Piece<'static>)] = &[
        ("January", Piece::LongMonth),
        ("Jan", Piece::Month),
        ("Monday", Piece::LongWeekday),
        ("Mon", Piece::Weekday),
        ("MST", Piece::ZoneName),
        ("002", Piece::ZeroYearDay),
        ("01", Piece::ZeroMonth),
        ("02", Piece::ZeroDay),
        ("03", Piece::ZeroHour12),
        ("04", Piece::ZeroMinute),
        ("05", Piece::ZeroSecond),
        ("06", Piece::Year),
        ("15", Piece::Hour),
        ("2006", Piece::LongYear),
        ("__2", Piece::UnderYearDay),
        ("_2", Piece::UnderDay),
        ("PM", Piece::Pm),
        ("pm", Piece::LowerPm),
        ("-07:00:00", offset(false, true, true, false)),
        ("-070000", offset(false, false, true, false)),
        ("-07:00", offset(false, true, false, false)),
        ("-0700", offset(false, false, false, false)),
        ("-07", offset(false, false, false, true)),
        ("Z07:00:00", offset(true, true, true, false)),
        ("Z070000", offset(true, false, true, false)),
        ("Z07:00", offset(true, true, false, false)),
        ("Z0700", offset(true, false, false, false)),
        ("Z07", offset(true, false, false, true)),
        ("1", Piece::NumMonth),
        ("2", Piece::Day),
        ("3", Piece::Hour12),
        ("4", Piece::Minute),
        ("5", Piece::Second),
    ];
    if layout.starts_with("_2006") {
        return None;
    }
    if let Some((text, piece)) = table.iter().find(|(text, _)| layout.starts_with(text)) {
        // `Jan` within a longer word is text.
        let word_goes_on = matches!(piece, Piece::Month | Piece::Weekday)
            && layout
                .get(text.len()..)
                .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_lowercase()));
        if !word_goes_on {
            return Some((*piece, text.len()));
        }
    }
    fraction_at(layout)
}

/// `.000` or `.999`, if no digit follows.
fn fraction_at(layout: &str) -> Option<(Piece<'static>, usize)> {
    let point = layout.chars().next().filter(|first| matches!(first, '.' | ','))?;
    let rest = layout.get(1..)?;
    let digit = rest.chars().next().filter(|next| matches!(next, '0' | '9'))?;
    let digits = rest.chars().take_while(|next| *next == digit).count();
    let after = rest.get(digits..)?;
    if after.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let piece = Piece::Fraction {
        point,
        digits,
        trim: digit == '9',
    };
    Some((piece, digits + 1))
}

fn pieces(layout: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = layout.get(at..).filter(|rest| !rest.is_empty()) {
        match piece_at(rest) {
            Some((piece, length)) => {
                if at > start {
                    out.push(Piece::Text(layout.get(start..at).unwrap_or_default()));
                }
                out.push(piece);
                at += length;
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    if at > start {
        out.push(Piece::Text(layout.get(start..).unwrap_or_default()));
    }
    out
}

/// The English name of a month.
pub(super) fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default()
}

/// The English name of a day.
pub(super) fn weekday_name(day: Weekday) -> &'static str {
    usize::try_from(day.to_sunday_zero_offset())
        .ok()
        .and_then(|index| DAYS.get(index))
        .copied()
        .unwrap_or_default()
}

/// Writes a time after a layout.
pub(super) fn format(layout: &str, at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    let mut out = String::new();
    for piece in pieces(layout) {
        write_piece(piece, &zoned, &mut out);
    }
    out
}

fn write_piece(piece: Piece<'_>, zoned: &Zoned, out: &mut String) {
    let hour12 = match zoned.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let is_pm = zoned.hour() >= 12;
    match piece {
        Piece::Text(text) => out.push_str(text),
        Piece::LongMonth => out.push_str(month_name(zoned.month())),
        Piece::Month => out.push_str(month_name(zoned.month()).get(..3).unwrap_or_default()),
        Piece::ZeroMonth => out.push_str(&format!("{:02}", zoned.month())),
        Piece::NumMonth => out.push_str(&zoned.month().to_string()),
        Piece::LongWeekday => out.push_str(weekday_name(zoned.weekday())),
        Piece::Weekday => out.push_str(weekday_name(zoned.weekday()).get(..3).unwrap_or_default()),
        Piece::Day => out.push_str(&zoned.day().to_string()),
        Piece::UnderDay => out.push_str(&format!("{:2}", zoned.day())),
        Piece::ZeroDay => out.push_str(&format!("{:02}", zoned.day())),
        Piece::UnderYearDay => out.push_str(&format!("{:3}", zoned.day_of_year())),
        Piece::ZeroYearDay => out.push_str(&format!("{:03}", zoned.day_of_year())),
        Piece::Hour => out.push_str(&format!("{:02}", zoned.hour())),
        Piece::Hour12 => out.push_str(&hour12.to_string()),
        Piece::ZeroHour12 => out.push_str(&format!("{hour12:02}")),
        Piece::Minute => out.push_str(&zoned.minute().to_string()),
        Piece::ZeroMinute => out.push_str(&format!("{:02}", zoned.minute())),
        Piece::Second => out.push_str(&zoned.second().to_string()),
        Piece::ZeroSecond => out.push_str(&format!("{:02}", zoned.second())),
        Piece::LongYear => out.push_str(&format!("{:04}", zoned.year())),
        Piece::Year => out.push_str(&format!("{:02}", zoned.year().rem_euclid(100))),
        Piece::Pm => out.push_str(if is_pm { "PM" } else { "AM" }),
        Piece::LowerPm => out.push_str(if is_pm { "pm" } else { "am" }),
        Piece::ZoneName => out.push_str(&zone_name(zoned)),
        Piece::Offset {
            z,
            colon,
            seconds,
            short,
        } => {
            let total = zoned.offset().seconds();
            if z && total == 0 {
                out.push('Z');
                return;
            }
            let sign = if total < 0 { '-' } else { '+' };
            let total = total.unsigned_abs();
            out.push_str(&format!("{sign}{:02}", total / 3600));
            let separator = if colon { ":" } else { "" };
            if !short {
                out.push_str(&format!("{separator}{:02}", total / 60 % 60));
            }
            if seconds {
                out.push_str(&format!("{separator}{:02}", total % 60));
            }
        }
        Piece::Fraction { point, digits, trim } => {
            let nanoseconds = format!("{:09}", zoned.subsec_nanosecond());
            let mut fraction = nanoseconds.get(..digits.min(9)).unwrap_or_default().to_owned();
            fraction.extend(std::iter::repeat_n('0', digits.saturating_sub(9)));
            if trim {
                fraction.truncate(fraction.trim_end_matches('0').len());
            }
            if !fraction.is_empty() {
                out.push(point);
                out.push_str(&fraction);
            }
        }
    }
}

/// The abbreviation of the zone; an offset where it has none.
fn zone_name(zoned: &Zoned) -> String {
    let info = zoned.time_zone().to_offset_info(zoned.timestamp());
    let name = info.abbreviation();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return name.to_owned();
    }
    let mut out = String::new();
    let piece = Piece::Offset {
        z: false,
        colon: false,
        seconds: false,
        // Zones of the database may be named by their hours; an offset alone shows its minutes as well.
        short: zoned.time_zone().to_fixed_offset().is_err() && zoned.offset().seconds() % 3600 == 0,
    };
    write_piece(piece, zoned, &mut out);
    out
}

/// Reads a time after a layout.
#[expect(clippy::too_many_lines, reason = "one arm for each piece of a layout")]
pub(super) fn parse(layout: &str, text: &str) -> Option<(Timestamp, TimeZone)> {
    let mut reader = Reader { rest: text };
    let (mut year, mut month, mut day) = (0i16, 1i8, 1i8);
    let (mut hour, mut minute, mut second, mut nanosecond) = (0i8, 0i8, 0i8, 0i32);
    let mut pm = None;
    let mut offset = None;
    let mut year_day = None;
    let all = pieces(layout);
    for (index, piece) in all.iter().enumerate() {
        match *piece {
            Piece::Text(expected) => reader.text(expected)?,
            Piece::LongMonth => month = reader.name(&MONTHS, usize::MAX)? + 1,
            Piece::Month => month = reader.name(&MONTHS, 3)? + 1,
            Piece::ZeroMonth => month = reader.number(2, 2)?,
            Piece::NumMonth => month = reader.number(1, 2)?,
            Piece::LongWeekday => {
                reader.name(&DAYS, usize::MAX)?;
            }
            Piece::Weekday => {
                reader.name(&DAYS, 3)?;
            }
            Piece::UnderDay => {
                reader.rest = reader.rest.trim_start_matches(' ');
                day = reader.number(1, 2)?;
            }
            Piece::Day => day = reader.number(1, 2)?,
            Piece::ZeroDay => day = reader.number(2, 2)?,
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                reader.rest = reader.rest.trim_start_matches(' ');
                year_day = Some(reader.number::<i16>(1, 3)?);
            }
            Piece::Hour | Piece::ZeroHour12 => hour = reader.number(2, 2)?,
            Piece::Hour12 => hour = reader.number(1, 2)?,
            Piece::Minute => minute = reader.number(1, 2)?,
            Piece::ZeroMinute => minute = reader.number(2, 2)?,
            Piece::Second | Piece::ZeroSecond => {
                second = reader.number(if *piece == Piece::Second { 1 } else { 2 }, 2)?;
                // A fraction that the layout does not name is read all the same.
                let named = matches!(all.get(index + 1), Some(Piece::Fraction { .. }));
                if !named && reader.rest.starts_with(['.', ',']) {
                    nanosecond = reader.fraction()?;
                }
            }
            Piece::LongYear => year = reader.number(4, 4)?,
            Piece::Year => {
                let short: i16 = reader.number(2, 2)?;
                year = if short >= 69 { 1900 + short } else { 2000 + short };
            }
            Piece::Pm | Piece::LowerPm => {
                let (half, rest) = reader.rest.split_at_checked(2)?;
                pm = Some(match half {
                    "PM" | "pm" => true,
                    "AM" | "am" => false,
                    _ => return None,
                });
                reader.rest = rest;
            }
            Piece::ZoneName => {
                let length = reader
                    .rest
                    .find(|next: char| !next.is_ascii_uppercase())
                    .unwrap_or(reader.rest.len());
                let (name, rest) = reader.rest.split_at_checked(length)?;
                if !(3..=5).contains(&name.len()) {
                    return None;
                }
                offset.get_or_insert(0);
                reader.rest = rest;
            }
            Piece::Offset {
                z,
                colon,
                seconds,
                short,
            } => {
                offset = Some(reader.offset(z, colon, seconds, short)?);
            }
            Piece::Fraction { trim, .. } => {
                if reader.rest.starts_with(['.', ',']) {
                    nanosecond = reader.fraction()?;
                } else if !trim {
                    return None;
                }
            }
        }
    }
    if !reader.rest.is_empty() {
        return None;
    }
    match pm {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let date = match year_day {
        Some(number) => Date::new(year, 1, 1)
            .ok()?
            .checked_add(jiff::Span::new().try_days(i64::from(number) - 1).ok()?)
            .ok()?,
        None => Date::new(year, month, day).ok()?,
    };
    let time = Time::new(hour, minute, second, nanosecond).ok()?;
    let zone = match offset {
        None | Some(0) => TimeZone::UTC,
        Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
    };
    let at = DateTime::from_parts(date, time)
        .to_zoned(zone.clone())
        .ok()?
        .timestamp();
    Some((at, zone))
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Text of the layout; runs of spaces match each other.
    fn text(&mut self, expected: &str) -> Option<()> {
        let mut expected = expected;
        while let Some(first) = expected.chars().next() {
            if first == ' ' {
                if !self.rest.is_empty() && !self.rest.starts_with(' ') {
                    return None;
                }
                expected = expected.trim_start_matches(' ');
                self.rest = self.rest.trim_start_matches(' ');
                continue;
            }
            self.rest = self.rest.strip_prefix(first)?;
            expected = expected.get(first.len_utf8()..)?;
        }
        Some(())
    }

    /// The index of a name, by its first letters.
    fn name(&mut self, names: &[&str], letters: usize) -> Option<i8> {
        for (index, name) in names.iter().enumerate() {
            let wanted = name.get(..letters.min(name.len()))?;
            if let Some(found) = self.rest.get(..wanted.len())
                && found.eq_ignore_ascii_case(wanted)
            {
                self.rest = self.rest.get(wanted.len()..)?;
                return i8::try_from(index).ok();
            }
        }
        None
    }

    fn number<T: std::str::FromStr>(&mut self, least: usize, most: usize) -> Option<T> {
        let digits = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        number.parse().ok()
    }

    fn fraction(&mut self) -> Option<i32> {
        let rest = self.rest.get(1..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        let (number, rest) = rest.split_at_checked(digits)?;
        self.rest = rest;
        format!("{number:0<9}").get(..9)?.parse().ok()
    }

    #[expect(clippy::fn_params_excessive_bools, reason = "the fields of the piece")]
    fn offset(&mut self, z: bool, colon: bool, seconds: bool, short: bool) -> Option<i32> {
        if z && let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Some(0);
        }
        let sign = match self.rest.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        self.rest = self.rest.get(1..)?;
        let mut total = self.number::<i32>(2, 2)? * 3600;
        for scale in [60, 1]
            .into_iter()
            .take(if short { 0 } else { 1 + usize::from(seconds) })
        {
            if colon {
                self.rest = self.rest.strip_prefix(':')?;
            }
            total += self.number::<i32>(2, 2)? * scale;
        }
        Some(sign * total)
    }
}
