//! The reading side of a book that has a replica. A question goes to the replica when that shows all that whoever asks
//! must see, and to the book itself when it does not, or when the replica fails. What a request rests on, the state of
//! the book and its records, is always the book's own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::PostgresReader;
use super::replica::Replica;
use crate::store::PostgresBook;
use async_trait::async_trait;
use jiff::civil::Date;
use loam_app::changes::IdName;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::freshness::{self, Freshness, Position};
use loam_app::indicators::{AtRisk, Counted};
use loam_app::ports::{
    BookState, BookedFilter, BookedSum, Listed, LoanPage, Logged, LoggedSavings, ReadStore, ReportStore,
    RowPlace,
};
use loam_app::search::clients::ClientQuery;
use loam_app::search::columns::LoanQuery;
use loam_app::search::entries::{EntryQuery, LedgerSum, StoredEntry, SumFilter};
use loam_app::search::groups::GroupQuery;
use loam_app::search::savings::SavingsQuery;
use loam_app::search::savings_transactions::{FoundMovement, MovementQuery};
use loam_app::search::transactions::{FoundTransaction, TransactionQuery};
use loam_app::views::{
    ActivityFilter, ApplicationFilter, BookingFilter, ClientFilter, ClientView, DailyCount, DueFilter,
    GroupFilter, GroupView, LeadFilter, LineFilter, LoanFilter, Page, PaperFilter, ReportedLoanFilter,
    SavingsFilter, SettlementCount, StoredActivity, StoredReport, SubjectFilter, SubjectTotals,
};
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::fund_transaction::FundTransaction;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::{Key, Part};
use loam_book::journal::GlAccount;
use loam_book::journal::deposit_interest::DepositInterestAccount;
use loam_book::journal::income::IncomeAccount;
use loam_book::journal::provisions::ProvisionAccount;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::paper::{DocumentContent, Paper};
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use loam_book::savings::Savings;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::statement::AccountSince;
use loam_book::savings::transaction::SavingsTransaction;

/// How long a replica may take over an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a book and its replica.
pub(crate) struct ReplicatedReader {
    book: PostgresReader,
    replica: Arc<Replica>,
}

impl ReplicatedReader {
    pub(crate) fn new(book: &PostgresBook, replica: Arc<Replica>) -> ReplicatedReader {
        ReplicatedReader { book: PostgresReader(Arc::clone(book.store())), replica }
    }

    /// The replica, if it shows what the present work wants to see.
    fn replica(&self) -> Option<&PostgresReader> {
        match freshness::wanted() {
            Freshness::Latest => None,
            Freshness::From(position) => self.replica.has(position).then_some(&self.replica.reader),
        }
    }
}

