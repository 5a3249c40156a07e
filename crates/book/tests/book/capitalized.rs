//! Loans whose interest is added to the principal, told step by step.

use jiff::civil::{Date, date};
use loam_book::journal::GlAccount;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, Redraw, TrancheFigure};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::rescheduling::StatedRow;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Closure, LoanState};
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeCalculation, FeeTrigger, ProductFee};
use loam_book::product::controls::{Capping, CappingBase, CappingConstraint};
use loam_book::product::interest::{InterestBalance, InterestType};
use loam_book::product::payments::{
    FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation, ScheduleEdit,
};
use loam_book::product::{GracePeriodType, Product, ProductType};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;

use crate::dynamic::{agreed, dynamic};

use crate::support::{TestBook, text};

fn capitalizing() -> Product {
    let mut kind = dynamic();
    kind.interest_rules.interest_type = InterestType::CapitalizedInterest;
    kind
}

/// 1000.00 at 12 % in six months, the first three without principal: 1 % grows each month.
fn growing() -> TestBook {
    let mut kind = capitalizing();
    kind.grace_period_type = GracePeriodType::PayInterestOnly;
    kind.grace_period.default = Some(3);
    TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 6))
}

/// 1000.00 at 12 % in five months with equal installments of 206.04.
fn equal() -> TestBook {
    TestBook::active(capitalizing(), date(2024, 1, 1), agreed("1000", "12", 5))
}

fn principal(book: &TestBook) -> Vec<i64> {
    let rows = &book.loan().servicing.installments;
    assert!(rows.iter().all(|row| row.expected.interest.is_zero()), "no row asks for interest");
    rows.iter().map(|row| row.expected.principal.minor()).collect()
}

fn balance(book: &TestBook) -> i64 {
    let outstanding = book.outstanding();
    assert_eq!(outstanding.total(), outstanding.principal, "nothing else is owed");
    outstanding.principal.minor()
}

fn is_repaid(book: &TestBook) -> bool {
    matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. })
}

fn pay_out(book: &mut TestBook, amount: Option<&str>) -> Result<Vec<LoanTransaction>, Refusal> {
    let amount = amount.map(|amount| StatedAmount(amount.into()));
    book.command(&LoanCommand::Disburse(Disburse { amount, ..Disburse::default() }))
}

fn first_of(month: i8) -> Date {
    date(2024, month, 1)
}

#[test]
fn interest_grows_into_the_principal_while_nothing_is_asked_for() {
    let mut book = growing();
    // 1000.00 in three equal installments at 1 %: 340.02 each, the last takes what is left.
    assert_eq!(principal(&book), [0, 0, 0, 340_02, 340_02, 319_96]);
    for (month, owed) in [(2, 1_010_00), (3, 1_020_10), (4, 1_030_30)] {
        book.move_to(first_of(month));
        assert_eq!(balance(&book), owed, "month {month}");
        assert_eq!(book.findings(), []);
    }
    assert_eq!(book.loan().servicing.late_since, None, "nothing is due");
    // 1030.30 × 0.01 ÷ (1 − 1.01⁻³) = 350.32.
    assert_eq!(principal(&book), [0, 0, 0, 35_032, 35_032, 32_966]);
}

#[test]
fn the_transaction_shows_principal_and_the_journal_income() {
    let mut book = growing();
    book.move_to(first_of(2));
    let applied = book.transactions.last().expect("interest was applied");
    assert_eq!(applied.kind, TransactionKind::InterestApplied);
    assert_eq!(applied.amount.minor(), 10_00);
    assert_eq!(applied.split.principal.minor(), 10_00);
    assert_eq!(applied.split.interest, Amount::ZERO);
    assert_eq!(applied.principal_balance.minor(), 1_010_00);
    let transfer = book.transfers.last().expect("it was posted");
    assert_eq!((transfer.debit, transfer.credit), (GlAccount::LoanPortfolio, GlAccount::InterestIncome));
    assert_eq!(transfer.amount.minor(), 10_00);
}

#[test]
fn equal_installments_stay_equal_and_end_the_loan() {
    let mut book = equal();
    assert_eq!(principal(&book), [206_04, 206_04, 206_04, 206_04, 175_84]);
    // 1000.00 × 1.01 − 206.04 = 803.96; × 1.01 = 812.00 − 206.04 = 605.96, and so on.
    for (month, owed) in [(2, 1_010_00), (3, 812_00), (4, 612_02), (5, 410_04)] {
        book.move_to(first_of(month));
        assert_eq!(balance(&book), owed, "month {month}");
        book.repay("206.04").expect("it is due");
        assert_eq!(book.findings(), []);
    }
    book.move_to(first_of(6));
    assert_eq!(balance(&book), 206_04, "204.00 and 2.04 of interest");
    book.repay("206.04").expect("it is due");
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}

