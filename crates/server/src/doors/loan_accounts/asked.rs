//! A request as every handler of this door meets it: who calls, the book now, what was sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use jiff::civil::Date;
use loam_app::command::{Address, Caller, Command, Done, Outcome};
use loam_app::reading::Now;
use loam_book::actor::{Actor, Door, Permission};
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::party::Assignment;
use loam_book::rights::Branches;
use serde::de::DeserializeOwned;

use crate::telemetry::{RequestId, count_command};
use crate::{Services, auth, body, idempotency};

use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::return_codes::ReturnCode;

/// A request whose caller is known.
pub(super) struct Asked {
    pub(super) services: Services,
    pub(super) now: Now,
    uri: Uri,
    caller: Caller,
    body: Bytes,
    is_json: bool,
}

/// A request that may bring a file: its body may be larger than others.
pub(super) struct Upload(pub(super) Asked);

/// Path parameters; what cannot be decoded names nothing.
pub(super) struct At<T>(pub(super) T);

/// What a command on a loan led to.
pub(super) struct LoanOutcome {
    pub(super) business_date: Date,
    pub(super) loan: Arc<Loan>,
    pub(super) transactions: Vec<LoanTransaction>,
}

impl Asked {
    pub(super) fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.now.catalog
    }

    pub(super) fn business_date(&self) -> Date {
        self.now.state.business_date
    }

    /// Whether the body is JSON.
    pub(super) fn is_json(&self) -> bool {
        self.is_json
    }

    /// Whether a creation that the desk refused for its id may be an update: without the mark, the id was looked
    /// for before, and somebody else took it meanwhile.
    pub(super) fn may_update_after_all(&self) -> bool {
        self.is_json && self.may_be_a_retry()
    }

    /// Whether the caller marked the request as one that may be a retry.
    pub(super) fn may_be_a_retry(&self) -> bool {
        self.caller.idempotency.is_some()
    }

    /// What the query names.
    pub(super) fn query(&self) -> Result<Fields<'_>, DoorError> {
        match self.uri.query() {
            None => Ok(Fields::default()),
            Some(query) => Fields::of_form(query.as_bytes()),
        }
    }

    /// What the body names, and the query where the body is silent.
    pub(super) fn fields(&self) -> Result<Fields<'_>, DoorError> {
        let query = self.query()?;
        if self.body.is_empty() {
            return Ok(query);
        }
        let body = if self.is_json { Fields::of_json(&self.body)? } else { Fields::of_form(&self.body)? };
        Ok(query.overlaid_by(body))
    }

    /// The entity that a JSON body wraps; a form is the entity itself.
    pub(super) fn entity<'a>(&self, fields: Fields<'a>, name: &'static str) -> Result<Fields<'a>, DoorError> {
        if !self.is_json {
            return Ok(fields);
        }
        fields.object(name)?.ok_or_else(|| DoorError::at(ReturnCode::MissingEntityJson, name))
    }

    /// Refuses a reader without the permission. What a writer may do, the book checks.
    pub(super) fn require(&self, permission: Permission) -> Result<(), DoorError> {
        if self.actor().may(permission) {
            return Ok(());
        }
        let name = serde_json::to_value(permission).ok().and_then(|name| name.as_str().map(str::to_owned));
        Err(DoorError::at(ReturnCode::InvalidPermissions, name.unwrap_or_default()))
    }

    /// Where the loan of the path is kept.
    pub(super) async fn loan_address(&self, id: &str) -> Result<Address, DoorError> {
        let found = self.services.reading.find_loan(id).await?;
        found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidLoanAccountId))
    }

    /// Where the client of the path is kept.
    pub(super) async fn client_address(&self, id: &str) -> Result<Address, DoorError> {
        let found = self.services.reading.find_client(id).await?;
        found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))
    }

    /// Where the client of the path is kept, if he or she is within the caller's reach. A key is an address
    /// whether or not anybody lives there.
    pub(super) async fn reached_client(&self, id: &str) -> Result<Address, DoorError> {
        let address = self.client_address(id).await?;
        let view = self.services.reading.store().client(address).await?;
        let view = view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
        self.require_reach(&view.client.assignment)?;
        Ok(address)
    }

    /// The loan of the path, if the caller may see it.
    pub(super) async fn loan(&self, id: &str) -> Result<Loan, DoorError> {
        self.require(Permission::ViewLoanAccountDetails)?;
        self.reached_loan(id).await
    }

    /// The loan of the path, if it is within the caller's reach, whatever the caller may see of it.
    pub(super) async fn reached_loan(&self, id: &str) -> Result<Loan, DoorError> {
        let address = self.loan_address(id).await?;
        let loan = self.services.reading.store().loan(address).await?;
        let loan = loan.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidLoanAccountId))?;
        self.require_reach(&loan.assignment)?;
        Ok(loan)
    }

    /// Refuses what belongs to another branch than the caller's, or to another officer than a caller
    /// who sees only the own clients. What a writer reaches, the book checks.
    pub(super) fn require_reach(&self, assignment: &Assignment) -> Result<(), DoorError> {
        Ok(self.actor().check_reach(assignment).map_err(Refusal::from)?)
    }

    /// Whether something is within the caller's branches and, where only the own count, clients.
    pub(super) fn reaches(&self, assignment: &Assignment) -> bool {
        self.actor().check_reach(assignment).is_ok()
    }

    /// The branches to which a list keeps, none for all: those of the caller. A list of another one's is
    /// refused.
    pub(super) fn branches_of_list(&self, named: Option<Key>) -> Result<Vec<Key>, DoorError> {
        match &self.actor().bounds.branches {
            Branches::All => Ok(Vec::new()),
            Branches::Only(own) if named.is_none_or(|named| own.contains(&named)) => Ok(own.clone()),
            Branches::Only(_) => Err(DoorError::at(ReturnCode::InvalidPermissions, "branchId")),
        }
    }

    /// Refuses a list in which a credit officer without access to other officers' clients does not name
    /// himself or herself.
    pub(super) fn require_own_officer(&self, named: Option<Key>) -> Result<(), DoorError> {
        if !self.actor().only_own_clients || named == Some(self.actor().user_key) {
            return Ok(());
        }
        match named {
            None => Err(invalid("creditOfficerUsername")),
            Some(_) => Err(DoorError::at(ReturnCode::InvalidPermissions, "creditOfficerUsername")),
        }
    }

    /// Refuses a credit officer without access to other officers' clients what adds up or lists things of
    /// all officers, and cannot be narrowed to one.
    pub(super) fn require_all_officers(&self) -> Result<(), DoorError> {
        match self.actor().only_own_clients {
            true => Err(DoorError::new(ReturnCode::InvalidPermissions)),
            false => Ok(()),
        }
    }

    /// Whose accounts a list holds. A credit officer without access to other officers' clients need not
    /// name himself or herself where the list is one holder's: it holds the own accounts.
    pub(super) fn officer_of_list(
        &self,
        named: Option<Key>,
        holder: Option<Address>,
    ) -> Result<Option<Key>, DoorError> {
        if holder.is_some() && named.is_none() {
            return Ok(self.own_officer());
        }
        self.require_own_officer(named)?;
        Ok(named)
    }

    /// The caller, where nothing of other officers may be seen.
    pub(super) fn own_officer(&self) -> Option<Key> {
        self.actor().only_own_clients.then_some(self.actor().user_key)
    }

    /// Refuses a body that names another entity than the path.
    pub(super) fn require_same_key(
        &self,
        entity: &Fields<'_>,
        key: loam_book::ids::Key,
    ) -> Result<(), DoorError> {
        match entity.text("encodedKey")? {
            Some(named) if *named != *key.to_string() => {
                Err(DoorError::at(ReturnCode::InconsistentIdentifierWithJson, "encodedKey"))
            }
            _ => Ok(()),
        }
    }

    /// Hands a command to the desk.
    pub(super) async fn submit(&self, command: Command) -> Result<Outcome, DoorError> {
        let name = command.name();
        let result = self.services.desk.submit(command, self.caller.clone()).await;
        count_command(name, &result);
        result.map_err(DoorError::from)
    }

    /// Hands a command on the loan of the path to the desk.
    pub(super) async fn submit_on_loan(
        &self,
        id: &str,
        command: LoanCommand,
    ) -> Result<LoanOutcome, DoorError> {
        self.submit_on(self.loan_address(id).await?, command).await
    }

    /// Hands a command on a loan to the desk.
    pub(super) async fn submit_on(
        &self,
        loan: Address,
        command: LoanCommand,
    ) -> Result<LoanOutcome, DoorError> {
        self.submit_about(Command::Loan { loan, command }).await
    }

    /// Hands a command that moves a loan to the desk.
    pub(super) async fn submit_about(&self, command: Command) -> Result<LoanOutcome, DoorError> {
        self.submit(command).await?.try_into()
    }

    /// A part for a client or group to be created: for a retry the same one again.
    pub(super) fn part_for_new_holder(&self) -> loam_book::ids::Part {
        self.services.desk.part_for_new_holder(self.caller.idempotency.as_ref())
    }
}

