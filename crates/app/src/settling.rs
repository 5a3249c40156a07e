//! The end of a day for loans that are paid from deposit accounts: what is due is taken from them, loan
//! by loan. Run twice, it takes nothing twice: what was paid is not due any more.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::{Address, Part};

use crate::command::{Caller, Command, Done};
use crate::end_of_day::{DayReport, EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, ToSettle};
use crate::sharing::Step;

/// Loans on which linked accounts may have something to pay on this day.
struct Settlements(Date);

impl EndOfDay {
    /// Hands in every loan on which linked accounts may have something to pay.
    pub(crate) async fn settle(&self, caller: &Caller, day: &mut DayReport) -> Result<u64, AppError> {
        self.share(&Settlements(day.business_date), caller, day).await
    }
}

#[async_trait]
impl Step for Settlements {
    type Found = ToSettle;
    type Place = (Part, i64);

    fn beginning_of(part: Part) -> (Part, i64) {
        (part, 0)
    }

    fn place_of(found: &ToSettle) -> (Part, i64) {
        (found.address.part, found.account_no)
    }

    fn address_of(found: &ToSettle) -> Address {
        found.address
    }

    async fn list(&self, store: &dyn EndOfDayStore, after: (Part, i64)) -> Result<Vec<ToSettle>, StoreError> {
        store.loans_to_settle(self.0, Some(after), SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &ToSettle,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Settle { loan: found.address, on: self.0 };
        let outcome = end_of_day.desk().submit_behind(command, caller.clone()).await?;
        // What there was no money for is asked again and again, and was not settled.
        Ok(matches!(outcome.done, Done::Loan { transactions, .. } if !transactions.is_empty()))
    }
}
