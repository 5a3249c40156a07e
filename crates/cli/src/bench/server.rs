//! The program under measurement: this very one, in processes of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use loam_load::http;
use loam_load::stopwatch::Stopwatch;

/// A serving process.
pub(super) struct Running {
    child: Child,
    /// Where it listens.
    pub(super) address: String,
    /// How long it took until it answered that it is ready.
    pub(super) started_in: Duration,
}

impl Running {
    pub(super) async fn start(book: &str, key_file: &Path) -> anyhow::Result<Running> {
        let stopwatch = Stopwatch::start();
        let mut child = program(book)?
            .args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual", "--test-book", "none"])
            .arg("--key-file")
            .arg(key_file)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        let address = loop {
            let mut line = String::new();
            ensure!(lines.read_line(&mut line)? > 0, "the server ended before it was ready");
            if let Some(address) = line.trim().strip_prefix("API ") {
                break address.trim().trim_start_matches("http://").trim_end_matches("/api").to_owned();
            }
        };
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        http::ask(&address, b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n").await?;
        Ok(Running { child, address, started_in: stopwatch.elapsed() })
    }

    /// Resident memory now and at most, in kilobytes; only Linux tells.
    pub(super) fn memory(&self) -> Option<[u64; 2]> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let kilobytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some([kilobytes("VmRSS:")?, kilobytes("VmHWM:")?])
    }

    /// How many bytes it has given to its disks so far; only Linux tells, and of a server of databases nobody.
    pub(super) fn bytes_written(&self) -> Option<u64> {
        let told = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).ok()?;
        told.lines().find_map(|line| line.strip_prefix("write_bytes: "))?.parse().ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// This program on a book, with nothing to say but errors.
pub(super) fn program(book: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--database", book, "--log", "error"]);
    Ok(command)
}

/// Runs a command of the program; gives what it printed, and how long it took.
pub(super) fn run(book: &str, arguments: &[&str]) -> anyhow::Result<(String, Duration)> {
    let stopwatch = Stopwatch::start();
    let output = program(book)?.args(arguments).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "loam {} ended badly", arguments.join(" "));
    Ok((String::from_utf8(output.stdout)?, stopwatch.elapsed()))
}

/// Makes a key for the administrator of a book.
pub(super) fn api_key(book: &str) -> anyhow::Result<String> {
    let (printed, _) = run(book, &["user", "api-key", "admin"])?;
    Ok(printed.split_whitespace().last().context("the key is printed last")?.to_owned())
}
