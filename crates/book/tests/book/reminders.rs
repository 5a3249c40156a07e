//! The book reminds of a tranche on the day on which it is expected: once, and only of what is still to come.

use jiff::civil::{Date, date};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures, TrancheFigure};
use loam_book::loan::course::Tranche;
use loam_book::loan::event::Event;
use loam_book::loan::log::effective;
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;

use crate::support::TestBook;
use crate::tranches::{agreed_in_two, tranched};

const START: Date = date(2025, 1, 1);
const EXPECTED: Date = date(2025, 2, 5);

/// 700.00 on the first day, and 300.00 expected on February 5th.
fn in_two() -> TestBook {
    TestBook::active(tranched(), START, agreed_in_two())
}

/// The days on which the log that counts reminds, and of how much.
fn reminded(book: &TestBook) -> Vec<(Date, i64)> {
    let steps = effective(&book.entries);
    let reminders = steps.iter().filter_map(|one| {
        let Event::TrancheExpected { amount, .. } = &one.step.event else { return None };
        Some((one.step.value_date, amount.minor()))
    });
    reminders.collect()
}

fn known(tranche: &Tranche, expected_on: Option<Date>) -> TrancheFigure {
    let amount = StatedAmount(tranche.amount.to_fixed_text(Currency::USD));
    TrancheFigure { key: Some(tranche.key), amount, expected_on }
}

/// Agrees on another day for the second tranche.
fn expect_on(book: &mut TestBook, day: Date) {
    let tranches = book.loan().servicing.course.tranches.clone();
    let figures = vec![known(&tranches[0], tranches[0].expected_on), known(&tranches[1], Some(day))];
    let figures = LoanFigures { tranches: Some(figures), ..LoanFigures::default() };
    book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
        .expect("the second is not paid out");
}

fn pay_out(book: &mut TestBook) {
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("its day has come");
}

#[test]
fn a_tranche_is_reminded_of_on_its_day_and_once() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 4));
    assert_eq!(reminded(&book), [], "its day has not come");
    let before = (book.outstanding(), book.transfers.len(), book.transactions.len());
    assert_eq!(next_action_on(book.loan()), Some(EXPECTED));
    book.move_to(EXPECTED);
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!((book.outstanding(), book.transfers.len(), book.transactions.len()), before, "nothing moves");
    book.move_to(date(2025, 2, 20));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    pay_out(&mut book);
    book.move_to(date(2025, 4, 1));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!(book.findings(), []);
}

#[test]
fn days_that_are_closed_at_once_remind_of_the_same_day() {
    let mut book = in_two();
    book.move_to(date(2025, 6, 30));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!(book.findings(), []);
}

#[test]
fn another_day_is_reminded_of_again_and_the_same_one_is_not() {
    let mut book = in_two();
    book.move_to(EXPECTED);
    expect_on(&mut book, EXPECTED);
    book.move_to(date(2025, 2, 10));
    expect_on(&mut book, date(2025, 3, 5));
    book.move_to(date(2025, 3, 6));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00), (date(2025, 3, 5), 300_00)]);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_day_that_is_moved_before_it_comes_is_not_reminded_of() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 4));
    expect_on(&mut book, date(2025, 2, 15));
    book.move_to(date(2025, 2, 14));
    assert_eq!(reminded(&book), []);
    book.move_to(date(2025, 2, 15));
    assert_eq!(reminded(&book), [(date(2025, 2, 15), 300_00)]);
}

/// Whoever agrees on a day that has come knows it.
#[test]
fn a_day_that_has_come_when_it_is_agreed_is_not_reminded_of() {
    for day in [date(2025, 2, 1), date(2025, 2, 2)] {
        let mut book = in_two();
        book.move_to(date(2025, 2, 2));
        expect_on(&mut book, day);
        book.move_to(date(2025, 3, 1));
        assert_eq!(reminded(&book), [], "{day}");
        assert_eq!(book.findings(), []);
    }
}

/// The first part is paid out after the day of the second.
#[test]
fn a_day_that_went_by_before_the_loan_was_paid_out_is_made_up_for() {
    let mut book = TestBook::new(tranched(), START);
    book.create_with(agreed_in_two()).expect("it is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let late = date(2025, 2, 10);
    book.move_to(late);
    assert_eq!(reminded(&book), [], "nothing is derived before");
    pay_out(&mut book);
    book.move_to(late);
    assert_eq!(reminded(&book), [(late, 300_00)]);
    book.move_to(date(2025, 3, 1));
    assert_eq!(reminded(&book).len(), 1);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_locked_loan_is_reminded_of_and_a_closed_one_is_not() {
    let mut locked = in_two();
    locked.move_to(date(2025, 2, 3));
    locked.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    locked.move_to(date(2025, 2, 6));
    assert_eq!(reminded(&locked), [(EXPECTED, 300_00)]);
    assert_eq!(locked.findings(), []);
    let mut given_up = in_two();
    given_up.move_to(date(2025, 2, 3));
    given_up.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    given_up.move_to(date(2025, 3, 1));
    assert_eq!(reminded(&given_up), []);
    assert_eq!(next_action_on(given_up.loan()), None);
}

#[test]
fn a_payment_of_an_earlier_day_leaves_the_reminder_as_it_was() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 20));
    book.repay_on("50", Some(date(2025, 2, 3))).expect("it is a day of the loan");
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_list_that_is_decided_again_does_not_remind_twice() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 20));
    expect_on(&mut book, EXPECTED);
    book.repay_on("50", Some(date(2025, 2, 3))).expect("it is a day of the loan");
    book.move_to(date(2025, 3, 10));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!(book.findings(), []);
}

/// It is paid out on its day, afterwards, and taken back after the list was set anew.
#[test]
fn a_tranche_that_waits_again_is_reminded_of_once() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 10));
    let back_dated = Disburse { value_date: Some(EXPECTED), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(back_dated)).expect("its day has come");
    book.move_to(date(2025, 2, 12));
    expect_on(&mut book, EXPECTED);
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None })
        .expect("nothing but an edit followed");
    book.move_to(date(2025, 3, 10));
    assert_eq!(reminded(&book), [(EXPECTED, 300_00)]);
    assert_eq!(book.findings(), []);
}

/// As logs of books stand that were kept before the book reminded.
#[test]
fn tranches_that_were_agreed_before_books_reminded_stay_silent() {
    let text = r#"{"key":"KEY","amount":30000,"expected_on":"2025-02-05"}"#;
    let mut book = in_two();
    let key = serde_json::to_value(book.loan().servicing.course.tranches[1].key).expect("a key");
    let text = text.replace("\"KEY\"", &key.to_string());
    let old: Tranche = serde_json::from_str(&text).expect("old logs are read");
    assert_eq!(old.remind_on, None);
    let loan = book.loan.as_mut().expect("a loan");
    let new = std::mem::replace(&mut loan.servicing.course.tranches[1], old);
    assert_eq!(new.remind_on, Some(EXPECTED));
    assert_ne!(next_action_on(book.loan()), Some(EXPECTED));
}
