//! The reading side, on connections of a pool.

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

use super::pipeline::{count, list, list_once, read_all, select};
use super::{
    PostgresStore, applications, clients, custom_values, groups, lines_of_credit, loans, log, papers,
    records, registry, reported_loans, savings, shares, state, subjects, transactions,
};
use crate::cells::Cursor;
use crate::lists;
use crate::rows::answer::read_activity;
use crate::rows::application::read_application;
use crate::rows::book::{read_account_id, read_address};
use crate::rows::custom_value::{gathered, read_value};
use crate::rows::lead::read_lead;
use crate::rows::ledger::{read_at_risk, read_entry_row, read_sum};
use crate::rows::line_of_credit::read_line;
use crate::rows::loan::read_due;
use crate::rows::market::{read_booking, read_fund_transaction};
use crate::rows::paper::{content_of, read_paper, read_piece};
use crate::rows::reported_loan::{read_report, read_reported_loan, read_settlement_count};
use crate::rows::savings::{read_found_movement, read_savings, read_savings_transaction};
use crate::rows::subject::{read_daily_count, read_subject, read_totals};
use crate::rows::transaction::read_found;
use crate::schema::Dialect;
use crate::search::{
    client_search, due_list, entry_search, group_search, ledger_sums, loan_search, movement_search,
    savings_search, transaction_search,
};

