//! A share of the loan amount that is owed with the payout.

use jiff::civil::date;
use loam_book::product::charges::FeeTrigger;
use loam_book::product::payments::{Amortization, ScheduleEdit};
use loam_book::product::{Product, ProductType};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InstallmentRounding, InterestMethod};

use crate::dynamic::dynamic;
use crate::explained;
use crate::fees::fee;
use crate::support::{TestBook, cents, product};

fn with_share(percent: i64, mut product: Product) -> Product {
    product.payment_rules.down_payment = Some(Rate::from_ratio(percent, 100));
    product
}

/// 1,000.00, of which a quarter is owed on 28 June; the rest in five months, equal principal.
fn paid_out() -> TestBook {
    let kind = Product { interest_method: InterestMethod::DecliningBalance, ..product() };
    TestBook::active_loan(with_share(25, kind), "1000", date(2012, 6, 28))
}

#[test]
fn a_down_payment_is_the_first_installment_and_bears_no_interest() {
    let book = paid_out();
    let rows = &book.loan().servicing.installments;
    assert_eq!(rows.len(), 6);
    assert_eq!((rows[0].number, rows[0].due_date), (1, date(2012, 6, 28)));
    assert_eq!((rows[0].expected.principal, rows[0].expected.interest), (cents(250_00), cents(0)));
    assert_eq!((rows[1].number, rows[1].due_date), (2, date(2012, 7, 28)));
    assert!(rows[1..].iter().all(|row| row.expected.principal == cents(150_00)));
    // The same as those of a loan of the rest.
    let kind = Product { interest_method: InterestMethod::DecliningBalance, ..product() };
    let rest = TestBook::active_loan(kind, "750", date(2012, 6, 28));
    let interest = |rows: &[loam_book::loan::Installment]| -> Vec<_> {
        rows.iter().map(|row| row.expected.interest).collect()
    };
    assert_eq!(interest(&rows[1..]), interest(&rest.loan().servicing.installments));
    assert_eq!(book.findings(), []);
}

#[test]
fn it_is_a_share_of_all_that_is_paid_out_and_explained_so() {
    // Of 0.09 a twentieth is nothing, of 10.09 with the fee it is 0.50.
    let mut kind = with_share(5, Product { interest_method: InterestMethod::DecliningBalance, ..product() });
    kind.charges.fees = vec![fee(1, FeeTrigger::CapitalizedDisbursement)];
    kind.amount.min = None;
    let book = TestBook::active_loan(kind, "0.09", date(2012, 6, 28));
    let rows = &book.loan().servicing.installments;
    assert_eq!((rows[0].due_date, rows[0].expected.principal), (date(2012, 6, 28), cents(50)));
    assert_eq!(rows.iter().map(|row| row.expected.principal).sum::<Amount>(), cents(10_09));
    assert_eq!(explained::fault(&book), None);
    assert_eq!(book.findings(), []);
}

#[test]
fn it_is_due_at_once_and_late_the_day_after() {
    let mut book = paid_out();
    assert_eq!(book.loan().servicing.late_since, None);
    book.move_to(date(2012, 6, 29));
    assert!(book.loan().servicing.late_since.is_some());
    book.repay_on("250", Some(date(2012, 6, 28))).expect("it came in time");
    assert_eq!(book.loan().servicing.late_since, None);
    assert!(book.loan().servicing.installments[0].is_paid());
    book.move_to(date(2012, 12, 1));
    book.command(&loam_book::loan::command::LoanCommand::Advance).expect("days go by");
    let owed = book.loan().payoff_on(date(2012, 12, 1)).total().to_text(book.loan().terms.currency);
    book.repay(&owed).expect("all of it");
    assert!(book.loan().servicing.outstanding.is_zero());
    assert_eq!(book.findings(), []);
}

#[test]
fn it_is_rounded_as_the_totals_are() {
    let rounded = Product { installment_rounding: InstallmentRounding::ToNearest(cents(1_00)), ..product() };
    let book = TestBook::active_loan(with_share(25, rounded), "1001", date(2012, 6, 28));
    assert_eq!(book.loan().terms.down_payment(), cents(250_00));
}

#[test]
fn a_product_asks_for_it_only_where_the_rest_is_spread_at_once() {
    let refused = |kind: Product| {
        assert_eq!(with_share(25, kind).contradiction(), Some("prepaymentRecalculationMethod"));
    };
    assert_eq!(with_share(25, product()).contradiction(), None);
    refused(dynamic());
    let mut edited = product();
    edited.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPaymentDates];
    refused(edited);
    assert_eq!(with_share(0, product()).contradiction(), Some("prepaymentRecalculationMethod"));
    assert_eq!(with_share(100, product()).contradiction(), Some("prepaymentRecalculationMethod"));
    let annuity = InterestMethod::DecliningBalanceDiscounted;
    let optimized = Amortization::OptimizedPayments;
    refused(Product { interest_method: annuity, amortization: optimized, ..product() });
    let revolving = Product { product_type: ProductType::TranchedLoan, ..dynamic() };
    refused(revolving);
}
