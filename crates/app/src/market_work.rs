//! The end of a day for the marketplace: applications whose funding window is over expire. Run twice, they expire once.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::ids::Part;

use crate::command::{Address, Caller, Command, MarketCommand};
use crate::end_of_day::{DayReport, EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, FoundApplication};
use crate::sharing::Step;

/// Applications that still wait for money after their last day, seen from this one.
struct FundingWindows(Date);

impl EndOfDay {
    /// Hands in every application that still waits for money after its last day.
    pub(crate) async fn end_funding(&self, caller: &Caller, day: &mut DayReport) -> Result<u64, AppError> {
        self.share(&FundingWindows(day.business_date), caller, day).await
    }
}

#[async_trait]
impl Step for FundingWindows {
    type Found = FoundApplication;
    type Place = (Part, i64);

    fn beginning_of(part: Part) -> (Part, i64) {
        (part, 0)
    }

    fn place_of(found: &FoundApplication) -> (Part, i64) {
        (found.address.part, found.number)
    }

    fn address_of(found: &FoundApplication) -> Address {
        found.address
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: (Part, i64),
    ) -> Result<Vec<FoundApplication>, StoreError> {
        store.applications_in_market(self.0, Some(after), SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &FoundApplication,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let unreadable = |reason: &String| StoreError::Unreadable(reason.clone());
        let application = found.application.as_ref().map_err(unreadable)?;
        if !application.is_expired(self.0) {
            return Ok(false);
        }
        let part = application.part;
        let loan = application.loan.as_ref().map(|loan| Address { part, key: loan.key });
        let command = MarketCommand::EndFunding { application: application.address(), loan };
        let command = Command::Market(Box::new(command));
        end_of_day.desk().submit_behind(command, caller.clone()).await.map(|_| true)
    }
}