#[test]
fn equal_principal_takes_its_share_of_the_interest() {
    let mut kind = capitalizing();
    kind.interest_method = InterestMethod::DecliningBalance;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    assert_eq!(principal(&book), [200_00; 5]);
    book.move_to(first_of(2));
    // 1010.00 less the 200.00 that are due, over four.
    assert_eq!(principal(&book), [200_00, 202_50, 202_50, 202_50, 202_50]);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_early_payment_applies_what_has_grown_by_its_day() {
    let mut book = growing();
    book.move_to(date(2024, 1, 16));
    // 15 of 31 days of 10.00.
    let posted = book.repay("104.84").expect("prepayments are accepted");
    let kinds: Vec<_> = posted.iter().map(|posted| posted.kind).collect();
    assert_eq!(kinds, [TransactionKind::InterestApplied, TransactionKind::Repayment]);
    assert_eq!(posted[0].split.principal.minor(), 4_84);
    assert_eq!(posted[1].split.principal.minor(), 104_84);
    assert_eq!(balance(&book), 900_00);
    assert_eq!(book.findings(), []);
    book.move_to(first_of(2));
    assert_eq!(balance(&book), 90_464, "4.84 of 1000.00 and 4.64 of 900.00, 9.48 in all");
    assert_eq!(book.findings(), []);
}

#[test]
fn applied_by_hand_an_early_payment_leaves_interest_alone() {
    let mut kind = capitalizing();
    kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::Manual;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    book.move_to(date(2024, 1, 16));
    let posted = book.repay("100").expect("prepayments are accepted");
    assert_eq!(posted.len(), 1);
    assert_eq!(balance(&book), 900_00);
    let apply = LoanCommand::ApplyInterest { value_date: None, notes: None };
    let posted = book.command(&apply).expect("interest has grown");
    assert_eq!(posted[0].split.principal.minor(), 4_84);
    assert_eq!(balance(&book), 904_84);
    assert_eq!(book.findings(), []);
    // Paying all principal is not the end while interest has grown since.
    book.move_to(date(2024, 1, 31));
    book.repay("904.84").expect("prepayments are accepted");
    assert!(!is_repaid(&book));
    assert!(balance(&book) > 0);
    assert_eq!(book.findings(), []);
}

#[test]
fn paying_exactly_the_quote_closes_the_loan_on_any_day() {
    for day in [date(2024, 1, 1), date(2024, 1, 16), first_of(2), date(2024, 5, 20), date(2024, 9, 9)] {
        let mut book = growing();
        let quoted = book.loan().payoff_on(day);
        assert_eq!(quoted.interest, Amount::ZERO, "{day}: it is principal by then");
        book.move_to(day);
        assert_eq!(book.loan().payoff_on(day), quoted, "{day}: the same whenever it is asked");
        let text = quoted.total().to_fixed_text(book.loan().terms.currency);
        book.repay(&text).expect("it is what is owed");
        assert!(is_repaid(&book), "{day}");
        assert_eq!(book.findings(), [], "{day}");
    }
    let book = growing();
    assert_eq!(book.loan().payoff_on(date(2024, 1, 16)).principal.minor(), 1_004_84);
    assert_eq!(book.loan().payoff_on(date(2024, 3, 1)).principal.minor(), 1_020_10);
}

#[test]
fn a_back_dated_payment_comes_out_as_if_it_had_come_in_order() {
    let (mut late, mut in_order) = (equal(), equal());
    in_order.move_to(date(2024, 1, 16));
    in_order.repay("105").expect("prepayments are accepted");
    in_order.move_to(first_of(3));
    in_order.repay("150").expect("it is due");
    in_order.move_to(date(2024, 4, 10));
    late.move_to(first_of(3));
    late.repay("150").expect("it is due");
    late.move_to(date(2024, 4, 10));
    late.repay_on("105", Some(date(2024, 1, 16))).expect("it takes its place");
    assert_eq!(late.loan().servicing, in_order.loan().servicing);
    assert_eq!(late.findings(), []);
}

#[test]
fn a_reversed_payment_leaves_nothing_behind() {
    let (mut reversed, mut untouched) = (equal(), equal());
    reversed.move_to(date(2024, 1, 16));
    let posted = reversed.repay("105").expect("prepayments are accepted");
    let repayment = posted.iter().find(|posted| posted.kind == TransactionKind::Repayment);
    reversed.move_to(date(2024, 3, 10));
    untouched.move_to(date(2024, 3, 10));
    reversed.reverse(repayment.expect("it was posted").id).expect("it is the only fact");
    assert_eq!(reversed.loan().servicing, untouched.loan().servicing);
    assert_eq!(reversed.findings(), []);
}

#[test]
fn a_lock_holds_the_interest_back_until_the_unlocking() {
    let mut book = growing();
    book.move_to(date(2024, 1, 20));
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    book.move_to(date(2024, 2, 11));
    assert_eq!(balance(&book), 1_000_00);
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::Unlock { notes: None }).expect("it is locked");
    book.move_to(date(2024, 2, 12));
    assert_eq!(balance(&book), 1_010_00);
    assert_eq!(book.findings(), []);
}

