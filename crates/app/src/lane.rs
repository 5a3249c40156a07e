//! A lane: takes whatever is waiting, decides it in memory, writes it in one transaction, answers.
//!
//! No timer and no waiting for company: the batch is what came in while the previous commit ran. What has time goes
//! behind what callers wait for.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::paper::{NewPaper, PaperCommand};
use tokio::sync::{mpsc, oneshot};

use crate::applications::NewName;
use crate::changes::IdName;
use crate::command::{Address, Caller, Command, Done, MarketCommand, Outcome};
use crate::error::{AppError, StoreError};
use crate::guarantors;
use crate::ids::{Numbers, Sources};
use crate::naming::{id_in_use, id_named};
use crate::needs;
use crate::ports::{Need, WriteStore};
use crate::preview::{Preview, PreviewRequest, passing_ids};
use crate::session::{Session, Wanted};

/// The most commands in one batch.
const BATCH: usize = 256;
/// The most of them that have time: a caller who comes meanwhile waits for all of them.
const BATCH_BEHIND: usize = 64;
/// The same where nobody has come for a while: the larger a batch, the less each of it costs.
const BATCH_UNDISTURBED: usize = 1_024;
/// After how many batches without a caller none is expected.
const QUIET: u32 = 8;
/// How many of what has time go with what callers wait for, so that it never stands still.
const BESIDE: usize = 16;
/// How often a batch is loaded and decided again before its commands are settled one by one.
const ROUNDS: u32 = 3;

pub(crate) type Answer = Result<Outcome, AppError>;

/// A command on its way, with the place where its answer goes.
pub(crate) struct Envelope {
    pub(crate) command: Command,
    pub(crate) caller: Caller,
    reply: oneshot::Sender<Answer>,
}

impl Envelope {
    pub(crate) fn new(command: Command, caller: Caller, reply: oneshot::Sender<Answer>) -> Envelope {
        Envelope { command, caller, reply }
    }

    fn answer(self, answer: Answer) {
        // A caller that went away does not need its answer; what was committed stays.
        let _gone = self.reply.send(answer);
    }

    /// Commands that change what others rest on are settled alone.
    fn is_solitary(&self) -> bool {
        match self.command {
            Command::CreateRecord(_)
            | Command::ChangeRecord { .. }
            | Command::UserWithValues { .. }
            | Command::MoveBusinessDate { .. } => true,
            // A file is large: a batch holds one at most.
            Command::Paper(ref paper) => {
                matches!(**paper, PaperCommand::Create { new: NewPaper::Document(_), .. })
            }
            Command::CreateLoan { .. }
            | Command::Loan { .. }
            | Command::LoanWithValues { .. }
            | Command::EditCustomValues { .. }
            | Command::Restructure { .. }
            | Command::CreateSavings { .. }
            | Command::Savings { .. }
            | Command::Transfer { .. }
            | Command::SetSettlement { .. }
            | Command::Settle { .. }
            | Command::CreateClient { .. }
            | Command::EditClient { .. }
            | Command::DeleteClient { .. }
            | Command::CreateGroup { .. }
            | Command::EditGroup { .. }
            | Command::DeleteGroup { .. }
            | Command::Apply { .. }
            | Command::RejectApplication { .. }
            | Command::Market(_)
            | Command::Report(_)
            | Command::EnterJournal(_)
            | Command::PostIncome(_)
            | Command::BeginMany { .. }
            | Command::PostProvision(_)
            | Command::PostDepositInterest(_)
            | Command::Line(_)
            | Command::RegisterLead(_) => false,
        }
    }
}

/// What waits for a lane.
pub(crate) enum Work {
    Settle(Box<Envelope>),
    Preview(Box<PreviewRequest>),
}

/// One writer of the book.
pub(crate) struct Lane {
    store: Box<dyn WriteStore>,
    callers: mpsc::Receiver<Work>,
    behind: mpsc::Receiver<Work>,
    sources: Sources,
    numbers: Numbers,
    catalog: Arc<Catalog>,
    /// How many batches have gone by without a caller.
    quiet: u32,
}

impl Lane {
    pub(crate) fn new(
        store: Box<dyn WriteStore>,
        (callers, behind): (mpsc::Receiver<Work>, mpsc::Receiver<Work>),
        sources: Sources,
    ) -> Lane {
        let unread = Catalog { version: -1, ..Catalog::default() };
        Lane { store, callers, behind, sources, numbers: Numbers::new(), catalog: Arc::new(unread), quiet: 0 }
    }

