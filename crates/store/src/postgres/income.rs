//! `income_account`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::IncomeChange;
use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use loam_book::journal::income::IncomeAccount;

use super::journal;
use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::Cell;
use crate::rows::income::{INCOME_ACCOUNTS, income_row, read_income};
use crate::rows::transfer::read_transfer;

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_income<'a>(writes: &mut Writes<'a>, changes: &'a [IncomeChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update income_account as a
                  set version = t.version, name = t.name, body = t.body
                 from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
                   as t (part, account_no, version, name, body, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    let row = |change: &&'a IncomeChange| {
        let mut row = income_row(&change.account);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into income_account (part, account_no, version, name, body)
               select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
               on conflict (part, name) do nothing";
    writes.all(sql, new.iter().map(|change| income_row(&change.account)).collect());
}

pub(super) async fn select_income(client: &ClientWrapper) -> Result<Vec<IncomeAccount>, StoreError> {
    read_all(&select(client, Query::one(INCOME_ACCOUNTS, vec![])).await?, read_income)
}

/// The accounts with what was posted for each.
pub(super) async fn select_posted_income(
    client: &ClientWrapper,
) -> Result<Vec<(IncomeAccount, Vec<Transfer>)>, StoreError> {
    let mut all = Vec::new();
    for account in select_income(client).await? {
        let place = || [Cell::part(account.part), Cell::int(account.account_no)];
        let bounds = place().into_iter().chain(place()).collect();
        let rows = select(client, journal::select_transfers_between(&bounds)).await?;
        all.push((account, read_all(&rows, read_transfer)?));
    }
    Ok(all)
}
