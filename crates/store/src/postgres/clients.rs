//! `client` and `client_document`.

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{ClientChange, Deleted};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{ClientFilter, ClientView, Page};
use loam_book::party::Client;

use super::failed;
use super::pipeline::{Query, Rows, Writes, read_all, select, snapshot};
use super::rows::parameters;
use crate::cells::{Cell, Row};
use crate::filters::client_conditions;
use crate::rows::book::deleted_row;
use crate::rows::client::{client_row, client_view, document_rows, groups_of, read_client, read_held};

/// Writes the clients, each only if nobody else did since it was read.
pub(super) fn save_clients<'a>(writes: &mut Writes<'a>, changes: &'a [ClientChange]) {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_clients(writes, &known);
    delete_documents(writes, &known);
    insert_clients(writes, &new);
    insert_documents(writes, changes);
}

fn update_clients<'a>(writes: &mut Writes<'a>, changes: &[&'a ClientChange]) {
    let sql = "update client as a
                  set id = t.id, version = t.version, state = t.state, first_name = t.first_name,
                      last_name = t.last_name, birth_date = t.birth_date, branch_key = t.branch_key,
                      centre_key = t.centre_key, user_key = t.user_key, created_at = t.created_at,
                      body = t.body
                 from unnest(
                      $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                      $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bigint[],
                      $13::text[], $14::bigint[])
                   as t (part, client_key, id, version, state, first_name, last_name, birth_date,
                      branch_key, centre_key, user_key, created_at, body, version_read)
                where a.part = t.part and a.client_key = t.client_key and a.version = t.version_read";
    let row = |change: &&'a ClientChange| {
        let mut row = client_row(&change.client);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

fn insert_clients<'a>(writes: &mut Writes<'a>, changes: &[&'a ClientChange]) {
    let sql = "insert into client (part, client_key, id, version, state, first_name, last_name, birth_date, branch_key,
                 centre_key, user_key, created_at, body)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                 $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[])";
    writes.all(sql, changes.iter().map(|change| client_row(&change.client)).collect());
}

/// How many a client had is not asked.
fn delete_documents(writes: &mut Writes<'_>, changes: &[&ClientChange]) {
    let sql = "delete from client_document
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))";
    writes.any(sql, changes.iter().map(|change| key_row(&change.client)).collect());
}

fn insert_documents<'a>(writes: &mut Writes<'a>, changes: &'a [ClientChange]) {
    let sql = "insert into client_document (part, client_key, n, document_id)
               select * from unnest(
                 $1::bigint[], $2::text[], $3::bigint[], $4::text[])";
    writes.all(sql, changes.iter().flat_map(|change| document_rows(&change.client)).collect());
}

/// Deletes clients, each only if nobody else changed it since it was read, opened an account for it, or applied for a loan in its
/// name.
pub(super) fn delete_clients<'a>(writes: &mut Writes<'a>, deleted: &'a [Deleted]) {
    let sql = "delete from client_document
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let key = |deleted: &Deleted| vec![Cell::part(deleted.part), Cell::key(deleted.key)];
    writes.any(sql, deleted.iter().map(key).collect());
    // By itself, so that the next statements see the account of whoever held on to the client until now.
    let sql = "select 1 from client
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for update";
    writes.any(sql, deleted.iter().map(key).collect());
    let sql = "delete from client as a
                using unnest($1::bigint[], $2::text[], $3::bigint[]) as t (part, client_key, version_read)
                where a.part = t.part and a.client_key = t.client_key and a.version = t.version_read
                  and not exists (
                      select 1 from loan_account as l where l.part = t.part and l.holder_key = t.client_key)
                  and not exists (
                      select 1 from savings_account as s where s.part = t.part and s.holder_key = t.client_key)
                  and not exists (
                      select 1 from line_of_credit as c where c.part = t.part and c.holder_key = t.client_key)
                  and not exists (
                      select 1 from application as p where p.part = t.part and p.borrower_key = t.client_key)";
    writes.all(sql, deleted.iter().map(deleted_row).collect());
    must_guarantee_nothing(writes, deleted);
}

