//! No rate, tiers of rates, and rates over an index.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::index_rate::{IndexRate, IndexRateKind, IndexRateSource};
use loam_book::loan::command::LoanFigures;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::refusal::TermsRefusal;
use loam_book::product::interest::{BalanceTier, InterestRules, PeriodTier, RateSource, RateTerms};
use loam_book::product::payments::{Amortization, PaymentRules, PrepaymentRecalculation};
use loam_book::product::{Product, ProductType, Range};
use loam_book::record::{Record, check_record};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::DayCount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;

use crate::agreed_payments::annuity;
use crate::support::{TestBook, cents, figures};

pub(crate) fn percent(text: &str) -> Rate {
    Rate::parse_percent(text).expect("it is a percentage")
}

fn stated(text: &str) -> Option<StatedPercent> {
    Some(StatedPercent(text.into()))
}

fn plain(amount: &str) -> LoanFigures {
    LoanFigures { interest_rate: None, ..figures(amount) }
}

fn interest_free() -> Product {
    Product { product_type: ProductType::InterestFreeLoan, ..annuity(Amortization::StandardPayments) }
}

fn with_rates(rules: InterestRules) -> Product {
    Product { interest_rules: rules, ..annuity(Amortization::StandardPayments) }
}

fn tiered(bounds: &[(Option<i64>, &str)]) -> Product {
    let tier = |(bound, rate): &(Option<i64>, &str)| BalanceTier {
        ending_balance: bound.map(cents),
        rate: percent(rate),
    };
    let rate_terms = RateTerms::Tiered { tiers: bounds.iter().map(tier).collect() };
    with_rates(InterestRules { rate_terms, ..InterestRules::default() })
}

fn tiered_by_days(bounds: &[(Option<u32>, &str)]) -> Product {
    let tier = |(bound, rate): &(Option<u32>, &str)| PeriodTier { ending_day: *bound, rate: percent(rate) };
    let rate_terms = RateTerms::TieredPeriod { tiers: bounds.iter().map(tier).collect() };
    with_rates(InterestRules { rate_terms, ..InterestRules::default() })
}

pub(crate) fn index_key() -> Key {
    Key::entity(Part::new(0), 0, 70)
}

/// A spread of 1 to 3 % over the index, never below 4 % or above 8 %.
fn indexed() -> Product {
    let source = RateSource::Index {
        source: index_key(),
        review_count: 3,
        review_unit: PeriodUnit::Months,
        floor: Some(percent("4")),
        ceiling: Some(percent("8")),
        spread: Range { min: Some(percent("1")), default: Some(percent("2")), max: Some(percent("3")) },
    };
    with_rates(InterestRules { source, ..InterestRules::default() })
}

