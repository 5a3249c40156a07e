//! What operators ask: is it alive, is it ready, what are the figures. No authentication: nothing
//! here says anything about a client or an account.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::Services;

pub(crate) fn router() -> Router<Services> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// `GET /healthz`: the process answers.
async fn healthz() -> &'static str {
    "ok"
}

/// `GET /readyz`: the store answers too.
async fn readyz(State(services): State<Services>) -> (StatusCode, &'static str) {
    match services.reading.store().ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
        }
    }
}

/// `GET /metrics`: Prometheus text.
async fn metrics(State(services): State<Services>) -> impl IntoResponse {
    // Moves what was observed since the last scrape into the buckets.
    services.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], services.metrics.render())
}
