//! Loans whose interest follows what is outstanding, told step by step.

use jiff::civil::{Date, date};
use loam_book::loan::Closure;
use loam_book::loan::LoanState;
use loam_book::loan::command::{
    ChangeInterestRate, ChargeFee, LoanCommand, LoanFigures, PauseInterest, Redraw, ReversalKind, Reverse,
};
use loam_book::loan::refusal::{DynamicRefusal, Refusal};
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::interest::InterestBalance;
use loam_book::product::payments::{FuturePayments, LatePaymentsRecalculation, PrepaymentRecalculation};
use loam_book::product::{GracePeriodType, Product, ProductType};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InterestMethod, Remainder};

use crate::support::{TestBook, product};

pub(crate) fn dynamic() -> Product {
    let mut product = product();
    product.product_type = ProductType::DynamicTermLoan;
    product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    product.charge_frequency = ChargeFrequency::Annualized;
    product.day_count = DayCount::ThirtyE360;
    product.days_method = DaysMethod::RepaymentPeriodicity;
    product.rounding = Rounding::HalfEven;
    product.remainder = Remainder::Last;
    product.interest_rules.accrues_late_interest = true;
    product.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseLastInstallment;
    product
}

pub(crate) fn agreed(amount: &str, percent: &str, installments: u32) -> LoanFigures {
    LoanFigures {
        amount: Some(StatedAmount(amount.into())),
        interest_rate: Some(StatedPercent(percent.into())),
        installments: Some(installments),
        ..LoanFigures::default()
    }
}

/// 100.00 at 7 % in six months: five installments of 17.01 and one of 17.00.
fn hundred(product: Product) -> TestBook {
    TestBook::active(product, date(2024, 1, 1), agreed("100", "7", 6))
}

/// Principal and interest of each row as expected on a day.
fn rows_on(book: &TestBook, day: Date) -> Vec<(i64, i64)> {
    let rows = book.loan().schedule_on(day);
    rows.iter().map(|row| (row.expected.principal.minor(), row.expected.interest.minor())).collect()
}

pub(crate) fn rows(book: &TestBook) -> Vec<(i64, i64)> {
    rows_on(book, book.business_date)
}

pub(crate) fn is_repaid(book: &TestBook) -> bool {
    matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. })
}

#[test]
fn paid_on_time_a_dynamic_loan_is_what_it_was_scheduled() {
    let mut book = hundred(dynamic());
    let scheduled = [(16_43, 58), (16_52, 49), (16_62, 39), (16_72, 29), (16_81, 20), (16_90, 10)];
    assert_eq!(rows(&book), scheduled);
    for month in 2..=7 {
        book.move_to(date(2024, month, 1));
        let due = book.loan().due_by(book.business_date).total();
        book.repay(&due.to_fixed_text(book.loan().terms.currency)).expect("it is due");
        assert_eq!(rows(&book), scheduled);
        assert_eq!(book.findings(), []);
    }
    assert!(is_repaid(&book));
}