impl TryFrom<Outcome> for LoanOutcome {
    type Error = DoorError;

    fn try_from(outcome: Outcome) -> Result<LoanOutcome, DoorError> {
        match outcome.done {
            Done::Loan { loan, transactions } => {
                Ok(LoanOutcome { business_date: outcome.business_date, loan, transactions })
            }
            Done::Client { .. }
            | Done::Group { .. }
            | Done::Application { .. }
            | Done::Booking { .. }
            | Done::FundTransaction { .. }
            | Done::BookingOrder { .. }
            | Done::Orders { .. }
            | Done::Report { .. }
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
            | Done::BusinessDate { .. } => {
                unreachable!("a command on a loan leads to a loan")
            }
        }
    }
}

impl FromRequest<Services> for Asked {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<Asked, DoorError> {
        Asked::read(request, services, body::LIMIT).await
    }
}

impl FromRequest<Services> for Upload {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<Upload, DoorError> {
        Asked::read(request, services, body::UPLOAD_LIMIT).await.map(Upload)
    }
}

impl Asked {
    /// A request whose body is smaller than `limit`.
    async fn read(request: Request, services: &Services, limit: usize) -> Result<Asked, DoorError> {
        let (parts, body) = request.into_parts();
        refuse_version_two(&parts.headers)?;
        let now = services.reading.now().await?;
        let peer = auth::peer(&parts.extensions);
        let actor = services.auth.authenticate(&parts.headers, peer, &now.catalog).await?;
        let carries_body =
            parts.method == Method::POST || parts.method == Method::PATCH || parts.method == Method::PUT;
        // Some clients send a body with GET: it is not looked at.
        let body = if carries_body { body::read_below(body, limit).await? } else { Bytes::new() };
        let is_json = carries_body && is_json(&parts.headers, &body)?;
        let caller = caller(actor, &parts, &body);
        Ok(Asked { services: services.clone(), now, uri: parts.uri, caller, body, is_json })
    }
}

