//! Edits of a schedule as callers send them: whole rows, on any day, and taken back again.

use jiff::civil::date;
use loam_book::loan::charges::fees::to_come;
use loam_book::loan::command::{Disburse, LoanCommand, ReversalKind, Reverse};
use loam_book::loan::refusal::{Refusal, ScheduleRefusal};
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::charges::FeeTrigger;
use loam_book::product::payments::ScheduleEdit;

use crate::schedules::{active, edit, editable, holiday, of, row, rows};
use crate::support::{TestBook, cents, figures, product};

#[test]
fn a_due_date_is_not_edited_into_the_past() {
    let mut book = active();
    book.move_to(date(2012, 7, 20));
    let on = |due_date| vec![StatedRow { due_date: Some(due_date), ..row(1) }];
    let refused = edit(&mut book, on(date(2012, 7, 5)));
    assert!(matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::InvalidDueDate { .. }))), "{refused:?}");
    edit(&mut book, on(date(2012, 7, 20))).expect("it is today");
    assert_eq!(book.findings(), []);
}

#[test]
fn an_edit_that_says_nothing_new_is_none() {
    let mut book = active();
    let version = book.loan().version;
    edit(&mut book, vec![]).expect("nothing is asked");
    let same = StatedRow { due_date: Some(date(2012, 7, 28)), principal: of("190"), ..row(1) };
    edit(&mut book, vec![same]).expect("nothing differs");
    assert_eq!(book.loan().version, version);
    assert!(!book.loan().servicing.course.is_custom);
}

/// What is shown of a row: its fee to come, and of a late dynamic loan what it asks for today.
#[test]
fn rows_as_they_are_shown_can_be_sent_back() {
    let mut dynamic = crate::dynamic::dynamic();
    dynamic.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPaymentDates];
    let mut fixed = product();
    fixed.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPaymentDates];
    for mut kind in [fixed, dynamic] {
        kind.charges.fees = vec![crate::fees::fee(1, FeeTrigger::PaymentDue)];
        let mut book = TestBook::active(kind, date(2012, 6, 28), crate::dynamic::agreed("950", "7", 5));
        book.move_to(date(2012, 9, 10));
        let text = |amount: loam_calc::money::Amount| of(&amount.to_fixed_text(book.loan().terms.currency));
        let shown = book.loan().schedule_on(book.business_date);
        let stated = shown.iter().map(|shown| StatedRow {
            due_date: Some(if shown.number == 5 { date(2012, 12, 5) } else { shown.due_date }),
            principal: text(shown.expected.principal),
            interest: text(shown.expected.interest),
            fees: text(shown.expected.fees + to_come(book.loan(), shown)),
            penalties: text(shown.expected.penalties),
            ..row(shown.number)
        });
        let stated = stated.collect();
        edit(&mut book, stated).expect("only one due date differs");
        assert_eq!(rows(&book)[4].0, date(2012, 12, 5));
        assert_eq!(book.findings(), []);
    }
}

/// The 25th was named with the disbursement; regular due dates count from it.
#[test]
fn a_holiday_adds_a_row_on_the_next_day_that_follows_from_the_first_due_date() {
    let mut book = TestBook::new(editable(), date(2012, 6, 10));
    book.create_with(figures("950")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let first_due_date = Some(date(2012, 7, 25));
    book.command(&LoanCommand::Disburse(Disburse { first_due_date, ..Disburse::default() }))
        .expect("approved");
    edit(&mut book, vec![holiday(2)]).expect("the product allows it");
    assert_eq!(rows(&book).last().map(|row| row.0), Some(date(2012, 12, 25)));
}

/// The row of September 28th is the fourth as long as re-aging stands, and the third without it.
#[test]
fn a_fee_stays_with_its_due_date_when_a_re_aging_before_it_is_taken_back() {
    let mut book = active();
    book.move_to(date(2012, 9, 1));
    let re_age = ReAge { first_due_date: date(2012, 9, 10), installments: 2, period: None, notes: None };
    let spread = book.command(&LoanCommand::ReAge(re_age)).expect("two rows are overdue");
    let number = rows(&book).iter().position(|row| row.0 == date(2012, 9, 28)).expect("it stands") + 1;
    book.charge("5", u32::try_from(number).expect("few")).expect("fees are allowed");
    book.command(&LoanCommand::Reverse(Reverse {
        kind: ReversalKind::PaymentReschedule,
        original: spread.iter().find(|t| t.kind == TransactionKind::PaymentReschedule).expect("it").id,
        account_no: None,
        notes: None,
    }))
    .expect("the actor may correct in bulk");
    let fees: Vec<_> = book.loan().servicing.installments.iter().map(|row| row.expected.fees).collect();
    assert_eq!(fees[2], cents(5_00), "{fees:?}");
    assert_eq!(book.findings(), []);
}
