//! Daily interest income: before a day is over, what has grown on all loans is added up, and the difference to what was
//! posted before is posted. Nothing is changed on loans. Run again, there is no difference; stopped anywhere, the next
//! run posts what is missing.

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::journal::income::{IncomePosting, IncomeSums, post};
use loam_book::journal::rules::AccrualPosting;
use loam_book::loan::context::NewIds;

use crate::changes::IncomeChange;
use crate::command::{Address, Caller, Command, Done};
use crate::end_of_day::EndOfDay;
use crate::error::AppError;
use crate::session::{Answer, Session};

/// How many loans are read at once.
const PAGE: i64 = 1_000;

impl EndOfDay {
    /// Posts the interest that has grown by a day, with that day as booking date and value date.
    pub(crate) async fn post_income(&self, on: Date, caller: &Caller) -> Result<(), AppError> {
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
            page.iter().for_each(|loan| sums.add(loan, on));
        }
        let postings = sums.postings(&accounts, on);
        tracing::info!(%on, loans, postings = postings.len(), "interest that has grown was added up");
        for posting in postings {
            self.desk().submit(Command::PostIncome(Box::new(posting)), caller.clone()).await?;
        }
        Ok(())
    }
}

fn any_product_posts(catalog: &Catalog) -> bool {
    catalog.products.iter().any(|product| product.accrual_posting != AccrualPosting::None)
}

impl Session {
    pub(crate) fn post_income(&mut self, posting: &IncomePosting, caller: &Caller, ids: &NewIds) -> Answer {
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
