//! A request as every handler of this door meets it: which business calls, and which of its two
//! sets of data the key leads to.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, Uri};
use loam_app::changes::IdName;
use loam_app::command::{Caller, Command, Done};
use loam_app::views::{Page, ReportedLoanFilter};
use loam_book::actor::Door;
use loam_book::loan::refusal::IdKind;
use loam_book::partner::{Business, KeyRole, Realm};
use loam_book::reporting::ReportCommand;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::{Scheme, Subject, SubjectName};
use serde::de::DeserializeOwned;

use crate::auth::hash_api_key;
use crate::telemetry::{RequestId, count_command};
use crate::{Services, body, idempotency};

use super::error::DoorError;
use super::translate::client::Audience;
use super::translate::listing::Query;

/// The header of a business's key.
pub(super) const KEY: HeaderName = HeaderName::from_static("x-api-key");
/// How many loans of a client are read at once.
const LOANS: i64 = 1_000;

/// A request with the secret key of a business.
pub(super) struct Asked {
    /// Those of the book to which the key leads.
    pub(super) services: Services,
    pub(super) business: Arc<Business>,
    pub(super) caller: Caller,
    pub(super) body: Bytes,
    realm: Realm,
    role: KeyRole,
    uri: Uri,
}

/// A request with either key of a business.
pub(super) struct AskedByAny(pub(super) Asked);

/// Path parameters; what cannot be decoded names nothing.
pub(super) struct At<T>(pub(super) T);

/// What a report led to.
pub(super) struct Reported {
    pub(super) subject: Box<Subject>,
    /// The loan that was reported, if one was.
    pub(super) loan: Option<Box<ReportedLoan>>,
    pub(super) is_new: bool,
}

impl Asked {
    /// Refuses a key that others may hold.
    pub(super) fn require_secret_key(&self) -> Result<(), DoorError> {
        match self.role {
            KeyRole::Secret => Ok(()),
            KeyRole::Public => Err(DoorError::public_key()),
        }
    }

    /// For whom answers are made.
    pub(super) fn audience(&self) -> Audience<'_> {
        Audience::new(&self.business, self.realm)
    }

    pub(super) fn query(&self) -> Result<Query, DoorError> {
        Query::parse(self.uri.query().unwrap_or_default())
    }

    /// The name of a client of this business.
    pub(super) fn name(&self, id: String, reference: Option<String>) -> SubjectName {
        SubjectName { scheme: Scheme::RepaymentClient, organization: self.business.id.clone(), id, reference }
    }

    /// The client with this `clientId`.
    pub(super) async fn find_by_id(&self, id: &str) -> Result<Option<Subject>, DoorError> {
        let name = self.name(id.to_lowercase(), None);
        Ok(self.services.reading.store().subject(name.address()).await?)
    }

    /// The client that the business itself calls so.
    pub(super) async fn find_by_reference(&self, reference: &str) -> Result<Option<Subject>, DoorError> {
        // No name has them, and not every database can be asked about them.
        if reference.chars().any(char::is_control) {
            return Ok(None);
        }
        let scope = Some(self.business.id.clone());
        let name = IdName { scope, kind: IdKind::Subject, id: reference.to_owned() };
        let store = self.services.reading.store();
        match store.resolve_name(&name).await? {
            Some(address) => Ok(store.subject(address).await?),
            None => Ok(None),
        }
    }

    /// The client of a path, by either of its ids.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Subject>, DoorError> {
        match self.find_by_id(id).await? {
            Some(subject) => Ok(Some(subject)),
            None => self.find_by_reference(id).await,
        }
    }

    /// Every loan of a client, in the order in which they were first reported.
    pub(super) async fn loans_of(&self, subject: &Subject) -> Result<Vec<ReportedLoan>, DoorError> {
        let filter = ReportedLoanFilter { subject: Some(subject.address()), ..ReportedLoanFilter::default() };
        let mut loans = Vec::new();
        let mut offset = 0;
        loop {
            let page = Page { offset, limit: LOANS };
            let more = self.services.reading.store().reported_loans(&filter, page).await?;
            offset += LOANS;
            let is_last = more.len() < usize::try_from(LOANS).expect("a small number");
            loans.extend(more);
            if is_last {
                return Ok(loans);
            }
        }
    }

    /// Hands a report to the desk.
    pub(super) async fn report(&self, report: ReportCommand) -> Result<Reported, DoorError> {
        let command = Command::Report(Box::new(report));
        let name = command.name();
        let result = self.services.desk.submit(command, self.caller.clone()).await;
        count_command(name, &result);
        match result?.done {
            Done::Report { subject: Some(subject), loan, is_new } => Ok(Reported { subject, loan, is_new }),
            Done::Report { subject: None, .. }
            | Done::Loan { .. }
            | Done::Client { .. }
            | Done::Group { .. }
            | Done::Application { .. }
            | Done::Booking { .. }
            | Done::FundTransaction { .. }
            | Done::BookingOrder { .. }
            | Done::Orders { .. }
            | Done::Lead { .. }
            | Done::Savings { .. }
            | Done::Paper { .. }
            | Done::ManualEntry { .. }
            | Done::Posted { .. }
            | Done::Line { .. }
            | Done::CustomValues { .. }
            | Done::Record { .. }
            | Done::LoanMoved { .. }
            | Done::ManyBegun
            | Done::BusinessDate { .. } => unreachable!("a report leads to a subject"),
        }
    }
}

impl FromRequest<Services> for AskedByAny {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<AskedByAny, DoorError> {
        let (parts, body) = request.into_parts();
        let key = parts.headers.get(&KEY).ok_or_else(DoorError::no_key)?;
        let key = key.to_str().map_err(|_| DoorError::wrong_key())?;
        // Keys are those of the live book, wherever they lead.
        let catalog = services.reading.now().await?.catalog;
        let found = catalog.business_of_key(&hash_api_key(key)).filter(|(business, ..)| business.is_active);
        let (business, realm, role) = found.ok_or_else(DoorError::wrong_key)?;
        let services = services.in_realm(realm).ok_or_else(DoorError::no_test_book)?;

        let carries_body = parts.method == Method::POST || parts.method == Method::PUT;
        let body = if carries_body { body::read(body).await? } else { Bytes::new() };
        let caller = caller(business, &parts, &body);
        let (business, uri) = (Arc::clone(business), parts.uri);
        Ok(AskedByAny(Asked { services: services.clone(), business, caller, body, realm, role, uri }))
    }
}

impl FromRequest<Services> for Asked {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<Asked, DoorError> {
        let AskedByAny(asked) = AskedByAny::from_request(request, services).await?;
        asked.require_secret_key()?;
        Ok(asked)
    }
}

fn caller(business: &Business, parts: &Parts, body: &[u8]) -> Caller {
    let actor = Arc::new(business.to_actor());
    let idempotency = if parts.method == Method::GET {
        None
    } else {
        idempotency::of_request(&parts.headers, &actor, (&parts.method, &parts.uri), body)
    };
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Caller { actor, door: Door::RepaymentData, request_id, idempotency }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Services> for At<T> {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<At<T>, DoorError> {
        let path = Path::<T>::from_request_parts(parts, services).await;
        path.map(|Path(parameters)| At(parameters)).map_err(|_| DoorError::nothing_here())
    }
}
