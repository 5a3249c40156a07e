//! `cargo xtask …`: the chores of this workspace. `cargo xtask --help` lists them.
//!
//! Nothing here is shipped; the program itself lives in `crates/`.

mod bench;
mod clients;
mod conformance;
mod postgres;
mod posting_manual;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of the Loam workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check the house rules that clippy cannot see
    Tidy,
    /// Run every test on SQLite and on a throw-away PostgreSQL
    Test {
        /// Install PostgreSQL when it is missing
        #[arg(long)]
        setup: bool,
        /// Foreign clients instead: the published Python client, and schemathesis on every contract; needs Python
        #[arg(long)]
        clients: bool,
        /// Arguments for `cargo test`, such as `-p loam-book` or the name of a test
        #[arg(last = true)]
        extra: Vec<String>,
    },
    /// Measure, each figure beside its reference, and print a table; needs PostgreSQL and Linux
    Bench {
        /// A small book and short runs, to try the benchmark itself
        #[arg(long)]
        quick: bool,
        /// Only the loan accounts door on books of two sizes that `loam demo` makes
        #[arg(long)]
        portfolio: bool,
        /// Install PostgreSQL when it is missing
        #[arg(long)]
        setup: bool,
        /// What the benchmark itself takes: `--on sqlite` or `--on postgresql`, `--loans N` of the larger portfolio
        #[arg(last = true)]
        extra: Vec<String>,
    },
    /// Judge the engine by figures that others published, and write docs/conformance.md
    Conformance {
        /// Arguments for the judge, such as `--update` or `--explain ID`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        extra: Vec<String>,
    },
    /// Write the tables of docs/accounting.md, as the book makes them
    PostingManual,
    /// Run a command beside a throw-away PostgreSQL: `cargo xtask postgres -- psql`
    Postgres {
        /// Install PostgreSQL when it is missing
        #[arg(long)]
        setup: bool,
        /// A setting of the server, such as `shared_buffers=1GB`; may be repeated
        #[arg(long = "set", value_name = "NAME=VALUE")]
        settings: Vec<String>,
        /// The command; it finds the server in LOAM_TEST_POSTGRES
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    run(Arguments::parse().chore).unwrap_or_else(|error| {
        // Not the debug form: a missing program is no bug in xtask, and a backtrace would bury the advice.
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(chore: Chore) -> anyhow::Result<ExitCode> {
    match chore {
        Chore::Tidy => {
            let is_clean = tidy::run(&workspace::root()?)?;
            Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Chore::Test { clients: true, .. } => clients::run(&workspace::root()?),
        Chore::Test { setup, extra, clients: false } => test::run_all(&workspace::root()?, setup, &extra),
        Chore::Bench { quick, portfolio, setup, extra } => {
            bench::run(&workspace::root()?, (quick, portfolio), setup, &extra)
        }
        Chore::Conformance { extra } => conformance::run(&workspace::root()?, &extra),
        Chore::PostingManual => posting_manual::write(&workspace::root()?).map(|()| ExitCode::SUCCESS),
        Chore::Postgres { setup, settings, command } => test::run_beside_postgres(setup, &settings, &command),
    }
}
