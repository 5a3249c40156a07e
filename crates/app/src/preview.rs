//! What a command on a loan would do: decided like any other, and written nowhere.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::civil::Date;
use loam_book::ids::Part;
use loam_book::journal::Transfer;
use loam_book::loan::Loan;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::commands::exposure::looks_at_other_loans;
use loam_book::loan::commands::{Accounts, Decision};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::transaction::LoanTransaction;
use tokio::sync::oneshot;

use crate::aside::panic_text;
use crate::command::{Address, Caller};
use crate::error::AppError;
use crate::ids::Sources;
use crate::session::Session;

/// A loan before and after a command that was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub business_date: Date,
    pub before: Arc<Loan>,
    pub after: Loan,
    /// What the command would bring, with what the passing of days brings before it. Their numbers
    /// are nobody's.
    pub transactions: Vec<LoanTransaction>,
    pub transfers: Vec<Transfer>,
}

/// A preview on its way to the desk.
pub(crate) struct PreviewRequest {
    pub(crate) loan: Address,
    pub(crate) command: LoanCommand,
    pub(crate) caller: Caller,
    pub(crate) reply: oneshot::Sender<Result<Preview, AppError>>,
}

impl PreviewRequest {
    pub(crate) fn answer(self, answer: Result<Preview, AppError>) {
        // Nothing was done, so nothing is lost when the caller went away.
        let _gone = self.reply.send(answer);
    }
}

/// What a command on a loan was decided to: what brings the loan up to the day, and the command.
pub(crate) struct OnLoan {
    pub(crate) before: Arc<Loan>,
    pub(crate) advanced: Option<Decision>,
    pub(crate) decision: Decision,
}

impl Session {
    /// Decides a command and keeps nothing of it. When it wants a log, the answer does not count:
    /// give the log and ask again. A panic is the answer of this preview and sets nothing aside.
    pub(crate) fn preview(&mut self, request: &PreviewRequest, ids: &NewIds) -> Result<Preview, AppError> {
        let (loan, command, caller) = (request.loan, &request.command, &request.caller);
        let decided = catch_unwind(AssertUnwindSafe(|| self.decide_on_loan(loan, command, caller, ids)));
        let OnLoan { before, advanced, decision } = decided.unwrap_or_else(|panic| {
            let reason = format!("preview of {}: {}", command.name(), panic_text(panic.as_ref()));
            tracing::error!(reason, "an invariant was broken");
            Err(AppError::Broken(reason))
        })?;
        self.check_line_of(command, (Some(&before), &decision.loan), (caller, ids))?;
        let (mut transactions, mut transfers) =
            advanced.map_or_else(Default::default, |advanced| (advanced.transactions, advanced.transfers));
        transactions.extend(decision.transactions);
        transfers.extend(decision.transfers);
        let business_date = self.loaded.state.business_date;
        Ok(Preview { business_date, before, after: decision.loan, transactions, transfers })
    }

    /// Decides on an account that is advanced first, so that no command meets a loan whose day is
    /// not closed.
    pub(crate) fn decide_on_loan(
        &mut self,
        address: Address,
        command: &LoanCommand,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<OnLoan, AppError> {
        self.at_work_on(address, |session| session.decide_on(address, command, caller, ids))
    }

    fn decide_on(
        &mut self,
        address: Address,
        command: &LoanCommand,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<OnLoan, AppError> {
        if self.loaded.quarantined.contains(&address.key) {
            return Err(AppError::Quarantined);
        }
        let before = Arc::clone(self.shared_loan(address).ok_or(AppError::AccountNotFound)?);
        self.context(caller, ids, None).require_reach(&before.assignment)?;
        let command = &*self.with_guarantors(command);
        let is_step = *command == LoanCommand::Advance;
        let advanced = if is_step { None } else { self.advanced(&before, caller, ids)? };
        let loan = advanced.as_ref().map_or(before.as_ref(), |decision| &decision.loan);
        let history = self.history(loan, advanced.as_ref());
        let accounts = Accounts { loan: Some(loan), history: history.as_deref() };
        let looks_further = looks_at_other_loans(command, &self.catalog);
        let others = if looks_further { self.loans_beside(&before) } else { None };
        if looks_further && others.is_none() {
            return Err(self.want_loans_of(&before));
        }
        let context = self.working_in(before.assignment.branch, self.context(caller, ids, None));
        let context = Context { other_loans: others.as_deref(), ..context };
        let Some(decision) = self.decide_loan(Some(accounts), command, context)? else {
            self.want_history(&before);
            return Err(AppError::Broken("the log was asked for and not given".to_owned()));
        };
        Ok(OnLoan { before, advanced, decision })
    }

    /// What brings an account up to the business date; `None` where it is there.
    pub(crate) fn advanced(
        &self,
        loan: &Loan,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<Option<Decision>, AppError> {
        if next_action_on(loan).is_none_or(|date| date > self.loaded.state.business_date) {
            return Ok(None);
        }
        let accounts = Accounts { loan: Some(loan), history: None };
        let context = self.working_in(loan.assignment.branch, self.context(caller, ids, None));
        self.decide_loan(Some(accounts), &LoanCommand::Advance, context)
    }
}

/// Numbers for a decision that nobody keeps: beyond all that were ever handed out.
pub(crate) fn passing_ids(sources: &Sources, part: Part) -> NewIds {
    const BEYOND: i64 = i64::MAX / 2;
    NewIds {
        key: sources.new_key(part),
        part,
        account_no: BEYOND,
        random: sources.random.draw(),
        transaction_id: Cell::new(BEYOND),
        transaction_id_end: i64::MAX,
    }
}
