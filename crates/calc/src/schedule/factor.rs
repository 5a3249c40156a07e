//! Interest factors: for how many times of its charge frequency a rate runs between two dates.
//!
//! The one place that knows what a frequency, a day count and a nominal period mean together.

use jiff::civil::Date;

use super::{ChargeFrequency, InterestTerms, ScheduleError};
use crate::calendar::{Period, PeriodUnit, add_days, days_in_month};
use crate::day_count::{DayCount, DaysMethod, day_number};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

/// Days of a nominal month, when months are counted in days.
const NOMINAL_MONTH_DAYS: i64 = 30;
const MONTHS_PER_YEAR: i64 = 12;

/// A measured time: how often the charge frequency fits. A part of a year by any day count fits 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) numerator: i64,
    /// Always positive.
    pub(crate) denominator: i64,
}

/// A date with its number, which is calculated once and not for each use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) number: i64,
}

/// How the time between two dates is measured. Interest = balance × rate × measured time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measure {
    /// The same whatever the dates are.
    Nominal(Time),
    /// Actual days × `factor` ÷ `divisor`.
    Days { factor: i64, divisor: i64 },
    /// Part of a year × `factor`.
    Years { day_count: DayCount, factor: i64 },
}

impl Time {
    /// Both times together.
    pub(crate) fn and(self, other: Time) -> Time {
        if self.denominator == other.denominator {
            return Time { numerator: self.numerator + other.numerator, ..self };
        }
        let numerator = self.numerator * other.denominator + other.numerator * self.denominator;
        Time { numerator, denominator: self.denominator * other.denominator }
    }
}

impl Measure {
    /// The measure of an installment under these terms.
    pub(crate) fn try_new(terms: &InterestTerms, period: Period) -> Result<Measure, ScheduleError> {
        if terms.charge_frequency == ChargeFrequency::EveryXDays(0) {
            return Err(ScheduleError::ChargeFrequencyIsZero);
        }
        match terms.days_method {
            DaysMethod::ActualDays => Ok(Measure::by_dates(terms)),
            DaysMethod::RepaymentPeriodicity if period.count == 0 => Err(ScheduleError::PeriodIsZero),
            DaysMethod::RepaymentPeriodicity => Ok(Measure::Nominal(nominal(terms, period))),
        }
    }

    /// By the dates: days ÷ days of the frequency, or twelve months to a year of the day count.
    pub(crate) fn by_dates(terms: &InterestTerms) -> Measure {
        let factor = match charged_every(terms.charge_frequency) {
            Charged::Days(divisor) => return Measure::Days { factor: 1, divisor },
            Charged::Month => MONTHS_PER_YEAR,
            Charged::Year => 1,
        };
        match terms.day_count {
            DayCount::Actual365Fixed => Measure::Days { factor, divisor: 365 },
            DayCount::Actual364 => Measure::Days { factor, divisor: 364 },
            DayCount::Actual360 => Measure::Days { factor, divisor: 360 },
            DayCount::ThirtyE360
            | DayCount::ThirtyUs360
            | DayCount::ActualActualIsda
            | DayCount::ActualActualYearOfEnd
            | DayCount::ActualActualLeapDay => Measure::Years { day_count: terms.day_count, factor },
        }
    }

    /// The time in `[from, to)`.
    #[inline(always)]
    pub(crate) fn between(&self, from: Day, to: Day) -> Time {
        match *self {
            Measure::Nominal(time) => time,
            Measure::Days { factor, divisor } => {
                Time { numerator: (to.number - from.number) * factor, denominator: divisor }
            }
            Measure::Years { day_count, factor } => {
                let years = day_count.year_fraction(from.date, to.date);
                let narrow = |part: i128| i64::try_from(part).expect("the calendar has 20,000 years of days");
                Time { numerator: narrow(years.numerator) * factor, denominator: narrow(years.denominator) }
            }
        }
    }
}

impl Day {
    #[inline]
    pub(crate) fn of(date: Date) -> Day {
        Day { date, number: day_number(date) }
    }

    /// The day after; only the last day of the calendar has none.
    #[inline]
    pub(crate) fn next(self) -> Day {
        let date = self.date.tomorrow().expect("a plan through due dates does not end with the calendar");
        Day { date, number: self.number + 1 }
    }

