//! Locks by the book, capping and dormancy.

use jiff::civil::Date;
use loam_calc::charges::share;
use loam_calc::money::Amount;

use crate::loan::charges::{fee_income, penalties};
use crate::loan::commands::close::is_over;
use crate::loan::commands::interest;
use crate::loan::draft::Draft;
use crate::loan::dynamic::capitalized;
use crate::loan::event::charge::{LockCause, PenaltyCause};
use crate::loan::event::{Event, Posted};
use crate::loan::lateness::{arrears_counted_from, day_after};
use crate::loan::{Closure, Loan, LoanState};
use crate::product::controls::{Capping, CappingBase, CappingConstraint};

/// The day on which the book locks a loan that is in arrears: once in each spell of arrears.
pub(super) fn lock_on(loan: &Loan) -> Option<Date> {
    let LoanState::Active { is_locked: false, .. } = loan.servicing.state else { return None };
    let days = loan.terms.controls.lock_after_days?;
    let since = loan.servicing.arrears_since?;
    if loan.servicing.course.charges.locked_for == Some(since) {
        return None;
    }
    // The first day in arrears is day one.
    Some(day_after(arrears_counted_from(loan)?, days.saturating_sub(1)))
}

pub(super) fn lock_for_arrears(draft: &mut Draft<'_>, date: Date) {
    lock(draft, date, LockCause::Arrears);
}

/// Whether the book may make a charge; under a hard cap one that would go beyond it locks the
/// account instead.
pub(crate) fn admit_or_lock(draft: &mut Draft<'_>, amount: Amount, date: Date) -> bool {
    let Some((capping, cap)) = cap_of(&draft.loan) else { return true };
    let is_beyond = charged(&draft.loan) + amount > cap;
    if capping.constraint == CappingConstraint::HardCap && is_beyond {
        lock(draft, date, LockCause::Capping);
        return false;
    }
    true
}

/// Locks the account when a charge of the book has brought it to its cap.
pub(crate) fn lock_at_cap(draft: &mut Draft<'_>, date: Date) {
    let Some((capping, cap)) = cap_of(&draft.loan) else { return };
    let is_open = matches!(draft.loan.servicing.state, LoanState::Active { is_locked: false, .. });
    if !is_open || charged(&draft.loan) < cap {
        return;
    }
    if capping.applies_accrued_before_locking {
        interest::apply_before_lock(draft, date);
        penalties::derive_if_grown(draft, date, PenaltyCause::Settlement);
    }
    lock(draft, date, LockCause::Capping);
}

/// The day on which a loan that is paid, and stays open for some time, is closed.
pub(super) fn close_on(loan: &Loan) -> Option<Date> {
    let days = loan.terms.controls.dormancy_days?;
    let latest = loan.servicing.latest_value_date?;
    is_over(loan).then(|| day_after(latest, days))
}

pub(super) fn close_dormant(draft: &mut Draft<'_>, date: Date) {
    draft.record(
        date,
        Event::Closed {
            closure: Closure::Repaid,
            notes: None,
            is_derived: true,
            is_idle: false,
            successor: None,
        },
    );
    fee_income::settle(draft, date);
}

fn lock(draft: &mut Draft<'_>, date: Date, cause: LockCause) {
    let posted: [Posted; 3] = std::array::from_fn(|_| draft.unposted(Amount::ZERO));
    draft.derive(date, Event::Locked { posted, notes: None, cause });
}

fn cap_of(loan: &Loan) -> Option<(Capping, Amount)> {
    let capping = loan.terms.controls.capping?;
    let base = match capping.base {
        CappingBase::OutstandingPrincipalPercentage => {
            loan.servicing.outstanding.principal - capitalized::outstanding(loan)
        }
        CappingBase::OriginalPrincipalPercentage => loan.terms.amount,
    };
    Some((capping, share(base, capping.percentage, loan.terms.rounding)))
}

/// Interest, fees and penalties that are owed; interest also where it became principal.
fn charged(loan: &Loan) -> Amount {
    let outstanding = loan.servicing.outstanding;
    outstanding.total() - outstanding.principal + capitalized::outstanding(loan)
}
