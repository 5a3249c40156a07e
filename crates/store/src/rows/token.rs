//! `access_token`.

use loam_app::error::StoreError;
use loam_app::ports::AccessToken;

use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn token_row(token: &AccessToken) -> Row<'_> {
    vec![
        Cell::text(&token.hash),
        Cell::key(token.client),
        Cell::instant(token.issued_at),
        Cell::instant(token.expires_at),
    ]
}

/// Reads `token_hash, client_key, issued_at, expires_at`.
pub(crate) fn read_token(row: &impl Columns) -> Result<AccessToken, StoreError> {
    let mut row = Cursor::new("access_token", row);
    Ok(AccessToken {
        hash: row.string()?,
        client: row.key()?,
        issued_at: row.instant()?,
        expires_at: row.instant()?,
    })
}
