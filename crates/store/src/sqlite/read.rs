//! The reading side: short reads at once, lists on a thread where waiting harms nobody.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;
use loam_app::changes::IdName;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::indicators::{AtRisk, Counted};
use loam_app::ports::{BookState, ReadStore};
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

use rusqlite::Connection;

use super::rows::{select, select_count, select_one};
use super::{
    SqliteStore, applications, clients, custom_values, groups, leads, ledger, lines_of_credit, loans, log,
    market, papers, read_aside, read_soon, records, registry, reported_loans, savings, shares, state,
    subjects, transactions,
};
use crate::lists;
use crate::rows::book::read_account_id;
use crate::rows::ledger::read_at_risk;
use crate::rows::loan::read_due;
use crate::rows::savings::{read_found_movement, read_savings};
use crate::rows::transaction::read_found;
use crate::schema::Dialect;
use crate::search::{
    client_search, due_list, group_search, loan_search, movement_search, savings_search, transaction_search,
};

/// For so many owners at most, values are read at once.
const FEW: usize = 8;

/// Reads with connections of its own.
pub(crate) struct SqliteReader(pub(crate) Arc<SqliteStore>);

#[async_trait]
impl ReadStore for SqliteReader {
    async fn state(&self) -> Result<BookState, StoreError> {
        self.0.state()
    }

    async fn catalog(&self) -> Result<Catalog, StoreError> {
        self.0.with_reader(records::select_catalog)
    }

    async fn resolve(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.0.with_reader(|connection| registry::select_address(connection, kind, id_or_key))
    }

