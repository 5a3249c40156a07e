//! Loan accounts: list, read, create, change, delete.

use axum::response::Response;
use jiff::civil::Date;
use loam_app::command::{Address, Command, Done};
use loam_app::search::columns::Column;
use loam_app::search::{Constraint, LoanFact, LoanSearch, Test, Value};
use loam_app::views::{GroupView, LoanFilter};
use loam_book::actor::Permission;
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{LoanCommand, LoanEdit, LoanFigures, NewLoan};
use loam_book::loan::securities::{StatedGuarantee, StatedGuarantor};
use loam_book::loan::{Holder, HolderKind, Loan};

use super::asked::{Asked, At, LoanOutcome};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::groups;
use super::in_full::InFull;
use super::lines_of_credit::named_by;
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
    one(&asked, &loan, full_details).await
}

/// The account as it stands.
async fn one(asked: &Asked, loan: &Loan, full_details: bool) -> Answer {
    if !full_details {
        return reply::ok(&translate::loan::loan_account(loan, asked.business_date(), false));
    }
    let in_full = InFull::of(asked, &[loan]).await?;
    reply::ok(&in_full.account(loan, asked.business_date()))
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
    one(asked, &loan, full_details).await
}

pub(super) fn address_of(view: &GroupView) -> Address {
    Address { part: view.group.part, key: view.group.key }
}

/// `GET /api/loans`.
pub(super) async fn list(asked: Asked) -> Answer {
    list_with(&asked, None).await
}

/// `GET /api/clients/{client}/loans`.
pub(super) async fn list_of_client(At(client): At<String>, asked: Asked) -> Answer {
    let holder = asked.reached_client(&client).await?;
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
        credit_officer: asked.officer_of_list(officer_filter(&query, asked.catalog())?, holder)?,
        status: None,
        holder,
        within: Vec::new(),
    };
    filter.within = asked.branches_of_list(filter.branch)?;
    match status(&query)? {
        Some(StateFilter::Never) => return reply::ok(&[(); 0]),
        Some(StateFilter::Status(status)) => filter.status = Some(status),
        None => {}
    }
    let loans = match fixed_days(&query)? {
        Some(days) => search::found(asked, &on_fixed_days(&filter, days), page).await?,
        None => asked.services.reading.store().loans(&filter, page).await?,
    };
    shown_list(asked, &loans, full_details).await
}

/// Accounts as a list shows them.
pub(super) async fn shown_list(asked: &Asked, loans: &[Loan], full_details: bool) -> Answer {
    let business_date = asked.business_date();
    if !full_details {
        let shown = |loan| translate::loan::loan_account(loan, business_date, false);
        return reply::ok(&loans.iter().map(shown).collect::<Vec<_>>());
    }
    let in_full = InFull::of(asked, &loans.iter().collect::<Vec<_>>()).await?;
    reply::ok(&loans.iter().map(|loan| in_full.account(loan, business_date)).collect::<Vec<_>>())
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
        within: filter.within.clone(),
        ..LoanSearch::default()
    }
}

fn status(query: &Fields<'_>) -> Result<Option<StateFilter>, DoorError> {
    let named = query.text("accountState")?;
    named.map(|name| state_filter(&name).ok_or_else(|| invalid("accountState"))).transpose()
}

/// No view is kept, so whichever is named, the caller has none like it. A list that ignored it would show more than was
/// asked for.
pub(super) fn refuse_custom_view(query: &Fields<'_>) -> Result<(), DoorError> {
    if query.has("viewfilter") {
        return Err(DoorError::at(ReturnCode::ViewNotAccessibleForUser, "viewfilter"));
    }
    Ok(())
}

