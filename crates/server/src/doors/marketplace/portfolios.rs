//! Booking orders: an amount that the book spreads over applications.

use axum::Json;
use loam_app::command::{Command, Done, MarketCommand};
use loam_book::application::booking::Booking;
use loam_book::application::foreign_id::ForeignKind;
use loam_book::application::portfolio::{BookingOrder, NewPortfolio};
use loam_book::stated::StatedAmount;

use super::applications::Answer;
use super::asked::Asked;
use super::error::{DoorError, Named, Row};
use super::fields::Fields;
use super::lookups;
use super::portfolio_wire as wire;
use super::translate::{amount, attributes, id_of, instant, number, to_18, user};
use super::wire::{Envelope, Nothing, PlatformError};

/// Spreads an amount over applications that wait for money, the one that closes first before the others. All of it is
/// booked, or nothing.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/portfolios",
    tag = "marketplace",
    operation_id = "create_portfolio",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewPortfolio,
    responses(
        (status = 200, body = Envelope<wire::BookingOrder>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`, `PORTFOLIO_LIMIT_HIT`, `INSUFFICIENT_FUNDS`, `NO_LOAN_APPS_FOR_THIS_INVESTOR`, `INSUFFICIENT_LOANS_APPS`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(asked: Asked) -> Answer<wire::BookingOrder> {
    let fields = Fields::of_json(&asked.body)?;
    let (id, stated) = (fields.text("investorId")?, fields.decimal("amount")?);
    let investor = lookups::investor(&asked.services.reading, id.as_deref()).await?;
    let stated = stated.ok_or(DoorError::Named(Named::PortfolioAmount))?;
    let new = NewPortfolio { investor_id: investor.id.to_string(), amount: StatedAmount(stated) };
    let account = investor.account;
    let command = Command::Market(Box::new(MarketCommand::OrderPortfolio { account, new }));
    let outcome = asked.submit(command).await.map_err(|error| {
        let error = DoorError::from(error);
        // Of an order there is no loan whose amount it could be.
        let is_of_amount = error == DoorError::row(Row::LoanAmountNotValid);
        if is_of_amount { DoorError::Named(Named::PortfolioAmount) } else { error }
    })?;
    let Done::BookingOrder { order, bookings } = outcome.done else { return Err(DoorError::Internal) };
    Ok(Json(Envelope::of(vec![wire_of(&order, &bookings)])))
}

fn wire_of(order: &BookingOrder, bookings: &[Booking]) -> wire::BookingOrder {
    let id = order.id().to_18();
    let booked = |booking: &Booking| {
        let id = id_of(ForeignKind::Booking, booking.part, booking.number);
        wire::BookingOfOrder {
            attributes: attributes("peer__Investment_Booking__c", &id),
            id,
            loan_application: id_of(ForeignKind::Application, booking.part, booking.application_number),
            investment_amount: amount(booking.amount, order.currency),
            certificate_rate: number(&booking.place.rate.to_percent_text()),
        }
    };
    wire::BookingOrder {
        attributes: attributes("peer__Booking_Order__c", &id),
        id,
        name: format!("BO-{:08}", order.number),
        account: to_18(&order.investor_id),
        amount: amount(order.amount, order.currency),
        order_date: order.ordered_on.to_string(),
        bookings: bookings.iter().map(booked).collect(),
        created_date: instant(order.created_at),
        created_by_id: user(order.created_by),
    }
}
