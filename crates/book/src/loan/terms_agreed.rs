//! How terms come about: the figures of a loan, checked against what its product allows.

use jiff::civil::{Date, Weekday};
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::due_dates::{DueDateMethod, NonWorkingDays, ShortMonth, count_until};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InstallmentRounding, InterestTerms, ScheduleError};

use crate::catalog::Catalog;
use crate::journal::rules::Accounting;
use crate::loan::agreed_payments::{payment_plan, periodic_payment, rate_of};
use crate::loan::agreed_rate::{agreed_rate, check_rate};
use crate::loan::command::LoanFigures;
use crate::loan::context::Context;
use crate::loan::protection::Protection;
use crate::loan::refusal::{ChargeRefusal, Refusal, TermsRefusal};
use crate::loan::revolving;
use crate::loan::terms::{DueDateRule, OffsetBounds, Terms};
use crate::party::Assignment;
use crate::product::charges::PenaltyMethod;
use crate::product::{DailyAccrual, GracePeriodType, Product, ProductDueDates, Range};
use crate::stated::StatedPercent;

/// What an agreement rests on besides the product and the figures.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    pub catalog: &'a Catalog,
    pub business_date: Date,
    /// The calendar of the loan's branch.
    pub calendar: &'a Calendar,
    /// The day of the week on which the loan's centre meets.
    pub meeting_day: Option<Weekday>,
}

impl<'a> Ground<'a> {
    /// The ground of a loan that is looked after by these.
    pub fn of(context: &Context<'a>, assignment: &Assignment) -> Ground<'a> {
        let centre = assignment.centre.and_then(|key| context.catalog.centres.by_key(key));
        Ground {
            catalog: context.catalog,
            business_date: context.business_date,
            calendar: context.calendar,
            meeting_day: centre.and_then(|centre| centre.meeting_day),
        }
    }
}

/// Agrees terms: what the figures name, else what `current` terms have, else the product's
/// default. Checks, in this order: amount, capitalized fee, rate, installments, period and due day,
/// grace, principal interval, tolerance, penalty rate. Where installments follow from a maturity date, the period
/// is checked before them.
///
/// # Errors
/// Refuses a figure that is missing, malformed or outside what the product allows.
pub fn agree(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    ground: &Ground<'_>,
) -> Result<Terms, Refusal> {
    let amount = amount(figures, product, current)?;
    let capitalized_fee = capitalized_fee(figures, product, current, amount)?;
    let periodic_payment = periodic_payment(figures, product, current, amount)?;
    let rate = agreed_rate(figures, product, current, ground)?;
    let installment_count = installment_count(figures, product, current)?;
    let payment_plan = payment_plan(figures, product, current, (amount, installment_count))?;
    let (period, due_dates) = due_dates(figures, product, current)?;
    let due_dates = on_meeting_days(due_dates, product, ground)?;
    let mut interest = interest(product, rate.rate);
    if !payment_plan.is_empty() {
        interest.rate = rate_of(&payment_plan, &interest, period, amount)?;
        check_rate(interest.rate, product)?;
    }
    let grace_period = grace_period(figures, product, current, installment_count)?;
    let has_plan = !payment_plan.is_empty();
    let principal_repayment_interval =
        principal_interval(figures, product, current, (installment_count, has_plan))?;
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
        first_due_date_offset: OffsetBounds {
            min: product.first_due_date_offset_days.min,
            max: product.first_due_date_offset_days.max,
        },
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
        last_due_date: figures.last_due_date.unwrap_or(current.and_then(|current| current.last_due_date)),
        capitalized_fee,
        accrues_through_due_date: accrues_through_due_date(figures, product, current),
        product_type: product.product_type,
        amortization: product.amortization,
        payment_method: product.payment_method,
        interest_rules: revolving::interest_rules(product),
        payment_rules: revolving::payment_rules(product),
        charges: product.charges.clone(),
        controls: product.controls,
        securities: product.securities,
        revolving: revolving::agreed(figures, product, current)?,
        periodic_payment,
        payment_plan,
        interest_spread: rate.spread,
        penalty_rate,
        protection: protection(figures, current),
        accounting: current.map_or_else(|| Accounting::of(product), |current| current.accounting.clone()),
    })
}

/// What was agreed stays, whatever the product says by now.
fn protection(figures: &LoanFigures, current: Option<&Terms>) -> Option<Box<Protection>> {
    figures.protection.clone().or_else(|| current.and_then(|current| current.protection.clone()))
}

pub(crate) fn expected_disbursement_on(figures: &LoanFigures, current: Option<&Terms>) -> Option<Date> {
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
    check_decimals(amount, product)?;
    Ok(amount)
}