#[test]
fn overdue_principal_costs_interest_until_it_is_paid() {
    let mut book = hundred(dynamic());
    book.move_to(date(2024, 2, 15));
    let late = [(16_43, 58), (16_48, 53), (16_62, 39), (16_72, 29), (16_81, 20), (16_94, 10)];
    assert_eq!(rows(&book), late);
    book.repay("17.01").expect("it is due");
    assert_eq!(rows_on(&book, date(2024, 2, 29)), late, "from now on nothing is late");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_product_may_take_no_interest_on_what_is_late() {
    let mut kind = dynamic();
    kind.interest_rules.accrues_late_interest = false;
    let mut book = hundred(kind);
    book.move_to(date(2024, 2, 15));
    book.repay("34.02").expect("prepayments are accepted");
    let expected = [(16_43, 58), (16_77, 24), (16_42, 59), (16_72, 29), (16_81, 20), (16_85, 10)];
    assert_eq!(rows(&book), expected);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_early_payment_pays_the_interest_of_the_days_gone_and_then_principal() {
    let mut book = hundred(dynamic());
    book.move_to(date(2024, 2, 15));
    let posted = book.repay("34.02").expect("prepayments are accepted");
    let kinds: Vec<_> = posted.iter().map(|transaction| transaction.kind).collect();
    assert_eq!(kinds, [TransactionKind::InterestApplied, TransactionKind::Repayment]);
    assert_eq!(posted[0].amount.minor(), 28);
    let expected = [(16_43, 58), (16_73, 28), (16_42, 59), (16_72, 29), (16_81, 20), (16_89, 10)];
    assert_eq!(rows(&book), expected);
    assert_eq!(book.findings(), []);
    book.move_to(date(2024, 3, 1));
    assert_eq!(rows(&book), expected, "the second installment is paid, its later interest is carried on");
    assert_eq!(book.outstanding().interest.minor(), 0);
}

#[test]
fn paying_exactly_the_quote_closes_the_loan_on_any_day() {
    for day in [date(2024, 1, 1), date(2024, 1, 17), date(2024, 2, 1), date(2024, 5, 20), date(2024, 9, 9)] {
        let mut book = hundred(dynamic());
        let quoted = book.loan().payoff_on(day);
        book.move_to(day);
        assert_eq!(book.loan().payoff_on(day), quoted, "{day}: the same whenever it is asked");
        let text = quoted.total().to_fixed_text(book.loan().terms.currency);
        book.repay(&text).expect("it is what is owed");
        assert!(is_repaid(&book), "{day}");
        assert_eq!(book.findings(), [], "{day}");
    }
}

#[test]
fn more_than_the_quote_is_refused() {
    let mut book = hundred(dynamic());
    book.move_to(date(2024, 1, 17));
    assert_eq!(book.loan().payoff_on(book.business_date).total().minor(), 100_30);
    assert!(matches!(book.repay("100.31"), Err(Refusal::ExcessRepayment { .. })));
}

#[test]
fn a_back_dated_payment_comes_out_as_if_it_had_come_in_order() {
    let (mut late, mut in_order) = (hundred(dynamic()), hundred(dynamic()));
    in_order.move_to(date(2024, 1, 20));
    in_order.repay("20").expect("prepayments are accepted");
    in_order.move_to(date(2024, 3, 5));
    in_order.repay("10").expect("prepayments are accepted");
    in_order.move_to(date(2024, 4, 10));
    late.move_to(date(2024, 3, 5));
    late.repay("10").expect("it is due");
    late.move_to(date(2024, 4, 10));
    late.repay_on("20", Some(date(2024, 1, 20))).expect("it takes its place");
    assert_eq!(late.loan().servicing, in_order.loan().servicing);
    assert_eq!(late.findings(), []);
}

#[test]
fn a_reversed_payment_leaves_nothing_behind() {
    let (mut reversed, mut untouched) = (hundred(dynamic()), hundred(dynamic()));
    reversed.move_to(date(2024, 1, 20));
    let posted = reversed.repay("20").expect("prepayments are accepted");
    let repayment = posted.iter().find(|posted| posted.kind == TransactionKind::Repayment);
    reversed.move_to(date(2024, 3, 10));
    untouched.move_to(date(2024, 3, 10));
    reversed.reverse(repayment.expect("it was posted").id).expect("nothing followed");
    assert_eq!(reversed.loan().servicing, untouched.loan().servicing);
    assert_eq!(reversed.findings(), []);
}

/// 1000.00 at 10 % in six months with equal principal; 600.00 come on the second due date, when the
/// first two installments are due.
fn thousand(kind: Product) -> TestBook {
    let mut book = TestBook::active(kind, date(2017, 1, 21), agreed("1000", "10", 6));
    book.move_to(date(2017, 2, 21));
    book
}

fn equal_principal() -> Product {
    let mut kind = dynamic();
    kind.interest_method = InterestMethod::DecliningBalance;
    kind.day_count = DayCount::Actual360;
    kind.days_method = DaysMethod::ActualDays;
    kind.rounding = Rounding::HalfUp;
    kind.interest_rules.accrues_late_interest = false;
    kind
}

#[test]
fn without_recalculation_what_is_left_pays_the_next_installments_principal() {
    let mut book = thousand(equal_principal());
    let interest: Vec<i64> = rows(&book).iter().map(|row| row.1).collect();
    assert_eq!(interest, [8_61, 6_48, 5_74, 4_17, 2_87, 1_39]);
    book.move_to(date(2017, 3, 21));
    assert_eq!(book.loan().due_by(book.business_date).total().minor(), 348_43);
    book.repay("600").expect("prepayments are accepted");
    let paid: Vec<i64> =
        book.loan().servicing.installments.iter().map(|row| row.paid.principal.minor()).collect();
    assert_eq!(paid, [166_67, 166_67, 166_67, 84_90, 0, 0]);
    let principal: Vec<i64> = rows(&book).iter().map(|row| row.0).collect();
    assert_eq!(principal, [166_67, 166_67, 166_67, 166_67, 166_67, 166_65]);
    assert_eq!(book.findings(), []);
}

fn after_prepayment(method: PrepaymentRecalculation, kind: Product) -> Vec<(i64, i64)> {
    let mut kind = kind;
    kind.payment_rules.prepayment_recalculation = method;
    let mut book = thousand(kind);
    book.move_to(date(2017, 3, 21));
    book.repay("600").expect("prepayments are accepted");
    assert_eq!(book.findings(), []);
    let found = rows(&book);
    let principal: i64 = found.iter().map(|row| row.0).sum();
    assert_eq!(principal, 1_000_00);
    found
}

/// 251.57 of the 600.00 come ahead of their time and go to the third installment; 415.09 are left.
#[test]
fn equal_principal_is_spread_anew_or_kept_by_the_method() {
    use PrepaymentRecalculation as Method;
    for method in [
        Method::RescheduleRemainingRepayments,
        Method::RecalculateScheduleKeepSameNumberOfTerms,
        Method::ReduceAmountPerInstallment,
    ] {
        let found = after_prepayment(method, equal_principal());
        let principal: Vec<i64> = found[2..].iter().map(|row| row.0).collect();
        assert_eq!(principal, [251_57, 138_36, 138_36, 138_37], "{method:?}");
        let interest: Vec<i64> = found[2..].iter().map(|row| row.1).collect();
        assert_eq!(interest, [3_57, 3_46, 2_38, 1_15], "{method:?}");
    }
    for method in [
        Method::RecalculateScheduleKeepSamePrincipalAmount,
        Method::RecalculateScheduleKeepSameTotalRepaymentAmount,
        Method::ReduceNumberOfInstallments,
        Method::ReduceNumberOfInstallmentsNew,
    ] {
        let found = after_prepayment(method, equal_principal());
        let principal: Vec<i64> = found[2..].iter().map(|row| row.0).collect();
        assert_eq!(principal, [251_57, 166_67, 166_67, 81_75], "{method:?}");
    }
}

#[test]
fn the_last_installments_fall_away_when_their_number_is_reduced() {
    let mut kind = dynamic();
    kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceNumberOfInstallments;
    let found = after_prepayment(PrepaymentRecalculation::ReduceNumberOfInstallments, kind);
    // 343.12 are due; 256.88 go to the third installment, and 415.30 are left for those of 171.56.
    assert_eq!(found[2].0, 256_88);
    assert_eq!(found[3].0 + found[3].1, 171_56);
    assert_eq!(found[4].0 + found[4].1, 171_56);
    assert!(found[5].0 < 171_56);
    let fewer = after_prepayment(PrepaymentRecalculation::ReduceAmountPerInstallment, dynamic());
    let totals: Vec<i64> = fewer[3..].iter().map(|row| row.0 + row.1).collect();
    assert!(totals[0] < 171_56 && totals[0] == totals[1] && (totals[2] - totals[0]).abs() <= 3, "{totals:?}");
}

/// 100.00 at 10 %: after half of the second installment was paid ahead on February 15th, the rate is
/// zero from that day on.
#[test]
fn a_new_rate_spreads_what_is_left_and_counts_what_was_paid_ahead() {
    let mut kind = dynamic();
    let order = [Component::Penalty, Component::Fee, Component::Principal, Component::Interest];
    kind.allocation_order = AllocationOrder::try_new(order).expect("each component once");
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("100", "10", 6));
    book.move_to(date(2024, 2, 1));
    book.repay("17.16").expect("it is due");
    book.move_to(date(2024, 2, 15));
    book.repay("8.58").expect("prepayments are accepted");
    let rate = StatedPercent("0".into());
    let change = ChangeInterestRate { rate, value_date: None, notes: None };
    let posted = book.command(&LoanCommand::ChangeInterestRate(change)).expect("it is a dynamic loan");
    assert_eq!(posted[0].kind, TransactionKind::InterestRateChanged);
    let totals: Vec<i64> = rows(&book).iter().map(|row| row.0 + row.1).collect();
    assert_eq!(totals, [1716, 1680, 1680, 1680, 1680, 1681]);
    assert_eq!(rows(&book)[1], (16_46, 34));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_fixed_loan_keeps_its_rate() {
    let mut book = crate::support::sample_loan();
    let change = ChangeInterestRate { rate: StatedPercent("1".into()), value_date: None, notes: None };
    let refused = book.command(&LoanCommand::ChangeInterestRate(change));
    let expected = DynamicRefusal::RateChangeNotOfProductType { product_type: "fixed term loan" };
    assert_eq!(refused, Err(Refusal::Dynamic(expected)));
}

#[test]
fn no_interest_grows_in_a_pause_and_the_due_dates_stay() {
    let mut kind = dynamic();
    kind.day_count = DayCount::Actual365Fixed;
    kind.days_method = DaysMethod::ActualDays;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("365", "10", 6));
    assert_eq!(rows(&book)[0].1, 3_10, "31 days");
    let pause = PauseInterest { from: None, until: date(2024, 1, 11), notes: None };
    book.command(&LoanCommand::PauseInterest(pause.clone())).expect("it ends before the last due date");
    assert_eq!(rows(&book)[0].1, 2_10, "21 days");
    assert_eq!(book.loan().servicing.installments[0].due_date, date(2024, 2, 1));
    let again = book.command(&LoanCommand::PauseInterest(pause));
    assert!(matches!(again, Err(Refusal::Dynamic(DynamicRefusal::PauseNotPossible { .. }))));
    assert_eq!(book.findings(), []);
}

#[test]
fn what_is_paid_too_much_can_be_drawn_again() {
    let mut kind = dynamic();
    kind.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
    kind.payment_rules.allows_redraw = true;
    let mut book = hundred(kind);
    let redraw = |amount: &str| {
        let (amount, details) = (StatedAmount(amount.into()), TransactionDetails::default());
        LoanCommand::Redraw(Redraw { amount, value_date: None, details })
    };
    book.repay("130").expect("the product keeps what is too much");
    assert_eq!(book.loan().servicing.course.overpaid.minor(), 30_00);
    assert!(book.loan().state().is_active(), "it is owed to the borrower");
    assert_eq!(book.findings(), []);
    let refused = book.command(&redraw("30.01"));
    assert!(matches!(refused, Err(Refusal::Dynamic(DynamicRefusal::RedrawNotPossible { .. }))));
    let posted = book.command(&redraw("30")).expect("it is there");
    assert_eq!(posted[0].kind, TransactionKind::PaymentMade);
    assert!(is_repaid(&book));
    assert_eq!(book.findings(), []);
}

/// 100.00 at 12 %: a day after the last due date costs 3.33 cents, of which three are paid on each.
#[test]
fn many_small_payments_after_the_last_due_date_lose_no_part_of_a_cent() {
    let mut kind = dynamic();
    kind.interest_rules.accrues_after_maturity = true;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("100", "12", 1));
    book.move_to(date(2024, 2, 1));
    book.repay("1").expect("it is due");
    for day in 2..=29 {
        book.move_to(date(2024, 2, day));
        book.repay("0.03").expect("it has grown");
        assert_eq!(book.findings(), []);
    }
    let (paid, quoted) = (book.loan().servicing.paid, book.loan().payoff_on(book.business_date));
    assert_eq!(paid.principal.minor(), 0);
    // 28 days of a nominal month of 29.
    assert_eq!((paid.interest + quoted.interest).minor(), 1_00 + 97);
    book.repay(&quoted.total().to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert!(is_repaid(&book));
}

#[test]
fn a_loan_without_interest_gets_none_by_its_rate() {
    let mut kind = dynamic();
    kind.product_type = ProductType::InterestFreeLoan;
    kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceAmountPerInstallment;
    assert_eq!(kind.contradiction(), None);
    let free = LoanFigures { interest_rate: None, ..agreed("1000", "0", 5) };
    let mut book = TestBook::active(kind, date(2024, 1, 1), free);
    let change = ChangeInterestRate { rate: StatedPercent("5".into()), value_date: None, notes: None };
    let refused = book.command(&LoanCommand::ChangeInterestRate(change));
    let expected = DynamicRefusal::RateChangeNotOfProductType { product_type: "interest-free loan" };
    assert_eq!(refused, Err(Refusal::Dynamic(expected)));
}

#[test]
fn interest_applied_by_hand_and_taken_back_leaves_nothing_behind() {
    let mut kind = dynamic();
    kind.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseOverdueInstallments;
    let (mut undone, mut untouched) = (hundred(kind.clone()), hundred(kind));
    for book in [&mut undone, &mut untouched] {
        book.move_to(date(2024, 2, 15));
    }
    let apply = LoanCommand::ApplyInterest { value_date: None, notes: None };
    let applied = undone.command(&apply).expect("it has grown");
    assert_eq!(applied.len(), 2, "late interest finds its place before");
    let original = applied.last().expect("it was applied").id;
    let kind = ReversalKind::Interest;
    undone
        .command(&LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None }))
        .expect("last");
    assert_eq!(undone.loan().servicing, untouched.loan().servicing);
    assert_eq!(undone.findings(), []);
}

