//! Journal entries: what they are listed and searched by. An entry is one side of a transfer, or a line entered by hand.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Name, Part};
use loam_book::journal::chart::{LedgerAccount, LedgerName, LedgerType};
use loam_book::journal::manual::Side;
use loam_book::loan::refusal::IdKind;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::columns::ColumnTest;
use super::items::{ItemSearch, Picker, holds_of_any};
use super::narrow::column_test;
use super::{Choice, Constraint, LARGEST_CHUNK, Test, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::{ByDay, ReadStore};
use crate::views::Page;

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Unique in the whole book, and in the order of recording among those of one lane.
    pub number: i64,
    pub part: Part,
    /// The number of the account that made it, or of the entry by hand.
    pub source_no: i64,
    /// The entry of the account's log that made it.
    pub seq: i64,
    pub side: Side,
    pub account: LedgerName,
    pub amount: Amount,
    pub currency: Currency,
    pub value_date: Date,
    pub booking_date: Date,
    pub branch: Option<Key>,
    pub product: Option<Key>,
    pub recorded_at: Timestamp,
    pub actor: Key,
    pub source: EntrySource,
    /// The number of the entry that takes this one back.
    pub reversed_by: Option<i64>,
}

/// What an entry comes of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntrySource {
    /// A loan; a deleted one is known by its number alone.
    Loan(Option<SourceAccount>),
    Savings(Option<SourceAccount>),
    /// Interest that has grown on the loans of a product, posted by the book itself.
    Income,
    ByHand {
        key: Key,
        notes: Option<String>,
    },
}

/// The account that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAccount {
    pub key: Key,
    pub id: String,
}

impl StoredEntry {
    /// The key of the entry, which is made from its number.
    pub fn key(&self) -> Key {
        self.key_of(self.number)
    }

    /// The key of the entry that takes this one back, which is of the same account.
    pub fn reversal_key(&self) -> Option<Key> {
        self.reversed_by.map(|number| self.key_of(number))
    }

    fn key_of(&self, number: i64) -> Key {
        Key::named(self.part, &Name::of(&["journal entry", &number.to_string()]))
    }

    /// What all entries of one event have in common.
    pub fn transaction_id(&self) -> String {
        format!("{}-{}-{}", self.part.number(), self.source_no, self.seq)
    }

    fn source_account(&self) -> Option<&SourceAccount> {
        match &self.source {
            EntrySource::Loan(account) | EntrySource::Savings(account) => account.as_ref(),
            EntrySource::Income | EntrySource::ByHand { .. } => None,
        }
    }
}

/// The account, log entry or entry by hand that a transaction id names.
pub fn source_of_transaction(id: &str) -> Option<(Part, i64, i64)> {
    let mut numbers = id.split('-');
    let part: u16 = numbers.next()?.parse().ok()?;
    let (source_no, seq) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    let is_whole = numbers.next().is_none() && part < Part::COUNT;
    is_whole.then(|| (Part::new(part), source_no, seq))
}

/// Which entries a store gives, by day and number.
#[derive(Debug, Clone, Default)]
pub struct EntryQuery {
    pub conditions: Vec<(EntryColumn, ColumnTest)>,
    pub side: Option<Side>,
    /// Only those on these accounts; `None`: on all.
    pub accounts: Option<Vec<LedgerName>>,
    /// Only those of this account or entry by hand.
    pub of: Option<(Part, i64)>,
    /// By which of its days an entry has its place. No index follows value dates: each page reads what could be on it.
    pub by: ByDay,
    /// Only those after this one, by that day.
    pub after: Option<(Date, i64)>,
}

/// What a store keeps of entries where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryColumn {
    BookingDate,
    ValueDate,
    Amount,
    Branch,
    Product,
}

/// What entries are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryFact {
    Column(EntryColumn),
    Number,
    Key,
    TransactionId,
    RecordedAt,
    Side,
    /// The amount of a debit.
    Debit,
    /// The amount of a credit.
    Credit,
    Account(AccountFact),
    BranchId,
    ProductId,
    ProductType,
    User,
    UserName,
    /// The loan or deposit account that the entry is about.
    SourceKey,
    SourceId,
    Notes,
}

