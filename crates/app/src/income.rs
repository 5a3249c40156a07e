//! Daily interest income: before a day is over, what has grown on all loans is added up, and the difference to what was
//! posted before is posted. Nothing is changed on loans. Run again, there is no difference; stopped anywhere, the next
//! run posts what is missing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::journal::income::{IncomePosting, IncomeSums, post};
use loam_book::journal::rules::AccrualPosting;
use loam_book::loan::Loan;
use loam_book::loan::context::NewIds;

use crate::aside::panic_text;
use crate::changes::IncomeChange;
use crate::command::{Address, Caller, Command, Done};
use crate::end_of_day::EndOfDay;
use crate::error::{AppError, StoreError};
use crate::session::{Answer, Session};

/// How many loans are read at once.
const PAGE: i64 = 1_000;
/// How often what has grown is added up again because another server posted it meanwhile.
const ROUNDS: u32 = 5;

impl EndOfDay {
    /// Posts the interest that has grown by a day, with that day as booking date and value date. Of several servers that
    /// do so, each posts what the others have not: who meets another's posting adds up again.
    pub(crate) async fn post_income(&self, on: Date, caller: &Caller) -> Result<(), AppError> {
        let mut round = 1;
        loop {
            match self.try_income(on, caller).await {
                Err(AppError::Store(StoreError::VersionConflict)) if round < ROUNDS => round += 1,
                tried => return tried,
            }
        }
    }

    async fn try_income(&self, on: Date, caller: &Caller) -> Result<(), AppError> {
        let accounts = self.reader().income_accounts().await?;
        if accounts.is_empty() && !any_product_posts(&self.reader().catalog().await?) {
            return Ok(());
        }
        let mut sums = IncomeSums::default();
        let (mut after, mut loans) = (None, 0_usize);
        loop {
            let page = self.reader().loans_after(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.part, last.account_no));
            loans += page.len();
            page.iter().for_each(|loan| add(&mut sums, loan, on));
            // Another server went on to the next day: it has posted.
            if self.reader().state().await?.business_date != on {
                return Ok(());
            }
        }
        let postings = sums.postings(&accounts, on);
        tracing::info!(%on, loans, postings = postings.len(), "interest that has grown was added up");
        for posting in postings {
            self.desk().submit_behind(Command::PostIncome(Box::new(posting)), caller.clone()).await?;
        }
        Ok(())
    }
}

/// Adds what has grown on a loan. One of which that cannot be told holds up no other: `check` finds it.
fn add(sums: &mut IncomeSums, loan: &Loan, on: Date) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| sums.add(loan, on))) {
        let reason = panic_text(panic.as_ref());
        tracing::error!(loan = %loan.key, reason, "interest that has grown on a loan cannot be told");
    }
}

fn any_product_posts(catalog: &Catalog) -> bool {
    catalog.products.iter().any(|product| product.accrual_posting != AccrualPosting::None)
}

impl Session {
    /// Posts what has grown, while the book is on that day: a server that comes late has added up loans on which more
    /// was derived since.
    pub(crate) fn post_income(&mut self, posting: &IncomePosting, caller: &Caller, ids: &NewIds) -> Answer {
        if self.loaded.state.business_date != posting.on {
            return Ok(self.outcome(Done::Income { on: posting.on }));
        }
        let (account, transfers) = post(posting, ids.account_no);
        let subject = Address { part: account.part, key: account.group.product };
        self.audit(subject, "post income", caller, (None, None));
        self.changes.transfers.extend(transfers);
        let version_read = posting.before.as_ref().map(|before| before.version);
        let on = posting.on;
        self.changes.income_accounts.push(IncomeChange { account, version_read });
        Ok(self.outcome(Done::Income { on }))
    }
}
