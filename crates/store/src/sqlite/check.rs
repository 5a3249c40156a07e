//! What `check` reads, and the accounts that were set aside.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{
    CheckStore, LinePlace, Placed, RowCounts, StoredAccount, StoredSavingsAccount, WrongSum,
};
use loam_book::ids::{Key, Part};
use loam_book::journal::Transfer;
use loam_book::journal::deposit_interest::DepositInterestAccount;
use loam_book::journal::income::IncomeAccount;
use loam_book::journal::manual::{ManualEntry, ManualLine};
use loam_book::journal::provisions::ProvisionAccount;
use loam_book::loan::Holder;
use rusqlite::Connection;

use super::rows::{execute_each, select, select_one};
use super::{
    SqliteStore, beside, evening, holders, journal, ledger, loans, log, read_aside, savings, shares,
    transactions,
};
use crate::cells::Cell;
use crate::rows::book::read_address;
use crate::rows::check::{
    Account, AccountRows, PlacedLine, SavingsRows, after_row, alone, bounds_row, left_between_accounts,
    read_account, read_left, read_quarantined, read_row_counts, row_counts, together,
};
use crate::rows::strays::{
    HELD, STRAY_APPLICATIONS, damaged_keys, held_by, lost_holders, orphan_queries, read_damaged_key,
    read_held, read_lost_holder, read_orphan, read_stray_application, read_stray_paper, stray_papers,
};
use crate::rows::transfer::Log;

/// Reads for `check`.
pub(crate) struct SqliteCheck(pub(crate) Arc<SqliteStore>);

#[async_trait]
impl CheckStore for SqliteCheck {
    async fn accounts_after(
        &self,
        after: Option<(Part, i64)>,
        through: Part,
        limit: i64,
    ) -> Result<Vec<StoredAccount>, StoreError> {
        read_aside(&self.0, move |connection| select_accounts(connection, (after, through), limit)).await
    }

    async fn savings_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<StoredSavingsAccount>, StoreError> {
        read_aside(&self.0, move |connection| select_savings(connection, after, limit)).await
    }

    async fn lines_after(&self, after: Option<LinePlace>, limit: i64) -> Result<Vec<PlacedLine>, StoreError> {
        read_aside(&self.0, move |connection| beside::select_lines(connection, after, limit)).await
    }

    async fn holders_there(&self, holders: &[Holder]) -> Result<Vec<Key>, StoreError> {
        let holders = holders.to_vec();
        read_aside(&self.0, move |connection| holders::select_there(connection, &holders)).await
    }

    async fn stray_applications(&self) -> Result<Vec<String>, StoreError> {
        let strays = |connection: &Connection| {
            select(connection, STRAY_APPLICATIONS, vec![], |row| read_stray_application(row))
        };
        read_aside(&self.0, strays).await
    }

    async fn lost_holders(&self) -> Result<Vec<String>, StoreError> {
        read_aside(&self.0, select_lost_holders).await
    }

    async fn damaged_keys(&self) -> Result<Vec<String>, StoreError> {
        let damaged = |connection: &Connection| {
            let mut lines = Vec::new();
            for (table, sql) in damaged_keys() {
                lines.extend(select(connection, &sql, vec![], |row| read_damaged_key(table, row))?);
            }
            Ok(lines)
        };
        read_aside(&self.0, damaged).await
    }

    async fn left_between_accounts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let left = |connection: &Connection| {
            select(connection, &left_between_accounts(), vec![], |row| read_left(row))
        };
        read_aside(&self.0, left).await
    }

    async fn orphans(&self) -> Result<Vec<String>, StoreError> {
        read_aside(&self.0, select_orphans).await
    }

    async fn stray_papers(&self) -> Result<Vec<String>, StoreError> {
        read_aside(&self.0, select_stray_papers).await
    }

    async fn row_counts(&self) -> Result<RowCounts, StoreError> {
        let counted = |connection: &Connection| {
            select_one(connection, &row_counts(), vec![], |row| read_row_counts(row))
        };
        Ok(read_aside(&self.0, counted).await?.unwrap_or_default())
    }

    async fn manual_entries_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<Placed<(ManualEntry, Vec<ManualLine>)>>, StoreError> {
        read_aside(&self.0, move |connection| ledger::select_manual_entries(connection, after, limit)).await
    }

    async fn wrong_sums(&self) -> Result<Vec<WrongSum>, StoreError> {
        read_aside(&self.0, ledger::select_wrong_sums).await
    }

    async fn posted_income(&self) -> Result<Vec<Placed<(IncomeAccount, Vec<Transfer>)>>, StoreError> {
        read_aside(&self.0, evening::select_posted).await
    }

    async fn posted_provisions(&self) -> Result<Vec<Placed<(ProvisionAccount, Vec<Transfer>)>>, StoreError> {
        read_aside(&self.0, evening::select_posted).await
    }

    async fn posted_deposit_interest(
        &self,
    ) -> Result<Vec<Placed<(DepositInterestAccount, Vec<Transfer>)>>, StoreError> {
        read_aside(&self.0, evening::select_posted).await
    }

    async fn quarantined(&self) -> Result<Vec<(Address, String)>, StoreError> {
        read_aside(&self.0, select_quarantined).await
    }
}

fn select_accounts(
    connection: &Connection,
    (after, through): (Option<(Part, i64)>, Part),
    limit: i64,
) -> Result<Vec<StoredAccount>, StoreError> {
    let sql =
        "select distinct part, account_no from loan_log where (part, account_no) > (?1, ?2) and part <= ?4
                order by part, account_no limit ?3";
    let mut row = after_row(after, limit);
    row.push(Cell::part(through));
    let accounts = select(connection, sql, row, |row| read_account(row))?;
    each_readable(&accounts, |accounts| select_rows(connection, accounts), StoredAccount::unreadable)
}

