//! The end of a day for deposit accounts: interest comes to those whose day it is, terms end, and accounts that
//! nobody uses fall asleep. Run twice, it comes once: an account knows through which day it was applied.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Address, Part};
use loam_book::savings::command::SavingsCommand;

use crate::command::{Caller, Command};
use crate::end_of_day::{DayReport, EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, FoundSavings};
use crate::sharing::Step;

/// Deposit accounts to which this day has brought something.
struct Deposits(Date);

impl EndOfDay {
    /// Hands in every deposit account to which a day has brought something.
    pub(crate) async fn advance_deposits(
        &self,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<u64, AppError> {
        self.share(&Deposits(day.business_date), caller, day).await
    }
}

#[async_trait]
impl Step for Deposits {
    type Found = FoundSavings;
    type Place = (Part, i64);

    fn beginning_of(part: Part) -> (Part, i64) {
        (part, 0)
    }

    fn place_of(found: &FoundSavings) -> (Part, i64) {
        (found.address.part, found.account_no)
    }

    fn address_of(found: &FoundSavings) -> Address {
        found.address
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: (Part, i64),
    ) -> Result<Vec<FoundSavings>, StoreError> {
        store.savings_with_work(self.0, Some(after), SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &FoundSavings,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Savings { account: found.address, command: SavingsCommand::Advance };
        end_of_day.desk().submit_behind(command, caller.clone()).await.map(|_| true)
    }
}
