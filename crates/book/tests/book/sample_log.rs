//! Logs written by the rules of each version, committed: every later binary must fold them to the same cents.

use loam_book::loan::Loan;
use loam_book::loan::event::{Entry, RULES_VERSION};
use loam_book::loan::log::{effective, fold, fold_steps};

use crate::support::TestBook;

/// The log of each version, and the loan that it leads to.
const LOGS: [(&str, &str); 2] = [
    (include_str!("logs/v1.jsonl"), include_str!("logs/v1_folded.json")),
    (include_str!("logs/v2.jsonl"), include_str!("logs/v2_folded.json")),
];

fn entries(log: &str) -> Vec<Entry> {
    log.lines().map(|line| serde_json::from_str(line).expect("an old entry can be read")).collect()
}

#[test]
fn the_log_of_each_version_folds_to_the_same_cents() {
    for (log, folded) in LOGS {
        let expected: Loan = serde_json::from_str(folded).expect("a loan");
        assert_eq!(fold(&entries(log)), Some(expected));
    }
}

#[test]
fn its_steps_lead_where_its_refolds_say() {
    for (log, _) in LOGS {
        let entries = entries(log);
        let by_steps = fold_steps(&effective(&entries)).expect("it has steps");
        assert_eq!(Some(by_steps.servicing), fold(&entries).map(|loan| loan.servicing));
    }
}

/// What goes without saying is left out today; it means the same.
#[test]
fn an_entry_written_today_means_what_it_meant() {
    for entry in LOGS.iter().flat_map(|(log, _)| entries(log)) {
        let today = serde_json::to_string(&entry).expect("plain data");
        assert_eq!(serde_json::from_str::<Entry>(&today).expect("what is written is read"), entry);
    }
}

/// The life behind the sample: back-dating, reversal, fee, lock, write-off and its undo.
pub(crate) fn life() -> TestBook {
    use jiff::civil::date;
    use loam_book::loan::command::LoanCommand;
    let mut book = crate::support::sample_loan();
    book.move_to(date(2012, 7, 30));
    book.move_to(date(2012, 8, 10));
    let first = book.repay("100").expect("due")[0].id;
    book.repay_on("50", Some(date(2012, 7, 30))).expect("corrected in bulk");
    book.charge("12.50", 3).expect("allowed");
    let again = book
        .transactions
        .iter()
        .rfind(|t| t.reverses.is_none() && t.id > first && t.amount.minor() == 100_00);
    let again = again.expect("posted again").id;
    book.move_to(date(2012, 8, 29));
    book.reverse(again).expect("corrected in bulk");
    for command in [
        LoanCommand::Lock { notes: Some("fraud check".into()) },
        LoanCommand::Unlock { notes: None },
        LoanCommand::WriteOff { notes: Some("moved away".into()) },
        LoanCommand::UndoWriteOff { named: None, notes: None },
    ] {
        book.command(&command).expect("the life of the sample");
    }
    book.repay("200").expect("it is owed");
    book
}

#[test]
fn the_same_life_makes_the_same_log_today() {
    let (latest, _) = LOGS[LOGS.len() - 1];
    assert_eq!(life().entries, entries(latest), "rules changed: raise RULES_VERSION and add a sample");
    assert_eq!(i64::try_from(LOGS.len()), Ok(RULES_VERSION), "each version has a sample");
}
