//! The server under load, on one database after the other, beside the raw store.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use loam_app::command::Address;
use loam_store::DatabaseUrl;

use crate::fill::Filler;
use crate::{Size, doors, raw};
use loam_load::http::{Latencies, Requests, load};
use loam_load::table::{Row, Table, ratio};

/// The API key of the benchmark's user, and its SHA-256 as the book keeps it.
const API_KEY: &str = "benchmark";
pub(crate) const API_KEY_HASH: &str = include_str!("api_key.sha256");
pub(crate) const CONNECTIONS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// What is measured, and on what.
pub(crate) struct Bench<'a> {
    pub(crate) kind: Kind,
    pub(crate) binary: &'a Path,
    pub(crate) postgres: &'a str,
    pub(crate) size: Size,
}

/// Measures reading at two sizes of the book, repayments, one idle client, memory, the raw store.
pub(crate) async fn measure(table: &mut Table, bench: &Bench<'_>) -> anyhow::Result<()> {
    let books = Books::begin(bench)?;
    // First, while the server of databases has nothing else to clean up behind.
    doors::measure(table, bench, &books.fresh("doors")?).await?;
    let url = books.fresh("loans")?;
    let parsed = DatabaseUrl::parse(&url).map_err(|error| anyhow!("{error}"))?;
    let filler = Filler::create(&parsed, API_KEY_HASH.trim()).await?;
    let mut loans = filler.add(bench.size.small).await?;
    filler.close();
    let seconds = Duration::from_secs(bench.size.seconds);

    let small = {
        let server = Running::start(bench, &url)?;
        load(&server.address, CONNECTIONS, seconds, &reads(&loans)).await?
    };
    let filler = Filler::open(&parsed, 0x5eed).await?;
    loans.extend(filler.add(bench.size.loans - bench.size.small).await?);
    filler.close();

    let server = Running::start(bench, &url)?;
    let large = load(&server.address, CONNECTIONS, seconds, &reads(&loans)).await?;
    reading(table, bench, &small, &large);
    let before = raw::Written::count(&parsed).await?;
    let repaid = load(&server.address, CONNECTIONS, seconds, &repayments(&loans)).await?;
    let batch = raw::Written::count(&parsed).await?.batch_since(&before);
    let idle = load(&server.address, 1, seconds / 2, &repayments(&loans)).await?;
    let memory = server.resident_kilobytes()?;
    drop(server);

    let raw = raw::repayments_per_second(&parsed, &loans, batch, seconds).await?;
    writing(table, bench, (&repaid, batch, raw), &idle);
    table.push(Row {
        what: format!("{}, resident memory of the server after these runs", bench.kind.name()),
        measured: format!("{} MB", memory / 1024),
        reference: "150 MB".into(),
        ratio: ratio(u128::from(memory), 150 * 1024),
    });
    Ok(())
}

fn reading(table: &mut Table, bench: &Bench<'_>, small: &Latencies, large: &Latencies) {
    let kind = bench.kind.name();
    table.push(Row {
        what: format!("{kind}, GET /api/loans/{{id}}, {CONNECTIONS} connections, {} loans", bench.size.loans),
        measured: format!("{}/s, p50 {} µs", large.per_second, large.p50.as_micros()),
        reference: format!(
            "{}/s, p50 {} µs at {} loans",
            small.per_second,
            small.p50.as_micros(),
            bench.size.small
        ),
        ratio: format!("p50 {} times", ratio(large.p50.as_micros(), small.p50.as_micros())),
    });
}

fn writing(
    table: &mut Table,
    bench: &Bench<'_>,
    (repaid, batch, raw): (&Latencies, usize, u128),
    idle: &Latencies,
) {
    let kind = bench.kind.name();
    let in_micros = |latencies: &Latencies| {
        format!("p50 {} µs, p99 {} µs", latencies.p50.as_micros(), latencies.p99.as_micros())
    };
    table.push(Row {
        what: format!(
            "{kind}, durable repayments over HTTP, {CONNECTIONS} connections, {} loans",
            bench.size.loans
        ),
        measured: format!("{}/s, {} ({} repayments)", repaid.per_second, in_micros(repaid), repaid.count),
        reference: format!("{raw}/s, the raw store in batches of {batch}"),
        ratio: ratio(repaid.per_second, raw),
    });
    table.push(Row {
        what: format!("{kind}, repayment, one client, idle server"),
        measured: in_micros(idle),
        reference: "1500 µs".into(),
        ratio: format!("p50 {}", ratio(idle.p50.as_micros(), 1_500)),
    });
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        }
    }
}