/// Where payments are planned each of them repays principal.
fn principal_interval(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    (installments, has_plan): (u32, bool),
) -> Result<u32, Refusal> {
    let default = current.map_or(product.principal_repayment_interval, |c| c.principal_repayment_interval);
    let value = figures.principal_repayment_interval.unwrap_or(default);
    // A revolving credit has no number of installments.
    let is_too_long = installments > 0 && value > installments;
    if value == 0 || is_too_long || (has_plan && value > 1) {
        return Err(Refusal::InvalidPrincipalRepaymentInterval { value });
    }
    Ok(value)
}

/// Where installments are whole units the loan amount is one too, or the last one could not be.
fn check_decimals(amount: Amount, product: &Product) -> Result<(), Refusal> {
    let unit = match product.installment_rounding {
        InstallmentRounding::None => return Ok(()),
        InstallmentRounding::ToNearest(unit) | InstallmentRounding::UpTo(unit) => unit.minor(),
    };
    let whole = 10_i64.pow(u32::from(product.currency.digits()));
    if unit % whole == 0 && amount.minor() % whole != 0 {
        let value = amount.to_fixed_text(product.currency);
        return Err(TermsRefusal::AmountHasDecimals { value }.into());
    }
    Ok(())
}

fn interest(product: &Product, rate: Rate) -> InterestTerms {
    InterestTerms {
        method: product.interest_method,
        rate,
        charge_frequency: product.charge_frequency,
        day_count: product.day_count,
        days_method: product.days_method,
    }
}

/// Due dates on the days on which the centre meets, where the loan has a centre that does.
fn on_meeting_days(
    method: DueDateMethod,
    product: &Product,
    ground: &Ground<'_>,
) -> Result<DueDateMethod, Refusal> {
    let Some(weekday) = ground.meeting_day else { return Ok(method) };
    let period = match method {
        DueDateMethod::Interval(period) | DueDateMethod::Meeting { period, .. } => period,
        DueDateMethod::FixedDaysOfMonth { .. } => return Err(TermsRefusal::PeriodWithoutMeetings.into()),
    };
    let goes_with_weeks = match period.unit {
        PeriodUnit::Days => period.count.is_multiple_of(7),
        PeriodUnit::Weeks | PeriodUnit::Months | PeriodUnit::Years => true,
    };
    if !goes_with_weeks {
        return Err(TermsRefusal::PeriodWithoutMeetings.into());
    }
    if product.non_working_days != NonWorkingDays::None && ground.calendar.is_free_weekday(weekday) {
        return Err(TermsRefusal::MeetingDayNotWorked.into());
    }
    Ok(DueDateMethod::Meeting { period, weekday })
}

fn installment_count(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<u32, Refusal> {
    if let Some(count) = revolving::installment_count(figures, product)? {
        return Ok(count);
    }
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
            let days = fixed_days(figures, days, current)?;
            Ok((month, DueDateMethod::FixedDaysOfMonth { days, short_month: *short_month }))
        }
        ProductDueDates::Interval { .. } if names_fixed_days(figures) => {
            Err(TermsRefusal::FixedDaysNotAllowed.into())
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

fn names_fixed_days(figures: &LoanFigures) -> bool {
    figures.fixed_days_of_month.as_ref().is_some_and(|days| !days.is_empty())
}

/// The days that are named, else those the loan has, else those of the product.
fn fixed_days(figures: &LoanFigures, product: &[u8], current: Option<&Terms>) -> Result<Vec<u8>, Refusal> {
    let now = current.and_then(|current| match &current.due_dates {
        DueDateMethod::FixedDaysOfMonth { days, .. } if current.due_day.is_none() => Some(days.clone()),
        DueDateMethod::FixedDaysOfMonth { .. }
        | DueDateMethod::Interval(_)
        | DueDateMethod::Meeting { .. } => None,
    });
    let days = figures.fixed_days_of_month.clone().filter(|days| !days.is_empty()).or(now);
    let days = days.unwrap_or_else(|| product.to_vec());
    match days.iter().find(|day| !(1..=31).contains(*day)) {
        Some(day) => Err(TermsRefusal::InvalidFixedDay { day: *day }.into()),
        None if days.is_empty() => Err(TermsRefusal::MissingFixedDays.into()),
        None => Ok(days),
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
    if value > 0 && value >= installments {
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

pub(crate) fn bounds<T>(range: &Range<T>, text: impl Fn(&T) -> String) -> String {
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
        let reason = error.to_string();
        if let ScheduleError::RegularDatesEndLater { last_due_date, .. } = error {
            return Refusal::InvalidLastDueDate { value: *last_due_date, reason };
        }
        if let ScheduleError::FirstDueDateNotAFixedDay { first_due_date } = error {
            return TermsRefusal::NotAFixedDay { first_due_date: *first_due_date }.into();
        }
        if let ScheduleError::FirstDueDateNotAMeetingDay { first_due_date } = error {
            return TermsRefusal::NotAMeetingDay { first_due_date: *first_due_date }.into();
        }
        Refusal::ImpossibleSchedule { reason }
    }
}
