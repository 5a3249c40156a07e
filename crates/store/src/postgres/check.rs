//! What `check` reads, and the accounts that were set aside.

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
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

use super::pipeline::{Query, execute, read_all, select, select_whole, snapshot};
use super::{
    PostgresStore, beside, evening, holders, journal, ledger, loans, log, savings, shares, transactions,
};
use crate::cells::Cell;
use crate::rows::check::{
    Account, AccountRows, PlacedLine, SavingsRows, after_row, alone, bounds_row, left_between_accounts,
    read_account, read_guarantor, read_kept_day, read_left, read_quarantined, read_row_counts, row_counts,
    together,
};
use crate::rows::ledger::{WRONG_SUMS, read_wrong_sum};
use crate::rows::loan::{read_installment, read_loan, told_by_rows};
use crate::rows::log::read_entry;
use crate::rows::repeated::{read_compared_savings, read_of_loan};
use crate::rows::savings::{read_savings_entry, read_savings_transaction};
use crate::rows::share::read_credit;
use crate::rows::strays::{
    HELD, STRAY_APPLICATIONS, damaged_keys, held_by, lost_holders, orphan_queries, read_damaged_key,
    read_held, read_lost_holder, read_orphan, read_stray_application, read_stray_paper, stray_papers,
};
use crate::rows::transaction::read_transaction;
use crate::rows::transfer::{Log, read_transfer};

/// Reads for `check`.
pub(crate) struct PostgresCheck(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl CheckStore for PostgresCheck {
    async fn accounts_after(
        &self,
        after: Option<(Part, i64)>,
        through: Part,
        limit: i64,
    ) -> Result<Vec<StoredAccount>, StoreError> {
        select_accounts(&*self.0.reader().await?, (after, through), limit).await
    }

    async fn savings_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<StoredSavingsAccount>, StoreError> {
        select_savings(&*self.0.reader().await?, after, limit).await
    }

    async fn lines_after(&self, after: Option<LinePlace>, limit: i64) -> Result<Vec<PlacedLine>, StoreError> {
        beside::select_lines(&*self.0.reader().await?, after, limit).await
    }

    async fn holders_there(&self, holders: &[Holder]) -> Result<Vec<Key>, StoreError> {
        holders::select_there(&*self.0.reader().await?, holders).await
    }

    async fn stray_applications(&self) -> Result<Vec<String>, StoreError> {
        let asking = (STRAY_APPLICATIONS.to_owned(), vec![]);
        read_all(&select_whole(&*self.0.reader().await?, &asking).await?, read_stray_application)
    }

    async fn lost_holders(&self) -> Result<Vec<String>, StoreError> {
        select_lost_holders(&*self.0.reader().await?).await
    }

    async fn damaged_keys(&self) -> Result<Vec<String>, StoreError> {
        let client = self.0.reader().await?;
        let mut lines = Vec::new();
        for (table, sql) in damaged_keys() {
            let rows = select_whole(&client, &(sql, vec![])).await?;
            lines.extend(read_all(&rows, |row| read_damaged_key(table, row))?);
        }
        Ok(lines)
    }

    async fn left_between_accounts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let asking = (left_between_accounts(), vec![]);
        read_all(&select_whole(&*self.0.reader().await?, &asking).await?, read_left)
    }

    async fn orphans(&self) -> Result<Vec<String>, StoreError> {
        select_orphans(&*self.0.reader().await?).await
    }

    async fn stray_papers(&self) -> Result<Vec<String>, StoreError> {
        select_stray_papers(&*self.0.reader().await?).await
    }

    async fn row_counts(&self) -> Result<RowCounts, StoreError> {
        let rows = select_whole(&*self.0.reader().await?, &(row_counts(), vec![])).await?;
        read_row_counts(rows.first().expect("counts have one row"))
    }

    async fn manual_entries_after(
        &self,
        after: Option<(Part, i64)>,
        limit: i64,
    ) -> Result<Vec<Placed<(ManualEntry, Vec<ManualLine>)>>, StoreError> {
        ledger::select_manual_entries(&*self.0.reader().await?, after, limit).await
    }

    async fn wrong_sums(&self) -> Result<Vec<WrongSum>, StoreError> {
        let rows = select_whole(&*self.0.reader().await?, &(WRONG_SUMS.to_owned(), vec![])).await?;
        read_all(&rows, read_wrong_sum)
    }

    async fn posted_income(&self) -> Result<Vec<Placed<(IncomeAccount, Vec<Transfer>)>>, StoreError> {
        evening::select_posted(&*self.0.reader().await?).await
    }

    async fn posted_provisions(&self) -> Result<Vec<Placed<(ProvisionAccount, Vec<Transfer>)>>, StoreError> {
        evening::select_posted(&*self.0.reader().await?).await
    }

    async fn posted_deposit_interest(
        &self,
    ) -> Result<Vec<Placed<(DepositInterestAccount, Vec<Transfer>)>>, StoreError> {
        evening::select_posted(&*self.0.reader().await?).await
    }

    async fn quarantined(&self) -> Result<Vec<(Address, String)>, StoreError> {
        let sql = "select reason, part, account_key from quarantine order by part, account_key";
        let rows = select(&*self.0.reader().await?, Query::one(sql, vec![])).await?;
        read_all(&rows, read_quarantined)
    }
}

