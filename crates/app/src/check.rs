//! `check`: reads every account and says what does not hold. Writes nothing.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;
use loam_book::checks::{Finding, Stored, check};
use loam_book::ids::Key;
use loam_book::journal::{income, provisions};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::commands::settlement::settles_on;
use loam_book::savings;
use loam_book::savings::checks::StoredSavings;
use loam_book::savings::share::differing;

use crate::command::Address;
use crate::error::StoreError;
use crate::ports::{CheckStore, StoredAccount, StoredSavingsAccount};

mod lines;

/// How many accounts are read at once.
const PAGE: i64 = 200;

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

impl CheckReport {
    /// One more account, with a log of so many entries.
    fn read(&mut self, entries: usize) {
        self.accounts += 1;
        self.entries += u64::try_from(entries).expect("a log fits in memory");
    }
}

/// Runs every check on every account.
///
/// # Errors
/// What the store answers.
pub async fn check_book(store: &dyn CheckStore) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    let mut broken = HashSet::new();
    let mut investors = BTreeSet::new();
    check_loans(store, &mut report, (&mut broken, &mut investors)).await?;
    check_savings(store, &mut report, (&mut broken, &mut investors)).await?;
    let nobody = |account: Key| format!("shares of loans name the account {account}, which is not there");
    report.findings.extend(investors.into_iter().map(nobody));
    lines::check_lines(store, &mut report).await?;
    let left = store.left_between_accounts().await?;
    report.findings.extend(left.iter().map(lost_on_its_way));
    report.findings.extend(store.orphans().await?);
    check_ledger(store, &mut report).await?;
    for (address, reason) in store.quarantined().await? {
        if !broken.contains(&address.key) {
            report.sound_in_quarantine.push(address);
        }
        report.findings.push(format!("account {} is quarantined: {reason}", address.key));
    }
    Ok(report)
}

/// Runs every check on every loan: those of a page on a thread of their own, while the next page is read.
async fn check_loans(
    store: &dyn CheckStore,
    report: &mut CheckReport,
    (broken, investors): (&mut HashSet<Key>, &mut BTreeSet<Key>),
) -> Result<(), StoreError> {
    let mut accounts = store.accounts_after(None, PAGE).await?;
    while let Some(last) = accounts.last() {
        let after = (last.part, last.account_no);
        let checking = tokio::task::spawn_blocking(move || check_page(&accounts));
        accounts = store.accounts_after(Some(after), PAGE).await?;
        let page = checking.await.expect("what is wrong with an account is told, it stops nothing");
        report.accounts += page.accounts;
        report.entries += page.entries;
        report.findings.extend(page.findings);
        broken.extend(page.broken);
        investors.extend(page.investors);
    }
    Ok(())
}

/// What came of a page of loans.
#[derive(Default)]
struct CheckedPage {
    accounts: u64,
    entries: u64,
    findings: Vec<String>,
    broken: Vec<Key>,
    /// Accounts that shares of these loans name.
    investors: BTreeSet<Key>,
}

fn check_page(accounts: &[StoredAccount]) -> CheckedPage {
    let mut page = CheckedPage::default();
    for account in accounts {
        page.accounts += 1;
        page.entries += u64::try_from(account.entries.len()).expect("a log fits in memory");
        let findings = check_account(account);
        if !findings.is_empty() {
            page.broken.extend(account.loan.as_ref().map(|loan| loan.key));
        }
        page.findings.extend(findings);
        page.investors.extend(account.shares.iter().map(|share| share.account.key));
    }
    page
}

/// Entries by hand balance, and the sums of each day are those of the journal.
async fn check_ledger(store: &dyn CheckStore, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let entries = store.manual_entries_after(after, PAGE).await?;
        let Some((last, _)) = entries.last() else { break };
        after = Some((last.part, last.number));
        for (entry, lines) in &entries {
            let found = entry.what_does_not_hold(lines);
            report.findings.extend(found.map(|found| format!("journal entry {}: {found}", entry.key)));
        }
    }
    for (account, transfers) in store.posted_income().await? {
        let found = income::what_does_not_hold(&account, &transfers);
        let name = account.group.name();
        report.findings.extend(found.map(|found| format!("growing interest of {name}: {found}")));
    }
    for (account, transfers) in store.posted_provisions().await? {
        let found = provisions::what_does_not_hold(&account, &transfers);
        let name = account.group.name();
        report.findings.extend(found.map(|found| format!("provisions for {name}: {found}")));
    }
    for wrong in store.wrong_sums().await? {
        report.findings.push(format!(
            "the sum of {} on {} has {} more debits and {} more credits than were booked (minor units)",
            wrong.account, wrong.booking_date, wrong.debits_minor, wrong.credits_minor
        ));
    }
    Ok(())
}

/// Both sides of a transfer are written together, and shares of investors on their way are known: beside those there is
/// nothing between accounts.
fn lost_on_its_way((currency, minor_units): &(String, i64)) -> String {
    format!("transfers between accounts: {minor_units} minor units of {currency} left one side only")
}

/// Runs every check on every deposit account. Accounts that are there are taken out of the investors.
async fn check_savings(
    store: &dyn CheckStore,
    report: &mut CheckReport,
    (broken, investors): (&mut HashSet<Key>, &mut BTreeSet<Key>),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let accounts = store.savings_after(after, PAGE).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = Some((last.part, last.account_no));
        for stored in &accounts {
            report.read(stored.entries.len());
            let findings = check_savings_account(stored);
            stored.account.iter().for_each(|account| _ = investors.remove(&account.key));
            if !findings.is_empty() {
                broken.extend(stored.account.as_ref().map(|account| account.key));
            }
            report.findings.extend(findings);
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
