//! Schedules that the plain methods do not make: tiers of rates, agreed or optimized payments,
//! elements that are all rounded.
//!
//! The frame is that of `spread.rs`; what a step costs is the business of `charge.rs`.

use super::charge::Charge;
use super::equal_installments::installment_total;
use super::estimate;
use super::evened;
use super::newton;
use super::optimized;
use super::options::{Payments, RateTiers, ScheduleOptions};
use super::solve;
use super::spread::{Kind, Plan, Step};
use super::{Installment, InstallmentRounding, InterestMethod, Remainder, ScheduleError};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;

/// Builds the rows under these options.
pub(super) fn varied(
    plan: &Plan<'_>,
    options: &ScheduleOptions<'_>,
    rows: &mut Vec<Installment>,
) -> Result<(), ScheduleError> {
    let charge = Charge::try_new(plan, options)?;
    match options.payments {
        Payments::Standard if is_equal_principal(&charge) => equal_shares(&charge, rows),
        Payments::Standard => equal_totals(&charge, rows),
        Payments::Balloon(payment) => balloon(&charge, payment, rows),
        Payments::Optimized => optimized::optimized(&charge, rows),
        Payments::Evened => evened::evened(&charge, rows),
        Payments::Agreed(payments) => agreed(&charge, payments, rows),
    }
}

/// Without interest there is nothing to discount.
fn is_equal_principal(charge: &Charge<'_>) -> bool {
    match charge.plan.terms.interest.method {
        InterestMethod::Flat | InterestMethod::DecliningBalance => true,
        InterestMethod::DecliningBalanceDiscounted => charge.is_free(),
    }
}

/// What an installment asks of the principal, given its interest and what is outstanding.
pub(super) trait Principal {
    fn of(&mut self, step: Step, interest: Amount, outstanding: Amount) -> Result<Amount, ScheduleError>;
}

impl<F: FnMut(Step, Amount, Amount) -> Result<Amount, ScheduleError>> Principal for F {
    fn of(&mut self, step: Step, interest: Amount, outstanding: Amount) -> Result<Amount, ScheduleError> {
        self(step, interest, outstanding)
    }
}

/// Walks over the steps; the last one repays what is left.
pub(super) fn fill(
    charge: &Charge<'_>,
    mut principal_of: impl Principal,
    rows: &mut Vec<Installment>,
) -> Result<(), ScheduleError> {
    let plan = charge.plan;
    let sums_interest = plan.terms.remainder == Remainder::PrincipalAndInterestIntoLast;
    let is_flat = plan.terms.interest.method == InterestMethod::Flat;
    let mut outstanding = plan.terms.principal;
    let mut interest_sum = Exact::ZERO;

    for step in plan.steps() {
        let balance = if is_flat { plan.terms.principal } else { outstanding };
        let interest = charge.rounded(step, balance)?;
        if sums_interest {
            interest_sum += charge.exact(step, balance);
        }
        let principal = match step.kind {
            Kind::Forgiven | Kind::InterestOnly => Amount::ZERO,
            Kind::Repaying if step.number == plan.count => outstanding,
            Kind::Repaying => principal_of.of(step, interest, outstanding)?,
        };
        rows.push(step.row(principal, interest));
        outstanding -= principal;
    }

    assert_eq!(outstanding, Amount::ZERO, "the last installment repays what is left");
    if sums_interest { settle_interest(charge, interest_sum, rows) } else { Ok(()) }
}

/// The last installment has the interest that makes the column the rounded sum of the unrounded.
fn settle_interest(charge: &Charge<'_>, sum: Exact, rows: &mut [Installment]) -> Result<(), ScheduleError> {
    let too_large = ScheduleError::InstallmentTooLarge { number: charge.plan.count };
    let sum = charge.element(sum).ok_or(too_large)?;
    if let Some((last, others)) = rows.split_last_mut() {
        let before: Amount = others.iter().map(|row| row.interest).sum();
        last.interest = (sum - before).max(Amount::ZERO);
    }
    Ok(())
}

/// Equal principal, as in `equal_principal.rs`; where all elements are rounded, shares are multiples.
fn equal_shares(charge: &Charge<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let plan = charge.plan;
    let principal = plan.terms.principal;
    let count = i64::from(plan.repaying_count());
    let exact = Exact::ratio(i128::from(principal.minor()), i128::from(count));
    let others = |share: Amount| Amount::from_minor(share.minor() * (count - 1));
    let rounded = charge.element(exact).unwrap_or(principal);
    let other = if others(rounded) > principal { rounded_down(charge, exact) } else { rounded };
    let mut first = if plan.remainder_goes_first() { Some(principal - others(other)) } else { None };
    let principal_of = |_: Step, interest: Amount, outstanding: Amount| {
        let share = first.take().unwrap_or(other);
        let multiple = if charge.rounds_all() {
            None
        } else {
            plan.rounded_to_multiple(Exact::from_amount(share + interest))
        };
        let share = multiple.map_or(share, |total| (total - interest).max(Amount::ZERO));
        Ok(share.min(outstanding))
    };
    fill(charge, principal_of, rows)
}