/// Reads the rows of many together; where a row of one cannot be read, of each alone, and `unreadable` stands for that one.
pub(super) fn each_readable<P: Clone, T>(
    places: &[P],
    read: impl Fn(&[P]) -> Result<Vec<T>, StoreError>,
    unreadable: impl Fn(P, String) -> T,
) -> Result<Vec<T>, StoreError> {
    if let Some(all) = together(read(places))? {
        return Ok(all);
    }
    let mut all = Vec::with_capacity(places.len());
    for place in places {
        let one = read(std::slice::from_ref(place));
        all.extend(alone(one, |reason| unreadable(place.clone(), reason))?);
    }
    Ok(all)
}

/// Loans with all that is kept of them.
fn select_rows(connection: &Connection, accounts: &[Account]) -> Result<Vec<StoredAccount>, StoreError> {
    let Some(bounds) = bounds_row(accounts) else { return Ok(Vec::new()) };
    // One look into the log for all that its entries brought.
    let numbered = log::select_numbered_between(connection, &bounds)?;
    let (entries, numbers): (Vec<_>, Vec<i64>) = numbered.into_iter().unzip();
    let rows = AccountRows {
        loans: loans::select_compared_between(connection, &bounds)?,
        repeated: beside::select_of_loans(connection, &bounds)?,
        settlements: beside::select_settlements(connection, &bounds)?,
        actions: beside::select_actions(connection, &bounds)?,
        transactions: transactions::select_brought(connection, &numbers)?,
        transfers: journal::select_brought(connection, &numbers)?,
        entries,
        shares: shares::select_shares_between(connection, &bounds)?,
        guarantors: beside::select_guarantors(connection, &bounds)?,
    };
    Ok(rows.by_account(accounts))
}

fn select_savings(
    connection: &Connection,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Vec<StoredSavingsAccount>, StoreError> {
    let accounts = savings::select_logged(connection, after_row(after, limit))?;
    let rows = |accounts: &[Account]| select_savings_rows(connection, accounts);
    each_readable(&accounts, rows, StoredSavingsAccount::unreadable)
}

/// Deposit accounts with all that is kept of them.
fn select_savings_rows(
    connection: &Connection,
    accounts: &[Account],
) -> Result<Vec<StoredSavingsAccount>, StoreError> {
    let Some(bounds) = bounds_row(accounts) else { return Ok(Vec::new()) };
    let found = beside::select_savings(connection, &bounds)?;
    let keys: Vec<Key> = found.iter().map(|(account, _)| account.key).collect();
    let rows = SavingsRows {
        accounts: found,
        credits: shares::select_credits(connection, &keys)?,
        entries: savings::select_entries_between(connection, &bounds)?,
        transactions: savings::select_transactions_between(connection, &bounds)?,
        transfers: journal::select_transfers_between(connection, Log::Savings, &bounds)?,
    };
    Ok(rows.by_account(accounts))
}

/// Rows of accounts that have no log.
fn select_orphans(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for (table, sql) in orphan_queries() {
        lines.extend(select(connection, &sql, vec![], |row| read_orphan(table, row))?);
    }
    lines.extend(select_stray_papers(connection)?);
    Ok(lines)
}

fn select_stray_papers(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for (what, sql) in stray_papers() {
        lines.extend(select(connection, &sql, vec![], |row| read_stray_paper(what, row))?);
    }
    Ok(lines)
}

/// What is held by holders who are not there.
fn select_lost_holders(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for held in HELD {
        let (table, name, ..) = held;
        let sql = held_by(held, "part = ?1 and holder_key = ?2");
        for lost in select(connection, &lost_holders(table), vec![], |row| read_lost_holder(row))? {
            lines.extend(select(connection, &sql, lost, |row| read_held(name, row))?);
        }
    }
    Ok(lines)
}

fn select_quarantined(connection: &Connection) -> Result<Vec<(Address, String)>, StoreError> {
    let sql = "select reason, part, account_key from quarantine order by part, account_key";
    select(connection, sql, vec![], |row| read_quarantined(row))
}

pub(super) fn is_quarantined(connection: &Connection, account: Address) -> Result<bool, StoreError> {
    let sql = "select part, account_key from quarantine where part = ?1 and account_key = ?2";
    let row = vec![Cell::part(account.part), Cell::key(account.key)];
    Ok(select_one(connection, sql, row, |row| read_address(row))?.is_some())
}

/// The latest reason stands.
pub(super) fn upsert_quarantine(
    connection: &Connection,
    account: Address,
    reason: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into quarantine (part, account_key, reason, quarantined_at) values (?1, ?2, ?3, ?4)
               on conflict (part, account_key)
               do update set reason = excluded.reason, quarantined_at = excluded.quarantined_at";
    let row = vec![Cell::part(account.part), Cell::key(account.key), Cell::text(reason), Cell::instant(at)];
    let without_effect = execute_each(connection, sql, [row])?;
    assert!(without_effect.is_empty(), "an upsert without a condition writes its row");
    Ok(())
}

pub(super) fn delete_quarantine(connection: &Connection, account: Address) -> Result<(), StoreError> {
    let sql = "delete from quarantine where part = ?1 and account_key = ?2";
    execute_each(connection, sql, [vec![Cell::part(account.part), Cell::key(account.key)]]).map(|_| ())
}
