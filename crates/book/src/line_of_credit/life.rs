//! What may be done with a line itself: entered, changed, approved, closed.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::{ExposureLimit, LineEdit, LineOfCredit, LineState, NewLine};
use crate::actor::Permission;
use crate::ids::is_possible_id;
use crate::loan::commands::create::fill_pattern;
use crate::loan::context::Context;
use crate::loan::refusal::{LineRefusal, Refusal};
use crate::party::holder::Party;
use crate::stated::StatedAmount;

/// Decides a new line, in the currency of the book.
///
/// Checks, in this order: permission, holder, dates, amount, id, permission to approve.
///
/// # Errors
/// The first check that does not hold.
pub fn create(new: &NewLine, currency: Currency, context: &Context<'_>) -> Result<LineOfCredit, Refusal> {
    context.require(Permission::CreateLinesOfCredit)?;
    let holder = holder_of(new, context)?;
    let start_on = new.start_on.ok_or(LineRefusal::StartMissing)?;
    let expire_on = new.expire_on.ok_or(LineRefusal::ExpiryMissing)?;
    let amount = amount_of(new.amount.as_ref().ok_or(LineRefusal::AmountMissing)?, currency)?;
    let id = new.id.clone().unwrap_or_else(|| fill_pattern("@@@######", context.ids.random));
    if !is_possible_id(&id) {
        return Err(Refusal::InvalidId { value: id });
    }
    if new.is_approved {
        context.require(Permission::ApproveLineOfCredit)?;
    }
    let line = LineOfCredit {
        key: context.ids.key,
        part: context.ids.part,
        id,
        version: 1,
        holder: new.holder,
        assignment: holder.assignment(),
        state: if new.is_approved { LineState::Approved } else { LineState::PendingApproval },
        currency,
        amount,
        limit: new.limit.unwrap_or(ExposureLimit::ApprovedAmount),
        start_on,
        expire_on,
        notes: new.notes.clone(),
        uses: Vec::new(),
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
        approved_at: new.is_approved.then_some(context.recorded_at),
        closed_at: None,
    };
    check_dates(&line)?;
    Ok(line)
}

/// Decides a change of a line.
///
/// Checks, in this order: permission for the terms, the state, what cannot be changed while there are accounts on it,
/// dates, amount; then the state that it is to be in, with the permission for that.
///
/// # Errors
/// The first check that does not hold.
pub fn edit(line: &LineOfCredit, edit: &LineEdit, context: &Context<'_>) -> Result<LineOfCredit, Refusal> {
    let LineEdit { amount, limit, start_on, expire_on, notes, state, custom_values } = edit;
    let mut edited = line.clone();
    let names_terms = amount.is_some() || limit.is_some() || start_on.is_some() || expire_on.is_some();
    if names_terms || notes.is_some() || custom_values.is_some() || state.is_none() {
        context.require(Permission::EditLinesOfCredit)?;
    }
    if names_terms {
        if !line.state.is_open() && line.state != LineState::PendingApproval {
            return Err(wrong_state("edit", line));
        }
        set_limit(&mut edited, *limit)?;
        edited.start_on = start_on.unwrap_or(line.start_on);
        edited.expire_on = expire_on.unwrap_or(line.expire_on);
        check_dates(&edited)?;
        if let Some(amount) = amount {
            edited.amount = amount_of(amount, line.currency)?;
        }
    }
    if let Some(notes) = notes {
        edited.notes.clone_from(notes);
    }
    if let Some(wanted) = *state {
        enter(&mut edited, wanted, context)?;
    }
    Ok(edited.settled(context.recorded_at))
}

/// Whose line it is to be.
fn holder_of<'a>(new: &NewLine, context: &Context<'a>) -> Result<Party<'a>, Refusal> {
    let holder = context.holder.filter(|holder| holder.kind() == new.holder.kind);
    let holder = holder.ok_or(LineRefusal::UnknownHolder)?;
    context.require_reach(&holder.assignment())?;
    holder.check_state().map_err(|_| LineRefusal::HolderState)?;
    holder.check_type(&context.catalog.client_roles).map_err(|_| LineRefusal::HolderType)?;
    assert_eq!(holder.part(), context.ids.part, "a line lives in its holder's part");
    Ok(holder)
}

