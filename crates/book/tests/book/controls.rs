//! Arrears tolerance in all its kinds, locks by the book, capping and dormancy.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use loam_book::loan::charges::penalties::accrued;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures};
use loam_book::loan::event::charge::LockCause;
use loam_book::loan::lateness::working_days_late;
use loam_book::loan::refusal::{ChargeRefusal, Refusal, WriteOffRefusal};
use loam_book::loan::transaction::TransactionKind;
use loam_book::loan::{Closure, LoanState};
use loam_book::product::charges::PenaltyMethod;
use loam_book::product::controls::{
    ArrearsCountedFrom, Capping, CappingBase, CappingConstraint, ControlRules,
};
use loam_book::product::{Product, Range};
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Calendar;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;

use crate::dynamic::agreed;
use crate::penalties::with_penalties;
use crate::revolving::{credit, flat, limit};
use crate::support::{TestBook, cents, figures, product};

fn controlled(controls: impl FnOnce(&mut ControlRules)) -> Product {
    let mut product = product();
    controls(&mut product.controls);
    assert_eq!(product.contradiction(), None);
    product
}

fn paid_out(product: Product) -> TestBook {
    TestBook::active_loan(product, "950", date(2012, 6, 28))
}

fn arrears_since(book: &TestBook) -> Option<Date> {
    book.loan().servicing.arrears_since
}

fn lock(book: &TestBook) -> Option<LockCause> {
    let LoanState::Active { is_locked: true, lock_cause, .. } = book.loan().state() else { return None };
    Some(*lock_cause)
}

#[test]
fn a_monthly_day_takes_the_place_of_days() {
    let mut book = paid_out(controlled(|controls| controls.arrears.monthly_day = Some(15)));
    book.move_to(date(2012, 8, 14));
    assert_eq!(book.loan().servicing.late_since, Some(date(2012, 7, 28)));
    assert_eq!(arrears_since(&book), None);
    book.move_to(date(2012, 8, 15));
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 15)));
    assert_eq!(book.loan().days_in_arrears(book.business_date), 1);
    book.repay("215.45").expect("it is due");
    assert_eq!(arrears_since(&book), None);
    assert_eq!(book.findings(), []);

    // A due date on the day itself has a month.
    let mut book =
        TestBook::active_loan(controlled(|c| c.arrears.monthly_day = Some(28)), "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 28));
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 28)));
}

#[test]
fn a_tolerance_in_days_contradicts_a_monthly_day() {
    let mut book = TestBook::new(controlled(|c| c.arrears.monthly_day = Some(15)), date(2012, 6, 28));
    let days = |days| LoanFigures { arrears_tolerance_days: Some(days), ..figures("950") };
    assert_eq!(book.create_with(days(3)), Err(Refusal::Charge(ChargeRefusal::ArrearsToleranceNotOfMethod)));
    book.create_with(days(0)).expect("no days are none");
    for day in [0, 29] {
        let mut product = product();
        product.controls.arrears.monthly_day = Some(day);
        assert_eq!(product.contradiction(), Some("monthlyToleranceDay"));
    }
}

#[test]
fn less_than_the_floor_is_late_but_not_arrears() {
    let mut book = paid_out(controlled(|controls| controls.arrears.floor_amount = Some(cents(300_00))));
    book.move_to(date(2012, 8, 28));
    assert_eq!((book.loan().days_late(book.business_date), arrears_since(&book)), (31, None));
    book.move_to(date(2012, 9, 5));
    // The second installment makes it 215.45 + 216.29.
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 29)));
    book.repay("131.75").expect("it is due");
    assert_eq!(arrears_since(&book), None, "299.99 are left");
    assert_eq!(book.findings(), []);
}

#[test]
fn the_floor_may_be_a_share_of_the_outstanding_principal() {
    let quarter = Rate::parse_percent("25").expect("a rate");
    let mut book = paid_out(controlled(|controls| controls.arrears.floor_percentage = Some(quarter)));
    book.move_to(date(2012, 8, 28));
    assert_eq!(arrears_since(&book), None, "215.45 are less than 237.50");
    book.move_to(date(2012, 8, 29));
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 29)));
}

#[test]
fn a_charge_may_lift_what_is_late_over_the_floor() {
    let mut book = paid_out(controlled(|controls| controls.arrears.floor_amount = Some(cents(220_00))));
    book.move_to(date(2012, 8, 10));
    assert_eq!(arrears_since(&book), None);
    book.charge("4.55", 1).expect("arbitrary fees are allowed");
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 10)));
    assert_eq!(book.findings(), []);
}

#[test]
fn days_in_arrears_count_from_the_first_time_or_from_the_oldest_late_installment() {
    let days = |counted_from| {
        let mut book = paid_out(controlled(|controls| controls.arrears.counted_from = counted_from));
        book.move_to(date(2012, 8, 30));
        book.repay("215.45").expect("it pays the first installment");
        book.move_to(date(2012, 9, 2));
        book.loan().days_in_arrears(book.business_date)
    };
    assert_eq!(days(ArrearsCountedFrom::DateAccountFirstWentToArrears), 36);
    assert_eq!(days(ArrearsCountedFrom::DateOfLastLateRepayment), 5);
}