    async fn resolve_all(
        &self,
        kind: IdKind,
        ids_or_keys: &[&str],
    ) -> Result<HashMap<String, Address>, StoreError> {
        let ids: Vec<String> = ids_or_keys.iter().map(|id| (*id).to_owned()).collect();
        read_soon(&self.0, move |connection| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                if let Some(address) = registry::select_address(connection, kind, &id)? {
                    found.insert(id, address);
                }
            }
            Ok(found)
        })
        .await
    }

    async fn loan(&self, address: Address) -> Result<Option<Loan>, StoreError> {
        self.0
            .with_reader(|connection| loans::select_loan(connection, address))
            .map(|found| found.map(|stored| *stored.loan))
    }

    async fn custom_values(&self, owners: &[Address]) -> Result<Vec<CustomValues>, StoreError> {
        if owners.len() <= FEW {
            return self.0.with_reader(|connection| custom_values::select_values(connection, owners));
        }
        let owners = owners.to_owned();
        read_aside(&self.0, move |connection| custom_values::select_values(connection, &owners)).await
    }

    async fn loans(&self, filter: &LoanFilter, page: Page) -> Result<Vec<Loan>, StoreError> {
        let filter = filter.clone();
        let asking = move || lists::loan_list(&filter, page, '?');
        read_aside(&self.0, move |connection| loans::select_loans(connection, asking())).await
    }

    async fn search_loans(&self, query: &LoanQuery, page: Page) -> Result<Vec<Loan>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            loans::select_loans(connection, loan_search(&query, page, Dialect::Sqlite))
        };
        read_aside(&self.0, asked).await
    }

    async fn installments_due(&self, due: &DueFilter, page: Page) -> Result<Vec<(Address, u32)>, StoreError> {
        let due = due.clone();
        let asked = move |connection: &Connection| {
            let (sql, row) = due_list(&due, page, Dialect::Sqlite);
            select(connection, &sql, row, |row| read_due(row))
        };
        read_aside(&self.0, asked).await
    }

    async fn search_clients(&self, query: &ClientQuery, limit: i64) -> Result<Vec<ClientView>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            clients::select_found(connection, client_search(&query, limit, Dialect::Sqlite))
        };
        read_aside(&self.0, asked).await
    }

    async fn search_groups(&self, query: &GroupQuery, limit: i64) -> Result<Vec<GroupView>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            groups::select_found(connection, group_search(&query, limit, Dialect::Sqlite))
        };
        read_aside(&self.0, asked).await
    }

    async fn search_savings(&self, query: &SavingsQuery, limit: i64) -> Result<Vec<Savings>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            let (sql, row) = savings_search(&query, limit, Dialect::Sqlite);
            shares::counted(connection, select(connection, &sql, row, |row| read_savings(row))?)
        };
        read_aside(&self.0, asked).await
    }

    async fn search_savings_transactions(
        &self,
        query: &MovementQuery,
        limit: i64,
    ) -> Result<Vec<FoundMovement>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            let (sql, row) = movement_search(&query, limit, Dialect::Sqlite);
            select(connection, &sql, row, |row| read_found_movement(row))
        };
        read_aside(&self.0, asked).await
    }

    async fn search_transactions(
        &self,
        query: &TransactionQuery,
        limit: i64,
    ) -> Result<Vec<FoundTransaction>, StoreError> {
        let query = query.clone();
        let asked = move |connection: &Connection| {
            let (sql, row) = transaction_search(&query, limit, Dialect::Sqlite);
            select(connection, &sql, row, |row| read_found(row))
        };
        read_aside(&self.0, asked).await
    }

    async fn client(&self, address: Address) -> Result<Option<ClientView>, StoreError> {
        self.0.with_reader(|connection| clients::select_view(connection, address))
    }

    async fn clients(&self, filter: &ClientFilter, page: Page) -> Result<Vec<ClientView>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| clients::select_views(connection, &filter, page)).await
    }

    async fn group(&self, address: Address) -> Result<Option<GroupView>, StoreError> {
        self.0.with_reader(|connection| groups::select_view(connection, address))
    }

    async fn groups(&self, filter: &GroupFilter, page: Page) -> Result<Vec<GroupView>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| groups::select_views(connection, &filter, page)).await
    }

    async fn transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<LoanTransaction>, StoreError> {
        let account = (part, account_no);
        self.0.with_reader(|connection| transactions::select_transactions(connection, account, page))
    }

    async fn history(&self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        self.0.with_reader(|connection| log::select_entries(connection, part, account_no))
    }

    async fn application(&self, address: Address) -> Result<Option<Application>, StoreError> {
        self.0.with_reader(|connection| applications::select_application(connection, address))
    }

    async fn application_by_number(
        &self,
        part: Option<Part>,
        number: i64,
    ) -> Result<Option<Application>, StoreError> {
        self.0.with_reader(|connection| applications::select_numbered(connection, part, number))
    }

    async fn application_place(
        &self,
        part: Option<Part>,
        number: i64,
    ) -> Result<Option<Address>, StoreError> {
        self.0.with_reader(|connection| applications::select_place(connection, part, number))
    }

    async fn applications(
        &self,
        filter: &ApplicationFilter,
        page: Page,
    ) -> Result<Vec<Application>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| applications::select_applications(connection, &filter, page))
            .await
    }

    async fn application_of(&self, part: Part, account_no: i64) -> Result<Option<Application>, StoreError> {
        let asking = lists::application_of(part, account_no, '?');
        let found = self.0.with_reader(|connection| market::select_applications(connection, asking))?;
        Ok(found.into_iter().next())
    }

    async fn bookings(&self, filter: &BookingFilter, page: Page) -> Result<Vec<Booking>, StoreError> {
        let asking = lists::booking_list(filter, page, '?');
        read_aside(&self.0, move |connection| market::select_bookings(connection, asking)).await
    }

    async fn booking(&self, part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        let asking = lists::booking_numbered(part, number, '?');
        Ok(self.0.with_reader(|connection| market::select_bookings(connection, asking))?.pop())
    }

    async fn fund_transaction(&self, part: Part, number: i64) -> Result<Option<FundTransaction>, StoreError> {
        let asking = lists::fund_transaction_numbered(part, number, '?');
        self.0.with_reader(|connection| market::select_fund_transaction(connection, asking))
    }

    async fn account_numbered(
        &self,
        kind: IdKind,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Address>, StoreError> {
        let asking = lists::account_numbered(kind, part, account_no, '?');
        self.0.with_reader(|connection| market::select_place(connection, part, asking))
    }

    async fn resolve_name(&self, name: &IdName) -> Result<Option<Address>, StoreError> {
        self.0.with_reader(|connection| registry::select_name(connection, name))
    }

    async fn subject(&self, address: Address) -> Result<Option<Subject>, StoreError> {
        self.0.with_reader(|connection| subjects::select_subject(connection, address))
    }

    async fn subjects(&self, filter: &SubjectFilter, page: Page) -> Result<Vec<Subject>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| subjects::select_subjects(connection, &filter, page)).await
    }

    async fn count_subjects(&self, filter: &SubjectFilter) -> Result<i64, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| subjects::count_subjects(connection, &filter)).await
    }

    async fn reported_loan(&self, address: Address) -> Result<Option<ReportedLoan>, StoreError> {
        self.0.with_reader(|connection| reported_loans::select_reported_loan(connection, address))
    }

    async fn reported_loans(
        &self,
        filter: &ReportedLoanFilter,
        page: Page,
    ) -> Result<Vec<ReportedLoan>, StoreError> {
        let filter = filter.clone();
        let list = move |connection: &_| reported_loans::select_reported_loans(connection, &filter, page);
        read_aside(&self.0, list).await
    }

    async fn count_reported_loans(&self, filter: &ReportedLoanFilter) -> Result<i64, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| reported_loans::count_reported_loans(connection, &filter)).await
    }

    async fn reports(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<StoredReport>, StoreError> {
        self.0.with_reader(|connection| reported_loans::select_reports(connection, (part, account_no), page))
    }

    async fn leads(&self, filter: &LeadFilter, page: Page) -> Result<Vec<Lead>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| leads::select_leads(connection, &filter, page)).await
    }

    async fn subject_totals(&self, filter: &SubjectFilter) -> Result<SubjectTotals, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| subjects::select_totals(connection, &filter)).await
    }

    async fn subjects_by_day(&self, filter: &SubjectFilter) -> Result<Vec<DailyCount>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| subjects::select_by_day(connection, &filter)).await
    }

    async fn settlements_by_day(
        &self,
        filter: &ReportedLoanFilter,
    ) -> Result<Vec<SettlementCount>, StoreError> {
        let filter = filter.clone();
        let count = move |connection: &_| reported_loans::select_settlements_by_day(connection, &filter);
        read_aside(&self.0, count).await
    }

    async fn savings(&self, address: Address) -> Result<Option<Savings>, StoreError> {
        self.0.with_reader(|connection| {
            let found = savings::select_savings(connection, address)?;
            Ok(shares::counted(connection, found.into_iter().collect())?.pop())
        })
    }

    async fn list_savings(&self, filter: &SavingsFilter, page: Page) -> Result<Vec<Savings>, StoreError> {
        let filter = filter.clone();
        let counted = move |connection: &Connection| {
            shares::counted(connection, savings::list_savings(connection, &filter, page)?)
        };
        read_aside(&self.0, counted).await
    }

    async fn account_since(&self, account: Address, from: Date) -> Result<Option<AccountSince>, StoreError> {
        read_aside(&self.0, move |connection| shares::select_since(connection, account, from)).await
    }

    async fn shares_of_fund(
        &self,
        part: Part,
        account_no: i64,
        fund: Key,
    ) -> Result<Vec<InvestorShare>, StoreError> {
        let asking = lists::shares_of_fund((part, account_no), fund, '?');
        self.0.with_reader(|connection| shares::select_shares(connection, asking))
    }

    async fn savings_transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<SavingsTransaction>, StoreError> {
        self.0.with_reader(|connection| savings::select_transactions(connection, (part, account_no), page))
    }

    async fn line_of_credit(&self, address: Address) -> Result<Option<LineOfCredit>, StoreError> {
        self.0.with_reader(|connection| lines_of_credit::select_line(connection, address))
    }

    async fn lines_of_credit(
        &self,
        filter: &LineFilter,
        page: Page,
    ) -> Result<Vec<LineOfCredit>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| lines_of_credit::select_lines(connection, &filter, page)).await
    }

    async fn paper(&self, address: Address) -> Result<Option<Paper>, StoreError> {
        self.0.with_reader(|connection| papers::select_paper(connection, address))
    }

    async fn paper_by_number(&self, number: i64) -> Result<Option<Paper>, StoreError> {
        self.0.with_reader(|connection| papers::select_numbered(connection, number))
    }

    async fn papers(&self, filter: &PaperFilter, page: Page) -> Result<Vec<Paper>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| papers::select_papers(connection, &filter, page)).await
    }

    async fn activities(
        &self,
        filter: &ActivityFilter,
        page: Page,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| papers::select_activities(connection, &filter, page)).await
    }

    async fn document_content(&self, document: Address) -> Result<Option<DocumentContent>, StoreError> {
        read_aside(&self.0, move |connection| papers::select_content(connection, document)).await
    }

    async fn journal_entries(&self, query: &EntryQuery, page: Page) -> Result<Vec<StoredEntry>, StoreError> {
        let query = query.clone();
        read_aside(&self.0, move |connection| ledger::select_journal(connection, &query, page)).await
    }

    async fn ledger_sums(&self, filter: &SumFilter) -> Result<Vec<LedgerSum>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| ledger::select_sums(connection, &filter)).await
    }

    async fn account_booking(
        &self,
        kind: IdKind,
        on: Key,
        resources: &[GlAccount],
    ) -> Result<Option<String>, StoreError> {
        let (sql, row) = lists::account_booking(kind, on, resources, '?');
        let read =
            move |connection: &Connection| select_one(connection, &sql, row, |row| read_account_id(row));
        read_aside(&self.0, read).await
    }

    async fn count_of(&self, counted: Counted, within: &[Key]) -> Result<i64, StoreError> {
        let asking = lists::count_of(counted, within, '?');
        read_aside(&self.0, move |connection| select_count(connection, asking)).await
    }

    async fn principal_at_risk(&self, since: Date, within: &[Key]) -> Result<Vec<AtRisk>, StoreError> {
        let (sql, row) = lists::principal_at_risk(since, within, '?');
        read_aside(&self.0, move |connection| select(connection, &sql, row, |row| read_at_risk(row))).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.with_reader(|connection| state::select_state(connection).map(|_| ()))
    }
}
