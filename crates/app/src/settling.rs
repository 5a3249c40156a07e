//! The end of a day for loans that are paid from deposit accounts: what is due is taken from them, loan
//! by loan. Run twice, it takes nothing twice: what was paid is not due any more.

use loam_book::ids::Address;

use crate::command::{Caller, Command};
use crate::end_of_day::{DayReport, EndOfDay, Failure, SWEEP};
use crate::error::AppError;

impl EndOfDay {
    /// Hands in every loan on which linked accounts may have something to pay. What fails for one is
    /// reported and tried again by the next run.
    pub(crate) async fn settle(&self, caller: &Caller, day: &mut DayReport) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let found = self.store().loans_to_settle(day.business_date, after, SWEEP).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.address.part, last.account_no));
            let settled = found.iter().map(|loan| self.settle_loan(loan.address, caller));
            let results = futures_util::future::join_all(settled).await;
            for (loan, result) in found.iter().zip(results) {
                match result {
                    Ok(()) => {}
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        day.failed.push(Failure { account: loan.address.key, reason: error.to_string() });
                    }
                }
            }
        }
    }

    async fn settle_loan(&self, loan: Address, caller: &Caller) -> Result<(), AppError> {
        self.desk().submit(Command::Settle { loan }, caller.clone()).await.map(|_| ())
    }
}
