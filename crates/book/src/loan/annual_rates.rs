//! What a loan costs in a year, fees included: its annual percentage rates, by the schedule as it was
//! agreed or as it stands.
//!
//! What is paid out is what was lent less the fee that was kept; what is paid back is everything that
//! installments expect.

use jiff::civil::Date;
use loam_calc::apr::{
    AprError, DatedFlow, UnitPeriod, actuarial_rate_of_dates, effective_of_nominal, effective_rate_of_dates,
    published,
};
use loam_calc::calendar::{Period, PeriodUnit};
use loam_calc::due_dates::DueDateMethod;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::ChargeFrequency;

use crate::loan::{Installment, Loan};
use crate::product::interest::RateTerms;

/// Decimals of a percent to which rates are disclosed.
const DECIMALS: u32 = 2;

/// The annual rates of a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualRates {
    /// The day on which the credit begins.
    pub begins_on: Date,
    /// What the borrower gets.
    pub advanced: Amount,
    /// What the borrower pays, everything together.
    pub paid_back: Amount,
    /// Regulation Z, Appendix J, actuarial method.
    pub actuarial: Result<Rate, AprError>,
    /// Directive 2008/48/EC, Annex I.
    pub effective: Result<Rate, AprError>,
    /// The nominal rate of the loan, compounded as often as it is paid. `None` where it is not charged
    /// by the year or not paid at equal parts of one, and where tiers have several.
    pub effective_nominal: Option<Rate>,
}

/// The rates of a loan that is paid out on a day, less the fees of the product that are kept of it,
/// and pays these installments. Fees that come with installments later are not known yet.
pub fn annual_rates(
    loan: &Loan,
    (begins_on, kept): (Date, Amount),
    installments: &[Installment],
) -> AnnualRates {
    let advanced = loan.terms.amount - loan.terms.capitalized_fee - kept;
    let advances = [DatedFlow { amount: advanced, on: begins_on }];
    let pays = |row: &&Installment| row.expected.total().is_positive();
    let flow = |row: &Installment| DatedFlow { amount: row.expected.total(), on: row.due_date };
    let payments: Vec<DatedFlow> = installments.iter().filter(pays).map(flow).collect();
    let disclosed = |rate: Rate| published(rate, DECIMALS);
    AnnualRates {
        begins_on,
        advanced,
        paid_back: payments.iter().map(|flow| flow.amount).sum(),
        actuarial: actuarial_rate_of_dates(&advances, &payments, unit_period(loan)).map(disclosed),
        effective: effective_rate_of_dates(&advances, &payments).map(disclosed),
        effective_nominal: compounded(loan).map(disclosed),
    }
}

/// The interval at which the loan is paid.
fn unit_period(loan: &Loan) -> UnitPeriod {
    let Period { count, unit } = loan.terms.period;
    let days_of_month = match &loan.terms.due_dates {
        DueDateMethod::FixedDaysOfMonth { days, .. } => days.len(),
        DueDateMethod::Interval(_) | DueDateMethod::Meeting { .. } => 1,
    };
    match unit {
        PeriodUnit::Days => UnitPeriod::Days(count),
        PeriodUnit::Weeks => UnitPeriod::Weeks(count),
        PeriodUnit::Months if days_of_month == 2 => UnitPeriod::HalfMonth,
        PeriodUnit::Months => UnitPeriod::Months(count),
        PeriodUnit::Years => UnitPeriod::Months(count.saturating_mul(12)),
    }
}

/// The nominal rate of a year, compounded with every installment.
fn compounded(loan: &Loan) -> Option<Rate> {
    let Period { count, unit } = loan.terms.period;
    let parts_of_a_year = match unit {
        PeriodUnit::Days => 365,
        PeriodUnit::Weeks => 52,
        PeriodUnit::Months => 12,
        PeriodUnit::Years => 1,
    };
    let is_yearly = loan.terms.interest.charge_frequency == ChargeFrequency::Annualized;
    let is_whole = count > 0 && u32::is_multiple_of(parts_of_a_year, count);
    let is_one = loan.terms.interest_rules.rate_terms == RateTerms::Fixed;
    if !is_yearly || !is_whole || !is_one {
        return None;
    }
    effective_of_nominal(loan.terms.interest.rate, parts_of_a_year / count).ok()
}
