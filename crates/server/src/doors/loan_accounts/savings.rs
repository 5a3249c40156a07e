//! Deposit accounts: list, read, create, change, delete; their transactions; their products.

use loam_app::command::{Address, Command, Done, Outcome, TransferTo};
use loam_app::views::SavingsFilter;
use loam_book::actor::Permission;
use loam_book::custom_field::value::{CustomEdit, StatedValue};
use loam_book::loan::Holder;
use loam_book::loan::refusal::Refusal;
use loam_book::savings::Savings;
use loam_book::savings::command::{Move, NewSavings, SavingsCommand};
use loam_book::savings::transaction::SavingsTransaction;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::groups;
use super::lines_of_credit::named_by;
use super::loans::{address_of, holder_of, refuse_custom_view};
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::movement::Setting;
use super::translate::new_client::{branch_filter, centre_filter, officer_filter};
use super::translate::new_savings::{self, new_savings, savings_edit};
use super::translate::page::{page, slice};
use super::translate::savings::{
    envelope, savings_account, savings_product, savings_transaction, state_filter, with_values,
};
use super::wire::savings::SavingsTransaction as SavingsTransactionShown;

/// What a command on a deposit account led to.
struct SavingsOutcome {
    account: Box<Savings>,
    transactions: Vec<SavingsTransaction>,
}

/// `GET /api/savings/{savings}`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    let account = account(&asked, &id).await?;
    if !full_details {
        return reply::ok(&savings_account(&account, asked.business_date(), false));
    }
    let kept = asked.kept_values(vec![account.address()]).await?;
    reply::ok(&with_values(&account, asked.business_date(), asked.shown(&kept)))
}

/// `GET /api/savings`.
pub(super) async fn list(asked: Asked) -> Answer {
    list_with(&asked, None).await
}

/// `GET /api/clients/{client}/savings`.
pub(super) async fn list_of_client(At(client): At<String>, asked: Asked) -> Answer {
    let holder = asked.reached_client(&client).await?;
    list_with(&asked, Some(holder)).await
}

/// `GET /api/groups/{group}/savings`.
pub(super) async fn list_of_group(At(group): At<String>, asked: Asked) -> Answer {
    let view = groups::read(&asked, &group).await?;
    list_with(&asked, Some(address_of(&view))).await
}

/// Deposit accounts of one holder, or of all.
async fn list_with(asked: &Asked, holder: Option<Address>) -> Answer {
    asked.require(Permission::ViewSavingsAccountDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let Some(status) = status(&query)? else { return reply::ok(&[(); 0]) };
    let mut filter = SavingsFilter {
        branch: branch_filter(&query, asked.catalog())?,
        centre: centre_filter(&query, asked.catalog())?,
        credit_officer: asked.officer_of_list(officer_filter(&query, asked.catalog())?, holder)?,
        status,
        holder,
        within: Vec::new(),
    };
    filter.within = asked.branches_of_list(filter.branch)?;
    let accounts = asked.services.reading.store().list_savings(&filter, page).await?;
    shown_list(asked, &accounts, full_details).await
}

/// Deposit accounts as a list shows them.
pub(super) async fn shown_list(asked: &Asked, accounts: &[Savings], full_details: bool) -> Answer {
    let date = asked.business_date();
    if !full_details {
        return reply::ok(&accounts.iter().map(|row| savings_account(row, date, false)).collect::<Vec<_>>());
    }
    let kept = asked.kept_values(accounts.iter().map(Savings::address).collect()).await?;
    let values = asked.shown(&kept);
    reply::ok(&accounts.iter().map(|row| with_values(row, date, values)).collect::<Vec<_>>())
}

/// The state to look for, if one is named; `None` where nothing can be found.
fn status(query: &Fields<'_>) -> Result<Option<Option<&'static str>>, DoorError> {
    let Some(name) = query.text("accountState")? else { return Ok(Some(None)) };
    Ok(state_filter(&name).ok_or_else(|| invalid("accountState"))?.map(Some))
}

/// `POST /api/savings`.
pub(super) async fn create(asked: Asked) -> Answer {
    let posted = asked.entity(asked.fields()?, "savingsAccount")?;
    if let Some(key) = posted.owned("encodedKey")? {
        return updated(&asked, &key).await;
    }
    refuse_taken_id(&asked, &posted).await?;
    let (kind, holder) = holder_of(&asked, &posted).await?;
    let line_of_credit = named_by(&asked, &posted).await?;
    let new = new_savings(&posted, Holder { kind, key: holder.key }, asked.catalog())?;
    let custom_values = values(&asked, &posted).await?.unwrap_or_default();
    let new = NewSavings { line_of_credit, custom_values, ..new };
    let outcome = asked.submit(Command::CreateSavings { holder, new: Box::new(new) }).await?;
    let SavingsOutcome { account, .. } = outcome.into();
    let kept = asked.kept_values(vec![account.address()]).await?;
    reply::created(&account.id, &envelope(&account, asked.business_date(), asked.shown(&kept)))
}

/// The custom field values of a request: they stand around the account, or in it.
async fn values(asked: &Asked, posted: &Fields<'_>) -> Result<Option<Vec<StatedValue>>, DoorError> {
    let mut all = None;
    for body in [&asked.fields()?, posted] {
        if let Some(stated) = asked.stated(body).await? {
            all.get_or_insert_with(Vec::new).extend(stated);
        }
    }
    Ok(all)
}

/// An id that is taken is told before anything else is looked at. A request that may be a retry of a
/// creation is left to the desk.
async fn refuse_taken_id(asked: &Asked, posted: &Fields<'_>) -> Result<(), DoorError> {
    let Some(id) = posted.text("id")? else { return Ok(()) };
    if !asked.may_be_a_retry() && asked.services.reading.find_savings(&id).await?.is_some() {
        return Err(DoorError::at(ReturnCode::AccountIdAlreadyInUse, "id"));
    }
    Ok(())
}

/// `POST /api/savings/{savings}`: what is named changes; a list of custom field values that is given is the
/// new complete one.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    updated(&asked, &id).await
}

async fn updated(asked: &Asked, id: &str) -> Answer {
    let account = changed(asked, id, CustomEdit::Replace).await?;
    let kept = asked.kept_values(vec![account.address()]).await?;
    reply::ok(&envelope(&account, asked.business_date(), asked.shown(&kept)))
}

/// `PATCH /api/savings/{savings}`: what is named changes, of custom field values too.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    changed(&asked, &id, CustomEdit::Put).await?;
    reply::success()
}

