//! Equal principal: the same share in every installment, interest on what is outstanding.
//!
//! The shares are also those of flat interest, which differs in the balance only.

use super::spread::{Kind, Plan};
use super::{Installment, Remainder, ScheduleError};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;

/// Principal ÷ number of repaying installments each; interest_i = outstanding × rate × time_i.
pub(super) fn equal_principal(plan: &Plan<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    build(plan, rows, |outstanding| outstanding)
}

/// Builds the rows; `interest_balance` says on which balance interest runs, given the outstanding one.
pub(super) fn build(
    plan: &Plan<'_>,
    rows: &mut Vec<Installment>,
    interest_balance: impl Fn(Amount) -> Amount,
) -> Result<(), ScheduleError> {
    let shares = Shares::of(plan);
    let sums_interest = plan.terms.remainder == Remainder::PrincipalAndInterestIntoLast;
    let mut outstanding = plan.terms.principal;
    let mut interest_sum = Exact::ZERO;
    let mut is_first = true;

    for step in plan.steps() {
        let balance = interest_balance(outstanding);
        let interest = plan.interest(step, balance)?;
        if sums_interest {
            interest_sum += plan.exact_interest(step, balance);
        }
        let principal = match step.kind {
            Kind::Forgiven | Kind::InterestOnly => Amount::ZERO,
            Kind::Repaying if step.number == plan.count => outstanding,
            Kind::Repaying => {
                let share = if is_first { shares.first } else { shares.other };
                is_first = false;
                principal_of(plan, share, interest).min(outstanding)
            }
        };
        rows.push(step.row(principal, interest));
        outstanding -= principal;
    }

    assert_eq!(outstanding, Amount::ZERO, "the last installment repays what is left");
    if sums_interest { plan.settle_interest(interest_sum, rows) } else { Ok(()) }
}

/// The share, or what makes the total of this installment a multiple.
fn principal_of(plan: &Plan<'_>, share: Amount, interest: Amount) -> Amount {
    match plan.rounded_to_multiple(Exact::from_amount(share + interest)) {
        Some(total) => (total - interest).max(Amount::ZERO),
        None => share,
    }
}

/// What each repaying installment repays.
struct Shares {
    first: Amount,
    other: Amount,
}

impl Shares {
    /// The rounded share of each; the first one takes the remainder if the terms say so.
    fn of(plan: &Plan<'_>) -> Shares {
        let principal = plan.terms.principal;
        let count = i64::from(plan.repaying_count());
        let exact = Exact::ratio(i128::from(principal.minor()), i128::from(count));
        let rounded = exact.round(plan.terms.rounding);
        let others = |share: Amount| Amount::from_minor(share.minor() * (count - 1));
        // Of 5 cents in 10 installments a cent each would be too much: then shares are rounded down.
        let other = if others(rounded) > principal { exact.round(Rounding::Down) } else { rounded };
        let first = if plan.remainder_goes_first() { principal - others(other) } else { other };
        Shares { first, other }
    }
}