pub(crate) fn index(rates: &[(Date, &str)]) -> IndexRateSource {
    let rate = |(start_date, rate): &(Date, &str)| IndexRate {
        start_date: *start_date,
        rate: percent(rate),
        notes: None,
    };
    IndexRateSource {
        key: index_key(),
        id: "PRIME".into(),
        name: "Prime".into(),
        kind: IndexRateKind::InterestRate,
        notes: None,
        rates: rates.iter().map(rate).collect(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

/// The book on 2024-06-15, with an index of 3 % that is 5 % from July on and 9 % from next year on.
fn indexed_book(product: Product) -> TestBook {
    let rates = [(date(2024, 1, 1), "3"), (date(2024, 7, 1), "5"), (date(2025, 1, 1), "9")];
    let records = vec![Record::Product(Box::new(product.clone())), Record::IndexRateSource(index(&rates))];
    let mut book = TestBook::new(product, date(2024, 6, 15));
    book.catalog = Catalog::new(1, records);
    book
}

fn agreed_rate(book: &mut TestBook, figures: LoanFigures) -> Result<String, Refusal> {
    book.create_with(figures)?;
    Ok(book.loan().terms.interest.rate.to_percent_text())
}

fn refused(product: Product, figures: LoanFigures) -> TermsRefusal {
    let refusal = indexed_book(product).create_with(figures).expect_err("it is refused");
    let Refusal::Terms(refusal) = refusal else { panic!("refused for another reason: {refusal}") };
    refusal
}

fn interest(book: &TestBook) -> Vec<i64> {
    book.loan().servicing.installments.iter().map(|row| row.expected.interest.minor()).collect()
}

#[test]
fn an_interest_free_loan_costs_nothing_from_disbursement_to_closing() {
    let mut book = TestBook::active(interest_free(), date(2024, 1, 31), plain("1000"));
    assert_eq!(interest(&book), [0; 5]);
    assert_eq!(book.loan().terms.interest.rate, Rate::ZERO);
    book.move_to(date(2024, 2, 29));
    book.repay("200").expect("it is due");
    book.repay("800").expect("prepayments are accepted");
    assert!(book.loan().servicing.is_paid());
    assert_eq!(book.findings(), []);
}

#[test]
fn an_interest_free_loan_may_follow_what_is_paid() {
    let payment_rules = PaymentRules {
        prepayment_recalculation: PrepaymentRecalculation::RescheduleRemainingRepayments,
        ..PaymentRules::default()
    };
    let product =
        Product { interest_method: InterestMethod::DecliningBalance, payment_rules, ..interest_free() };
    assert_eq!(product.contradiction(), None);
    let mut book = TestBook::active(product, date(2024, 1, 31), plain("1000"));
    let principals = |book: &TestBook| -> Vec<i64> {
        book.loan().servicing.installments.iter().map(|row| row.expected.principal.minor()).collect()
    };
    assert_eq!(principals(&book), [200_00; 5]);
    book.move_to(date(2024, 2, 29));
    book.repay("600").expect("prepayments are accepted");
    let after = principals(&book);
    assert_eq!(after.iter().sum::<i64>(), 1_000_00, "{after:?}");
    // What is paid early is the second row's; the 400 that are left are spread over the others.
    assert_eq!(after[2..], [133_33, 133_33, 133_34][..], "{after:?}");
    assert_eq!(interest(&book), [0; 5]);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_interest_free_loan_takes_neither_rate_nor_spread() {
    let rated = LoanFigures { interest_rate: stated("2.5"), ..plain("1000") };
    assert_eq!(refused(interest_free(), rated), TermsRefusal::RateOfInterestFreeLoan { value: "2.5".into() });
    let spread = LoanFigures { interest_spread: stated("1"), ..plain("1000") };
    assert_eq!(
        refused(interest_free(), spread),
        TermsRefusal::SpreadOfInterestFreeLoan { value: "1".into() }
    );
    let zero = LoanFigures { interest_rate: stated("0"), interest_spread: stated("0"), ..plain("1000") };
    indexed_book(interest_free()).create_with(zero).expect("zero is as good as nothing");
}

#[test]
fn each_part_of_the_balance_has_the_rate_of_its_tier() {
    let product = Product {
        interest_method: InterestMethod::DecliningBalance,
        ..tiered(&[(Some(500_00), "24"), (None, "12")])
    };
    let book = TestBook::active(product, date(2024, 1, 31), plain("1000"));
    // By the month: 2 % of 500 and 1 % of what is above it, then of 800, 600, 400, 200.
    assert_eq!(interest(&book), [15_00, 13_00, 11_00, 8_00, 4_00]);
    assert_eq!(book.findings(), []);
}

#[test]
fn the_days_of_a_loan_have_the_rate_of_their_tier() {
    let product = Product {
        interest_method: InterestMethod::DecliningBalance,
        ..tiered_by_days(&[(Some(60), "12"), (None, "24")])
    };
    let book = TestBook::active(product, date(2024, 1, 1), plain("1000"));
    // January has 31 days, and day 60 is the last one of February in a leap year.
    assert_eq!(interest(&book), [10_00, 8_00, 12_00, 8_00, 4_00]);
}

#[test]
fn a_tiered_loan_takes_neither_rate_nor_spread() {
    for product in [tiered(&[(None, "12")]), tiered_by_days(&[(None, "12")])] {
        let rated = LoanFigures { interest_rate: stated("2.5"), ..plain("1000") };
        assert_eq!(refused(product.clone(), rated), TermsRefusal::RateOfTieredLoan { value: "2.5".into() });
        let spread = LoanFigures { interest_spread: stated("1"), ..plain("1000") };
        assert_eq!(refused(product, spread), TermsRefusal::SpreadOfTieredLoan { value: "1".into() });
    }
}

#[test]
fn the_rate_is_the_index_on_the_day_of_the_disbursement_plus_the_spread() {
    let expected = |day: Date| LoanFigures { expected_disbursement_on: Some(Some(day)), ..plain("1000") };
    let rate = |figures| agreed_rate(&mut indexed_book(indexed()), figures);
    assert_eq!(rate(plain("1000")), Ok("5".into()));
    assert_eq!(rate(expected(date(2024, 7, 1))), Ok("7".into()));
    let spread = LoanFigures { interest_spread: stated("2.5"), ..expected(date(2024, 6, 30)) };
    assert_eq!(rate(spread), Ok("5.5".into()));
}

#[test]
fn floor_and_ceiling_hold_the_rate_over_an_index() {
    let on = |day: Date, spread: &str| LoanFigures {
        expected_disbursement_on: Some(Some(day)),
        interest_spread: stated(spread),
        ..plain("1000")
    };
    let rate = |figures| agreed_rate(&mut indexed_book(indexed()), figures);
    assert_eq!(rate(on(date(2025, 1, 1), "1")), Ok("8".into()));
    let mut low = indexed_book(indexed());
    let rates = [(date(2024, 1, 1), "0.5")];
    let product = Record::Product(Box::new(indexed()));
    low.catalog = Catalog::new(1, vec![product, Record::IndexRateSource(index(&rates))]);
    assert_eq!(agreed_rate(&mut low, on(date(2024, 6, 15), "1")), Ok("4".into()));
}

#[test]
fn an_indexed_loan_refuses_what_does_not_go_with_its_index() {
    let rated = LoanFigures { interest_rate: stated("2.5"), ..plain("1000") };
    assert_eq!(refused(indexed(), rated), TermsRefusal::RateOfIndexedLoan { value: "2.5".into() });
    let far = LoanFigures { interest_spread: stated("3.1"), ..plain("1000") };
    assert!(matches!(refused(indexed(), far), TermsRefusal::InvalidSpread { .. }));
    let early = LoanFigures { expected_disbursement_on: Some(Some(date(2023, 12, 31))), ..plain("1000") };
    let none = TermsRefusal::NoIndexRate { id: "PRIME".into(), date: date(2023, 12, 31) };
    assert_eq!(refused(indexed(), early), none);
    let mut without = TestBook::new(indexed(), date(2024, 6, 15));
    let refusal = without.create_with(plain("1000")).expect_err("there is no index");
    assert_eq!(refusal, TermsRefusal::UnknownIndexRateSource { key: index_key() }.into());
    let mut silent = indexed();
    if let RateSource::Index { spread, .. } = &mut silent.interest_rules.source {
        *spread = Range::OPEN;
    }
    assert_eq!(refused(silent, plain("1000")), TermsRefusal::MissingSpread);
    let fixed = annuity(Amortization::StandardPayments);
    let spread = LoanFigures { interest_spread: stated("1"), ..figures("1000") };
    assert_eq!(refused(fixed, spread), TermsRefusal::SpreadOfFixedRate { value: "1".into() });
}

#[test]
fn tiers_go_with_balloons_and_equal_installments() {
    let mut product = tiered(&[(Some(500_00), "24"), (None, "12")]);
    let book = TestBook::active(product.clone(), date(2024, 1, 31), plain("1000"));
    let totals = |book: &TestBook| -> Vec<i64> {
        book.loan().servicing.installments.iter().map(|row| row.expected.total().minor()).collect()
    };
    let equal = totals(&book);
    assert!(equal[..4].iter().all(|total| *total == equal[0]), "{equal:?}");
    assert!((equal[4] - equal[0]).abs() <= 2, "{equal:?}");
    product.amortization = Amortization::BalloonPayments;
    let balloon = LoanFigures { periodic_payment: Some(StatedAmount("100".into())), ..plain("1000") };
    let book = TestBook::active(product, date(2024, 1, 31), balloon);
    assert_eq!(interest(&book)[..2], [15_00, 14_15]);
}

#[test]
fn products_that_contradict_themselves_about_rates_name_the_field() {
    let check = |product: Product, field: &'static str| assert_eq!(product.contradiction(), Some(field));
    for product in [interest_free(), tiered(&[(None, "1")]), tiered_by_days(&[(None, "1")]), indexed()] {
        assert_eq!(product.contradiction(), None);
    }
    let range = Range { min: Some(percent("1")), default: None, max: None };
    check(Product { interest_rate: range, ..interest_free() }, "interestRate");
    check(Product { interest_rate: range, ..indexed() }, "interestRate");
    check(Product { interest_rate: range, ..tiered(&[(None, "1")]) }, "interestRate");
    let free = ProductType::InterestFreeLoan;
    check(Product { product_type: free, ..indexed() }, "interestRateSource");
    check(Product { product_type: free, ..tiered(&[(None, "1")]) }, "interestRateTerms");
    check(tiered(&[]), "interestRateTiers");
    let leap_day = DayCount::ActualActualLeapDay;
    check(Product { day_count: leap_day, ..tiered_by_days(&[(None, "1")]) }, "daysInYear");
    assert_eq!(Product { day_count: leap_day, ..tiered(&[(None, "1")]) }.contradiction(), None);
    check(tiered(&[(Some(500_00), "1")]), "interestRateTiers");
    check(tiered_by_days(&[(Some(90), "1"), (Some(30), "2"), (None, "3")]), "interestRateTiers");
    let mut both = indexed();
    both.interest_rules.rate_terms = tiered(&[(None, "1")]).interest_rules.rate_terms;
    check(both, "interestRateTerms");
    let mut upside_down = indexed();
    if let RateSource::Index { floor, .. } = &mut upside_down.interest_rules.source {
        *floor = Some(percent("9"));
    }
    check(upside_down, "interestRateFloorValue");
    let mut yearly = indexed();
    if let RateSource::Index { review_unit, .. } = &mut yearly.interest_rules.source {
        *review_unit = PeriodUnit::Years;
    }
    check(yearly, "interestRateReviewUnit");
}

#[test]
fn an_index_has_one_rate_from_a_day_on() {
    let twice = index(&[(date(2024, 1, 1), "3"), (date(2024, 1, 1), "4")]);
    let refusal = check_record(&Record::IndexRateSource(twice)).expect_err("it is refused");
    assert_eq!(refusal, Refusal::ContradictingProduct { field: "indexRates" });
}
