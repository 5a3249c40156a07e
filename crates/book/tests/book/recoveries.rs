//! Money that comes in on loans that were written off.

use jiff::civil::date;
use loam_book::journal::GlAccount;
use loam_book::loan::command::{LoanCommand, Repay, ReversalKind, Reverse};
use loam_book::loan::refusal::{Refusal, WriteOffRefusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::TransactionDetails;
use loam_book::product::Product;
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;

use crate::support::{TestBook, cents, product, sample_loan};

fn recover(
    book: &mut TestBook,
    amount: &str,
    day: Option<jiff::civil::Date>,
) -> Result<Vec<LoanTransaction>, Refusal> {
    let amount = StatedAmount(amount.into());
    book.command(&LoanCommand::Recover(Repay {
        amount,
        custom: Vec::new(),
        value_date: day,
        details: TransactionDetails::default(),
    }))
}

fn earned(book: &TestBook) -> Amount {
    let credits = book.transfers.iter().filter(|t| t.credit == GlAccount::RecoveryIncome);
    let debits = book.transfers.iter().filter(|t| t.debit == GlAccount::RecoveryIncome);
    credits.map(|t| t.amount).sum::<Amount>() - debits.map(|t| t.amount).sum::<Amount>()
}

/// 950.00 of principal and 51.74 of interest are lost on the first of September.
fn written_off() -> TestBook {
    let mut book = sample_loan();
    book.move_to(date(2012, 9, 1));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    assert_eq!(book.loan().servicing.lost().total(), cents(1_001_74));
    book
}

#[test]
fn what_comes_in_after_a_write_off_is_income_and_repays_nothing() {
    let mut book = written_off();
    book.move_to(date(2012, 10, 1));
    let served = recover(&mut book, "400", None).expect("it was lost");
    assert_eq!((served[0].kind, served[0].amount), (TransactionKind::Recovery, cents(400_00)));
    assert_eq!(book.loan().servicing.course.recovered, cents(400_00));
    assert!(book.outstanding().is_zero());
    assert_eq!(earned(&book), cents(400_00));
    assert_eq!(book.findings(), []);
    let refused = recover(&mut book, "601.75", None);
    let (amount, outstanding) = ("601.75".into(), "601.74".into());
    assert_eq!(refused, Err(Refusal::ExcessRepayment { amount, outstanding }));
    recover(&mut book, "601.74", Some(date(2012, 9, 15))).expect("back-dated, and all that was lost");
    assert_eq!(earned(&book), cents(1_001_74));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_recovery_is_taken_back_and_stands_in_the_way_of_taking_the_write_off_back() {
    let mut book = written_off();
    let original = recover(&mut book, "400", None).expect("it was lost")[0].id;
    let undone = book.command(&LoanCommand::UndoWriteOff { named: None, notes: None });
    assert!(matches!(undone, Err(Refusal::WrongState { command: "recover", .. })), "{undone:?}");
    let kind = ReversalKind::Recovery;
    let reverse = Reverse { kind, original, account_no: None, notes: None };
    let served = book.command(&LoanCommand::Reverse(reverse)).expect("nothing followed");
    assert_eq!(served[0].kind, TransactionKind::RecoveryReversal);
    assert_eq!((earned(&book), book.loan().servicing.course.recovered), (Amount::ZERO, Amount::ZERO));
    book.command(&LoanCommand::UndoWriteOff { named: None, notes: None })
        .expect("nothing stands in the way now");
    assert_eq!(book.findings(), []);
}

#[test]
fn only_a_loan_that_was_written_off_recovers_and_not_before() {
    let mut book = sample_loan();
    assert!(matches!(recover(&mut book, "1", None), Err(Refusal::WrongState { .. })));
    let mut book = written_off();
    let refused = recover(&mut book, "1", Some(date(2012, 8, 31)));
    let (value_date, written_off_on) = (date(2012, 8, 31), date(2012, 9, 1));
    let before = WriteOffRefusal::BeforeWriteOff { value_date, written_off_on };
    assert_eq!(refused, Err(Refusal::WriteOff(before)));
}

#[test]
fn a_product_may_ask_for_days_in_arrears_before_a_write_off() {
    let mut patient: Product = product();
    patient.controls.write_off_after_days = Some(30);
    let mut book = TestBook::active_loan(patient, "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 26));
    let refused = book.command(&LoanCommand::WriteOff { notes: None });
    let short = WriteOffRefusal::ArrearsTooShort { days: 29, least: 30 };
    assert_eq!(refused, Err(Refusal::WriteOff(short)));
    book.move_to(date(2012, 8, 27));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is 30 days in arrears");
}
