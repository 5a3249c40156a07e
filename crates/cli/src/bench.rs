//! `loam bench`: what this machine makes of a book of a size. The book is that of `loam demo`, the server a process of
//! its own, the load comes over HTTP from the same machine. Beside it stands what the store does without Loam.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::ToSpan;
use jiff::civil::Date;
use loam_load::http::{Latencies, ask, load, load_without, open_loop};
use loam_load::stopwatch::{Stopwatch, per_second};
use loam_load::table::{Row, Table, ratio};
use loam_store::{Store, plain};
use serde_json::Value;

use crate::args::Bench;
use crate::book;
use crate::demo::history::{LONG, SHORT};

mod evening;
mod limits;
mod place;
mod requests;
mod server;
mod worst;

use limits::{Asked, BYTES, Limits, ROWS};
use place::Place;
use requests::Caller;
use server::{Running, api_key, run as run_command};

/// The business date of a new book.
const BEGIN: Date = jiff::civil::date(2026, 6, 1);
/// Repayments in a second that come while a day is closed.
const BESIDE_THE_DAY: u32 = 500;
/// Connections over which they come.
const BESIDE_CONNECTIONS: usize = 32;
/// Payments in one request, and over how many connections such requests come.
const PAYMENTS_IN_EACH: usize = 500;
const BULK_CONNECTIONS: usize = 4;
/// What no answer to them holds: the results of payments that were refused.
const REFUSED: &str = "\"error\":";
/// How many commands a batch of the desk holds at most.
const BATCH: usize = 256;
/// How many writers the server has on PostgreSQL, when nobody says otherwise.
const LANES: usize = 2;

pub(crate) async fn run(arguments: &Bench) -> anyhow::Result<ExitCode> {
    let place = Place::of(arguments)?;
    let url = book::parse_url(&place.book)?;
    if Store::exists(&url).await.map_err(|error| anyhow::anyhow!("{error}"))? {
        bail!("there is a book at {url} already, and a benchmark makes its own");
    }
    let limits = limits_of(&place, arguments).await?;
    let mut measured = Measured { table: Table::default(), arguments, place, limits };
    measured.everything().await?;
    println!("{}", measured.table);
    Ok(ExitCode::SUCCESS)
}

struct Measured<'a> {
    table: Table,
    arguments: &'a Bench,
    place: Place,
    limits: Limits,
}

async fn limits_of(place: &Place, arguments: &Bench) -> anyhow::Result<Limits> {
    let beside = place.beside("plain")?;
    let asked = Asked {
        writers: if place.is_file() { 1 } else { LANES },
        // A reader of a file keeps a thread to itself.
        readers: if place.is_file() { LANES } else { arguments.connections.min(16) },
        together: arguments.connections.min(BATCH),
        in_bulk: BATCH,
        duration: Duration::from_secs(arguments.seconds.div_ceil(3)),
    };
    limits::measure(&beside, asked).await
}

