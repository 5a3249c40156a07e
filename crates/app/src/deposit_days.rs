//! The end of a day for deposit accounts: interest comes to those whose day it is, terms end, and accounts that
//! nobody uses fall asleep. Run twice, it comes once: an account knows through which day it was applied.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Address, Part};
use loam_book::savings::command::SavingsCommand;

use crate::command::{Caller, Command};
use crate::day_report::Failures;
use crate::end_of_day::{EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, Listed, RowPlace};
use crate::sharing::{Step, before_all_of};

/// Deposit accounts to which this day has brought something.
struct Deposits(Date);

impl EndOfDay {
    /// Hands in every deposit account to which a day has brought something.
    pub(crate) async fn advance_deposits(
        &self,
        on: Date,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        self.share(&Deposits(on), caller, failures).await
    }
}

#[async_trait]
impl Step for Deposits {
    type Found = Address;
    type Place = RowPlace;

    fn beginning_of(part: Part) -> RowPlace {
        (before_all_of(part), i64::MIN)
    }

    fn address_of(found: &Address) -> Address {
        *found
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: RowPlace,
    ) -> Result<Listed<Address, RowPlace>, StoreError> {
        store.savings_with_work(self.0, after, SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &Address,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Savings { account: *found, command: SavingsCommand::Advance };
        end_of_day.desk().submit_behind(command, caller.clone()).await.map(|_| true)
    }
}
