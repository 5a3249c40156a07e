//! Commands as the desk takes them, who sends them, and what comes back.

use std::sync::Arc;

use jiff::civil::Date;
use loam_book::actor::{Actor, Door};
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::BookingOrder;
use loam_book::application::{Application, NewApplication};
use loam_book::custom_field::owner::Owner;
use loam_book::custom_field::value::{CustomEdit, CustomValues, StatedValue};
pub use loam_book::ids::Address;
use loam_book::ids::Part;
use loam_book::journal::deposit_interest::DepositInterestPosting;
use loam_book::journal::income::IncomePosting;
use loam_book::journal::manual::{ManualEntry, NewManualEntry};
use loam_book::journal::provisions::ProvisionPosting;
use loam_book::line_of_credit::{LineCommand, LineOfCredit};
use loam_book::loan::Loan;
use loam_book::loan::brief::BriefLoan;
use loam_book::loan::command::{LoanCommand, NewLoan};
use loam_book::loan::restructuring::Restructure;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::organization::User;
use loam_book::paper::{Paper, PaperCommand};
use loam_book::party::group::{Group, GroupEdit, NewGroup};
use loam_book::party::{Client, ClientEdit, NewClient};
use loam_book::record::Record;
use loam_book::reporting::ReportCommand;
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use loam_book::savings::Savings;
use loam_book::savings::command::{Move, NewSavings, SavingsCommand};
use loam_book::savings::transaction::SavingsTransaction;
use serde::{Deserialize, Serialize};

use crate::custom_values::EDIT_VALUES;
pub use crate::market::MarketCommand;

/// Everything that somebody can ask of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    CreateLoan {
        holder: Address,
        new: Box<NewLoan>,
    },
    Loan {
        loan: Address,
        command: LoanCommand,
    },
    /// A command whose transaction brings custom field values, kept under the key that its details name.
    LoanWithValues {
        loan: Address,
        command: LoanCommand,
        values: Vec<StatedValue>,
    },
    /// Changes the custom field values of an owner; `account` is the one that it is or hangs on: a loan, or
    /// with values of deposit accounts one of those.
    EditCustomValues {
        owner: Owner,
        account: Option<Address>,
        edit: CustomEdit,
    },
    /// Puts another loan of the same holder in the place of one.
    Restructure {
        loan: Address,
        /// Who holds the loan.
        holder: Address,
        restructure: Box<Restructure>,
    },
    /// The part is drawn by the desk.
    CreateClient {
        part: Part,
        new: Box<NewClient>,
    },
    EditClient {
        client: Address,
        edit: Box<ClientEdit>,
    },
    DeleteClient {
        client: Address,
    },
    /// The part is drawn by the desk.
    CreateGroup {
        part: Part,
        new: Box<NewGroup>,
    },
    EditGroup {
        group: Address,
        /// Who was a member when the change was worked out: those who leave are changed with the group.
        members: Vec<Address>,
        edit: Box<GroupEdit>,
    },
    DeleteGroup {
        group: Address,
        /// As above.
        members: Vec<Address>,
    },
    /// Applies for a loan in the marketplace.
    Apply {
        borrower: Address,
        new: Box<NewApplication>,
    },
    /// Rejects an application and its loan.
    RejectApplication {
        application: Address,
        /// The loan that was made for it.
        loan: Option<Address>,
    },
    /// What investors and the marketplace ask for.
    Market(Box<MarketCommand>),
    CreateSavings {
        holder: Address,
        new: Box<NewSavings>,
    },
    Savings {
        account: Address,
        command: SavingsCommand,
    },
    /// Moves money from a deposit account to another account.
    Transfer {
        from: Address,
        to: TransferTo,
        wanted: Box<Move>,
    },
    /// Lets a deposit account pay for a loan, or no longer.
    SetSettlement {
        loan: Address,
        account: Address,
        is_linked: bool,
    },
    /// Pays what is due of a loan from the accounts that are linked with it, as long as the book is on this day: a
    /// server that comes late to the end of a day takes nothing at the beginning of the next.
    Settle {
        loan: Address,
        on: Date,
    },
    Report(Box<ReportCommand>),
    /// Takes a lead in, or replaces what is known of it.
    RegisterLead(Box<Lead>),
    /// A comment, a document or a task.
    Paper(Box<PaperCommand>),
    /// Books on accounts of the chart by hand.
    EnterJournal(Box<NewManualEntry>),
    /// A line of credit itself; accounts are put on it by commands on them.
    Line(Box<LineCommand>),
    CreateRecord(Box<Record>),
    /// `catalog_version` is the version on which the change was worked out.
    ChangeRecord {
        record: Box<Record>,
        catalog_version: i64,
    },
    /// The same of a user with custom field values; without a version the user is a new one.
    UserWithValues {
        user: Box<User>,
        catalog_version: Option<i64>,
        values: Vec<StatedValue>,
    },
    /// Posts interest that has grown on many loans.
    PostIncome(Box<IncomePosting>),
    /// Many commands follow that came in one request, each under a key derived from the request's. From here on the
    /// request's key with other content is refused, before any of them is decided.
    BeginMany {
        part: Part,
    },
    /// Posts what is set aside for losses on many loans.
    PostProvision(Box<ProvisionPosting>),
    /// Posts interest that has grown on many deposit accounts.
    PostDepositInterest(Box<DepositInterestPosting>),
    /// Moves the business date one day on.
    MoveBusinessDate {
        from: Date,
        to: Date,
    },
}

