//! The native door, `/loam/v1`: what administrators do and the contracts have no word for. The day,
//! products, branches, centres, users, transaction channels, clients of the token endpoint, leads.
//!
//! It follows no outside contract; members that the loan accounts contract names have the same name
//! here. `docs/native-door.md` tells what each member does, its default and what is refused.

use axum::Router;
use axum::routing::any;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, RefOr, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Services;

use self::call::DRY_RUN;
use self::error::DoorError;

mod accounting_closures;
mod api_clients;
mod api_consumers;
mod borrowers;
mod branches;
mod businesses;
mod call;
mod centres;
mod channels;
mod client_types;
mod commands;
mod custom_field_sets;
mod custom_fields;
mod day;
mod deliveries;
mod document_templates;
mod error;
mod gl_accounts;
mod group_roles;
mod index_rates;
mod leads;
mod links;
mod loans;
mod members;
mod payments;
mod products;
mod purposes;
mod query;
mod reconciliation;
mod records;
mod reports;
mod risk_levels;
mod roles;
mod savings_products;
mod settings;
mod targets;
mod templates;
mod translate;
mod users;
mod wire;

/// The head of this door's part of the API reference.
#[derive(OpenApi)]
#[openapi(tags(
    (name = "day", description = "The business date and the closing of days. Administrators only."),
    (name = "loan products", description = "The templates of loans. Administrators only."),
    (name = "savings products", description = "The templates of deposit accounts. Administrators only."),
    (name = "branches", description = "Branches. Administrators only."),
    (name = "centres", description = "Places where a branch meets its clients. Administrators only."),
    (name = "users", description = "Users and what they may do. Administrators only."),
    (name = "roles", description = "Rights that many users share. Administrators only."),
    (name = "transaction channels", description = "Ways in which money moves. Administrators only."),
    (name = "custom fields", description = "What is asked for beside what the book asks for. Administrators only."),
    (name = "settings", description = "Days on which nobody works. Administrators only."),
    (name = "GL accounts", description = "The chart of accounts. Administrators only."),
    (name = "accounting closures", description = "Periods in which nothing is booked any more. Administrators only."),
    (name = "reports", description = "Reports over loans and the ledger. Administrators only."),
    (name = "risk levels", description = "Bands of days in arrears. Administrators only."),
    (name = "document templates", description = "Texts with placeholders, from which documents are made. Administrators only."),
    (name = "client types", description = "Types of clients and groups. Administrators only."),
    (name = "group roles", description = "What members are in groups. Administrators only."),
    (name = "id document templates", description = "Documents by which clients identify themselves. Administrators only."),
    (name = "index rate sources", description = "What rates follow. Administrators only."),
    (name = "API consumers", description = "Programs that call with keys of their own. Administrators only."),
    (name = "API clients", description = "Clients of the token endpoint. Administrators only."),
    (name = "loans", description = "Loans on any day, commands on them, many payments at once. Administrators only."),
    (name = "leads", description = "Leads, and whether somebody was one before. Administrators only."),
    (name = "loan purposes", description = "What loans on the marketplace are for. Administrators only."),
    (name = "borrower accounts", description = "By which ids the marketplace knows clients. Administrators only."),
    (name = "outside", description = "Names that others gave, what they report, and who is told. Administrators only."),
))]
struct Head;

/// Every route of this door, with the description of each.
fn described() -> OpenApiRouter<Services> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(day::business_date))
        .routes(routes!(day::end_of_day, day::progress))
        .routes(routes!(products::list, products::create))
        .routes(routes!(products::one, products::change))
        .routes(routes!(savings_products::list, savings_products::create))
        .routes(routes!(savings_products::one, savings_products::change))
        .routes(routes!(branches::list, branches::create))
        .routes(routes!(branches::one, branches::change))
        .routes(routes!(centres::list, centres::create))
        .routes(routes!(centres::one, centres::change))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::one, users::change))
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::one, roles::change))
        .routes(routes!(channels::list, channels::create))
        .routes(routes!(channels::one, channels::change))
        .routes(routes!(index_rates::list, index_rates::create))
        .routes(routes!(index_rates::one, index_rates::change))
        .routes(routes!(custom_field_sets::list, custom_field_sets::create))
        .routes(routes!(custom_field_sets::one, custom_field_sets::change))
        .routes(routes!(custom_fields::list, custom_fields::create))
        .routes(routes!(custom_fields::one, custom_fields::change))
        .routes(routes!(settings::read, settings::change))
        .routes(routes!(risk_levels::list, risk_levels::create))
        .routes(routes!(risk_levels::one, risk_levels::change))
        .routes(routes!(gl_accounts::list, gl_accounts::create))
        .routes(routes!(gl_accounts::one, gl_accounts::change))
        .routes(routes!(templates::list, templates::create))
        .routes(routes!(templates::one, templates::change))
        .merge(consumers())
        .merge(parties())
        .merge(loans_on_any_day())
        .merge(reports())
        .merge(outside())
}

