//! `delivery`, and the outbox from which deliveries are made.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Delivery, DeliveryCounts, DeliveryStore, Replay};
use loam_app::views::Page;
use loam_book::ids::Key;
use rusqlite::Connection;

use super::aside::Aside;
use super::rows::{execute_any, execute_each, select, select_one};
use super::{SqliteStore, read_aside};
use crate::cells::{Cell, Row};
use crate::error::OpenError;
use crate::lists::delivery_list;
use crate::rows::check::{Account, after_row, bounds_row, read_account};
use crate::rows::delivery::{
    changed_accounts, delivered_row, delivery_columns, failed_row, nothing_expected, only_dead,
    postponed_row, raise_delivery, read_counts, read_delivery, recipients, told_again,
};

/// How many rows a transaction writes before the lane gets its turn.
const STEP: i64 = 1_000;

/// Deliveries are no part of what the lane writes.
pub(crate) struct SqliteDeliveries(Aside);

impl SqliteDeliveries {
    pub(crate) fn open(store: &Arc<SqliteStore>) -> Result<SqliteDeliveries, OpenError> {
        Aside::open(store).map(SqliteDeliveries)
    }

    /// Takes one step after the other until there are no accounts left; gives how many rows were written.
    async fn in_steps(
        &self,
        step: impl Fn(&Connection, Option<Account>) -> Result<Option<(Account, i64)>, StoreError>
        + Clone
        + Send
        + 'static,
    ) -> Result<i64, StoreError> {
        let (mut after, mut written) = (None, 0);
        loop {
            let step = step.clone();
            let Some((last, count)) = self.0.write(move |tx| step(tx, after)).await? else {
                return Ok(written);
            };
            after = Some(last);
            written += count;
        }
    }
}

#[async_trait]
impl DeliveryStore for SqliteDeliveries {
    async fn fan_out(
        &self,
        targets: &[Key],
        webhooks: &[(String, Key)],
        now: Timestamp,
        limit: i64,
    ) -> Result<i64, StoreError> {
        let recipients = recipients(targets, webhooks);
        let write = move |connection: &Connection| {
            raise_deliveries(connection, vec![recipients, Cell::instant(now), Cell::int(limit)])?;
            delete_taken(connection, limit)
        };
        self.0.write(move |tx| write(tx)).await
    }

    async fn claim(
        &self,
        listeners: &[(Key, i64)],
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let listeners = listeners.to_vec();
        self.0.write(move |tx| claim(tx, &listeners, (now, lease_until), limit)).await
    }

    async fn delivered(&self, delivery: &Delivery, seq: i64, now: Timestamp) -> Result<(), StoreError> {
        let delivery = delivery.clone();
        self.0.write(move |tx| update_delivered(tx, &delivery, seq, now)).await
    }

    async fn failed(
        &self,
        delivery: &Delivery,
        error: &str,
        next_attempt_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (delivery, error) = (delivery.clone(), error.to_owned());
        self.0.write(move |tx| update_failed(tx, failed_row(&delivery, &error, next_attempt_at))).await
    }

    async fn postponed(&self, delivery: &Delivery, until: Timestamp) -> Result<(), StoreError> {
        let row = postponed_row(delivery, until);
        self.0.write(move |tx| update_postponed(tx, row)).await
    }

    async fn deliveries(
        &self,
        target: Option<Key>,
        only_dead: bool,
        page: Page,
    ) -> Result<Vec<Delivery>, StoreError> {
        let list = move |connection: &Connection| {
            let (sql, row) = delivery_list(target, only_dead, page, '?');
            select(connection, &sql, row, |row| read_delivery(row))
        };
        read_aside(self.0.store(), list).await
    }

    async fn replay(
        &self,
        target: Key,
        account: Option<Address>,
        what: Replay,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        match account {
            Some(account) => self.0.write(move |tx| replay_account(tx, (target, account), what, now)).await,
            None => self.in_steps(move |tx, after| replay_step(tx, (target, what), now, after)).await,
        }
    }

    async fn raise_due(
        &self,
        targets: &[Key],
        from: Date,
        to: Date,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let targets = targets.to_vec();
        self.in_steps(move |tx, after| raise_step(tx, &targets, (from, to), now, after)).await
    }

    async fn enroll(&self, target: Key, now: Timestamp) -> Result<i64, StoreError> {
        self.in_steps(move |tx, after| enroll_step(tx, target, now, after)).await
    }

    async fn counts(&self) -> Result<DeliveryCounts, StoreError> {
        read_aside(self.0.store(), select_counts).await
    }
}

