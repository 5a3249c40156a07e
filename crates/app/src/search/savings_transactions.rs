//! Searching transactions of deposit accounts by what is known of them.

use std::collections::HashMap;

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::savings::Savings;
use loam_book::savings::event::MovementKind;
use loam_book::savings::transaction::SavingsTransaction;
use loam_calc::money::Amount;

use super::accounts::units;
use super::custom::{CustomColumn, Kept};
use super::holders::Holders;
use super::items::{ItemSearch, NewestQuery, Picker, conditions, holds_of_any};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::Page;

/// What transactions of deposit accounts are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementFact {
    /// A store has a column of it.
    Column(MovementColumn),
    Own(OwnFact),
    Counted(CountedFact),
    Account(AccountFact),
    /// The values of a custom field of a channel.
    Custom(CustomColumn),
}

/// A figure of a transaction that a store keeps where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementColumn {
    Id,
    /// Key of the account.
    Account,
    AccountId,
    ValueDate,
    RecordedAt,
    /// Of the account.
    CreditOfficer,
    /// Of the account.
    Branch,
}

/// What stands with the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnFact {
    ExternalId,
    Notes,
    Channel,
    ChannelId,
    User,
    UserId,
    /// Whether another one took it back.
    WasReversed,
    /// Whether it takes another one back.
    IsReversal,
    /// Neither of the two.
    Stands,
    ReversesId,
    Kind,
    /// Whether the other side is an account of the book.
    IsTransfer,
    /// The other side of a transfer to a loan.
    LinkedToLoan,
    /// The other side of a transfer between deposit accounts.
    LinkedToSavings,
}

/// What needs the currency or the number of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedFact {
    Key,
    Amount,
    /// The balance after it.
    Balance,
    FeesPaid,
    ReversedBy,
    Reverses,
}

/// What its account says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountFact {
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

/// Transactions of which all conditions hold, the newest first.
pub type MovementQuery = NewestQuery<MovementColumn>;

impl MovementFact {
    fn column(self) -> Option<MovementColumn> {
        if let MovementFact::Column(column) = self { Some(column) } else { None }
    }

    fn custom(self) -> Option<CustomColumn> {
        if let MovementFact::Custom(column) = self { Some(column) } else { None }
    }
}

/// A transaction, and where its deposit account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMovement {
    pub account: Address,
    pub transaction: SavingsTransaction,
}

