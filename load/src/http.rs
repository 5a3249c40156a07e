//! A load of HTTP requests over keep-alive connections, cheap enough to share a machine with the
//! server it measures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stopwatch::{Stopwatch, per_second};

/// Makes the request number `n`.
pub type Requests = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// What a load found out.
#[derive(Debug, Clone)]
pub struct Latencies {
    pub per_second: u128,
    pub p50: Duration,
    pub p99: Duration,
    pub count: usize,
    /// How long all of them took.
    pub elapsed: Duration,
}

impl Latencies {
    /// How often a second something happened of which each request brings so many.
    pub fn of_each(&self, in_each: usize) -> u128 {
        per_second(self.count * in_each, self.elapsed)
    }

    fn of(mut all: Vec<Duration>, elapsed: Duration) -> Latencies {
        all.sort_unstable();
        let at = |percent: usize| {
            let place = (all.len() * percent / 100).min(all.len().saturating_sub(1));
            all.get(place).copied().unwrap_or_default()
        };
        let per_second = per_second(all.len(), elapsed);
        Latencies { per_second, p50: at(50), p99: at(99), count: all.len(), elapsed }
    }
}

/// Sends requests over so many connections for so long, each as soon as the answer before it has come.
///
/// # Errors
/// Any answer but a success ends the run.
pub async fn load(
    address: &str,
    connections: usize,
    duration: Duration,
    requests: &Requests,
) -> anyhow::Result<Latencies> {
    load_without(address, (connections, duration), requests, "").await
}

/// The same, where a success may still hold what it must not: a text that no answer's body has, unless it is empty.
///
/// # Errors
/// Any answer but a success, and one with that text, ends the run.
pub async fn load_without(
    address: &str,
    (connections, duration): (usize, Duration),
    requests: &Requests,
    unwanted: &'static str,
) -> anyhow::Result<Latencies> {
    let next = Arc::new(AtomicUsize::new(0));
    let stopwatch = Stopwatch::start();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (next, requests, address) = (Arc::clone(&next), Arc::clone(requests), address.to_owned());
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Vec::new();
            while stopwatch.elapsed() < duration {
                let request = requests(next.fetch_add(1, Ordering::Relaxed));
                let started = Stopwatch::start();
                let body = connection.ask(&request).await?;
                latencies.push(started.elapsed());
                connection.must_lack(body, unwanted)?;
            }
            anyhow::Ok(latencies)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(Latencies::of(all, stopwatch.elapsed()))
}

/// Sends so many requests a second until `is_over` says so, whether answers come or not: a request that has to wait for
/// its connection waits in its latency, so that a server that stands still is not asked less.
///
/// # Errors
/// Any answer but a success ends the run.
pub async fn open_loop(
    address: &str,
    (connections, per_second): (usize, u32),
    requests: &Requests,
    is_over: impl Fn() -> bool + Send + Sync + 'static,
) -> anyhow::Result<Latencies> {
    let (next, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(is_over));
    let between = Duration::from_secs(1) / per_second.max(1);
    let stopwatch = Stopwatch::start();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let (next, requests, address) = (Arc::clone(&next), Arc::clone(requests), address.to_owned());
        let is_over = Arc::clone(&is_over);
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Vec::new();
            while !is_over() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = between * u32::try_from(number).unwrap_or(u32::MAX);
                tokio::time::sleep(due.saturating_sub(stopwatch.elapsed())).await;
                connection.ask(&requests(number)).await?;
                latencies.push(stopwatch.elapsed().saturating_sub(due));
            }
            anyhow::Ok(latencies)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(Latencies::of(all, stopwatch.elapsed()))
}

/// Sends one request and gives the body of its answer.
///
/// # Errors
/// When the answer is no success.
pub async fn ask(address: &str, request: &[u8]) -> anyhow::Result<String> {
    let mut connection = Connection::open(address).await?;
    let body = connection.ask(request).await?;
    Ok(String::from_utf8_lossy(&connection.buffer[body..]).into_owned())
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the whole answer, which must be a success; tells where its body begins.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<usize> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end]).context("headers are ASCII")?;
        let is_success = head.get(9..12).unwrap_or("").starts_with('2');
        let body = end + 4;
        let whole = body + content_length(head)?;
        while self.buffer.len() < whole {
            self.read().await?;
        }
        if !is_success {
            bail!("the server answered {}", String::from_utf8_lossy(&self.buffer));
        }
        Ok(body)
    }

    /// Refuses a body with this text in it.
    fn must_lack(&self, body: usize, unwanted: &str) -> anyhow::Result<()> {
        if unwanted.is_empty() {
            return Ok(());
        }
        let found = self.buffer[body..].windows(unwanted.len()).position(|part| part == unwanted.as_bytes());
        let Some(at) = found else { return Ok(()) };
        let around = self.buffer[body + at..].iter().copied().take(300).collect::<Vec<u8>>();
        bail!("the server answered {}", String::from_utf8_lossy(&around));
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn content_length(head: &str) -> anyhow::Result<usize> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-length:"));
    let value = line.and_then(|line| line.split_once(':')).context("answers have a length")?.1;
    Ok(value.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_told_by_their_place_and_what_a_request_brings_by_the_time_of_all() {
        let all = (1..=100).rev().map(Duration::from_millis).collect();
        let latencies = Latencies::of(all, Duration::from_millis(3_000));
        assert_eq!((latencies.p50, latencies.p99), (Duration::from_millis(51), Duration::from_millis(100)));
        // Not 500 times the 33 that are left of 33.3.
        assert_eq!((latencies.per_second, latencies.of_each(500)), (33, 16_666));
    }
}
