//! A request as this door takes it: from a client with a token, with its whole body.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use loam_app::command::{Caller, Command, Outcome};
use loam_app::error::AppError;
use loam_app::reading::Now;
use loam_book::actor::Door;
use loam_book::partner::Scope;

use crate::telemetry::{self, RequestId};
use crate::{Services, body, idempotency, oauth};

use super::error::{DoorError, Platform};

/// Who asks, what with, and the book to which the credential leads.
pub(super) struct Asked {
    pub(super) services: Services,
    pub(super) caller: Caller,
    pub(super) now: Now,
    pub(super) body: Bytes,
}

impl Asked {
    /// Hands a command in, and counts what became of it.
    pub(super) async fn submit(&self, command: Command) -> Result<Outcome, AppError> {
        self.submit_by(command, self.caller.clone()).await
    }

    /// The same without the idempotency key: one of several commands of a request.
    pub(super) async fn submit_aside(&self, command: Command) -> Result<Outcome, AppError> {
        self.submit_by(command, Caller { idempotency: None, ..self.caller.clone() }).await
    }

    /// One of several commands of a request, under a key of its own that follows from the request's and its place. The
    /// only one has the request's.
    pub(super) async fn submit_one_of(
        &self,
        command: Command,
        (place, count): (usize, usize),
    ) -> Result<Outcome, AppError> {
        let mut caller = self.caller.clone();
        if let Some(idempotency) = caller.idempotency.as_mut().filter(|_| count > 1) {
            let place = place.to_string();
            idempotency.key = idempotency::sha256_hex(&[idempotency.key.as_bytes(), place.as_bytes()]);
        }
        self.submit_by(command, caller).await
    }

    async fn submit_by(&self, command: Command, caller: Caller) -> Result<Outcome, AppError> {
        let name = command.name();
        let result = self.services.desk.submit(command, caller).await;
        telemetry::count_command(name, &result);
        result
    }
}

impl FromRequest<Services> for Asked {
    type Rejection = DoorError;

    async fn from_request(request: Request, live: &Services) -> Result<Asked, DoorError> {
        // The live book has the credentials of both.
        let credentials = live.reading.now().await?;
        let (parts, body) = request.into_parts();
        let bearer = oauth::bearer(live, &parts.headers, &credentials).await?;
        if oauth::allow(live, &bearer.client).is_err() {
            return Err(Platform::TooManyRequests.into());
        }
        if !bearer.client.has(Scope::Marketplace) {
            return Err(Platform::Forbidden.into());
        }
        let services = live.in_realm(bearer.client.realm).ok_or(Platform::InvalidSession)?.clone();
        let now = services.reading.now().await?;
        let body = body::read(body).await?;
        let uri = (&parts.method, &parts.uri);
        let idempotency = idempotency::of_request(&parts.headers, &bearer.actor, uri, &body);
        let request_id = parts.extensions.get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
        let caller = Caller { actor: bearer.actor, door: Door::Marketplace, request_id, idempotency };
        Ok(Asked { services, caller, now, body })
    }
}

/// The id at the end of a path.
pub(super) struct Id(pub(super) String);

impl FromRequestParts<Services> for Id {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Id, DoorError> {
        // Fails only for bytes that are no UTF-8, and nothing has such an id.
        let path = Path::<String>::from_request_parts(parts, services).await;
        path.map(|Path(id)| Id(id)).map_err(|_| Platform::NotFound.into())
    }
}
