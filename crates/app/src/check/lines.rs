//! What must hold between lines of credit and the accounts on them: both are written together, and each says
//! what the other does.

use loam_book::line_of_credit::{LineOfCredit, LineUse, use_of_loan, use_of_savings};

use super::{PAGE, caught, says_otherwise, told};
use crate::error::StoreError;
use crate::ports::{CheckStore, LinePlace, StoredLine};

pub(super) async fn check_lines(store: &dyn CheckStore) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    let mut after = None;
    loop {
        let (lines, unread) = told("lines of credit", store.lines_after(after, PAGE)).await?;
        findings.extend(unread);
        let Some((last, _)) = lines.last() else { return Ok(findings) };
        after = Some(last.clone());
        findings.extend(lines.iter().flat_map(check_placed));
    }
}

fn check_placed(((part, key), line): &(LinePlace, Result<StoredLine, String>)) -> Vec<String> {
    let name = format!("line of credit {key} of part {}", part.number());
    match line {
        Ok(line) => caught(&name, || check_line(line)),
        Err(reason) => vec![format!("{name}: a row cannot be read: {reason}")],
    }
}

fn check_line(stored: &StoredLine) -> Vec<String> {
    let line = &stored.line;
    let name = format!("line of credit {} ({})", line.id, line.key);
    let mut found: Vec<String> =
        stored.differing.iter().map(|column| says_otherwise(&name, column)).collect();
    let should = uses(stored);
    for is in &line.uses {
        let of = &is.account;
        match should.iter().find(|should| should.account == is.account) {
            None => found.push(format!("{name}: account {of} is counted and not on it")),
            Some(should) if should != is => found.push(differs(&name, line, is, should)),
            Some(_) => {}
        }
    }
    let is_counted = |of: &&LineUse| line.uses.iter().any(|is| is.account == of.account);
    let missing = should.iter().filter(|of| !is_counted(of));
    found.extend(missing.map(|of| format!("{name}: account {} is on it and not counted", of.account)));
    found
}

/// What the accounts on a line take of it.
fn uses(stored: &StoredLine) -> Vec<LineUse> {
    let (key, limit) = (Some(stored.line.key), stored.line.limit);
    let loans = stored.loans.iter().filter(|loan| loan.servicing.course.line_of_credit == key);
    let savings = stored.savings.iter().filter(|account| account.line_of_credit == key);
    loans.map(|loan| use_of_loan(loan, limit)).chain(savings.map(use_of_savings)).collect()
}

fn differs(name: &str, line: &LineOfCredit, is: &LineUse, should: &LineUse) -> String {
    let text = |of: &LineUse| of.amount.to_fixed_text(line.currency);
    let of = is.account;
    if is.amount == should.amount {
        return format!("{name}: account {of} has other days, or is open where it is not counted as such");
    }
    format!("{name}: account {of} takes {} and is counted with {}", text(should), text(is))
}
