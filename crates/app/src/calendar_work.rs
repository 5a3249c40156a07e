//! Days off were changed: the loans of the book follow, part by part. Killed anywhere, it resumes with the
//! parts that are left; what one loan refuses holds up no other, and its part is tried again.

use std::collections::HashSet;

use loam_book::loan::command::LoanCommand;

use crate::command::{Address, Caller, Command};
use crate::end_of_day::{DayReport, EndOfDay, Failure, PATIENCE, SWEEP};
use crate::error::AppError;
use crate::ports::CalendarWork;

impl EndOfDay {
    /// Lets every loan follow the days off as they are now; gives how many did. A part that another worker holds is
    /// waited for.
    pub(crate) async fn follow_calendar(
        &self,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<u64, AppError> {
        let (mut tried, mut followed) = (HashSet::new(), 0);
        loop {
            let mut all = self.store().calendar_work().await?;
            all.retain(|work| !tried.contains(&(work.part, work.days_off, work.catalog_version)));
            if all.is_empty() {
                return Ok(followed);
            }
            let before = tried.len();
            for work in all {
                if let Some(lease) = self.claim(work.part).await? {
                    let failed_before = day.failed.len();
                    followed += self.follow_in_part(&work, caller, day).await?;
                    if day.failed.len() == failed_before {
                        self.store().followed(&work).await?;
                    }
                    self.store().release(&lease).await?;
                    tried.insert((work.part, work.days_off, work.catalog_version));
                }
            }
            if tried.len() == before {
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }

    /// How many loans of the part followed.
    async fn follow_in_part(
        &self,
        work: &CalendarWork,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<u64, AppError> {
        let (mut after, mut followed) = (None, 0);
        loop {
            let accounts = self.store().accounts_to_follow(work, after, SWEEP).await?;
            let Some(last) = accounts.last() else { return Ok(followed) };
            after = Some(last.key);
            let submitted = accounts.iter().map(|account| self.follow(*account, caller));
            let results = futures_util::future::join_all(submitted).await;
            for (account, result) in accounts.iter().zip(results) {
                match result {
                    Ok(()) => followed += 1,
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        day.failed.push(Failure { account: account.key, reason: error.to_string() })
                    }
                }
            }
            self.tell(|running| running.done = followed);
            self.claim(work.part).await?;
        }
    }

    async fn follow(&self, loan: Address, caller: &Caller) -> Result<(), AppError> {
        let command = Command::Loan { loan, command: LoanCommand::FollowCalendar };
        self.desk().submit_behind(command, caller.clone()).await.map(|_| ())
    }
}
