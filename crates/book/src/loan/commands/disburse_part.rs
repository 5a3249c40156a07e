//! Pays a loan out in parts: tranche by tranche, or freely up to its amount where the product lets it.
//!
//! Checks, in this order: tranche, value date, amount, last due date, channel, fees.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::command::Disburse;
use crate::loan::commands::disbursement_fees::{self, DisbursementFees, Disbursing};
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::draft::Draft;
use crate::loan::dynamic::{ScheduleCause, going_on, respread_event};
use crate::loan::event::Event;
use crate::loan::event::charge::DisbursedFee;
use crate::loan::refusal::{Refusal, RevolvingRefusal, TrancheRefusal};
use crate::loan::{Loan, command_rights};
use crate::organization::TransactionDetails;
use crate::product::ProductType;

/// A part that is to be paid out.
pub(crate) struct Part {
    pub(crate) amount: Amount,
    pub(crate) tranche: Option<Key>,
}

/// The part that a disbursement pays out: the next tranche, what it names of the loan amount, or all
/// of it.
pub(crate) fn part(loan: &Loan, disburse: &Disburse, value_date: Date) -> Result<Part, Refusal> {
    let terms = &loan.terms;
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    let stated = disburse.amount.as_ref().map(|stated| stated.positive_in(terms.currency)).transpose()?;
    let refused =
        |amount: Amount, reason: String| Err(Refusal::InvalidAmount { value: text(amount), reason });
    let tranches = &loan.servicing.course.tranches;
    if let Some(next) = tranches.iter().find(|tranche| tranche.disbursement.is_none()) {
        if let Some(expected_on) = next.expected_on.filter(|expected_on| value_date < *expected_on) {
            return Err(TrancheRefusal::BeforeExpected { value_date, expected_on }.into());
        }
        if let Some(amount) = stated.filter(|amount| *amount != next.amount) {
            return refused(amount, format!("the tranche is {}", text(next.amount)));
        }
        if paid_out(loan).is_zero()
            && next.amount <= terms.capitalized_fee
            && terms.capitalized_fee.is_positive()
        {
            return refused(next.amount, format!("{} of it are kept as a fee", text(terms.capitalized_fee)));
        }
        return Ok(Part { amount: next.amount, tranche: Some(next.key) });
    }
    if !tranches.is_empty() {
        return Err(TrancheRefusal::AllDisbursed.into());
    }
    if terms.is_revolving() {
        return draw(loan, stated);
    }
    let left = terms.amount - paid_out(loan);
    if !terms.payment_rules.disburses_in_parts {
        return match stated.filter(|amount| *amount != terms.amount) {
            Some(amount) => refused(amount, format!("the loan amount is {}", text(terms.amount))),
            None => Ok(Part { amount: terms.amount, tranche: None }),
        };
    }
    if !left.is_positive() {
        return Err(TrancheRefusal::AllDisbursed.into());
    }
    let amount = stated.unwrap_or(left);
    if amount > left {
        return refused(amount, format!("{} of the loan amount are left", text(left)));
    }
    if paid_out(loan).is_zero() && amount <= terms.capitalized_fee {
        return refused(amount, format!("{} of it are kept as a fee", text(terms.capitalized_fee)));
    }
    Ok(Part { amount, tranche: None })
}

/// A draw names its amount, which is not more than what is left of the limit.
fn draw(loan: &Loan, stated: Option<Amount>) -> Result<Part, Refusal> {
    let terms = &loan.terms;
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    let missing =
        || Refusal::InvalidAmount { value: String::new(), reason: "a draw names its amount".to_owned() };
    let amount = stated.ok_or_else(missing)?;
    check_limit(loan, amount)?;
    if loan.servicing.installments.is_empty() && amount <= terms.capitalized_fee {
        let reason = format!("{} of it are kept as a fee", text(terms.capitalized_fee));
        return Err(Refusal::InvalidAmount { value: text(amount), reason });
    }
    Ok(Part { amount, tranche: None })
}