    /// Settles commands until every handle on the desk is gone.
    pub(crate) async fn run(mut self) {
        let mut waiting = Vec::with_capacity(BATCH);
        while self.receive(&mut waiting).await {
            let mut batch = Vec::with_capacity(waiting.len());
            for work in waiting.drain(..) {
                match work {
                    Work::Settle(envelope) if !envelope.is_solitary() => batch.push(*envelope),
                    Work::Settle(envelope) => {
                        self.settle(std::mem::take(&mut batch)).await;
                        self.settle(vec![*envelope]).await;
                    }
                    // It meets what was handed in before it, as the command itself would.
                    Work::Preview(request) => {
                        self.settle(std::mem::take(&mut batch)).await;
                        self.preview(*request).await;
                    }
                }
            }
            self.settle(batch).await;
        }
    }

    /// Takes what callers wait for, with a little of what has time; where nobody waits, more of that. Nothing is taken
    /// any more when every handle on the desk is gone.
    async fn receive(&mut self, waiting: &mut Vec<Work>) -> bool {
        let is_waited_for = tokio::select! {
            biased;
            Some(work) = self.callers.recv() => { waiting.push(work); true }
            Some(work) = self.behind.recv() => { waiting.push(work); false }
            else => return false,
        };
        self.quiet = if is_waited_for { 0 } else { self.quiet.saturating_add(1) };
        let most_behind = if is_waited_for {
            take_waiting(&mut self.callers, waiting, BATCH - BESIDE);
            waiting.len() + BESIDE
        } else if self.quiet > QUIET {
            BATCH_UNDISTURBED
        } else {
            BATCH_BEHIND
        };
        take_waiting(&mut self.behind, waiting, most_behind);
        true
    }

    /// Settles a batch; when it cannot be written after some rounds, its commands one by one.
    async fn settle(&mut self, mut batch: Vec<Envelope>) {
        for round in 1..=ROUNDS {
            if batch.is_empty() {
                return;
            }
            match self.attempt(&mut batch).await {
                Ok(()) => return,
                // The more there are, the more likely it is that one of them meets somebody again.
                Err(StoreError::VersionConflict) if batch.len() > BATCH => {
                    let others = batch.split_off(batch.len() / 2);
                    Box::pin(self.settle(batch)).await;
                    return Box::pin(self.settle(others)).await;
                }
                Err(StoreError::VersionConflict | StoreError::Duplicate(_)) => {
                    tracing::warn!(
                        round,
                        commands = batch.len(),
                        "a batch met a conflict and is decided again"
                    );
                }
                // Deciding again what may have been written would write it twice.
                Err(error @ StoreError::OutcomeUnknown(_)) => {
                    tracing::error!(commands = batch.len(), %error, "it is not known what became of a batch");
                    batch.into_iter().for_each(|envelope| envelope.answer(Err(error.clone().into())));
                    return;
                }
                Err(error) => {
                    tracing::error!(round, commands = batch.len(), %error, "a batch was not written")
                }
            }
        }
        for envelope in batch {
            self.settle_alone(envelope).await;
        }
    }

    /// Settles one command. Other lanes may change an account of its meanwhile, where it is about two;
    /// then it is decided again some times.
    async fn settle_alone(&mut self, envelope: Envelope) {
        let mut alone = vec![envelope];
        for round in 1..=ROUNDS {
            let Err(error) = self.attempt(&mut alone).await else { return };
            let may_pass = matches!(error, StoreError::VersionConflict | StoreError::TryAgain(_));
            if may_pass && round < ROUNDS {
                continue;
            }
            return alone.into_iter().for_each(|envelope| {
                let answer = unwritten(&envelope.command, error.clone());
                envelope.answer(Err(answer));
            });
        }
    }

    /// One round: load, decide, save, answer. On an error nothing is written and what is left in
    /// the batch waits for the next round.
    async fn attempt(&mut self, batch: &mut Vec<Envelope>) -> Result<(), StoreError> {
        let mut session = self.session(&needs::of_batch(batch)).await?;
        let recorded_at = session.recorded_at;
        let mut answers = Vec::with_capacity(batch.len());
        for (position, envelope) in batch.iter().enumerate() {
            session.turn_to(position);
            answers.push(self.decide(&mut session, envelope).await?);
        }
        let (changes, broken) = session.finish();
        if let Some(changes) = changes
            && let Err(error) = self.store.save(&changes).await
        {
            if let StoreError::Duplicate(ids) = &error {
                refuse_taken(batch, &session.takers_of(ids), &self.catalog);
            }
            return Err(error);
        }
        self.quarantine(broken, recorded_at).await;
        batch.drain(..).zip(answers).for_each(|(envelope, answer)| envelope.answer(answer));
        Ok(())
    }

