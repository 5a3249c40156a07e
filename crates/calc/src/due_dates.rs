//! When the installments of a loan fall due.
//!
//! What falls due on those dates is not here; see [`crate::schedule`].

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, MonthSteps, Period, PeriodUnit, add_days, days_in_month};
use crate::schedule::ScheduleError;

/// How due dates follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DueDateMethod {
    /// Every so many days, weeks, months or years.
    Interval(Period),
    /// On the same days of every month.
    FixedDaysOfMonth {
        /// The days, 1 to 31, in any order.
        days: Vec<u8>,
        /// What happens in a month that has no such day.
        short_month: ShortMonth,
    },
    /// Every so many days, weeks, months or years, on the day of the week on which people meet: the
    /// first one that is not before the regular due date.
    Meeting {
        /// Between two regular due dates.
        period: Period,
        /// The day of the week.
        #[serde(with = "weekday_number")]
        weekday: Weekday,
    },
}

/// Where a fixed day goes in a month that does not have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ShortMonth {
    /// To the last day of that month.
    #[default]
    LastDayInMonth,
    /// To the first day of the next one.
    FirstDayOfNextMonth,
}

/// What happens to a due date on a free day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NonWorkingDays {
    /// Nothing: it stays.
    #[default]
    None,
    /// It moves to the next working day; the other due dates stay.
    NextWorkingDay,
    /// It moves to the previous working day; the other due dates stay.
    PreviousWorkingDay,
    /// It and all later ones move by one interval, so the loan ends later.
    ExtendSchedule,
}

/// Everything due dates depend on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDateTerms {
    /// How they follow each other.
    pub method: DueDateMethod,
    /// The disbursement date; every due date is after it.
    pub start: Date,
    /// The first due date when it was agreed; later ones are counted from it.
    pub first_due_date: Option<Date>,
    /// Days by which the default first due date is later. Without effect when `first_due_date` is given.
    pub first_offset_days: u32,
    /// How many due dates.
    pub count: u32,
    /// What happens on free days.
    pub non_working: NonWorkingDays,
}

/// More free due dates than this in a row mean that a working one never comes.
const FREE_IN_A_ROW_MAX: u32 = 1000;

/// The due dates of a loan, strictly increasing and all after the start.
///
/// The default first due date is the start plus one interval plus the offset. Without offset all
/// dates are counted from the start (31 Jan, 28 Feb, 31 Mar); with an offset or a given first due
/// date they are counted from the first due date. Fixed days begin with the first listed day that
/// is strictly after the start plus the offset.
///
/// Two due dates that would meet on one day because of free days do not: the later one goes to the
/// next working day after the earlier one.
///
/// # Errors
/// No installments, a due date that cannot be (not after the start, not a fixed day, beyond the year
/// 9999), days or intervals that make no sense, or a calendar in which no due date is ever worked.
///
/// ```
/// use jiff::civil::date;
/// use loam_calc::calendar::{Calendar, Period};
/// use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates};
///
/// let terms = DueDateTerms {
///     method: DueDateMethod::Interval(Period::months(1)),
///     start: date(2024, 1, 31),
///     first_due_date: None,
///     first_offset_days: 0,
///     count: 2,
///     non_working: NonWorkingDays::None,
/// };
/// let dates = due_dates(&terms, &Calendar::every_day_works());
/// assert_eq!(dates, Ok(vec![date(2024, 2, 29), date(2024, 3, 31)]));
/// ```
pub fn due_dates(terms: &DueDateTerms, calendar: &Calendar) -> Result<Vec<Date>, ScheduleError> {
    let mut dates = Vec::new();
    due_dates_into(terms, calendar, &mut dates)?;
    Ok(dates)
}

/// Like [`due_dates`], into a vector that is cleared first and whose memory is reused.
///
/// # Errors
/// As for [`due_dates`]; the content of `dates` is then unspecified.
pub fn due_dates_into(
    terms: &DueDateTerms,
    calendar: &Calendar,
    dates: &mut Vec<Date>,
) -> Result<(), ScheduleError> {
    dates.clear();
    check(terms)?;
    dates.reserve(usize::try_from(terms.count).expect("a count of 32 bits fits").min(4096));
    match &terms.method {
        DueDateMethod::Interval(period) => {
            let steps = IntervalSteps::try_new(*period, terms)?;
            collect(terms, calendar, steps, dates)
        }
        DueDateMethod::FixedDaysOfMonth { days, short_month } => {
            let steps = FixedDaySteps::try_new(days, *short_month, terms)?;
            collect(terms, calendar, steps, dates)
        }
        DueDateMethod::Meeting { period, weekday } => {
            let steps = MeetingSteps::try_new(*period, *weekday, terms)?;
            collect(terms, calendar, steps, dates)
        }
    }
}

