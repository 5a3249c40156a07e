//! `sign_in_failure` and `sign_in`.

use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::security::{Counting, Failures};

use crate::cells::{Cell, Columns, Cursor, Row};

/// Reads `failures, last_at`.
pub(crate) fn read_failures(row: &impl Columns) -> Result<Failures, StoreError> {
    let mut row = Cursor::new("sign_in_failure", row);
    Ok(Failures { count: row.number()?, last_at: row.instant()? })
}

/// Subject, now, until when failures are forgotten, how many led to a lock, until when it is over.
pub(crate) fn counting_row<'a>(subject: &'a str, counting: &Counting) -> Row<'a> {
    vec![
        Cell::text(subject),
        Cell::instant(counting.now),
        Cell::instant(counting.forgotten_until),
        Cell::int(i64::from(counting.full)),
        Cell::instant(counting.lock_over_until),
    ]
}

/// Reads `user_key, last_at`.
pub(crate) fn read_sign_in(row: &impl Columns) -> Result<(Key, Timestamp), StoreError> {
    let mut row = Cursor::new("sign_in", row);
    Ok((row.key()?, row.instant()?))
}

pub(crate) fn sign_in_row<'a>(user: Key, at: Timestamp) -> Row<'a> {
    vec![Cell::key(user), Cell::instant(at)]
}
