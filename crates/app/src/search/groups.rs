//! Searching groups by what is known of them.

use jiff::Timestamp;
use jiff::civil::Date;

use super::accounts::{Accounts, BalanceFact};
use super::custom::{CustomColumn, Kept};
use super::items::{Entered, EnteredQuery, ItemSearch, Picker, conditions, holds_of_any};
use super::{LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::{GroupView, Page};

/// What groups are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFact {
    /// A store has a column of it.
    Column(GroupColumn),
    HomePhone,
    MobilePhone,
    EmailAddress,
    Language,
    Notes,
    /// Each address as one text.
    Address,
    Role,
    /// Keys of the clients who belong to it.
    Member,
    NumberOfMembers,
    LastModifiedAt,
    LoanCycle,
    Balance(BalanceFact),
}

/// A figure of a group that a store keeps where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupColumn {
    Key,
    Id,
    Name,
    CreatedAt,
    Branch,
    Centre,
    CreditOfficer,
    /// The values of a custom field, one of which must meet a test.
    Custom(CustomColumn),
}

/// Groups of which all conditions hold, in the order in which they were entered.
pub type GroupQuery = EnteredQuery<GroupColumn>;

impl GroupFact {
    fn column(self) -> Option<GroupColumn> {
        if let GroupFact::Column(column) = self { Some(column) } else { None }
    }

    fn custom(self) -> Option<CustomColumn> {
        if let GroupFact::Column(GroupColumn::Custom(custom)) = self { Some(custom) } else { None }
    }

    fn balance(self) -> Option<BalanceFact> {
        if let GroupFact::Balance(balance) = self { Some(balance) } else { None }
    }
}

/// Finds the groups of a page.
///
/// # Errors
/// What the store answers.
pub async fn search_groups(
    store: &dyn ReadStore,
    search: &ItemSearch<GroupFact>,
    today: Date,
    page: Page,
) -> Result<Vec<GroupView>, StoreError> {
    let found = conditions(search, (GroupColumn::CreditOfficer, GroupColumn::Branch), GroupFact::column);
    let mut query = GroupQuery { conditions: found, after: None };
    let balances: Vec<BalanceFact> = search.facts().filter_map(GroupFact::balance).collect();
    let by_custom = search.order.and_then(|(fact, _)| fact.custom());
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_groups(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.after = chunk.last().map(|view| Entered::with_key(view.group.created_at, view.group.key));
        let kept = Kept::read(store, by_custom, chunk.iter().map(address)).await?;
        for view in chunk {
            let accounts = Accounts::read(store, address(&view), &balances).await?;
            let seen = Seen { view: &view, accounts: &accounts, today };
            let mut left = search.constraints.iter().filter(|asked| asked.fact.column().is_none());
            if left.all(|asked| holds_of_any(&asked.test, &seen.values(asked.fact))) {
                let place = match by_custom {
                    Some(column) => column.place(kept.of(view.group.key)),
                    None => search.order.and_then(|(fact, _)| seen.values(fact).into_iter().next()),
                };
                picker.add(place, view);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

fn address(view: &GroupView) -> Address {
    Address { part: view.group.part, key: view.group.key }
}

/// A group, and what is known besides.
struct Seen<'a> {
    view: &'a GroupView,
    accounts: &'a Accounts,
    today: Date,
}

impl Seen<'_> {
    /// More than one where the group has several.
    fn values(&self, fact: GroupFact) -> Vec<Value> {
        let group = &self.view.group;
        let contact = &group.contact;
        let text = |text: &Option<String>| text.clone().map(Value::Text).into_iter().collect();
        let instant = |instant: Timestamp| vec![Value::Instant(instant)];
        match fact {
            GroupFact::Column(column) => self.column(column).into_iter().collect(),
            GroupFact::HomePhone => text(&contact.home_phone),
            GroupFact::MobilePhone => text(&contact.mobile_phone),
            GroupFact::EmailAddress => text(&contact.email_address),
            GroupFact::Language => text(&contact.preferred_language),
            GroupFact::Notes => text(&contact.notes),
            GroupFact::Address => {
                group.addresses.iter().map(|address| Value::Text(super::clients::one_line(address))).collect()
            }
            GroupFact::Role => group.role.map(Value::Key).into_iter().collect(),
            GroupFact::Member => group.members.iter().map(|member| Value::Key(member.client.key)).collect(),
            GroupFact::NumberOfMembers => {
                vec![Value::Number(i64::try_from(group.members.len()).unwrap_or(i64::MAX))]
            }
            GroupFact::LastModifiedAt => instant(group.last_modified_at),
            GroupFact::LoanCycle => vec![Value::Number(self.view.loan_cycle)],
            GroupFact::Balance(balance) => vec![self.accounts.value(balance, self.today)],
        }
    }

    fn column(&self, column: GroupColumn) -> Option<Value> {
        let group = &self.view.group;
        Some(match column {
            GroupColumn::Key => Value::Key(group.key),
            GroupColumn::Id => Value::Text(group.id.clone()),
            GroupColumn::Name => Value::Text(group.contact.name.clone()),
            GroupColumn::CreatedAt => Value::Instant(group.created_at),
            GroupColumn::Branch => return group.assignment.branch.map(Value::Key),
            GroupColumn::Centre => return group.assignment.centre.map(Value::Key),
            GroupColumn::CreditOfficer => return group.assignment.user.map(Value::Key),
            // They are rows of their own.
            GroupColumn::Custom(_) => return None,
        })
    }
}
