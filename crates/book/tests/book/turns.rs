//! Which installment a payment reaches first, in which order, and charges on installments that are paid.

use jiff::civil::date;
use loam_book::loan::refusal::Refusal;
use loam_book::product::payments::{PaymentRules, PaymentsAhead, PrepaymentRecalculation};
use loam_book::product::{PaymentMethod, Product};
use loam_calc::allocation::{AllocationOrder, Component, Components};

use crate::dynamic::{agreed, dynamic};
use crate::lives::dice::Dice;
use crate::support::{TestBook, cents, product};

const PRINCIPAL_FIRST: [Component; 4] =
    [Component::Principal, Component::Interest, Component::Fee, Component::Penalty];

/// Random turns, for lives.
pub(crate) fn random_turns(rules: &mut PaymentRules, dice: &mut Dice<'_>) {
    let usual = AllocationOrder::PENALTY_FEE_INTEREST_PRINCIPAL.components();
    let orders = [None, order(PRINCIPAL_FIRST), order(usual)];
    rules.order_when_due = dice.pick(&orders);
    rules.order_ahead = dice.pick(&orders);
    rules.payments_ahead = dice.pick(&[PaymentsAhead::LastInstallment, PaymentsAhead::NextInstallment]);
}

fn order(order: [Component; 4]) -> Option<AllocationOrder> {
    Some(AllocationOrder::try_new(order).expect("each once"))
}

fn paid(book: &TestBook) -> Vec<Components> {
    book.loan().servicing.installments.iter().map(|row| row.paid).collect()
}

#[test]
fn what_is_overdue_due_and_ahead_is_paid_in_orders_of_their_own() {
    let mut kind = product();
    kind.payment_rules.order_ahead = order(PRINCIPAL_FIRST);
    kind.payment_rules.order_when_due = order(PRINCIPAL_FIRST);
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    // On its due date the first installment takes principal first: all but 5.45 of its interest.
    book.move_to(date(2012, 7, 28));
    book.repay("210").expect("it is due");
    assert_eq!((paid(&book)[0].principal, paid(&book)[0].interest), (cents(190_00), cents(20_00)));
    // The rest is overdue now and comes first; what is left is paid ahead, principal first.
    book.move_to(date(2012, 7, 30));
    book.repay("105.45").expect("prepayments are accepted");
    assert_eq!(paid(&book)[0].total(), cents(215_45));
    assert_eq!((paid(&book)[1].principal, paid(&book)[1].interest), (cents(100_00), cents(0)));
    assert_eq!(book.findings(), []);
}

#[test]
fn the_last_installment_takes_what_is_paid_ahead_after_what_is_due() {
    let mut kind = product();
    kind.payment_rules.payments_ahead = PaymentsAhead::LastInstallment;
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 28));
    book.repay("531").expect("prepayments are accepted");
    let totals: Vec<_> = paid(&book).iter().map(|paid| paid.total().minor()).collect();
    // The last one has the remainder of the interest: 216.29.
    assert_eq!(totals, [215_45, 0, 0, 531_00 - 215_45 - 216_29, 216_29]);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_dynamic_loan_that_is_paid_from_its_end_asks_for_no_more_than_is_outstanding() {
    let mut kind = dynamic();
    kind.payment_rules.payments_ahead = PaymentsAhead::LastInstallment;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("100", "7", 6));
    book.move_to(date(2024, 1, 16));
    book.repay("40").expect("prepayments are accepted");
    let rows = &book.loan().servicing.installments;
    assert!(rows[5].is_paid() && rows[0].paid.total().is_zero());
    let expected = rows.iter().map(|row| row.expected.principal).sum::<loam_calc::money::Amount>();
    assert_eq!(expected, cents(100_00));
    assert!(rows.iter().all(|row| row.paid.principal <= row.expected.principal));
    let payoff = book.loan().payoff_on(date(2024, 1, 16)).total().to_text(book.loan().terms.currency);
    book.repay(&payoff).expect("all of it");
    assert!(book.loan().servicing.outstanding.is_zero());
    assert_eq!(book.findings(), []);
}

#[test]
fn a_paid_installment_takes_a_charge_where_the_product_says_so() {
    let charged = |takes: bool| {
        let mut kind = Product { allows_arbitrary_fees: true, ..product() };
        kind.charges.on_paid_installments = takes;
        let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
        book.move_to(date(2012, 7, 28));
        book.repay("215.45").expect("it is due");
        let outcome = book.charge("10", 1).map(|_| ());
        (book, outcome)
    };
    assert_eq!(charged(false).1, Err(Refusal::InstallmentPaid { number: 1 }));
    let (mut book, outcome) = charged(true);
    assert_eq!(outcome, Ok(()));
    assert!(!book.loan().servicing.installments[0].is_paid());
    book.move_to(date(2012, 8, 1));
    assert!(book.loan().servicing.late_since.is_some(), "it is owed since its due date");
    book.repay("10").expect("it is owed");
    assert!(book.loan().servicing.installments[0].is_paid());
    assert_eq!(book.findings(), []);
}

#[test]
fn turns_of_installments_do_not_go_with_payments_by_component_or_with_spreading_anew() {
    let last = |mut kind: Product| {
        kind.payment_rules.payments_ahead = PaymentsAhead::LastInstallment;
        kind.contradiction()
    };
    assert_eq!(last(dynamic()), None);
    let vertical = Product { payment_method: PaymentMethod::Vertical, ..dynamic() };
    assert_eq!(last(vertical.clone()), Some("prepaymentRecalculationMethod"));
    let mut ordered = vertical;
    ordered.payment_rules.order_ahead = order(PRINCIPAL_FIRST);
    assert_eq!(ordered.contradiction(), Some("prepaymentRecalculationMethod"));
    let mut spread = dynamic();
    spread.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceAmountPerInstallment;
    assert_eq!(last(spread), Some("prepaymentRecalculationMethod"));
}
