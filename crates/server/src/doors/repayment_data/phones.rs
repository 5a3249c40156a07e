//! Telephones. The contract's clients have data of theirs; Loam collects none, and says so in the
//! contract's shapes.

use axum::response::Response;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply;
use super::wire::{Failure, Listed, Phone, Success};

/// Telephones of a client: none.
#[utoipa::path(
    get,
    path = "/v1/api/clients/phones",
    tag = "repayment data",
    operation_id = "list_phones",
    security(("x-api-key" = [])),
    params(("clientId" = Option<String>, Query, description = "Whose; must exist if given")),
    responses((status = 200, body = Success<Listed<Phone>>), (status = "4XX", body = Failure)),
)]
pub(super) async fn list(asked: Asked) -> Result<Response, DoorError> {
    let query = asked.query()?;
    if let Some(id) = query.text("clientId") {
        asked.find(id).await?.ok_or_else(DoorError::no_client)?;
    }
    let pagination = query.page()?.pagination(0);
    Ok(reply::ok("Phones fetched successfully!", Listed::<Phone> { docs: Vec::new(), pagination }))
}

/// One telephone of a client: there is none.
#[utoipa::path(
    get,
    path = "/v1/api/clients/{clientId}/phones/{phoneId}",
    tag = "repayment data",
    operation_id = "read_phone",
    security(("x-api-key" = [])),
    params(
        ("clientId" = String, Path, description = "The `clientId`, or the id that the business uses"),
        ("phoneId" = String, Path),
    ),
    responses((status = "4XX", body = Failure)),
)]
pub(super) async fn one(At((id, _)): At<(String, String)>, asked: Asked) -> Result<Response, DoorError> {
    asked.find(&id).await?.ok_or_else(DoorError::no_client)?;
    Err(DoorError::no_phone())
}
