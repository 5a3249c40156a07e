//! `client_group`.

use loam_app::error::StoreError;
use loam_app::views::GroupView;
use loam_book::ids::Key;
use loam_book::party::group::Group;

use super::client::{HeldStatus, repaid};
use crate::cells::{Cell, Columns, Cursor, Row};

pub(crate) fn group_row(group: &Group) -> Row<'_> {
    vec![
        Cell::part(group.part),
        Cell::key(group.key),
        Cell::text(&group.id),
        Cell::int(group.version),
        Cell::text(&group.contact.name),
        Cell::maybe_key(group.assignment.branch),
        Cell::maybe_key(group.assignment.centre),
        Cell::maybe_key(group.assignment.user),
        Cell::instant(group.created_at),
        Cell::json(group),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_group(row: &impl Columns) -> Result<Group, StoreError> {
    Cursor::new("client_group", row).json()
}

/// A group with what its loans say.
pub(crate) fn group_view(group: Group, held: &[(Key, HeldStatus)]) -> GroupView {
    let loan_cycle = repaid(group.key, held);
    GroupView { group, loan_cycle }
}
