//! Loan accounts: made, read, with their schedules and investors.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::RawQuery;
use loam_app::command::{Address, Done};
use loam_app::views::{BookingFilter, LoanFilter, Page};
use loam_book::application::Application;
use loam_book::application::booking::BookingState;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_calc::money::Amount;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::additional::Wanted;
use super::applications::{Answer, MOST};
use super::asked::{Asked, Id};
use super::error::{DoorError, Named, Row};
use super::fields::Fields;
use super::loan_shown::{Around, detailed, loan_of, mean, row_of};
use super::loan_wire as wire;
use super::lookups;
use super::new_loan_account;
use super::translate::{Seen, number, timed};
use super::wire::{Envelope, LoanApplication, Nothing, PlatformError};

/// How many transactions of a loan are looked through at most.
pub(super) const TRANSACTIONS: Page = Page { offset: 0, limit: 2_000 };

/// Makes a loan account: for itself, or of a funded application that has none.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts",
    tag = "marketplace",
    operation_id = "create_market_loan_account",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewLoanAccount,
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(asked: Asked) -> Answer<wire::LoanAccount> {
    let command = new_loan_account::command_of(&asked, &Fields::of_json(&asked.body)?).await?;
    let (Done::Loan { loan, .. } | Done::Application { loan: Some(loan), .. }) =
        asked.submit(command).await?.done
    else {
        return Err(DoorError::Internal);
    };
    Ok(Json(Envelope::of(vec![shown(&asked, &loan, loan_of).await?])))
}

/// What stands behind the question mark of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    borrower_id: Option<String>,
}

/// The loan accounts of a borrower, in the order in which they were made; at most 2,000.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts",
    tag = "marketplace",
    operation_id = "list_market_loan_accounts",
    params(("borrowerId" = String, Query, description = "The account of the borrower, 15 or 18 characters"), ("additionalLoanFields" = Option<String>, Query, description = "Members besides, of the account, with commas between them"), ("additionalPaymentFields" = Option<String>, Query, description = "Members besides, of payments, with commas between them"), ("additionalChargeFields" = Option<String>, Query, description = "Members besides, of charges, with commas between them")),
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_INPUT`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list(RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::LoanAccount> {
    let borrower = borrower_of(query.as_deref())?;
    let wanted = wanted_of(query.as_deref(), &asked)?;
    of_borrower(&asked, borrower.as_deref(), &wanted).await
}

fn borrower_of(query: Option<&str>) -> Result<Option<String>, DoorError> {
    let listed: Result<Listed, _> = serde_urlencoded::from_str(query.unwrap_or_default());
    listed.map(|listed| listed.borrower_id).map_err(|_| DoorError::row(Row::UnableToParse))
}

fn wanted_of(query: Option<&str>, asked: &Asked) -> Result<Wanted, DoorError> {
    Wanted::of(query, (&asked.now.catalog, &asked.caller.actor))
}

async fn of_borrower(asked: &Asked, borrower: Option<&str>, wanted: &Wanted) -> Answer<wire::LoanAccount> {
    let reading = &asked.services.reading;
    let borrower = lookups::borrower(reading, borrower).await?;
    let loans = reading.store().loans(&LoanFilter::of_holder(borrower.client), MOST).await?;
    let mut all = Vec::with_capacity(loans.len());
    for loan in &loans {
        all.push(shown_with(asked, loan, (loan_of, wanted)).await?);
    }
    Ok(Json(Envelope::of(all)))
}

/// A loan account with its payments and charges; with a borrower, that borrower's instead.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/{id}",
    tag = "marketplace",
    operation_id = "read_market_loan_account",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("borrowerId" = Option<String>, Query, description = "Wins over the path"), ("additionalLoanFields" = Option<String>, Query, description = "Members besides, of the account, with commas between them"), ("additionalPaymentFields" = Option<String>, Query, description = "Members besides, of payments, with commas between them"), ("additionalChargeFields" = Option<String>, Query, description = "Members besides, of charges, with commas between them")),
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_INPUT`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn one(Id(id): Id, RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::LoanAccount> {
    let wanted = wanted_of(query.as_deref(), &asked)?;
    if let Some(borrower) = borrower_of(query.as_deref())? {
        return of_borrower(&asked, Some(&borrower), &wanted).await;
    }
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    Ok(Json(Envelope::of(vec![shown_with(&asked, &loan, (loan_of, &wanted)).await?])))
}

/// A loan account with its schedule and everything that moved it.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/getDetails/{id}",
    tag = "marketplace",
    operation_id = "read_market_loan_details",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("additionalLoanFields" = Option<String>, Query, description = "Members besides, of the account, with commas between them"), ("additionalPaymentFields" = Option<String>, Query, description = "Members besides, of payments, with commas between them"), ("additionalChargeFields" = Option<String>, Query, description = "Members besides, of charges, with commas between them"), ("additionalPmtSchdSummaryFields" = Option<String>, Query, description = "Members besides, of the summary of the schedule, with commas between them"), ("additionalAmzSchdFields" = Option<String>, Query, description = "Members besides, of installments, with commas between them"), ("additionalOtherTxnFields" = Option<String>, Query, description = "Members besides, of other transactions, with commas between them")),
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_INPUT`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn details(
    Id(id): Id,
    RawQuery(query): RawQuery,
    asked: Asked,
) -> Answer<wire::LoanAccount> {
    let wanted = wanted_of(query.as_deref(), &asked)?;
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    Ok(Json(Envelope::of(vec![shown_with(&asked, &loan, (detailed, &wanted)).await?])))
}

/// How much of a loan is shown.
type Shows = fn(&Loan, &Around<'_>) -> wire::LoanAccount;

/// A loan as it stands today, with what is around it.
pub(super) async fn shown(asked: &Asked, loan: &Loan, show: Shows) -> Result<wire::LoanAccount, DoorError> {
    shown_with(asked, loan, (show, &Wanted::default())).await
}

/// The same, with members that were asked for besides.
async fn shown_with(
    asked: &Asked,
    loan: &Loan,
    (show, wanted): (Shows, &Wanted),
) -> Result<wire::LoanAccount, DoorError> {
    let reading = &asked.services.reading;
    let address = Address { part: loan.part, key: loan.key };
    let now = reading.now().await?;
    let seen = reading.seen(address, now.view(None, None), &now).await?;
    let seen = seen.ok_or(DoorError::Named(Named::LoanNotFound))?;
    let transactions = reading.store().transactions(loan.part, loan.account_no, TRANSACTIONS).await?;
    let application = reading.store().application_of(loan.part, loan.account_no).await?;
    let around = Around {
        catalog: &now.catalog,
        business_date: now.state.business_date,
        schedule: &seen.schedule,
        borrower: lookups::account_of(reading, loan, application.as_ref()).await?,
        transactions: &transactions,
    };
    let mut account = show(&seen.loan, &around);
    wanted.fill(&mut account, (&seen.loan, &around), reading.store()).await?;
    Ok(account)
}

/// The application of a loan account.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/getLoanApp/{id}",
    tag = "marketplace",
    operation_id = "read_application_of_loan",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name")),
    responses(
        (status = 200, body = Envelope<LoanApplication>),
        (status = 400, description = "`INVALID_INPUT`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn application(Id(id): Id, asked: Asked) -> Answer<LoanApplication> {
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let found = application_of(&asked, &loan).await?;
    let found = found.ok_or_else(|| DoorError::row(Row::LoanApplicationNull))?;
    let seen = Seen {
        catalog: &asked.now.catalog,
        business_date: asked.now.state.business_date,
        clock: asked.services.clock.now(),
    };
    Ok(Json(Envelope::of(vec![timed(&found, seen)])))
}

async fn application_of(asked: &Asked, loan: &Loan) -> Result<Option<Application>, DoorError> {
    Ok(asked.services.reading.store().application_of(loan.part, loan.account_no).await?)
}

/// How many investors a loan has and how much they have in it on the average, in `response`.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/getInvestmentDetails/{id}",
    tag = "marketplace",
    operation_id = "read_investment_details",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name")),
    responses(
        (status = 200, body = Envelope<Nothing>),
        (status = 400, description = "`LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn investment_details(Id(id): Id, asked: Asked) -> Answer<Nothing> {
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let (investors, count, sum) = investments(&asked, &loan).await?;
    let average = number(&mean(sum, count, loan.terms.currency));
    let text = format!("{{\"noOfInvestors\":{investors},\"avgBidSize\":{average}}}");
    let details = RawValue::from_string(text).map_err(|_| DoorError::Internal)?;
    Ok(Json(Envelope { response: vec![details], ..Envelope::of(Vec::new()) }))
}

