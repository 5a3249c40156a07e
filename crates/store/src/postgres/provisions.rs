//! `provision_account`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::ProvisionChange;
use loam_app::error::StoreError;
use loam_book::journal::Transfer;
use loam_book::journal::provisions::ProvisionAccount;

use super::journal;
use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::Cell;
use crate::rows::provisions::{PROVISION_ACCOUNTS, provision_row, read_provision};
use crate::rows::transfer::read_transfer;

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_provisions<'a>(writes: &mut Writes<'a>, changes: &'a [ProvisionChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    let sql = "update provision_account as a
                  set version = t.version, name = t.name, body = t.body
                 from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
                   as t (part, account_no, version, name, body, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    let row = |change: &&'a ProvisionChange| {
        let mut row = provision_row(&change.account);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, known.iter().map(row).collect());
    let sql = "insert into provision_account (part, account_no, version, name, body)
               select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
               on conflict (part, name) do nothing";
    writes.all(sql, new.iter().map(|change| provision_row(&change.account)).collect());
}

pub(super) async fn select_provisions(client: &ClientWrapper) -> Result<Vec<ProvisionAccount>, StoreError> {
    read_all(&select(client, Query::one(PROVISION_ACCOUNTS, vec![])).await?, read_provision)
}

/// The accounts with what was posted for each.
pub(super) async fn select_posted_provisions(
    client: &ClientWrapper,
) -> Result<Vec<(ProvisionAccount, Vec<Transfer>)>, StoreError> {
    let mut all = Vec::new();
    for account in select_provisions(client).await? {
        let place = || [Cell::part(account.part), Cell::int(account.account_no)];
        let bounds = place().into_iter().chain(place()).collect();
        let rows = select(client, journal::select_transfers_between(&bounds)).await?;
        all.push((account, read_all(&rows, read_transfer)?));
    }
    Ok(all)
}
