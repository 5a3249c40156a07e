//! `cargo xtask test`: every test there is, on both databases. `cargo xtask postgres`: one command beside a cluster.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, ensure};

use crate::postgres::{Cluster, find_or_install, say};
use crate::workspace;

/// What the property tests draw their cases from.
const DRAWS: &str = "PROPTEST_RNG_SEED";

/// A change is judged by cases that are alike in each run, so that a failure is the change's own.
/// Other cases are drawn by plain `cargo test`, or by a seed of one's own in [`DRAWS`].
const DRAWN_ALIKE: &str = "20121128";

/// What the test programs said in their `test result:` lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    programs: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
}

/// Builds everything, starts a cluster and runs all tests; `extra` goes to `cargo test`.
pub(crate) fn run_all(root: &Path, setup: bool, extra: &[String]) -> Result<ExitCode> {
    // First what fails fastest: without PostgreSQL there is no point in building for minutes.
    let programs = find_or_install(setup)?;
    say(&format!("{} in {}", programs.version(), programs.folder.display()));

    let built = workspace::cargo(root).args(["build", "--workspace", "--all-targets"]).status()?;
    ensure!(built.success(), "the workspace does not build");
    let binary = workspace::loam_binary(root)?;
    ensure!(binary.is_file(), "the build left no program at {}", binary.display());

    let cluster = Cluster::start(&programs, &[])?;
    let mut tests = workspace::cargo(root);
    tests.args(test_arguments(extra)).env("LOAM_TEST_BINARY", &binary);
    if !draws_are_chosen() {
        tests.env(DRAWS, DRAWN_ALIKE);
    }
    cluster.introduce_to(&mut tests);
    let (status, tally) = run_and_count(&mut tests, &mut std::io::stdout())?;
    drop(cluster);

    println!("\n{}", summary(status.success(), tally, &programs.version()));
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests may choose what cases are drawn from")]
fn draws_are_chosen() -> bool {
    std::env::var_os(DRAWS).is_some()
}

/// Runs one command with a cluster beside it; the variables of `libpq` are set too, so `psql` needs no address.
pub(crate) fn run_beside_postgres(setup: bool, settings: &[String], words: &[String]) -> Result<ExitCode> {
    let [program, arguments @ ..] = words else {
        return Err(anyhow::anyhow!("name a command: cargo xtask postgres -- psql"));
    };
    let cluster = Cluster::start(&find_or_install(setup)?, settings)?;
    say(&format!("{} is up on port {} as process {}", cluster.programs.version(), cluster.port, cluster.pid));
    let mut command = Command::new(program);
    workspace::forget_package(&mut command);
    cluster.introduce_to(&mut command);
    command.args(arguments).env("PGHOST", "127.0.0.1").env("PGPORT", cluster.port.to_string());
    command.env("PGUSER", "loam").env("PGDATABASE", "postgres");
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// `--workspace` would overrule a package that was asked for, so the two never stand together.
fn test_arguments(extra: &[String]) -> Vec<&str> {
    let names_package = |word: &String| word == "-p" || word.starts_with("--package");
    let own = extra.split(|word| word == "--").next().unwrap_or_default();
    let mut arguments = vec!["test", "--no-fail-fast"];
    if !own.iter().any(names_package) {
        arguments.push("--workspace");
    }
    arguments.extend(extra.iter().map(String::as_str));
    arguments
}

/// Passes the output on line by line while it counts.
fn run_and_count(command: &mut Command, shown: &mut dyn Write) -> Result<(ExitStatus, Tally)> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot run cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cannot read the output of cargo test")?;
        shown.write_all(&line)?;
        shown.write_all(b"\n")?;
        tally.count(&String::from_utf8_lossy(&line));
    }
    Ok((child.wait()?, tally))
}

impl Tally {
    /// Reads `test result: ok. 54 passed; 0 failed; 0 ignored; …`.
    fn count(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("test result:") else { return };
        let words: Vec<&str> = result.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        let number_before = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            words.get(at.checked_sub(1)?)?.parse::<u32>().ok()
        };
        self.programs += 1;
        self.passed += number_before("passed").unwrap_or(0);
        self.failed += number_before("failed").unwrap_or(0);
        self.ignored += number_before("ignored").unwrap_or(0);
    }
}

fn summary(is_good: bool, tally: Tally, version: &str) -> String {
    let Tally { programs, passed, failed, ignored } = tally;
    let skipped = if ignored == 0 { String::new() } else { format!(", {ignored} IGNORED") };
    let verdict = if is_good { "ok" } else { "FAILED" };
    format!(
        "xtask test: {verdict}. {passed} passed, {failed} failed{skipped} in {programs} test programs, with SQLite and {version}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn results_of_several_programs_add_up() {
        let mut tally = Tally::default();
        tally.count("running 3 tests");
        tally.count(
            "test result: ok. 54 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        tally.count("test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s");
        assert_eq!(tally, Tally { programs: 2, passed: 55, failed: 3, ignored: 2 });
    }

    #[test]
    fn the_summary_never_hides_what_went_wrong() {
        let tally = Tally { programs: 2, passed: 55, failed: 3, ignored: 2 };
        let line = summary(false, tally, "PostgreSQL 15");
        assert!(line.contains("FAILED") && line.contains("3 failed") && line.contains("2 IGNORED"), "{line}");
    }

    #[test]
    fn a_package_that_was_asked_for_is_not_overruled() {
        assert!(test_arguments(&[]).contains(&"--workspace"));
        assert!(!test_arguments(&words("-p loam-book")).contains(&"--workspace"));
        assert!(!test_arguments(&words("--package=loam-book")).contains(&"--workspace"));
        assert!(test_arguments(&words("--test e2e -- -p")).contains(&"--workspace"));
    }

    #[test]
    fn output_is_counted_as_it_passes() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo 'test result: FAILED. 0 passed; 1 failed; 0 ignored'; exit 3"]);
        let mut shown = Vec::new();
        let (status, tally) = run_and_count(&mut command, &mut shown).unwrap();
        assert_eq!(shown, b"test result: FAILED. 0 passed; 1 failed; 0 ignored\n");
        assert_eq!((status.code(), tally.failed), (Some(3), 1));
    }
}
