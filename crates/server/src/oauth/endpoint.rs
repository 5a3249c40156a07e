//! `POST /oauth/token`: a client shows its secret and gets a token. RFC 6749, client credentials;
//! errors also carry `message` and, where a parameter is at fault, a `hint` that names it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use loam_app::error::StoreError;
use loam_book::partner::ApiClient;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{self, hash_api_key};
use crate::body::{self, BodyError};
use crate::{Services, oauth};

const GRANT: &str = "client_credentials";

fn described() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(token))
}

/// The token endpoint, and a no for every other path below `/oauth`.
pub(crate) fn router() -> Router<Services> {
    let nothing = async || (StatusCode::NOT_FOUND, Json(Message { message: "Not Found" }));
    let other_method = async || {
        let message = "This method is not supported for this route. Supported methods: POST.";
        (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")], Json(Message { message }))
    };
    Router::from(described())
        .route("/oauth", any(nothing))
        .route("/oauth/{*rest}", any(nothing))
        .method_not_allowed_fallback(other_method)
}

/// The token endpoint's part of the API reference.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// Exchanges client credentials for an access token, which lives one hour.
///
/// The credentials stand in the body (form or JSON), or in HTTP Basic. Scopes hang on the client and
/// are not asked for. There is no refresh token: ask again.
#[utoipa::path(
    post,
    path = "/oauth/token",
    tag = "authorization",
    operation_id = "create_access_token",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = Token),
        (status = 400, description = "`invalid_request`, `unsupported_grant_type` or `invalid_scope`", body = OAuthError),
        (status = 401, description = "`invalid_client`", body = OAuthError),
        (status = 413, body = OAuthError),
    ),
    security(()),
)]
async fn token(State(services): State<Services>, request: Request) -> Response {
    match answer(&services, request).await {
        Ok(token) => secret((StatusCode::OK, Json(token)).into_response()),
        Err(no) => secret(no.into_response()),
    }
}

async fn answer(services: &Services, request: Request) -> Result<Token, No> {
    let asked_at = services.clock.now();
    let (parts, body) = request.into_parts();
    let body = body::read(body).await?;
    let asked = Asked::of(&parts.headers, &body)?;
    if asked.required("grant_type")? != GRANT {
        return Err(No::UnsupportedGrantType);
    }
    let now = services.reading.now().await?;
    let client = asked.client(&now.catalog.api_clients)?;
    if let Some(scope) = asked.scope() {
        return Err(No::InvalidScope { scope });
    }
    let access_token = oauth::issue(services, &client, asked_at).await?;
    tracing::info!(client.id = %client.id, "a token was given out");
    Ok(Token { token_type: "Bearer", expires_in: oauth::LIFE.as_secs(), access_token })
}

/// What was sent: parameters by name, and HTTP Basic.
struct Asked {
    parameters: HashMap<String, String>,
    basic: Option<(String, String)>,
}

impl Asked {
    fn of(headers: &HeaderMap, body: &[u8]) -> Result<Asked, No> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        // A tool that says nothing about JSON sends it as a form; no parameter of a form begins so.
        let is_json =
            body.trim_ascii_start().starts_with(b"{") || kind.is_some_and(|kind| kind.contains("json"));
        let parameters = if is_json {
            let members: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(body).map_err(|_| No::UnreadableBody)?;
            members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
        } else {
            serde_urlencoded::from_bytes(body).map_err(|_| No::UnreadableBody)?
        };
        Ok(Asked { parameters, basic: auth::basic(headers) })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, No> {
        self.parameter(name).ok_or(No::InvalidRequest { parameter: name })
    }

    /// The first of the scopes that are asked for.
    fn scope(&self) -> Option<String> {
        self.parameter("scope")?.split_ascii_whitespace().next().map(str::to_owned)
    }

    /// The client whose credentials these are. The body goes before HTTP Basic.
    fn client(&self, clients: &loam_book::catalog::Shelf<ApiClient>) -> Result<Arc<ApiClient>, No> {
        let basic = self.basic.as_ref();
        let id = self.parameter("client_id").or(basic.map(|(id, _)| id.as_str()));
        let id = id.ok_or(No::InvalidRequest { parameter: "client_id" })?;
        let secret = self.parameter("client_secret").or(basic.map(|(_, secret)| secret.as_str()));
        let secret = secret.ok_or(No::InvalidRequest { parameter: "client_secret" })?;
        // Hashes of random secrets: how long the comparison takes says nothing that helps.
        let hash = hash_api_key(secret);
        let client = clients.find(id).filter(|client| client.id == id && client.is_active);
        let client = client.filter(|client| client.secret_hash == hash);
        client.cloned().ok_or(No::InvalidClient { by_basic: basic.is_some() })
    }
}

