//! Fees of the product: each trigger, each calculation, who may name what, and deferred income.

use jiff::civil::{Date, date};
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{
    ChargeFee, Disburse, LoanCommand, LoanFigures, ReversalKind, Reverse, StatedFee, WaiveCharge,
    WaivedCharge,
};
use loam_book::loan::refusal::{ChargeRefusal, Refusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Closure, LoanState};
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeAmortization, FeeCalculation, FeeTrigger, ProductFee};
use loam_book::product::payments::PrepaymentRecalculation;
use loam_book::product::{Product, ProductType};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::auditor::Auditor;
use crate::support::{TestBook, cents, figures, product};

pub(crate) fn fee(number: u64, trigger: FeeTrigger) -> ProductFee {
    ProductFee {
        key: Key::entity(Part::new(0), 3, number),
        name: format!("fee {number}"),
        trigger,
        calculation: FeeCalculation::Flat,
        amount: Some(cents(10_00)),
        percentage: None,
        is_required: true,
        is_active: true,
        amortization: FeeAmortization::None,
    }
}

fn percentage(number: u64, trigger: FeeTrigger, calculation: FeeCalculation, percent: &str) -> ProductFee {
    let percentage = Some(Rate::parse_percent(percent).expect("a rate"));
    ProductFee { calculation, amount: None, percentage, ..fee(number, trigger) }
}

pub(crate) fn with_fees(fees: Vec<ProductFee>) -> Product {
    let mut product = product();
    product.charges.fees = fees;
    assert_eq!(product.contradiction(), None);
    product
}

fn paid_out(fees: Vec<ProductFee>) -> TestBook {
    TestBook::active_loan(with_fees(fees), "950", date(2012, 6, 28))
}

fn approved(product: Product) -> TestBook {
    let mut book = TestBook::new(product, date(2012, 6, 28));
    book.create("950").expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    book
}

fn disburse(book: &mut TestBook, fees: Option<Vec<StatedFee>>) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::Disburse(Disburse { fees, ..Disburse::default() }))
}

fn stated(fee: &ProductFee, amount: Option<&str>) -> StatedFee {
    StatedFee { fee: fee.key, amount: amount.map(|amount| StatedAmount(amount.into())) }
}

fn charge(
    book: &mut TestBook,
    fee: StatedFee,
    installment: Option<u32>,
) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::ChargeFee(ChargeFee {
        amount: None,
        fees: Some(vec![fee]),
        value_date: None,
        installment,
        details: TransactionDetails::default(),
    }))
}

fn waive(book: &mut TestBook, amount: &str) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::WaiveCharge(WaiveCharge {
        charge: WaivedCharge::Fees,
        amount: StatedAmount(amount.into()),
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    }))
}

fn reverse(book: &mut TestBook, kind: ReversalKind, original: i64) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None }))
}

