//! What is agreed before its time, and what is paid beyond it.

use jiff::civil::{Date, date};
use loam_book::loan::command::{LoanCommand, PauseInterest, Redraw};
use loam_book::loan::refusal::Refusal;
use loam_book::organization::TransactionDetails;
use loam_book::product::Product;
use loam_book::product::payments::FuturePayments;
use loam_book::stated::StatedAmount;

use crate::dynamic::{agreed, dynamic};
use crate::support::{TestBook, product};

/// 100.00 at 7 % in six months, seen on 10 January.
fn hundred() -> TestBook {
    let mut book = TestBook::active(dynamic(), date(2024, 1, 1), agreed("100", "7", 6));
    book.move_to(date(2024, 1, 10));
    book
}

fn pause(book: &mut TestBook, from: Date, until: Date) -> Result<(), Refusal> {
    let pause = PauseInterest { from: Some(from), until, notes: None };
    book.command(&LoanCommand::PauseInterest(pause)).map(|_| ())
}

fn interest(book: &TestBook) -> Vec<i64> {
    let rows = book.loan().schedule_on(book.business_date);
    rows.iter().map(|row| row.expected.interest.minor()).collect()
}

#[test]
fn a_pause_agreed_ahead_takes_its_days_out_of_the_rows_to_come() {
    let mut book = hundred();
    pause(&mut book, date(2024, 2, 1), date(2024, 3, 1)).expect("it lies ahead");
    // The whole second row is free of interest; its principal takes its place.
    assert_eq!(interest(&book)[..3], [58, 0, 39]);
    assert_eq!(book.loan().servicing.latest_value_date, Some(date(2024, 1, 10)));
    book.move_to(date(2024, 3, 1));
    assert_eq!(book.loan().servicing.installments[1].expected.interest.minor(), 0);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_payment_before_an_agreed_pause_is_no_back_dated_one() {
    let mut book = hundred();
    pause(&mut book, date(2024, 2, 1), date(2024, 3, 1)).expect("it lies ahead");
    let entries = book.entries.len();
    book.repay("5").expect("prepayments are accepted");
    assert!(book.entries[entries..].iter().all(|entry| entry.step.event.name() != "refolded"));
    assert_eq!(interest(&book)[1], 0);
}

#[test]
fn a_pause_agreed_ahead_stays_when_an_earlier_payment_comes_late() {
    let mut book = hundred();
    pause(&mut book, date(2024, 2, 1), date(2024, 3, 1)).expect("it lies ahead");
    book.repay_on("5", Some(date(2024, 1, 5))).expect("it takes its place");
    assert_eq!(interest(&book)[1], 0);
    assert_eq!(book.findings(), []);
}

#[test]
fn two_pauses_never_share_a_day() {
    let mut book = hundred();
    pause(&mut book, date(2024, 2, 1), date(2024, 3, 1)).expect("it lies ahead");
    assert!(pause(&mut book, date(2024, 2, 20), date(2024, 3, 10)).is_err());
    pause(&mut book, date(2024, 3, 1), date(2024, 3, 10)).expect("it begins when the other one ends");
}

/// 950.00 in five months, flat, from a product that keeps what is paid too much.
fn keeps_overpayments() -> Product {
    let mut kind = product();
    kind.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
    kind.payment_rules.allows_redraw = true;
    kind
}

#[test]
fn a_fixed_loan_keeps_what_is_paid_too_much_and_closes_when_it_is_paid_back() {
    let mut book = TestBook::active_loan(keeps_overpayments(), "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 1));
    let owed = book.loan().payoff_on(book.business_date).total();
    let text = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    book.repay(&text(owed.minor() + 12_34)).expect("the excess is kept");
    assert_eq!(book.loan().servicing.course.overpaid.minor(), 12_34);
    assert!(book.loan().state().is_active());
    let redraw = |amount: &str| {
        let (amount, details) = (StatedAmount(amount.into()), TransactionDetails::default());
        LoanCommand::Redraw(Redraw { amount, value_date: None, details })
    };
    assert!(book.command(&redraw("12.35")).is_err());
    book.command(&redraw("12.34")).expect("it was paid too much");
    assert!(!book.loan().state().is_active());
    assert_eq!(book.findings(), []);
}

#[test]
fn without_prepayments_a_fixed_loan_keeps_no_overpayment_either() {
    let mut kind = keeps_overpayments();
    kind.prepayment = loam_book::product::PrepaymentAcceptance::NoPrepayments;
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    assert!(matches!(book.repay("2000"), Err(Refusal::PrepaymentNotAllowed { .. })));
}
