//! `GET /api/search`: whatever is called like a text.
//!
//! A further type is a variant of [`Sought`] and an arm of [`found`].

use std::collections::BTreeMap;

use loam_app::search::clients::{ClientColumn, ClientFact, search_clients};
use loam_app::search::columns::Column;
use loam_app::search::groups::{GroupColumn, GroupFact, search_groups};
use loam_app::search::items::ItemSearch;
use loam_app::search::lines_of_credit::{LineFact, search_lines};
use loam_app::search::savings::{SavingsColumn, SavingsFact, search_savings};
use loam_app::search::{Constraint, LoanFact, LoanSearch, Test};
use loam_app::views::Page;
use loam_book::actor::Permission;
use loam_book::ids::Key;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::savings::Savings;

use super::asked::Asked;
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::search;
use super::translate;
use super::wire::found::{Found, score};
use super::wire::values::EncodedKey;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sought {
    Client,
    Group,
    LoanAccount,
    SavingsAccount,
    User,
    CreditOfficer,
    Branch,
    Centre,
    GlAccount,
    LineOfCredit,
}

const ALL: [Sought; 10] = [
    Sought::Client,
    Sought::Group,
    Sought::LoanAccount,
    Sought::SavingsAccount,
    Sought::User,
    Sought::CreditOfficer,
    Sought::Branch,
    Sought::Centre,
    Sought::GlAccount,
    Sought::LineOfCredit,
];

impl Sought {
    fn name(self) -> &'static str {
        match self {
            Sought::Client => "CLIENT",
            Sought::Group => "GROUP",
            Sought::LoanAccount => "LOAN_ACCOUNT",
            Sought::SavingsAccount => "SAVINGS_ACCOUNT",
            Sought::User => "USER",
            Sought::CreditOfficer => "CREDIT_OFFICER",
            Sought::Branch => "BRANCH",
            Sought::Centre => "CENTRE",
            Sought::GlAccount => "GL_ACCOUNT",
            Sought::LineOfCredit => "LINE_OF_CREDIT",
        }
    }

    fn permission(self) -> Permission {
        match self {
            Sought::Client => Permission::ViewClientDetails,
            Sought::Group => Permission::ViewGroupDetails,
            Sought::LoanAccount => Permission::ViewLoanAccountDetails,
            Sought::SavingsAccount => Permission::ViewSavingsAccountDetails,
            Sought::User | Sought::CreditOfficer => Permission::ViewUserDetails,
            Sought::Branch => Permission::ViewBranchDetails,
            Sought::Centre => Permission::ViewCentreDetails,
            Sought::GlAccount => Permission::ViewChartOfAccounts,
            Sought::LineOfCredit => Permission::ViewLineOfCreditDetails,
        }
    }
}

/// Each type with what was found of it, the closest first.
pub(super) async fn everything(asked: Asked) -> Answer {
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let text = query.text("query")?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| DoorError::at(ReturnCode::MissingRequiredParameter, "query"))?;
    let mut results: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
    for sought in types(&query, &asked)? {
        let found = found(&asked, sought, &text, page).await?;
        if !found.is_empty() {
            results.insert(sought.name(), found);
        }
    }
    reply::ok(&results)
}

/// The types that are named, each of which the caller must be allowed to see; without names, those that he or she may see.
fn types(query: &Fields<'_>, asked: &Asked) -> Result<Vec<Sought>, DoorError> {
    let Some(named) = query.text("type")? else {
        return Ok(ALL.into_iter().filter(|sought| asked.actor().may(sought.permission())).collect());
    };
    let mut types = Vec::new();
    for name in named.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match ALL.into_iter().find(|sought| sought.name().eq_ignore_ascii_case(name)) {
            Some(sought) => {
                asked.require(sought.permission())?;
                types.push(sought);
            }
            None => return Err(invalid("type")),
        }
    }
    Ok(types)
}

async fn found(asked: &Asked, sought: Sought, text: &str, page: Page) -> Result<Vec<Found>, DoorError> {
    let reach = page.offset.saturating_add(page.limit);
    let mut found = match sought {
        Sought::Client => clients(asked, text, reach).await?,
        Sought::Group => groups(asked, text, reach).await?,
        Sought::LoanAccount => loans(asked, text, reach).await?,
        Sought::SavingsAccount => savings(asked, text, reach).await?,
        Sought::LineOfCredit => lines_of_credit(asked, text, reach).await?,
        Sought::User | Sought::CreditOfficer | Sought::Branch | Sought::Centre | Sought::GlAccount => {
            of_catalog(asked, sought, text)
        }
    };
    found.sort_by_key(|found| std::cmp::Reverse(found.score));
    let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(found.into_iter().skip(count(page.offset)).take(count(page.limit)).collect())
}

/// Whatever begins like the text, as far as the caller may see it.
fn beginning<F>(asked: &Asked, fact: F, text: &str) -> Result<ItemSearch<F>, DoorError> {
    let constraints = vec![Constraint { fact, test: Test::StartsWith(text.to_owned()) }];
    search::reached(asked, ItemSearch { constraints, order: None, credit_officer: None, within: Vec::new() })
}

/// Adds what is not there yet.
fn add(found: &mut Vec<Found>, result: Found) {
    if found.iter().all(|other| other.result_key.0 != result.result_key.0) {
        found.push(result);
    }
}