fn refused(result: Result<Vec<LoanTransaction>, Refusal>) -> ChargeRefusal {
    match result {
        Err(Refusal::Charge(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn expected_fees(book: &TestBook) -> Vec<i64> {
    book.loan().servicing.installments.iter().map(|row| row.expected.fees.minor()).collect()
}

fn paid_out_amount(book: &TestBook) -> Amount {
    Auditor::read(&book.transfers, Date::MAX, Date::MAX).paid_out()
}

#[test]
fn disbursement_fees_are_kept_from_the_payout_several_at_once() {
    let half_percent = percentage(2, FeeTrigger::Disbursement, FeeCalculation::LoanAmountPercentage, "0.5");
    let book = paid_out(vec![fee(1, FeeTrigger::Disbursement), half_percent.clone()]);
    assert_eq!(book.outstanding().principal, cents(950_00));
    assert_eq!(paid_out_amount(&book), cents(950_00 - 10_00 - 4_75));
    let served: Vec<_> = book.transactions[0].charges.fees.iter().map(|f| (f.fee, f.amount)).collect();
    assert_eq!(served[1], (half_percent.key, cents(4_75)), "the transaction says which fees it kept");
    assert_eq!(Auditor::read(&book.transfers, Date::MAX, Date::MAX).fee_income(), cents(14_75));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_capitalized_fee_of_the_product_is_added_to_the_principal() {
    let book = paid_out(vec![fee(1, FeeTrigger::CapitalizedDisbursement)]);
    assert_eq!(book.outstanding(), Components { principal: cents(960_00), ..Components::default() });
    assert_eq!(paid_out_amount(&book), cents(950_00));
    let principal: Amount = book.loan().servicing.installments.iter().map(|row| row.expected.principal).sum();
    assert_eq!(principal, cents(960_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn an_upfront_fee_is_owed_at_once_and_due_with_the_first_installment() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::UpfrontDisbursement)]);
    assert_eq!(book.outstanding().fees, cents(10_00));
    assert_eq!(expected_fees(&book), [10_00, 0, 0, 0, 0]);
    assert_eq!(paid_out_amount(&book), cents(950_00));
    let served = book.transactions[1].clone();
    assert_eq!((served.kind, served.installment), (TransactionKind::Fee, Some(1)));
    assert_eq!(
        refused(reverse(&mut book, ReversalKind::Fee, served.id)),
        ChargeRefusal::MadeByDisbursement { transaction_id: served.id }
    );
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert!(book.outstanding().is_zero());
    assert_eq!(book.findings(), []);
}

#[test]
fn a_late_fee_is_charged_once_when_an_installment_goes_late() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::LateRepayment)]);
    book.move_to(date(2012, 7, 28));
    assert_eq!(expected_fees(&book), [0; 5]);
    book.move_to(date(2012, 8, 10));
    assert_eq!(expected_fees(&book), [10_00, 0, 0, 0, 0]);
    assert_eq!(book.transactions.last().map(|t| t.value_date), Some(date(2012, 7, 29)));
    book.move_to(date(2012, 8, 29));
    assert_eq!(expected_fees(&book), [10_00, 10_00, 0, 0, 0]);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_late_fee_goes_when_a_back_dated_repayment_shows_that_nothing_was_late() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::LateRepayment)]);
    book.move_to(date(2012, 8, 10));
    book.repay_on("215.45", Some(date(2012, 7, 28))).expect("the actor may correct in bulk");
    assert_eq!(expected_fees(&book), [0; 5]);
    assert!(book.transactions.iter().any(|t| t.kind == TransactionKind::FeeReversal));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_late_fee_that_is_taken_back_stays_away() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::LateRepayment)]);
    book.move_to(date(2012, 8, 10));
    let late = book.transactions.iter().find(|t| t.kind == TransactionKind::Fee).expect("charged").id;
    reverse(&mut book, ReversalKind::Fee, late).expect("the last transaction");
    assert_eq!(expected_fees(&book), [0; 5]);
    book.move_to(date(2012, 8, 12));
    book.repay_on("50", Some(date(2012, 7, 25))).expect("the actor may correct in bulk");
    assert_eq!(expected_fees(&book), [0; 5], "not even a refold brings it back");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_payment_due_fee_comes_with_each_installment_on_its_due_date() {
    let by_count = ProductFee {
        calculation: FeeCalculation::FlatNumberOfInstallments,
        ..fee(1, FeeTrigger::PaymentDue)
    };
    let of_principal =
        percentage(2, FeeTrigger::PaymentDue, FeeCalculation::RepaymentPrincipalAmountPercentage, "1");
    let of_loan = percentage(
        3,
        FeeTrigger::PaymentDue,
        FeeCalculation::LoanAmountPercentageNumberOfInstallments,
        "1.01",
    );
    let mut book = paid_out(vec![by_count, of_principal, of_loan]);
    assert_eq!(expected_fees(&book), [0; 5]);
    book.move_to(date(2012, 7, 28));
    // 10.00 / 5, 1 % of 190.00, 1.01 % of 950.00 / 5
    assert_eq!(expected_fees(&book), [2_00 + 1_90 + 1_92, 0, 0, 0, 0]);
    book.move_to(date(2012, 12, 1));
    // 9.60 (9.595 rounded) by five: 1.92 each, and 1.92 is left for the last one.
    assert_eq!(expected_fees(&book), [5_82; 5]);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_fee_may_be_a_share_of_the_interest_of_an_installment_or_of_all_it_asks_for() {
    let share = |number, calculation| percentage(number, FeeTrigger::PaymentDue, calculation, "1");
    let mut book = paid_out(vec![
        share(1, FeeCalculation::RepaymentInterestAmountPercentage),
        share(2, FeeCalculation::RepaymentAmountPercentage),
    ]);
    let first = book.loan().servicing.installments[0].expected;
    assert_eq!((first.principal, first.interest), (cents(190_00), cents(25_45)));
    book.move_to(date(2012, 7, 28));
    // 1 % of 25.45 and of 215.45, each rounded.
    assert_eq!(expected_fees(&book), [25 + 2_15, 0, 0, 0, 0]);
    assert_eq!(book.findings(), []);
}

#[test]
fn whoever_pays_early_pays_the_fee_of_the_installment_too() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::PaymentDue)]);
    assert!(matches!(book.repay("1300"), Err(Refusal::ExcessRepayment { .. })));
    let served = book.repay("225.45").expect("prepayments are accepted");
    let kinds: Vec<_> = served.iter().map(|t| t.kind).collect();
    assert_eq!(kinds, [TransactionKind::Fee, TransactionKind::InterestApplied, TransactionKind::Repayment]);
    assert!(book.loan().servicing.installments[0].is_paid());
    book.move_to(date(2012, 7, 28));
    assert_eq!(expected_fees(&book), [10_00, 0, 0, 0, 0], "it is charged once");

    let repaid = served[2].id;
    book.reverse(repaid).expect("the actor may correct in bulk");
    assert_eq!(book.outstanding().fees, cents(10_00), "charged on its due date instead");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_manual_fee_is_named_by_its_key_and_shown_with_it() {
    let manual = ProductFee { is_required: false, ..fee(1, FeeTrigger::Manual) };
    let mut book = paid_out(vec![manual.clone()]);
    let served = charge(&mut book, stated(&manual, None), Some(2)).expect("active loans take fees");
    assert_eq!(served[0].charges.fees[0].fee, manual.key);
    assert_eq!(expected_fees(&book), [0, 10_00, 0, 0, 0]);
    let known = book.loan().servicing.course.charges.fees[0];
    assert_eq!((known.fee, known.number), (manual.key, 2), "the installment knows which fee it carries");
    reverse(&mut book, ReversalKind::Fee, served[0].id).expect("the last one");
    assert_eq!(expected_fees(&book), [0; 5]);
    assert_eq!(book.findings(), []);
}

