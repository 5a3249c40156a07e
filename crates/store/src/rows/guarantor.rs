//! `guarantor`.

use loam_app::changes::GuarantorsChange;

use crate::cells::{Cell, Row};

/// Part and number of the loan.
pub(crate) fn guaranteed_row<'a>(change: &GuarantorsChange) -> Row<'a> {
    vec![Cell::part(change.part), Cell::int(change.account_no)]
}

pub(crate) fn guarantor_rows<'a>(changes: &[GuarantorsChange]) -> Vec<Row<'a>> {
    let of = |change: &GuarantorsChange| {
        let (part, account_no) = (change.part, change.account_no);
        let row =
            |holder: &loam_book::ids::Key| vec![Cell::part(part), Cell::int(account_no), Cell::key(*holder)];
        change.holders.iter().map(row).collect::<Vec<_>>()
    };
    changes.iter().flat_map(of).collect()
}
