//! What a batch writes, all of it in one transaction.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::actor::Door;
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::application::portfolio::BookingOrder;
use loam_book::custom_field::value::{CustomValue, CustomValues};
use loam_book::ids::{Address, Key, Part};
use loam_book::journal::Transfer;
use loam_book::journal::deposit_interest::DepositInterestKind;
use loam_book::journal::evening::{EveningAccount, EveningKind};
use loam_book::journal::income::IncomeKind;
use loam_book::journal::manual::ManualEntry;
use loam_book::journal::provisions::ProvisionKind;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::commands::settlement::settles_on;
use loam_book::loan::event::Entry;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::securities::GuaranteeKind;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Holder, Loan};
use loam_book::paper::{DocumentContent, Paper};
use loam_book::party::Client;
use loam_book::party::group::Group;
use loam_book::record::Record;
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::transaction::SavingsTransaction;
use loam_book::working_days::DaysOff;

use crate::command::Outcome;
use crate::search::columns::Searched;
use crate::views::LoanStatus;

/// Rows to be written. Where one account is changed by several commands of a batch, it stands here
/// once, as the last one left it.
#[derive(Debug, Default)]
pub struct Changes {
    /// Ids that must be free: inserted first, and the whole batch is decided again without the
    /// commands whose id is taken.
    pub ids: Vec<NewId>,
    pub freed_ids: Vec<NewId>,
    pub loans: Vec<LoanChange>,
    pub clients: Vec<ClientChange>,
    pub groups: Vec<GroupChange>,
    pub deleted_clients: Vec<Deleted>,
    pub deleted_groups: Vec<Deleted>,
    /// Clients, groups and loans that are there no longer: what was kept with them goes too.
    pub deleted_subjects: Vec<Address>,
    pub records: Vec<RecordChange>,
    pub applications: Vec<ApplicationChange>,
    pub bookings: Vec<BookingChange>,
    pub fund_transactions: Vec<FundTransactionChange>,
    /// They are never changed.
    pub booking_orders: Vec<BookingOrder>,
    pub subjects: Vec<SubjectChange>,
    pub reported_loans: Vec<ReportedLoanChange>,
    pub reports: Vec<ReportRow>,
    pub leads: Vec<LeadChange>,
    pub settlements: Vec<SettlementChange>,
    pub guarantors: Vec<GuarantorsChange>,
    pub savings: Vec<SavingsChange>,
    pub savings_entries: Vec<SavingsLogRow>,
    pub savings_transactions: Vec<SavingsTransactionRow>,
    pub investor_shares: Vec<InvestorShare>,
    /// Of shares that were credited: which transaction of the account did it.
    pub credited_shares: Vec<CreditedShare>,
    pub papers: Vec<PaperChange>,
    pub lines: Vec<LineChange>,
    pub custom_values: Vec<CustomValuesChange>,
    pub entries: Vec<LogRow>,
    pub transactions: Vec<TransactionRow>,
    pub transfers: Vec<Transfer>,
    pub manual_entries: Vec<ManualEntry>,
    pub income_accounts: Vec<EveningChange<IncomeKind>>,
    pub provision_accounts: Vec<EveningChange<ProvisionKind>>,
    pub deposit_interest_accounts: Vec<EveningChange<DepositInterestKind>>,
    pub outbox: Vec<OutboxRow>,
    pub audit: Vec<AuditRow>,
    pub answers: Vec<AnswerRow>,
    pub business_date: Option<BusinessDateChange>,
}

/// An id that must be unique: among those of its kind, in its scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdName {
    /// The organization that gave the id; `None`: the book.
    pub scope: Option<String>,
    pub kind: IdKind,
    pub id: String,
}

impl IdName {
    /// An id that the book itself keeps unique.
    pub fn of_book(kind: IdKind, id: &str) -> IdName {
        IdName { scope: None, kind, id: id.to_owned() }
    }
}

/// An id and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewId {
    pub name: IdName,
    pub key: Key,
    pub part: Part,
}

impl NewId {
    /// The id of a loan.
    pub fn of_loan(loan: &Loan) -> NewId {
        NewId { name: IdName::of_book(IdKind::Loan, &loan.id), key: loan.key, part: loan.part }
    }
}

/// A share that was credited, by its place. Nobody else credited it: that would have changed the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditedShare {
    pub part: Part,
    pub account_no: i64,
    pub fund: Key,
    pub transaction_id: i64,
    pub credited_by: i64,
}

