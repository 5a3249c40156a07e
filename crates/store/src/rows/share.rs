//! `investor_share`: what loans give investors.

use std::collections::HashMap;

use loam_app::changes::CreditedShare;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::organization::InvestingKind;
use loam_book::savings::Savings;
use loam_book::savings::product::AccountType;
use loam_book::savings::share::{Credit, InvestorShare};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::cells::{Cell, Columns, Cursor, Row};

/// All columns.
macro_rules! share_columns {
    () => {
        "part, account_no, transaction_id, seq, fund_key, account_part, account_key, currency, cash_minor, \
         invested_minor, what, booked_on, recorded_at, credited_by"
    };
}

pub(crate) use share_columns;

pub(crate) fn share_row(share: &InvestorShare) -> Row<'_> {
    vec![
        Cell::part(share.part),
        Cell::int(share.account_no),
        Cell::int(share.transaction_id),
        Cell::int(share.seq),
        Cell::key(share.fund),
        Cell::part(share.account.part),
        Cell::key(share.account.key),
        Cell::text(share.currency.code()),
        Cell::amount(share.cash),
        Cell::amount(share.invested),
        Cell::text(share.what.name()),
        Cell::date(share.booked_on),
        Cell::instant(share.recorded_at),
        Cell::Int(share.credited_by),
    ]
}

/// Where a share is that was credited, and by which transaction.
pub(crate) fn credited_row<'a>(credited: &CreditedShare) -> Row<'a> {
    vec![
        Cell::part(credited.part),
        Cell::int(credited.account_no),
        Cell::key(credited.fund),
        Cell::int(credited.transaction_id),
        Cell::int(credited.credited_by),
    ]
}

/// Reads `account_key` and what waits for it: cash, and what more it has in loans.
pub(crate) fn read_waiting(row: &impl Columns) -> Result<(Key, (Amount, Amount)), StoreError> {
    let mut row = Cursor::new("investor_share", row);
    Ok((row.key()?, (row.amount()?, row.amount()?)))
}

/// Reads `account_key`, one of its transactions and what it credited.
pub(crate) fn read_credit(row: &impl Columns) -> Result<(Key, Credit), StoreError> {
    let mut row = Cursor::new("investor_share", row);
    let account = row.key()?;
    Ok((account, Credit { transaction_id: row.int()?, cash: row.amount()?, invested: row.amount()? }))
}

/// Which of these accounts loans give something to, each with what waits for it counted: `now` is the same accounts of
/// the instant of `waiting`.
pub(crate) fn counted(
    accounts: Vec<Savings>,
    now: Vec<Savings>,
    waiting: Vec<(Key, (Amount, Amount))>,
) -> Vec<Savings> {
    let mut now: HashMap<Key, Savings> = now.into_iter().map(|account| (account.key, account)).collect();
    let waiting: HashMap<Key, (Amount, Amount)> = waiting.into_iter().collect();
    let of_instant = |account: Savings| {
        let account = now.remove(&account.key).unwrap_or(account);
        let waits = waiting.get(&account.key).copied().unwrap_or_default();
        account.counting(waits)
    };
    accounts.into_iter().map(of_instant).collect()
}

/// Those for which shares may wait.
pub(crate) fn investors(accounts: &[Savings]) -> Vec<Address> {
    let investors =
        accounts.iter().filter(|account| account.terms.account_type == AccountType::InvestorAccount);
    investors.map(Savings::address).collect()
}

/// Reads [`share_columns`].
pub(crate) fn read_share(row: &impl Columns) -> Result<InvestorShare, StoreError> {
    let mut row = Cursor::new("investor_share", row);
    Ok(InvestorShare {
        part: row.part()?,
        account_no: row.int()?,
        transaction_id: row.int()?,
        seq: row.int()?,
        fund: row.key()?,
        account: Address { part: row.part()?, key: row.key()? },
        currency: row.named(|code| Currency::from_code(code).ok())?,
        cash: row.amount()?,
        invested: row.amount()?,
        what: row.named(InvestingKind::from_name)?,
        booked_on: row.date()?,
        recorded_at: row.instant()?,
        credited_by: row.maybe_int()?,
    })
}
