//! Charges a fee to one installment: of any amount, or a manual one of the product.
//!
//! Checks, in this order: state, which fee, value date, channel, installment, amount.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::Terms;
use crate::loan::advance::settle_lateness;
use crate::loan::charges::fees::{Carrier, amount_of, deferral_on};
use crate::loan::charges::tax;
use crate::loan::command::{ChargeFee, StatedFee};
use crate::loan::commands::{Decided, Target, repay, require_active};
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{FeeCause, FeeCharge};
use crate::loan::refusal::{ChargeRefusal, Refusal};
use crate::loan::{Installment, Loan};
use crate::organization::TransactionDetails;
use crate::product::ProductType;
use crate::product::charges::{FeeAmortization, FeeCalculation, FeeTrigger, ProductFee};
use crate::stated::StatedAmount;

/// Decides a fee, today's or a back-dated one.
pub(super) fn charge(on: &Target<'_>, fee: &ChargeFee) -> Result<Decided, Refusal> {
    require_active(on.loan, "charge a fee", on.context)?;
    let manual = manual_fee(on, fee)?;
    let value_date = fee.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("charge a fee", value_date)?;
    repay::check_details(&fee.details, on.context)?;
    let terms = &on.loan.terms;
    let number = installment_number(on.loan, fee.installment, value_date)?;
    let amount = match manual {
        Some((manual, stated)) => {
            check_profile(terms, manual)?;
            let carrier = Carrier::of(&on.loan.servicing.installments, number);
            let amount = stated_amount(terms, manual, amount_of(terms, manual, carrier), stated)?;
            check_positive(terms, manual, amount)?;
            check_sum(terms, manual, amount, fee.amount.as_ref())?;
            amount
        }
        None => {
            let stated = fee.amount.as_ref().ok_or(Refusal::MissingField { field: "amount" })?;
            tax::gross(terms, Component::Fee, stated.positive_in(terms.currency)?)
        }
    };
    let key = manual.map(|(fee, _)| fee.key);
    on.on_day(value_date, |draft| post(draft, (amount, number, key), value_date, &fee.details))
}

/// Refuses an amount beside a fee of the product that is another one than is charged.
fn check_sum(
    terms: &Terms,
    fee: &ProductFee,
    amount: Amount,
    stated: Option<&StatedAmount>,
) -> Result<(), Refusal> {
    let Some(stated) = stated else { return Ok(()) };
    let given = stated.in_currency(terms.currency)?;
    if given == amount || tax::gross(terms, Component::Fee, given) == amount {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    let (name, value, product) = (fee.name.clone(), text(given), text(amount));
    Err(ChargeRefusal::FeeAmountNotOfProduct { name, value, product }.into())
}

/// Posts a fee on the loan as it stands in the draft.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    (amount, number, fee): (Amount, u32, Option<Key>),
    value_date: Date,
    details: &TransactionDetails,
) -> Result<(), Refusal> {
    check_chargeable(&draft.loan, "charge a fee", number)?;
    let deferral = fee.and_then(|fee| deferral_on(&draft.loan, fee, (amount, number), value_date));
    let charge = FeeCharge { fee, cause: FeeCause::Request, deferral, ..FeeCharge::default() };
    let (posted, details) = (draft.posted(Amount::ZERO), details.clone());
    draft.record(value_date, Event::FeeCharged { posted, amount, number, details, charge });
    settle_lateness(draft, value_date);
    Ok(())
}

/// Refuses an installment that does not exist, and one that is paid unless the product says otherwise.
pub(super) fn check_chargeable(loan: &Loan, command: &'static str, number: u32) -> Result<(), Refusal> {
    if !loan.servicing.state.is_active() {
        return Err(Refusal::WrongState { command, state: loan.servicing.state.name() });
    }
    let mut installments = loan.servicing.installments.iter();
    let installment = installments.find(|installment| installment.number == number);
    let installment = installment.ok_or(Refusal::UnknownInstallment { number })?;
    let takes_more = loan.terms.charges.on_paid_installments || installment.expected.is_zero();
    if installment.is_paid() && !takes_more {
        return Err(Refusal::InstallmentPaid { number });
    }
    Ok(())
}

