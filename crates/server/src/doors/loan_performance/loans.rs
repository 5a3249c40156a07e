//! Loans of a known customer: upsert one, list, read one.

use axum::Json;
use axum::response::Response;
use loam_app::views::Page;
use loam_book::reporting::Report;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::upserted;
use super::translate::{ShownLoan, loan};
use super::{fields, pages, reading, wire};

/// Creates or updates a loan of a customer who is known.
///
/// 201 where the loan is new, else 200; the body is `null` unless `Prefer: return=representation`.
#[utoipa::path(
    post,
    path = "/api/v1/loan-performance/customers/{customerId}/loans",
    tag = "loan performance",
    operation_id = "upsert_loan",
    params(
        ("customerId" = String, Path),
        ("Prefer" = Option<String>, Header, description = "`return=representation`: the answer shows what is known now"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::LoanReport,
    responses(
        (status = 200, description = "The loan was known", body = wire::Upserted<wire::Loan>),
        (status = 201, description = "The loan is new", body = wire::Upserted<wire::Loan>),
        (status = 404, description = "The customer is not known", body = wire::Message),
        (status = 409, description = "Another customer has the loan id", body = wire::Message),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn upsert(At(customer): At<String>, asked: Asked) -> Result<Response, DoorError> {
    let told = loan(&asked.checked_body(&[fields::LOAN])?);
    let report = Report::PerformanceLoan(Box::new(told));
    let reported = asked.report(asked.customer(&customer), report).await?;
    Ok(upserted(&asked, reported.is_new, || {
        ShownLoan::of_report(&customer, reported.loan).map(|loan| loan.to_wire())
    }))
}

/// A customer's loans, in the order in which they were first reported. Loam's own extension.
#[utoipa::path(
    get,
    path = "/api/v1/loan-performance/customers/{customerId}/loans",
    tag = "loan performance",
    operation_id = "list_loans_of_customer",
    params(
        ("customerId" = String, Path),
        ("per_page" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "100 unless said otherwise"),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = wire::Paged<wire::Loan>),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn list(At(customer): At<String>, asked: Asked) -> Result<Response, DoorError> {
    let (offset, per_page) = pages::counted(&asked.query(fields::PAGE)?)?;
    let customer = reading::Customer::find(&asked, &customer).await?;
    let loans = customer.loans(&asked, Page { offset, limit: per_page + 1 }).await?;
    let loans = loans.iter().map(ShownLoan::to_wire).collect();
    Ok(pages::counted_page(&asked, loans, (offset, per_page)))
}

/// One loan as it is known, with what follows from it and what was odd about it. Loam's own extension.
#[utoipa::path(
    get,
    path = "/api/v1/loan-performance/customers/{customerId}/loans/{loanId}",
    tag = "loan performance",
    operation_id = "read_loan_of_customer",
    params(("customerId" = String, Path), ("loanId" = String, Path)),
    responses((status = 200, body = wire::Data<wire::Loan>), (status = "4XX", body = wire::Message)),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn show(
    At((customer, loan)): At<(String, String)>,
    asked: Asked,
) -> Result<Json<wire::Data<wire::Loan>>, DoorError> {
    let customer = reading::Customer::find(&asked, &customer).await?;
    let loan = customer.loan(&asked, &loan).await?;
    Ok(Json(wire::Data { data: loan.to_wire() }))
}
