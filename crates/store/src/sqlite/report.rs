//! What reports read.

use async_trait::async_trait;
use loam_app::error::StoreError;
use loam_app::ports::{
    BookedFilter, BookedSum, Listed, LoanPage, Logged, LoggedSavings, ReportStore, RowPlace,
};
use loam_book::ids::Part;
use loam_book::journal::deposit_interest::DepositInterestAccount;
use loam_book::journal::income::IncomeAccount;
use loam_book::journal::provisions::ProvisionAccount;
use loam_book::loan::Loan;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::savings::Savings;
use rusqlite::Connection;

use super::read::SqliteReader;
use super::rows::select;
use super::{evening, loans, log, read_aside, savings, transactions};
use crate::cells::Row;
use crate::rows::check::{after_row, bounds_row, read_account};
use crate::rows::listed::listed;
use crate::rows::report::{
    after_place, booked_sums, by_log, deposits_in_use, place_bounds, read_booked_sum, read_deposit,
    read_place, with_transactions,
};

#[async_trait]
impl ReportStore for SqliteReader {
    async fn booked_sums(&self, filter: &BookedFilter) -> Result<Vec<BookedSum>, StoreError> {
        let (sql, row) = booked_sums(filter, '?');
        read_aside(&self.0, move |connection| select(connection, &sql, row, |row| read_booked_sum(row))).await
    }

    async fn income_accounts(&self) -> Result<Vec<IncomeAccount>, StoreError> {
        read_aside(&self.0, evening::select_evening).await
    }

    async fn provision_accounts(&self) -> Result<Vec<ProvisionAccount>, StoreError> {
        read_aside(&self.0, evening::select_evening).await
    }

    async fn deposit_interest_accounts(&self) -> Result<Vec<DepositInterestAccount>, StoreError> {
        read_aside(&self.0, evening::select_evening).await
    }

    async fn deposits_after(
        &self,
        after: Option<RowPlace>,
        limit: i64,
    ) -> Result<Listed<Savings, RowPlace>, StoreError> {
        let (sql, row) = (deposits_in_use('?'), after_place(after, limit));
        let read = move |connection: &Connection| select(connection, &sql, row, |row| read_deposit(row));
        read_aside(&self.0, read).await.map(listed)
    }

    async fn loans_after(&self, after: Option<RowPlace>, limit: i64) -> Result<LoanPage, StoreError> {
        let read = move |connection: &Connection| {
            let places = select(connection, NEXT, after_place(after, limit), |row| read_place(row))?;
            let bounds = place_bounds(&places).zip(places.last());
            let Some((bounds, last)) = bounds else { return Ok(LoanPage::default()) };
            loans::select_readable_between(connection, &bounds, *last)
        };
        read_aside(&self.0, read).await
    }

    async fn logs_after(&self, after: Option<(Part, i64)>, limit: i64) -> Result<Vec<Logged>, StoreError> {
        let read = move |connection: &Connection| match bounds(connection, after, limit)? {
            Some(bounds) => Ok(by_log(log::select_entries_between(connection, &bounds)?)),
            None => Ok(Vec::new()),
        };
        read_aside(&self.0, read).await
    }

    async fn savings_logs_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<LoggedSavings>, StoreError> {
        let read = move |connection: &Connection| {
            let accounts = savings::select_logged(connection, after_row(after, limit))?;
            let Some(bounds) = bounds_row(&accounts) else { return Ok(Vec::new()) };
            Ok(by_log(savings::select_entries_between(connection, &bounds)?))
        };
        read_aside(&self.0, read).await
    }

    async fn transactions_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<(Loan, Vec<LoanTransaction>)>, StoreError> {
        let read = move |connection: &Connection| {
            let Some(bounds) = bounds(connection, after, limit)? else { return Ok(Vec::new()) };
            let transactions = transactions::select_transactions_between(connection, &bounds)?;
            Ok(with_transactions(select_loans(connection, &bounds)?, transactions))
        };
        read_aside(&self.0, read).await
    }
}

/// Where the next loans stand.
const NEXT: &str = "select part, account_no from loan_account where (part, account_no) > (?1, ?2)
                     order by part, account_no limit ?3";

/// The first and the last of the next loans.
fn bounds(
    connection: &Connection,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Option<Row<'static>>, StoreError> {
    Ok(bounds_row(&select(connection, NEXT, after_row(after, limit), |row| read_account(row))?))
}

fn select_loans(connection: &Connection, bounds: &Row<'_>) -> Result<Vec<Loan>, StoreError> {
    let found = loans::select_loans_between(connection, bounds)?;
    Ok(found.into_iter().map(|stored| *stored.loan).collect())
}