/// The fee of the product that is named; `None` for an arbitrary one.
fn manual_fee<'a>(
    on: &Target<'a>,
    fee: &'a ChargeFee,
) -> Result<Option<(&'a ProductFee, &'a StatedFee)>, Refusal> {
    let Some(stated) = &fee.fees else {
        let is_allowed = on.loan.terms.allows_arbitrary_fees;
        return if is_allowed { Ok(None) } else { Err(Refusal::ArbitraryFeeNotAllowed) };
    };
    let terms = &on.loan.terms;
    let stated_fee = stated.first().ok_or(ChargeRefusal::MissingFee)?;
    let manual = fee_of_product(terms, stated_fee.fee, on.context)?;
    let not_allowed = |reason| Err(ChargeRefusal::FeeNotAllowed { name: manual.name.clone(), reason }.into());
    if stated.len() > 1 {
        return not_allowed("only one fee is charged at a time");
    }
    if manual.trigger != FeeTrigger::Manual {
        return not_allowed("nobody charges it by hand");
    }
    Ok(Some((manual, stated_fee)))
}

/// An active fee of the loan's product, by its key.
pub(super) fn fee_of_product<'a>(
    terms: &'a Terms,
    key: Key,
    context: &Context<'_>,
) -> Result<&'a ProductFee, Refusal> {
    if terms.charges.fees.is_empty() {
        return Err(ChargeRefusal::FeesNotAvailable.into());
    }
    let Some(fee) = terms.charges.fees.iter().find(|fee| fee.key == key) else {
        let has_it = |fees: &[ProductFee]| fees.iter().any(|fee| fee.key == key);
        let is_known = context.catalog.products.iter().any(|product| has_it(&product.charges.fees));
        return Err(Refusal::Charge(match is_known {
            true => ChargeRefusal::FeeOfAnotherProduct { key },
            false => ChargeRefusal::UnknownFee { key },
        }));
    };
    if !fee.is_active {
        return Err(ChargeRefusal::InactiveFee { name: fee.name.clone() }.into());
    }
    Ok(fee)
}

/// The amount of a fee, any tax on top included: the product's, or the one stated where the product
/// leaves it open.
pub(super) fn stated_amount(
    terms: &Terms,
    fee: &ProductFee,
    defined: Option<Amount>,
    stated: &StatedFee,
) -> Result<Amount, Refusal> {
    let name = || fee.name.clone();
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    let given = stated.amount.as_ref().map(|stated| stated.in_currency(terms.currency)).transpose()?;
    let Some(defined) = defined else {
        let given = given.ok_or_else(|| ChargeRefusal::MissingFeeAmount { name: name() })?;
        check_positive(terms, fee, given)?;
        return Ok(tax::gross(terms, Component::Fee, given));
    };
    match (given, fee.amount) {
        (None, _) => {}
        (Some(given), Some(amount)) if fee.calculation == FeeCalculation::Flat => {
            if given != amount {
                let (value, product) = (text(given), text(amount));
                return Err(ChargeRefusal::FeeAmountNotOfProduct { name: name(), value, product }.into());
            }
        }
        (Some(_), _) => return Err(ChargeRefusal::FeeAmountDefined { name: name() }.into()),
    }
    Ok(defined)
}

fn check_positive(terms: &Terms, fee: &ProductFee, amount: Amount) -> Result<(), Refusal> {
    if amount.is_positive() {
        return Ok(());
    }
    let value = amount.to_fixed_text(terms.currency);
    Err(ChargeRefusal::FeeAmountNotPositive { name: fee.name.clone(), value }.into())
}

/// An effective rate spreads a fee over interest.
pub(super) fn check_profile(terms: &Terms, fee: &ProductFee) -> Result<(), Refusal> {
    if fee.amortization == FeeAmortization::EffectiveInterestRate && terms.interest.rate.is_zero() {
        return Err(ChargeRefusal::EffectiveRateNeedsInterest { name: fee.name.clone() }.into());
    }
    Ok(())
}

/// Fixed schedules need the number of the installment; of others it is the next one to be paid.
fn installment_number(loan: &Loan, stated: Option<u32>, value_date: Date) -> Result<u32, Refusal> {
    if let Some(number) = stated {
        return Ok(number);
    }
    match loan.terms.product_type {
        ProductType::DynamicTermLoan | ProductType::TranchedLoan | ProductType::RevolvingCredit => {}
        ProductType::FixedTermLoan | ProductType::InterestFreeLoan => {
            return Err(Refusal::MissingInstallmentNumber);
        }
    }
    let unpaid = || loan.servicing.installments.iter().filter(|row| !row.is_paid());
    let next = unpaid().find(|row| row.due_date >= value_date).or(unpaid().next_back());
    next.map(|row: &Installment| row.number).ok_or(Refusal::MissingInstallmentNumber)
}