    /// Loads what commands must see.
    async fn session(&mut self, need: &Need) -> Result<Session, StoreError> {
        let loaded = self.store.load(need).await?;
        if loaded.state.catalog_version != self.catalog.version {
            self.catalog = Arc::new(self.store.load_catalog().await?);
        }
        Ok(Session::new(loaded, Arc::clone(&self.catalog), self.sources.clock.now()))
    }

    /// Decides a command as it would be decided now, and saves nothing.
    async fn preview(&mut self, request: PreviewRequest) {
        let mut round = 1;
        let answer = loop {
            match self.try_preview(&request).await {
                Ok(preview) => break preview,
                Err(StoreError::VersionConflict | StoreError::TryAgain(_)) if round < ROUNDS => round += 1,
                Err(error) => break Err(error.into()),
            }
        };
        request.answer(answer);
    }

    async fn try_preview(
        &mut self,
        request: &PreviewRequest,
    ) -> Result<Result<Preview, AppError>, StoreError> {
        let mut need = Need { loans: vec![request.loan], ..Need::default() };
        guarantors::need(&request.command, &mut need);
        let mut session = self.session(&need).await?;
        let ids = passing_ids(&self.sources, request.loan.part);
        let mut preview = session.preview(request, &ids);
        while let Some(wanted) = session.wanted() {
            self.give(&mut session, wanted).await?;
            preview = session.preview(request, &ids);
        }
        Ok(preview)
    }

    /// Loads what a decision wants to see besides.
    async fn give(&mut self, session: &mut Session, wanted: Wanted) -> Result<(), StoreError> {
        match wanted {
            Wanted::Log { loan, part, account_no } => {
                session.give_history(loan, self.store.load_history(part, account_no).await?)
            }
            Wanted::LoansOf(holder) => {
                session.give_loans_of(holder, self.store.load_loans_of(holder).await?);
                Ok(())
            }
            Wanted::SavingsLog { account, part, account_no } => {
                let entries = self.store.load_savings_history(part, account_no).await?;
                session.give_savings_history(account, entries)
            }
            Wanted::ApplicationsOf(borrower) => {
                session.applications.give(borrower.key, self.store.load_applications_of(borrower).await?);
                Ok(())
            }
            Wanted::BookingsOf(application) => {
                session.market.give(application.key, self.store.load_bookings_of(application).await?);
                Ok(())
            }
            Wanted::UncommittedOf(account) => {
                session.market.give(account.key, self.store.load_uncommitted_of(account).await?);
                Ok(())
            }
            Wanted::ApplicationOf { loan, part, account_no } => {
                session.give_application_of(loan, self.store.load_application_of(part, account_no).await?);
                Ok(())
            }
            Wanted::Booking(place) => {
                let booking = self.store.load_booking(place.part, place.number).await?;
                session.market.give_numbered(place, booking);
                Ok(())
            }
            Wanted::OpenApplications(asked) => {
                let found = self.store.load_open_applications(&asked).await?;
                session.give_open_applications(asked.account.key, found);
                Ok(())
            }
            Wanted::OrdersBefore(asked) => {
                let before = self.store.load_orders_before(&asked).await?;
                session.market.give_orders_before(&asked, Some(before));
                Ok(())
            }
            Wanted::Accounts(need) => {
                session.give_accounts(&need, self.store.load(&need).await?);
                Ok(())
            }
        }
    }

    /// Sets broken accounts aside before their callers are told. What was committed stands, so a
    /// failure here is only logged; the next command on the account panics again.
    async fn quarantine(&mut self, broken: Vec<(Address, String)>, at: Timestamp) {
        for (account, reason) in broken {
            if let Err(error) = self.store.quarantine(account, &reason, at).await {
                tracing::error!(account = %account.key, %error, "a broken account could not be set aside");
            }
        }
    }

