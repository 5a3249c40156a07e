//! Document templates: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::record::Record;
use loam_book::template::Template;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::papers;
use super::wire;

impl Kind for Template {
    type Wire = wire::Template;
    const NAME: &'static str = "document template";
    const PATH: &'static str = "/loam/v1/document-templates";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<Template> {
        &catalog.templates
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::Template {
        papers::wire_of_template(self)
    }

    fn read(members: &Members, base: &Base<'_, Template>) -> Result<Template, DoorError> {
        papers::template_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::Template(self)
    }

    fn of_record(record: Record) -> Option<Template> {
        if let Record::Template(found) = record { Some(found) } else { None }
    }
}

/// All document templates, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/document-templates",
    tag = "document templates",
    operation_id = "list_document_templates",
    responses((status = 200, body = Vec<wire::Template>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::Template>> {
    records::list::<Template>(&call)
}

/// One document template, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/document-templates/{id}",
    tag = "document templates",
    operation_id = "read_document_template",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::Template), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::Template>, DoorError> {
    records::one::<Template>(&call, &id)
}

/// Creates a document template; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/document-templates",
    tag = "document templates",
    operation_id = "create_document_template",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::Template,
    responses((status = 201, body = wire::Template), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<Template>(&services, &call).await
}

/// Changes a document template; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/document-templates/{id}",
    tag = "document templates",
    operation_id = "change_document_template",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::Template, description = "Any of the members"),
    responses((status = 200, body = wire::Template), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::Template>, DoorError> {
    records::change::<Template>(&services, &call, &id).await
}
