//! A product as LoanProduct.

use std::sync::Arc;

use loam_book::catalog::Catalog;
use loam_book::product::interest::{RateSource, RateTerms};
use loam_book::product::{IdPattern, Product, ProductDueDates};
use loam_book::template::{Template, TemplateType};
use loam_calc::rate::Rate;

use super::super::wire::product as wire;
use super::super::wire::product_rules as inner;
use super::super::wire::values::{EncodedKey, Instant, Money, Percent};
use super::{ledger, names, product_rules};
use crate::product_names as shared;

pub(crate) fn product(product: &Product) -> wire::LoanProduct<'_> {
    let money = |amount| Money(amount, product.currency);
    let (id_generator_type, id_pattern) = match &product.id_pattern {
        IdPattern::Random(pattern) => ("RANDOM_PATTERN", Some(pattern.as_str())),
        IdPattern::Incremental => ("INCREMENTAL_NUMBER", None),
    };
    let branch = |key: &_| wire::BranchReference { branch_key: EncodedKey(*key) };
    wire::LoanProduct {
        encoded_key: EncodedKey(product.key),
        id: &product.id,
        creation_date: Instant(product.created_at),
        last_modified_date: Instant(product.last_modified_at),
        product_name: &product.name,
        product_description: product.description.as_deref(),
        loan_product_type: shared::product_type(product.product_type),
        activated: product.is_active,
        for_individuals: product.for_individuals,
        for_pure_groups: product.for_groups,
        for_hybrid_groups: product.for_hybrid_groups,
        for_all_branches: product.branches.is_empty(),
        available_product_branches: product.branches.iter().map(branch).collect(),
        currency_code: product.currency.code(),
        default_loan_amount: product.amount.default.map(money),
        min_loan_amount: product.amount.min.map(money),
        max_loan_amount: product.amount.max.map(money),
        max_number_of_disbursement_tranches: product.max_tranches,
        templates: Vec::new(),
        id_generator_type,
        id_pattern,
        account_initial_state: names::initial_state(product.initial_state),
        interest: interest(product),
        schedule: schedule(product),
        payments: payments(product),
        charges: charges(product),
        controls: controls(product),
        product_security_settings: product_rules::securities(&product.securities),
        principal_payment_settings: product_rules::principal_payment_bounds(product),
        account_linking_enabled: product.linking.is_enabled,
        linkable_savings_product_key: product.linking.savings_product.map(EncodedKey),
        settlement_options: shared::settlement_options(product.linking.options),
        line_of_credit_requirement: shared::line_requirement(product.linking.line_of_credit),
        loan_product_rules: Vec::new(),
        interest_accrued_accounting_method: shared::accrual_posting(product.accrual_posting),
    }
}

/// The product with the templates of documents about its loans, and the accounts that its rules name.
pub(crate) fn with_others<'a>(found: &'a Product, catalog: &'a Catalog) -> wire::LoanProduct<'a> {
    let templates = catalog.templates.iter().filter(|template| template.is_for(found.key));
    let shown = |template: &'a Arc<Template>| wire::DocumentTemplate {
        encoded_key: EncodedKey(template.key),
        id: &template.id,
        name: &template.name,
        kind: match template.template_type {
            TemplateType::LoanAccount => "LOAN_ACCOUNT",
            TemplateType::Transaction => "TRANSACTION",
        },
        creation_date: Instant(template.created_at),
        last_modified_date: Instant(template.last_modified_at),
    };
    let ruled = found.accounting_rules.iter().filter_map(|rule| {
        let account = catalog.ledger_accounts.by_key(rule.account)?;
        let financial_resource = shared::financial_resource(rule.resource);
        Some(wire::AccountingRule { financial_resource, account: ledger::account(account) })
    });
    wire::LoanProduct {
        templates: templates.map(shown).collect(),
        loan_product_rules: ruled.collect(),
        ..product(found)
    }
}