/// Reads with connections of the pool.
pub(crate) struct PostgresReader(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl ReadStore for PostgresReader {
    async fn state(&self) -> Result<BookState, StoreError> {
        self.0.state().await
    }

    async fn catalog(&self) -> Result<Catalog, StoreError> {
        records::select_catalog(&*self.0.reader().await?).await
    }

    async fn resolve(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.0.resolver.resolve(&self.0, kind, id_or_key).await
    }

    async fn resolve_all(
        &self,
        kind: IdKind,
        ids_or_keys: &[&str],
    ) -> Result<HashMap<String, Address>, StoreError> {
        registry::select_addresses(&*self.0.reader().await?, kind, ids_or_keys).await
    }

    async fn loan(&self, address: Address) -> Result<Option<Loan>, StoreError> {
        loans::select_loan(&*self.0.reader().await?, address).await
    }

    async fn custom_values(&self, owners: &[Address]) -> Result<Vec<CustomValues>, StoreError> {
        let rows = select(&*self.0.reader().await?, custom_values::select_named(owners)).await?;
        Ok(gathered(read_all(&rows, read_value)?))
    }

    async fn loans(&self, filter: &LoanFilter, page: Page) -> Result<Vec<Loan>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list(&client, &lists::loan_list(filter, page, '$')).await?;
        loans::listed_loans(&client, &rows).await
    }

    async fn search_loans(&self, query: &LoanQuery, page: Page) -> Result<Vec<Loan>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list_once(&client, &loan_search(query, page, Dialect::Postgres)).await?;
        loans::listed_loans(&client, &rows).await
    }

    async fn installments_due(&self, due: &DueFilter, page: Page) -> Result<Vec<(Address, u32)>, StoreError> {
        let client = self.0.reader().await?;
        read_all(&list_once(&client, &due_list(due, page, Dialect::Postgres)).await?, read_due)
    }

    async fn search_clients(&self, query: &ClientQuery, limit: i64) -> Result<Vec<ClientView>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list_once(&client, &client_search(query, limit, Dialect::Postgres)).await?;
        clients::viewed(&client, &rows).await
    }

    async fn search_groups(&self, query: &GroupQuery, limit: i64) -> Result<Vec<GroupView>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list_once(&client, &group_search(query, limit, Dialect::Postgres)).await?;
        groups::viewed(&client, &rows).await
    }

    async fn search_savings(&self, query: &SavingsQuery, limit: i64) -> Result<Vec<Savings>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list_once(&client, &savings_search(query, limit, Dialect::Postgres)).await?;
        shares::counted(&client, read_all(&rows, read_savings)?, self.0.is_spread()).await
    }

    async fn search_savings_transactions(
        &self,
        query: &MovementQuery,
        limit: i64,
    ) -> Result<Vec<FoundMovement>, StoreError> {
        let client = self.0.reader().await?;
        let rows = list_once(&client, &movement_search(query, limit, Dialect::Postgres)).await?;
        read_all(&rows, read_found_movement)
    }

    async fn search_transactions(
        &self,
        query: &TransactionQuery,
        limit: i64,
    ) -> Result<Vec<FoundTransaction>, StoreError> {
        let client = self.0.reader().await?;
        read_all(&list_once(&client, &transaction_search(query, limit, Dialect::Postgres)).await?, read_found)
    }

    async fn client(&self, address: Address) -> Result<Option<ClientView>, StoreError> {
        clients::select_view(&*self.0.reader().await?, address).await
    }

    async fn clients(&self, filter: &ClientFilter, page: Page) -> Result<Vec<ClientView>, StoreError> {
        clients::select_views(&*self.0.reader().await?, filter, page).await
    }

    async fn group(&self, address: Address) -> Result<Option<GroupView>, StoreError> {
        groups::select_view(&*self.0.reader().await?, address).await
    }

    async fn groups(&self, filter: &GroupFilter, page: Page) -> Result<Vec<GroupView>, StoreError> {
        groups::select_views(&*self.0.reader().await?, filter, page).await
    }

    async fn transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<LoanTransaction>, StoreError> {
        transactions::select_transactions(&*self.0.reader().await?, (part, account_no), page).await
    }

    async fn history(&self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        log::select_entries(&*self.0.reader().await?, part, account_no).await
    }

    async fn application(&self, address: Address) -> Result<Option<Application>, StoreError> {
        let rows = select(&*self.0.reader().await?, applications::select_named(&[address])).await?;
        rows.first().map(read_application).transpose()
    }

    async fn application_by_number(
        &self,
        part: Option<Part>,
        number: i64,
    ) -> Result<Option<Application>, StoreError> {
        let asking = lists::application_numbered(part, number, '$');
        let rows = list(&*self.0.reader().await?, &asking).await?;
        rows.first().map(read_application).transpose()
    }

    async fn application_place(
        &self,
        part: Option<Part>,
        number: i64,
    ) -> Result<Option<Address>, StoreError> {
        let asking = lists::application_place(part, number, '$');
        list(&*self.0.reader().await?, &asking).await?.first().map(read_address).transpose()
    }

    async fn applications(
        &self,
        filter: &ApplicationFilter,
        page: Page,
    ) -> Result<Vec<Application>, StoreError> {
        let asking = lists::application_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_application)
    }

    async fn application_of(&self, part: Part, account_no: i64) -> Result<Option<Application>, StoreError> {
        let asking = lists::application_of(part, account_no, '$');
        list(&*self.0.reader().await?, &asking).await?.first().map(read_application).transpose()
    }

    async fn bookings(&self, filter: &BookingFilter, page: Page) -> Result<Vec<Booking>, StoreError> {
        let asking = lists::booking_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_booking)
    }

    async fn booking(&self, part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        let asking = lists::booking_numbered(part, number, '$');
        list(&*self.0.reader().await?, &asking).await?.first().map(read_booking).transpose()
    }

    async fn fund_transaction(&self, part: Part, number: i64) -> Result<Option<FundTransaction>, StoreError> {
        let asking = lists::fund_transaction_numbered(part, number, '$');
        list(&*self.0.reader().await?, &asking).await?.first().map(read_fund_transaction).transpose()
    }

    async fn account_numbered(
        &self,
        kind: IdKind,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Address>, StoreError> {
        let asking = lists::account_numbered(kind, part, account_no, '$');
        let rows = list(&*self.0.reader().await?, &asking).await?;
        let key = rows.first().map(|row| Cursor::new("account", row).key()).transpose()?;
        Ok(key.map(|key| Address { part, key }))
    }

    async fn resolve_name(&self, name: &IdName) -> Result<Option<Address>, StoreError> {
        registry::select_name(&*self.0.reader().await?, name).await
    }

    async fn subject(&self, address: Address) -> Result<Option<Subject>, StoreError> {
        let rows = select(&*self.0.reader().await?, subjects::select_named(&[address])).await?;
        rows.first().map(read_subject).transpose()
    }

    async fn subjects(&self, filter: &SubjectFilter, page: Page) -> Result<Vec<Subject>, StoreError> {
        let asking = lists::subject_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_subject)
    }

    async fn count_subjects(&self, filter: &SubjectFilter) -> Result<i64, StoreError> {
        count(&*self.0.reader().await?, &lists::subject_count(filter, '$')).await
    }

    async fn reported_loan(&self, address: Address) -> Result<Option<ReportedLoan>, StoreError> {
        let rows = select(&*self.0.reader().await?, reported_loans::select_named(&[address])).await?;
        rows.first().map(read_reported_loan).transpose()
    }

    async fn reported_loans(
        &self,
        filter: &ReportedLoanFilter,
        page: Page,
    ) -> Result<Vec<ReportedLoan>, StoreError> {
        let asking = lists::reported_loan_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_reported_loan)
    }

    async fn count_reported_loans(&self, filter: &ReportedLoanFilter) -> Result<i64, StoreError> {
        count(&*self.0.reader().await?, &lists::reported_loan_count(filter, '$')).await
    }

    async fn reports(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<StoredReport>, StoreError> {
        let query = reported_loans::select_reports((part, account_no), page);
        read_all(&select(&*self.0.reader().await?, query).await?, read_report)
    }

    async fn leads(&self, filter: &LeadFilter, page: Page) -> Result<Vec<Lead>, StoreError> {
        let asking = lists::lead_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_lead)
    }

    async fn subject_totals(&self, filter: &SubjectFilter) -> Result<SubjectTotals, StoreError> {
        let asking = lists::subject_totals(filter, '$');
        let rows = list(&*self.0.reader().await?, &asking).await?;
        read_totals(rows.first().expect("an aggregate has one row"))
    }

    async fn subjects_by_day(&self, filter: &SubjectFilter) -> Result<Vec<DailyCount>, StoreError> {
        let asking = lists::subjects_by_day(filter, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_daily_count)
    }

    async fn settlements_by_day(
        &self,
        filter: &ReportedLoanFilter,
    ) -> Result<Vec<SettlementCount>, StoreError> {
        let asking = lists::settlements_by_day(filter, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_settlement_count)
    }

    async fn savings(&self, address: Address) -> Result<Option<Savings>, StoreError> {
        let client = self.0.reader().await?;
        let rows = select(&client, savings::select_named(&[address])).await?;
        Ok(shares::counted(&client, read_all(&rows, read_savings)?, self.0.is_spread()).await?.pop())
    }

    async fn list_savings(&self, filter: &SavingsFilter, page: Page) -> Result<Vec<Savings>, StoreError> {
        let asking = lists::savings_list(filter, page, '$');
        let client = self.0.reader().await?;
        let accounts = read_all(&list(&client, &asking).await?, read_savings)?;
        shares::counted(&client, accounts, self.0.is_spread()).await
    }

    async fn account_since(&self, account: Address, from: Date) -> Result<Option<AccountSince>, StoreError> {
        shares::select_since(&*self.0.reader().await?, account, from, self.0.is_spread()).await
    }

    async fn shares_of_fund(
        &self,
        part: Part,
        account_no: i64,
        fund: Key,
    ) -> Result<Vec<InvestorShare>, StoreError> {
        let asking = lists::shares_of_fund((part, account_no), fund, '$');
        shares::read_shares(&list(&*self.0.reader().await?, &asking).await?)
    }

    async fn savings_transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<SavingsTransaction>, StoreError> {
        let query = savings::select_transactions((part, account_no), page);
        let rows = select(&*self.0.reader().await?, query).await?;
        read_all(&rows, |row| read_savings_transaction(row).map(|(_, transaction)| transaction))
    }

    async fn line_of_credit(&self, address: Address) -> Result<Option<LineOfCredit>, StoreError> {
        let rows = select(&*self.0.reader().await?, lines_of_credit::select_named(&[address])).await?;
        rows.first().map(read_line).transpose()
    }

    async fn lines_of_credit(
        &self,
        filter: &LineFilter,
        page: Page,
    ) -> Result<Vec<LineOfCredit>, StoreError> {
        let asking = lists::line_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_line)
    }

    async fn paper(&self, address: Address) -> Result<Option<Paper>, StoreError> {
        let rows = select(&*self.0.reader().await?, papers::select_named(&[address])).await?;
        rows.first().map(read_paper).transpose()
    }

    async fn paper_by_number(&self, number: i64) -> Result<Option<Paper>, StoreError> {
        let rows = select(&*self.0.reader().await?, papers::select_numbered(number)).await?;
        rows.first().map(read_paper).transpose()
    }

    async fn papers(&self, filter: &PaperFilter, page: Page) -> Result<Vec<Paper>, StoreError> {
        let asking = lists::paper_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_paper)
    }

    async fn activities(
        &self,
        filter: &ActivityFilter,
        page: Page,
    ) -> Result<Vec<StoredActivity>, StoreError> {
        let asking = lists::activity_list(filter, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_activity)
    }

    async fn document_content(&self, document: Address) -> Result<Option<DocumentContent>, StoreError> {
        let rows = select(&*self.0.reader().await?, papers::select_content(document)).await?;
        read_all(&rows, read_piece).map(content_of)
    }

    async fn journal_entries(&self, query: &EntryQuery, page: Page) -> Result<Vec<StoredEntry>, StoreError> {
        let asking = entry_search(query, page, Dialect::Postgres);
        read_all(&list_once(&*self.0.reader().await?, &asking).await?, read_entry_row)
    }

    async fn ledger_sums(&self, filter: &SumFilter) -> Result<Vec<LedgerSum>, StoreError> {
        let asking = ledger_sums(filter, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_sum)
    }

    async fn account_booking(
        &self,
        kind: IdKind,
        on: Key,
        resources: &[GlAccount],
    ) -> Result<Option<String>, StoreError> {
        let asking = lists::account_booking(kind, on, resources, '$');
        let rows = list(&*self.0.reader().await?, &asking).await?;
        rows.first().map(read_account_id).transpose()
    }

    async fn count_of(&self, counted: Counted, within: &[Key]) -> Result<i64, StoreError> {
        count(&*self.0.reader().await?, &lists::count_of(counted, within, '$')).await
    }

    async fn principal_at_risk(&self, since: Date, within: &[Key]) -> Result<Vec<AtRisk>, StoreError> {
        let asking = lists::principal_at_risk(since, within, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_at_risk)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        select(&*self.0.reader().await?, state::select_state()).await.map(|_| ())
    }
}