/// Clients whose id, name or last name begins like the text.
async fn clients(asked: &Asked, text: &str, reach: i64) -> Result<Vec<Found>, DoorError> {
    let (store, page) = (asked.services.reading.store(), Page { offset: 0, limit: reach });
    let mut found: Vec<Found> = Vec::new();
    for column in [ClientColumn::Id, ClientColumn::FullName, ClientColumn::LastName] {
        let search = beginning(asked, ClientFact::Column(column), text)?;
        for view in search_clients(store, &search, asked.business_date(), page).await? {
            let client = &view.client;
            let name = format!("{} {}", client.profile.first_name, client.profile.last_name);
            add(&mut found, Found::new(Sought::Client.name(), name, &client.id, client.key, text));
        }
    }
    Ok(found)
}

/// Groups whose id or name begins like the text.
async fn groups(asked: &Asked, text: &str, reach: i64) -> Result<Vec<Found>, DoorError> {
    let (store, page) = (asked.services.reading.store(), Page { offset: 0, limit: reach });
    let mut found: Vec<Found> = Vec::new();
    for column in [GroupColumn::Id, GroupColumn::Name] {
        let search = beginning(asked, GroupFact::Column(column), text)?;
        for view in search_groups(store, &search, asked.business_date(), page).await? {
            let group = &view.group;
            let name = group.contact.name.clone();
            add(&mut found, Found::new(Sought::Group.name(), name, &group.id, group.key, text));
        }
    }
    Ok(found)
}

/// Deposit accounts whose id begins like the text.
async fn savings(asked: &Asked, text: &str, reach: i64) -> Result<Vec<Found>, DoorError> {
    let (store, page) = (asked.services.reading.store(), Page { offset: 0, limit: reach });
    let search = beginning(asked, SavingsFact::Column(SavingsColumn::Id), text)?;
    let accounts = search_savings(store, &search, asked.catalog(), page).await?;
    let result = |account: &Savings| {
        Found::new(Sought::SavingsAccount.name(), account.name.clone(), &account.id, account.key, text)
    };
    Ok(accounts.iter().map(result).collect())
}

/// Loans whose id begins like the text.
async fn loans(asked: &Asked, text: &str, reach: i64) -> Result<Vec<Found>, DoorError> {
    let test = Test::StartsWith(text.to_owned());
    let search = LoanSearch {
        constraints: vec![Constraint { fact: LoanFact::Column(Column::Id), test }],
        credit_officer: asked.actor().only_own_clients.then_some(asked.actor().user_key),
        within: asked.branches_of_list(None)?,
        ..LoanSearch::default()
    };
    let loans = search::found(asked, &search, Page { offset: 0, limit: reach }).await?;
    let result = |loan: &loam_book::loan::Loan| {
        Found::new(Sought::LoanAccount.name(), loan.name.clone(), &loan.id, loan.key, text)
    };
    Ok(loans.iter().map(result).collect())
}

/// Lines of credit whose id begins like the text; they have no other name.
async fn lines_of_credit(asked: &Asked, text: &str, reach: i64) -> Result<Vec<Found>, DoorError> {
    let search = beginning(asked, LineFact::Id, text)?;
    let lines =
        search_lines(asked.services.reading.store(), &search, Page { offset: 0, limit: reach }).await?;
    let result = |line: &LineOfCredit| {
        Found::new(Sought::LineOfCredit.name(), String::new(), &line.id, line.key, text)
    };
    Ok(lines.iter().map(result).collect())
}

/// Users, branches, centres and accounts of the chart in whose id or name the text stands.
fn of_catalog(asked: &Asked, sought: Sought, text: &str) -> Vec<Found> {
    let catalog = asked.catalog();
    let named: Vec<(String, String, Key)> = match sought {
        Sought::User | Sought::CreditOfficer => {
            let users = catalog.users.iter().filter(|user| sought == Sought::User || user.is_credit_officer);
            let name = |first: &str, last: &str| format!("{first} {last}").trim().to_owned();
            users
                .map(|user| (user.username.clone(), name(&user.first_name, &user.last_name), user.key))
                .collect()
        }
        Sought::Branch => catalog
            .branches
            .iter()
            .map(|branch| (branch.id.clone(), branch.name.clone(), branch.key))
            .collect(),
        Sought::Centre => catalog
            .centres
            .iter()
            .map(|centre| (centre.id.clone(), centre.name.clone(), centre.key))
            .collect(),
        Sought::GlAccount => catalog
            .ledger_accounts
            .iter()
            .map(|account| (account.code.clone(), account.name.clone(), account.key))
            .collect(),
        Sought::Client
        | Sought::Group
        | Sought::LoanAccount
        | Sought::SavingsAccount
        | Sought::LineOfCredit => Vec::new(),
    };
    let called = named.into_iter().filter(|(id, name, _)| score(id, text).max(score(name, text)) > 0);
    called.map(|(id, name, key)| Found::new(sought.name(), name, &id, key, text)).collect()
}

impl Found {
    fn new(selection_type: &'static str, display: String, id: &str, key: Key, text: &str) -> Found {
        let score = score(id, text).max(score(&display, text)).max(1);
        let display_string = if display.is_empty() { id.to_owned() } else { display };
        Found { selection_type, display_string, result_id: id.to_owned(), result_key: EncodedKey(key), score }
    }
}
