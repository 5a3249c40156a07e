//! Loans worked out in textbooks, by regulators and by calculators: payments, balloons, tables.
//!
//! Where a source carries unrounded figures from row to row and rounds only what it prints, the
//! schedule is made in a unit finer than the cent and printed in cents.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::{Date, date};
use loam_calc::apr::nominal_of_effective;
use loam_calc::calendar::{Calendar, Period};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    ChargeFrequency, Grace, Installment, InstallmentRounding, InterestMethod, InterestTerms, Payments,
    Remainder, ScheduleOptions, ScheduleTerms, schedule_with,
};
use serde::Deserialize;
use serde_json::Value;

use crate::text::{decimal_text, scaled};
use crate::verdict::{Check, Verdict};

pub(crate) const NAME: &str = "published_loans";
const FILE: &str = "published_loans.json";

/// Where a source names no day, it does not matter: every month is the same.
const ANY_DAY: Date = date(2024, 1, 1);
/// Decimals of the finer unit: the largest of the principals fits with them.
const FINE: usize = 7;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    source: Source,
    loan: Loan,
    expected: Expected,
    #[serde(default)]
    rows: Option<Vec<Row>>,
}

#[derive(Deserialize)]
struct Source {
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Loan {
    principal: String,
    annual_rate: String,
    term_months: u32,
    amortization_period_months: Option<u32>,
    interest_only_months: Option<u32>,
    day_count: Option<String>,
    payment_rounding: String,
    interest_rounding: String,
    compounding: Option<String>,
    payment_frequency: Option<String>,
    balance_tracking: Option<String>,
    payment_override: Option<String>,
    start_date: Option<Date>,
}

#[derive(Deserialize)]
struct Expected {
    #[serde(alias = "monthly_payment")]
    periodic_payment: Option<Value>,
    balloon_at_term: Option<Value>,
    #[serde(default)]
    amortization_ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Range {
    start_payment: usize,
    end_payment: usize,
    balance: Value,
    principal: Value,
    interest: Value,
}

#[derive(Deserialize)]
struct Row {
    payment: Value,
    payment_amount: Value,
    principal: Value,
    interest: Value,
    balance: Value,
}

/// A row as it is printed, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    payment: i128,
    principal: i128,
    interest: i128,
    balance: i128,
}

pub(crate) fn judge(folder: &Path) -> Result<Vec<Check>> {
    let text = fs::read_to_string(folder.join(FILE)).context(FILE)?;
    let file: File = serde_json::from_str(&text).context(FILE)?;
    file.cases.iter().map(check).collect()
}

fn check(case: &Case) -> Result<Check> {
    let verdict = match lines(&case.loan) {
        Ok(lines) => difference(case, &lines)?.map_or(Verdict::Passed, Verdict::Failed),
        Err(error) => Verdict::Failed(format!("{error:#}")),
    };
    let group = case.source.kind.clone().unwrap_or_else(|| "other".to_owned());
    Ok(Check { oracle: NAME, id: case.id.clone(), group, tags: vec![], verdict })
}

fn lines(loan: &Loan) -> Result<Vec<Line>> {
    let decimals = if carries_unrounded(loan) { FINE } else { 2 };
    let terms = terms(loan, decimals)?;
    let payments = agreed_payment(loan, &terms, decimals)?.map_or(Payments::Standard, Payments::Balloon);
    let options = ScheduleOptions { payments, ..ScheduleOptions::default() };
    let rows = rows(&terms, loan, loan.term_months, &options)?;
    Ok(print(terms.principal, &rows, decimals))
}

fn rows(
    terms: &ScheduleTerms,
    loan: &Loan,
    months: u32,
    options: &ScheduleOptions<'_>,
) -> Result<Vec<Installment>> {
    let start = loan.start_date.unwrap_or(ANY_DAY);
    let dates = DueDateTerms {
        method: DueDateMethod::Interval(terms.period),
        start,
        first_due_date: None,
        first_offset_days: 0,
        count: months / terms.period.count,
        non_working: NonWorkingDays::None,
    };
    let dates = due_dates(&dates, &Calendar::every_day_works())?;
    Ok(schedule_with(terms, start, &dates, options)?)
}

/// The payment that is named, or the one of a longer loan whose months are all the same.
fn agreed_payment(loan: &Loan, terms: &ScheduleTerms, decimals: usize) -> Result<Option<Amount>> {
    if let Some(payment) = &loan.payment_override {
        let payment = scaled(&Value::from(payment.as_str()), decimals)?;
        return Ok(Some(Amount::from_minor(i64::try_from(payment)?)));
    }
    let Some(months) = loan.amortization_period_months.filter(|months| *months > loan.term_months) else {
        return Ok(None);
    };
    let by_month = InterestTerms { days_method: DaysMethod::RepaymentPeriodicity, ..terms.interest };
    let longer = ScheduleTerms { interest: by_month, ..*terms };
    let rows = rows(&longer, loan, months, &ScheduleOptions::default())?;
    Ok(rows.first().map(Installment::total))
}

/// Where the source says so, and where a balloon is the figure of a formula and not the end of a table.
fn carries_unrounded(loan: &Loan) -> bool {
    loan.balance_tracking.as_deref() == Some("carry_precision") || loan.amortization_period_months.is_some()
}

fn terms(loan: &Loan, decimals: usize) -> Result<ScheduleTerms> {
    let months = if loan.payment_frequency.as_deref() == Some("annual") { 12 } else { 1 };
    let day_count = match loan.day_count.as_deref() {
        Some("actual/360") => DayCount::Actual360,
        Some(_) | None => DayCount::ThirtyE360,
    };
    let by_dates = day_count == DayCount::Actual360;
    let principal = scaled(&Value::from(loan.principal.as_str()), decimals)?;
    Ok(ScheduleTerms {
        principal: Amount::from_minor(i64::try_from(principal)?),
        interest: InterestTerms {
            method: InterestMethod::DecliningBalanceDiscounted,
            rate: rate(loan, 12 / months)?,
            charge_frequency: ChargeFrequency::Annualized,
            day_count,
            days_method: if by_dates { DaysMethod::ActualDays } else { DaysMethod::RepaymentPeriodicity },
        },
        period: Period::months(months),
        grace: loan.interest_only_months.map_or(Grace::None, Grace::PayInterestOnly),
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: match loan.payment_rounding.as_str() {
            "ROUND_UP" => InstallmentRounding::UpTo(Amount::from_minor(1)),
            _ => InstallmentRounding::None,
        },
        rounding: match loan.interest_rounding.as_str() {
            "ROUND_HALF_EVEN" => Rounding::HalfEven,
            _ => Rounding::HalfUp,
        },
    })
}

/// A rate that is compounded by the year is the effective one.
fn rate(loan: &Loan, payments_per_year: u32) -> Result<Rate> {
    let rate = Rate::parse_percent(&loan.annual_rate)?;
    let by_year = loan.compounding.as_deref() == Some("annual");
    Ok(if by_year { nominal_of_effective(rate, payments_per_year)? } else { rate })
}

/// The rows in cents: payment, interest and balance are rounded, principal is what is left.
fn print(principal: Amount, rows: &[Installment], decimals: usize) -> Vec<Line> {
    let unit = 10_i128.pow(u32::try_from(decimals - 2).expect("cents have two decimals"));
    let cents = |amount: Amount| Rounding::HalfUp.divide(i128::from(amount.minor()), unit);
    let mut balance = principal;
    let line = |row: &Installment| {
        balance -= row.principal;
        let (payment, interest) = (cents(row.total()), cents(row.interest));
        Line { payment, interest, principal: payment - interest, balance: cents(balance) }
    };
    rows.iter().map(line).collect()
}

/// The first figure that is not as published.
fn difference(case: &Case, lines: &[Line]) -> Result<Option<String>> {
    let first = lines.first().context("a schedule without rows")?;
    if let Some(payment) = &case.expected.periodic_payment
        && cents(payment)? != first.payment
    {
        return Ok(Some(format!("payment {} instead of {}", first.payment, text(payment))));
    }
    if let Some(balloon) = &case.expected.balloon_at_term {
        let before = lines.iter().rev().nth(1).map_or(0, |line| line.balance);
        let last = lines.last().map_or(0, |line| line.principal + line.interest - first.payment);
        if cents(balloon)? != last {
            return Ok(Some(format!("balloon {last} of {before} instead of {}", text(balloon))));
        }
    }
    for range in &case.expected.amortization_ranges {
        if let Some(difference) = range_difference(range, lines)? {
            return Ok(Some(difference));
        }
    }
    for row in case.rows.iter().flatten() {
        let number = usize::try_from(scaled(&row.payment, 0)?)?;
        let expected = Line {
            payment: cents(&row.payment_amount)?,
            principal: cents(&row.principal)?,
            interest: cents(&row.interest)?,
            balance: cents(&row.balance)?,
        };
        match lines.get(number - 1) {
            Some(line) if *line == expected => {}
            found => return Ok(Some(format!("row {number}: {found:?} instead of {expected:?}"))),
        }
    }
    Ok(None)
}

fn range_difference(range: &Range, lines: &[Line]) -> Result<Option<String>> {
    let rows = lines.get(range.start_payment - 1..range.end_payment).context("a range beyond the loan")?;
    let found = (
        rows.iter().map(|line| line.principal).sum::<i128>(),
        rows.iter().map(|line| line.interest).sum::<i128>(),
        rows.last().map_or(0, |line| line.balance),
    );
    let expected = (cents(&range.principal)?, cents(&range.interest)?, cents(&range.balance)?);
    let (start, end) = (range.start_payment, range.end_payment);
    Ok((found != expected).then(|| format!("payments {start} to {end}: {found:?} instead of {expected:?}")))
}

fn cents(value: &Value) -> Result<i128> {
    scaled(value, 2)
}

fn text(value: &Value) -> String {
    decimal_text(value).unwrap_or_default()
}
