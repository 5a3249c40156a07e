//! Interest of deposit accounts: it grows on what is there at the end of each day, and is applied, rounded
//! to the cent, on the days that the product names. What is overdrawn costs interest where that was agreed,
//! and of what is earned a tax may be withheld.
//!
//! What has grown is worked out when somebody asks. The fold keeps the balances of the time that was not
//! applied yet; for the time before, the log has them.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_calc::accrual::interest_between;
use loam_calc::calendar::{Period, add_days};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InterestMethod, InterestTerms};
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::savings::{Savings, SavingsState};

pub mod history;

/// A day that every year has; of a month that is shorter, its last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayOfYear {
    pub month: i8,
    pub day: i8,
}

/// On which days interest is applied. All but the first and the last are counted from the first money.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPoint {
    FirstDayOfMonth,
    EveryWeek,
    EveryOtherWeek,
    EveryMonth,
    EveryThreeMonths,
    /// At least one.
    OnFixedDates(Vec<DayOfYear>),
    /// When a term ends; of accounts without one, only when somebody asks for it.
    OnMaturity,
}

/// What was agreed on the interest of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositInterest {
    /// A year.
    pub rate: Rate,
    pub day_count: DayCount,
    pub paid: PaymentPoint,
    /// A year, of what is overdrawn; nothing: that costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdraft_rate: Option<Rate>,
    /// Where the rate of the tax stands that is withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_source: Option<Key>,
}

/// Rates that a product allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateBounds {
    /// Where an account names none.
    pub rate: Option<Rate>,
    pub min_rate: Option<Rate>,
    pub max_rate: Option<Rate>,
}

/// What a product says of interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestRules {
    /// Where an account names none.
    pub rate: Option<Rate>,
    pub min_rate: Option<Rate>,
    pub max_rate: Option<Rate>,
    pub day_count: DayCount,
    pub paid: PaymentPoint,
    /// Of what is overdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdraft: Option<RateBounds>,
    /// Whether accounts may name a tax that is withheld.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withholds_tax: bool,
}

/// A balance, from the end of this day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceFrom {
    pub from: Date,
    pub balance: Amount,
}

/// A rate, from this day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateFrom {
    pub from: Date,
    pub rate: Rate,
}

/// Interest on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accruing {
    /// The day of the first money, from which payment days are counted.
    pub since: Date,
    /// The first day whose interest was not applied yet.
    pub from: Date,
    /// From `from` on, in order.
    pub balances: Vec<BalanceFrom>,
    pub rates: Vec<RateFrom>,
    /// From this day on nothing grows: the term is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Of what is overdrawn, as `rates` of what is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overdraft_rates: Vec<RateFrom>,
    /// The day whose interest somebody took back; it is applied again after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off: Option<Date>,
}

impl InterestRules {
    /// Whether the rates stand in order, and the days are some.
    pub fn is_possible(&self) -> bool {
        let days_are_possible = match &self.paid {
            PaymentPoint::OnFixedDates(days) => !days.is_empty() && days.iter().all(|day| day.is_possible()),
            PaymentPoint::FirstDayOfMonth
            | PaymentPoint::EveryWeek
            | PaymentPoint::EveryOtherWeek
            | PaymentPoint::EveryMonth
            | PaymentPoint::EveryThreeMonths
            | PaymentPoint::OnMaturity => true,
        };
        days_are_possible
            && self.bounds().is_in_order()
            && self.overdraft.is_none_or(|overdraft| overdraft.is_in_order())
    }

    /// Of what is earned.
    pub fn bounds(&self) -> RateBounds {
        RateBounds { rate: self.rate, min_rate: self.min_rate, max_rate: self.max_rate }
    }
}

impl RateBounds {
    fn is_in_order(self) -> bool {
        let in_order =
            |low: Option<Rate>, high: Option<Rate>| low.is_none_or(|low| high.is_none_or(|high| low <= high));
        in_order(self.min_rate, self.max_rate)
            && in_order(self.min_rate, self.rate)
            && in_order(self.rate, self.max_rate)
    }
}

impl Accruing {
    /// From the first money on.
    pub fn begin(since: Date, interest: &DepositInterest) -> Accruing {
        let of = |rate: Rate| RateFrom { from: since, rate };
        Accruing {
            since,
            from: since,
            balances: Vec::new(),
            rates: vec![of(interest.rate)],
            until: None,
            overdraft_rates: interest.overdraft_rate.map(of).into_iter().collect(),
            put_off: None,
        }
    }

    /// Money that came or went. What counted before the time that is kept was there all through it.
    pub fn moved(&mut self, on: Date, amount: Amount) {
        shift(&mut self.balances, on.max(self.from), amount);
    }

