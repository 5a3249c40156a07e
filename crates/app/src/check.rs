//! `check`: reads every account and says what does not hold. Writes nothing.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use jiff::civil::Date;
use loam_book::checks::{Finding, Stored, check};
use loam_book::ids::{Key, Part};
use loam_book::journal::{income, provisions};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::commands::settlement::settles_on;
use loam_book::savings;
use loam_book::savings::checks::StoredSavings;
use loam_book::savings::share::differing;

use crate::command::Address;
use crate::error::StoreError;
use crate::ports::{CheckStore, RowCounts, StoredAccount, StoredSavingsAccount};

mod guarantors;
mod lines;
mod tally;

use tally::{count_account, count_postings, count_savings, sum};

/// How many accounts are read at once.
const PAGE: i64 = 200;
/// How many parts are checked in one run, and how many runs at once: while one is read another is folded.
const PARTS: u16 = 64;
const TASKS: usize = 4;

/// What was found.
#[derive(Debug, Default)]
pub struct CheckReport {
    pub accounts: u64,
    /// How many log entries were folded again.
    pub entries: u64,
    /// One readable line each.
    pub findings: Vec<String>,
    /// Accounts that are set aside although all of them that is stored holds.
    pub sound_in_quarantine: Vec<Address>,
}

/// Runs every check on every account.
///
/// # Errors
/// What the store answers.
pub async fn check_book(store: &Arc<dyn CheckStore>) -> Result<CheckReport, StoreError> {
    let (loans, savings, rest) =
        tokio::try_join!(check_loans(store), check_savings(store.as_ref()), check_rest(store.as_ref()))?;
    let mut report = CheckReport::default();
    let mut counted = rest.counted;
    let mut broken = HashSet::new();
    let mut investors = BTreeSet::new();
    for page in loans.into_iter().chain([savings.accounts]) {
        report.accounts += page.accounts;
        report.entries += page.entries;
        report.findings.extend(page.findings);
        counted = sum(counted, page.counted);
        broken.extend(page.broken);
        investors.extend(page.investors);
    }
    let nobody = |account: &Key| format!("shares of loans name the account {account}, which is not there");
    report.findings.extend(investors.difference(&savings.there).map(nobody));
    report.findings.extend(rest.findings);
    report.findings.extend(rows_without_a_log(store.as_ref(), report.findings.is_empty(), counted).await?);
    for (address, reason) in store.quarantined().await? {
        if !broken.contains(&address.key) {
            report.sound_in_quarantine.push(address);
        }
        report.findings.push(format!("account {} is quarantined: {reason}", address.key));
    }
    Ok(report)
}

/// Where everything holds, and as many rows were read through logs as there are, each row has its log, and need not be looked up
/// by itself: that would take as long as all the rest. Somebody who writes meanwhile makes the numbers differ, too.
async fn rows_without_a_log(
    store: &dyn CheckStore,
    holds: bool,
    counted: RowCounts,
) -> Result<Vec<String>, StoreError> {
    if holds && store.row_counts().await? == counted {
        return store.stray_papers().await;
    }
    store.orphans().await
}

/// Runs every check on every loan: runs of parts side by side, as many as there are tasks for.
async fn check_loans(store: &Arc<dyn CheckStore>) -> Result<Vec<CheckedAccounts>, StoreError> {
    let runs = (0..Part::COUNT).step_by(usize::from(PARTS));
    let checking = runs.map(|first| {
        let (store, last) = (Arc::clone(store), (first + PARTS).min(Part::COUNT) - 1);
        async move {
            let run = check_run(store, first.checked_sub(1).map(Part::new), Part::new(last));
            tokio::spawn(run).await.expect("what is wrong with an account is told, it stops nothing")
        }
    });
    futures_util::stream::iter(checking).buffered(TASKS).try_collect().await
}

/// The loans of the parts after one and through another.
async fn check_run(
    store: Arc<dyn CheckStore>,
    before: Option<Part>,
    through: Part,
) -> Result<CheckedAccounts, StoreError> {
    let mut run = CheckedAccounts::default();
    let mut after = before.map(|part| (part, i64::MAX));
    loop {
        let accounts = store.accounts_after(after, through, PAGE).await?;
        let Some(last) = accounts.last() else { return Ok(run) };
        after = Some((last.part, last.account_no));
        let absent = guarantors::absent(store.as_ref(), &accounts).await?;
        for account in &accounts {
            run.read(account.entries.len());
            run.counted = sum(run.counted, count_account(account));
            let findings = check_account(account);
            if !findings.is_empty() {
                run.broken.extend(account.loan.as_ref().map(|loan| loan.key));
            }
            run.findings.extend(findings);
            run.findings.extend(guarantors::lost(account, &absent));
            run.investors.extend(account.shares.iter().map(|share| share.account.key));
        }
    }
}

/// What came of a run of accounts.
#[derive(Default)]
struct CheckedAccounts {
    accounts: u64,
    entries: u64,
    findings: Vec<String>,
    broken: Vec<Key>,
    /// Rows that were read through logs.
    counted: RowCounts,
    /// Accounts that shares of these loans name.
    investors: BTreeSet<Key>,
}

impl CheckedAccounts {
    /// One more account, with a log of so many entries.
    fn read(&mut self, entries: usize) {
        self.accounts += 1;
        self.entries += u64::try_from(entries).expect("a log fits in memory");
    }
}

