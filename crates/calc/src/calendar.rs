//! Working days and steps of days, weeks, months and years.
//!
//! Which holidays there are is the caller's business; no country's calendar is kept here.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Which days are not worked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// By weekday, Monday first.
    non_working_weekdays: [bool; 7],
    holidays: BTreeSet<Date>,
    /// Month and day of holidays that come back every year.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    yearly: BTreeSet<(i8, i8)>,
}

/// The unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PeriodUnit {
    /// Calendar days.
    Days,
    /// Seven days.
    Weeks,
    /// Calendar months; the end of a shorter month stands in for a missing day.
    Months,
    /// Twelve calendar months.
    Years,
}

/// So many days, weeks, months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How many units.
    pub count: u32,
    /// Of which length.
    pub unit: PeriodUnit,
}

/// A calendar that cannot be, or a date that cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// All seven weekdays are free.
    #[error("a calendar needs at least one working weekday")]
    NoWorkingWeekday,
    /// The date lies after the year 9999.
    #[error("{times} times {count} {unit:?} after {start} is beyond the calendar")]
    OutOfRange {
        /// Where the counting began.
        start: Date,
        /// How many periods were added.
        times: u32,
        /// The count of the period.
        count: u32,
        /// The unit of the period.
        unit: PeriodUnit,
    },
}

impl Calendar {
    /// The calendar without any free day.
    #[must_use]
    pub fn every_day_works() -> Calendar {
        Calendar::default()
    }

    /// A calendar with these free weekdays and these holidays.
    ///
    /// # Errors
    /// [`CalendarError::NoWorkingWeekday`] when no weekday is left to work on.
    pub fn try_new(
        non_working_weekdays: &[Weekday],
        holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Calendar, CalendarError> {
        let mut free = [false; 7];
        for &weekday in non_working_weekdays {
            free[place_of(weekday)] = true;
        }
        if free.iter().all(|&is_free| is_free) {
            return Err(CalendarError::NoWorkingWeekday);
        }
        let holidays = holidays.into_iter().collect();
        Ok(Calendar { non_working_weekdays: free, holidays, yearly: BTreeSet::new() })
    }

    /// The same calendar with holidays added: these days, and these that come back every year on
    /// their month and day. February 29th comes back in leap years.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use loam_calc::calendar::Calendar;
    ///
    /// let calendar = Calendar::every_day_works().with_holidays([], [date(2024, 12, 25)]);
    /// assert_eq!(calendar.next_working_day(date(2031, 12, 25)), date(2031, 12, 26));
    /// ```
    #[must_use]
    pub fn with_holidays(
        mut self,
        once: impl IntoIterator<Item = Date>,
        yearly: impl IntoIterator<Item = Date>,
    ) -> Calendar {
        self.holidays.extend(once);
        self.yearly.extend(yearly.into_iter().map(|day| (day.month(), day.day())));
        self
    }

    /// Whether no weekday and no holiday is free.
    #[must_use]
    pub fn has_no_free_days(&self) -> bool {
        self.holidays.is_empty() && self.yearly.is_empty() && self.non_working_weekdays == [false; 7]
    }

    /// Whether this day of every week is free.
    #[must_use]
    pub fn is_free_weekday(&self, weekday: Weekday) -> bool {
        self.non_working_weekdays[place_of(weekday)]
    }

    /// Whether this day is worked.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        !self.non_working_weekdays[place_of(day.weekday())]
            && !self.holidays.contains(&day)
            && !self.yearly.contains(&(day.month(), day.day()))
    }

    /// This day if it is worked, else the first later one that is.
    #[must_use]
    pub fn next_working_day(&self, day: Date) -> Date {
        let mut day = day;
        while !self.is_working_day(day) {
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
        }
        day
    }

    /// This day if it is worked, else the last earlier one that is.
    #[must_use]
    pub fn previous_working_day(&self, day: Date) -> Date {
        let mut day = day;
        while !self.is_working_day(day) {
            let Ok(previous) = day.yesterday() else {
                return day;
            };
            day = previous;
        }
        day
    }
}