/// The values are the recipients, the instant and how many rows of the outbox are taken.
fn raise_deliveries(connection: &Connection, row: Row<'_>) -> Result<(), StoreError> {
    let sql = concat!(
        "with taken as (
            select recorded_at, part, account_no, seq, event from outbox
             order by recorded_at, part, account_no, seq limit ?3),
         changed as (",
        changed_accounts!(),
        ")
         insert into delivery (part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts,
                               next_attempt_at, claimed_until, is_dead, last_error)
         select changed.part, recipient.value ->> 1, changed.account_no, changed.account_key, 0, changed.seq, 0, ?2,
                null, 0, null
           from changed join json_each(?1) as recipient
                          on (recipient.value ->> 0) is not distinct from changed.organization
          where true ",
        raise_delivery!()
    );
    let _raised = execute_any(connection, sql, row)?;
    Ok(())
}

/// The same rows of the outbox, which nobody else can have taken within this transaction.
fn delete_taken(connection: &Connection, limit: i64) -> Result<i64, StoreError> {
    let sql = "delete from outbox
                where (recorded_at, part, account_no, seq) in
                      (select recorded_at, part, account_no, seq from outbox
                        order by recorded_at, part, account_no, seq limit ?1)";
    execute_any(connection, sql, vec![Cell::int(limit)])
}

