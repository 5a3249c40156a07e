//! Takes a repayment and splits it over the installments.
//!
//! Checks, in this order: state, value date, amount, what it says itself of what it pays, channel,
//! something to repay, prepayment, excess.

use jiff::civil::Date;
use loam_calc::allocation::{Allocation, Components};
use loam_calc::money::Amount;

use crate::loan::Installment;
use crate::loan::advance::{apply_interest_of, settle_lateness};
use crate::loan::charges::{fees, penalties};
use crate::loan::command::Repay;
use crate::loan::commands::close::close_after_payment;
use crate::loan::commands::{Decided, Target, repay_dynamic};
use crate::loan::context::Context;
use crate::loan::custom_payment::{self, OwedFee, Paying, fees_of};
use crate::loan::draft::Draft;
use crate::loan::event::{Event, InstallmentPart, InterestCause};
use crate::loan::refusal::Refusal;
use crate::loan::securities;
use crate::loan::turns;
use crate::organization::TransactionDetails;
use crate::product::PrepaymentAcceptance;
use crate::product::payments::FuturePayments;

/// Decides a repayment, today's or a back-dated one.
pub(super) fn repay(on: &Target<'_>, repay: &Repay) -> Result<Decided, Refusal> {
    let value_date = repay.value_date.unwrap_or(on.context.business_date);
    require_repayable(on)?;
    on.check_value_date("repay", value_date)?;
    let amount = repay.amount.positive_in(on.loan.terms.currency)?;
    let stated = custom_payment::agree(&on.loan.terms, amount, &repay.custom)?;
    check_details(&repay.details, on.context)?;
    let paying = Paying { amount, stated: &stated, is_again: false };
    on.on_day(value_date, |draft| post(draft, paying, value_date, &repay.details))
}

/// Posts a repayment on the loan as it stands in the draft.
///
/// Interest that is paid before it was applied is applied first, the whole installment's, on the
/// day of the repayment: a balance is never paid before it exists.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    paying: Paying<'_>,
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        return Err(Refusal::WrongStateForRepayment { state: draft.loan.servicing.state.name() });
    }
    penalties::settle(draft, value_date);
    if draft.loan.terms.is_dynamic() {
        return repay_dynamic::post(draft, paying, value_date, details);
    }
    let (allocation, fees) = allocate(draft, paying, value_date)?;
    let touched = allocation.parts.iter().enumerate().filter(|(_, part)| !part.is_zero());
    let touched: Vec<(usize, Components)> = touched.map(|(index, part)| (index, *part)).collect();
    fees::charge_early(draft, &touched, value_date);
    for (index, part) in &touched {
        let installment = &draft.loan.servicing.installments[*index];
        if installment.paid.interest + part.interest > installment.interest_applied {
            apply_interest_of(draft, *index, value_date, InterestCause::EarlyPayment);
        }
    }
    let number = |index: usize| draft.loan.servicing.installments[index].number;
    let parts: Vec<InstallmentPart> =
        touched.into_iter().map(|(index, part)| InstallmentPart { number: number(index), part }).collect();
    let split = parts.iter().map(|part| part.part).sum::<Components>();
    let posted = draft.posted(-split.principal);
    let custom = paying.decided(&parts, fees, &draft.loan.servicing.course.owed_fees);
    let (tax, amount) = (Components::default(), paying.amount);
    let event = Event::Repaid { posted, amount, parts, details: details.clone(), tax, custom };
    draft.record(value_date, event);
    securities::share(draft, value_date, split);
    settle_lateness(draft, value_date);
    close_after_payment(draft, value_date, details);
    Ok(())
}

/// What of each installment is paid, and the fees in it that were named.
fn allocate(
    draft: &Draft<'_>,
    paying: Paying<'_>,
    value_date: Date,
) -> Result<(Allocation, Vec<OwedFee>), Refusal> {
    let loan = &draft.loan;
    let installments = &loan.servicing.installments;
    let amount = paying.amount;
    let takes_all = loan.terms.prepayment == PrepaymentAcceptance::AcceptPrepayments;
    let payable = |installment: &Installment| {
        let is_payable = takes_all || installment.due_date <= value_date;
        if is_payable { fees::unpaid_with_fees(loan, installment) } else { Components::default() }
    };
    let (allocation, fees) = if paying.stated.is_empty() {
        (turns::split(loan, value_date, amount, payable), Vec::new())
    } else {
        let owed: Vec<Components> = installments.iter().map(payable).collect();
        let is_payable = |row: &&Installment| takes_all || row.due_date <= value_date;
        let fees = fees_of(loan, installments.iter().filter(is_payable), |row| fees::to_come(loan, row));
        let numbers: Vec<u32> = installments.iter().map(|row| row.number).collect();
        let split = paying.split(&loan.terms, (&numbers, &owed), &fees)?;
        split.with_rest(&owed, |left, owed| turns::split_owed(loan, value_date, left, owed))
    };
    if !allocation.excess.is_positive() {
        return Ok((allocation, fees));
    }
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    let outstanding: Amount = installments.iter().map(|row| fees::unpaid_with_fees(loan, row).total()).sum();
    let keeps_excess = loan.terms.payment_rules.future_payments == FuturePayments::AcceptOverpayments;
    if outstanding.is_zero() && !keeps_excess {
        return Err(Refusal::NothingToRepay);
    }
    if amount > outstanding && !keeps_excess {
        return Err(Refusal::ExcessRepayment { amount: text(amount), outstanding: text(outstanding) });
    }
    if !(takes_all && keeps_excess) {
        let due: Amount = installments.iter().map(|row| payable(row).total()).sum();
        return Err(Refusal::PrepaymentNotAllowed { amount: text(amount), due: text(due) });
    }
    Ok((allocation, fees))
}

/// A closed loan takes a back-dated repayment no more than today's.
fn require_repayable(on: &Target<'_>) -> Result<(), Refusal> {
    let state = &on.loan.servicing.state;
    if !state.is_active() {
        return Err(Refusal::WrongStateForRepayment { state: state.name() });
    }
    super::require_active(on.loan, "repay", on.context)
}

/// Refuses a channel that does not exist or is not active, and fields that it does not take.
pub(crate) fn check_details(details: &TransactionDetails, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(key) = details.channel else { return Ok(()) };
    let unknown = || Refusal::UnknownChannel { value: key.to_string() };
    let channel = context.catalog.channels.by_key(key).ok_or_else(unknown)?;
    if !channel.is_active {
        return Err(Refusal::InactiveChannel { id: channel.id.clone() });
    }
    if let Some(field) = details.channel_fields.keys().find(|field| !channel.fields.contains(field)) {
        return Err(Refusal::FieldNotOfChannel { id: channel.id.clone(), field: *field });
    }
    Ok(())
}
