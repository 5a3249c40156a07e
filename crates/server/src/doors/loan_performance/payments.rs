//! Payments: upsert one, list those of a customer or of one loan. Bank account numbers are sealed
//! before they become part of a report.

use axum::response::Response;
use loam_app::error::AppError;
use loam_book::loan::refusal::Refusal;
use loam_book::reporting::Report;

use super::asked::{Asked, At, Reported};
use super::error::DoorError;
use super::reply::upserted;
use super::translate::{ShownLoan, payment, required_text, said, text};
use super::validation::Object;
use super::{fields, pages, reading, wire};

/// Creates or updates a payment on a loan of the customer.
///
/// 201 where the payment is new, else 200; the body is `null` unless `Prefer: return=representation`.
#[utoipa::path(
    post,
    path = "/api/v1/loan-performance/customers/{customerId}/payments",
    tag = "loan performance",
    operation_id = "upsert_payment",
    params(
        ("customerId" = String, Path),
        ("Prefer" = Option<String>, Header, description = "`return=representation`: the answer shows what is known now"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::PaymentReport,
    responses(
        (status = 200, description = "The payment was known", body = wire::Upserted<wire::Payment>),
        (status = 201, description = "The payment is new", body = wire::Upserted<wire::Payment>),
        (status = 404, description = "The customer is not known", body = wire::Message),
        (status = 422, description = "Also where the customer has no such loan", body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn upsert(At(customer): At<String>, asked: Asked) -> Result<Response, DoorError> {
    let body = asked.checked_body(&[fields::LOAN_OF_PAYMENT, fields::PAYMENT])?;
    let loan_id = required_text(&body, "loan_id");
    let reported = report(&asked, (&customer, &loan_id), &body).await?;
    Ok(answer(&asked, reported, &body))
}

/// The same, with the loan in the path.
#[utoipa::path(
    post,
    path = "/api/v1/loan-performance/customers/{customerId}/loans/{loanId}/payments",
    tag = "loan performance",
    operation_id = "upsert_payment_of_loan",
    params(
        ("customerId" = String, Path),
        ("loanId" = String, Path),
        ("Prefer" = Option<String>, Header, description = "`return=representation`: the answer shows what is known now"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::PaymentReport,
    responses(
        (status = 200, description = "The payment was known", body = wire::Upserted<wire::Payment>),
        (status = 201, description = "The payment is new", body = wire::Upserted<wire::Payment>),
        (status = 404, description = "The customer is not known, or has no such loan", body = wire::Message),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn upsert_on_loan(
    At((customer, loan_id)): At<(String, String)>,
    asked: Asked,
) -> Result<Response, DoorError> {
    let body = asked.checked_body(&[fields::LOAN_IN_PATH, fields::PAYMENT])?;
    let named = said(&body, "loan_id", text).flatten();
    if named.is_some_and(|named| named != loan_id) {
        return Err(DoorError::invalid_choice("loan_id"));
    }
    let reported = report(&asked, (&customer, &loan_id), &body).await;
    if matches!(reported, Err(AppError::Refused(Refusal::UnknownReportedLoan { .. }))) {
        return Err(DoorError::NotFound);
    }
    Ok(answer(&asked, reported?, &body))
}

/// Payments on all loans of a customer. Loam's own extension; bank account numbers are masked.
#[utoipa::path(
    get,
    path = "/api/v1/loan-performance/customers/{customerId}/payments",
    tag = "loan performance",
    operation_id = "list_payments_of_customer",
    params(
        ("customerId" = String, Path),
        ("per_page" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "100 unless said otherwise"),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = wire::Paged<wire::Payment>),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn list(At(customer): At<String>, asked: Asked) -> Result<Response, DoorError> {
    let part = pages::counted(&asked.query(fields::PAGE)?)?;
    let customer = reading::Customer::find(&asked, &customer).await?;
    let loans = customer.all_loans(&asked).await?;
    Ok(list_of(&asked, &loans, part))
}

/// Payments on one loan. Loam's own extension; bank account numbers are masked.
#[utoipa::path(
    get,
    path = "/api/v1/loan-performance/customers/{customerId}/loans/{loanId}/payments",
    tag = "loan performance",
    operation_id = "list_payments_of_loan",
    params(
        ("customerId" = String, Path),
        ("loanId" = String, Path),
        ("per_page" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "100 unless said otherwise"),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = wire::Paged<wire::Payment>),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn list_of_loan(
    At((customer, loan)): At<(String, String)>,
    asked: Asked,
) -> Result<Response, DoorError> {
    let part = pages::counted(&asked.query(fields::PAGE)?)?;
    let customer = reading::Customer::find(&asked, &customer).await?;
    let loan = customer.loan(&asked, &loan).await?;
    Ok(list_of(&asked, &[loan], part))
}

async fn report(
    asked: &Asked,
    (customer, loan_id): (&str, &str),
    body: &Object<'_>,
) -> Result<Reported, AppError> {
    let services = &asked.services;
    let payment = Box::new(payment(body, |number| services.vault.seal(number, &services.desk)));
    let report = Report::PerformancePayment { loan_id: loan_id.to_owned(), payment };
    asked.report(asked.customer(customer), report).await
}

fn answer(asked: &Asked, reported: Reported, body: &Object<'_>) -> Response {
    let payment_id = required_text(body, "payment_id");
    upserted(asked, reported.is_new, || {
        let loan = ShownLoan::of_report(&reported.subject.id, reported.loan);
        loan.and_then(|loan| loan.payments().find(|payment| payment.payment_id == payment_id))
    })
}

fn list_of(asked: &Asked, loans: &[ShownLoan], (offset, per_page): (i64, i64)) -> Response {
    let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let payments = loans.iter().flat_map(ShownLoan::payments);
    let part = payments.skip(count(offset)).take(count(per_page + 1)).collect();
    pages::counted_page(asked, part, (offset, per_page))
}