impl Period {
    /// A period of so many units.
    #[must_use]
    pub const fn new(count: u32, unit: PeriodUnit) -> Period {
        Period { count, unit }
    }

    /// A period of so many months.
    #[must_use]
    pub const fn months(count: u32) -> Period {
        Period::new(count, PeriodUnit::Months)
    }

    /// The date `times` periods after `start`, counted in one go from `start`.
    ///
    /// Months are never counted from a date that was already shortened: from January 31st they lead
    /// to February 28th or 29th, March 31st, April 30th.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] beyond the year 9999.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use loam_calc::calendar::Period;
    ///
    /// assert_eq!(Period::months(1).add_times(date(2024, 1, 31), 1), Ok(date(2024, 2, 29)));
    /// assert_eq!(Period::months(1).add_times(date(2024, 1, 31), 2), Ok(date(2024, 3, 31)));
    /// ```
    #[inline]
    pub fn add_times(self, start: Date, times: u32) -> Result<Date, CalendarError> {
        self.steps_from(start, times).ok_or(CalendarError::OutOfRange {
            start,
            times,
            count: self.count,
            unit: self.unit,
        })
    }

    /// [`Period::add_times`] without the words of its error.
    #[inline]
    fn steps_from(self, start: Date, times: u32) -> Option<Date> {
        let steps = i64::from(self.count).checked_mul(i64::from(times))?;
        match self.unit {
            PeriodUnit::Days => add_days(start, steps),
            PeriodUnit::Weeks => add_days(start, steps.checked_mul(7)?),
            PeriodUnit::Months => add_months(start, steps),
            PeriodUnit::Years => add_months(start, steps.checked_mul(12)?),
        }
    }
}

/// Every so many months from an anchor, one date after the other, without dividing for each.
///
/// The same dates as [`Period::add_times`] gives: the day is always that of the anchor.
pub(crate) struct MonthSteps {
    year: i16,
    /// From zero.
    month: i8,
    day: i8,
    years_per_step: i16,
    months_per_step: i8,
}

impl MonthSteps {
    /// Steps of so many months, of which the first one leads to the anchor itself; `None` when a step
    /// leaves the calendar.
    pub(crate) fn from(anchor: Date, months: u32) -> Option<MonthSteps> {
        let years_per_step = i16::try_from(months / 12).ok()?;
        let months_per_step = i8::try_from(months % 12).expect("a rest by twelve is below twelve");
        let (year, month, day) = (anchor.year(), anchor.month() - 1, anchor.day());
        Some(MonthSteps { year, month, day, years_per_step, months_per_step })
    }

    /// The next date; `None` beyond the calendar.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Date> {
        let (year, month) = (self.year, self.month + 1);
        self.month += self.months_per_step;
        let carry = self.month >= 12;
        self.month -= if carry { 12 } else { 0 };
        // At the end of the calendar the year stays beyond it and every later date is none.
        self.year = year.saturating_add(self.years_per_step).saturating_add(i16::from(carry));
        let is_in_every_month = self.day <= 28;
        let day = if is_in_every_month { self.day } else { self.day.min(days_in_month(year, month)) };
        Date::new(year, month, day).ok()
    }
}

/// Adds days; `None` beyond the calendar.
pub fn add_days(start: Date, days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok().filter(|days| days.unsigned_abs() < 7_400_000)?;
    start.checked_add(jiff::Span::new().days(days)).ok()
}

/// Adds months; a day the month does not have becomes its last one.
#[inline]
fn add_months(start: Date, months: i64) -> Option<Date> {
    // 32 bits hold every month of the calendar, and divide by twelve much faster than 64.
    let months = i32::try_from(months).ok()?;
    let months = (i32::from(start.month()) - 1).checked_add(months)?;
    let year = i16::try_from(i32::from(start.year()) + months.div_euclid(12)).ok()?;
    let month = i8::try_from(months.rem_euclid(12) + 1).expect("a rest by twelve is below twelve");
    let is_in_every_month = start.day() <= 28;
    let day = if is_in_every_month { start.day() } else { start.day().min(days_in_month(year, month)) };
    Date::new(year, month, day).ok()
}

