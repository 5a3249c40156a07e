//! `book_state`, `record` and `id_registry`.

use loam_app::changes::{Deleted, IdName, NewId, RecordChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{BookState, CalendarWork};
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::{LedgerAccount, default_chart};
use loam_book::loan::refusal::IdKind;
use loam_book::loan::{Holder, HolderKind};
use loam_book::record::Record;
use loam_book::working_days::DaysOff;
use loam_calc::currency::Currency;

use super::{SCOPE, id_kind_name, key_kind_name};
use crate::cells::{Cell, Columns, Cursor, Row};
use crate::store::NewBook;

/// The columns of `book_state` that make a [`BookState`].
macro_rules! state_columns {
    () => {
        "business_date, currency, time_zone, catalog_version, closed_through"
    };
}

pub(crate) use state_columns;

/// Reads [`state_columns`].
pub(crate) fn read_state(row: &impl Columns) -> Result<BookState, StoreError> {
    let mut row = Cursor::new("book_state", row);
    Ok(BookState {
        business_date: row.date()?,
        currency: row.named(|code| Currency::from_code(code).ok())?,
        time_zone: row.string()?,
        catalog_version: row.int()?,
        closed_through: row.maybe_date()?,
    })
}

pub(crate) fn record_row(change: &RecordChange) -> Row<'_> {
    let record = &change.record;
    vec![
        Cell::text(record.kind().name()),
        Cell::key(record.key()),
        Cell::text(record.id()),
        Cell::int(change.catalog_version + 1),
        Cell::json(record),
    ]
}

/// The rows of the chart that a new book begins with.
pub(crate) fn chart_rows(book: &NewBook) -> Vec<Row<'static>> {
    let row = |account: LedgerAccount| {
        let record = Record::LedgerAccount(Box::new(account));
        vec![
            Cell::text(record.kind().name()),
            Cell::key(record.key()),
            Cell::Text(Some(record.id().to_owned().into())),
            Cell::int(0),
            Cell::json(&record),
        ]
    };
    default_chart(book.created_at).into_iter().map(row).collect()
}

/// Reads the column `body`.
pub(crate) fn read_record(row: &impl Columns) -> Result<Record, StoreError> {
    Cursor::new("record", row).json()
}

pub(crate) fn id_row(id: &NewId) -> Row<'_> {
    let [scope, kind, name] = name_cells(&id.name);
    vec![scope, kind, name, Cell::key(id.key), Cell::part(id.part)]
}

/// Part, key and version of what is deleted.
pub(crate) fn deleted_row<'a>(deleted: &Deleted) -> Row<'a> {
    vec![Cell::part(deleted.part), Cell::key(deleted.key), Cell::int(deleted.version_read)]
}

/// Scope, kind and id: the key of the registry.
pub(crate) fn name_cells(name: &IdName) -> [Cell<'_>; 3] {
    let scope = name.scope.as_deref().unwrap_or(SCOPE);
    [Cell::text(scope), Cell::text(id_kind_name(name.kind)), Cell::text(&name.id)]
}

/// Reads `scope, kind, id`: which of the ids it is.
pub(crate) fn read_name(row: &impl Columns, ids: &[NewId]) -> Result<IdName, StoreError> {
    let mut row = Cursor::new("id_registry", row);
    let found = [row.string()?, row.string()?, row.string()?].map(|text| Cell::Text(Some(text.into())));
    let known = ids.iter().find(|id| name_cells(&id.name) == found);
    known.map(|id| id.name.clone()).ok_or_else(|| row.unreadable("it was not asked for"))
}

/// The row through which a key without Loam's mark is found; `None` for a key that carries its part.
pub(crate) fn foreign_key_row<'a>(kind: IdKind, key: Key, part: Part) -> Option<Row<'a>> {
    let row = || {
        let kind = Cell::text(key_kind_name(kind));
        vec![Cell::text(SCOPE), kind, Cell::key(key), Cell::key(key), Cell::part(part)]
    };
    key.part().is_none().then(row)
}

/// The name under which a holder is found whose key has no mark.
pub(crate) fn foreign_name_row<'a>(holder: Holder) -> Row<'a> {
    let kind = match holder.kind {
        HolderKind::Client => IdKind::Client,
        HolderKind::Group => IdKind::Group,
    };
    vec![Cell::text(SCOPE), Cell::text(key_kind_name(kind)), Cell::key(holder.key)]
}

/// Branch and catalog version of days off that were changed: what is written of every part with loans.
pub(crate) fn days_off_row<'a>(change: &RecordChange) -> Option<Row<'a>> {
    change.days_off.map(|days_off| vec![branch_of(days_off), Cell::int(change.catalog_version + 1)])
}

/// Loans of a part and a branch that are not closed, from the first on, or after a key.
pub(crate) fn accounts_to_follow(goes_on: bool, mark: char) -> String {
    // No text is less than the empty one, which may stand where a key should.
    let is_after = if goes_on { ">" } else { ">=" };
    format!(
        "select part, loan_key, account_no from loan_account
          where part = {mark}1 and ({mark}2 = '' or branch_key = {mark}2) and closed_at is null
            and loan_key {is_after} {mark}3
          order by loan_key limit {mark}4"
    )
}

/// Part and branch, as `calendar_work` names them; no branch is an empty text.
pub(crate) fn work_cells<'a>(work: &CalendarWork) -> [Cell<'a>; 2] {
    [Cell::part(work.part), branch_of(work.days_off)]
}

fn branch_of<'a>(days_off: DaysOff) -> Cell<'a> {
    match days_off {
        DaysOff::OfOrganization => Cell::text(""),
        DaysOff::OfBranch(key) => Cell::key(key),
    }
}

/// Reads `part, branch_key, catalog_version`.
pub(crate) fn read_calendar_work(row: &impl Columns) -> Result<CalendarWork, StoreError> {
    let mut row = Cursor::new("calendar_work", row);
    let (part, branch) = (row.part()?, row.text()?);
    let days_off = match branch {
        "" => DaysOff::OfOrganization,
        key => DaysOff::OfBranch(key.parse().map_err(|error| row.unreadable(error))?),
    };
    Ok(CalendarWork { part, days_off, catalog_version: row.int()? })
}

/// Reads `part` and a key.
pub(crate) fn read_address(row: &impl Columns) -> Result<Address, StoreError> {
    let mut row = Cursor::new("an address", row);
    Ok(Address { part: row.part()?, key: row.key()? })
}

/// Reads the `id` of an account.
pub(crate) fn read_account_id(row: &impl Columns) -> Result<String, StoreError> {
    Cursor::new("an account", row).string()
}

/// Reads `part`, a key, `kind` and `id`: what bears which id.
pub(crate) fn read_named(row: &impl Columns) -> Result<(Address, String, String), StoreError> {
    let mut row = Cursor::new("id_registry", row);
    Ok((Address { part: row.part()?, key: row.key()? }, row.string()?, row.string()?))
}
