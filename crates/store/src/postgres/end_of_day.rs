//! Work for the sweep at the end of day, and the leases under which it is done.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{
    ActionPlace, CalendarWork, EndOfDayStore, Lease, Listed, RowPlace, UnreadableRow, WrittenKey,
};
use loam_book::application::Application;

use super::pipeline::{Query, execute, list, read_all, select};
use super::{PostgresStore, calendar_work, savings};
use crate::cells::Cell;
use crate::lists;
use crate::rows::listed::{
    listed, read_action, read_numbered, read_shares, read_to_follow, read_waiting_application, read_work,
};
use crate::rows::working::{count_loans_with_work, loans_with_work, loans_with_work_row, read_work_count};

/// Reads and leases with connections of the pool.
pub(crate) struct PostgresEndOfDay(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl EndOfDayStore for PostgresEndOfDay {
    async fn loans_with_work(
        &self,
        business_date: Date,
        after: ActionPlace,
        limit: i64,
    ) -> Result<Listed<Address, ActionPlace>, StoreError> {
        let asking = (loans_with_work('$'), loans_with_work_row(business_date, after, limit));
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_action).map(listed)
    }

    async fn count_loans_with_work(&self, business_date: Date) -> Result<u64, StoreError> {
        let asking = (count_loans_with_work('$'), vec![Cell::date(business_date)]);
        let rows = list(&*self.0.reader().await?, &asking).await?;
        Ok(rows.first().map(read_work_count).transpose()?.unwrap_or_default())
    }

    async fn calendar_work(&self) -> Result<Vec<Result<CalendarWork, UnreadableRow>>, StoreError> {
        let rows = select(&*self.0.reader().await?, calendar_work::select_work()).await?;
        read_all(&rows, read_work)
    }

    async fn accounts_to_follow(
        &self,
        work: &CalendarWork,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<Address, WrittenKey>, StoreError> {
        let query = calendar_work::select_accounts(work, after, limit);
        let rows = select(&*self.0.reader().await?, query).await?;
        read_all(&rows, read_to_follow).map(listed)
    }

    async fn followed(&self, work: &CalendarWork) -> Result<(), StoreError> {
        execute(&*self.0.reader().await?, calendar_work::delete_work(work)).await.map(|_| ())
    }

    async fn loans_to_settle(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError> {
        let query = savings::select_to_settle(business_date, after, limit);
        let rows = select(&*self.0.reader().await?, query).await?;
        read_all(&rows, |row| read_numbered("settlement", row)).map(listed)
    }

    async fn savings_with_work(
        &self,
        business_date: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<Address, RowPlace>, StoreError> {
        let query = savings::select_with_work(business_date, after, limit);
        let rows = select(&*self.0.reader().await?, query).await?;
        read_all(&rows, |row| read_numbered("savings_account", row)).map(listed)
    }

    async fn applications_in_market(
        &self,
        before: Date,
        after: RowPlace,
        limit: i64,
    ) -> Result<Listed<(Address, Application), RowPlace>, StoreError> {
        let asking = lists::applications_in_market(before, after, limit, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_waiting_application).map(listed)
    }

    async fn accounts_with_shares(
        &self,
        after: Option<WrittenKey>,
        limit: i64,
    ) -> Result<Listed<(Address, i64), WrittenKey>, StoreError> {
        let asking = lists::accounts_with_shares(after, limit, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_shares).map(listed)
    }

    async fn claim(&self, lease: &Lease, now: Timestamp) -> Result<bool, StoreError> {
        match execute(&*self.0.reader().await?, upsert_lease(lease, now)).await? {
            0 => Ok(false),
            1 => Ok(true),
            count => unreachable!("a part is a key, but {count} leases were written"),
        }
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        // A lease that ran out may be somebody else's by now; then there is nothing to give back.
        execute(&*self.0.reader().await?, delete_lease(lease)).await.map(|_| ())
    }
}

/// Takes the part, or keeps it longer, unless somebody else's lease runs.
fn upsert_lease(lease: &Lease, now: Timestamp) -> Query<'_> {
    let sql = "insert into part_lease (part, worker, lease_until) values ($1, $2, $3)
               on conflict (part) do update set worker = excluded.worker, lease_until = excluded.lease_until
                where part_lease.worker = excluded.worker or part_lease.lease_until <= $4";
    let until = Cell::instant(lease.until);
    Query::one(sql, vec![Cell::part(lease.part), Cell::text(&lease.worker), until, Cell::instant(now)])
}

fn delete_lease(lease: &Lease) -> Query<'_> {
    let sql = "delete from part_lease where part = $1 and worker = $2";
    Query::one(sql, vec![Cell::part(lease.part), Cell::text(&lease.worker)])
}
