//! `time.add_date`: like Go's, 31 January and a month is 3 March.

use anyhow::{Result, anyhow};
use regorus::{Engine, Value};

use super::{add, argument};

const DAY: i128 = 86_400_000_000_000;

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "kubescape_time_add_date", 4, |arguments| {
        let whole = |index: usize| -> Result<i64> { argument(arguments, index)?.as_i64() };
        let moment = i128::from(whole(0)?);
        let (year, month, day) = civil(i64::try_from(moment.div_euclid(DAY))?);
        let months = year
            .checked_add(whole(1)?)
            .and_then(|year| year.checked_mul(12))
            .and_then(|months| months.checked_add(month - 1)?.checked_add(whole(2).ok()?))
            .ok_or_else(|| anyhow!("too far away"))?;
        let first = days(months.div_euclid(12), months.rem_euclid(12) + 1)?;
        let days = i128::from(first) + i128::from(day - 1) + i128::from(whole(3)?);
        let moment = days * DAY + moment.rem_euclid(DAY);
        Ok(Value::from(i64::try_from(moment)?))
    })
}

/// Days since 1970 to the first of a month.
fn days(year: i64, month: i64) -> Result<i64> {
    if !(-100_000..=100_000).contains(&year) {
        return Err(anyhow!("too far away"));
    }
    // Years begin in March, so that the day that comes and goes is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    Ok(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Year, month and day of a day since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}
