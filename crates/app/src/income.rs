//! What the evening posts for many accounts together: interest that has grown on loans and on deposits, and allowances for
//! losses.

use loam_book::journal::deposit_interest::DepositInterestPosting;
use loam_book::journal::evening::{EveningKind, EveningPosting, post};
use loam_book::journal::income::IncomePosting;
use loam_book::journal::provisions::ProvisionPosting;
use loam_book::loan::context::NewIds;

use crate::changes::EveningChange;
use crate::command::{Address, Caller, Done};
use crate::session::{Answer, Session};

impl Session {
    /// Posts what has grown.
    pub(crate) fn post_income(&mut self, posting: &IncomePosting, caller: &Caller, ids: &NewIds) -> Answer {
        let change = self.post_together(posting, "post income", caller, ids);
        self.changes.income_accounts.extend(change);
        Ok(self.outcome(Done::Posted { on: posting.on }))
    }

    /// Posts what is to be set aside more or less than before.
    pub(crate) fn post_provision(
        &mut self,
        posting: &ProvisionPosting,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let change = self.post_together(posting, "post provision", caller, ids);
        self.changes.provision_accounts.extend(change);
        Ok(self.outcome(Done::Posted { on: posting.on }))
    }

    /// Posts what has grown on deposits.
    pub(crate) fn post_deposit_interest(
        &mut self,
        posting: &DepositInterestPosting,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let change = self.post_together(posting, "post deposit interest", caller, ids);
        self.changes.deposit_interest_accounts.extend(change);
        Ok(self.outcome(Done::Posted { on: posting.on }))
    }

    /// Posts while the book is on that day: a server that comes late has added up loans on which more was derived since.
    fn post_together<K: EveningKind>(
        &mut self,
        posting: &EveningPosting<K>,
        command: &'static str,
        caller: &Caller,
        ids: &NewIds,
    ) -> Option<EveningChange<K>> {
        if self.loaded.state.business_date != posting.on {
            return None;
        }
        let (account, transfers) = post(posting, ids.account_no);
        let product = Address { part: account.part, key: account.group.product };
        self.audit(product, command, caller, (None, None));
        self.changes.transfers.extend(transfers);
        let version_read = posting.before.as_ref().map(|before| before.version);
        Some(EveningChange { account, version_read })
    }
}
