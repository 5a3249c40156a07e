//! What doors read: filters, pages and what comes back.

use jiff::civil::Date;
use loam_book::ids::Key;
use loam_book::party::{Client, ClientState};

/// A slice of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub offset: i64,
    pub limit: i64,
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
}

impl LoanStatus {
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
    pub holder: Option<crate::command::Address>,
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
}
