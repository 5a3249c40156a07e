//! The doors of the book over HTTP: wire shapes, status codes, authentication.
//!
//! Not here: rules, SQL, arithmetic. What a command needs of the outside (clock, store, desk) comes
//! in as [`Services`].
// Tests write whole products as one `json!`.
#![cfg_attr(test, recursion_limit = "256")]

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::ServiceExt;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::serve::Listener;
use futures_util::future::try_join_all;
use loam_app::desk::Desk;
use loam_app::end_of_day::EndOfDay;
use loam_app::ports::{Clock, DeliveryStore, TokenStore};
use loam_app::reading::Reading;
use loam_book::partner::Realm;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::Layer;
use tower_http::normalize_path::NormalizePathLayer;

use crate::auth::Auth;
use crate::backups::Backups;
use crate::entrance::{Entrance, Peer};
use crate::oauth::Bearers;
use crate::vault::Vault;

pub mod auth;
pub mod backups;
pub mod body;
mod borrower_accounts;
mod channel_limits;
pub mod doors;
pub mod entrance;
mod health;
pub mod idempotency;
#[cfg(test)]
mod mounted;
pub mod oauth;
pub mod object_id;
pub mod openapi;
pub mod outbound;
pub mod own_writes;
mod persons;
mod product_names;
pub mod secrets;
pub mod shapes;
pub mod telemetry;
pub mod tls;
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
    pub backups: Arc<Backups>,
    /// Whether the server closes days by itself.
    pub closes_days: bool,
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

/// The server, with its ports open.
pub struct Server {
    services: Services,
    entrances: Vec<Entrance>,
}

impl Server {
    /// A server on ports that are open already.
    pub fn new(services: Services, entrances: Vec<Entrance>) -> Server {
        Server { services, entrances }
    }

    /// A server of plain HTTP on `address`; port 0 takes any free one.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn bind(services: Services, address: SocketAddr) -> std::io::Result<Server> {
        Ok(Server::new(services, vec![Entrance::plain(TcpListener::bind(address).await?)]))
    }

    /// Where the server listens.
    ///
    /// # Errors
    /// What the operating system answers, and for a server without ports.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        let first = self.entrances.first().ok_or(std::io::ErrorKind::NotConnected)?;
        first.local_addr()
    }

    /// Serves until `shutdown` is done, and then finishes what is in flight.
    ///
    /// # Errors
    /// What a listener answers.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        // Around the router, not inside it: paths are matched after the slash is gone.
        let service = NormalizePathLayer::trim_trailing_slash().layer(router(self.services));
        let (stop, stopping) = watch::channel(false);
        let serving = self.entrances.into_iter().map(|entrance| {
            let mut stopping = stopping.clone();
            let stopped = async move {
                // An end without a word is an end too.
                let _ended = stopping.wait_for(|stop| *stop).await.is_err();
            };
            let service = service.clone();
            let service = ServiceExt::<Request>::into_make_service_with_connect_info::<Peer>(service);
            axum::serve(entrance, service).with_graceful_shutdown(stopped).into_future()
        });
        let serving = try_join_all(serving);
        let told = async move {
            shutdown.await;
            stop.send_replace(true);
            // Held until everybody is served: dropping it would stop them at once.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serving => served.map(drop),
            () = told => Ok(()),
        }
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
        .layer(from_fn_with_state((services.clone(), Arc::default()), own_writes::keep))
        .layer(from_fn_with_state(services.clone(), telemetry::observe))
        .with_state(services)
}
