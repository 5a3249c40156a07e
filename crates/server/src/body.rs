//! Reads a request body up to a limit.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use futures_util::StreamExt;
use http_body::{Frame, SizeHint};
use tokio::time::timeout;

/// A body of this size or more is refused: 10 MB.
pub const LIMIT: usize = 10_000_000;
/// The same where a file comes as base64: a third more, with line breaks and, in a form, what is escaped.
pub const UPLOAD_LIMIT: usize = 16_000_000;
/// How much of a body that is too large is still taken in, so that the caller gets to read the
/// answer instead of meeting a closed connection.
const DRAINED: usize = 4 * LIMIT;

/// How long the next piece of a body may take. A caller that stops in the middle would otherwise
/// keep the server from ever stopping.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    TooLarge,
    /// The caller went away, stopped in the middle, or sent what is no HTTP.
    Broken,
}

/// The whole body.
///
/// # Errors
/// `TooLarge` from [`LIMIT`] bytes on, `Broken` when it ends early.
pub async fn read(body: Body) -> Result<Bytes, BodyError> {
    read_below(body, LIMIT).await
}

/// The whole body, where it is smaller than `limit`.
///
/// # Errors
/// `TooLarge` from `limit` bytes on, `Broken` when it ends early.
pub async fn read_below(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let mut chunks = body.into_data_stream();
    let Some(first) = next(&mut chunks).await? else { return Ok(Bytes::new()) };
    let Some(second) = next(&mut chunks).await? else { return whole(first, limit) };
    let mut gathered = first.to_vec();
    let mut size = gathered.len();
    let mut piece = Some(second);
    while let Some(chunk) = piece {
        size += chunk.len();
        if size < limit {
            gathered.extend_from_slice(&chunk);
        } else if size > DRAINED {
            return Err(BodyError::TooLarge);
        }
        piece = next(&mut chunks).await?;
    }
    if size >= limit { Err(BodyError::TooLarge) } else { Ok(Bytes::from(gathered)) }
}

/// What a handler left of a request's body.
pub struct Rest(Arc<Mutex<Body>>);

/// A body that stays with whoever lent it.
struct Lent(Arc<Mutex<Body>>);

/// Lends the body of a request to a handler. What it leaves unread is found in the rest.
pub fn lend(request: Request) -> (Request, Rest) {
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body));
    (Request::from_parts(parts, Body::new(Lent(Arc::clone(&body)))), Rest(body))
}

impl Rest {
    /// Takes in what was left, up to the same limits. A request that is refused before its body was read
    /// would otherwise cost the caller the connection, and perhaps the answer.
    pub async fn discard(self) {
        if is_taken_in(&self.0) {
            return;
        }
        let mut chunks = Body::new(Lent(self.0)).into_data_stream();
        let mut size = 0;
        while let Ok(Some(chunk)) = next(&mut chunks).await {
            size += chunk.len();
            if size > DRAINED {
                return;
            }
        }
    }
}

fn is_taken_in(body: &Mutex<Body>) -> bool {
    body.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        is_taken_in(&self.0)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

async fn next(chunks: &mut BodyDataStream) -> Result<Option<Bytes>, BodyError> {
    let next = timeout(PATIENCE, chunks.next()).await.map_err(|_| BodyError::Broken)?;
    next.transpose().map_err(|_| BodyError::Broken)
}

/// Most bodies come in one piece and are not copied.
fn whole(only: Bytes, limit: usize) -> Result<Bytes, BodyError> {
    if only.len() >= limit { Err(BodyError::TooLarge) } else { Ok(only) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[tokio::test]
    async fn a_body_that_breaks_off_is_broken() {
        let chunks = [Ok(Bytes::from_static(b"ab")), Err(std::io::Error::other("gone"))];
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        assert_eq!(read(body).await, Err(BodyError::Broken));
    }

    #[tokio::test]
    async fn what_a_handler_left_is_taken_in() {
        let chunks = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"ab"))]);
        let body = Body::from_stream(
            chunks.chain(futures_util::stream::once(async { Ok(Bytes::from_static(b"c")) })),
        );
        let (request, rest) = lend(Request::new(body));
        let mut chunks = request.into_body().into_data_stream();
        assert_eq!(next(&mut chunks).await, Ok(Some(Bytes::from_static(b"ab"))));
        drop(chunks);
        let left = Arc::clone(&rest.0);
        rest.discard().await;
        assert_eq!(next(&mut Body::new(Lent(left)).into_data_stream()).await, Ok(None));
    }

    async fn read_chunks(chunks: Vec<Vec<u8>>) -> Result<Bytes, BodyError> {
        let chunks = chunks.into_iter().map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
        read(Body::from_stream(futures_util::stream::iter(chunks))).await
    }

    #[tokio::test]
    async fn an_unwanted_body_is_taken_in_and_no_more_of_it_than_of_any_other() {
        let taken = std::sync::atomic::AtomicUsize::new(0);
        let taken = std::sync::Arc::new(taken);
        let counter = std::sync::Arc::clone(&taken);
        let endless = futures_util::stream::repeat_with(move || {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from(vec![0; LIMIT]))
        });
        let (_request, rest) = lend(Request::new(Body::from_stream(endless)));
        rest.discard().await;
        assert_eq!(taken.load(std::sync::atomic::Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn pieces_are_put_together() {
        assert_eq!(read_chunks(vec![b"ab".to_vec(), b"c".to_vec()]).await, Ok(Bytes::from_static(b"abc")));
        assert_eq!(read_chunks(vec![]).await, Ok(Bytes::new()));
    }

    #[tokio::test]
    async fn a_body_of_the_limit_is_too_large_and_one_byte_less_is_not() {
        assert_eq!(read_chunks(vec![vec![0; LIMIT / 2]; 2]).await, Err(BodyError::TooLarge));
        assert_eq!(read_chunks(vec![vec![0; LIMIT]]).await, Err(BodyError::TooLarge));
        assert!(read_chunks(vec![vec![0; LIMIT - 1]]).await.is_ok());
    }
}
