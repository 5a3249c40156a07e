//! Compares the book's schedule with the published one, row by row, to the cent.
//!
//! A penalty charged by hand is a fee in this book, so the two columns are compared together.

use std::fmt::Write;

use jiff::civil::Date;
use loam_book::loan::charges::fees::to_come;
use loam_book::loan::transaction::TransactionKind;
use loam_book::loan::{Installment, Terms};
use loam_calc::calendar::Calendar;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::plan::Plan;
use super::read::{Checkpoint, Row};
use crate::book::Book;

/// What is compared of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    due_on: Date,
    principal: Amount,
    interest: Amount,
    charges: Amount,
    total: Amount,
    paid: Amount,
    /// What of it was paid before the due date.
    in_advance: Amount,
    /// What of it was paid after the due date.
    late: Amount,
    outstanding: Amount,
    /// Principal outstanding when everything up to this row is paid.
    balance: Amount,
    paid_on: Option<Date>,
}

/// The first row and column that differs.
pub(super) fn first_difference(book: &Book, plan: &Plan, checkpoint: &Checkpoint) -> Option<String> {
    let (expected, found) = (published(checkpoint), calculated(book, plan, checkpoint));
    for (index, pair) in expected.iter().zip(&found).enumerate() {
        if let Some((column, expected, found)) = difference(pair.0, pair.1) {
            return Some(format!("row {}: {column} {found} instead of {expected}", index + 1));
        }
    }
    let (expected, found) = (expected.len(), found.len());
    (expected != found).then(|| format!("{found} rows instead of {expected}"))
}

/// Both schedules, each row that differs marked.
pub(super) fn side_by_side(book: &Book, plan: &Plan, checkpoint: &Checkpoint) -> String {
    let (expected, found) = (published(checkpoint), calculated(book, plan, checkpoint));
    let mut text = String::new();
    writeln!(
        text,
        "    due         principal   interest    charges       paid  outstanding    balance  paid on"
    )
    .expect("a string takes everything");
    for index in 0..expected.len().max(found.len()) {
        let (expected, found) = (expected.get(index), found.get(index));
        if expected == found {
            text.push_str(&expected.map(|line| row_text("  =", line)).unwrap_or_default());
        } else {
            text.push_str(&expected.map(|line| row_text("exp", line)).unwrap_or_default());
            text.push_str(&found.map(|line| row_text("got", line)).unwrap_or_default());
        }
    }
    text
}

fn row_text(mark: &str, line: &Line) -> String {
    let figure = |amount: Amount| amount.to_fixed_text(Currency::EUR);
    format!(
        "{mark} {} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>12} {:>10}  {}\n",
        line.due_on,
        figure(line.principal),
        figure(line.interest),
        figure(line.charges),
        figure(line.paid),
        figure(line.in_advance),
        figure(line.late),
        figure(line.outstanding),
        figure(line.balance),
        line.paid_on.map_or("-".to_owned(), |day| day.to_string()),
    )
}

/// The first column that differs: its name, what was expected, what was found.
fn difference(expected: &Line, found: &Line) -> Option<(&'static str, String, String)> {
    let text = |amount: Amount| amount.to_fixed_text(Currency::EUR);
    let day = |day: Option<Date>| day.map_or("no day".to_owned(), |day| day.to_string());
    let columns = [
        ("due on", expected.due_on.to_string(), found.due_on.to_string()),
        ("interest", text(expected.interest), text(found.interest)),
        ("principal", text(expected.principal), text(found.principal)),
        ("charges", text(expected.charges), text(found.charges)),
        ("total", text(expected.total), text(found.total)),
        ("paid", text(expected.paid), text(found.paid)),
        ("paid in advance", text(expected.in_advance), text(found.in_advance)),
        ("paid late", text(expected.late), text(found.late)),
        ("outstanding", text(expected.outstanding), text(found.outstanding)),
        ("balance", text(expected.balance), text(found.balance)),
        ("paid on", day(expected.paid_on), day(found.paid_on)),
    ];
    columns.into_iter().find(|(_, expected, found)| expected != found)
}

