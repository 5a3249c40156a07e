//! `delivery`, and the outbox from which deliveries are made. Each statement is its own transaction.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Delivery, DeliveryCounts, DeliveryStore};
use loam_app::views::Page;
use loam_book::ids::Key;

use super::PostgresStore;
use super::pipeline::{Query, execute, list, read_all, select};
use crate::cells::{Cell, Row};
use crate::lists::delivery_list;
use crate::rows::delivery::{
    changed_accounts, delivered_row, delivery_columns, failed_row, raise_delivery, read_counts,
    read_delivery, recipients,
};

/// Deliveries, with connections of the pool.
pub(crate) struct PostgresDeliveries(pub(crate) Arc<PostgresStore>);

impl PostgresDeliveries {
    /// Gives how many rows were written.
    async fn write(&self, query: Query<'_>) -> Result<i64, StoreError> {
        let count = execute(&*self.0.reader().await?, query).await?;
        Ok(i64::try_from(count).expect("a table has fewer than 2^63 rows"))
    }
}

#[async_trait]
impl DeliveryStore for PostgresDeliveries {
    async fn fan_out(
        &self,
        targets: &[Key],
        webhooks: &[(String, Key)],
        now: Timestamp,
        limit: i64,
    ) -> Result<i64, StoreError> {
        let recipients = recipients(targets, webhooks);
        self.write(take_outbox(vec![recipients, Cell::instant(now), Cell::int(limit)])).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = select(&*self.0.reader().await?, claim(now, lease_until, limit)).await?;
        read_all(&rows, read_delivery)
    }

    async fn delivered(&self, delivery: &Delivery, seq: i64, now: Timestamp) -> Result<(), StoreError> {
        // A row that is not as it was claimed is somebody else's by now.
        self.write(update_delivered(delivered_row(delivery, seq, now))).await.map(|_| ())
    }

    async fn failed(
        &self,
        delivery: &Delivery,
        error: &str,
        next_attempt_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        // A row that is not as it was claimed is somebody else's by now.
        self.write(update_failed(failed_row(delivery, error, next_attempt_at))).await.map(|_| ())
    }

    async fn deliveries(
        &self,
        target: Option<Key>,
        only_dead: bool,
        page: Page,
    ) -> Result<Vec<Delivery>, StoreError> {
        let asking = delivery_list(target, only_dead, page, '$');
        read_all(&list(&*self.0.reader().await?, &asking).await?, read_delivery)
    }

    async fn replay(&self, target: Key, account: Option<Address>, now: Timestamp) -> Result<i64, StoreError> {
        self.write(
            account.map_or_else(|| replay_all(target, now), |account| replay_account((target, account), now)),
        )
        .await
    }

    async fn enroll(&self, target: Key, now: Timestamp) -> Result<i64, StoreError> {
        self.write(enroll(target, now)).await
    }

    async fn counts(&self) -> Result<DeliveryCounts, StoreError> {
        let sql = "select (select count(*) from delivery where next_attempt_at is not null),
                          (select count(*) from delivery where is_dead = 1),
                          (select count(*) from outbox where sent_at is null)";
        let rows = select(&*self.0.reader().await?, Query::one(sql, vec![])).await?;
        read_counts(rows.first().expect("a select without a table has one row"))
    }
}

/// The values are the recipients, the instant and how many rows are taken. Deliveries are written in
/// the order of their keys, so that two workers wait for each other at most one way.
fn take_outbox(row: Row<'_>) -> Query<'_> {
    let sql = concat!(
        "with taken as materialized (
            select recorded_at, part, account_no, seq, event from outbox
             where sent_at is null order by recorded_at, part, account_no, seq limit $3 for update skip locked),
         changed as (",
        changed_accounts!(),
        "),
         raised as (
            insert into delivery (part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts,
                                  next_attempt_at, claimed_until, is_dead, last_error)
            select changed.part, recipient.value ->> 1, changed.account_no, changed.account_key, 0, changed.seq, 0,
                   $2::bigint, null, 0, null
              from changed join json_array_elements($1::text::json) as recipient (value)
                             on (recipient.value ->> 0) is not distinct from changed.organization
             order by recipient.value ->> 1, changed.account_no, changed.part ",
        raise_delivery!(),
        ")
         update outbox set sent_at = $2::bigint from taken
          where outbox.recorded_at = taken.recorded_at and outbox.part = taken.part
            and outbox.account_no = taken.account_no and outbox.seq = taken.seq"
    );
    Query::one(sql, row)
}

fn claim<'a>(now: Timestamp, lease_until: Timestamp, limit: i64) -> Query<'a> {
    let sql = concat!(
        "with due as materialized (
            select target_key, account_no, part from delivery
             where next_attempt_at <= $1 and (claimed_until is null or claimed_until <= $1)
             order by next_attempt_at, target_key, account_no, part limit $3 for update skip locked),
         claimed as (
            update delivery set claimed_until = $2 from due
             where delivery.target_key = due.target_key and delivery.account_no = due.account_no
               and delivery.part = due.part
            returning delivery.*)
         select ",
        delivery_columns!(),
        " from claimed order by next_attempt_at, target_key, account_no, part"
    );
    Query::one(sql, vec![Cell::instant(now), Cell::instant(lease_until), Cell::int(limit)])
}

fn update_delivered(row: Row<'_>) -> Query<'_> {
    let sql = "update delivery
                  set sent_seq = $6, wanted_seq = case when wanted_seq < $6 then $6 else wanted_seq end,
                      attempts = 0, claimed_until = null, last_error = null,
                      next_attempt_at = case when wanted_seq <= $6 then null else $7::bigint end
                where target_key = $1 and account_no = $2 and part = $3 and sent_seq = $4 and attempts = $5
                  and claimed_until is not null";
    Query::one(sql, row)
}

fn update_failed(row: Row<'_>) -> Query<'_> {
    let sql = "update delivery
                  set attempts = attempts + 1, claimed_until = null, last_error = $6, next_attempt_at = $7,
                      is_dead = $8
                where target_key = $1 and account_no = $2 and part = $3 and sent_seq = $4 and attempts = $5
                  and claimed_until is not null";
    Query::one(sql, row)
}

/// A lease that runs goes on: its worker has the target's ear.
fn replay_account<'a>((target, account): (Key, Address), now: Timestamp) -> Query<'a> {
    let sql = "update delivery set sent_seq = 0, attempts = 0, is_dead = 0, next_attempt_at = $1
                where target_key = $2 and part = $3 and account_key = $4";
    let account = [Cell::part(account.part), Cell::key(account.key)];
    Query::one(sql, [Cell::instant(now), Cell::key(target)].into_iter().chain(account).collect())
}

fn replay_all<'a>(target: Key, now: Timestamp) -> Query<'a> {
    let sql = "update delivery set sent_seq = 0, attempts = 0, is_dead = 0, next_attempt_at = $1
                where target_key = $2";
    Query::one(sql, vec![Cell::instant(now), Cell::key(target)])
}

/// A target that knows a loan already learns nothing new about it.
fn enroll<'a>(target: Key, now: Timestamp) -> Query<'a> {
    let sql =
        "insert into delivery (part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts,
                                     next_attempt_at, claimed_until, is_dead, last_error)
               select part, $2::text, account_no, loan_key, 0, version, 0, $1::bigint, null, 0, null
                 from loan_account order by account_no, part
               on conflict (target_key, account_no, part) do nothing";
    Query::one(sql, vec![Cell::instant(now), Cell::key(target)])
}
