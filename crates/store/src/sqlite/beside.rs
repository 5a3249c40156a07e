//! What `check` compares with accounts and lines: columns that repeat them, settlements, the accounts of a line.

use loam_app::error::StoreError;
use loam_app::ports::LinePlace;
use loam_book::loan::Loan;
use loam_book::savings::Savings;
use rusqlite::Connection;

use super::check::each_readable;
use super::loans;
use super::rows::select;
use crate::cells::Row;
use crate::rows::check::{
    Account, KeptDay, LineRows, PlacedLine, line_bounds, lines_row, read_guarantor, read_kept_day,
    read_line_place,
};
use crate::rows::loan::loan_columns;
use crate::rows::repeated::{
    of_lines, of_loans, of_savings, read_compared_line, read_compared_savings, read_of_loan,
};
use crate::rows::savings::read_savings;

/// What the columns of the loans between two say, both included.
pub(super) fn select_of_loans(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, Row<'static>)>, StoreError> {
    let columns = of_loans!();
    let sql = format!(
        "select part, account_no, {columns} from loan_account
          where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)"
    );
    select(connection, &sql, bounds.clone(), |row| read_of_loan(row))
}

/// From which day on the loans between two are settled.
pub(super) fn select_settlements(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, KeptDay)>, StoreError> {
    let sql = "select part, account_no, loan_key, settles_on from settlement
                where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)";
    select(connection, sql, bounds.clone(), |row| read_kept_day(row))
}

/// The days of next actions of the loans between two.
pub(super) fn select_actions(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, KeptDay)>, StoreError> {
    let sql = "select part, account_no, loan_key, next_action_on from loan_action
                where part >= ?1 and part <= ?3
                  and (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)";
    select(connection, sql, bounds.clone(), |row| read_kept_day(row))
}

/// The deposit accounts between two, each with its columns that say something else.
pub(super) fn select_savings(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Savings, Vec<&'static str>)>, StoreError> {
    let columns = of_savings!();
    let sql = format!(
        "select body, {columns} from savings_account
          where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)"
    );
    select(connection, &sql, bounds.clone(), |row| read_compared_savings(row))
}

/// By whom the loans between two are found as guaranteed.
pub(super) fn select_guarantors(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<(Account, String)>, StoreError> {
    let sql = "select part, account_no, holder_key from guarantor
                where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
                order by part, account_no, holder_key";
    select(connection, sql, bounds.clone(), |row| read_guarantor(row))
}

/// The next lines, each with the accounts of its holder.
pub(super) fn select_lines(
    connection: &Connection,
    after: Option<LinePlace>,
    limit: i64,
) -> Result<Vec<PlacedLine>, StoreError> {
    let sql = "select part, line_key from line_of_credit where (part, line_key) > (?1, ?2)
                order by part, line_key limit ?3";
    let found = select(connection, sql, lines_row(after, limit), |row| read_line_place(row))?;
    each_readable(&found, |lines| select_placed(connection, lines), |place, reason| (place, Err(reason)))
}

/// The lines from the first of these to the last.
fn select_placed(connection: &Connection, lines: &[LinePlace]) -> Result<Vec<PlacedLine>, StoreError> {
    let Some(bounds) = line_bounds(lines) else { return Ok(Vec::new()) };
    let columns = of_lines!();
    let sql = format!(
        "select body, {columns} from line_of_credit
          where (part, line_key) >= (?1, ?2) and (part, line_key) <= (?3, ?4) order by part, line_key"
    );
    let rows = LineRows {
        lines: select(connection, &sql, bounds.clone(), |row| read_compared_line(row))?,
        loans: select_loans(connection, &bounds)?,
        savings: select_accounts(connection, &bounds)?,
    };
    Ok(rows.by_line())
}

/// Whose accounts they are.
const HOLDERS: &str = "(part, holder_key) in (select part, holder_key from line_of_credit
                         where (part, line_key) >= (?1, ?2) and (part, line_key) <= (?3, ?4))";

fn select_loans(connection: &Connection, bounds: &Row<'_>) -> Result<Vec<Loan>, StoreError> {
    let columns = loan_columns!();
    let sql = format!("select {columns} from loan_account where {HOLDERS} order by part, account_no");
    loans::select_loans(connection, (sql, bounds.clone()))
}

fn select_accounts(connection: &Connection, bounds: &Row<'_>) -> Result<Vec<Savings>, StoreError> {
    let sql = format!("select body from savings_account where {HOLDERS}");
    select(connection, &sql, bounds.clone(), |row| read_savings(row))
}