    /// So many days later; the end of the calendar is the latest.
    pub(crate) fn later_by(self, days: u32) -> Day {
        add_days(self.date, i64::from(days)).map_or(Day::of(Date::MAX), Day::of)
    }

    /// A later date. Most due dates lie in the month after the one before, which needs no formula.
    #[inline(always)]
    pub(crate) fn then(self, date: Date) -> Day {
        if date.year() != self.date.year() || date.month() != self.date.month() + 1 {
            return Day::of(date);
        }
        let month_days = days_in_month(self.date.year(), self.date.month());
        let days = i64::from(month_days) - i64::from(self.date.day()) + i64::from(date.day());
        Day { date, number: self.number + days }
    }
}

/// Unrounded interest: balance × rate × time, multiplied first and divided once.
pub(crate) fn interest_on(balance: Amount, rate: Rate, time: Time) -> Exact {
    let balance = i128::from(balance.minor());
    let denominator = rate.denominator() * i128::from(time.denominator);
    let numerator = balance * rate.numerator();
    match numerator.checked_mul(i128::from(time.numerator)) {
        Some(numerator) => Exact::ratio(numerator, denominator),
        // Only for the largest amounts at the finest rates over centuries.
        None => Exact::ratio(numerator, denominator).times(i128::from(time.numerator)),
    }
}

/// [`interest_on`], rounded; `None` beyond the largest amount.
///
/// Nearly every loan fits 64 bits all the way, where a division costs a fraction of a wide one.
#[inline]
pub(crate) fn rounded_interest(
    balance: Amount,
    rate: Rate,
    time: Time,
    rounding: Rounding,
) -> Option<Amount> {
    if let Some((numerator, denominator)) = narrow_ratio(balance, rate, time) {
        let minor = rounding.divide_small(numerator, denominator);
        return (minor.unsigned_abs() <= Amount::MAX.minor().unsigned_abs())
            .then_some(Amount::from_minor(minor));
    }
    interest_on(balance, rate, time).round_within_range(rounding)
}

/// Balance × rate × time as a ratio of 64-bit integers, when it is one.
#[inline]
fn narrow_ratio(balance: Amount, rate: Rate, time: Time) -> Option<(i64, i64)> {
    let (rate_numerator, rate_denominator) = rate.parts();
    let numerator = balance.minor().checked_mul(rate_numerator)?.checked_mul(time.numerator)?;
    Some((numerator, rate_denominator.checked_mul(time.denominator)?))
}

/// A charge frequency in the three ways that matter.
enum Charged {
    Days(i64),
    Month,
    Year,
}

fn charged_every(frequency: ChargeFrequency) -> Charged {
    match frequency {
        ChargeFrequency::Annualized => Charged::Year,
        ChargeFrequency::EveryMonth => Charged::Month,
        ChargeFrequency::EveryFourWeeks => Charged::Days(28),
        ChargeFrequency::EveryWeek => Charged::Days(7),
        ChargeFrequency::EveryDay => Charged::Days(1),
        // Zero was refused before; here it only must not divide.
        ChargeFrequency::EveryXDays(days) => Charged::Days(i64::from(days.max(1))),
    }
}

/// The nominal time of one repayment period. Y is the year of the day count: 364, 360, else 365 days.
///
/// | period   | per year | per month | per k days |
/// |----------|----------|-----------|------------|
/// | d days   | d/Y      | 12·d/Y    | d/k        |
/// | w weeks  | 7w/Y     | 12·7w/Y   | 7w/k       |
/// | m months | m/12     | m         | 30m/k      |
/// | y years  | y        | 12y       | 360y/k     |
fn nominal(terms: &InterestTerms, period: Period) -> Time {
    let count = i64::from(period.count);
    let (days, months) = match period.unit {
        PeriodUnit::Days => (Some(count), 0),
        PeriodUnit::Weeks => (Some(count * 7), 0),
        PeriodUnit::Months => (None, count),
        PeriodUnit::Years => (None, count * MONTHS_PER_YEAR),
    };
    let year = nominal_year_days(terms.day_count);
    let (numerator, denominator) = match (charged_every(terms.charge_frequency), days) {
        (Charged::Year, Some(days)) => (days, year),
        (Charged::Month, Some(days)) => (days * MONTHS_PER_YEAR, year),
        (Charged::Days(every), Some(days)) => (days, every),
        (Charged::Year, None) => (months, MONTHS_PER_YEAR),
        (Charged::Month, None) => (months, 1),
        (Charged::Days(every), None) => (months * NOMINAL_MONTH_DAYS, every),
    };
    Time { numerator, denominator }
}

