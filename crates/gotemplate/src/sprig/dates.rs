//! Dates and durations. The local zone is UTC: rendering does not depend on the machine.

mod layout;

use std::any::Any;
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use super::arguments::{Result, int as int_argument, text, value};
use crate::functions::{Functions, Param};
use crate::value::Object;
use crate::{CallError, Text, Value};

const TIME: Param = Param::Named("time.Time");

pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, String};
    functions.add("now", &[], |_| Ok(time(Timestamp::now(), TimeZone::UTC)));
    functions.add("ago", &[Any], |a| {
        let then = moment(value(a, 0));
        let seconds = Timestamp::now().as_second() - then.as_second();
        Ok(go_duration(seconds.saturating_mul(1_000_000_000)).into())
    });
    functions.add("date", &[String, Any], |a| {
        Ok(layout::format(&text(a, 0), moment(value(a, 1)), &TimeZone::UTC).into())
    });
    for name in ["dateInZone", "date_in_zone"] {
        functions.add(name, &[String, Any, String], |a| {
            Ok(layout::format(&text(a, 0), moment(value(a, 1)), &zone(&text(a, 2))).into())
        });
    }
    functions.add("htmlDate", &[Any], |a| {
        Ok(layout::format("2006-01-02", moment(value(a, 0)), &TimeZone::UTC).into())
    });
    functions.add("htmlDateInZone", &[Any, String], |a| {
        Ok(layout::format("2006-01-02", moment(value(a, 0)), &zone(&text(a, 1))).into())
    });
    for name in ["dateModify", "date_modify"] {
        functions.add(name, &[String, TIME], |a| {
            Ok(modify(a).unwrap_or_else(|_| value(a, 1).clone()))
        });
    }
    for name in ["mustDateModify", "must_date_modify"] {
        functions.add(name, &[String, TIME], modify);
    }
    functions.add("toDate", &[String, String], |a| {
        Ok(parse(&text(a, 0), &text(a, 1)).unwrap_or_else(|_| time(zero_time(), TimeZone::UTC)))
    });
    functions.add("mustToDate", &[String, String], |a| {
        parse(&text(a, 0), &text(a, 1))
    });
    functions.add("unixEpoch", &[TIME], |a| {
        Ok(moment(value(a, 0)).as_second().to_string().into())
    });
    functions.add("duration", &[Any], |a| {
        let seconds = match value(a, 0) {
            Value::String(text) => text.to_str().parse().unwrap_or(0),
            Value::Int64(seconds) => *seconds,
            _ => 0,
        };
        Ok(go_duration(seconds.saturating_mul(1_000_000_000)).into())
    });
    functions.add("durationRound", &[Any], |a| {
        let nanoseconds = match value(a, 0) {
            Value::String(text) => parse_duration(&text.to_str()).unwrap_or(0),
            Value::Int64(nanoseconds) => *nanoseconds,
            Value::Object(_) => {
                let seconds = Timestamp::now().as_second() - moment(value(a, 0)).as_second();
                seconds.saturating_mul(1_000_000_000)
            }
            _ => 0,
        };
        Ok(rounded(nanoseconds).into())
    });
}

/// A `time.Time`.
struct Time {
    at: Timestamp,
    zone: TimeZone,
    /// What its zone is called, where it has a name of its own.
    name: Option<&'static str>,
}

