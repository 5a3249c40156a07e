//! A log written by this release, committed: every later binary must fold it to the same cents.

use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::log::{effective, fold, fold_steps};

use crate::support::TestBook;

const LOG: &str = include_str!("logs/v1.jsonl");
const FOLDED: &str = include_str!("logs/v1_folded.json");

fn entries() -> Vec<Entry> {
    LOG.lines().map(|line| serde_json::from_str(line).expect("an old entry can be read")).collect()
}

#[test]
fn the_log_of_release_1_folds_to_the_same_cents() {
    let expected: Loan = serde_json::from_str(FOLDED).expect("a loan");
    assert_eq!(fold(&entries()), Some(expected));
}

#[test]
fn its_steps_lead_where_its_refolds_say() {
    let entries = entries();
    let by_steps = fold_steps(&effective(&entries)).expect("it has steps");
    assert_eq!(Some(by_steps.servicing), fold(&entries).map(|loan| loan.servicing));
}

/// What goes without saying is left out today; it means the same.
#[test]
fn an_entry_written_today_means_what_it_meant() {
    for entry in entries() {
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
    assert_eq!(life().entries, entries(), "rules changed: raise RULES_VERSION and add a sample");
}
