//! The benchmark: each figure beside its reference in the same run. `cargo xtask bench` builds it
//! in release mode, gives it a throw-away PostgreSQL, and prints its table.

use std::path::PathBuf;

use anyhow::{Context, bail};

mod doors;
mod fill;
mod loans;
mod market;
mod portfolio;
mod raw;
mod schedule;
mod serve;

use loam_load::table::Table;

/// How large the book is, and how long each load runs.
#[derive(Debug, Clone, Copy)]
struct Size {
    loans: usize,
    small: usize,
    /// Loans of the two books that `loam demo` makes.
    portfolios: (usize, usize),
    seconds: u64,
}

const FULL: Size = Size { loans: 100_000, small: 1_000, portfolios: (10_000, 1_000_000), seconds: 10 };
/// For trying the benchmark itself.
const QUICK: Size = Size { loans: 2_000, small: 200, portfolios: (500, 5_000), seconds: 2 };

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut size = if has("--quick") { QUICK } else { FULL };
    if let Some(loans) = option(&arguments, "--loans") {
        size.portfolios.1 = loans.parse().context("--loans is how many the larger portfolio has")?;
    }
    let only = option(&arguments, "--on");
    let mut table = Table::default();
    let is_part = has("--portfolio") || has("--market");
    if !is_part {
        schedule::measure(&mut table);
        loans::measure(&mut table);
    }
    if has("--engine") {
        println!("{table}");
        return Ok(());
    }
    let binary =
        option(&arguments, "--binary").map(PathBuf::from).context("--binary names the loam to measure")?;
    let postgres = option(&arguments, "--postgres").context("--postgres names a server to measure on")?;
    if !binary.exists() {
        bail!("there is no {}", binary.display());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        for kind in [serve::Kind::Sqlite, serve::Kind::Postgres] {
            if only.as_ref().is_some_and(|only| !only.eq_ignore_ascii_case(kind.name())) {
                continue;
            }
            let bench = serve::Bench { kind, binary: &binary, postgres: &postgres, size };
            if !is_part {
                serve::measure(&mut table, &bench).await?;
            }
            if !has("--portfolio") {
                market::measure(&mut table, &bench).await?;
            }
            if !has("--market") {
                portfolio::measure(&mut table, &bench).await?;
            }
        }
        anyhow::Ok(())
    })?;
    println!("{table}");
    Ok(())
}

fn option(arguments: &[String], name: &str) -> Option<String> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).cloned()
}