#[test]
fn the_product_decides_which_fees_there_are_and_how_much() {
    let manual = fee(1, FeeTrigger::Manual);
    let open = ProductFee { amount: None, ..fee(2, FeeTrigger::Manual) };
    let gone = ProductFee { is_active: false, ..fee(3, FeeTrigger::Manual) };
    let late = fee(4, FeeTrigger::LateRepayment);
    let share = percentage(5, FeeTrigger::Manual, FeeCalculation::LoanAmountPercentage, "1");
    let mut other = with_fees(vec![fee(6, FeeTrigger::Manual)]);
    (other.key, other.id) = (Key::entity(Part::new(0), 0, 8), "OTHER".into());

    let mut book = paid_out(vec![manual.clone(), open.clone(), gone.clone(), late.clone(), share.clone()]);
    let products = [Record::Product(Box::new(other.clone()))];
    let own = book.catalog.products.find("AGRL").expect("it is there").as_ref().clone();
    book.catalog = loam_book::catalog::Catalog::new(
        2,
        products.into_iter().chain([Record::Product(Box::new(own))]).collect(),
    );

    let mut no = |fee: StatedFee| refused(charge(&mut book, fee, Some(1)));
    assert!(matches!(no(stated(&fee(9, FeeTrigger::Manual), None)), ChargeRefusal::UnknownFee { .. }));
    assert!(matches!(no(stated(&other.charges.fees[0], None)), ChargeRefusal::FeeOfAnotherProduct { .. }));
    assert!(matches!(no(stated(&gone, None)), ChargeRefusal::InactiveFee { .. }));
    assert!(matches!(no(stated(&late, None)), ChargeRefusal::FeeNotAllowed { .. }));
    assert!(matches!(no(stated(&manual, Some("9"))), ChargeRefusal::FeeAmountNotOfProduct { .. }));
    assert!(matches!(no(stated(&share, Some("9"))), ChargeRefusal::FeeAmountDefined { .. }));
    assert!(matches!(no(stated(&open, None)), ChargeRefusal::MissingFeeAmount { .. }));
    assert!(matches!(no(stated(&open, Some("0"))), ChargeRefusal::FeeAmountNotPositive { .. }));
    charge(&mut book, stated(&open, Some("3.50")), Some(1)).expect("the amount is open");
    charge(&mut book, stated(&manual, Some("10")), Some(1)).expect("it says what the product says");
    assert_eq!(expected_fees(&book)[0], 13_50);
}

