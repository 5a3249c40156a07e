//! What the evening posts for many loans together: interest that has grown, and allowances for losses.

use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::journal::income::{IncomePosting, post};
use loam_book::journal::provisions::{self, ProvisionPosting};
use loam_book::loan::context::NewIds;

use crate::changes::{IncomeChange, ProvisionChange};
use crate::command::{Address, Caller, Done};
use crate::session::{Answer, Session};

impl Session {
    /// Posts what has grown, while the book is on that day: a server that comes late has added up loans on which more
    /// was derived since.
    pub(crate) fn post_income(&mut self, posting: &IncomePosting, caller: &Caller, ids: &NewIds) -> Answer {
        if self.loaded.state.business_date == posting.on {
            let (account, transfers) = post(posting, ids.account_no);
            self.audit_posting((account.part, account.group.product), "post income", caller);
            self.changes.transfers.extend(transfers);
            let version_read = posting.before.as_ref().map(|before| before.version);
            self.changes.income_accounts.push(IncomeChange { account, version_read });
        }
        Ok(self.posted(posting.on))
    }

    /// Posts what is to be set aside more or less than before, while the book is on that day.
    pub(crate) fn post_provision(
        &mut self,
        posting: &ProvisionPosting,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        if self.loaded.state.business_date == posting.on {
            let (account, transfer) = provisions::post(posting, ids.account_no);
            self.audit_posting((account.part, account.group.product), "post provision", caller);
            self.changes.transfers.extend(transfer);
            let version_read = posting.before.as_ref().map(|before| before.version);
            self.changes.provision_accounts.push(ProvisionChange { account, version_read });
        }
        Ok(self.posted(posting.on))
    }

    fn audit_posting(&mut self, (part, product): (Part, Key), command: &'static str, caller: &Caller) {
        self.audit(Address { part, key: product }, command, caller, (None, None));
    }

    fn posted(&self, on: Date) -> crate::command::Outcome {
        self.outcome(Done::Posted { on })
    }
}
