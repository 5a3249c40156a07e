//! Counts of days gathered into periods, and how figures moved. Nothing here reads a store, and
//! nothing here is money.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::views::{DailyCount, SettlementCount, SubjectTotals};

/// From one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

/// How long the periods are into which days are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodLength {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
    Year,
}

/// Something counted, by periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByPeriod<T> {
    pub length: PeriodLength,
    /// By the first day of each period, in order, without gaps.
    pub periods: Vec<(Date, T)>,
}

/// Subjects that were opened in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    pub with_loans: i64,
    pub without_loans: i64,
}

/// Loans that were settled in a period, each counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// By their last due date.
    pub on_time: i64,
    /// 1 to 30 days after it.
    pub up_to_30_days_late: i64,
    /// 31 to 60.
    pub up_to_60_days_late: i64,
    /// 61 to 90.
    pub up_to_90_days_late: i64,
    pub later: i64,
}

/// Where a figure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Increase,
    Decrease,
    None,
}

/// How far a figure moved, in percent of what it was before, rounded down. From nothing to
/// something is 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub percent: i64,
    pub direction: Direction,
}

impl Days {
    /// A year up to a day: eleven whole months and the month of the day so far.
    pub fn year_to(to: Date) -> Days {
        Days { from: to.first_of_month().saturating_sub(11.months()), to }
    }

    /// Periods short enough to show something and long enough not to be too many.
    fn period_length(self) -> PeriodLength {
        let days = self.to.duration_since(self.from).as_hours() / 24;
        match days {
            ..=31 => PeriodLength::Day,
            32..=182 => PeriodLength::Week,
            183..=1_830 => PeriodLength::Month,
            1_831.. => PeriodLength::Year,
        }
    }

    /// Sums of days by periods.
    fn gather<T: Default>(
        self,
        counts: impl IntoIterator<Item = (Date, T)>,
        add: impl Fn(&mut T, T),
    ) -> ByPeriod<T> {
        let length = self.period_length();
        let mut periods: Vec<(Date, T)> =
            length.starts(self).into_iter().map(|start| (start, T::default())).collect();
        for (day, count) in counts {
            let start = length.start_of(day);
            if let Ok(position) = periods.binary_search_by_key(&start, |(start, _)| *start) {
                add(&mut periods[position].1, count);
            }
        }
        ByPeriod { length, periods }
    }
}

impl PeriodLength {
    fn start_of(self, day: Date) -> Date {
        match self {
            PeriodLength::Day => day,
            PeriodLength::Week => {
                let since_monday = i64::from(day.weekday().since(Weekday::Monday));
                day.saturating_sub(since_monday.days())
            }
            PeriodLength::Month => day.first_of_month(),
            PeriodLength::Year => day.first_of_year(),
        }
    }

    fn starts(self, days: Days) -> Vec<Date> {
        let step = match self {
            PeriodLength::Day => 1.day(),
            PeriodLength::Week => 1.week(),
            PeriodLength::Month => 1.month(),
            PeriodLength::Year => 1.year(),
        };
        self.start_of(days.from).series(step).take_while(|start| *start <= days.to).collect()
    }
}

/// Opened subjects by periods.
pub fn opened(days: Days, counts: &[DailyCount]) -> ByPeriod<Opened> {
    let of_day = |count: &DailyCount| Opened {
        with_loans: count.with_loans,
        without_loans: count.subjects - count.with_loans,
    };
    days.gather(counts.iter().map(|count| (count.day, of_day(count))), |sum, count| {
        sum.with_loans += count.with_loans;
        sum.without_loans += count.without_loans;
    })
}

/// Settled loans by periods.
pub fn settled(days: Days, counts: &[SettlementCount]) -> ByPeriod<Settled> {
    let of_day = |count: &SettlementCount| {
        let mut settled = Settled::default();
        let place = match count.days_late {
            ..=0 => &mut settled.on_time,
            1..=30 => &mut settled.up_to_30_days_late,
            31..=60 => &mut settled.up_to_60_days_late,
            61..=90 => &mut settled.up_to_90_days_late,
            91.. => &mut settled.later,
        };
        *place = count.loans;
        settled
    };
    days.gather(counts.iter().map(|count| (count.settled_on, of_day(count))), |sum, count| {
        sum.on_time += count.on_time;
        sum.up_to_30_days_late += count.up_to_30_days_late;
        sum.up_to_60_days_late += count.up_to_60_days_late;
        sum.up_to_90_days_late += count.up_to_90_days_late;
        sum.later += count.later;
    })
}