/// Programs that call with keys of their own.
fn consumers() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(users::unlock))
        .routes(routes!(api_consumers::list, api_consumers::create))
        .routes(routes!(api_consumers::one, api_consumers::change))
        .routes(routes!(api_consumers::create_key))
        .routes(routes!(api_consumers::rotate_keys))
        .routes(routes!(api_consumers::revoke_key))
}

/// What is said of clients and groups.
fn parties() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(client_types::list, client_types::create))
        .routes(routes!(client_types::one, client_types::change))
        .routes(routes!(group_roles::list, group_roles::create))
        .routes(routes!(group_roles::one, group_roles::change))
        .routes(routes!(document_templates::list, document_templates::create))
        .routes(routes!(document_templates::one, document_templates::change))
}

/// Reports over loans and the ledger, and periods that are closed.
fn reports() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(accounting_closures::list, accounting_closures::create))
        .routes(routes!(accounting_closures::one, accounting_closures::change))
        .routes(routes!(reports::trial_balance))
        .routes(routes!(reports::gl_statement))
        .routes(routes!(reports::income))
        .routes(routes!(reports::sub_ledger))
        .routes(routes!(reports::deposit_sub_ledger))
        .routes(routes!(reports::portfolio_at_risk))
        .routes(routes!(reports::provisions))
        .routes(routes!(reports::aging))
        .routes(routes!(reports::collections_due))
        .routes(routes!(reports::transactions))
        .routes(routes!(reports::schedules))
}

/// Loans as they were and will be.
fn loans_on_any_day() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(loans::one))
        .routes(routes!(loans::explain))
        .routes(routes!(loans::quote))
        .routes(routes!(loans::annual_rates))
        .routes(routes!(commands::execute))
        .routes(routes!(commands::preview))
        .routes(routes!(payments::take))
}

/// What the book has to do with the outside.
fn outside() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(links::link))
        .routes(routes!(links::subject))
        .routes(routes!(links::person))
        .routes(routes!(reconciliation::reconcile))
        .routes(routes!(targets::list, targets::create))
        .routes(routes!(targets::one, targets::change))
        .routes(routes!(targets::enroll))
        .routes(routes!(businesses::list, businesses::create))
        .routes(routes!(businesses::one, businesses::change))
        .routes(routes!(businesses::rotate_keys))
        .routes(routes!(businesses::rotate_webhook_secret))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::replay))
        .routes(routes!(purposes::list, purposes::create))
        .routes(routes!(purposes::one, purposes::change))
        .routes(routes!(borrowers::create))
        .routes(routes!(borrowers::one))
        .routes(routes!(api_clients::list, api_clients::create))
        .routes(routes!(api_clients::one, api_clients::change, api_clients::revoke))
        .routes(routes!(api_clients::rotate_secret))
        .routes(routes!(leads::register))
        .routes(routes!(leads::one))
}

/// The routes, and this door's own no for every other path and method below `/loam/v1`.
pub(crate) fn router() -> Router<Services> {
    Router::from(described())
        .route("/loam/v1", any(unserved))
        .route("/loam/v1/{*rest}", any(unserved))
        .method_not_allowed_fallback(async || DoorError::method_not_allowed())
}

/// This door's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    let mut openapi = described().into_openapi();
    openapi.paths.paths.values_mut().filter_map(|item| item.patch.as_mut()).for_each(take_dry_runs);
    openapi
}

/// Every change can be tried.
fn take_dry_runs(change: &mut Operation) {
    let parameter = ParameterBuilder::new()
        .name(DRY_RUN)
        .parameter_in(ParameterIn::Query)
        .description(Some("`true`: the answer is what the record would become, and nothing is changed"))
        .schema(Some(Object::with_type(Type::Boolean)));
    change.parameters.get_or_insert_default().push(RefOr::T(parameter.build()));
}

async fn unserved() -> DoorError {
    DoorError::nothing_here()
}

#[cfg(test)]
mod tests;