/// How many due dates there are up to `last`, that day included; at most the count of the terms.
///
/// # Errors
/// As for [`due_dates`]. Due dates beyond the calendar are simply not counted.
///
/// ```
/// use jiff::civil::date;
/// use loam_calc::calendar::{Calendar, Period};
/// use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, count_until};
///
/// let terms = DueDateTerms {
///     method: DueDateMethod::Interval(Period::months(1)),
///     start: date(2024, 1, 31),
///     first_due_date: None,
///     first_offset_days: 0,
///     count: 100,
///     non_working: NonWorkingDays::None,
/// };
/// assert_eq!(count_until(&terms, &Calendar::every_day_works(), date(2024, 4, 29)), Ok(2));
/// assert_eq!(count_until(&terms, &Calendar::every_day_works(), date(2024, 4, 30)), Ok(3));
/// ```
pub fn count_until(terms: &DueDateTerms, calendar: &Calendar, last: Date) -> Result<u32, ScheduleError> {
    check(terms)?;
    match &terms.method {
        DueDateMethod::Interval(period) => {
            count_steps(terms, calendar, IntervalSteps::try_new(*period, terms)?, last)
        }
        DueDateMethod::FixedDaysOfMonth { days, short_month } => {
            count_steps(terms, calendar, FixedDaySteps::try_new(days, *short_month, terms)?, last)
        }
        DueDateMethod::Meeting { period, weekday } => {
            count_steps(terms, calendar, MeetingSteps::try_new(*period, *weekday, terms)?, last)
        }
    }
}

/// Moves the last of some due dates to the day that was agreed for it; the others stay.
///
/// The last period becomes longer. What that costs follows from how the schedule measures time: by
/// the dates there is interest for the added days, by the nominal period there is none.
///
/// # Errors
/// No due dates, or an agreed day before the regular one.
pub fn move_last(dates: &mut [Date], last_due_date: Date) -> Result<(), ScheduleError> {
    let last = dates.last_mut().ok_or(ScheduleError::NoInstallments)?;
    if *last > last_due_date {
        return Err(ScheduleError::RegularDatesEndLater { regular: *last, last_due_date });
    }
    *last = last_due_date;
    Ok(())
}

fn check(terms: &DueDateTerms) -> Result<(), ScheduleError> {
    if terms.count == 0 {
        return Err(ScheduleError::NoInstallments);
    }
    match terms.first_due_date {
        Some(first) if first <= terms.start => {
            Err(ScheduleError::FirstDueDateNotAfterStart { first_due_date: first, start: terms.start })
        }
        Some(_) | None => Ok(()),
    }
}

