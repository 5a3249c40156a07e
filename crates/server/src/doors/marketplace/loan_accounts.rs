//! Loan accounts: made, read, with their schedules and investors.

use axum::Json;
use axum::extract::RawQuery;
use loam_app::command::{Address, Command, Done, MarketCommand};
use loam_app::views::{BookingFilter, LoanFilter, Page};
use loam_book::application::Application;
use loam_book::application::booking::BookingState;
use loam_book::loan::command::{LoanFigures, NewLoan};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::party::Assignment;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::PeriodUnit;
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
use super::translate::{Seen, number, wire_of};
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
    let fields = Fields::of_json(&asked.body)?;
    let command = match fields.text("loanApplication")? {
        Some(application) => conversion(&asked, &application).await?,
        None => creation(&asked, &fields).await?,
    };
    let (Done::Loan { loan, .. } | Done::Application { loan: Some(loan), .. }) =
        asked.submit(command).await?.done
    else {
        return Err(DoorError::Internal);
    };
    Ok(Json(Envelope::of(vec![shown(&asked, &loan, loan_of).await?])))
}

async fn conversion(asked: &Asked, application: &str) -> Result<Command, DoorError> {
    let found = lookups::application(&asked.services.reading, application).await?;
    let found = found.ok_or_else(|| DoorError::row(Row::LoanApplicationNull))?;
    let borrower = Address { part: found.part, key: found.borrower };
    Ok(Command::Market(Box::new(MarketCommand::Convert { application: found.address(), borrower })))
}

async fn creation(asked: &Asked, fields: &Fields) -> Result<Command, DoorError> {
    let catalog = &asked.now.catalog;
    let figures = figures(fields)?;
    let (borrower, product) = (fields.text("borrowerId")?, fields.text("loanProductId")?);
    let purpose = lookups::purpose(catalog, fields.text("purpose")?);
    let borrower = lookups::borrower(&asked.services.reading, borrower.as_deref()).await?;
    let product = product.ok_or_else(|| DoorError::row(Row::LoanProductIdNull))?;
    if !purpose.value.is_empty() && purpose.key.is_none() {
        return Err(DoorError::row(Row::LoanPurposeNotValid));
    }
    if figures.amount.is_none() {
        return Err(DoorError::row(Row::LoanAmountNotValid));
    }
    if figures.installments.is_none_or(|term| term == 0) {
        return Err(DoorError::row(Row::TermNotValid));
    }
    let dates = [
        ("firstInstallmentDate", figures.first_due_date.is_none()),
        ("expectedDisbursalDate", figures.expected_disbursement_on.is_none()),
    ];
    if let Some((name, _)) = dates.into_iter().find(|(_, is_missing)| *is_missing) {
        return Err(DoorError::Exception(format!("{name} is null")));
    }
    let product = lookups::product(catalog, Some(product));
    let product = product.key.ok_or(DoorError::from(Refusal::UnknownProduct { value: product.value }))?;
    let holder = Holder { kind: HolderKind::Client, key: borrower.client.key };
    let assignment = Assignment::default();
    let new = NewLoan { id: None, holder, product, name: None, notes: None, assignment, figures };
    Ok(Command::CreateLoan { holder: borrower.client, new: Box::new(new) })
}

const FREQUENCIES: [(&str, u32, PeriodUnit); 5] = [
    ("Monthly", 1, PeriodUnit::Months),
    ("Weekly", 1, PeriodUnit::Weeks),
    ("Bi-Weekly", 2, PeriodUnit::Weeks),
    ("Quarterly", 3, PeriodUnit::Months),
    ("Annual", 12, PeriodUnit::Months),
];

fn figures(fields: &Fields) -> Result<LoanFigures, DoorError> {
    let not_served = |name: &str| DoorError::from(Refusal::NotSupported(name.to_owned()));
    for name in ["interestOnlyPeriod", "balloonPayment"] {
        if fields.decimal(name)?.is_some_and(|value| value != "0") {
            return Err(not_served(name));
        }
    }
    let term = fields.whole("term")?;
    let term =
        term.map(|term| u32::try_from(term).map_err(|_| DoorError::row(Row::TermNotValid))).transpose()?;
    let frequency = fields.text("frequencyOfPayment")?;
    let frequency = frequency.map(|text| {
        let found = FREQUENCIES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(&text));
        found.ok_or_else(|| not_served(&format!("frequencyOfPayment \"{text}\"")))
    });
    let frequency = frequency.transpose()?;
    Ok(LoanFigures {
        amount: fields.decimal("loanAmount")?.map(StatedAmount),
        interest_rate: fields.decimal("interestRate")?.map(StatedPercent),
        installments: term,
        period_count: frequency.map(|(_, count, _)| *count),
        period_unit: frequency.map(|(.., unit)| *unit),
        first_due_date: fields.date("firstInstallmentDate")?.map(Some),
        expected_disbursement_on: fields.date("expectedDisbursalDate")?.map(Some),
        accrual_through: fields.text("eodAccrualType")?.as_deref() == Some("Accrual Through Date"),
        ..LoanFigures::default()
    })
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
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("additionalLoanFields" = Option<String>, Query, description = "Members besides, of the account, with commas between them"), ("additionalPaymentFields" = Option<String>, Query, description = "Members besides, of payments, with commas between them"), ("additionalChargeFields" = Option<String>, Query, description = "Members besides, of charges, with commas between them"), ("additionalPmtSchdSummaryFields" = Option<String>, Query, description = "Members besides, sums of the schedule, with commas between them"), ("additionalAmzSchdFields" = Option<String>, Query, description = "Members besides, of installments, with commas between them"), ("additionalOtherTxnFields" = Option<String>, Query, description = "Members besides, of other transactions, with commas between them")),
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
        application: application.as_ref(),
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
    Ok(Json(Envelope::of(vec![wire_of(&found, seen)])))
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

/// Different investors of a loan, how many bids they have, and what these come to: bids that win, or won.
async fn investments(asked: &Asked, loan: &Loan) -> Result<(usize, i64, Amount), DoorError> {
    let Some(application) = application_of(asked, loan).await? else { return Ok((0, 0, Amount::ZERO)) };
    let filter = BookingFilter { application: Some(application.address()), ..BookingFilter::default() };
    let bookings = asked.services.reading.store().bookings(&filter, Page::ALL).await?;
    let is_bid = |state: &BookingState| matches!(state, BookingState::Open | BookingState::Invested { .. });
    let won = bookings.iter().filter(|booking| is_bid(&booking.state));
    let won: Vec<_> = won.map(|booking| (booking.account, booking.won(&application))).collect();
    let won: Vec<_> = won.into_iter().filter(|(_, won)| won.is_positive()).collect();
    let mut accounts: Vec<Address> = won.iter().map(|(account, _)| *account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let count = i64::try_from(won.len()).map_err(|_| DoorError::Internal)?;
    Ok((accounts.len(), count, won.iter().map(|(_, won)| *won).sum()))
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
    let rows = seen.schedule.iter().map(|row| row_of(row, loan.terms.currency));
    Ok(Json(Envelope::of(rows.collect())))
}
