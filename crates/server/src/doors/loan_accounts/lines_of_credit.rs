//! Lines of credit: list, read, create, change; the accounts on them.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use loam_app::command::{Address, Command, Done};
use loam_app::search::items::ItemSearch;
use loam_app::search::lines_of_credit::search_lines;
use loam_app::views::LineFilter;
use loam_book::actor::Permission;
use loam_book::custom_field::value::CustomEdit;
use loam_book::line_of_credit::{LineCommand, LineOfCredit};
use loam_book::loan::command::LoanCommand;
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::savings::command::SavingsCommand;

use crate::Services;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::loans::{address_of, refuse_custom_view};
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::line_of_credit::{expanded, line_edit, line_of_credit, new_line, state, with_values};
use super::translate::new_client::{branch_filter, centre_filter, officer_filter};
use super::translate::page::page;
use super::translate::savings::savings_account;
use super::translate::search::{Selections, item_search};
use super::wire::line_of_credit::AccountsOfLine;
use super::{clients, groups, savings, search, translate};

pub(super) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/linesofcredit", get(list).post(create))
        .route("/api/linesofcredit/search", post(find))
        .route("/api/linesofcredit/{line}", get(show).patch(edit))
        .route("/api/linesofcredit/{line}/accounts", get(accounts))
        .route("/api/linesofcredit/{line}/loans/{loan}", post(add_loan).delete(remove_loan))
        .route("/api/linesofcredit/{line}/savings/{savings}", post(add_savings).delete(remove_savings))
        .route("/api/clients/{client}/linesofcredit", get(list_of_client))
        .route("/api/groups/{group}/linesofcredit", get(list_of_group))
}

/// `GET /api/linesofcredit`.
async fn list(asked: Asked) -> Answer {
    list_with(&asked, None).await
}

/// `GET /api/clients/{client}/linesofcredit`.
async fn list_of_client(At(client): At<String>, asked: Asked) -> Answer {
    let client = clients::read(&asked, &client).await?.client;
    list_with(&asked, Some(Address { part: client.part, key: client.key })).await
}

/// `GET /api/groups/{group}/linesofcredit`.
async fn list_of_group(At(group): At<String>, asked: Asked) -> Answer {
    let view = groups::read(&asked, &group).await?;
    list_with(&asked, Some(address_of(&view))).await
}

/// Lines of one holder, or of all.
async fn list_with(asked: &Asked, holder: Option<Address>) -> Answer {
    asked.require(Permission::ViewLineOfCreditDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let mut filter = LineFilter {
        branch: branch_filter(&query, asked.catalog())?,
        centre: centre_filter(&query, asked.catalog())?,
        credit_officer: asked.officer_of_list(officer_filter(&query, asked.catalog())?, holder)?,
        state: state(&query)?,
        holder,
        within: Vec::new(),
    };
    filter.within = asked.branches_of_list(filter.branch)?;
    let lines = asked.services.reading.store().lines_of_credit(&filter, page).await?;
    shown_list(asked, &lines, full_details).await
}

async fn shown_list(asked: &Asked, lines: &[LineOfCredit], full_details: bool) -> Answer {
    if !full_details {
        return reply::ok(&lines.iter().map(line_of_credit).collect::<Vec<_>>());
    }
    let kept = asked.kept_values(lines.iter().map(LineOfCredit::address).collect()).await?;
    let values = asked.shown(&kept);
    reply::ok(&lines.iter().map(|line| with_values(line, values)).collect::<Vec<_>>())
}

/// `POST /api/linesofcredit/search`.
async fn find(asked: Asked) -> Answer {
    asked.require(Permission::ViewLineOfCreditDetails)?;
    let query = asked.query()?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let selections = Selections::native(translate::search::lines_of_credit::select);
    let search = item_search(&asked.fields()?, &selections, search::today(&asked))?;
    let search =
        ItemSearch { credit_officer: asked.own_officer(), within: asked.branches_of_list(None)?, ..search };
    let lines = search_lines(asked.services.reading.store(), &search, page).await?;
    shown_list(&asked, &lines, full_details).await
}

/// `GET /api/linesofcredit/{line}`.
async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let line = read(&asked, &id).await?;
    let kept = asked.kept_values(vec![line.address()]).await?;
    reply::ok(&expanded(&line, asked.shown(&kept)))
}

/// `POST /api/linesofcredit`.
async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let posted = asked.entity(asked.fields()?, "lineOfCredit")?;
    if posted.has("encodedKey") {
        return Err(DoorError::at(ReturnCode::ParameterNotAllowed, "encodedKey"));
    }
    let (kind, named) = translate::line_of_credit::holder(&posted)?;
    let holder = match kind {
        HolderKind::Client => asked.services.reading.find_client(&named).await?,
        HolderKind::Group => asked.services.reading.find_group(&named).await?,
    };
    let holder = holder.ok_or_else(|| DoorError::new(ReturnCode::AccountHolderNotFound))?;
    let mut new = new_line(&posted, Holder { kind, key: holder.key })?;
    new.custom_values = stated(&asked, &outer, &posted).await?.unwrap_or_default();
    let command = LineCommand::Create { holder, new };
    let line = of(asked.submit(Command::Line(Box::new(command))).await?.done);
    let kept = asked.kept_values(vec![line.address()]).await?;
    reply::created(&line.id, &expanded(&line, asked.shown(&kept)))
}

