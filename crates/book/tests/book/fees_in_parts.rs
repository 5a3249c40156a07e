//! Fees of disbursements of loans that are paid out in parts.

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand, StatedFee};
use loam_book::loan::refusal::{ChargeRefusal, Refusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::product::charges::{FeeCalculation, FeeTrigger, ProductFee};
use loam_book::product::{Product, ProductType};
use loam_book::stated::StatedAmount;
use loam_calc::rate::Rate;

use crate::auditor::Auditor;
use crate::dynamic::{agreed, dynamic};
use crate::fees::fee;
use crate::revolving::{credit, flat};
use crate::support::{TestBook, cents};

const START: Date = date(2024, 1, 1);

/// Two percent of the loan amount.
fn share(number: u64, trigger: FeeTrigger) -> ProductFee {
    let percentage = Some(Rate::parse_percent("2").expect("a rate"));
    let calculation = FeeCalculation::LoanAmountPercentage;
    ProductFee { calculation, amount: None, percentage, ..fee(number, trigger) }
}

fn optional(fee: ProductFee) -> ProductFee {
    ProductFee { is_required: false, ..fee }
}

/// A loan of 1000.00 at 12 % in five months, approved, that is paid out in parts.
fn approved(fees: &[ProductFee]) -> TestBook {
    let mut kind: Product = dynamic();
    kind.payment_rules.disburses_in_parts = true;
    kind.charges.fees = fees.to_vec();
    assert_eq!(kind.contradiction(), None);
    let mut book = TestBook::new(kind, START);
    book.create_with(agreed("1000", "12", 5)).expect("it is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book
}

fn pay_out(
    book: &mut TestBook,
    amount: &str,
    fees: Option<&[&ProductFee]>,
) -> Result<Vec<LoanTransaction>, Refusal> {
    let named = |fees: &[&ProductFee]| {
        fees.iter().map(|fee| StatedFee { fee: fee.key, amount: None }).collect::<Vec<_>>()
    };
    let amount = Some(StatedAmount(amount.into()));
    book.command(&LoanCommand::Disburse(Disburse { amount, fees: fees.map(named), ..Disburse::default() }))
}

fn paid_out_with(served: &[LoanTransaction]) -> Vec<i64> {
    let disbursed = served.iter().find(|t| t.kind == TransactionKind::Disbursement);
    disbursed.expect("a part").charges.fees.iter().map(|fee| fee.amount.minor()).collect()
}

fn refused(outcome: Result<Vec<LoanTransaction>, Refusal>) -> ChargeRefusal {
    match outcome {
        Err(Refusal::Charge(refusal)) => refusal,
        other => panic!("{other:?} is no refusal of a fee"),
    }
}

#[test]
fn what_is_required_comes_with_the_first_part_only() {
    let flat = fee(1, FeeTrigger::Disbursement);
    let mut book = approved(std::slice::from_ref(&flat));
    assert_eq!(
        refused(pay_out(&mut book, "600", Some(&[]))),
        ChargeRefusal::RequiredFeeMissing { name: flat.name.clone() }
    );
    assert_eq!(paid_out_with(&pay_out(&mut book, "600", None).expect("the first part")), [10_00]);
    assert_eq!(paid_out_with(&pay_out(&mut book, "100", None).expect("a part")), [] as [i64; 0]);
    let named = pay_out(&mut book, "100", Some(&[&flat])).expect("a fee can be named with any part");
    assert_eq!(paid_out_with(&named), [10_00]);
    assert_eq!(book.outstanding().principal, cents(800_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_share_of_the_loan_amount_counts_it_once() {
    let added = optional(share(1, FeeTrigger::CapitalizedDisbursement));
    let mut book = approved(std::slice::from_ref(&added));
    pay_out(&mut book, "400", None).expect("the first part, without an optional fee");
    let named = pay_out(&mut book, "100", Some(&[&added])).expect("a part");
    assert_eq!(paid_out_with(&named), [20_00], "of the loan amount, not of the part");
    assert_eq!(book.outstanding().principal, cents(520_00));
    let again = refused(pay_out(&mut book, "100", Some(&[&added])));
    assert!(matches!(again, ChargeRefusal::FeeNotAllowed { .. }), "{again:?}");
    // What was added to the principal leaves as much of the loan amount as before.
    pay_out(&mut book, "500", None).expect("the rest");
    assert_eq!(book.outstanding().principal, cents(1_020_00));
    assert!(pay_out(&mut book, "0.01", None).is_err());
    assert_eq!(book.findings(), []);
    // Once the part that it came with is taken back, it may come with another one.
    for _ in 0..2 {
        book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    }
    let named = pay_out(&mut book, "100", Some(&[&added])).expect("it is not charged any more");
    assert_eq!(paid_out_with(&named), [20_00]);
    assert_eq!(book.findings(), []);
}

#[test]
fn less_is_kept_of_a_part_than_is_paid_out() {
    let flat = fee(1, FeeTrigger::Disbursement);
    let mut book = approved(std::slice::from_ref(&flat));
    for amount in ["9", "10"] {
        let outcome = refused(pay_out(&mut book, amount, None));
        assert!(matches!(outcome, ChargeRefusal::DisbursementFeesExceedAmount { .. }), "{outcome:?}");
    }
    pay_out(&mut book, "10.01", None).expect("a cent is left");
    let outcome = refused(pay_out(&mut book, "10", Some(&[&flat])));
    assert!(matches!(outcome, ChargeRefusal::DisbursementFeesExceedAmount { .. }), "{outcome:?}");
    assert_eq!(Auditor::read_fast(&book.transfers).fee_income(), cents(10_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn an_upfront_fee_of_a_later_part_is_due_with_the_next_installment() {
    let upfront = optional(fee(1, FeeTrigger::UpfrontDisbursement));
    let mut book = approved(std::slice::from_ref(&upfront));
    pay_out(&mut book, "500", None).expect("the first part");
    book.move_to(date(2024, 2, 10));
    pay_out(&mut book, "300", Some(&[&upfront])).expect("a part");
    let fees = |book: &TestBook| -> Vec<i64> {
        book.loan().servicing.installments.iter().map(|row| row.expected.fees.minor()).collect()
    };
    assert_eq!(fees(&book), [0, 10_00, 0, 0, 0]);
    let charged = book.transactions.last().expect("it was charged").id;
    let kind = loam_book::loan::command::ReversalKind::Fee;
    let alone = book.command(&LoanCommand::Reverse(loam_book::loan::command::Reverse {
        kind,
        original: charged,
        account_no: None,
        notes: None,
    }));
    assert_eq!(refused(alone), ChargeRefusal::MadeByDisbursement { transaction_id: charged });
    // An earlier payment comes in: the part is posted again, and its fee with it.
    book.repay_on("50", Some(date(2024, 2, 1))).expect("an administrator may");
    assert_eq!(fees(&book), [0, 10_00, 0, 0, 0]);
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert_eq!(fees(&book), [0; 5]);
    assert_eq!(book.findings(), []);
}

#[test]
fn tranches_have_fees_as_parts_have() {
    let kept = fee(1, FeeTrigger::Disbursement);
    let mut kind = dynamic();
    kind.product_type = ProductType::TranchedLoan;
    kind.max_tranches = Some(2);
    kind.charges.fees = vec![kept.clone()];
    assert_eq!(kind.contradiction(), None);
    let tranche = |amount: &str| loam_book::loan::command::TrancheFigure {
        key: None,
        amount: StatedAmount(amount.into()),
        expected_on: None,
    };
    let figures = loam_book::loan::command::LoanFigures {
        tranches: Some(vec![tranche("600"), tranche("400")]),
        ..agreed("1000", "12", 5)
    };
    let mut book = TestBook::active(kind, START, figures);
    assert_eq!(paid_out_with(&book.transactions), [10_00]);
    let second = pay_out(&mut book, "400", Some(&[&kept])).expect("the second tranche");
    assert_eq!(paid_out_with(&second), [10_00]);
    assert_eq!(book.outstanding().principal, cents(1_000_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_credit_that_is_drawn_again_and_again_has_none() {
    let mut kind = credit(flat());
    kind.charges.fees = vec![fee(1, FeeTrigger::Disbursement)];
    assert_eq!(kind.contradiction(), Some("loanFees"));
}
