//! When what happens to a loan is booked, and where: by the method and the rules that it agreed to.

use jiff::civil::date;
use loam_book::ids::{Key, Part};
use loam_book::journal::GlAccount;
use loam_book::journal::chart::LedgerName;
use loam_book::journal::rules::{AccountingRule, AccountingRules};
use loam_book::product::{AccountingMethod, Product};
use loam_calc::money::Amount;

use crate::auditor::Auditor;
use crate::support::{TestBook, cents, product};

fn of_method(accounting: AccountingMethod) -> TestBook {
    let mut book = TestBook::active_loan(Product { accounting, ..product() }, "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 10));
    book.charge("10", 2).expect("fees are allowed");
    book.repay("220").expect("due");
    book
}

fn moved(book: &TestBook) -> Vec<(GlAccount, GlAccount, i64)> {
    let last = book.transfers.last().expect("something moved").seq;
    let of_repayment = book.transfers.iter().filter(|transfer| transfer.seq == last);
    of_repayment.map(|t| (t.debit, t.credit, t.amount.minor())).collect()
}

#[test]
fn paid_income_counts_when_it_is_paid() {
    let book = of_method(AccountingMethod::Cash);
    let auditor = Auditor::read_fast(&book.transfers);
    let owed = book.outstanding();
    assert_eq!(auditor.outstanding().principal, owed.principal);
    assert_eq!(auditor.outstanding().total(), owed.principal, "nothing is receivable");
    let paid = book.loan().servicing.paid;
    assert_eq!((auditor.income().interest, auditor.income().fees), (paid.interest, paid.fees));
    assert!(moved(&book).contains(&(GlAccount::FundSource, GlAccount::InterestIncome, 25_45)));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_repayment_that_is_taken_back_was_no_income() {
    let mut book = of_method(AccountingMethod::Cash);
    let repaid = book.transactions.last().expect("a repayment").id;
    book.reverse(repaid).expect("the last one can be taken back");
    let auditor = Auditor::read_fast(&book.transfers);
    assert_eq!(auditor.income().total(), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

#[test]
fn of_a_loan_without_accounting_nothing_is_booked() {
    let book = of_method(AccountingMethod::None);
    assert_eq!(book.transfers, []);
    assert!(book.outstanding().principal.is_positive());
    assert_eq!(book.findings(), []);
}

fn ruled() -> Product {
    let rule = |resource, number| AccountingRule { resource, account: Key::entity(Part::new(0), 0, number) };
    let rules = vec![rule(GlAccount::LoanPortfolio, 81), rule(GlAccount::InterestIncome, 82)];
    let accounting_rules = AccountingRules::try_new(rules).expect("two resources");
    Product { accounting_rules, ..product() }
}

#[test]
fn rules_say_where_and_change_nothing_of_what() {
    let book = TestBook::active_loan(ruled(), "950", date(2012, 6, 28));
    let plain = TestBook::active_loan(product(), "950", date(2012, 6, 28));
    let what = |book: &TestBook| -> Vec<(GlAccount, GlAccount, Amount)> {
        book.transfers.iter().map(|t| (t.debit, t.credit, t.amount)).collect()
    };
    assert_eq!(what(&book), what(&plain));
    let portfolio = LedgerName::Ruled(GlAccount::LoanPortfolio, Key::entity(Part::new(0), 0, 81));
    assert_eq!(book.transfers[0].debit_name(), portfolio);
    assert_eq!(book.transfers[0].credit_name(), LedgerName::Carried(GlAccount::FundSource));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_transfer_on_another_account_than_the_rules_say_is_found() {
    let mut book = TestBook::active_loan(ruled(), "950", date(2012, 6, 28));
    book.transfers[0].booked.debit = None;
    let found = book.findings();
    let check = "the transfers of each day equal the postings that count";
    assert_eq!(found.iter().map(|finding| finding.check).collect::<Vec<_>>(), [check]);
}

#[test]
fn a_loan_keeps_the_rules_that_it_agreed_to() {
    let mut book = TestBook::active_loan(ruled(), "950", date(2012, 6, 28));
    let method = AccountingMethod::Cash;
    book.catalog = TestBook::new(Product { accounting: method, ..product() }, date(2012, 6, 28)).catalog;
    book.move_to(date(2012, 8, 10));
    book.repay("10").expect("due");
    let auditor = Auditor::read_fast(&book.transfers);
    assert_eq!(auditor.outstanding(), book.outstanding());
    assert!(auditor.outstanding().interest > cents(0), "its income counts when it is owed");
}
