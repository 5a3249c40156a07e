//! When what happens to a loan is booked, and where: by the method and the rules that it agreed to.

use jiff::civil::{Date, date};
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::chart::LedgerName;
use loam_book::journal::evening::{post, what_does_not_hold};
use loam_book::journal::income::{IncomeAccount, IncomeSums, is_due_on};
use loam_book::journal::rules::{AccountingRule, AccountingRules, AccrualPosting};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::explain::accrued_exact;
use loam_book::product::{AccountingMethod, Product};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::schedule::InterestMethod;

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

fn growing(accrual_posting: AccrualPosting) -> TestBook {
    let interest_method = InterestMethod::DecliningBalanceDiscounted;
    let suspense_after_days = Some(5);
    let product = Product { accrual_posting, interest_method, suspense_after_days, ..product() };
    TestBook::active_loan(product, "950", date(2012, 6, 28))
}

/// Posts what has grown by the evening; gives whether there was anything to post.
fn evening(book: &TestBook, accounts: &mut Vec<IncomeAccount>, posted: &mut Vec<Transfer>) -> bool {
    let mut sums = IncomeSums::default();
    sums.add(book.loan(), book.business_date);
    let postings = sums.postings(accounts, book.business_date);
    for posting in &postings {
        let (after, transfers) = post(posting, 77);
        accounts.retain(|account| account.group != after.group);
        accounts.push(after);
        posted.extend(transfers);
    }
    !postings.is_empty()
}

#[test]
fn the_ledger_is_within_half_a_minor_unit_of_what_has_grown() {
    let mut book = growing(AccrualPosting::Daily);
    let (mut accounts, mut posted) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        evening(&book, &mut accounts, &mut posted);
        let exact = accrued_exact(book.loan(), book.business_date).map_or(Exact::ZERO, |(_, exact)| exact);
        let off = exact - Exact::from_amount(balance_of(&posted, GlAccount::AccruedInterest));
        let half = Exact::ratio(1, 2);
        assert!(off <= half && Exact::ZERO - off <= half, "{off} on {}", book.business_date);
        assert!(!evening(&book, &mut accounts, &mut posted), "closed again, nothing is posted");
        assert!(accounts.iter().all(|account| what_does_not_hold(account, &posted).is_none()));
        book.move_to(book.business_date.tomorrow().expect("a near date"));
    }
    // Of a loan that is late for too long everything is in suspense, what was applied included.
    let owed = book.outstanding().interest + balance_of(&posted, GlAccount::AccruedInterest);
    evening(&book, &mut accounts, &mut posted);
    let suspended = -balance_of(&posted, GlAccount::InterestSuspense);
    assert!(suspended >= owed && owed.is_positive(), "{suspended:?} of {owed:?}");
    posted.pop();
    assert!(
        accounts.iter().any(|account| what_does_not_hold(account, &posted).is_some()),
        "a posting is missing"
    );
}

#[test]
fn what_is_posted_at_the_end_of_a_month_is_taken_back_on_the_evening_after() {
    let mut book = growing(AccrualPosting::EndOfMonth);
    let (mut accounts, mut posted) = (Vec::new(), Vec::new());
    let mut days_posted = Vec::new();
    for _ in 0..4 {
        if evening(&book, &mut accounts, &mut posted) {
            days_posted.push(book.business_date);
        }
        book.move_to(book.business_date.tomorrow().expect("a near date"));
    }
    assert_eq!(days_posted, [date(2012, 6, 30), date(2012, 7, 1)]);
    assert_eq!(balance_of(&posted, GlAccount::AccruedInterest), Amount::ZERO);
    assert_eq!(posted.len(), 2);
}

#[test]
fn applied_interest_in_suspense_stays_there_between_the_ends_of_months() {
    let mut book = growing(AccrualPosting::EndOfMonth);
    let (mut accounts, mut posted) = (Vec::new(), Vec::new());
    book.move_to(date(2012, 8, 10));
    evening(&book, &mut accounts, &mut posted);
    let owed = book.loan().servicing.outstanding.interest;
    assert!(owed.is_positive() && book.loan().days_late(book.business_date) > 5);
    assert_eq!(-balance_of(&posted, GlAccount::InterestSuspense), owed);
    assert_eq!(balance_of(&posted, GlAccount::AccruedInterest), Amount::ZERO);
    // On the last evening of the month what has grown joins it, and goes again.
    book.move_to(date(2012, 8, 31));
    evening(&book, &mut accounts, &mut posted);
    assert!(balance_of(&posted, GlAccount::AccruedInterest).is_positive());
    book.move_to(date(2012, 9, 1));
    evening(&book, &mut accounts, &mut posted);
    assert_eq!(balance_of(&posted, GlAccount::AccruedInterest), Amount::ZERO);
    assert_eq!(-balance_of(&posted, GlAccount::InterestSuspense), book.loan().servicing.outstanding.interest);
}

#[test]
fn a_loan_on_cash_basis_has_no_growing_interest() {
    let accrual_posting = AccrualPosting::Daily;
    let interest_method = InterestMethod::DecliningBalanceDiscounted;
    let cash = Product { accounting: AccountingMethod::Cash, accrual_posting, interest_method, ..product() };
    let mut book = TestBook::active_loan(cash, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 10));
    assert!(!evening(&book, &mut Vec::new(), &mut Vec::new()));
}

#[test]
fn an_evening_on_which_nothing_can_be_posted_is_told_before_loans_are_read() {
    let monthly = Product { accrual_posting: AccrualPosting::EndOfMonth, ..product() };
    let daily = Product { accrual_posting: AccrualPosting::Daily, ..product() };
    let limited = Product { suspense_after_days: Some(30), ..monthly.clone() };
    let none = Product { suspense_after_days: Some(30), accrual_posting: AccrualPosting::None, ..product() };
    let due = |product: &Product, on: Date| is_due_on([product].into_iter(), &[], on);
    let (within, end) = (date(2012, 7, 30), date(2012, 7, 31));
    let told = [&monthly, &daily, &limited, &none].map(|product| (due(product, within), due(product, end)));
    assert_eq!(told, [(false, true), (true, true), (true, true), (false, false)]);
}
