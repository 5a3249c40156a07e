//! What follows from a loan elsewhere: whatever a command makes of it, the deposit accounts that it names and the line
//! of credit that it is on follow in the same transaction.

use std::collections::BTreeMap;

use loam_book::ids::{Address, Key};
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::Loan;
use loam_book::loan::context::NewIds;
use loam_book::savings::Savings;
use loam_book::savings::commands::SavingsDecision;
use loam_book::savings::commands::of_loans::{
    accounts_of, check, check_target, counted_on, follow, target_of,
};
use loam_book::savings::commands::of_market::{accounts_moved, moved_at_once, settle, shared};
use loam_book::savings::share::InvestorShare;

use crate::command::Caller;
use crate::error::AppError;
use crate::lines_of_credit::lines_named;
use crate::ports::Need;
use crate::session::Session;

/// What follows from loans.
pub(crate) struct Kept {
    accounts: Vec<SavingsDecision>,
    shares: Vec<InvestorShare>,
    lines: Vec<LineOfCredit>,
}

/// A loan before a command, if it was there, and after it.
pub(crate) type Changed<'a> = (Option<&'a Loan>, &'a Loan);

impl Session {
    /// Asks for the deposit accounts and the lines that these loans name, as far as they are not here.
    pub(crate) fn require_accounts_of(&mut self, changed: &[Changed<'_>]) -> Result<(), AppError> {
        let missing: Vec<Address> = named(changed)
            .into_iter()
            .filter(|account| self.savings_account(*account).is_none() && !self.looked_for(*account))
            .collect();
        if missing.is_empty() {
            return self.require_lines(&lines_named(changed));
        }
        Err(self.want_accounts(Need { savings: missing, ..Need::default() }))
    }

    /// What the accounts keep once the loans stand as they are to. Where somebody asked for what the
    /// loans are to count on, it must be there; what follows from anything else is kept as it is.
    pub(crate) fn kept_for(
        &mut self,
        changed: &[Changed<'_>],
        is_asked: bool,
        (caller, ids): (&Caller, &NewIds),
    ) -> Result<Kept, AppError> {
        self.require_accounts_of(changed)?;
        let mut after: BTreeMap<Key, Savings> = BTreeMap::new();
        let (mut decisions, mut shares) = (Vec::new(), Vec::new());
        let context = self.context(caller, ids, None);
        for (before, loan) in changed {
            let was = before.map(counted_on).unwrap_or_default();
            for counted in counted_on(loan).iter().filter(|counted| is_asked && !was.contains(counted)) {
                let account = after.get(&counted.account.key);
                let account = account.or_else(|| self.savings_account(counted.account));
                account.map_or(Ok(()), |account| context.require_reach(&account.assignment))?;
                check(account, counted, loan)?;
            }
            let target = target_of(loan).filter(|target| before.and_then(target_of) != Some(*target));
            if let Some(target) = target {
                let account = after.get(&target.key).or_else(|| self.savings_account(target));
                check_target(account, loan)?;
                account.map_or(Ok(()), |account| context.require_reach(&account.assignment))?;
            }
            for account in named(&[(*before, *loan)]) {
                let present = after.get(&account.key).or_else(|| self.savings_account(account));
                let followed = present.and_then(|present| follow(present, loan, &context));
                if let Some(decision) = followed {
                    after.insert(account.key, decision.account.clone());
                    decisions.push(decision);
                }
                let present = after.get(&account.key).or_else(|| self.savings_account(account));
                let moved = present.and_then(|present| settle(present, (*before, loan), &context));
                if let Some(decision) = moved {
                    shares.extend(moved_at_once(&decision, loan));
                    after.insert(account.key, decision.account.clone());
                    decisions.push(decision);
                }
            }
            shares.extend(shared(*before, loan, &context));
        }
        Ok(Kept { accounts: decisions, shares, lines: self.lines_after(changed) })
    }

    /// Takes what accounts keep for loans, and what loans take of lines, into the batch.
    pub(crate) fn record_kept(&mut self, kept: Kept, caller: &Caller) {
        self.record_lines(kept.lines, caller);
        self.changes.investor_shares.extend(kept.shares);
        for decision in kept.accounts {
            self.record_savings(decision, "keep for loan", caller);
        }
    }
}

/// The deposit accounts that loans name or named, each once.
fn named(changed: &[Changed<'_>]) -> Vec<Address> {
    let loans = changed.iter().flat_map(|(before, after)| before.iter().copied().chain([*after]));
    let mut accounts: Vec<Address> = loans.flat_map(accounts_of).collect();
    accounts.extend(changed.iter().flat_map(|(before, after)| accounts_moved(*before, after)));
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}
