//! What the store does by itself, in the same run: rows without a meaning, as many and as large as a repayment writes, in
//! transactions of as many repayments as come at once; and rows that are read by their keys.

use std::time::Duration;

use anyhow::anyhow;
use loam_load::stopwatch::{Stopwatch, per_second};
use loam_store::plain::{PlainConnection, PlainTable};

use super::place::Beside;

/// About what a repayment writes, indexes aside: the account anew, an entry of its log, a transaction, a transfer, an
/// installment, the sum of a day, and what the trail and the outbox say. That is eight rows and two kilobytes.
pub(super) const ROWS: usize = 8;
pub(super) const BYTES: usize = 256;
/// Numbers of rows that one writer may use.
const RANGE: i64 = 1 << 40;

/// How often a second.
pub(super) struct Limits {
    /// The rows of a repayment are written, among so many in one commit as there are connections.
    pub(super) written: u128,
    /// The same, among as many as a batch of the desk holds.
    pub(super) written_in_bulk: u128,
    /// A row is read.
    pub(super) read: u128,
}

/// How the store is asked.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// As many as the server has lanes.
    pub(super) writers: usize,
    pub(super) readers: usize,
    /// Repayments in one commit.
    pub(super) together: usize,
    pub(super) in_bulk: usize,
    pub(super) duration: Duration,
}

/// Measures in a place where nothing is, and leaves nothing there.
pub(super) async fn measure(place: &Beside, asked: Asked) -> anyhow::Result<Limits> {
    let table = PlainTable::make(&place.url).await.map_err(|error| anyhow!("{error}"))?;
    let body = "x".repeat(BYTES);
    let (written, last) = write(&table, asked, (asked.together, 0), &body).await?;
    let (written_in_bulk, _) = write(&table, asked, (asked.in_bulk, RANGE / 2), &body).await?;
    let read = read(&table, asked, last).await?;
    place.remove().await?;
    Ok(Limits { written, written_in_bulk, read })
}

/// Repayments a second, and how many rows the first writer wrote.
async fn write(
    table: &PlainTable,
    asked: Asked,
    (together, from): (usize, i64),
    body: &str,
) -> anyhow::Result<(u128, i64)> {
    let mut writers = Vec::new();
    let stopwatch = Stopwatch::start();
    for first in (0..).map(|number| from + number * RANGE).take(asked.writers) {
        let mut connection = connect(table).await?;
        let bodies = vec![body.to_owned(); together * ROWS];
        writers.push(tokio::spawn(async move {
            let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
            let mut next = first;
            while stopwatch.elapsed() < asked.duration {
                connection.write(next, &bodies).await.map_err(|error| anyhow!("{error}"))?;
                next += i64::try_from(bodies.len())?;
            }
            anyhow::Ok(next - first)
        }));
    }
    let mut rows = Vec::new();
    for writer in writers {
        rows.push(writer.await??);
    }
    let all = usize::try_from(rows.iter().sum::<i64>())?;
    Ok((per_second(all / ROWS, stopwatch.elapsed()), rows[0]))
}

/// Rows read a second, all over those that the first writer wrote.
async fn read(table: &PlainTable, asked: Asked, count: i64) -> anyhow::Result<u128> {
    let mut readers = Vec::new();
    let stopwatch = Stopwatch::start();
    for reader in 0..i64::try_from(asked.readers)? {
        let mut connection = connect(table).await?;
        readers.push(tokio::spawn(async move {
            let mut read = 0;
            while stopwatch.elapsed() < asked.duration {
                let n = (reader + i64::try_from(read)? * 61_803) % count.max(1);
                let found = connection.read(n).await.map_err(|error| anyhow!("{error}"))?;
                anyhow::ensure!(found.is_some(), "row {n} was written and is not there");
                read += 1;
            }
            anyhow::Ok(read)
        }));
    }
    let mut all: usize = 0;
    for reader in readers {
        all += reader.await??;
    }
    Ok(per_second(all, stopwatch.elapsed()))
}

async fn connect(table: &PlainTable) -> anyhow::Result<PlainConnection> {
    table.connect().await.map_err(|error| anyhow!("{error}"))
}