#[test]
fn free_days_do_not_count_towards_the_tolerance() {
    let weekend = Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], []).expect("five days are left");
    let mut tolerant = controlled(|controls| controls.arrears.excludes_non_working_days = true);
    tolerant.arrears_tolerance_days = Range { default: Some(3), ..Range::OPEN };
    let mut book = TestBook::new(tolerant, date(2012, 6, 28));
    book.calendar = weekend.clone();
    book.create("950").expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    book.command(&LoanCommand::Disburse(Default::default())).expect("approved");
    // Due on Saturday 28 July: Monday, Tuesday, Wednesday are tolerated.
    book.move_to(date(2012, 8, 1));
    assert_eq!((book.loan().servicing.late_since, arrears_since(&book)), (Some(date(2012, 7, 28)), None));
    assert_eq!(working_days_late(book.loan(), book.business_date, &weekend), 3);
    book.move_to(date(2012, 8, 2));
    assert_eq!(arrears_since(&book), Some(date(2012, 8, 2)));
    assert_eq!(book.loan().days_in_arrears(book.business_date), 1);
    assert_eq!(book.findings(), []);
}

#[test]
fn the_book_locks_an_account_after_so_many_days_in_arrears_once() {
    let mut book = paid_out(controlled(|controls| controls.lock_after_days = Some(5)));
    book.move_to(date(2012, 8, 1));
    assert_eq!(lock(&book), None);
    book.move_to(date(2012, 8, 30));
    assert_eq!(lock(&book), Some(LockCause::Arrears));
    assert_eq!(book.loan().servicing.last_locked_on, Some(date(2012, 8, 2)));
    assert_eq!(book.outstanding().interest, cents(25_45), "the second one is held back");
    book.command(&LoanCommand::Unlock { notes: None }).expect("locked");
    assert_eq!(book.outstanding().interest, cents(25_45 + 26_29));
    book.move_to(date(2012, 9, 20));
    assert_eq!(lock(&book), None, "not again for the same arrears");

    book.repay("480").expect("it is owed");
    assert_eq!(arrears_since(&book), None);
    book.move_to(date(2012, 11, 20));
    assert_eq!(lock(&book), Some(LockCause::Arrears), "these are other arrears");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_back_dated_repayment_takes_the_lock_of_the_book_away() {
    let mut book = paid_out(controlled(|controls| controls.lock_after_days = Some(5)));
    book.move_to(date(2012, 8, 10));
    assert_eq!(lock(&book), Some(LockCause::Arrears));
    book.repay_on("215.45", Some(date(2012, 7, 28))).expect("the actor may correct in bulk");
    assert_eq!(lock(&book), None);
    let unlocked = book.transactions.iter().filter(|t| t.kind == TransactionKind::InterestUnlocked);
    assert_eq!(unlocked.count(), 1, "what was served stays and is taken back");
    assert_eq!(book.findings(), []);
}

fn capped(constraint: CappingConstraint, percentage: &str) -> Product {
    let mut product = with_penalties(PenaltyMethod::OverdueBalance, 0, 0);
    product.charges.penalty.rate.default = Rate::parse_percent("1").ok();
    product.controls.capping = Some(Capping {
        base: CappingBase::OriginalPrincipalPercentage,
        constraint,
        percentage: Rate::parse_percent(percentage).expect("a rate"),
        applies_accrued_before_locking: false,
    });
    assert_eq!(product.contradiction(), None);
    product
}

#[test]
fn a_soft_cap_locks_when_it_is_reached() {
    // 5 % of 950.00 are 47.50.
    let mut book = paid_out(capped(CappingConstraint::SoftCap, "5"));
    book.move_to(date(2012, 8, 27));
    assert_eq!((lock(&book), book.outstanding().penalties), (None, cents(5_70)));
    book.move_to(date(2012, 9, 10));
    // Interest of the second installment: 25.45 + 5.70 + 26.29
    assert_eq!(lock(&book), Some(LockCause::Capping));
    assert_eq!(book.outstanding().interest, cents(25_45 + 26_29));
    assert_eq!(book.loan().servicing.last_locked_on, Some(date(2012, 8, 28)));
    assert_eq!(book.outstanding().penalties, cents(5_70), "nothing is applied any more");
    assert!(accrued(book.loan(), book.business_date) > Exact::ZERO, "but it grows");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_hard_cap_locks_before_it_is_passed() {
    let mut book = paid_out(capped(CappingConstraint::HardCap, "5"));
    book.move_to(date(2012, 9, 10));
    assert_eq!(lock(&book), Some(LockCause::Capping));
    assert_eq!(book.outstanding().interest, cents(25_45));
    assert_eq!(book.outstanding().penalties, cents(5_70));
    book.repay("100").expect("a locked account takes repayments of whoever may post on it");
    assert_eq!(book.findings(), []);
}

#[test]
fn what_has_grown_may_be_applied_before_the_cap_locks() {
    let mut product = capped(CappingConstraint::SoftCap, "5");
    product.interest_method = InterestMethod::DecliningBalance;
    if let Some(capping) = &mut product.controls.capping {
        capping.applies_accrued_before_locking = true;
    }
    let mut book = paid_out(product);
    book.move_to(date(2012, 9, 10));
    assert_eq!(lock(&book), Some(LockCause::Capping));
    let locked_on = book.loan().servicing.last_locked_on.expect("locked");
    assert_eq!(accrued(book.loan(), locked_on), Exact::ZERO);
    assert_eq!(book.findings(), []);
}

/// 1000.00 at 12 % by actual days of a year of 360, due on the 15th. Sixteen days of February's
/// installment are applied with the lock on January 31, fifteen are left: 5.33 of 10.33.
#[test]
fn what_was_applied_before_the_cap_locks_is_part_of_the_installments_interest() {
    let capping = capped(CappingConstraint::SoftCap, "10").controls.capping;
    let mut product = crate::dynamic::dynamic();
    product.interest_method = InterestMethod::DecliningBalance;
    product.day_count = DayCount::Actual360;
    product.days_method = DaysMethod::ActualDays;
    product.charges = with_penalties(PenaltyMethod::OverdueBalance, 0, 0).charges;
    product.charges.penalty.rate.default = Rate::parse_percent("1").ok();
    product.controls.capping = capping.map(|cap| Capping { applies_accrued_before_locking: true, ..cap });
    assert_eq!(product.contradiction(), None);
    let mut book = TestBook::active(product, date(2023, 11, 15), agreed("1000", "12", 5));
    book.move_to(date(2024, 2, 15));
    assert_eq!(lock(&book), Some(LockCause::Capping));
    assert_eq!(book.loan().servicing.last_locked_on, Some(date(2024, 1, 31)));
    let row = &book.loan().servicing.installments[2];
    assert_eq!((row.interest_applied, row.expected.interest), (cents(5_33), cents(10_33)));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_cap_needs_a_percentage_and_a_hard_one_applies_nothing_more() {
    let mut product = capped(CappingConstraint::HardCap, "5");
    product.controls.capping.as_mut().expect("capped").applies_accrued_before_locking = true;
    assert_eq!(product.contradiction(), Some("cappingPercentage"));
    let mut product = capped(CappingConstraint::SoftCap, "5");
    product.controls.capping.as_mut().expect("capped").percentage = Rate::ZERO;
    assert_eq!(product.contradiction(), Some("cappingPercentage"));
}

fn repaid(product: Product) -> TestBook {
    let mut book = paid_out(product);
    let all: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
    book.repay(&all.to_fixed_text(book.loan().terms.currency)).expect("prepayments are accepted");
    book
}

fn is_closed(book: &TestBook) -> bool {
    matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. })
}

#[test]
fn a_credit_and_a_loan_with_tranches_left_are_not_closed_for_being_paid() {
    let mut kind = credit(flat());
    kind.controls.dormancy_days = Some(10);
    let mut book = TestBook::new(kind, date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let draw = || Disburse { amount: Some(StatedAmount("500".into())), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(draw())).expect("within the limit");
    book.repay("500").expect("it is owed");
    book.move_to(date(2024, 3, 20));
    assert!(book.loan().state().is_active(), "it can be drawn again");
    book.command(&LoanCommand::Disburse(draw())).expect("within the limit");
    assert_eq!(book.findings(), []);

    let mut kind = crate::tranches::tranched();
    kind.controls.dormancy_days = Some(0);
    let mut book = TestBook::active(kind, date(2025, 1, 1), crate::tranches::agreed_in_two());
    book.repay("700").expect("prepayments are accepted");
    book.move_to(date(2025, 2, 5));
    assert!(book.loan().state().is_active(), "the second tranche is still to come");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is its day");
    assert_eq!(book.outstanding().principal, cents(300_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_dormant_loan_closes_after_so_many_days_or_by_hand() {
    let mut book = repaid(controlled(|controls| controls.dormancy_days = Some(10)));
    assert!(!is_closed(&book) && book.outstanding().is_zero());
    book.move_to(date(2012, 7, 7));
    assert!(!is_closed(&book));
    book.move_to(date(2012, 7, 20));
    assert!(
        matches!(book.loan().state(), LoanState::Closed { closed_on, .. } if *closed_on == date(2012, 7, 8))
    );
    assert_eq!(book.findings(), []);

    let mut by_hand = repaid(controlled(|controls| controls.dormancy_days = Some(10)));
    let lost = by_hand.command(&LoanCommand::WriteOff { notes: None });
    assert_eq!(lost, Err(Refusal::WriteOff(WriteOffRefusal::NothingLeft)), "nothing is lost");
    by_hand.command(&LoanCommand::Close { notes: None }).expect("all obligations are met");
    assert!(is_closed(&by_hand));
    by_hand.command(&LoanCommand::UndoClose { notes: None }).expect("closed");
    by_hand.move_to(by_hand.business_date + 9.days());
    assert!(!is_closed(&by_hand));
    by_hand.move_to(by_hand.business_date + 1.day());
    assert!(is_closed(&by_hand));
    assert_eq!(by_hand.findings(), []);
}
