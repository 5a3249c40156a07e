//! Day counts: which part of a year lies between two dates.
//!
//! Every period is half-open, `[from, to)`, so periods that touch never share a day and never need a "+ 1".

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A convention for the part of a year between two dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DayCount {
    /// Actual days ÷ 365, also in leap years.
    #[default]
    Actual365Fixed,
    /// Actual days ÷ 364, that is weeks ÷ 52.
    Actual364,
    /// Actual days ÷ 360.
    Actual360,
    /// Months of 30 days ÷ 360; the 31st counts as the 30th at both ends (ISDA 2006 §4.16(g), "30E/360").
    ThirtyE360,
    /// Months of 30 days ÷ 360 as in the United States, with the end-of-February rules (SIFMA "30/360 US").
    ThirtyUs360,
    /// Each day ÷ the length of the year in which it lies (ISDA 2006 §4.16(b), "Actual/Actual").
    ActualActualIsda,
    /// Each day ÷ the length of the year in which it ends, that is of the following midnight.
    ActualActualYearOfEnd,
    /// Actual days ÷ 366 when a February 29th lies after the first day or is the last one, else ÷ 365.
    ///
    /// It looks at a period as a whole, so parts of a period do not add up to it.
    ActualActualLeapDay,
}

/// How the time of an installment is measured when its interest is calculated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DaysMethod {
    /// By the dates, with the day count.
    #[default]
    ActualDays,
    /// By the nominal repayment period, whatever the dates are: every month is the same.
    RepaymentPeriodicity,
}

/// An exact part of a year, or of whatever the context counts. The denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fraction {
    /// Upper part.
    pub numerator: i128,
    /// Lower part, always positive; not necessarily in lowest terms.
    pub denominator: i128,
}

impl DayCount {
    /// The part of a year in `[from, to)`; negative when `to` is before `from`.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use loam_calc::day_count::DayCount;
    ///
    /// let january = DayCount::Actual365Fixed.year_fraction(date(2024, 1, 1), date(2024, 2, 1));
    /// assert_eq!((january.numerator, january.denominator), (31, 365));
    /// ```
    #[must_use]
    pub fn year_fraction(self, from: Date, to: Date) -> Fraction {
        let of = |numerator: i64, denominator: i64| Fraction {
            numerator: i128::from(numerator),
            denominator: i128::from(denominator),
        };
        match self {
            DayCount::Actual365Fixed => of(days_between(from, to), 365),
            DayCount::Actual364 => of(days_between(from, to), 364),
            DayCount::Actual360 => of(days_between(from, to), 360),
            DayCount::ThirtyE360 => of(thirty_e_days(from, to), 360),
            DayCount::ThirtyUs360 => of(thirty_us_days(from, to), 360),
            DayCount::ActualActualIsda => by_years(day_number(from), from.year(), day_number(to), to.year()),
            // A day ends at the midnight after it: shift both ends by one day and count as ISDA does.
            DayCount::ActualActualYearOfEnd => {
                let (from_next, to_next) = (year_of_next_day(from), year_of_next_day(to));
                by_years(day_number(from) + 1, from_next, day_number(to) + 1, to_next)
            }
            DayCount::ActualActualLeapDay => of(days_between(from, to), leap_day_year(from, to)),
        }
    }
}

/// Actual days in `[from, to)`; negative when `to` is before `from`.
#[inline]
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    day_number(to) - day_number(from)
}

/// The day counted from 1970-01-01.
///
/// Howard Hinnant's "days_from_civil": a year that begins in March has its leap day at the end, so
/// the days before a month follow one linear formula. Several times faster than a calendar span.
#[inline]
pub(crate) fn day_number(date: Date) -> i64 {
    // From March 1st of the year −10000 on everything is positive; jiff's years begin at −9999.
    const ERAS: u32 = 25;
    let month = u32::from(date.month().unsigned_abs());
    let is_before_march = month <= 2;
    let year = (i32::from(date.year()) + 400 * 25).unsigned_abs() - u32::from(is_before_march);
    let month_from_march = if is_before_march { month + 9 } else { month - 3 };
    let day_of_year = (153 * month_from_march + 2) / 5 + u32::from(date.day().unsigned_abs()) - 1;
    let centuries = year / 100;
    let days = year * 1461 / 4 - centuries + centuries / 4 + day_of_year;
    i64::from(days) - i64::from(719_468 + ERAS * 146_097)
}

/// 30E/360: 360·Δyears + 30·Δmonths + Δdays, with day 31 taken as 30.
fn thirty_e_days(from: Date, to: Date) -> i64 {
    thirty_days(from, i64::from(from.day()).min(30), to, i64::from(to.day()).min(30))
}

