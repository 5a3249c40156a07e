//! The end of a day for the marketplace: applications whose funding window is over expire. Run twice, they expire once.

use async_trait::async_trait;
use jiff::civil::Date;
use loam_book::application::Application;
use loam_book::ids::Part;

use crate::command::{Address, Caller, Command, MarketCommand};
use crate::day_report::Failures;
use crate::end_of_day::{EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, Listed, RowPlace};
use crate::sharing::{Step, before_all_of};

/// Applications that still wait for money after their last day, seen from this one.
struct FundingWindows(Date);

impl EndOfDay {
    /// Hands in every application that still waits for money after its last day.
    pub(crate) async fn end_funding(
        &self,
        on: Date,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        self.share(&FundingWindows(on), caller, failures).await
    }
}

#[async_trait]
impl Step for FundingWindows {
    type Found = (Address, Application);
    type Place = RowPlace;

    fn beginning_of(part: Part) -> RowPlace {
        (before_all_of(part), i64::MIN)
    }

    fn address_of((address, _): &(Address, Application)) -> Address {
        *address
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: RowPlace,
    ) -> Result<Listed<(Address, Application), RowPlace>, StoreError> {
        store.applications_in_market(self.0, after, SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        (_, application): &(Address, Application),
        caller: &Caller,
    ) -> Result<bool, AppError> {
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
