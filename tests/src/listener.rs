//! Somebody who listens: a small HTTP server that keeps what it is sent and answers as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: String,
    pub path: String,
    /// Names in lowercase.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    /// A header by its lowercase name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
struct Inside {
    heard: Vec<Heard>,
    /// Statuses of the next answers; after them every answer is 200.
    statuses: VecDeque<u16>,
    /// Whether it hears and does not answer.
    is_silent: bool,
}

/// A listener on a free port of the loopback address.
#[derive(Debug)]
pub struct Listener {
    pub base: String,
    inside: Arc<(Mutex<Inside>, Condvar)>,
}

impl Listener {
    /// Starts listening; it goes on as long as the test program runs.
    pub fn start() -> Listener {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", socket.local_addr().expect("it is bound"));
        let inside: Arc<(Mutex<Inside>, Condvar)> = Arc::default();
        let shared = Arc::clone(&inside);
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Listener { base, inside }
    }

    /// From now on it hears and never answers.
    pub fn fall_silent(&self) {
        self.lock().is_silent = true;
    }

    /// Answers the next requests with these statuses.
    pub fn answer_with(&self, statuses: &[u16]) {
        self.lock().statuses.extend(statuses);
    }

    /// All requests so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.lock().heard.clone()
    }

    /// Waits until at least so many requests were heard, and gives all of them.
    ///
    /// # Panics
    /// When that takes longer than a minute.
    pub fn wait_for(&self, count: usize) -> Vec<Heard> {
        let waiting = self
            .inside
            .1
            .wait_timeout_while(self.lock(), Duration::from_secs(60), |inside| inside.heard.len() < count);
        let (inside, _) = waiting.expect("no test panics while it holds the listener");
        assert!(inside.heard.len() >= count, "only {} of {count} requests came", inside.heard.len());
        inside.heard.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.0.lock().expect("no test panics while it holds the listener")
    }
}

/// Serves one connection until the caller closes it.
fn serve(stream: TcpStream, shared: &(Mutex<Inside>, Condvar)) {
    let Ok(mut writing) = stream.try_clone() else { return };
    let mut reading = BufReader::new(stream);
    while let Some(heard) = read(&mut reading) {
        let mut inside = shared.0.lock().expect("no test panics while it holds the listener");
        let status = inside.statuses.pop_front().unwrap_or(200);
        inside.heard.push(heard);
        let is_silent = inside.is_silent;
        shared.1.notify_all();
        drop(inside);
        if is_silent {
            // The connection stays open until the caller gives up.
            continue;
        }
        let answer =
            format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}");
        if writing.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reading: &mut BufReader<TcpStream>) -> Option<Heard> {
    let mut line = String::new();
    reading.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reading.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reading.read_exact(&mut body).ok()?;
    Some(Heard { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}
