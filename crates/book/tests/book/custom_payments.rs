//! Repayments that say themselves what they pay: what they may name, where it goes, and what
//! becomes of it when earlier days change.

use jiff::civil::{Date, date};
use loam_book::loan::Installment;
use loam_book::loan::command::{ChargeFee, LoanCommand, Repay, StatedFee};
use loam_book::loan::custom_payment::{FeeKind, PaidKind, StatedPart};
use loam_book::loan::refusal::{CustomPaymentRefusal, Refusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeTrigger, ProductFee, TaxMethod, TaxRules};
use loam_book::product::payments::InterestOnPrepayment;
use loam_book::product::{PrepaymentAcceptance, Product};
use loam_book::stated::StatedAmount;
use loam_calc::allocation::Components;
use loam_calc::rate::Rate;

use crate::dynamic::{agreed, dynamic};
use crate::fees::fee;
use crate::support::{TestBook, cents, figures, product};

const START: Date = date(2012, 6, 28);
const FIRST_DUE: Date = date(2012, 7, 28);
const MANUAL: PaidKind = PaidKind::Fee(FeeKind::Manual);
const LATE: PaidKind = PaidKind::Fee(FeeKind::LateRepayment);
const DUE: PaidKind = PaidKind::Fee(FeeKind::PaymentDue);
const UPFRONT: PaidKind = PaidKind::Fee(FeeKind::UpfrontDisbursement);

fn custom(mut kind: Product) -> Product {
    kind.payment_rules.allows_custom_allocation = true;
    assert_eq!(kind.contradiction(), None);
    kind
}

fn pay_on(
    book: &mut TestBook,
    amount: &str,
    parts: &[(PaidKind, &str)],
    value_date: Option<Date>,
) -> Result<Vec<LoanTransaction>, Refusal> {
    let stated = |(kind, amount): &(PaidKind, &str)| StatedPart {
        kind: *kind,
        amount: StatedAmount((*amount).into()),
    };
    book.command(&LoanCommand::Repay(Repay {
        amount: StatedAmount(amount.into()),
        custom: parts.iter().map(stated).collect(),
        value_date,
        details: TransactionDetails::default(),
    }))
}

fn pay(
    book: &mut TestBook,
    amount: &str,
    parts: &[(PaidKind, &str)],
) -> Result<Vec<LoanTransaction>, Refusal> {
    pay_on(book, amount, parts, None)
}

fn row(book: &TestBook, number: usize) -> &Installment {
    &book.loan().servicing.installments[number - 1]
}

fn refused(outcome: Result<Vec<LoanTransaction>, Refusal>) -> CustomPaymentRefusal {
    match outcome {
        Err(Refusal::CustomPayment(refusal)) => refusal,
        other => panic!("{other:?} is no refusal of an allocation"),
    }
}

/// The parts of the repayment that counts, as they are served.
fn served(book: &TestBook) -> Vec<(PaidKind, i64)> {
    let mut repayments = book.transactions.iter().filter(|t| t.kind == TransactionKind::Repayment);
    let last = repayments.rfind(|t| t.reversed_by.is_none() && !t.charges.custom.is_empty());
    let parts = last.expect("a repayment says what it pays").charges.custom.iter();
    parts.map(|part| (part.kind, part.amount.minor())).collect()
}

fn fixed() -> TestBook {
    TestBook::active(custom(product()), START, figures("950"))
}

