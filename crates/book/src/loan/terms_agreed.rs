//! How terms come about: the figures of a loan, checked against what its product allows.

use jiff::civil::Date;
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::due_dates::{DueDateMethod, ShortMonth, count_until};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InterestTerms, ScheduleError};

use crate::loan::command::LoanFigures;
use crate::loan::refusal::{ChargeRefusal, Refusal};
use crate::loan::terms::{DueDateRule, Terms};
use crate::product::charges::PenaltyMethod;
use crate::product::{DailyAccrual, GracePeriodType, Product, ProductDueDates, Range};
use crate::stated::StatedPercent;

/// Agrees terms: what the figures name, else what `current` terms have, else the product's
/// default. Checks, in this order: amount, capitalized fee, rate, installments, period and due day,
/// grace, principal interval, tolerance, penalty rate. Where installments follow from a maturity date, the period
/// is checked before them.
///
/// # Errors
/// Refuses a figure that is missing, malformed or outside what the product allows.
pub fn agree(figures: &LoanFigures, product: &Product, current: Option<&Terms>) -> Result<Terms, Refusal> {
    let amount = amount(figures, product, current)?;
    let capitalized_fee = capitalized_fee(figures, product, current, amount)?;
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
    let penalty_rate = penalty_rate(figures, product, current)?;
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
        expected_disbursement_on: expected_disbursement_on(figures, current),
        first_due_date: first_due_date(figures, current),
        due_day: figures.due_day.or(current.and_then(|current| current.due_day)),
        last_due_date: figures
            .last_due_date
            .unwrap_or_else(|| current.and_then(|current| current.last_due_date)),
        capitalized_fee,
        accrues_through_due_date: accrues_through_due_date(figures, product, current),
        product_type: product.product_type,
        amortization: product.amortization,
        payment_method: product.payment_method,
        interest_rules: product.interest_rules.clone(),
        payment_rules: product.payment_rules.clone(),
        charges: product.charges.clone(),
        controls: product.controls,
        securities: product.securities,
        revolving: product.revolving,
        periodic_payment: None,
        payment_plan: Vec::new(),
        interest_spread: None,
        penalty_rate,
    })
}

fn expected_disbursement_on(figures: &LoanFigures, current: Option<&Terms>) -> Option<Date> {
    figures
        .expected_disbursement_on
        .unwrap_or_else(|| current.and_then(|current| current.expected_disbursement_on))
}

fn first_due_date(figures: &LoanFigures, current: Option<&Terms>) -> Option<Date> {
    figures.first_due_date.unwrap_or_else(|| current.and_then(|current| current.first_due_date))
}

/// Only a product that accrues at the end of the day has interest of the due date to give.
fn accrues_through_due_date(figures: &LoanFigures, product: &Product, current: Option<&Terms>) -> bool {
    match product.marketplace.daily_accrual {
        DailyAccrual::StartOfDay => false,
        DailyAccrual::EndOfDay => {
            figures.accrual_through || current.is_some_and(|current| current.accrues_through_due_date)
        }
    }
}

/// Less than the loan amount, so that something is paid out.
fn capitalized_fee(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    amount: Amount,
) -> Result<Amount, Refusal> {
    let text = |fee: Amount| fee.to_fixed_text(product.currency);
    let invalid = |value: String, reason: String| Err(Refusal::InvalidCapitalizedFee { value, reason });
    let fee = match &figures.capitalized_fee {
        Some(stated) => match Amount::parse(&stated.0, product.currency) {
            Ok(fee) => fee,
            Err(error) => return invalid(stated.0.clone(), error.to_string()),
        },
        None => current.map_or(Amount::ZERO, |current| current.capitalized_fee),
    };
    if fee.is_negative() {
        return invalid(text(fee), "it is less than zero".to_owned());
    }
    if fee >= amount {
        return invalid(text(fee), format!("the loan amount is {}", text(amount)));
    }
    Ok(fee)
}

