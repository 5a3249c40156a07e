//! Which line of credit a loan is on. What the line itself says to it is asked by the desk, which has both.

use crate::ids::Key;
use crate::line_of_credit::{require_on, require_on_none};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{LineRefusal, Refusal};
use crate::loan::{Loan, LoanState};
use crate::product::linking::LineRequirement;

/// Puts a loan on a line.
///
/// Checks, in this order: it is on none, it is not closed.
pub(super) fn put_on(draft: &mut Draft<'_>, line: Key) -> Result<(), Refusal> {
    require_on_none(draft.loan.servicing.course.line_of_credit)?;
    require_open(&draft.loan)?;
    record(draft, Some(line));
    Ok(())
}

/// Takes a loan off the line that it is on.
///
/// Checks, in this order: it is on that line, it is not closed, its product does not ask for one.
pub(super) fn take_off(draft: &mut Draft<'_>, line: Key) -> Result<(), Refusal> {
    require_on(draft.loan.servicing.course.line_of_credit, line)?;
    require_open(&draft.loan)?;
    if requires_line(draft) {
        return Err(LineRefusal::Required.into());
    }
    record(draft, None);
    Ok(())
}

/// A loan of a product that asks for a line is not approved without one.
pub(super) fn check_approval(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.loan.servicing.course.line_of_credit.is_none() && requires_line(draft) {
        return Err(LineRefusal::Required.into());
    }
    Ok(())
}

fn requires_line(draft: &Draft<'_>) -> bool {
    let product = draft.context.catalog.products.by_key(draft.loan.terms.product);
    product.is_some_and(|product| product.linking.line_of_credit == LineRequirement::Required)
}

fn require_open(loan: &Loan) -> Result<(), Refusal> {
    match loan.state() {
        LoanState::Closed { .. } => Err(LineRefusal::AccountClosed { state: loan.state().name() }.into()),
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { .. } => Ok(()),
    }
}

fn record(draft: &mut Draft<'_>, line: Option<Key>) {
    draft.record(draft.context.business_date, Event::LineOfCreditSet { line });
}