fn claim(
    connection: &Connection,
    listeners: &[(Key, i64)],
    (now, lease_until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let due = concat!(
        "select ",
        delivery_columns!(),
        " from delivery where target_key = ?1 and next_attempt_at <= ?2
                         and (claimed_until is null or claimed_until <= ?2)
          order by next_attempt_at, account_no, part limit ?3"
    );
    let mut claimed = Vec::new();
    for (listener, at_most) in listeners {
        let row = vec![Cell::key(*listener), Cell::instant(now), Cell::int(*at_most)];
        claimed.extend(select(connection, due, row, |row| read_delivery(row))?);
    }
    claimed.sort_by_key(|delivery| {
        (delivery.next_attempt_at, delivery.target, delivery.account_no, delivery.account.part)
    });
    claimed.truncate(usize::try_from(limit).unwrap_or(0));
    let lease =
        "update delivery set claimed_until = ?4 where target_key = ?1 and account_no = ?2 and part = ?3";
    let rows = claimed.iter().map(|delivery| {
        let (target, part) = (Cell::key(delivery.target), Cell::part(delivery.account.part));
        vec![target, Cell::int(delivery.account_no), part, Cell::instant(lease_until)]
    });
    let missing = execute_each(connection, lease, rows)?;
    assert!(missing.is_empty(), "a row that was just read is there");
    let claimed = claimed.into_iter();
    Ok(claimed.map(|delivery| Delivery { claimed_until: Some(lease_until), ..delivery }).collect())
}

/// A row that is not as it was claimed is somebody else's by now.
fn update_delivered(
    connection: &Connection,
    delivery: &Delivery,
    seq: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update delivery
                  set sent_seq = ?5, wanted_seq = case when wanted_seq < ?5 then ?5 else wanted_seq end,
                      attempts = 0, claimed_until = null, last_error = null,
                      next_attempt_at = case when wanted_seq <= ?5 then null else ?6 end
                where target_key = ?1 and account_no = ?2 and part = ?3 and claimed_until = ?4";
    let _not_ours = execute_each(connection, sql, [delivered_row(delivery, seq, now)])?;
    Ok(())
}

/// A row that is not as it was claimed is somebody else's by now.
fn update_failed(connection: &Connection, row: Row<'_>) -> Result<(), StoreError> {
    let sql = "update delivery
                  set attempts = attempts + 1, claimed_until = null, last_error = ?5, next_attempt_at = ?6,
                      is_dead = ?7
                where target_key = ?1 and account_no = ?2 and part = ?3 and claimed_until = ?4";
    let _not_ours = execute_each(connection, sql, [row])?;
    Ok(())
}

/// A row that is not as it was claimed is somebody else's by now.
fn update_postponed(connection: &Connection, row: Row<'_>) -> Result<(), StoreError> {
    let sql = "update delivery set claimed_until = null, next_attempt_at = ?5
                where target_key = ?1 and account_no = ?2 and part = ?3 and claimed_until = ?4";
    let _not_ours = execute_each(connection, sql, [row])?;
    Ok(())
}

fn replay_account(
    connection: &Connection,
    (target, account): (Key, Address),
    what: Replay,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let sql = concat!(
        "update delivery set next_attempt_at = ?1, sent_seq = case when ?3 = 1 then sent_seq else 0 end, ",
        told_again!(),
        " where target_key = ?2 and (?3 = 0 or is_dead = 1) and part = ?4 and account_key = ?5"
    );
    let (part, key) = (Cell::part(account.part), Cell::key(account.key));
    let row = vec![Cell::instant(now), Cell::key(target), only_dead(what), part, key];
    execute_any(connection, sql, row)
}

/// The accounts of a target after the given one, as many as a step takes.
fn replay_step(
    connection: &Connection,
    (target, what): (Key, Replay),
    now: Timestamp,
    after: Option<Account>,
) -> Result<Option<(Account, i64)>, StoreError> {
    let some = "select part, account_no from delivery
                 where target_key = ?4 and (account_no, part) > (?2, ?1) and (?5 = 0 or is_dead = 1)
                 order by account_no, part limit ?3";
    let mut row = after_row(after, STEP);
    row.extend([Cell::key(target), only_dead(what)]);
    let accounts = select(connection, some, row, |row| read_account(row))?;
    let (Some(bounds), Some(last)) = (bounds_row(&accounts), accounts.last()) else { return Ok(None) };
    let sql = concat!(
        "update delivery set next_attempt_at = ?5, sent_seq = case when ?7 = 1 then sent_seq else 0 end, ",
        told_again!(),
        " where target_key = ?6 and (account_no, part) >= (?2, ?1) and (account_no, part) <= (?4, ?3)
            and (?7 = 0 or is_dead = 1)"
    );
    let row = bounds.into_iter().chain([Cell::instant(now), Cell::key(target), only_dead(what)]);
    Ok(Some((*last, execute_any(connection, sql, row.collect())?)))
}

/// The accounts with an unpaid installment after the given one, as many as a step takes. A worker that is telling one
/// of them may have read it before the day, so what it says does not count.
fn raise_step(
    connection: &Connection,
    targets: &[Key],
    (from, to): (Date, Date),
    now: Timestamp,
    after: Option<Account>,
) -> Result<Option<(Account, i64)>, StoreError> {
    let some = concat!(
        "select part, account_no from installment
          where due_date >= ?4 and due_date <= ?5 and repaid_on is null and (due_date < ?5 or ",
        nothing_expected!(),
        ") and (part, account_no) > (?1, ?2)
          union
         select part, account_no from installment
          where due_date > ?4 and due_date <= ?5 and repaid_on is not null and repaid_on < due_date
            and (part, account_no) > (?1, ?2)
          order by part, account_no limit ?3"
    );
    let mut row = after_row(after, STEP);
    row.extend([Cell::date(from), Cell::date(to)]);
    let accounts = select(connection, some, row, |row| read_account(row))?;
    let Some(last) = accounts.last() else { return Ok(None) };
    let sql = "update delivery set next_attempt_at = coalesce(next_attempt_at, ?4), claimed_until = claimed_until - 1
                where target_key = ?1 and account_no = ?2 and part = ?3 and is_dead = 0
                  and (next_attempt_at is null or claimed_until is not null)";
    let told = targets.iter().flat_map(|target| accounts.iter().map(move |account| (*target, *account)));
    let rows = told.map(|(target, (part, account_no))| {
        vec![Cell::key(target), Cell::int(account_no), Cell::part(part), Cell::instant(now)]
    });
    let (asked, unchanged) = (targets.len() * accounts.len(), execute_each(connection, sql, rows)?.len());
    Ok(Some((*last, i64::try_from(asked - unchanged).expect("a step is short"))))
}

/// The loans after the given one, as many as a step takes. A target that knows a loan already learns
/// nothing new about it.
fn enroll_step(
    connection: &Connection,
    target: Key,
    now: Timestamp,
    after: Option<Account>,
) -> Result<Option<(Account, i64)>, StoreError> {
    let some = "select part, account_no from loan_account where (part, account_no) > (?1, ?2)
                 order by part, account_no limit ?3";
    let accounts = select(connection, some, after_row(after, STEP), |row| read_account(row))?;
    let (Some(bounds), Some(last)) = (bounds_row(&accounts), accounts.last()) else { return Ok(None) };
    let sql =
        "insert into delivery (part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts,
                                     next_attempt_at, claimed_until, is_dead, last_error)
               select part, ?6, account_no, loan_key, 0, version, 0, ?5, null, 0, null from loan_account
                where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
               on conflict (target_key, account_no, part) do nothing";
    let row = bounds.into_iter().chain([Cell::instant(now), Cell::key(target)]);
    Ok(Some((*last, execute_any(connection, sql, row.collect())?)))
}

fn select_counts(connection: &Connection) -> Result<DeliveryCounts, StoreError> {
    let sql = "select (select count(*) from delivery where next_attempt_at is not null),
                      (select count(*) from delivery where is_dead = 1),
                      (select count(*) from outbox)";
    let counts = select_one(connection, sql, vec![], |row| read_counts(row))?;
    Ok(counts.expect("a select without a table has one row"))
}
