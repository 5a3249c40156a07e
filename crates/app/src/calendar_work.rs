//! Days off were changed: the loans of the book follow, part by part. Killed anywhere, it resumes with the
//! parts that are left; what one loan refuses holds up no other, and its part is tried again.

use std::collections::HashSet;

use loam_book::loan::command::LoanCommand;

use crate::command::{Address, Caller, Command};
use crate::day_report::{Failure, Failures};
use crate::end_of_day::{EndOfDay, PATIENCE, SWEEP};
use crate::error::AppError;
use crate::ports::{CalendarWork, Listed};

impl EndOfDay {
    /// Lets every loan follow the days off as they are now; gives how many did. A part that another worker holds is
    /// waited for.
    pub(crate) async fn follow_calendar(
        &self,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        let (mut tried, mut followed) = (HashSet::new(), 0);
        loop {
            let (mut all, mut unreadable) = (Vec::new(), Vec::new());
            for row in self.store().calendar_work().await? {
                row.map_or_else(|row| unreadable.push(row), |work: CalendarWork| all.push(work));
            }
            failures.note_unreadable(unreadable);
            all.retain(|work| !tried.contains(&(work.part, work.days_off, work.catalog_version)));
            if all.is_empty() {
                return Ok(followed);
            }
            let before = tried.len();
            for work in all {
                if let Some(lease) = self.claim(work.part).await? {
                    let (count, is_whole) = self.follow_in_part(&work, caller, failures).await?;
                    followed += count;
                    if is_whole {
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

    /// How many loans of the part followed, and whether all did.
    async fn follow_in_part(
        &self,
        work: &CalendarWork,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<(u64, bool), AppError> {
        let (mut after, mut followed, mut is_whole) = (None, 0, true);
        loop {
            let Listed { rows, last } = self.store().accounts_to_follow(work, after, SWEEP).await?;
            if last.is_none() {
                return Ok((followed, is_whole));
            }
            after = last;
            let (mut accounts, mut unreadable) = (Vec::new(), Vec::new());
            for row in rows {
                row.map_or_else(|row| unreadable.push(row), |account| accounts.push(account));
            }
            is_whole &= unreadable.is_empty();
            failures.note_unreadable(unreadable);
            let submitted = accounts.iter().map(|account| self.follow(*account, caller));
            let results = futures_util::future::join_all(submitted).await;
            for (account, result) in accounts.iter().zip(results) {
                match result {
                    Ok(()) => followed += 1,
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        is_whole = false;
                        let account = account.key.to_string();
                        failures.note(Failure { account, reason: error.to_string() });
                    }
                }
            }
            self.tell(|running| (running.done, running.failed) = (followed, failures.count()));
            self.claim(work.part).await?;
        }
    }

    async fn follow(&self, loan: Address, caller: &Caller) -> Result<(), AppError> {
        let command = Command::Loan { loan, command: LoanCommand::FollowCalendar };
        self.desk().submit_behind(command, caller.clone()).await.map(|_| ())
    }
}
