//! `loam check`: proves the book. Reads only, also while it serves.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use loam_app::check::check_book;
use loam_store::Store;

use crate::book;

pub(crate) async fn run(database: &str) -> anyhow::Result<ExitCode> {
    let url = book::parse_url(database)?;
    if !Store::exists(&url).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is no book at {url}");
    }
    let store = Store::open_for_reading(&url).await.map_err(|error| anyhow!("{error}"))?;
    let report = check_book(store.checker().as_ref()).await.map_err(|error| anyhow!("{error}"))?;
    for finding in &report.findings {
        println!("{finding}");
    }
    if report.findings.is_empty() {
        println!("{} accounts checked, everything holds", report.accounts);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} accounts checked, {} findings", report.accounts, report.findings.len());
    Ok(ExitCode::from(1))
}
