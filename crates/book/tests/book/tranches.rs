//! Loans that are paid out in parts.

use jiff::civil::{Date, date};
use loam_book::loan::LoanState;
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures, TrancheFigure};
use loam_book::loan::course::Tranche;
use loam_book::loan::refusal::{Refusal, TrancheRefusal};
use loam_book::loan::transaction::LoanTransaction;
use loam_book::product::payments::{PaymentRules, PrepaymentRecalculation};
use loam_book::product::{Product, ProductType};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;

use crate::dynamic::{agreed, dynamic, rows};
use crate::support::{TestBook, product};

pub(crate) fn tranched() -> Product {
    let mut kind = dynamic();
    kind.product_type = ProductType::TranchedLoan;
    kind.max_tranches = Some(3);
    kind
}

fn tranche(amount: &str, expected_on: Option<Date>) -> TrancheFigure {
    TrancheFigure { key: None, amount: StatedAmount(amount.into()), expected_on }
}

/// 1000.00 at 7 % in six months, in 700.00 on the first day and 300.00 from February 5th on.
pub(crate) fn agreed_in_two() -> LoanFigures {
    let tranches = vec![tranche("700", Some(date(2025, 1, 1))), tranche("300", Some(date(2025, 2, 5)))];
    LoanFigures { tranches: Some(tranches), ..agreed("1000", "7", 6) }
}

fn pay_out(book: &mut TestBook, amount: Option<&str>) -> Result<Vec<LoanTransaction>, Refusal> {
    let amount = amount.map(|amount| StatedAmount(amount.into()));
    book.command(&LoanCommand::Disburse(Disburse { amount, ..Disburse::default() }))
}

fn edit(book: &mut TestBook, tranches: Vec<TrancheFigure>) -> Result<Vec<LoanTransaction>, Refusal> {
    let figures = LoanFigures { tranches: Some(tranches), ..LoanFigures::default() };
    book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
}

fn refused(answer: Result<Vec<LoanTransaction>, Refusal>) -> TrancheRefusal {
    match answer {
        Err(Refusal::Tranches(refusal)) => refusal,
        other => panic!("tranches are refused, not {other:?}"),
    }
}

fn in_two() -> TestBook {
    TestBook::active(tranched(), date(2025, 1, 1), agreed_in_two())
}

#[test]
fn each_tranche_spreads_what_is_outstanding_over_the_installments_left() {
    let mut book = in_two();
    let first =
        [(114_98, 4_08), (115_65, 3_41), (11_632, 2_74), (117_00, 2_06), (117_68, 1_38), (118_37, 69)];
    assert_eq!(rows(&book), first);
    book.move_to(date(2025, 2, 1));
    book.repay("119.06").expect("it is due");
    book.move_to(date(2025, 2, 5));
    pay_out(&mut book, None).expect("it is its day");
    let totals: Vec<i64> = rows(&book)[1..].iter().map(|row| row.0 + row.1).collect();
    assert_eq!(totals[..4], [totals[0]; 4]);
    assert_eq!(rows(&book).iter().map(|row| row.0).sum::<i64>(), 1_000_00);
    assert_eq!(book.findings(), []);
    assert_eq!(refused(pay_out(&mut book, None)), TrancheRefusal::AllDisbursed);
}

