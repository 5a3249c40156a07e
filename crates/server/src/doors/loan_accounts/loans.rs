//! Loan accounts: list, read, create, change, delete.

use axum::response::Response;
use loam_app::command::{Address, Command};
use loam_app::search::columns::Column;
use loam_app::search::{Constraint, LoanFact, LoanSearch, Test, Value};
use loam_app::views::{GroupView, LoanFilter};
use loam_book::actor::Permission;
use loam_book::ids::Key;
use loam_book::loan::command::{LoanCommand, LoanEdit, LoanFigures, NewLoan};
use loam_book::loan::securities::{StatedGuarantee, StatedGuarantor};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::party::ClientState;

use super::asked::{Asked, At, LoanOutcome};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::groups;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::search;
use super::translate;
use super::translate::names::{StateFilter, state_filter};
use super::translate::new_client::{branch_filter, centre_filter, officer_filter};
use super::translate::securities::Posted;

/// `GET /api/loans/{loan}`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    let loan = asked.loan(&id).await?;
    reply::ok(&translate::loan::loan_account(&loan, asked.business_date(), full_details))
}

/// `GET /api/clients/{client}/loans/{loan}`: the same, and the loan must be that client's.
pub(super) async fn show_of_client(At((client, id)): At<(String, String)>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    let client = asked.client_address(&client).await?;
    show_of(&asked, client, &id, full_details).await
}

/// `GET /api/groups/{group}/loans/{loan}`: the same of a group.
pub(super) async fn show_of_group(At((group, id)): At<(String, String)>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    let group = address_of(&groups::read(&asked, &group).await?);
    show_of(&asked, group, &id, full_details).await
}

async fn show_of(asked: &Asked, holder: Address, id: &str, full_details: bool) -> Answer {
    let loan = asked.loan(id).await?;
    if loan.holder.key != holder.key {
        return Err(DoorError::not_found(ReturnCode::InvalidLoanAccountId));
    }
    reply::ok(&translate::loan::loan_account(&loan, asked.business_date(), full_details))
}

fn address_of(view: &GroupView) -> Address {
    Address { part: view.group.part, key: view.group.key }
}

/// `GET /api/loans`.
pub(super) async fn list(asked: Asked) -> Answer {
    list_with(&asked, None).await
}

/// `GET /api/clients/{client}/loans`.
pub(super) async fn list_of_client(At(client): At<String>, asked: Asked) -> Answer {
    let holder = asked.client_address(&client).await?;
    // A key is an address whether or not anybody lives there.
    let view = asked.services.reading.store().client(holder).await?;
    let view = view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
    asked.require_officer_of(view.client.assignment.user)?;
    list_with(&asked, Some(holder)).await
}

/// `GET /api/groups/{group}/loans`.
pub(super) async fn list_of_group(At(group): At<String>, asked: Asked) -> Answer {
    let view = groups::read(&asked, &group).await?;
    list_with(&asked, Some(address_of(&view))).await
}

async fn list_with(asked: &Asked, holder: Option<Address>) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let mut filter = LoanFilter {
        branch: branch_filter(&query, asked.catalog())?,
        centre: centre_filter(&query, asked.catalog())?,
        credit_officer: officer_filter(&query, asked.catalog())?,
        status: None,
        holder,
    };
    match status(&query)? {
        Some(StateFilter::Never) => return reply::ok(&[(); 0]),
        Some(StateFilter::Status(status)) => filter.status = Some(status),
        None => {}
    }
    if holder.is_none() {
        asked.require_own_filter(filter.credit_officer)?;
    }
    let loans = match fixed_days(&query)? {
        Some(days) => search::found(asked, &on_fixed_days(&filter, days), page).await?,
        None => asked.services.reading.store().loans(&filter, page).await?,
    };
    let shown = |loan| translate::loan::loan_account(loan, asked.business_date(), full_details);
    reply::ok(&loans.iter().map(shown).collect::<Vec<_>>())
}

/// Days of the month; loans that fall due on all of them are listed.
fn fixed_days(query: &Fields<'_>) -> Result<Option<Vec<u8>>, DoorError> {
    let invalid = || DoorError::at(ReturnCode::InvalidFixedDaysOfMonth, "fixedDaysOfMonth");
    let days = query.small_numbers("fixedDaysOfMonth").map_err(|_| invalid())?;
    let is_day = |day: &u8| (1..=31).contains(day);
    match days {
        Some(days) if !days.iter().all(is_day) => Err(invalid()),
        days => Ok(days),
    }
}

