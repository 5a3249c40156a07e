//! What is outstanding, spread anew over the installments that are left.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::projection::{Keep, mixed_total};
use loam_calc::schedule::{
    self, Grace, InterestMethod, InterestTerms, RateTiers, ScheduleOptions, ScheduleTerms,
};

use crate::loan::dynamic::tiers::tiers_from;
use crate::loan::dynamic::{
    Dynamics, Running, ScheduleCause, Upcoming, is_holiday, is_interest_only, upcoming_row, with_balance,
};
use crate::loan::event::Event;
use crate::loan::{Installment, Loan, Terms};
use crate::product::GracePeriodType;
use crate::product::interest::RateTerms;
use crate::product::payments::ElementsRecalculation;

/// What each row from `first` on keeps when `principal` is repaid in them: the same installments as
/// those of a new loan over their time, by the latest rate or the tiers, and in the first row by the
/// rates of its days. Principal is repaid in the rows in which it was, and payment holidays stay.
/// `None` where nothing is left to spread or the terms give no schedule.
pub(super) fn respread(loan: &Loan, first: usize, principal: Amount) -> Option<Vec<Keep>> {
    let rows = loan.servicing.installments.get(first..)?;
    let terms = &loan.terms;
    let asking: Vec<&Installment> = rows.iter().filter(|row| !is_holiday(terms, row)).collect();
    let last = asking.last().filter(|_| principal.is_positive())?;
    let start = loan.time_of(first).from;
    let dynamics = Dynamics::of(loan);
    let growth = dynamics.growth(terms);
    let schedule_terms = ScheduleTerms {
        principal,
        interest: InterestTerms { rate: growth.rate_on(last.due_date), ..terms.interest },
        period: terms.period,
        grace: grace_left(terms, &asking),
        principal_repayment_interval: terms.principal_repayment_interval,
        remainder: terms.remainder,
        installment_rounding: terms.installment_rounding,
        rounding: terms.rounding,
    };
    let dates: Vec<_> = asking.iter().map(|row| row.due_date).collect();
    let count = loan.servicing.installments.len();
    let repays: Vec<bool> = asking.iter().map(|row| !is_interest_only(terms, row.number, count)).collect();
    let by_day = tiers_from(loan, start);
    let tiers = match terms.interest_rules.rate_terms {
        RateTerms::Fixed => RateTiers::None,
        RateTerms::Tiered { .. } => RateTiers::ByBalance(growth.tiers),
        RateTerms::TieredPeriod { .. } => RateTiers::ByDay(&by_day),
    };
    let options = ScheduleOptions { tiers, repays: Some(&repays), ..ScheduleOptions::default() };
    let spread = schedule::schedule_with(&schedule_terms, start, &dates, &options).ok()?;
    let mixed = mixed_total(&growth, &schedule_terms, start, (&dates, &options));
    let mut spread = spread.iter().map(|row| kept(loan, row, mixed));
    let of_row = |row: &Installment| match is_holiday(terms, row) {
        true => Some(Keep::Total(Amount::ZERO)),
        false => spread.next(),
    };
    rows.iter().map(of_row).collect()
}

/// What is left of the grace in rows that ask for something or are free.
fn grace_left(terms: &Terms, rows: &[&Installment]) -> Grace {
    let left = rows.iter().filter(|row| row.number <= terms.grace_period).count();
    let left = u32::try_from(left).expect("a number of rows fits");
    match terms.grace_period_type {
        _ if left == 0 => Grace::None,
        GracePeriodType::None => Grace::None,
        GracePeriodType::PayInterestOnly => Grace::PayInterestOnly(left),
        GracePeriodType::InterestForgiveness => Grace::InterestForgiveness(left),
    }
}

fn kept(loan: &Loan, row: &schedule::Installment, mixed: Option<Amount>) -> Keep {
    if row.is_grace {
        return Keep::Nothing;
    }
    let is_annuity = loan.terms.interest.method == InterestMethod::DecliningBalanceDiscounted;
    match loan.terms.payment_rules.elements_recalculation {
        ElementsRecalculation::FixedTotalExpected if is_annuity && row.principal.is_positive() => {
            Keep::Total(mixed.unwrap_or(row.total()))
        }
        ElementsRecalculation::FixedTotalExpected | ElementsRecalculation::FixedPrincipalExpected => {
            Keep::Principal(row.principal)
        }
    }
}

/// The rows and the interest after something by which installments change and `added` more principal
/// bears interest: what is not repaid and what was paid ahead is spread anew over the rows that are
/// not due, and what was paid ahead counts in its rows.
pub(crate) fn respread_event(loan: &Loan, on: Date, cause: ScheduleCause, added: Amount) -> Event {
    respread_going_on(loan, on, cause, (added, loan.running()))
}

/// The same, with interest that goes on in this way but for what is added.
pub(super) fn respread_going_on(
    loan: &Loan,
    on: Date,
    cause: ScheduleCause,
    (added, running): (Amount, Running),
) -> Event {
    let bears = running.principal.last().map_or(Amount::ZERO, |last| last.principal);
    let principal = with_balance(running.principal.clone(), on, bears + added);
    let upcoming = Upcoming::going_on(loan, on, Running { principal, ..running });
    let first = loan.closed();
    let rows = &loan.servicing.installments[first..];
    let ahead: Amount = rows.iter().map(|row| row.paid.principal).sum();
    let unpaid = loan.servicing.outstanding.principal - loan.unpaid_principal_of_closed();
    match respread(loan, first, unpaid + ahead) {
        Some(keeps) => {
            let keeps: Vec<Keep> =
                (first..).zip(keeps).map(|(row, keep)| not_below_paid(loan, row, keep)).collect();
            upcoming.keeping(first, &keeps).evened(first).event(cause)
        }
        None => upcoming.event(cause),
    }
}

/// A row in which more was paid than it would ask for now stays as it was agreed.
fn not_below_paid(loan: &Loan, index: usize, keep: Keep) -> Keep {
    let row = upcoming_row(loan, index);
    match keep {
        Keep::Total(total) if total < row.paid_principal + row.applied_interest => row.keep,
        Keep::Principal(principal) if principal < row.paid_principal => row.keep,
        Keep::Total(_) | Keep::Principal(_) | Keep::Nothing => keep,
    }
}
