//! `check`: reads every account and says what does not hold. Writes nothing.

use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt};
use jiff::civil::Date;
use loam_book::checks::{Finding, Stored, check};
use loam_book::ids::{Key, Part};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::commands::settlement::settles_on;
use loam_book::savings::checks::StoredSavings;
use loam_book::savings::share::differing;
use loam_book::savings::{self, Savings};

use crate::aside::panic_text;
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::{CheckStore, RowCounts, StoredAccount, StoredSavingsAccount};

mod guarantors;
mod ledger;
mod lines;
mod tally;

use tally::{count_account, count_savings, sum};

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

/// Runs every check on every account. What cannot be read is a finding, too, and keeps nothing else from being read.
///
/// # Errors
/// What the store answers, other than that a row cannot be read.
pub async fn check_book(store: &Arc<dyn CheckStore>) -> Result<CheckReport, StoreError> {
    let (loans, savings, rest) =
        tokio::try_join!(check_loans(store), check_savings(store.as_ref()), check_rest(store.as_ref()))?;
    let mut report = CheckReport::default();
    let mut counted = rest.counted;
    let mut broken = Broken::default();
    let mut investors = BTreeSet::new();
    for page in loans.into_iter().chain([savings.accounts]) {
        report.accounts += page.accounts;
        report.entries += page.entries;
        report.findings.extend(page.findings);
        counted = sum(counted, page.counted);
        broken.keys.extend(page.broken.keys);
        broken.parts.extend(page.broken.parts);
        investors.extend(page.investors);
    }
    // Whether one that cannot be read is there is not known.
    let lost = investors.difference(&savings.there).filter(|account| !broken.parts.contains(&account.part));
    let nobody =
        |account: &Address| format!("shares of loans name the account {}, which is not there", account.key);
    report.findings.extend(lost.map(nobody));
    report.findings.extend(rest.findings);
    report.findings.extend(rows_without_a_log(store.as_ref(), report.findings.is_empty(), counted).await?);
    let (quarantined, unread) = told("accounts that are quarantined", store.quarantined()).await?;
    report.findings.extend(unread);
    for (address, reason) in quarantined {
        if !broken.may_be(address) {
            report.sound_in_quarantine.push(address);
        }
        report.findings.push(format!("account {} is quarantined: {reason}", address.key));
    }
    Ok(report)
}

/// Reads something. A row that cannot be read is told, and nothing of that reading is known.
async fn told<T: Default>(
    what: &str,
    reading: impl Future<Output = Result<T, StoreError>>,
) -> Result<(T, Option<String>), StoreError> {
    match reading.await {
        Ok(read) => Ok((read, None)),
        Err(StoreError::Unreadable(reason)) => {
            Ok((T::default(), Some(format!("{what}: a row cannot be read: {reason}"))))
        }
        Err(error) => Err(error),
    }
}

/// The same of what is a finding as it is read.
async fn told_lines(
    what: &str,
    reading: impl Future<Output = Result<Vec<String>, StoreError>>,
) -> Result<Vec<String>, StoreError> {
    let (mut lines, unread) = told(what, reading).await?;
    lines.extend(unread);
    Ok(lines)
}

/// What a check finds. One that breaks off has found something: an event that cannot happen to what the entries before it
/// make, or a sum that is too large.
fn caught(name: &str, check: impl FnOnce() -> Vec<String>) -> Vec<String> {
    let found = catch_unwind(AssertUnwindSafe(check));
    found.unwrap_or_else(|panic| {
        vec![format!("{name}: what is stored makes no account: {}", panic_text(panic.as_ref()))]
    })
}

/// Where everything holds, and as many rows were read through logs as there are, each row has its log, and need not be looked up
/// by itself: that would take as long as all the rest. Somebody who writes meanwhile makes the numbers differ, too.
async fn rows_without_a_log(
    store: &dyn CheckStore,
    holds: bool,
    counted: RowCounts,
) -> Result<Vec<String>, StoreError> {
    if holds && store.row_counts().await? == counted {
        return told_lines("papers", store.stray_papers()).await;
    }
    told_lines("rows without a log", store.orphans()).await
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
        let (accounts, unread) = told("loans", store.accounts_after(after, through, PAGE)).await?;
        run.findings.extend(unread);
        let Some(last) = accounts.last() else { return Ok(run) };
        after = Some((last.part, last.account_no));
        let (absent, unread) = told("guarantors", guarantors::absent(store.as_ref(), &accounts)).await?;
        run.findings.extend(unread);
        for account in &accounts {
            run.read(account.entries.len());
            run.counted = sum(run.counted, count_account(account));
            let name = name_of_loan(account);
            let findings = caught(&name, || check_account(&name, account));
            if !findings.is_empty() {
                run.broken.add(account.part, account.loan.as_ref().map(|loan| loan.key));
            }
            run.findings.extend(findings);
            run.findings.extend(guarantors::lost(account, &absent));
            run.investors.extend(account.shares.iter().map(|share| share.account));
        }
    }
}

/// What came of a run of accounts.
#[derive(Default)]
struct CheckedAccounts {
    accounts: u64,
    entries: u64,
    findings: Vec<String>,
    broken: Broken,
    /// Rows that were read through logs.
    counted: RowCounts,
    /// Accounts that shares of these loans name.
    investors: BTreeSet<Address>,
}

