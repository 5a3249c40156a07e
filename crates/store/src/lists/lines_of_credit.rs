//! Lists of lines of credit.

use loam_app::views::{LineFilter, Page};

use super::{Asking, paged};
use crate::cells::Cell;
use crate::filters::Conditions;

/// Lines in the order in which they were entered.
pub(crate) fn line_list<'a>(filter: &LineFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", filter.holder.map(|holder| Cell::part(holder.part)));
    conditions.add_if("holder_key = {}", filter.holder.map(|holder| Cell::key(holder.key)));
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    conditions.add_if("centre_key = {}", filter.centre.map(Cell::key));
    conditions.add_if("user_key = {}", filter.credit_officer.map(Cell::key));
    conditions.add_if("status = {}", filter.state.map(|state| Cell::text(state.name())));
    let (conditions, row) = conditions.finish();
    let sql = format!("select body from line_of_credit{conditions} order by created_at, line_key");
    paged(sql, row, page, mark)
}
