//! Deposit accounts in a batch, and what a command finds it needs besides what it named.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use loam_book::ids::{Address, Key};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::savings::Savings;
use loam_book::savings::command::{NewSavings, SavingsCommand};
use loam_book::savings::commands::{Account, SavingsDecided, SavingsDecision, create, decide};
use loam_book::savings::event::{MovementKind, SavingsEntry};
use loam_book::savings::share::InvestorShare;

use crate::changes::{Changes, IdName, NewId, SavingsChange, SavingsLogRow, SavingsTransactionRow};
use crate::command::{Caller, Done, Outcome};
use crate::custom_values::names;
use crate::error::{AppError, StoreError};
use crate::groups::Held;
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session, Wanted};

/// What the batch makes of deposit accounts.
#[derive(Default)]
pub(crate) struct SavingsBatch {
    /// Accounts that this batch changed, as they now stand.
    changed: HashMap<Key, Savings>,
    /// Entries that this batch adds to logs.
    added: HashMap<Key, Vec<SavingsEntry>>,
    /// Logs that were asked for.
    histories: HashMap<Key, Vec<SavingsEntry>>,
    /// Accounts that were loaded late, also those that are not there.
    looked_for: HashSet<Key>,
}

impl SavingsBatch {
    /// Whether the batch opened or changed an account of this holder that is still there.
    pub(crate) fn has_accounts_of(&self, holder: Key) -> bool {
        self.changed.values().any(|account| account.holder.key == holder && !account.is_deleted())
    }

    /// Hands over what is to be written, in the order of parts and numbers.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, account) in self.changed.drain() {
            let version_read = loaded.savings.get(&key).map(|before| before.version);
            changes.savings.push(SavingsChange { account, version_read });
        }
        changes.savings.sort_by_key(|change| (change.account.part, change.account.account_no));
    }
}

