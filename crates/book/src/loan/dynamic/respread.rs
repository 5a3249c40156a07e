//! What is outstanding, spread anew over the installments that are left.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::projection::Keep;
use loam_calc::schedule::{self, Accrual, Grace, InterestMethod, InterestTerms, ScheduleTerms};

use crate::loan::dynamic::{Dynamics, Running, ScheduleCause, Upcoming, prepayment, with_balance};
use crate::loan::event::Event;
use crate::loan::{Installment, Loan};
use crate::product::GracePeriodType;
use crate::product::payments::ElementsRecalculation;

/// What each row from `first` on keeps when `principal` is repaid in them: the same installments as
/// those of a new loan over their time, by the rate of the first of these days. `None` where nothing
/// is left to spread or the terms give no schedule.
pub(super) fn respread(loan: &Loan, first: usize, principal: Amount) -> Option<Vec<Keep>> {
    let rows = loan.servicing.installments.get(first..).filter(|rows| !rows.is_empty())?;
    if !principal.is_positive() {
        return None;
    }
    let terms = &loan.terms;
    let start = loan.time_of(first).from;
    let dynamics = Dynamics::of(loan);
    let latest = rows.last().expect("there is at least one row").due_date;
    let rate = dynamics.growth(terms).rate_on(latest);
    let gone = u32::try_from(first).expect("a number of rows fits");
    let left = terms.grace_period.saturating_sub(gone);
    let grace = match terms.grace_period_type {
        _ if left == 0 => Grace::None,
        GracePeriodType::None => Grace::None,
        GracePeriodType::PayInterestOnly => Grace::PayInterestOnly(left),
        GracePeriodType::InterestForgiveness => Grace::InterestForgiveness(left),
    };
    let schedule_terms = ScheduleTerms {
        principal,
        interest: InterestTerms { rate, ..terms.interest },
        period: terms.period,
        grace,
        principal_repayment_interval: terms.principal_repayment_interval,
        remainder: terms.remainder,
        installment_rounding: terms.installment_rounding,
        rounding: terms.rounding,
    };
    let dates: Vec<_> = rows.iter().map(|row| row.due_date).collect();
    let spread = schedule::schedule_accruing(&schedule_terms, start, &dates, Accrual::ToDueDate).ok()?;
    Some(spread.iter().map(|row| kept(loan, row)).collect())
}

fn kept(loan: &Loan, row: &schedule::Installment) -> Keep {
    if row.is_grace {
        return Keep::Nothing;
    }
    let is_annuity = loan.terms.interest.method == InterestMethod::DecliningBalanceDiscounted;
    match loan.terms.payment_rules.elements_recalculation {
        ElementsRecalculation::FixedTotalExpected if is_annuity && row.principal.is_positive() => {
            Keep::Total(row.total())
        }
        ElementsRecalculation::FixedTotalExpected | ElementsRecalculation::FixedPrincipalExpected => {
            Keep::Principal(row.principal)
        }
    }
}

/// The rows and the interest after something by which installments change: what is not repaid is
/// spread anew over the rows that are not due and not paid, on top of what was paid in them.
pub(crate) fn respread_event(loan: &Loan, on: Date, cause: ScheduleCause) -> Event {
    let principal = with_balance(loan.running().principal, on, loan.bearing());
    let running = Running { principal, ..loan.running() };
    let upcoming = Upcoming::going_on(loan, on, running);
    // Where all rows are paid already, they take what is outstanding now on top of that.
    let first = prepayment::target(loan).unwrap_or(loan.closed());
    let unpaid = loan.servicing.outstanding.principal - loan.unpaid_principal_of_closed();
    let Some(keeps) = respread(loan, first, unpaid) else { return upcoming.event(cause) };
    let rows = &loan.servicing.installments[first..];
    let keeps: Vec<Keep> = rows.iter().zip(keeps).map(|(row, keep)| on_top_of_paid(row, keep)).collect();
    upcoming.keeping(first, &keeps).evened(first).event(cause)
}

fn on_top_of_paid(row: &Installment, keep: Keep) -> Keep {
    match keep {
        Keep::Total(total) => Keep::Total(total + row.paid.principal + row.interest_applied),
        Keep::Principal(principal) => Keep::Principal(principal + row.paid.principal),
        Keep::Nothing => Keep::Nothing,
    }
}
