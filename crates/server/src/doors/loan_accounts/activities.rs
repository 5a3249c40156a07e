//! Activities: who did what, from the audit trail.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_app::custom_values::EDIT_VALUES;
use loam_app::views::{
    ActedOn, ActivityFilter, ClientView, GroupView, LineFilter, LoanFilter, Page, SavingsFilter,
    StoredActivity,
};
use loam_book::actor::Permission;
use loam_book::ids::{Address, Key};
use loam_book::loan::Loan;
use loam_book::paper::{PaperSubject, SubjectKind};
use loam_book::savings::Savings;

use super::asked::Asked;
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::papers::subject;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::activity::{Concerned, activity, changes, value_changes};
use super::translate::page::page;
use super::wire::activity::FieldChange;

/// The filters of the contract; names are matched without regard to case.
const FILTERS: [(&str, SubjectKind); 9] = [
    ("clientID", SubjectKind::Client),
    ("groupID", SubjectKind::Group),
    ("centreID", SubjectKind::Centre),
    ("branchID", SubjectKind::Branch),
    ("userID", SubjectKind::User),
    ("loanAccountID", SubjectKind::LoanAccount),
    ("savingsAccountID", SubjectKind::DepositAccount),
    ("loanProductID", SubjectKind::LoanProduct),
    ("savingsProductID", SubjectKind::SavingsProduct),
];
/// How many accounts of one client are looked at.
const ACCOUNTS: i64 = 1_000;

/// `GET /api/activities`: from the one day to the other, both included, by the clock (UTC); at most
/// one filter. The newest first.
pub(super) async fn list(asked: Asked) -> Answer {
    let query = asked.query()?;
    let page = page(&query)?;
    let (from, to) = span(&query)?;
    let filter = ActivityFilter { from, before: to, about: None, actor: None, within: asked.within() };
    let filter = narrowed(&asked, &query, filter).await?;
    let rows = asked.services.reading.store().activities(&filter, page).await?;
    let known = Known::of(&asked, &rows).await?;
    let shown = |row: &StoredActivity| {
        activity(row, known.concerned(row), asked.catalog(), changes_seen(&asked, &known, row))
    };
    reply::ok(&rows.iter().map(shown).collect::<Vec<_>>())
}

/// What was before and after, as far as the caller may see it: of records who may change them, of lines of credit and
/// entries by hand who may see these, of custom fields who may see each of them.
fn changes_seen(asked: &Asked, known: &Known, row: &StoredActivity) -> Vec<FieldChange> {
    // Comments on a line are kept with it too.
    let is_of_line = known.lines.contains_key(&row.entity) || row.command.ends_with(" line of credit");
    let needed = [
        (is_of_line, Permission::ViewLineOfCreditDetails),
        (row.command == "enter journal", Permission::ViewJournalEntries),
        (row.command.ends_with(" record"), Permission::Administration),
    ];
    if needed.into_iter().any(|(is_so, permission)| is_so && !asked.actor().may(permission)) {
        return Vec::new();
    }
    if row.command == EDIT_VALUES {
        return value_changes(row, asked.catalog(), asked.actor());
    }
    changes(row)
}

/// The first instant and the one after the last.
fn span(query: &Fields<'_>) -> Result<(jiff::Timestamp, jiff::Timestamp), DoorError> {
    let missing = |code, name| DoorError::at(code, name);
    let from = query.date("from")?.ok_or_else(|| missing(ReturnCode::MissingFromDate, "from"))?;
    let to = query.date("to")?.ok_or_else(|| missing(ReturnCode::MissingToDate, "to"))?;
    if from > to {
        return Err(DoorError::at(ReturnCode::StartDateAfterEndDate, "from"));
    }
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|midnight| midnight.timestamp());
    let next = to.tomorrow().map_err(|_| DoorError::at(ReturnCode::InvalidDate, "to"))?;
    let at = |day, name| midnight(day).map_err(|_| DoorError::at(ReturnCode::InvalidDate, name));
    Ok((at(from, "from")?, at(next, "to")?))
}

async fn narrowed(
    asked: &Asked,
    query: &Fields<'_>,
    filter: ActivityFilter,
) -> Result<ActivityFilter, DoorError> {
    let given: Vec<_> = FILTERS.into_iter().filter(|(name, _)| query.has(name)).collect();
    match given[..] {
        [] => {
            require_everything(asked)?;
            Ok(filter)
        }
        [(name, kind)] => {
            let id = query.text(name)?.unwrap_or_default();
            let about = subject(asked, kind, &id).await.map_err(DoorError::of_body)?;
            if kind == SubjectKind::User {
                require_everything(asked)?;
                return Ok(ActivityFilter { actor: Some(about.address.key), ..filter });
            }
            Ok(ActivityFilter { about: Some(acted_on(asked, about).await?), ..filter })
        }
        _ => Err(DoorError::new(ReturnCode::MaximumOneFilterAllowed)),
    }
}

