//! Tiers of rates on loans whose interest follows what is outstanding. Figures are by hand: at 36.5 %
//! and actual/365 a day costs a thousandth, at 18.25 % half of that.

use jiff::civil::{Date, date};
use loam_book::loan::annual_rates::annual_rates;
use loam_book::loan::command::{
    ChangeInterestRate, Disburse, LoanCommand, LoanFigures, PauseInterest, TrancheFigure,
};
use loam_book::loan::refusal::{DynamicRefusal, Refusal};
use loam_book::product::charges::{TaxMethod, TaxRules};
use loam_book::product::interest::{BalanceTier, PeriodTier, RateTerms};
use loam_book::product::payments::{
    InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation,
};
use loam_book::product::securities::{PrincipalPaymentMethod, RevolvingRules};
use loam_book::product::{Product, ProductType, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InterestMethod, Remainder};

use crate::dynamic::{dynamic, rows};
use crate::explained::fault;
use crate::support::{TestBook, cents};

fn percent(text: &str) -> Rate {
    Rate::parse_percent(text).expect("a plain percentage")
}

/// Up to 500.00 at 36.5 %, what is above at 18.25 %.
fn by_balance() -> RateTerms {
    let tier = |ending_balance, rate| BalanceTier { ending_balance, rate: percent(rate) };
    RateTerms::Tiered { tiers: vec![tier(Some(cents(500_00)), "36.5"), tier(None, "18.25")] }
}

/// 45 days at 36.5 %, then 18.25 %.
fn by_day() -> RateTerms {
    let tier = |ending_day, rate| PeriodTier { ending_day, rate: percent(rate) };
    RateTerms::TieredPeriod { tiers: vec![tier(Some(45), "36.5"), tier(None, "18.25")] }
}

/// Equal principal, by the dates, one day a thousandth or half of it.
fn tiered(rate_terms: RateTerms) -> Product {
    let mut kind = dynamic();
    kind.interest_method = InterestMethod::DecliningBalance;
    kind.day_count = DayCount::Actual365Fixed;
    kind.days_method = DaysMethod::ActualDays;
    kind.interest_rules.rate_terms = rate_terms;
    assert_eq!(kind.contradiction(), None);
    kind
}

fn agreed(amount: &str, installments: u32) -> LoanFigures {
    LoanFigures {
        amount: Some(StatedAmount(amount.into())),
        installments: Some(installments),
        ..LoanFigures::default()
    }
}

/// 1000.00 in five months from 2024-01-01.
fn thousand(product: Product) -> TestBook {
    TestBook::active(product, date(2024, 1, 1), agreed("1000", 5))
}

fn interest(book: &TestBook) -> Vec<i64> {
    rows(book).into_iter().map(|(_, interest)| interest).collect()
}

fn proved(book: &TestBook) {
    assert_eq!(book.findings(), []);
    assert_eq!(fault(book), None);
}

#[test]
fn a_balance_that_falls_early_falls_through_its_tiers() {
    let mut book = thousand(tiered(by_balance()));
    // A day costs 0.75 of 1000, 0.65 of 800, 0.55 of 600, and a thousandth of what is up to 500.
    assert_eq!(interest(&book), [23_25, 18_85, 17_05, 12_00, 6_20]);
    book.move_to(date(2024, 2, 1));
    book.repay("223.25").expect("it is due");
    book.move_to(date(2024, 2, 16));
    assert_eq!(book.loan().accrued_on(book.business_date), cents(15 * 65));
    assert_eq!(book.loan().payoff_on(book.business_date).total(), cents(809_75));
    book.repay("409.75").expect("prepayments are accepted");
    // Fourteen days are left of February, at 0.40 of 400.
    assert_eq!(interest(&book), [23_25, 9_75 + 5_60, 31 * 40, 30 * 40, 31 * 20]);
    proved(&book);
    book.move_to(date(2024, 2, 20));
    let quote = book.loan().payoff_on(book.business_date).total();
    assert_eq!(quote, cents(400_00 + 4 * 40));
    book.repay("401.60").expect("it is what is owed");
    assert!(!book.loan().state().is_active());
    proved(&book);
}

