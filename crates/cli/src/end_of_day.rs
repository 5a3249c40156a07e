//! `loam end-of-day`: closes days while nothing serves the book.

use std::process::ExitCode;

use anyhow::anyhow;
use loam_book::actor::Door;

use crate::args::EndOfDay;
use crate::book;

pub(crate) async fn run(database: &str, arguments: &EndOfDay) -> anyhow::Result<ExitCode> {
    let book = book::open(database, 1).await?;
    let through = match arguments.through {
        Some(date) => date,
        None => book.today().await?,
    };
    let report = book.end_of_day.close_through(through, &book::operator(Door::EndOfDay)).await;
    let report = report.map_err(|error| anyhow!("{error}"))?;
    let mut failed = 0;
    for day in &report.days {
        println!("{}: {} accounts advanced, {} failed", day.business_date, day.advanced, day.failed.len());
        failed += day.failed.len();
        for failure in &day.failed {
            println!("  {}: {}", failure.account, failure.reason);
        }
    }
    println!("business date: {through}");
    book.close();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