/// Where a transfer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferTo {
    /// There it is a repayment.
    Loan(Address),
    Savings(Address),
}

impl Command {
    /// The part that decides which lane takes the command.
    pub fn part(&self) -> Part {
        match self {
            Command::CreateLoan { holder, .. } | Command::CreateSavings { holder, .. } => holder.part,
            Command::Savings { account, .. } => account.part,
            Command::Transfer { from, .. } => from.part,
            Command::SetSettlement { loan, .. } | Command::Settle { loan, .. } => loan.part,
            Command::Loan { loan, .. }
            | Command::LoanWithValues { loan, .. }
            | Command::Restructure { loan, .. } => loan.part,
            Command::EditCustomValues { owner, .. } => owner.address.part,
            Command::CreateClient { part, .. } | Command::BeginMany { part } => *part,
            Command::EditClient { client, .. } | Command::DeleteClient { client } => client.part,
            Command::CreateGroup { part, .. } => *part,
            Command::EditGroup { group, .. } | Command::DeleteGroup { group, .. } => group.part,
            Command::Apply { borrower, .. } => borrower.part,
            Command::RejectApplication { application, .. } => application.part,
            Command::Market(command) => command.part(),
            Command::Report(report) => report.address.part,
            Command::RegisterLead(lead) => lead.part,
            Command::Paper(paper) => paper.part(),
            Command::Line(line) => line.part(),
            Command::CreateRecord(_)
            | Command::ChangeRecord { .. }
            | Command::UserWithValues { .. }
            | Command::EnterJournal(_)
            | Command::PostIncome(_)
            | Command::PostProvision(_)
            | Command::PostDepositInterest(_)
            | Command::MoveBusinessDate { .. } => Part::new(0),
        }
    }

    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Command::CreateLoan { .. } => "create loan",
            Command::CreateSavings { .. } => "create deposit account",
            Command::Savings { command, .. } => command.name(),
            Command::Transfer { .. } => "transfer",
            Command::SetSettlement { .. } => "set settlement accounts",
            Command::Settle { .. } => "settle",
            Command::Loan { command, .. } | Command::LoanWithValues { command, .. } => command.name(),
            Command::EditCustomValues { .. } => EDIT_VALUES,
            Command::Restructure { restructure, .. } => restructure.kind.name(),
            Command::CreateClient { .. } => "create client",
            Command::EditClient { .. } => "edit client",
            Command::DeleteClient { .. } => "delete client",
            Command::CreateGroup { .. } => "create group",
            Command::EditGroup { .. } => "edit group",
            Command::DeleteGroup { .. } => "delete group",
            Command::Apply { .. } => "apply",
            Command::RejectApplication { .. } => "reject application",
            Command::Market(command) => command.name(),
            Command::Report(report) => report.report.name(),
            Command::RegisterLead(_) => "register lead",
            Command::Paper(paper) => paper.name(),
            Command::Line(line) => line.name(),
            Command::CreateRecord(_) | Command::UserWithValues { catalog_version: None, .. } => {
                "create record"
            }
            Command::EnterJournal(_) => "enter journal",
            Command::PostIncome(_) => "post income",
            Command::BeginMany { .. } => "begin many",
            Command::PostProvision(_) => "post provision",
            Command::PostDepositInterest(_) => "post deposit interest",
            Command::ChangeRecord { .. } | Command::UserWithValues { .. } => "change record",
            Command::MoveBusinessDate { .. } => "move business date",
        }
    }
}