#[test]
fn the_rate_changes_in_the_middle_of_an_installment_with_the_day_of_the_loan() {
    let mut book = thousand(tiered(by_day()));
    // February has fourteen days at 0.80 and fifteen at 0.40.
    assert_eq!(interest(&book), [31_00, 17_20, 31 * 30, 30 * 20, 31 * 10]);
    book.move_to(date(2024, 2, 1));
    book.repay("231.00").expect("it is due");
    book.move_to(date(2024, 2, 16));
    assert_eq!(book.loan().accrued_on(book.business_date), cents(14 * 80 + 40));
    book.repay("211.60").expect("prepayments are accepted");
    // Fourteen days are left, at half a thousandth of 600.
    assert_eq!(interest(&book), [31_00, 11_60 + 4_20, 31 * 30, 30 * 20, 31 * 10]);
    proved(&book);
}

#[test]
fn what_is_overdue_keeps_a_balance_in_its_tier() {
    let mut book = thousand(tiered(by_balance()));
    book.move_to(date(2024, 2, 11));
    // Ten days on 1000, and what is left of February on 800 once it is paid.
    assert_eq!(interest(&book)[..2], [23_25, 10 * 75 + 19 * 65]);
    proved(&book);
    let mut none = tiered(by_balance());
    none.interest_rules.accrues_late_interest = false;
    let mut book = thousand(none);
    book.move_to(date(2024, 3, 11));
    assert_eq!(interest(&book)[..3], [23_25, 29 * 65, 31 * 55]);
    proved(&book);
}

#[test]
fn a_pause_has_no_interest_in_any_tier() {
    for (rate_terms, first) in [(by_balance(), 21 * 75), (by_day(), 21 * 100)] {
        let mut book = thousand(tiered(rate_terms));
        book.move_to(date(2024, 1, 11));
        let pause = PauseInterest { from: Some(date(2024, 1, 11)), until: date(2024, 1, 21), notes: None };
        book.command(&LoanCommand::PauseInterest(pause)).expect("an active loan");
        assert_eq!(interest(&book)[0], first);
        proved(&book);
    }
}

/// After an early payment the rest is that of a new loan over its time: equal but for the last.
#[test]
fn equal_installments_are_spread_anew_by_the_tiers_that_are_left() {
    for rate_terms in [by_balance(), by_day()] {
        let mut kind = tiered(rate_terms);
        kind.interest_method = InterestMethod::DecliningBalanceDiscounted;
        kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::RescheduleRemainingRepayments;
        let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", 6));
        book.move_to(date(2024, 1, 20));
        book.repay("400.00").expect("prepayments are accepted");
        let totals: Vec<i64> = rows(&book).iter().map(|(principal, interest)| principal + interest).collect();
        assert!(totals[1..5].iter().all(|total| *total == totals[1]), "{totals:?}");
        assert!((totals[5] - totals[1]).abs() <= 5, "{totals:?}");
        proved(&book);
    }
}

#[test]
fn a_second_tranche_bears_interest_in_the_tier_above() {
    let mut kind = tiered(by_balance());
    kind.product_type = ProductType::TranchedLoan;
    kind.max_tranches = Some(2);
    let tranche =
        |on: Date| TrancheFigure { key: None, amount: StatedAmount("500".into()), expected_on: Some(on) };
    let tranches = vec![tranche(date(2024, 1, 1)), tranche(date(2024, 1, 16))];
    let figures = LoanFigures { tranches: Some(tranches), ..agreed("1000", 5) };
    let mut book = TestBook::active(kind, date(2024, 1, 1), figures);
    assert_eq!(interest(&book), [31 * 50, 29 * 40, 31 * 30, 30 * 20, 31 * 10]);
    book.move_to(date(2024, 1, 16));
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("its day has come");
    assert_eq!(interest(&book), [15 * 50 + 16 * 75, 18_85, 17_05, 12_00, 6_20]);
    proved(&book);
}

