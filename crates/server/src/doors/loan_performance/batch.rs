//! Many customers with everything that is known of their loans. What is wrong is left out, the
//! smallest thing that can be: a payment, a loan with its payments, or a customer. A customer of
//! whom no loan is left is not opened.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream;
use loam_app::error::AppError;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::reporting::Report;
use loam_book::reporting::performance_report::{PerformanceLoanReport, PerformancePaymentReport};

use super::asked::Asked;
use super::error::{DoorError, LOAN_ID_TAKEN, too_many_payments};
use super::reply::represented;
use super::translate::{batch_loan, payment, required_text};
use super::validation::{Errors, Object, Value, check};
use super::{fields, wire};

/// How many reports wait for the desk at once: as many as it settles together.
const AT_ONCE: usize = 256;

/// A loan of the batch that has the right form.
struct Accepted {
    /// Of the customer, in the batch.
    index: usize,
    /// Where the loan stands: `customers.0.loans.1.`
    prefix: String,
    customer_id: String,
    loan: PerformanceLoanReport,
}

/// Customers by their place in the batch: what is wrong with them, and whether anything was taken.
struct Customers(Vec<(Errors, bool)>);

/// Creates or updates up to 1,000 customers with their loans and payments.
///
/// What is malformed or invalid is skipped and the rest is taken. The body of the answer is `null`;
/// with `Prefer: return=representation` it counts what was processed and names what was skipped.
#[utoipa::path(
    post,
    path = "/api/v1/loan-performance/customers/batch",
    tag = "loan performance",
    operation_id = "upsert_customers",
    params(
        ("Prefer" = Option<String>, Header, description = "`return=representation`: the answer names what was skipped"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answers"),
    ),
    request_body = wire::BatchReport,
    responses(
        (status = 200, body = Option<wire::BatchResult>),
        (status = 409, description = "The idempotency key was used with another batch", body = wire::Message),
        (status = 422, description = "No list, or one that is too long: nothing was taken", body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["loan-performance"])),
)]
pub(super) async fn upsert(asked: Asked) -> Result<Response, DoorError> {
    let body = asked.checked_body(&[fields::BATCH])?;
    let items = body.get("customers").and_then(Value::elements).unwrap_or_default();
    let mut customers = Customers(items.iter().map(|_| (Errors::default(), false)).collect());
    let mut accepted = Vec::new();
    for (index, item) in items.iter().enumerate() {
        read_customer(&asked, (index, item), &mut customers, &mut accepted);
    }
    submit(&asked, accepted, &mut customers).await?;
    Ok(represented(&asked, StatusCode::OK, || customers.into_result()))
}

