//! Accrued interest: what has grown on a balance between two dates, unrounded.
//!
//! When it becomes an amount that is due is decided elsewhere.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Period;
use crate::day_count::{DayCount, DaysMethod, Fraction, days_between};
use crate::exact::Exact;
use crate::money::Amount;
use crate::schedule::{Day, InterestTerms, Measure, Time, interest_on};

/// Two dates, half-open: the day of `to` is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first day of it.
    pub from: Date,
    /// The first day after it.
    pub to: Date,
}

/// Unrounded interest on a balance in `[from, to)`: balance × rate × time by the day count.
///
/// Under [`DaysMethod::RepaymentPeriodicity`] time is counted in nominal periods from `from`: each
/// whole period counts as one, and of the period that is not complete the part by its actual days.
/// So a whole month has the interest of a month. For accrual by parts of an installment, which has
/// to add up to the interest of that installment, use [`interest_within`].
///
/// Nothing accrues when `to` is not after `from`, or when a frequency or period of zero makes no sense.
///
/// ```
/// use jiff::civil::date;
/// use loam_calc::accrual::interest_between;
/// use loam_calc::calendar::Period;
/// use loam_calc::day_count::{DayCount, DaysMethod};
/// use loam_calc::money::Amount;
/// use loam_calc::rate::Rate;
/// use loam_calc::rounding::Rounding;
/// use loam_calc::schedule::{ChargeFrequency, InterestMethod, InterestTerms};
///
/// let terms = InterestTerms {
///     method: InterestMethod::DecliningBalance,
///     rate: Rate::from_ratio(12, 100),
///     charge_frequency: ChargeFrequency::Annualized,
///     day_count: DayCount::Actual365Fixed,
///     days_method: DaysMethod::ActualDays,
/// };
/// let balance = Amount::from_minor(1_000_00);
/// let accrued = interest_between(&terms, &Period::months(1), balance, date(2024, 1, 1), date(2024, 2, 1));
/// assert_eq!(accrued.round(Rounding::HalfEven), Amount::from_minor(10_19));
/// ```
#[must_use]
pub fn interest_between(
    terms: &InterestTerms,
    period: &Period,
    balance: Amount,
    from: Date,
    to: Date,
) -> Exact {
    if to <= from {
        return Exact::ZERO;
    }
    match terms.days_method {
        DaysMethod::ActualDays => {
            interest_on(balance, terms.rate, Measure::by_dates(terms).between(Day::of(from), Day::of(to)))
        }
        DaysMethod::RepaymentPeriodicity => by_nominal_periods(terms, *period, balance, Span { from, to }),
    }
}

/// Unrounded interest of a part of one installment's time.
///
/// By the dates this is [`interest_between`] of the part; but where the day count looks at a period
/// as a whole, the length of the year is that of the whole installment. Under
/// [`DaysMethod::RepaymentPeriodicity`] it is the nominal interest of the whole installment × days
/// of the part ÷ days of the whole, so that parts add up to the whole.
///
/// Nothing accrues when the part or the whole is empty.
#[must_use]
pub fn interest_within(
    terms: &InterestTerms,
    period: &Period,
    balance: Amount,
    whole: Span,
    part: Span,
) -> Exact {
    if part.to <= part.from || whole.to <= whole.from {
        return Exact::ZERO;
    }
    match terms.days_method {
        DaysMethod::ActualDays if counts_as_a_whole(terms) => {
            let all = interest_between(terms, period, balance, whole.from, whole.to);
            all.times(i128::from(part.days())).divided_by(i128::from(whole.days()))
        }
        DaysMethod::ActualDays => interest_between(terms, period, balance, part.from, part.to),
        DaysMethod::RepaymentPeriodicity => {
            share_of_period(terms, *period, balance, (part.days(), whole.days()))
        }
    }
}

/// The time for which [`interest_within`] counts, in times of the charge frequency.
///
/// Zero when the part or the whole is empty, or when a frequency or period of zero makes no sense.
#[must_use]
pub fn time_within(terms: &InterestTerms, period: &Period, whole: Span, part: Span) -> Fraction {
    const NONE: Fraction = Fraction { numerator: 0, denominator: 1 };
    if part.to <= part.from || whole.to <= whole.from {
        return NONE;
    }
    let of = |time: Time, days: i64, of_days: i64| Fraction {
        numerator: i128::from(time.numerator) * i128::from(days),
        denominator: i128::from(time.denominator) * i128::from(of_days),
    };
    match terms.days_method {
        DaysMethod::ActualDays if counts_as_a_whole(terms) => {
            let time = Measure::by_dates(terms).between(Day::of(whole.from), Day::of(whole.to));
            of(time, part.days(), whole.days())
        }
        DaysMethod::ActualDays => {
            of(Measure::by_dates(terms).between(Day::of(part.from), Day::of(part.to)), 1, 1)
        }
        DaysMethod::RepaymentPeriodicity => Measure::try_new(terms, *period).map_or(NONE, |measure| {
            // A nominal measure does not look at dates.
            let time = measure.between(Day::of(Date::ZERO), Day::of(Date::ZERO));
            of(time, part.days(), whole.days())
        }),
    }
}

