//! Orders that are sold to other investors, and parts of loans that are bought of the lender.

use axum::Json;
use loam_app::command::{Command, Done, MarketCommand};
use loam_app::reading::Reading;
use loam_app::trading::OrderPlace;
use loam_book::application::booking::Booking;
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::application::orders::{NewPurchase, NewSale, SaleFault, SaleRow};
use loam_book::loan::Loan;
use loam_book::stated::{StatedAmount, StatedPercent};
use serde_json::value::{RawValue, to_raw_value};

use super::applications::Answer;
use super::asked::{Asked, Id};
use super::error::{DoorError, Named};
use super::fields::Fields;
use super::loan_wire::InvestmentOrder;
use super::orders::{Ordered, shown};
use super::trade_wire as wire;
use super::wire::{Envelope, Nothing, PlatformError};
use super::{lookups, orders};

/// Sells parts of an order to other investors, who pay its owner. All rows are valid, or nothing is done.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/investmentOrders/sell/{investmentOrderId}",
    tag = "marketplace",
    operation_id = "sell_investment_order",
    params(
        ("investmentOrderId" = String, Path, description = "15 or 18 characters"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewSaleOfOrder,
    responses(
        (status = 200, body = Envelope<InvestmentOrder>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTMENT_ORDER_NOT_FOUND`, `INVESTMENT_ORDER_NOT_SALEABLE`; `00010`, `00017`, `00018` or `00019` of the first row that is not valid, with all of them in `response`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn sell(Id(id): Id, asked: Asked) -> Answer<InvestmentOrder> {
    let fields = Fields::of_json(&asked.body)?;
    let is_only_new = fields.flag("returnOnlyNewIOs")?.unwrap_or(false);
    let reading = &asked.services.reading;
    let mut sales = Vec::new();
    for row in fields.objects("saleTransactions")? {
        sales.push(sale_of(reading, &row).await?);
    }
    let order = order_named(reading, &id).await?;
    let (Some(loan), seller) = (order.ordered_loan(), order.account) else {
        return Err(DoorError::Named(Named::OrderNotFound));
    };
    let place = OrderPlace { part: order.part, number: order.number };
    let command = MarketCommand::Sell { order: place, loan, seller, sales };
    let outcome = asked.submit(Command::Market(Box::new(command))).await?;
    let Done::Orders { loan, bought } = outcome.done else { return Err(DoorError::Internal) };
    let sold = (!is_only_new).then_some(order);
    answer(&asked, sold.into_iter().chain(bought).collect(), &loan).await
}

/// Buys a part of an active loan of the lender, at what is left in it.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/investmentOrders/{loanId}",
    tag = "marketplace",
    operation_id = "create_investment_order",
    params(
        ("loanId" = String, Path, description = "The loan account: 15 or 18 characters, or its name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewInvestmentOrder,
    responses(
        (status = 200, body = Envelope<InvestmentOrder>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`, `LOAN_ACCOUNT_NOT_FOUND`, `INSUFFICIENT_FUNDS`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(Id(id): Id, asked: Asked) -> Answer<InvestmentOrder> {
    let fields = Fields::of_json(&asked.body)?;
    let investor = fields.text("investorId")?;
    let new = NewPurchase {
        investor_id: String::new(),
        amount: fields.decimal("investmentAmount")?.map(StatedAmount),
        certificate_rate: fields.decimal("certificateRate")?.map(StatedPercent),
        service_rate: fields.decimal("serviceRate")?.map(StatedPercent),
    };
    let reading = &asked.services.reading;
    let investor = lookups::investor(reading, investor.as_deref()).await?;
    let loan = lookups::loan(reading, &id).await?;
    let new = NewPurchase { investor_id: investor.id.to_string(), ..new };
    let (loan, account) = (orders::address_of(&loan), investor.account);
    let command = Command::Market(Box::new(MarketCommand::Buy { loan, account, new }));
    let outcome = asked.submit(command).await.map_err(DoorError::of_amount("investmentAmount"))?;
    let Done::Orders { loan, bought } = outcome.done else { return Err(DoorError::Internal) };
    answer(&asked, bought, &loan).await
}

async fn answer(asked: &Asked, orders: Vec<Booking>, loan: &Loan) -> Answer<InvestmentOrder> {
    let ordered = orders.into_iter().map(|order| Ordered { order, loan: loan.clone() }).collect();
    Ok(Json(Envelope::of(shown(asked, ordered).await?)))
}

/// One row of a sale. Who the buyer is, is found here; whether the row is valid, the book says.
async fn sale_of(reading: &Reading, row: &Fields) -> Result<NewSale, DoorError> {
    let id = row.text("investorId")?;
    let (shares, price) = (row.whole("numberOfShares")?, row.decimal("price")?.map(StatedAmount));
    let found = match lookups::investor(reading, id.as_deref()).await {
        Ok(found) => Some(found),
        Err(DoorError::Named(_)) => None,
        Err(other) => return Err(other),
    };
    Ok(NewSale {
        investor_id: found.as_ref().map_or_else(String::new, |found| found.id.to_string()),
        account: found.map(|found| found.account),
        shares,
        price,
    })
}

async fn order_named(reading: &Reading, id: &str) -> Result<Booking, DoorError> {
    let unknown = || DoorError::Named(Named::OrderNotFound);
    let named = ForeignId::parse(id).ok().and_then(ForeignId::named);
    let named = named.filter(|named| named.kind == ForeignKind::InvestmentOrder).ok_or_else(unknown)?;
    reading.store().booking(named.part, named.number).await?.ok_or_else(unknown)
}

/// The code of a row that is not valid, and what is said of it.
pub(super) fn code_of(fault: &SaleFault) -> &'static str {
    match fault {
        SaleFault::Investor => "00010",
        SaleFault::Shares { .. } => "00017",
        SaleFault::Price => "00018",
        SaleFault::Funds { .. } => "00019",
    }
}

/// All rows of a sale that are not valid, for `response`.
pub(super) fn rows_of(rows: &[SaleRow]) -> Vec<Box<RawValue>> {
    let shown = |row: &SaleRow| {
        let error_message = row.fault.to_string();
        let fault = wire::RowError { row_number: row.row, error_code: code_of(&row.fault), error_message };
        to_raw_value(&fault).ok()
    };
    rows.iter().filter_map(shown).collect()
}
