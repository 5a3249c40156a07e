//! Deposit products: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::record::Record;
use loam_book::savings::product::SavingsProduct;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::savings;
use super::wire;

impl Kind for SavingsProduct {
    type Wire = wire::SavingsProduct;
    const NAME: &'static str = "savings product";
    const PATH: &'static str = "/loam/v1/savings-products";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<SavingsProduct> {
        &catalog.savings_products
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::SavingsProduct {
        savings::wire_of(self)
    }

    fn read(members: &Members, base: &Base<'_, SavingsProduct>) -> Result<SavingsProduct, DoorError> {
        savings::product_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::SavingsProduct(Box::new(self))
    }

    fn of_record(record: Record) -> Option<SavingsProduct> {
        if let Record::SavingsProduct(found) = record { Some(*found) } else { None }
    }
}

/// All savings products, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/savings-products",
    tag = "savings products",
    operation_id = "list_savings_products",
    responses((status = 200, body = Vec<wire::SavingsProduct>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::SavingsProduct>> {
    records::list::<SavingsProduct>(&call)
}

/// One savings product, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/savings-products/{id}",
    tag = "savings products",
    operation_id = "read_savings_product",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::SavingsProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::SavingsProduct>, DoorError> {
    records::one::<SavingsProduct>(&call, &id)
}

/// Creates a savings product; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/savings-products",
    tag = "savings products",
    operation_id = "create_savings_product",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::SavingsProduct,
    responses((status = 201, body = wire::SavingsProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<SavingsProduct>(&services, &call).await
}

/// Changes a savings product; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/savings-products/{id}",
    tag = "savings products",
    operation_id = "change_savings_product",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::SavingsProduct, description = "Any of the members"),
    responses((status = 200, body = wire::SavingsProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::SavingsProduct>, DoorError> {
    records::change::<SavingsProduct>(&services, &call, &id).await
}
