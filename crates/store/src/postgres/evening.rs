//! `income_account` and `provision_account`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::EveningChange;
use loam_app::error::StoreError;
use loam_book::journal::evening::EveningAccount;

use super::journal;
use super::pipeline::{Writes, list, read_all, select};
use crate::rows::evening::{
    KeptKind, Posted, account_row, evening_accounts, known_and_new, known_row, only, read_evening,
};
use crate::rows::transfer::{Log, read_transfer};

/// Writes the accounts, each only if nobody else did since it was read.
pub(super) fn save_evening<'a, K: KeptKind>(writes: &mut Writes<'a>, changes: &'a [EveningChange<K>]) {
    let (known, new) = known_and_new(changes);
    let sql = format!(
        "update {} as a
            set version = t.version, name = t.name, body = t.body
           from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
             as t (part, account_no, version, name, body, version_read)
          where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read",
        K::TABLE
    );
    writes.all(sql, known.into_iter().map(known_row).collect());
    let sql = format!(
        "insert into {} (part, account_no, version, name, body)
         select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
         on conflict (part, name) do nothing",
        K::TABLE
    );
    writes.all(sql, new.into_iter().map(account_row).collect());
}

pub(super) async fn select_evening<K: KeptKind>(
    client: &ClientWrapper,
) -> Result<Vec<EveningAccount<K>>, StoreError> {
    read_all(&list(client, &(evening_accounts::<K>(), vec![])).await?, read_evening)
}

/// The accounts with what was posted for each.
pub(super) async fn select_posted<K: KeptKind>(client: &ClientWrapper) -> Result<Posted<K>, StoreError> {
    let mut all = Vec::new();
    for account in select_evening(client).await? {
        let bounds = only((account.part, account.account_no));
        let rows = select(client, journal::select_transfers_between(Log::Evening, &bounds)).await?;
        all.push((account, read_all(&rows, read_transfer)?));
    }
    Ok(all)
}
