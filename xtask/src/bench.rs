//! `cargo xtask bench`: builds in release mode, starts a PostgreSQL with room to work, measures.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::postgres::{Cluster, find_or_install};
use crate::workspace;

/// Settings of the measured server: memory as on a small machine, durability untouched.
const SETTINGS: [&str; 3] = ["shared_buffers=2GB", "max_wal_size=8GB", "checkpoint_timeout=15min"];

pub(crate) fn run(
    root: &Path,
    (quick, portfolio): (bool, bool),
    setup: bool,
    extra: &[String],
) -> Result<ExitCode> {
    let programs = find_or_install(setup)?;
    let built =
        workspace::cargo(root).args(["build", "--release", "-p", "loam", "-p", "loam-bench"]).status()?;
    ensure!(built.success(), "the workspace does not build");
    let folder = workspace::target_folder(root)?.join("release");
    let cluster = Cluster::start(&programs, &SETTINGS.map(String::from))?;
    let mut bench = std::process::Command::new(folder.join("loam-bench"));
    bench.arg("--binary").arg(folder.join("loam")).args(["--postgres", &cluster.url]);
    bench.args(quick.then_some("--quick")).args(portfolio.then_some("--portfolio")).args(extra);
    let status = bench.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
