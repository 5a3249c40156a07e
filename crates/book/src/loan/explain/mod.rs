//! Why the figures of a loan are what they are: for every interest, fee and penalty the parts that
//! multiply out to it, and the log entries it rests on.
//!
//! The parts are taken from what was decided, never decided again here.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::calendar::Calendar;
use loam_calc::charges::{part_of_installment, with_tax};
use loam_calc::day_count::Fraction;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{InstallmentRounding, InterestTerms};

use crate::ids::Key;
use crate::loan::Loan;
use crate::loan::apply::{apply_step, open};
use crate::loan::as_of::{View, counted};
use crate::loan::event::{Entry, Event, Placed, Step};
use crate::loan::log::Effective;

mod charges;
mod dynamic;
mod interest;
mod rows;
mod taxes;
mod text;

pub use interest::accrued_exact;
pub use text::formula;

/// A figure that wants explaining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// The equal total of the installments of an annuity.
    EqualTotal,
    /// What an installment expects of interest.
    InstallmentInterest { number: u32, due_date: Date },
    /// Interest that became a balance.
    InterestApplied { transaction_id: i64, value_date: Date },
    /// Interest that has grown and is no balance yet.
    AccruedInterest { number: u32, on: Date },
    /// The part of the loan amount that was kept.
    CapitalizedFee { value_date: Date },
    /// A fee charged to an installment, by the number that this had then.
    Fee { transaction_id: i64, number: u32, value_date: Date },
    /// A fee of the product that was kept from what was paid out, or added to the principal.
    DisbursementFee { fee: Key, value_date: Date },
    /// A penalty that became a balance.
    Penalty { transaction_id: i64, value_date: Date },
    /// Penalties that have grown and are no balance yet.
    AccruedPenalty { on: Date },
    /// Fees or penalties that were charged and are not asked for any more.
    ChargeGivenUp { transaction_id: i64, value_date: Date },
    /// The tax in what a transaction charged.
    Tax { transaction_id: i64, value_date: Date },
    /// The tax in fees or penalties that are not asked for any more.
    TaxGivenUp { transaction_id: i64, value_date: Date },
}

/// What an amount is that something is worked out on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// What was lent, but for a down payment.
    OriginalPrincipal,
    /// What of it is outstanding while the period runs, if the schedule is kept.
    OutstandingPrincipal,
    /// What bears interest on those days, as it was or as it is expected.
    BearingPrincipal,
    /// The expected interest of an installment; it has an explanation of its own.
    ExpectedInterest(u32),
    /// What is overdue of an installment, as the product counts it for penalties.
    OverdueBalance(u32),
    /// A minor unit: what had grown of a penalty that was taken back is counted in parts of it.
    NotedPenalty(u32),
    /// The agreed amount of the loan.
    LoanAmount,
    /// The principal of the installment that carries a fee.
    InstallmentPrincipal,
    /// The interest of the installment that carries a fee.
    InstallmentInterest,
    /// Principal and interest of the installment that carries a fee.
    InstallmentTotal,
    /// Interest that an installment carries for others, taken off: it has no part in what grows.
    CarriedInterest(u32),
    /// What is charged with its tax: all that an installment carries of it.
    TaxedAmount,
}

/// One product of a sum: amount × rate × share. What is `None` is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub base: Base,
    pub amount: Amount,
    pub rate: Option<Rate>,
    /// The first day that counts, and the first one that does not any more.
    pub period: Option<(Date, Date)>,
    /// Of interest at a rate: how often the charge frequency fits into the period. Of a part of a
    /// figure: the days that count of the days of the whole.
    pub share: Option<Fraction>,
}

/// What is taken off after rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Less {
    /// Interest of this installment that was a balance already.
    AppliedBefore { number: u32, amount: Amount },
    /// Interest that the other installments expect.
    OtherInstallments { amount: Amount },
    /// Tax in what the installment carries besides.
    TaxOfRest { number: u32, amount: Amount },
}