impl Session {
    pub(crate) fn create_savings(
        &mut self,
        holder: Address,
        new: &NewSavings,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let holder = self.holder(holder, new.holder.kind);
        let context = self.context(caller, ids, holder.as_ref().map(Held::as_party));
        if let Some(holder) = context.holder {
            context.require_reach(&holder.assignment())?;
        }
        let decision = create::create(new, &context)?;
        let account = &decision.account;
        caller.actor.check_reach(&account.assignment).map_err(Refusal::from)?;
        let lines = self.lines_of_savings(None, (None, account), (caller, ids))?;
        let values = self.values_of_new_savings(new, account, caller)?;
        let mut taken = names(&values);
        let name = IdName::of_book(IdKind::Savings, &account.id);
        taken.push(NewId { name, key: account.key, part: account.part });
        self.take_ids(taken)?;
        self.record_lines(lines, caller);
        let outcome = self.record_savings(decision, "create deposit account", caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// Decides a command on a deposit account and takes it into the batch.
    pub(crate) fn command_savings(
        &mut self,
        address: Address,
        command: &SavingsCommand,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        if let SavingsCommand::TakeBack(wanted) = command
            && wanted.kind == MovementKind::Transfer
        {
            return self.take_back_transfer(address, wanted, caller, ids);
        }
        let account = self.savings_to_move(address)?.clone();
        let history = self.savings_history(&account);
        let on = Account { account: &account, history: history.as_deref() };
        let context = self.context(caller, ids, None);
        context.require_reach(&account.assignment)?;
        match decide(on, command, &context)? {
            // No day brought anything: nothing is written.
            SavingsDecided::Done(decision) if decision.entries.is_empty() => {
                let account = Box::new(decision.account);
                Ok(self.outcome(Done::Savings { account, transactions: Vec::new() }))
            }
            SavingsDecided::Done(decision) => {
                let changed = (Some(&account), &decision.account);
                let lines = self.lines_of_savings(Some(command), changed, (caller, ids))?;
                let values = self.values_of_savings(command, &decision, caller)?;
                self.take_ids(names(&values))?;
                self.record_lines(lines, caller);
                let outcome = self.record_savings(*decision, command.name(), caller);
                self.put_values(values, caller);
                Ok(outcome)
            }
            SavingsDecided::NeedsHistory => Err(self.want_savings_history(&account)),
        }
    }

    /// A deposit account that may be moved.
    pub(crate) fn savings_to_move(&self, address: Address) -> Result<&Savings, AppError> {
        if self.loaded.quarantined.contains(&address.key) {
            return Err(AppError::Quarantined);
        }
        self.savings_account(address).ok_or(AppError::SavingsNotFound)
    }

    /// The account as the batch leaves it so far; none that was deleted.
    pub(crate) fn savings_account(&self, address: Address) -> Option<&Savings> {
        let changed = self.savings.changed.get(&address.key);
        let account = changed.or_else(|| self.loaded.savings.get(&address.key))?;
        (!account.is_deleted()).then_some(account)
    }

    /// The whole log, if it was loaded: what is stored, and what this batch has added.
    pub(crate) fn savings_history(&self, account: &Savings) -> Option<Vec<SavingsEntry>> {
        let mut entries = self.savings.histories.get(&account.key)?.clone();
        entries.extend(self.savings.added.get(&account.key).into_iter().flatten().cloned());
        Some(entries)
    }

    /// The last command cannot be decided without the log of this account.
    pub(crate) fn want_savings_history(&mut self, account: &Savings) -> AppError {
        let Savings { key, part, account_no, .. } = *account;
        self.want(Wanted::SavingsLog { account: key, part, account_no });
        AppError::Broken("the log was asked for and not given".to_owned())
    }

    /// Whether this account was loaded late, or is not there.
    pub(crate) fn looked_for(&self, address: Address) -> bool {
        self.savings.looked_for.contains(&address.key)
    }

    /// Takes the log that was asked for.
    ///
    /// # Errors
    /// `VersionConflict` when it is not the log of the account as it was loaded.
    pub(crate) fn give_savings_history(
        &mut self,
        key: Key,
        entries: Vec<SavingsEntry>,
    ) -> Result<(), StoreError> {
        let loaded = self.loaded.savings.get(&key).map_or(0, |account| account.version);
        if entries.last().map_or(0, |entry| entry.seq) != loaded {
            return Err(StoreError::VersionConflict);
        }
        self.savings.histories.insert(key, entries);
        Ok(())
    }

    /// Takes accounts that were asked for; those that were here already stay as they were read.
    pub(crate) fn give_accounts(&mut self, need: &Need, loaded: Loaded) {
        let wanted = need.savings.iter().chain(&need.loans).chain(&need.lines).chain(&need.applications);
        self.savings.looked_for.extend(wanted.map(|wanted| wanted.key));
        // Of an account that was here already they were given with it.
        let new = |share: &InvestorShare| !self.loaded.savings.contains_key(&share.account.key);
        let shares: Vec<InvestorShare> = loaded.shares.into_iter().filter(new).collect();
        self.loaded.shares.extend(shares);
        for (key, account) in loaded.savings {
            self.loaded.savings.entry(key).or_insert(account);
        }
        for (key, application) in loaded.applications {
            self.loaded.applications.entry(key).or_insert(application);
        }
        for (key, loan) in loaded.loans {
            if let Entry::Vacant(free) = self.loaded.loans.entry(key) {
                free.insert(loan);
                self.loaded.actions.extend(loaded.actions.get(&key).map(|day| (key, *day)));
            }
        }
        self.custom_information.looked_for(&need.custom_values);
        for (key, values) in loaded.custom_values {
            self.loaded.custom_values.entry(key).or_insert(values);
        }
        for (key, line) in loaded.lines {
            self.loaded.lines.entry(key).or_insert(line);
        }
        self.loaded.quarantined.extend(loaded.quarantined);
    }

    /// Takes a decision on a deposit account into the batch.
    pub(crate) fn record_savings(
        &mut self,
        decision: SavingsDecision,
        command: &'static str,
        caller: &Caller,
    ) -> Outcome {
        let SavingsDecision { account, entries, transactions, transfers } = decision;
        let (part, account_no) = (account.part, account.account_no);
        self.audit(account.address(), command, caller, (None, None));
        let rows = entries.iter().cloned().map(|entry| SavingsLogRow { part, account_no, entry });
        self.changes.savings_entries.extend(rows);
        if account.is_deleted() {
            let name = IdName::of_book(IdKind::Savings, &account.id);
            self.changes.freed_ids.push(NewId { name, key: account.key, part });
            self.drop_papers_about(account.address());
        }
        let rows = transactions.iter().cloned();
        let rows = rows.map(|transaction| SavingsTransactionRow { part, account_no, transaction });
        self.changes.savings_transactions.extend(rows);
        self.changes.transfers.extend(transfers);
        self.savings.added.entry(account.key).or_default().extend(entries);
        self.savings.changed.insert(account.key, account.clone());
        self.outcome(Done::Savings { account: Box::new(account), transactions })
    }
}