/// What the token endpoint takes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: parameters are read by name")]
#[schema(as = oauth::TokenRequest)]
struct TokenRequest {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// The client's UUID; may stand in HTTP Basic instead.
    client_id: Option<String>,
    /// May stand in HTTP Basic instead.
    client_secret: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = oauth::Token)]
struct Token {
    token_type: &'static str,
    /// Seconds.
    #[schema(example = 3600)]
    expires_in: i64,
    access_token: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = oauth::Error)]
struct OAuthError {
    error: &'static str,
    error_description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    message: &'static str,
}

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

/// Why no token is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum No {
    UnreadableBody,
    TooLarge,
    InvalidRequest { parameter: &'static str },
    UnsupportedGrantType,
    InvalidClient { by_basic: bool },
    InvalidScope { scope: String },
    Unavailable,
    Failed,
}

impl From<BodyError> for No {
    fn from(error: BodyError) -> No {
        match error {
            BodyError::TooLarge => No::TooLarge,
            BodyError::Broken => No::UnreadableBody,
        }
    }
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> No {
        match error {
            StoreError::TryAgain(_) | StoreError::VersionConflict | StoreError::Duplicate(_) => {
                tracing::warn!(%error, "a token could not be given out");
                No::Unavailable
            }
            StoreError::Database(_) | StoreError::OutcomeUnknown(_) | StoreError::Unreadable(_) => {
                tracing::error!(%error, "a token could not be given out");
                No::Failed
            }
        }
    }
}

impl No {
    fn status_and_error(&self) -> (StatusCode, &'static str, &'static str) {
        const MALFORMED: &str = "The request is missing a required parameter, includes an invalid parameter value, \
                                 or is otherwise malformed";
        match self {
            No::UnreadableBody | No::InvalidRequest { .. } => {
                (StatusCode::BAD_REQUEST, "invalid_request", MALFORMED)
            }
            No::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", MALFORMED),
            No::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server",
            ),
            No::InvalidClient { .. } => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed")
            }
            No::InvalidScope { .. } => (
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed",
            ),
            No::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "The authorization server is busy: ask again",
            ),
            No::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Server Error"),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            No::UnreadableBody => Some("Check the body: it is no form and no JSON object".to_owned()),
            No::TooLarge => Some("Check the body: it is too large".to_owned()),
            No::InvalidRequest { parameter } => Some(format!("Check the `{parameter}` parameter")),
            No::UnsupportedGrantType => Some("Check the `grant_type` parameter".to_owned()),
            No::InvalidScope { scope } => Some(format!("Check the `{scope}` scope")),
            No::InvalidClient { .. } | No::Unavailable | No::Failed => None,
        }
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let (status, error, description) = self.status_and_error();
        let body =
            OAuthError { error, error_description: description, hint: self.hint(), message: description };
        tracing::info!(error, "no token was given out");
        let mut response = (status, Json(body)).into_response();
        if (No::InvalidClient { by_basic: true }) == self {
            let challenge = HeaderValue::from_static("Basic realm=\"OAuth\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Nobody on the way keeps the answer.
fn secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: Option<&'static str>, body: &str) -> Result<Asked, No> {
        let kind = kind.map(|kind| (header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        Asked::of(&kind.into_iter().collect(), body.as_bytes())
    }

    #[test]
    fn parameters_come_as_form_or_json() {
        let form =
            asked(Some("application/x-www-form-urlencoded"), "grant_type=client_credentials&scope=a+b");
        assert_eq!(form.unwrap().scope().as_deref(), Some("a"));
        for kind in [Some("application/json; charset=utf-8"), None] {
            let json = asked(kind, r#"{"grant_type": "client_credentials", "client_id": 5}"#).unwrap();
            assert_eq!(json.required("grant_type"), Ok(GRANT));
            let missing = No::InvalidRequest { parameter: "client_id" };
            assert_eq!(json.required("client_id"), Err(missing));
        }
        assert_eq!(asked(Some("application/json"), "{").err(), Some(No::UnreadableBody));
        assert_eq!(asked(None, "grant_type=").unwrap().parameter("grant_type"), None);
    }

    #[test]
    fn a_hint_names_what_is_at_fault() {
        let hint = |no: No| no.hint().unwrap_or_default();
        assert_eq!(hint(No::InvalidScope { scope: "dry-run".to_owned() }), "Check the `dry-run` scope");
        assert_eq!(hint(No::InvalidRequest { parameter: "client_id" }), "Check the `client_id` parameter");
        assert_eq!(hint(No::InvalidClient { by_basic: false }), "");
    }
}
