//! Fees, penalties and taxes of a product (contract §4.1, §4.3).

use loam_book::ids::{Key, Name, Part};
use loam_book::product::Product;
use loam_book::product::charges::{FeeAmortization, FeeCalculation, FeeTrigger, ProductFee};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::records::Base;
use super::super::super::wire;
use super::{Result, rates, set};
use crate::product_names::{self as shared, OPTIONAL, REQUIRED};

pub(super) fn read(product: &mut Product, members: &Members, base: &Base<'_, Product>) -> Result<()> {
    let listed = members.objects("loanFees")?;
    let fees = listed.iter().enumerate().map(|(at, fee)| read_fee(fee, product, (base, at)));
    product.charges.fees = fees.collect::<Result<Vec<ProductFee>>>()?;
    set(&mut product.charges.on_paid_installments, members.flag("chargesOnPaidInstallments")?);
    let penalty = &mut product.charges.penalty;
    let methods = Names { values: shared::PENALTY_METHODS, name_of: shared::penalty_method };
    set(&mut penalty.method, members.choice("loanPenaltyCalculationMethod", methods)?);
    penalty.rate = rates(members, "PenaltyRate")?;
    set(&mut penalty.tolerance_days, members.count("loanPenaltyGracePeriod")?);
    let tax = &mut product.charges.tax;
    set(&mut tax.on_interest, members.flag("taxesOnInterestEnabled")?);
    set(&mut tax.on_fees, members.flag("taxesOnFeesEnabled")?);
    set(&mut tax.on_penalties, members.flag("taxesOnPenaltyEnabled")?);
    let methods = Names { values: shared::TAX_METHODS, name_of: shared::tax_method };
    set(&mut tax.method, members.choice("taxCalculationMethod", methods)?);
    tax.rate = members.figure("taxRate", Rate::parse_percent)?;
    Ok(())
}

fn read_fee(fee: &Members, product: &Product, (base, at): (&Base<'_, Product>, usize)) -> Result<ProductFee> {
    let triggers = Names { values: shared::FEE_TRIGGERS, name_of: shared::fee_trigger };
    let calculations = Names { values: shared::FEE_CALCULATIONS, name_of: shared::fee_calculation };
    let amortizations = Names { values: shared::FEE_AMORTIZATIONS, name_of: shared::fee_amortization };
    let applications = Names { values: &[REQUIRED, OPTIONAL], name_of: |name| name };
    let calculation = fee.choice("amountCalculationMethod", calculations)?.unwrap_or(FeeCalculation::Flat);
    let amount = fee.figure("amount", |text| Amount::parse(text, product.currency))?;
    let percentage = fee.figure("percentageAmount", Rate::parse_percent)?;
    let is_percentage = is_percentage(calculation);
    let (needless, is_given) =
        if is_percentage { ("amount", amount.is_some()) } else { ("percentageAmount", percentage.is_some()) };
    if is_given {
        let reason = format!("amountCalculationMethod is {}", shared::fee_calculation(calculation));
        return Err(DoorError::contradiction(&fee.path(needless), reason));
    }
    if is_percentage && percentage.is_none() {
        return Err(DoorError::missing(&fee.path("percentageAmount")));
    }
    Ok(ProductFee {
        key: key_of(fee, base, at)?,
        name: fee.required("name")?,
        trigger: fee.choice("trigger", triggers)?.unwrap_or(FeeTrigger::Manual),
        calculation,
        amount,
        percentage,
        is_required: fee.choice("feeApplication", applications)? != Some(OPTIONAL),
        is_active: fee.flag("active")?.unwrap_or(true),
        amortization: fee.choice("amortizationProfile", amortizations)?.unwrap_or(FeeAmortization::None),
    })
}

fn is_percentage(calculation: FeeCalculation) -> bool {
    match calculation {
        FeeCalculation::Flat | FeeCalculation::FlatNumberOfInstallments => false,
        FeeCalculation::LoanAmountPercentage
        | FeeCalculation::RepaymentPrincipalAmountPercentage
        | FeeCalculation::RepaymentInterestAmountPercentage
        | FeeCalculation::RepaymentAmountPercentage
        | FeeCalculation::LoanAmountPercentageNumberOfInstallments => true,
    }
}

/// A fee of the present product keeps its key; a new one gets one, whatever it was called elsewhere.
fn key_of(fee: &Members, base: &Base<'_, Product>, at: usize) -> Result<Key> {
    let known = fee.text("encodedKey")?;
    let present = base.present.map(|present| present.charges.fees.as_slice()).unwrap_or_default();
    let new = || Key::named(Part::new(0), &Name::of(&["fee", &base.other_key.to_string(), &at.to_string()]));
    match known {
        None => Ok(new()),
        Some(known) => match present.iter().find(|present| present.key.to_string() == known) {
            Some(present) => Ok(present.key),
            None if base.present.is_none() => Ok(new()),
            None => Err(DoorError::invalid(
                &fee.path("encodedKey"),
                &known,
                "the product has no fee with this key",
            )),
        },
    }
}

pub(super) fn wire_of(product: &Product) -> wire::ProductCharges {
    let rate = |rate: Option<Rate>| rate.map(Rate::to_percent_text);
    let (penalty, tax) = (&product.charges.penalty, &product.charges.tax);
    wire::ProductCharges {
        loan_fees: product.charges.fees.iter().map(|fee| fee_of(fee, product)).collect(),
        charges_on_paid_installments: product.charges.on_paid_installments,
        loan_penalty_calculation_method: shared::penalty_method(penalty.method),
        default_penalty_rate: rate(penalty.rate.default),
        min_penalty_rate: rate(penalty.rate.min),
        max_penalty_rate: rate(penalty.rate.max),
        loan_penalty_grace_period: penalty.tolerance_days,
        taxes_on_interest_enabled: tax.on_interest,
        taxes_on_fees_enabled: tax.on_fees,
        taxes_on_penalty_enabled: tax.on_penalties,
        tax_calculation_method: shared::tax_method(tax.method),
        tax_rate: rate(tax.rate),
    }
}

fn fee_of(fee: &ProductFee, product: &Product) -> wire::PredefinedFee {
    wire::PredefinedFee {
        encoded_key: fee.key.to_string(),
        name: fee.name.clone(),
        trigger: shared::fee_trigger(fee.trigger),
        amount_calculation_method: shared::fee_calculation(fee.calculation),
        amount: fee.amount.map(|amount| amount.to_text(product.currency)),
        percentage_amount: fee.percentage.map(Rate::to_percent_text),
        fee_application: shared::fee_application(fee.is_required),
        active: fee.is_active,
        amortization_profile: shared::fee_amortization(fee.amortization),
    }
}
