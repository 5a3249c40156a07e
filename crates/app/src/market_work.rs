//! The end of a day for the marketplace: applications whose funding window is over expire. Run twice, they expire once.

use loam_book::application::Application;

use crate::command::{Address, Caller, Command, MarketCommand};
use crate::end_of_day::{DayReport, EndOfDay, Failure, SWEEP};
use crate::error::AppError;

impl EndOfDay {
    /// Hands in every application that still waits for money after its last day. What fails for one is reported and
    /// tried again by the next run.
    pub(crate) async fn end_funding(&self, caller: &Caller, day: &mut DayReport) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let found = self.store().applications_in_market(day.business_date, after, SWEEP).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.part, last.number));
            let over: Vec<&Application> =
                found.iter().filter(|application| application.is_expired(day.business_date)).collect();
            let ended = over.iter().map(|application| self.end_funding_of(application, caller));
            let results = futures_util::future::join_all(ended).await;
            for (application, result) in over.iter().zip(results) {
                match result {
                    Ok(()) => {}
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        day.failed.push(Failure { account: application.key, reason: error.to_string() });
                    }
                }
            }
        }
    }

    async fn end_funding_of(&self, application: &Application, caller: &Caller) -> Result<(), AppError> {
        let part = application.part;
        let loan = application.loan.as_ref().map(|loan| Address { part, key: loan.key });
        let command = MarketCommand::EndFunding { application: application.address(), loan };
        self.desk().submit(Command::Market(Box::new(command)), caller.clone()).await.map(|_| ())
    }
}
