//! Decides commands: one file per command, always guard, checks in a documented order, events.

use jiff::civil::Date;

use crate::actor::Permission;
use crate::journal::{Transfer, postings};
use crate::loan::advance;
use crate::loan::apply::apply;
use crate::loan::command::LoanCommand;
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::{Entry, Event, Placed, Step};
use crate::loan::refold::{self, Outcome};
use crate::loan::refusal::Refusal;
use crate::loan::transaction::{LoanTransaction, transactions};
use crate::loan::{Loan, LoanState, command_rights, log};

pub mod accompany;
pub mod application;
pub mod claim;
pub mod close;
pub mod create;
pub mod disburse;
pub mod disburse_part;
pub mod disbursement_fees;
pub mod edit;
pub mod exposure;
pub mod fee;
pub mod follow_calendar;
pub mod interest;
pub mod interest_rate;
pub mod line_of_credit;
pub mod lock;
pub mod pause;
pub mod pay_off;
pub mod penalty;
pub mod recover;
pub mod redraw;
pub mod repay;
mod repay_dynamic;
pub mod restructure;
pub mod reverse;
pub mod schedule_edit;
pub mod schedule_preview;
pub mod securities;
pub mod settlement;
mod trade;
pub mod tranches;
pub mod waive;
pub mod write_off;

/// The account that a command is about.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    /// `None` while it is being created.
    pub loan: Option<&'a Loan>,
    /// Its whole log, once a decision has asked for it.
    pub history: Option<&'a [Entry]>,
}

/// What a command leads to.
#[derive(Debug)]
pub enum Decided {
    Done(Box<Decision>),
    /// The log is needed from this day on; load it and ask again.
    NeedsHistory(Date),
}

/// Entries to be written, and where they bring the loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub loan: Loan,
    pub entries: Vec<Entry>,
    pub transactions: Vec<LoanTransaction>,
    pub transfers: Vec<Transfer>,
}