/// Different investors of a loan, how many bids they have, and what these come to: what they have in the loan once it
/// is paid out, bids that win before that.
async fn investments(asked: &Asked, loan: &Loan) -> Result<(usize, i64, Amount), DoorError> {
    if loan.state().disbursed_on().is_some() {
        let funds = loan.servicing.course.funds.iter();
        return counted(funds.map(|fund| (fund.account, fund.amount)).collect());
    }
    let Some(application) = application_of(asked, loan).await? else { return Ok((0, 0, Amount::ZERO)) };
    let filter = BookingFilter { application: Some(application.address()), ..BookingFilter::default() };
    let bookings = asked.services.reading.store().bookings(&filter, Page::ALL).await?;
    let is_bid = |state: &BookingState| matches!(state, BookingState::Open | BookingState::Invested { .. });
    let won = bookings.iter().filter(|booking| is_bid(&booking.state));
    counted(won.map(|booking| (booking.account.key, booking.won(&application))).collect())
}

/// Of parts of a loan, each with the account that has it, those that are not empty.
fn counted(mut parts: Vec<(Key, Amount)>) -> Result<(usize, i64, Amount), DoorError> {
    parts.retain(|(_, part)| part.is_positive());
    let accounts: BTreeSet<Key> = parts.iter().map(|(account, _)| *account).collect();
    let count = i64::try_from(parts.len()).map_err(|_| DoorError::Internal)?;
    Ok((accounts.len(), count, parts.iter().map(|(_, part)| *part).sum()))
}

/// The schedule of a loan account.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/amzSchedule/{id}",
    tag = "marketplace",
    operation_id = "read_market_loan_schedule",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name")),
    responses(
        (status = 200, body = Envelope<wire::ScheduleRow>),
        (status = 400, description = "`LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn schedule(Id(id): Id, asked: Asked) -> Answer<wire::ScheduleRow> {
    let reading = &asked.services.reading;
    let loan = lookups::loan(reading, &id).await?;
    let address = Address { part: loan.part, key: loan.key };
    let seen = reading.seen(address, asked.now.view(None, None), &asked.now).await?;
    let seen = seen.ok_or(DoorError::Named(Named::LoanNotFound))?;
    let rows = seen.schedule.iter().map(|row| row_of(&loan, row));
    Ok(Json(Envelope::of(rows.collect())))
}
