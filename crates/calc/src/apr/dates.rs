//! From dates to the time that annual rates are counted in: unit periods and years.

use jiff::Span;
use jiff::civil::Date;

use crate::day_count::{Fraction, days_between};

/// The interval of payments that an actuarial rate is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitPeriod {
    /// So many days.
    Days(u32),
    /// So many weeks.
    Weeks(u32),
    /// Twice a month.
    HalfMonth,
    /// So many months.
    Months(u32),
}

impl UnitPeriod {
    /// How many of them a year has, rounded down, at least one.
    #[must_use]
    pub fn per_year(self) -> u32 {
        let count = match self {
            UnitPeriod::Days(days) => 365 / days.max(1),
            UnitPeriod::Weeks(weeks) => 52 / weeks.max(1),
            UnitPeriod::HalfMonth => 24,
            UnitPeriod::Months(months) => 12 / months.max(1),
        };
        count.max(1)
    }
}

/// Full unit periods and the part of one between two days, by Appendix J (b)(5): full ones are
/// counted back from the later day, and the days that are left are parts of a period of 30 days a
/// month (15 for half a month, 365 for a year).
#[must_use]
pub fn unit_periods_between(from: Date, to: Date, unit: UnitPeriod) -> (u32, Fraction) {
    match unit {
        UnitPeriod::Days(days) => by_days(days_between(from, to), days),
        UnitPeriod::Weeks(weeks) => by_days(days_between(from, to), weeks.saturating_mul(7)),
        UnitPeriod::HalfMonth => by_half_months(from, to),
        UnitPeriod::Months(months) => by_months(from, to, i64::from(months.max(1))),
    }
}

fn by_days(days: i64, period: u32) -> (u32, Fraction) {
    split(days, i64::from(period.max(1)))
}

fn by_half_months(from: Date, to: Date) -> (u32, Fraction) {
    let (months, days) = months_back(from, to);
    split(months * 30 + days.min(29), 15)
}

fn by_months(from: Date, to: Date, length: i64) -> (u32, Fraction) {
    let (months, days) = months_back(from, to);
    let (periods, rest) = (months / length, months % length);
    let whole = u32::try_from(periods).expect("the years of a calendar are few");
    if length == 12 {
        // Of a year, every day that is left is one of 365.
        let year_back = back(to, periods * 12);
        let days = days_between(from, year_back).min(364);
        return (whole, Fraction { numerator: i128::from(days), denominator: 365 });
    }
    // The 30th day of a month that is left would be one more month; it never is.
    let days = rest * 30 + days.min(29);
    (whole, Fraction { numerator: i128::from(days), denominator: i128::from(length * 30) })
}

/// Whole parts and the rest over the length of a part.
fn split(count: i64, length: i64) -> (u32, Fraction) {
    let whole = u32::try_from(count / length).expect("the days of a calendar are few");
    (whole, Fraction { numerator: i128::from(count % length), denominator: i128::from(length) })
}

/// Years between two days, by directive 2008/48/EC, Annex I: equal months of a twelfth, counted back
/// from the later day, and for the days that are left 365, or 366 where the year before the day they
/// end on has a 29 February.
#[must_use]
pub fn years_between(from: Date, to: Date) -> Fraction {
    let (months, days) = months_back(from, to);
    let year: i64 = if has_leap_day(back(to, months)) { 366 } else { 365 };
    Fraction { numerator: i128::from(months * year + days * 12), denominator: i128::from(12 * year) }
}

/// Whole months counted back from the later day, and the days before them. From the end of a longer
/// month to the end of a shorter one is whole months too.
fn months_back(from: Date, to: Date) -> (i64, i64) {
    let mut months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    if back(from, -months) == to {
        return (months, 0);
    }
    if back(to, months) < from {
        months -= 1;
    }
    (months, days_between(from, back(to, months)))
}

fn back(day: Date, months: i64) -> Date {
    let span = Span::new().try_months(months);
    span.and_then(|span| day.checked_sub(span)).unwrap_or(Date::MIN)
}

/// Whether the year that ends with this day has a 29 February.
fn has_leap_day(last: Date) -> bool {
    let leap_day = |year: i16| Date::new(year, 2, 29).ok();
    let in_year = leap_day(last.year()).filter(|day| *day <= last);
    let before = leap_day(last.year() - 1).filter(|day| *day > back(last, 12));
    in_year.or(before).is_some()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn parts(from: Date, to: Date, unit: UnitPeriod) -> (u32, i128, i128) {
        let (whole, fraction) = unit_periods_between(from, to, unit);
        (whole, fraction.numerator, fraction.denominator)
    }

    #[test]
    fn unit_periods_of_the_examples_of_appendix_j() {
        let month = UnitPeriod::Months(1);
        assert_eq!(parts(date(1978, 1, 10), date(1978, 2, 10), month), (1, 0, 30));
        assert_eq!(parts(date(1978, 2, 10), date(1978, 4, 1), month), (1, 19, 30));
        assert_eq!(parts(date(1978, 2, 23), date(1978, 3, 1), UnitPeriod::HalfMonth), (0, 6, 15));
        assert_eq!(parts(date(1978, 5, 23), date(1978, 10, 1), UnitPeriod::Months(3)), (1, 39, 90));
        assert_eq!(parts(date(1978, 3, 20), date(1978, 4, 21), UnitPeriod::Weeks(1)), (4, 4, 7));
        assert_eq!(parts(date(1978, 3, 18), date(1978, 4, 20), UnitPeriod::Weeks(4)), (1, 5, 28));
    }

    #[test]
    fn years_are_equal_months_and_days_of_their_year() {
        let years = |from, to| {
            let years = years_between(from, to);
            (years.numerator, years.denominator)
        };
        assert_eq!(years(date(2011, 1, 31), date(2011, 2, 28)), (365, 12 * 365));
        assert_eq!(years(date(2014, 1, 15), date(2014, 4, 20)), (3 * 365 + 5 * 12, 12 * 365));
        // The five days end on 20 March 2012, whose year back holds 29 February 2012.
        assert_eq!(years(date(2012, 3, 15), date(2012, 3, 20)), (5 * 12, 12 * 366));
        assert_eq!(years(date(2012, 2, 20), date(2012, 2, 25)), (5 * 12, 12 * 365));
    }
}