/// The first day of a month, with what is due by then paid on each due date before.
fn paid_as_due(book: &mut TestBook, through: i8) {
    for month in 2..=through {
        book.move_to(first_of(month));
        let rows = &book.loan().servicing.installments;
        let due: i64 = rows
            .iter()
            .filter(|row| row.due_date <= first_of(month))
            .map(|row| row.unpaid().total().minor())
            .sum();
        if due > 0 {
            book.repay(&text(due)).expect("it is due");
        }
    }
}

#[test]
fn interest_that_became_principal_is_no_part_of_what_may_be_paid_out() {
    let mut kind = capitalizing();
    kind.payment_rules.disburses_in_parts = true;
    kind.grace_period_type = GracePeriodType::PayInterestOnly;
    kind.grace_period.default = Some(3);
    let mut book = TestBook::new(kind, date(2024, 1, 1));
    book.create_with(agreed("1000", "12", 6)).expect("it is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    pay_out(&mut book, Some("600")).expect("a part");
    book.move_to(first_of(2));
    assert_eq!(balance(&book), 606_00);
    pay_out(&mut book, None).expect("the other part");
    assert_eq!(balance(&book), 1_006_00, "400.00 were left, whatever has grown");
    book.move_to(first_of(3));
    assert_eq!(balance(&book), 1_016_06);
    assert!(pay_out(&mut book, Some("0.01")).is_err(), "all of it is paid out");
    assert_eq!(book.findings(), []);
}

#[test]
fn the_interest_of_each_tranche_grows_into_the_principal() {
    let mut kind = capitalizing();
    kind.product_type = ProductType::TranchedLoan;
    kind.max_tranches = Some(2);
    let tranche = |amount: &str, expected_on| TrancheFigure {
        key: None,
        amount: StatedAmount(amount.into()),
        expected_on,
    };
    let tranches = vec![tranche("500", Some(date(2024, 1, 1))), tranche("500", Some(first_of(2)))];
    let figures = LoanFigures { tranches: Some(tranches), ..agreed("1000", "12", 4) };
    let mut book = TestBook::active(kind, date(2024, 1, 1), figures);
    book.move_to(first_of(2));
    assert_eq!(balance(&book), 505_00);
    pay_out(&mut book, None).expect("it is its day");
    assert_eq!(balance(&book), 1_005_00);
    paid_as_due(&mut book, 5);
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_loan_that_was_shortened_stays_so_and_its_last_installment_takes_the_interest() {
    let mut kind = capitalizing();
    kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceNumberOfInstallments;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    book.repay("500").expect("prepayments are accepted");
    let shortened = principal(&book);
    let open = shortened.iter().filter(|asked| **asked > 0).count();
    assert!(open < 5, "{shortened:?}");
    book.move_to(first_of(2));
    assert_eq!(balance(&book), 505_00);
    let grown = principal(&book);
    assert_eq!(grown[open..], shortened[open..], "what fell away does not come back");
    assert_eq!(grown[..open - 1], shortened[..open - 1]);
    assert_eq!(grown[open - 1], shortened[open - 1] + 5_00);
    paid_as_due(&mut book, 6);
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_schedule_that_somebody_edited_stays_as_it_is() {
    let mut kind = capitalizing();
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPrincipalPaymentSchedule];
    kind.interest_method = InterestMethod::DecliningBalance;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    let row = |number, principal: &str| StatedRow {
        number: Some(number),
        principal: Some(StatedAmount(principal.into())),
        ..StatedRow::default()
    };
    let rows = vec![row(2, "50"), row(3, "350")];
    book.command(&LoanCommand::EditSchedule { rows }).expect("the sum is the same");
    book.move_to(first_of(2));
    assert_eq!(principal(&book), [200_00, 50_00, 350_00, 200_00, 210_00]);
    assert_eq!(book.findings(), []);
}

#[test]
fn nothing_grows_while_interest_is_forgiven() {
    let mut kind = capitalizing();
    kind.grace_period_type = GracePeriodType::InterestForgiveness;
    kind.grace_period.default = Some(2);
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 4));
    assert_eq!(book.loan().payoff_on(date(2024, 1, 20)).total().minor(), 1_000_00);
    book.move_to(date(2024, 1, 20));
    assert!(book.command(&LoanCommand::ApplyInterest { value_date: None, notes: None }).is_err());
    book.move_to(first_of(3));
    assert_eq!(balance(&book), 1_000_00);
    book.move_to(first_of(4));
    assert_eq!(balance(&book), 1_010_00);
    assert_eq!(book.findings(), []);
}

