//! The Python that foreign clients run in.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::postgres::say;

/// A folder of Python programs, made once beside the build.
pub(super) struct Environment {
    programs: PathBuf,
}

impl Environment {
    /// Has what `requirements.txt` names.
    pub(super) fn ready(root: &Path) -> Result<Environment> {
        let venv = root.join("target/clients/venv");
        let environment = Environment { programs: venv.join("bin") };
        let requirements = root.join("xtask/clients/requirements.txt");
        let wanted = std::fs::read_to_string(&requirements)?;
        let stamp = venv.join("installed.txt");
        let is_installed = std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
        if is_installed && environment.program("python").is_file() {
            return Ok(environment);
        }
        say("installing foreign clients from PyPI");
        let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).status();
        ensure!(made.context("python3 is needed for --clients")?.success(), "python3 -m venv failed");
        let mut pip = Command::new(environment.program("pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
        ensure!(pip.status()?.success(), "pip could not install the foreign clients");
        std::fs::write(stamp, wanted)?;
        Ok(environment)
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}