#[test]
fn a_product_without_fees_takes_none_and_an_empty_list_names_none() {
    let mut book = paid_out(vec![]);
    let any = fee(1, FeeTrigger::Manual);
    assert_eq!(refused(charge(&mut book, stated(&any, None), Some(1))), ChargeRefusal::FeesNotAvailable);
    let none = LoanCommand::ChargeFee(ChargeFee {
        amount: None,
        fees: Some(vec![]),
        value_date: None,
        installment: Some(1),
        details: TransactionDetails::default(),
    });
    assert_eq!(refused(book.command(&none)), ChargeRefusal::MissingFee);
}

#[test]
fn required_fees_come_by_themselves_and_may_not_be_left_out() {
    let required = fee(1, FeeTrigger::Disbursement);
    let optional = ProductFee { is_required: false, ..fee(2, FeeTrigger::Disbursement) };
    let open = ProductFee { amount: None, is_required: false, ..fee(3, FeeTrigger::Disbursement) };
    let fees = vec![required.clone(), optional.clone(), open.clone()];

    let mut book = approved(with_fees(fees.clone()));
    disburse(&mut book, None).expect("the required one is defined");
    assert_eq!(paid_out_amount(&book), cents(940_00));

    let mut book = approved(with_fees(fees));
    let missing = refused(disburse(&mut book, Some(vec![stated(&optional, None)])));
    assert_eq!(missing, ChargeRefusal::RequiredFeeMissing { name: required.name.clone() });
    let twice = Some(vec![stated(&required, None), stated(&required, None)]);
    assert!(matches!(refused(disburse(&mut book, twice)), ChargeRefusal::FeeNotAllowed { .. }));
    let all = vec![stated(&required, None), stated(&optional, None), stated(&open, Some("929.99"))];
    disburse(&mut book, Some(all)).expect("a cent is left to pay out");
    assert_eq!(paid_out_amount(&book), cents(1));
    assert_eq!(book.findings(), []);
}

#[test]
fn what_is_kept_is_less_than_what_is_lent() {
    let open = ProductFee { amount: None, ..fee(1, FeeTrigger::Disbursement) };
    let mut book = approved(with_fees(vec![open.clone()]));
    assert!(matches!(refused(disburse(&mut book, None)), ChargeRefusal::MissingFeeAmount { .. }));
    let all = Some(vec![stated(&open, Some("950"))]);
    assert!(matches!(refused(disburse(&mut book, all)), ChargeRefusal::DisbursementFeesExceedAmount { .. }));
    assert_eq!(book.entries.len(), 2, "a refusal writes nothing");
}

#[test]
fn fixed_schedules_ask_for_the_number_of_the_installment() {
    let mut book = paid_out(vec![]);
    let arbitrary = LoanCommand::ChargeFee(ChargeFee {
        amount: Some(StatedAmount("5".into())),
        fees: None,
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    });
    assert_eq!(book.command(&arbitrary), Err(Refusal::MissingInstallmentNumber));
    // Of a dynamic loan it is the next one.
    book.loan.as_mut().expect("a loan").terms.product_type = ProductType::DynamicTermLoan;
    let served = book.command(&arbitrary).expect("the next installment carries it");
    assert_eq!(served[0].installment, Some(1));
}

#[test]
fn a_part_of_a_fee_can_be_waived_and_the_waiver_taken_back() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::UpfrontDisbursement)]);
    assert!(matches!(refused(waive(&mut book, "10.01")), ChargeRefusal::WaiverExceedsCharge { .. }));
    let served = waive(&mut book, "4").expect("it is owed");
    assert_eq!((served[0].kind, served[0].split.fees), (TransactionKind::FeesReduced, cents(4_00)));
    assert_eq!((book.outstanding().fees, expected_fees(&book)[0]), (cents(6_00), 6_00));
    assert_eq!(Auditor::read(&book.transfers, Date::MAX, Date::MAX).fee_income(), cents(6_00));
    reverse(&mut book, ReversalKind::FeeReduction, served[0].id).expect("the last one");
    assert_eq!(book.outstanding().fees, cents(10_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn waiving_the_last_fee_closes_the_loan() {
    let mut book = paid_out(vec![]);
    book.charge("7", 5).expect("arbitrary fees are allowed");
    let all: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
    let without = all - cents(7_00);
    book.loan.as_mut().expect("a loan").terms.allocation_order =
        loam_calc::allocation::AllocationOrder::try_new([
            loam_calc::allocation::Component::Principal,
            loam_calc::allocation::Component::Interest,
            loam_calc::allocation::Component::Penalty,
            loam_calc::allocation::Component::Fee,
        ])
        .expect("each once");
    book.repay(&without.to_fixed_text(book.loan().terms.currency)).expect("all but the fee");
    assert_eq!(book.outstanding().fees, cents(7_00));
    waive(&mut book, "7").expect("it is owed");
    assert!(matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. }));
}

