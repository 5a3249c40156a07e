//! Scenarios of Apache Fineract: terms, actions with their dates, and the whole schedule after each.
//!
//! Each scenario is played on the book, command by command, and each checkpoint is compared.

mod compare;
mod plan;
mod play;
mod product;
mod read;

use std::path::Path;

use anyhow::Result;

use crate::verdict::{Check, Verdict};
use plan::Plan;
use read::{Case, Checkpoint};

pub(crate) const NAME: &str = "fineract";

/// Judges every checkpoint of every scenario.
pub(crate) fn judge(folder: &Path) -> Result<Vec<Check>> {
    Ok(read::cases(folder)?.iter().flat_map(judge_case).collect())
}

/// One scenario in full: what is asked of the book, and each checkpoint row by row.
pub(crate) fn explain(folder: &Path, id: &str) -> Result<Option<String>> {
    let (id, checkpoint) = match id.rsplit_once('#') {
        Some((id, after)) => (id, after.parse().ok()),
        None => (id, None),
    };
    let cases = read::cases(folder)?;
    let Some(case) = cases.iter().find(|case| case.id == id) else { return Ok(None) };
    let head = format!("{} ({} {})\n{:#?}\n", case.id, case.tier, case.tags.join(", "), case.terms);
    Ok(Some(match plan::plan(case) {
        Err(reason) => format!("{head}excluded: {reason}\n"),
        Ok(plan) => format!("{head}{}", play::narrate(case, &plan, checkpoint)),
    }))
}

fn judge_case(case: &Case) -> Vec<Check> {
    let verdicts = match plan::plan(case) {
        Err(reason) => case.checkpoints.iter().map(|_| Verdict::Excluded(reason.clone())).collect(),
        Ok(plan) => verdicts(case, &plan),
    };
    case.checkpoints
        .iter()
        .zip(verdicts)
        .map(|(checkpoint, verdict)| check(case, checkpoint, verdict))
        .collect()
}

/// The book is asked only for what the plan can express.
fn verdicts(case: &Case, plan: &Plan) -> Vec<Verdict> {
    let outcomes = play::play(case, plan);
    let judged = case.checkpoints.iter().zip(outcomes).map(|(checkpoint, outcome)| {
        match plan.reason_from(checkpoint.after_seq) {
            Some(reason) => Verdict::Excluded(reason.to_owned()),
            None => outcome.map_or_else(Verdict::Failed, |()| Verdict::Passed),
        }
    });
    judged.collect()
}

fn check(case: &Case, checkpoint: &Checkpoint, verdict: Verdict) -> Check {
    let interest = if case.interest_bearing { "with interest" } else { "without interest" };
    Check {
        oracle: NAME,
        id: format!("{}#{}", case.id, checkpoint.after_seq),
        group: format!("tier {}, {interest}", case.tier),
        tags: case.tags.clone(),
        verdict,
    }
}

#[cfg(test)]
mod tests;
