//! docs/conformance.md: what was judged, what passed, and what was left out, with the reason.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::verdict::{Check, Verdict};

const FILE: &str = "docs/conformance.md";
const KNOWN: &str = "conformance/known.txt";

const HEAD: &str = "# Conformance

How the engine fares against figures that nobody in this project wrote. `cargo xtask conformance` writes this page; the
figures are not part of this repository, their sources are named below. A **check** is one case, or one checkpoint of a
case: the whole schedule after an action, compared row by row to the cent. `conformance/passed.txt` lists the checks that
pass, and the run fails when one of them no longer does.

What is excluded is decided by the terms and actions of a case before anything is calculated, by rules that name no case.
Where another system's convention differs from ours and a lender could want it, it is an option of the product; else it is
an exclusion. Seven of these rules were written only after a case had failed and its cause was understood: a debt that is
taken over, a notice that bears no interest, flat interest on money that comes in parts, a further payout that bears
interest for its whole period, a charge that falls due after the last installment, a schedule before the payout that counts
later parts, and a refund that gives interest back. So were some of the ways in which scenarios are told to the book and
compared, which are listed with their oracle. Read the rates with that in mind; the last column, of all checks, counts
every exclusion against the engine.
";

/// Where the figures come from, and how they are compared.
const NOTES: [(&str, &str); 4] = [
    (
        "actus",
        "Reference contracts of the ACTUS Financial Research Foundation (CC BY-SA 4.0). They run through the cash flow engine
of `calc` in a currency of ten decimals. Of each day the interest, all other payments, the balance, the accrued
interest and the rate are compared at 10^-6.",
    ),
    (
        "fineract",
        "End-to-end scenarios of Apache Fineract (Apache-2.0), played on the book command by command. Of each row the due
date, principal, interest, charges, total, what was paid, what of it early and late, what is outstanding, the balance
after it and the day on which it was paid are compared, to the cent.

- A charge made by hand is a fee here, whatever it is for; so fees and penalties are compared together.
- A fee that comes with each installment is charged here when the installment falls due; it is compared as if it stood
  in its row before.
- A scenario that goes on with something the book has no words for is judged up to there.
- Loans without recalculation of interest are fixed loans, those with it dynamic ones. A loan whose rate changes or whose
  money comes in parts is dynamic, with interest of whole installments where nothing is recalculated.
- Days of a new rate or a pause are counted there to the midnight on which they begin, here from it: they are told
  one day earlier. Where interest is counted for the day of the payout there, both count from it.
- A charge counts there from the beginning, whenever it is added; so it is told with the day of the payout. What was
  given up of a charge stays in its row there, here it does not; it is taken off before the rows are compared.
- A repaid loan takes charges and payments there; so loans stay open here, as a product may say.
- A refund or an adjustment that is split as any payment is one.
- A loan that is written off for the books and bears no interest from then on is one whose interest pauses to its end.
- A charge that is kept from the payout is no part of any row.
- Parts that are expected to be paid out count there in the balances of rows; they are added here before those are
  compared. Taking back a payout takes back there what was repaid since; so the repayments are reversed here first."
    ),
    (
        "published_apr",
        "Examples of US Regulation Z Appendix J, of the European directive and of Indian key facts statements. A rate is
rounded half up to two decimals, as it is disclosed; where fewer were printed, half-even from those.",
    ),
    (
        "published_loans",
        "Payments, balloons and tables from regulators, textbooks and calculators. Where a source carries unrounded figures,
the schedule is made in a unit of seven decimals and printed in cents: payment, interest and balance rounded, principal the
difference. A rate compounded by the year is converted to the nominal one of the payments.",
    ),
];

/// Passed, judged and excluded checks of one row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    excluded: usize,
}

impl Count {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
            Verdict::Excluded(_) => self.excluded += 1,
        }
    }

    fn judged(self) -> usize {
        self.passed + self.failed
    }

    /// In percent with one decimal, rounded down, so that 100 means all.
    fn rate(self) -> String {
        if self.judged() == 0 {
            return "–".to_owned();
        }
        self.part_of(self.judged())
    }

    /// Of all checks, those that are excluded among them.
    fn rate_of_all(self) -> String {
        self.part_of(self.judged() + self.excluded)
    }

    fn part_of(self, whole: usize) -> String {
        let per_mille = self.passed * 1000 / whole.max(1);
        format!("{}.{} %", per_mille / 10, per_mille % 10)
    }
}

/// One line per oracle and group, for the terminal.
pub(crate) fn summary(checks: &[Check]) -> String {
    let mut text = String::new();
    for (oracle, checks) in by(checks.iter(), |check| check.oracle.to_owned()) {
        for (group, count) in counts(&checks, |check| vec![check.group.clone()]) {
            let (passed, judged, excluded) = (count.passed, count.judged(), count.excluded);
            let (rate, of_all) = (count.rate(), count.rate_of_all());
            writeln!(
                text,
                "{oracle} {group}: {passed} of {judged} ({rate}), {excluded} excluded ({of_all} of all)"
            )
            .expect("a string takes everything");
        }
    }
    text
}

pub(crate) fn write(repository: &Path, checks: &[Check]) -> Result<()> {
    let mut text = HEAD.to_owned();
    let known = Known::read(repository)?;
    for (oracle, checks) in by(checks.iter(), |check| check.oracle.to_owned()) {
        let note = NOTES.iter().find(|(name, _)| *name == oracle).map_or("", |(_, note)| *note);
        write!(text, "\n## {oracle}\n\n{note}\n\n").expect("a string takes everything");
        table(&mut text, "group", &counts(&checks, |check| vec![check.group.clone()]));
        let tags = counts(&checks, |check| check.tags.clone());
        if !tags.is_empty() {
            text.push_str("\nBy what happens in them; a check counts for each of its tags.\n\n");
            table(&mut text, "tag", &tags);
        }
        lists(&mut text, &checks, &known);
    }
    fs::write(repository.join(FILE), text).with_context(|| FILE.to_owned())
}