/// The nominal time of one day: one part of the nominal year, or of the days of the frequency.
pub(crate) fn nominal_day(terms: &InterestTerms) -> Time {
    nominal(terms, Period::new(1, PeriodUnit::Days))
}

fn nominal_year_days(day_count: DayCount) -> i64 {
    match day_count {
        DayCount::Actual365Fixed
        | DayCount::ActualActualIsda
        | DayCount::ActualActualYearOfEnd
        | DayCount::ActualActualLeapDay => 365,
        DayCount::Actual364 => 364,
        DayCount::Actual360 | DayCount::ThirtyE360 | DayCount::ThirtyUs360 => 360,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::schedule::InterestMethod;

    fn terms(charge_frequency: ChargeFrequency, days_method: DaysMethod) -> InterestTerms {
        InterestTerms {
            method: InterestMethod::Flat,
            rate: Rate::from_ratio(1, 100),
            charge_frequency,
            day_count: DayCount::Actual364,
            days_method,
        }
    }

    fn check(terms: &InterestTerms, period: Period, expected: (i64, i64)) {
        let time = Measure::try_new(terms, period)
            .expect("it is valid")
            .between(Day::of(date(2024, 1, 1)), Day::of(date(2024, 2, 1)));
        assert_eq!(time.numerator * expected.1, expected.0 * time.denominator, "{terms:?} {period:?}");
    }

    #[test]
    fn by_dates_a_frequency_is_a_number_of_days_or_a_part_of_the_year() {
        let by_dates = |frequency| terms(frequency, DaysMethod::ActualDays);
        let month = Period::months(1);
        check(&by_dates(ChargeFrequency::Annualized), month, (31, 364));
        check(&by_dates(ChargeFrequency::EveryMonth), month, (31 * 12, 364));
        check(&by_dates(ChargeFrequency::EveryFourWeeks), month, (31, 28));
        check(&by_dates(ChargeFrequency::EveryWeek), month, (31, 7));
        check(&by_dates(ChargeFrequency::EveryDay), month, (31, 1));
        check(&by_dates(ChargeFrequency::EveryXDays(10)), month, (31, 10));
    }

    #[test]
    fn by_periodicity_every_period_is_the_same() {
        let nominal = |frequency| terms(frequency, DaysMethod::RepaymentPeriodicity);
        let (day, week) = (Period::new(10, PeriodUnit::Days), Period::new(1, PeriodUnit::Weeks));
        let (month, year) = (Period::months(2), Period::new(1, PeriodUnit::Years));
        check(&nominal(ChargeFrequency::Annualized), day, (10, 364));
        check(&nominal(ChargeFrequency::Annualized), week, (1, 52));
        check(&nominal(ChargeFrequency::Annualized), month, (1, 6));
        check(&nominal(ChargeFrequency::Annualized), year, (1, 1));
        check(&nominal(ChargeFrequency::EveryMonth), week, (12, 52));
        check(&nominal(ChargeFrequency::EveryMonth), month, (2, 1));
        check(&nominal(ChargeFrequency::EveryMonth), year, (12, 1));
        check(&nominal(ChargeFrequency::EveryFourWeeks), month, (60, 28));
        check(&nominal(ChargeFrequency::EveryWeek), week, (1, 1));
        check(&nominal(ChargeFrequency::EveryDay), year, (360, 1));
    }

    #[test]
    fn a_day_carried_on_has_the_number_of_its_date() {
        let mut day = Day::of(date(1999, 12, 31));
        for step in 1..3000_i32 {
            let next = day.date.checked_add(jiff::Span::new().days(step % 70)).expect("a near date");
            day = day.then(next);
            assert_eq!(day.number, day_number(next), "{next}");
        }
    }

    #[test]
    fn nothing_is_charged_per_zero_days() {
        let zero = terms(ChargeFrequency::EveryXDays(0), DaysMethod::ActualDays);
        let error = Measure::try_new(&zero, Period::months(1)).expect_err("it is refused");
        assert_eq!(error, ScheduleError::ChargeFrequencyIsZero);
    }
}
