//! A loan that takes the place of another, in a batch: both are written together.

use loam_book::ids::Address;
use loam_book::loan::commands::exposure::limits_loans;
use loam_book::loan::commands::restructure::restructure;
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::restructuring::{Restructure, Restructured};
use loam_book::savings::Savings;

use crate::changes::NewId;
use crate::command::Caller;
use crate::custom_values::names;
use crate::error::AppError;
use crate::groups::Held;
use crate::session::{Answer, Session};

impl Session {
    /// Decides a restructuring of a loan, which is advanced first; the answer is the new loan.
    pub(crate) fn restructure(
        &mut self,
        (loan, holder): (Address, Address),
        asked: &Restructure,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        if self.loaded.quarantined.contains(&loan.key) {
            return Err(AppError::Quarantined);
        }
        let old = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        self.context(caller, ids, None).require_reach(&old.assignment)?;
        let before = old.clone();
        self.require_accounts_of(&[(None, &before)])?;
        let old = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        let holder = Some(holder).filter(|holder| holder.key == old.holder.key);
        let holder = holder.and_then(|holder| self.holder(holder, old.holder.kind));
        let advanced = self.advanced(old, caller, ids)?;
        let old = advanced.as_ref().map_or(old, |decision| &decision.loan);
        let branch = asked.new.assignment.branch.or(old.assignment.branch);
        let others = if limits_loans(&self.catalog) {
            match self.loans_beside(old) {
                None => {
                    let old = old.clone();
                    return Err(self.want_loans_of(&old));
                }
                others => others,
            }
        } else {
            None
        };
        let context = self.working_in(branch, self.context(caller, ids, holder.as_ref().map(Held::as_party)));
        let context = Context { other_loans: others.as_deref(), ..context };
        let asked = Restructure { new: self.with_guarantors_of(&asked.new).into_owned(), ..asked.clone() };
        let accounts = &old.servicing.course.settlement_accounts;
        let linked: Vec<&Savings> =
            accounts.iter().filter_map(|account| self.savings_account(*account)).collect();
        let Restructured { closed, opened } = restructure((old, &linked), &asked, &context)?;
        let new = &opened.loan;
        let changed = [(Some(&before), &closed.loan), (None, new)];
        self.check_lines(&changed, (caller, ids))?;
        let kept = self.kept_for(&changed, true, (caller, ids))?;
        caller.actor.check_reach(&opened.loan.assignment).map_err(Refusal::from)?;
        let values = self.values_of_new_loan(&asked.new, &opened.loan, caller)?;
        let mut ids = names(&values);
        ids.push(NewId::of_loan(&opened.loan));
        self.take_ids(ids)?;
        if let Some(advanced) = advanced {
            self.record(advanced, "advance", caller);
        }
        self.record(closed, asked.kind.name(), caller);
        let outcome = self.record(opened, asked.kind.name(), caller);
        self.record_kept(kept, caller);
        self.put_values(values, caller);
        Ok(outcome)
    }
}
