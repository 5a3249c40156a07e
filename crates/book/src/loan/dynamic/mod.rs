//! Loans whose interest follows what is outstanding: where one stands on a day, and what is to come.
//!
//! Rows whose due date has come are facts. The others are a projection: stored as of the last event,
//! and projected anew by whoever reads them later. Nobody is refused here; see the commands.

pub(crate) mod capitalized;
pub(crate) mod late;
mod outlook;
pub mod period_end;
mod prepayment;
pub mod quote;
pub(crate) mod repayment;
mod respread;
pub mod review;
mod tiers;

use jiff::civil::Date;
use loam_calc::accrual::Span;
use loam_calc::allocation::Component;
use loam_calc::money::Amount;
use loam_calc::projection::{Balance, Growth, Keep, RateFrom, Row};
use loam_calc::schedule::{BalanceTier, InterestMethod};
use serde::{Deserialize, Serialize};

use crate::loan::charges::tax::{charged_interest, gross_rate};
use crate::loan::course::PrincipalFrom;
use crate::loan::dynamic::late::overdue_from;
use crate::loan::event::Event;
use crate::loan::terms::{is_default, is_zero};
use crate::loan::{Installment, Loan, Terms};
use crate::product::GracePeriodType;
use crate::product::interest::{InterestBalance, RateTerms};
use crate::product::payments::ElementsRecalculation;

pub(crate) use outlook::Upcoming;
pub(crate) use respread::respread_event;

/// How the interest of a dynamic loan goes on from the last event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Running {
    /// How many installments' time is over: their rows are facts.
    #[serde(skip_serializing_if = "is_default")]
    pub closed: u32,
    /// Interest of earlier time that no row carries yet; less than zero where interest of the time
    /// that runs was applied ahead of its due date.
    #[serde(skip_serializing_if = "is_zero")]
    pub carried: Amount,
    /// What bears interest, since the beginning of the time that runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principal: Vec<PrincipalFrom>,
    /// Overdue principal whose interest was not placed yet, where that has a place of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overdue: Vec<PrincipalFrom>,
}

/// Why rows were projected again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleCause {
    Disbursement,
    /// An installment fell due: from now on it is a fact.
    DueDate,
    Repayment,
    /// Interest was applied by hand, or added to the principal on a due date.
    InterestApplied,
    RateChange,
    Pause,
    /// Somebody drew again what was paid too much.
    Redraw,
    /// Rows were edited by hand, what was overdue was spread anew, or due dates followed the calendar.
    Edit,
    /// The day of a bill of a revolving credit has come.
    Bill,
    /// Interest of what is overdue found its place in the overdue row.
    LateInterest,
}

impl Terms {
    /// Whether interest follows what is outstanding, and rows follow what is paid.
    pub fn is_dynamic(&self) -> bool {
        self.product_type.is_dynamic(&self.payment_rules, self.payment_method)
    }
}

/// Rates, pauses and balances of a loan in the words of the calculation.
pub(crate) struct Dynamics {
    rates: Vec<RateFrom>,
    tiers: Vec<BalanceTier>,
    pauses: Vec<Span>,
}

impl Dynamics {
    pub(crate) fn of(loan: &Loan) -> Dynamics {
        let course = &loan.servicing.course;
        let charged = |rate| gross_rate(&loan.terms, Component::Interest, rate);
        let changed = course.rates.iter().map(|rate| RateFrom { from: rate.from, rate: charged(rate.rate) });
        // Of a loan with tiers nobody changes the rate.
        let rates = match loan.terms.interest_rules.rate_terms {
            RateTerms::TieredPeriod { .. } => tiers::rates_by_day(loan),
            RateTerms::Fixed | RateTerms::Tiered { .. } => changed.collect(),
        };
        let pauses = course.pauses.iter().map(|pause| Span { from: pause.from, to: pause.to });
        Dynamics { rates, tiers: loan.terms.balance_tiers(), pauses: pauses.collect() }
    }

    pub(crate) fn growth(&self, terms: &Terms) -> Growth<'_> {
        Growth {
            terms: charged_interest(terms),
            period: terms.period,
            rates: &self.rates,
            tiers: &self.tiers,
            pauses: &self.pauses,
            rounding: terms.rounding,
        }
    }
}

impl Loan {
    /// How its interest goes on.
    pub(crate) fn running(&self) -> Running {
        let course = &self.servicing.course;
        let (principal, overdue) = (course.principal.clone(), course.overdue.clone());
        Running { closed: course.closed, carried: course.carried, principal, overdue }
    }

    /// Principal of rows whose time is over that was not paid.
    pub(crate) fn unpaid_principal_of_closed(&self) -> Amount {
        self.closed_rows().iter().map(|row| row.unpaid().principal).sum()
    }

    /// The rows whose time is over.
    pub(crate) fn closed_rows(&self) -> &[Installment] {
        &self.servicing.installments[..self.closed()]
    }

    pub(crate) fn closed(&self) -> usize {
        usize::try_from(self.servicing.course.closed).expect("a number of rows fits")
    }

    /// What bears interest as the loan stands.
    pub(crate) fn bearing(&self) -> Amount {
        let principal = self.servicing.outstanding.principal;
        if self.closed() == self.servicing.installments.len() {
            // After the last due date nothing is scheduled any more: all of it bears interest or none.
            return principal;
        }
        let interest = self.closed_rows().iter().map(|row| row.unpaid().interest).sum();
        self.bearing_of(principal, self.unpaid_principal_of_closed(), interest)
    }

