//! Loans whose next action has come.

use jiff::civil::Date;
use loam_app::error::StoreError;
use loam_app::ports::ActionPlace;

use crate::cells::{Cell, Columns, Cursor, Row};

/// Loans after a place in the order of the index that leads: part, day, key.
pub(crate) fn loans_with_work(mark: char) -> String {
    format!(
        "select part, loan_key, next_action_on, account_no from loan_action
          where next_action_on <= {mark}1 and (part, next_action_on, loan_key) > ({mark}2, {mark}3, {mark}4)
          order by part, next_action_on, loan_key limit {mark}5"
    )
}

pub(crate) fn loans_with_work_row<'a>(
    business_date: Date,
    (part, day, key): ActionPlace,
    limit: i64,
) -> Row<'a> {
    vec![Cell::date(business_date), Cell::int(part), Cell::int(day), Cell::written(key), Cell::int(limit)]
}

pub(crate) fn count_loans_with_work(mark: char) -> String {
    format!("select count(*) from loan_action where next_action_on <= {mark}1")
}

pub(crate) fn read_work_count(row: &impl Columns) -> Result<u64, StoreError> {
    let mut row = Cursor::new("loan_action", row);
    Ok(u64::try_from(row.int()?).unwrap_or_default())
}
