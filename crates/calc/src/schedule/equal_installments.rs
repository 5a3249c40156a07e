//! Equal installments: an annuity, over irregular periods too.
//!
//! The installment is P · Π(1+r_i) ÷ Σ_k Π_{j>k}(1+r_j), the ratio of growth and sum in
//! `annuity.rs`; r_i is the rate times the time of period i.

use super::annuity::Annuity;
use super::estimate;
use super::spread::{Kind, Plan};
use super::{Installment, Remainder, ScheduleError};
use crate::exact::Exact;
use crate::money::Amount;

/// Every repaying installment has the same total; the last one repays what is left.
///
/// Interest_i = outstanding × r_i, rounded; principal_i is the rest of the total, but never negative
/// when a long period costs more than the total. With the remainder in the first installment, what
/// the last one would differ by is discounted to the first and taken there; a last cent may stay.
pub(super) fn equal_installments(plan: &Plan<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let total = installment_total(plan)?;
    fill(plan, Totals { first: total, other: total }, rows)?;
    if plan.remainder_goes_first() && plan.repaying_count() > 1 {
        let last = rows.last().expect("there is at least one installment");
        let first = total + at_first_installment(plan, last.total() - total)?;
        rows.clear();
        fill(plan, Totals { first, other: total }, rows)?;
    }
    Ok(())
}

/// What repaying installments ask for in total.
struct Totals {
    first: Amount,
    other: Amount,
}

fn fill(plan: &Plan<'_>, totals: Totals, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let sums_interest = plan.terms.remainder == Remainder::PrincipalAndInterestIntoLast;
    let mut outstanding = plan.terms.principal;
    let mut interest_sum = Exact::ZERO;
    let mut total = totals.first;

    for step in plan.steps() {
        let interest = plan.interest(step, outstanding)?;
        if sums_interest {
            interest_sum += plan.exact_interest(step, outstanding);
        }
        let principal = match step.kind {
            Kind::Forgiven | Kind::InterestOnly => Amount::ZERO,
            Kind::Repaying if step.number == plan.count => outstanding,
            Kind::Repaying => {
                let principal = (total - interest).max(Amount::ZERO).min(outstanding);
                total = totals.other;
                principal
            }
        };
        rows.push(step.row(principal, interest));
        outstanding -= principal;
    }

    assert_eq!(outstanding, Amount::ZERO, "the last installment repays what is left");
    if sums_interest { plan.settle_interest(interest_sum, rows) } else { Ok(()) }
}

/// The equal total, rounded to the minor unit or to the agreed multiple.
pub(super) fn installment_total(plan: &Plan<'_>) -> Result<Amount, ScheduleError> {
    if let Some(total) = estimate::bounds(plan).and_then(|bounds| estimate::agreed(plan, bounds)) {
        return Ok(total);
    }
    wide_installment_total(plan)
}

/// The same without the quick look.
fn wide_installment_total(plan: &Plan<'_>) -> Result<Amount, ScheduleError> {
    let too_large = ScheduleError::InstallmentTooLarge { number: plan.count };
    let annuity = Annuity::over(plan, plan.steps()).ok_or(too_large.clone())?;
    plan.rounded_total(annuity.installment(plan.terms.principal)).ok_or(too_large)
}

