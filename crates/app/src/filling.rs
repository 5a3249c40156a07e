//! Fills a new book that nobody serves yet: commands are decided one after the other in memory, as a
//! lane decides a batch, on days of their own choosing, and written while the next are decided.
//!
//! What a lane guards against does not happen here: nobody else writes, nothing is retried, and a
//! book whose filling fails is thrown away.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::catalog::Catalog;
use tokio::sync::oneshot;

use crate::changes::Changes;
use crate::command::{Caller, Command, Outcome};
use crate::error::{AppError, StoreError};
use crate::ids::{Numbers, Sources};
use crate::lane::Envelope;
use crate::ports::{BookState, Clock, Loaded, Need, Random, WriteStore};
use crate::session::{Session, Wanted};

/// How many batches wait for the writer before deciding waits for it.
const WAITING: usize = 2;

/// A new book while it is filled.
pub struct Filling {
    state: BookState,
    catalog: Arc<Catalog>,
    sources: Sources,
    numbers: Numbers,
    session: Session,
    batches: SyncSender<Changes>,
    writer: JoinHandle<Result<(), StoreError>>,
}

impl Filling {
    /// Begins with the records that the book has. `accounts` and `transactions` are the most numbers that
    /// will be used.
    ///
    /// # Errors
    /// When the store fails, or no thread can be started.
    pub async fn begin(
        mut store: Box<dyn WriteStore>,
        (clock, random): (Arc<dyn Clock>, Arc<dyn Random>),
        (accounts, transactions): (i64, i64),
    ) -> Result<Filling, StoreError> {
        let numbers = Numbers::taken(store.as_mut(), accounts, transactions).await?;
        let loaded = store.load(&Need::default()).await?;
        let catalog = Arc::new(store.load_catalog().await?);
        let (batches, waiting) = sync_channel(WAITING);
        let writer = std::thread::Builder::new().name("filling".to_owned());
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
        let writer = writer.spawn(move || runtime.block_on(write(store, waiting))).map_err(no_thread)?;
        let sources = Sources { clock, random };
        let session =
            Session::new(Loaded::of_nothing(loaded.state.clone()), Arc::clone(&catalog), sources.clock.now());
        Ok(Filling { state: loaded.state, catalog, sources, numbers, session, batches, writer })
    }

    /// The state of the book, with the business date that it had at the beginning.
    pub fn state(&self) -> &BookState {
        &self.state
    }

    /// The commands that follow are given on this day, at this instant. Days of one account only go
    /// forward.
    pub fn turn_to(&mut self, business_date: Date, recorded_at: Timestamp) {
        self.session.loaded.state.business_date = business_date;
        self.session.recorded_at = recorded_at;
    }

    /// Decides a command on what this batch has made; what an earlier batch made cannot be changed any
    /// more.
    ///
    /// # Errors
    /// The book's refusal; nothing was done then.
    pub fn submit(&mut self, command: Command, caller: &Caller) -> Result<Outcome, AppError> {
        let (reply, _nobody_waits) = oneshot::channel();
        let envelope = Envelope::new(command, caller.clone(), reply);
        let ids = self.numbers.offer(&self.sources, envelope.command.part());
        let mut answer = self.session.decide(&envelope, &ids);
        while let Some(wanted) = self.session.wanted() {
            // Nothing is stored yet that the batch does not know: it has what it added itself.
            match wanted {
                Wanted::Log { loan, .. } => self.session.give_history(loan, Vec::new())?,
                Wanted::LoansOf(holder) => self.session.give_loans_of(holder, Vec::new()),
                Wanted::SavingsLog { account, .. } => {
                    self.session.give_savings_history(account, Vec::new())?;
                }
                Wanted::BookingsOf(asked) | Wanted::UncommittedOf(asked) => {
                    self.session.market.give(asked.key, Vec::new());
                }
                Wanted::ApplicationsOf(borrower) => self.session.applications.give(borrower.key, Vec::new()),
                Wanted::ApplicationOf { loan, .. } => self.session.give_application_of(loan, None),
                Wanted::Booking(place) => self.session.market.give_numbered(place, None),
                Wanted::OpenApplications(asked) => {
                    self.session.give_open_applications(asked.account.key, Vec::new());
                }
                Wanted::OrdersBefore(asked) => self.session.market.give_orders_before(&asked, None),
                Wanted::Accounts(need) => {
                    self.session.give_accounts(&need, Loaded::of_nothing(self.state.clone()));
                }
            }
            answer = self.session.decide(&envelope, &ids);
        }
        let opens_account = matches!(envelope.command, Command::CreateLoan { .. });
        self.numbers.used(&ids, i64::from(opens_account));
        answer
    }

    /// Hands over what was decided so far, to be written in one transaction.
    ///
    /// # Errors
    /// What kept an earlier batch from being written.
    pub fn write(&mut self) -> Result<(), StoreError> {
        let fresh = Loaded::of_nothing(self.state.clone());
        let next = Session::new(fresh, Arc::clone(&self.catalog), self.sources.clock.now());
        let (changes, broken) = std::mem::replace(&mut self.session, next).finish();
        if let Some((address, reason)) = broken.first() {
            return Err(StoreError::Database(format!("account {}: {reason}", address.key)));
        }
        let Some(changes) = changes else { return Ok(()) };
        if self.batches.send(changes).is_err() {
            return Err(StoreError::Database("the writer has stopped".to_owned()));
        }
        Ok(())
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// What kept a batch from being written.
    pub fn finish(mut self) -> Result<(), StoreError> {
        let handed_over = self.write();
        drop(self.batches);
        match self.writer.join() {
            Ok(written) => written.and(handed_over),
            Err(_) => Err(StoreError::Database("the writer ended by a panic".to_owned())),
        }
    }
}

async fn write(mut store: Box<dyn WriteStore>, batches: Receiver<Changes>) -> Result<(), StoreError> {
    for changes in batches {
        store.save(&changes).await?;
    }
    Ok(())
}

fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Database(format!("no thread can be started: {error}"))
}
