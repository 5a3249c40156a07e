//! Judges the engine by published figures. `cargo xtask conformance` starts it; see the README.

mod actus;
mod baseline;
mod book;
mod fineract;
mod page;
mod published_apr;
mod published_loans;
mod text;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use verdict::{Check, Verdict};

/// Judges the engine by figures that others published.
#[derive(Parser)]
#[command(name = "cargo xtask conformance")]
struct Arguments {
    /// The folder with the published figures
    #[arg(long)]
    oracles: PathBuf,
    /// The root of the repository
    #[arg(long)]
    repository: PathBuf,
    /// Rewrite the list of checks that pass
    #[arg(long)]
    update: bool,
    /// Judge only the oracle of this name; the page is not written
    #[arg(long, value_name = "ORACLE")]
    only: Option<String>,
    /// Print one case in full
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Print every failing check of an oracle with its first difference
    #[arg(long, value_name = "ORACLE")]
    failing: Option<String>,
}

/// One source of figures: its name, and how it is judged.
struct Oracle {
    name: &'static str,
    judge: fn(&std::path::Path) -> Result<Vec<Check>>,
}

const ORACLES: [Oracle; 4] = [
    Oracle { name: actus::NAME, judge: actus::judge },
    Oracle { name: fineract::NAME, judge: fineract::judge },
    Oracle { name: published_apr::NAME, judge: published_apr::judge },
    Oracle { name: published_loans::NAME, judge: published_loans::judge },
];

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(id) = &arguments.explain {
        return explain(&arguments, id);
    }
    let only = arguments.only.as_ref().or(arguments.failing.as_ref());
    let chosen = ORACLES.iter().filter(|oracle| only.is_none_or(|name| name == oracle.name));
    let mut checks = Vec::new();
    for oracle in chosen {
        checks.extend((oracle.judge)(&arguments.oracles).with_context(|| oracle.name.to_owned())?);
    }
    if arguments.failing.is_some() {
        print_failing(&checks);
    }
    print!("{}", page::summary(&checks));
    if only.is_none() {
        page::write(&arguments.repository, &checks)?;
    }
    baseline::settle(&arguments.repository, &checks, arguments.update)
}

fn explain(arguments: &Arguments, id: &str) -> Result<ExitCode> {
    let found = match fineract::explain(&arguments.oracles, id)? {
        None => actus::explain(&arguments.oracles, id)?,
        found => found,
    };
    match found {
        Some(text) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        None => {
            eprintln!("no case has the id {id}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn print_failing(checks: &[Check]) {
    for check in checks {
        if let Verdict::Failed(difference) = &check.verdict {
            println!("{}  {}", check.id, difference);
        }
    }
}
