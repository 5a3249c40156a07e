//! How terms come about: the figures of a loan, checked against what its product allows.

use loam_calc::calendar::{Period, PeriodUnit};
use loam_calc::due_dates::DueDateMethod;
use loam_calc::schedule::{InterestTerms, ScheduleError};

use crate::loan::command::LoanFigures;
use crate::loan::refusal::Refusal;
use crate::loan::terms::Terms;
use crate::product::{GracePeriodType, Product, ProductDueDates, Range};

/// Agrees terms: what the figures name, else what `current` terms have, else the product's
/// default. Checks, in this order: amount, rate, installments, period, grace, principal interval,
/// tolerance.
///
/// # Errors
/// Refuses a figure that is missing, malformed or outside what the product allows.
pub fn agree(figures: &LoanFigures, product: &Product, current: Option<&Terms>) -> Result<Terms, Refusal> {
    let amount = amount(figures, product, current)?;
    let interest = interest(figures, product, current)?;
    let installment_count = installment_count(figures, product, current)?;
    let (period, due_dates) = due_dates(figures, product, current)?;
    let grace_period = grace_period(figures, product, current, installment_count)?;
    let default_interval =
        current.map_or(product.principal_repayment_interval, |c| c.principal_repayment_interval);
    let principal_repayment_interval = figures.principal_repayment_interval.unwrap_or(default_interval);
    if principal_repayment_interval == 0 || principal_repayment_interval > installment_count {
        return Err(Refusal::InvalidPrincipalRepaymentInterval { value: principal_repayment_interval });
    }
    let arrears_tolerance_days = arrears_tolerance(figures, product, current)?;
    Ok(Terms {
        product: product.key,
        product_version: product.version,
        currency: product.currency,
        amount,
        interest,
        interest_application: product.interest_application,
        installment_count,
        period,
        due_dates,
        non_working_days: product.non_working_days,
        first_due_date_offset_days: product.first_due_date_offset_days.default.unwrap_or(0),
        grace_period,
        grace_period_type: product.grace_period_type,
        principal_repayment_interval,
        remainder: product.remainder,
        installment_rounding: product.installment_rounding,
        rounding: product.rounding,
        allocation_order: product.allocation_order,
        prepayment: product.prepayment,
        arrears_tolerance_days,
        allows_arbitrary_fees: product.allows_arbitrary_fees,
        expected_disbursement_on: figures
            .expected_disbursement_on
            .unwrap_or_else(|| current.and_then(|current| current.expected_disbursement_on)),
        first_due_date: figures
            .first_due_date
            .unwrap_or_else(|| current.and_then(|current| current.first_due_date)),
    })
}

