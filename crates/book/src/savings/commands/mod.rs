//! Decides commands on deposit accounts. As with loans: guard, checks in a documented order, events.

use jiff::civil::Date;

use crate::journal::Transfer;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::savings::command::SavingsCommand;
use crate::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::transaction::{SavingsTransaction, transaction};
use crate::savings::{Savings, apply, log, postings};

mod agree_interest;
mod apply_interest;
pub mod create;
mod edit;
mod life;
mod line_of_credit;
mod mature;
pub mod move_money;
pub mod of_loans;
pub mod of_market;
pub mod take_back;
pub mod transfer;
mod undo_interest;

/// The account that a command is about.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub account: &'a Savings,
    /// Its whole log, once a decision has asked for it.
    pub history: Option<&'a [SavingsEntry]>,
}

/// What a command leads to.
#[derive(Debug)]
pub enum SavingsDecided {
    Done(Box<SavingsDecision>),
    /// The log is needed; load it and ask again.
    NeedsHistory,
}

/// Entries to be written, and where they bring the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavingsDecision {
    pub account: Savings,
    pub entries: Vec<SavingsEntry>,
    pub transactions: Vec<SavingsTransaction>,
    pub transfers: Vec<Transfer>,
}

/// Decides a command on one account; the permission is asked for first. What is the other side of a
/// transfer is refused here: both are decided together by [`transfer`].
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn decide(
    on: Account<'_>,
    command: &SavingsCommand,
    context: &Context<'_>,
) -> Result<SavingsDecided, Refusal> {
    command.permission().map_or(Ok(()), |permission| context.require(permission))?;
    let account = on.account;
    let event = match command {
        SavingsCommand::Edit(edit) => edit::edit(account, edit, context)?,
        SavingsCommand::Delete => life::delete(account)?,
        SavingsCommand::Approve { notes } => life::approve(account, notes)?,
        SavingsCommand::UndoApproval { notes } => life::undo_approval(account, notes)?,
        SavingsCommand::Reject { notes } => life::reject(account, notes)?,
        SavingsCommand::UndoReject { notes } => life::undo_reject(account, notes)?,
        SavingsCommand::Withdraw { notes } => life::withdraw(account, notes)?,
        SavingsCommand::UndoWithdraw { notes } => life::undo_withdraw(account, notes)?,
        SavingsCommand::Close { notes } => life::close(account, notes, context)?,
        SavingsCommand::UndoClose { notes } => life::undo_close(account, notes)?,
        SavingsCommand::Lock { notes } => life::lock(account, notes)?,
        SavingsCommand::Unlock { notes } => life::unlock(account, notes)?,
        SavingsCommand::StartTerm(wanted) => return mature::start(account, wanted, context),
        SavingsCommand::UndoTerm { notes } => mature::undo(account, notes)?,
        SavingsCommand::PutOnLineOfCredit { line } => line_of_credit::put_on(account, *line)?,
        SavingsCommand::TakeOffLineOfCredit { line } => line_of_credit::take_off(account, *line)?,
        SavingsCommand::Deposit(wanted) => {
            return move_money::decide(on, wanted, MovementKind::Deposit, context);
        }
        SavingsCommand::TakeOut(wanted) => {
            return move_money::decide(on, wanted, MovementKind::Withdrawal, context);
        }
        SavingsCommand::ChargeFee(wanted) => {
            return move_money::decide(on, wanted, MovementKind::Fee, context);
        }
        SavingsCommand::TakeBack(wanted) => return take_back::decide(on, wanted, context),
        SavingsCommand::ApplyInterest { notes } => {
            return apply_interest::apply_now(account, notes, context).map(SavingsDecided::done);
        }
        SavingsCommand::Advance => {
            return Ok(SavingsDecided::done(apply_interest::advance(account, context)));
        }
    };
    Ok(SavingsDecided::done(decision(account, vec![(context.business_date, event)], context)))
}

impl SavingsDecided {
    pub(crate) fn done(decision: SavingsDecision) -> SavingsDecided {
        SavingsDecided::Done(Box::new(decision))
    }
}

/// Numbers the events of an account that is there, and works out everything that is written with them.
pub(crate) fn decision(
    account: &Savings,
    events: Vec<(Date, SavingsEvent)>,
    context: &Context<'_>,
) -> SavingsDecision {
    let entries = numbered(account.version, events, context);
    let mut after = account.clone();
    entries.iter().for_each(|entry| apply::apply(&mut after, entry));
    derived(after, entries)
}

/// The same for an account that begins.
pub(crate) fn opened(event: SavingsEvent, context: &Context<'_>) -> SavingsDecision {
    let entries = numbered(0, vec![(context.business_date, event)], context);
    let account = log::fold(&entries).expect("it has an opening entry");
    derived(account, entries)
}

fn numbered(version: i64, events: Vec<(Date, SavingsEvent)>, context: &Context<'_>) -> Vec<SavingsEntry> {
    let stamp = context.stamp();
    let entry = |(seq, (value_date, event))| SavingsEntry { seq, value_date, event, stamp: stamp.clone() };
    (version + 1..).zip(events).map(entry).collect()
}

fn derived(account: Savings, entries: Vec<SavingsEntry>) -> SavingsDecision {
    let transactions = entries.iter().filter_map(transaction).collect();
    let transfers = entries.iter().flat_map(|entry| postings::transfers(&account, entry)).collect();
    SavingsDecision { account, entries, transactions, transfers }
}

pub(crate) fn refused<T>(refusal: SavingsRefusal) -> Result<T, Refusal> {
    Err(Refusal::Savings(refusal))
}