/// How many days a month has.
#[inline]
pub(crate) fn days_in_month(year: i16, month: i8) -> i8 {
    if month == 2 {
        let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return if is_leap { 29 } else { 28 };
    }
    // Odd months have 31 days until July, even ones from August on.
    30 + ((month ^ (month >> 3)) & 1)
}

fn place_of(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).expect("weekdays count from zero to six")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_are_counted_from_the_first_date() {
        let from_january: Vec<Date> = (1..=4)
            .map(|times| Period::months(1).add_times(date(2023, 1, 31), times).expect("it is valid"))
            .collect();
        assert_eq!(
            from_january,
            [date(2023, 2, 28), date(2023, 3, 31), date(2023, 4, 30), date(2023, 5, 31)]
        );
    }

    #[test]
    fn every_unit_steps_by_its_length() {
        let check = |count: u32, unit: PeriodUnit, times: u32, expected: Date| {
            assert_eq!(Period::new(count, unit).add_times(date(2024, 2, 29), times), Ok(expected));
        };
        check(10, PeriodUnit::Days, 3, date(2024, 3, 30));
        check(2, PeriodUnit::Weeks, 1, date(2024, 3, 14));
        check(1, PeriodUnit::Years, 1, date(2025, 2, 28));
        check(1, PeriodUnit::Years, 4, date(2028, 2, 29));
        check(7, PeriodUnit::Months, 0, date(2024, 2, 29));
    }

    #[test]
    fn months_have_the_days_of_the_calendar_library() {
        for year in [1900, 2000, 2023, 2024, 2100] {
            for month in 1..=12 {
                assert_eq!(
                    days_in_month(year, month),
                    date(year, month, 1).days_in_month(),
                    "{year}-{month}"
                );
            }
        }
    }

    #[test]
    fn stepping_by_months_gives_the_dates_that_counting_gives() {
        for (months, day) in [(1, 31), (2, 30), (5, 29), (12, 29), (13, 28), (30, 31)] {
            let anchor = date(2023, if day == 31 { 1 } else { 4 }, day);
            let mut steps = MonthSteps::from(anchor, months).expect("a small step");
            for times in 0..700 {
                assert_eq!(
                    steps.next(),
                    Period::months(months).add_times(anchor, times).ok(),
                    "{months} × {times}"
                );
            }
        }
        let mut last = MonthSteps::from(date(9999, 11, 30), 1).expect("a small step");
        let dates = [last.next(), last.next(), last.next(), last.next()];
        assert_eq!(dates, [Some(date(9999, 11, 30)), Some(date(9999, 12, 30)), None, None]);
    }

    #[test]
    fn a_date_beyond_the_calendar_is_an_error() {
        for unit in [PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years] {
            let error =
                Period::new(u32::MAX, unit).add_times(date(2024, 1, 1), u32::MAX).expect_err("it is refused");
            assert!(error.to_string().contains("after 2024-01-01"), "{error}");
        }
    }

    #[test]
    fn free_days_are_stepped_over_both_ways() {
        let christmas = [date(2023, 12, 25), date(2023, 12, 26)];
        let calendar =
            Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], christmas).expect("it is valid");
        assert_eq!(calendar.next_working_day(date(2023, 12, 23)), date(2023, 12, 27));
        assert_eq!(calendar.previous_working_day(date(2023, 12, 26)), date(2023, 12, 22));
        assert_eq!(calendar.next_working_day(date(2023, 12, 22)), date(2023, 12, 22));
        assert!(Calendar::every_day_works().is_working_day(date(2023, 12, 24)));
    }

    #[test]
    fn a_calendar_without_working_weekdays_is_refused() {
        let all: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
        assert_eq!(Calendar::try_new(&all, []), Err(CalendarError::NoWorkingWeekday));
    }
}
