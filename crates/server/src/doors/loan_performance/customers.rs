//! Customers: upsert one with its lead loan, read one.

use axum::Json;
use axum::response::Response;
use loam_book::reporting::Report;
use loam_book::reporting::subject::Subject;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reading;
use super::reply::upserted;
use super::translate::{ShownLoan, lead_loan, required_text, shown};
use super::validation::{Errors, Value, check};
use super::{fields, wire};

/// Creates a customer together with the lead loan, or updates that loan.
///
/// 201 where the customer is new, else 200; the body is `null` unless `Prefer: return=representation`.
#[utoipa::path(
    post,
    path = "/api/v1/loan-performance/customers",
    tag = "loan performance",
    operation_id = "upsert_customer",
    params(
        ("Prefer" = Option<String>, Header, description = "`return=representation`: the answer shows what is known now"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::CustomerReport,
    responses(
        (status = 200, description = "The customer was known", body = wire::Upserted<wire::Customer>),
        (status = 201, description = "The customer is new", body = wire::Upserted<wire::Customer>),
        (status = 409, description = "Another customer has the loan id", body = wire::Message),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn upsert(asked: Asked) -> Result<Response, DoorError> {
    let body = asked.body()?;
    let mut errors = Errors::default();
    check(fields::CUSTOMER, &body, "", &mut errors);
    let loan = body.get("lead_loan").and_then(Value::object).unwrap_or_default();
    check(fields::LEAD_LOAN, &loan, "lead_loan.", &mut errors);
    if !errors.is_empty() {
        return Err(DoorError::Invalid(errors));
    }
    let customer = asked.customer(&required_text(&body, "customer_id"));
    let reported = asked.report(customer, Report::CustomerLoan(Box::new(lead_loan(&loan)))).await?;
    Ok(upserted(&asked, reported.is_new, || {
        let loan = ShownLoan::of_report(&reported.subject.id, reported.loan);
        wire_of(&reported.subject, loan)
    }))
}

/// A customer as he or she is known, with the lead loan. Loam's own extension.
#[utoipa::path(
    get,
    path = "/api/v1/loan-performance/customers/{customerId}",
    tag = "loan performance",
    operation_id = "read_customer",
    params(("customerId" = String, Path)),
    responses((status = 200, body = wire::Data<wire::Customer>), (status = "4XX", body = wire::Message)),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn show(
    At(id): At<String>,
    asked: Asked,
) -> Result<Json<wire::Data<wire::Customer>>, DoorError> {
    let customer = reading::Customer::find(&asked, &id).await?;
    let loans = customer.all_loans(&asked).await?;
    let loan_count = u32::try_from(loans.len()).unwrap_or(u32::MAX);
    // Of several, the one that was told last.
    let lead_loans = loans.into_iter().filter(|loan| loan.told.is_lead_loan);
    let lead_loan = lead_loans.max_by_key(|loan| loan.updated_at);
    let data = wire::Customer {
        customer_id: customer.id,
        lead_loan: lead_loan.map(|loan| loan.to_wire()),
        loan_count,
        created_at: shown(customer.created_at),
        updated_at: shown(customer.updated_at),
    };
    Ok(Json(wire::Data { data }))
}

fn wire_of(subject: &Subject, lead_loan: Option<ShownLoan>) -> wire::Customer {
    wire::Customer {
        customer_id: subject.id.clone(),
        lead_loan: lead_loan.map(|loan| loan.to_wire()),
        loan_count: subject.loan_count,
        created_at: shown(subject.created_at),
        updated_at: shown(subject.last_modified_at),
    }
}