    /// Other rates from this day on.
    pub fn set_rates(&mut self, from: Date, interest: &DepositInterest) {
        let from = from.max(self.from);
        put_rate(&mut self.rates, RateFrom { from, rate: interest.rate });
        if let Some(rate) = interest.overdraft_rate {
            put_rate(&mut self.overdraft_rates, RateFrom { from, rate });
        }
    }

    /// Interest was applied for the time before this day; where it was applied before, again.
    pub fn applied(&mut self, on: Date, amount: Amount) {
        self.moved(on, amount);
        if on <= self.from {
            return;
        }
        let balance = balance_on(&self.balances, on);
        self.from = on;
        self.put_off = None;
        self.balances.retain(|kept| kept.from > on);
        self.balances.insert(0, BalanceFrom { from: on, balance });
        begin_at(&mut self.rates, on);
        begin_at(&mut self.overdraft_rates, on);
    }

    /// What has grown before this day and was not applied, unrounded.
    pub fn grown(&self, to: Date, day_count: DayCount) -> Exact {
        grown((&self.balances, &self.rates), day_count, (self.from, self.ended(to)))
    }

    /// The same of what is overdrawn.
    pub fn owed(&self, to: Date, day_count: DayCount) -> Exact {
        owed((&self.balances, &self.overdraft_rates), day_count, (self.from, self.ended(to)))
    }

    fn ended(&self, to: Date) -> Date {
        self.until.map_or(to, |until| to.min(until))
    }
}

impl Savings {
    /// The interest that has grown before this day and was not applied.
    pub fn accrued_interest(&self, to: Date) -> Amount {
        let (Some(accruing), Some(interest)) = (&self.accruing, &self.terms.interest) else {
            return Amount::ZERO;
        };
        rounded(accruing.grown(to, interest.day_count))
    }

    /// The interest of what was overdrawn before this day that was not applied.
    pub fn accrued_overdraft_interest(&self, to: Date) -> Amount {
        let (Some(accruing), Some(interest)) = (&self.accruing, &self.terms.interest) else {
            return Amount::ZERO;
        };
        rounded(accruing.owed(to, interest.day_count))
    }

    /// What has grown before this day and was not applied, unrounded, and of what is overdrawn; nothing where none grows.
    pub fn growing_interest(&self, to: Date) -> Option<(Exact, Exact)> {
        let (accruing, interest) = (self.accruing.as_ref()?, self.terms.interest.as_ref()?);
        let both = (accruing.grown(to, interest.day_count), accruing.owed(to, interest.day_count));
        self.earns_interest().then_some(both)
    }

    /// Whether interest grows on it.
    pub fn earns_interest(&self) -> bool {
        self.accruing.is_some()
            && !self.maturity.is_some_and(|maturity| maturity.is_over)
            && match self.state {
                SavingsState::Active { .. } | SavingsState::Locked { .. } | SavingsState::Dormant { .. } => {
                    true
                }
                SavingsState::PendingApproval
                | SavingsState::Approved
                | SavingsState::Matured { .. }
                | SavingsState::Closed { .. } => false,
            }
    }

    /// When interest is to be applied next; never to an account that is closed or has matured.
    pub fn next_interest_on(&self) -> Option<Date> {
        let (Some(accruing), Some(interest)) = (&self.accruing, &self.terms.interest) else { return None };
        let after = accruing.from.max(accruing.put_off.unwrap_or(accruing.from));
        let next = interest.paid.next_after(after, accruing.since);
        next.filter(|_| self.earns_interest())
    }
}

impl PaymentPoint {
    /// The first of the days after this one; none beyond the calendar.
    pub fn next_after(&self, day: Date, since: Date) -> Option<Date> {
        match self {
            PaymentPoint::FirstDayOfMonth => day.first_of_month().checked_add(1.month()).ok(),
            PaymentPoint::EveryWeek => next_step(day, since, 7),
            PaymentPoint::EveryOtherWeek => next_step(day, since, 14),
            PaymentPoint::EveryMonth => next_month(day, since, 1),
            PaymentPoint::EveryThreeMonths => next_month(day, since, 3),
            PaymentPoint::OnFixedDates(days) => {
                let of_year = |year: i16| days.iter().filter_map(move |day| day.in_year(year));
                let next_year = day.year().checked_add(1);
                let both = of_year(day.year()).chain(next_year.into_iter().flat_map(of_year));
                both.filter(|payment| *payment > day).min()
            }
            PaymentPoint::OnMaturity => None,
        }
    }
}

