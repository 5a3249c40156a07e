//! What reports read.

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
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

use super::pipeline::{Query, read_all, select, select_whole, snapshot};
use super::read::PostgresReader;
use super::{evening, loans, log, savings, transactions};
use crate::cells::Row;
use crate::rows::check::{after_row, bounds_row, read_account};
use crate::rows::listed::listed;
use crate::rows::log::read_entry;
use crate::rows::report::{
    after_place, are_whole, booked_sums, by_log, deposits_in_use, page_of, place_bounds, read_booked_sum,
    read_deposit, read_if_readable, read_installment_if_readable, read_place, with_transactions,
};
use crate::rows::savings::read_savings_entry;
use crate::rows::transaction::read_transaction;

#[async_trait]
impl ReportStore for PostgresReader {
    async fn booked_sums(&self, filter: &BookedFilter) -> Result<Vec<BookedSum>, StoreError> {
        let asking = booked_sums(filter, '$');
        read_all(&select_whole(&*self.0.reader().await?, &asking).await?, read_booked_sum)
    }

    async fn income_accounts(&self) -> Result<Vec<IncomeAccount>, StoreError> {
        evening::select_evening(&*self.0.reader().await?).await
    }

    async fn provision_accounts(&self) -> Result<Vec<ProvisionAccount>, StoreError> {
        evening::select_evening(&*self.0.reader().await?).await
    }

    async fn deposit_interest_accounts(&self) -> Result<Vec<DepositInterestAccount>, StoreError> {
        evening::select_evening(&*self.0.reader().await?).await
    }

    async fn deposits_after(
        &self,
        after: Option<RowPlace>,
        limit: i64,
    ) -> Result<Listed<Savings, RowPlace>, StoreError> {
        let query = Query::one(deposits_in_use('$'), after_place(after, limit));
        let rows = select(&*self.0.reader().await?, query).await?;
        read_all(&rows, read_deposit).map(listed)
    }

    async fn loans_after(&self, after: Option<RowPlace>, limit: i64) -> Result<LoanPage, StoreError> {
        let client = self.0.reader().await?;
        let places = select(&client, Query::one(NEXT, after_place(after, limit))).await?;
        let places = read_all(&places, read_place)?;
        let bounds = place_bounds(&places).zip(places.last());
        let Some((bounds, last)) = bounds else { return Ok(LoanPage::default()) };
        let [found, _] = loans::select_loans_between(&bounds);
        let loans = read_all(&select(&client, found).await?, read_if_readable)?;
        if are_whole(&loans) {
            return Ok(page_of(loans, Vec::new(), *last));
        }
        let [found, installments] = snapshot(&client, loans::select_loans_between(&bounds)).await?;
        let installments = read_all(&installments, read_installment_if_readable)?;
        Ok(page_of(read_all(&found, read_if_readable)?, installments, *last))
    }

    async fn logs_after(&self, after: Option<(Part, i64)>, limit: i64) -> Result<Vec<Logged>, StoreError> {
        let client = self.0.reader().await?;
        let Some(bounds) = bounds(&client, after, limit).await? else { return Ok(Vec::new()) };
        let entries = select(&client, log::select_entries_between(&bounds)).await?;
        Ok(by_log(read_all(&entries, read_entry)?))
    }

    async fn savings_logs_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<LoggedSavings>, StoreError> {
        let client = self.0.reader().await?;
        let found = select(&client, savings::select_logged(after_row(after, limit))).await?;
        let Some(bounds) = bounds_row(&read_all(&found, read_account)?) else { return Ok(Vec::new()) };
        let [entries, _] = savings::select_between(&bounds);
        let entries = select(&client, entries).await?;
        Ok(by_log(read_all(&entries, read_savings_entry)?))
    }

    async fn transactions_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<(Loan, Vec<LoanTransaction>)>, StoreError> {
        let client = self.0.reader().await?;
        let Some(bounds) = bounds(&client, after, limit).await? else { return Ok(Vec::new()) };
        let [found, _] = loans::select_loans_between(&bounds);
        let queries = [found, transactions::select_transactions_between(&bounds)];
        let [found, transactions] = snapshot(&client, queries).await?;
        let loans = loans::listed_loans(&client, &found).await?;
        Ok(with_transactions(loans, read_all(&transactions, read_transaction)?))
    }
}

/// Where the next loans stand.
const NEXT: &str = "select part, account_no from loan_account where (part, account_no) > ($1, $2)
                     order by part, account_no limit $3";

/// The first and the last of the next loans.
async fn bounds(
    client: &ClientWrapper,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Option<Row<'static>>, StoreError> {
    let found = select(client, Query::one(NEXT, after_row(after, limit))).await?;
    Ok(bounds_row(&read_all(&found, read_account)?))
}
