//! The ports: what a store, a clock and a source of randomness must offer.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::OrdersBefore;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::{Key, Part};
use loam_book::journal::GlAccount;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::paper::{DocumentContent, Paper};
use loam_book::party::group::Group;
use loam_book::party::{Client, Ties};
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::statement::AccountSince;
use loam_book::savings::transaction::SavingsTransaction;
use loam_calc::currency::Currency;

use crate::changes::{Changes, IdName};
use crate::command::{Address, Outcome};
use crate::error::StoreError;
use crate::freshness::Position;
use crate::indicators::{AtRisk, Counted};
use crate::portfolios::{OpenAsked, OrdersAsked};
use crate::search::clients::ClientQuery;
use crate::search::columns::LoanQuery;
use crate::search::entries::{EntryQuery, LedgerSum, StoredEntry, SumFilter};
use crate::search::groups::GroupQuery;
use crate::search::savings::SavingsQuery;
use crate::search::savings_transactions::{FoundMovement, MovementQuery};
use crate::search::transactions::{FoundTransaction, TransactionQuery};
use crate::views::{
    ActivityFilter, ApplicationFilter, BookingFilter, ClientFilter, ClientView, DailyCount, DueFilter,
    GroupFilter, GroupView, LeadFilter, LineFilter, LoanFilter, Page, PaperFilter, ReportedLoanFilter,
    SavingsFilter, StoredActivity, StoredReport, SubjectFilter, SubjectTotals,
};

pub use self::tokens::{AccessToken, SignInStore, TokenStore};

mod tokens;

mod check;
mod end_of_day;
mod report;

pub use check::{
    CheckStore, LinePlace, Placed, RowCounts, StoredAccount, StoredLine, StoredSavingsAccount, WrongSum,
};
pub use end_of_day::{
    ActionPlace, CalendarWork, EndOfDayStore, Lease, Listed, RowPlace, UnreadableRow, WrittenKey,
};
pub use report::{
    BookedFilter, BookedSum, ByDay, LoanPage, Logged, LoggedSavings, ReportStore, UnreadableLoan,
};

/// The state of the book itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookState {
    pub business_date: Date,
    pub currency: Currency,
    /// IANA name of the organization's time zone.
    pub time_zone: String,
    pub catalog_version: i64,
    /// Last day of the last closed accounting period.
    pub closed_through: Option<Date>,
}

/// What a batch must see before it is decided.
#[derive(Debug, Default, Clone)]
pub struct Need {
    pub loans: Vec<Address>,
    pub clients: Vec<Address>,
    pub groups: Vec<Address>,
    /// Clients who are to be deleted.
    pub ties: Vec<Address>,
    pub applications: Vec<Address>,
    pub fund_transactions: Vec<Address>,
    pub subjects: Vec<Address>,
    pub reported_loans: Vec<Address>,
    pub savings: Vec<Address>,
    pub papers: Vec<Address>,
    /// Lines of credit.
    pub lines: Vec<Address>,
    /// Owners whose custom field values are to be seen.
    pub custom_values: Vec<Address>,
    /// Idempotency keys, each in its part.
    pub answers: Vec<(Part, String)>,
}

/// What a batch sees.
#[derive(Debug)]
pub struct Loaded {
    pub state: BookState,
    pub loans: HashMap<Key, Arc<Loan>>,
    /// The days of next actions that are kept of the loans, as far as they have any.
    pub actions: HashMap<Key, Date>,
    pub clients: HashMap<Key, Client>,
    pub groups: HashMap<Key, Group>,
    pub applications: HashMap<Key, Application>,
    pub fund_transactions: HashMap<Key, FundTransaction>,
    pub subjects: HashMap<Key, Subject>,
    pub reported_loans: HashMap<Key, ReportedLoan>,
    pub savings: HashMap<Key, Savings>,
    /// What waits to be credited to the named deposit accounts.
    pub shares: Vec<InvestorShare>,
    pub papers: HashMap<Key, Paper>,
    pub lines: HashMap<Key, LineOfCredit>,
    /// By their owners, as far as they have any.
    pub custom_values: HashMap<Key, CustomValues>,
    /// Those of the named clients who have an active loan.
    pub borrowers: Vec<Key>,
    /// What ties the clients who are to be deleted; nothing ties who is not here.
    pub tied: HashMap<Key, Ties>,
    /// Those of the named clients and groups who have any loan.
    pub holders: Vec<Key>,
    pub answers: HashMap<String, StoredAnswer>,
    /// Those of the named loans and deposit accounts that are quarantined.
    pub quarantined: Vec<Key>,
}

