//! Searching loan transactions by what is known of them.

use std::collections::HashMap;

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{HolderKind, Loan};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::columns::ColumnTest;
use super::items::{ItemSearch, Picker, holds_of_any};
use super::narrow::{any_of, column_test};
use super::{Choice, LARGEST_CHUNK, Test, Value};
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
#[derive(Debug, Clone)]
pub struct TransactionQuery {
    pub conditions: Vec<(TransactionColumn, ColumnTest)>,
    /// Only transactions before this one.
    pub before: Option<i64>,
}

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
    let mut query = TransactionQuery { conditions: conditions(search), before: None };
    let mut known = Known { store, catalog, loans: HashMap::new(), holders: HashMap::new() };
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_transactions(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.before = chunk.last().map(|found| found.transaction.id);
        for found in chunk {
            if known.meets(&found, search).await? {
                let place = match search.order {
                    Some((fact, _)) => known.value(fact, &found).await?,
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

fn conditions(search: &ItemSearch<TransactionFact>) -> Vec<(TransactionColumn, ColumnTest)> {
    let officer =
        search.credit_officer.map(|key| (TransactionColumn::CreditOfficer, ColumnTest::In(vec![key.into()])));
    let mut conditions: Vec<_> = officer.into_iter().collect();
    conditions.extend(any_of(&search.within).map(|test| (TransactionColumn::Branch, test)));
    for asked in &search.constraints {
        if let TransactionFact::Column(column) = asked.fact {
            conditions.push((column, column_test(&asked.test, 0)));
        }
    }
    conditions
}

/// What was read about the transactions of a search.
struct Known<'a> {
    store: &'a dyn ReadStore,
    catalog: &'a Catalog,
    loans: HashMap<Key, Option<Loan>>,
    holders: HashMap<Key, Option<String>>,
}

impl Known<'_> {
    async fn meets(
        &mut self,
        found: &FoundTransaction,
        search: &ItemSearch<TransactionFact>,
    ) -> Result<bool, StoreError> {
        for asked in &search.constraints {
            if matches!(asked.fact, TransactionFact::Column(_)) {
                continue;
            }
            let value: Vec<Value> = self.value(asked.fact, found).await?.into_iter().collect();
            let test: &Test = &asked.test;
            if !holds_of_any(test, &value) {
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
            return Ok(self.holder_id(&loan).await?.map(Value::Text));
        }
        Ok(of_loan(fact, &found.transaction, &loan, self.catalog))
    }

    async fn holder_id(&mut self, loan: &Loan) -> Result<Option<String>, StoreError> {
        let address = Address { part: loan.part, key: loan.holder.key };
        if let Some(id) = self.holders.get(&address.key) {
            return Ok(id.clone());
        }
        let id = match loan.holder.kind {
            HolderKind::Client => self.store.client(address).await?.map(|view| view.client.id),
            HolderKind::Group => self.store.group(address).await?.map(|view| view.group.id),
        };
        self.holders.insert(address.key, id.clone());
        Ok(id)
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
        | TransactionFact::CentreId => return None,
    })
}

/// What the transaction says of itself in the terms of its loan, and what the loan says.
fn of_loan(fact: TransactionFact, of: &LoanTransaction, loan: &Loan, catalog: &Catalog) -> Option<Value> {
    let digits = u32::from(loan.terms.currency.digits());
    let money =
        |amount: Amount| Some(Value::Decimal(Exact::from_amount(amount).divided_by(10_i128.pow(digits))));
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
        | TransactionFact::HolderId => None,
    }
}

/// The kinds of transactions that a name may stand for.
pub fn kinds(named: impl Fn(TransactionKind) -> bool) -> Vec<Choice> {
    TransactionKind::ALL.into_iter().filter(|kind| named(*kind)).map(Choice::Transaction).collect()
}