/// 30/360 US, the rules in their published order:
/// 1. both ends on the last day of February: the second becomes 30;
/// 2. the first on the last day of February: it becomes 30;
/// 3. the second on the 31st and the first on the 30th or 31st: the second becomes 30;
/// 4. the first on the 31st: it becomes 30.
fn thirty_us_days(from: Date, to: Date) -> i64 {
    let (mut from_day, mut to_day) = (i64::from(from.day()), i64::from(to.day()));
    if is_end_of_february(from) {
        if is_end_of_february(to) {
            to_day = 30;
        }
        from_day = 30;
    }
    if to_day == 31 && from_day >= 30 {
        to_day = 30;
    }
    thirty_days(from, from_day.min(30), to, to_day)
}

fn thirty_days(from: Date, from_day: i64, to: Date, to_day: i64) -> i64 {
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    (months(to) - months(from)) * 30 + to_day - from_day
}

fn is_end_of_february(date: Date) -> bool {
    date.month() == 2 && date.day() == date.days_in_month()
}

/// 366 when a February 29th lies after the earlier date, up to and including the later one, else 365.
fn leap_day_year(from: Date, to: Date) -> i64 {
    let (first, last) = (from.min(to), from.max(to));
    let has_leap_day =
        |year: i16| Date::new(year, 2, 29).is_ok_and(|leap_day| first < leap_day && leap_day <= last);
    if (first.year()..=last.year()).any(has_leap_day) { 366 } else { 365 }
}

fn year_of_next_day(date: Date) -> i16 {
    if date.month() == 12 && date.day() == 31 { date.year() + 1 } else { date.year() }
}

/// Days of common years ÷ 365 plus days of leap years ÷ 366, from one numbered day to another.
fn by_years(from: i64, from_year: i16, to: i64, to_year: i16) -> Fraction {
    let in_leap_years = leap_days_until(to, to_year) - leap_days_until(from, from_year);
    let in_common_years = (to - from) - in_leap_years;
    let (numerator, denominator) = match (in_common_years, in_leap_years) {
        (common, 0) => (common, 365),
        (0, leap) => (leap, 366),
        (common, leap) => (common * 366 + leap * 365, 365 * 366),
    };
    Fraction { numerator: i128::from(numerator), denominator }
}

/// How many days before this one, counted from March 1st of the year −10000, lie in leap years.
fn leap_days_until(day: i64, year: i16) -> i64 {
    let shifted = i64::from(year) + 10_000;
    let leap_years_before = (shifted + 3) / 4 - (shifted + 99) / 100 + (shifted + 399) / 400;
    let into_this_year = if is_leap(year) { day - first_day_of(shifted) } else { 0 };
    leap_years_before * 366 + into_this_year
}

/// The number of January 1st of the year 10,000 years before `shifted`.
fn first_day_of(shifted: i64) -> i64 {
    let leap_years_before = (shifted + 3) / 4 - (shifted + 99) / 100 + (shifted + 399) / 400;
    shifted * 365 + leap_years_before - 719_528 - 25 * 146_097
}

fn is_leap(year: i16) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn day_numbers_agree_with_the_calendar_library() {
        let epoch = date(1970, 1, 1);
        let mut day = date(1895, 12, 25);
        while day < date(2405, 3, 5) {
            let span = day.since(epoch).expect("it is valid");
            assert_eq!(day_number(day), i64::from(span.get_days()), "{day}");
            day = day.tomorrow().expect("it is valid");
        }
        for day in [Date::MIN, Date::MAX, date(-1, 3, 1), date(0, 2, 29)] {
            assert_eq!(
                day_number(day),
                i64::from(day.since(epoch).expect("it is valid").get_days()),
                "{day}"
            );
        }
    }

    #[test]
    fn a_day_at_a_time_adds_up_in_both_actual_actual_counts() {
        for count in [DayCount::ActualActualIsda, DayCount::ActualActualYearOfEnd] {
            let (from, to) = (date(2019, 11, 30), date(2025, 2, 1));
            let (mut day, mut sum) = (from, 0);
            while day < to {
                let next = day.tomorrow().expect("it is valid");
                let part = count.year_fraction(day, next);
                sum += part.numerator * (365 * 366 / part.denominator);
                day = next;
            }
            let whole = count.year_fraction(from, to);
            assert_eq!(sum, whole.numerator * (365 * 366 / whole.denominator), "{count:?}");
        }
    }

    #[test]
    fn backwards_is_the_same_with_a_minus() {
        for count in [DayCount::Actual360, DayCount::ThirtyE360, DayCount::ActualActualIsda] {
            let (from, to) = (date(2023, 12, 12), date(2024, 1, 12));
            assert_eq!(count.year_fraction(from, to).numerator, -count.year_fraction(to, from).numerator);
        }
    }
}
