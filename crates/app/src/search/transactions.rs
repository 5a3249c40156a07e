//! Searching loan transactions by what is known of them.

use std::collections::HashMap;

use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::loan::event::charge::TransactionFee;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::accounts::units;
use super::custom::{CustomColumn, Kept};
use super::holders::Holders;
use super::items::{ItemSearch, NewestQuery, Picker, conditions, holds_of_any};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::Page;

/// What transactions are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionFact {
    /// A store has a column of it.
    Column(TransactionColumn),
    Key,
    ExternalId,
    Kind,
    Amount,
    PrincipalPaid,
    InterestPaid,
    FeesPaid,
    PenaltiesPaid,
    PrincipalBalance,
    Notes,
    Channel,
    ChannelId,
    UserId,
    /// Whether another one took it back.
    WasReversed,
    /// Whether it takes another one back.
    IsReversal,
    /// Neither of the two.
    Stands,
    ReversedBy,
    Reverses,
    ReversesId,
    HolderKey,
    HolderType,
    HolderId,
    Product,
    ProductId,
    Branch,
    BranchId,
    Centre,
    CentreId,
    Part(PartFact),
    /// Values of a custom field of its channel.
    Custom(CustomColumn),
}

/// Fees and taxes in a transaction, the rate that it brought, and the other side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartFact {
    FeeKey,
    FeeName,
    FeeTrigger,
    TaxOnInterest,
    TaxOnFees,
    TaxOnPenalties,
    /// Of a change of the rate that stands, percent.
    InterestRate,
    /// Whether the other side is an account of the book.
    IsTransfer,
    LinkedToLoan,
    LinkedToSavings,
}

impl TransactionFact {
    fn column(self) -> Option<TransactionColumn> {
        if let TransactionFact::Column(column) = self { Some(column) } else { None }
    }

    fn custom(self) -> Option<CustomColumn> {
        if let TransactionFact::Custom(column) = self { Some(column) } else { None }
    }
}

/// A figure of a transaction that a store keeps where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionColumn {
    Id,
    /// Key of the loan.
    Loan,
    LoanId,
    ValueDate,
    RecordedAt,
    User,
    /// Of the loan.
    CreditOfficer,
    /// Of the loan.
    Branch,
}

/// Transactions of which all conditions hold, the newest first.
pub type TransactionQuery = NewestQuery<TransactionColumn>;

/// A transaction, and where its loan is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTransaction {
    pub loan: Address,
    pub transaction: LoanTransaction,
}

/// Finds the transactions of a page, each with its loan.
///
/// # Errors
/// What the store answers.
pub async fn search_transactions(
    store: &dyn ReadStore,
    search: &ItemSearch<TransactionFact>,
    catalog: &Catalog,
    page: Page,
) -> Result<Vec<(Loan, LoanTransaction)>, StoreError> {
    let columns = (TransactionColumn::CreditOfficer, TransactionColumn::Branch);
    let mut query =
        TransactionQuery { conditions: conditions(search, columns, TransactionFact::column), before: None };
    let mut known = Known::new(store, catalog);
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_transactions(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.before = chunk.last().map(|found| found.transaction.id);
        known.read_custom(search, &chunk).await?;
        for found in chunk {
            if known.meets(&found, search).await? {
                let place = match search.order {
                    Some((fact, _)) => known.place(fact, &found).await?,
                    None => None,
                };
                picker.add(place, found);
            }
        }
        if is_last {
            break;
        }
    }
    let mut shown = Vec::new();
    for found in picker.finish() {
        let loan = known.loan(found.loan).await?;
        shown.extend(loan.map(|loan| (loan.clone(), found.transaction)));
    }
    Ok(shown)
}

/// What was read about the transactions of a search.
struct Known<'a> {
    store: &'a dyn ReadStore,
    catalog: &'a Catalog,
    loans: HashMap<Key, Option<Loan>>,
    holders: Holders<'a>,
    /// Custom field values of the transactions that are looked at.
    kept: Kept,
}

