//! `cargo xtask test --clients`: foreign clients against the doors whose contracts they were written for.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::postgres::say;
use crate::workspace;

use self::environment::Environment;

mod environment;
mod loan_accounts;
mod market;
mod python_client;
mod schemathesis;
mod server;

/// Installs the clients beside the build, starts servers with what they need, and lets each of them call.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let environment = Environment::ready(root)?;
    let built = workspace::cargo(root).args(["build", "-p", "loam"]).status()?;
    ensure!(built.success(), "the program does not build");
    say("the Python client on loan accounts");
    let passes = python_client::passes(root, &environment)?;
    let found = schemathesis::finds(root, &environment)?;
    ensure!(passes, "the Python client is not served as it expects");
    ensure!(found.is_empty(), "schemathesis found something on {}", found.join(", "));
    say("foreign clients found nothing");
    Ok(ExitCode::SUCCESS)
}