fn amount_of(stated: &StatedAmount, currency: Currency) -> Result<Amount, Refusal> {
    let amount = stated.in_currency(currency)?;
    if amount.is_positive() {
        return Ok(amount);
    }
    Err(LineRefusal::AmountNotPositive { value: amount.to_fixed_text(currency) }.into())
}

/// What accounts were counted with is not known any more the other way.
fn set_limit(line: &mut LineOfCredit, limit: Option<ExposureLimit>) -> Result<(), Refusal> {
    let Some(limit) = limit.filter(|limit| *limit != line.limit) else { return Ok(()) };
    if !line.uses.is_empty() {
        return Err(LineRefusal::NotEditable { field: "exposureLimitType" }.into());
    }
    line.limit = limit;
    Ok(())
}

/// The dates are in order, and those of the accounts on the line lie between them.
fn check_dates(line: &LineOfCredit) -> Result<(), Refusal> {
    let LineOfCredit { start_on, expire_on, .. } = *line;
    if expire_on < start_on {
        return Err(LineRefusal::ExpiryBeforeStart { start_on, expire_on }.into());
    }
    let paid_out = line.uses.iter().filter_map(|on_it| on_it.paid_out_on).min();
    if let Some(paid_out_on) = paid_out.filter(|paid_out_on| *paid_out_on < start_on) {
        return Err(LineRefusal::BeforeStart { paid_out_on, start_on }.into());
    }
    let matures = line.uses.iter().filter_map(|on_it| on_it.matures_on).max();
    if let Some(matures_on) = matures.filter(|matures_on| *matures_on > expire_on) {
        return Err(LineRefusal::AfterExpiry { matures_on, expire_on }.into());
    }
    Ok(())
}

/// Brings the line into another state. Whether an approved one is active follows from its accounts.
fn enter(line: &mut LineOfCredit, wanted: LineState, context: &Context<'_>) -> Result<(), Refusal> {
    use LineState::{Active, Approved, Closed, PendingApproval, Rejected, Withdrawn};
    let at = context.recorded_at;
    let is_the_same = line.state == wanted || (line.state.is_open() && wanted.is_open());
    if is_the_same {
        return context.require(Permission::EditLinesOfCredit);
    }
    let (permission, command) = match (line.state, wanted) {
        (PendingApproval, Approved | Active) => (Permission::ApproveLineOfCredit, "approve"),
        (Approved, PendingApproval) => (Permission::UndoApproveLineOfCredit, "undo approval"),
        (PendingApproval, Withdrawn) => (Permission::WithdrawLineOfCredit, "withdraw"),
        (Withdrawn, PendingApproval) => (Permission::UndoWithdrawLineOfCredit, "undo withdraw"),
        (PendingApproval, Rejected) => (Permission::RejectLineOfCredit, "reject"),
        (Rejected, PendingApproval) => (Permission::UndoRejectLineOfCredit, "undo reject"),
        (Approved | Active, Closed) => (Permission::CloseLinesOfCredit, "close"),
        (Closed, Approved | Active) => (Permission::CloseLinesOfCredit, "undo close"),
        (from, _) => return Err(LineRefusal::WrongStep { from: from.name(), to: wanted.name() }.into()),
    };
    context.require(permission)?;
    if command == "close" && line.uses.iter().any(|on_it| on_it.is_open) {
        return Err(LineRefusal::HasOpenAccounts.into());
    }
    line.state = wanted;
    line.approved_at = match wanted {
        Approved | Active => line.approved_at.or(Some(at)),
        PendingApproval => None,
        Closed | Withdrawn | Rejected => line.approved_at,
    };
    line.closed_at = match wanted {
        Closed | Withdrawn | Rejected => Some(at),
        PendingApproval | Approved | Active => None,
    };
    Ok(())
}

pub(super) fn wrong_state(command: &'static str, line: &LineOfCredit) -> Refusal {
    LineRefusal::WrongState { command, state: line.state.name() }.into()
}