/// What stands beside loans and deposit accounts.
async fn check_rest(store: &dyn CheckStore) -> Result<CheckedLedger, StoreError> {
    let (lines, applications, left, mut ledger) = tokio::try_join!(
        lines::check_lines(store),
        store.stray_applications(),
        store.left_between_accounts(),
        check_ledger(store)
    )?;
    let left = left.iter().map(lost_on_its_way);
    ledger.findings = lines.into_iter().chain(applications).chain(left).chain(ledger.findings).collect();
    Ok(ledger)
}

/// What came of the ledger.
#[derive(Default)]
struct CheckedLedger {
    findings: Vec<String>,
    /// Rows that were read through the log of evenings.
    counted: RowCounts,
}

/// Entries by hand balance, and the sums of each day are those of the journal.
async fn check_ledger(store: &dyn CheckStore) -> Result<CheckedLedger, StoreError> {
    let CheckedLedger { mut findings, mut counted } = CheckedLedger::default();
    let mut after = None;
    loop {
        let entries = store.manual_entries_after(after, PAGE).await?;
        let Some((last, _)) = entries.last() else { break };
        after = Some((last.part, last.number));
        for (entry, lines) in &entries {
            let found = entry.what_does_not_hold(lines);
            findings.extend(found.map(|found| format!("journal entry {}: {found}", entry.key)));
        }
    }
    for (account, transfers) in store.posted_income().await? {
        counted = sum(counted, count_postings(&transfers));
        let found = income::what_does_not_hold(&account, &transfers);
        let name = account.group.name();
        findings.extend(found.map(|found| format!("growing interest of {name}: {found}")));
    }
    for (account, transfers) in store.posted_provisions().await? {
        counted = sum(counted, count_postings(&transfers));
        let found = provisions::what_does_not_hold(&account, &transfers);
        let name = account.group.name();
        findings.extend(found.map(|found| format!("provisions for {name}: {found}")));
    }
    for wrong in store.wrong_sums().await? {
        findings.push(format!(
            "the sum of {} on {} has {} more debits and {} more credits than were booked (minor units)",
            wrong.account, wrong.booking_date, wrong.debits_minor, wrong.credits_minor
        ));
    }
    Ok(CheckedLedger { findings, counted })
}

/// Both sides of a transfer are written together, and shares of investors on their way are known: beside those there is
/// nothing between accounts.
fn lost_on_its_way((currency, minor_units): &(String, i64)) -> String {
    format!("transfers between accounts: {minor_units} minor units of {currency} left one side only")
}

/// What came of the deposit accounts, and which are there.
struct CheckedSavings {
    accounts: CheckedAccounts,
    there: BTreeSet<Key>,
}

/// Runs every check on every deposit account.
async fn check_savings(store: &dyn CheckStore) -> Result<CheckedSavings, StoreError> {
    let mut checked = CheckedSavings { accounts: CheckedAccounts::default(), there: BTreeSet::new() };
    let mut after = None;
    loop {
        let accounts = store.savings_after(after, PAGE).await?;
        let Some(last) = accounts.last() else { return Ok(checked) };
        after = Some((last.part, last.account_no));
        for stored in &accounts {
            checked.accounts.read(stored.entries.len());
            checked.accounts.counted = sum(checked.accounts.counted, count_savings(stored));
            let findings = check_savings_account(stored);
            checked.there.extend(stored.account.iter().map(|account| account.key));
            if !findings.is_empty() {
                checked.accounts.broken.extend(stored.account.as_ref().map(|account| account.key));
            }
            checked.accounts.findings.extend(findings);
        }
    }
}

fn check_savings_account(stored: &StoredSavingsAccount) -> Vec<String> {
    let everything = StoredSavings {
        account: stored.account.as_ref(),
        entries: &stored.entries,
        transactions: &stored.transactions,
        transfers: &stored.transfers,
        credits: &stored.credits,
    };
    let name = stored.account.as_ref().map_or_else(
        || format!("account number {} of part {}", stored.account_no, stored.part.number()),
        |account| format!("deposit account {} ({})", account.id, account.key),
    );
    let line =
        |finding: Finding| format!("{name}: \"{}\" does not hold: {}", finding.check, finding.sentence);
    let mut lines: Vec<String> = savings::checks::check(&everything).into_iter().map(line).collect();
    lines.extend(stored.differing.iter().map(|column| says_otherwise(&name, column)));
    lines
}

/// A column that accounts are looked up by.
fn says_otherwise(name: &str, column: &str) -> String {
    format!("{name}: the column {column} says something else")
}

fn check_account(account: &StoredAccount) -> Vec<String> {
    let stored = Stored {
        loan: account.loan.as_ref(),
        entries: &account.entries,
        transactions: &account.transactions,
        transfers: &account.transfers,
    };
    let name = account.loan.as_ref().map_or_else(
        || format!("account number {} of part {}", account.account_no, account.part.number()),
        |loan| format!("loan {} ({})", loan.id, loan.key),
    );
    let mut lines: Vec<String> = check(&stored)
        .into_iter()
        .map(|finding| format!("{name}: \"{}\" does not hold: {}", finding.check, finding.sentence))
        .collect();
    lines.extend(account.differing.iter().map(|column| says_otherwise(&name, column)));
    let Some(loan) = &account.loan else { return lines };
    lines.extend(differing(loan, &account.shares).into_iter().map(|found| format!("{name}: {found}")));
    let text = |date: Option<Date>| date.map_or("never".to_owned(), |date| date.to_string());
    for (what, is, should) in [
        ("next action", account.next_action_on, next_action_on(loan)),
        ("day from which deposit accounts pay", account.settles_on, settles_on(loan)),
    ] {
        if is != should {
            let (is, should) = (text(is), text(should));
            lines.push(format!("{name}: the {what} is stored as {is} and should be {should}"));
        }
    }
    lines
}