impl Span {
    /// How many days it has; negative when its end is before its beginning.
    #[must_use]
    pub fn days(self) -> i64 {
        days_between(self.from, self.to)
    }
}

/// Whether parts of a period do not add up to it when each is counted for itself.
fn counts_as_a_whole(terms: &InterestTerms) -> bool {
    terms.day_count == DayCount::ActualActualLeapDay
}

/// Whole nominal periods from the beginning, then the days of the one that is not complete.
fn by_nominal_periods(terms: &InterestTerms, period: Period, balance: Amount, span: Span) -> Exact {
    if period.count == 0 {
        return Exact::ZERO;
    }
    let mut whole_periods: u32 = 0;
    let mut reached = span.from;
    loop {
        // Beyond the calendar no further period can be complete.
        let next = period.add_times(span.from, whole_periods + 1).unwrap_or(Date::MAX);
        if next > span.to || next <= reached {
            let rest = (days_between(reached, span.to), days_between(reached, next).max(1));
            let whole = share_of_period(terms, period, balance, (i64::from(whole_periods), 1));
            return whole + share_of_period(terms, period, balance, rest);
        }
        reached = next;
        whole_periods += 1;
    }
}

/// The interest of one nominal period × a ratio.
fn share_of_period(terms: &InterestTerms, period: Period, balance: Amount, ratio: (i64, i64)) -> Exact {
    let Ok(measure) = Measure::try_new(terms, period) else {
        return Exact::ZERO;
    };
    // A nominal measure does not look at dates.
    let time = measure.between(Day::of(Date::ZERO), Day::of(Date::ZERO));
    interest_on(balance, terms.rate, time).times(i128::from(ratio.0)).divided_by(i128::from(ratio.1))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rate::Rate;
    use crate::schedule::{ChargeFrequency, InterestMethod};

    fn terms(days_method: DaysMethod) -> InterestTerms {
        InterestTerms {
            method: InterestMethod::DecliningBalance,
            rate: Rate::from_ratio(12, 100),
            charge_frequency: ChargeFrequency::Annualized,
            day_count: DayCount::ActualActualIsda,
            days_method,
        }
    }

    #[test]
    fn days_add_up_to_the_period_in_both_methods() {
        let whole = Span { from: date(2023, 12, 12), to: date(2024, 1, 12) };
        let (month, balance) = (Period::months(1), Amount::from_minor(100_000));
        for days_method in [DaysMethod::ActualDays, DaysMethod::RepaymentPeriodicity] {
            let terms = terms(days_method);
            let (mut day, mut sum) = (whole.from, Exact::ZERO);
            while day < whole.to {
                let next = day.tomorrow().expect("a near date");
                sum += interest_within(&terms, &month, balance, whole, Span { from: day, to: next });
                day = next;
            }
            let at_once = interest_between(&terms, &month, balance, whole.from, whole.to);
            assert_eq!(sum, at_once, "{days_method:?}");
        }
    }

    #[test]
    fn a_period_with_a_leap_day_is_shared_by_its_days() {
        let terms =
            InterestTerms { day_count: DayCount::ActualActualLeapDay, ..terms(DaysMethod::ActualDays) };
        let whole = Span { from: date(2024, 2, 12), to: date(2024, 3, 12) };
        let (month, balance) = (Period::months(1), Amount::from_minor(36_600_00));
        // The leap day is not in the part, but it is in the installment's time.
        let part = Span { from: date(2024, 2, 12), to: date(2024, 2, 20) };
        let of_part = interest_within(&terms, &month, balance, whole, part);
        assert_eq!(of_part, Exact::ratio(96_00, 1));
        let time = time_within(&terms, &month, whole, part);
        assert_eq!(time.numerator * 366, time.denominator * 8);
        let rest = interest_within(&terms, &month, balance, whole, Span { from: part.to, to: whole.to });
        assert_eq!(of_part + rest, interest_between(&terms, &month, balance, whole.from, whole.to));
    }

    #[test]
    fn by_periodicity_whole_months_are_equal_and_a_rest_counts_by_days() {
        let terms = terms(DaysMethod::RepaymentPeriodicity);
        let accrued = |from: Date, to: Date| {
            interest_between(&terms, &Period::months(1), Amount::from_minor(100_000), from, to)
        };
        assert_eq!(accrued(date(2024, 1, 31), date(2024, 2, 29)), Exact::ratio(1000, 1));
        assert_eq!(accrued(date(2024, 1, 31), date(2024, 3, 31)), Exact::ratio(2000, 1));
        assert_eq!(accrued(date(2024, 3, 1), date(2024, 4, 16)), Exact::ratio(1500, 1));
    }

    #[test]
    fn nothing_accrues_backwards() {
        for days_method in [DaysMethod::ActualDays, DaysMethod::RepaymentPeriodicity] {
            let (from, to) = (date(2024, 2, 1), date(2024, 1, 1));
            let balance = Amount::from_minor(100_000);
            let accrued = interest_between(&terms(days_method), &Period::months(1), balance, from, to);
            assert!(accrued.is_zero());
        }
    }
}
