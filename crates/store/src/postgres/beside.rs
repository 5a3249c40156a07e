//! What `check` compares with accounts and lines: columns that repeat them, settlements, the accounts of a line.

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;
use loam_app::ports::LinePlace;

use super::check::each_readable;
use super::loans::read_loans;
use super::pipeline::{Query, read_all, select, snapshot};
use crate::cells::Row;
use crate::rows::check::{LineRows, PlacedLine, line_bounds, lines_row, read_line_place};
use crate::rows::loan::{installment_columns, loan_columns};
use crate::rows::repeated::{of_lines, of_loans, of_savings, read_compared_line};
use crate::rows::savings::read_savings;

/// What the columns of the loans between two say, both included.
pub(super) fn select_of_loans<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select part, account_no, ",
        of_loans!(),
        " from loan_account where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)"
    );
    Query::one(sql, bounds.clone())
}

/// From which day on the loans between two are settled.
pub(super) fn select_settlements<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = "select part, account_no, loan_key, settles_on from settlement
                where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)";
    Query::one(sql, bounds.clone())
}

/// The days of next actions of the loans between two.
pub(super) fn select_actions<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = "select part, account_no, loan_key, next_action_on from loan_action
                where part >= $1 and part <= $3
                  and (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)";
    Query::one(sql, bounds.clone())
}

/// By whom the loans between two are found as guaranteed.
pub(super) fn select_guarantors<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = "select part, account_no, holder_key from guarantor
                where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
                order by part, account_no, holder_key";
    Query::one(sql, bounds.clone())
}

/// The deposit accounts between two, each with its columns.
pub(super) fn select_savings<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select body, ",
        of_savings!(),
        " from savings_account where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)"
    );
    Query::one(sql, bounds.clone())
}

/// Whose accounts they are.
macro_rules! of_holders {
    () => {
        "(part, holder_key) in (select part, holder_key from line_of_credit
           where (part, line_key) >= ($1, $2) and (part, line_key) <= ($3, $4))"
    };
}

/// The next lines, each with the accounts of its holder, of one instant.
pub(super) async fn select_lines(
    client: &ClientWrapper,
    after: Option<LinePlace>,
    limit: i64,
) -> Result<Vec<PlacedLine>, StoreError> {
    let sql = "select part, line_key from line_of_credit where (part, line_key) > ($1, $2)
                order by part, line_key limit $3";
    let found = select(client, Query::one(sql, lines_row(after, limit))).await?;
    let found = read_all(&found, read_line_place)?;
    let lines = |places: Vec<LinePlace>| async move { select_placed(client, &places).await };
    each_readable(found, lines, |place, reason| (place, Err(reason))).await
}

/// The lines from the first of these to the last.
async fn select_placed(client: &ClientWrapper, lines: &[LinePlace]) -> Result<Vec<PlacedLine>, StoreError> {
    let Some(bounds) = line_bounds(lines) else { return Ok(Vec::new()) };
    let lines = concat!(
        "select body, ",
        of_lines!(),
        " from line_of_credit where (part, line_key) >= ($1, $2) and (part, line_key) <= ($3, $4)
          order by part, line_key"
    );
    let loans = concat!(
        "select ",
        loan_columns!(),
        " from loan_account where ",
        of_holders!(),
        " order by part, account_no"
    );
    let installments = concat!(
        "select ",
        installment_columns!(),
        " from installment where (part, account_no) in (select part, account_no from loan_account where ",
        of_holders!(),
        ") order by part, account_no, number"
    );
    let savings = concat!("select body from savings_account where ", of_holders!());
    let queries = [lines, loans, installments, savings].map(|sql| Query::one(sql, bounds.clone()));
    let [lines, loans, installments, savings] = snapshot(client, queries).await?;
    let loans = read_loans(&loans, &installments)?;
    let rows = LineRows {
        lines: read_all(&lines, read_compared_line)?,
        loans: loans.into_iter().map(|stored| *stored.loan).collect(),
        savings: read_all(&savings, read_savings)?,
    };
    Ok(rows.by_line())
}