async fn select_accounts(
    client: &ClientWrapper,
    (after, through): (Option<(Part, i64)>, Part),
    limit: i64,
) -> Result<Vec<StoredAccount>, StoreError> {
    let sql =
        "select distinct part, account_no from loan_log where (part, account_no) > ($1, $2) and part <= $4
                order by part, account_no limit $3";
    let mut row = after_row(after, limit);
    row.push(Cell::part(through));
    let accounts = select(client, Query::one(sql, row)).await?;
    let accounts = read_all(&accounts, read_account)?;
    let rows = |accounts: Vec<Account>| async move { select_rows(client, &accounts).await };
    each_readable(accounts, rows, StoredAccount::unreadable).await
}

/// Reads the rows of many together; where a row of one cannot be read, of each alone, and `unreadable` stands for that one.
pub(super) async fn each_readable<P: Clone, T, R: Future<Output = Result<Vec<T>, StoreError>>>(
    places: Vec<P>,
    read: impl Fn(Vec<P>) -> R,
    unreadable: impl Fn(P, String) -> T,
) -> Result<Vec<T>, StoreError> {
    if let Some(all) = together(read(places.clone()).await)? {
        return Ok(all);
    }
    let mut all = Vec::with_capacity(places.len());
    for place in places {
        let one = read(vec![place.clone()]).await;
        all.extend(alone(one, |reason| unreadable(place, reason))?);
    }
    Ok(all)
}

/// Loans with all that is kept of them. The list of accounts may be older than the snapshot of their rows: an account never
/// leaves its log.
async fn select_rows(client: &ClientWrapper, accounts: &[Account]) -> Result<Vec<StoredAccount>, StoreError> {
    let Some(bounds) = bounds_row(accounts) else { return Ok(Vec::new()) };
    let [found, installments] = loans::select_loans_between(&bounds);
    let queries = [
        found,
        installments,
        log::select_entries_between(&bounds),
        transactions::select_transactions_between(&bounds),
        journal::select_transfers_between(Log::Loans, &bounds),
        beside::select_of_loans(&bounds),
        beside::select_settlements(&bounds),
        beside::select_actions(&bounds),
        shares::select_shares_between(&bounds),
        beside::select_guarantors(&bounds),
    ];
    let [
        found,
        installments,
        entries,
        transactions,
        transfers,
        repeated,
        settlements,
        actions,
        shares,
        guarantors,
    ] = snapshot(client, queries).await?;
    let rows = AccountRows {
        loans: told_by_rows(read_all(&found, read_loan)?, read_all(&installments, read_installment)?),
        repeated: read_all(&repeated, read_of_loan)?,
        settlements: read_all(&settlements, read_kept_day)?,
        actions: read_all(&actions, read_kept_day)?,
        entries: read_all(&entries, read_entry)?,
        transactions: read_all(&transactions, read_transaction)?,
        transfers: read_all(&transfers, read_transfer)?,
        shares: shares::read_shares(&shares)?,
        guarantors: read_all(&guarantors, read_guarantor)?,
    };
    Ok(rows.by_account(accounts))
}