/// Reads a time by a layout; a zone's name stands for that of its offset.
pub fn parse_time(layout: &str, text: &str, name: Option<&'static str>) -> Option<Value> {
    let (at, zone) = layout::parse(layout, text)?;
    Some(Value::Object(Rc::new(Time { at, zone, name })))
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn params(&self, name: &str) -> Option<&'static [Param]> {
        Some(match name {
            "Format" => &[Param::String],
            "AddDate" => &[Param::Int, Param::Int, Param::Int],
            "Before" | "After" | "Equal" => &[Param::Named("time.Time")],
            _ => return None,
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<std::result::Result<Value, CallError>> {
        let zoned = self.at.to_zoned(self.zone.clone());
        let int = |number: i64| Value::Int(number);
        Some(Ok(match name {
            "Format" => {
                let format = arguments.first().and_then(Value::as_text);
                let format = format.map(Text::to_str).unwrap_or_default();
                layout::format(&format, self.at, &self.zone).into()
            }
            "AddDate" => {
                let [years, months, days] = [0, 1, 2].map(|place| int_argument(arguments, place));
                time(
                    add_date(&zoned, years, months, days).unwrap_or(self.at),
                    self.zone.clone(),
                )
            }
            "Before" => (self.at < moment(value(arguments, 0))).into(),
            "After" => (self.at > moment(value(arguments, 0))).into(),
            "Equal" => (self.at == moment(value(arguments, 0))).into(),
            "Nanosecond" => int(zoned.subsec_nanosecond().into()),
            "Unix" => Value::Int64(self.at.as_second()),
            "UnixMilli" => Value::Int64(self.at.as_millisecond()),
            "UnixNano" => Value::Int64(i64::try_from(self.at.as_nanosecond()).unwrap_or_default()),
            "Year" => int(zoned.year().into()),
            "Month" => layout::month_name(zoned.month()).into(),
            "Day" => int(zoned.day().into()),
            "Hour" => int(zoned.hour().into()),
            "Minute" => int(zoned.minute().into()),
            "Second" => int(zoned.second().into()),
            "YearDay" => int(zoned.day_of_year().into()),
            "Weekday" => layout::weekday_name(zoned.weekday()).into(),
            "UTC" | "Local" => time(self.at, TimeZone::UTC),
            "String" => self.print().into(),
            "IsZero" => (self.at == zero_time()).into(),
            _ => return None,
        }))
    }

    fn print(&self) -> String {
        let shown = |layout| layout::format(layout, self.at, &self.zone);
        match self.name {
            None => shown("2006-01-02 15:04:05.999999999 -0700 MST"),
            Some(name) => format!("{} {name}", shown("2006-01-02 15:04:05.999999999 -0700")),
        }
    }

    fn to_json(&self) -> Value {
        layout::format("2006-01-02T15:04:05.999999999Z07:00", self.at, &self.zone).into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The same time of another day, as Go's `time.Time.AddDate`: a day beyond its month counts into the next one, so that
/// 31 January and a month is 3 March. Nothing when it is too far away.
pub fn add_date(from: &Zoned, years: i64, months: i64, days: i64) -> Option<Timestamp> {
    let months = i64::from(from.year())
        .checked_add(years)?
        .checked_mul(12)?
        .checked_add(i64::from(from.month()) - 1)?
        .checked_add(months)?;
    let year = i16::try_from(months.div_euclid(12)).ok()?;
    let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
    let days = days.checked_add(i64::from(from.day()) - 1)?;
    let day = Date::new(year, month, 1)
        .ok()?
        .checked_add(Span::new().try_days(days).ok()?)
        .ok()?;
    let at = day.to_datetime(from.time()).to_zoned(from.time_zone().clone());
    Some(at.ok()?.timestamp())
}

fn time(at: Timestamp, zone: TimeZone) -> Value {
    let name = None;
    Value::Object(Rc::new(Time { at, zone, name }))
}

/// Go's zero time, the first of January of year 1.
fn zero_time() -> Timestamp {
    Timestamp::from_second(-62_135_596_800).unwrap_or(Timestamp::MIN)
}

/// A time, or seconds since 1970; everything else is now.
fn moment(value: &Value) -> Timestamp {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => {
            Timestamp::from_second(*seconds).unwrap_or(Timestamp::UNIX_EPOCH)
        }
        other => other
            .downcast::<Time>()
            .map_or_else(Timestamp::now, |time| time.at),
    }
}

fn zone(name: &str) -> TimeZone {
    if name.is_empty() || name == "Local" {
        return TimeZone::UTC;
    }
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn parse(layout: &str, text: &str) -> Result {
    let (at, zone) = layout::parse(layout, text).ok_or_else(|| {
        let quote = |text: &str| crate::format::quote(text.as_bytes(), false);
        CallError::new(format!(
            "parsing time {} as {}: cannot parse",
            quote(text),
            quote(layout)
        ))
    })?;
    Ok(time(at, zone))
}

fn modify(arguments: &[Value]) -> Result {
    let change = text(arguments, 0);
    let nanoseconds = parse_duration(&change).ok_or_else(|| {
        CallError::new(format!(
            "time: invalid duration {}",
            crate::format::quote(change.as_bytes(), false)
        ))
    })?;
    let zone = value(arguments, 1)
        .downcast::<Time>()
        .map_or(TimeZone::UTC, |time| time.zone.clone());
    let at = moment(value(arguments, 1))
        .checked_add(SignedDuration::from_nanos(nanoseconds))
        .map_err(|error| CallError::new(error.to_string()))?;
    Ok(time(at, zone))
}

/// `time.ParseDuration`: `1h30m`, `-1.5s`, in nanoseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "durations beyond 292 years do not parse"
)]
fn parse_duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(end);
        let number: f64 = number.parse().ok()?;
        let unit_end = after
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let scale = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        total += number * scale;
        rest = after;
    }
    (total < 9.2e18).then_some((sign * total).round() as i64)
}

/// A duration as Go prints it: `1h2m3.5s`.
fn go_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let trimmed = |number: u64, scale: u64| {
        let digits = scale.ilog10() as usize;
        let fraction = format!("{:0digits$}", number % scale);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}", number / scale)
    };
    if total == 0 {
        return "0s".to_owned();
    }
    if total < 1_000_000_000 {
        return match total {
            0..1_000 => format!("{sign}{total}ns"),
            1_000..1_000_000 => format!("{sign}{}µs", trimmed(total, 1_000)),
            _ => format!("{sign}{}ms", trimmed(total, 1_000_000)),
        };
    }
    let (minutes, seconds) = (
        total / 60_000_000_000,
        trimmed(total % 60_000_000_000, 1_000_000_000),
    );
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// A duration in its largest unit.
fn rounded(nanoseconds: i64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let total = nanoseconds.unsigned_abs();
    let units = [
        (365 * 24 * 3600 * SECOND, "y"),
        (30 * 24 * 3600 * SECOND, "mo"),
        (24 * 3600 * SECOND, "d"),
        (3600 * SECOND, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    for (unit, name) in units {
        if total >= unit {
            return format!("{}{name}", total / unit);
        }
    }
    "0s".to_owned()
}