/// How a figure was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Working {
    /// Σ parts, rounded where a rounding is named, less what is taken off; never negative.
    Sum { parts: Vec<Part>, rounding: Option<Rounding>, less: Vec<Less> },
    /// Principal × Π(1+r) ÷ Σ Π(1+r of those after), r being rate × time.
    Annuity {
        principal: Amount,
        rate: Rate,
        times: Vec<Fraction>,
        unrounded: Exact,
        rounding: Rounding,
        multiple: InstallmentRounding,
        total: Amount,
    },
    /// Somebody named the amount.
    Stated(Amount),
    /// What came out before, and what became of it since.
    Changed { before: Box<Working>, changes: Vec<Change> },
}

/// What became of a figure after it was worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was overdue and is spread over other installments.
    TakenOff { amount: Amount },
    /// Its share of what was overdue: total × place ÷ count, rounded down, less the same of the place
    /// before.
    Share { total: Amount, place: u32, count: u32 },
    /// What an installment that was taken away expected.
    Joined(Box<Working>),
    /// Interest of overdue principal, which the overdue installment asks for.
    LateInterest(Box<Working>),
    /// Interest of its time that was applied ahead of its due date, and is part of it still.
    AppliedAhead { amount: Amount },
    /// Interest that came from the time before, or less than zero: that goes on to the next one, or
    /// was applied ahead.
    Carried { amount: Amount },
    /// What grew after the last due date and was applied.
    AfterMaturity { amount: Amount },
    /// What of it was not paid and so not applied.
    NotTaken { amount: Amount },
    /// What a claim of the protection waived of it.
    Waived { amount: Amount },
    /// Only the part of one installment: the whole ÷ count, rounded, and what is left in the last.
    PartOf { whole: Amount, place: u32, count: u32, rounding: Rounding },
    /// The tax on top: net × (1 + rate), rounded, less the net.
    TaxOnTop { net: Amount, rate: Rate, rounding: Rounding },
    /// Rounded to a multiple of an amount.
    ToMultiple { unrounded: Exact, multiple: Amount, rounding: Rounding },
    /// Interest of an installment that was due and held back.
    HeldBack { number: u32, amount: Amount },
}

/// Why a figure is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub figure: Figure,
    /// The figure as the loan has it, in minor units.
    pub amount: Exact,
    pub working: Working,
    /// How time was counted, where interest at a rate was worked out.
    pub counting: Option<InterestTerms>,
    /// Numbers of the log entries that it rests on, in their order.
    pub entries: Vec<i64>,
}

impl Part {
    /// Amount × rate × share, unrounded.
    pub fn value(&self) -> Exact {
        let amount = Exact::from_amount(self.amount);
        let rated =
            self.rate.map_or(amount, |rate| amount.times(rate.numerator()).divided_by(rate.denominator()));
        self.share.map_or(rated, |share| rated.times(share.numerator).divided_by(share.denominator))
    }
}

impl Less {
    pub fn amount(&self) -> Amount {
        match self {
            Less::AppliedBefore { amount, .. }
            | Less::OtherInstallments { amount }
            | Less::TaxOfRest { amount, .. } => *amount,
        }
    }
}

impl Change {
    /// By how much the figure changed.
    pub fn amount(&self) -> Exact {
        match self {
            Change::TakenOff { amount } | Change::NotTaken { amount } | Change::Waived { amount } => {
                -Exact::from_amount(*amount)
            }
            Change::AppliedAhead { amount }
            | Change::Carried { amount }
            | Change::AfterMaturity { amount }
            | Change::HeldBack { amount, .. } => Exact::from_amount(*amount),
            Change::Share { total, place, count } => {
                let running = |place: u32| {
                    let part = Exact::from_amount(*total).times(place.into()).divided_by((*count).into());
                    Exact::from_amount(part.round(Rounding::Down))
                };
                running(*place) - running(*place - 1)
            }
            Change::Joined(working) | Change::LateInterest(working) => working.result(),
            Change::PartOf { whole, place, count, rounding } => {
                Exact::from_amount(part_of_installment(*whole, (*place, *count), *rounding) - *whole)
            }
            Change::ToMultiple { unrounded, multiple, rounding } => {
                let multiples = unrounded.divided_by(i128::from(multiple.minor())).round(*rounding);
                Exact::from_amount(multiples).times(i128::from(multiple.minor())) - *unrounded
            }
            Change::TaxOnTop { net, rate, rounding } => {
                Exact::from_amount(with_tax(*net, *rate, *rounding) - *net)
            }
        }
    }
}

