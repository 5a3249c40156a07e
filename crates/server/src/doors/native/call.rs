//! A request as this door takes it: from an administrator, with its whole body.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use loam_app::command::{Caller, Command, Done, Outcome};
use loam_app::error::AppError;
use loam_app::reading::Now;
use loam_app::records::{check_against, check_unused};
use loam_book::actor::{Actor, Door, Permission};

use crate::Services;
use crate::shapes::Shapes;
use crate::telemetry::{self, RequestId};
use crate::{auth, body, idempotency};

use super::error::DoorError;
use super::members::Members;
use super::query::Query;

/// The parameter that asks what a change would lead to.
pub(super) const DRY_RUN: &str = "dryRun";

/// The bodies of this door's part of the API reference.
static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let reference = serde_json::to_value(super::openapi());
    Shapes::of(&reference.expect("the reference has text keys and no failing parts"))
});

/// Who asks, what with, and the book as the request met it.
pub(super) struct Call {
    pub(super) caller: Caller,
    pub(super) now: Now,
    /// The route that was asked, as the API reference has it.
    route: Option<MatchedPath>,
    body: Bytes,
    headers: HeaderMap,
    peer: Option<IpAddr>,
    /// Whether the answer is what a change would lead to, and nothing is written.
    pub(super) is_dry_run: bool,
}

impl Call {
    /// The body as it came.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The members of the body, each of which the API reference has.
    pub(super) fn members(&self) -> Result<Members, DoorError> {
        let given = self.given()?;
        self.refuse_unknown(&given)?;
        Ok(given)
    }

    /// The members of the body, whatever they are called.
    pub(super) fn given(&self) -> Result<Members, DoorError> {
        Members::of_json(&self.body)
    }

    /// Refuses a member that the API reference does not have in the body of this route.
    pub(super) fn refuse_unknown(&self, given: &Members) -> Result<(), DoorError> {
        let route = self.route.as_ref().map_or("", MatchedPath::as_str);
        match SHAPES.unknown_member(route, &given.as_json()?) {
            Some(unknown) => Err(DoorError::no_member(&unknown)),
            None => Ok(()),
        }
    }

    /// The members of the body; none where there is no body.
    pub(super) fn members_if_any(&self) -> Result<Members, DoorError> {
        if self.body.is_empty() { Ok(Members::default()) } else { self.members() }
    }

    /// Whether the caller comes from one of these networks.
    pub(super) fn comes_from(&self, services: &Services, networks: &[String]) -> bool {
        services.auth.would_let_in(&self.headers, self.peer, networks)
    }

    /// The caller without the idempotency key, where nothing is kept that a retry could be answered with.
    pub(super) fn caller_of_many(&self) -> Caller {
        Caller { idempotency: None, ..self.caller.clone() }
    }

    /// The caller of one command among many: a retry of the request is a retry of each of them.
    pub(super) fn caller_at(&self, place: usize) -> Caller {
        let idempotency = self.caller.idempotency.as_ref().map(|of| idempotency::at_place(of, place));
        Caller { idempotency, ..self.caller_of_many() }
    }

    /// The book itself, for the end of a day, which stops at no branch, permission or limit of whoever
    /// asks for it. Without the idempotency key: it would give the first command's answer to all of them.
    pub(super) fn end_of_day(&self) -> Caller {
        let actor = Arc::new(Actor::of_the_book());
        let request_id = self.caller.request_id.clone();
        Caller { actor, door: Door::EndOfDay, request_id, idempotency: None }
    }

    /// Hands a command in, and counts what became of it. A dry run gets what a record would be.
    pub(super) async fn submit(&self, services: &Services, command: Command) -> Result<Outcome, AppError> {
        if let Command::ChangeRecord { record, .. } = &command {
            check_unused(record, &self.now.catalog, services.reading.store()).await?;
        }
        if self.is_dry_run {
            return self.would_be(command);
        }
        let name = command.name();
        let result = services.desk.submit(command, self.caller.clone()).await;
        telemetry::count_command(name, &result);
        result
    }

    /// What a change of a record would lead to, as far as it can be told before the desk sees it.
    fn would_be(&self, command: Command) -> Result<Outcome, AppError> {
        let (Command::CreateRecord(record) | Command::ChangeRecord { record, .. }) = command else {
            return Err(AppError::Broken(format!("{} is no change of a record", command.name())));
        };
        check_against(&record, &self.now.catalog)?;
        Ok(Outcome { business_date: self.now.state.business_date, done: Done::Record { record } })
    }
}

impl FromRequest<Services> for Call {
    type Rejection = DoorError;

    async fn from_request(request: Request, services: &Services) -> Result<Call, DoorError> {
        let now = services.reading.now().await?;
        let (mut parts, body) = request.into_parts();
        let peer = auth::peer(&parts.extensions);
        let actor = services.auth.authenticate(&parts.headers, peer, &now.catalog).await?;
        if !actor.may(Permission::Administration) {
            return Err(DoorError::not_an_administrator());
        }
        let is_dry_run = Query::from_request_parts(&mut parts, services).await?.flag(DRY_RUN)?;
        if is_dry_run && parts.method != Method::PATCH {
            return Err(DoorError::invalid(DRY_RUN, "true", "only a PATCH can be tried"));
        }
        let body = body::read(body).await?;
        let line = (&parts.method, &parts.uri);
        let idempotency =
            idempotency::of_secret_request(&parts.headers, &actor, line, (&body, &services.vault));
        let request_id = parts.extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
        let caller = Caller { actor: Arc::clone(&actor), door: Door::Native, request_id, idempotency };
        let route = parts.extensions.get::<MatchedPath>().cloned();
        Ok(Call { caller, now, route, body, headers: parts.headers, peer, is_dry_run })
    }
}

/// The id or key at the end of a path.
pub(super) struct Id(pub(super) String);

impl FromRequestParts<Services> for Id {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Id, DoorError> {
        // Fails only for bytes that are no UTF-8, and no record has such an id.
        let path = Path::<String>::from_request_parts(parts, services).await;
        path.map(|Path(id)| Id(id)).map_err(|_| DoorError::nothing_here())
    }
}
