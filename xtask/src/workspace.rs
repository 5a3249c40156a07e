//! Where the workspace is, and where cargo puts what it builds.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The variables that tell a program of which package it is.
const OF_PACKAGE: [&str; 17] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// The nearest folder upward whose manifest is the workspace's.
pub(crate) fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("the current folder is gone")?;
    let root = here.ancestors().find(|folder| is_workspace(folder));
    root.map(Path::to_owned).with_context(|| format!("{} is not inside the workspace", here.display()))
}

fn is_workspace(folder: &Path) -> bool {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| line.trim() == "[workspace]")
}

/// A cargo command in the workspace.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    forget_package(&mut command);
    command
}

/// Takes away what cargo tells a program that it runs about its package. Build scripts look at it: with it,
/// `ring` and all that stands on it would be built anew whenever a build with it follows one without.
pub(crate) fn forget_package(command: &mut Command) {
    for name in OF_PACKAGE {
        command.env_remove(name);
    }
}

/// Where a debug build leaves the `loam` program.
pub(crate) fn loam_binary(root: &Path) -> Result<PathBuf> {
    Ok(target_folder(root)?.join("debug").join("loam"))
}

/// Where cargo leaves what it builds.
pub(crate) fn target_folder(root: &Path) -> Result<PathBuf> {
    let output = cargo(root)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_does_not_learn_of_which_package_its_caller_is() {
        let mut command = Command::new("cargo");
        forget_package(&mut command);
        let forgotten: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert!(forgotten.iter().any(|(name, _)| *name == "CARGO_MANIFEST_DIR"), "{forgotten:?}");
        assert!(!forgotten.iter().any(|(name, _)| *name == "CARGO_HOME"));
    }

    #[test]
    fn the_root_is_found_from_below() {
        assert!(root().unwrap().join("xtask/Cargo.toml").is_file());
    }
}