/// `list` says what a list of custom field values means.
async fn changed(
    asked: &Asked,
    id: &str,
    list: impl Fn(Vec<StatedValue>) -> CustomEdit + Send,
) -> Result<Box<Savings>, DoorError> {
    let outer = asked.fields()?;
    let posted = match asked.entity(asked.fields()?, "savingsAccount") {
        Err(_) if outer.names("customInformation") => Fields::default(),
        posted => posted?,
    };
    let address = address(asked, id).await?;
    let present = reached(asked, id).await?;
    for (name, own) in [("encodedKey", present.key.to_string()), ("id", present.id.clone())] {
        if posted.text(name)?.is_some_and(|named| named != own) {
            return Err(DoorError::at(ReturnCode::InconsistentIdentifierWithJson, name));
        }
    }
    let mut edit = savings_edit(&posted, asked.catalog())?;
    edit.custom_values = values(asked, &posted).await?.map(list);
    Ok(submit_on(asked, address, SavingsCommand::Edit(Box::new(edit))).await?.account)
}

/// `DELETE /api/savings/{savings}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    submit_on(&asked, address(&asked, &id).await?, SavingsCommand::Delete).await?;
    reply::success()
}

/// `GET /api/savings/{savings}/transactions`: newest first.
pub(super) async fn transactions(At(id): At<String>, asked: Asked) -> Answer {
    let query = asked.query()?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let account = account(&asked, &id).await?;
    let place = (account.part, account.account_no);
    let rows = asked.services.reading.store().savings_transactions(place.0, place.1, page).await?;
    let rows: Vec<(&Savings, &SavingsTransaction)> = rows.iter().map(|row| (&account, row)).collect();
    shown_transactions(&asked, &rows, full_details).await
}

/// Transactions as a list shows them.
pub(super) async fn shown_transactions(
    asked: &Asked,
    rows: &[(&Savings, &SavingsTransaction)],
    full_details: bool,
) -> Answer {
    let named = rows.iter().filter(|_| full_details);
    let addresses = named.map(|(account, row)| Address { part: account.part, key: row.values_key(account) });
    let kept = asked.kept_values(addresses.collect()).await?;
    let values = asked.shown(&kept);
    let mut list = Vec::with_capacity(rows.len());
    for (account, row) in rows {
        list.push(SavingsTransactionShown {
            custom_information: full_details.then(|| values.of(row.values_key(account))),
            ..savings_transaction(row, account, asked.catalog(), full_details)
        });
    }
    reply::ok(&list)
}

