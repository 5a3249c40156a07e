//! Money of loan accounts: paid out and taken back, repaid, and what pays a loan off.

use axum::Json;
use axum::extract::RawQuery;
use jiff::civil::Date;
use loam_app::command::{Address, Caller, Command, Done};
use loam_app::error::AppError;
use loam_book::catalog::Catalog;
use loam_book::loan::command::{Disburse, LoanCommand, Repay};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::transaction::TransactionKind;
use loam_book::loan::{Loan, LoanState};
use loam_book::organization::TransactionDetails;
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use serde::Deserialize;

use super::applications::Answer;
use super::asked::{Asked, Id};
use super::error::{DoorError, Named, Row};
use super::fields::Fields;
use super::loan_accounts::{TRANSACTIONS, shown};
use super::loan_shown::{is_shown_as_payment, loan_id, loan_of, payment_of};
use super::loan_wire as wire;
use super::lookups;
use super::translate::amount;
use super::wire::{Envelope, Nothing, PlatformError};

/// The payment mode of a payment that names none.
const DEFAULT_MODE: &str = "ACH";

/// Pays a loan account out; one that waits for approval is approved first. What investors booked becomes theirs in the
/// loan.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts/disbursement/{id}",
    tag = "marketplace",
    operation_id = "disburse_market_loan_account",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewDisbursement,
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_JSON_BODY_IN_POST_REQUEST`, `LOAN_ACCOUNT_NOT_FOUND`, `INSUFFICIENT_FUNDS`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn disburse(Id(id): Id, asked: Asked) -> Answer<wire::LoanAccount> {
    let fields = body_of(&asked)?;
    let mut disburse = disbursement_of(&fields)?;
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let details = &mut disburse.details;
    details.notes = details.notes.take().or_else(|| planned_mode(&loan, &asked.now.catalog));
    for (name, is_missing) in
        [("modeOfPayment", details.notes.is_none()), ("reference", details.external_id.is_none())]
    {
        if is_missing {
            return Err(DoorError::Exception(format!("{name} is null")));
        }
    }
    if let LoanState::PendingApproval = loan.state() {
        let approve = LoanCommand::Approve { notes: None };
        // Under no key: it would keep the answer of the disbursement.
        asked.submit_aside(Command::Loan { loan: address_of(&loan), command: approve }).await?;
    }
    let command = Command::Loan { loan: address_of(&loan), command: LoanCommand::Disburse(disburse) };
    answer(&asked, command).await
}

/// What a body says of a disbursement. One that is made here is cleared at once, so that `isCleared` says nothing.
fn disbursement_of(fields: &Fields) -> Result<Disburse, DoorError> {
    let details = TransactionDetails {
        notes: fields.text("modeOfPayment")?,
        external_id: fields.text("reference")?,
        ..TransactionDetails::default()
    };
    let disburse = Disburse {
        amount: fields.decimal("disbursedAmount")?.map(StatedAmount),
        value_date: fields.date("disbursementDate")?,
        details,
        ..Disburse::default()
    };
    let _is_cleared = fields.flag("isCleared")?;
    let flags = [("isReversed", fields.flag("isReversed")?), ("isRejected", fields.flag("isRejected")?)];
    match flags.into_iter().find(|(_, flag)| *flag == Some(true)) {
        Some((name, _)) => {
            Err(DoorError::Exception(format!("{name} is not possible of a disbursement that is made")))
        }
        None => Ok(disburse),
    }
}

/// The loan's own mode of payment: the name of the channel over which it is planned to be paid out.
fn planned_mode(loan: &Loan, catalog: &Catalog) -> Option<String> {
    let channel = loan.servicing.course.disbursement_plan.details.channel?;
    catalog.channels.by_key(channel).map(|channel| channel.name.clone())
}

/// The members of a body, which must be there.
pub(super) fn body_of(asked: &Asked) -> Result<Fields, DoorError> {
    if asked.body.iter().all(u8::is_ascii_whitespace) {
        return Err(DoorError::Named(Named::EmptyBody));
    }
    Fields::of_json(&asked.body)
}

fn address_of(loan: &Loan) -> Address {
    Address { part: loan.part, key: loan.key }
}

async fn answer(asked: &Asked, command: Command) -> Answer<wire::LoanAccount> {
    let outcome = asked.submit(command).await.map_err(DoorError::of_amount("disbursedAmount"))?;
    let Done::Loan { loan, .. } = outcome.done else { return Err(DoorError::Internal) };
    Ok(Json(Envelope::of(vec![shown(asked, &loan, loan_of).await?])))
}

/// Takes disbursements back, one after the other: what investors had in the loan is booked again.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts/disbursement/reversal",
    tag = "marketplace",
    operation_id = "reverse_market_disbursements",
    params(),
    request_body = wire::DisbursementReversal,
    responses(
        (status = 200, body = Envelope<wire::LoanAccount>),
        (status = 400, description = "`INVALID_JSON_BODY_IN_POST_REQUEST`, `LOAN_DISBURSEMENT_IDS_NULL`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn reverse(asked: Asked) -> Answer<wire::LoanAccount> {
    let ids = body_of(&asked)?.list("loanDisbursementTxnIds")?;
    if ids.is_empty() {
        return Err(DoorError::Named(Named::DisbursementIdsNull));
    }
    let loans = loans_of(&asked, &ids).await?;
    for (id, loan) in &loans {
        check_reversal(&asked, loan).await.map_err(|error| at_disbursement(id, &[], error))?;
    }
    let mut all = Vec::with_capacity(loans.len());
    for (place, (id, loan)) in loans.iter().enumerate() {
        let command = Command::Loan { loan: address_of(loan), command: UNDO };
        let outcome = asked.submit_one_of(command, (place, loans.len())).await;
        let outcome = outcome.map_err(|error| at_disbursement(id, &loans[..place], error))?;
        let Done::Loan { loan, .. } = outcome.done else { return Err(DoorError::Internal) };
        all.push(shown(&asked, &loan, loan_of).await?);
    }
    Ok(Json(Envelope::of(all)))
}

const UNDO: LoanCommand = LoanCommand::UndoDisbursement { named: None, notes: None };

/// The loans of these disbursements with the ids by which they are named, each once.
async fn loans_of<'a>(asked: &Asked, ids: &'a [String]) -> Result<Vec<(&'a str, Loan)>, DoorError> {
    let mut loans: Vec<(&str, Loan)> = Vec::with_capacity(ids.len());
    for id in ids {
        let loan = lookups::loan(&asked.services.reading, id).await?;
        if loans.iter().all(|(_, other)| other.key != loan.key) {
            loans.push((id, loan));
        }
    }
    Ok(loans)
}

/// Whether a disbursement can be taken back, before any of the request is. One that was taken back already may have been by
/// the same request under its key, and is answered as it was then.
async fn check_reversal(asked: &Asked, loan: &Loan) -> Result<(), AppError> {
    if asked.caller.idempotency.is_some() && !loan.state().is_active() {
        return Ok(());
    }
    let caller = Caller { idempotency: None, ..asked.caller.clone() };
    asked.services.desk.preview(address_of(loan), UNDO, caller).await.map(|_| ())
}

/// Names the disbursement that stands in the way of a request, and those that were taken back before it.
fn at_disbursement(id: &str, before: &[(&str, Loan)], error: AppError) -> DoorError {
    let error = DoorError::from(error);
    let DoorError::Exception(reason) = error else { return error };
    let done = match before {
        [] => "nothing was taken back".to_owned(),
        some => format!("taken back: {}", some.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", ")),
    };
    DoorError::Exception(format!("{id}: {reason}; {done}"))
}

/// Takes a payment of a borrower; each investor's share is counted by the investor's balance at once.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts/payments/{id}",
    tag = "marketplace",
    operation_id = "create_market_payment",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewPayment,
    responses(
        (status = 200, body = Envelope<wire::Payment>),
        (status = 400, description = "`INVALID_INPUT`, `INVALID_JSON_BODY_IN_POST_REQUEST`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn pay(Id(id): Id, asked: Asked) -> Answer<wire::Payment> {
    let fields = body_of(&asked)?;
    let (stated, value_date) = (fields.decimal("amount")?, fields.date("date")?);
    let mode = fields.text("paymentMode")?.unwrap_or_else(|| DEFAULT_MODE.to_owned());
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let stated = stated.ok_or_else(|| DoorError::Exception("amount is null".to_owned()))?;
    let details = TransactionDetails { notes: Some(mode), ..TransactionDetails::default() };
    let repay = Repay { amount: StatedAmount(stated), custom: Vec::new(), value_date, details };
    let command = Command::Loan { loan: address_of(&loan), command: LoanCommand::Repay(repay) };
    let outcome = asked.submit(command).await.map_err(DoorError::of_amount("amount"))?;
    let Done::Loan { loan, transactions } = outcome.done else { return Err(DoorError::Internal) };
    let is_payment = |kind| kind == TransactionKind::Repayment;
    let made = transactions.iter().rev().find(|row| is_payment(row.kind) && row.reverses.is_none());
    let made = made.ok_or(DoorError::Internal)?;
    Ok(Json(Envelope::of(vec![payment_of(&loan, made)])))
}

/// Between which days.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Between {
    start_date: Option<String>,
    end_date: Option<String>,
}

/// A day, or nothing.
pub(super) fn day_of(text: Option<&str>) -> Result<Option<Date>, DoorError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let day = text.parse().ok().filter(|_| text.len() == 10);
    day.map(Some).ok_or_else(|| DoorError::row(Row::UnableToParse))
}

/// The payments of a loan account, the oldest first, of 2,000 transactions at most.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/payments/{id}",
    tag = "marketplace",
    operation_id = "list_market_payments",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("startDate" = Option<String>, Query, description = "The first day"), ("endDate" = Option<String>, Query, description = "The last day; left out: the business date")),
    responses(
        (status = 200, body = Envelope<wire::Payment>),
        (status = 400, description = "`INVALID_INPUT`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn payments(Id(id): Id, RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::Payment> {
    let between: Between = serde_urlencoded::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| DoorError::row(Row::UnableToParse))?;
    let from = day_of(between.start_date.as_deref())?;
    let to = day_of(between.end_date.as_deref())?.unwrap_or(asked.now.state.business_date);
    let reading = &asked.services.reading;
    let loan = lookups::loan(reading, &id).await?;
    let rows = reading.store().transactions(loan.part, loan.account_no, TRANSACTIONS).await?;
    let is_within = |day: Date| from.is_none_or(|from| day >= from) && day <= to;
    let paid = rows.iter().rev().filter(|row| is_shown_as_payment(row.kind) && is_within(row.value_date));
    Ok(Json(Envelope::of(paid.map(|row| payment_of(&loan, row)).collect())))
}

/// What is asked of a quote.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Quoted {
    transaction_date: Option<String>,
    pay_off_date: Option<String>,
    payoff_quote_name: Option<String>,
    generate_quote_for_entire_facility: Option<String>,
}

/// What pays a loan account off on a day: a payment of exactly this closes it.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/payoff/{id}",
    tag = "marketplace",
    operation_id = "quote_market_payoff",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("transactionDate" = Option<String>, Query, description = "Kept as it is"), ("payOffDate" = Option<String>, Query, description = "The day of the payment; left out: the transaction date, or the business date"), ("payoffQuoteName" = Option<String>, Query, description = "Given back"), ("generateQuoteForEntireFacility" = Option<bool>, Query, description = "True is refused: a quote is of one loan")),
    responses(
        (status = 200, body = Envelope<wire::PayoffQuote>),
        (status = 400, description = "`INVALID_INPUT`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn payoff(Id(id): Id, RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::PayoffQuote> {
    let quoted: Quoted = serde_urlencoded::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| DoorError::row(Row::UnableToParse))?;
    let facility = quoted.generate_quote_for_entire_facility.as_deref();
    if facility.is_some_and(|asked| asked.eq_ignore_ascii_case("true")) {
        let name = "generateQuoteForEntireFacility";
        return Err(DoorError::from(Refusal::NotSupported(name.to_owned())));
    }
    let today = asked.now.state.business_date;
    let named = day_of(quoted.transaction_date.as_deref())?;
    let on = day_of(quoted.pay_off_date.as_deref())?.or(named).unwrap_or(today);
    let reading = &asked.services.reading;
    let loan = lookups::loan(reading, &id).await?;
    let no_quote = || DoorError::Named(Named::PayoffQuoteNotGenerated);
    if on < today || on > asked.now.last_day_ahead() {
        return Err(no_quote());
    }
    let seen = reading.seen(address_of(&loan), asked.now.view(Some(on), None), &asked.now).await?;
    let seen = seen.filter(|seen| seen.loan.state().is_active()).ok_or_else(no_quote)?;
    let owed = seen.loan.payoff_on(on);
    let money = |value: Amount| amount(value, loan.terms.currency);
    Ok(Json(Envelope::of(vec![wire::PayoffQuote {
        loan_account: loan_id(&loan),
        transaction_date: named.unwrap_or(today).to_string(),
        payoff_date: on.to_string(),
        name: quoted.payoff_quote_name,
        amount: money(owed.total()),
        principal: money(owed.principal),
        interest: money(owed.interest),
        fees: money(owed.fees + owed.penalties),
    }])))
}
