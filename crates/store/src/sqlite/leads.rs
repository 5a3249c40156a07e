//! `lead`.

use loam_app::changes::LeadChange;
use loam_app::error::StoreError;
use loam_app::views::{LeadFilter, Page};
use loam_book::reporting::lead::Lead;
use rusqlite::Connection;

use super::rows::{execute_each, select};
use crate::lists::lead_list;
use crate::rows::lead::{LeadWrites, read_lead};

/// Writes leads; those that are only named stay as they are where they are known.
pub(super) fn save_leads(connection: &Connection, changes: &[LeadChange]) -> Result<(), StoreError> {
    let LeadWrites { replacing, named } = LeadWrites::new(changes);
    let replace =
        "insert into lead (part, organization, lead_id, account_id, ssn_hash, email_hash, received_at,
                 purchased_at, underwritten_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         on conflict (part, organization, lead_id) do update
            set account_id = excluded.account_id, ssn_hash = excluded.ssn_hash, email_hash = excluded.email_hash,
                received_at = excluded.received_at, purchased_at = excluded.purchased_at,
                underwritten_at = excluded.underwritten_at";
    let without_effect = execute_each(connection, replace, replacing)?;
    assert!(without_effect.is_empty(), "an upsert without a condition writes its row");
    let name = "insert into lead (part, organization, lead_id, account_id, ssn_hash, email_hash, received_at,
                 purchased_at, underwritten_at)
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                on conflict (part, organization, lead_id) do nothing";
    let _known = execute_each(connection, name, named)?;
    Ok(())
}

pub(super) fn select_leads(
    connection: &Connection,
    filter: &LeadFilter,
    page: Page,
) -> Result<Vec<Lead>, StoreError> {
    let (sql, row) = lead_list(filter, page, '?');
    select(connection, &sql, row, |row| read_lead(row))
}
