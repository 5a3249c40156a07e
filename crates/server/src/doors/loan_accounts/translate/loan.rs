//! A loan as LoanAccount.

use jiff::civil::Date;
use loam_book::loan::charges::penalties;
use loam_book::loan::commands::interest::accrued;
use loam_book::loan::{Loan, LoanState};
use loam_book::product::ProductType;
use loam_book::product::interest::RateSource;
use loam_book::savings::Savings;
use loam_calc::calendar::Period;
use loam_calc::due_dates::DueDateMethod;
use loam_calc::exact::Exact;

use super::super::wire::loan as wire;
use super::super::wire::product_rules as inner;
use super::super::wire::values::{Day, EncodedKey, Instant, Money, Percent, Zero};
use super::savings::savings_account;
use super::{accompanying, names, product_rules, securities};
use crate::product_names as shared;

/// What a lock holds back.
const LOCKED_OPERATIONS: [&str; 3] = ["APPLY_INTEREST", "APPLY_FEES", "APPLY_PENALTIES"];

/// The account as it stands on the business date.
pub(crate) fn loan_account(loan: &Loan, business_date: Date, full_details: bool) -> wire::LoanAccount<'_> {
    let (account_state, account_sub_state) = names::account_state(loan);
    let dates = dates(loan);
    let (transaction_details, fees) = accompanying::shown(loan);
    // A loan that is closed is not late any more, whatever it was when it was closed.
    let is_active = loan.state().is_active();
    wire::LoanAccount {
        encoded_key: EncodedKey(loan.key),
        id: &loan.id,
        account_holder_key: EncodedKey(loan.holder.key),
        account_holder_type: names::holder_kind(loan.holder.kind),
        creation_date: Instant(loan.created_at),
        last_modified_date: Instant(loan.last_modified_at),
        approved_date: loan.approved_at.map(Instant),
        closed_date: loan.closed_at.map(Instant),
        last_account_appraisal_date: loan.last_appraised_at.map(Instant),
        last_interest_applied_date: loan.servicing.last_interest_applied_on.map(Day),
        last_locked_date: loan.servicing.last_locked_on.map(Day),
        last_set_to_arrears_date: loan.servicing.last_set_to_arrears_on.map(Day),
        account_state,
        account_sub_state,
        locked_operations: account_sub_state
            .is_some_and(|state| state.starts_with("LOCKED"))
            .then_some(LOCKED_OPERATIONS),
        line_of_credit_key: loan.servicing.course.line_of_credit.map(EncodedKey),
        rescheduled_account_key: loan.successor().map(|successor| EncodedKey(successor.loan)),
        original_account_key: loan.origin().map(|origin| EncodedKey(origin.loan)),
        product_type_key: EncodedKey(loan.terms.product),
        loan_name: &loan.name,
        loan_amount: Money(loan.terms.amount, loan.terms.currency),
        balances: balances(loan, business_date),
        terms: terms(loan, business_date),
        dates,
        anticipated_disbursement_date: loan.terms.expected_disbursement_on.map(Day),
        disbursement_details: wire::DisbursementDetails {
            dates,
            transaction_details,
            fees,
            custom_information: Vec::new(),
        },
        days_in_arrears: if is_active { loan.days_in_arrears(business_date) } else { 0 },
        days_late: if is_active { loan.days_late(business_date) } else { 0 },
        assigned_branch_key: loan.assignment.branch.map(EncodedKey),
        assigned_centre_key: loan.assignment.centre.map(EncodedKey),
        assigned_user_key: loan.assignment.user.map(EncodedKey),
        notes: loan.notes.as_deref(),
        full_details: full_details.then(|| wire::FullDetails {
            guarantees: securities::shown_guarantees(loan),
            funds: securities::shown_funds(loan),
            tranches: product_rules::tranches(loan),
            ..wire::FullDetails::default()
        }),
    }
}

/// The account with the deposit accounts that pay for it, which stand among the full details.
pub(crate) fn with_settlement<'a>(
    mut account: wire::LoanAccount<'a>,
    (deposits, business_date): (Vec<&'a Savings>, Date),
) -> wire::LoanAccount<'a> {
    if let Some(full_details) = &mut account.full_details {
        let shown = |deposit| savings_account(deposit, business_date, true);
        full_details.settlement_accounts = deposits.into_iter().map(shown).collect();
    }
    account
}

fn balances(loan: &Loan, business_date: Date) -> wire::Balances {
    let currency = loan.terms.currency;
    let money = |amount| Money(amount, currency);
    // A loan that is closed owes nothing, whatever its installments still expect.
    let due = if loan.state().is_active() { loan.due_by(business_date) } else { Default::default() };
    let (paid, outstanding) = (&loan.servicing.paid, &loan.servicing.outstanding);
    wire::Balances {
        principal_due: money(due.principal),
        principal_paid: money(paid.principal),
        principal_balance: money(outstanding.principal),
        interest_due: money(due.interest),
        interest_paid: money(paid.interest),
        interest_balance: money(outstanding.interest),
        fees_due: money(due.fees),
        fees_paid: money(paid.fees),
        fees_balance: money(outstanding.fees),
        penalty_due: money(due.penalties),
        penalty_paid: money(paid.penalties),
        penalty_balance: money(outstanding.penalties),
        accrued_interest: accrued_interest(loan, business_date),
        accrued_penalty: in_units(penalties::accrued(loan, business_date), currency.digits()),
        interest_adjustment: Zero,
        redraw_balance: money(loan.servicing.course.overpaid),
    }
}

