//! Searching clients by what is known of them.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::loan::HolderKind;

use super::accounts::{Accounts, BalanceFact};
use super::custom::{CustomColumn, Kept};
use super::holders::Holders;
use super::items::{Entered, EnteredQuery, ItemSearch, Picker, conditions, holds_of_any};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::{ClientView, Page, ShownClientState};

/// What clients are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientFact {
    /// A store has a column of it.
    Column(ClientColumn),
    MiddleName,
    HomePhone,
    /// Either of two.
    MobilePhone,
    EmailAddress,
    Language,
    /// Each address as one text.
    Address,
    Gender,
    State,
    Role,
    Group,
    /// Ids of the groups.
    GroupId,
    LastModifiedAt,
    ApprovedAt,
    ClosedAt,
    LoanCycle,
    Balance(BalanceFact),
    /// Whether the client comes in by himself or herself, which none does.
    Portal,
}

/// A figure of a client that a store keeps where it can look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientColumn {
    Key,
    Id,
    /// First and last name.
    FullName,
    FirstName,
    LastName,
    BirthDate,
    CreatedAt,
    Branch,
    Centre,
    CreditOfficer,
    /// The values of a custom field, one of which must meet a test.
    Custom(CustomColumn),
}

/// Clients of whom all conditions hold, in the order in which they were entered.
pub type ClientQuery = EnteredQuery<ClientColumn>;

impl ClientFact {
    fn column(self) -> Option<ClientColumn> {
        if let ClientFact::Column(column) = self { Some(column) } else { None }
    }

    fn custom(self) -> Option<CustomColumn> {
        if let ClientFact::Column(ClientColumn::Custom(custom)) = self { Some(custom) } else { None }
    }

    fn balance(self) -> Option<BalanceFact> {
        if let ClientFact::Balance(balance) = self { Some(balance) } else { None }
    }
}

/// Finds the clients of a page.
///
/// # Errors
/// What the store answers.
pub async fn search_clients(
    store: &dyn ReadStore,
    search: &ItemSearch<ClientFact>,
    today: Date,
    page: Page,
) -> Result<Vec<ClientView>, StoreError> {
    let found = conditions(search, (ClientColumn::CreditOfficer, ClientColumn::Branch), ClientFact::column);
    let mut query = ClientQuery { conditions: found, after: None };
    let balances: Vec<BalanceFact> = search.facts().filter_map(ClientFact::balance).collect();
    let (asks_for_ids, mut holders) =
        (search.facts().any(|fact| fact == ClientFact::GroupId), Holders::new(store));
    let by_custom = search.order.and_then(|(fact, _)| fact.custom());
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_clients(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.after = chunk.last().map(|view| Entered::with_key(view.client.created_at, view.client.key));
        let kept = Kept::read(store, by_custom, chunk.iter().map(address)).await?;
        for view in chunk {
            let accounts = Accounts::read(store, address(&view), &balances).await?;
            let groups = if asks_for_ids { ids_of_groups(&view, &mut holders).await? } else { Vec::new() };
            let seen = Seen { view: &view, accounts: &accounts, groups: &groups, today };
            let mut left = search.constraints.iter().filter(|asked| asked.fact.column().is_none());
            if left.all(|asked| holds_of_any(&asked.test, &seen.values(asked.fact))) {
                let place = match by_custom {
                    Some(column) => column.place(kept.of(view.client.key)),
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

async fn ids_of_groups(view: &ClientView, holders: &mut Holders<'_>) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    let places = view.client.groups.iter().filter_map(|key| Some(Address { part: key.part()?, key: *key }));
    for group in places {
        ids.extend(holders.called(HolderKind::Group, group).await?.map(|called| called.id));
    }
    Ok(ids)
}

fn address(view: &ClientView) -> Address {
    Address { part: view.client.part, key: view.client.key }
}

/// A client, and what is known besides.
struct Seen<'a> {
    view: &'a ClientView,
    accounts: &'a Accounts,
    /// Ids of the groups, where somebody asks for them.
    groups: &'a [String],
    today: Date,
}

impl Seen<'_> {
    /// More than one where the client has several.
    fn values(&self, fact: ClientFact) -> Vec<Value> {
        let client = &self.view.client;
        let profile = &client.profile;
        let text = |text: &Option<String>| text.clone().map(Value::Text).into_iter().collect();
        let instant = |instant: Option<Timestamp>| instant.map(Value::Instant).into_iter().collect();
        match fact {
            ClientFact::Column(column) => self.column(column).into_iter().collect(),
            ClientFact::MiddleName => text(&profile.middle_name),
            ClientFact::HomePhone => text(&profile.home_phone),
            ClientFact::MobilePhone => {
                let phones = [&profile.mobile_phone, &profile.mobile_phone_2];
                phones.into_iter().flatten().cloned().map(Value::Text).collect()
            }
            ClientFact::EmailAddress => text(&profile.email_address),
            ClientFact::Language => text(&profile.preferred_language),
            ClientFact::Address => {
                client.addresses.iter().map(|address| Value::Text(one_line(address))).collect()
            }
            ClientFact::Gender => {
                profile.gender.map(|gender| Value::Choice(Choice::Gender(gender))).into_iter().collect()
            }
            ClientFact::State => vec![Value::Choice(Choice::Client(self.state()))],
            ClientFact::Role => client.role.map(Value::Key).into_iter().collect(),
            ClientFact::Group => client.groups.iter().copied().map(Value::Key).collect(),
            ClientFact::GroupId => self.groups.iter().cloned().map(Value::Text).collect(),
            ClientFact::LastModifiedAt => instant(Some(client.last_modified_at)),
            ClientFact::ApprovedAt => instant(client.approved_at),
            ClientFact::ClosedAt => instant(client.closed_at),
            ClientFact::LoanCycle => vec![Value::Number(self.view.loan_cycle)],
            ClientFact::Portal => vec![Value::Choice(Choice::NoPortal)],
            ClientFact::Balance(balance) => vec![self.accounts.value(balance, self.today)],
        }
    }

    fn column(&self, column: ClientColumn) -> Option<Value> {
        let client = &self.view.client;
        let profile = &client.profile;
        Some(match column {
            ClientColumn::Key => Value::Key(client.key),
            ClientColumn::Id => Value::Text(client.id.clone()),
            ClientColumn::FullName => Value::Text(format!("{} {}", profile.first_name, profile.last_name)),
            ClientColumn::FirstName => Value::Text(profile.first_name.clone()),
            ClientColumn::LastName => Value::Text(profile.last_name.clone()),
            ClientColumn::BirthDate => return profile.birth_date.map(Value::Date),
            ClientColumn::CreatedAt => Value::Instant(client.created_at),
            ClientColumn::Branch => return client.assignment.branch.map(Value::Key),
            ClientColumn::Centre => return client.assignment.centre.map(Value::Key),
            ClientColumn::CreditOfficer => return client.assignment.user.map(Value::Key),
            // They are rows of their own.
            ClientColumn::Custom(_) => return None,
        })
    }

    fn state(&self) -> ShownClientState {
        if self.view.has_active_loans {
            ShownClientState::Active
        } else {
            ShownClientState::Stored(self.view.client.state)
        }
    }
}

/// The parts of an address with commas between them.
pub(super) fn one_line(address: &loam_book::party::Address) -> String {
    let parts =
        [&address.line1, &address.line2, &address.city, &address.region, &address.postcode, &address.country];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}