fn interest(product: &Product) -> wire::ProductInterest {
    let rules = &product.interest_rules;
    let settings = rate_settings(product);
    wire::ProductInterest {
        interest_calculation_method: names::interest_method(product.interest_method),
        interest_type: shared::interest_type(rules.interest_type),
        interest_balance_calculation_method: shared::interest_balance(rules.balance),
        interest_application_method: names::interest_application(product.interest_application),
        days_in_year: names::day_count(product.day_count),
        schedule_interest_days_count_method: names::days_method(product.days_method),
        accrue_late_interest: rules.accrues_late_interest,
        interest_rate_settings: settings.clone(),
        flat_settings: settings,
    }
}

fn rate_settings(product: &Product) -> wire::InterestRateSettings {
    let percent = |rate: Option<Rate>| rate.map(Percent);
    let (interest_charge_frequency, interest_charge_frequency_count) =
        names::charge_frequency(product.charge_frequency);
    let rules = &product.interest_rules;
    let plain = wire::InterestRateSettings {
        default_interest_rate: percent(product.interest_rate.default),
        min_interest_rate: percent(product.interest_rate.min),
        max_interest_rate: percent(product.interest_rate.max),
        interest_charge_frequency,
        interest_charge_frequency_count,
        interest_rate_source: shared::FIXED_RATE,
        interest_rate_terms: match &rules.rate_terms {
            RateTerms::Fixed => shared::FIXED_TERMS,
            RateTerms::Tiered { .. } => shared::TIERED,
            RateTerms::TieredPeriod { .. } => shared::TIERED_PERIOD,
        },
        interest_rate_tiers: product_rules::tiers(&rules.rate_terms, product.currency),
        accrue_interest_after_maturity: rules.accrues_after_maturity,
        ..wire::InterestRateSettings::default()
    };
    match &rules.source {
        RateSource::Fixed => plain,
        RateSource::Index { source, review_count, review_unit, floor, ceiling, spread } => {
            wire::InterestRateSettings {
                interest_rate_source: shared::INDEX_RATE,
                index_source_key: Some(EncodedKey(*source)),
                interest_rate_review_unit: Some(names::period_unit(*review_unit)),
                interest_rate_review_count: Some(*review_count),
                interest_rate_floor_value: percent(*floor),
                interest_rate_ceiling_value: percent(*ceiling),
                default_interest_spread: percent(spread.default),
                min_interest_spread: percent(spread.min),
                max_interest_spread: percent(spread.max),
                ..plain
            }
        }
    }
}

fn schedule(product: &Product) -> wire::ProductSchedule {
    let (method, count, unit, fixed_days, short_month) = match &product.due_dates {
        ProductDueDates::Interval { count, unit } => {
            ("INTERVAL", *count, unit.map(names::period_unit), None, None)
        }
        ProductDueDates::FixedDaysOfMonth { days, short_month } => {
            let days = days.iter().map(|day| u16::from(*day)).collect();
            ("FIXED_DAYS_OF_MONTH", None, None, Some(days), Some(names::short_month(*short_month)))
        }
    };
    let edits = &product.payment_rules.schedule_edits;
    let (currency_rounding, elements_rounding) = names::installment_rounding(product.installment_rounding);
    wire::ProductSchedule {
        repayment_schedule_method: shared::schedule_method(product.is_dynamic()),
        schedule_due_dates_method: method,
        default_repayment_period_count: count,
        repayment_period_unit: unit,
        fixed_days_of_month: fixed_days,
        short_month_handling_method: short_month,
        default_num_installments: product.installments.default,
        min_num_installments: product.installments.min,
        max_num_installments: product.installments.max,
        default_grace_period: product.grace_period.default,
        min_grace_period: product.grace_period.min,
        max_grace_period: product.grace_period.max,
        grace_period_type: names::grace_period_type(product.grace_period_type),
        default_principal_repayment_interval: product.principal_repayment_interval,
        default_first_repayment_due_date_offset: product.first_due_date_offset_days.default,
        min_first_repayment_due_date_offset: product.first_due_date_offset_days.min,
        max_first_repayment_due_date_offset: product.first_due_date_offset_days.max,
        repayment_rescheduling_method: names::non_working_days(product.non_working_days),
        rounding_repayment_schedule_method: names::remainder(product.remainder),
        repayment_currency_rounding: currency_rounding,
        repayment_elements_rounding_method: elements_rounding,
        amortization_method: shared::amortization(product.amortization),
        repayment_schedule_edit_options: edits.iter().copied().map(shared::schedule_edit).collect(),
    }
}