/// Accounts of which something does not hold.
#[derive(Default)]
struct Broken {
    keys: HashSet<Key>,
    /// Where there are some whose keys could not be read.
    parts: HashSet<Part>,
}

impl Broken {
    fn add(&mut self, part: Part, key: Option<Key>) {
        match key {
            Some(key) => drop(self.keys.insert(key)),
            None => drop(self.parts.insert(part)),
        }
    }

    fn may_be(&self, account: Address) -> bool {
        self.keys.contains(&account.key) || self.parts.contains(&account.part)
    }
}

impl CheckedAccounts {
    /// One more account, with a log of so many entries.
    fn read(&mut self, entries: usize) {
        self.accounts += 1;
        self.entries += u64::try_from(entries).expect("a log fits in memory");
    }
}

/// What stands beside loans and deposit accounts.
async fn check_rest(store: &dyn CheckStore) -> Result<ledger::CheckedLedger, StoreError> {
    let (lines, applications, holders, keys, (left, unread), mut ledger) = tokio::try_join!(
        lines::check_lines(store),
        told_lines("applications", store.stray_applications()),
        told_lines("holders of accounts", store.lost_holders()),
        told_lines("keys", store.damaged_keys()),
        told("transfers between accounts", store.left_between_accounts()),
        ledger::check_ledger(store)
    )?;
    let left = left.iter().map(lost_on_its_way).chain(unread);
    let beside = lines.into_iter().chain(applications).chain(holders).chain(keys).chain(left);
    ledger.findings = beside.chain(ledger.findings).collect();
    Ok(ledger)
}

/// Both sides of a transfer are written together, and shares of investors on their way are known: beside those there is
/// nothing between accounts.
fn lost_on_its_way((currency, minor_units): &(String, i64)) -> String {
    format!("transfers between accounts: {minor_units} minor units of {currency} left one side only")
}

/// What came of the deposit accounts, and which are there.
struct CheckedSavings {
    accounts: CheckedAccounts,
    there: BTreeSet<Address>,
}

/// Runs every check on every deposit account.
async fn check_savings(store: &dyn CheckStore) -> Result<CheckedSavings, StoreError> {
    let mut checked = CheckedSavings { accounts: CheckedAccounts::default(), there: BTreeSet::new() };
    let mut after = None;
    loop {
        let (accounts, unread) = told("deposit accounts", store.savings_after(after, PAGE)).await?;
        checked.accounts.findings.extend(unread);
        let Some(last) = accounts.last() else { return Ok(checked) };
        after = Some((last.part, last.account_no));
        for stored in &accounts {
            checked.accounts.read(stored.entries.len());
            checked.accounts.counted = sum(checked.accounts.counted, count_savings(stored));
            let name = name_of_savings(stored);
            let findings = caught(&name, || check_savings_account(&name, stored));
            checked.there.extend(stored.account.iter().map(Savings::address));
            if !findings.is_empty() {
                let key = stored.account.as_ref().map(|account| account.key);
                checked.accounts.broken.add(stored.part, key);
            }
            checked.accounts.findings.extend(findings);
        }
    }
}

fn name_of_savings(stored: &StoredSavingsAccount) -> String {
    stored.account.as_ref().map_or_else(
        || by_number(stored.part, stored.account_no),
        |account| format!("deposit account {} ({})", account.id, account.key),
    )
}

fn check_savings_account(name: &str, stored: &StoredSavingsAccount) -> Vec<String> {
    if let Some(reason) = &stored.unreadable {
        return vec![format!("{name}: a row cannot be read: {reason}")];
    }
    let everything = StoredSavings {
        account: stored.account.as_ref(),
        entries: &stored.entries,
        transactions: &stored.transactions,
        transfers: &stored.transfers,
        credits: &stored.credits,
    };
    let line =
        |finding: Finding| format!("{name}: \"{}\" does not hold: {}", finding.check, finding.sentence);
    let mut lines: Vec<String> = savings::checks::check(&everything).into_iter().map(line).collect();
    lines.extend(stored.differing.iter().map(|column| says_otherwise(name, column)));
    lines
}

/// An account of which the log alone tells.
fn by_number(part: Part, account_no: i64) -> String {
    format!("account number {account_no} of part {}", part.number())
}

/// A column that accounts are looked up by.
fn says_otherwise(name: &str, column: &str) -> String {
    format!("{name}: the column {column} says something else")
}

fn name_of_loan(account: &StoredAccount) -> String {
    account.loan.as_ref().map_or_else(
        || by_number(account.part, account.account_no),
        |loan| format!("loan {} ({})", loan.id, loan.key),
    )
}

fn check_account(name: &str, account: &StoredAccount) -> Vec<String> {
    if let Some(reason) = &account.unreadable {
        return vec![format!("{name}: a row cannot be read: {reason}")];
    }
    let stored = Stored {
        loan: account.loan.as_ref(),
        entries: &account.entries,
        transactions: &account.transactions,
        transfers: &account.transfers,
    };
    let mut lines: Vec<String> = check(&stored)
        .into_iter()
        .map(|finding| format!("{name}: \"{}\" does not hold: {}", finding.check, finding.sentence))
        .collect();
    lines.extend(account.differing.iter().map(|column| says_otherwise(name, column)));
    lines.extend(guarantors::differing(account).into_iter().map(|found| format!("{name}: {found}")));
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