/// Activities of any kind are for those who may see all that they are about.
fn require_everything(asked: &Asked) -> Result<(), DoorError> {
    asked.require(Permission::ViewUserDetails)?;
    asked.require(Permission::ViewClientDetails)?;
    asked.require(Permission::ViewGroupDetails)?;
    asked.require(Permission::ViewLoanAccountDetails)?;
    asked.require(Permission::ViewSavingsAccountDetails)?;
    if asked.actor().only_own_clients { Err(invalid("userID")) } else { Ok(()) }
}

/// What is meant, and of a client or a group also the accounts and lines of credit.
async fn acted_on(asked: &Asked, about: PaperSubject) -> Result<ActedOn, DoorError> {
    let Address { part, key } = about.address;
    let mut keys = vec![key];
    if !matches!(about.kind, SubjectKind::Client | SubjectKind::Group) {
        return Ok(ActedOn { part, keys });
    }
    let (store, page) = (asked.services.reading.store(), Page { offset: 0, limit: ACCOUNTS });
    if asked.actor().may(Permission::ViewLoanAccountDetails) {
        let filter = LoanFilter { holder: Some(about.address), ..LoanFilter::default() };
        keys.extend(store.loans(&filter, page).await?.iter().map(|loan| loan.key));
    }
    if asked.actor().may(Permission::ViewSavingsAccountDetails) {
        let filter = SavingsFilter { holder: Some(about.address), ..SavingsFilter::default() };
        keys.extend(store.list_savings(&filter, page).await?.iter().map(|account| account.key));
    }
    if asked.actor().may(Permission::ViewLineOfCreditDetails) {
        let filter = LineFilter { holder: Some(about.address), ..LineFilter::default() };
        keys.extend(store.lines_of_credit(&filter, page).await?.iter().map(|line| line.key));
    }
    Ok(ActedOn { part, keys })
}

/// Accounts and clients that activities are about.
#[derive(Default)]
struct Known {
    loans: HashMap<Key, Loan>,
    deposits: HashMap<Key, Savings>,
    /// Holders of lines of credit.
    lines: HashMap<Key, Key>,
    clients: HashMap<Key, ClientView>,
    groups: HashMap<Key, GroupView>,
}

impl Known {
    /// Reads each of them once.
    async fn of(asked: &Asked, rows: &[StoredActivity]) -> Result<Known, DoorError> {
        let store = asked.services.reading.store();
        let mut known = Known::default();
        let mut looked_at = std::collections::HashSet::new();
        for row in rows {
            // Records live in part 0, and few accounts do.
            if !looked_at.insert(row.entity) || asked.catalog().users.by_key(row.entity).is_some() {
                continue;
            }
            let address = Address { part: row.part, key: row.entity };
            let holder = if let Some(loan) = store.loan(address).await? {
                let holder = Address { part: loan.part, key: loan.holder.key };
                known.loans.insert(loan.key, loan);
                holder
            } else if let Some(account) = store.savings(address).await? {
                let holder = Address { part: account.part, key: account.holder.key };
                known.deposits.insert(account.key, account);
                holder
            } else if let Some(line) = store.line_of_credit(address).await? {
                known.lines.insert(line.key, line.holder.key);
                Address { part: line.part, key: line.holder.key }
            } else {
                address
            };
            known.read_holder(asked, holder).await?;
        }
        Ok(known)
    }

    async fn read_holder(&mut self, asked: &Asked, holder: Address) -> Result<(), DoorError> {
        if self.clients.contains_key(&holder.key) || self.groups.contains_key(&holder.key) {
            return Ok(());
        }
        let store = asked.services.reading.store();
        // Who may not see clients, or not this one, sees no name.
        let may_see = |view, assignment| asked.actor().may(view) && asked.reaches(assignment);
        if let Some(view) = store.client(holder).await? {
            if may_see(Permission::ViewClientDetails, &view.client.assignment) {
                self.clients.insert(view.client.key, view);
            }
        } else if let Some(view) = store.group(holder).await?
            && may_see(Permission::ViewGroupDetails, &view.group.assignment)
        {
            self.groups.insert(view.group.key, view);
        }
        Ok(())
    }

    fn concerned(&self, row: &StoredActivity) -> Concerned<'_> {
        let (loan, deposit) = (self.loans.get(&row.entity), self.deposits.get(&row.entity));
        let holder = loan.map(|loan| loan.holder).or(deposit.map(|account| account.holder));
        let of_line = || self.lines.get(&row.entity).copied().unwrap_or(row.entity);
        let holder = holder.map_or_else(of_line, |holder| holder.key);
        Concerned {
            loan,
            deposit,
            client: self.clients.get(&holder).map(|view| &view.client),
            group: self.groups.get(&holder).map(|view| &view.group),
        }
    }
}
