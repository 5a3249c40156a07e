//! Any command on a loan: given, or only tried.

use axum::Json;
use axum::extract::State;
use loam_app::command::{Address, Command, Done};

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::translate::command::{Given, command};
use super::translate::commanded;
use super::wire;

/// Does a command on a loan.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/loans/{id}/commands",
    tag = "loans",
    operation_id = "command_loan",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::LoanCommand,
    responses((status = 200, body = wire::CommandDone), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn execute(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::CommandDone>, DoorError> {
    let loan = address(&services, &id).await?;
    let (word, command) = read(&call, loan)?;
    let outcome = call.submit(&services, Command::Loan { loan, command }).await?;
    let Done::Loan { loan, transactions } = outcome.done else {
        tracing::error!(command = word, "a command on a loan gave no loan");
        return Err(DoorError::internal());
    };
    Ok(Json(commanded::done(word, &loan, &transactions, outcome.business_date)))
}

/// Shows what a command on a loan would do, and does nothing.
///
/// It is refused as the command itself would be. An `Idempotency-Key` has no effect.
#[utoipa::path(
    post,
    path = "/loam/v1/loans/{id}/preview",
    tag = "loans",
    operation_id = "preview_loan_command",
    params(("id" = String, Path, description = "The id or the key")),
    request_body = wire::LoanCommand,
    responses((status = 200, body = wire::CommandPreview), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn preview(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::CommandPreview>, DoorError> {
    let loan = address(&services, &id).await?;
    let (word, command) = read(&call, loan)?;
    let preview = services.desk.preview(loan, command, call.caller_of_many()).await?;
    Ok(Json(commanded::preview(word, &preview)))
}

async fn address(services: &Services, id: &str) -> Result<Address, DoorError> {
    services.reading.find_loan(id).await?.ok_or_else(|| DoorError::no_such("loan", id))
}

fn read(
    call: &Call,
    loan: Address,
) -> Result<(&'static str, loam_book::loan::command::LoanCommand), DoorError> {
    let members = call.members()?;
    command(&Given { members: &members, catalog: &call.now.catalog, part: loan.part })
}
