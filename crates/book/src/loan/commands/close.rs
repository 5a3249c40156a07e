//! Closes a loan whose obligations are met, and opens it again.

use jiff::civil::Date;
use loam_calc::allocation::Components;

use crate::loan::charges::fee_income;
use crate::loan::commands::application::reopen;
use crate::loan::commands::require_active;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::Refusal;
use crate::loan::restructuring::{Origin, RestructureKind};
use crate::loan::{Closure, Installment, Loan, LoanState};
use crate::organization::TransactionDetails;

/// Closes a loan by hand; needed only where it was opened again after its last repayment.
pub(super) fn close(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    require_active(&draft.loan, "close", draft.context)?;
    if !draft.loan.servicing.is_paid() {
        let unpaid: Components = draft.loan.servicing.installments.iter().map(Installment::unpaid).sum();
        let outstanding = unpaid.total().to_fixed_text(draft.loan.terms.currency);
        return Err(Refusal::BalanceRemains { outstanding });
    }
    draft.record(
        draft.context.business_date,
        Event::Closed {
            closure: Closure::Repaid,
            notes: notes.clone(),
            is_derived: false,
            is_idle: false,
            successor: None,
        },
    );
    fee_income::settle(draft, draft.context.business_date);
    Ok(())
}

/// Opens a repaid loan again.
pub(super) fn undo_close(draft: &mut Draft<'_>, notes: &Option<String>) -> Result<(), Refusal> {
    reopen(draft, Closure::Repaid, "undo close", notes)
}

/// Posts a closing by hand again; it closes nothing where not all obligations are met any more.
pub(crate) fn post(draft: &mut Draft<'_>, value_date: Date, notes: &Option<String>) {
    let is_idle = !(draft.loan.servicing.state.is_active() && draft.loan.servicing.is_paid());
    let closure = Closure::Repaid;
    draft.record(
        value_date,
        Event::Closed { closure, notes: notes.clone(), is_derived: false, is_idle, successor: None },
    );
    if !is_idle {
        fee_income::settle(draft, value_date);
    }
}

/// Posts the opening of a repaid loan again. One that was given up in the meantime stays closed.
pub(crate) fn reopen_again(
    draft: &mut Draft<'_>,
    value_date: Date,
    notes: &Option<String>,
) -> Result<(), Refusal> {
    let state = draft.loan.state();
    if let LoanState::Closed { closure: Closure::WrittenOff, .. } = state {
        return Err(Refusal::WrongState { command: "undo close", state: state.name() });
    }
    draft.record(value_date, Event::Reopened { notes: notes.clone() });
    Ok(())
}

/// Whether the book may close the loan: it is paid, and nothing of it is left to be paid out. A
/// revolving credit can be drawn again.
pub(crate) fn is_over(loan: &Loan) -> bool {
    let servicing = &loan.servicing;
    let is_paid = servicing.state.is_active() && servicing.is_paid();
    is_paid && !loan.terms.is_revolving() && !servicing.course.has_tranches_left()
}

/// Closes the loan after a payment that repaid it. One that another loan paid has that one in its place.
pub(super) fn close_after_payment(draft: &mut Draft<'_>, value_date: Date, details: &TransactionDetails) {
    let Some(by) = details.transfer.filter(|link| link.is_loan) else {
        return close_if_repaid(draft, value_date);
    };
    if !draft.loan.servicing.state.is_active() || !draft.loan.servicing.is_paid() {
        return;
    }
    let successor = Some(Origin { kind: RestructureKind::Refinance, loan: by.account.key });
    let closure = Closure::Refinanced;
    let event = Event::Closed { closure, notes: None, is_derived: true, is_idle: false, successor };
    draft.record(value_date, event);
    fee_income::settle(draft, value_date);
}

/// Closes the loan when its last cent has been paid, unless its product keeps it open for a while.
pub(super) fn close_if_repaid(draft: &mut Draft<'_>, value_date: Date) {
    if !is_over(&draft.loan) {
        return;
    }
    if draft.loan.terms.controls.dormancy_days.is_none() {
        draft.record(
            value_date,
            Event::Closed {
                closure: Closure::Repaid,
                notes: None,
                is_derived: true,
                is_idle: false,
                successor: None,
            },
        );
    }
    fee_income::settle(draft, value_date);
}
