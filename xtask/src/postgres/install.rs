//! Installs PostgreSQL when asked to, and says how to do it when not.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};

use super::find::{Programs, find};
use super::say;

const ADVICE: &str = "\
The tests run on SQLite and on PostgreSQL, so PostgreSQL's server programs are needed (15 or later).
No server has to run: the tests start their own and remove it.
  here               cargo xtask test --setup        installs it on Debian, Ubuntu and macOS
  Debian, Ubuntu     sudo apt-get install -y postgresql
  Fedora, RHEL       sudo dnf install -y postgresql-server
  Arch               sudo pacman -S postgresql
  Alpine             sudo apk add postgresql
  macOS              brew install postgresql
  somewhere else     LOAM_POSTGRES_BIN=<folder with initdb, postgres and pg_ctl> cargo xtask test";

/// The server's programs; installs them first when they are missing and `setup` says so.
pub(crate) fn find_or_install(setup: bool) -> Result<Programs> {
    let missing = match find() {
        Ok(programs) => return Ok(programs),
        Err(missing) => missing,
    };
    if !setup {
        bail!("{missing}\n\n{ADVICE}");
    }
    say(&format!("{missing}; installing it"));
    install(&missing)?;
    find().map_err(|still| anyhow!("{still}, also after installing it\n\n{ADVICE}"))
}

fn install(missing: &str) -> Result<()> {
    if has("apt-get") {
        let settled = ["DEBIAN_FRONTEND=noninteractive", "apt-get"];
        run(&as_root(&[&settled[..], &["update"]].concat())?)?;
        run(&as_root(&[&settled[..], &["install", "-y", "--no-install-recommends", "postgresql"]].concat())?)
    } else if cfg!(target_os = "macos") && has("brew") {
        run(&["brew", "install", "postgresql"])
    } else {
        bail!("{missing}, and --setup knows neither apt-get nor brew here\n\n{ADVICE}")
    }
}

/// The command line behind `env`, with `sudo -n` in front when we are not root: it fails rather than asks.
fn as_root<'w>(words: &[&'w str]) -> Result<Vec<&'w str>> {
    let is_root = Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0);
    ensure!(is_root || has("sudo"), "installing needs root, and there is no sudo\n\n{ADVICE}");
    let front: &[&str] = if is_root { &["env"] } else { &["sudo", "-n", "env"] };
    Ok([front, words].concat())
}

fn has(program: &str) -> bool {
    let mut probe = Command::new("/bin/sh");
    probe.args(["-c", "command -v \"$1\" >/dev/null 2>&1", "probe", program]);
    probe.status().is_ok_and(|status| status.success())
}

fn run(words: &[&str]) -> Result<()> {
    let line = words.join(" ");
    say(&line);
    let [program, arguments @ ..] = words else { bail!("an empty command line") };
    let status =
        Command::new(program).args(arguments).status().with_context(|| format!("cannot run {line}"))?;
    ensure!(status.success(), "{line} failed ({status})\n\n{ADVICE}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_there_or_not() {
        assert!(has("sh"));
        assert!(!has("a-program-nobody-has"));
    }

    #[test]
    fn a_command_that_fails_is_an_error_with_advice() {
        assert!(run(&["true"]).is_ok());
        let error = run(&["false"]).unwrap_err().to_string();
        assert!(error.contains("false failed") && error.contains("apt-get install"), "{error}");
    }
}
