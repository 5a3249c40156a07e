//! The doors of the book over HTTP: wire shapes, status codes, authentication.
//!
//! Not here: rules, SQL, arithmetic. What a command needs of the outside (clock, store, desk) comes
//! in as [`Services`].
// Tests write whole products as one `json!`.
#![cfg_attr(test, recursion_limit = "256")]

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::ServiceExt;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt;
use loam_app::desk::Desk;
use loam_app::end_of_day::EndOfDay;
use loam_app::ports::{Clock, DeliveryStore, TokenStore};
use loam_app::reading::Reading;
use loam_book::partner::Realm;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::auth::Auth;
use crate::oauth::Bearers;
use crate::vault::Vault;

pub mod auth;
pub mod body;
mod borrower_accounts;
pub mod doors;
mod health;
pub mod idempotency;
pub mod oauth;
pub mod object_id;
pub mod openapi;
pub mod outbound;
mod persons;
mod product_names;
pub mod secrets;
pub mod telemetry;
pub mod vault;

/// Everything that the doors work with; cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub desk: Desk,
    pub reading: Arc<Reading>,
    pub end_of_day: Arc<EndOfDay>,
    pub clock: Arc<dyn Clock>,
    pub auth: Arc<Auth>,
    /// Encrypts what must be read again, and hashes what must only be compared.
    pub vault: Arc<Vault>,
    pub tokens: Arc<dyn TokenStore>,
    /// What is remembered of tokens.
    pub bearers: Arc<Bearers>,
    pub deliveries: Arc<dyn DeliveryStore>,
    /// The book for tests: a book of its own, to which test credentials lead.
    pub test: Option<Arc<Services>>,
    /// Where `/metrics` reads; see [`telemetry::install_metrics`].
    pub metrics: PrometheusHandle,
}

impl Services {
    /// The services of the book to which a credential of `realm` leads; none when there is no book
    /// for tests. Credentials themselves are always those of the live book.
    #[must_use]
    pub fn in_realm(&self, realm: Realm) -> Option<&Services> {
        match realm {
            Realm::Live => Some(self),
            Realm::Test => self.test.as_deref(),
        }
    }
}

/// The server, with its listener open.
pub struct Server {
    services: Services,
    listener: TcpListener,
}

impl Server {
    /// A server on a listener that is open already.
    pub fn new(services: Services, listener: TcpListener) -> Server {
        Server { services, listener }
    }

    /// A server on `address`; port 0 takes any free one.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(services: Services, address: SocketAddr) -> std::io::Result<Server> {
        Ok(Server::new(services, TcpListener::bind(address).await?))
    }

    /// Where the server listens.
    ///
    /// # Errors
    /// What the operating system answers.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `shutdown` is done, and then finishes what is in flight.
    ///
    /// # Errors
    /// What the listener answers.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let listener = self.listener.tap_io(|connection| {
            // Answers are small and whole: waiting for more to send only adds latency.
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection stays without TCP_NODELAY");
            }
        });
        // Around the router, not inside it: paths are matched after the slash is gone.
        let service = NormalizePathLayer::trim_trailing_slash().layer(router(self.services));
        axum::serve(listener, ServiceExt::<Request>::into_make_service(service))
            .with_graceful_shutdown(shutdown)
            .await
    }
}

/// All routes. Trailing slashes are taken off by [`Server::serve`], before.
pub fn router(services: Services) -> Router {
    Router::new()
        .merge(health::router())
        .merge(openapi::router())
        .merge(oauth::router())
        .merge(doors::native::router())
        .merge(doors::loan_accounts::router())
        .merge(doors::loan_performance::router(&services))
        .merge(doors::marketplace::router())
        .merge(doors::repayment_data::router())
        .fallback(doors::fallback)
        .layer(DefaultBodyLimit::max(body::LIMIT - 1))
        .layer(from_fn_with_state(services.clone(), telemetry::observe))
        .with_state(services)
}