/// What is known of the account on which an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountFact {
    Key,
    Code,
    Name,
    Type,
}

/// Which products an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductFamily {
    Loans,
    Savings,
}

/// The account of the chart on which an entry stands.
pub fn account_of(entry: &StoredEntry, catalog: &Catalog) -> Option<Arc<LedgerAccount>> {
    match entry.account {
        LedgerName::Carried(carried) => Some(catalog.carrier_of(carried)),
        LedgerName::Ruled(_, key) | LedgerName::Own(key) => {
            catalog.ledger_accounts.by_key(key).map(Arc::clone)
        }
    }
}

/// Finds the entries of a page, oldest booking first unless another order is asked for.
///
/// # Errors
/// What the store answers.
pub async fn search_entries(
    store: &dyn ReadStore,
    search: &ItemSearch<EntryFact>,
    (catalog, currency): (&Catalog, Currency),
    page: Page,
) -> Result<Vec<StoredEntry>, StoreError> {
    let mut query = narrowed(search, catalog, currency);
    for asked in &search.constraints {
        if let Some(of) = named_source(store, asked).await? {
            query.of_source(of);
        }
    }
    if search.order.is_none() && search.constraints.iter().all(|asked| is_told(asked, catalog, currency)) {
        return store.journal_entries(&query, page).await;
    }
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    let chunk_of = Page { offset: 0, limit: LARGEST_CHUNK };
    while !picker.is_full() {
        let chunk = store.journal_entries(&query, chunk_of).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.after = chunk.last().map(|entry| (entry.booking_date, entry.number));
        for entry in chunk {
            if search.constraints.iter().all(|asked| meets(asked, &entry, catalog)) {
                let place = search.order.and_then(|(fact, _)| value(fact, &entry, catalog));
                picker.add(place, entry);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

/// Where the one account is kept that a constraint names: `Some(None)` where there is none.
async fn named_source(
    store: &dyn ReadStore,
    asked: &Constraint<EntryFact>,
) -> Result<Option<Option<(Part, i64)>>, StoreError> {
    let Test::Is(values) = &asked.test else { return Ok(None) };
    let address = match (asked.fact, values.as_slice()) {
        (EntryFact::SourceKey, [Value::Key(key)]) => key.part().map(|part| Address { part, key: *key }),
        (EntryFact::SourceId, [Value::Text(id)]) => match store.resolve(IdKind::Loan, id).await? {
            Some(address) => Some(address),
            None => store.resolve(IdKind::Savings, id).await?,
        },
        _ => return Ok(None),
    };
    let Some(address) = address else { return Ok(Some(None)) };
    if let Some(loan) = store.loan(address).await? {
        return Ok(Some(Some((loan.part, loan.account_no))));
    }
    let account = store.savings(address).await?;
    Ok(Some(account.map(|account| (account.part, account.account_no))))
}

impl EntryQuery {
    /// Keeps to the entries of one source; of none, where there is none.
    fn of_source(&mut self, source: Option<(Part, i64)>) {
        if source.is_none() || self.of.is_some_and(|before| Some(before) != source) {
            self.conditions.push((EntryColumn::BookingDate, ColumnTest::In(Vec::new())));
        }
        self.of = self.of.or(source);
    }
}

/// What the store is asked: all that its columns tell.
fn narrowed(search: &ItemSearch<EntryFact>, catalog: &Catalog, currency: Currency) -> EntryQuery {
    let mut query = EntryQuery::default();
    query.conditions.extend(within(&search.within));
    for asked in &search.constraints {
        match (asked.fact, &asked.test) {
            (EntryFact::Column(EntryColumn::Amount), test) => {
                let test = one_unit(catalog, currency).map(|digits| column_test(test, digits));
                query.conditions.extend(test.map(|test| (EntryColumn::Amount, test)));
            }
            (EntryFact::Column(column), test) => query.conditions.push((column, column_test(test, 0))),
            (EntryFact::Account(fact), test) => {
                let names = names_that_meet(fact, test, catalog);
                query.accounts = Some(match query.accounts.take() {
                    None => names,
                    Some(before) => before.into_iter().filter(|name| names.contains(name)).collect(),
                });
            }
            (EntryFact::Side, Test::Is(values)) => {
                if let [Value::Choice(Choice::Side(side))] = values.as_slice() {
                    query.side = Some(*side);
                }
            }
            (EntryFact::TransactionId, Test::Is(values)) => {
                if let [Value::Text(id)] = values.as_slice() {
                    query.of_source(source_of_transaction(id).map(|(part, source_no, _)| (part, source_no)));
                }
            }
            _ => {}
        }
    }
    query
}

/// Whether the store's columns tell all of a constraint.
fn is_told(asked: &Constraint<EntryFact>, catalog: &Catalog, currency: Currency) -> bool {
    match asked.fact {
        EntryFact::Column(EntryColumn::Amount) => one_unit(catalog, currency).is_some(),
        EntryFact::Column(
            EntryColumn::BookingDate | EntryColumn::ValueDate | EntryColumn::Branch | EntryColumn::Product,
        )
        | EntryFact::Account(_) => true,
        EntryFact::Number
        | EntryFact::Key
        | EntryFact::TransactionId
        | EntryFact::RecordedAt
        | EntryFact::Side
        | EntryFact::Debit
        | EntryFact::Credit
        | EntryFact::BranchId
        | EntryFact::ProductId
        | EntryFact::ProductType
        | EntryFact::User
        | EntryFact::UserName
        | EntryFact::SourceKey
        | EntryFact::SourceId
        | EntryFact::Notes => false,
    }
}

/// The branches of a caller who works in some only.
pub fn within(branches: &[Key]) -> Option<(EntryColumn, ColumnTest)> {
    super::narrow::any_of(branches).map(|test| (EntryColumn::Branch, test))
}

/// The decimals of money where all of it in the book has the same.
fn one_unit(catalog: &Catalog, currency: Currency) -> Option<u8> {
    let loans = catalog.products.iter().map(|product| product.currency);
    let savings = catalog.savings_products.iter().map(|product| product.currency);
    let digits = currency.digits();
    loans.chain(savings).all(|other| other.digits() == digits).then_some(digits)
}

fn names_that_meet(fact: AccountFact, test: &Test, catalog: &Catalog) -> Vec<LedgerName> {
    let meets = |account: &LedgerAccount| test.holds(Some(&value_of_account(fact, account)));
    let found = catalog.ledger_accounts.iter().filter(|account| meets(account));
    found.flat_map(|account| account.ledger_names()).collect()
}

fn value_of_account(fact: AccountFact, account: &LedgerAccount) -> Value {
    match fact {
        AccountFact::Key => Value::Key(account.key),
        AccountFact::Code => Value::Text(account.code.clone()),
        AccountFact::Name => Value::Text(account.name.clone()),
        AccountFact::Type => Value::Choice(Choice::Ledger(account.ledger_type)),
    }
}

fn meets(asked: &Constraint<EntryFact>, entry: &StoredEntry, catalog: &Catalog) -> bool {
    let value: Vec<Value> = value(asked.fact, entry, catalog).into_iter().collect();
    holds_of_any(&asked.test, &value)
}

fn value(fact: EntryFact, entry: &StoredEntry, catalog: &Catalog) -> Option<Value> {
    let text = |text: Option<&String>| text.cloned().map(Value::Text);
    match fact {
        EntryFact::Column(EntryColumn::BookingDate) => Some(Value::Date(entry.booking_date)),
        EntryFact::Column(EntryColumn::ValueDate) => Some(Value::Date(entry.value_date)),
        EntryFact::Column(EntryColumn::Amount) => Some(money(entry)),
        EntryFact::Column(EntryColumn::Branch) => entry.branch.map(Value::Key),
        EntryFact::Column(EntryColumn::Product) => entry.product.map(Value::Key),
        EntryFact::Number => Some(Value::Number(entry.number)),
        EntryFact::Key => Some(Value::Key(entry.key())),
        EntryFact::TransactionId => Some(Value::Text(entry.transaction_id())),
        EntryFact::RecordedAt => Some(Value::Instant(entry.recorded_at)),
        EntryFact::Side => Some(Value::Choice(Choice::Side(entry.side))),
        EntryFact::Debit => (entry.side == Side::Debit).then(|| money(entry)),
        EntryFact::Credit => (entry.side == Side::Credit).then(|| money(entry)),
        EntryFact::Account(fact) => {
            account_of(entry, catalog).map(|account| value_of_account(fact, &account))
        }
        EntryFact::BranchId => {
            text(entry.branch.and_then(|key| catalog.branches.by_key(key)).map(|branch| &branch.id))
        }
        EntryFact::ProductId => product_id(entry, catalog).map(Value::Text),
        EntryFact::ProductType => family(entry).map(|family| Value::Choice(Choice::Family(family))),
        EntryFact::User => Some(Value::Key(entry.actor)),
        EntryFact::UserName => text(catalog.users.by_key(entry.actor).map(|user| &user.username)),
        EntryFact::SourceKey => entry.source_account().map(|account| Value::Key(account.key)),
        EntryFact::SourceId => text(entry.source_account().map(|account| &account.id)),
        EntryFact::Notes => match &entry.source {
            EntrySource::ByHand { notes, .. } => text(notes.as_ref()),
            EntrySource::Loan(_) | EntrySource::Savings(_) | EntrySource::Income => None,
        },
    }
}

/// What kind of product an entry is about.
pub fn family(entry: &StoredEntry) -> Option<ProductFamily> {
    match entry.source {
        EntrySource::Loan(_) | EntrySource::Income => Some(ProductFamily::Loans),
        EntrySource::Savings(_) => Some(ProductFamily::Savings),
        EntrySource::ByHand { .. } => None,
    }
}

fn product_id(entry: &StoredEntry, catalog: &Catalog) -> Option<String> {
    let key = entry.product?;
    let loans = catalog.products.by_key(key).map(|product| product.id.clone());
    loans.or_else(|| catalog.savings_products.by_key(key).map(|product| product.id.clone()))
}

fn money(entry: &StoredEntry) -> Value {
    let digits = u32::from(entry.currency.digits());
    Value::Decimal(Exact::from_amount(entry.amount).divided_by(10_i128.pow(digits)))
}

/// What was booked on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerSum {
    pub account: LedgerName,
    pub currency: Currency,
    pub debits: Amount,
    pub credits: Amount,
}

/// Which bookings are summed.
#[derive(Debug, Clone, Default)]
pub struct SumFilter {
    pub accounts: Vec<LedgerName>,
    /// Both ends belong to it.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Only those of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
}

impl LedgerSum {
    /// What stands on the account: positive on the side on which accounts of its type grow.
    pub fn balance(&self, ledger_type: LedgerType) -> Amount {
        if ledger_type.grows_by_debits() { self.debits - self.credits } else { self.credits - self.debits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_id_leads_back_to_what_made_the_entry() {
        assert_eq!(source_of_transaction("17-524-3"), Some((Part::new(17), 524, 3)));
        for odd in ["", "17-524", "17-524-3-1", "4096-1-1", "x-1-1", "1--1"] {
            assert_eq!(source_of_transaction(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_balance_is_positive_on_the_side_on_which_the_account_grows() {
        let sum = LedgerSum {
            account: LedgerName::Carried(loam_book::journal::GlAccount::FundSource),
            currency: Currency::USD,
            debits: Amount::from_minor(300),
            credits: Amount::from_minor(500),
        };
        assert_eq!(sum.balance(LedgerType::Asset), Amount::from_minor(-200));
        assert_eq!(sum.balance(LedgerType::Income), Amount::from_minor(200));
    }
}