/// Each question of a port to the replica or to the book, beside what only the book is asked.
macro_rules! ask_either {
    ($port:ident { $($own:tt)* } $($question:ident($($name:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl $port for ReplicatedReader {
            $(async fn $question(&self, $($name: $kind),*) -> Result<$answer, StoreError> {
                if let Some(replica) = self.replica() {
                    match timeout(PATIENCE, replica.$question($($name),*)).await {
                        Ok(Ok(answer)) => return Ok(answer),
                        Ok(Err(error)) => tracing::warn!(%error, "the replica failed; the book itself is read"),
                        Err(_) => tracing::warn!("the replica does not answer; the book itself is read"),
                    }
                    self.replica.set_aside();
                }
                self.book.$question($($name),*).await
            })*

            $($own)*
        }
    };
}

ask_either! {
    ReadStore {
        async fn state(&self) -> Result<BookState, StoreError> {
            self.book.state().await
        }

        async fn catalog(&self) -> Result<Catalog, StoreError> {
            self.book.catalog().await
        }

        async fn ping(&self) -> Result<(), StoreError> {
            self.book.ping().await
        }

        fn written(&self) -> Option<Position> {
            Some(self.book.0.written())
        }
    }
    resolve(kind: IdKind, id_or_key: &str) -> Option<Address>;
    resolve_all(kind: IdKind, ids_or_keys: &[&str]) -> HashMap<String, Address>;
    loan(address: Address) -> Option<Loan>;
    custom_values(owners: &[Address]) -> Vec<CustomValues>;
    loans(filter: &LoanFilter, page: Page) -> Vec<Loan>;
    search_loans(query: &LoanQuery, page: Page) -> Vec<Loan>;
    installments_due(due: &DueFilter, page: Page) -> Vec<(Address, u32)>;
    search_clients(query: &ClientQuery, limit: i64) -> Vec<ClientView>;
    search_groups(query: &GroupQuery, limit: i64) -> Vec<GroupView>;
    search_savings(query: &SavingsQuery, limit: i64) -> Vec<Savings>;
    search_savings_transactions(query: &MovementQuery, limit: i64) -> Vec<FoundMovement>;
    search_transactions(query: &TransactionQuery, limit: i64) -> Vec<FoundTransaction>;
    client(address: Address) -> Option<ClientView>;
    clients(filter: &ClientFilter, page: Page) -> Vec<ClientView>;
    group(address: Address) -> Option<GroupView>;
    groups(filter: &GroupFilter, page: Page) -> Vec<GroupView>;
    transactions(part: Part, account_no: i64, page: Page) -> Vec<LoanTransaction>;
    history(part: Part, account_no: i64) -> Vec<Entry>;
    application(address: Address) -> Option<Application>;
    application_by_number(part: Option<Part>, number: i64) -> Option<Application>;
    application_place(part: Option<Part>, number: i64) -> Option<Address>;
    applications(filter: &ApplicationFilter, page: Page) -> Vec<Application>;
    application_of(part: Part, account_no: i64) -> Option<Application>;
    bookings(filter: &BookingFilter, page: Page) -> Vec<Booking>;
    booking(part: Part, number: i64) -> Option<Booking>;
    fund_transaction(part: Part, number: i64) -> Option<FundTransaction>;
    account_numbered(kind: IdKind, part: Part, account_no: i64) -> Option<Address>;
    resolve_name(name: &IdName) -> Option<Address>;
    subject(address: Address) -> Option<Subject>;
    subjects(filter: &SubjectFilter, page: Page) -> Vec<Subject>;
    count_subjects(filter: &SubjectFilter) -> i64;
    subject_totals(filter: &SubjectFilter) -> SubjectTotals;
    reported_loan(address: Address) -> Option<ReportedLoan>;
    reported_loans(filter: &ReportedLoanFilter, page: Page) -> Vec<ReportedLoan>;
    count_reported_loans(filter: &ReportedLoanFilter) -> i64;
    reports(part: Part, account_no: i64, page: Page) -> Vec<StoredReport>;
    leads(filter: &LeadFilter, page: Page) -> Vec<Lead>;
    subjects_by_day(filter: &SubjectFilter) -> Vec<DailyCount>;
    settlements_by_day(filter: &ReportedLoanFilter) -> Vec<SettlementCount>;
    savings(address: Address) -> Option<Savings>;
    list_savings(filter: &SavingsFilter, page: Page) -> Vec<Savings>;
    account_since(account: Address, from: Date) -> Option<AccountSince>;
    shares_of_fund(part: Part, account_no: i64, fund: Key) -> Vec<InvestorShare>;
    savings_transactions(part: Part, account_no: i64, page: Page) -> Vec<SavingsTransaction>;
    line_of_credit(address: Address) -> Option<LineOfCredit>;
    lines_of_credit(filter: &LineFilter, page: Page) -> Vec<LineOfCredit>;
    paper(address: Address) -> Option<Paper>;
    paper_by_number(number: i64) -> Option<Paper>;
    papers(filter: &PaperFilter, page: Page) -> Vec<Paper>;
    activities(filter: &ActivityFilter, page: Page) -> Vec<StoredActivity>;
    document_content(document: Address) -> Option<DocumentContent>;
    journal_entries(query: &EntryQuery, page: Page) -> Vec<StoredEntry>;
    ledger_sums(filter: &SumFilter) -> Vec<LedgerSum>;
    account_booking(kind: IdKind, on: Key, resources: &[GlAccount]) -> Option<String>;
    count_of(counted: Counted, within: &[Key]) -> i64;
    principal_at_risk(since: Date, within: &[Key]) -> Vec<AtRisk>;
}

ask_either! {
    ReportStore {}
    booked_sums(filter: &BookedFilter) -> Vec<BookedSum>;
    income_accounts() -> Vec<IncomeAccount>;
    provision_accounts() -> Vec<ProvisionAccount>;
    deposit_interest_accounts() -> Vec<DepositInterestAccount>;
    deposits_after(after: Option<RowPlace>, limit: i64) -> Listed<Savings, RowPlace>;
    loans_after(after: Option<RowPlace>, limit: i64) -> LoanPage;
    logs_after(after: Option<(Part, i64)>, limit: i64) -> Vec<Logged>;
    savings_logs_after(after: Option<(Part, i64)>, limit: i64) -> Vec<LoggedSavings>;
    transactions_after(after: Option<(Part, i64)>, limit: i64) -> Vec<(Loan, Vec<LoanTransaction>)>;
}