/// None of these holders guarantees a loan. The loan may be in any part, which a statement about the holder's own cannot look at
/// where tables are spread over machines.
pub(super) fn must_guarantee_nothing<'a>(writes: &mut Writes<'a>, holders: &'a [Deleted]) {
    let sql = "select holder_key from guarantor where holder_key in (select * from unnest($1::text[]))";
    writes.none(sql, holders.iter().map(|holder| vec![Cell::key(holder.key)]).collect());
}

fn key_row<'a>(client: &Client) -> Row<'a> {
    vec![Cell::part(client.part), Cell::key(client.key)]
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from client
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

/// A client with what the client's loans say.
pub(super) async fn select_view(
    client: &ClientWrapper,
    address: Address,
) -> Result<Option<ClientView>, StoreError> {
    let [found, held] = snapshot(client, [select_named(&[address]), select_held(vec![address])]).await?;
    let mut held = read_all(&held, read_held)?;
    let Some(found) = read_all(&found, read_client)?.pop() else { return Ok(None) };
    if !found.groups.is_empty() {
        held.extend(read_all(&select(client, select_held(groups_of([&found]))).await?, read_held)?);
    }
    Ok(Some(client_view(found, &held)))
}

/// The accounts of clients or groups: whose they are, and how loans stand.
pub(super) fn select_held<'a>(holders: Vec<Address>) -> Query<'a> {
    let sql = "select holder_key, status from loan_account
                where (part, holder_key) in (select * from unnest($1::bigint[], $2::text[]))
               union all
               select holder_key, 'deposit' from savings_account
                where (part, holder_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |holder: Address| vec![Cell::part(holder.part), Cell::key(holder.key)];
    Query::many(sql, holders.into_iter().map(row).collect())
}

/// What ties clients besides loans: applications, loans that they guarantee, wherever they are, and lines of credit. A row
/// for each that there is; all of a client's together say what ties.
pub(super) fn select_ties<'a>(clients: &[Address]) -> Query<'a> {
    let sql = "select borrower_key, 1::bigint, 0::bigint, 0::bigint from application
                where (part, borrower_key) in (select * from unnest($1::bigint[], $2::text[]))
                union all
               select holder_key, 0, 1, 0 from guarantor
                where holder_key in (select * from unnest($2::text[]))
                union all
               select holder_key, 0, 0, 1 from line_of_credit
                where (part, holder_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, clients.iter().map(row).collect())
}

/// Clients in the order in which they were entered.
pub(super) async fn select_views(
    client: &ClientWrapper,
    filter: &ClientFilter,
    page: Page,
) -> Result<Vec<ClientView>, StoreError> {
    let (conditions, mut row) = client_conditions(filter, '$');
    let (limit, offset) = (row.len() + 1, row.len() + 2);
    row.extend([Cell::int(page.limit), Cell::int(page.offset)]);
    let sql = format!(
        "select body from client{conditions} order by created_at, client_key limit ${limit} offset ${offset}"
    );
    let statement = client.prepare_cached(&sql).await.map_err(failed)?;
    let found = client.query(&statement, &parameters(&row)).await.map_err(failed)?;
    viewed(client, &found).await
}

/// Clients that were found, with what their loans and those of their groups say.
pub(super) async fn viewed(client: &ClientWrapper, found: &Rows) -> Result<Vec<ClientView>, StoreError> {
    let found = read_all(found, read_client)?;
    let mut holders = groups_of(&found);
    holders.extend(found.iter().map(|client| Address { part: client.part, key: client.key }));
    let held = read_all(&select(client, select_held(holders)).await?, read_held)?;
    Ok(found.into_iter().map(|client| client_view(client, &held)).collect())
}