fn caller(actor: Arc<Actor>, parts: &Parts, body: &[u8]) -> Caller {
    let idempotency = if parts.method == Method::GET {
        None
    } else {
        idempotency::of_request(&parts.headers, &actor, (&parts.method, &parts.uri), body)
    };
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Caller { actor, door: Door::LoanAccounts, request_id, idempotency }
}

/// Version 2 of the contract lives under the same paths and is another API.
fn refuse_version_two(headers: &HeaderMap) -> Result<(), DoorError> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/vnd.mambu.v2") {
        return Err(DoorError::at(ReturnCode::InvalidApiOperation, "Accept"));
    }
    Ok(())
}

/// JSON or form, by `Content-Type`. Without one a body is a form, unless it opens like JSON; no
/// body at all is a form too, whose parameters may stand in the query.
fn is_json(headers: &HeaderMap, body: &[u8]) -> Result<bool, DoorError> {
    let Some(sent) = headers.get(header::CONTENT_TYPE) else {
        return Ok(body.trim_ascii_start().starts_with(b"{"));
    };
    let sent = sent.to_str().unwrap_or_default().to_ascii_lowercase();
    let (kind, parameters) = sent.split_once(';').unwrap_or((&sent, ""));
    if let Some((_, charset)) = parameters.split_once("charset=")
        && !["utf-8", "utf8", "us-ascii"].contains(&charset.trim_matches(['"', ' ']))
    {
        return Err(DoorError::at(ReturnCode::UnsupportedCharacterEncoding, "Content-Type"));
    }
    match kind.trim() {
        "application/json" | "application/vnd.mambu.v1+json" => Ok(true),
        "application/x-www-form-urlencoded" => Ok(false),
        _ if body.is_empty() => Ok(false),
        _ => Err(DoorError::at(ReturnCode::InvalidParameters, "Content-Type")),
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, DoorError> {
        let Path(path) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_| DoorError::new(ReturnCode::InvalidApiOperation))?;
        Ok(At(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn content_type(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_content_type_tells_json_from_form() {
        assert_eq!(is_json(&content_type("application/json; charset=UTF-8"), b"{}"), Ok(true));
        assert_eq!(
            is_json(&content_type("application/x-www-form-urlencoded; charset=UTF-8"), b"a=1"),
            Ok(false)
        );
        assert_eq!(is_json(&HeaderMap::new(), b"type=LOCK"), Ok(false));
        assert_eq!(is_json(&HeaderMap::new(), b" {\"type\":\"LOCK\"}"), Ok(true));
        assert_eq!(is_json(&HeaderMap::new(), b""), Ok(false));
        assert_eq!(is_json(&content_type("application/json"), b""), Ok(true));
        let other = is_json(&content_type("text/plain"), b"x").unwrap_err();
        assert_eq!((other.code(), other.source()), (ReturnCode::InvalidParameters, Some("Content-Type")));
        let latin = is_json(&content_type("application/json; charset=iso-8859-1"), b"{}").unwrap_err();
        assert_eq!(latin.code(), ReturnCode::UnsupportedCharacterEncoding);
    }

    #[test]
    fn version_two_is_another_api() {
        let accept = |value| HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]);
        assert!(refuse_version_two(&accept("application/vnd.mambu.v1+json")).is_ok());
        assert!(refuse_version_two(&accept("*/*")).is_ok());
        let error = refuse_version_two(&accept("application/vnd.mambu.v2+json")).unwrap_err();
        assert_eq!(error.code(), ReturnCode::InvalidApiOperation);
    }
}