#[derive(Debug)]
pub struct LoanChange {
    pub loan: Arc<Loan>,
    /// `None`: the loan is new.
    pub version_read: Option<i64>,
    pub moved: Moved,
    /// Numbers of the installments that changed; `None`: all are written anew.
    pub touched: Option<Vec<u32>>,
    /// The day that was kept of the loan as it was read.
    pub next_action_read: Option<Date>,
    pub next_action_on: Option<Date>,
}

/// What of a loan moves beside its balances and dates of servicing. Most changes move nothing more, and what stays need not
/// be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// What was agreed: terms, names, who is responsible, and the days that follow from the schedule.
    pub agreement: bool,
    /// What lists tell loans apart by: the status, since when it is late, when it was closed.
    pub standing: bool,
}

impl Moved {
    /// Of a loan that nobody knows yet.
    pub const EVERYTHING: Moved = Moved { agreement: true, standing: true };

    /// What differs between a loan as it was read and as it is written.
    pub fn between(before: &Loan, after: &Loan) -> Moved {
        let (was, is) = (Searched::of(before), Searched::of(after));
        Moved {
            agreement: !is_agreed_alike(before, after) || was.of_agreement() != is.of_agreement(),
            standing: LoanStatus::of(&before.servicing) != LoanStatus::of(&after.servicing)
                || was.of_standing() != is.of_standing(),
        }
    }
}

/// Whether two versions of a loan have one agreement. Every field is named, so that a new one is not forgotten.
fn is_agreed_alike(before: &Loan, after: &Loan) -> bool {
    let Loan { id, name, notes, assignment, terms, approved_at, last_appraised_at, .. } = after;
    let Loan {
        key: _,
        part: _,
        account_no: _,
        version: _,
        holder: _,
        servicing: _,
        created_at: _,
        last_modified_at: _,
        closed_at: _,
        id: id_before,
        name: name_before,
        notes: notes_before,
        assignment: assignment_before,
        terms: terms_before,
        approved_at: approved_before,
        last_appraised_at: appraised_before,
    } = before;
    (id, name, notes, assignment) == (id_before, name_before, notes_before, assignment_before)
        && (terms, approved_at, last_appraised_at) == (terms_before, approved_before, appraised_before)
}

#[derive(Debug)]
pub struct ClientChange {
    pub client: Client,
    /// `None`: the client is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct GroupChange {
    pub group: Group,
    /// `None`: the group is new.
    pub version_read: Option<i64>,
}

/// A client or group that is there no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    pub part: Part,
    pub key: Key,
    pub version_read: i64,
}

#[derive(Debug)]
pub struct ApplicationChange {
    pub application: Application,
    /// `None`: the application is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct BookingChange {
    pub booking: Booking,
    /// `None`: the booking is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct FundTransactionChange {
    pub transaction: FundTransaction,
    /// `None`: the transaction is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct SubjectChange {
    pub subject: Subject,
    /// `None`: the subject is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct ReportedLoanChange {
    pub loan: ReportedLoan,
    /// `None`: the loan is new.
    pub version_read: Option<i64>,
}

/// From which day on linked deposit accounts may have something to pay of a loan.
#[derive(Debug)]
pub struct SettlementChange {
    pub part: Part,
    pub account_no: i64,
    pub key: Key,
    /// `None`: from none.
    pub settles_on: Option<Date>,
}

/// Who guarantees a loan from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuarantorsChange {
    pub part: Part,
    pub account_no: i64,
    /// Each once, in order.
    pub holders: Vec<Key>,
    /// Those of them who did not guarantee it before, and where each is kept: they must be there when it is written.
    pub entered: Vec<(Part, Holder)>,
}

impl GuarantorsChange {
    /// `None` where the same guarantee it as before. `place` tells where somebody is kept who was looked up.
    pub fn of(
        before: Option<&Loan>,
        loan: &Loan,
        place: impl Fn(Holder) -> Option<Part>,
    ) -> Option<GuarantorsChange> {
        let (were, are) = (before.map(guarantors).unwrap_or_default(), guarantors(loan));
        if were == are {
            return None;
        }
        let new = are.iter().filter(|holder| !were.contains(holder));
        let entered = new.filter_map(|holder| place(*holder).map(|part| (part, *holder))).collect();
        let holders = are.iter().map(|holder| holder.key).collect();
        Some(GuarantorsChange { part: loan.part, account_no: loan.account_no, holders, entered })
    }
}

/// Who guarantees a loan, each once, in the order of their keys. Nobody guarantees one that was deleted.
pub(crate) fn guarantors(loan: &Loan) -> Vec<Holder> {
    if loan.is_deleted() {
        return Vec::new();
    }
    let guarantees = loan.servicing.course.guarantees.iter();
    let mut holders: Vec<Holder> = guarantees
        .filter_map(|guarantee| match &guarantee.kind {
            GuaranteeKind::Guarantor { holder } => Some(*holder),
            GuaranteeKind::Asset { .. } => None,
        })
        .collect();
    holders.sort_unstable_by_key(|holder| holder.key);
    holders.dedup();
    holders
}

