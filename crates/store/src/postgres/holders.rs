//! Clients and groups whom a batch names anew: somebody who is there, and stays while it is written. The database has no
//! foreign keys, and what another server deletes at the same time is not in a snapshot.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{Changes, PaperChange, PaperWrite};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::{Key, Part};
use loam_book::loan::{Holder, HolderKind};

use super::pipeline::{Query, Writes, read_all, select};
use crate::cells::Cell;
use crate::rows::book::{foreign_name_row, read_address};

/// Holds on to whoever holds, guarantees or asks for what the batch opens, and to whom new papers are about. One that is gone
/// is a conflict: the batch is decided again, and refused by name.
pub(super) fn keep_holders(writes: &mut Writes<'_>, changes: &Changes) {
    let named: Vec<(Part, Holder)> = opened(changes).into_iter().chain(named_anew(changes)).collect();
    let keys = |kind| {
        let mut keys: Vec<(Part, Key)> = named
            .iter()
            .filter(|(_, holder)| holder.kind == kind)
            .map(|(part, holder)| (*part, holder.key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|(part, key)| vec![Cell::part(part), Cell::key(key)]).collect()
    };
    let sql = "select 1 from client
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for key share";
    writes.all(sql, keys(HolderKind::Client));
    let sql = "select 1 from client_group
                where (part, group_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for key share";
    writes.all(sql, keys(HolderKind::Group));
}

/// An account that came and went in one batch has nobody to keep.
fn opened(changes: &Changes) -> Vec<(Part, Holder)> {
    let loans =
        changes.loans.iter().filter(|change| change.version_read.is_none() && !change.loan.is_deleted());
    let loans = loans.map(|change| (change.loan.part, change.loan.holder));
    let accounts =
        changes.savings.iter().filter(|change| change.version_read.is_none() && !change.account.is_deleted());
    let accounts = accounts.map(|change| (change.account.part, change.account.holder));
    let lines = changes.lines.iter().filter(|change| change.version_read.is_none());
    let lines = lines.map(|change| (change.line.part, change.line.holder));
    loans.chain(accounts).chain(lines).collect()
}

/// Whom the batch names beside the holders of what it opens.
fn named_anew(changes: &Changes) -> Vec<(Part, Holder)> {
    let guarantors = changes.guarantors.iter().flat_map(|change| change.entered.iter().copied());
    let applications = changes.applications.iter().filter(|change| change.version_read.is_none());
    let borrowers = applications.map(|change| {
        let borrower = Holder { kind: HolderKind::Client, key: change.application.borrower };
        (change.application.part, borrower)
    });
    guarantors.chain(borrowers).chain(changes.papers.iter().filter_map(subject)).collect()
}

/// The client or group whom a new paper is about.
fn subject(change: &PaperChange) -> Option<(Part, Holder)> {
    let PaperWrite::Put { paper, .. } = &change.write else { return None };
    let subject = paper.subject.filter(|_| change.version_read.is_none())?;
    let kind = subject.kind.as_holder()?;
    Some((subject.address.part, Holder { kind, key: subject.address.key }))
}

/// Those of these holders who are there.
pub(super) async fn select_there(client: &ClientWrapper, holders: &[Holder]) -> Result<Vec<Key>, StoreError> {
    let mut there = Vec::new();
    for (kind, sql) in [
        (
            HolderKind::Client,
            "select part, client_key from client
              where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))",
        ),
        (
            HolderKind::Group,
            "select part, group_key from client_group
              where (part, group_key) in (select * from unnest($1::bigint[], $2::text[]))",
        ),
    ] {
        let of_kind: Vec<Holder> = holders.iter().filter(|holder| holder.kind == kind).copied().collect();
        let places = places_of(client, &of_kind).await?;
        let row = |place: &Address| vec![Cell::part(place.part), Cell::key(place.key)];
        let found = select(client, Query::many(sql, places.iter().map(row).collect())).await?;
        there.extend(read_all(&found, read_address)?.into_iter().map(|address| address.key));
    }
    Ok(there)
}

/// Where holders would be kept; those whose keys have no mark are found by their names.
async fn places_of(client: &ClientWrapper, holders: &[Holder]) -> Result<Vec<Address>, StoreError> {
    let marked = holders.iter().filter_map(|Holder { key, .. }| {
        let part = key.part()?;
        Some(Address { part, key: *key })
    });
    let sql = "select part, entity_key from id_registry
                where (scope, kind, id) in (select * from unnest($1::text[], $2::text[], $3::text[]))";
    let foreign = holders.iter().filter(|holder| holder.key.part().is_none());
    let named = Query::many(sql, foreign.map(|holder| foreign_name_row(*holder)).collect());
    let named = read_all(&select(client, named).await?, read_address)?;
    Ok(marked.chain(named).collect())
}