/// Decides a command on a loan. Checks permission first, then what the command's file documents.
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn decide(
    accounts: Accounts<'_>,
    command: &LoanCommand,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    for permission in command.permissions(accounts.loan) {
        context.require(permission)?;
    }
    command_rights::check_amount(command, accounts.loan, context)?;
    command_rights::check_channel(command, accounts.loan, context)?;
    if let LoanCommand::Create(new) = command {
        return create::create(new, context).map(Decided::done);
    }
    let loan = accounts.loan.expect("the desk loads the account that a command names");
    let on = Target { loan, history: accounts.history, context };
    match command {
        LoanCommand::Create(_) => unreachable!("decided above"),
        LoanCommand::Edit(edit) => on.with(|draft| edit::edit(draft, edit)),
        LoanCommand::Delete => application::delete(&on),
        LoanCommand::RequestApproval { notes } => on.with(|d| application::request_approval(d, notes)),
        LoanCommand::Approve { notes } => on.with(|d| application::approve(d, notes)),
        LoanCommand::UndoApproval { notes } => on.with(|d| application::undo_approval(d, notes)),
        LoanCommand::Reject { notes } => on.with(|d| application::reject(d, notes)),
        LoanCommand::UndoReject { notes } => on.with(|d| application::undo_reject(d, notes)),
        LoanCommand::Withdraw { notes } => on.with(|d| application::withdraw(d, notes)),
        LoanCommand::UndoWithdraw { notes } => on.with(|d| application::undo_withdraw(d, notes)),
        LoanCommand::Disburse(disburse) if is_paid_out_further(loan) => {
            disburse_part::disburse(&on, disburse)
        }
        LoanCommand::Disburse(disburse) => disburse::decide(&on, disburse),
        LoanCommand::UndoDisbursement { named, notes } => disburse::undo(&on, *named, notes),
        LoanCommand::Repay(repay) => repay::repay(&on, repay),
        LoanCommand::ChangeInterestRate(change) => interest_rate::change(&on, change),
        LoanCommand::PauseInterest(wanted) => pause::pause(&on, wanted),
        LoanCommand::Redraw(wanted) => redraw::redraw(&on, wanted),
        LoanCommand::Reverse(reverse) => reverse::reverse(&on, reverse),
        LoanCommand::ChargeFee(fee) => fee::charge(&on, fee),
        LoanCommand::ApplyPenalty(penalty) => penalty::apply(&on, penalty),
        LoanCommand::WaiveCharge(waived) => waive::waive(&on, waived),
        LoanCommand::ApplyInterest { value_date, notes } => interest::apply_accrued(&on, *value_date, notes),
        LoanCommand::WriteOff { notes } => on.with(|draft| write_off::write_off(draft, notes)),
        LoanCommand::UndoWriteOff { named, notes } => write_off::undo(&on, *named, notes),
        LoanCommand::Recover(repay) => recover::recover(&on, repay),
        LoanCommand::ClaimProtection(wanted) => claim::claim(&on, wanted),
        LoanCommand::SetGuarantees { guarantees } => {
            on.with(|draft| securities::set_guarantees(draft, guarantees))
        }
        LoanCommand::SetFunds { funds } => on.with(|draft| securities::set_funds(draft, funds)),
        LoanCommand::TradeFunds { parts } => on.with(|draft| trade::trade(draft, parts)),
        LoanCommand::SetSettlementAccounts { accounts } => {
            on.with(|draft| settlement::set_accounts(draft, accounts))
        }
        LoanCommand::PutOnLineOfCredit { line } => on.with(|draft| line_of_credit::put_on(draft, *line)),
        LoanCommand::TakeOffLineOfCredit { line } => on.with(|draft| line_of_credit::take_off(draft, *line)),
        LoanCommand::TakeBackTransfer { original, notes } => {
            reverse::take_back_transfer(&on, *original, notes)
        }
        LoanCommand::PayOff { by } => on.with(|draft| pay_off::pay_off(draft, by)),
        LoanCommand::EditSchedule { rows } => on.with(|draft| schedule_edit::edit(draft, rows)),
        LoanCommand::DeleteInstallment { number } => on.with(|d| schedule_edit::delete(d, *number)),
        LoanCommand::ReAge(re_age) => on.with(|draft| schedule_edit::re_age(draft, re_age)),
        LoanCommand::ReAmortize { notes } => on.with(|draft| schedule_edit::re_amortize(draft, notes)),
        LoanCommand::FollowCalendar => on.with(follow_calendar::follow),
        LoanCommand::Lock { notes } => on.with(|draft| lock::lock(draft, notes)),
        LoanCommand::Unlock { notes } => on.with(|draft| lock::unlock(draft, notes)),
        LoanCommand::Close { notes } => on.with(|draft| close::close(draft, notes)),
        LoanCommand::UndoClose { notes } => on.with(|draft| close::undo_close(draft, notes)),
        LoanCommand::Advance => on.with(|_| Ok(())),
    }
}

fn is_paid_out_further(loan: &Loan) -> bool {
    loan.servicing.state.is_active() && disburse_part::takes_parts(loan)
}

/// The loan that a command meets, its log if loaded, and the context.
pub(crate) struct Target<'a> {
    pub(crate) loan: &'a Loan,
    pub(crate) history: Option<&'a [Entry]>,
    pub(crate) context: &'a Context<'a>,
}