/// Interest that has grown by the business date and is no balance yet, in units of the currency.
fn accrued_interest(loan: &Loan, business_date: Date) -> String {
    let currency = loan.terms.currency;
    if loan.terms.is_dynamic() {
        return loan.accrued_on(business_date).to_text(currency);
    }
    let Some((_, exact)) = accrued(loan, business_date) else { return "0".to_owned() };
    in_units(exact, currency.digits())
}

/// Minor units to units of the currency: only the decimal point moves.
fn in_units(minor: Exact, digits: u8) -> String {
    minor.divided_by(10_i128.pow(u32::from(digits))).to_decimal_text()
}

fn terms(loan: &Loan, business_date: Date) -> wire::LoanTerms {
    let terms = &loan.terms;
    let money = |amount| Money(amount, terms.currency);
    let (interest_rules, payment_rules) = (&terms.interest_rules, &terms.payment_rules);
    let (source, review_unit, review_count) = rate_source(&interest_rules.source);
    let Period { count, unit } = terms.period;
    let (fixed_days, short_month) = match &terms.due_dates {
        DueDateMethod::Interval(_) | DueDateMethod::Meeting { .. } => (None, None),
        DueDateMethod::FixedDaysOfMonth { days, short_month } => {
            (Some(days.iter().map(|day| u16::from(*day)).collect()), Some(names::short_month(*short_month)))
        }
    };
    let (charge_frequency, charge_frequency_count) = names::charge_frequency(terms.interest.charge_frequency);
    wire::LoanTerms {
        periodic_payment: money(terms.periodic_payment.unwrap_or_default()),
        payment_plan: product_rules::payment_plan(loan),
        schedule_due_dates_method: if fixed_days.is_some() { "FIXED_DAYS_OF_MONTH" } else { "INTERVAL" },
        repayment_period_count: count,
        repayment_period_unit: names::period_unit(unit),
        fixed_days_of_month: fixed_days,
        short_month_handling_method: short_month,
        repayment_installments: (terms.product_type != ProductType::RevolvingCredit)
            .then_some(terms.installment_count),
        grace_period: terms.grace_period,
        grace_period_type: names::grace_period_type(terms.grace_period_type),
        principal_repayment_interval: terms.principal_repayment_interval,
        interest_rate: Percent(loan.rate_on(business_date)),
        interest_spread: terms.interest_spread.map(Percent),
        interest_rate_source: source,
        interest_rate_review_unit: review_unit,
        interest_rate_review_count: review_count,
        interest_charge_frequency: charge_frequency,
        interest_charge_frequency_count: charge_frequency_count,
        interest_calculation_method: names::interest_method(terms.interest.method),
        interest_type: shared::interest_type(interest_rules.interest_type),
        interest_balance_calculation_method: shared::interest_balance(interest_rules.balance),
        interest_application_method: names::interest_application(terms.interest_application),
        interest_rounding_version: "VERSION_2",
        accrue_interest_after_maturity: interest_rules.accrues_after_maturity,
        accrue_late_interest: interest_rules.accrues_late_interest,
        has_custom_schedule: loan.servicing.course.is_custom,
        allow_offset: false,
        repayment_schedule_method: shared::schedule_method(terms.is_dynamic()),
        payment_method: shared::payment_method(terms.payment_method),
        prepayment_acceptance: names::prepayment(terms.prepayment),
        future_payments_acceptance: shared::future_payments(payment_rules.future_payments),
        prepayment_recalculation_method: shared::prepayment_recalculation(
            payment_rules.prepayment_recalculation,
        ),
        principal_paid_installment_status: shared::principal_paid_status(payment_rules.principal_paid_status),
        apply_interest_on_prepayment_method: shared::interest_on_prepayment(
            payment_rules.interest_on_prepayment,
        ),
        elements_recalculation_method: shared::elements_recalculation(payment_rules.elements_recalculation),
        late_payments_recalculation_method: shared::late_payments_recalculation(
            payment_rules.late_payments_recalculation,
        ),
        loan_penalty_calculation_method: shared::penalty_method(terms.charges.penalty.method),
        penalty_rate: terms.penalty_rate.map(Percent),
        tax_rate: terms.charges.tax.rate.map(Percent),
        arrears_tolerance_period: terms.arrears_tolerance_days,
        account_arrears_settings: inner::ArrearsSettings {
            tolerance_period: terms.arrears_tolerance_days,
            rules: product_rules::arrears(&terms.controls.arrears, terms.currency),
        },
        default_first_repayment_due_date_offset: terms.first_due_date_offset_days,
        principal_payment_settings: product_rules::principal_payment_settings(terms),
    }
}

/// Where the rate comes from, and every how long it is looked at anew.
fn rate_source(source: &RateSource) -> (&'static str, Option<&'static str>, Option<u32>) {
    match source {
        RateSource::Fixed => (shared::FIXED_RATE, None, None),
        RateSource::Index { review_unit, review_count, .. } => {
            (shared::INDEX_RATE, Some(names::period_unit(*review_unit)), Some(*review_count))
        }
    }
}

/// The first repayment date is the agreed one, or that of the schedule once there is one.
fn dates(loan: &Loan) -> wire::DisbursementDates {
    let first = loan.servicing.installments.first().map(|installment| installment.due_date);
    let first = if is_paid_out(loan.state()) { first } else { None };
    wire::DisbursementDates {
        expected_disbursement_date: loan.terms.expected_disbursement_on.map(Day),
        disbursement_date: loan.state().disbursed_on().map(Day),
        first_repayment_date: first.or(loan.terms.first_due_date).map(Day),
    }
}

fn is_paid_out(state: &LoanState) -> bool {
    state.disbursed_on().is_some()
}

#[cfg(test)]
mod tests;
