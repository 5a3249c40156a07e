//! A load of HTTP requests over keep-alive connections, cheap enough to share a machine with the
//! server it measures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clock::{Stopwatch, per_second};

/// Makes the request number `n`.
pub(crate) type Requests = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// What a load found out.
#[derive(Debug, Clone)]
pub(crate) struct Latencies {
    pub(crate) per_second: u128,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) count: usize,
}

/// Sends requests over so many connections for so long. Any answer but a success ends the run.
pub(crate) async fn load(
    address: &str,
    connections: usize,
    duration: Duration,
    requests: &Requests,
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
                connection.ask(&request).await?;
                latencies.push(started.elapsed());
            }
            anyhow::Ok(latencies)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    let elapsed = stopwatch.elapsed();
    all.sort_unstable();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    Ok(Latencies { per_second: per_second(all.len(), elapsed), p50: at(50), p99: at(99), count: all.len() })
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

    /// Sends a request and reads the whole answer, which must be a success.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.buffer[..end]).context("headers are ASCII")?;
                let is_success = head.get(9..12).unwrap_or("").starts_with('2');
                let whole = end + 4 + content_length(head)?;
                while self.buffer.len() < whole {
                    if self.stream.read_buf(&mut self.buffer).await? == 0 {
                        bail!("the server closed the connection");
                    }
                }
                if !is_success {
                    bail!("the server answered {}", String::from_utf8_lossy(&self.buffer));
                }
                return Ok(());
            }
        }
    }
}

fn content_length(head: &str) -> anyhow::Result<usize> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-length:"));
    let value = line.and_then(|line| line.split_once(':')).context("answers have a length")?.1;
    Ok(value.trim().parse()?)
}
