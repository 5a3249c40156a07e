//! What investors have in loans, and their statements.

use axum::Json;
use axum::extract::RawQuery;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::views::{BOOKED, BookingFilter, ORDERED, Page};
use loam_book::application::booking::{Booking, BookingState};
use loam_book::application::foreign_id::ForeignKind;
use loam_book::loan::Loan;
use loam_book::loan::securities::Fund;
use loam_book::organization::InvestingKind;
use loam_book::savings::Savings;
use loam_book::savings::event::MovementKind;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::statement::{Line, LineOf};
use loam_book::savings::transaction::SavingsTransaction;
use loam_book::vocabulary::TABLE;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::applications::Answer;
use super::asked::{Asked, Id};
use super::bookings::{InPages, Paging};
use super::error::{DoorError, Named, Row};
use super::loan_payments::day_of;
use super::loan_shown::{loan_id, status_of};
use super::loan_wire as wire;
use super::lookups;
use super::translate::{amount, attributes, id_of, number, to_18};
use super::wire::{Envelope, Nothing, PlatformError};

/// What stands behind the question mark of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    investor_id: Option<String>,
    status: Option<String>,
    loan_status: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// What an investor has in loans, the oldest first, with the money between each order and the account; at most 2,000
/// that match. The
/// business date stands in `response`.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/investmentOrders",
    tag = "marketplace",
    operation_id = "list_investment_orders",
    params(("investorId" = String, Query, description = "The account of the investor, 15 or 18 characters"), ("status" = Option<String>, Query, description = "`Active`, `Closed` or `Sold`, with commas between them. Left out: all"), ("loanStatus" = Option<String>, Query, description = "As a loan account shows it, with commas between them. Left out: all"), ("after" = Option<String>, Query, description = "Of ours: orders after the one with this id"), ("limit" = Option<u32>, Query, description = "Of ours: how many, 1 to 2,000. Left out: 2,000")),
    responses(
        (status = 200, body = Envelope<wire::InvestmentOrder>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list(RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::InvestmentOrder> {
    let listed: Listed = serde_urlencoded::from_str(query.as_deref().unwrap_or_default())
        .map_err(|_| DoorError::row(Row::UnableToParse))?;
    let statuses = named(listed.status.as_deref(), &STATUSES)?;
    let loan_statuses = named(listed.loan_status.as_deref(), &TABLE.map(|(_, words)| words.contract_status))?;
    let reading = &asked.services.reading;
    let investor = lookups::investor(reading, listed.investor_id.as_deref()).await?;
    let page = Paging::of(ForeignKind::InvestmentOrder, (&listed.after, &listed.limit))?;
    let filter = BookingFilter {
        account: Some(investor.account),
        states: ORDERED,
        after: page.after,
        ..BookingFilter::default()
    };
    let mut bookings = InPages::new(filter);
    let mut found = Vec::new();
    while let Some(order) = bookings.next(reading.store()).await? {
        let Some(loan) = order.ordered_loan() else { continue };
        let loan = reading.store().loan(loan).await?.ok_or(DoorError::Internal)?;
        let is_asked = is_among(&statuses, status_of_order(&order, &loan))
            && is_among(&loan_statuses, status_of(&loan, asked.now.state.business_date));
        found.extend(is_asked.then_some(Ordered { order, loan }));
        if found.len() == page.limit {
            break;
        }
    }
    let shown = shown(&asked, found).await?;
    let date = format!("{{\"systemDate\":\"{}\"}}", asked.now.state.business_date);
    let date = RawValue::from_string(date).map_err(|_| DoorError::Internal)?;
    Ok(Json(Envelope { response: vec![date], ..Envelope::of(shown) }))
}

/// What orders are called.
const STATUSES: [&str; 3] = ["Active", "Closed", "Sold"];

/// The names of a comma list, with or without spaces; one that is not known is refused.
fn named(list: Option<&str>, known: &[&'static str]) -> Result<Vec<&'static str>, DoorError> {
    let names = list.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied())
        .map(|name| name.ok_or_else(|| DoorError::row(Row::UnableToParse)))
        .collect()
}

/// Without names everything is asked for.
fn is_among(names: &[&'static str], name: &str) -> bool {
    names.is_empty() || names.contains(&name)
}

/// An order, with its loan.
pub(super) struct Ordered {
    pub(super) order: Booking,
    pub(super) loan: Loan,
}

/// Orders as this door shows them, each with the money between it and the account.
pub(super) async fn shown(
    asked: &Asked,
    ordered: Vec<Ordered>,
) -> Result<Vec<wire::InvestmentOrder>, DoorError> {
    let (store, date) = (asked.services.reading.store(), asked.now.state.business_date);
    let mut shown = Vec::with_capacity(ordered.len());
    for Ordered { order, loan } in &ordered {
        let moved = store.shares_of_fund(loan.part, loan.account_no, order.key).await?;
        let lines = moved.iter().filter(|share| !share.cash.is_zero()).map(line_of_share).collect();
        shown.push(order_of(order, loan, lines, date));
    }
    Ok(shown)
}

pub(super) fn address_of(loan: &Loan) -> Address {
    Address { part: loan.part, key: loan.key }
}

fn fund_of<'a>(order: &Booking, loan: &'a Loan) -> Option<&'a Fund> {
    loan.servicing.course.funds.iter().find(|fund| fund.key == order.key)
}

/// An order of which everything was sold has nothing in the loan any more.
fn status_of_order(order: &Booking, loan: &Loan) -> &'static str {
    let is_sold = fund_of(order, loan).is_some_and(|fund| fund.amount.is_zero());
    match (is_sold, loan.state().is_active()) {
        (true, _) => "Sold",
        (false, true) => "Active",
        (false, false) => "Closed",
    }
}

fn order_of(
    order: &Booking,
    loan: &Loan,
    payments: Vec<wire::StatementLine>,
    business_date: Date,
) -> wire::InvestmentOrder {
    let id = id_of(ForeignKind::InvestmentOrder, order.part, order.number);
    let money = |value: Amount| amount(value, loan.terms.currency);
    let fund = fund_of(order, loan);
    let (invested, principal, interest) = fund.map_or((Amount::ZERO, Amount::ZERO, Amount::ZERO), |fund| {
        (fund.amount, fund.principal_repaid, fund.interest_earned)
    });
    let is_bought = matches!(order.state, BookingState::Bought { .. });
    wire::InvestmentOrder {
        attributes: attributes("loan__Investor_Loan__c", &id),
        id,
        name: format!("IO-{:08}", order.number),
        account: to_18(&order.investor_id),
        loan: loan_id(loan),
        expanded_loan: wire::OrderedLoan {
            name: loan.id.clone(),
            loan_status: status_of(loan, business_date),
        },
        booking: (!is_bought).then(|| id_of(ForeignKind::Booking, order.part, order.number)),
        status: status_of_order(order, loan),
        investment: money(invested),
        certificate_rate: number(&order.place.rate.to_percent_text()),
        principal_received: money(principal),
        interest_received: money(interest),
        outstanding_principal: money(fund.map_or(Amount::ZERO, Fund::left)),
        order_date: order.ordered_on().unwrap_or(order.booked_on).to_string(),
        payments,
    }
}

fn line_of(account: &Savings, line: &Line<'_>) -> wire::StatementLine {
    let shown = match line.what {
        LineOf::Movement(row) => line_of_movement(account, row),
        LineOf::Share(share) => line_of_share(share),
    };
    wire::StatementLine { balance: Some(amount(line.balance, account.terms.currency)), ..shown }
}

/// A movement of an investor's account as a line.
fn line_of_movement(account: &Savings, row: &SavingsTransaction) -> wire::StatementLine {
    let name = match row.kind {
        MovementKind::Deposit => "Deposit",
        MovementKind::Withdrawal => "Withdrawal",
        MovementKind::Transfer => {
            row.details.investing.map_or("Transfer", |investing| name_of(investing.what))
        }
        MovementKind::Fee => "Fee",
        MovementKind::Interest => "Interest",
        MovementKind::OverdraftInterest => "Overdraft Interest",
        MovementKind::WithholdingTax => "Withholding Tax",
    };
    let txn_type = if row.reverses.is_some() { format!("{name} Reversal") } else { name.to_owned() };
    let loan = row.details.transfer.filter(|link| link.is_loan);
    wire::StatementLine {
        txn_type,
        txn_date: row.value_date.to_string(),
        amount: amount(row.amount, account.terms.currency),
        balance: None,
        loan: loan.map(|link| id_of(ForeignKind::Loan, link.account.part, link.account_no)),
        txn_id: row.key(account).to_string(),
    }
}

fn line_of_share(share: &InvestorShare) -> wire::StatementLine {
    wire::StatementLine {
        txn_type: name_of(share.what).to_owned(),
        txn_date: share.booked_on.to_string(),
        amount: amount(share.cash, share.currency),
        balance: None,
        loan: Some(id_of(ForeignKind::Loan, share.part, share.account_no)),
        txn_id: share.key().to_string(),
    }
}

fn name_of(what: InvestingKind) -> &'static str {
    match what {
        InvestingKind::Invested => "Investment",
        InvestingKind::Returned => "Investment Reversal",
        InvestingKind::Shared => "Payment",
        InvestingKind::TakenBack => "Payment Reversal",
        InvestingKind::Premium => "Protect Fee",
        InvestingKind::PremiumTakenBack => "Protect Fee Reversal",
        InvestingKind::Rebate => "Rebate",
        InvestingKind::RebateTakenBack => "Rebate Reversal",
        InvestingKind::Sold => "Sale",
        InvestingKind::Bought => "Purchase",
    }
}

fn booked_line(booking: &Booking, currency: Currency) -> wire::StatementLine {
    wire::StatementLine {
        txn_type: "Booking".to_owned(),
        txn_date: booking.booked_on.to_string(),
        amount: amount(-booking.place.reserved, currency),
        balance: None,
        loan: Some(id_of(ForeignKind::Application, booking.part, booking.application_number)),
        txn_id: id_of(ForeignKind::Booking, booking.part, booking.number),
    }
}

/// What is asked of a statement.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asking {
    start_date: Option<String>,
    end_date: Option<String>,
    skip_investment_booking: Option<String>,
}

