//! What doors read: filters, pages and what comes back.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::application::Stage;
use loam_book::ids::{Address, Key, Part};
use loam_book::line_of_credit::LineState;
use loam_book::loan::{Closure, LoanState, Servicing};
use loam_book::paper::PaperKind;
use loam_book::party::group::Group;
use loam_book::party::{Client, ClientState};
use loam_book::reporting::subject::Scheme;

/// A slice of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub offset: i64,
    pub limit: i64,
}

impl Page {
    /// The whole list.
    pub const ALL: Page = Page { offset: 0, limit: i64::MAX };
}

/// The states by which loans are looked up; one for each combination that the book tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoanStatus {
    PartialApplication,
    PendingApproval,
    Approved,
    Active,
    ActiveInArrears,
    Closed,
    Withdrawn,
    Rejected,
    WrittenOff,
    Refinanced,
    Rescheduled,
}

impl LoanStatus {
    /// `None`: the loan is deleted and has no row.
    pub fn of(servicing: &Servicing) -> Option<LoanStatus> {
        match &servicing.state {
            LoanState::PartialApplication => Some(LoanStatus::PartialApplication),
            LoanState::PendingApproval => Some(LoanStatus::PendingApproval),
            LoanState::Approved { .. } => Some(LoanStatus::Approved),
            LoanState::Active { .. } if servicing.arrears_since.is_some() => {
                Some(LoanStatus::ActiveInArrears)
            }
            LoanState::Active { .. } => Some(LoanStatus::Active),
            LoanState::Closed { closure, .. } => match closure {
                Closure::Repaid => Some(LoanStatus::Closed),
                Closure::Withdrawn => Some(LoanStatus::Withdrawn),
                Closure::Rejected => Some(LoanStatus::Rejected),
                Closure::WrittenOff => Some(LoanStatus::WrittenOff),
                Closure::Refinanced => Some(LoanStatus::Refinanced),
                Closure::Rescheduled => Some(LoanStatus::Rescheduled),
                Closure::Deleted => None,
            },
        }
    }

    /// The name stored with the loan.
    pub fn name(self) -> &'static str {
        match self {
            LoanStatus::PartialApplication => "partial_application",
            LoanStatus::PendingApproval => "pending_approval",
            LoanStatus::Approved => "approved",
            LoanStatus::Active => "active",
            LoanStatus::ActiveInArrears => "active_in_arrears",
            LoanStatus::Closed => "closed",
            LoanStatus::Withdrawn => "withdrawn",
            LoanStatus::Rejected => "rejected",
            LoanStatus::WrittenOff => "written_off",
            LoanStatus::Refinanced => "refinanced",
            LoanStatus::Rescheduled => "rescheduled",
        }
    }
}

/// Which loans a list holds; `None` filters nothing. In the order in which they were opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanFilter {
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    pub credit_officer: Option<Key>,
    pub status: Option<LoanStatus>,
    pub holder: Option<Address>,
    /// Only of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

/// Which deposit accounts a list holds; `None` filters nothing. In the order in which they were opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavingsFilter {
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    pub credit_officer: Option<Key>,
    /// A name of [`loam_book::savings::SavingsState::status`].
    pub status: Option<&'static str>,
    pub holder: Option<Address>,
    /// Only of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

/// Which lines of credit a list holds; `None` filters nothing. In the order in which they were entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFilter {
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    pub credit_officer: Option<Key>,
    pub state: Option<LineState>,
    pub holder: Option<Address>,
    /// Only of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

/// Which installments a list holds, both days included; `None` filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DueFilter {
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Only of loans of this officer.
    pub credit_officer: Option<Key>,
    /// Only of loans of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

impl LoanFilter {
    /// All loans of a client or group.
    pub fn of_holder(holder: Address) -> LoanFilter {
        LoanFilter { holder: Some(holder), ..LoanFilter::default() }
    }
}

/// Which clients a list holds; `None` filters nothing. In the order in which they were entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFilter {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub id_document: Option<String>,
    pub birth_date: Option<Date>,
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    pub credit_officer: Option<Key>,
    pub state: Option<ShownClientState>,
    /// Only of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

/// A client's state as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownClientState {
    /// At least one of the client's loans is active.
    Active,
    /// No loan is active.
    Stored(ClientState),
}

/// A client with what the client's loans say about him or her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientView {
    pub client: Client,
    pub has_active_loans: bool,
    /// How many loans the client has repaid.
    pub loan_cycle: i64,
    /// How many the client's groups have repaid.
    pub group_loan_cycle: i64,
}

/// Which groups a list holds; `None` filters nothing. In the order in which they were entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupFilter {
    pub branch: Option<Key>,
    pub centre: Option<Key>,
    pub credit_officer: Option<Key>,
    /// Only of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

/// A group with what its loans say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    pub group: Group,
    /// How many loans the group has repaid.
    pub loan_cycle: i64,
}

/// Which applications a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFilter {
    /// The client.
    pub borrower: Address,
    /// Empty: all.
    pub stages: Vec<Stage>,
}

