//! Reference contracts of the ACTUS Financial Research Foundation, compared unrounded, at 10^-6.
//!
//! They run in a currency of ten decimals, so that the integer code that serves cents is judged.

mod compare;
mod course;
mod days;
mod read;

use std::path::Path;

use anyhow::Result;

use crate::verdict::{Check, Verdict};
use read::Case;

pub(crate) const NAME: &str = "actus";

pub(crate) fn judge(folder: &Path) -> Result<Vec<Check>> {
    let cases = read::cases(folder)?;
    Ok(cases.iter().map(check).collect())
}

/// One contract in full: what happens to it, and what was expected on each day.
pub(crate) fn explain(folder: &Path, id: &str) -> Result<Option<String>> {
    let cases = read::cases(folder)?;
    let Some(case) = cases.iter().find(|case| case.id == id) else { return Ok(None) };
    let head = format!("{}: {:#?}\n", case.id, case.terms);
    Ok(Some(match course::course(case) {
        Err(reason) => format!("{head}excluded: {reason}\n"),
        Ok(course) => format!("{head}{course:#?}\n{}\n", compare::side_by_side(case, &course)),
    }))
}

fn check(case: &Case) -> Check {
    let verdict = match course::course(case) {
        Err(reason) => Verdict::Excluded(reason),
        Ok(course) => compare::first_difference(case, &course).map_or(Verdict::Passed, Verdict::Failed),
    };
    Check { oracle: NAME, id: case.id.clone(), group: case.kind().to_owned(), tags: vec![], verdict }
}