impl DayOfYear {
    fn in_year(self, year: i16) -> Option<Date> {
        let first = Date::new(year, self.month, 1).ok()?;
        Date::new(year, self.month, self.day.min(first.days_in_month())).ok()
    }

    /// Whether some year has this day.
    pub fn is_possible(self) -> bool {
        // Of a leap year.
        let first = Date::new(2024, self.month, 1);
        first.is_ok_and(|first| (1..=first.days_in_month()).contains(&self.day))
    }
}

fn next_step(day: Date, since: Date, length: i64) -> Option<Date> {
    let passed = i64::from(since.until(day).ok()?.get_days());
    add_days(since, (passed.max(0) / length + 1) * length)
}

fn next_month(day: Date, since: Date, months: u32) -> Option<Date> {
    let passed = (i32::from(day.year()) - i32::from(since.year())) * 12 + i32::from(day.month())
        - i32::from(since.month());
    let steps = u32::try_from(passed.max(0)).ok()? / months;
    let period = Period::months(months);
    let mut candidates = (steps.max(1)..=steps + 1).filter_map(|times| period.add_times(since, times).ok());
    candidates.find(|payment| *payment > day)
}

/// Adds to the balance from this day on.
pub(crate) fn shift(balances: &mut Vec<BalanceFrom>, on: Date, amount: Amount) {
    let place = balances.partition_point(|kept| kept.from < on);
    if balances.get(place).is_none_or(|kept| kept.from > on) {
        balances.insert(place, BalanceFrom { from: on, balance: balance_on(balances, on) });
    }
    balances[place..].iter_mut().for_each(|kept| kept.balance += amount);
}

pub(crate) fn put_rate(rates: &mut Vec<RateFrom>, new: RateFrom) {
    rates.retain(|kept| kept.from < new.from);
    rates.push(new);
}

/// Forgets the rates before this day.
fn begin_at(rates: &mut Vec<RateFrom>, on: Date) {
    if rates.is_empty() {
        return;
    }
    let rate = rate_on(rates, on);
    rates.retain(|kept| kept.from > on);
    rates.insert(0, RateFrom { from: on, rate });
}

fn balance_on(balances: &[BalanceFrom], day: Date) -> Amount {
    balances.iter().rev().find(|kept| kept.from <= day).map_or(Amount::ZERO, |kept| kept.balance)
}

fn rate_on(rates: &[RateFrom], day: Date) -> Rate {
    let found = rates.iter().rev().find(|kept| kept.from <= day).or(rates.first());
    found.map_or(Rate::ZERO, |kept| kept.rate)
}

/// Unrounded interest of the time on what is there.
pub(crate) fn grown(course: (&[BalanceFrom], &[RateFrom]), day_count: DayCount, time: (Date, Date)) -> Exact {
    interest_of(course, day_count, time, |balance| balance)
}

/// Unrounded interest of the time on what is overdrawn.
pub(crate) fn owed(course: (&[BalanceFrom], &[RateFrom]), day_count: DayCount, time: (Date, Date)) -> Exact {
    interest_of(course, day_count, time, |balance| -balance)
}

/// The time is cut where the balance or the rate changes.
fn interest_of(
    (balances, rates): (&[BalanceFrom], &[RateFrom]),
    day_count: DayCount,
    (from, to): (Date, Date),
    counted: fn(Amount) -> Amount,
) -> Exact {
    if to <= from || rates.is_empty() {
        return Exact::ZERO;
    }
    let changes = balances.iter().map(|kept| kept.from).chain(rates.iter().map(|kept| kept.from));
    let mut days: Vec<Date> = changes.filter(|day| *day > from && *day < to).chain([from, to]).collect();
    days.sort_unstable();
    days.dedup();
    let of_time = |time: &[Date]| {
        let balance = counted(balance_on(balances, time[0])).max(Amount::ZERO);
        let terms = InterestTerms {
            method: InterestMethod::DecliningBalance,
            rate: rate_on(rates, time[0]),
            charge_frequency: ChargeFrequency::Annualized,
            day_count,
            days_method: DaysMethod::ActualDays,
        };
        interest_between(&terms, &Period::months(1), balance, time[0], time[1])
    };
    days.windows(2).map(of_time).sum()
}

/// The tax on interest that was earned.
pub(crate) fn tax_on(interest: Amount, rate: Rate) -> Amount {
    rounded(Exact::from_amount(interest).times(rate.numerator()).divided_by(rate.denominator()))
}

/// To the cent; a half goes up.
pub(crate) fn rounded(grown: Exact) -> Amount {
    grown.round(Rounding::HalfUp)
}

#[cfg(test)]
mod tests;
