//! Fills a book through its own desk: clients, and loans of twelve installments of which the first
//! is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::anyhow;
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_app::command::{Address, Caller, Command, Done};
use loam_app::desk::{Desk, Lanes};
use loam_app::ports::{Clock, Random};
use loam_book::actor::{Actor, Door};
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::{User, UserState};
use loam_book::party::{Assignment, NewClient, Profile};
use loam_book::product::Product;
use loam_book::record::Record;
use loam_store::{DatabaseUrl, NewBook, Store};

/// The day on which the loans are paid out, and the business date: the first due date.
pub(crate) const DISBURSED_ON: Date = date(2026, 1, 15);
pub(crate) const BUSINESS_DATE: Date = date(2026, 2, 15);
/// How many commands are handed in at once.
const AT_ONCE: usize = 512;
/// How many loans one client holds.
const LOANS_OF_A_CLIENT: usize = 4;

pub(crate) struct BenchClock;

impl Clock for BenchClock {
    #[expect(clippy::disallowed_methods, reason = "a benchmark stamps real times")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Numbers that are spread evenly and the same in every run.
pub(crate) struct Spread(pub(crate) AtomicU64);

impl Random for Spread {
    fn draw(&self) -> u64 {
        let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 31)
    }
}

/// An open desk over the book that is measured.
pub(crate) struct Filler {
    store: Store,
    desk: Desk,
    lanes: Lanes,
    product: Key,
}

pub(crate) fn caller() -> Caller {
    let actor = Actor {
        user_key: Key::entity(Part::new(0), 0, 0),
        username: "bench".into(),
        is_administrator: true,
        permissions: vec![],
        only_own_clients: false,
        role: None,
        bounds: loam_book::rights::Bounds::default(),
    };
    Caller { actor: Arc::new(actor), door: Door::CommandLine, request_id: "bench".into(), idempotency: None }
}

impl Filler {
    /// Creates a book with a product and the administrator.
    pub(crate) async fn create(url: &DatabaseUrl, password_hash: &str) -> anyhow::Result<Filler> {
        let new = NewBook {
            business_date: BUSINESS_DATE,
            currency: loam_calc::currency::Currency::USD,
            time_zone: "UTC".into(),
            created_at: BenchClock.now(),
        };
        Store::create(url, &new).await.map_err(|error| anyhow!("{error}"))?;
        let product = product();
        let filler = Filler::open_with(url, product.key, 1).await?;
        filler.submit(Command::CreateRecord(Box::new(Record::Product(Box::new(product))))).await?;
        filler.submit(Command::CreateRecord(Box::new(Record::User(admin(password_hash))))).await?;
        Ok(filler)
    }

    /// Opens the book again, to go on filling it.
    pub(crate) async fn open(url: &DatabaseUrl, seed: u64) -> anyhow::Result<Filler> {
        Filler::open_with(url, product().key, seed).await
    }

    async fn open_with(url: &DatabaseUrl, product: Key, seed: u64) -> anyhow::Result<Filler> {
        // One lane: where loans share an investor, two would wait for each other while they are paid out.
        let store = Store::open(url, 1).await.map_err(|error| anyhow!("{error}"))?;
        let random = Arc::new(Spread(AtomicU64::new(seed)));
        let (desk, lanes) =
            Desk::open(store.lanes().map_err(|error| anyhow!("{error}"))?, Arc::new(BenchClock), random)?;
        Ok(Filler { store, desk, lanes, product })
    }

    /// Lets go of the book.
    pub(crate) fn close(self) {
        drop(self.desk);
        self.lanes.join();
        drop(self.store);
    }

    /// Adds loans; gives their addresses.
    pub(crate) async fn add(&self, count: usize) -> anyhow::Result<Vec<Address>> {
        let clients = count.div_ceil(LOANS_OF_A_CLIENT);
        let holders = self.all((0..clients).map(|n| self.new_client(n)).collect()).await?;
        let new = |n: usize| self.new_loan(holders[n % holders.len()]);
        let loans = self.all((0..count).map(new).collect()).await?;
        let on = |loan: &Address, command: LoanCommand| Command::Loan { loan: *loan, command };
        let approve = |loan| on(loan, LoanCommand::Approve { notes: None });
        self.all(loans.iter().map(approve).collect()).await?;
        let disburse = Disburse { value_date: Some(DISBURSED_ON), ..Disburse::default() };
        self.all(loans.iter().map(|loan| on(loan, LoanCommand::Disburse(disburse.clone()))).collect())
            .await?;
        Ok(loans)
    }