fn table(text: &mut String, title: &str, rows: &BTreeMap<String, Count>) {
    writeln!(
        text,
        "| {title} | passed | judged | of judged | excluded | of all |\n|---|---|---|---|---|---|"
    )
    .expect("a string takes everything");
    for (name, count) in rows {
        let (passed, judged, excluded) = (count.passed, count.judged(), count.excluded);
        let (rate, of_all) = (count.rate(), count.rate_of_all());
        writeln!(text, "| {name} | {passed} | {judged} | {rate} | {excluded} | {of_all} |")
            .expect("a string takes everything");
    }
}

/// Exclusions and failures by id, those with the same reason together.
fn lists(text: &mut String, checks: &[&Check], known: &Known) {
    let reason = |check: &Check| match &check.verdict {
        Verdict::Excluded(reason) => Some(reason.clone()),
        Verdict::Passed | Verdict::Failed(_) => None,
    };
    let excluded = checks.iter().filter(|check| reason(check).is_some()).copied();
    let excluded = by(excluded, |check| reason(check).unwrap_or_default());
    if !excluded.is_empty() {
        text.push_str("\n### Excluded\n\n");
    }
    for (reason, checks) in excluded {
        writeln!(text, "- **{reason}** ({}): {}", checks.len(), ids(&checks))
            .expect("a string takes everything");
    }
    let failed: Vec<&Check> =
        checks.iter().filter(|check| matches!(check.verdict, Verdict::Failed(_))).copied().collect();
    if !failed.is_empty() {
        text.push_str("\n### Failing\n\n");
    }
    for (cause, checks) in by(failed.into_iter(), |check| known.cause(check).to_owned()) {
        writeln!(text, "- **{cause}**: {}", ids(&checks)).expect("a string takes everything");
    }
}

/// What is known of the causes of failures, in words written by hand: one line for each case.
struct Known(BTreeMap<String, String>);

impl Known {
    fn read(repository: &Path) -> Result<Known> {
        let text = fs::read_to_string(repository.join(KNOWN)).with_context(|| KNOWN.to_owned())?;
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Ok(Known(lines.map(|(id, cause)| (id.to_owned(), cause.to_owned())).collect()))
    }

    fn cause(&self, check: &Check) -> &str {
        let case = check.id.split_once('#').map_or(check.id.as_str(), |(case, _)| case);
        self.0.get(&check.id).or_else(|| self.0.get(case)).map_or("not understood yet", String::as_str)
    }
}

/// The ids, checkpoints of one case together: `case #3 #5`.
fn ids(checks: &[&Check]) -> String {
    let mut cases: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in checks {
        let (case, checkpoint) =
            check.id.split_once('#').map_or((check.id.as_str(), None), |(c, n)| (c, Some(n)));
        match cases.last_mut() {
            Some((last, checkpoints)) if *last == case => checkpoints.extend(checkpoint),
            Some(_) | None => cases.push((case, checkpoint.into_iter().collect())),
        }
    }
    let shown = cases.iter().map(|(case, checkpoints)| match checkpoints.len() {
        0 => format!("`{case}`"),
        _ => format!("`{case}#{}`", checkpoints.join(",")),
    });
    shown.collect::<Vec<String>>().join(", ")
}

fn by<'a>(
    checks: impl Iterator<Item = &'a Check>,
    key: impl Fn(&Check) -> String,
) -> BTreeMap<String, Vec<&'a Check>> {
    let mut groups: BTreeMap<String, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        groups.entry(key(check)).or_default().push(check);
    }
    groups
}

fn counts(checks: &[&Check], rows: impl Fn(&Check) -> Vec<String>) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for check in checks {
        for row in rows(check) {
            counts.entry(row).or_default().add(&check.verdict);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, verdict: Verdict) -> Check {
        Check { oracle: "o", id: id.into(), group: "A".into(), tags: vec!["late".into()], verdict }
    }

    #[test]
    fn excluded_checks_are_not_judged_and_the_rate_is_rounded_down() {
        let mut checks = vec![check("e", Verdict::Excluded("no such terms".into()))];
        checks.push(check("f", Verdict::Failed("differs".into())));
        checks.extend(["a", "b"].map(|id| check(id, Verdict::Passed)));
        assert_eq!(summary(&checks), "o A: 2 of 3 (66.6 %), 1 excluded (50.0 % of all)\n");
    }

    #[test]
    fn what_is_known_of_a_failure_is_told_by_check_or_by_case() {
        let known = [("x#3", "one"), ("x", "other")].map(|(id, cause)| (id.to_owned(), cause.to_owned()));
        let known = Known(known.into());
        let cause = |id: &str| known.cause(&check(id, Verdict::Failed("differs".into()))).to_owned();
        assert_eq!([cause("x#3"), cause("x#4"), cause("y")], ["one", "other", "not understood yet"]);
    }

    #[test]
    fn checkpoints_of_a_case_share_its_id() {
        let checks = ["x#3", "x#5", "y"].map(|id| check(id, Verdict::Passed));
        assert_eq!(ids(&checks.iter().collect::<Vec<_>>()), "`x#3,5`, `y`");
    }
}