fn on_fixed_days(filter: &LoanFilter, fixed_days: Vec<u8>) -> LoanSearch {
    let is = |column, key: Option<Key>| {
        key.map(|key| Constraint { fact: LoanFact::Column(column), test: Test::Is(vec![Value::Key(key)]) })
    };
    let stands = |status| Constraint { fact: LoanFact::Is(status), test: Test::Is(vec![Value::Flag(true)]) };
    let constraints = [
        is(Column::Branch, filter.branch),
        is(Column::Centre, filter.centre),
        is(Column::CreditOfficer, filter.credit_officer),
        is(Column::Holder, filter.holder.map(|holder| holder.key)),
        filter.status.map(stands),
    ];
    LoanSearch {
        constraints: constraints.into_iter().flatten().collect(),
        fixed_days,
        ..LoanSearch::default()
    }
}

fn status(query: &Fields<'_>) -> Result<Option<StateFilter>, DoorError> {
    let named = query.text("accountState")?;
    named.map(|name| state_filter(&name).ok_or_else(|| invalid("accountState"))).transpose()
}

/// A custom view would narrow the list in ways that are not here.
pub(super) fn refuse_custom_view(query: &Fields<'_>) -> Result<(), DoorError> {
    if query.has("viewfilter") { Err(DoorError::disabled("viewfilter")) } else { Ok(()) }
}

/// `POST /api/loans`.
pub(super) async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let account = asked.entity(asked.fields()?, "loanAccount")?;
    refuse_update(&asked, &account).await?;
    let unknown = || DoorError::at(ReturnCode::AccountHolderNotFound, "accountHolderKey");
    let (kind, named) = translate::new_loan::holder(&account)?;
    let reading = &asked.services.reading;
    let holder = match kind {
        HolderKind::Client => reading.find_client(&named).await?,
        HolderKind::Group => reading.find_group(&named).await?,
    };
    let holder = holder.ok_or_else(unknown)?;
    let of = Holder { kind, key: holder.key };
    let new = translate::new_loan::new_loan(&account, &outer, of, asked.catalog())?;
    let new = guaranteed(&asked, &account, new).await?;
    open(&asked, holder, new).await
}

/// `POST /api/clients/{client}/loans`: the basic form, or the JSON of `POST /api/loans`.
pub(super) async fn create_for_client(At(client): At<String>, asked: Asked) -> Answer {
    let holder = asked.client_address(&client).await?;
    let view = asked.services.reading.store().client(holder).await?;
    view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
    create_for(&asked, holder, HolderKind::Client).await
}

/// `POST /api/groups/{group}/loans`: the same for a group.
pub(super) async fn create_for_group(At(group): At<String>, asked: Asked) -> Answer {
    let holder = address_of(&groups::read(&asked, &group).await?);
    create_for(&asked, holder, HolderKind::Group).await
}

async fn create_for(asked: &Asked, holder: Address, kind: HolderKind) -> Answer {
    let outer = asked.fields()?;
    let account = outer.object("loanAccount")?;
    let account = match account {
        Some(account) => account,
        None => asked.fields()?,
    };
    refuse_update(asked, &account).await?;
    let of = Holder { kind, key: holder.key };
    let new = translate::new_loan::new_loan(&account, &outer, of, asked.catalog())?;
    let new = guaranteed(asked, &account, new).await?;
    open(asked, holder, new).await
}

/// In the contract a body with a key, or with an id that is taken, is an update, and an update may
/// change custom fields only: those are not here. A request that may be a retry of a creation is
/// left to the desk, which knows.
async fn refuse_update(asked: &Asked, account: &Fields<'_>) -> Result<(), DoorError> {
    if account.has("encodedKey") {
        return Err(DoorError::disabled("encodedKey"));
    }
    let Some(id) = account.text("id")? else { return Ok(()) };
    if !asked.may_be_a_retry() && asked.services.reading.find_loan(&id).await?.is_some() {
        return Err(DoorError::disabled("id"));
    }
    Ok(())
}

async fn open(asked: &Asked, holder: Address, new: NewLoan) -> Result<Response, DoorError> {
    if asked.actor().only_own_clients {
        let store = asked.services.reading.store();
        let officer = match new.holder.kind {
            HolderKind::Client => store.client(holder).await?.and_then(|view| view.client.assignment.user),
            HolderKind::Group => store.group(holder).await?.and_then(|view| view.group.assignment.user),
        };
        asked.require_officer_of(officer)?;
    }
    let outcome = asked.submit(Command::CreateLoan { holder, new: Box::new(new) }).await?;
    let LoanOutcome { loan, business_date, .. } = outcome.try_into()?;
    reply::created(&loan.id, &translate::loan::envelope(&loan, business_date))
}

/// `PATCH /api/loans/{loan}`.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let account = asked.entity(asked.fields()?, "loanAccount")?;
    let edit = translate::edit::loan_edit(&account, &outer)?;
    asked.submit_on_loan(&id, LoanCommand::Edit(Box::new(edit))).await?;
    reply::success()
}

/// `DELETE /api/loans/{loan}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    asked.submit_on_loan(&id, LoanCommand::Delete).await?;
    reply::success()
}

