//! `loam bench`: what this machine makes of a book of a size. The book is that of `loam demo`, the server a process of
//! its own, the load comes over HTTP from the same machine.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::ToSpan;
use jiff::civil::Date;
use loam_load::http::{Latencies, ask, load, open_loop};
use loam_load::stopwatch::{Stopwatch, per_second};
use loam_load::table::{Row, Table, ratio};
use loam_store::Store;
use serde_json::Value;

use crate::args::Bench;
use crate::book;
use crate::sources;

mod requests;
mod server;

use requests::Caller;
use server::{Running, run as run_command};

/// The business date of a new book.
const BEGIN: Date = jiff::civil::date(2026, 6, 1);
/// Repayments in a second that come while a day is closed.
const BESIDE_THE_DAY: u32 = 500;
/// Connections over which they come.
const BESIDE_CONNECTIONS: usize = 32;

pub(crate) async fn run(arguments: &Bench) -> anyhow::Result<ExitCode> {
    let place = Place::of(arguments)?;
    let url = book::parse_url(&place.book)?;
    if Store::exists(&url).await.map_err(|error| anyhow::anyhow!("{error}"))? {
        bail!("there is a book at {url} already, and a benchmark makes its own");
    }
    let mut measured = Measured { table: Table::default(), arguments, place };
    measured.everything().await?;
    println!("{}", measured.table);
    Ok(ExitCode::SUCCESS)
}

/// Where the book is made; a file of our own goes with this.
struct Place {
    book: String,
    folder: PathBuf,
}

impl Place {
    fn of(arguments: &Bench) -> anyhow::Result<Place> {
        let folder = std::env::temp_dir().join(format!("loam_bench_{}", sources::secret()));
        std::fs::create_dir_all(&folder)?;
        let own = || format!("sqlite:{}", folder.join("loam.db").display());
        Ok(Place { book: arguments.book.clone().unwrap_or_else(own), folder })
    }

    fn kind(&self) -> &'static str {
        if self.book.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

struct Measured<'a> {
    table: Table,
    arguments: &'a Bench,
    place: Place,
}