impl Working {
    /// What comes out.
    pub fn result(&self) -> Exact {
        match self {
            Working::Sum { parts, rounding, less } => {
                let sum: Exact = parts.iter().map(Part::value).sum();
                // As penalties are: what was noted is off by parts of its 20th decimal.
                let is_noted = parts.iter().any(|part| matches!(part.base, Base::NotedPenalty(_)));
                let sum = if is_noted && rounding.is_some() { sum.to_decimals(15) } else { sum };
                let rounded = rounding.map_or(sum, |rounding| Exact::from_amount(sum.round(rounding)));
                let less: Amount = less.iter().map(Less::amount).sum();
                (rounded - Exact::from_amount(less)).max(Exact::ZERO)
            }
            Working::Annuity { total, .. } => Exact::from_amount(*total),
            Working::Stated(amount) => Exact::from_amount(*amount),
            Working::Changed { before, changes } => {
                let sum = before.result() + changes.iter().map(Change::amount).sum::<Exact>();
                sum.max(Exact::ZERO)
            }
        }
    }
}

/// Explains the figures of a loan that count through a view. `loan` is the loan through that view;
/// of a day to come, what is accrued by then is explained, and what is applied until then is not in
/// the log yet.
pub fn explain(entries: &[Entry], view: View, loan: &Loan, calendar: &Calendar) -> Vec<Explanation> {
    let steps = counted(entries, view);
    let Some((first, rest)) = steps.split_first() else { return Vec::new() };
    let Event::Created { opening } = &first.step.event else { return Vec::new() };
    let mut explainer = Explainer {
        entries,
        calendar,
        rows: Vec::new(),
        waiting: None,
        penalties: BTreeMap::new(),
        found: Vec::new(),
    };
    let mut standing = open(opening, first.stamp);
    for (index, effective) in rest.iter().enumerate() {
        let next = rest.get(index + 1).map(|next| next.step);
        explainer.explain_interest(&standing, *effective, next);
        explainer.explain_charges(&standing, effective.step);
        explainer.explain_taxes(&standing, effective.step);
        apply_step(&mut standing, effective.step, effective.stamp);
    }
    explainer.expect_on(&mut standing, view.as_of);
    explainer.expected_and_accrued(loan, view.as_of);
    explainer.penalties_accrued(loan, view.as_of);
    explainer.found
}

/// What is explained so far, step by step through the life of a loan.
struct Explainer<'a> {
    entries: &'a [Entry],
    calendar: &'a Calendar,
    /// Why the installments expect the interest that they expect, in their order.
    rows: Vec<rows::Row>,
    /// Why so much interest waits to be added to the principal.
    waiting: Option<Working>,
    /// What penalties have grown on, by the number of the installment.
    penalties: BTreeMap<u32, Vec<Part>>,
    found: Vec<Explanation>,
}

impl Explainer<'_> {
    /// The entry that brought a transaction.
    fn of_transaction(&self, transaction_id: i64) -> Vec<i64> {
        self.first_with(|step| {
            step.event.posted().iter().any(|posted| posted.transaction_id == transaction_id)
        })
    }

    /// The entry that brought a step.
    fn of_step(&self, effective: Effective<'_>) -> Vec<i64> {
        match effective.step.event.posted().first() {
            Some(posted) => self.of_transaction(posted.transaction_id),
            None => self.first_with(|step| step == effective.step),
        }
    }

    fn first_with(&self, is_it: impl Fn(&Step) -> bool) -> Vec<i64> {
        let brings = |entry: &&Entry| {
            let Event::Refolded { refolded } = &entry.step.event else { return is_it(&entry.step) };
            refolded.tail.iter().any(|placed| matches!(placed, Placed::New(step) if is_it(step)))
        };
        self.entries.iter().find(brings).map(|entry| entry.seq).into_iter().collect()
    }
}