    pub(crate) async fn all(&self, commands: Vec<Command>) -> anyhow::Result<Vec<Address>> {
        let mut addresses = Vec::with_capacity(commands.len());
        let mut commands = commands.into_iter();
        loop {
            let batch: Vec<Command> = commands.by_ref().take(AT_ONCE).collect();
            if batch.is_empty() {
                return Ok(addresses);
            }
            for address in join_all(batch.into_iter().map(|command| self.submit(command))).await {
                addresses.push(address?);
            }
        }
    }

    /// Hands reports in.
    pub(crate) async fn report(&self, commands: Vec<Command>) -> anyhow::Result<()> {
        self.all(commands).await.map(|_| ())
    }

    pub(crate) async fn outcome(&self, command: Command) -> anyhow::Result<Done> {
        let outcome = self.desk.submit(command, caller()).await.map_err(|error| anyhow!("{error}"))?;
        Ok(outcome.done)
    }

    pub(crate) async fn submit(&self, command: Command) -> anyhow::Result<Address> {
        Ok(match self.outcome(command).await? {
            Done::Loan { loan, .. } => Address { part: loan.part, key: loan.key },
            Done::Client { client } => Address { part: client.part, key: client.key },
            Done::Group { group } => Address { part: group.part, key: group.key },
            Done::Application { application, .. } => Address { part: application.part, key: application.key },
            Done::Record { record } => Address { part: Part::new(0), key: record.key() },
            Done::Report { subject: Some(subject), .. } => subject.address(),
            Done::Savings { .. }
            | Done::Booking { .. }
            | Done::BookingOrder { .. }
            | Done::Orders { .. }
            | Done::FundTransaction { .. }
            | Done::Report { subject: None, .. }
            | Done::Paper { .. }
            | Done::ManualEntry { .. }
            | Done::Posted { .. }
            | Done::Line { .. }
            | Done::CustomValues { .. }
            | Done::Lead { .. }
            | Done::LoanMoved { .. }
            | Done::ManyBegun
            | Done::BusinessDate { .. } => {
                unreachable!("the benchmark fills in subjects, no leads, and moves no date")
            }
        })
    }

    pub(crate) fn new_client(&self, number: usize) -> Command {
        let new = NewClient {
            id: None,
            state: None,
            profile: Profile {
                first_name: format!("Client {number}"),
                last_name: "Bench".into(),
                ..Profile::default()
            },
            role: None,
            assignment: Assignment::default(),
            addresses: vec![],
            documents: vec![],
            custom_values: Vec::new(),
        };
        Command::CreateClient { part: self.desk.part_for_new_holder(None), new: Box::new(new) }
    }

    fn new_loan(&self, holder: Address) -> Command {
        let new = NewLoan {
            id: None,
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            product: self.product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures: LoanFigures::default(),
        };
        Command::CreateLoan { holder, new: Box::new(new) }
    }
}

/// Twelve equal installments of 5,000 at 12 %.
pub(crate) fn product() -> Product {
    serde_json::from_str(include_str!("product.json")).expect("the product is complete")
}

fn admin(password_hash: &str) -> User {
    User {
        key: Key::entity(Part::new(0), 0, 3),
        number: 1,
        username: "admin".into(),
        first_name: "admin".into(),
        last_name: String::new(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: true,
        is_teller: false,
        is_credit_officer: false,
        has_api_access: true,
        sees_other_officers_clients: true,
        branch: None,
        reach: loam_book::rights::Reach { manages_all_branches: true, ..loam_book::rights::Reach::default() },
        permissions: vec![],
        password_hash: None,
        api_key_hash: Some(password_hash.to_owned()),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}