#[test]
fn the_bill_of_a_credit_has_the_interest_of_its_tiers() {
    let mut kind = tiered(by_balance());
    kind.product_type = ProductType::RevolvingCredit;
    kind.remainder = Remainder::None;
    kind.payment_rules = crate::support::product().payment_rules;
    kind.revolving = Some(RevolvingRules {
        method: PrincipalPaymentMethod::Flat,
        amount: Range { default: Some(cents(100_00)), ..Range::OPEN },
        percentage: Range::OPEN,
        floor: None,
        ceiling: None,
        floor_includes_interest: false,
        floor_includes_fees: false,
    });
    assert_eq!(kind.contradiction(), None);
    let mut book = TestBook::new(kind, date(2024, 1, 1));
    let limit = LoanFigures { amount: Some(StatedAmount("1000".into())), ..LoanFigures::default() };
    book.create_with(limit).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let draw = |book: &mut TestBook, amount: &str| {
        let amount = Some(StatedAmount(amount.into()));
        let draw = LoanCommand::Disburse(Disburse { amount, ..Disburse::default() });
        book.command(&draw).expect("within the limit");
    };
    draw(&mut book, "500");
    book.move_to(date(2024, 1, 16));
    draw(&mut book, "300");
    book.move_to(date(2024, 2, 1));
    // Fifteen days on 500, sixteen on 800.
    assert_eq!(rows(&book)[0], (100_00, 15 * 50 + 16 * 65));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_tax_on_top_is_charged_on_every_tier() {
    for (rate_terms, net) in [(by_balance(), [23_25, 18_85]), (by_day(), [31_00, 17_20])] {
        let mut kind = tiered(rate_terms);
        kind.charges.tax = TaxRules {
            on_interest: true,
            method: TaxMethod::Exclusive,
            rate: Some(percent("20")),
            ..TaxRules::default()
        };
        let book = thousand(kind);
        assert_eq!(interest(&book)[..2], net.map(|net| net * 12 / 10));
        proved(&book);
    }
}

/// Five payments that the two disclosed rates are solved from; a nominal rate there is none.
#[test]
fn a_loan_with_tiers_costs_in_a_year_what_its_payments_say() {
    let book = thousand(tiered(by_balance()));
    let rates =
        annual_rates(book.loan(), (date(2024, 1, 1), Amount::ZERO), &book.loan().servicing.installments);
    assert_eq!(rates.paid_back, cents(1_000_00 + 23_25 + 18_85 + 17_05 + 12_00 + 6_20));
    assert!(rates.actuarial.is_ok_and(|rate| percent("18.25") < rate && rate < percent("36.5")));
    assert_eq!(rates.effective_nominal, None);
}

#[test]
fn a_rate_with_tiers_is_not_changed_by_hand() {
    for rate_terms in [by_balance(), by_day()] {
        let mut book = thousand(tiered(rate_terms));
        let change = ChangeInterestRate { rate: StatedPercent("12".into()), value_date: None, notes: None };
        let refused = book.command(&LoanCommand::ChangeInterestRate(change)).expect_err("tiers give it");
        assert!(matches!(refused, Refusal::Dynamic(DynamicRefusal::RateChangeNotAllowed { .. })));
    }
}

#[test]
fn a_back_dated_payment_is_counted_in_the_tiers_of_its_day() {
    let mut book = thousand(tiered(by_balance()));
    book.move_to(date(2024, 2, 11));
    book.repay_on("223.25", Some(date(2024, 2, 1))).expect("it was due");
    assert_eq!(interest(&book), [23_25, 18_85, 17_05, 12_00, 6_20]);
    proved(&book);
    let repaid = book.transactions.iter().rev().find(|t| t.amount == Amount::from_minor(223_25));
    let id = repaid.expect("it was posted").id;
    book.reverse(id).expect("nothing came after it");
    assert_eq!(interest(&book)[..2], [23_25, 10 * 75 + 19 * 65]);
    proved(&book);
}

#[test]
fn what_does_not_go_with_tiers_is_named() {
    let check = |change: fn(&mut Product), field: &str| {
        let mut kind = tiered(by_balance());
        change(&mut kind);
        assert_eq!(kind.contradiction(), Some(field));
        kind.interest_rules.rate_terms = by_day();
        assert_eq!(kind.contradiction(), None, "{field} goes with tiers by day");
    };
    check(
        |kind| {
            kind.payment_rules.late_payments_recalculation =
                LatePaymentsRecalculation::IncreaseOverdueInstallments
        },
        "latePaymentsRecalculationMethod",
    );
    check(
        |kind| kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::WholeInstallment,
        "applyInterestOnPrepaymentMethod",
    );
    check(|kind| kind.interest_rules.late_interest_to_due_date = true, "accrueLateInterest");
}