#[test]
fn interest_goes_on_after_the_last_due_date_where_the_product_says_so() {
    for (goes_on, is_late_counted, interest) in [(true, true, 1_17), (true, false, 1_17), (false, true, 0)] {
        let mut kind = dynamic();
        kind.interest_rules.accrues_late_interest = is_late_counted;
        kind.interest_rules.accrues_after_maturity = goes_on;
        let mut book = hundred(kind);
        book.move_to(date(2024, 7, 1));
        let at_maturity = book.loan().payoff_on(book.business_date);
        assert_eq!(at_maturity.principal.minor(), 100_00);
        // Two nominal months of 58.33 cents.
        let later = book.loan().payoff_on(date(2024, 9, 1));
        let grown = (later.interest - at_maturity.interest).minor();
        assert!((grown - interest).abs() <= 1, "{grown}");
    }
}

/// 1000.00 at 12 % in four months, of which nothing is paid: the second month has one per cent of the
/// principal, and of the first month's interest where the product says so.
#[test]
fn interest_may_run_on_interest_that_is_overdue() {
    for (balance, second) in
        [(InterestBalance::PrincipalOnly, 10_00), (InterestBalance::PrincipalAndInterest, 10_10)]
    {
        let mut kind = dynamic();
        kind.interest_rules.balance = balance;
        assert_eq!(kind.contradiction(), None);
        let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 4));
        book.move_to(date(2024, 3, 1));
        assert_eq!((rows(&book)[0].1, rows(&book)[1].1), (10_00, second), "{balance:?}");
        assert_eq!(book.findings(), []);
    }
}

