//! Columns that repeat what a body says, so that rows are found by them; `check` compares the two.

use loam_app::error::StoreError;
use loam_app::ports::LinePlace;
use loam_app::views::LoanStatus;
use loam_book::loan::Loan;
use loam_book::savings::Savings;

use super::check::{Account, ComparedLine};
use super::line_of_credit::{line_row, read_line};
use super::loan::searched_row;
use super::savings::savings_row;
use crate::cells::{Cell, Columns, Cursor, Row};

/// [`OF_LOANS`], [`OF_SAVINGS`] and [`OF_LINES`] as questions name them.
macro_rules! of_loans {
    () => {
        "status, amount_minor, approved_on, closed_on, expected_disbursement_on, disbursed_on, first_due_on, \
         matures_on, in_arrears_from, late_from, sub_state, fixed_days"
    };
}

macro_rules! of_savings {
    () => {
        "part, account_no, savings_key, id, version, holder_kind, holder_key, product_key, branch_key, centre_key, \
         user_key, status, name, balance_minor, created_at, next_action_on"
    };
}

macro_rules! of_lines {
    () => {
        "part, line_key, id, version, holder_key, status, branch_key, centre_key, user_key, created_at"
    };
}

pub(crate) use {of_lines, of_loans, of_savings};

/// What loans are found by, besides the columns that a loan is read from.
pub(crate) const OF_LOANS: [&str; 12] = [
    "status",
    "amount_minor",
    "approved_on",
    "closed_on",
    "expected_disbursement_on",
    "disbursed_on",
    "first_due_on",
    "matures_on",
    "in_arrears_from",
    "late_from",
    "sub_state",
    "fixed_days",
];

/// All columns of a deposit account that stand before its body, and the one behind it.
pub(crate) const OF_SAVINGS: [&str; 16] = [
    "part",
    "account_no",
    "savings_key",
    "id",
    "version",
    "holder_kind",
    "holder_key",
    "product_key",
    "branch_key",
    "centre_key",
    "user_key",
    "status",
    "name",
    "balance_minor",
    "created_at",
    "next_action_on",
];

/// All columns of a line that stand before its body.
pub(crate) const OF_LINES: [&str; 10] = [
    "part",
    "line_key",
    "id",
    "version",
    "holder_key",
    "status",
    "branch_key",
    "centre_key",
    "user_key",
    "created_at",
];

/// Where the body of a deposit account stands in its row.
const BODY_OF_SAVINGS: usize = 15;

/// Reads part and number of a loan and [`OF_LOANS`].
pub(crate) fn read_of_loan(row: &impl Columns) -> Result<(Account, Row<'static>), StoreError> {
    let account = super::check::read_account(row)?;
    let is_text = |name: &&str| matches!(*name, "status" | "sub_state" | "fixed_days");
    let cell = |(at, name): (usize, &&str)| {
        Ok(if is_text(name) {
            Cell::Text(row.text_at(at + 2)?.map(str::to_owned).map(Into::into))
        } else {
            Cell::Int(row.int_at(at + 2)?)
        })
    };
    let cells: Result<Row<'static>, StoreError> = OF_LOANS.iter().enumerate().map(cell).collect();
    Ok((account, cells?))
}

/// Which of them say something else than the loan.
pub(crate) fn differing_of_loan(stored: &[Cell<'_>], loan: &Loan) -> Vec<&'static str> {
    let Some(status) = LoanStatus::of(&loan.servicing) else { return Vec::new() };
    let expected = std::iter::once(Cell::text(status.name())).chain(searched_row(loan).into_iter().skip(2));
    let all = OF_LOANS.into_iter().zip(stored).zip(expected);
    all.filter(|((_, is), should)| *is != should).map(|((name, _), _)| name).collect()
}

/// Reads the body of a deposit account and [`OF_SAVINGS`] behind it, and which of these say something else.
pub(crate) fn read_compared_savings(row: &impl Columns) -> Result<(Savings, Vec<&'static str>), StoreError> {
    let account = super::savings::read_savings(row)?;
    let mut expected = savings_row(&account);
    expected.remove(BODY_OF_SAVINGS);
    let differing = differing(row, &OF_SAVINGS, &expected)?;
    Ok((account, differing))
}

/// The same of a line and [`OF_LINES`], with where it is kept.
pub(crate) fn read_compared_line(row: &impl Columns) -> Result<(LinePlace, ComparedLine), StoreError> {
    let line = read_line(row)?;
    let differing = differing(row, &OF_LINES, &line_row(&line))?;
    let mut row = Cursor::new("line_of_credit", row);
    row.skip(1);
    Ok(((row.part()?, row.string()?), (line, differing)))
}

/// Columns behind the first that are not as expected.
fn differing(
    row: &impl Columns,
    names: &[&'static str],
    expected: &[Cell<'_>],
) -> Result<Vec<&'static str>, StoreError> {
    let mut differing = Vec::new();
    for (at, (name, should)) in (1..).zip(names.iter().zip(expected)) {
        let is_same = match should {
            Cell::Int(value) => row.int_at(at)? == *value,
            Cell::Text(text) => row.text_at(at)? == text.as_deref(),
            Cell::Bytes(bytes) => row.bytes_at(at)? == bytes.as_deref(),
            Cell::NoText(bytes) => row.written_at(at)? == Some(bytes.as_slice()),
        };
        if !is_same {
            differing.push(*name);
        }
    }
    Ok(differing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_name_the_columns_that_are_compared() {
        assert_eq!(OF_LOANS.join(", "), of_loans!());
        assert_eq!(OF_SAVINGS.join(", "), of_savings!());
        assert_eq!(OF_LINES.join(", "), of_lines!());
    }
}
