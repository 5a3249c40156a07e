//! The chart of accounts and the journal (contract §5.8).

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use jiff::civil::Date;
use loam_app::command::{Command, Done};
use loam_app::search::columns::{Bound, ColumnTest};
use loam_app::search::entries::{
    EntryColumn, EntryQuery, StoredEntry, SumFilter, account_of, search_entries, within,
};
use loam_app::search::items::ItemSearch;
use loam_app::views::Page;
use loam_book::actor::Permission;
use loam_book::ids::Key;
use loam_book::journal::chart::{LedgerAccount, LedgerName, LedgerUsage};
use loam_book::journal::manual::MOST_LINES;

use crate::Services;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::search::today;
use super::translate::ledger as translate;
use super::translate::page::{page, slice};
use super::translate::search::entries::select;
use super::translate::search::{Selections, item_search};
use super::wire::ledger::GlAccount;

pub(super) fn router() -> Router<Services> {
    Router::new()
        .route("/api/glaccounts", get(accounts))
        .route("/api/glaccounts/{account}", get(account))
        .route("/api/gljournalentries", get(list).post(enter))
        .route("/api/gljournalentries/search", post(search))
}

/// `GET /api/glaccounts`, narrowed by `type`; in the order of their codes.
async fn accounts(asked: Asked) -> Answer {
    asked.require(Permission::ViewChartOfAccounts)?;
    let query = asked.query()?;
    let page = page(&query)?;
    let wanted = match query.text("type")? {
        None => None,
        Some(name) => {
            let named = translate::type_named(&name);
            Some(named.ok_or_else(|| DoorError::at(ReturnCode::InvalidGlAccountType, "type"))?)
        }
    };
    let chart = asked.catalog().ledger_accounts.iter();
    let found = chart.filter(|account| wanted.is_none_or(|wanted| account.ledger_type == wanted));
    reply::ok(&slice(found, page).map(|account| translate::account(account)).collect::<Vec<_>>())
}

/// `GET /api/glaccounts/{glCode}`: with what was booked from the one day to the other, both included.
async fn account(At(code): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewChartOfAccounts)?;
    asked.require_all_officers()?;
    let query = asked.query()?;
    let (from, to) = (query.date("from")?, query.date("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(DoorError::at(ReturnCode::StartDateAfterEndDate, "from"));
    }
    let account = asked.catalog().ledger_accounts.find(&code);
    let account = account.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidGlAccountId))?;
    let filter =
        SumFilter { accounts: added_up(&asked, account), from, to, within: asked.branches_of_list(None)? };
    // A header over nothing has nothing.
    let sums = match filter.accounts.is_empty() {
        true => Vec::new(),
        false => asked.services.reading.store().ledger_sums(&filter).await?,
    };
    let standing = translate::standing(account, &sums, asked.now.state.currency);
    reply::ok(&GlAccount { standing: Some(standing), ..translate::account(account) })
}

/// The account itself, or those under a header.
fn added_up(asked: &Asked, account: &LedgerAccount) -> Vec<LedgerName> {
    match account.usage {
        LedgerUsage::Detail => account.ledger_names(),
        LedgerUsage::Header => {
            let chart = asked.catalog().ledger_accounts.iter();
            chart.filter(|other| account.adds_up(other)).flat_map(|other| other.ledger_names()).collect()
        }
    }
}

/// `GET /api/gljournalentries`: those booked from the one day to the other, both included, oldest first.
async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewJournalEntries)?;
    asked.require_all_officers()?;
    let query = asked.query()?;
    let page = page(&query)?;
    let (from, to) = span(&query)?;
    let branch = branch(&asked, &query)?;
    let of_caller = within(&asked.branches_of_list(branch)?);
    let of_branch = branch.map(|key| (EntryColumn::Branch, ColumnTest::In(vec![key.into()])));
    let days = (EntryColumn::BookingDate, ColumnTest::Between(Bound::Date(from), Bound::Date(to)));
    let conditions = [Some(days), of_branch, of_caller].into_iter().flatten().collect();
    let query = EntryQuery { conditions, ..EntryQuery::default() };
    let entries = asked.services.reading.store().journal_entries(&query, page).await?;
    reply::ok(&shown(&asked, &entries).iter().map(Shown::as_wire).collect::<Vec<_>>())
}

fn span(query: &Fields<'_>) -> Result<(Date, Date), DoorError> {
    let from = query.date("from")?.ok_or_else(|| DoorError::at(ReturnCode::MissingFromDate, "from"))?;
    let to = query.date("to")?.ok_or_else(|| DoorError::at(ReturnCode::MissingToDate, "to"))?;
    if from > to { Err(DoorError::at(ReturnCode::StartDateAfterEndDate, "from")) } else { Ok((from, to)) }
}

/// The branch that is named by id or key.
fn branch(asked: &Asked, fields: &Fields<'_>) -> Result<Option<Key>, DoorError> {
    let Some(id) = fields.text("branchId")? else { return Ok(None) };
    let found = asked.catalog().branches.find(&id);
    found.map(|branch| Some(branch.key)).ok_or_else(|| DoorError::at(ReturnCode::InvalidBranchId, "branchId"))
}

/// `POST /api/gljournalentries`: books by hand, and answers with the lines as entries.
async fn enter(asked: Asked) -> Answer {
    let fields = asked.fields()?;
    let new = translate::new_entry(&fields, branch(&asked, &fields)?)?;
    let outcome = asked.submit(Command::EnterJournal(Box::new(new))).await?;
    let Done::ManualEntry { entry } = outcome.done else {
        unreachable!("an entry by hand leads to an entry by hand")
    };
    let query = EntryQuery { of: Some((entry.part, entry.number)), ..EntryQuery::default() };
    let most = i64::try_from(MOST_LINES).expect("a small number");
    let page = Page { offset: 0, limit: most };
    let entries = asked.services.reading.store().journal_entries(&query, page).await?;
    reply::posted(&shown(&asked, &entries).iter().map(Shown::as_wire).collect::<Vec<_>>())
}

/// `POST /api/gljournalentries/search`: oldest first, unless another order is asked for.
async fn search(asked: Asked) -> Answer {
    asked.require(Permission::ViewJournalEntries)?;
    asked.require_all_officers()?;
    let page = page(&asked.query()?)?;
    let search = item_search(&asked.fields()?, &Selections::native(select), today(&asked))?;
    let search = ItemSearch { within: asked.branches_of_list(None)?, ..search };
    let store = asked.services.reading.store();
    let entries = search_entries(store, &search, (asked.catalog(), asked.now.state.currency), page).await?;
    reply::ok(&shown(&asked, &entries).iter().map(Shown::as_wire).collect::<Vec<_>>())
}

/// An entry, and the account on which it stands.
struct Shown<'a> {
    entry: &'a StoredEntry,
    account: Arc<LedgerAccount>,
}

impl Shown<'_> {
    fn as_wire(&self) -> super::wire::ledger::GlJournalEntry<'_> {
        translate::entry(self.entry, &self.account)
    }
}

/// Accounts of the chart are never taken away, so every entry has its own.
fn shown<'a>(asked: &Asked, entries: &'a [StoredEntry]) -> Vec<Shown<'a>> {
    let with_account =
        |entry: &'a StoredEntry| account_of(entry, asked.catalog()).map(|account| Shown { entry, account });
    entries.iter().filter_map(with_account).collect()
}