async fn select_savings(
    client: &ClientWrapper,
    after: Option<(Part, i64)>,
    limit: i64,
) -> Result<Vec<StoredSavingsAccount>, StoreError> {
    let accounts = select(client, savings::select_logged(after_row(after, limit))).await?;
    let accounts = read_all(&accounts, read_account)?;
    let rows = |accounts: Vec<Account>| async move { select_savings_rows(client, &accounts).await };
    each_readable(accounts, rows, StoredSavingsAccount::unreadable).await
}

/// Deposit accounts with all that is kept of them.
async fn select_savings_rows(
    client: &ClientWrapper,
    accounts: &[Account],
) -> Result<Vec<StoredSavingsAccount>, StoreError> {
    let Some(bounds) = bounds_row(accounts) else { return Ok(Vec::new()) };
    // A key never changes: it may be older than the snapshot.
    let keys = read_all(&select(client, beside::select_savings(&bounds)).await?, read_compared_savings)?;
    let keys: Vec<Key> = keys.into_iter().map(|(account, _)| account.key).collect();
    let [entries, transactions] = savings::select_between(&bounds);
    let found = beside::select_savings(&bounds);
    let transfers = journal::select_transfers_between(Log::Savings, &bounds);
    let queries = [found, entries, transactions, transfers, shares::select_credits(&keys)];
    let [found, entries, transactions, transfers, credits] = snapshot(client, queries).await?;
    let rows = SavingsRows {
        accounts: read_all(&found, read_compared_savings)?,
        entries: read_all(&entries, read_savings_entry)?,
        transactions: read_all(&transactions, read_savings_transaction)?,
        transfers: read_all(&transfers, read_transfer)?,
        credits: read_all(&credits, read_credit)?,
    };
    Ok(rows.by_account(accounts))
}

/// Rows of accounts that have no log.
async fn select_orphans(client: &ClientWrapper) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for (table, sql) in orphan_queries() {
        let rows = select_whole(client, &(sql, vec![])).await?;
        lines.extend(read_all(&rows, |row| read_orphan(table, row))?);
    }
    lines.extend(select_stray_papers(client).await?);
    Ok(lines)
}

async fn select_stray_papers(client: &ClientWrapper) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for (what, sql) in stray_papers() {
        let rows = select_whole(client, &(sql, vec![])).await?;
        lines.extend(read_all(&rows, |row| read_stray_paper(what, row))?);
    }
    Ok(lines)
}

/// What is held by holders who are not there.
async fn select_lost_holders(client: &ClientWrapper) -> Result<Vec<String>, StoreError> {
    let mut lines = Vec::new();
    for held in HELD {
        let (table, name, ..) = held;
        let lost = select_whole(client, &(lost_holders(table), vec![])).await?;
        let sql = held_by(held, "(part, holder_key) in (select * from unnest($1::bigint[], $2::text[]))");
        let rows = select(client, Query::many(sql, read_all(&lost, read_lost_holder)?)).await?;
        lines.extend(read_all(&rows, |row| read_held(name, row))?);
    }
    Ok(lines)
}

pub(super) fn select_quarantined_among<'a>(accounts: &[Address]) -> Query<'a> {
    let sql = "select part, account_key from quarantine
                where (part, account_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |account: &Address| vec![Cell::part(account.part), Cell::key(account.key)];
    Query::many(sql, accounts.iter().map(row).collect())
}

/// The latest reason stands.
pub(super) async fn upsert_quarantine(
    client: &ClientWrapper,
    account: Address,
    reason: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into quarantine (part, account_key, reason, quarantined_at) values ($1, $2, $3, $4)
               on conflict (part, account_key)
               do update set reason = excluded.reason, quarantined_at = excluded.quarantined_at";
    let row = vec![Cell::part(account.part), Cell::key(account.key), Cell::text(reason), Cell::instant(at)];
    let written = execute(client, Query::one(sql, row)).await?;
    assert_eq!(written, 1, "an upsert without a condition writes its row");
    Ok(())
}

pub(super) async fn delete_quarantine(client: &ClientWrapper, account: Address) -> Result<(), StoreError> {
    let sql = "delete from quarantine where part = $1 and account_key = $2";
    let row = vec![Cell::part(account.part), Cell::key(account.key)];
    execute(client, Query::one(sql, row)).await.map(|_| ())
}
