//! `loam backup` and `loam restore`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use loam_store::Store;

use crate::book;

/// Copies the book to a SQLite file, also while a server works on it.
pub(crate) async fn backup(database: &str, file: &Path) -> anyhow::Result<ExitCode> {
    let url = book::parse_url(database)?;
    if !Store::exists(&url).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is no book at {url}");
    }
    if file.exists() {
        bail!("{} exists already", file.display());
    }
    let store = Store::open_for_reading(&url).await.map_err(|error| anyhow!("{error}"))?;
    store.backup(file).await.map_err(|error| anyhow!("{error}"))?;
    println!("copied {url} to {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Fills an empty database from a backup.
pub(crate) async fn restore(database: &str, file: &Path) -> anyhow::Result<ExitCode> {
    let url = book::parse_url(database)?;
    if !file.exists() {
        bail!("there is no file {}", file.display());
    }
    loam_store::restore(file, &url).await.map_err(|error| anyhow!("{error}"))?;
    println!("restored {} to {url}", file.display());
    Ok(ExitCode::SUCCESS)
}
