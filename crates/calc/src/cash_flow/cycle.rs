//! Days that follow each other, and where they go when nobody works.

use jiff::civil::Date;

use crate::calendar::{Calendar, Period, PeriodUnit};

/// What happens to the last period when the end is not one of the regular days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stub {
    /// It is short: the last regular day before the end stays.
    #[default]
    Short,
    /// It is long: the last regular day before the end is left out.
    Long,
}

/// A day and those that follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// The first day.
    pub first: Date,
    /// How long until the next; `None`: there is no next.
    pub every: Option<Period>,
    /// How the last period ends.
    pub stub: Stub,
    /// From the end of a month only to ends of months, if the period is months or years.
    pub end_of_month: bool,
}

/// Where a day goes that is not worked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Move {
    /// Nowhere.
    #[default]
    Stay,
    /// To the next working day.
    Next,
    /// To the previous working day.
    Previous,
    /// To the next working day, or, where that lies in another month, to the previous one.
    NextWithinMonth,
    /// To the previous working day, or, where that lies in another month, to the next one.
    PreviousWithinMonth,
}

impl Cycle {
    /// The days before `end`, in order; `end` itself is not among them.
    #[must_use]
    pub fn days_before(&self, end: Date) -> Vec<Date> {
        let mut days: Vec<Date> = self.days().take_while(|day| *day <= end).collect();
        let ends_regularly = days.last() == Some(&end);
        if ends_regularly || (self.stub == Stub::Long && self.every.is_some()) {
            days.pop();
        }
        days
    }

    /// The days without an end.
    pub fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let cycle = *self;
        let from_month_end = cycle.end_of_month && cycle.first == cycle.first.last_of_month();
        (0_u32..).map_while(move |times| {
            let Some(every) = cycle.every else { return (times == 0).then_some(cycle.first) };
            let day = every.add_times(cycle.first, times).ok()?;
            Some(match every.unit {
                PeriodUnit::Months | PeriodUnit::Years if from_month_end => day.last_of_month(),
                PeriodUnit::Days | PeriodUnit::Weeks | PeriodUnit::Months | PeriodUnit::Years => day,
            })
        })
    }
}

impl Move {
    /// The day to which `day` goes.
    #[must_use]
    pub fn apply(self, day: Date, calendar: &Calendar) -> Date {
        let (next, previous) = (calendar.next_working_day(day), calendar.previous_working_day(day));
        let in_month = |other: Date| other.first_of_month() == day.first_of_month();
        match self {
            Move::Stay => day,
            Move::Next => next,
            Move::Previous => previous,
            Move::NextWithinMonth if in_month(next) => next,
            Move::NextWithinMonth => previous,
            Move::PreviousWithinMonth if in_month(previous) => previous,
            Move::PreviousWithinMonth => next,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};

    use super::*;

    fn monthly(first: Date, stub: Stub, end_of_month: bool) -> Cycle {
        Cycle { first, every: Some(Period::months(1)), stub, end_of_month }
    }

    #[test]
    fn a_long_stub_leaves_the_last_regular_day_out_only_when_the_end_is_irregular() {
        let first = date(2013, 1, 10);
        let days = |stub, end| monthly(first, stub, false).days_before(end).len();
        assert_eq!(days(Stub::Long, date(2013, 4, 10)), 3);
        assert_eq!(days(Stub::Short, date(2013, 4, 10)), 3);
        assert_eq!(days(Stub::Long, date(2013, 4, 9)), 2);
        assert_eq!(days(Stub::Short, date(2013, 4, 9)), 3);
        let once = Cycle { first, every: None, stub: Stub::Long, end_of_month: false };
        assert_eq!(once.days_before(date(2013, 4, 9)), [first]);
    }

    #[test]
    fn ends_of_months_follow_the_end_of_a_month() {
        let third = |first, end_of_month| monthly(first, Stub::Short, end_of_month).days().nth(2);
        assert_eq!(third(date(2013, 2, 28), true), Some(date(2013, 4, 30)));
        assert_eq!(third(date(2013, 2, 28), false), Some(date(2013, 4, 28)));
        assert_eq!(third(date(2013, 1, 30), true), Some(date(2013, 3, 30)));
    }

    #[test]
    fn a_day_that_moves_within_its_month_stays_in_it() {
        let weekend = Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], []).unwrap();
        let moved = |way: Move, day| way.apply(day, &weekend);
        // 2013-03-31 and 2013-09-01 are Sundays.
        assert_eq!(moved(Move::Next, date(2013, 3, 31)), date(2013, 4, 1));
        assert_eq!(moved(Move::NextWithinMonth, date(2013, 3, 31)), date(2013, 3, 29));
        assert_eq!(moved(Move::Previous, date(2013, 9, 1)), date(2013, 8, 30));
        assert_eq!(moved(Move::PreviousWithinMonth, date(2013, 9, 1)), date(2013, 9, 2));
        assert_eq!(moved(Move::Stay, date(2013, 9, 1)), date(2013, 9, 1));
    }
}
