//! Requests to others, made on threads where waiting harms nobody.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use loam_app::error::StoreError;
use loam_app::ports::Clock;
use tokio::sync::watch;
use ureq::Agent;

use crate::vault::CannotOpen;

/// How long one request may take.
const PATIENCE: SignedDuration = SignedDuration::from_secs(8);
/// How much of an answer is read.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// Why something could not be told.
#[derive(Debug)]
pub(super) struct Failure {
    /// For the operator; never what was sent.
    pub(super) reason: String,
    pub(super) outlook: Outlook,
}

/// What may become of something that could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlook {
    /// It may succeed another time without anybody's doing.
    MayPass,
    /// Somebody must do something about it.
    Final,
    /// Nothing failed: the server stops.
    Interrupted,
}

impl Failure {
    pub(super) fn new(reason: impl Into<String>) -> Failure {
        Failure { reason: reason.into(), outlook: Outlook::MayPass }
    }

    pub(super) fn final_one(reason: impl Into<String>) -> Failure {
        Failure { reason: reason.into(), outlook: Outlook::Final }
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
pub(super) struct Answer {
    pub(super) status: u16,
    /// None when it ended early or is too long.
    body: Option<String>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body.
    ///
    /// # Errors
    /// When it did not come whole: what it was to say is not known.
    pub(super) fn body(&self) -> Result<&str, Failure> {
        self.body.as_deref().ok_or_else(|| Failure::new("the answer did not come whole"))
    }

    /// Success, or the failure that this answer is.
    pub(super) fn must_succeed(&self, what: &str) -> Result<(), Failure> {
        if self.is_success() {
            return Ok(());
        }
        Err(Failure::new(format!("{what} was answered with status {}", self.status)))
    }
}

/// Something to be sent. It shows secrets, so it is never shown itself.
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
            .timeout_global(Some(PATIENCE.unsigned_abs()))
            // Addresses are the book's: what the machine's environment says about proxies is for others.
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("loam/", env!("CARGO_PKG_VERSION")));
        Poster(config.build().into())
    }

    async fn send(&self, letter: Letter) -> Result<Answer, Failure> {
        let agent = self.0.clone();
        let sending = tokio::task::spawn_blocking(move || send(&agent, letter));
        sending.await.unwrap_or_else(|_| Err(Failure::new("sending ended by a panic")))
    }
}

/// The requests of one delivery: they are made as long as the delivery is this worker's and the server goes on.
pub(super) struct Errand {
    pub(super) poster: Poster,
    pub(super) clock: Arc<dyn Clock>,
    /// The end of the lease.
    pub(super) until: Timestamp,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Errand {
    /// The answer, whatever its status. A request that might last longer than the lease is not begun: what it says
    /// could be older than what another worker has told by then.
    ///
    /// # Errors
    /// When there is no answer, or nothing was sent.
    pub(super) async fn send(&self, letter: Letter) -> Result<Answer, Failure> {
        if *self.stopping.borrow() {
            return Err(Failure { reason: "the server stops".to_owned(), outlook: Outlook::Interrupted });
        }
        if self.until.duration_since(self.clock.now()) < PATIENCE {
            return Err(Failure::new("telling it took too long"));
        }
        self.poster.send(letter).await
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
    Ok(Answer { status, body: body.ok() })
}
