//! The list of checks that pass: what passed once may not stop passing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::verdict::{Check, Verdict};

const FILE: &str = "conformance/passed.txt";

/// Compares with the list, or rewrites the part of it that was judged.
pub(crate) fn settle(repository: &Path, checks: &[Check], update: bool) -> Result<ExitCode> {
    let path = repository.join(FILE);
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let judged: BTreeSet<&str> = checks.iter().map(|check| check.oracle).collect();
    let passed: BTreeSet<String> = checks.iter().filter(|check| check.is_passed()).map(Check::line).collect();
    let lost: Vec<&str> = lost(&listed, &passed, &judged);
    if update {
        let kept =
            listed.iter().filter(|line| !judged.contains(oracle_of(line))).map(|line| (*line).to_owned());
        let lines: BTreeSet<String> = kept.chain(passed).collect();
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        fs::write(&path, text).with_context(|| FILE.to_owned())?;
    } else if !lost.is_empty() {
        for line in &lost {
            println!("no longer passes: {line}{}", difference(checks, line));
        }
        println!("{} checks of {FILE} no longer pass", lost.len());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The listed checks of the judged oracles that do not pass.
fn lost<'a>(listed: &BTreeSet<&'a str>, passed: &BTreeSet<String>, judged: &BTreeSet<&str>) -> Vec<&'a str> {
    let of_judged = listed.iter().filter(|line| judged.contains(oracle_of(line)));
    of_judged.filter(|line| !passed.contains(**line)).copied().collect()
}

fn oracle_of(line: &str) -> &str {
    line.split_once(' ').map_or(line, |(oracle, _)| oracle)
}

fn difference(checks: &[Check], line: &str) -> String {
    match checks.iter().find(|check| check.line() == line).map(|check| &check.verdict) {
        Some(Verdict::Failed(difference)) => format!(": {difference}"),
        Some(Verdict::Excluded(reason)) => format!(": now excluded, {reason}"),
        Some(Verdict::Passed) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_check_that_does_not_pass_is_lost_and_one_not_judged_is_not() {
        let listed = BTreeSet::from(["a one", "a two", "b three"]);
        let passed = BTreeSet::from(["a two".to_owned(), "a four".to_owned()]);
        assert_eq!(lost(&listed, &passed, &BTreeSet::from(["a"])), ["a one"]);
    }
}
