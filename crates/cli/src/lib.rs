//! The command line: arguments, clock and randomness, wiring, exit codes. Nothing else in the
//! house reads the clock, the environment or a source of randomness.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

mod apply;
mod args;
mod backup;
mod bench;
mod book;
mod check;
mod demo;
mod distribute;
mod end_of_day;
mod init;
mod key;
mod misfit;
mod serve;
mod sources;
mod tls;
mod user;

use args::{Arguments, Subcommand};

/// What one thread decides another one writes and frees, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The program, given its name and what stands behind it on the command line.
pub fn program(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = Arguments::parse_from(words);
    let result = run(&arguments);
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("loam: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    start_log(&arguments.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &arguments.command {
            Subcommand::Serve(serve) => serve::serve(&arguments.database, serve).await,
            Subcommand::Apply(arguments) => apply::run(arguments).await,
            Subcommand::Demo(demo) => demo::command::run(&arguments.database, demo).await,
            Subcommand::Init(new_book) => init::init(&arguments.database, new_book).await,
            Subcommand::EndOfDay(end_of_day) => end_of_day::run(&arguments.database, end_of_day).await,
            Subcommand::Check(check) => check::run(&arguments.database, check).await,
            Subcommand::Distribute(wanted) => distribute::run(&arguments.database, wanted).await,
            Subcommand::User(user) => user::run(&arguments.database, user).await,
            Subcommand::Bench(arguments) => bench::run(arguments).await,
            Subcommand::Backup(file) => backup::backup(&arguments.database, &file.file).await,
            Subcommand::Restore(file) => backup::restore(&arguments.database, &file.file).await,
        }
    })
}

/// Logs go to standard error, so that what a command prints can be piped.
fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_terminal)
        .with_writer(std::io::stderr)
        .init();
}