/// Finds the transactions of a page, each with its account, the newest first.
///
/// # Errors
/// What the store answers.
pub async fn search_savings_transactions(
    store: &dyn ReadStore,
    search: &ItemSearch<MovementFact>,
    catalog: &Catalog,
    page: Page,
) -> Result<Vec<(Savings, SavingsTransaction)>, StoreError> {
    let columns = (MovementColumn::CreditOfficer, MovementColumn::Branch);
    let mut query =
        MovementQuery { conditions: conditions(search, columns, MovementFact::column), before: None };
    let mut known = Known::new(store, catalog);
    let asks_for_values = search.facts().find_map(MovementFact::custom);
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_savings_transactions(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.before = chunk.last().map(|found| found.transaction.id);
        known.read_custom(asks_for_values, &chunk).await?;
        for found in chunk {
            let Some(account) = known.account(found.account).await? else { continue };
            if known.meets(&found.transaction, &account, search).await? {
                let place = match search.order {
                    Some((fact, _)) => known.place(fact, &found.transaction, &account).await?,
                    None => None,
                };
                picker.add(place, (account, found.transaction));
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

/// What was read about the transactions of a search.
struct Known<'a> {
    store: &'a dyn ReadStore,
    catalog: &'a Catalog,
    accounts: HashMap<Key, Option<Savings>>,
    holders: Holders<'a>,
    /// Custom field values of the transactions that are looked at.
    kept: Kept,
}

impl<'a> Known<'a> {
    fn new(store: &'a dyn ReadStore, catalog: &'a Catalog) -> Known<'a> {
        let holders = Holders::new(store);
        Known { store, catalog, accounts: HashMap::new(), holders, kept: Kept::default() }
    }

    /// Reads the custom field values of a chunk, where somebody asks for one; only what went over a channel has any.
    async fn read_custom(
        &mut self,
        asked: Option<CustomColumn>,
        chunk: &[FoundMovement],
    ) -> Result<(), StoreError> {
        let mut owners = Vec::new();
        for found in chunk.iter().filter(|of| asked.is_some() && of.transaction.details.channel.is_some()) {
            if let Some(account) = self.account(found.account).await? {
                owners.push(Address { part: account.part, key: found.transaction.values_key(&account) });
            }
        }
        self.kept = Kept::read(self.store, asked, owners.into_iter()).await?;
        Ok(())
    }

    async fn place(
        &mut self,
        fact: MovementFact,
        of: &SavingsTransaction,
        account: &Savings,
    ) -> Result<Option<Value>, StoreError> {
        match fact.custom() {
            Some(column) => Ok(column.place(self.kept.of(of.values_key(account)))),
            None => self.value(fact, of, account).await,
        }
    }

    async fn account(&mut self, address: Address) -> Result<Option<Savings>, StoreError> {
        if !self.accounts.contains_key(&address.key) {
            let account = self.store.savings(address).await?;
            self.accounts.insert(address.key, account);
        }
        Ok(self.accounts.get(&address.key).cloned().flatten())
    }

    async fn meets(
        &mut self,
        of: &SavingsTransaction,
        account: &Savings,
        search: &ItemSearch<MovementFact>,
    ) -> Result<bool, StoreError> {
        for asked in search.constraints.iter().filter(|asked| asked.fact.column().is_none()) {
            let holds = match asked.fact.custom() {
                Some(column) => {
                    holds_of_any(&asked.test, &column.values(self.kept.of(of.values_key(account))))
                }
                None => asked.test.holds(self.value(asked.fact, of, account).await?.as_ref()),
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn value(
        &mut self,
        fact: MovementFact,
        of: &SavingsTransaction,
        account: &Savings,
    ) -> Result<Option<Value>, StoreError> {
        Ok(match fact {
            MovementFact::Column(column) => column_value(column, of, account),
            MovementFact::Own(fact) => own_value(fact, of, self.catalog),
            MovementFact::Counted(fact) => counted_value(fact, of, account),
            MovementFact::Account(AccountFact::HolderId) => {
                let holder = Address { part: account.part, key: account.holder.key };
                let called = self.holders.called(account.holder.kind, holder).await?;
                called.map(|called| Value::Text(called.id))
            }
            MovementFact::Account(fact) => account_value(fact, account, self.catalog),
            // Of several the first.
            MovementFact::Custom(column) => column.place(self.kept.of(of.values_key(account))),
        })
    }
}

fn column_value(column: MovementColumn, of: &SavingsTransaction, account: &Savings) -> Option<Value> {
    match column {
        MovementColumn::Id => Some(Value::Number(of.id)),
        MovementColumn::Account => Some(Value::Key(account.key)),
        MovementColumn::AccountId => Some(Value::Text(account.id.clone())),
        MovementColumn::ValueDate => Some(Value::Date(of.value_date)),
        MovementColumn::RecordedAt => Some(Value::Instant(of.stamp.recorded_at)),
        MovementColumn::CreditOfficer => account.assignment.user.map(Value::Key),
        MovementColumn::Branch => account.assignment.branch.map(Value::Key),
    }
}

fn own_value(fact: OwnFact, of: &SavingsTransaction, catalog: &Catalog) -> Option<Value> {
    let details = &of.details;
    let text = |text: Option<&String>| text.cloned().map(Value::Text);
    let link = |is_loan: bool| {
        let link = details.transfer.filter(|link| link.is_loan == is_loan);
        link.map(|link| Value::Key(link.transaction_key()))
    };
    match fact {
        OwnFact::ExternalId => text(details.external_id.as_ref()),
        OwnFact::Notes => text(details.notes.as_ref()),
        OwnFact::Channel => details.channel.map(Value::Key),
        OwnFact::ChannelId => {
            text(details.channel.and_then(|key| catalog.channels.by_key(key)).map(|channel| &channel.id))
        }
        OwnFact::User => Some(Value::Key(of.stamp.actor)),
        OwnFact::UserId => text(catalog.users.by_key(of.stamp.actor).map(|user| &user.username)),
        OwnFact::WasReversed => Some(Value::Flag(of.reversed_by.is_some())),
        OwnFact::IsReversal => Some(Value::Flag(of.reverses.is_some())),
        OwnFact::Stands => Some(Value::Flag(of.reversed_by.is_none() && of.reverses.is_none())),
        OwnFact::ReversesId => of.reverses.map(Value::Number),
        OwnFact::Kind => Some(Value::Choice(Choice::Movement(of.kind, of.reverses.is_some()))),
        OwnFact::IsTransfer => Some(Value::Flag(details.transfer.is_some())),
        OwnFact::LinkedToLoan => link(true),
        OwnFact::LinkedToSavings => link(false),
    }
}

fn counted_value(fact: CountedFact, of: &SavingsTransaction, account: &Savings) -> Option<Value> {
    let money = |amount: Amount| Some(Value::Decimal(units(amount, account.terms.currency)));
    let other =
        |id: Option<i64>| id.map(|id| Value::Key(Key::transaction(account.part, account.account_no, id)));
    match fact {
        CountedFact::Key => Some(Value::Key(of.key(account))),
        CountedFact::Amount => money(of.amount),
        CountedFact::Balance => money(of.balance),
        CountedFact::FeesPaid => money(if of.kind == MovementKind::Fee { -of.amount } else { Amount::ZERO }),
        CountedFact::ReversedBy => other(of.reversed_by),
        CountedFact::Reverses => other(of.reverses),
    }
}

/// The id of the holder is read, not asked here.
fn account_value(fact: AccountFact, account: &Savings, catalog: &Catalog) -> Option<Value> {
    let key = |key: Option<Key>| key.map(Value::Key);
    let text = |text: Option<&String>| text.cloned().map(Value::Text);
    let assignment = account.assignment;
    match fact {
        AccountFact::HolderKey => key(Some(account.holder.key)),
        AccountFact::HolderType => Some(Value::Choice(Choice::Holder(account.holder.kind))),
        AccountFact::HolderId => None,
        AccountFact::Product => key(Some(account.terms.product)),
        AccountFact::ProductId => {
            text(catalog.savings_products.by_key(account.terms.product).map(|product| &product.id))
        }
        AccountFact::Branch => key(assignment.branch),
        AccountFact::BranchId => {
            text(assignment.branch.and_then(|key| catalog.branches.by_key(key)).map(|branch| &branch.id))
        }
        AccountFact::Centre => key(assignment.centre),
        AccountFact::CentreId => {
            text(assignment.centre.and_then(|key| catalog.centres.by_key(key)).map(|centre| &centre.id))
        }
    }
}