impl SettlementChange {
    pub fn of(loan: &Loan) -> SettlementChange {
        let settles_on = settles_on(loan);
        SettlementChange { part: loan.part, account_no: loan.account_no, key: loan.key, settles_on }
    }
}

#[derive(Debug)]
pub struct SavingsChange {
    pub account: Savings,
    /// `None`: the account is new.
    pub version_read: Option<i64>,
}

/// An entry of a deposit account's log.
#[derive(Debug)]
pub struct SavingsLogRow {
    pub part: Part,
    pub account_no: i64,
    pub entry: SavingsEntry,
}

#[derive(Debug)]
pub struct SavingsTransactionRow {
    pub part: Part,
    pub account_no: i64,
    pub transaction: SavingsTransaction,
}

/// A report as it was accepted.
#[derive(Debug)]
pub struct ReportRow {
    pub part: Part,
    pub account_no: i64,
    /// The version of the loan that it led to.
    pub seq: i64,
    pub recorded_at: Timestamp,
    pub actor: Key,
    pub door: Door,
    pub request_id: String,
    pub report: &'static str,
    /// What was said, as JSON.
    pub told: String,
}

/// The custom field values of an owner.
#[derive(Debug)]
pub struct CustomValuesChange {
    /// As they are now.
    pub values: CustomValues,
    /// `None`: nothing was kept of the owner.
    pub version_read: Option<i64>,
    /// Field and group of those that are there no more.
    pub gone: Vec<(Key, Option<u32>)>,
    /// Those that are new or other ones.
    pub put: Vec<CustomValueRow>,
}

/// A value, and what it is compared by.
#[derive(Debug)]
pub struct CustomValueRow {
    pub value: CustomValue,
    pub comparable: String,
}

#[derive(Debug)]
pub struct LeadChange {
    pub lead: Lead,
    /// False: a lead that is known already stays as it is.
    pub replaces: bool,
}

/// A line of credit.
#[derive(Debug)]
pub struct LineChange {
    pub line: LineOfCredit,
    /// `None`: the line is new.
    pub version_read: Option<i64>,
}

/// What the evening posts for a group of loans.
#[derive(Debug)]
pub struct EveningChange<K: EveningKind> {
    pub account: EveningAccount<K>,
    /// `None`: the account is new.
    pub version_read: Option<i64>,
}

#[derive(Debug)]
pub struct PaperChange {
    pub address: Address,
    /// `None`: the paper is new.
    pub version_read: Option<i64>,
    pub write: PaperWrite,
}

#[derive(Debug)]
pub enum PaperWrite {
    Put {
        paper: Box<Paper>,
        /// What stands in a document, where it is new.
        content: Option<DocumentContent>,
    },
    /// With what stands in it.
    Delete,
}

#[derive(Debug)]
pub struct RecordChange {
    pub record: Record,
    pub is_new: bool,
    /// The catalog's version on which it was decided; it goes one up.
    pub catalog_version: i64,
    /// Loans that are to follow it.
    pub days_off: Option<DaysOff>,
}

/// An entry of a loan's log.
#[derive(Debug)]
pub struct LogRow {
    pub part: Part,
    pub account_no: i64,
    pub entry: Entry,
}

#[derive(Debug)]
pub struct TransactionRow {
    pub part: Part,
    pub account_no: i64,
    pub transaction: LoanTransaction,
}

/// A change as it is told to consumers: which loan, where in its log, what. No personal data.
#[derive(Debug)]
pub struct OutboxRow {
    pub part: Part,
    pub account_no: i64,
    pub seq: i64,
    pub event: &'static str,
    pub recorded_at: Timestamp,
}

/// Who did what; for records with what was before and after.
#[derive(Debug)]
pub struct AuditRow {
    pub part: Part,
    pub recorded_at: Timestamp,
    pub booking_date: Date,
    pub actor: Key,
    pub door: Door,
    pub request_id: String,
    pub command: &'static str,
    /// What the command was about.
    pub entity: Key,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The log of the loan has entries of the same instant that the command brought: by these the row is found.
    pub is_logged: bool,
}

/// An answer kept for retries.
#[derive(Debug)]
pub struct AnswerRow {
    pub part: Part,
    pub key: String,
    pub content: String,
    pub recorded_at: Timestamp,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, Copy)]
pub struct BusinessDateChange {
    pub from: Date,
    pub to: Date,
}
