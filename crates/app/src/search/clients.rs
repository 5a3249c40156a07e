//! Searching clients by what is known of them.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::columns::ColumnTest;
use super::items::{ItemSearch, Picker, holds_of_any};
use super::narrow::{any_of, column_test};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::{ClientView, LoanFilter, Page, ShownClientState};

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
    LastModifiedAt,
    ApprovedAt,
    ClosedAt,
    LoanCycle,
    /// Outstanding of all loans.
    LoansBalance,
    /// Deposits are not here.
    DepositsBalance,
    /// Due by the business date, of all loans.
    TotalDue,
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
}

/// Clients of whom all conditions hold, in the order in which they were entered.
#[derive(Debug, Clone)]
pub struct ClientQuery {
    pub conditions: Vec<(ClientColumn, ColumnTest)>,
    /// Only clients after this one.
    pub after: Option<(Timestamp, Key)>,
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
    let mut query = ClientQuery { conditions: conditions(search), after: None };
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    while !picker.is_full() {
        let chunk = store.search_clients(&query, LARGEST_CHUNK).await?;
        let is_last = i64::try_from(chunk.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        query.after = chunk.last().map(|view| (view.client.created_at, view.client.key));
        for view in chunk {
            let loans = loans_of(store, search, &view).await?;
            let seen = Seen { view: &view, loans: &loans, today };
            let mut left = search.constraints.iter().filter(|asked| !is_column(asked.fact));
            if left.all(|asked| holds_of_any(&asked.test, &seen.values(asked.fact))) {
                let place = search.order.and_then(|(fact, _)| seen.values(fact).into_iter().next());
                picker.add(place, view);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

fn conditions(search: &ItemSearch<ClientFact>) -> Vec<(ClientColumn, ColumnTest)> {
    let officer =
        search.credit_officer.map(|key| (ClientColumn::CreditOfficer, ColumnTest::In(vec![key.into()])));
    let mut conditions: Vec<_> = officer.into_iter().collect();
    conditions.extend(any_of(&search.within).map(|test| (ClientColumn::Branch, test)));
    for asked in &search.constraints {
        if let ClientFact::Column(column) = asked.fact {
            conditions.push((column, column_test(&asked.test, 0)));
        }
    }
    conditions
}

fn is_column(fact: ClientFact) -> bool {
    matches!(fact, ClientFact::Column(_))
}

/// The client's loans, where somebody asks what is owed of them.
async fn loans_of(
    store: &dyn ReadStore,
    search: &ItemSearch<ClientFact>,
    view: &ClientView,
) -> Result<Vec<Loan>, StoreError> {
    let owed = [ClientFact::LoansBalance, ClientFact::TotalDue];
    let asked = search.constraints.iter().map(|asked| asked.fact).chain(search.order.map(|(fact, _)| fact));
    if !asked.into_iter().any(|fact| owed.contains(&fact)) {
        return Ok(Vec::new());
    }
    let holder = Address { part: view.client.part, key: view.client.key };
    let filter = LoanFilter { holder: Some(holder), ..LoanFilter::default() };
    store.loans(&filter, Page { offset: 0, limit: i64::from(u16::MAX) }).await
}

/// A client, and what is known besides.
struct Seen<'a> {
    view: &'a ClientView,
    loans: &'a [Loan],
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
            ClientFact::LastModifiedAt => instant(Some(client.last_modified_at)),
            ClientFact::ApprovedAt => instant(client.approved_at),
            ClientFact::ClosedAt => instant(client.closed_at),
            ClientFact::LoanCycle => vec![Value::Number(self.view.loan_cycle)],
            ClientFact::LoansBalance => vec![self.owed(|loan| loan.servicing.outstanding.total())],
            ClientFact::DepositsBalance => vec![Value::Decimal(Exact::ZERO)],
            ClientFact::TotalDue => vec![self.owed(|loan| loan.due_by(self.today).total())],
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
        })
    }

    fn state(&self) -> ShownClientState {
        if self.view.has_active_loans {
            ShownClientState::Active
        } else {
            ShownClientState::Stored(self.view.client.state)
        }
    }

    /// In units of each loan's currency.
    fn owed(&self, of: impl Fn(&Loan) -> Amount) -> Value {
        let units = |loan: &Loan| {
            let digits = u32::from(loan.terms.currency.digits());
            Exact::from_amount(of(loan)).divided_by(10_i128.pow(digits))
        };
        Value::Decimal(self.loans.iter().map(units).fold(Exact::ZERO, |sum, units| sum + units))
    }
}

fn one_line(address: &loam_book::party::Address) -> String {
    let parts =
        [&address.line1, &address.line2, &address.city, &address.region, &address.postcode, &address.country];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}
