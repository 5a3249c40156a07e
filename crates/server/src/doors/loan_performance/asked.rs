//! A request as every handler of this door meets it: who asks, in which book, what was sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use loam_app::command::{Caller, Command, Done};
use loam_app::error::AppError;
use loam_book::actor::Door;
use loam_book::partner::{ApiClient, Scope};
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::{Scheme, Subject, SubjectName};
use loam_book::reporting::{Report, ReportCommand};
use serde::de::DeserializeOwned;

use crate::oauth::{self, Bearer};
use crate::telemetry::{RequestId, count_command};
use crate::{Services, body, idempotency};

use super::error::{DoorError, show_limit};
use super::validation::{Errors, Field, Object, check};

/// A request whose caller is let in.
pub(super) struct Asked {
    /// Those of the book to which the client's realm leads.
    pub(super) services: Services,
    pub(super) wants_representation: bool,
    client: Arc<ApiClient>,
    caller: Caller,
    uri: Uri,
    /// Scheme and host under which the server was asked; empty where the request does not say.
    origin: String,
    body: Bytes,
    is_form: bool,
}

/// Path parameters; what cannot be decoded names nothing.
pub(super) struct At<T>(pub(super) T);

/// What a report led to.
pub(super) struct Reported {
    pub(super) subject: Subject,
    pub(super) loan: ReportedLoan,
    pub(super) is_new: bool,
}

/// Lets in who has a token of a client with the scope, and has not asked too often.
pub(super) async fn admit(
    State((services, scope)): State<(Services, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    let admitted = match admitted(&services, request.headers(), scope).await {
        Ok(admitted) => admitted,
        Err(no) => return no.into_response(),
    };
    let allowance = match oauth::allow(&services, &admitted.client) {
        Ok(allowance) => allowance,
        Err(too_many) => return DoorError::TooManyAttempts(too_many).into_response(),
    };
    request.extensions_mut().insert(admitted);
    let mut response = next.run(request).await;
    if let Some(allowance) = allowance {
        show_limit(response.headers_mut(), allowance.limit, allowance.remaining);
    }
    response
}

async fn admitted(services: &Services, headers: &HeaderMap, scope: Scope) -> Result<Bearer, DoorError> {
    let now = services.reading.now().await?;
    let bearer = oauth::bearer(services, headers, &now).await?;
    if services.in_realm(bearer.client.realm).is_none() {
        return Err(DoorError::NoBookForTests);
    }
    if bearer.client.has(scope) { Ok(bearer) } else { Err(DoorError::Unauthorized) }
}

impl FromRequest<Services> for Asked {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<Asked, DoorError> {
        let (parts, body) = request.into_parts();
        let bearer = parts.extensions.get::<Bearer>().ok_or(DoorError::Unauthenticated)?;
        let services = services.in_realm(bearer.client.realm).ok_or(DoorError::NoBookForTests)?;
        // Some clients send a body with GET: it is not looked at.
        let body = if parts.method == Method::POST { body::read(body).await? } else { Bytes::new() };
        Ok(Asked {
            services: services.clone(),
            wants_representation: wants_representation(&parts.headers),
            client: Arc::clone(&bearer.client),
            caller: caller(bearer, services, &parts, &body),
            is_form: is_form(&parts.headers, &body),
            origin: origin(&parts.headers),
            uri: parts.uri,
            body,
        })
    }
}

impl Asked {
    /// Whether the caller may read loans of the book that nobody reported.
    pub(super) fn reads_book(&self) -> bool {
        self.client.has(Scope::Book)
    }

    /// The members of the body.
    pub(super) fn body(&self) -> Result<Object<'_>, DoorError> {
        let read = if self.is_form { Object::of_form(&self.body) } else { Object::of_json(&self.body) };
        read.map_err(|_| DoorError::Malformed)
    }

    /// The members of the body, checked by tables.
    pub(super) fn checked_body(&self, tables: &[&[Field]]) -> Result<Object<'_>, DoorError> {
        checked(self.body()?, tables)
    }

    /// The parameters of the query, checked by a table.
    pub(super) fn query(&self, table: &[Field]) -> Result<Object<'static>, DoorError> {
        let query = self.uri.query().unwrap_or_default();
        let read = Object::of_form(query.as_bytes()).map_err(|_| DoorError::Malformed)?;
        checked(read, &[table])
    }

    /// Where the request was sent, as links name it, and the parameters of its query.
    pub(super) fn place(&self) -> (String, Vec<(String, String)>) {
        let query = self.uri.query().unwrap_or_default();
        // It was read before, or nothing would be shown.
        let pairs = serde_urlencoded::from_str(query).unwrap_or_default();
        (format!("{}{}", self.origin, self.uri.path()), pairs)
    }

    /// The organization whose customers, loans and leads the caller sees.
    pub(super) fn organization(&self) -> &str {
        &self.client.organization
    }

    /// A customer of the caller's organization.
    pub(super) fn customer(&self, id: &str) -> SubjectName {
        SubjectName {
            scheme: Scheme::PerformanceCustomer,
            organization: self.client.organization.clone(),
            id: id.to_owned(),
            reference: None,
        }
    }

    /// Hands a report to the desk.
    pub(super) async fn report(&self, customer: SubjectName, report: Report) -> Result<Reported, AppError> {
        submit(self.services.clone(), self.caller.clone(), customer, report).await
    }

    /// Hands in one of several reports that came together. Each has an idempotency key of its own,
    /// made from that of the request and its place.
    pub(super) fn report_of_many(
        &self,
        place: usize,
        customer: SubjectName,
        report: Report,
    ) -> impl Future<Output = Result<Reported, AppError>> + use<> {
        let mut caller = self.caller.clone();
        if let Some(idempotency) = &mut caller.idempotency {
            let place = place.to_string();
            idempotency.key = idempotency::sha256_hex(&[idempotency.key.as_bytes(), place.as_bytes()]);
        }
        submit(self.services.clone(), caller, customer, report)
    }
}

