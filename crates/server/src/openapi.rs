//! The API reference: `/openapi.json`, made from the code, and `/docs`, a page that shows it.
//!
//! The page is our own and loads nothing from elsewhere, so it works without a network.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use loam_book::partner::Scope;
use utoipa::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
};
use utoipa::openapi::{Components, SecurityRequirement};

use crate::Services;
use crate::{auth, doors, oauth};

/// The head of the reference; the doors add what they serve.
#[derive(OpenApi)]
#[openapi(info(
    title = "Loam",
    description = "An open loan book. Figures are texts or numbers in and texts out, exact to the minor unit; \
                   dates are calendar days of the book."
))]
struct Head;

/// The whole reference.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Head::openapi();
    document.merge(doors::loan_accounts::openapi());
    document.merge(oauth::openapi());
    document.merge(doors::loan_performance::openapi());
    document.merge(doors::marketplace::openapi());
    document.merge(doors::repayment_data::openapi());
    document.merge(doors::native::openapi());
    let components = document.components.get_or_insert_with(Components::new);
    let basic =
        HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some("User name and password")).build();
    let key = ApiKeyValue::with_description(auth::API_KEY.as_str(), "The API key of a user");
    components.add_security_scheme("basic", SecurityScheme::Http(basic));
    let token =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of `/oauth/token`"));
    components.add_security_scheme("bearer", SecurityScheme::Http(token.build()));
    components.add_security_scheme("apikey", SecurityScheme::ApiKey(ApiKey::Header(key)));
    components.add_security_scheme("oauth2", oauth2());
    let either = ["basic", "apikey"].map(|name| SecurityRequirement::new(name, <[&str; 0]>::default()));
    document.security = Some(either.into());
    document
}

/// Tokens of the token endpoint. Scopes hang on the client and are not asked for.
fn oauth2() -> SecurityScheme {
    let scopes = Scope::ALL.iter().map(|scope| (scope.name(), "Clients without any scope have it too"));
    let flow = ClientCredentials::new("/oauth/token", Scopes::from_iter(scopes));
    SecurityScheme::OAuth2(OAuth2::new([Flow::ClientCredentials(flow)]))
}

/// The reference and its page. No authentication: neither says anything about the book's content.
pub(crate) fn router() -> Router<Services> {
    Router::new()
        .route("/openapi.json", get(openapi_json))
        .route("/docs", get(page))
        .route("/docs/docs.js", get(script))
        .route("/docs/docs.css", get(style))
}

/// The document does not change while the process lives.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let text = serde_json::to_vec(&document()).expect("the document has text keys and no failing parts");
    Bytes::from(text)
});

async fn openapi_json() -> Response {
    shown("application/json; charset=utf-8", DOCUMENT.clone())
}

async fn page() -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                          img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response =
        shown("text/html; charset=utf-8", Bytes::from_static(include_bytes!("../assets/docs/index.html")));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn script() -> Response {
    shown("text/javascript; charset=utf-8", Bytes::from_static(include_bytes!("../assets/docs/docs.js")))
}

async fn style() -> Response {
    shown("text/css; charset=utf-8", Bytes::from_static(include_bytes!("../assets/docs/docs.css")))
}

/// Kept by browsers for an hour: it changes only with the version of the program.
fn shown(content_type: &'static str, body: Bytes) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_to_a_schema_leads_to_one() {
        let text = serde_json::to_value(document()).unwrap();
        let mut names = Vec::new();
        collect_references(&text, &mut names);
        assert!(!names.is_empty(), "the document refers to schemas");
        for name in names {
            assert!(text["components"]["schemas"].get(&name).is_some(), "{name} is not among the schemas");
        }
    }

    fn collect_references(value: &serde_json::Value, names: &mut Vec<String>) {
        if let Some(members) = value.as_object() {
            let reference = members.get("$ref").and_then(|reference| reference.as_str());
            names.extend(reference.and_then(|r| r.strip_prefix("#/components/schemas/")).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, names));
        }
        for element in value.as_array().into_iter().flatten() {
            collect_references(element, names);
        }
    }

    /// Of two schemas with one name, merging would keep the first without a word.
    #[test]
    fn the_doors_give_their_schemas_different_names() {
        let doors = [
            doors::loan_accounts::openapi(),
            oauth::openapi(),
            doors::loan_performance::openapi(),
            doors::marketplace::openapi(),
            doors::repayment_data::openapi(),
            doors::native::openapi(),
        ];
        let mut seen = std::collections::BTreeMap::new();
        let mut twice = Vec::new();
        for door in doors {
            for (name, schema) in door.components.unwrap_or_default().schemas {
                let schema = serde_json::to_value(schema).unwrap();
                if seen.insert(name.clone(), schema.clone()).is_some_and(|other| other != schema) {
                    twice.push(name);
                }
            }
        }
        assert!(twice.is_empty(), "doors have different schemas of one name: {}", twice.join(", "));
    }

    #[test]
    fn operation_ids_are_unique() {
        let document = serde_json::to_value(document()).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap_or_default();
                assert!(seen.insert(id.to_owned()), "{method} {path}: {id} is there twice");
            }
        }
    }

    #[test]
    fn the_page_loads_nothing_from_elsewhere() {
        let page = include_str!("../assets/docs/index.html");
        let rest = [include_str!("../assets/docs/docs.js"), include_str!("../assets/docs/docs.css")];
        for text in [page, rest[0], rest[1]] {
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("//cdn"));
        }
    }
}
