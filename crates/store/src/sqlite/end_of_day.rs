//! Work for the sweep at the end of day, and the leases under which it is done.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{
    ActionPlace, CalendarWork, EndOfDayStore, Lease, Listed, RowPlace, UnreadableRow, WrittenKey,
};
use loam_book::application::Application;
use rusqlite::Connection;

use super::rows::{select, select_one};
use super::{SqliteStore, calendar_work, read_soon, savings};
use crate::cells::Cell;
use crate::error::OpenError;
use crate::lists;
use crate::rows::listed::{listed, read_action, read_shares, read_waiting_application};
use crate::rows::working::{count_loans_with_work, loans_with_work, loans_with_work_row, read_work_count};

/// Work that is done has a connection of its own: it is not part of what a lane writes.
pub(crate) struct SqliteEndOfDay {
    store: Arc<SqliteStore>,
    writer: Mutex<Connection>,
}

impl SqliteEndOfDay {
    pub(crate) fn open(store: &Arc<SqliteStore>) -> Result<SqliteEndOfDay, OpenError> {
        Ok(SqliteEndOfDay { store: Arc::clone(store), writer: Mutex::new(store.writer()?) })
    }
}

#[async_trait]
impl EndOfDayStore for SqliteEndOfDay {
    async fn loans_with_work(
        &self,
        business_date: Date,
        after: ActionPlace,
        limit: i64,
    ) -> Result<Listed<Address, ActionPlace>, StoreError> {
        read_soon(&self.store, move |connection| {
            let row = loans_with_work_row(business_date, after, limit);
            select(connection, &loans_with_work('?'), row, |row| read_action(row)).map(listed)
        })
        .await
    }

    async fn count_loans_with_work(&self, business_date: Date) -> Result<u64, StoreError> {
        read_soon(&self.store, move |connection| {
            let row = vec![Cell::date(business_date)];
            let count = select_one(connection, &count_loans_with_work('?'), row, |row| read_work_count(row))?;
            Ok(count.unwrap_or_default())
        })
        .await
    }

    async fn calendar_work(&self) -> Result<Vec<Result<CalendarWork, UnreadableRow>>, StoreError> {
        read_soon(&self.store, calendar_work::select_work).await
    }

    async fn accounts_to_follow(
        &self,
        work: &CalendarWork,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<Address, WrittenKey>, StoreError> {
        self.store.with_reader(|connection| calendar_work::select_accounts(connection, work, after, limit))
    }

    async fn followed(&self, work: &CalendarWork) -> Result<(), StoreError> {
        calendar_work::delete_work(&self.writer.lock().unwrap_or_else(PoisonError::into_inner), work)
    }

    async fn loans_to_settle(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError> {
        let asked = (business_date, after, limit);
        read_soon(&self.store, move |connection| savings::select_to_settle(connection, asked)).await
    }

    async fn savings_with_work(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError> {
        let asked = (business_date, after, limit);
        read_soon(&self.store, move |connection| savings::select_with_work(connection, asked)).await
    }

    async fn applications_in_market(
        &self,
        before: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<(Address, Application), RowPlace>, StoreError> {
        let (sql, row) = lists::applications_in_market(before, after, limit, '?');
        read_soon(&self.store, move |connection| {
            select(connection, &sql, row, |row| read_waiting_application(row)).map(listed)
        })
        .await
    }

    async fn accounts_with_shares(
        &self,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<(Address, i64), WrittenKey>, StoreError> {
        let (sql, row) = lists::accounts_with_shares(after, limit, '?');
        read_soon(&self.store, move |connection| {
            select(connection, &sql, row, |row| read_shares(row)).map(listed)
        })
        .await
    }

    async fn claim(&self, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.store.leases().claim(lease, now))
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.store.leases().release(lease);
        Ok(())
    }
}