    /// What bears interest of so much principal, so much of it overdue, and of overdue interest.
    pub(crate) fn bearing_of(&self, principal: Amount, overdue: Amount, interest: Amount) -> Amount {
        let rules = &self.terms.interest_rules;
        // Late interest that has a place of its own is counted apart.
        match (rules.accrues_late_interest && !self.terms.places_late_interest(), rules.balance) {
            (false, _) => principal - overdue,
            (true, InterestBalance::PrincipalOnly) => principal,
            (true, InterestBalance::PrincipalAndInterest) => principal + interest,
        }
    }

    /// From when to when a row runs.
    pub(crate) fn time_of(&self, index: usize) -> Span {
        let rows = &self.servicing.installments;
        let beginning = || self.servicing.state.disbursed_on().expect("only a loan paid out has rows");
        let from = index.checked_sub(1).map_or_else(beginning, |before| rows[before].due_date);
        Span { from, to: rows[index].due_date }
    }
}

/// A row that is not due yet, keeping what its terms say.
pub(crate) fn upcoming_row(loan: &Loan, index: usize) -> Row {
    let row = &loan.servicing.installments[index];
    Row {
        time: loan.time_of(index),
        keep: if loan.servicing.course.kept_principal.contains(&row.due_date) && !row.is_grace {
            Keep::Principal(row.expected.principal)
        } else {
            keep_of(&loan.terms, row, loan.servicing.installments.len())
        },
        paid_principal: row.paid.principal,
        applied_interest: row.interest_applied,
    }
}

/// What of a row stays when its interest changes: the total of equal installments or their
/// principal, as the product says; the principal of all others.
fn keep_of(terms: &Terms, row: &Installment, count: usize) -> Keep {
    let expected = row.expected;
    if row.is_grace {
        return if is_holiday(terms, row) { Keep::Total(Amount::ZERO) } else { Keep::Nothing };
    }
    if terms.interest.method != InterestMethod::DecliningBalanceDiscounted
        || is_interest_only(terms, row.number, count)
    {
        return Keep::Principal(expected.principal);
    }
    match terms.payment_rules.elements_recalculation {
        ElementsRecalculation::FixedPrincipalExpected => Keep::Principal(expected.principal),
        ElementsRecalculation::FixedTotalExpected => Keep::Total(expected.principal + expected.interest),
    }
}

/// Whether somebody made the row a payment holiday: it asks for nothing, and its time has interest.
fn is_holiday(terms: &Terms, row: &Installment) -> bool {
    let is_forgiven =
        terms.grace_period_type == GracePeriodType::InterestForgiveness && row.number <= terms.grace_period;
    row.is_grace && !is_forgiven
}

/// Whether the terms ask for no principal in the row with this number.
fn is_interest_only(terms: &Terms, number: u32, count: usize) -> bool {
    let is_last = usize::try_from(number).is_ok_and(|number| number == count);
    let grace = terms.grace_period;
    number <= grace || !is_last && !(number - grace).is_multiple_of(terms.principal_repayment_interval.max(1))
}

/// How interest goes on from a day on which rows or balance changed otherwise than by a payment.
pub(crate) fn going_on(loan: &Loan, on: Date, cause: ScheduleCause) -> Event {
    let running = loan.running();
    let principal = with_balance(running.principal, on, loan.bearing());
    let behind = loan.unpaid_principal_of_closed();
    let overdue = match behind.is_positive() && loan.terms.places_late_interest() {
        true => with_balance(running.overdue, on, behind),
        false => Vec::new(),
    };
    let running = Running { principal, overdue, ..running };
    Upcoming::going_on(loan, on, running).event(cause)
}

/// How interest goes on when rows were edited; `was_over` says that no row was open before.
pub(crate) fn going_on_edited(loan: &Loan, on: Date, was_over: bool) -> Event {
    let mut before = loan.clone();
    let course = &mut before.servicing.course;
    if was_over {
        // Overdue principal had no place of its own after the last due date.
        course.overdue = overdue_from(loan, on, loan.unpaid_principal_of_closed());
        if !loan.terms.interest_rules.accrues_after_maturity {
            course.principal.clear();
        }
    }
    going_on(&before, on, ScheduleCause::Edit)
}

/// How interest begins when the loan was paid out.
pub(crate) fn begin(loan: &Loan, on: Date) -> Event {
    let principal = with_balance(Vec::new(), on, loan.bearing());
    let running = Running { principal, ..Running::default() };
    Upcoming::going_on(loan, on, running).evened(0).event(ScheduleCause::Disbursement)
}

/// The balances with what bears interest from a day on.
pub(crate) fn with_balance(
    mut balances: Vec<PrincipalFrom>,
    from: Date,
    principal: Amount,
) -> Vec<PrincipalFrom> {
    if balances.last().is_some_and(|last| last.principal == principal) {
        return balances;
    }
    balances.retain(|balance| balance.from < from);
    balances.push(PrincipalFrom { from, principal });
    balances
}

pub(crate) fn balances(principal: &[PrincipalFrom]) -> Vec<Balance> {
    principal.iter().map(|entry| Balance { from: entry.from, principal: entry.principal }).collect()
}
