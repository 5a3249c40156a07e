//! Requests to others, made on threads where waiting harms nobody.

use std::time::Duration;

use loam_app::error::StoreError;
use ureq::Agent;

use crate::vault::CannotOpen;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// How much of an answer is read.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Why something could not be told.
#[derive(Debug)]
pub(super) struct Failure {
    /// For the operator; never what was sent.
    pub(super) reason: String,
    /// Whether it may succeed another time without anybody's doing.
    pub(super) may_pass: bool,
}

impl Failure {
    pub(super) fn new(reason: impl Into<String>) -> Failure {
        Failure { reason: reason.into(), may_pass: true }
    }

    pub(super) fn final_one(reason: impl Into<String>) -> Failure {
        Failure { reason: reason.into(), may_pass: false }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::new(error.to_string())
    }
}

impl From<CannotOpen> for Failure {
    fn from(error: CannotOpen) -> Failure {
        Failure::final_one(error.to_string())
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Success, or the failure that this answer is.
    pub(super) fn must_succeed(&self, what: &str) -> Result<(), Failure> {
        if self.is_success() {
            return Ok(());
        }
        Err(Failure::new(format!("{what} was answered with status {}", self.status)))
    }
}

/// Something to be sent.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// Sends; connections are kept for the next letter.
#[derive(Clone)]
pub(super) struct Poster(Agent);

impl Poster {
    pub(super) fn new() -> Poster {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("loam/", env!("CARGO_PKG_VERSION")));
        Poster(config.build().into())
    }

    /// The answer, whatever its status.
    pub(super) async fn send(&self, letter: Letter) -> Result<Answer, Failure> {
        let agent = self.0.clone();
        let sending = tokio::task::spawn_blocking(move || send(&agent, letter));
        sending.await.unwrap_or_else(|_| Err(Failure::new("sending ended by a panic")))
    }
}

fn send(agent: &Agent, letter: Letter) -> Result<Answer, Failure> {
    let mut request = ureq::http::Request::builder().method(letter.method).uri(&letter.url);
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    let request = request.body(letter.body).map_err(|error| Failure::final_one(error.to_string()))?;
    let mut response = agent.run(request).map_err(|error| Failure::new(error.to_string()))?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(LONGEST_ANSWER).lossy_utf8(true).read_to_string();
    Ok(Answer { status, body: body.unwrap_or_default() })
}
