//! Loan products: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::product::Product;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::product;
use super::wire;

impl Kind for Product {
    type Wire = wire::LoanProduct;
    const NAME: &'static str = "loan product";
    const PATH: &'static str = "/loam/v1/loan-products";
    const ID: &'static str = "id";
    const DERIVED: &'static [&'static str] = product::DERIVED;

    fn shelf(catalog: &Catalog) -> &Shelf<Product> {
        &catalog.products
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::LoanProduct {
        product::wire_of(self)
    }

    fn canonical(members: Members) -> Result<Members, DoorError> {
        product::canonical(members)
    }

    fn read(members: &Members, base: &Base<'_, Product>) -> Result<Product, DoorError> {
        product::product_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Product(Box::new(self))
    }

    fn of_record(record: Record) -> Option<Product> {
        if let Record::Product(found) = record { Some(*found) } else { None }
    }
}

/// All loan products, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/loan-products",
    tag = "loan products",
    operation_id = "list_loan_products",
    responses((status = 200, body = Vec<wire::LoanProduct>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::LoanProduct>> {
    records::list::<Product>(&call)
}

/// One loan product, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/loan-products/{id}",
    tag = "loan products",
    operation_id = "read_loan_product",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::LoanProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::LoanProduct>, DoorError> {
    records::one::<Product>(&call, &id)
}

/// Creates a loan product; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/loan-products",
    tag = "loan products",
    operation_id = "create_loan_product",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::LoanProduct,
    responses((status = 201, body = wire::LoanProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Product>(&services, &call).await
}

/// Changes a loan product; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/loan-products/{id}",
    tag = "loan products",
    operation_id = "change_loan_product",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::LoanProduct, description = "Any of the members"),
    responses((status = 200, body = wire::LoanProduct), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::LoanProduct>, DoorError> {
    records::change::<Product>(&services, &call, &id).await
}
