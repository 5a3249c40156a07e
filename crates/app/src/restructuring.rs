//! A loan that takes the place of another, in a batch: both are written together.

use loam_book::ids::Address;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::commands::restructure::restructure;
use loam_book::loan::commands::{Accounts, Decision};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::restructuring::{Restructure, Restructured};

use crate::changes::IdName;
use crate::command::Caller;
use crate::error::AppError;
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
        let holder = self.client(holder).filter(|client| client.key == old.holder.key).cloned();
        let context = self.context(caller, ids, holder.as_ref());
        let is_behind = next_action_on(old).is_some_and(|date| date <= context.business_date);
        let accounts = Accounts { loan: Some(old), history: None };
        let advanced: Option<Decision> = if is_behind {
            let context = self.context(caller, ids, None);
            self.decide_loan(Some(accounts), &LoanCommand::Advance, context)?
        } else {
            None
        };
        let old = advanced.as_ref().map_or(old, |decision| &decision.loan);
        let Restructured { closed, opened } = restructure(old, asked, &context)?;
        let new = &opened.loan;
        self.take_id(IdName::of_book(IdKind::Loan, &new.id), new.key, new.part)?;
        if let Some(advanced) = advanced {
            self.record(advanced, "advance", caller);
        }
        self.record(closed, asked.kind.name(), caller);
        Ok(self.record(opened, asked.kind.name(), caller))
    }
}