impl Loaded {
    /// What a batch sees in a book that has no accounts.
    pub fn of_nothing(state: BookState) -> Loaded {
        Loaded {
            state,
            loans: HashMap::new(),
            actions: HashMap::new(),
            clients: HashMap::new(),
            groups: HashMap::new(),
            applications: HashMap::new(),
            fund_transactions: HashMap::new(),
            subjects: HashMap::new(),
            reported_loans: HashMap::new(),
            savings: HashMap::new(),
            shares: Vec::new(),
            papers: HashMap::new(),
            lines: HashMap::new(),
            custom_values: HashMap::new(),
            borrowers: Vec::new(),
            tied: HashMap::new(),
            holders: Vec::new(),
            answers: HashMap::new(),
            quarantined: Vec::new(),
        }
    }
}

/// An answer that was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub content: String,
    pub outcome: Outcome,
}

/// What numbers are handed out in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdBlock {
    Account,
    Transaction,
    /// What applications of the marketplace are called by.
    Application,
}

impl IdBlock {
    pub fn name(self) -> &'static str {
        match self {
            IdBlock::Account => "account",
            IdBlock::Transaction => "transaction",
            IdBlock::Application => "application",
        }
    }
}

/// The writing side of a store: one lane owns one of these.
#[async_trait]
pub trait WriteStore: Send {
    /// Loads everything that a batch needs, in one round trip.
    async fn load(&mut self, need: &Need) -> Result<Loaded, StoreError>;
    /// The whole log of a loan, in order.
    async fn load_history(&mut self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError>;
    /// The whole log of a deposit account, in order.
    async fn load_savings_history(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Vec<SavingsEntry>, StoreError>;
    /// The loans of a client or group.
    async fn load_loans_of(&mut self, holder: Address) -> Result<Vec<Loan>, StoreError>;
    /// The bookings of an application, in the order of their numbers.
    async fn load_bookings_of(&mut self, application: Address) -> Result<Vec<Booking>, StoreError>;
    /// Bookings that wait for money of a deposit account, in the order of their numbers.
    async fn load_uncommitted_of(&mut self, account: Address) -> Result<Vec<Booking>, StoreError>;
    /// The applications of a borrower, in the order of their numbers.
    async fn load_applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, StoreError>;
    /// The application for which a loan was made.
    async fn load_application_of(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Application>, StoreError>;
    async fn load_booking(&mut self, part: Part, number: i64) -> Result<Option<Booking>, StoreError>;
    /// Applications that an order may choose, by the day on which they close and their numbers.
    async fn load_open_applications(&mut self, asked: &OpenAsked) -> Result<Vec<Application>, StoreError>;
    /// How many booking orders an account gave.
    async fn load_orders_before(&mut self, asked: &OrdersAsked) -> Result<OrdersBefore, StoreError>;
    /// All records.
    async fn load_catalog(&mut self) -> Result<Catalog, StoreError>;
    /// Takes `count` numbers out of a block, in a transaction of its own; gives the first.
    async fn take_ids(&mut self, block: IdBlock, count: i64) -> Result<i64, StoreError>;
    /// Writes everything in one transaction and returns after its commit. On an error nothing is
    /// written.
    async fn save(&mut self, changes: &Changes) -> Result<(), StoreError>;
    /// Sets an account aside, in a transaction of its own.
    async fn quarantine(&mut self, account: Address, reason: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Takes an account back that was set aside, in a transaction of its own.
    async fn lift_quarantine(&mut self, account: Address) -> Result<(), StoreError>;
}

/// The reading side of a store, shared by all requests.
#[async_trait]
pub trait ReadStore: ReportStore {
    async fn state(&self) -> Result<BookState, StoreError>;
    async fn catalog(&self) -> Result<Catalog, StoreError>;
    /// Finds an account or client by human id or by a key without Loam's mark.
    async fn resolve(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError>;
    /// The same for many, each as it was asked for; those that name nothing are left out.
    async fn resolve_all(
        &self,
        kind: IdKind,
        ids_or_keys: &[&str],
    ) -> Result<HashMap<String, Address>, StoreError>;
    async fn loan(&self, address: Address) -> Result<Option<Loan>, StoreError>;
    /// The custom field values of these owners, as far as they have any.
    async fn custom_values(&self, owners: &[Address]) -> Result<Vec<CustomValues>, StoreError>;
    async fn loans(&self, filter: &LoanFilter, page: Page) -> Result<Vec<Loan>, StoreError>;
    /// Loans of which all conditions hold, in the order of the query.
    async fn search_loans(&self, query: &LoanQuery, page: Page) -> Result<Vec<Loan>, StoreError>;
    /// Installments of all accounts by due date, each with the address of its loan and its number.
    async fn installments_due(&self, due: &DueFilter, page: Page) -> Result<Vec<(Address, u32)>, StoreError>;
    /// Clients of whom all conditions hold, in the order in which they were entered.
    async fn search_clients(&self, query: &ClientQuery, limit: i64) -> Result<Vec<ClientView>, StoreError>;
    /// Groups of which all conditions hold, in the order in which they were entered.
    async fn search_groups(&self, query: &GroupQuery, limit: i64) -> Result<Vec<GroupView>, StoreError>;
    /// Deposit accounts of which all conditions hold, in the order in which they were opened.
    async fn search_savings(&self, query: &SavingsQuery, limit: i64) -> Result<Vec<Savings>, StoreError>;
    /// Transactions of deposit accounts of which all conditions hold, the newest first.
    async fn search_savings_transactions(
        &self,
        query: &MovementQuery,
        limit: i64,
    ) -> Result<Vec<FoundMovement>, StoreError>;
    /// Transactions of which all conditions hold, the newest first.
    async fn search_transactions(
        &self,
        query: &TransactionQuery,
        limit: i64,
    ) -> Result<Vec<FoundTransaction>, StoreError>;
    async fn client(&self, address: Address) -> Result<Option<ClientView>, StoreError>;
    async fn clients(&self, filter: &ClientFilter, page: Page) -> Result<Vec<ClientView>, StoreError>;
    async fn group(&self, address: Address) -> Result<Option<GroupView>, StoreError>;
    async fn groups(&self, filter: &GroupFilter, page: Page) -> Result<Vec<GroupView>, StoreError>;
    /// The newest first.
    async fn transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<LoanTransaction>, StoreError>;
    async fn history(&self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError>;
    async fn application(&self, address: Address) -> Result<Option<Application>, StoreError>;
    /// An application by its number, which is unique in the whole book; found sooner in its part.
    async fn application_by_number(
        &self,
        part: Option<Part>,
        number: i64,
    ) -> Result<Option<Application>, StoreError>;
    /// Where the application with this number is.
    async fn application_place(&self, part: Option<Part>, number: i64)
    -> Result<Option<Address>, StoreError>;
    /// In the order of their numbers.
    async fn applications(
        &self,
        filter: &ApplicationFilter,
        page: Page,
    ) -> Result<Vec<Application>, StoreError>;
    /// The application for which a loan was made.
    async fn application_of(&self, part: Part, account_no: i64) -> Result<Option<Application>, StoreError>;
    /// In the order of their numbers.
    async fn bookings(&self, filter: &BookingFilter, page: Page) -> Result<Vec<Booking>, StoreError>;
    async fn booking(&self, part: Part, number: i64) -> Result<Option<Booking>, StoreError>;
    /// A fund transaction by its number.
    async fn fund_transaction(&self, part: Part, number: i64) -> Result<Option<FundTransaction>, StoreError>;
    /// Where the loan or deposit account with this number is.
    async fn account_numbered(
        &self,
        kind: IdKind,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Address>, StoreError>;
    /// Finds what an organization gave an id: a subject by its reference, or a reported loan.
    async fn resolve_name(&self, name: &IdName) -> Result<Option<Address>, StoreError>;
    async fn subject(&self, address: Address) -> Result<Option<Subject>, StoreError>;
    async fn subjects(&self, filter: &SubjectFilter, page: Page) -> Result<Vec<Subject>, StoreError>;
    async fn count_subjects(&self, filter: &SubjectFilter) -> Result<i64, StoreError>;
    /// What the subjects of a filter add up to.
    async fn subject_totals(&self, filter: &SubjectFilter) -> Result<SubjectTotals, StoreError>;
    async fn reported_loan(&self, address: Address) -> Result<Option<ReportedLoan>, StoreError>;
    /// In the order in which they were first reported.
    async fn reported_loans(
        &self,
        filter: &ReportedLoanFilter,
        page: Page,
    ) -> Result<Vec<ReportedLoan>, StoreError>;
    async fn count_reported_loans(&self, filter: &ReportedLoanFilter) -> Result<i64, StoreError>;
    /// The reports of a loan, the newest first.
    async fn reports(&self, part: Part, account_no: i64, page: Page)
    -> Result<Vec<StoredReport>, StoreError>;
    /// In the order of their numbers; with `before`, in the opposite one.
    async fn leads(&self, filter: &LeadFilter, page: Page) -> Result<Vec<Lead>, StoreError>;
    /// How many subjects an organization opened on each day (UTC), and how many of them have loans.
    async fn subjects_by_day(&self, filter: &SubjectFilter) -> Result<Vec<DailyCount>, StoreError>;
    /// Settled loans of an organization by the day of settlement, and by how many days after the
    /// last due date that was (negative: before it).
    async fn settlements_by_day(
        &self,
        filter: &ReportedLoanFilter,
    ) -> Result<Vec<crate::views::SettlementCount>, StoreError>;
    async fn savings(&self, address: Address) -> Result<Option<Savings>, StoreError>;
    /// In the order in which they were opened.
    async fn list_savings(&self, filter: &SavingsFilter, page: Page) -> Result<Vec<Savings>, StoreError>;
    /// A deposit account with all that moved it from a day on, in the order in which it was written, of one instant.
    async fn account_since(&self, account: Address, from: Date) -> Result<Option<AccountSince>, StoreError>;
    /// What one investor paid for a loan and got of it, in the order in which it was written.
    async fn shares_of_fund(
        &self,
        part: Part,
        account_no: i64,
        fund: Key,
    ) -> Result<Vec<InvestorShare>, StoreError>;
    /// The transactions of a deposit account, the newest first.
    async fn savings_transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<SavingsTransaction>, StoreError>;
    async fn line_of_credit(&self, address: Address) -> Result<Option<LineOfCredit>, StoreError>;
    /// In the order in which they were entered.
    async fn lines_of_credit(&self, filter: &LineFilter, page: Page)
    -> Result<Vec<LineOfCredit>, StoreError>;
    async fn paper(&self, address: Address) -> Result<Option<Paper>, StoreError>;
    /// A paper by its number, which is unique in the whole book.
    async fn paper_by_number(&self, number: i64) -> Result<Option<Paper>, StoreError>;
    /// In the order of their numbers; tasks by their days before.
    async fn papers(&self, filter: &PaperFilter, page: Page) -> Result<Vec<Paper>, StoreError>;
    /// What was done, the newest first.
    async fn activities(
        &self,
        filter: &ActivityFilter,
        page: Page,
    ) -> Result<Vec<StoredActivity>, StoreError>;
    /// What stands in a document.
    async fn document_content(&self, document: Address) -> Result<Option<DocumentContent>, StoreError>;
    /// Entries of the journal, by booking date and number.
    async fn journal_entries(&self, query: &EntryQuery, page: Page) -> Result<Vec<StoredEntry>, StoreError>;
    /// What was booked on accounts, for each currency; accounts without bookings are left out.
    async fn ledger_sums(&self, filter: &SumFilter) -> Result<Vec<LedgerSum>, StoreError>;
    /// The id of a loan or a deposit account that is not over and keeps a rule by which it books one of these on a GL
    /// account. All accounts are read for it.
    async fn account_booking(
        &self,
        kind: IdKind,
        on: Key,
        resources: &[GlAccount],
    ) -> Result<Option<String>, StoreError>;
    /// How many there are, in these branches; without any, in all and in none.
    async fn count_of(&self, counted: Counted, within: &[Key]) -> Result<i64, StoreError>;
    /// What active loans owe in principal that are in arrears since a day or longer.
    async fn principal_at_risk(&self, since: Date, within: &[Key]) -> Result<Vec<AtRisk>, StoreError>;
    /// Answers when the database does.
    async fn ping(&self) -> Result<(), StoreError>;
    /// What this process has committed lies before this; `None` where no replica answers, so that nobody has to ask
    /// whether one has come so far.
    fn written(&self) -> Option<Position> {
        None
    }
}

/// Copies the book, while it is served.
#[async_trait]
pub trait BackupStore: Send + Sync {
    /// Writes the whole book, as one commit left it, into a new file.
    async fn back_up(&self, file: &Path) -> Result<(), StoreError>;
}

/// What is to be told to one target about one account: not the change itself but that there was
/// one. Whoever delivers tells how the account stands, so a target that was away misses nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// A target, or the business whose webhook it is.
    pub target: Key,
    /// The loan or the reported loan.
    pub account: Address,
    pub account_no: i64,
    /// Up to which entry of its log the target has been told.
    pub sent_seq: i64,
    /// Up to which it is to be told.
    pub wanted_seq: i64,
    /// How often the present attempt failed in a row.
    pub attempts: i64,
    /// `None`: everything was told, or it was given up.
    pub next_attempt_at: Option<Timestamp>,
    /// Until when it is a worker's, which names its claim by this instant: no two claims end at the
    /// same. `None`: it is nobody's.
    pub claimed_until: Option<Timestamp>,
    /// Given up until somebody replays it.
    pub is_dead: bool,
    pub last_error: Option<String>,
}

/// How many deliveries stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryCounts {
    pub waiting: i64,
    pub dead: i64,
    /// Outbox rows that no delivery was made of yet.
    pub unread: i64,
}

/// From where a delivery is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// All of them, from the beginning of the account.
    FromTheBeginning,
    /// Those that were given up, from where they stood.
    GivenUp,
}

/// The outbox and what becomes of it. At least once, and in order for each account and target: one
/// row stands for both, and one worker holds it at a time.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// Takes up to `limit` outbox rows that were not taken yet, in the order of their recording,
    /// and makes deliveries of them in the same transaction: of changes of serviced loans to every
    /// one of `targets`, of reports to the organization's entry in `webhooks`. Gives how many rows
    /// it took.
    async fn fan_out(
        &self,
        targets: &[Key],
        webhooks: &[(String, Key)],
        now: Timestamp,
        limit: i64,
    ) -> Result<i64, StoreError>;
    /// Claims deliveries whose time has come until `lease_until`; another worker does not get them
    /// before. Of each of `listeners`, a target or a business, at most as many as stand with it, and
    /// `limit` of all. What is to be told to others stays as it is.
    async fn claim(
        &self,
        listeners: &[(Key, i64)],
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// The target has been told up to `seq`; what came meanwhile stays to be told. This and the next
    /// two change nothing when the claim is over: another worker has it, or it was replayed.
    async fn delivered(&self, delivery: &Delivery, seq: i64, now: Timestamp) -> Result<(), StoreError>;
    /// An attempt failed; `next_attempt_at` is none when it is given up.
    async fn failed(
        &self,
        delivery: &Delivery,
        error: &str,
        next_attempt_at: Option<Timestamp>,
    ) -> Result<(), StoreError>;
    /// Gives a claim back: nothing was told and nothing failed.
    async fn postponed(&self, delivery: &Delivery, until: Timestamp) -> Result<(), StoreError>;
    /// Deliveries that were given up, or all, of a target; the account's number orders them.
    async fn deliveries(
        &self,
        target: Option<Key>,
        only_dead: bool,
        page: Page,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// Tells a target again: of one account, or of all that it was ever told of. Gives how many.
    async fn replay(
        &self,
        target: Key,
        account: Option<Address>,
        what: Replay,
        now: Timestamp,
    ) -> Result<i64, StoreError>;
    /// Tells `targets` again how those loans stand that they know and of which an installment was unpaid
    /// at the end of a day from `from` to the day before `to`, or fell due after `from`, up to `to`, with
    /// nothing to pay or after it was paid: a loan may stand otherwise then without anything having
    /// happened to it. Gives how many.
    async fn raise_due(
        &self,
        targets: &[Key],
        from: Date,
        to: Date,
        now: Timestamp,
    ) -> Result<i64, StoreError>;
    /// Makes deliveries of every serviced loan, for a target that is new. Gives how many.
    async fn enroll(&self, target: Key, now: Timestamp) -> Result<i64, StoreError>;
    async fn counts(&self) -> Result<DeliveryCounts, StoreError>;
}

/// The clock: instants only, never dates of the book.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// A source of randomness for keys and ids.
pub trait Random: Send + Sync {
    fn draw(&self) -> u64;
}
