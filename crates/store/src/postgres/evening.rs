//! `income_account`, `provision_account` and `deposit_interest_account`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::EveningChange;
use loam_app::error::StoreError;
use loam_app::ports::Placed;
use loam_book::journal::evening::EveningAccount;

use super::journal;
use super::pipeline::{Query, Writes, list, read_all, snapshot};
use crate::cells::Cell;
use crate::rows::check::{Account, alone, read_account};
use crate::rows::evening::{
    KeptKind, Posted, account_row, evening_accounts, evening_places, evening_where, known_and_new, known_row,
    only, read_evening,
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

/// The accounts with what was posted for each, or why it cannot be read.
pub(super) async fn select_posted<K: KeptKind>(
    client: &ClientWrapper,
) -> Result<Vec<Placed<Posted<K>>>, StoreError> {
    let places = list(client, &(evening_places::<K>(), vec![])).await?;
    let mut all = Vec::new();
    for place in read_all(&places, read_account)? {
        let posted = select_posted_at(client, place).await;
        all.extend(alone(posted, |reason| (place, Err(reason)))?);
    }
    Ok(all)
}

async fn select_posted_at<K: KeptKind>(
    client: &ClientWrapper,
    place: Account,
) -> Result<Vec<Placed<Posted<K>>>, StoreError> {
    let row = vec![Cell::part(place.0), Cell::int(place.1)];
    let found = Query::one(evening_where::<K>("part = $1 and account_no = $2"), row);
    let bounds = only(place);
    let queries = [found, journal::select_transfers_between(Log::Evening, &bounds)];
    let [found, transfers] = snapshot(client, queries).await?;
    let (found, transfers) = (read_all(&found, read_evening)?, read_all(&transfers, read_transfer)?);
    Ok(found.into_iter().map(|account| (place, Ok((account, transfers.clone())))).collect())
}