fn published(checkpoint: &Checkpoint) -> Vec<Line> {
    checkpoint.schedule.iter().map(of_row).collect()
}

/// What was given up is no charge of the book any more.
fn of_row(row: &Row) -> Line {
    let waived = row.waived.as_deref().map_or(Amount::ZERO, amount);
    Line {
        due_on: row.due_date,
        principal: amount(&row.principal),
        interest: amount(&row.interest),
        charges: amount(&row.fees) + amount(&row.penalties) - waived,
        total: amount(&row.total_due) - waived,
        paid: amount(&row.paid),
        in_advance: amount(&row.in_advance),
        late: amount(&row.late),
        outstanding: amount(&row.outstanding),
        balance: amount(&row.balance),
        paid_on: row.paid_date,
    }
}

fn amount(text: &str) -> Amount {
    let plain = text.replace(',', "");
    Amount::parse(&plain, Currency::EUR).unwrap_or_else(|error| panic!("a published amount: {error}"))
}

/// The rows of the book; before the disbursement, those of what is expected to be paid out first.
fn calculated(book: &Book, plan: &Plan, checkpoint: &Checkpoint) -> Vec<Line> {
    let Some(loan) = &book.loan else { return Vec::new() };
    let mut paid_out = disbursements(book);
    if loan.servicing.installments.is_empty() && paid_out.is_empty() {
        let expected = Terms { amount: amount(&plan.first_payout), ..loan.terms.clone() };
        let start = expected.expected_disbursement_on.unwrap_or(Date::MIN);
        let rows = expected.schedule(start, &Calendar::every_day_works()).unwrap_or_default();
        return lines(&rows, &[(start, expected.amount)], &[]);
    }
    let mut rows = loan.schedule_on(book.business_date);
    // What comes with a row on its due date is shown with it before.
    for row in &mut rows {
        row.expected.fees += to_come(loan, row);
    }
    // In the balances what is expected to be paid out counts as if it were.
    paid_out.extend(plan.expected(checkpoint.after_seq, checkpoint.as_of));
    lines(&rows, &paid_out, &book.paid_parts())
}

fn lines(
    installments: &[Installment],
    paid_out: &[(Date, Amount)],
    paid_parts: &[(Date, u32, Amount)],
) -> Vec<Line> {
    let mut repaid = Amount::ZERO;
    // A down payment is owed of what is paid out on its day.
    let first = paid_out.first().map(|(on, _)| *on);
    let is_first = |row: &Installment, on: Date| row.number == 1 && row.due_date == on && first == Some(on);
    let of_installment = |row: &Installment| {
        repaid += row.expected.principal;
        let of_row = paid_parts.iter().filter(|(_, number, _)| *number == row.number);
        let paid: Vec<(Date, Amount)> = of_row.map(|(on, _, amount)| (*on, *amount)).collect();
        let lent: Amount = paid_out
            .iter()
            .filter(|(on, _)| *on < row.due_date || is_first(row, *on))
            .map(|(_, amount)| *amount)
            .sum();
        Line {
            due_on: row.due_date,
            principal: row.expected.principal,
            interest: row.expected.interest,
            charges: row.expected.fees + row.expected.penalties,
            total: row.expected.total(),
            paid: row.paid.total(),
            in_advance: paid.iter().filter(|(on, _)| *on < row.due_date).map(|(_, amount)| *amount).sum(),
            late: paid.iter().filter(|(on, _)| *on > row.due_date).map(|(_, amount)| *amount).sum(),
            outstanding: row.unpaid().total(),
            balance: lent - repaid,
            paid_on: row.repaid_on,
        }
    };
    installments.iter().map(of_installment).collect()
}

/// What was paid out and not taken back.
fn disbursements(book: &Book) -> Vec<(Date, Amount)> {
    let paid_out = book.standing(TransactionKind::Disbursement);
    paid_out.map(|transaction| (transaction.value_date, transaction.amount)).collect()
}