impl<'a> Target<'a> {
    /// Decides on top of everything that happened so far. What then comes of the days that are over is
    /// derived at once, as it would be before the next command.
    pub(crate) fn with(
        &self,
        rules: impl FnOnce(&mut Draft<'_>) -> Result<(), Refusal>,
    ) -> Result<Decided, Refusal> {
        let mut draft = Draft::new(self.loan.clone(), self.context);
        rules(&mut draft)?;
        advance::advance(&mut draft, self.context.business_date);
        let (_, placed, _) = draft.finish();
        let steps = placed.into_iter().map(new_step).collect();
        Ok(Decided::done(decision(Some(self.loan), steps, self.context)))
    }

    /// Decides a fact of `value_date`: on top, or in its place among what happened since.
    pub(crate) fn on_day(
        &self,
        value_date: Date,
        fact: impl Fn(&mut Draft<'_>) -> Result<(), Refusal>,
    ) -> Result<Decided, Refusal> {
        if self.loan.servicing.latest_value_date.is_none_or(|latest| value_date >= latest) {
            return self.with(fact);
        }
        let Some(history) = self.history else { return Ok(Decided::NeedsHistory(value_date)) };
        let outcome = refold::insert(self.loan, history, value_date, self.context, &fact)?;
        Ok(self.refolded(outcome))
    }

    /// The decision whose one entry is a refold.
    pub(crate) fn refolded(&self, outcome: Outcome) -> Decided {
        let decision = decision(Some(self.loan), vec![outcome.step], self.context);
        assert_eq!(decision.loan.servicing, outcome.servicing, "a refold ends where its entry says");
        Decided::done(decision)
    }

    /// Refuses a value date that the book does not take. Checked in this order: the future, closed
    /// accounting periods, the disbursement, the permission to go back.
    pub(crate) fn check_value_date(&self, command: &'static str, value_date: Date) -> Result<(), Refusal> {
        check_value_date(self.context, command, value_date)?;
        let disbursed_on = self.loan.servicing.state.disbursed_on();
        if let Some(disbursed_on) = disbursed_on.filter(|disbursed_on| value_date < *disbursed_on) {
            return Err(Refusal::BeforeDisbursement { value_date, disbursed_on });
        }
        Ok(())
    }
}

/// Refuses a value date in the future, in a closed period, or in the past without permission.
pub(crate) fn check_value_date(
    context: &Context<'_>,
    command: &'static str,
    value_date: Date,
) -> Result<(), Refusal> {
    let business_date = context.business_date;
    if value_date > business_date {
        return Err(Refusal::DateInTheFuture { command, value_date, business_date });
    }
    if let Some(closed_through) = context.closed_through.filter(|closed| value_date <= *closed) {
        return Err(Refusal::ClosedPeriod { value_date, closed_through });
    }
    if value_date < business_date {
        context.require(Permission::BackdateLoanTransactions)?;
    }
    Ok(())
}

/// Refuses unless the loan is active; a locked one also needs the permission to post on it.
pub(crate) fn require_active(
    loan: &Loan,
    command: &'static str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !loan.servicing.state.is_active() {
        return Err(Refusal::WrongState { command, state: loan.servicing.state.name() });
    }
    require_unlocked(loan, context)
}

/// Refuses to move a locked loan without the permission for it.
pub(crate) fn require_unlocked(loan: &Loan, context: &Context<'_>) -> Result<(), Refusal> {
    match loan.servicing.state {
        LoanState::Active { is_locked: true, .. } => {
            context.require(Permission::PostTransactionsOnLockedLoanAccounts)
        }
        LoanState::Active { is_locked: false, .. }
        | LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Closed { .. } => Ok(()),
    }
}

/// Numbers the steps and works out everything that is written with them.
pub(crate) fn decision(loan: Option<&Loan>, steps: Vec<Step>, context: &Context<'_>) -> Decision {
    let stamp = context.stamp();
    let version = loan.map_or(0, |loan| loan.version);
    let entries: Vec<Entry> =
        (version + 1..).zip(steps).map(|(seq, step)| Entry { seq, step, stamp: stamp.clone() }).collect();
    let loan = match loan {
        Some(loan) => entries.iter().fold(loan.clone(), |mut loan, entry| {
            apply(&mut loan, entry);
            loan
        }),
        None => log::fold(&entries).expect("a new loan has an opening entry"),
    };
    let transactions = entries.iter().flat_map(|entry| transactions(&loan, entry)).collect();
    let transfers = entries.iter().flat_map(|entry| postings::transfers(&loan, entry)).collect();
    Decision { loan, entries, transactions, transfers }
}

impl Decided {
    fn done(decision: Decision) -> Decided {
        Decided::Done(Box::new(decision))
    }
}

pub(crate) fn new_step(placed: Placed) -> Step {
    match placed {
        Placed::New(step) => step,
        Placed::Kept(step) => unreachable!("{} was kept outside a refold", step.event.name()),
    }
}

impl Event {
    /// Whether this is the opening of a loan.
    pub fn is_opening(&self) -> bool {
        matches!(self, Event::Created { .. })
    }
}
