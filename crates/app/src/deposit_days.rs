//! The end of a day for deposit accounts: interest comes to those whose day it is, terms end, and accounts that
//! nobody uses fall asleep. Run twice, it comes once: an account knows through which day it was applied.

use loam_book::savings::command::SavingsCommand;

use crate::command::{Address, Caller, Command};
use crate::end_of_day::{DayReport, EndOfDay, Failure, SWEEP};
use crate::error::AppError;

impl EndOfDay {
    /// Hands in every deposit account to which a day has brought something. What fails for one is reported and
    /// tried again by the next run.
    pub(crate) async fn advance_deposits(
        &self,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let found = self.store().savings_with_work(day.business_date, after, SWEEP).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.address.part, last.account_no));
            let advanced = found.iter().map(|found| self.advance_savings(found.address, caller));
            let results = futures_util::future::join_all(advanced).await;
            for (found, result) in found.iter().zip(results) {
                match result {
                    Ok(()) => day.advanced += 1,
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        day.failed.push(Failure { account: found.address.key, reason: error.to_string() });
                    }
                }
            }
        }
    }

    async fn advance_savings(&self, account: Address, caller: &Caller) -> Result<(), AppError> {
        let command = Command::Savings { account, command: SavingsCommand::Advance };
        self.desk().submit(command, caller.clone()).await.map(|_| ())
    }
}
