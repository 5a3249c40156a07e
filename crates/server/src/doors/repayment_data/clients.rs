//! Clients and their loans: report a loan, create a client, list, read.

use axum::response::Response;
use loam_book::reporting::subject::SubjectName;
use loam_book::reporting::{Report, ReportCommand};

use crate::object_id::ObjectId;

use super::asked::{Asked, AskedByAny, At, Reported};
use super::error::DoorError;
use super::person::Person;
use super::reply;
use super::translate::report::{Named, loan_report, new_client};
use super::wire::{Client, Failure, Listed, NewClient, Problem, Success, described};

/// Adds loan repayment data to a client.
///
/// A loan that was reported under its reference before is replaced wholly; the same report again
/// changes nothing but the time of the last report. The client must exist.
#[utoipa::path(
    put,
    path = "/v1/api/clients/loans",
    tag = "repayment data",
    operation_id = "report_repayment_data",
    security(("x-api-key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition is not carried out again")),
    request_body = described::LoanReport,
    responses((status = 200, body = Success<Client>), (status = "4XX", body = Failure)),
)]
pub(super) async fn report_loan(asked: Asked) -> Result<Response, DoorError> {
    let (named, loan) = loan_report(&asked.body)?;
    let subject = subject_named(&asked, named).await?;
    let address = subject.address();
    let report = Report::RepaymentLoan(Box::new(loan));
    let Reported { subject, loan, .. } = asked.report(ReportCommand { subject, address, report }).await?;
    let loans = match loan {
        // The only one: nothing has to be read.
        Some(loan) if subject.loan_count == 1 => vec![*loan],
        Some(_) | None => asked.loans_of(&subject).await?,
    };
    Ok(reply::ok("Client data updated successfully!", asked.audience().client(&subject, &loans)))
}

/// The client that a report names; with both names, they must mean the same one.
async fn subject_named(asked: &Asked, named: Named) -> Result<SubjectName, DoorError> {
    let (client_id, external_client_id) = match (named.client_id, named.external_client_id) {
        (Some(client_id), Some(external_client_id)) => (client_id, external_client_id),
        // Whether there is such a client is for the desk to say.
        (Some(client_id), None) => return Ok(asked.name(client_id.to_lowercase(), None)),
        (None, external_client_id) => {
            let found = asked.find_by_reference(&external_client_id.unwrap_or_default()).await?;
            return found.map(|subject| subject.name()).ok_or_else(DoorError::no_client);
        }
    };
    let subject = asked.find_by_id(&client_id).await?.ok_or_else(DoorError::no_client)?;
    if subject.reference.as_ref() != Some(&external_client_id) {
        let field = "externalClientId".to_owned();
        let message = "externalClientId must name the same client as clientId".to_owned();
        return Err(DoorError::invalid(vec![Problem { field, message }]));
    }
    Ok(subject.name())
}

/// Creates a client; 409 when the external id is taken.
///
/// The public key will do, unless the client brings its `clientId` along. A client that exists
/// already under both ids is answered with 200.
#[utoipa::path(
    post,
    path = "/v1/api/clients",
    tag = "repayment data",
    operation_id = "create_client",
    security(("x-api-key" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = NewClient,
    responses(
        (status = 201, body = Success<Client>),
        (status = 200, body = Success<Client>, description = "The client was there already"),
        (status = "4XX", body = Failure),
    ),
)]
pub(super) async fn create(AskedByAny(asked): AskedByAny) -> Result<Response, DoorError> {
    let new = new_client(&asked.body)?;
    let id = match new.client_id {
        Some(id) => {
            asked.require_secret_key()?;
            id
        }
        None => {
            let desk = &asked.services.desk;
            // A retry under the same key draws the same part, where the first answer is kept.
            let part = desk.part_for_new_holder(asked.caller.idempotency.as_ref());
            ObjectId::draw_in(part, asked.services.clock.now(), desk)
        }
    };
    let subject = asked.name(id.to_string(), Some(new.external_client_id));
    let address = subject.address();
    let report = ReportCommand { subject, address, report: Report::Subject };
    let Reported { subject, is_new, .. } = asked.report(report).await?;
    if is_new {
        return Ok(reply::created("Client created successfully!", asked.audience().client(&subject, &[])));
    }
    let loans = asked.loans_of(&subject).await?;
    Ok(reply::ok("Client exists already!", asked.audience().client(&subject, &loans)))
}

/// Clients of the business, by pages.
#[utoipa::path(
    get,
    path = "/v1/api/clients",
    tag = "repayment data",
    operation_id = "list_clients",
    security(("x-api-key" = [])),
    params(
        ("limit" = Option<i64>, Query, description = "1 to 100; 20 unless given"),
        ("page" = Option<i64>, Query, description = "From 1 on"),
        ("externalClientId" = Option<String>, Query),
        ("clientId" = Option<String>, Query),
        ("digitalCreditScoreEvolution" = Option<String>, Query, description = "`improving`, `stable` or `declining`"),
        ("businessId" = Option<String>, Query, description = "Another business has no clients here"),
        ("startDate" = Option<String>, Query, description = "Created on this day or later, in the time zone of the business"),
        ("endDate" = Option<String>, Query, description = "Created on this day or earlier"),
        ("dcsFrom" = Option<i64>, Query, description = "Score from, 0 to 1000"),
        ("dcsTo" = Option<i64>, Query, description = "Score to, 0 to 1000"),
        ("phoneDataCountFrom" = Option<i64>, Query, description = "Nobody has phone data: from 1 on the list is empty"),
        ("phoneDataCountTo" = Option<i64>, Query),
        ("sort" = Option<String>, Query, description = "JSON: `{\"item\":\"dcs\",\"order\":-1}`, with `dcs` or `createdAt`, and 1 or -1"),
    ),
    responses((status = 200, body = Success<Listed<Client>>), (status = "4XX", body = Failure)),
)]
pub(super) async fn list(asked: Asked) -> Result<Response, DoorError> {
    let listing = asked.query()?.listing(&asked.business)?;
    let store = asked.services.reading.store();
    let (total, subjects) = match &listing.filter {
        Some(filter) => (store.count_subjects(filter).await?, store.subjects(filter, listing.page()).await?),
        None => (0, Vec::new()),
    };
    let mut clients = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let loans = asked.loans_of(&subject).await?;
        clients.push((subject, loans));
    }
    let audience = asked.audience();
    let docs = clients.iter().map(|(subject, loans)| audience.client(subject, loans)).collect();
    let page = Listed { docs, pagination: listing.pagination(total) };
    Ok(reply::ok("Clients fetched successfully!", page))
}

/// One client, by `clientId` or by its external id.
///
/// Loans and installments have a member `derived`, which is not in the contract: the status that
/// follows from dates and amounts on the business date. A business that may read the book also finds
/// clients of the book, and the loans that the book services.
#[utoipa::path(
    get,
    path = "/v1/api/clients/{clientId}",
    tag = "repayment data",
    operation_id = "read_client",
    security(("x-api-key" = [])),
    params(("clientId" = String, Path, description = "The `clientId`, or the id that the business uses")),
    responses((status = 200, body = Success<Client>), (status = "4XX", body = Failure)),
)]
pub(super) async fn one(At(id): At<String>, asked: Asked) -> Result<Response, DoorError> {
    let person = Person::find(&asked, &id).await?;
    let business_date = asked.services.reading.store().state().await?.business_date;
    let audience = asked.audience().with_derived(business_date);
    Ok(reply::ok("Client fetched successfully!", audience.person(&person)))
}