/// Never more than the limit is outstanding of a credit.
fn check_limit(loan: &Loan, amount: Amount) -> Result<(), Refusal> {
    let available = loan.available();
    if amount <= available {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    let (amount, available) = (text(amount), text(available));
    Err(Refusal::Revolving(RevolvingRefusal::MoreThanAvailable { amount, available }))
}

/// Whether a loan that is paid out may be paid out further.
pub(super) fn takes_parts(loan: &Loan) -> bool {
    let has_parts = match loan.terms.product_type {
        ProductType::TranchedLoan | ProductType::RevolvingCredit => true,
        ProductType::FixedTermLoan | ProductType::DynamicTermLoan | ProductType::InterestFreeLoan => {
            loan.terms.payment_rules.disburses_in_parts
        }
    };
    loan.terms.is_dynamic() && has_parts
}

/// What was paid out so far of the loan amount: principal, without what was added to it.
fn paid_out(loan: &Loan) -> Amount {
    let course = &loan.servicing.course;
    let added = course.capitalized_interest + course.capitalized_fees;
    loan.servicing.paid.principal + loan.servicing.outstanding.principal - added
}

/// Pays a further part of an active loan out.
pub(super) fn disburse(on: &Target<'_>, disburse: &Disburse) -> Result<Decided, Refusal> {
    require_active(on.loan, "disburse", on.context)?;
    command_rights::check_two_men(on.loan, on.context)?;
    let value_date = disburse.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("disburse", value_date)?;
    let part = part(on.loan, disburse, value_date)?;
    if let Some(date) = disburse.first_due_date {
        let reason = "the loan has its installments already".to_owned();
        return Err(Refusal::InvalidFirstDueDate { value: date.to_string(), reason });
    }
    check_last_due_date(on.loan, value_date)?;
    repay::check_details(&disburse.details, on.context)?;
    let stated = disburse.fees.as_deref();
    let charged = match (disbursement_fees::names_share(&on.loan.terms, stated), on.history) {
        (false, _) => Vec::new(),
        (true, None) => return Ok(Decided::NeedsHistory(value_date)),
        (true, Some(history)) => disbursement_fees::charged_before(history),
    };
    let disbursing = Disbursing { cash: part.amount, is_first: false, charged: &charged };
    let fees = DisbursementFees::agree(&on.loan.terms, stated, &disbursing, on.context)?;
    on.on_day(value_date, |draft| post(draft, value_date, (&part, &fees), &disburse.details))
}

fn check_last_due_date(loan: &Loan, value_date: Date) -> Result<(), Refusal> {
    match loan.servicing.installments.last().map(|row| row.due_date).filter(|last| value_date >= *last) {
        Some(last_due_date) => Err(TrancheRefusal::AfterLastDueDate { value_date, last_due_date }.into()),
        None => Ok(()),
    }
}

/// Posts a further part; what is not repaid is spread anew over the rows that are not due.
pub(super) fn post(
    draft: &mut Draft<'_>,
    value_date: Date,
    (part, fees): (&Part, &DisbursementFees),
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let loan = &draft.loan;
    if !loan.servicing.state.is_active() {
        return Err(Refusal::WrongState { command: "disburse", state: loan.servicing.state.name() });
    }
    check_last_due_date(loan, value_date)?;
    if loan.terms.is_revolving() {
        check_limit(loan, part.amount)?;
    } else if loan.closed() == loan.servicing.installments.len() {
        // It was repaid before and opened again: no row is left to take more.
        return Err(Refusal::WrongState { command: "disburse", state: "repaid" });
    }
    let amount = part.amount + fees.capitalized();
    let posted = draft.posted(amount);
    draft.record(
        value_date,
        Event::Disbursed {
            posted,
            amount,
            capitalized_fee: Amount::ZERO,
            capitalized_fee_tax: Amount::ZERO,
            fees: fees.kept.clone(),
            upfront: fees.upfront.clone(),
            carried_over: None,
            paid_off: Vec::new(),
            installments: Vec::new(),
            details: details.clone(),
            tranche: part.tranche,
            first_due_date: None,
        },
    );
    let event = if draft.loan.terms.is_revolving() {
        going_on(&draft.loan, value_date, ScheduleCause::Disbursement)
    } else {
        respread_event(&draft.loan, value_date, ScheduleCause::Disbursement, amount)
    };
    draft.derive(value_date, event);
    fees.charge_upfront(draft, value_date);
    Ok(())
}

/// Posts a further part again, with the amount that was paid out and the fees that came with it.
pub(crate) fn post_again(
    draft: &mut Draft<'_>,
    value_date: Date,
    (amount, tranche): (Amount, Option<Key>),
    (kept, upfront): (&[DisbursedFee], &[DisbursedFee]),
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    let fees = DisbursementFees { kept: kept.to_vec(), upfront: upfront.to_vec() };
    let part = Part { amount: amount - fees.capitalized(), tranche };
    post(draft, value_date, (&part, &fees), details)
}