impl Measured<'_> {
    async fn everything(&mut self) -> anyhow::Result<()> {
        self.plain_rows();
        let caller = self.make()?;
        let server = Running::start(&self.place.book, &self.place.folder.join("key")).await?;
        self.row("start of the server", format!("{} ms", server.started_in.as_millis()), "2000 ms");
        self.reading(&server, &caller).await?;
        self.history(&server, &caller).await?;
        self.writing(&server, &caller).await?;
        self.bulk(&server, &caller).await?;
        // After a month one loan in thirty is due on any day; on the first days of a new book fewer are.
        let business_date = self.days(&server, &caller, BEGIN).await?;
        let business_date = self.typical_day(&server, &caller, business_date).await?;
        self.day_under_load(&server, &caller, business_date).await?;
        if let Some([now, most]) = server.memory() {
            self.row(
                "memory of the server",
                format!("{} MB, at most {} MB", now / 1024, most / 1024),
                "300 MB",
            );
        }
        drop(server);
        self.check()?;
        self.worst_day().await?;
        self.income_pass().await
    }

    fn row(&mut self, what: &str, measured: String, reference: &str) {
        self.compared(what, measured, (reference, "-".to_owned()));
    }

    fn compared(&mut self, what: &str, measured: String, (reference, ratio): (&str, String)) {
        let what = format!("{}, {} loans, {what}", self.place.kind(), self.arguments.loans);
        self.table.push(Row { what, measured, reference: reference.to_owned(), ratio });
    }

    /// What the store does by itself.
    fn plain_rows(&mut self) {
        let together = self.arguments.connections.min(BATCH);
        let rows = format!("{ROWS} plain rows of {BYTES} bytes");
        let (written, in_bulk) = (self.limits.written, self.limits.written_in_bulk);
        self.row(&format!("{rows}, {together} times in a commit"), format!("{written}/s"), "-");
        self.row(&format!("{rows}, {BATCH} times in a commit"), format!("{in_bulk}/s"), "-");
        self.row("a plain row by its key", format!("{}/s", self.limits.read), "-");
    }

    /// The same figure beside what the store does by itself.
    fn beside_plain(&mut self, what: &str, measured: u128, plain: u128) {
        let beside = (&*format!("{plain}/s"), ratio(measured, plain));
        self.compared(&format!("{what} beside plain rows"), format!("{measured}/s"), beside);
    }

    /// Makes the book, and a key for its administrator.
    fn make(&mut self) -> anyhow::Result<Caller> {
        let (loans, date) = (self.arguments.loans.to_string(), BEGIN.to_string());
        let demo = ["demo", "--loans", &loans, "--business-date", &date, "--long-history"];
        let (_, took) = run_command(&self.place.book, &demo)?;
        let made = per_second(usize::try_from(self.arguments.loans)?, took);
        self.row("making the book", format!("{made} loans/s, {} s", took.as_secs()), "-");
        Ok(Caller::new(api_key(&self.place.book)?, self.arguments.loans))
    }

    async fn reading(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let (connections, seconds) =
            (self.arguments.connections, Duration::from_secs(self.arguments.seconds));
        let read = load(&server.address, connections, seconds, &caller.reads()).await?;
        self.row("one loan", told(&read), "15000/s");
        self.beside_plain("one loan", read.per_second, self.limits.read);
        let searched = load(&server.address, connections, seconds, &caller.searches()).await?;
        self.row("search with two constraints", told(&searched), "-");
        Ok(())
    }

    /// What a loan costs to read that was paid on 700 days, beside one on the same terms that begins.
    async fn history(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let seconds = Duration::from_secs(self.arguments.seconds.div_ceil(3));
        let short = load(&server.address, 1, seconds, &caller.read(SHORT)).await?;
        let long = load(&server.address, 1, seconds, &caller.read(LONG)).await?;
        let reference = format!("p50 {} µs of a new loan, at most 1.20 times", short.p50.as_micros());
        let times = ratio(long.p50.as_micros(), short.p50.as_micros());
        let what = "one loan with 700 days of history, one client";
        self.compared(what, told(&long), (&reference, format!("p50 {times} times")));
        Ok(())
    }

    async fn writing(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let (connections, seconds) =
            (self.arguments.connections, Duration::from_secs(self.arguments.seconds));
        let before = self.bytes_written(server).await?;
        let repaid = load(&server.address, connections, seconds, &caller.repayments(BEGIN)).await?;
        let written = self.bytes_written(server).await?.zip(before).map(|(after, before)| after - before);
        let (to_reach, reference) =
            if self.place.is_file() { (8_000, "8000/s") } else { (10_000, "10000/s") };
        self.compared("repayments", told(&repaid), (reference, ratio(repaid.per_second, to_reach)));
        self.beside_plain("repayments", repaid.per_second, self.limits.written);
        if let Some(bytes) = written {
            let each = bytes / u64::try_from(repaid.count.max(1))?;
            let where_to = if self.place.is_file() { "to the disk" } else { "of the write-ahead log" };
            self.row(&format!("bytes {where_to} for each repayment"), each.to_string(), "-");
        }
        Ok(())
    }

    /// What was written so far: by the server to its file, by PostgreSQL to its log.
    async fn bytes_written(&self, server: &Running) -> anyhow::Result<Option<u64>> {
        if self.place.is_file() {
            return Ok(server.bytes_written());
        }
        let url = book::parse_url(&self.place.book)?;
        plain::log_position(&url).await.map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// Payments that come in large requests, without keys that make them repeatable and with them.
    async fn bulk(&mut self, server: &Running, caller: &Caller) -> anyhow::Result<()> {
        let how = (BULK_CONNECTIONS, Duration::from_secs(self.arguments.seconds));
        let what =
            format!("bulk repayments, {PAYMENTS_IN_EACH} in a request, {BULK_CONNECTIONS} connections");
        for (what, is_repeatable) in [(what.clone(), false), (format!("{what}, repeatable"), true)] {
            let requests = caller.payments(PAYMENTS_IN_EACH, is_repeatable);
            let requests = load_without(&server.address, how, &requests, REFUSED).await?;
            let repaid = requests.of_each(PAYMENTS_IN_EACH);
            let measured = format!("{repaid} payments/s; requests: {}", told(&requests));
            self.compared(&what, measured, ("20000/s", ratio(repaid, 20_000)));
            if !is_repeatable {
                self.beside_plain("bulk repayments", repaid, self.limits.written_in_bulk);
            }
        }
        Ok(())
    }

    /// A day of which nothing else is asked.
    async fn typical_day(&mut self, server: &Running, caller: &Caller, before: Date) -> anyhow::Result<Date> {
        let through = before.saturating_add(1.day());
        let Closed { advanced, took, .. } = close(server, caller, through).await?;
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
    ) -> anyhow::Result<()> {
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
        let (repaid, Closed { advanced, took, .. }) = (beside.await??, closed?);
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
        Ok(())
    }

    /// Days that were missed, one after the other: every loan has something due in thirty of them.
    async fn days(&mut self, server: &Running, caller: &Caller, before: Date) -> anyhow::Result<Date> {
        let days = self.arguments.days;
        let through = before.saturating_add(i64::from(days).days());
        let Closed { advanced, took, .. } = close(server, caller, through).await?;
        let speed = per_second(advanced, took);
        let measured = format!("{} s, {advanced} accounts, {speed}/s", took.as_secs());
        self.compared(&format!("catch-up of {days} days"), measured, ("25000/s", ratio(speed, 25_000)));
        Ok(through)
    }

    fn check(&mut self) -> anyhow::Result<()> {
        let (printed, took) = run_command(&self.place.book, &["check"])?;
        let said = printed.lines().last().context("check says what it saw")?.to_owned();
        let entries: usize =
            said.split(' ').next().unwrap_or_default().parse().context("it counts entries")?;
        let speed = per_second(entries, took);
        let measured = format!("{speed} log entries/s, {} ms: {said}", took.as_millis());
        self.compared("check", measured, ("300000 log entries/s", ratio(speed, 300_000)));
        Ok(())
    }

    /// The day on which every loan of a book is due, and the next.
    async fn worst_day(&mut self) -> anyhow::Result<()> {
        let beside = self.place.beside("worst")?;
        let key_file = self.place.folder.join("key of the worst");
        let day = worst::measure(&beside, &key_file, self.arguments.loans).await?;
        for (what, closed) in [("every loan is due", day.due), ("the day after", day.after)] {
            let Closed { advanced, took, .. } = closed;
            let speed = per_second(advanced, took);
            let measured = format!("{speed} loans/s, {} ms, {advanced} accounts", took.as_millis());
            let what = format!("end of day, worst ({what}, {} loans)", day.loans);
            self.compared(&what, measured, ("25000/s", ratio(speed, 25_000)));
            self.beside_plain(&what, speed, self.limits.written_in_bulk);
        }
        Ok(())
    }

    /// The evening in which interest that has grown is added up over all loans; the other rows of days have none.
    async fn income_pass(&mut self) -> anyhow::Result<()> {
        let beside = self.place.beside("evening")?;
        let key_file = self.place.folder.join("key of the evening");
        let (loans, took) = evening::measure(&beside, &key_file, self.arguments.loans).await?;
        let speed = per_second(usize::try_from(loans)?, took);
        let measured = format!("{speed} loans/s, {} ms", took.as_millis());
        self.row(&format!("income pass ({loans} loans)"), measured, "-");
        Ok(())
    }
}

