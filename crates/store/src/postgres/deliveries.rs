//! `delivery`, and the outbox from which deliveries are made. Each statement is its own transaction.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Delivery, DeliveryCounts, DeliveryStore, Replay};
use loam_app::views::Page;
use loam_book::ids::Key;

use super::pipeline::{Query, execute, list, read_all, select};
use super::{PostgresStore, deliveries_by_part};
use crate::cells::{Cell, Row};
use crate::lists::delivery_list;
use crate::rows::delivery::{
    changed_accounts, delivered_row, delivery_columns, failed_row, nothing_expected, only_dead,
    postponed_row, raise_delivery, read_counts, read_delivery, recipients, told_again,
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
        if self.0.is_spread() {
            return deliveries_by_part::fan_out(&*self.0.reader().await?, &recipients, now, limit).await;
        }
        self.write(take_outbox(vec![recipients, Cell::instant(now), Cell::int(limit)])).await
    }

    async fn claim(
        &self,
        listeners: &[(Key, i64)],
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        if self.0.is_spread() {
            let client = self.0.reader().await?;
            return deliveries_by_part::claim(&client, listeners, (now, lease_until), limit).await;
        }
        let row =
            vec![Cell::json(&listeners), Cell::instant(now), Cell::instant(lease_until), Cell::int(limit)];
        read_all(&select(&*self.0.reader().await?, claim(row)).await?, read_delivery)
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

    async fn postponed(&self, delivery: &Delivery, until: Timestamp) -> Result<(), StoreError> {
        self.write(update_postponed(postponed_row(delivery, until))).await.map(|_| ())
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

    async fn replay(
        &self,
        target: Key,
        account: Option<Address>,
        what: Replay,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let part = Cell::Int(account.map(|account| i64::from(account.part.number())));
        let key = Cell::maybe_key(account.map(|account| account.key));
        let row = vec![Cell::instant(now), Cell::key(target), only_dead(what), part, key];
        self.write(replay(row)).await
    }

    async fn raise_due(
        &self,
        targets: &[Key],
        from: Date,
        to: Date,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        if self.0.is_spread() {
            let client = self.0.reader().await?;
            return deliveries_by_part::raise_due(&client, targets, (from, to), now).await;
        }
        let row = vec![Cell::json(&targets), Cell::date(from), Cell::date(to), Cell::instant(now)];
        self.write(raise_due(row)).await
    }

    async fn enroll(&self, target: Key, now: Timestamp) -> Result<i64, StoreError> {
        self.write(enroll(target, now)).await
    }

    async fn counts(&self) -> Result<DeliveryCounts, StoreError> {
        let sql = "select (select count(*) from delivery where next_attempt_at is not null),
                          (select count(*) from delivery where is_dead = 1),
                          (select count(*) from outbox)";
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
             order by recorded_at, part, account_no, seq limit $3 for update skip locked),
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
         delete from outbox using taken
          where outbox.recorded_at = taken.recorded_at and outbox.part = taken.part
            and outbox.account_no = taken.account_no and outbox.seq = taken.seq"
    );
    Query::one(sql, row)
}

/// The values are the listeners, the instant, the end of the lease and how many are claimed of all.
fn claim(row: Row<'_>) -> Query<'_> {
    let sql = concat!(
        "with due as materialized (
            select waiting.target_key, waiting.account_no, waiting.part
              from json_array_elements($1::text::json) as listener (value)
             cross join lateral (
                select target_key, account_no, part, next_attempt_at from delivery
                 where target_key = listener.value ->> 0 and next_attempt_at <= $2
                   and (claimed_until is null or claimed_until <= $2)
                 order by next_attempt_at, account_no, part limit (listener.value ->> 1)::bigint
                 for update skip locked) as waiting
             order by waiting.next_attempt_at, waiting.target_key, waiting.account_no, waiting.part limit $4),
         claimed as (
            update delivery set claimed_until = $3 from due
             where delivery.target_key = due.target_key and delivery.account_no = due.account_no
               and delivery.part = due.part
            returning delivery.*)
         select ",
        delivery_columns!(),
        " from claimed order by next_attempt_at, target_key, account_no, part"
    );
    Query::one(sql, row)
}

fn update_delivered(row: Row<'_>) -> Query<'_> {
    let sql = "update delivery
                  set sent_seq = $5, wanted_seq = case when wanted_seq < $5 then $5 else wanted_seq end,
                      attempts = 0, claimed_until = null, last_error = null,
                      next_attempt_at = case when wanted_seq <= $5 then null else $6::bigint end
                where target_key = $1 and account_no = $2 and part = $3 and claimed_until = $4";
    Query::one(sql, row)
}

fn update_failed(row: Row<'_>) -> Query<'_> {
    let sql = "update delivery
                  set attempts = attempts + 1, claimed_until = null, last_error = $5, next_attempt_at = $6,
                      is_dead = $7
                where target_key = $1 and account_no = $2 and part = $3 and claimed_until = $4";
    Query::one(sql, row)
}

fn update_postponed(row: Row<'_>) -> Query<'_> {
    let sql = "update delivery set claimed_until = null, next_attempt_at = $5
                where target_key = $1 and account_no = $2 and part = $3 and claimed_until = $4";
    Query::one(sql, row)
}

/// The values are the instant, the target, whether only the dead, and the part and key of an account or nothing.
fn replay(row: Row<'_>) -> Query<'_> {
    let sql = concat!(
        "update delivery set next_attempt_at = $1, sent_seq = case when $3::bigint = 1 then sent_seq else 0 end, ",
        told_again!(),
        " where target_key = $2 and ($3::bigint = 0 or is_dead = 1)
            and ($4::bigint is null or (part = $4 and account_key = $5::text))"
    );
    Query::one(sql, row)
}

/// The values are the targets, the range of days and the instant. Rows are locked in the order of their keys, as
/// everywhere. A worker that is telling one of them may have read it before the day, so what it says does not count.
fn raise_due(row: Row<'_>) -> Query<'_> {
    let sql = concat!(
        "with due as materialized (
                   select part, account_no from installment
                    where due_date >= $2 and due_date <= $3 and repaid_on is null and (due_date < $3 or ",
        nothing_expected!(),
        ")
                    union
                   select part, account_no from installment
                    where due_date > $2 and due_date <= $3 and repaid_on is not null and repaid_on < due_date),
                told as materialized (
                   select delivery.target_key, delivery.account_no, delivery.part
                     from due join json_array_elements_text($1::text::json) as target (key) on true
                     join delivery on delivery.target_key = target.key
                                  and delivery.account_no = due.account_no and delivery.part = due.part
                    where delivery.is_dead = 0
                      and (delivery.next_attempt_at is null or delivery.claimed_until is not null)
                    order by delivery.target_key, delivery.account_no, delivery.part
                      for update of delivery)
               update delivery set next_attempt_at = coalesce(delivery.next_attempt_at, $4::bigint),
                                   claimed_until = delivery.claimed_until - 1
                 from told
                where delivery.target_key = told.target_key and delivery.account_no = told.account_no
                  and delivery.part = told.part"
    );
    Query::one(sql, row)
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