/// `POST /api/loans/{loan}/tranches`: the list is the new complete one.
pub(super) async fn set_tranches(At(id): At<String>, asked: Asked) -> Answer {
    let Some(tranches) = translate::tranches::tranches(&asked.fields()?)? else {
        return unchanged(&asked, &id).await;
    };
    let figures = LoanFigures { tranches: Some(tranches), ..LoanFigures::default() };
    let edit = LoanEdit { figures, ..LoanEdit::default() };
    changed(&asked, &id, LoanCommand::Edit(Box::new(edit))).await
}

/// `POST /api/loans/{loan}/guarantees`: the list is the new complete one.
pub(super) async fn set_guarantees(At(id): At<String>, asked: Asked) -> Answer {
    let Some(posted) = translate::securities::guarantees(&asked.fields()?)? else {
        return unchanged(&asked, &id).await;
    };
    let guarantees = with_guarantors(&asked, posted).await?;
    changed(&asked, &id, LoanCommand::SetGuarantees { guarantees }).await
}

async fn with_guarantors(asked: &Asked, all: Vec<Posted>) -> Result<Vec<StatedGuarantee>, DoorError> {
    let mut guarantees = Vec::with_capacity(all.len());
    for posted in all {
        let guarantor = match &posted.guarantor {
            None => None,
            Some(named) => Some(guarantor(asked, named, posted.is_group).await?),
        };
        guarantees.push(posted.with(guarantor));
    }
    Ok(guarantees)
}

/// The new loan with the guarantees that stand in its account.
async fn guaranteed(asked: &Asked, account: &Fields<'_>, mut new: NewLoan) -> Result<NewLoan, DoorError> {
    if let Some(posted) = translate::accompanying::guarantees(account)? {
        new.figures.accompanying.guarantees = Some(with_guarantors(asked, posted).await?);
    }
    Ok(new)
}

/// A guarantor as the book knows him or her. A group has no state in which it could not guarantee.
async fn guarantor(asked: &Asked, named: &str, is_group: bool) -> Result<StatedGuarantor, DoorError> {
    let kind = translate::securities::holder_kind(is_group);
    let reading = &asked.services.reading;
    let found = match kind {
        HolderKind::Client => match reading.find_client(named).await? {
            Some(at) => reading.store().client(at).await?.map(|view| (view.client.key, view.client.state)),
            None => None,
        },
        HolderKind::Group => match reading.find_group(named).await? {
            Some(at) => reading.store().group(at).await?.map(|view| (view.group.key, ClientState::Inactive)),
            None => None,
        },
    };
    if let Some((key, state)) = found {
        return Ok(StatedGuarantor { holder: Holder { kind, key }, state: Some(state) });
    }
    let unknown = |_| DoorError::at(ReturnCode::InvalidGuarantorKey, "guarantorKey");
    let key = named.parse().map_err(unknown)?;
    Ok(StatedGuarantor { holder: Holder { kind, key }, state: None })
}

/// `POST /api/loans/{loan}/funds`: the list is the new complete one.
pub(super) async fn set_funds(At(id): At<String>, asked: Asked) -> Answer {
    match translate::securities::funds(&asked.fields()?)? {
        None => unchanged(&asked, &id).await,
        Some(funds) => changed(&asked, &id, LoanCommand::SetFunds { funds }).await,
    }
}

/// The account as it stands, for a list that was not given.
async fn unchanged(asked: &Asked, id: &str) -> Answer {
    let loan = asked.loan(id).await?;
    reply::posted(&translate::loan::loan_account(&loan, asked.business_date(), true))
}

/// The account after a command, with all that hangs on it.
async fn changed(asked: &Asked, id: &str, command: LoanCommand) -> Answer {
    let LoanOutcome { loan, business_date, .. } = asked.submit_on_loan(id, command).await?;
    reply::posted(&translate::loan::loan_account(&loan, business_date, true))
}

/// `POST /api/loans/{loan}/action`: answered with the new loan.
pub(super) async fn act(At(id): At<String>, asked: Asked) -> Answer {
    let address = asked.loan_address(&id).await?;
    let old = asked.services.reading.store().loan(address).await?;
    let old = old.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidLoanAccountId))?;
    asked.require_officer_of(old.assignment.user)?;
    let holder = Address { part: address.part, key: old.holder.key };
    let fields = asked.fields()?;
    let mut restructure = translate::restructure::restructure(&fields, old.holder, asked.catalog())?;
    if let Some(account) = fields.object("loanAccount")? {
        restructure.new = guaranteed(&asked, &account, restructure.new).await?;
    }
    let restructure = Box::new(restructure);
    let outcome = asked.submit(Command::Restructure { loan: address, holder, restructure }).await?;
    let LoanOutcome { loan, business_date, .. } = outcome.try_into()?;
    reply::created(&loan.id, &translate::loan::loan_account(&loan, business_date, false))
}

/// The account after a command, as state changes are answered.
pub(super) fn account(loan: &Loan, business_date: jiff::civil::Date) -> Answer {
    reply::posted(&translate::loan::loan_account(loan, business_date, false))
}