#[test]
fn a_repayment_pays_what_it_says() {
    let mut book = fixed();
    book.move_to(FIRST_DUE);
    let parts = [(PaidKind::Principal, "200"), (PaidKind::Interest, "5.45")];
    pay(&mut book, "205.45", &parts).expect("both are owed");
    assert_eq!(
        row(&book, 1).paid,
        Components { principal: cents(190_00), interest: cents(5_45), ..Components::ZERO }
    );
    assert_eq!(row(&book, 2).paid, Components { principal: cents(10_00), ..Components::ZERO });
    // Nothing was paid of the second installment's interest, so it is not applied either.
    assert_eq!(row(&book, 2).interest_applied, cents(0));
    assert_eq!(served(&book), [(PaidKind::Principal, 200_00), (PaidKind::Interest, 5_45)]);
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn only_products_that_allow_it_let_a_repayment_say_what_it_pays() {
    let mut book = TestBook::active(product(), START, figures("950"));
    let outcome = pay(&mut book, "10", &[(PaidKind::Principal, "10")]);
    assert_eq!(refused(outcome), CustomPaymentRefusal::NotAllowed);
}

#[test]
fn parts_are_named_once_and_add_up() {
    let mut book = fixed();
    let twice = [(PaidKind::Principal, "5"), (PaidKind::Principal, "5")];
    let outcome = pay(&mut book, "10", &twice);
    assert_eq!(refused(outcome), CustomPaymentRefusal::NamedTwice { kind: PaidKind::Principal });
    let (sum, amount) = ("5.00".to_owned(), "10.00".to_owned());
    let outcome = pay(&mut book, "10", &[(PaidKind::Principal, "5")]);
    assert_eq!(refused(outcome), CustomPaymentRefusal::OtherSum { sum, amount });
    for nothing in ["0", "-1", "0.001"] {
        let outcome = pay(&mut book, "10", &[(PaidKind::Principal, "10"), (PaidKind::Interest, nothing)]);
        assert!(matches!(outcome, Err(Refusal::InvalidAmount { .. })), "{nothing}: {outcome:?}");
    }
}

#[test]
fn nobody_pays_more_of_a_kind_than_is_owed_of_it() {
    let mut book = fixed();
    let outcome = pay(&mut book, "1", &[(PaidKind::Penalty, "1")]);
    let (kind, amount, owed) = (PaidKind::Penalty, "1.00".to_owned(), "0.00".to_owned());
    assert_eq!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { kind, amount, owed });
    let outcome = pay(&mut book, "950.01", &[(PaidKind::Principal, "950.01")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    pay(&mut book, "950", &[(PaidKind::Principal, "950")]).expect("all principal");
    assert!(book.loan().state().is_active(), "the interest is owed still");
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn without_prepayments_only_what_is_due_can_be_named() {
    let mut book = TestBook::active(
        custom(Product { prepayment: PrepaymentAcceptance::NoPrepayments, ..product() }),
        START,
        figures("950"),
    );
    book.move_to(FIRST_DUE);
    let outcome = pay(&mut book, "190.01", &[(PaidKind::Principal, "190.01")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    pay(&mut book, "190", &[(PaidKind::Principal, "190")]).expect("it is due");
    assert_eq!(row(&book, 1).unpaid().principal, cents(0));
}

fn with_fees(triggers: &[FeeTrigger]) -> (TestBook, Vec<ProductFee>) {
    let fees: Vec<ProductFee> = (1..).zip(triggers).map(|(number, trigger)| fee(number, *trigger)).collect();
    let mut kind = product();
    kind.charges.fees.clone_from(&fees);
    (TestBook::active(custom(kind), START, figures("950")), fees)
}

fn charge(book: &mut TestBook, fee: &ProductFee, installment: u32) {
    let fees = Some(vec![StatedFee { fee: fee.key, amount: None }]);
    let (installment, details) = (Some(installment), TransactionDetails::default());
    let charge = ChargeFee { amount: None, fees, value_date: None, installment, details };
    book.command(&LoanCommand::ChargeFee(charge)).expect("a manual fee");
}

#[test]
fn each_kind_of_fee_is_paid_where_it_was_charged() {
    let (mut book, fees) =
        with_fees(&[FeeTrigger::Manual, FeeTrigger::LateRepayment, FeeTrigger::UpfrontDisbursement]);
    charge(&mut book, &fees[0], 2);
    book.move_to(date(2012, 7, 29));
    // The first installment carries the upfront fee and the late one.
    assert_eq!(row(&book, 1).expected.fees, cents(20_00));
    pay(&mut book, "14", &[(MANUAL, "10"), (LATE, "4")]).expect("both are owed");
    assert_eq!((row(&book, 1).paid.fees, row(&book, 2).paid.fees), (cents(4_00), cents(10_00)));
    let outcome = pay(&mut book, "6.01", &[(LATE, "6.01")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    let outcome = pay(&mut book, "1", &[(MANUAL, "1")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    // A repayment in the usual order pays the oldest fee of the installment first.
    book.repay("10").expect("fees come first");
    let outcome = pay(&mut book, "1", &[(UPFRONT, "1")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    pay(&mut book, "6", &[(LATE, "6")]).expect("it is owed still");
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn a_fee_that_comes_with_an_installment_can_be_named_before_it_is_due() {
    let (mut book, _) = with_fees(&[FeeTrigger::PaymentDue]);
    pay(&mut book, "15", &[(DUE, "15")]).expect("each installment has one");
    assert_eq!((row(&book, 1).paid.fees, row(&book, 2).paid.fees), (cents(10_00), cents(5_00)));
    assert_eq!((row(&book, 2).expected.fees, row(&book, 3).expected.fees), (cents(10_00), cents(0)));
    let repaid = served(&book);
    assert_eq!(repaid, [(DUE, 15_00)]);
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn a_reversal_restores_what_was_owed_of_each_kind() {
    let (mut book, fees) = with_fees(&[FeeTrigger::Manual, FeeTrigger::LateRepayment]);
    book.move_to(date(2012, 7, 29));
    charge(&mut book, &fees[0], 1);
    let before = book.loan().servicing.clone();
    let parts = [(MANUAL, "7"), (PaidKind::Principal, "3")];
    let repaid = pay(&mut book, "10", &parts).expect("both are owed");
    book.reverse(repaid[0].id).expect("the last one");
    assert_eq!(book.loan().servicing, before);
    let reversal = book.transactions.last().expect("it was served");
    let parts: Vec<_> = reversal.charges.custom.iter().map(|p| (p.kind, p.amount.minor())).collect();
    assert_eq!(parts, [(PaidKind::Principal, -3_00), (MANUAL, -7_00)]);
}

#[test]
fn a_stated_allocation_stays_when_something_earlier_is_entered() {
    let mut book = fixed();
    book.move_to(date(2012, 8, 28));
    let parts = [(PaidKind::Principal, "100"), (PaidKind::Interest, "20")];
    pay(&mut book, "120", &parts).expect("both are owed");
    book.repay_on("50", Some(FIRST_DUE)).expect("an earlier one");
    assert_eq!(served(&book), [(PaidKind::Principal, 100_00), (PaidKind::Interest, 20_00)]);
    assert_eq!(book.outstanding().principal, cents(950_00 - 100_00 - 50_00 + 25_45));
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn what_does_not_fit_any_more_goes_in_the_usual_order_and_comes_back_with_room() {
    let mut book = fixed();
    book.move_to(FIRST_DUE);
    book.charge("30", 1).expect("any fee");
    book.move_to(date(2012, 8, 1));
    let parts = [(MANUAL, "30"), (PaidKind::Principal, "5")];
    pay(&mut book, "35", &parts).expect("the fee is owed");
    let earlier = book.repay_on("20", Some(date(2012, 7, 30))).expect("it pays the fee first");
    // Of the fee only 10.00 were left; the other 20.00 paid interest.
    assert_eq!(served(&book), [(PaidKind::Principal, 5_00), (PaidKind::Interest, 20_00), (MANUAL, 10_00)]);
    assert_eq!(book.findings(), vec![]);
    let earlier = earlier.iter().find(|t| t.value_date == date(2012, 7, 30)).expect("it was served");
    book.reverse(earlier.id).expect("an administrator may");
    assert_eq!(served(&book), [(PaidKind::Principal, 5_00), (MANUAL, 30_00)]);
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn principal_of_a_dynamic_loan_is_repaid_without_its_interest() {
    let mut book = TestBook::active(custom(dynamic()), START, agreed("950", "12", 5));
    book.move_to(date(2012, 7, 13));
    pay(&mut book, "100", &[(PaidKind::Principal, "100")]).expect("it is owed");
    assert_eq!(book.outstanding(), Components { principal: cents(850_00), ..Components::ZERO });
    book.move_to(FIRST_DUE);
    // Half a month on 950.00 and half on 850.00, one percent a month.
    assert_eq!(row(&book, 1).expected.interest, cents(9_00));
    pay(&mut book, "9", &[(PaidKind::Interest, "9")]).expect("it is due");
    assert_eq!(book.outstanding(), Components { principal: cents(850_00), ..Components::ZERO });
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn all_principal_can_be_repaid_before_the_interest() {
    let mut book = TestBook::active(custom(dynamic()), START, agreed("950", "12", 5));
    book.move_to(date(2012, 7, 13));
    pay(&mut book, "950", &[(PaidKind::Principal, "950")]).expect("it is owed");
    assert!(book.loan().state().is_active());
    book.move_to(date(2012, 12, 31));
    assert_eq!(book.outstanding(), Components { interest: cents(4_75), ..Components::ZERO });
    pay(&mut book, "4.75", &[(PaidKind::Interest, "4.75")]).expect("it is owed");
    assert!(!book.loan().state().is_active());
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn interest_that_is_applied_by_hand_can_be_named_once_it_is() {
    let mut kind = dynamic();
    kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::Manual;
    let mut book = TestBook::active(custom(kind), START, agreed("950", "12", 5));
    book.move_to(date(2012, 7, 13));
    let outcome = pay(&mut book, "4", &[(PaidKind::Interest, "4")]);
    assert!(matches!(refused(outcome), CustomPaymentRefusal::MoreThanOwed { .. }));
    book.command(&LoanCommand::ApplyInterest { value_date: None, notes: None }).expect("it has grown");
    pay(&mut book, "4", &[(PaidKind::Interest, "4")]).expect("it is applied");
    assert_eq!(book.outstanding().interest, cents(75));
    assert_eq!(book.findings(), vec![]);
}

#[test]
fn each_part_names_its_tax() {
    let mut kind = product();
    let rate = Some(Rate::parse_percent("10").expect("a rate"));
    let method = TaxMethod::Inclusive;
    kind.charges.tax = TaxRules { on_interest: true, on_fees: true, on_penalties: false, method, rate };
    kind.charges.fees = vec![fee(1, FeeTrigger::Manual), fee(2, FeeTrigger::LateRepayment)];
    let manual = kind.charges.fees[0].clone();
    let mut book = TestBook::active(custom(kind), START, figures("950"));
    book.move_to(date(2012, 7, 29));
    charge(&mut book, &manual, 1);
    let parts = [(PaidKind::Interest, "11"), (MANUAL, "5.50"), (LATE, "5.50"), (PaidKind::Principal, "1")];
    let repaid = pay(&mut book, "23", &parts).expect("all are owed");
    let taxes: Vec<_> = repaid[0].charges.custom.iter().map(|p| (p.kind, p.tax.minor())).collect();
    assert_eq!(taxes, [(PaidKind::Principal, 0), (PaidKind::Interest, 1_00), (MANUAL, 50), (LATE, 50)]);
    assert_eq!(book.findings(), vec![]);
}
