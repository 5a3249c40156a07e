//! `cargo xtask conformance`: judges the engine by figures that others published.
//!
//! The figures are not part of this repository. Where their folder is absent there is nothing to
//! judge by, and that is no failure.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// Names the folder with the published figures.
const VARIABLE: &str = "LOAM_ORACLES";

#[expect(clippy::disallowed_methods, reason = "xtask finds the folder of the figures, as it finds programs")]
pub(crate) fn run(root: &Path, extra: &[String]) -> Result<ExitCode> {
    let folder = std::env::var_os(VARIABLE).map(PathBuf::from).or_else(|| beside(root));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("conformance: no published figures here ({VARIABLE} names no folder), nothing judged");
        return Ok(ExitCode::SUCCESS);
    };
    let mut judge = workspace::cargo(root);
    judge.args(["run", "--quiet", "-p", "loam-conformance", "--", "--repository"]).arg(root);
    judge.arg("--oracles").arg(folder).args(extra);
    let status = judge.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder that stands beside a checkout by convention.
fn beside(root: &Path) -> Option<PathBuf> {
    Some(root.parent()?.join("shared").join("oracles"))
}
