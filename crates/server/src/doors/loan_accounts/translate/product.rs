//! A product as LoanProduct.

use loam_book::product::{IdPattern, Product, ProductDueDates};

use super::super::wire::product as wire;
use super::super::wire::values::{EncodedKey, Instant, Money, Percent};
use super::names;

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
        loan_product_type: names::product_type(product.product_type),
        activated: product.is_active,
        for_individuals: product.for_individuals,
        for_pure_groups: product.for_groups,
        for_hybrid_groups: false,
        for_all_branches: product.branches.is_empty(),
        available_product_branches: product.branches.iter().map(branch).collect(),
        currency_code: product.currency.code(),
        default_loan_amount: product.amount.default.map(money),
        min_loan_amount: product.amount.min.map(money),
        max_loan_amount: product.amount.max.map(money),
        id_generator_type,
        id_pattern,
        account_initial_state: names::initial_state(product.initial_state),
        interest: interest(product),
        schedule: schedule(product),
        payments: payments(product),
    }
}

fn interest(product: &Product) -> wire::ProductInterest {
    let (interest_charge_frequency, interest_charge_frequency_count) =
        names::charge_frequency(product.charge_frequency);
    let settings = wire::InterestRateSettings {
        default_interest_rate: product.interest_rate.default.map(Percent),
        min_interest_rate: product.interest_rate.min.map(Percent),
        max_interest_rate: product.interest_rate.max.map(Percent),
        interest_charge_frequency,
        interest_charge_frequency_count,
        interest_rate_source: "FIXED_INTEREST_RATE",
        interest_rate_terms: "FIXED",
        accrue_interest_after_maturity: false,
    };
    wire::ProductInterest {
        interest_calculation_method: names::interest_method(product.interest_method),
        interest_type: "SIMPLE_INTEREST",
        interest_balance_calculation_method: "PRINCIPAL_ONLY",
        interest_application_method: names::interest_application(product.interest_application),
        days_in_year: names::day_count(product.day_count),
        schedule_interest_days_count_method: names::days_method(product.days_method),
        accrue_late_interest: false,
        interest_rate_settings: settings.clone(),
        flat_settings: settings,
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
    let (currency_rounding, elements_rounding) = names::installment_rounding(product.installment_rounding);
    wire::ProductSchedule {
        repayment_schedule_method: "FIXED",
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
        amortization_method: "STANDARD_PAYMENTS",
        repayment_schedule_edit_options: [],
    }
}

fn payments(product: &Product) -> wire::ProductPayments {
    wire::ProductPayments {
        payment_method: names::payment_method(product.payment_method),
        repayment_allocation_order: product.allocation_order.components().map(names::component),
        allow_custom_repayment_allocation: false,
        prepayment_acceptance: names::prepayment(product.prepayment),
        future_payments_acceptance: "NO_FUTURE_PAYMENTS",
        loan_penalty_calculation_method: "NONE",
        arrears_settings: wire::ProductArrearsSettings {
            default_tolerance_period: product.arrears_tolerance_days.default,
            min_tolerance_period: product.arrears_tolerance_days.min,
            max_tolerance_period: product.arrears_tolerance_days.max,
            tolerance_calculation_method: "ARREARS_TOLERANCE_PERIOD",
            date_calculation_method: "DATE_OF_LAST_LATE_REPAYMENT",
            non_working_days_method: "INCLUDED",
        },
        loan_fees: [],
        allow_arbitrary_fees: product.allows_arbitrary_fees,
        accounting_method: names::accounting(product.accounting),
        taxes_on_interest_enabled: false,
        taxes_on_fees_enabled: false,
        taxes_on_penalty_enabled: false,
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