/// `POST /api/loans`.
pub(super) async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let account = asked.entity(asked.fields()?, "loanAccount")?;
    if let Some(loan) = updated(&asked, &account).await? {
        return update_values(&asked, &loan, &[&outer, &account]).await;
    }
    let (kind, holder) = holder_of(&asked, &account).await?;
    let of = Holder { kind, key: holder.key };
    let new = translate::new_loan::applied_for(&account, &outer, of, asked.catalog())?;
    let new = guaranteed(&asked, &account, new).await?;
    open_or_update(&asked, holder, new, &[&outer, &account]).await
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
    if let Some(loan) = updated(asked, &account).await? {
        if loan.holder.key != holder.key {
            return Err(DoorError::at(ReturnCode::InvalidLoanAccountId, "loanAccount"));
        }
        return update_values(asked, &loan, &[&outer, &account]).await;
    }
    let of = Holder { kind, key: holder.key };
    let new = translate::new_loan::applied_for(&account, &outer, of, asked.catalog())?;
    let new = guaranteed(asked, &account, new).await?;
    open_or_update(asked, holder, new, &[&outer, &account]).await
}

/// In the contract a JSON body with a key, or with an id that is taken, is an update. A request that may be a retry
/// of a creation is left to the desk, which knows.
async fn updated(asked: &Asked, account: &Fields<'_>) -> Result<Option<Loan>, DoorError> {
    if !asked.is_json() {
        return Ok(None);
    }
    if let Some(key) = account.text("encodedKey")? {
        let unknown = || DoorError::at(ReturnCode::InvalidLoanAccountId, "encodedKey");
        let found = asked.loan(&key).await;
        let is_unknown = found.as_ref().is_err_and(|error| error.code() == ReturnCode::InvalidLoanAccountId);
        return if is_unknown { Err(unknown()) } else { found.map(Some) };
    }
    let Some(id) = account.text("id")? else { return Ok(None) };
    if asked.may_be_a_retry() || asked.services.reading.find_loan(&id).await?.is_none() {
        return Ok(None);
    }
    asked.loan(&id).await.map(Some)
}

/// `POST /api/loans/{loan}`: custom fields only, whatever else is said.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    let loan = asked.loan(&id).await?;
    let outer = asked.fields()?;
    let account = outer.object("loanAccount")?.unwrap_or_default();
    refuse_other_id(&account, &loan)?;
    update_values(&asked, &loan, &[&outer, &account]).await
}