#[test]
fn what_is_paid_too_much_is_kept_after_the_interest_to_the_day() {
    let mut kind = capitalizing();
    kind.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
    kind.payment_rules.allows_redraw = true;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 5));
    book.move_to(date(2024, 1, 16));
    book.repay("1100").expect("what is too much is kept");
    // 15 of 31 days of 10.00 became principal first.
    assert_eq!(book.loan().servicing.course.overpaid.minor(), 9_516);
    book.move_to(first_of(3));
    assert_eq!((balance(&book), book.findings()), (0, vec![]));
    let redraw = Redraw {
        amount: StatedAmount("95.16".into()),
        value_date: None,
        details: TransactionDetails::default(),
    };
    book.command(&LoanCommand::Redraw(redraw)).expect("it is the borrower's");
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}

fn capped(constraint: CappingConstraint, base: CappingBase) -> TestBook {
    let mut kind = capitalizing();
    kind.grace_period_type = GracePeriodType::PayInterestOnly;
    kind.grace_period.default = Some(3);
    let percentage = Rate::parse_percent("1.5").expect("a rate");
    kind.controls.capping =
        Some(Capping { base, constraint, percentage, applies_accrued_before_locking: false });
    assert_eq!(kind.contradiction(), None);
    TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 6))
}

#[test]
fn interest_that_became_principal_counts_towards_the_cap() {
    let is_locked =
        |book: &TestBook| matches!(book.loan().state(), LoanState::Active { is_locked: true, .. });
    // The cap of 1.5 % is 15.00, on what is outstanding without the interest in it as well.
    for base in [CappingBase::OriginalPrincipalPercentage, CappingBase::OutstandingPrincipalPercentage] {
        let mut hard = capped(CappingConstraint::HardCap, base);
        let mut soft = capped(CappingConstraint::SoftCap, base);
        for book in [&mut hard, &mut soft] {
            book.move_to(first_of(2));
            assert_eq!((balance(book), is_locked(book)), (1_010_00, false));
            book.move_to(first_of(3));
            assert!(is_locked(book));
            assert_eq!(book.findings(), []);
        }
        assert_eq!(balance(&hard), 1_010_00, "10.10 more would have been beyond it");
        assert_eq!(balance(&soft), 1_020_10);
    }
}

#[test]
fn settings_that_do_not_go_with_it_are_refused_by_name() {
    assert_eq!(capitalizing().contradiction(), None);
    let refused = |change: fn(&mut Product)| {
        let mut kind = capitalizing();
        change(&mut kind);
        kind.contradiction()
    };
    let field = refused(|kind| kind.interest_rules.balance = InterestBalance::PrincipalAndInterest);
    assert_eq!(field, Some("interestBalanceCalculationMethod"));
    let field = refused(|kind| {
        kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::WholeInstallment;
    });
    assert_eq!(field, Some("applyInterestOnPrepaymentMethod"));
    let field = refused(|kind| {
        kind.payment_rules.late_payments_recalculation =
            LatePaymentsRecalculation::IncreaseOverdueInstallments;
    });
    assert_eq!(field, Some("latePaymentsRecalculationMethod"));
    let field = refused(|kind| kind.interest_rules.late_interest_to_due_date = true);
    assert_eq!(field, Some("accrueLateInterest"));
    let field = refused(|kind| {
        kind.charges.tax.on_interest = true;
        kind.charges.tax.rate = Some(Rate::from_ratio(1, 10));
    });
    assert_eq!(field, Some("taxSettings"));
    for product_type in
        [ProductType::FixedTermLoan, ProductType::InterestFreeLoan, ProductType::RevolvingCredit]
    {
        let mut kind = capitalizing();
        kind.product_type = product_type;
        assert!(kind.contradiction().is_some());
    }
}

#[test]
fn the_quote_knows_the_fees_of_principal_that_interest_becomes() {
    let mut kind = capitalizing();
    kind.charges.fees = vec![ProductFee {
        calculation: FeeCalculation::RepaymentPrincipalAmountPercentage,
        percentage: Some(Rate::parse_percent("10").expect("a rate")),
        ..crate::fees::fee(1, FeeTrigger::PaymentDue)
    }];
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 2));
    book.move_to(date(2024, 2, 16));
    let quoted = book.loan().payoff_on(book.business_date).total();
    book.repay(&quoted.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}
