//! Money of investors in a batch: deposits and withdrawals that are announced and clear later. Money that has come in
//! lets bookings take part that waited for it.

use loam_book::application::booking::commit;
use loam_book::application::fund_transaction::{self, FundTransaction, NewFundTransaction};
use loam_book::ids::Address;
use loam_book::loan::context::NewIds;
use loam_book::organization::TransactionDetails;
use loam_book::savings::command::{Move, SavingsCommand};
use loam_book::savings::commands::{Account, SavingsDecided, SavingsDecision, decide, of_market};
use loam_book::savings::{HoldKind, Savings};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;

use crate::command::{Caller, Done, Outcome};
use crate::error::AppError;
use crate::ports::Need;
use crate::session::{Answer, Session, Wanted};

impl Session {
    pub(crate) fn announce_fund(
        &mut self,
        (address, clears): (Address, bool),
        new: &NewFundTransaction,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let account = self.savings_to_move(address)?.clone();
        let context = self.context(caller, ids, None);
        context.require_reach(&account.assignment)?;
        let transaction = fund_transaction::announce(&account, new, &context)?;
        let announced = if transaction.is_withdrawal() {
            let what = (transaction.address(), HoldKind::Withdrawal);
            of_market::keep(&account, what, -transaction.amount, &context)
        } else {
            Some(of_market::announce(&account, transaction.amount, &context))
        };
        let announced = announced.expect("nothing was announced of it before");
        if clears {
            return self.clear((account, Some(announced)), &transaction, caller, ids);
        }
        self.record_savings(announced, "announce fund transaction", caller);
        Ok(self.put_fund(transaction, "announce fund transaction", caller))
    }

    pub(crate) fn settle_fund(
        &mut self,
        (account, transaction): (Address, Address),
        clears: bool,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let stored = || self.loaded.fund_transactions.get(&transaction.key);
        let transaction = self.market.fund_transaction(transaction.key).or_else(stored);
        let transaction = transaction.ok_or(AppError::FundTransactionNotFound)?.clone();
        let account = self.savings_to_move(account)?.clone();
        self.context(caller, ids, None).require_reach(&account.assignment)?;
        if clears {
            return self.clear((account, None), &transaction, caller, ids);
        }
        let context = self.context(caller, ids, None);
        let rejected = fund_transaction::settle(&transaction, false, &context)?;
        let freed = freed(
            &account,
            &transaction,
            |account, what| of_market::keep(account, what, Amount::ZERO, &context),
            |account, amount| of_market::announce(account, -amount, &context),
        );
        if let Some(freed) = freed {
            self.record_savings(freed, "reject fund transaction", caller);
        }
        Ok(self.put_fund(rejected, "reject fund transaction", caller))
    }

    /// Moves the money, and lets bookings take part that waited for it.
    fn clear(
        &mut self,
        (account, announced): (Savings, Option<SavingsDecision>),
        transaction: &FundTransaction,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        self.require_uncommitted_of(account.address())?;
        let context = self.context(caller, ids, None);
        let cleared = fund_transaction::settle(transaction, true, &context)?;
        let before = announced.as_ref().map_or(&account, |announced| &announced.account);
        let freed = freed(
            before,
            transaction,
            |account, what| of_market::keep(account, what, Amount::ZERO, &context),
            |account, amount| of_market::announce(account, -amount, &context),
        );
        let before = freed.as_ref().map_or(before, |freed| &freed.account);
        let command = movement_of(transaction);
        let on = Account { account: before, history: None };
        let SavingsDecided::Done(moved) = decide(on, &command, &context)? else {
            return Err(self.want_savings_history(&account));
        };
        let lines = self.lines_of_savings(Some(&command), (Some(&account), &moved.account), (caller, ids))?;
        self.record_lines(lines, caller);
        for decision in announced.into_iter().chain(freed) {
            self.record_savings(decision, "clear fund transaction", caller);
        }
        self.record_savings(*moved, command.name(), caller);
        // A new one that clears at once was never stored without having cleared.
        let version =
            if self.loaded.fund_transactions.contains_key(&cleared.key) { cleared.version } else { 1 };
        let outcome = self.put_fund(FundTransaction { version, ..cleared }, "clear fund transaction", caller);
        self.commit_bookings(account.address(), caller, ids);
        Ok(outcome)
    }

    /// Asks for the bookings that wait for money of an account, and for their applications.
    fn require_uncommitted_of(&mut self, account: Address) -> Result<(), AppError> {
        if !self.market.has_looked_for(account.key) {
            self.want(Wanted::UncommittedOf(account));
            return Err(AppError::Broken("bookings were asked for and not given".to_owned()));
        }
        let waiting = self.market.uncommitted_of(account.key);
        let mut missing: Vec<Address> = waiting
            .iter()
            .map(|booking| Address { part: booking.part, key: booking.application })
            .filter(|application| self.application(*application).is_none() && !self.looked_for(*application))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.want_accounts(Need { applications: missing, ..Need::default() }))
    }

    /// Lets the bookings take part for which the money is there now, the earliest first.
    fn commit_bookings(&mut self, account: Address, caller: &Caller, ids: &NewIds) {
        for booking in self.market.uncommitted_of(account.key) {
            let application = Address { part: booking.part, key: booking.application };
            let Some(application) = self.application(application) else { continue };
            let Some(account) = self.savings_account(account) else { continue };
            let booked = commit(&booking, (application, account), &self.context(caller, ids, None));
            if let Some(booked) = booked {
                self.record_booking(booked, "commit booking", (caller, ids));
            }
        }
    }

    fn put_fund(&mut self, transaction: FundTransaction, command: &'static str, caller: &Caller) -> Outcome {
        self.audit(transaction.address(), command, caller, (None, None));
        self.market.put_fund_transaction(transaction.clone());
        self.outcome(Done::FundTransaction { transaction: Box::new(transaction) })
    }
}

/// The account without what it kept or expected for a transaction.
fn freed(
    account: &Savings,
    transaction: &FundTransaction,
    keep_nothing: impl Fn(&Savings, (Address, HoldKind)) -> Option<SavingsDecision>,
    expect_less: impl Fn(&Savings, Amount) -> SavingsDecision,
) -> Option<SavingsDecision> {
    if transaction.is_withdrawal() {
        return keep_nothing(account, (transaction.address(), HoldKind::Withdrawal));
    }
    Some(expect_less(account, transaction.amount))
}

/// What it does to the account.
fn movement_of(transaction: &FundTransaction) -> SavingsCommand {
    let amount = if transaction.is_withdrawal() { -transaction.amount } else { transaction.amount };
    let amount = StatedAmount(amount.to_fixed_text(transaction.currency));
    let details = TransactionDetails::default();
    let wanted = Move { amount, value_date: None, details, custom_values: Vec::new() };
    if transaction.is_withdrawal() {
        SavingsCommand::TakeOut(wanted)
    } else {
        SavingsCommand::Deposit(wanted)
    }
}