/// `PATCH /api/linesofcredit/{line}`: terms, notes, state, custom fields.
async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let posted = match asked.entity(asked.fields()?, "lineOfCredit") {
        Ok(posted) => posted,
        Err(_) if outer.names("customInformation") => Fields::default(),
        Err(missing) => return Err(missing),
    };
    let line = kept(&asked, &id).await?;
    asked.require_same_key(&posted, line.key)?;
    let mut edit = line_edit(&posted, &line)?;
    edit.custom_values = stated(&asked, &outer, &posted).await?.map(CustomEdit::Put);
    let command = LineCommand::Edit { line: line.address(), edit };
    asked.submit(Command::Line(Box::new(command))).await?;
    reply::success()
}

/// Values stand beside the line or in it.
async fn stated(
    asked: &Asked,
    outer: &Fields<'_>,
    posted: &Fields<'_>,
) -> Result<Option<Vec<loam_book::custom_field::value::StatedValue>>, DoorError> {
    match asked.stated(outer).await? {
        None => asked.stated(posted).await,
        given => Ok(given),
    }
}

/// `GET /api/linesofcredit/{line}/accounts`.
async fn accounts(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    asked.require(Permission::ViewSavingsAccountDetails)?;
    let line = read(&asked, &id).await?;
    let store = asked.services.reading.store();
    let (mut loans, mut deposits) = (Vec::new(), Vec::new());
    for on_it in &line.uses {
        let address = Address { part: line.part, key: on_it.account };
        if on_it.is_loan {
            loans.extend(store.loan(address).await?.filter(|loan| asked.reaches(&loan.assignment)));
        } else {
            let account = store.savings(address).await?;
            deposits.extend(account.filter(|account| asked.reaches(&account.assignment)));
        }
    }
    let day = asked.business_date();
    reply::ok(&AccountsOfLine {
        loan_accounts: loans.iter().map(|loan| translate::loan::loan_account(loan, day, false)).collect(),
        savings_accounts: deposits
            .iter()
            .map(|account| savings_account(account, asked.business_date(), false))
            .collect(),
    })
}

/// `POST /api/linesofcredit/{line}/loans/{loan}`: the account is the answer.
async fn add_loan(At((line, loan)): At<(String, String)>, asked: Asked) -> Answer {
    let line = address(&asked, &line).await?.key;
    let loan = on_loan(&asked, &loan, LoanCommand::PutOnLineOfCredit { line }).await?;
    reply::posted(&translate::loan::loan_account(&loan, asked.business_date(), false))
}

/// `DELETE /api/linesofcredit/{line}/loans/{loan}`.
async fn remove_loan(At((line, loan)): At<(String, String)>, asked: Asked) -> Answer {
    let line = address(&asked, &line).await?.key;
    on_loan(&asked, &loan, LoanCommand::TakeOffLineOfCredit { line }).await?;
    reply::success()
}

async fn on_loan(asked: &Asked, loan: &str, command: LoanCommand) -> Result<Arc<Loan>, DoorError> {
    Ok(asked.submit_on_loan(loan, command).await?.loan)
}

/// `POST /api/linesofcredit/{line}/savings/{savings}`: the account is the answer.
async fn add_savings(At((line, account)): At<(String, String)>, asked: Asked) -> Answer {
    let line = address(&asked, &line).await?.key;
    let account = savings::address(&asked, &account).await?;
    let command = Command::Savings { account, command: SavingsCommand::PutOnLineOfCredit { line } };
    let Done::Savings { account, .. } = asked.submit(command).await?.done else {
        unreachable!("a command on a deposit account leads to one")
    };
    reply::posted(&savings_account(&account, asked.business_date(), false))
}

/// `DELETE /api/linesofcredit/{line}/savings/{savings}`.
async fn remove_savings(At((line, account)): At<(String, String)>, asked: Asked) -> Answer {
    let line = address(&asked, &line).await?.key;
    let account = savings::address(&asked, &account).await?;
    asked.submit(Command::Savings { account, command: SavingsCommand::TakeOffLineOfCredit { line } }).await?;
    reply::success()
}

/// The line of the path, if the caller may see it.
pub(super) async fn read(asked: &Asked, id: &str) -> Result<LineOfCredit, DoorError> {
    asked.require(Permission::ViewLineOfCreditDetails)?;
    kept(asked, id).await
}

/// The line of the path, if it is in the caller's care.
pub(super) async fn kept(asked: &Asked, id: &str) -> Result<LineOfCredit, DoorError> {
    let address = address(asked, id).await?;
    let line = asked.services.reading.store().line_of_credit(address).await?.ok_or_else(unknown)?;
    asked.require_reach(&line.assignment)?;
    Ok(line)
}

/// Where the line of the path is kept.
pub(super) async fn address(asked: &Asked, id: &str) -> Result<Address, DoorError> {
    asked.services.reading.find_line(id).await?.ok_or_else(unknown)
}

/// The line that an account names to be on.
pub(super) async fn named_by(
    asked: &Asked,
    account: &Fields<'_>,
) -> Result<Option<loam_book::ids::Key>, DoorError> {
    let Some(named) = account.text("lineOfCreditKey")? else { return Ok(None) };
    let found = asked.services.reading.find_line(&named).await?;
    let unknown = || DoorError::at(ReturnCode::InvalidLineOfCreditId, "lineOfCreditKey");
    found.map(|line| Some(line.key)).ok_or_else(unknown)
}

fn unknown() -> DoorError {
    DoorError::not_found(ReturnCode::InvalidLineOfCreditId)
}

fn of(done: Done) -> LineOfCredit {
    let Done::Line { line } = done else { unreachable!("a command on a line of credit leads to one") };
    *line
}