    /// Decides one command, with its log where it asks for it.
    async fn decide(&mut self, session: &mut Session, envelope: &Envelope) -> Result<Answer, StoreError> {
        self.numbers.ensure(self.store.as_mut()).await?;
        let ids = self.numbers.offer(&self.sources, envelope.command.part());
        self.name_application(session, envelope).await?;
        session.credit_loaded(&envelope.caller, &ids);
        let mut decided = session.decide(envelope, &ids);
        while let Some(wanted) = session.wanted() {
            self.give(session, wanted).await?;
            session.credit_loaded(&envelope.caller, &ids);
            decided = session.decide(envelope, &ids);
        }
        let opens_account = match &envelope.command {
            Command::CreateLoan { .. }
            | Command::CreateSavings { .. }
            | Command::Restructure { .. }
            | Command::Apply { .. } => true,
            // Most reports are about loans that have a number already.
            Command::Report(_) => opened_reported_loan(&decided, ids.account_no),
            Command::Market(command) => {
                self.numbers.used(&ids, command.numbers());
                return Ok(decided);
            }
            Command::EnterJournal(_) => true,
            Command::PostIncome(posting) => posting.before.is_none(),
            Command::PostProvision(posting) => posting.before.is_none(),
            Command::PostDepositInterest(posting) => posting.before.is_none(),
            // Papers are counted with the accounts.
            Command::Paper(command) => matches!(**command, PaperCommand::Create { .. }),
            Command::Loan { .. }
            | Command::Savings { .. }
            | Command::Transfer { .. }
            | Command::SetSettlement { .. }
            | Command::Settle { .. }
            | Command::LoanWithValues { .. }
            | Command::EditCustomValues { .. }
            | Command::CreateClient { .. }
            | Command::EditClient { .. }
            | Command::DeleteClient { .. }
            | Command::CreateGroup { .. }
            | Command::EditGroup { .. }
            | Command::DeleteGroup { .. }
            | Command::RejectApplication { .. }
            | Command::RegisterLead(_)
            | Command::Line(_)
            | Command::BeginMany { .. }
            | Command::CreateRecord(_)
            | Command::ChangeRecord { .. }
            | Command::UserWithValues { .. }
            | Command::MoveBusinessDate { .. } => false,
        };
        self.numbers.used(&ids, i64::from(opens_account));
        Ok(decided)
    }

    /// Takes key and number for an application, if this is one, or a loan that is named as those of applications are.
    /// The number is passed over when the batch gives the id of its loan to another.
    async fn name_application(
        &mut self,
        session: &mut Session,
        envelope: &Envelope,
    ) -> Result<(), StoreError> {
        let Some(part) = part_to_name(&envelope.command) else { return Ok(()) };
        let number = loop {
            let number = self.numbers.take_application(self.store.as_mut()).await?;
            if !session.takes_loan_of(number) {
                break number;
            }
        };
        session.offer_application(NewName { key: self.sources.new_key(part), number });
        Ok(())
    }
}

/// The part of a command that takes a number of applications.
fn part_to_name(command: &Command) -> Option<Part> {
    if let Command::Apply { borrower, .. } = command {
        return Some(borrower.part);
    }
    let Command::Market(market) = command else { return None };
    matches!(**market, MarketCommand::Open { .. }).then(|| market.part())
}

/// Takes what is there already, up to so many in all.
fn take_waiting(queue: &mut mpsc::Receiver<Work>, waiting: &mut Vec<Work>, most: usize) {
    while waiting.len() < most
        && let Ok(work) = queue.try_recv()
    {
        waiting.push(work);
    }
}

/// Why a command could not be written. An id that is taken, and that nobody gave, was drawn.
fn unwritten(command: &Command, error: StoreError) -> AppError {
    let draws_id = matches!(
        command,
        Command::CreateLoan { .. }
            | Command::CreateSavings { .. }
            | Command::Restructure { .. }
            | Command::CreateClient { .. }
            | Command::CreateGroup { .. }
            | Command::Line(_)
    );
    if matches!(error, StoreError::Duplicate(_)) && draws_id && id_named(command).is_none() {
        return Refusal::NoFreeId.into();
    }
    error.into()
}

/// Whether a report opened a loan under this number.
fn opened_reported_loan(answer: &Answer, account_no: i64) -> bool {
    let Ok(Outcome { done: Done::Report { loan: Some(loan), .. }, .. }) = answer else { return false };
    loan.account_no == account_no
}

/// Refuses the commands at these positions, which named a taken id; an id that the book drew is
/// drawn again.
fn refuse_taken(batch: &mut Vec<Envelope>, takers: &HashMap<usize, IdName>, catalog: &Catalog) {
    for (position, envelope) in std::mem::take(batch).into_iter().enumerate() {
        let refusal = takers.get(&position).and_then(|taken| match id_named(&envelope.command) {
            _ if taken.kind == IdKind::CustomValue => Some(id_in_use(taken, catalog)),
            named => named.map(|(kind, id)| Refusal::IdInUse { kind, value: id.to_owned() }),
        });
        match refusal {
            Some(refusal) => envelope.answer(Err(refusal.into())),
            None => batch.push(envelope),
        }
    }
}