/// Who asks, through which door, and under which idempotency key.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Arc<Actor>,
    pub door: Door,
    pub request_id: String,
    pub idempotency: Option<Idempotency>,
}

/// A retry is recognized by its key; the content says whether it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Hash of credential and key.
    pub key: String,
    /// Hash of method, path, query and body.
    pub content: String,
    pub kept: Kept,
}

/// How much of an answer is kept for a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Whole,
    /// Of a loan only what a line about it says: many answers are kept at once, and a whole loan with its installments
    /// would be most of what they write.
    Brief,
}

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The business date on which it was decided.
    pub business_date: Date,
    pub done: Done,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
pub enum Done {
    /// The loan afterwards, and the transactions that the command itself brought, derived ones
    /// before them included.
    Loan {
        loan: Arc<Loan>,
        transactions: Vec<LoanTransaction>,
    },
    /// The same in brief, as a retry of one command among many finds it.
    LoanMoved {
        loan: Box<BriefLoan>,
        transactions: Vec<LoanTransaction>,
    },
    /// Many commands may follow.
    ManyBegun,
    Client {
        client: Box<Client>,
    },
    Group {
        group: Box<Group>,
    },
    /// The application afterwards, and the loan that was made for it.
    Application {
        application: Box<Application>,
        loan: Option<Arc<Loan>>,
    },
    /// The booking afterwards, and its application.
    Booking {
        booking: Box<Booking>,
        application: Box<Application>,
    },
    FundTransaction {
        transaction: Box<FundTransaction>,
    },
    /// The loan afterwards, and the orders that were bought.
    Orders {
        loan: Arc<Loan>,
        bought: Vec<Booking>,
    },
    /// The order, and the bookings that it came to.
    BookingOrder {
        order: Box<BookingOrder>,
        bookings: Vec<Booking>,
    },
    /// What was reported about, as it stands now.
    Report {
        subject: Option<Box<Subject>>,
        loan: Option<Box<ReportedLoan>>,
        /// Whether it was not known before.
        is_new: bool,
    },
    Lead {
        lead: Box<Lead>,
    },
    /// The deposit account afterwards, and the transactions that the command brought on it.
    Savings {
        account: Box<Savings>,
        transactions: Vec<SavingsTransaction>,
    },
    /// The line of credit afterwards.
    Line {
        line: Box<LineOfCredit>,
    },
    /// The paper as it now is, or as it was before it was deleted.
    Paper {
        paper: Box<Paper>,
    },
    ManualEntry {
        entry: Box<ManualEntry>,
    },
    /// What many loans make together was posted, or it was too late for it.
    Posted {
        on: Date,
    },
    Record {
        record: Box<Record>,
    },
    /// The values of an owner afterwards.
    CustomValues {
        values: Box<CustomValues>,
    },
    BusinessDate {
        date: Date,
    },
}
