//! Accounts that are set aside because a command on them broke an invariant.

use std::any::Any;

use crate::command::{Address, Command, TransferTo};
use crate::error::AppError;
use crate::session::Session;

impl Session {
    /// A panic belongs to the command that caused it: its account is set aside. Where the command is about
    /// several, it is the one that was at work, or all of them if that is not known.
    pub(crate) fn contain(&mut self, command: &Command, panic: &(dyn Any + Send)) -> AppError {
        let reason = format!("{}: {}", command.name(), panic_text(panic));
        tracing::error!(command = command.name(), reason, "an invariant was broken");
        let named = accounts(command);
        let at_work = self.at_work.take().filter(|_| !named.is_empty());
        for account in at_work.map_or(named, |account| vec![account]) {
            self.loaded.quarantined.push(account.key);
            self.broken.push((account, reason.clone()));
        }
        AppError::Broken(reason)
    }

    /// Does something to one of the accounts of a command: if it panics, that one is at fault.
    pub(crate) fn at_work_on<T>(&mut self, account: Address, work: impl FnOnce(&mut Session) -> T) -> T {
        self.at_work = Some(account);
        let done = work(self);
        self.at_work = None;
        done
    }
}

/// The accounts that a command names and moves.
fn accounts(command: &Command) -> Vec<Address> {
    if let Command::Transfer { from, to: TransferTo::Loan(to) | TransferTo::Savings(to), .. } = command {
        return vec![*from, *to];
    }
    if let Command::Market(command) = command {
        return command.account().into_iter().collect();
    }
    if let Command::SetSettlement { loan, account, .. } = command {
        return vec![*loan, *account];
    }
    if let Command::Loan { loan: account, .. }
    | Command::LoanWithValues { loan: account, .. }
    | Command::Restructure { loan: account, .. }
    | Command::Savings { account, .. }
    | Command::Settle { loan: account, .. } = command
    {
        return vec![*account];
    }
    Vec::new()
}

pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words")
}
