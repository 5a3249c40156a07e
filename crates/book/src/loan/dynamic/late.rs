//! Interest of overdue principal, where it increases the installment that is overdue and not the last.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::projection::GrowthPart;

use crate::loan::course::PrincipalFrom;
use crate::loan::dynamic::{Dynamics, Running, ScheduleCause, balances};
use crate::loan::event::{Event, InstallmentPart, InterestCause};
use crate::loan::{Installment, Loan, Terms};
use crate::product::payments::LatePaymentsRecalculation;

/// Late interest that has grown since it was last placed.
pub(crate) struct Late {
    /// The oldest overdue row, asking for it too.
    pub(crate) row: Installment,
    pub(crate) amount: Amount,
}

impl Terms {
    /// Whether late interest increases overdue installments.
    pub(super) fn places_late_interest(&self) -> bool {
        let method = self.payment_rules.late_payments_recalculation;
        self.interest_rules.accrues_late_interest
            && method == LatePaymentsRecalculation::IncreaseOverdueInstallments
    }
}

/// What is overdue of the principal from a day on, where its interest has a place of its own.
pub(crate) fn overdue_from(loan: &Loan, from: Date, principal: Amount) -> Vec<PrincipalFrom> {
    if !loan.terms.places_late_interest() || principal.is_zero() {
        return Vec::new();
    }
    vec![PrincipalFrom { from, principal }]
}

/// The late interest of the time that runs, up to a day of it; rounded.
pub(crate) fn late_interest(loan: &Loan, on: Date) -> Option<Late> {
    let closed = loan.closed();
    if closed == loan.servicing.installments.len() || !loan.terms.places_late_interest() {
        return None;
    }
    let dynamics = Dynamics::of(loan);
    let overdue = balances(&loan.servicing.course.overdue);
    let grown = dynamics.growth(&loan.terms).on_balances(loan.time_of(closed), &overdue, on);
    let amount = grown.round(loan.terms.rounding);
    let row = loan.closed_rows().iter().find(|row| row.unpaid().principal.is_positive())?;
    amount.is_positive().then(|| {
        let expected = Components { interest: row.expected.interest + amount, ..row.expected };
        Late { row: Installment { expected, ..row.clone() }, amount }
    })
}

/// Of what the late interest of the time that runs is made, up to a day of it, before it is rounded.
pub(crate) fn late_parts(loan: &Loan, on: Date) -> Vec<GrowthPart> {
    let closed = loan.closed();
    if closed == loan.servicing.installments.len() || !loan.terms.places_late_interest() {
        return Vec::new();
    }
    let dynamics = Dynamics::of(loan);
    let overdue = balances(&loan.servicing.course.overdue);
    dynamics.growth(&loan.terms).parts_on_balances(loan.time_of(closed), &overdue, on)
}

/// The events that place it on a day, so that it can be paid.
pub(crate) fn placing(loan: &Loan, on: Date) -> Option<[Event; 2]> {
    let Late { row, amount } = late_interest(loan, on)?;
    let running = loan.running();
    let overdue = overdue_from(loan, on, loan.unpaid_principal_of_closed());
    let running = Running { overdue, ..running };
    let number = row.number;
    let principal_balance = loan.servicing.outstanding.principal;
    let part = Components { interest: amount, ..Components::default() };
    Some([
        Event::ScheduleChanged { cause: ScheduleCause::LateInterest, installments: vec![row], running },
        Event::InterestApplied {
            posted: crate::loan::event::Posted { transaction_id: 0, principal_balance },
            amount,
            parts: vec![InstallmentPart { number, part }],
            cause: InterestCause::EarlyPayment,
            notes: None,
            tax: Amount::ZERO,
        },
    ])
}