fn deferred(profile: FeeAmortization, trigger: FeeTrigger) -> ProductFee {
    ProductFee { amortization: profile, ..fee(1, trigger) }
}

fn income(book: &TestBook) -> (Amount, i64) {
    let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
    (auditor.fee_income(), auditor.deferred_fee_income())
}

#[test]
fn a_deferred_fee_becomes_income_on_the_due_dates() {
    let digits = deferred(FeeAmortization::SumOfYearsDigits, FeeTrigger::Disbursement);
    let mut book = paid_out(vec![digits]);
    assert_eq!(income(&book), (Amount::ZERO, 10_00));
    book.move_to(date(2012, 7, 28));
    // 5/15 of 10.00
    assert_eq!(income(&book), (cents(3_33), 6_67));
    book.move_to(date(2012, 8, 28));
    // 9/15 of 10.00 in all
    assert_eq!(income(&book), (cents(6_00), 4_00));
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::WriteOff { notes: None }).expect("active");
    assert_eq!(income(&book), (cents(10_00), 0), "the rest comes at the end");
    book.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("written off");
    assert_eq!(income(&book), (cents(6_00), 4_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn the_last_repayment_earns_the_rest_of_a_deferred_fee() {
    let mut book = paid_out(vec![deferred(FeeAmortization::StraightLine, FeeTrigger::UpfrontDisbursement)]);
    book.move_to(date(2012, 7, 28));
    assert_eq!(income(&book), (cents(2_00), 8_00));
    let all: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
    let served = book.repay(&all.to_fixed_text(book.loan().terms.currency)).expect("it is owed");
    assert_eq!(income(&book), (cents(10_00), 0));
    let repaid = served.last().expect("it was repaid").id;
    book.reverse(repaid).expect("the actor may correct in bulk");
    assert_eq!(income(&book), (cents(2_00), 8_00));
    assert_eq!(book.findings(), []);
}

/// 20.00 over two due dates, and on the first of them the loan is paid off: ten are earned by the day,
/// and ten more by the end of the loan. Without an earlier payment the loan does not end.
#[test]
fn equal_parts_of_a_fees_income_are_kept_one_by_one() {
    let spread = ProductFee {
        amount: Some(cents(20_00)),
        ..deferred(FeeAmortization::StraightLine, FeeTrigger::Disbursement)
    };
    let two = LoanFigures { installments: Some(2), ..figures("950") };
    let mut book = TestBook::active(with_fees(vec![spread]), date(2012, 6, 28), two);
    book.move_to(date(2012, 7, 20));
    let early = book.repay("10").expect("prepayments are accepted").last().expect("it was repaid").id;
    book.move_to(date(2012, 7, 28));
    let quoted = book.loan().payoff_on(book.business_date).total();
    book.repay(&quoted.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert_eq!(income(&book), (cents(20_00), 0));
    book.reverse(early).expect("the actor may correct in bulk");
    assert!(book.loan().state().is_active());
    assert_eq!(income(&book), (cents(10_00), 10_00));
    assert_eq!(book.findings(), []);
}

/// Charged on July 28 and taken back; a payment of July 20 would have charged it early.
#[test]
fn a_fee_that_was_taken_back_does_not_come_with_a_payment_put_before_it() {
    let mut book = paid_out(vec![fee(1, FeeTrigger::PaymentDue)]);
    book.move_to(date(2012, 7, 30));
    let charged = book.transactions.iter().find(|t| t.kind == TransactionKind::Fee).expect("it was due").id;
    reverse(&mut book, ReversalKind::Fee, charged).expect("it was not paid");
    assert_eq!(expected_fees(&book)[0], 0);
    book.move_to(date(2012, 8, 10));
    book.repay_on("100", Some(date(2012, 7, 20))).expect("the actor may correct in bulk");
    assert_eq!(expected_fees(&book)[0], 0, "never again");
    assert_eq!(book.loan().servicing.paid.fees, Amount::ZERO);
    assert_eq!(book.findings(), []);
}

/// 100.00 at 7 % in six months of 17.01, with 5.00 on each due date.
fn dynamic_with_fees(change: impl FnOnce(&mut Product)) -> TestBook {
    let mut kind = crate::dynamic::dynamic();
    kind.charges.fees = vec![ProductFee { amount: Some(cents(5_00)), ..fee(1, FeeTrigger::PaymentDue) }];
    change(&mut kind);
    assert_eq!(kind.contradiction(), None);
    TestBook::active(kind, date(2024, 1, 1), crate::dynamic::agreed("100", "7", 6))
}

#[test]
fn an_installment_of_a_dynamic_loan_can_be_paid_early_with_its_fee() {
    let mut book = dynamic_with_fees(|_| {});
    book.move_to(date(2024, 1, 31));
    book.repay("22.01").expect("prepayments are accepted");
    let row = book.loan().servicing.installments[0].clone();
    assert_eq!((row.paid.fees, row.unpaid()), (cents(5_00), Components::default()));
    assert_eq!(book.findings(), []);
    book.move_to(date(2024, 2, 2));
    assert_eq!(book.loan().servicing.late_since, None);
    assert_eq!(book.outstanding().fees, Amount::ZERO);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_dynamic_loan_that_is_paid_off_has_no_fees_to_come() {
    let mut book = dynamic_with_fees(|kind| kind.controls.dormancy_days = Some(60));
    book.move_to(date(2024, 3, 15));
    let quoted = book.loan().payoff_on(book.business_date);
    assert_eq!(quoted.fees, cents(30_00), "two that were due, and four with installments paid now");
    book.repay(&quoted.total().to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert!(book.outstanding().is_zero() && book.loan().state().is_active());
    book.move_to(date(2024, 5, 13));
    assert!(book.outstanding().is_zero() && book.loan().servicing.late_since.is_none());
    book.move_to(date(2024, 5, 14));
    assert!(!book.loan().state().is_active(), "sixty days after the payment");
    assert_eq!(book.findings(), []);

    // What takes all that is paid ahead is one installment.
    let shorter = PrepaymentRecalculation::ReduceNumberOfInstallments;
    let mut book = dynamic_with_fees(|kind| kind.payment_rules.prepayment_recalculation = shorter);
    book.move_to(date(2024, 3, 15));
    let quoted = book.loan().payoff_on(book.business_date);
    assert_eq!(quoted.fees, cents(15_00));
    book.repay(&quoted.total().to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert!(matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. }));
    assert_eq!(book.findings(), []);
}

/// 55.00 ahead of their time leave the first four installments; the last only carries late interest.
#[test]
fn installments_that_an_early_payment_left_with_nothing_have_no_fee() {
    let late = ProductFee { amount: Some(cents(2_00)), ..fee(2, FeeTrigger::LateRepayment) };
    let mut book = dynamic_with_fees(|kind| {
        kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceNumberOfInstallments;
        kind.charges.fees.push(late);
    });
    book.move_to(date(2024, 1, 10));
    book.repay("60").expect("prepayments are accepted");
    book.move_to(date(2024, 8, 1));
    let rows = &book.loan().servicing.installments;
    let asking: Vec<bool> = rows.iter().map(|row| row.expected.principal.is_positive()).collect();
    assert_eq!(asking, [true, true, true, true, false, false]);
    // The interest of the last one is late, too.
    assert_eq!(expected_fees(&book), [7_00, 7_00, 7_00, 7_00, 0, 2_00]);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_effective_rate_needs_interest() {
    let effective = deferred(FeeAmortization::EffectiveInterestRate, FeeTrigger::Disbursement);
    let mut book = TestBook::new(with_fees(vec![effective.clone()]), date(2012, 6, 28));
    let free = Some(StatedPercent("0".into()));
    book.create_with(loam_book::loan::command::LoanFigures { interest_rate: free, ..figures("950") })
        .expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    let refusal = refused(disburse(&mut book, None));
    assert_eq!(refusal, ChargeRefusal::EffectiveRateNeedsInterest { name: effective.name.clone() });

    let mut book = paid_out(vec![effective]);
    book.move_to(date(2012, 12, 1));
    assert_eq!(income(&book), (cents(10_00), 0));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_product_cannot_ask_the_book_to_charge_what_it_does_not_say() {
    let open = ProductFee { amount: None, ..fee(1, FeeTrigger::LateRepayment) };
    let of_installment =
        percentage(1, FeeTrigger::Disbursement, FeeCalculation::RepaymentPrincipalAmountPercentage, "1");
    for fees in
        [vec![open], vec![of_installment], vec![fee(1, FeeTrigger::Manual), fee(1, FeeTrigger::Manual)]]
    {
        let mut product = product();
        product.charges.fees = fees;
        assert_eq!(product.contradiction(), Some("loanFees"));
    }
}
