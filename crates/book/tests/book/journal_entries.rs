//! Entries by hand: what is refused and in which order, and what stands in the journal.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::journal::GlAccount;
use loam_book::journal::chart::{LedgerAccount, LedgerName, LedgerType, LedgerUsage, default_chart};
use loam_book::journal::manual::{ManualEntry, NewManualEntry, NewManualLine, Side, enter};
use loam_book::loan::refusal::{AccessRefusal, JournalRefusal, Refusal};
use loam_book::record::Record;
use loam_book::rights::{Bounds, Branches};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;

use crate::support::{TestBook, cents, product};

const TODAY: Date = date(2024, 3, 15);

fn book() -> TestBook {
    let mut book = TestBook::new(product(), TODAY);
    let closed = LedgerAccount {
        key: Key::entity(Part::new(0), 0, 77),
        code: "3100".to_owned(),
        name: "Capital".to_owned(),
        ledger_type: LedgerType::Equity,
        usage: LedgerUsage::Detail,
        is_active: false,
        allows_manual_entries: true,
        description: None,
        strips_zeros: true,
        carries: None,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    let open = LedgerAccount {
        key: Key::entity(Part::new(0), 0, 78),
        code: "3200".to_owned(),
        is_active: true,
        ..closed.clone()
    };
    let chart = default_chart(Timestamp::UNIX_EPOCH).into_iter().chain([closed, open]);
    book.catalog = Catalog::new(2, chart.map(|account| Record::LedgerAccount(Box::new(account))).collect());
    book
}

fn line(side: Side, account: &str, amount: &str) -> NewManualLine {
    NewManualLine { side, account: account.to_owned(), amount: StatedAmount(amount.to_owned()) }
}

fn entry(lines: Vec<NewManualLine>) -> NewManualEntry {
    NewManualEntry { date: Some(TODAY), branch: None, notes: Some(" rent ".to_owned()), lines }
}

/// Debit of the account against cash.
fn against_cash(account: &str, amount: &str) -> NewManualEntry {
    entry(vec![line(Side::Debit, account, amount), line(Side::Credit, "1400", "30")])
}

fn decided(book: &TestBook, new: &NewManualEntry) -> Result<ManualEntry, Refusal> {
    let ids = book.new_ids();
    book.in_context(&ids, |context| enter(new, Currency::USD, context))
}

#[test]
fn an_entry_stands_as_it_was_entered() {
    let new = entry(vec![
        line(Side::Debit, "5100", "30.0"),
        line(Side::Credit, "1400", "20"),
        line(Side::Credit, "3200", "10"),
    ]);
    let entry = decided(&book(), &new).unwrap();
    let names: Vec<(Side, LedgerName, i64)> =
        entry.lines.iter().map(|line| (line.side, line.ledger_name(), line.amount.minor())).collect();
    let expected = [
        (Side::Debit, LedgerName::Carried(GlAccount::WriteOffExpense), 3_000),
        (Side::Credit, LedgerName::Carried(GlAccount::FundSource), 2_000),
        (Side::Credit, LedgerName::Own(Key::entity(Part::new(0), 0, 78)), 1_000),
    ];
    assert_eq!(names, expected);
    assert_eq!((entry.total(Side::Debit), entry.total(Side::Credit)), (cents(3_000), cents(3_000)));
    assert_eq!((entry.booking_date, entry.notes.as_deref()), (TODAY, Some("rent")));
    assert_eq!(entry.what_does_not_hold(&entry.lines), None);
}

#[test]
fn what_does_not_hold_of_a_stored_entry_is_said() {
    let entry = decided(&book(), &against_cash("5100", "30")).unwrap();
    assert!(entry.what_does_not_hold(&entry.lines[..1]).is_some());
    let mut unequal = entry.clone();
    unequal.lines[0].amount = cents(1);
    assert!(unequal.what_does_not_hold(&unequal.lines).is_some());
    let mut empty = entry;
    empty.lines.iter_mut().for_each(|line| line.amount = cents(0));
    assert!(empty.what_does_not_hold(&empty.lines).is_some());
}

#[test]
fn accounts_that_take_no_entry_and_sums_that_differ_are_refused() {
    let book = book();
    let refused = |new: &NewManualEntry| decided(&book, new).unwrap_err();
    let of = |code: &str| code.to_owned();
    for (account, refusal) in [
        ("9999", JournalRefusal::UnknownAccount { value: of("9999") }),
        ("1000", JournalRefusal::IsHeader { code: of("1000") }),
        ("3100", JournalRefusal::Inactive { code: of("3100") }),
        ("1100", JournalRefusal::NoManualEntries { code: of("1100") }),
    ] {
        assert_eq!(refused(&against_cash(account, "30")), Refusal::Journal(refusal));
    }
    let unequal = JournalRefusal::Unbalanced { debits: "30.01".to_owned(), credits: "30.00".to_owned() };
    assert_eq!(refused(&against_cash("5100", "30.01")), unequal.into());
    for amount in ["0", "-30", "30.001", "much"] {
        assert!(matches!(refused(&against_cash("5100", amount)), Refusal::InvalidAmount { .. }), "{amount}");
    }
    let one_sided = entry(vec![line(Side::Debit, "1400", "30")]);
    assert_eq!(refused(&one_sided), JournalRefusal::MissingSide { side: "credit" }.into());
    let many = entry(vec![line(Side::Debit, "1400", "1"); 201]);
    assert_eq!(refused(&many), JournalRefusal::TooManyLines { count: 201, most: 200 }.into());
}

#[test]
fn the_date_is_not_in_the_future_and_in_no_closed_period() {
    let mut book = book();
    book.closed_through = Some(date(2024, 2, 29));
    let on = |date| NewManualEntry { date, ..against_cash("5100", "30") };
    assert!(decided(&book, &on(Some(date(2024, 3, 1)))).is_ok());
    let closed = decided(&book, &on(Some(date(2024, 2, 29)))).unwrap_err();
    assert!(matches!(closed, Refusal::ClosedPeriod { .. }));
    let future = JournalRefusal::InTheFuture { date: date(2024, 3, 16), business_date: TODAY };
    assert_eq!(decided(&book, &on(Some(date(2024, 3, 16)))), Err(future.into()));
    assert_eq!(decided(&book, &on(None)), Err(JournalRefusal::MissingDate.into()));
}

#[test]
fn who_enters_needs_the_permission_and_the_branch() {
    let new = against_cash("5100", "30");
    let clerk = book().with_permissions(&[Permission::ViewJournalEntries]);
    assert!(matches!(decided(&clerk, &new), Err(Refusal::NotPermitted { .. })));
    let mut teller = book().with_permissions(&[Permission::LogJournalEntries]);
    assert!(decided(&teller, &new).is_ok());
    let branch = Key::entity(Part::new(0), 0, 500);
    let elsewhere = NewManualEntry { branch: Some(branch), ..new.clone() };
    assert_eq!(decided(&teller, &elsewhere), Err(Refusal::UnknownBranch { key: branch }));
    teller.actor.bounds = Bounds { branches: Branches::Only(vec![branch]), ..Bounds::default() };
    assert_eq!(decided(&teller, &new), Err(AccessRefusal::AnotherBranch.into()));
}