fn payments(product: &Product) -> wire::ProductPayments {
    let rules = &product.payment_rules;
    wire::ProductPayments {
        payment_method: shared::payment_method(product.payment_method),
        repayment_allocation_order: product.allocation_order.components().map(names::component),
        allow_custom_repayment_allocation: rules.allows_custom_allocation,
        prepayment_acceptance: names::prepayment(product.prepayment),
        future_payments_acceptance: shared::future_payments(rules.future_payments),
        prepayment_recalculation_method: shared::prepayment_recalculation(rules.prepayment_recalculation),
        principal_paid_installment_status: shared::principal_paid_status(rules.principal_paid_status),
        apply_interest_on_prepayment_method: shared::interest_on_prepayment(rules.interest_on_prepayment),
        elements_recalculation_method: shared::elements_recalculation(rules.elements_recalculation),
        late_payments_recalculation_method: shared::late_payments_recalculation(
            rules.late_payments_recalculation,
        ),
        redraw_settings: inner::RedrawSettings { allow_redraw: rules.allows_redraw },
        arrears_settings: inner::ProductArrearsSettings {
            default_tolerance_period: product.arrears_tolerance_days.default,
            min_tolerance_period: product.arrears_tolerance_days.min,
            max_tolerance_period: product.arrears_tolerance_days.max,
            rules: product_rules::arrears(&product.controls.arrears, product.currency),
        },
        accounting_method: names::accounting(product.accounting),
    }
}

fn charges(product: &Product) -> wire::ProductCharges<'_> {
    let (penalty, tax) = (&product.charges.penalty, &product.charges.tax);
    let fees = product.charges.fees.iter();
    wire::ProductCharges {
        loan_fees: fees.map(|fee| product_rules::fee(fee, product.currency)).collect(),
        allow_arbitrary_fees: product.allows_arbitrary_fees,
        loan_penalty_calculation_method: shared::penalty_method(penalty.method),
        default_penalty_rate: penalty.rate.default.map(Percent),
        min_penalty_rate: penalty.rate.min.map(Percent),
        max_penalty_rate: penalty.rate.max.map(Percent),
        loan_penalty_grace_period: penalty.tolerance_days,
        taxes_on_interest_enabled: tax.on_interest,
        taxes_on_fees_enabled: tax.on_fees,
        taxes_on_penalty_enabled: tax.on_penalties,
        tax_calculation_method: shared::tax_method(tax.method),
        tax_rate: tax.rate.map(Percent),
    }
}

fn controls(product: &Product) -> wire::ProductControls {
    let capping = product.controls.capping.as_ref();
    wire::ProductControls {
        lock_period_days: product.controls.lock_after_days,
        dormancy_period_days: product.controls.dormancy_days,
        capping_method: capping.map(|capping| shared::capping_base(capping.base)),
        capping_constraint_type: capping.map(|capping| shared::capping_constraint(capping.constraint)),
        capping_percentage: capping.map(|capping| Percent(capping.percentage)),
        capping_apply_accrued_charges_before_locking: capping
            .map(|capping| capping.applies_accrued_before_locking),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;

    #[test]
    fn interest_settings_stand_inside_and_beside() {
        let json = serde_json::to_value(super::product(&samples::product())).unwrap();
        assert_eq!(json["productName"], "Agriculture Loan");
        assert_eq!(json["interestRateSettings"]["defaultInterestRate"], "2.5");
        assert_eq!(json["defaultInterestRate"], "2.5");
        assert_eq!(json["interestChargeFrequency"], "EVERY_FOUR_WEEKS");
        assert_eq!(json["repaymentAllocationOrder"][0], "PENALTY");
        assert_eq!(json["repaymentPeriodUnit"], "MONTHS");
        assert_eq!(json["maxLoanAmount"], "10000");
    }
}
