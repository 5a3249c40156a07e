//! Loan accounts over HTTP, after version 1 of the Mambu API ("Loans API", 2018-05-18).
//!
//! The routes are here; which operations of the contract are served stands in `operations`.

use axum::Router;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};

use crate::Services;

mod activities;
mod asked;
mod backups;
mod clients;
mod comments;
mod currencies;
mod custom_fields;
mod documents;
mod dynamic_codes;
mod error;
mod fields;
mod find;
mod groups;
mod in_full;
mod index_rates;
mod indicators;
mod ledger;
mod lines_of_credit;
mod loans;
mod notifications;
pub mod openapi;
pub mod operations;
mod organization;
mod papers;
mod products;
mod repayments;
mod reply;
pub mod return_codes;
mod savings;
mod schedule;
mod search;
mod settings;
mod settlement;
mod tasks;
mod templates;
mod transactions;
mod translate;
mod users;
mod wire;
mod within;

pub use openapi::openapi;

pub(crate) fn router() -> Router<Services> {
    Router::new()
        .merge(of_loans())
        .merge(of_parties())
        .merge(of_savings())
        .merge(of_the_organization())
        .merge(papers::router())
        .merge(ledger::router())
        .merge(of_the_book())
        .merge(lines_of_credit::routes())
        .method_not_allowed_fallback(unserved)
}

/// Loans, their products and searches.
fn of_loans() -> Router<Services> {
    Router::new()
        .route("/api/loans", get(loans::list).post(loans::create))
        .route("/api/loans/search", post(search::of_loans))
        .route("/api/loans/transactions/search", post(search::of_transactions))
        .route("/api/repayments", get(repayments::list_due))
        .route("/api/search", get(find::everything))
        .route(
            "/api/loans/{loan}",
            get(loans::show).post(loans::update).patch(loans::edit).delete(loans::delete),
        )
        .route("/api/loans/{loan}/transactions", get(transactions::list).post(transactions::post))
        .route("/api/loans/{loan}/action", post(loans::act))
        .route("/api/loans/{loan}/guarantees", post(loans::set_guarantees))
        .route("/api/loans/{loan}/funds", post(loans::set_funds))
        .route("/api/loans/{loan}/tranches", post(loans::set_tranches))
        .route("/api/loans/{loan}/templates/{template}", get(templates::of_loan))
        .route(
            "/api/loans/{loan}/transactions/{transaction}/templates/{template}",
            get(templates::of_transaction),
        )
        .route("/api/loans/{loan}/repayments", get(repayments::list).patch(repayments::edit))
        .route("/api/loans/{loan}/repayments/{repayment}", delete(repayments::delete))
        .route("/api/loanproducts", get(products::list))
        .route("/api/loanproducts/{product}", get(products::show))
        .route("/api/loanproducts/{product}/schedule", get(schedule::preview))
}

/// Clients and groups.
fn of_parties() -> Router<Services> {
    Router::new()
        .route("/api/clients/search", post(search::of_clients))
        .route("/api/clients", get(clients::list).post(clients::create))
        .route(
            "/api/clients/{client}",
            get(clients::show).patch(clients::edit).post(clients::update).delete(clients::delete),
        )
        .route("/api/clients/{client}/loans", get(loans::list_of_client).post(loans::create_for_client))
        .route("/api/clients/{client}/loans/{loan}", get(loans::show_of_client))
        .route("/api/clienttypes", get(groups::list_types))
        .route("/api/groups", get(groups::list).post(groups::create))
        .route(
            "/api/groups/{group}",
            get(groups::show).patch(groups::edit).post(groups::update).delete(groups::delete),
        )
        .route("/api/groups/{group}/loans", get(loans::list_of_group).post(loans::create_for_group))
        .route("/api/groups/{group}/loans/{loan}", get(loans::show_of_group))
        .route("/api/grouprolenames", get(groups::list_roles))
        .route("/api/grouprolenames/{role}", get(groups::show_role))
}

/// Deposit accounts.
fn of_savings() -> Router<Services> {
    Router::new()
        .route("/api/clients/{client}/savings", get(savings::list_of_client))
        .route("/api/groups/{group}/savings", get(savings::list_of_group))
        .route("/api/savings", get(savings::list).post(savings::create))
        .route(
            "/api/savings/{savings}",
            get(savings::show).post(savings::update).patch(savings::edit).delete(savings::delete),
        )
        .route("/api/savings/{savings}/transactions", get(savings::transactions).post(savings::post))
        .route("/api/savings/{savings}/funding", get(settlement::funding))
        .route("/api/savings/{savings}/funding/{loan}/repayments", get(settlement::funded_repayments))
        .route(
            "/api/loans/{loan}/settlementAccounts/{savings}",
            post(settlement::link).delete(settlement::unlink),
        )
        .route("/api/savingsproducts", get(savings::list_products))
        .route("/api/savingsproducts/{product}", get(savings::show_product))
        .route("/api/savings/search", post(search::of_savings))
        .route("/api/savings/transactions/search", post(search::of_savings_transactions))
        .route("/api/groups/search", post(search::of_groups))
        .merge(custom_fields::routes())
}

/// What the organization consists of.
fn of_the_organization() -> Router<Services> {
    Router::new()
        .route("/api/indexratesources/{source}/indexrates", post(index_rates::add))
        .route("/api/settings/general", get(settings::general))
        .route("/api/settings/organization", get(settings::organization))
        .route("/api/settings/labels", get(settings::labels))
        .route("/api/settings/iddocumenttemplates", get(settings::document_templates))
        .route("/api/branches", get(organization::list_branches))
        .route("/api/branches/{branch}", get(organization::show_branch))
        .route("/api/centres", get(organization::list_centres))
        .route("/api/centres/{centre}", get(organization::show_centre))
        .route("/api/currencies", get(currencies::list))
        .route("/api/settings/branding/logo", get(settings::logo))
        .route("/api/settings/branding/icon", get(settings::icon))
        .route("/api/currencies/{currency}", get(currencies::show))
        .route("/api/users", get(users::list).post(users::create))
        .route("/api/users/{user}", get(users::show).patch(users::edit))
        .route("/api/users/{user}/views", get(users::views))
        .route("/api/userroles", get(users::list_roles))
        .route("/api/userroles/{role}", get(users::show_role))
        .route("/api/transactionchannels", get(organization::list_channels))
        .route("/api/transactionchannels/{channel}", get(organization::show_channel))
}

/// The book as a whole.
fn of_the_book() -> Router<Services> {
    Router::new()
        .route("/api/indicators/{indicator}", get(indicators::show))
        .route("/api/notifications", post(notifications::resend))
        .route("/api/notifications/messages/search", post(notifications::search))
        .route("/api/database/backup", post(backups::start))
        .route("/api/database/backup/LATEST", get(backups::latest))
}

/// What no route takes: another method of a path, or no operation at all. Strangers learn nothing.
pub(crate) async fn unserved(State(services): State<Services>, request: Request) -> Response {
    use error::DoorError;
    use operations::{Known, look_up};
    use return_codes::ReturnCode;

    let known = look_up(request.uri().path());
    if let Err(denied) = asked::Asked::from_request(request, &services).await {
        return denied.into_response();
    }
    DoorError::new(match known {
        Known::OtherMethod => ReturnCode::MethodNotImplemented,
        Known::Nothing => ReturnCode::InvalidApiOperation,
    })
    .into_response()
}

/// An unexpected fault in this door's shape.
pub(crate) fn internal_error() -> Response {
    error::DoorError::new(return_codes::ReturnCode::InternalError).into_response()
}
