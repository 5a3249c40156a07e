//! `savings_account`, `savings_log` and `savings_transaction`.

use jiff::civil::Date;
use loam_app::changes::{SavingsChange, SavingsLogRow, SavingsTransactionRow, SettlementChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::RowPlace;
use loam_app::search::savings_transactions::FoundMovement;
use loam_book::loan::HolderKind;
use loam_book::savings::Savings;
use loam_book::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use loam_book::savings::transaction::SavingsTransaction;

use super::check::Account;
use super::log::{read_stamp, stamp_cells};
use crate::cells::{Cell, Columns, Cursor, Row};
use crate::numbers::LogNumbers;

/// The columns of `savings_log` that make an entry; the event's name repeats what the body says.
macro_rules! savings_log_columns {
    () => {
        "part, account_no, seq, value_date, booking_date, recorded_at, actor, door, request_id, event_version, \
         rules_version, body"
    };
}

pub(crate) use savings_log_columns;

pub(crate) fn savings_row(account: &Savings) -> Row<'_> {
    vec![
        Cell::part(account.part),
        Cell::int(account.account_no),
        Cell::key(account.key),
        Cell::text(&account.id),
        Cell::int(account.version),
        Cell::text(holder_kind_name(account.holder.kind)),
        Cell::key(account.holder.key),
        Cell::key(account.terms.product),
        Cell::maybe_key(account.assignment.branch),
        Cell::maybe_key(account.assignment.centre),
        Cell::maybe_key(account.assignment.user),
        Cell::text(account.state.status()),
        Cell::text(&account.name),
        Cell::amount(account.balance),
        Cell::instant(account.created_at),
        Cell::json(account),
        Cell::maybe_date(account.next_action_on()),
    ]
}

fn holder_kind_name(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Client => "client",
        HolderKind::Group => "group",
    }
}

/// The row of an account that is known, with the version that was read.
pub(crate) fn known_savings_row(change: &SavingsChange) -> Row<'_> {
    let mut row = savings_row(&change.account);
    row.push(Cell::Int(change.version_read));
    row
}

/// Part, number and version of an account that goes.
pub(crate) fn gone_savings_row(change: &SavingsChange) -> Row<'_> {
    let account = &change.account;
    vec![Cell::part(account.part), Cell::int(account.account_no), Cell::int(account.version)]
}

/// New accounts, those that are known, and of those the ones that go.
pub(crate) struct SavingsWrites<'a> {
    pub(crate) new: Vec<&'a SavingsChange>,
    pub(crate) known: Vec<&'a SavingsChange>,
    pub(crate) deleted: Vec<&'a SavingsChange>,
}

impl<'a> SavingsWrites<'a> {
    pub(crate) fn new(changes: &'a [SavingsChange]) -> SavingsWrites<'a> {
        let (known, new) = changes.iter().partition(|change| change.version_read.is_some());
        let deleted = changes.iter().filter(|change| change.account.is_deleted()).collect();
        SavingsWrites { new, known, deleted }
    }
}

/// Part and number of the loan of a settlement.
pub(crate) fn settlement_place(change: &SettlementChange) -> Row<'_> {
    vec![Cell::part(change.part), Cell::int(change.account_no)]
}

/// The row of a settlement; `None` where there is nothing to pay.
pub(crate) fn settlement_row(change: &SettlementChange) -> Option<Row<'_>> {
    let settles_on = change.settles_on?;
    let place = settlement_place(change).into_iter();
    Some(place.chain([Cell::key(change.key), Cell::date(settles_on)]).collect())
}

/// The day, the place after which to go on, and how far.
pub(crate) fn due_row<'a>(day: Date, (part, account_no): RowPlace, limit: i64) -> Row<'a> {
    vec![Cell::date(day), Cell::int(part), Cell::int(account_no), Cell::int(limit)]
}

/// Reads the column `body` of an account.
pub(crate) fn read_savings(row: &impl Columns) -> Result<Savings, StoreError> {
    Cursor::new("savings_account", row).json()
}

pub(crate) fn savings_log_row<'a>(row: &'a SavingsLogRow, numbers: &LogNumbers) -> Row<'a> {
    let SavingsEntry { seq, value_date, event, stamp } = &row.entry;
    let mut cells = Vec::with_capacity(14);
    cells.extend([Cell::part(row.part), Cell::int(row.account_no), Cell::int(*seq)]);
    cells.extend([Cell::text(event.name()), Cell::date(*value_date)]);
    cells.extend(stamp_cells(stamp));
    cells.extend([Cell::json(event), numbers.cell(row.part, row.account_no, *seq)]);
    cells
}

/// Reads [`savings_log_columns`]: the account and its entry.
pub(crate) fn read_savings_entry(row: &impl Columns) -> Result<(Account, SavingsEntry), StoreError> {
    let mut row = Cursor::new("savings_log", row);
    let account = (row.part()?, row.int()?);
    let (seq, value_date) = (row.int()?, row.date()?);
    let stamp = read_stamp(&mut row)?;
    let event: SavingsEvent = row.json()?;
    Ok((account, SavingsEntry { seq, value_date, event, stamp }))
}

pub(crate) fn savings_transaction_row(row: &SavingsTransactionRow) -> Row<'_> {
    let transaction = &row.transaction;
    vec![
        Cell::part(row.part),
        Cell::int(row.account_no),
        Cell::int(transaction.id),
        Cell::text(kind_name(transaction.kind)),
        Cell::int(transaction.seq),
        Cell::date(transaction.value_date),
        Cell::date(transaction.stamp.booking_date),
        Cell::instant(transaction.stamp.recorded_at),
        Cell::amount(transaction.amount),
        Cell::amount(transaction.balance),
        Cell::Int(transaction.reversed_by),
        Cell::json(transaction),
    ]
}

fn kind_name(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Deposit => "deposit",
        MovementKind::Withdrawal => "withdrawal",
        MovementKind::Transfer => "transfer",
        MovementKind::Fee => "fee",
        MovementKind::Interest => "interest",
        MovementKind::OverdraftInterest => "overdraft_interest",
        MovementKind::WithholdingTax => "withholding_tax",
    }
}

/// Where a transaction is that a row takes back, and the one that does it; `None` if it takes none back.
pub(crate) fn savings_reversal_row(row: &SavingsTransactionRow) -> Option<Row<'_>> {
    let original = row.transaction.reverses?;
    let place = [Cell::part(row.part), Cell::int(row.account_no), Cell::int(original)];
    Some(place.into_iter().chain([Cell::int(row.transaction.id)]).collect())
}

/// Reads what [`read_savings_transaction`] does, and the key of the account behind it.
pub(crate) fn read_found_movement(row: &impl Columns) -> Result<FoundMovement, StoreError> {
    let ((part, _), transaction) = read_savings_transaction(row)?;
    let key = row.text_at(4)?.and_then(|key| key.parse().ok());
    let key =
        key.ok_or_else(|| StoreError::Unreadable("a transaction without the key of its account".to_owned()))?;
    Ok(FoundMovement { account: Address { part, key }, transaction })
}

/// Reads `part, account_no, reversed_by, body`.
pub(crate) fn read_savings_transaction(
    row: &impl Columns,
) -> Result<(Account, SavingsTransaction), StoreError> {
    let mut row = Cursor::new("savings_transaction", row);
    let account = (row.part()?, row.int()?);
    let reversed_by = row.maybe_int()?;
    let transaction: SavingsTransaction = row.json()?;
    Ok((account, SavingsTransaction { reversed_by, ..transaction }))
}
