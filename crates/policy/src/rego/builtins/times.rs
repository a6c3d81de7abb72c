//! `time.add_date`, as Go's templates have it.

use anyhow::{Result, anyhow};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kubescape_gotemplate::sprig::dates::add_date;
use regorus::{Engine, Value};

use super::{add, argument};

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "kubescape_time_add_date", 4, |arguments| {
        let whole = |index: usize| -> Result<i64> { argument(arguments, index)?.as_i64() };
        let from = Timestamp::from_nanosecond(whole(0)?.into())?.to_zoned(TimeZone::UTC);
        let moment = add_date(&from, whole(1)?, whole(2)?, whole(3)?);
        let moment = moment.ok_or_else(|| anyhow!("too far away"))?;
        Ok(Value::from(i64::try_from(moment.as_nanosecond())?))
    })
}
