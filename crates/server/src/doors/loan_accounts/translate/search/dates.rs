//! Elements of dates. Weeks begin on Monday; the last days end today.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use loam_app::search::{Test, Value};

use super::{Code, DoorError, Fields, Today, day, days_before};

/// Days from one to another, both included; without an end, all of them on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    from: Option<Date>,
    to: Option<Date>,
}

/// The days that an element names; `None` for one that is not for dates. Relative ones count from
/// the day in UTC where the selection is an instant, else from the business date.
pub(super) fn range(
    element: &str,
    stated: &Fields<'_>,
    utc: Option<Date>,
    today: Today,
) -> Result<Option<Days>, DoorError> {
    let today = utc.unwrap_or(today.business_date);
    let value = || day(stated, "value", Code::InvalidFilterValue);
    let between = |from, to| Days { from: Some(from), to: Some(to) };
    let beyond = || DoorError::at(Code::InvalidFilterValue, "value");
    Ok(Some(match element {
        "ON" => {
            let day = value()?;
            between(day, day)
        }
        "AFTER" => Days { from: Some(value()?.tomorrow().map_err(|_| beyond())?), to: None },
        "BEFORE" => Days { from: None, to: Some(value()?.yesterday().map_err(|_| beyond())?) },
        "BETWEEN" => between(value()?, day(stated, "secondValue", Code::InvalidFilterSecondValue)?),
        "TODAY" => between(today, today),
        "THIS_WEEK" => {
            let monday = days_before(today, i64::from(today.weekday().to_monday_zero_offset()));
            let monday = monday.ok_or_else(beyond)?;
            between(monday, monday.checked_add(6.days()).map_err(|_| beyond())?)
        }
        "THIS_MONTH" => between(today.first_of_month(), today.last_of_month()),
        "THIS_YEAR" => between(today.first_of_year(), today.last_of_year()),
        "LAST_DAYS" => {
            let count: i64 =
                stated.text("value")?.and_then(|text| text.trim().parse().ok()).ok_or_else(beyond)?;
            if !(1..=1_000_000).contains(&count) {
                return Err(beyond());
            }
            between(days_before(today, count - 1).ok_or_else(beyond)?, today)
        }
        _ => return Ok(None),
    }))
}

impl Days {
    /// As a test of dates, or of instants in UTC.
    pub(super) fn test(self, is_instant: bool) -> Test {
        let from = self.from.map(|from| if is_instant { start_of(from) } else { Value::Date(from) });
        let to = self.to.map(|to| if is_instant { end_of(to) } else { Value::Date(to) });
        match (from, to) {
            (Some(from), Some(to)) => Test::Between(from, to),
            (Some(from), None) => Test::Between(
                from,
                if is_instant { Value::Instant(Timestamp::MAX) } else { Value::Date(Date::MAX) },
            ),
            (None, Some(to)) => Test::Between(
                if is_instant { Value::Instant(Timestamp::MIN) } else { Value::Date(Date::MIN) },
                to,
            ),
            (None, None) => Test::NotEmpty,
        }
    }
}

fn start_of(day: Date) -> Value {
    Value::Instant(day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |midnight| midnight.timestamp()))
}

/// The last microsecond of the day: instants are kept so exactly.
fn end_of(day: Date) -> Value {
    let last = Time::constant(23, 59, 59, 999_999_000);
    let instant = day.to_datetime(last).to_zoned(TimeZone::UTC);
    Value::Instant(instant.map_or(Timestamp::MAX, |instant| instant.timestamp()))
}
