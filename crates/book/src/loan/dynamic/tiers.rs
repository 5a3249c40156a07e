//! Tiers by the day of a loan whose interest follows what is outstanding: the day is counted from its
//! first disbursement, whenever rows begin.

use jiff::civil::Date;
use loam_calc::calendar::add_days;
use loam_calc::day_count::days_between;
use loam_calc::projection::RateFrom;
use loam_calc::schedule::DayTier;

use crate::loan::Loan;

/// Each tier's rate with its first day.
pub(super) fn rates_by_day(loan: &Loan) -> Vec<RateFrom> {
    let Some(begin) = loan.servicing.state.disbursed_on() else { return Vec::new() };
    let mut from = begin;
    let mut rates = Vec::new();
    for tier in loan.terms.day_tiers() {
        rates.push(RateFrom { from, rate: tier.rate });
        from = tier.through_day.map_or(Date::MAX, |day| add_days(begin, i64::from(day)).unwrap_or(Date::MAX));
    }
    rates
}

/// The tiers as a schedule has them whose first day is `start`; those that are over are left out.
pub(super) fn tiers_from(loan: &Loan, start: Date) -> Vec<DayTier> {
    let begin = loan.servicing.state.disbursed_on().unwrap_or(start);
    let gone = u32::try_from(days_between(begin, start)).unwrap_or(0);
    let is_left = |tier: &DayTier| tier.through_day.is_none_or(|day| day > gone);
    let from_start = |tier: DayTier| DayTier { through_day: tier.through_day.map(|day| day - gone), ..tier };
    loan.terms.day_tiers().into_iter().filter(is_left).map(from_start).collect()
}
