//! `journal_transfer`.

use std::collections::HashMap;

use loam_app::error::StoreError;
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::LedgerName;
use loam_book::journal::rules::Booked;
use loam_book::journal::{GlAccount, Transfer};
use loam_calc::currency::Currency;

use crate::cells::{Cell, Columns, Cursor, Row};

/// The columns of `journal_transfer` that make a transfer.
macro_rules! transfer_columns {
    () => {
        "part, account_no, seq, debit, credit, amount_minor, currency, value_date, booking_date, branch_key, \
         product_key"
    };
}

pub(crate) use transfer_columns;

/// The rows of transfers; those of one log entry are counted in the order in which they stand. Both sides of each get
/// a number, from `first` on.
pub(crate) fn transfer_rows(transfers: &[Transfer], first: i64) -> Vec<Row<'_>> {
    let mut counts: HashMap<(Part, i64, i64), i64> = HashMap::new();
    let mut rows = Vec::with_capacity(transfers.len());
    for (entry_no, transfer) in (first..).step_by(2).zip(transfers) {
        let count = counts.entry((transfer.part, transfer.account_no, transfer.seq)).or_default();
        *count += 1;
        rows.push(transfer_row(transfer, *count, entry_no));
    }
    rows
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