/// `POST /api/savings/{savings}/transactions`: JSON or form; the `type` says which command.
pub(super) async fn post(At(id): At<String>, asked: Asked) -> Answer {
    let address = address(&asked, &id).await?;
    let setting =
        Setting { catalog: asked.catalog(), business_date: asked.business_date(), part: address.part };
    let (wanted, currency) = new_savings::asked(&asked.fields()?, setting)?;
    if let Some(currency) = currency {
        let kept = reached(&asked, &id).await?;
        if kept.terms.currency != currency {
            return Err(DoorError::at(ReturnCode::AccountCurrencyNotMatch, "currencyCode"));
        }
    }
    let values = asked.stated(&asked.fields()?).await?.unwrap_or_default();
    match wanted {
        new_savings::Asked::Life(command) => {
            let command = command.with_values(values).map_err(Refusal::CustomField)?;
            let SavingsOutcome { account, .. } = submit_on(&asked, address, command).await?;
            reply::posted(&savings_account(&account, asked.business_date(), false))
        }
        new_savings::Asked::Money(command) => {
            let command = command.with_values(values).map_err(Refusal::CustomField)?;
            moved(&asked, submit_on(&asked, address, command).await?)
        }
        new_savings::Asked::Transfer { to, is_loan, wanted } => {
            let to = target(&asked, &to, is_loan).await?;
            let wanted = Box::new(Move { custom_values: values, ..wanted });
            let command = Command::Transfer { from: address, to, wanted };
            moved(&asked, asked.submit(command).await?.into())
        }
    }
}

/// The account that a transfer names.
async fn target(asked: &Asked, id: &str, is_loan: bool) -> Result<TransferTo, DoorError> {
    let (found, code, name) = if is_loan {
        let found = asked.services.reading.find_loan(id).await?.map(TransferTo::Loan);
        (found, ReturnCode::InvalidLoanAccountId, "toLoanAccount")
    } else {
        let found = asked.services.reading.find_savings(id).await?.map(TransferTo::Savings);
        (found, ReturnCode::InvalidSavingsAccountId, "toSavingsAccount")
    };
    found.ok_or_else(|| DoorError::at(code, name))
}

/// The transaction that a command brought.
fn moved(asked: &Asked, outcome: SavingsOutcome) -> Answer {
    let SavingsOutcome { account, transactions } = outcome;
    let Some(transaction) = transactions.first() else {
        tracing::error!(account.id = %account.key, "a movement left no transaction to show");
        return Err(DoorError::new(ReturnCode::InternalError));
    };
    reply::posted(&savings_transaction(transaction, &account, asked.catalog(), false))
}

/// `GET /api/savingsproducts`.
pub(super) async fn list_products(asked: Asked) -> Answer {
    asked.require(Permission::ViewSavingsProductDetails)?;
    let page = page(&asked.query()?)?;
    let products = slice(asked.catalog().savings_products.iter(), page);
    reply::ok(&products.map(|product| savings_product(product)).collect::<Vec<_>>())
}

/// `GET /api/savingsproducts/{product}`.
pub(super) async fn show_product(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewSavingsProductDetails)?;
    let found = asked.catalog().savings_products.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidProductId))?;
    reply::ok(&savings_product(found))
}

/// Where the deposit account of the path is kept.
pub(super) async fn address(asked: &Asked, id: &str) -> Result<Address, DoorError> {
    let found = asked.services.reading.find_savings(id).await?;
    found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidSavingsAccountId))
}

/// The deposit account of the path, if the caller may see it.
pub(super) async fn account(asked: &Asked, id: &str) -> Result<Savings, DoorError> {
    asked.require(Permission::ViewSavingsAccountDetails)?;
    reached(asked, id).await
}

/// The deposit account of the path, within the caller's reach.
pub(super) async fn reached(asked: &Asked, id: &str) -> Result<Savings, DoorError> {
    let address = address(asked, id).await?;
    let account = asked.services.reading.store().savings(address).await?;
    let account = account.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidSavingsAccountId))?;
    asked.require_reach(&account.assignment)?;
    Ok(account)
}

async fn submit_on(
    asked: &Asked,
    account: Address,
    command: SavingsCommand,
) -> Result<SavingsOutcome, DoorError> {
    Ok(asked.submit(Command::Savings { account, command }).await?.into())
}

impl From<Outcome> for SavingsOutcome {
    fn from(outcome: Outcome) -> SavingsOutcome {
        match outcome.done {
            Done::Savings { account, transactions } => SavingsOutcome { account, transactions },
            Done::Loan { .. }
            | Done::Client { .. }
            | Done::Group { .. }
            | Done::Application { .. }
            | Done::Booking { .. }
            | Done::FundTransaction { .. }
            | Done::BookingOrder { .. }
            | Done::Orders { .. }
            | Done::Report { .. }
            | Done::Lead { .. }
            | Done::CustomValues { .. }
            | Done::Paper { .. }
            | Done::ManualEntry { .. }
            | Done::Posted { .. }
            | Done::Line { .. }
            | Done::Record { .. }
            | Done::LoanMoved { .. }
            | Done::ManyBegun
            | Done::BusinessDate { .. } => unreachable!("a command on a deposit account leads to one"),
        }
    }
}