impl Measured<'_> {
    async fn everything(&mut self) -> anyhow::Result<()> {
        let caller = self.make()?;
        let server = Running::start(&self.place.book, &self.place.folder.join("key")).await?;
        self.row("start of the server", format!("{} ms", server.started_in.as_millis()), "2000 ms");
        self.reading(&server, &caller).await?;
        self.writing(&server, &caller).await?;
        let mut business_date = BEGIN;
        business_date = self.typical_day(&server, &caller, business_date).await?;
        business_date = self.day_under_load(&server, &caller, business_date).await?;
        self.days(&server, &caller, business_date).await?;
        if let Some([now, most]) = server.memory() {
            self.row(
                "memory of the server",
                format!("{} MB, at most {} MB", now / 1024, most / 1024),
                "300 MB",
            );
        }
        drop(server);
        self.check()
    }

    fn row(&mut self, what: &str, measured: String, reference: &str) {
        self.compared(what, measured, (reference, "-".to_owned()));
    }

    fn compared(&mut self, what: &str, measured: String, (reference, ratio): (&str, String)) {
        let what = format!("{}, {} loans, {what}", self.place.kind(), self.arguments.loans);
        self.table.push(Row { what, measured, reference: reference.to_owned(), ratio });
    }

    /// Makes the book, and a key for its administrator.
    fn make(&mut self) -> anyhow::Result<Caller> {
        let (loans, date) = (self.arguments.loans.to_string(), BEGIN.to_string());
        let demo = ["demo", "--loans", &loans, "--business-date", &date];
        let (_, took) = run_command(&self.place.book, &demo)?;
        let made = per_second(usize::try_from(self.arguments.loans)?, took);
        self.row("making the book", format!("{made} loans/s, {} s", took.as_secs()), "-");
        let (printed, _) = run_command(&self.place.book, &["user", "api-key", "admin"])?;
        let key = printed.split_whitespace().last().context("the key is printed last")?;
        Ok(Caller::new(key.to_owned(), self.arguments.loans))
    }

    async fn reading(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let (connections, seconds) =
            (self.arguments.connections, Duration::from_secs(self.arguments.seconds));
        let read = load(&server.address, connections, seconds, &caller.reads()).await?;
        self.row("one loan", told(&read), "15000/s");
        let searched = load(&server.address, connections, seconds, &caller.searches()).await?;
        self.row("search with two constraints", told(&searched), "-");
        Ok(())
    }

    async fn writing(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let (connections, seconds) =
            (self.arguments.connections, Duration::from_secs(self.arguments.seconds));
        let before = server.bytes_written();
        let repaid = load(&server.address, connections, seconds, &caller.repayments(BEGIN)).await?;
        let written = server.bytes_written().zip(before).map(|(after, before)| after - before);
        let (to_reach, reference) =
            if self.place.kind() == "SQLite" { (8_000, "8000/s") } else { (10_000, "10000/s") };
        self.compared("repayments", told(&repaid), (reference, ratio(repaid.per_second, to_reach)));
        // A server of databases writes elsewhere.
        if let Some(bytes) = written.filter(|_| self.place.kind() == "SQLite") {
            let each = bytes / u64::try_from(repaid.count.max(1))?;
            self.row("bytes to the disk for each repayment", each.to_string(), "-");
        }
        Ok(())
    }

    /// A day of which nothing else is asked.
    async fn typical_day(&mut self, server: &Running, caller: &Caller, before: Date) -> anyhow::Result<Date> {
        let through = before.saturating_add(1.day());
        let (advanced, took) = close(server, caller, through).await?;
        let measured =
            format!("{} ms, {advanced} accounts, {}/s", took.as_millis(), per_second(advanced, took));
        self.compared("end of a typical day", measured, ("5000 ms", ratio(took.as_millis(), 5_000)));
        Ok(through)
    }

    /// A day, while repayments come at a rate of their own.
    async fn day_under_load(
        &mut self,
        server: &Running,
        caller: &Caller,
        before: Date,
    ) -> anyhow::Result<Date> {
        let through = before.saturating_add(1.day());
        let is_closed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_closed);
        let (address, requests) = (server.address.clone(), caller.repayments(before));
        let beside = tokio::spawn(async move {
            let rate = (BESIDE_CONNECTIONS, BESIDE_THE_DAY);
            open_loop(&address, rate, &requests, move || seen.load(Ordering::Relaxed)).await
        });
        let closed = close(server, caller, through).await;
        is_closed.store(true, Ordering::Relaxed);
        let (repaid, (advanced, took)) = (beside.await??, closed?);
        let measured = format!(
            "{} ms, {advanced} accounts; repayments p50 {} µs, p99 {} µs ({} of them, none refused)",
            took.as_millis(),
            repaid.p50.as_micros(),
            repaid.p99.as_micros(),
            repaid.count
        );
        let p99 = ratio(repaid.p99.as_micros(), 50_000);
        let what = format!("end of a typical day beside {BESIDE_THE_DAY} repayments a second");
        self.compared(&what, measured, ("p99 50000 µs", p99));
        Ok(through)
    }

    /// Days that were missed, one after the other: every loan has something due in thirty of them.
    async fn days(&mut self, server: &Running, caller: &Caller, before: Date) -> anyhow::Result<()> {
        let days = self.arguments.days;
        let through = before.saturating_add(i64::from(days).days());
        let (advanced, took) = close(server, caller, through).await?;
        let speed = per_second(advanced, took);
        let measured = format!("{} s, {advanced} accounts, {speed}/s", took.as_secs());
        self.compared(&format!("catch-up of {days} days"), measured, ("25000/s", ratio(speed, 25_000)));
        Ok(())
    }

    fn check(&mut self) -> anyhow::Result<()> {
        let (printed, took) = run_command(&self.place.book, &["check"])?;
        let said = printed.lines().last().context("check says what it saw")?.to_owned();
        self.row("check", format!("{} s: {said}", took.as_secs()), "300000 log entries/s");
        Ok(())
    }
}

/// Closes the days up to one; gives how many accounts were advanced, and how long it took.
async fn close(server: &Running, caller: &Caller, through: Date) -> anyhow::Result<(usize, Duration)> {
    let stopwatch = Stopwatch::start();
    let body = ask(&server.address, &caller.end_of_day(through)).await?;
    let took = stopwatch.elapsed();
    let report: Value = serde_json::from_str(&body).context("the report of a day is JSON")?;
    let days = report["days"].as_array().context("the report has days")?;
    if let Some(failed) = days.iter().flat_map(|day| day["failed"].as_array()).flatten().next() {
        bail!("closing a day failed for an account: {failed}");
    }
    let advanced = days.iter().filter_map(|day| day["advanced"].as_u64()).sum::<u64>();
    Ok((usize::try_from(advanced)?, took))
}

fn told(latencies: &Latencies) -> String {
    let (p50, p99) = (latencies.p50.as_micros(), latencies.p99.as_micros());
    format!("{}/s, p50 {p50} µs, p99 {p99} µs ({} requests)", latencies.per_second, latencies.count)
}
