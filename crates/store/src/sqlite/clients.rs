//! `client` and `client_document`.

use loam_app::changes::{ClientChange, Deleted};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::views::{ClientFilter, ClientView, Page};
use loam_book::ids::Key;
use loam_book::party::{Client, Ties};
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::Cell;
use crate::filters::client_conditions;
use crate::lists::Asking;
use crate::rows::book::deleted_row;
use crate::rows::client::{
    HeldStatus, client_row, client_view, document_rows, groups_of, read_client, read_held, read_ties,
};

/// Writes the clients, each only if nobody else did since it was read.
pub(super) fn save_clients(connection: &Connection, changes: &[ClientChange]) -> Result<(), StoreError> {
    let (known, new): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.version_read.is_some());
    update_clients(connection, &known)?;
    delete_documents(connection, &known)?;
    insert_clients(connection, &new)?;
    insert_documents(connection, changes)
}

fn update_clients(connection: &Connection, changes: &[&ClientChange]) -> Result<(), StoreError> {
    let sql = "update client
                  set id = ?3, version = ?4, state = ?5, first_name = ?6, last_name = ?7, birth_date = ?8,
                      branch_key = ?9, centre_key = ?10, user_key = ?11, created_at = ?12, body = ?13
                where part = ?1 and client_key = ?2 and version = ?14";
    let rows = changes.iter().map(|change| {
        let mut row = client_row(&change.client);
        row.push(Cell::Int(change.version_read));
        row
    });
    let stale = execute_each(connection, sql, rows)?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

fn insert_clients(connection: &Connection, changes: &[&ClientChange]) -> Result<(), StoreError> {
    let sql = "insert into client (part, client_key, id, version, state, first_name, last_name, birth_date,
                 branch_key, centre_key, user_key, created_at, body)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    insert_all(connection, sql, changes.iter().map(|change| client_row(&change.client)))
}

/// How many a client had is not asked.
fn delete_documents(connection: &Connection, changes: &[&ClientChange]) -> Result<(), StoreError> {
    let sql = "delete from client_document where part = ?1 and client_key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(super::failed)?;
    for ClientChange { client, .. } in changes {
        statement.execute((Cell::part(client.part), Cell::key(client.key))).map_err(super::failed)?;
    }
    Ok(())
}

fn insert_documents(connection: &Connection, changes: &[ClientChange]) -> Result<(), StoreError> {
    let sql = "insert into client_document (part, client_key, n, document_id) values (?1, ?2, ?3, ?4)";
    insert_all(connection, sql, changes.iter().flat_map(|change| document_rows(&change.client)))
}

pub(super) fn select_client(connection: &Connection, address: Address) -> Result<Option<Client>, StoreError> {
    let sql = "select body from client where part = ?1 and client_key = ?2";
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    select_one(connection, sql, row, |row| read_client(row))
}

/// A client with what the client's loans say.
pub(super) fn select_view(
    connection: &Connection,
    address: Address,
) -> Result<Option<ClientView>, StoreError> {
    let Some(client) = select_client(connection, address)? else { return Ok(None) };
    with_loans(connection, client).map(Some)
}

/// Deletes clients, each only if nobody else changed it since it was read, opened an account for it, or applied for a loan in its
/// name.
pub(super) fn delete_clients(connection: &Connection, deleted: &[Deleted]) -> Result<(), StoreError> {
    let documents = "delete from client_document where part = ?1 and client_key = ?2";
    let mut statement = connection.prepare_cached(documents).map_err(super::failed)?;
    for Deleted { part, key, .. } in deleted {
        statement.execute((Cell::part(*part), Cell::key(*key))).map_err(super::failed)?;
    }
    let sql = "delete from client where part = ?1 and client_key = ?2 and version = ?3
                  and not exists (select 1 from loan_account where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from savings_account where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from line_of_credit where part = ?1 and holder_key = ?2)
                  and not exists (select 1 from application where part = ?1 and borrower_key = ?2)
                  and not exists (select 1 from guarantor where holder_key = ?2)";
    let stale = execute_each(connection, sql, deleted.iter().map(deleted_row))?;
    if stale.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// What ties a client besides loans: applications, and loans that he or she guarantees, wherever they are.
pub(super) fn select_ties(
    connection: &Connection,
    client: Address,
) -> Result<Option<(Key, Ties)>, StoreError> {
    let sql = "select ?2,
                 exists (select 1 from application where part = ?1 and borrower_key = ?2),
                 exists (select 1 from guarantor where holder_key = ?2),
                 exists (select 1 from line_of_credit where part = ?1 and holder_key = ?2)";
    let row = vec![Cell::part(client.part), Cell::key(client.key)];
    select_one(connection, sql, row, |row| read_ties(row))
}

/// The accounts of a client or group: whose they are, and how loans stand.
pub(super) fn select_held(
    connection: &Connection,
    holder: Address,
) -> Result<Vec<(Key, HeldStatus)>, StoreError> {
    let sql = "select holder_key, status from loan_account where part = ?1 and holder_key = ?2
               union all
               select holder_key, 'deposit' from savings_account where part = ?1 and holder_key = ?2";
    let row = vec![Cell::part(holder.part), Cell::key(holder.key)];
    select(connection, sql, row, |row| read_held(row))
}

/// Clients in the order in which they were entered.
pub(super) fn select_views(
    connection: &Connection,
    filter: &ClientFilter,
    page: Page,
) -> Result<Vec<ClientView>, StoreError> {
    let (conditions, mut row) = client_conditions(filter, '?');
    let (limit, offset) = (row.len() + 1, row.len() + 2);
    row.extend([Cell::int(page.limit), Cell::int(page.offset)]);
    let sql = format!(
        "select body from client{conditions} order by created_at, client_key limit ?{limit} offset ?{offset}"
    );
    select_found(connection, (sql, row))
}

/// Clients that a question finds, with what their loans say.
pub(super) fn select_found(
    connection: &Connection,
    (sql, row): Asking<'_>,
) -> Result<Vec<ClientView>, StoreError> {
    let clients = select(connection, &sql, row, |row| read_client(row))?;
    clients.into_iter().map(|client| with_loans(connection, client)).collect()
}

/// A client with what the loans of the client and of the client's groups say.
fn with_loans(connection: &Connection, client: Client) -> Result<ClientView, StoreError> {
    let mut held = select_held(connection, Address { part: client.part, key: client.key })?;
    for group in groups_of([&client]) {
        held.extend(select_held(connection, group)?);
    }
    Ok(client_view(client, &held))
}
