//! The rules that products and accounts have in common, as the contract shows them (§2.2, §4.1).

use loam_book::loan::course::Tranche;
use loam_book::loan::{Loan, Terms};
use loam_book::product::charges::ProductFee;
use loam_book::product::controls::ArrearsRules;
use loam_book::product::interest::RateTerms;
use loam_book::product::securities::{RevolvingRules, SecurityRules};
use loam_book::product::{Product, Range};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::wire::product_rules as wire;
use super::super::wire::values::{Day, EncodedKey, Money, Percent};
use crate::product_names as shared;

pub(super) fn tiers(terms: &RateTerms, currency: Currency) -> Vec<wire::InterestRateTier> {
    let tier = |(index, (ending_balance, ending_day, rate)): (u32, (Option<Amount>, Option<u32>, Rate))| {
        let ending_balance = ending_balance.map(|amount| Money(amount, currency));
        wire::InterestRateTier { index, ending_balance, ending_day, interest_rate: Percent(rate) }
    };
    match terms {
        RateTerms::Fixed => Vec::new(),
        RateTerms::Tiered { tiers } => {
            let parts = tiers.iter().map(|tier| (tier.ending_balance, None, tier.rate));
            (0..).zip(parts).map(tier).collect()
        }
        RateTerms::TieredPeriod { tiers } => {
            let parts = tiers.iter().map(|tier| (None, tier.ending_day, tier.rate));
            (0..).zip(parts).map(tier).collect()
        }
    }
}

pub(super) fn arrears(rules: &ArrearsRules, currency: Currency) -> wire::ArrearsRules {
    wire::ArrearsRules {
        monthly_tolerance_day: rules.monthly_day,
        tolerance_calculation_method: shared::tolerance_method(rules.monthly_day),
        date_calculation_method: shared::arrears_counted_from(rules.counted_from),
        non_working_days_method: shared::non_working_days_method(rules.excludes_non_working_days),
        tolerance_floor_amount: rules.floor_amount.map(|amount| Money(amount, currency)),
        tolerance_percentage_of_outstanding_principal: rules.floor_percentage.map(Percent),
    }
}

pub(super) fn fee(fee: &ProductFee, currency: Currency) -> wire::PredefinedFee<'_> {
    wire::PredefinedFee {
        encoded_key: EncodedKey(fee.key),
        name: &fee.name,
        amount: fee.amount.map(|amount| Money(amount, currency)),
        percentage_amount: fee.percentage.map(Percent),
        amount_calculation_method: shared::fee_calculation(fee.calculation),
        trigger: shared::fee_trigger(fee.trigger),
        fee_application: shared::fee_application(fee.is_required),
        active: fee.is_active,
        amortization_profile: shared::fee_amortization(fee.amortization),
    }
}

pub(super) fn securities(rules: &SecurityRules) -> wire::SecuritySettings {
    let funding = rules.funding.as_ref();
    wire::SecuritySettings {
        is_guarantors_enabled: rules.takes_guarantors,
        is_collateral_enabled: rules.takes_collateral,
        is_investor_funds_enabled: funding.is_some(),
        required_guaranties: rules.required_guarantees.map(Percent),
        required_investor_funds: funding.and_then(|funding| funding.required).map(Percent),
        funder_interest_commission_allocation_type: funding
            .map(|funding| shared::funder_commission(funding.commission)),
        organization_interest_commission: funding.map(|funding| commission(&funding.organization_commission)),
        funder_interest_commission: funding.map(|funding| commission(&funding.funder_commission)),
        lock_funds_at_approval: funding.map(|funding| funding.locks_funds_at_approval),
    }
}

fn commission(bounds: &Range<Rate>) -> wire::Commission {
    wire::Commission {
        min_value: bounds.min.map(Percent),
        max_value: bounds.max.map(Percent),
        default_value: bounds.default.map(Percent),
    }
}

pub(super) fn principal_payment_bounds(product: &Product) -> Option<wire::PrincipalPaymentBounds> {
    let money = |amount| Money(amount, product.currency);
    let rules = product.revolving.as_ref()?;
    Some(wire::PrincipalPaymentBounds {
        default_amount: rules.amount.default.map(money),
        min_amount: rules.amount.min.map(money),
        max_amount: rules.amount.max.map(money),
        default_percentage: rules.percentage.default.map(Percent),
        min_percentage: rules.percentage.min.map(Percent),
        max_percentage: rules.percentage.max.map(Percent),
        rules: principal_payment_rules(rules, product.currency),
    })
}

/// What an account agreed stands where its product has the default.
pub(super) fn principal_payment_settings(terms: &Terms) -> Option<wire::PrincipalPaymentSettings> {
    let rules = terms.revolving.as_ref()?;
    Some(wire::PrincipalPaymentSettings {
        amount: rules.amount.default.map(|amount| Money(amount, terms.currency)),
        percentage: rules.percentage.default.map(Percent),
        rules: principal_payment_rules(rules, terms.currency),
    })
}

fn principal_payment_rules(rules: &RevolvingRules, currency: Currency) -> wire::PrincipalPaymentRules {
    let money = |amount| Money(amount, currency);
    wire::PrincipalPaymentRules {
        principal_payment_method: shared::principal_payment_method(rules.method),
        principal_ceiling_value: rules.ceiling.map(money),
        principal_floor_value: rules.floor.map(money),
        include_interest_in_floor_amount: rules.floor_includes_interest,
        include_fees_in_floor_amount: rules.floor_includes_fees,
    }
}

pub(super) fn payment_plan(loan: &Loan) -> Vec<wire::PlannedPayment> {
    let planned = |(index, planned): (u32, &loam_book::loan::terms::PlannedPayment)| wire::PlannedPayment {
        index,
        pmt: Money(planned.payment, loan.terms.currency),
        ending_installment_position: planned.through,
        loan_account_encoded_key: EncodedKey(loan.key),
    };
    (0..).zip(&loan.terms.payment_plan).map(planned).collect()
}

pub(super) fn tranches(loan: &Loan) -> Vec<wire::Tranche> {
    let transaction = |id| EncodedKey(loam_book::ids::Key::transaction(loan.part, loan.account_no, id));
    let tranche = |(index, tranche): (u32, &Tranche)| wire::Tranche {
        encoded_key: EncodedKey(tranche.key),
        index,
        amount: Money(tranche.amount, loan.terms.currency),
        expected_disbursement_date: tranche.expected_on.map(Day),
        disbursement_transaction_key: tranche.disbursement.map(transaction),
    };
    (0..).zip(&loan.servicing.course.tranches).map(tranche).collect()
}