fn count_steps(
    terms: &DueDateTerms,
    calendar: &Calendar,
    mut steps: impl Steps,
    last: Date,
) -> Result<u32, ScheduleError> {
    let mut previous = terms.start;
    for counted in 0..terms.count {
        match next_after(previous, terms.non_working, calendar, &mut steps) {
            Ok(date) if date <= last => previous = date,
            Ok(_) | Err(ScheduleError::DueDateBeyondCalendar { .. } | ScheduleError::Calendar(_)) => {
                return Ok(counted);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(terms.count)
}

/// Takes as many steps as there are due dates and moves those that fall on free days.
fn collect(
    terms: &DueDateTerms,
    calendar: &Calendar,
    mut steps: impl Steps,
    dates: &mut Vec<Date>,
) -> Result<(), ScheduleError> {
    let moves = terms.non_working != NonWorkingDays::None && !calendar.has_no_free_days();
    if !moves {
        return steps.fill(terms.count, dates);
    }
    let mut previous = terms.start;
    for _ in 0..terms.count {
        previous = next_after(previous, terms.non_working, calendar, &mut steps)?;
        dates.push(previous);
    }
    Ok(())
}

/// The next step, moved if it falls on a free day, and always after the due date before it.
fn next_after(
    previous: Date,
    non_working: NonWorkingDays,
    calendar: &Calendar,
    steps: &mut impl Steps,
) -> Result<Date, ScheduleError> {
    let date = steps.next()?;
    let date = match non_working {
        NonWorkingDays::None => date,
        NonWorkingDays::NextWorkingDay => calendar.next_working_day(date),
        NonWorkingDays::PreviousWorkingDay => calendar.previous_working_day(date),
        NonWorkingDays::ExtendSchedule => first_worked(date, calendar, steps)?,
    };
    if date > previous {
        return Ok(date);
    }
    let after = add_days(previous, 1).ok_or(ScheduleError::DueDateBeyondCalendar { after: previous })?;
    Ok(calendar.next_working_day(after))
}

/// This step, or the first later one, that is a working day.
fn first_worked(date: Date, calendar: &Calendar, steps: &mut impl Steps) -> Result<Date, ScheduleError> {
    let first = date;
    let mut date = date;
    for _ in 0..FREE_IN_A_ROW_MAX {
        if calendar.is_working_day(date) {
            return Ok(date);
        }
        date = steps.next()?;
    }
    Err(ScheduleError::NoWorkingDueDate { from: first })
}

/// Unadjusted due dates, one after the other, without end.
trait Steps {
    fn next(&mut self) -> Result<Date, ScheduleError>;

    /// Appends the next `count` dates.
    fn fill(&mut self, count: u32, dates: &mut Vec<Date>) -> Result<(), ScheduleError> {
        for _ in 0..count {
            dates.push(self.next()?);
        }
        Ok(())
    }
}

/// Counted from an anchor: never from the date before, which a short month may have shortened.
struct IntervalSteps {
    period: Period,
    anchor: Date,
    times: u32,
}

impl IntervalSteps {
    fn try_new(period: Period, terms: &DueDateTerms) -> Result<IntervalSteps, ScheduleError> {
        if period.count == 0 {
            return Err(ScheduleError::PeriodIsZero);
        }
        if let Some(first) = terms.first_due_date {
            return Ok(IntervalSteps { period, anchor: first, times: 0 });
        }
        if terms.first_offset_days == 0 {
            return Ok(IntervalSteps { period, anchor: terms.start, times: 1 });
        }
        let unmoved = period.add_times(terms.start, 1)?;
        let anchor = add_days(unmoved, i64::from(terms.first_offset_days))
            .ok_or(ScheduleError::DueDateBeyondCalendar { after: unmoved })?;
        Ok(IntervalSteps { period, anchor, times: 0 })
    }
}

impl Steps for IntervalSteps {
    #[inline]
    fn next(&mut self) -> Result<Date, ScheduleError> {
        let date = self.period.add_times(self.anchor, self.times)?;
        self.times += 1;
        Ok(date)
    }

    /// Monthly due dates are nearly all there are, so they have a shorter way to the same dates.
    fn fill(&mut self, count: u32, dates: &mut Vec<Date>) -> Result<(), ScheduleError> {
        let months = if self.period.unit == PeriodUnit::Months { Some(self.period.count) } else { None };
        if let Some(mut steps) = months.and_then(|months| MonthSteps::from(self.anchor, months)) {
            for _ in 0..self.times {
                steps.next();
            }
            let before = dates.len();
            dates.extend((0..count).map_while(|_| steps.next()));
            let filled = u32::try_from(dates.len() - before).expect("at most the count");
            self.times += filled;
            if filled == count {
                return Ok(());
            }
        }
        for _ in 0..count {
            dates.push(self.next()?);
        }
        Ok(())
    }
}

/// Regular due dates, each moved to the next meeting.
struct MeetingSteps {
    regular: IntervalSteps,
    weekday: Weekday,
    /// Two regular due dates before one meeting do not share it.
    last: Date,
}

impl MeetingSteps {
    fn try_new(
        period: Period,
        weekday: Weekday,
        terms: &DueDateTerms,
    ) -> Result<MeetingSteps, ScheduleError> {
        if let Some(first_due_date) = terms.first_due_date.filter(|first| first.weekday() != weekday) {
            return Err(ScheduleError::FirstDueDateNotAMeetingDay { first_due_date });
        }
        Ok(MeetingSteps { regular: IntervalSteps::try_new(period, terms)?, weekday, last: terms.start })
    }
}

impl Steps for MeetingSteps {
    fn next(&mut self) -> Result<Date, ScheduleError> {
        let regular = self.regular.next()?;
        let beyond = ScheduleError::DueDateBeyondCalendar { after: self.last };
        let earliest = self.last.tomorrow().map_err(|_| beyond.clone())?.max(regular);
        let days = i64::from(earliest.weekday().until(self.weekday));
        self.last = add_days(earliest, days).ok_or(beyond)?;
        Ok(self.last)
    }
}

mod weekday_number {
    //! Weekdays as 1 for Monday to 7 for Sunday.

    use jiff::civil::Weekday;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
        day.to_monday_one_offset().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        let number = i8::deserialize(deserializer)?;
        Weekday::from_monday_one_offset(number).map_err(serde::de::Error::custom)
    }
}

/// The listed days of one month after the other.
struct FixedDaySteps {
    /// Bit `d` is set when day `d` is listed.
    days: u32,
    short_month: ShortMonth,
    year: i16,
    month: i8,
    day: u8,
    /// Only dates after this one count; a moved day may meet a listed one.
    last: Date,
}

impl FixedDaySteps {
    fn try_new(
        days: &[u8],
        short_month: ShortMonth,
        terms: &DueDateTerms,
    ) -> Result<FixedDaySteps, ScheduleError> {
        let mut listed: u32 = 0;
        for &day in days {
            if !(1..=31).contains(&day) {
                return Err(ScheduleError::NotADayOfMonth { day });
            }
            listed |= 1 << day;
        }
        if listed == 0 {
            return Err(ScheduleError::NoFixedDays);
        }
        let beyond = ScheduleError::DueDateBeyondCalendar { after: terms.start };
        let last = match terms.first_due_date {
            Some(first) => first.yesterday().expect("it is after the start"),
            None => add_days(terms.start, i64::from(terms.first_offset_days)).ok_or(beyond)?,
        };
        // One month earlier, for the 31st of that month may be the 1st of this one.
        let (year, month) =
            if last.month() == 1 { (last.year() - 1, 12) } else { (last.year(), last.month() - 1) };
        let steps = FixedDaySteps { days: listed, short_month, year, month, day: 0, last };
        match terms.first_due_date {
            Some(first) => steps.starting_on(first),
            None => Ok(steps),
        }
    }

    /// Refuses a first due date that the listed days do not give.
    fn starting_on(self, first_due_date: Date) -> Result<FixedDaySteps, ScheduleError> {
        let mut probe = FixedDaySteps { ..self };
        if probe.next()? != first_due_date {
            return Err(ScheduleError::FirstDueDateNotAFixedDay { first_due_date });
        }
        Ok(self)
    }

    /// The next listed day as a date, whether or not it was there before; `None` beyond the calendar.
    fn candidate(&mut self) -> Option<Date> {
        loop {
            self.day += 1;
            if self.day > 31 {
                (self.year, self.month) = following_month(self.year, self.month);
                self.day = 1;
            }
            if self.days & (1 << self.day) != 0 {
                return self.resolved();
            }
        }
    }

    fn resolved(&self) -> Option<Date> {
        let length = days_in_month(self.year, self.month);
        let day = i8::try_from(self.day).expect("a listed day is at most 31");
        if day <= length {
            return Date::new(self.year, self.month, day).ok();
        }
        match self.short_month {
            ShortMonth::LastDayInMonth => Date::new(self.year, self.month, length).ok(),
            ShortMonth::FirstDayOfNextMonth => {
                let (year, month) = following_month(self.year, self.month);
                Date::new(year, month, 1).ok()
            }
        }
    }
}

impl Steps for FixedDaySteps {
    fn next(&mut self) -> Result<Date, ScheduleError> {
        loop {
            let date = self.candidate().ok_or(ScheduleError::DueDateBeyondCalendar { after: self.last })?;
            if date > self.last {
                self.last = date;
                return Ok(date);
            }
        }
    }
}

fn following_month(year: i16, month: i8) -> (i16, i8) {
    if month == 12 { (year + 1, 1) } else { (year, month + 1) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_due_date_moves_later_and_never_earlier() {
        let mut dates = [date(2014, 7, 23), date(2014, 8, 23)];
        assert_eq!(move_last(&mut dates, date(2014, 9, 1)), Ok(()));
        assert_eq!(dates, [date(2014, 7, 23), date(2014, 9, 1)]);
        let error = move_last(&mut dates, date(2014, 8, 31)).expect_err("it would be earlier");
        assert_eq!(error.to_string(), "the regular due dates end on 2014-09-01, after 2014-08-31");
        assert_eq!(move_last(&mut [], date(2014, 8, 31)), Err(ScheduleError::NoInstallments));
    }

    #[test]
    fn due_dates_beyond_the_calendar_are_not_counted() {
        let terms = DueDateTerms {
            method: DueDateMethod::Interval(Period::months(1)),
            start: date(9999, 10, 15),
            first_due_date: None,
            first_offset_days: 0,
            count: 100,
            non_working: NonWorkingDays::None,
        };
        assert_eq!(count_until(&terms, &Calendar::every_day_works(), Date::MAX), Ok(2));
    }
}