#[test]
fn a_fee_of_a_dynamic_loan_needs_no_installment() {
    let mut book = hundred(dynamic());
    book.move_to(date(2024, 2, 15));
    let fee = ChargeFee {
        amount: Some(StatedAmount("5".into())),
        fees: None,
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    };
    let charged = book.command(&LoanCommand::ChargeFee(fee)).expect("the next installment takes it");
    assert_eq!(charged[0].installment, Some(2));
    assert_eq!(book.loan().payoff_on(book.business_date).fees.minor(), 5_00);
    assert_eq!(book.findings(), []);
}

/// 100.00 at 7 % in six months; the first installment is overdue until the middle of the second month:
/// its 16.43 of principal cost 4.6 cents more, and the others ask for what they asked before.
#[test]
fn late_interest_may_increase_the_overdue_installment() {
    let mut kind = dynamic();
    kind.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseOverdueInstallments;
    assert_eq!(kind.contradiction(), None);
    let mut book = hundred(kind);
    book.move_to(date(2024, 2, 15));
    let expected = [(16_43, 63), (16_52, 49), (16_62, 39), (16_72, 29), (16_81, 20), (16_90, 10)];
    assert_eq!(rows(&book), expected);
    book.repay("17.06").expect("it is due");
    assert_eq!(book.loan().servicing.installments[0].repaid_on, Some(date(2024, 2, 15)));
    assert_eq!(rows(&book), expected);
    assert_eq!(book.findings(), []);
    book.move_to(date(2024, 3, 1));
    assert_eq!(rows(&book), expected);

    let mut never = dynamic();
    never.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseOverdueInstallments;
    let mut unpaid = hundred(never);
    unpaid.move_to(date(2024, 3, 1));
    assert_eq!(rows(&unpaid)[0], (16_43, 68), "a month of 16.43");
    assert_eq!(unpaid.outstanding().interest.minor(), 68 + 49);
    assert_eq!(unpaid.findings(), []);
}

#[test]
fn an_early_payment_pays_no_interest_of_a_time_that_is_forgiven() {
    let mut kind = dynamic();
    kind.grace_period_type = GracePeriodType::InterestForgiveness;
    kind.grace_period.default = Some(2);
    kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::RescheduleRemainingRepayments;
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("100", "7", 6));
    book.move_to(date(2024, 1, 20));
    assert_eq!(book.loan().accrued_on(date(2024, 1, 20)).minor(), 0);
    assert_eq!(book.loan().payoff_on(date(2024, 1, 20)).total().minor(), 100_00);
    book.repay("100").expect("prepayments are accepted");
    assert_eq!(book.loan().state().name(), "closed");
    assert_eq!(book.findings(), []);
}