/// Reads loans all over the book.
fn reads(loans: &[Address]) -> Requests {
    let loans: Arc<[Address]> = loans.into();
    Arc::new(move |number| {
        let key = loans[spread(number, loans.len())].key;
        format!("GET /api/loans/{key} HTTP/1.1\r\nhost: bench\r\napikey: {API_KEY}\r\n\r\n").into_bytes()
    })
}

/// Repays 60.00 on loans all over the book: the interest of the first installment and some principal.
pub(crate) fn repayments(loans: &[Address]) -> Requests {
    let loans: Arc<[Address]> = loans.into();
    Arc::new(move |number| {
        let key = loans[spread(number, loans.len())].key;
        let body = r#"{"type":"REPAYMENT","amount":"60.00"}"#;
        format!(
            "POST /api/loans/{key}/transactions HTTP/1.1\r\nhost: bench\r\napikey: {API_KEY}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    })
}

/// Visits every loan once before any twice, in an order that jumps about.
fn spread(number: usize, count: usize) -> usize {
    number.wrapping_mul(61_803) % count
}

/// Where the books that are measured lie: in a folder of their own, which goes with this, or on the server
/// of databases.
pub(crate) struct Books<'a> {
    kind: Kind,
    server: &'a str,
    folder: PathBuf,
}

impl<'a> Books<'a> {
    pub(crate) fn begin(bench: &Bench<'a>) -> anyhow::Result<Books<'a>> {
        let folder = std::env::temp_dir().join(format!("loam_bench_{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Books { kind: bench.kind, server: bench.postgres, folder })
    }

    /// A place for a book that no other measurement uses.
    pub(crate) fn fresh(&self, name: &str) -> anyhow::Result<String> {
        match self.kind {
            Kind::Sqlite => Ok(format!("sqlite:{}", self.folder.join(format!("{name}.db")).display())),
            Kind::Postgres => with_name(self.server, &format!("loam_bench_{name}")),
        }
    }

    /// Takes a book away that is not needed any more: a large one leaves no room for the next.
    pub(crate) fn remove(&self, url: &str) -> anyhow::Result<()> {
        match self.kind {
            Kind::Sqlite => Ok(std::fs::remove_file(url.trim_start_matches("sqlite:"))?),
            Kind::Postgres => {
                let (_, name) = url.rsplit_once('/').context("a URL names its database last")?;
                on_server(self.server, &format!("drop database {name}"))
            }
        }
    }
}

impl Drop for Books<'_> {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

fn with_name(server: &str, name: &str) -> anyhow::Result<String> {
    let (base, _) = server.rsplit_once('/').context("a URL names its database last")?;
    on_server(server, &format!("create database {name}"))?;
    Ok(format!("{base}/{name}"))
}

fn on_server(server: &str, statement: &str) -> anyhow::Result<()> {
    let status = Command::new("psql").args([server, "-qc", statement]).status()?;
    anyhow::ensure!(status.success(), "the server of databases refused: {statement}");
    Ok(())
}

/// The real binary, serving.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(bench: &Bench<'_>, url: &str) -> anyhow::Result<Running> {
        let mut child = Command::new(bench.binary)
            .args([
                "--database",
                url,
                "--log",
                "error",
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--end-of-day",
                "manual",
                "--test-book",
                "none",
                "--key-file",
            ])
            .arg(std::env::temp_dir().join("loam_bench.key"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        let address = loop {
            let mut line = String::new();
            anyhow::ensure!(lines.read_line(&mut line)? > 0, "the server ended before it was ready");
            if let Some(address) = line.trim().strip_prefix("API ") {
                break address.trim().trim_start_matches("http://").trim_end_matches("/api").to_owned();
            }
        };
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Ok(Running { child, address })
    }

    /// As the kernel counts it; Linux only.
    fn resident_kilobytes(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line =
            status.lines().find(|line| line.starts_with("VmRSS:")).context("the kernel tells VmRSS")?;
        Ok(line.split_whitespace().nth(1).context("a number follows")?.parse()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ended = self.child.wait();
    }
}