/// An amount of the last installment as it counts on the first repaying one.
fn at_first_installment(plan: &Plan<'_>, amount: Amount) -> Result<Amount, ScheduleError> {
    let too_large = ScheduleError::InstallmentTooLarge { number: plan.count };
    let later = plan.steps().filter(|step| step.kind == Kind::Repaying).skip(1);
    let annuity = Annuity::over(plan, later).ok_or(too_large)?;
    Ok(annuity.discounted(amount).round(plan.terms.rounding))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{estimate, wide_installment_total};
    use crate::calendar::Period;
    use crate::day_count::{DayCount, DaysMethod};
    use crate::money::Amount;
    use crate::rate::Rate;
    use crate::rounding::Rounding;
    use crate::schedule::spread::Plan;
    use crate::schedule::{
        Accrual, ChargeFrequency, Grace, InstallmentRounding, InterestMethod, InterestTerms, Remainder,
        ScheduleError, ScheduleTerms, schedule,
    };

    fn terms(principal: i64, rate: Rate, days_method: DaysMethod) -> ScheduleTerms {
        ScheduleTerms {
            principal: Amount::from_minor(principal),
            interest: InterestTerms {
                method: InterestMethod::DecliningBalanceDiscounted,
                rate,
                charge_frequency: ChargeFrequency::Annualized,
                day_count: DayCount::Actual365Fixed,
                days_method,
            },
            period: Period::months(1),
            grace: Grace::None,
            principal_repayment_interval: 1,
            remainder: Remainder::Last,
            installment_rounding: InstallmentRounding::None,
            rounding: Rounding::HalfUp,
        }
    }

    fn monthly(count: u32) -> Vec<Date> {
        (1..=count)
            .map(|times| Period::months(1).add_times(date(2024, 1, 1), times).expect("a near date"))
            .collect()
    }

    /// Expected totals were calculated with unlimited fractions, outside this crate.
    fn check(terms: &ScheduleTerms, count: u32, total: i64) {
        let rows = schedule(terms, date(2024, 1, 1), &monthly(count)).expect("the terms are valid");
        assert_eq!(rows[0].total(), Amount::from_minor(total));
    }

    #[test]
    fn the_largest_amount_over_600_months_is_right_to_the_cent() {
        let nominal = DaysMethod::RepaymentPeriodicity;
        let largest = Amount::MAX.minor();
        check(&terms(largest, Rate::from_ratio(625, 10_000), nominal), 600, 5_449_727_403_102);
        check(&terms(largest, Rate::from_ratio(12, 10), nominal), 600, 100_000_000_000_000);
        check(&terms(largest / 2, Rate::from_ratio(4, 1), nominal), 1, 666_666_666_666_667);
        check(&terms(largest - 7, Rate::from_ratio(12, 100_000_000), nominal), 360, 2_777_782_791_670);
        let finest = Rate::from_ratio(12 * 123_456_789, 100_000_000_000);
        check(&terms(largest - 1, finest, nominal), 600, 2_360_453_422_742);
        let by_days = DaysMethod::ActualDays;
        check(&terms(largest, Rate::from_ratio(7, 100), by_days), 600, 6_020_191_796_939);
    }

    #[test]
    fn the_quick_look_and_the_wide_arithmetic_agree() {
        let start = date(2024, 1, 1);
        let mut decided = 0;
        for case in 1..400_i64 {
            let days_method =
                if case % 3 == 0 { DaysMethod::RepaymentPeriodicity } else { DaysMethod::ActualDays };
            let rate = Rate::from_ratio(case * 37 % 5003, 10_007);
            let mut terms = terms(case * case * 104_729, rate, days_method);
            terms.interest.day_count =
                if case % 2 == 0 { DayCount::ActualActualIsda } else { DayCount::Actual360 };
            let dates = monthly(u32::try_from(case).expect("a small number"));
            let plan = Plan::try_new(&terms, start, &dates, Accrual::ToDueDate).expect("the terms are valid");
            let quick = estimate::bounds(&plan).and_then(|bounds| estimate::agreed(&plan, bounds));
            if let Some(total) = quick {
                decided += 1;
                assert_eq!(Ok(total), wide_installment_total(&plan), "case {case}");
            }
        }
        assert!(decided > 390, "only {decided} were decided");
    }

    #[test]
    fn an_installment_beyond_the_largest_amount_is_an_error() {
        let terms = terms(Amount::MAX.minor(), Rate::from_ratio(10_000, 1), DaysMethod::ActualDays);
        let error = schedule(&terms, date(2024, 1, 1), &monthly(3)).expect_err("it is too large");
        assert_eq!(error, ScheduleError::InstallmentTooLarge { number: 3 });
    }

    #[test]
    fn a_grace_as_long_as_the_loan_is_refused() {
        let terms = ScheduleTerms {
            grace: Grace::PayInterestOnly(3),
            ..terms(100_000, Rate::from_ratio(1, 10), DaysMethod::ActualDays)
        };
        let error = schedule(&terms, date(2024, 1, 1), &monthly(3)).expect_err("nothing is left");
        assert_eq!(error.to_string(), "a grace of 3 installments leaves none of 3 to repay in");
    }

    #[test]
    fn due_dates_that_do_not_increase_are_refused() {
        let terms = terms(100_000, Rate::from_ratio(1, 10), DaysMethod::ActualDays);
        let days = [date(2024, 2, 1), date(2024, 2, 1)];
        let error = schedule(&terms, date(2024, 1, 1), &days).expect_err("the same day twice");
        assert_eq!(error.to_string(), "due date 2024-02-01 is not after 2024-02-01");
    }
}
