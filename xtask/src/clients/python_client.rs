//! The published Python client of the loan accounts contract, unmodified and over the server's own TLS.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::environment::Environment;
use super::server::{PASSWORD, Server, USER};

/// Whether every step of `xtask/clients/python_client.py` passes.
pub(super) fn passes(root: &Path, environment: &Environment) -> Result<bool> {
    let server = Server::start(root, "python-client")?;
    let mut script = Command::new(environment.program("python"));
    script
        .current_dir(root.join("target/clients/python-client"))
        .arg(root.join("xtask/clients/python_client.py"))
        .env("MAMBUPY_APIURL", &server.tls_address)
        .env("MAMBUPY_APIUSER", USER)
        .env("MAMBUPY_APIPWD", PASSWORD)
        .env("REQUESTS_CA_BUNDLE", &server.certificate)
        // It reads a file of settings in the home folder of whoever runs it.
        .env("HOME", root.join("target/clients/python-client"));
    Ok(script.status().context("the script cannot be run")?.success())
}
