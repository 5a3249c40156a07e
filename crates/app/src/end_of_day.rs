//! The day: the business date moves first, then a sweep advances the accounts that nobody touched.
//! No customer's command is refused meanwhile. Killed anywhere, it resumes; run twice, it changes
//! nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::LoanCommand;
use loam_book::loan::refusal::Refusal;

use crate::command::{Address, Caller, Command};
use crate::desk::Desk;
use crate::error::AppError;
use crate::ports::{EndOfDayStore, Lease, ReadStore};

/// How many accounts are handed to the desk at once.
pub(crate) const SWEEP: i64 = 256;
/// How many days one call closes at most: a year mistyped must not carry the book into the next century.
const MOST_DAYS: i32 = 3_660;
/// How long a worker holds a part without a sign of life, in seconds.
const LEASE_SECONDS: i64 = 10;
/// How long to wait before parts that others hold are asked for again.
pub(crate) const PATIENCE: Duration = Duration::from_millis(200);

/// Closes days.
pub struct EndOfDay {
    desk: Desk,
    reader: Arc<dyn ReadStore>,
    store: Arc<dyn EndOfDayStore>,
    /// Names this process among others that may sweep the same book.
    worker: String,
    /// One run at a time in one process.
    running: tokio::sync::Mutex<()>,
}

/// What closing days did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub days: Vec<DayReport>,
}

/// What closing one day did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReport {
    /// The business date after it.
    pub business_date: Date,
    /// Accounts on which something was derived.
    pub advanced: u64,
    /// Accounts that were looked at because days off had been changed.
    pub followed: u64,
    /// Accounts that could not be advanced, or could not follow; the next run tries them again.
    pub failed: Vec<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub account: Key,
    pub reason: String,
}

impl EndOfDay {
    pub fn new(
        desk: Desk,
        reader: Arc<dyn ReadStore>,
        store: Arc<dyn EndOfDayStore>,
        worker: String,
    ) -> EndOfDay {
        EndOfDay { desk, reader, store, worker, running: tokio::sync::Mutex::new(()) }
    }

    pub(crate) fn store(&self) -> &dyn EndOfDayStore {
        self.store.as_ref()
    }

    pub(crate) fn reader(&self) -> &dyn ReadStore {
        self.reader.as_ref()
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Closes each day up to `date`, one by one. The present business date only has its sweep
    /// finished.
    ///
    /// # Errors
    /// `BusinessDateGoesForward` for a date before the business date, `NotSupported` for more than ten years
    /// at once; what the store answers.
    pub async fn close_through(&self, date: Date, caller: &Caller) -> Result<Report, AppError> {
        let _one_run = self.running.lock().await;
        let mut business_date = self.reader.state().await?.business_date;
        if date < business_date {
            return Err(Refusal::BusinessDateGoesForward { business_date, wanted: date }.into());
        }
        let days = business_date.until(date).map_or(i32::MAX, |span| span.get_days());
        if days > MOST_DAYS {
            let what =
                format!("closing {days} days at once, more than {MOST_DAYS}: {business_date} to {date}");
            return Err(Refusal::NotSupported(what).into());
        }
        let mut report = Report::default();
        let unfinished = self.day(business_date, caller).await?;
        if unfinished.advanced + unfinished.followed > 0 || !unfinished.failed.is_empty() {
            report.days.push(unfinished);
        }
        while business_date < date {
            self.post_income(business_date, caller).await?;
            let to = business_date.tomorrow().map_err(|error| AppError::Broken(error.to_string()))?;
            self.desk.submit(Command::MoveBusinessDate { from: business_date, to }, caller.clone()).await?;
            business_date = to;
            let day = self.day(business_date, caller).await?;
            tracing::info!(%business_date, advanced = day.advanced, failed = day.failed.len(), "day closed");
            report.days.push(day);
        }
        Ok(report)
    }

    /// What a day brings: first what the book derives, then interest of deposits, then what linked accounts
    /// pay of what is due, and last what investors get of all that.
    async fn day(&self, business_date: Date, caller: &Caller) -> Result<DayReport, AppError> {
        let mut day = self.sweep(business_date, caller).await?;
        self.end_funding(caller, &mut day).await?;
        self.advance_deposits(caller, &mut day).await?;
        self.settle(caller, &mut day).await?;
        self.credit_shares(caller, &mut day).await?;
        Ok(day)
    }

    /// Advances every account whose next action has come. A part that another worker holds is waited
    /// for, until that worker is done or its lease has run out: a day is closed when all of it is.
    async fn sweep(&self, business_date: Date, caller: &Caller) -> Result<DayReport, AppError> {
        let mut day = DayReport { business_date, advanced: 0, followed: 0, failed: Vec::new() };
        // Before anything falls due: a due date that is moved must not have come.
        self.follow_calendar(caller, &mut day).await?;
        let mut swept = HashSet::new();
        loop {
            let mut parts = self.store.parts_with_work(business_date).await?;
            parts.retain(|part| !swept.contains(part));
            if parts.is_empty() {
                return Ok(day);
            }
            let before = swept.len();
            for part in parts {
                if let Some(lease) = self.claim(part).await? {
                    self.sweep_part(part, caller, &mut day).await?;
                    self.store.release(&lease).await?;
                    swept.insert(part);
                }
            }
            if swept.len() == before {
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }

    /// A lease on a part, or a longer one for the worker that has it.
    pub(crate) async fn claim(&self, part: Part) -> Result<Option<Lease>, AppError> {
        let now = self.desk.clock().now();
        let until = now.checked_add(LEASE_SECONDS.seconds()).unwrap_or(now);
        let lease = Lease { part, worker: self.worker.clone(), until };
        Ok(self.store.claim(&lease, now).await?.then_some(lease))
    }

    async fn sweep_part(&self, part: Part, caller: &Caller, day: &mut DayReport) -> Result<(), AppError> {
        let mut after = None;
        loop {
            let accounts = self.store.accounts_with_work(part, day.business_date, after, SWEEP).await?;
            let Some(last) = accounts.last() else { return Ok(()) };
            after = Some(last.key);
            let submitted = accounts.iter().map(|account| self.advance(*account, caller));
            let results = futures_util::future::join_all(submitted).await;
            for (account, result) in accounts.iter().zip(results) {
                match result {
                    Ok(()) => day.advanced += 1,
                    Err(AppError::Stopping) => return Err(AppError::Stopping),
                    Err(error) => {
                        day.failed.push(Failure { account: account.key, reason: error.to_string() })
                    }
                }
            }
            self.claim(part).await?;
        }
    }

    async fn advance(&self, loan: Address, caller: &Caller) -> Result<(), AppError> {
        let command = Command::Loan { loan, command: LoanCommand::Advance };
        self.desk.submit(command, caller.clone()).await.map(|_| ())
    }
}
