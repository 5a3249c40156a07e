//! Takes a repayment of a loan whose interest follows what is outstanding.
//!
//! Checks, in this order: something to repay, prepayment, excess.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::Loan;
use crate::loan::advance::settle_lateness;
use crate::loan::charges::fees::charge_early;
use crate::loan::commands::close::close_after_payment;
use crate::loan::custom_payment::{OwedFee, Paying};
use crate::loan::draft::Draft;
use crate::loan::dynamic::capitalized;
use crate::loan::dynamic::late::placing;
use crate::loan::dynamic::repayment::{Owed, Payment, index_of, schedule_after};
use crate::loan::event::{Event, InterestCause};
use crate::loan::refusal::Refusal;
use crate::loan::securities;
use crate::organization::TransactionDetails;
use crate::product::PrepaymentAcceptance;
use crate::product::payments::FuturePayments;

/// Posts the repayment: the interest that it pays is applied, the rows are set as they are expected
/// with it, and then it is booked.
pub(super) fn post(
    draft: &mut Draft<'_>,
    paying: Paying<'_>,
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    place_late_interest(draft, value_date);
    if draft.loan.terms.capitalizes_interest() {
        capitalized::apply_before_payment(draft, value_date, paying.amount);
    }
    let (payment, fees) = split(draft, paying, value_date)?;
    let applied: Amount = payment.to_apply.iter().map(|part| part.part.interest).sum();
    if applied.is_positive() {
        let posted = draft.unposted(Amount::ZERO);
        let (parts, cause) = (payment.to_apply.clone(), InterestCause::EarlyPayment);
        let (amount, tax) = (applied, Amount::ZERO);
        let event = Event::InterestApplied { posted, amount, parts, cause, notes: None, tax };
        draft.derive(value_date, event);
    }
    charge_early(draft, &paying_fees_to_come(&draft.loan, &payment), value_date);
    let schedule = schedule_after(&draft.loan, value_date, &payment);
    draft.derive(value_date, schedule);

    let split = payment.parts.iter().map(|part| part.part).sum::<Components>();
    let posted = draft.posted(-split.principal);
    let custom = paying.decided(&payment.parts, fees, &draft.loan.servicing.course.owed_fees);
    let (parts, amount, tax) = (payment.parts, paying.amount, Components::default());
    let event = Event::Repaid { posted, amount, parts, details: details.clone(), tax, custom };
    draft.record(value_date, event);
    securities::share(draft, value_date, split);
    settle_lateness(draft, value_date);
    close_after_payment(draft, value_date, details);
    Ok(())
}

/// The rows in which the payment pays a fee that is not charged yet.
fn paying_fees_to_come(loan: &Loan, payment: &Payment) -> Vec<(usize, Components)> {
    let parts = payment.parts.iter().map(|part| (index_of(part.number), part.part));
    let charged = |index: usize| loan.servicing.installments[index].unpaid().fees;
    parts.filter(|(index, part)| part.fees > charged(*index)).collect()
}

/// Late interest of the days gone goes to the overdue row, where the product places it there.
pub(super) fn place_late_interest(draft: &mut Draft<'_>, value_date: Date) {
    for event in placing(&draft.loan, value_date).into_iter().flatten() {
        draft.derive(value_date, event);
    }
}

/// What of each row is paid, and the fees in it that were named.
fn split(
    draft: &Draft<'_>,
    paying: Paying<'_>,
    value_date: Date,
) -> Result<(Payment, Vec<OwedFee>), Refusal> {
    let (loan, amount) = (&draft.loan, paying.amount);
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    let everything = Owed::on(loan, value_date);
    let outstanding = everything.parts.iter().sum::<Components>().total();
    let keeps_excess = match loan.terms.payment_rules.future_payments {
        FuturePayments::AcceptOverpayments => true,
        FuturePayments::NoFuturePayments | FuturePayments::AcceptFuturePayments => false,
    };
    if outstanding.is_zero() && !keeps_excess {
        return Err(Refusal::NothingToRepay);
    }
    if amount > outstanding && !keeps_excess {
        return Err(Refusal::ExcessRepayment { amount: text(amount), outstanding: text(outstanding) });
    }
    let owed = match loan.terms.prepayment {
        PrepaymentAcceptance::AcceptPrepayments => everything,
        PrepaymentAcceptance::NoPrepayments => Owed::due(loan, value_date),
    };
    let (payment, fees) = owed.split_as(loan, value_date, paying)?;
    let is_accepted = loan.terms.prepayment == PrepaymentAcceptance::AcceptPrepayments;
    if payment.excess.is_zero() || is_accepted {
        return Ok((payment, fees));
    }
    let due = owed.parts.iter().sum::<Components>().total();
    Err(Refusal::PrepaymentNotAllowed { amount: text(amount), due: text(due) })
}
