//! The benchmark: each figure beside its reference in the same run. `cargo xtask bench` builds it
//! in release mode, gives it a throw-away PostgreSQL, and prints its table.

use std::path::PathBuf;

use anyhow::{Context, bail};

mod clock;
mod doors;
mod fill;
mod http;
mod loans;
mod raw;
mod schedule;
mod serve;
mod table;

use table::Table;

/// How large the book is, and how long each load runs.
#[derive(Debug, Clone, Copy)]
struct Size {
    loans: usize,
    small: usize,
    seconds: u64,
}

const FULL: Size = Size { loans: 100_000, small: 1_000, seconds: 10 };
/// For trying the benchmark itself.
const QUICK: Size = Size { loans: 2_000, small: 200, seconds: 2 };

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let size = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    if arguments.iter().any(|argument| argument == "--engine") {
        let mut table = Table::default();
        schedule::measure(&mut table);
        loans::measure(&mut table);
        println!("{table}");
        return Ok(());
    }
    let binary =
        option(&arguments, "--binary").map(PathBuf::from).context("--binary names the loam to measure")?;
    let postgres = option(&arguments, "--postgres").context("--postgres names a server to measure on")?;
    if !binary.exists() {
        bail!("there is no {}", binary.display());
    }
    let mut table = Table::default();
    schedule::measure(&mut table);
    loans::measure(&mut table);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        for kind in [serve::Kind::Sqlite, serve::Kind::Postgres] {
            serve::measure(&mut table, &serve::Bench { kind, binary: &binary, postgres: &postgres, size })
                .await?;
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