/// Which bookings a list holds; `None` filters nothing. In the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookingFilter {
    /// The investor's deposit account.
    pub account: Option<Address>,
    pub application: Option<Address>,
    /// Names of [`loam_book::application::booking::BookingState::name`]; none: all.
    pub states: &'static [&'static str],
    /// Of these business dates, both included.
    pub booked: Option<(Date, Date)>,
    /// With larger numbers than this.
    pub after: Option<i64>,
}

/// States of bookings that an auction knows, or knew.
pub const BOOKED: &[&str] = &["uncommitted", "open", "invested", "released"];
/// States of bookings that are orders.
pub const ORDERED: &[&str] = &["invested", "bought"];

/// Which subjects a list holds; `None` filters nothing. Ends of ranges belong to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubjectFilter {
    pub scheme: Option<Scheme>,
    pub organization: Option<String>,
    pub id: Option<String>,
    pub reference: Option<String>,
    /// Subjects that are linked to this client.
    pub client: Option<Address>,
    pub created_from: Option<Timestamp>,
    /// Not included.
    pub created_before: Option<Timestamp>,
    pub score_from: Option<i64>,
    pub score_to: Option<i64>,
    /// How the score moved: a word of the repayment data contract.
    pub evolution: Option<String>,
    pub order: SubjectOrder,
}

/// In which order subjects are listed; those with the same place follow in the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubjectOrder {
    #[default]
    OldestFirst,
    NewestFirst,
    LowestScoreFirst,
    HighestScoreFirst,
}

/// Which reported loans a list holds; `None` filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportedLoanFilter {
    pub scheme: Option<Scheme>,
    pub organization: Option<String>,
    pub subject: Option<Address>,
    /// Only those that are linked to a loan of the book or to another reported one.
    pub only_linked: bool,
    pub same_as: Option<Address>,
    pub settled_from: Option<Date>,
    pub settled_to: Option<Date>,
}

/// A report as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReport {
    pub seq: i64,
    pub recorded_at: Timestamp,
    /// The name of the door.
    pub door: String,
    /// What kind of report it was.
    pub report: String,
    /// What was said, as JSON.
    pub told: String,
}

/// Which leads a list holds; `None` filters nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFilter {
    pub organization: Option<String>,
    pub lead_id: Option<i64>,
    /// Only leads with a higher number.
    pub after: Option<i64>,
    /// Only leads with a lower number, the highest of them first.
    pub before: Option<i64>,
    pub received_from: Option<Timestamp>,
    /// Not included.
    pub received_before: Option<Timestamp>,
    pub ssn_hash: Option<String>,
    pub email_hash: Option<String>,
}

/// Which papers a list holds; `None` filters nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperFilter {
    pub kind: PaperKind,
    /// What they are about.
    pub subject: Option<Address>,
    /// Of tasks: whose they are.
    pub assignee: Option<Key>,
    /// Of tasks: only those that this user made or is to do.
    pub concerning: Option<Key>,
    pub tasks: Option<TaskFilter>,
    /// Only what this reader may see.
    pub within: Option<Within>,
}

/// What is seen by somebody who is bound to branches or to the own clients: papers and activities lie
/// with what they are about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Within {
    /// Of accounts, lines of credit, clients and groups only those of these branches; empty: of all, and of none.
    pub branches: Vec<Key>,
    /// Of accounts, lines of credit, clients and groups only those of this officer.
    pub officer: Option<Key>,
    /// The records that are seen.
    pub records: Vec<Key>,
    /// Whose tasks are seen that are about nothing.
    pub users: Vec<Key>,
}

impl PaperFilter {
    /// All papers of a kind.
    pub fn of_kind(kind: PaperKind) -> PaperFilter {
        PaperFilter { kind, subject: None, assignee: None, concerning: None, tasks: None, within: None }
    }
}

/// Where tasks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskFilter {
    /// Overdue or not.
    Open,
    Completed,
    /// Open, and due before this day.
    Overdue(Date),
}

/// What activities are about: one or more of a part, as a client and its accounts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActedOn {
    pub part: Part,
    pub keys: Vec<Key>,
}

/// Which activities a list holds: what was done in a time, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityFilter {
    pub from: Timestamp,
    /// Not included.
    pub before: Timestamp,
    /// What was acted on; `None`: anything.
    pub about: Option<ActedOn>,
    /// Who acted.
    pub actor: Option<Key>,
    /// Only what this reader may see.
    pub within: Option<Within>,
}

/// Something that was done, as the audit trail has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredActivity {
    pub id: i64,
    pub part: Part,
    pub recorded_at: Timestamp,
    pub booking_date: Date,
    pub actor: Key,
    /// The name of the command.
    pub command: String,
    pub entity: Key,
    /// What was before and after, as JSON, where it was kept.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// How many subjects were opened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyCount {
    pub day: Date,
    pub subjects: i64,
    pub with_loans: i64,
}

/// What the subjects of an organization add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SubjectTotals {
    pub subjects: i64,
    /// Reported loans of those subjects.
    pub loans: i64,
    /// How many of them have a score.
    pub scored: i64,
    /// Their scores together.
    pub score_sum: i64,
    /// The best of them; 0 without any.
    pub highest_score: i64,
}

/// How many loans were settled on one day, so many days late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementCount {
    pub settled_on: Date,
    pub days_late: i64,
    pub loans: i64,
}