/// What is not given stays; a list that is given is the new complete one.
async fn update_values(asked: &Asked, loan: &Loan, bodies: &[&Fields<'_>]) -> Answer {
    if let Some(stated) = translate::custom_field::stated_once(bodies)? {
        let stated = asked.completed(stated).await?;
        let address = Address { part: loan.part, key: loan.key };
        let owner = Owner { kind: OwnerKind::Loan, address, setting: Some(loan.terms.product) };
        let edit = CustomEdit::Replace(stated);
        asked.submit(Command::EditCustomValues { owner, account: Some(address), edit }).await?;
    }
    let in_full = InFull::of(asked, &[loan]).await?;
    reply::ok(&in_full.envelope(loan, asked.business_date()))
}

/// Refuses an account that names itself otherwise than the path does.
fn refuse_other_id(account: &Fields<'_>, loan: &Loan) -> Result<(), DoorError> {
    for (name, own) in [("encodedKey", loan.key.to_string()), ("id", loan.id.clone())] {
        if account.text(name)?.is_some_and(|named| named != own) {
            return Err(DoorError::at(ReturnCode::InconsistentIdentifierWithJson, name));
        }
    }
    Ok(())
}

/// Opens a loan. A request that may be a retry is an update after all where its id is taken and it is no retry.
async fn open_or_update(asked: &Asked, holder: Address, new: NewLoan, bodies: &[&Fields<'_>]) -> Answer {
    let id = new.id.clone();
    let opened = open(asked, holder, new).await;
    match (opened, id) {
        (Err(error), Some(id))
            if error.code() == ReturnCode::AccountIdAlreadyInUse && asked.may_update_after_all() =>
        {
            update_values(asked, &asked.loan(&id).await?, bodies).await
        }
        (opened, _) => opened,
    }
}

/// The client or group that a posted account names.
pub(super) async fn holder_of(
    asked: &Asked,
    account: &Fields<'_>,
) -> Result<(HolderKind, Address), DoorError> {
    let unknown = || DoorError::at(ReturnCode::AccountHolderNotFound, "accountHolderKey");
    let (kind, named) = translate::new_loan::holder(account)?;
    let reading = &asked.services.reading;
    let found = match kind {
        HolderKind::Client => reading.find_client(&named).await?,
        HolderKind::Group => reading.find_group(&named).await?,
    };
    Ok((kind, found.ok_or_else(unknown)?))
}

async fn open(asked: &Asked, holder: Address, new: NewLoan) -> Result<Response, DoorError> {
    let outcome = asked.submit(Command::CreateLoan { holder, new: Box::new(new) }).await?;
    if let Done::CustomValues { values } = &outcome.done {
        // The retry of an update.
        let loan = asked.loan(&values.address.key.to_string()).await?;
        let in_full = InFull::of(asked, &[&loan]).await?;
        return reply::ok(&in_full.envelope(&loan, asked.business_date()));
    }
    let LoanOutcome { loan, business_date, .. } = outcome.try_into()?;
    let in_full = InFull::of(asked, &[&loan]).await?;
    reply::created(&loan.id, &in_full.envelope(&loan, business_date))
}

/// `PATCH /api/loans/{loan}`.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let account = asked.entity(asked.fields()?, "loanAccount")?;
    let edit = translate::edit::loan_edit(&account, &outer)?;
    let address = asked.loan_address(&id).await?;
    if let Some(loan) = asked.services.reading.store().loan(address).await? {
        refuse_other_account(&asked, &account, &loan).await?;
    }
    asked.submit_on_loan(&id, LoanCommand::Edit(Box::new(edit))).await?;
    reply::success()
}

/// Clients send whole accounts back. Refuses one that says another id, holder, product or branch than the account has: a
/// change of these would be passed by.
async fn refuse_other_account(asked: &Asked, account: &Fields<'_>, loan: &Loan) -> Result<(), DoorError> {
    refuse_other_id(account, loan)?;
    let fixed = |name| DoorError::at(ReturnCode::LoanAccountFieldNotEditable, name);
    if is_of_other_holder(asked, account, loan).await? {
        return Err(fixed("accountHolderKey"));
    }
    let catalog = asked.catalog();
    let product = |named: &str| catalog.products.find(named).map(|found| found.key);
    let branch = |named: &str| catalog.branches.find(named).map(|found| found.key);
    let is_other = |name, own: Option<Key>, find: &dyn Fn(&str) -> Option<Key>| {
        Ok::<_, DoorError>(account.text(name)?.is_some_and(|named| find(&named) != own))
    };
    if is_other("productTypeKey", Some(loan.terms.product), &product)? {
        return Err(fixed("productTypeKey"));
    }
    if is_other("assignedBranchKey", loan.assignment.branch, &branch)? {
        return Err(fixed("assignedBranchKey"));
    }
    Ok(())
}

/// Whether an account names another client or group than the one whose loan it is.
async fn is_of_other_holder(asked: &Asked, account: &Fields<'_>, loan: &Loan) -> Result<bool, DoorError> {
    let Some(named) = account.text("accountHolderKey")? else { return Ok(false) };
    let reading = &asked.services.reading;
    let found = match loan.holder.kind {
        HolderKind::Client => reading.find_client(&named).await?,
        HolderKind::Group => reading.find_group(&named).await?,
    };
    Ok(found.is_none_or(|holder| holder.key != loan.holder.key))
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
    for mut posted in all {
        let custom_values = match posted.take_custom_values() {
            Some(stated) => Some(asked.completed(stated).await?),
            None => None,
        };
        let guarantor = match &posted.guarantor {
            None => None,
            Some(named) => Some(guarantor(asked, named, posted.is_group).await?),
        };
        guarantees.push(StatedGuarantee { custom_values, ..posted.with(guarantor) });
    }
    Ok(guarantees)
}

/// The new loan with the guarantees that stand in its account, and its custom field values completed.
async fn guaranteed(asked: &Asked, account: &Fields<'_>, mut new: NewLoan) -> Result<NewLoan, DoorError> {
    let accompanying = &mut new.figures.accompanying;
    let stated = std::mem::take(&mut accompanying.custom_values);
    accompanying.custom_values = asked.completed(stated).await?;
    accompanying.line_of_credit = named_by(asked, account).await?;
    let stated = std::mem::take(&mut accompanying.channel_values);
    accompanying.channel_values = asked.completed(stated).await?;
    if let Some(details) = accompanying.details.as_mut().filter(|_| !accompanying.channel_values.is_empty()) {
        let part = new.holder.key.part().unwrap_or(Part::new(0));
        details.values_key = Some(asked.services.desk.new_key(part));
    }
    if let Some(posted) = translate::accompanying::guarantees(account)? {
        new.figures.accompanying.guarantees = Some(with_guarantors(asked, posted).await?);
    }
    Ok(new)
}

/// A guarantor by where the name leads; whether anybody is there, and may guarantee, the desk says.
async fn guarantor(asked: &Asked, named: &str, is_group: bool) -> Result<StatedGuarantor, DoorError> {
    let kind = translate::securities::holder_kind(is_group);
    let reading = &asked.services.reading;
    let found = match kind {
        HolderKind::Client => reading.find_client(named).await?,
        HolderKind::Group => reading.find_group(named).await?,
    };
    let unknown = |_| DoorError::at(ReturnCode::InvalidGuarantorKey, "guarantorKey");
    let key = found.map_or_else(|| named.parse().map_err(unknown), |at| Ok(at.key))?;
    Ok(StatedGuarantor::named(Holder { kind, key }, found.map(|at| at.part)))
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
    posted(asked, &loan, asked.business_date()).await
}

async fn posted(asked: &Asked, loan: &Loan, business_date: Date) -> Answer {
    let in_full = InFull::of(asked, &[loan]).await?;
    reply::posted(&in_full.account(loan, business_date))
}

/// The account after a command, with all that hangs on it.
async fn changed(asked: &Asked, id: &str, command: LoanCommand) -> Answer {
    let LoanOutcome { loan, business_date, .. } = asked.submit_on_loan(id, command).await?;
    posted(asked, &loan, business_date).await
}

/// `POST /api/loans/{loan}/action`: answered with the new loan.
pub(super) async fn act(At(id): At<String>, asked: Asked) -> Answer {
    let address = asked.loan_address(&id).await?;
    let old = asked.services.reading.store().loan(address).await?;
    let old = old.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidLoanAccountId))?;
    let holder = Address { part: address.part, key: old.holder.key };
    let fields = asked.fields()?;
    let mut restructure = translate::restructure::restructure(&fields, old.holder, asked.catalog())?;
    if let Some(account) = fields.object("loanAccount")? {
        if is_of_other_holder(&asked, &account, &old).await? {
            return Err(DoorError::at(ReturnCode::InvalidParameters, "accountHolderKey"));
        }
        restructure.new = guaranteed(&asked, &account, restructure.new).await?;
    }
    let restructure = Box::new(restructure);
    let outcome = asked.submit(Command::Restructure { loan: address, holder, restructure }).await?;
    let LoanOutcome { loan, business_date, .. } = outcome.try_into()?;
    reply::created(&loan.id, &translate::loan::loan_account(&loan, business_date, false))
}

/// The account after a command, as state changes are answered.
pub(super) fn account(loan: &Loan, business_date: Date) -> Answer {
    reply::posted(&translate::loan::loan_account(loan, business_date, false))
}
