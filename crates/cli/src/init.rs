//! `loam init`: creates a book and its first user.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use loam_store::Store;

use crate::args::NewBook;
use crate::book;

pub(crate) async fn init(database: &str, new_book: &NewBook) -> anyhow::Result<ExitCode> {
    let url = book::parse_url(database)?;
    if Store::exists(&url).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is a book at {url} already");
    }
    let (book, password) = book::create(&url, new_book, 1).await?;
    println!("created the book at {url}");
    if let Some(password) = &password.0 {
        println!("user admin, one-time password: {password}");
    }
    book.close();
    Ok(ExitCode::SUCCESS)
}