fn amount(figures: &LoanFigures, product: &Product, current: Option<&Terms>) -> Result<Amount, Refusal> {
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
    let counted = match (figures.installments, figures.last_due_date) {
        (None, Some(Some(last_due_date))) => {
            Some(count_until_maturity(figures, product, current, last_due_date)?)
        }
        (Some(_), _) | (None, None | Some(None)) => None,
    };
    let count = counted
        .or(figures.installments)
        .or(current.map(|c| c.installment_count))
        .or(product.installments.default);
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

/// As many installments as there are regular due dates up to the maturity date. They are counted
/// over days that all are worked: a free day moves a due date but makes none.
fn count_until_maturity(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    last_due_date: Date,
) -> Result<u32, Refusal> {
    let (_, method) = due_dates(figures, product, current)?;
    let first_due_date = first_due_date(figures, current);
    let rule = DueDateRule {
        method: &method,
        due_day: figures.due_day.or(current.and_then(|current| current.due_day)),
        first_due_date,
        first_offset_days: product.first_due_date_offset_days.default.unwrap_or(0),
        non_working: product.non_working_days,
    };
    let day_before = |first: Date| first.yesterday().ok();
    let start = expected_disbursement_on(figures, current).or_else(|| first_due_date.and_then(day_before));
    let start = start.ok_or(Refusal::MissingField { field: "expectedDisbursementDate" })?;
    let invalid = |reason| Refusal::InvalidLastDueDate { value: last_due_date, reason };
    let terms = rule.terms(start, MAX_INSTALLMENTS + 1);
    match count_until(&terms, &Calendar::every_day_works(), last_due_date) {
        Ok(0) => Err(invalid(format!("no installment of a loan paid out on {start} is due by then"))),
        Ok(count) => Ok(count),
        Err(error) => Err(Refusal::impossible_schedule(&error)),
    }
}

/// The most installments that a loan may have: fifty years of weeks.
pub const MAX_INSTALLMENTS: u32 = 2_600;

/// The repayment period and how due dates follow each other. A due day takes the place of whatever
/// makes a loan repaid once a month: a period of one month, or one fixed day.
fn due_dates(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<(Period, DueDateMethod), Refusal> {
    let month = Period { count: 1, unit: PeriodUnit::Months };
    let (period, method) = product_due_dates(figures, product, current)?;
    let Some(day) = figures.due_day.or(current.and_then(|current| current.due_day)) else {
        return Ok((period, method));
    };
    let invalid = |reason: &str| Refusal::InvalidDueDay { value: i64::from(day), reason: reason.to_owned() };
    if !(1..=31).contains(&day) {
        return Err(invalid("a month has the days 1 to 31"));
    }
    let is_once_a_month = match &method {
        DueDateMethod::Interval(period) => *period == month,
        DueDateMethod::FixedDaysOfMonth { days, .. } => days.len() == 1,
        DueDateMethod::Meeting { .. } => false,
    };
    if !is_once_a_month {
        return Err(invalid("the loan is not repaid once a month"));
    }
    let short_month = ShortMonth::LastDayInMonth;
    Ok((month, DueDateMethod::FixedDaysOfMonth { days: vec![day], short_month }))
}

fn product_due_dates(
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
    if product.controls.arrears.monthly_day.is_some() {
        return match figures.arrears_tolerance_days {
            None | Some(0) => Ok(0),
            Some(_) => Err(ChargeRefusal::ArrearsToleranceNotOfMethod.into()),
        };
    }
    let days =
        figures.arrears_tolerance_days.or(current.map(|c| c.arrears_tolerance_days)).or(allowed.default);
    let value = days.ok_or(Refusal::MissingArrearsTolerance)?;
    if value > MAX_TOLERANCE_DAYS || !allowed.allows(value) {
        return Err(Refusal::InvalidArrearsTolerance { value, bounds: bounds(allowed, u32::to_string) });
    }
    Ok(value)
}

/// The rate of a product with penalties: stated, as it was, or the default.
fn penalty_rate(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<Option<Rate>, Refusal> {
    let invalid =
        |value: String, reason: String| Refusal::from(ChargeRefusal::InvalidPenaltyRate { value, reason });
    let parsed = |stated: &StatedPercent| {
        Rate::parse_percent(&stated.0).map_err(|error| invalid(stated.0.clone(), error.to_string()))
    };
    let stated = figures.penalty_rate.as_ref().map(parsed).transpose()?;
    let rules = &product.charges.penalty;
    if rules.method == PenaltyMethod::None {
        let is_stated = stated.is_some_and(|rate| !rate.is_zero());
        return if is_stated { Err(ChargeRefusal::PenaltyNotOfProduct.into()) } else { Ok(None) };
    }
    let rate = stated.or(current.and_then(|current| current.penalty_rate)).or(rules.rate.default);
    let rate = rate.ok_or(ChargeRefusal::MissingPenaltyRate)?;
    if !rules.rate.allows(rate) {
        let bounds = bounds(&rules.rate, |bound| bound.to_percent_text());
        return Err(invalid(
            rate.to_percent_text(),
            format!("it is outside what the product allows ({bounds})"),
        ));
    }
    Ok(Some(rate))
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
        if let ScheduleError::RegularDatesEndLater { last_due_date, .. } = error {
            return Refusal::InvalidLastDueDate { value: *last_due_date, reason: error.to_string() };
        }
        Refusal::ImpossibleSchedule { reason: error.to_string() }
    }
}