/// Reads a customer with the loans; what has the right form goes to `accepted`.
fn read_customer(
    asked: &Asked,
    (index, item): (usize, &Value<'_>),
    customers: &mut Customers,
    accepted: &mut Vec<Accepted>,
) {
    let attribute = format!("customers.{index}");
    let errors = customers.errors(index);
    let Some(customer) = member(item, &attribute, errors) else { return };
    let mut of_customer = Errors::default();
    check(fields::BATCH_CUSTOMER, &customer, &format!("{attribute}."), &mut of_customer);
    if !of_customer.is_empty() {
        return errors.extend(of_customer);
    }
    let customer_id = required_text(&customer, "customer_id");
    let loans = customer.get("loans").and_then(Value::elements).unwrap_or_default();
    for (place, item) in loans.iter().enumerate() {
        let prefix = format!("{attribute}.loans.{place}");
        if let Some(loan) = read_loan(asked, item, &prefix, errors) {
            let (customer_id, prefix) = (customer_id.clone(), format!("{prefix}."));
            accepted.push(Accepted { index, prefix, customer_id, loan });
        }
    }
}

fn read_loan(
    asked: &Asked,
    item: &Value<'_>,
    attribute: &str,
    errors: &mut Errors,
) -> Option<PerformanceLoanReport> {
    let loan = member(item, attribute, errors)?;
    let mut of_loan = Errors::default();
    let prefix = format!("{attribute}.");
    check(fields::LOAN, &loan, &prefix, &mut of_loan);
    check(fields::BATCH_LOAN, &loan, &prefix, &mut of_loan);
    if !of_loan.is_empty() {
        errors.extend(of_loan);
        return None;
    }
    let payments = loan.get("payments").and_then(Value::elements).unwrap_or_default();
    let payments = payments
        .iter()
        .enumerate()
        .filter_map(|(place, item)| read_payment(asked, item, &format!("{prefix}payments.{place}"), errors));
    let payments = payments.collect();
    Some(batch_loan(&loan, payments))
}

fn read_payment(
    asked: &Asked,
    item: &Value<'_>,
    attribute: &str,
    errors: &mut Errors,
) -> Option<PerformancePaymentReport> {
    let object = member(item, attribute, errors)?;
    let mut of_payment = Errors::default();
    for table in [fields::REFERENCES, fields::PAYMENT] {
        check(table, &object, &format!("{attribute}."), &mut of_payment);
    }
    if !of_payment.is_empty() {
        errors.extend(of_payment);
        return None;
    }
    let services = &asked.services;
    Some(payment(&object, |number| services.vault.seal(number, &services.desk)))
}

/// The members of an element, which must be an object.
fn member<'a>(item: &'a Value<'_>, attribute: &str, errors: &mut Errors) -> Option<Object<'a>> {
    let object = item.object();
    if object.is_none() {
        errors.add(attribute, format!("The {} must be an array.", attribute.replace('_', " ")));
    }
    object
}

/// Hands the loans to the desk, many at once and in their order, so that they share commits. Customers of two lanes
/// may be settled in any order: where two name one loan, the second waits for the first.
async fn submit(asked: &Asked, accepted: Vec<Accepted>, customers: &mut Customers) -> Result<(), DoorError> {
    let mut named: HashMap<String, String> = HashMap::new();
    let (mut first, mut at_once) = (0, Vec::new());
    for (place, one) in accepted.into_iter().enumerate() {
        if named.get(&one.loan.loan_id).is_some_and(|customer| *customer != one.customer_id) {
            submit_at_once(asked, (first, std::mem::take(&mut at_once)), customers).await?;
            named.clear();
            first = place;
        }
        named.insert(one.loan.loan_id.clone(), one.customer_id.clone());
        at_once.push(one);
    }
    submit_at_once(asked, (first, at_once), customers).await
}

/// The first of them stands at this place of the batch.
async fn submit_at_once(
    asked: &Asked,
    (first, accepted): (usize, Vec<Accepted>),
    customers: &mut Customers,
) -> Result<(), DoorError> {
    let reports = (first..).zip(accepted).map(|(place, accepted)| {
        let Accepted { index, prefix, customer_id, loan } = accepted;
        let report = Report::CustomerLoan(Box::new(loan));
        let reporting = asked.report_of_many(place, asked.customer(&customer_id), report);
        async move { (index, prefix, reporting.await) }
    });
    let reports: Vec<_> = reports.collect();
    let mut settled = stream::iter(reports).buffered(AT_ONCE);
    let mut failure = None;
    while let Some((index, prefix, result)) = settled.next().await {
        match result {
            Ok(_) => customers.take(index),
            Err(AppError::Refused(Refusal::IdInUse { kind: IdKind::ReportedLoan, .. })) => {
                customers.errors(index).add(&format!("{prefix}loan_id"), LOAN_ID_TAKEN.to_owned());
            }
            Err(AppError::Refused(Refusal::TooManyPayments { most, .. })) => {
                customers.errors(index).add(&format!("{prefix}payments"), too_many_payments(most));
            }
            // The rest is settled all the same: nothing is left in the middle of its way.
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

impl Customers {
    fn errors(&mut self, index: usize) -> &mut Errors {
        &mut self.0[index].0
    }

    fn take(&mut self, index: usize) {
        self.0[index].1 = true;
    }

    fn into_result(self) -> wire::BatchResult {
        let processed = self.0.iter().filter(|(_, is_taken)| *is_taken).count();
        let skipped = self.0.into_iter().enumerate().filter(|(_, (errors, _))| !errors.is_empty());
        let skipped = skipped.map(|(index, (errors, _))| wire::Skipped { index, errors }).collect();
        wire::BatchResult { processed, skipped }
    }
}
