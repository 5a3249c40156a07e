//! `loam check`: proves the book. Reads only, also while it serves, unless it is told to take accounts
//! back that were set aside.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use loam_app::check::{CheckReport, check_book};
use loam_store::Store;

use crate::args::Check;
use crate::book;

pub(crate) async fn run(database: &str, arguments: &Check) -> anyhow::Result<ExitCode> {
    let mut report = checked(database).await?;
    if arguments.lift_quarantine && !report.sound_in_quarantine.is_empty() {
        lift(database, &report).await?;
        report = checked(database).await?;
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    let read = format!("{} log entries read, {} accounts checked", report.entries, report.accounts);
    if report.findings.is_empty() {
        println!("{read}, everything holds");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{read}, {} findings", report.findings.len());
    Ok(ExitCode::from(1))
}

async fn checked(database: &str) -> anyhow::Result<CheckReport> {
    let url = book::parse_url(database)?;
    if !Store::exists(&url).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is no book at {url}");
    }
    let store = Store::open_for_reading(&url).await.map_err(|error| anyhow!("{error}"))?;
    check_book(&store.checker()).await.map_err(|error| anyhow!("{error}"))
}

async fn lift(database: &str, report: &CheckReport) -> anyhow::Result<()> {
    let book = book::open(database, 1).await?;
    let mut lanes = book.store.lanes().map_err(|error| anyhow!("{error}"))?;
    let Some(lane) = lanes.first_mut() else { bail!("the store gives nobody to write") };
    for account in &report.sound_in_quarantine {
        lane.lift_quarantine(*account).await.map_err(|error| anyhow!("{error}"))?;
        println!("account {} is taken back", account.key);
    }
    book.close();
    Ok(())
}
