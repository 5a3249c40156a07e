//! What must hold in the ledger beside what loans and deposit accounts brought: entries by hand, what evenings post for many
//! accounts together, and the sums of days.

use loam_book::journal::Transfer;
use loam_book::journal::evening::{self, EveningAccount, EveningKind};
use loam_book::journal::{income, provisions};

use super::tally::{count_postings, sum};
use super::{PAGE, by_number, caught, told};
use crate::error::StoreError;
use crate::ports::{CheckStore, Placed, RowCounts, WrongSum};

/// What came of the ledger.
#[derive(Default)]
pub(super) struct CheckedLedger {
    pub(super) findings: Vec<String>,
    /// Rows that were read through the log of evenings.
    pub(super) counted: RowCounts,
}

impl CheckedLedger {
    /// What an evening posts for many loans together: `what` and the account it is posted for name it.
    fn posted<K: EveningKind>(
        &mut self,
        what: &str,
        posted: Vec<Placed<(EveningAccount<K>, Vec<Transfer>)>>,
        check: fn(&EveningAccount<K>, &[Transfer]) -> Option<String>,
    ) {
        for ((part, account_no), read) in posted {
            match read {
                Ok((account, transfers)) => {
                    let name = format!("{what} {}", account.group.name());
                    self.counted = sum(self.counted, count_postings(&transfers));
                    let line = |found| format!("{name}: {found}");
                    let found = caught(&name, || check(&account, &transfers).map(line).into_iter().collect());
                    self.findings.extend(found);
                }
                Err(reason) => {
                    let account = by_number(part, account_no);
                    self.findings.push(format!("{what} {account}: a row cannot be read: {reason}"));
                }
            }
        }
    }
}

/// Entries by hand balance, evenings posted what their accounts say, and the sums of each day are those of the journal.
pub(super) async fn check_ledger(store: &dyn CheckStore) -> Result<CheckedLedger, StoreError> {
    let mut ledger =
        CheckedLedger { findings: check_manual_entries(store).await?, ..CheckedLedger::default() };
    let (posted, unread) = told("growing interest", store.posted_income()).await?;
    ledger.findings.extend(unread);
    ledger.posted("growing interest of", posted, income::what_does_not_hold);
    let (posted, unread) = told("provisions", store.posted_provisions()).await?;
    ledger.findings.extend(unread);
    ledger.posted("provisions for", posted, provisions::what_does_not_hold);
    let (posted, unread) = told("growing interest of deposits", store.posted_deposit_interest()).await?;
    ledger.findings.extend(unread);
    ledger.posted("growing interest of deposits of", posted, evening::what_does_not_hold);
    let (wrong, unread) = told("sums of days", store.wrong_sums()).await?;
    ledger.findings.extend(wrong.iter().map(wrong_sum).chain(unread));
    Ok(ledger)
}

async fn check_manual_entries(store: &dyn CheckStore) -> Result<Vec<String>, StoreError> {
    let mut findings = Vec::new();
    let mut after = None;
    loop {
        let entries = store.manual_entries_after(after, PAGE);
        let (entries, unread) = told("journal entries by hand", entries).await?;
        findings.extend(unread);
        let Some((last, _)) = entries.last() else { return Ok(findings) };
        after = Some(*last);
        for ((part, number), read) in &entries {
            let number = format!("journal entry number {number} of part {}", part.number());
            findings.extend(match read {
                Ok((entry, lines)) => {
                    let line = |found| format!("journal entry {}: {found}", entry.key);
                    caught(&number, || entry.what_does_not_hold(lines).map(line).into_iter().collect())
                }
                Err(reason) => vec![format!("{number}: a row cannot be read: {reason}")],
            });
        }
    }
}

fn wrong_sum(wrong: &WrongSum) -> String {
    format!(
        "the sum of {} on {} has {} more debits and {} more credits than were booked (minor units)",
        wrong.account, wrong.booking_date, wrong.debits_minor, wrong.credits_minor
    )
}
