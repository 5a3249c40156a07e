//! `journal_transfer`.

use std::collections::HashMap;

use loam_app::error::StoreError;
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::LedgerName;
use loam_book::journal::rules::Booked;
use loam_book::journal::{GlAccount, Transfer};
use loam_calc::currency::Currency;

use crate::cells::{Cell, Columns, Cursor, Row};
use crate::numbers::FirstNumbers;

/// The columns of `journal_transfer`, which is called `t`, that make a transfer.
macro_rules! transfer_columns {
    () => {
        "t.part, t.account_no, t.seq, t.debit, t.credit, t.amount_minor, t.currency, t.value_date, \
         t.booking_date, t.branch_key, t.product_key"
    };
}

/// The logs whose entries bring transfers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Log {
    Loans,
    Savings,
    Evening,
}

impl Log {
    fn table(self) -> &'static str {
        match self {
            Log::Loans => "loan_log",
            Log::Savings => "savings_log",
            Log::Evening => "evening_log",
        }
    }
}

/// The transfers that a log brought to the accounts between two, both included: the bounds are four values. The parts are
/// bounds by themselves too: PostgreSQL takes pairs for a third of the table.
pub(crate) fn transfers_between(log: Log, mark: char) -> String {
    let (table, columns) = (log.table(), transfer_columns!());
    format!(
        "select {columns} from {table} as l join journal_transfer as t on t.part = l.part and t.log_no = l.log_no
          where l.part >= {mark}1 and l.part <= {mark}3
            and (l.part, l.account_no) >= ({mark}1, {mark}2) and (l.part, l.account_no) <= ({mark}3, {mark}4)
          order by l.part, l.account_no, l.seq, t.n"
    )
}

/// The rows of transfers; those of one log entry are counted in the order in which they stand. Both sides of each get
/// a number in the whole book.
pub(crate) fn transfer_rows<'a>(transfers: &'a [Transfer], numbers: &FirstNumbers) -> Vec<Row<'a>> {
    let mut counts: HashMap<(Part, i64, i64), i64> = HashMap::new();
    let mut rows = Vec::with_capacity(transfers.len());
    for (entry_no, transfer) in (numbers.journal..).step_by(2).zip(transfers) {
        let count = counts.entry((transfer.part, transfer.account_no, transfer.seq)).or_default();
        *count += 1;
        let mut row = transfer_row(transfer, *count, entry_no);
        row.push(numbers.log.cell(transfer.part, transfer.account_no, transfer.seq));
        rows.push(row);
    }
    rows
}

/// The transfers that one entry brought: the number of the entry is the value.
pub(crate) fn transfers_brought(mark: char) -> String {
    let columns = transfer_columns!();
    format!("select {columns} from journal_transfer as t where t.log_no = {mark}1 order by t.n")
}

fn transfer_row(transfer: &Transfer, n: i64, entry_no: i64) -> Row<'_> {
    vec![
        Cell::part(transfer.part),
        Cell::int(transfer.account_no),
        Cell::int(transfer.seq),
        Cell::int(n),
        ledger_name(transfer.debit_name()),
        ledger_name(transfer.credit_name()),
        Cell::amount(transfer.amount),
        Cell::text(transfer.currency.code()),
        Cell::date(transfer.value_date),
        Cell::date(transfer.booking_date),
        Cell::maybe_key(transfer.branch),
        Cell::key(transfer.product),
        Cell::int(entry_no),
    ]
}

/// What is posted by itself needs no memory of its own for its name.
fn ledger_name(name: LedgerName) -> Cell<'static> {
    match name {
        LedgerName::Carried(account) => Cell::text(account.name()),
        LedgerName::Ruled(..) | LedgerName::Own(_) => Cell::Text(Some(name.text().into())),
    }
}

/// What a side of a transfer is about, and the account that a rule names for it.
fn booked_side(text: &str) -> Option<(GlAccount, Option<Key>)> {
    match LedgerName::from_text(text)? {
        LedgerName::Carried(account) => Some((account, None)),
        LedgerName::Ruled(account, key) => Some((account, Some(key))),
        LedgerName::Own(_) => None,
    }
}

/// Reads [`transfer_columns`].
pub(crate) fn read_transfer(row: &impl Columns) -> Result<Transfer, StoreError> {
    let mut row = Cursor::new("journal_transfer", row);
    let (part, account_no, seq) = (row.part()?, row.int()?, row.int()?);
    let (debit, debit_on) = row.named(booked_side)?;
    let (credit, credit_on) = row.named(booked_side)?;
    Ok(Transfer {
        debit,
        credit,
        booked: Booked { debit: debit_on, credit: credit_on },
        amount: row.amount()?,
        currency: row.named(|code| Currency::from_code(code).ok())?,
        value_date: row.date()?,
        booking_date: row.date()?,
        branch: row.maybe_key()?,
        product: row.key()?,
        part,
        account_no,
        seq,
    })
}