/// Shares that rounding to the nearest or up would make too much together.
fn rounded_down(charge: &Charge<'_>, exact: Exact) -> Amount {
    let unit = if charge.rounds_all() { unit_of(charge.plan) } else { Amount::from_minor(1) };
    let units = exact.divided_by(i128::from(unit.minor())).round(Rounding::Down);
    Amount::from_minor(units.minor() * unit.minor())
}

/// Equal totals, as in `equal_installments.rs`.
fn equal_totals(charge: &Charge<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let total = equal_total(charge)?;
    fill(charge, totals(|_| total), rows)?;
    let plan = charge.plan;
    if !plan.remainder_goes_first() || plan.repaying_count() == 1 {
        return Ok(());
    }
    let mut with_first = |more: i64| {
        let first = total + Amount::from_minor(more);
        rows.clear();
        fill(charge, totals(|place| if place == 1 { first } else { total }), rows)?;
        Ok(last_total(rows))
    };
    let difference = (with_first(0)? - total).minor();
    // Each minor unit takes at least as much from the last total.
    let bounds = (difference.min(0) - 1, difference.max(0) + 1);
    let enough = smallest(bounds, |more| Ok(with_first(more)? <= total))?;
    with_first(enough).map(|_| ())
}

pub(super) fn last_total(rows: &[Installment]) -> Amount {
    rows.last().map_or(Amount::ZERO, Installment::total)
}

/// The smallest whole number above the first bound that is enough; the second one is, unasked.
pub(super) fn smallest(
    (mut below, mut enough): (i64, i64),
    mut is_enough: impl FnMut(i64) -> Result<bool, ScheduleError>,
) -> Result<i64, ScheduleError> {
    while enough - below > 1 {
        let middle = below + (enough - below) / 2;
        if is_enough(middle)? { enough = middle } else { below = middle }
    }
    Ok(enough)
}

/// Principal is what the interest leaves of a total, by the place among the repaying installments.
pub(super) fn totals(
    total: impl Fn(u32) -> Amount,
) -> impl FnMut(Step, Amount, Amount) -> Result<Amount, ScheduleError> {
    let mut place = 0;
    move |_, interest, outstanding| {
        place += 1;
        Ok((total(place) - interest).max(Amount::ZERO).min(outstanding))
    }
}

/// The equal total, rounded to the minor unit or to the agreed multiple.
pub(super) fn equal_total(charge: &Charge<'_>) -> Result<Amount, ScheduleError> {
    if charge.has_one_rate() && !charge.is_free() {
        return installment_total(charge.plan);
    }
    quick_equal_total(charge).map_or_else(|| wide_equal_total(charge), Ok)
}

/// The total where 64 bits decide it.
pub(super) fn quick_equal_total(charge: &Charge<'_>) -> Option<Amount> {
    let plan = charge.plan;
    match charge.tiers {
        RateTiers::None => estimate::agreed(plan, estimate::bounds(plan)?),
        RateTiers::ByBalance(tiers) => newton::equal_total(charge, tiers),
        RateTiers::ByDay(tiers) => estimate::agreed(plan, estimate::bounds_by_day(charge, tiers)?),
    }
}

/// The same without the quick look.
pub(super) fn wide_equal_total(charge: &Charge<'_>) -> Result<Amount, ScheduleError> {
    let plan = charge.plan;
    solve::equal_total(charge, unit_of(plan), plan.total_rounding())
}

/// The agreed payment, and the rest with the last installment.
fn balloon(charge: &Charge<'_>, payment: Amount, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let installments = charge.plan.count;
    let principal_of = |step: Step, interest: Amount, outstanding: Amount| {
        if interest > payment {
            return Err(ScheduleError::PaymentBelowInterest { number: step.number, payment, interest });
        }
        let principal = payment - interest;
        if principal >= outstanding {
            return Err(ScheduleError::RepaidTooEarly { number: step.number, installments });
        }
        Ok(principal)
    };
    fill(charge, principal_of, rows)
}

/// One total for each installment.
fn agreed(
    charge: &Charge<'_>,
    payments: &[Amount],
    rows: &mut Vec<Installment>,
) -> Result<(), ScheduleError> {
    let installments = charge.plan.count;
    let count = u32::try_from(payments.len()).unwrap_or(u32::MAX);
    if count != installments {
        return Err(ScheduleError::PaymentsMissing { payments: count, installments });
    }
    let mut payments = payments.iter();
    let last_payment = payments.next_back().copied().unwrap_or(Amount::ZERO);
    let principal_of = |step: Step, interest: Amount, outstanding: Amount| {
        let payment = payments.next().copied().unwrap_or(Amount::ZERO);
        if interest > payment {
            return Err(ScheduleError::PaymentBelowInterest { number: step.number, payment, interest });
        }
        let principal = payment - interest;
        if principal >= outstanding {
            return Err(ScheduleError::RepaidTooEarly { number: step.number, installments });
        }
        Ok(principal)
    };
    fill(charge, principal_of, rows)?;
    if let Some(last) = rows.last_mut() {
        last.interest = (last_payment - last.principal).max(Amount::ZERO);
    }
    Ok(())
}

/// The step of totals: the agreed multiple, or a minor unit.
pub(super) fn unit_of(plan: &Plan<'_>) -> Amount {
    match plan.terms.installment_rounding {
        InstallmentRounding::None => Amount::from_minor(1),
        InstallmentRounding::ToNearest(multiple) | InstallmentRounding::UpTo(multiple) => multiple,
    }
}
