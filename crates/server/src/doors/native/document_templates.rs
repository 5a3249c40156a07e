//! Kinds of documents of identification: list, read, create, change.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::Key;
use loam_book::party::kinds::DocumentTemplate;
use loam_book::record::Record;

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::Members;
use super::records::{self, Base, Kind};
use super::translate::party;
use super::wire;

impl Kind for DocumentTemplate {
    type Wire = wire::DocumentTemplate;
    const NAME: &'static str = "id document template";
    const PATH: &'static str = "/loam/v1/id-document-templates";
    const ID: &'static str = "id";

    fn shelf(catalog: &Catalog) -> &Shelf<DocumentTemplate> {
        &catalog.document_templates
    }

    fn key(&self) -> Key {
        self.key
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn to_wire(&self) -> wire::DocumentTemplate {
        party::wire_of_document_template(self)
    }

    fn read(members: &Members, base: &Base<'_, DocumentTemplate>) -> Result<DocumentTemplate, DoorError> {
        party::document_template_of(members, base)
    }

    fn into_record(self) -> Record {
        Record::DocumentTemplate(self)
    }

    fn of_record(record: Record) -> Option<DocumentTemplate> {
        if let Record::DocumentTemplate(found) = record { Some(found) } else { None }
    }
}

/// All id document templates, in the order of their ids.
#[utoipa::path(
    get,
    path = "/loam/v1/id-document-templates",
    tag = "id document templates",
    operation_id = "list_id_document_templates",
    responses((status = 200, body = Vec<wire::DocumentTemplate>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn list(call: Call) -> Json<Vec<wire::DocumentTemplate>> {
    records::list::<DocumentTemplate>(&call)
}

/// One id document template, by id or key.
#[utoipa::path(
    get,
    path = "/loam/v1/id-document-templates/{id}",
    tag = "id document templates",
    operation_id = "read_id_document_template",
    params(("id" = String, Path, description = "The id or the key")),
    responses((status = 200, body = wire::DocumentTemplate), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn one(Id(id): Id, call: Call) -> Result<Json<wire::DocumentTemplate>, DoorError> {
    records::one::<DocumentTemplate>(&call, &id)
}

/// Creates a id document template; 409 when the id is taken.
///
/// An `Idempotency-Key` makes a repetition safe: it gets the first answer again.
#[utoipa::path(
    post,
    path = "/loam/v1/id-document-templates",
    tag = "id document templates",
    operation_id = "create_id_document_template",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::DocumentTemplate,
    responses((status = 201, body = wire::DocumentTemplate), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn create(State(services): State<Services>, call: Call) -> Result<Response, DoorError> {
    records::create::<DocumentTemplate>(&services, &call).await
}

/// Changes a id document template; 409 when a record was changed meanwhile.
///
/// Only the members given change (JSON Merge Patch, RFC 7386); null puts one back to its default.
#[utoipa::path(
    patch,
    path = "/loam/v1/id-document-templates/{id}",
    tag = "id document templates",
    operation_id = "change_id_document_template",
    params(
        ("id" = String, Path, description = "The id or the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body(content = wire::DocumentTemplate, description = "Any of the members"),
    responses((status = 200, body = wire::DocumentTemplate), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn change(
    State(services): State<Services>,
    Id(id): Id,
    call: Call,
) -> Result<Json<wire::DocumentTemplate>, DoorError> {
    records::change::<DocumentTemplate>(&services, &call, &id).await
}