async fn submit(
    services: Services,
    caller: Caller,
    customer: SubjectName,
    report: Report,
) -> Result<Reported, AppError> {
    let address = customer.address();
    let command = Command::Report(Box::new(ReportCommand { subject: customer, address, report }));
    let name = command.name();
    let result = services.desk.submit(command, caller).await;
    count_command(name, &result);
    match result?.done {
        Done::Report { subject: Some(subject), loan: Some(loan), is_new } => {
            Ok(Reported { subject: *subject, loan: *loan, is_new })
        }
        Done::Report { .. }
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
        | Done::BusinessDate { .. } => unreachable!("a report about a loan tells of its customer and of it"),
    }
}

fn checked<'a>(object: Object<'a>, tables: &[&[Field]]) -> Result<Object<'a>, DoorError> {
    let mut errors = Errors::default();
    tables.iter().for_each(|fields| check(fields, &object, "", &mut errors));
    if errors.is_empty() { Ok(object) } else { Err(DoorError::Invalid(errors)) }
}

fn caller(bearer: &Bearer, services: &Services, parts: &Parts, body: &[u8]) -> Caller {
    let line = (&parts.method, &parts.uri);
    let secret = (body, services.vault.as_ref());
    let idempotency = idempotency::of_secret_request(&parts.headers, &bearer.actor, line, secret);
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Caller { actor: Arc::clone(&bearer.actor), door: Door::LoanPerformance, request_id, idempotency }
}

/// Whether `Prefer` asks for what became of it.
fn wants_representation(headers: &HeaderMap) -> bool {
    let sent = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split([',', ';'])).any(|preference| {
        let plain = preference.replace([' ', '"'], "");
        plain.eq_ignore_ascii_case("return=representation")
    })
}

/// A form says that it is one. JSON that curl sends as one, because nobody told it otherwise, is
/// JSON all the same.
fn is_form(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let opens_like_json = body.trim_ascii_start().starts_with(b"{");
    kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") && !opens_like_json
}

/// As the caller wrote it; a proxy with a certificate says so.
fn origin(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").filter(|scheme| *scheme == "https").unwrap_or("http");
    text("host").map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, DoorError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(path)| At(path)).map_err(|_| DoorError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn a_representation_is_given_to_who_asks_for_it() {
        for value in ["return=representation", "respond-async, Return=\"representation\"; x=1"] {
            assert!(wants_representation(&headers("prefer", value)), "{value}");
        }
        assert!(!wants_representation(&headers("prefer", "return=minimal")));
        assert!(!wants_representation(&HeaderMap::new()));
    }

    #[test]
    fn json_is_json_also_where_it_is_called_a_form() {
        let form = headers("content-type", "application/x-www-form-urlencoded");
        assert!(is_form(&form, b"loan_id=5"));
        assert!(!is_form(&form, b" {\"loan_id\": 5}"));
        assert!(!is_form(&HeaderMap::new(), b"loan_id=5"));
    }

    #[test]
    fn links_begin_with_what_the_caller_asked() {
        assert_eq!(origin(&headers("host", "loam.example:8080")), "http://loam.example:8080");
        let mut proxied = headers("host", "loam.example");
        proxied.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert_eq!(origin(&proxied), "https://loam.example");
        assert_eq!(origin(&HeaderMap::new()), "");
    }
}
