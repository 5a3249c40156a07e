//! Where PostgreSQL's server programs are on this machine.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a cluster needs. A machine with only the client (`psql`) has none of them.
const NEEDED: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// Where the packages of the platforms put them: a folder to list, the beginning of the name, and what follows.
const USUAL: [(&str, &str, &str); 7] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/local/lib", "postgresql", "bin"),
];

/// A folder that holds all the server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Programs {
    pub(crate) folder: PathBuf,
}

impl Programs {
    /// Such as `PostgreSQL 15.18`.
    pub(crate) fn version(&self) -> String {
        let output = Command::new(self.folder.join("postgres")).arg("--version").output();
        let text =
            output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let number =
            text.split_whitespace().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
        format!("PostgreSQL {}", number.unwrap_or("of an unknown version"))
    }
}

/// The programs, or a sentence that says what is missing where.
pub(super) fn find() -> Result<Programs, String> {
    find_among(variable("LOAM_POSTGRES_BIN"), &variable("PATH").unwrap_or_default(), &usual_folders())
}

fn find_among(named: Option<OsString>, path: &OsString, usual: &[PathBuf]) -> Result<Programs, String> {
    if let Some(folder) = named.map(PathBuf::from) {
        let missing = missing_in(&folder);
        if missing.is_empty() {
            return Ok(Programs { folder });
        }
        return Err(format!(
            "LOAM_POSTGRES_BIN is {}, which holds no {}",
            folder.display(),
            missing.join(", no ")
        ));
    }
    let on_path = env::split_paths(path).flat_map(|folder| homes_behind(&folder));
    let mut candidates = on_path.chain(usual.iter().cloned());
    match candidates.find(|folder| missing_in(folder).is_empty()) {
        Some(folder) => Ok(Programs { folder }),
        None => Err(format!("no folder holds PostgreSQL's server programs {} together", NEEDED.join(", "))),
    }
}

fn missing_in(folder: &Path) -> Vec<&'static str> {
    NEEDED.into_iter().filter(|program| !is_program(&folder.join(program))).collect()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The folders that the programs of a `PATH` entry really live in, and last the entry itself. The links come first,
/// because an entry may hold a wrapper script that does more than its name says, beside links to the real thing.
fn homes_behind(folder: &Path) -> Vec<PathBuf> {
    let real = NEEDED.iter().filter_map(|program| fs::canonicalize(folder.join(program)).ok());
    let mut homes: Vec<PathBuf> = real.filter_map(|program| program.parent().map(Path::to_owned)).collect();
    homes.sort_by_key(|home| home == folder);
    homes
}

/// The usual folders that exist, highest version first.
fn usual_folders() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> =
        USUAL.iter().flat_map(|(parent, name, bin)| versions_in(parent, name, bin)).collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn versions_in(parent: &str, name: &str, bin: &str) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let entries = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(name));
    entries.map(|entry| (version_in(&entry.file_name().to_string_lossy()), entry.path().join(bin))).collect()
}

/// The first number in a name: 16 in `postgresql@16`; 0 without one.
fn version_in(name: &str) -> u32 {
    let digits = name.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask is a program for developers and is told by the environment where things are"
)]
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A folder of its own per test, with the programs named; gone after the test.
    struct Scratch(PathBuf);

    impl Drop for Scratch {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn folder(test: &str, programs: &[&str]) -> Scratch {
        let folder = env::temp_dir().join(format!("loam-find-{}-{test}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for program in programs {
            fs::write(folder.join(program), "").unwrap();
            fs::set_permissions(folder.join(program), fs::Permissions::from_mode(0o755)).unwrap();
        }
        Scratch(fs::canonicalize(folder).unwrap())
    }

    fn path(folder: &Scratch) -> OsString {
        folder.0.as_os_str().to_owned()
    }

    fn found(folder: &Scratch) -> Result<Programs, String> {
        Ok(Programs { folder: folder.0.clone() })
    }

    #[test]
    fn a_link_leads_past_a_wrapper_to_the_real_folder() {
        let real = folder("real", &NEEDED);
        let wrapped = folder("wrapped", &["postgres"]);
        for program in ["initdb", "pg_ctl"] {
            symlink(real.0.join(program), wrapped.0.join(program)).unwrap();
        }
        assert_eq!(find_among(None, &path(&wrapped), &[]), found(&real));
    }

    #[test]
    fn a_folder_with_only_some_programs_is_passed_over() {
        let client = folder("client", &["psql", "pg_ctl"]);
        let server = folder("server", &NEEDED);
        assert_eq!(find_among(None, &path(&client), std::slice::from_ref(&server.0)), found(&server));
        assert!(find_among(None, &path(&client), &[]).is_err());
    }

    #[test]
    fn a_named_folder_wins_or_says_what_it_lacks() {
        let server = folder("named", &NEEDED);
        let client = folder("lacking", &["initdb"]);
        assert_eq!(find_among(Some(path(&server)), &path(&client), &[]), found(&server));
        let error = find_among(Some(path(&client)), &path(&server), &[]).unwrap_err();
        assert!(error.contains("no postgres, no pg_ctl") && !error.contains("no initdb"), "{error}");
    }

    #[test]
    fn a_file_that_cannot_run_is_no_program() {
        let plain = folder("plain", &NEEDED);
        fs::set_permissions(plain.0.join("initdb"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(missing_in(&plain.0), ["initdb"]);
    }

    #[test]
    fn the_version_is_the_first_number_of_the_name() {
        assert_eq!(version_in("postgresql@16"), 16);
        assert_eq!(version_in("pgsql-9.6"), 9);
        assert_eq!(version_in("postgresql"), 0);
    }
}
