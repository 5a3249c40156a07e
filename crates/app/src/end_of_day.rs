//! The day: the business date moves first, then a sweep advances the accounts that nobody touched.
//! No customer's command is refused meanwhile. Killed anywhere, it resumes; run twice, it changes
//! nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::ids::Part;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::refusal::Refusal;
use tokio::sync::watch;

use crate::command::{Address, Caller, Command, Done, Outcome};
use crate::day_report::Failures;
pub use crate::day_report::{DayReport, DayStep, Failure, Progress, Report, Running, StepReport};
use crate::desk::Desk;
use crate::error::{AppError, StoreError};
use crate::ports::{ActionPlace, EndOfDayStore, Lease, Listed, ReadStore};
use crate::sharing::{Step, before_all_of};

/// How many accounts are handed to the desk at once.
pub(crate) const SWEEP: i64 = 1_024;
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
    progress: watch::Sender<Progress>,
}

impl EndOfDay {
    pub fn new(
        desk: Desk,
        reader: Arc<dyn ReadStore>,
        store: Arc<dyn EndOfDayStore>,
        worker: String,
    ) -> EndOfDay {
        let (running, progress) = (tokio::sync::Mutex::new(()), watch::Sender::default());
        EndOfDay { desk, reader, store, worker, running, progress }
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

    pub(crate) fn worker(&self) -> &str {
        &self.worker
    }

    /// Closes each day up to `date`, one by one. The present business date only has its sweep
    /// finished.
    ///
    /// # Errors
    /// `BusinessDateGoesForward` for a date before the business date, `NotSupported` for more than ten years
    /// at once; what the store answers.
    pub async fn close_through(&self, date: Date, caller: &Caller) -> Result<Report, AppError> {
        let _one_run = self.running.lock().await;
        let business_date = self.reader.state().await?.business_date;
        if date < business_date {
            return Err(Refusal::BusinessDateGoesForward { business_date, wanted: date }.into());
        }
        let days = business_date.until(date).map_or(i32::MAX, |span| span.get_days());
        if days > MOST_DAYS {
            let what =
                format!("closing {days} days at once, more than {MOST_DAYS}: {business_date} to {date}");
            return Err(Refusal::NotSupported(what).into());
        }
        let running = Running {
            through: date,
            business_date,
            step: DayStep::DaysOff,
            done: 0,
            failed: 0,
            loans_due: 0,
        };
        self.progress.send_modify(|progress| progress.running = Some(running));
        let closed = self.close_days((business_date, date), caller).await;
        self.progress.send_modify(|progress| {
            progress.running = None;
            if let Ok(report) = &closed {
                progress.note(report, business_date);
            }
        });
        closed
    }

    async fn close_days(
        &self,
        (mut business_date, date): (Date, Date),
        caller: &Caller,
    ) -> Result<Report, AppError> {
        let mut report = Report::default();
        let mut unfinished = DayReport::of(business_date);
        self.sweep(caller, &mut unfinished).await?;
        if !unfinished.is_idle() {
            report.days.push(unfinished);
        }
        while business_date < date {
            let mut day = DayReport::of(business_date);
            self.step((DayStep::Evening, 0), caller, &mut day).await?;
            let to = business_date.tomorrow().map_err(|error| AppError::Broken(error.to_string()))?;
            let moved = Command::MoveBusinessDate { from: business_date, to };
            // Another server may have moved it, and further: what is left of the day that the book is on is looked at.
            let Outcome { done: Done::BusinessDate { date: present }, .. } =
                self.desk.submit(moved, caller.clone()).await?
            else {
                unreachable!("moving the business date gives the business date")
            };
            (business_date, day.business_date) = (present, present);
            self.sweep(caller, &mut day).await?;
            tracing::info!(%business_date, advanced = day.advanced(), failed = day.failures_count(), "day closed");
            report.days.push(day);
        }
        Ok(report)
    }

    /// What a day brings after its date has come, step by step.
    async fn sweep(&self, caller: &Caller, day: &mut DayReport) -> Result<(), AppError> {
        let loans_due = self.store.count_loans_with_work(day.business_date).await?;
        for step in DayStep::ALL.into_iter().filter(|step| *step != DayStep::Evening) {
            self.step((step, loans_due), caller, day).await?;
        }
        Ok(())
    }

    /// Takes one step, tells which it is, and reports what it did.
    async fn step(
        &self,
        (step, loans_due): (DayStep, u64),
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<(), AppError> {
        let (started, business_date) = (self.desk.clock().now(), day.business_date);
        self.tell(|running| {
            *running = Running { business_date, step, done: 0, failed: 0, loans_due, ..*running }
        });
        let mut failures = Failures::default();
        let done = self.take_step((step, business_date), caller, &mut failures).await?;
        let took = self.desk.clock().now().duration_since(started);
        let took = Duration::try_from(took).unwrap_or_default();
        day.steps.push(StepReport { step, done, failed: failures.count(), took });
        day.note(step, failures);
        Ok(())
    }

    async fn take_step(
        &self,
        (step, on): (DayStep, Date),
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        match step {
            DayStep::Evening => self.post_evening(on, caller, failures).await,
            DayStep::DaysOff => self.follow_calendar(caller, failures).await,
            DayStep::Loans => self.share(&Loans(on), caller, failures).await,
            DayStep::Funding => self.end_funding(on, caller, failures).await,
            DayStep::Deposits => self.advance_deposits(on, caller, failures).await,
            DayStep::Settlement => self.settle(on, caller, failures).await,
            DayStep::Crediting => self.credit_shares(caller, failures).await,
        }
    }

    /// How far the closing of days has come.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Tells those who look how far the day has come.
    pub(crate) fn tell(&self, change: impl FnOnce(&mut Running)) {
        self.progress.send_modify(|progress| {
            if let Some(running) = &mut progress.running {
                change(running);
            }
        });
    }

    /// A lease on a part, or a longer one for the worker that has it.
    pub(crate) async fn claim(&self, part: Part) -> Result<Option<Lease>, AppError> {
        let now = self.desk.clock().now();
        let until = now.checked_add(LEASE_SECONDS.seconds()).unwrap_or(now);
        let lease = Lease { part, worker: self.worker.clone(), until };
        Ok(self.store.claim(&lease, now).await?.then_some(lease))
    }
}

/// Loans whose next action has come by a day.
struct Loans(Date);

#[async_trait]
impl Step for Loans {
    type Found = Address;
    type Place = ActionPlace;

    fn beginning_of(part: Part) -> ActionPlace {
        (before_all_of(part), i64::MIN, Vec::new())
    }

    fn address_of(found: &Address) -> Address {
        *found
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: ActionPlace,
    ) -> Result<Listed<Address, ActionPlace>, StoreError> {
        store.loans_with_work(self.0, after, SWEEP).await
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &Address,
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Loan { loan: *found, command: LoanCommand::Advance };
        end_of_day.desk().submit_behind(command, caller.clone()).await.map(|_| true)
    }
}
