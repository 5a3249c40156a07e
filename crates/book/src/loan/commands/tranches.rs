//! The tranches of a loan: named before they are paid out, and then paid out in their order.
//!
//! Checks, in this order: product, state, keys, amounts, dates, number, sum.

use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::command::TrancheFigure;
use crate::loan::course::Tranche;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{Refusal, TrancheRefusal};
use crate::loan::{Loan, LoanState, Terms};
use crate::product::{Product, ProductType};

/// What tranches are checked against.
pub(super) struct Frame<'a> {
    pub(super) terms: &'a Terms,
    pub(super) product: &'a Product,
    /// The tranches as they stand.
    pub(super) present: &'a [Tranche],
    /// Makes the key of a new tranche from its place.
    pub(super) key: &'a dyn Fn(usize) -> Key,
}

/// Replaces the tranches by a new complete list: those with a key are changed, those without are
/// new, and those that are left out are deleted.
pub(super) fn set(
    draft: &mut Draft<'_>,
    figures: &[TrancheFigure],
    product: &Product,
) -> Result<(), Refusal> {
    let loan = &draft.loan;
    check_product(&loan.terms)?;
    let is_open = match &loan.servicing.state {
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { .. } => true,
        LoanState::Closed { .. } => false,
    };
    if !is_open {
        return Err(TrancheRefusal::NotEditable { state: loan.servicing.state.name() }.into());
    }
    let number = |place: usize| loan.version * 1_000 + i64::try_from(place).expect("a place fits");
    let key = |place: usize| Key::tranche(loan.part, loan.account_no, number(place));
    let present = &loan.servicing.course.tranches;
    let tranches = agreed(figures, &Frame { terms: &loan.terms, product, present, key: &key })?;
    if matches!(loan.servicing.state, LoanState::Approved { .. } | LoanState::Active { .. }) {
        check_complete(&loan.terms, &tranches)?;
    }
    draft.record(draft.context.business_date, Event::TranchesSet { tranches });
    Ok(())
}

/// The tranches that figures make.
pub(super) fn agreed(figures: &[TrancheFigure], frame: &Frame<'_>) -> Result<Vec<Tranche>, Refusal> {
    check_product(frame.terms)?;
    let mut tranches = Vec::with_capacity(figures.len());
    for (place, figure) in figures.iter().enumerate() {
        tranches.push(tranche(figure, place, frame)?);
    }
    for disbursed in frame.present.iter().filter(|tranche| tranche.disbursement.is_some()) {
        if !tranches.contains(disbursed) {
            return Err(TrancheRefusal::Disbursed { key: disbursed.key.to_string() }.into());
        }
    }
    check_order(&tranches)?;
    if let Some(max) = frame.product.max_tranches
        && tranches.len() > usize::try_from(max).unwrap_or(usize::MAX)
    {
        return Err(TrancheRefusal::TooMany { count: tranches.len(), max }.into());
    }
    let total = sum(&tranches);
    if total > frame.terms.amount {
        let text = |amount: Amount| amount.to_fixed_text(frame.terms.currency);
        let (total, amount) = (text(total), text(frame.terms.amount));
        return Err(TrancheRefusal::MoreThanLoanAmount { total, amount }.into());
    }
    Ok(tranches)
}

/// Refuses an approval of a tranched loan whose tranches are not its amount.
pub(super) fn check_approval(loan: &Loan) -> Result<(), Refusal> {
    if loan.terms.product_type != ProductType::TranchedLoan
        || loan.terms.payment_rules.disburses_in_parts && loan.servicing.course.tranches.is_empty()
    {
        return Ok(());
    }
    check_complete(&loan.terms, &loan.servicing.course.tranches)
}

fn check_complete(terms: &Terms, tranches: &[Tranche]) -> Result<(), Refusal> {
    if tranches.is_empty() {
        return Err(TrancheRefusal::NotDefined.into());
    }
    let total = sum(tranches);
    if total != terms.amount {
        let text = |amount: Amount| amount.to_fixed_text(terms.currency);
        return Err(TrancheRefusal::NotLoanAmount { total: text(total), amount: text(terms.amount) }.into());
    }
    Ok(())
}

fn check_product(terms: &Terms) -> Result<(), Refusal> {
    match terms.product_type {
        ProductType::TranchedLoan => Ok(()),
        ProductType::FixedTermLoan
        | ProductType::DynamicTermLoan
        | ProductType::InterestFreeLoan
        | ProductType::RevolvingCredit => Err(TrancheRefusal::NotAllowed.into()),
    }
}

fn tranche(figure: &TrancheFigure, place: usize, frame: &Frame<'_>) -> Result<Tranche, Refusal> {
    let before = match figure.key {
        Some(key) => {
            let known = frame.present.iter().find(|tranche| tranche.key == key);
            Some(known.ok_or_else(|| TrancheRefusal::Unknown { key: key.to_string() })?)
        }
        None => None,
    };
    let stated = &figure.amount;
    let amount = Amount::parse(&stated.0, frame.terms.currency).ok().filter(|amount| amount.is_positive());
    let amount = amount.ok_or_else(|| TrancheRefusal::AmountNotPositive { value: stated.0.clone() })?;
    Ok(Tranche {
        key: before.map_or_else(|| (frame.key)(place), |before| before.key),
        amount,
        expected_on: figure.expected_on,
        disbursement: before.and_then(|before| before.disbursement),
    })
}

fn check_order(tranches: &[Tranche]) -> Result<(), Refusal> {
    let mut dates = tranches.iter().filter_map(|tranche| tranche.expected_on);
    let Some(mut before) = dates.next() else { return Ok(()) };
    for date in dates {
        if date < before {
            return Err(TrancheRefusal::NotOrdered { date, before }.into());
        }
        before = date;
    }
    Ok(())
}

fn sum(tranches: &[Tranche]) -> Amount {
    tranches.iter().map(|tranche| tranche.amount).sum()
}
