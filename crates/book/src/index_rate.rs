//! Index rates: what the rates of loans follow, and when the loans look at them again.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::calendar::{Period, PeriodUnit};
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;

/// A rate of an index, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRate {
    /// The first day on which it counts.
    pub start_date: Date,
    pub rate: Rate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// What the rates of a source are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IndexRateKind {
    #[default]
    InterestRate,
    TaxRate,
    WithholdingTaxRate,
}

/// An index and its rates so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRateSource {
    pub key: Key,
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub kind: IndexRateKind,
    pub notes: Option<String>,
    /// In the order of their days, no two on one day.
    pub rates: Vec<IndexRate>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl IndexRateSource {
    /// The rate that counts on a day: the last one that has begun by then.
    pub fn rate_on(&self, date: Date) -> Option<Rate> {
        self.rates.iter().rev().find(|rate| rate.start_date <= date).map(|rate| rate.rate)
    }

    /// Whether each rate begins after the one before.
    pub fn is_ordered(&self) -> bool {
        self.rates.is_sorted_by(|one, next| one.start_date < next.start_date)
    }
}

/// A rate that an index cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexRateError {
    #[error("{start_date} is not after {last}, from which the last rate counts")]
    NotAfterLast { start_date: Date, last: Date },
    #[error("{start_date} is before the business date {business_date}")]
    InThePast { start_date: Date, business_date: Date },
}

impl IndexRateSource {
    /// The index with one more rate. The first one may begin in the past; a later one begins after
    /// those before it, today or in the future. A loan that looked at the index today already has
    /// found what counted until then.
    ///
    /// # Errors
    /// A rate that begins too early.
    pub fn with_rate(&self, rate: IndexRate, business_date: Date) -> Result<IndexRateSource, IndexRateError> {
        let start_date = rate.start_date;
        if let Some(last) = self.rates.last() {
            if start_date <= last.start_date {
                return Err(IndexRateError::NotAfterLast { start_date, last: last.start_date });
            }
            if start_date < business_date {
                return Err(IndexRateError::InThePast { start_date, business_date });
            }
        }
        let mut source = self.clone();
        source.rates.push(rate);
        Ok(source)
    }
}

/// A rate, not less than the floor and not more than the ceiling.
pub fn within(rate: Rate, floor: Option<Rate>, ceiling: Option<Rate>) -> Rate {
    let raised = floor.map_or(rate, |floor| rate.max(floor));
    ceiling.map_or(raised, |ceiling| raised.min(ceiling))
}

/// The first day after `after` on which a loan looks at its index anew: every so often after the day
/// it was paid out, counted from that day. `None`: never.
pub fn next_review(paid_out: Date, every: Period, after: Date) -> Option<Date> {
    if every.count == 0 {
        return None;
    }
    let first = reviews_by(paid_out, every, after).max(1);
    let mut reviews = (first..).map_while(|times| every.add_times(paid_out, times).ok());
    reviews.find(|date| *date > paid_out && *date > after)
}

/// How many reviews are over by a day, at least: as if every unit were as long as the longest.
fn reviews_by(paid_out: Date, every: Period, day: Date) -> u32 {
    let longest = match every.unit {
        PeriodUnit::Days => 1,
        PeriodUnit::Weeks => 7,
        PeriodUnit::Months => 31,
        PeriodUnit::Years => 366,
    };
    let days = i64::from(paid_out.until(day).map_or(0, |span| span.get_days()));
    let reviews = days / (longest * i64::from(every.count)).max(1);
    u32::try_from(reviews).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use loam_calc::calendar::PeriodUnit;

    use super::*;
    use crate::ids::Part;

    fn percent(text: &str) -> Rate {
        Rate::parse_percent(text).expect("it is a percentage")
    }

    fn source(rates: &[(Date, &str)]) -> IndexRateSource {
        let rate = |(start_date, rate): &(Date, &str)| IndexRate {
            start_date: *start_date,
            rate: percent(rate),
            notes: None,
        };
        IndexRateSource {
            key: Key::entity(Part::new(0), 0, 1),
            id: "PRIME".into(),
            name: "Prime".into(),
            kind: IndexRateKind::InterestRate,
            notes: None,
            rates: rates.iter().map(rate).collect(),
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_last_rate_that_has_begun_counts() {
        let source = source(&[(date(2024, 1, 1), "3"), (date(2024, 7, 1), "4.5")]);
        assert_eq!(source.rate_on(date(2023, 12, 31)), None);
        assert_eq!(source.rate_on(date(2024, 1, 1)), Some(percent("3")));
        assert_eq!(source.rate_on(date(2024, 6, 30)), Some(percent("3")));
        assert_eq!(source.rate_on(date(2024, 7, 1)), Some(percent("4.5")));
    }

    #[test]
    fn two_rates_do_not_begin_on_one_day() {
        assert!(source(&[(date(2024, 1, 1), "3"), (date(2024, 7, 1), "3")]).is_ordered());
        assert!(!source(&[(date(2024, 1, 1), "3"), (date(2024, 1, 1), "4")]).is_ordered());
    }

    #[test]
    fn a_rate_is_added_behind_the_others_and_not_in_the_past() {
        let today = date(2024, 6, 1);
        let rate = |start_date| IndexRate { start_date, rate: percent("5"), notes: None };
        let first = source(&[]).with_rate(rate(date(2020, 1, 1)), today).expect("the first one may be old");
        let past = IndexRateError::InThePast { start_date: date(2024, 5, 31), business_date: today };
        assert_eq!(first.with_rate(rate(date(2024, 5, 31)), today), Err(past));
        let second = first.with_rate(rate(today), today).expect("it begins today");
        let twice = IndexRateError::NotAfterLast { start_date: today, last: today };
        assert_eq!(second.with_rate(rate(today), today), Err(twice));
        assert!(second.is_ordered());
    }

    #[test]
    fn floor_and_ceiling_hold_a_rate_between_them() {
        let held = |text| within(percent(text), Some(percent("2")), Some(percent("5")));
        assert_eq!([held("1"), held("3"), held("9")], [percent("2"), percent("3"), percent("5")]);
    }

    #[test]
    fn reviews_are_counted_from_the_disbursement() {
        let every = Period::new(1, PeriodUnit::Months);
        let next = |after| next_review(date(2024, 1, 31), every, after);
        assert_eq!(next(date(2023, 1, 1)), Some(date(2024, 2, 29)));
        assert_eq!(next(date(2024, 2, 29)), Some(date(2024, 3, 31)));
        assert_eq!(next(date(2024, 4, 1)), Some(date(2024, 4, 30)));
        assert_eq!(next(date(2064, 2, 28)), Some(date(2064, 2, 29)));
        assert_eq!(next_review(date(2024, 1, 31), Period::months(0), date(2024, 1, 31)), None);
        assert_eq!(next(Date::MAX), None);
    }

    #[test]
    fn each_review_follows_the_one_before_it_whatever_the_unit() {
        for unit in [PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years] {
            let (every, start) = (Period::new(3, unit), date(2023, 11, 30));
            let mut day = start;
            for times in 1..200 {
                day = next_review(start, every, day).expect("there is one more");
                assert_eq!(Ok(day), every.add_times(start, times));
            }
        }
    }
}
