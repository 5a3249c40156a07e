//! Reports of the general ledger: the trial balance, what was earned, and what moved on one account.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::journal::chart::{LedgerAccount, LedgerName, LedgerType};
use loam_book::journal::manual::Side;
use loam_book::report::{Column, Row, Value, branch_id, product_id};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::Scope;
use crate::error::StoreError;
use crate::ports::{BookedFilter, BookedSum, ByDay, ReadStore};
use crate::reading::Now;
use crate::search::columns::{Bound, ColumnTest};
use crate::search::entries::{EntryColumn, EntryQuery, EntrySource, StoredEntry, SumFilter};
use crate::views::Page;

/// How many entries are read at once.
const PAGE: i64 = 1_000;
/// The same by value date, where no index leads to the next page and fewer of them cost less.
const PAGE_BY_VALUE: i64 = 20_000;

pub(super) const TRIAL_BALANCE: &[Column] = &[
    Column::text("glCode"),
    Column::text("name"),
    Column::text("type"),
    Column::text("currency"),
    Column::money("opening"),
    Column::money("debits"),
    Column::money("credits"),
    Column::money("closing"),
];

/// Debits and credits of an account before the first day, and from it to the last.
#[derive(Debug, Default, Clone, Copy)]
struct Moved {
    before: Amount,
    debits: Amount,
    credits: Amount,
}

