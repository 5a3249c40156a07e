//! The end of a day for loans that are paid from deposit accounts: what is due is taken from them, loan
//! by loan. Run twice, it takes nothing twice: what was paid is not due any more.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Address, Part};

use crate::command::{Caller, Command, Done};
use crate::day_report::Failures;
use crate::end_of_day::{EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, Listed, RowPlace};
use crate::sharing::{Step, before_all_of};

/// Loans on which linked accounts may have something to pay on this day.
struct Settlements(Date);

impl EndOfDay {
    /// Hands in every loan on which linked accounts may have something to pay.
    pub(crate) async fn settle(
        &self,
        on: Date,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        self.share(&Settlements(on), caller, failures).await
    }
}

#[async_trait]
impl Step for Settlements {
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
        store.loans_to_settle(self.0, after, SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &Address,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Settle { loan: *found, on: self.0 };
        let outcome = end_of_day.desk().submit_behind(command, caller.clone()).await?;
        // What there was no money for is asked again and again, and was not settled.
        Ok(matches!(outcome.done, Done::Loan { transactions, .. } if !transactions.is_empty()))
    }
}