/// 100.00 on the first day and 100.00 on February 10th, without interest on what is late.
#[test]
fn a_product_may_pay_out_freely_up_to_the_amount() {
    let mut kind = dynamic();
    kind.interest_rules.accrues_late_interest = false;
    kind.payment_rules.disburses_in_parts = true;
    kind.payment_rules.evens_installments = true;
    let mut book = TestBook::new(kind, date(2024, 1, 1));
    book.create_with(agreed("200", "7", 6)).expect("it is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    pay_out(&mut book, Some("100")).expect("it is less than the amount");
    book.move_to(date(2024, 2, 10));
    pay_out(&mut book, Some("100")).expect("it is what is left");
    let expected = [(16_43, 58), (36_43, 89), (36_46, 86), (36_67, 65), (36_89, 43), (37_12, 22)];
    assert_eq!(rows(&book), expected);
    assert_eq!(refused(pay_out(&mut book, Some("1"))), TrancheRefusal::AllDisbursed);
    assert_eq!(book.findings(), []);
}

#[test]
fn the_last_part_can_be_taken_back_and_then_the_first() {
    let mut book = in_two();
    let before = book.loan().servicing.clone();
    book.move_to(date(2025, 2, 5));
    let between = book.loan().servicing.clone();
    pay_out(&mut book, None).expect("it is its day");
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert_eq!(book.loan().servicing, between);
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert!(matches!(book.loan().state(), LoanState::Approved { .. }));
    assert!(before.state.is_active());
    assert_eq!(book.findings(), []);
}

#[test]
fn a_payment_dated_before_a_tranche_comes_out_as_if_it_had_come_in_order() {
    let (mut late, mut in_order) = (in_two(), in_two());
    in_order.move_to(date(2025, 1, 20));
    in_order.repay("50").expect("prepayments are accepted");
    for book in [&mut in_order, &mut late] {
        book.move_to(date(2025, 2, 7));
        pay_out(book, None).expect("its day has come");
        book.move_to(date(2025, 3, 9));
    }
    late.repay_on("50", Some(date(2025, 1, 20))).expect("it takes its place");
    let (mut found, mut expected) = (late.loan().servicing.clone(), in_order.loan().servicing.clone());
    // The tranche is served anew, under another number.
    for servicing in [&mut found, &mut expected] {
        servicing.course.tranches.iter_mut().for_each(|tranche| tranche.disbursement = None);
    }
    assert_eq!(found, expected);
    assert_eq!(late.findings(), []);
}

#[test]
fn a_tranche_is_not_paid_out_before_its_day_nor_with_another_amount() {
    let mut book = in_two();
    book.move_to(date(2025, 2, 4));
    assert!(matches!(refused(pay_out(&mut book, None)), TrancheRefusal::BeforeExpected { .. }));
    book.move_to(date(2025, 2, 5));
    assert!(matches!(pay_out(&mut book, Some("299")), Err(Refusal::InvalidAmount { .. })));
    book.move_to(date(2025, 7, 1));
    assert!(matches!(refused(pay_out(&mut book, None)), TrancheRefusal::AfterLastDueDate { .. }));
}

#[test]
fn a_loan_with_tranches_left_is_not_closed_by_its_last_payment() {
    let mut book = in_two();
    book.move_to(date(2025, 1, 10));
    let payoff = book.loan().payoff_on(book.business_date).total();
    book.repay(&payoff.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert!(book.loan().state().is_active());
    book.move_to(date(2025, 2, 5));
    pay_out(&mut book, None).expect("it is its day");
    assert_eq!(book.outstanding().principal.minor(), 300_00);
    assert_eq!(rows(&book).iter().map(|row| row.0).sum::<i64>(), 1_000_00);
    assert_eq!(book.findings(), []);
}

#[test]
fn tranches_are_checked_when_they_are_agreed() {
    let create = |kind: Product, tranches: Vec<TrancheFigure>| {
        let figures = LoanFigures { tranches: Some(tranches), ..agreed("1000", "7", 6) };
        refused(TestBook::new(kind, date(2025, 1, 1)).create_with(figures))
    };
    let (early, late) = (Some(date(2025, 1, 1)), Some(date(2025, 3, 1)));
    assert_eq!(create(dynamic(), vec![tranche("1000", early)]), TrancheRefusal::NotAllowed);
    let disordered = create(tranched(), vec![tranche("500", late), tranche("500", early)]);
    assert!(matches!(disordered, TrancheRefusal::NotOrdered { .. }));
    let four = vec![tranche("250", None); 4];
    assert_eq!(create(tranched(), four), TrancheRefusal::TooMany { count: 4, max: 3 });
    assert!(matches!(
        create(tranched(), vec![tranche("600", None), tranche("500", None)]),
        TrancheRefusal::MoreThanLoanAmount { .. }
    ));
    assert!(matches!(create(tranched(), vec![tranche("0", None)]), TrancheRefusal::AmountNotPositive { .. }));
}

#[test]
fn only_tranches_of_the_loan_amount_are_approved() {
    let mut book = TestBook::new(tranched(), date(2025, 1, 1));
    book.create_with(agreed("1000", "7", 6)).expect("it is within the product");
    let approve = LoanCommand::Approve { notes: None };
    assert_eq!(refused(book.command(&approve)), TrancheRefusal::NotDefined);
    edit(&mut book, vec![tranche("400", None)]).expect("it is less than the amount");
    assert!(matches!(refused(book.command(&approve)), TrancheRefusal::NotLoanAmount { .. }));
    edit(&mut book, vec![tranche("400", None), tranche("600", None)]).expect("it is the amount");
    book.command(&approve).expect("it is the amount");
}

#[test]
fn a_tranche_that_was_paid_out_does_not_change_and_the_others_do() {
    let mut book = in_two();
    let tranches = book.loan().servicing.course.tranches.clone();
    let known = |index: usize, amount: &str, expected_on: Option<Date>| TrancheFigure {
        key: Some(tranches[index].key),
        ..tranche(amount, expected_on)
    };
    let changed = edit(&mut book, vec![known(0, "600", tranches[0].expected_on), known(1, "400", None)]);
    assert!(matches!(refused(changed), TrancheRefusal::Disbursed { .. }));
    let unknown = TrancheFigure { key: Some(book.loan().key), ..tranche("300", None) };
    let answer = edit(&mut book, vec![known(0, "700", tranches[0].expected_on), unknown]);
    assert!(matches!(refused(answer), TrancheRefusal::Unknown { .. }));
    let split = vec![
        known(0, "700", tranches[0].expected_on),
        known(1, "100", Some(date(2025, 2, 5))),
        tranche("200", Some(date(2025, 3, 5))),
    ];
    edit(&mut book, split).expect("the sum stays the same");
    assert_eq!(book.loan().servicing.course.tranches.len(), 3);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_tranche_stands_in_a_list_once() {
    let mut book = TestBook::new(tranched(), date(2025, 1, 1));
    book.create_with(agreed_in_two()).expect("it is within the product");
    let key = Some(book.loan().servicing.course.tranches[0].key);
    let twice = TrancheFigure { key, ..tranche("500", None) };
    let answer = edit(&mut book, vec![twice.clone(), twice]);
    assert!(matches!(refused(answer), TrancheRefusal::NamedTwice { .. }));
}

/// The second tranche is paid out with a date before that of the day on which the list was set again.
#[test]
fn a_list_of_tranches_does_not_take_back_what_was_paid_out_before_it() {
    let mut book = in_two();
    let known: Vec<TrancheFigure> = book.loan().servicing.course.tranches.iter().map(known).collect();
    book.move_to(date(2025, 2, 1));
    book.repay("119.06").expect("it is due");
    book.move_to(date(2025, 2, 20));
    let later = TrancheFigure { expected_on: Some(date(2025, 2, 6)), ..known[1].clone() };
    edit(&mut book, vec![known[0].clone(), later]).expect("the second is not paid out");
    book.move_to(date(2025, 2, 21));
    let value_date = Some(date(2025, 2, 10));
    let back_dated = Disburse { value_date, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(back_dated)).expect("its day has come");
    assert!(book.loan().servicing.course.tranches.iter().all(|tranche| tranche.disbursement.is_some()));
    assert_eq!(refused(pay_out(&mut book, None)), TrancheRefusal::AllDisbursed);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_disbursement_taken_back_after_its_tranches_were_edited_can_be_made_again() {
    let mut book = in_two();
    let known: Vec<TrancheFigure> = book.loan().servicing.course.tranches.iter().map(known).collect();
    book.move_to(date(2025, 1, 2));
    let later = TrancheFigure { expected_on: Some(date(2025, 3, 5)), ..known[1].clone() };
    edit(&mut book, vec![known[0].clone(), later]).expect("the second is not paid out");
    book.move_to(date(2025, 1, 3));
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None })
        .expect("nothing but an edit followed");
    assert!(book.loan().servicing.course.tranches.iter().all(|tranche| tranche.disbursement.is_none()));
    pay_out(&mut book, None).expect("it is the first again");
    assert_eq!(book.outstanding().principal.minor(), 700_00);
    assert_eq!(book.findings(), []);
}

fn known(tranche: &Tranche) -> TrancheFigure {
    let amount = StatedAmount(tranche.amount.to_fixed_text(Currency::USD));
    TrancheFigure { key: Some(tranche.key), amount, expected_on: tranche.expected_on }
}

/// Interest follows the balance of both; neither is paid out in parts.
#[test]
fn a_loan_that_is_paid_out_at_once_is_paid_out_once() {
    let free = Product {
        product_type: ProductType::InterestFreeLoan,
        payment_rules: PaymentRules {
            prepayment_recalculation: PrepaymentRecalculation::ReduceAmountPerInstallment,
            ..PaymentRules::default()
        },
        ..product()
    };
    for kind in [dynamic(), free] {
        let rate = if kind.product_type == ProductType::InterestFreeLoan { "0" } else { "7" };
        let mut book = TestBook::active(kind, date(2025, 1, 1), agreed("1000", rate, 6));
        assert!(matches!(pay_out(&mut book, None), Err(Refusal::WrongState { .. })));
        assert_eq!(book.outstanding().principal.minor(), 1_000_00);
    }
}