/// Every account on which something was booked, by its code. Balances are debits less credits.
pub(super) async fn trial_balance(
    scope: &Scope,
    store: &dyn ReadStore,
    now: &Now,
) -> Result<Vec<Row>, StoreError> {
    let mut moved: BTreeMap<(String, &'static str), (Moved, Currency)> = BTreeMap::new();
    let day_before = scope.from.map(|from| from.yesterday().unwrap_or(Date::MIN));
    if let Some(to) = day_before {
        for sum in sums(scope, (None, to), store).await? {
            let code = code_of(sum.account, &now.catalog);
            let (moved, _) =
                moved.entry((code, sum.currency.code())).or_insert((Moved::default(), sum.currency));
            moved.before += sum.debits - sum.credits;
        }
    }
    for sum in sums(scope, (scope.from, scope.to), store).await? {
        let code = code_of(sum.account, &now.catalog);
        let (moved, _) = moved.entry((code, sum.currency.code())).or_insert((Moved::default(), sum.currency));
        moved.debits += sum.debits;
        moved.credits += sum.credits;
    }
    let row = |((code, currency_code), (moved, currency)): (&(String, &str), &(Moved, Currency))| {
        let account = now.catalog.ledger_accounts.find(code);
        let money = |amount| Value::Money(amount, *currency);
        vec![
            Value::text(code),
            account.map_or(Value::Nothing, |account| Value::text(&account.name)),
            account.map_or(Value::Nothing, |account| Value::text(account.ledger_type.name())),
            Value::text(currency_code),
            money(moved.before),
            money(moved.debits),
            money(moved.credits),
            money(moved.before + moved.debits - moved.credits),
        ]
    };
    Ok(moved.iter().map(row).collect())
}

/// Sums of accounts: of all branches by booking date they are kept, else the journal is added up.
async fn sums(
    scope: &Scope,
    (from, to): (Option<Date>, Date),
    store: &dyn ReadStore,
) -> Result<Vec<BookedSum>, StoreError> {
    if scope.by == ByDay::Value {
        let filter = BookedFilter { by: scope.by, from, to: Some(to), branch: scope.branch };
        return store.booked_sums(&filter).await;
    }
    let within = scope.branch.into_iter().collect();
    let filter = SumFilter { accounts: Vec::new(), from, to: Some(to), within };
    let kept = store.ledger_sums(&filter).await?;
    let as_booked = kept.into_iter().map(|sum| BookedSum {
        account: sum.account,
        branch: None,
        product: None,
        currency: sum.currency,
        debits: sum.debits,
        credits: sum.credits,
    });
    Ok(as_booked.collect())
}

/// The account of the chart on which something stands. Accounts are never taken away, so it is there.
fn account_of(name: LedgerName, catalog: &Catalog) -> Option<std::sync::Arc<LedgerAccount>> {
    match name {
        LedgerName::Carried(carried) => Some(catalog.carrier_of(carried)),
        LedgerName::Ruled(_, key) | LedgerName::Own(key) => {
            catalog.ledger_accounts.by_key(key).map(std::sync::Arc::clone)
        }
    }
}

fn code_of(name: LedgerName, catalog: &Catalog) -> String {
    account_of(name, catalog).map_or_else(|| name.text(), |account| account.code.clone())
}

pub(super) const INCOME: &[Column] = &[
    Column::text("glCode"),
    Column::text("name"),
    Column::text("type"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::money("amount"),
];

/// What was earned and spent, by account, product and branch. Income is positive where it was earned, expenses where
/// something was spent.
pub(super) async fn income(scope: &Scope, store: &dyn ReadStore, now: &Now) -> Result<Vec<Row>, StoreError> {
    let filter = BookedFilter { by: scope.by, from: scope.from, to: Some(scope.to), branch: scope.branch };
    let mut rows: Vec<(String, Row)> = Vec::new();
    for sum in store.booked_sums(&filter).await? {
        let Some(account) = account_of(sum.account, &now.catalog) else { continue };
        let earned = match account.ledger_type {
            LedgerType::Income => sum.credits - sum.debits,
            LedgerType::Expense => sum.debits - sum.credits,
            LedgerType::Asset | LedgerType::Liability | LedgerType::Equity => continue,
        };
        let row = vec![
            Value::text(&account.code),
            Value::text(&account.name),
            Value::text(account.ledger_type.name()),
            product_id(sum.product, &now.catalog),
            branch_id(sum.branch, &now.catalog),
            Value::text(sum.currency.code()),
            Value::Money(earned, sum.currency),
        ];
        rows.push((account.code.clone(), row));
    }
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

pub(super) const STATEMENT: &[Column] = &[
    Column::day("bookingDate"),
    Column::day("valueDate"),
    Column::count("entryId"),
    Column::text("transactionId"),
    Column::text("accountId"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::text("notes"),
    Column::money("debit"),
    Column::money("credit"),
    Column::money("balance"),
];

/// The entries of one account, in the order of the days that are asked for, with what stands there after each. So the
/// last balance of a day is what stood there on that day.
#[derive(Debug)]
pub struct Statement {
    query: EntryQuery,
    /// By the code of the currency.
    balances: BTreeMap<&'static str, (Amount, Currency)>,
    is_opened: bool,
}

impl Statement {
    /// Opens the statement with what stood on the account before the first day.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn open(
        account: &LedgerAccount,
        scope: &Scope,
        store: &dyn ReadStore,
    ) -> Result<Statement, StoreError> {
        let names = account.ledger_names();
        let mut balances: BTreeMap<&'static str, (Amount, Currency)> = BTreeMap::new();
        if let Some(from) = scope.from {
            let before = from.yesterday().unwrap_or(Date::MIN);
            for sum in sums(scope, (None, before), store).await? {
                if names.contains(&sum.account) {
                    let place = balances.entry(sum.currency.code()).or_insert((Amount::ZERO, sum.currency));
                    place.0 += sum.debits - sum.credits;
                }
            }
        }
        let column = match scope.by {
            ByDay::Booking => EntryColumn::BookingDate,
            ByDay::Value => EntryColumn::ValueDate,
        };
        let from = scope.from.unwrap_or(Date::MIN);
        let mut conditions = vec![(column, ColumnTest::Between(Bound::Date(from), Bound::Date(scope.to)))];
        let branch = |key: Key| (EntryColumn::Branch, ColumnTest::In(vec![key.into()]));
        conditions.extend(scope.branch.map(branch));
        let query = EntryQuery { conditions, accounts: Some(names), by: scope.by, ..EntryQuery::default() };
        Ok(Statement { query, balances, is_opened: false })
    }

    pub(super) async fn next(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        if !self.is_opened {
            self.is_opened = true;
            return Ok(Some(self.opening()));
        }
        let limit = match self.query.by {
            ByDay::Booking => PAGE,
            ByDay::Value => PAGE_BY_VALUE,
        };
        let entries = store.journal_entries(&self.query, Page { offset: 0, limit }).await?;
        let Some(last) = entries.last() else { return Ok(None) };
        let day = match self.query.by {
            ByDay::Booking => last.booking_date,
            ByDay::Value => last.value_date,
        };
        self.query.after = Some((day, last.number));
        Ok(Some(entries.iter().map(|entry| self.row(entry, catalog)).collect()))
    }

    /// A row for each currency: nothing moved, and this stands there.
    fn opening(&self) -> Vec<Row> {
        let row = |(code, (balance, currency)): (&&str, &(Amount, Currency))| {
            let mut row = vec![Value::Nothing; STATEMENT.len()];
            row[7] = Value::text(code);
            row[11] = Value::Money(*balance, *currency);
            row
        };
        self.balances.iter().map(row).collect()
    }

    fn row(&mut self, entry: &StoredEntry, catalog: &Catalog) -> Row {
        let currency = entry.currency;
        let (balance, _) = self.balances.entry(currency.code()).or_insert((Amount::ZERO, currency));
        let money = Value::Money(entry.amount, currency);
        let (debit, credit) = match entry.side {
            Side::Debit => {
                *balance += entry.amount;
                (money, Value::Nothing)
            }
            Side::Credit => {
                *balance -= entry.amount;
                (Value::Nothing, money)
            }
        };
        let (account, notes) = match &entry.source {
            EntrySource::Loan(Some(account)) | EntrySource::Savings(Some(account)) => {
                (Value::text(&account.id), Value::Nothing)
            }
            EntrySource::Loan(None) | EntrySource::Savings(None) | EntrySource::Income => {
                (Value::Nothing, Value::Nothing)
            }
            EntrySource::ByHand { notes, .. } => {
                (Value::Nothing, notes.as_deref().map_or(Value::Nothing, Value::text))
            }
        };
        vec![
            Value::Day(entry.booking_date),
            Value::Day(entry.value_date),
            Value::Count(entry.number),
            Value::Text(entry.transaction_id()),
            account,
            product_id(entry.product, catalog),
            branch_id(entry.branch, catalog),
            Value::text(currency.code()),
            notes,
            debit,
            credit,
            Value::Money(*balance, currency),
        ]
    }
}