/// What closing days did.
struct Closed {
    advanced: usize,
    took: Duration,
    /// What the evenings took of it, and for how many groups of loans they posted.
    evening: Duration,
    posted: u64,
}

/// Closes the days up to one.
async fn close(server: &Running, caller: &Caller, through: Date) -> anyhow::Result<Closed> {
    let stopwatch = Stopwatch::start();
    let body = ask(&server.address, &caller.end_of_day(through)).await?;
    let took = stopwatch.elapsed();
    let report: Value = serde_json::from_str(&body).context("the report of a day is JSON")?;
    let days = report["days"].as_array().context("the report has days")?;
    if let Some(failed) = days.iter().flat_map(|day| day["failed"].as_array()).flatten().next() {
        bail!("closing a day failed for an account: {failed}");
    }
    let advanced = days.iter().filter_map(|day| day["advanced"].as_u64()).sum::<u64>();
    let steps = days.iter().filter_map(|day| day["steps"].as_array()).flatten();
    let evenings: Vec<&Value> = steps.filter(|step| step["step"] == "evening").collect();
    let sum = |member: &str| evenings.iter().filter_map(|step| step[member].as_u64()).sum::<u64>();
    let (evening, posted) = (Duration::from_millis(sum("milliseconds")), sum("done"));
    Ok(Closed { advanced: usize::try_from(advanced)?, took, evening, posted })
}

fn told(latencies: &Latencies) -> String {
    let (p50, p99) = (latencies.p50.as_micros(), latencies.p99.as_micros());
    format!("{}/s, p50 {p50} µs, p99 {p99} µs ({} requests)", latencies.per_second, latencies.count)
}