impl Change {
    /// From `before` to `now`; neither is negative.
    pub fn between(before: i64, now: i64) -> Change {
        let direction = match now.cmp(&before) {
            std::cmp::Ordering::Greater => Direction::Increase,
            std::cmp::Ordering::Less => Direction::Decrease,
            std::cmp::Ordering::Equal => Direction::None,
        };
        let difference = now.abs_diff(before).saturating_mul(100);
        let from_nothing = if direction == Direction::None { 0 } else { 100 };
        let percent = difference.checked_div(before.unsigned_abs()).unwrap_or(from_nothing);
        Change { percent: i64::try_from(percent).unwrap_or(i64::MAX), direction }
    }
}

impl SubjectTotals {
    /// The mean of the scores, rounded half up; 0 without any.
    pub fn average_score(&self) -> i64 {
        (2 * self.score_sum + self.scored).checked_div(2 * self.scored).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn opened_on(day: Date, subjects: i64, with_loans: i64) -> DailyCount {
        DailyCount { day, subjects, with_loans }
    }

    #[test]
    fn the_longer_the_time_the_longer_its_periods() {
        let from = date(2024, 1, 1);
        let length = |to: Date| Days { from, to }.period_length();
        assert_eq!(length(date(2024, 1, 1)), PeriodLength::Day);
        assert_eq!(length(date(2024, 2, 1)), PeriodLength::Day);
        assert_eq!(length(date(2024, 2, 2)), PeriodLength::Week);
        assert_eq!(length(date(2024, 7, 2)), PeriodLength::Month);
        assert_eq!(length(date(2028, 12, 31)), PeriodLength::Month);
        assert_eq!(length(date(2029, 1, 31)), PeriodLength::Year);
        assert_eq!(Days::year_to(date(2024, 3, 31)).from, date(2023, 4, 1));
    }

    #[test]
    fn periods_have_no_gaps_and_days_outside_are_left_out() {
        let days = Days { from: date(2024, 1, 31), to: date(2024, 2, 2) };
        let counts = [
            opened_on(date(2024, 1, 30), 9, 9),
            opened_on(date(2024, 1, 31), 3, 1),
            opened_on(date(2024, 2, 2), 1, 1),
        ];
        let nothing = Opened::default();
        let expected = [
            (date(2024, 1, 31), Opened { with_loans: 1, without_loans: 2 }),
            (date(2024, 2, 1), nothing),
            (date(2024, 2, 2), Opened { with_loans: 1, without_loans: 0 }),
        ];
        assert_eq!(opened(days, &counts).periods, expected);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let days = Days { from: date(2024, 1, 3), to: date(2024, 3, 3) };
        let counts = [opened_on(date(2024, 1, 7), 1, 0), opened_on(date(2024, 1, 8), 1, 0)];
        let by_week = opened(days, &counts);
        assert_eq!(by_week.length, PeriodLength::Week);
        let one = Opened { with_loans: 0, without_loans: 1 };
        assert_eq!(by_week.periods[..2], [(date(2024, 1, 1), one), (date(2024, 1, 8), one)]);
        assert_eq!(by_week.periods.last().map(|(start, _)| *start), Some(date(2024, 2, 26)));
    }

    #[test]
    fn a_settled_loan_is_counted_once_by_how_late_it_was() {
        let day = date(2024, 1, 1);
        let counts = [-5, 0, 1, 30, 31, 60, 61, 90, 91, 400].map(|days_late| SettlementCount {
            settled_on: day,
            days_late,
            loans: 1,
        });
        let expected = Settled {
            on_time: 2,
            up_to_30_days_late: 2,
            up_to_60_days_late: 2,
            up_to_90_days_late: 2,
            later: 2,
        };
        assert_eq!(settled(Days { from: day, to: day }, &counts).periods, [(day, expected)]);
    }

    #[test]
    fn a_change_is_in_percent_of_what_was() {
        let change = |before, now| {
            let Change { percent, direction } = Change::between(before, now);
            (percent, direction)
        };
        assert_eq!(change(0, 0), (0, Direction::None));
        assert_eq!(change(0, 7), (100, Direction::Increase));
        assert_eq!(change(3, 4), (33, Direction::Increase));
        assert_eq!(change(4, 1), (75, Direction::Decrease));
    }

    #[test]
    fn an_average_is_rounded_half_up() {
        let average = |score_sum, scored| {
            SubjectTotals { score_sum, scored, ..SubjectTotals::default() }.average_score()
        };
        assert_eq!([average(0, 0), average(1_001, 2), average(1_000, 3)], [0, 501, 333]);
    }

    #[test]
    fn the_longest_time_there_is_can_be_asked_about() {
        let days = Days { from: Date::MIN, to: Date::MAX };
        assert_eq!(opened(days, &[]).periods.len(), 19_999);
    }
}
