//! Links: which names from outside are one person, and which reported loans are loans of the book.
//! Nobody is ever taken for somebody else by guessing.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use loam_app::command::{Address, Command, Done};
use loam_app::serviced::ServicedLoan;
use loam_app::views::{Page, ReportedLoanFilter, SubjectFilter};
use loam_book::ids::Key;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::{Scheme, Subject, SubjectName};
use loam_book::reporting::{Report, ReportCommand};
use loam_book::vocabulary::{Standing, stage_word};

use crate::Services;

use super::call::{Call, Id};
use super::error::DoorError;
use super::members::{Members, Names};
use super::query::Query;
use super::targets::instant;
use super::wire;

/// How many names, and loans of each, are shown of one person.
const MOST: Page = Page { offset: 0, limit: 1_000 };

/// Says that a person under a name from outside is a client, or that a reported loan is a loan.
///
/// A name that nobody reported about yet is opened. Two names are one person when both are linked to
/// one client.
#[utoipa::path(
    post,
    path = "/loam/v1/links",
    tag = "outside",
    operation_id = "link",
    request_body = wire::Link,
    responses((status = 200, body = wire::Subject), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn link(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<wire::Subject>, DoorError> {
    let members = call.members()?;
    let subject = name(&members)?;
    let report = match members.text("loanId")? {
        Some(loan_id) => Report::LinkLoan { loan_id, to: loan_named(&services, &members).await? },
        None => Report::LinkSubject { client: client_named(&services, &members).await? },
    };
    let command = ReportCommand { address: subject.address(), subject, report };
    let outcome = call.submit(&services, Command::Report(Box::new(command))).await?;
    let Done::Report { subject: Some(subject), .. } = outcome.done else { return Err(DoorError::internal()) };
    Ok(Json(shown(&services, &subject).await?))
}

/// A person under a name from outside, with the loans that were reported.
#[utoipa::path(
    get,
    path = "/loam/v1/subjects",
    tag = "outside",
    operation_id = "read_subject",
    params(
        ("scheme" = String, Query, description = "`performance_customer`, `repayment_client` or `marketplace_account`"),
        ("organization" = String, Query, description = "Who gave the name"),
        ("id" = String, Query, description = "The name"),
    ),
    responses((status = 200, body = wire::Subject), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn subject(
    State(services): State<Services>,
    query: Query,
    _call: Call,
) -> Result<Json<wire::Subject>, DoorError> {
    let given = |name: &str| query.text(name).map(str::to_owned).ok_or_else(|| DoorError::missing(name));
    let scheme = given("scheme")?;
    let found = Scheme::ALL.into_iter().find(|known| known.name() == scheme);
    let scheme = found.ok_or_else(|| DoorError::not_supported("scheme", &scheme, &scheme_names()))?;
    let (organization, id) = (given("organization")?, given("id")?);
    let name = SubjectName { scheme, organization, id, reference: None };
    let found = services.reading.store().subject(name.address()).await?;
    let found = found.ok_or_else(|| DoorError::no_such("subject", &name.id))?;
    Ok(Json(shown(&services, &found).await?))
}

/// One person: a client with all names and loans, serviced here or reported by others.
#[utoipa::path(
    get,
    path = "/loam/v1/people/{id}",
    tag = "outside",
    operation_id = "read_person",
    params(("id" = String, Path, description = "The id or key of the client")),
    responses((status = 200, body = wire::Person), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn person(
    State(services): State<Services>,
    Id(id): Id,
    _call: Call,
) -> Result<Json<wire::Person>, DoorError> {
    let address = services.reading.find_client(&id).await?;
    let address = address.ok_or_else(|| DoorError::no_such("client", &id))?;
    let view = services.reading.store().client(address).await?;
    let client = view.ok_or_else(|| DoorError::no_such("client", &id))?.client;
    let filter = SubjectFilter { client: Some(address), ..SubjectFilter::default() };
    let mut names = Vec::new();
    for subject in services.reading.store().subjects(&filter, MOST).await? {
        names.push(shown(&services, &subject).await?);
    }
    let mut loans = Vec::new();
    for loan in services.reading.serviced_of(address).await? {
        loans.push(serviced(&services, &loan).await?);
    }
    Ok(Json(wire::Person { client: client.key.to_string(), client_id: client.id, names, loans }))
}

/// A loan of the book. Its stage is that of the application for which it was made; without one it has none.
async fn serviced(services: &Services, serviced: &ServicedLoan) -> Result<wire::ServicedLoan, DoorError> {
    let loan = &serviced.loan;
    let application = services.reading.store().application_of(loan.part, loan.account_no).await?;
    let stage = application.map(|application| stage_word(application.stage));
    Ok(wire::ServicedLoan {
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        origin: "serviced",
        words: wire::Words { stage, ..words(serviced.told().standing()) },
    })
}

/// The words of a row of the mapping.
fn words(standing: Standing) -> wire::Words {
    let words = standing.words();
    wire::Words {
        account_state: words.account_state,
        account_sub_state: words.account_sub_state,
        stage: words.stage,
        contract_status: words.contract_status,
        loan_status: words.loan_status.name(),
        application_status: words.application_status.name(),
        loan_repayment_status: words.repayment_status.name(),
    }
}

fn scheme_names() -> String {
    Scheme::ALL.map(Scheme::name).join(", ")
}

fn name(members: &Members) -> Result<SubjectName, DoorError> {
    let schemes = Names { values: &Scheme::ALL, name_of: Scheme::name };
    Ok(SubjectName {
        scheme: members.choice("scheme", schemes)?.ok_or_else(|| DoorError::missing("scheme"))?,
        organization: members.required("organization")?,
        id: members.required("id")?,
        reference: None,
    })
}

/// The client that is named; none where the member is null.
async fn client_named(services: &Services, members: &Members) -> Result<Option<Address>, DoorError> {
    let Some(id) = members.text("client")? else { return members.require_null("client").map(|()| None) };
    let found = services.reading.find_client(&id).await?;
    let found = match found {
        Some(address) => services.reading.store().client(address).await?.map(|_| address),
        None => None,
    };
    found.map(Some).ok_or_else(|| DoorError::no_such("client", &id))
}

/// The loan or reported loan that is named; none where the member is null.
async fn loan_named(services: &Services, members: &Members) -> Result<Option<Address>, DoorError> {
    if let Some(key) = members.text("reportedLoan")? {
        let parsed: Option<Key> = key.parse().ok();
        let address = parsed.and_then(|key| key.part().map(|part| Address { part, key }));
        let found = match address {
            Some(address) => {
                services.reading.store().reported_loan(address).await?.map(|loan| loan.address())
            }
            None => None,
        };
        return found.map(Some).ok_or_else(|| DoorError::no_such("reported loan", &key));
    }
    let Some(id) = members.text("loan")? else { return members.require_null("loan").map(|()| None) };
    let found = match services.reading.find_loan(&id).await? {
        Some(address) => services.reading.store().loan(address).await?.map(|_| address),
        None => None,
    };
    found.map(Some).ok_or_else(|| DoorError::no_such("loan", &id))
}

async fn shown(services: &Services, subject: &Subject) -> Result<wire::Subject, DoorError> {
    let filter = ReportedLoanFilter { subject: Some(subject.address()), ..ReportedLoanFilter::default() };
    let loans = services.reading.store().reported_loans(&filter, MOST).await?;
    let today = services.reading.now().await?.state.business_date;
    Ok(wire::Subject {
        encoded_key: subject.key.to_string(),
        scheme: subject.scheme.name(),
        organization: subject.organization.clone(),
        id: subject.id.clone(),
        reference: subject.reference.clone(),
        client: subject.client.map(|client| client.key.to_string()),
        loans: loans.iter().map(|loan| shown_loan(loan, today)).collect(),
    })
}

fn shown_loan(loan: &ReportedLoan, today: Date) -> wire::ReportedLoan {
    wire::ReportedLoan {
        encoded_key: loan.key.to_string(),
        loan_id: loan.id.clone(),
        origin: if loan.serviced().is_some() { "serviced" } else { "reported" },
        status: loan.status(),
        words: words(Standing::of_reported(loan, today)),
        reports: loan.reports(),
        same_as: loan.same_as.map(|other| other.key.to_string()),
        last_modified_date: instant(loan.last_modified_at),
    }
}
