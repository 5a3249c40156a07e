//! Request ids, spans and metrics. No personal data: never a query, a body or a path with ids,
//! only the route.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use jiff::Timestamp;
use loam_app::error::AppError;
use loam_book::ids::Part;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing::Instrument;

use crate::{Services, body, doors};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A caller's request id is kept up to this length.
const LONGEST_REQUEST_ID: usize = 64;

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64_seconds::Seconds; 11] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

mod f64_seconds {
    #[expect(
        clippy::disallowed_types,
        reason = "the metrics crate takes bucket bounds as floats; no money is near"
    )]
    pub(super) type Seconds = f64;
}

/// The id under which a request is logged and written to the audit trail.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Installs the recorder of this process and gives the handle that `/metrics` reads.
///
/// # Errors
/// When a recorder is installed already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&LATENCY_BUCKETS)?.install_recorder()?;
    metrics::describe_counter!("loam_requests_total", "Requests by door and status");
    metrics::describe_counter!("loam_commands_total", "Commands by name and outcome");
    metrics::describe_histogram!("loam_request_duration_seconds", "Time to answer, by door");
    Ok(handle)
}

/// Counts what became of a command.
pub fn count_command<T>(name: &'static str, result: &Result<T, AppError>) {
    let outcome = match result {
        Ok(_) => "done",
        Err(
            AppError::Refused(_)
            | AppError::AccountNotFound
            | AppError::ClientNotFound
            | AppError::GroupNotFound,
        ) => "refused",
        Err(
            AppError::IdempotencyKeyReused
            | AppError::ApplicationNotFound
            | AppError::FundTransactionNotFound
            | AppError::SavingsNotFound,
        ) => "refused",
        Err(AppError::Quarantined | AppError::Broken(_) | AppError::Store(_) | AppError::Stopping) => {
            "failed"
        }
    };
    metrics::counter!("loam_commands_total", "command" => name, "outcome" => outcome).increment(1);
}

/// Around every request: id, span, metrics, and an answer also where a handler breaks.
pub(crate) async fn observe(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let started = services.clock.now();
    let id = request_id(request.headers(), &services);
    let door = door_of(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let span = tracing::info_span!("request", request.id = %id, door, method = %request.method(), route);
    request.extensions_mut().insert(RequestId(id.clone()));

    let (request, rest) = body::lend(request);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
    rest.discard().await;
    let mut response = answer.unwrap_or_else(|_| {
        tracing::error!(request.id = %id, door, "a handler ended by a panic");
        doors::after_panic(door)
    });

    let elapsed = elapsed(started, services.clock.now());
    metrics::counter!("loam_requests_total", "door" => door, "status" => status_text(response.status()))
        .increment(1);
    metrics::histogram!("loam_request_duration_seconds", "door" => door).record(elapsed);
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The caller's request id where it is short and plain, else a new one.
fn request_id(headers: &HeaderMap, services: &Services) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_REQUEST_ID && id.bytes().all(|b| b.is_ascii_graphic())
    };
    given.filter(is_plain).map_or_else(|| services.desk.new_key(Part::new(0)).to_string(), str::to_owned)
}

fn door_of(path: &str) -> &'static str {
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.next(), segments.next()) {
        (Some("oauth"), _, _)
        | (Some("api"), Some("v1"), Some("loan-performance" | "lead-processing" | "lead-data")) => {
            "loan_performance"
        }
        (Some("services"), _, _) => "marketplace",
        (Some("v1"), _, _) => "repayment_data",
        (Some("api"), _, _) => "loan_accounts",
        (Some("loam"), _, _) => "native",
        _ => "house",
    }
}

/// Label values that live as long as the process cost no allocation.
fn status_text(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200 => "200",
        201 => "201",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        409 => "409",
        413 => "413",
        422 => "422",
        429 => "429",
        500 => "500",
        503 => "503",
        _ => "other",
    }
}

/// The clock may be set back; a request never takes less than no time.
fn elapsed(started: Timestamp, ended: Timestamp) -> Duration {
    Duration::try_from(ended.duration_since(started)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_the_door() {
        assert_eq!(door_of("/api/loans"), "loan_accounts");
        assert_eq!(door_of("/loam/v1/products"), "native");
        assert_eq!(door_of("/healthz"), "house");
        assert_eq!(door_of("/oauth/token"), "loan_performance");
        assert_eq!(door_of("/api/v1/loan-performance/customers"), "loan_performance");
        assert_eq!(door_of("/api/v1"), "loan_accounts");
        assert_eq!(door_of("/services/apexrest/peer/v1/loanApplications"), "marketplace");
        assert_eq!(door_of("/v1/api/clients/loans"), "repayment_data");
    }

    #[test]
    fn a_clock_that_went_back_gives_no_negative_time() {
        let earlier = Timestamp::from_second(10).expect("in range");
        assert_eq!(elapsed(earlier, Timestamp::UNIX_EPOCH), Duration::ZERO);
    }
}
