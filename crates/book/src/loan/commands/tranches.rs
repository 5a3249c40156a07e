//! The tranches of a loan: named before they are paid out, and then paid out in their order.
//!
//! Checks, in this order: product, state, keys, amounts, number, dates, sum.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::command::TrancheFigure;
use crate::loan::course::Tranche;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{Refusal, RestructureRefusal, TrancheRefusal};
use crate::loan::terms_agreed::MAX_INSTALLMENTS;
use crate::loan::{Loan, LoanState, Terms};
use crate::product::{Product, ProductType};

/// What tranches are checked against.
pub(super) struct Frame<'a> {
    pub(super) terms: &'a Terms,
    pub(super) product: &'a Product,
    /// The tranches as they stand.
    pub(super) present: &'a [Tranche],
    /// The day on which they are agreed.
    pub(super) today: Date,
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
    if loan.origin().is_some() {
        return Err(Refusal::Restructure(RestructureRefusal::TranchesStay));
    }
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
    let today = draft.context.business_date;
    let tranches = agreed(figures, &Frame { terms: &loan.terms, product, present, today, key: &key })?;
    if matches!(loan.servicing.state, LoanState::Approved { .. } | LoanState::Active { .. }) {
        check_complete(&loan.terms, &tranches)?;
    }
    draft.record(draft.context.business_date, Event::TranchesSet { tranches });
    Ok(())
}

/// The tranches that figures make.
pub(super) fn agreed(figures: &[TrancheFigure], frame: &Frame<'_>) -> Result<Vec<Tranche>, Refusal> {
    check_product(frame.terms)?;
    let max = frame.product.max_tranches.unwrap_or(MAX_INSTALLMENTS).min(MAX_INSTALLMENTS);
    let mut tranches: Vec<Tranche> = Vec::new();
    for (place, figure) in figures.iter().enumerate() {
        let tranche = tranche(figure, place, frame)?;
        if tranches.iter().any(|other| other.key == tranche.key) {
            return Err(TrancheRefusal::NamedTwice { key: tranche.key.to_string() }.into());
        }
        tranches.push(tranche);
        if u32::try_from(tranches.len()).is_ok_and(|count| count > max) {
            return Err(TrancheRefusal::TooMany { count: figures.len(), max }.into());
        }
    }
    for disbursed in frame.present.iter().filter(|tranche| tranche.disbursement.is_some()) {
        if !tranches.contains(disbursed) {
            return Err(TrancheRefusal::Disbursed { key: disbursed.key.to_string() }.into());
        }
    }
    check_order(&tranches)?;
    check_first_due_date(frame.terms, &tranches)?;
    let total = sum(&tranches);
    if total > frame.terms.amount {
        let text = |amount: Amount| amount.to_fixed_text(frame.terms.currency);
        let (total, amount) = (text(total), text(frame.terms.amount));
        return Err(TrancheRefusal::MoreThanLoanAmount { total, amount }.into());
    }
    Ok(tranches)
}

/// Refuses a first tranche that is expected when the first repayment is due already: it could never be paid out.
pub(super) fn check_first_due_date(terms: &Terms, tranches: &[Tranche]) -> Result<(), Refusal> {
    let first = tranches.first().filter(|first| first.disbursement.is_none());
    match (terms.first_due_date, first.and_then(|first| first.expected_on)) {
        (Some(first_due_date), Some(disbursed_on)) if disbursed_on >= first_due_date => {
            Err(Refusal::FirstDueDateBeforeDisbursement { first_due_date, disbursed_on })
        }
        _ => Ok(()),
    }
}

/// Sets a list again that somebody set, on what is now before it: which tranches are paid out is what
/// happened to the loan, not what was written then.
///
/// # Errors
/// `Disbursed` when one that is paid out by now is left out, or has another amount.
pub(crate) fn set_again(draft: &mut Draft<'_>, date: Date, tranches: &[Tranche]) -> Result<(), Refusal> {
    let mut tranches = tranches.to_vec();
    for tranche in &mut tranches {
        tranche.disbursement = None;
        // Whether the book has reminded of a day is what happened as well.
        let mut before = draft.loan.servicing.course.tranches.iter();
        let is_same = |known: &&Tranche| known.key == tranche.key && known.expected_on == tranche.expected_on;
        if let Some(known) = before.find(is_same) {
            tranche.remind_on = known.remind_on;
        }
    }
    let present = draft.loan.servicing.course.tranches.iter();
    for paid_out in present.filter(|tranche| tranche.disbursement.is_some()) {
        let same = tranches.iter_mut().find(|tranche| tranche.key == paid_out.key);
        match same.filter(|tranche| tranche.amount == paid_out.amount) {
            Some(tranche) => tranche.clone_from(paid_out),
            None => return Err(TrancheRefusal::Disbursed { key: paid_out.key.to_string() }.into()),
        }
    }
    draft.record(date, Event::TranchesSet { tranches });
    Ok(())
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
    // Another day is one to remind of, unless whoever agrees on it knows that it has come.
    let remind_on = match before.filter(|before| before.expected_on == figure.expected_on) {
        Some(before) => before.remind_on,
        None => figure.expected_on.filter(|on| *on > frame.today),
    };
    Ok(Tranche {
        key: before.map_or_else(|| (frame.key)(place), |before| before.key),
        amount,
        expected_on: figure.expected_on,
        remind_on,
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