impl<'a> Known<'a> {
    fn new(store: &'a dyn ReadStore, catalog: &'a Catalog) -> Known<'a> {
        Known { store, catalog, loans: HashMap::new(), holders: Holders::new(store), kept: Kept::default() }
    }

    /// Reads the custom field values of a chunk, where somebody asks for one.
    async fn read_custom(
        &mut self,
        search: &ItemSearch<TransactionFact>,
        chunk: &[FoundTransaction],
    ) -> Result<(), StoreError> {
        let Some(column) = search.facts().find_map(TransactionFact::custom) else { return Ok(()) };
        let mut owners = Vec::new();
        for found in chunk {
            owners.extend(self.owner(found).await?);
        }
        self.kept = Kept::read(self.store, Some(column), owners.into_iter()).await?;
        Ok(())
    }

    /// Where the values of a transaction are; only one with a channel has any.
    async fn owner(&mut self, found: &FoundTransaction) -> Result<Option<Address>, StoreError> {
        let of = &found.transaction;
        if of.details.channel.is_none() {
            return Ok(None);
        }
        let part = found.loan.part;
        if let Some(key) = of.details.values_key {
            return Ok(Some(Address { part, key }));
        }
        let loan = self.loan(found.loan).await?;
        Ok(loan.map(|loan| Address { part, key: of.key(loan) }))
    }

    /// More than one where the transaction has several.
    async fn values(
        &mut self,
        fact: TransactionFact,
        found: &FoundTransaction,
    ) -> Result<Vec<Value>, StoreError> {
        if let TransactionFact::Custom(column) = fact {
            return Ok(column.values(self.custom(found).await?));
        }
        if let TransactionFact::Part(fact) = fact {
            return self.parts(fact, found).await;
        }
        Ok(self.value(fact, found).await?.into_iter().collect())
    }

    async fn place(
        &mut self,
        fact: TransactionFact,
        found: &FoundTransaction,
    ) -> Result<Option<Value>, StoreError> {
        if let TransactionFact::Custom(column) = fact {
            return Ok(column.place(self.custom(found).await?));
        }
        Ok(self.values(fact, found).await?.into_iter().next())
    }

    async fn parts(&mut self, fact: PartFact, found: &FoundTransaction) -> Result<Vec<Value>, StoreError> {
        let loan = self.loan(found.loan).await?;
        Ok(loan.map_or_else(Vec::new, |loan| part_values(fact, &found.transaction, loan)))
    }

    async fn custom(&mut self, found: &FoundTransaction) -> Result<Option<&CustomValues>, StoreError> {
        Ok(match self.owner(found).await? {
            Some(owner) => self.kept.of(owner.key),
            None => None,
        })
    }

    async fn meets(
        &mut self,
        found: &FoundTransaction,
        search: &ItemSearch<TransactionFact>,
    ) -> Result<bool, StoreError> {
        for asked in &search.constraints {
            if matches!(asked.fact, TransactionFact::Column(_)) {
                continue;
            }
            let values = self.values(asked.fact, found).await?;
            if !holds_of_any(&asked.test, &values) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn loan(&mut self, address: Address) -> Result<Option<&Loan>, StoreError> {
        if !self.loans.contains_key(&address.key) {
            let loan = self.store.loan(address).await?;
            self.loans.insert(address.key, loan);
        }
        Ok(self.loans.get(&address.key).and_then(Option::as_ref))
    }

    async fn value(
        &mut self,
        fact: TransactionFact,
        found: &FoundTransaction,
    ) -> Result<Option<Value>, StoreError> {
        if let Some(value) = of_itself(fact, &found.transaction, self.catalog) {
            return Ok(value);
        }
        let Some(loan) = self.loan(found.loan).await?.cloned() else { return Ok(None) };
        if fact == TransactionFact::HolderId {
            let holder = Address { part: loan.part, key: loan.holder.key };
            let called = self.holders.called(loan.holder.kind, holder).await?;
            return Ok(called.map(|called| Value::Text(called.id)));
        }
        Ok(of_loan(fact, &found.transaction, &loan, self.catalog))
    }
}

/// What the transaction says without its loan; `None` for what it does not.
fn of_itself(fact: TransactionFact, of: &LoanTransaction, catalog: &Catalog) -> Option<Option<Value>> {
    let text = |text: Option<&String>| text.cloned().map(Value::Text);
    let channel = of.details.channel;
    Some(match fact {
        TransactionFact::Column(TransactionColumn::Id) => Some(Value::Number(of.id)),
        TransactionFact::Column(TransactionColumn::ValueDate) => Some(Value::Date(of.value_date)),
        TransactionFact::Column(TransactionColumn::RecordedAt) => Some(Value::Instant(of.stamp.recorded_at)),
        TransactionFact::Column(TransactionColumn::User) => Some(Value::Key(of.stamp.actor)),
        TransactionFact::ExternalId => text(of.details.external_id.as_ref()),
        TransactionFact::Kind => Some(Value::Choice(Choice::Transaction(of.kind))),
        TransactionFact::Notes => text(of.details.notes.as_ref()),
        TransactionFact::Channel => channel.map(Value::Key),
        TransactionFact::ChannelId => {
            text(channel.and_then(|key| catalog.channels.by_key(key)).map(|channel| &channel.id))
        }
        TransactionFact::UserId => text(catalog.users.by_key(of.stamp.actor).map(|user| &user.username)),
        TransactionFact::WasReversed => Some(Value::Flag(of.reversed_by.is_some())),
        TransactionFact::IsReversal => Some(Value::Flag(of.reverses.is_some())),
        TransactionFact::Stands => Some(Value::Flag(of.reversed_by.is_none() && of.reverses.is_none())),
        TransactionFact::ReversesId => of.reverses.map(Value::Number),
        TransactionFact::Column(
            TransactionColumn::Loan
            | TransactionColumn::LoanId
            | TransactionColumn::CreditOfficer
            | TransactionColumn::Branch,
        )
        | TransactionFact::Key
        | TransactionFact::Amount
        | TransactionFact::PrincipalPaid
        | TransactionFact::InterestPaid
        | TransactionFact::FeesPaid
        | TransactionFact::PenaltiesPaid
        | TransactionFact::PrincipalBalance
        | TransactionFact::ReversedBy
        | TransactionFact::Reverses
        | TransactionFact::HolderKey
        | TransactionFact::HolderType
        | TransactionFact::HolderId
        | TransactionFact::Product
        | TransactionFact::ProductId
        | TransactionFact::Branch
        | TransactionFact::BranchId
        | TransactionFact::Centre
        | TransactionFact::CentreId
        | TransactionFact::Part(_)
        | TransactionFact::Custom(_) => return None,
    })
}

/// What the transaction says of itself in the terms of its loan, and what the loan says.
fn of_loan(fact: TransactionFact, of: &LoanTransaction, loan: &Loan, catalog: &Catalog) -> Option<Value> {
    let money = |amount: Amount| Some(Value::Decimal(units(amount, loan.terms.currency)));
    let other = |id: Option<i64>| id.map(|id| Value::Key(Key::transaction(loan.part, loan.account_no, id)));
    let key = |key: Option<Key>| key.map(Value::Key);
    let text = |text: Option<&String>| text.cloned().map(Value::Text);
    let assignment = loan.assignment;
    match fact {
        TransactionFact::Key => Some(Value::Key(of.key(loan))),
        TransactionFact::Amount => money(of.amount),
        TransactionFact::PrincipalPaid => money(of.split.principal),
        TransactionFact::InterestPaid => money(of.split.interest),
        TransactionFact::FeesPaid => money(of.split.fees),
        TransactionFact::PenaltiesPaid => money(of.split.penalties),
        TransactionFact::PrincipalBalance => money(of.principal_balance),
        TransactionFact::ReversedBy => other(of.reversed_by),
        TransactionFact::Reverses => other(of.reverses),
        TransactionFact::Column(TransactionColumn::LoanId) => Some(Value::Text(loan.id.clone())),
        TransactionFact::Column(TransactionColumn::Loan) => Some(Value::Key(loan.key)),
        TransactionFact::Column(TransactionColumn::CreditOfficer) => key(assignment.user),
        TransactionFact::HolderKey => Some(Value::Key(loan.holder.key)),
        TransactionFact::HolderType => Some(Value::Choice(Choice::Holder(loan.holder.kind))),
        TransactionFact::Product => Some(Value::Key(loan.terms.product)),
        TransactionFact::ProductId => {
            text(catalog.products.by_key(loan.terms.product).map(|product| &product.id))
        }
        TransactionFact::Branch | TransactionFact::Column(TransactionColumn::Branch) => {
            key(assignment.branch)
        }
        TransactionFact::BranchId => {
            text(assignment.branch.and_then(|key| catalog.branches.by_key(key)).map(|branch| &branch.id))
        }
        TransactionFact::Centre => key(assignment.centre),
        TransactionFact::CentreId => {
            text(assignment.centre.and_then(|key| catalog.centres.by_key(key)).map(|centre| &centre.id))
        }
        TransactionFact::Column(
            TransactionColumn::Id
            | TransactionColumn::ValueDate
            | TransactionColumn::RecordedAt
            | TransactionColumn::User,
        )
        | TransactionFact::ExternalId
        | TransactionFact::Kind
        | TransactionFact::Notes
        | TransactionFact::Channel
        | TransactionFact::ChannelId
        | TransactionFact::UserId
        | TransactionFact::WasReversed
        | TransactionFact::IsReversal
        | TransactionFact::Stands
        | TransactionFact::ReversesId
        | TransactionFact::HolderId
        | TransactionFact::Part(_)
        | TransactionFact::Custom(_) => None,
    }
}

/// More than one where it has several fees.
fn part_values(fact: PartFact, of: &LoanTransaction, loan: &Loan) -> Vec<Value> {
    let money = |amount: Amount| vec![Value::Decimal(units(amount, loan.terms.currency))];
    let fees = || {
        let fee = |part: &TransactionFee| loan.terms.charges.fees.iter().find(|fee| fee.key == part.fee);
        of.charges.fees.iter().filter_map(fee)
    };
    let link = |is_loan: bool| {
        let link = of.details.transfer.filter(|link| link.is_loan == is_loan);
        link.map(|link| Value::Key(link.transaction_key())).into_iter().collect()
    };
    let tax = of.charges.tax;
    match fact {
        PartFact::FeeKey => of.charges.fees.iter().map(|part| Value::Key(part.fee)).collect(),
        PartFact::FeeName => fees().map(|fee| Value::Text(fee.name.clone())).collect(),
        PartFact::FeeTrigger => fees().map(|fee| Value::Choice(Choice::Fee(fee.trigger))).collect(),
        PartFact::TaxOnInterest => money(tax.interest),
        PartFact::TaxOnFees => money(tax.fees),
        PartFact::TaxOnPenalties => money(tax.penalties),
        PartFact::InterestRate => loan.rate_brought_by(of).map(percent).into_iter().collect(),
        PartFact::IsTransfer => vec![Value::Flag(of.details.transfer.is_some())],
        PartFact::LinkedToLoan => link(true),
        PartFact::LinkedToSavings => link(false),
    }
}

fn percent(rate: Rate) -> Value {
    Value::Decimal(Exact::ratio(rate.numerator() * 100, rate.denominator()))
}

/// The kinds of transactions that a name may stand for.
pub fn kinds(named: impl Fn(TransactionKind) -> bool) -> Vec<Choice> {
    TransactionKind::ALL.into_iter().filter(|kind| named(*kind)).map(Choice::Transaction).collect()
}