fn amount(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<loam_calc::money::Amount, Refusal> {
    let currency = product.currency;
    let stated = figures.amount.as_ref().map(|stated| stated.positive_in(currency)).transpose()?;
    let amount = stated.or(current.map(|current| current.amount)).or(product.amount.default);
    let amount = amount.ok_or(Refusal::MissingField { field: "loanAmount" })?;
    if !product.amount.allows(amount) {
        let bounds = bounds(&product.amount, |bound| bound.to_fixed_text(currency));
        return Err(Refusal::AmountOutsideProduct { value: amount.to_fixed_text(currency), bounds });
    }
    Ok(amount)
}

fn interest(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<InterestTerms, Refusal> {
    let stated = figures.interest_rate.as_ref().map(|stated| stated.to_rate()).transpose()?;
    let rate = stated.or(current.map(|current| current.interest.rate)).or(product.interest_rate.default);
    let rate = rate.ok_or(Refusal::MissingField { field: "interestRate" })?;
    if !product.interest_rate.allows(rate) {
        let bounds = bounds(&product.interest_rate, |bound| bound.to_percent_text());
        let reason = format!("it is outside what the product allows ({bounds})");
        return Err(Refusal::InvalidInterestRate { value: rate.to_percent_text(), reason });
    }
    Ok(InterestTerms {
        method: product.interest_method,
        rate,
        charge_frequency: product.charge_frequency,
        day_count: product.day_count,
        days_method: product.days_method,
    })
}

fn installment_count(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<u32, Refusal> {
    let count =
        figures.installments.or(current.map(|c| c.installment_count)).or(product.installments.default);
    let count = count.ok_or(Refusal::MissingField { field: "repaymentInstallments" })?;
    let invalid = |reason| Err(Refusal::InvalidInstallmentCount { value: count.to_string(), reason });
    if count == 0 || count > MAX_INSTALLMENTS {
        return invalid(format!("a loan has 1 to {MAX_INSTALLMENTS}"));
    }
    if !product.installments.allows(count) {
        let bounds = bounds(&product.installments, u32::to_string);
        return invalid(format!("it is outside what the product allows ({bounds})"));
    }
    Ok(count)
}

/// The most installments that a loan may have: fifty years of weeks.
pub const MAX_INSTALLMENTS: u32 = 2_600;

fn due_dates(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<(Period, DueDateMethod), Refusal> {
    let month = Period { count: 1, unit: PeriodUnit::Months };
    match &product.due_dates {
        ProductDueDates::FixedDaysOfMonth { days, short_month } => {
            let days = figures.fixed_days_of_month.clone().unwrap_or_else(|| days.clone());
            Ok((month, DueDateMethod::FixedDaysOfMonth { days, short_month: *short_month }))
        }
        ProductDueDates::Interval { count, unit } => {
            let now = current.map(|current| current.period);
            let fixed_unit = match (*unit, figures.period_unit) {
                (Some(unit), Some(stated)) if unit != stated => {
                    let (value, product) = (format!("{stated:?}"), format!("{unit:?}"));
                    return Err(Refusal::RepaymentPeriodNotAllowed { value, product });
                }
                (product, stated) => stated.or(product).or(now.map(|period| period.unit)),
            };
            let unit = fixed_unit.ok_or(Refusal::MissingRepaymentPeriodUnit)?;
            let count = figures.period_count.or(now.map(|period| period.count)).or(*count);
            let count = count.filter(|count| *count > 0);
            let count = count.ok_or(Refusal::MissingRepaymentPeriod { missing: "periods" })?;
            let period = Period { count, unit };
            Ok((period, DueDateMethod::Interval(period)))
        }
    }
}

fn grace_period(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    installments: u32,
) -> Result<u32, Refusal> {
    let grace = figures.grace_period.or(current.map(|c| c.grace_period)).or(product.grace_period.default);
    let value = grace.unwrap_or(0);
    let invalid = |reason| Err(Refusal::InvalidGracePeriod { value, reason });
    if value > 0 && product.grace_period_type == GracePeriodType::None {
        return invalid("the product has no grace period".to_owned());
    }
    if value >= installments {
        return invalid(format!("the loan has only {installments} installments"));
    }
    if !product.grace_period.allows(value) {
        let bounds = bounds(&product.grace_period, u32::to_string);
        return invalid(format!("it is outside what the product allows ({bounds})"));
    }
    Ok(value)
}

/// The longest arrears tolerance: a hundred years.
pub const MAX_TOLERANCE_DAYS: u32 = 36_500;

fn arrears_tolerance(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<u32, Refusal> {
    let allowed = &product.arrears_tolerance_days;
    let days =
        figures.arrears_tolerance_days.or(current.map(|c| c.arrears_tolerance_days)).or(allowed.default);
    let value = days.ok_or(Refusal::MissingArrearsTolerance)?;
    if value > MAX_TOLERANCE_DAYS || !allowed.allows(value) {
        return Err(Refusal::InvalidArrearsTolerance { value, bounds: bounds(allowed, u32::to_string) });
    }
    Ok(value)
}

fn bounds<T>(range: &Range<T>, text: impl Fn(&T) -> String) -> String {
    match (&range.min, &range.max) {
        (Some(min), Some(max)) => format!("{} to {}", text(min), text(max)),
        (Some(min), None) => format!("at least {}", text(min)),
        (None, Some(max)) => format!("at most {}", text(max)),
        (None, None) => "anything".to_owned(),
    }
}

impl Refusal {
    /// What the calculation of a schedule refuses, in the book's words.
    pub fn impossible_schedule(error: &ScheduleError) -> Refusal {
        Refusal::ImpossibleSchedule { reason: error.to_string() }
    }
}