/// The statement of an investor: what moved the account, and what was booked, the oldest day first.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/accounts/getLenderStatement/{id}",
    tag = "marketplace",
    operation_id = "read_lender_statement",
    params(
        ("id" = String, Path, description = "The account of the investor, 15 or 18 characters"),
        ("startDate" = String, Query, description = "The first day"),
        ("endDate" = Option<String>, Query, description = "The last day; left out: the business date"),
        ("skipInvestmentBooking" = Option<bool>, Query, description = "True: without bookings"),
    ),
    responses(
        (status = 200, body = wire::LenderStatement),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 404, description = "`ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`EXCEPTION_WHILE_PROCESSING`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn statement(
    Id(id): Id,
    RawQuery(query): RawQuery,
    asked: Asked,
) -> Result<Json<wire::LenderStatement>, DoorError> {
    let failed = || DoorError::Named(Named::StatementFailed);
    let asking: Asking =
        serde_urlencoded::from_str(query.as_deref().unwrap_or_default()).map_err(|_| failed())?;
    let reading = &asked.services.reading;
    let investor = lookups::investor(reading, Some(&id)).await.map_err(|error| {
        let is_unknown = matches!(error, DoorError::Named(_));
        if is_unknown { DoorError::Named(Named::StatementAccountNotFound) } else { error }
    })?;
    let day = |text: Option<&str>| day_of(text).map_err(|_| failed());
    let from = day(asking.start_date.as_deref())?.ok_or_else(failed)?;
    let to = day(asking.end_date.as_deref())?.unwrap_or(asked.now.state.business_date);
    if from > to {
        return Err(failed());
    }
    let since = reading.store().account_since(investor.account, from).await?.ok_or_else(failed)?;
    let told = since.lines().into_iter().filter(|line| line.day <= to);
    let mut lines: Vec<(Date, Timestamp, wire::StatementLine)> =
        told.map(|line| (line.day, line.at.0, line_of(&since.account, &line))).collect();
    if asking.skip_investment_booking.as_deref() != Some("true") {
        let filter = BookingFilter {
            account: Some(investor.account),
            booked: Some((from, to)),
            states: BOOKED,
            ..BookingFilter::default()
        };
        let bookings = reading.store().bookings(&filter, Page::ALL).await?;
        lines.extend(
            bookings
                .iter()
                .map(|row| (row.booked_on, row.created_at, booked_line(row, since.account.terms.currency))),
        );
    }
    lines.sort_by_key(|(day, at, _)| (*day, *at));
    let response = lines.into_iter().map(|(_, _, txn_obj)| wire::StatementObject { txn_obj }).collect();
    Ok(Json(wire::LenderStatement { status: "SUCCESS", row_number: -1, response }))
}
