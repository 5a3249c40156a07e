//! Searching deposit accounts by what is known of them.

use jiff::Timestamp;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::savings::Savings;
use loam_calc::money::Amount;

use super::accounts::units;
use super::columns::Bound;
use super::custom::{CustomColumn, Kept};
use super::holders::Holders;
use super::items::{Entered, EnteredQuery, ItemSearch, Picker, conditions};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::Page;

/// What deposit accounts are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavingsFact {
    /// A store has a column of it.
    Column(SavingsColumn),
    HolderType,
    Status,
    Type,
    ProductId,
    Currency,
    Notes,
    AllowsOverdraft,
    Amount(SavingsAmount),
    Instant(SavingsInstant),
}

/// A figure of a deposit account that a store keeps where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavingsColumn {
    Key,
    Id,
    Name,
    Holder,
    HolderId,
    HolderName,
    Product,
    CreatedAt,
    Branch,
    Centre,
    CreditOfficer,
    /// The values of a custom field, one of which must meet a test.
    Custom(CustomColumn),
}

/// In units of the account's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavingsAmount {
    Balance,
    /// The holder's own money that nothing keeps.
    Available,
    /// What loans keep.
    Locked,
    Overdraft,
    OverdraftLimit,
    MaxWithdrawal,
    RecommendedDeposit,
    Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavingsInstant {
    LastModified,
    Approved,
    Activated,
    Locked,
    Closed,
}

/// Deposit accounts of which all conditions hold, in the order in which they were opened.
pub type SavingsQuery = EnteredQuery<SavingsColumn>;

impl SavingsFact {
    fn column(self) -> Option<SavingsColumn> {
        if let SavingsFact::Column(column) = self { Some(column) } else { None }
    }

    fn custom(self) -> Option<CustomColumn> {
        if let SavingsFact::Column(SavingsColumn::Custom(custom)) = self { Some(custom) } else { None }
    }
}

/// Finds the deposit accounts of a page.
///
/// # Errors
/// What the store answers.
pub async fn search_savings(
    store: &dyn ReadStore,
    search: &ItemSearch<SavingsFact>,
    catalog: &Catalog,
    page: Page,
) -> Result<Vec<Savings>, StoreError> {
    let found =
        conditions(search, (SavingsColumn::CreditOfficer, SavingsColumn::Branch), SavingsFact::column);
    let mut query = SavingsQuery { conditions: found, after: None };
    let by_custom = search.order.and_then(|(fact, _)| fact.custom());
    let mut holders = Holders::new(store);
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_savings(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        let place = |account: &Savings| {
            let last = Bound::Int(account.account_no);
            Entered { at: account.created_at, last, key: account.key }
        };
        query.after = chunk.last().map(place);
        let kept = Kept::read(store, by_custom, chunk.iter().map(Savings::address)).await?;
        for account in chunk {
            let mut left = search.constraints.iter().filter(|asked| asked.fact.column().is_none());
            if left.all(|asked| asked.test.holds(value(asked.fact, &account, catalog).as_ref())) {
                let place = match search.order {
                    Some((SavingsFact::Column(SavingsColumn::Custom(column)), _)) => {
                        column.place(kept.of(account.key))
                    }
                    Some((SavingsFact::Column(column), _)) => {
                        column_value(column, &account, &mut holders).await?
                    }
                    Some((fact, _)) => value(fact, &account, catalog),
                    None => None,
                };
                picker.add(place, account);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

/// What the account says, and the catalog of it; what a column says is not asked here.
fn value(fact: SavingsFact, account: &Savings, catalog: &Catalog) -> Option<Value> {
    let terms = &account.terms;
    Some(match fact {
        SavingsFact::Column(_) => return None,
        SavingsFact::HolderType => Value::Choice(Choice::Holder(account.holder.kind)),
        SavingsFact::Status => Value::Choice(Choice::SavingsStatus(account.state.status())),
        SavingsFact::Type => Value::Choice(Choice::Savings(terms.account_type)),
        SavingsFact::ProductId => {
            Value::Text(catalog.savings_products.by_key(terms.product).map(|product| product.id.clone())?)
        }
        SavingsFact::Currency => Value::Text(terms.currency.code().to_owned()),
        SavingsFact::Notes => Value::Text(account.notes.clone()?),
        SavingsFact::AllowsOverdraft => Value::Flag(terms.overdraft_limit.is_some()),
        SavingsFact::Amount(fact) => Value::Decimal(units(amount(fact, account)?, terms.currency)),
        SavingsFact::Instant(fact) => Value::Instant(instant(fact, account)?),
    })
}

fn amount(fact: SavingsAmount, account: &Savings) -> Option<Amount> {
    let terms = &account.terms;
    match fact {
        SavingsAmount::Balance => Some(account.balance),
        SavingsAmount::Available => Some(account.available()),
        SavingsAmount::Locked => Some(account.held()),
        SavingsAmount::Overdraft => Some(account.overdraft()),
        SavingsAmount::OverdraftLimit => terms.overdraft_limit,
        SavingsAmount::MaxWithdrawal => terms.max_withdrawal,
        SavingsAmount::RecommendedDeposit => terms.recommended_deposit,
        SavingsAmount::Target => terms.target,
    }
}

fn instant(fact: SavingsInstant, account: &Savings) -> Option<Timestamp> {
    match fact {
        SavingsInstant::LastModified => Some(account.last_modified_at),
        SavingsInstant::Approved => account.approved_at,
        SavingsInstant::Activated => account.activated_at,
        SavingsInstant::Locked => account.locked_at,
        SavingsInstant::Closed => account.closed_at,
    }
}

/// What a column says, for an order.
async fn column_value(
    column: SavingsColumn,
    account: &Savings,
    holders: &mut Holders<'_>,
) -> Result<Option<Value>, StoreError> {
    let key = |key: Option<Key>| key.map(Value::Key);
    let holder = Address { part: account.part, key: account.holder.key };
    Ok(match column {
        SavingsColumn::Key => key(Some(account.key)),
        SavingsColumn::Id => Some(Value::Text(account.id.clone())),
        SavingsColumn::Name => Some(Value::Text(account.name.clone())),
        SavingsColumn::Holder => key(Some(account.holder.key)),
        SavingsColumn::HolderId => {
            holders.called(account.holder.kind, holder).await?.map(|called| Value::Text(called.id))
        }
        SavingsColumn::HolderName => {
            holders.called(account.holder.kind, holder).await?.map(|called| Value::Text(called.name))
        }
        SavingsColumn::Product => key(Some(account.terms.product)),
        SavingsColumn::CreatedAt => Some(Value::Instant(account.created_at)),
        SavingsColumn::Branch => key(account.assignment.branch),
        SavingsColumn::Centre => key(account.assignment.centre),
        SavingsColumn::CreditOfficer => key(account.assignment.user),
        // They are rows of their own.
        SavingsColumn::Custom(_) => None,
    })
}
