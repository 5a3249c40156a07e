//! Balloons, optimized payments, payment plans and rounded elements: what loans agree on, what is refused.

use jiff::civil::date;
use loam_book::loan::command::{LoanCommand, LoanEdit, LoanFigures, StatedPayment};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::refusal::TermsRefusal;
use loam_book::product::interest::{InterestRules, RateTerms};
use loam_book::product::payments::{Amortization, PaymentRules};
use loam_book::product::{GracePeriodType, Product, ProductType, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder, RoundedElements};

use crate::support::{TestBook, cents, figures, product};

/// Equal installments at 12 % a year, one percent a nominal month.
pub(crate) fn annuity(amortization: Amortization) -> Product {
    Product {
        interest_method: InterestMethod::DecliningBalanceDiscounted,
        charge_frequency: ChargeFrequency::Annualized,
        day_count: DayCount::ThirtyE360,
        days_method: DaysMethod::RepaymentPeriodicity,
        amortization,
        ..product()
    }
}

/// A loan of 1,000 at 12 % in so many months.
fn thousand(installments: u32) -> LoanFigures {
    LoanFigures {
        interest_rate: Some(StatedPercent("12".into())),
        installments: Some(installments),
        ..figures("1000")
    }
}

fn paying(payment: &str) -> LoanFigures {
    LoanFigures { periodic_payment: Some(StatedAmount(payment.into())), ..thousand(4) }
}

fn planned(plan: &[(u32, &str)]) -> LoanFigures {
    let stated = |(through, payment): &(u32, &str)| StatedPayment {
        through: *through,
        payment: StatedAmount((*payment).into()),
    };
    LoanFigures { interest_rate: None, payment_plan: Some(plan.iter().map(stated).collect()), ..thousand(4) }
}

fn totals(book: &TestBook) -> Vec<i64> {
    book.loan().servicing.installments.iter().map(|row| row.expected.total().minor()).collect()
}

fn principals(book: &TestBook) -> Vec<i64> {
    book.loan().servicing.installments.iter().map(|row| row.expected.principal.minor()).collect()
}

fn refused(product: Product, figures: LoanFigures) -> Refusal {
    TestBook::new(product, date(2024, 1, 15)).create_with(figures).expect_err("it is refused")
}

fn refused_terms(product: Product, figures: LoanFigures) -> TermsRefusal {
    let refusal = refused(product, figures);
    let Refusal::Terms(refusal) = refusal else { panic!("refused for another reason: {refusal}") };
    refusal
}

#[test]
fn a_balloon_pays_what_was_agreed_and_the_rest_with_the_last_installment() {
    let product = annuity(Amortization::BalloonPayments);
    let mut book = TestBook::active(product, date(2024, 1, 15), paying("100"));
    // 1000, 910, 819.10, 727.29 at one percent.
    assert_eq!(totals(&book), [100_00, 100_00, 100_00, 734_56]);
    for (day, amount) in [(date(2024, 2, 15), "100"), (date(2024, 3, 15), "100"), (date(2024, 4, 15), "100")]
    {
        book.move_to(day);
        book.repay(amount).expect("it is due");
    }
    book.move_to(date(2024, 5, 15));
    book.repay("734.56").expect("the rest is due");
    assert!(book.loan().servicing.is_paid());
    assert_eq!(book.findings(), []);
}

#[test]
fn the_payment_of_a_balloon_is_mandatory_and_of_other_loans_not_allowed() {
    let balloon = || annuity(Amortization::BalloonPayments);
    assert_eq!(refused_terms(balloon(), thousand(4)), TermsRefusal::MissingPeriodicPayment);
    assert_eq!(refused_terms(balloon(), paying("0")), TermsRefusal::MissingPeriodicPayment);
    let refusal = refused_terms(annuity(Amortization::StandardPayments), paying("100"));
    assert_eq!(refusal, TermsRefusal::BalloonNotAllowed { value: "100.00".into() });
    let mut plain = TestBook::new(annuity(Amortization::StandardPayments), date(2024, 1, 15));
    plain.create_with(paying("0")).expect("zero is what some callers send for nothing");
}

#[test]
fn a_payment_that_repays_too_little_or_too_much_is_refused_with_its_figures() {
    let refusal =
        |payment| refused_terms(annuity(Amortization::BalloonPayments), paying(payment)).to_string();
    assert_eq!(refusal("1000.01"), "the periodic payment of 1000.01 is more than the loan amount of 1000.00");
    let below = "periodic payment \"9.99\" is not possible: installment 1 has interest of 10.00";
    assert_eq!(refusal("9.99"), below);
    let early = "periodic payment \"600.00\" is not possible: everything would be repaid with installment 2";
    assert_eq!(refusal("600"), early);
    let precise = "periodic payment \"1.005\" is not possible: 1.005 has more than 2 decimals";
    assert_eq!(refusal("1.005"), precise);
}

#[test]
fn a_balloon_is_agreed_anew_by_an_edit_until_it_is_approved() {
    let mut book = TestBook::new(annuity(Amortization::BalloonPayments), date(2024, 1, 15));
    book.create_with(paying("100")).expect("it is within the product");
    let smaller = LoanFigures {
        amount: Some(StatedAmount("500".into())),
        periodic_payment: Some(StatedAmount("50".into())),
        ..LoanFigures::default()
    };
    let edit = LoanEdit { figures: smaller, ..LoanEdit::default() };
    book.command(&LoanCommand::Edit(Box::new(edit.clone()))).expect("it is pending");
    assert_eq!(book.loan().terms.periodic_payment, Some(cents(50_00)));
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let only_payment = LoanFigures { amount: None, ..edit.figures };
    let edit = LoanEdit { figures: only_payment, ..LoanEdit::default() };
    let refusal = book.command(&LoanCommand::Edit(Box::new(edit))).expect_err("it is approved");
    assert_eq!(refusal, Refusal::FieldNotEditable { field: "periodicPayment", state: "approved" });
}

#[test]
fn optimized_payments_leave_no_small_last_installment() {
    let of = |amortization| {
        let rounded = Product {
            installment_rounding: InstallmentRounding::UpTo(cents(10_00)),
            ..annuity(amortization)
        };
        totals(&TestBook::active(rounded, date(2024, 1, 15), thousand(12)))
    };
    // 88.85 up to the next ten is 90, and eleven times too much; spread, the last one is near the others.
    assert_eq!(of(Amortization::StandardPayments)[11], 75_41);
    let optimized = of(Amortization::OptimizedPayments);
    assert!(optimized[..11].iter().all(|total| [80_00, 90_00].contains(total)), "{optimized:?}");
    assert!((80_00..=100_00).contains(&optimized[11]), "{optimized:?}");
}

#[test]
fn a_payment_plan_is_repaid_to_the_cent_at_the_rate_it_comes_to() {
    let product = annuity(Amortization::PaymentPlan);
    let book = TestBook::active(product, date(2024, 1, 31), planned(&[(2, "200"), (4, "320")]));
    assert_eq!(totals(&book), [200_00, 200_00, 320_00, 320_00]);
    assert_eq!(principals(&book).iter().sum::<i64>(), 1_000_00);
    // 200 ÷ x + 200 ÷ x² + 320 ÷ x³ + 320 ÷ x⁴ is 1000 at x = 1.0145123783, calculated outside this book.
    assert_eq!(book.loan().terms.interest.rate.to_percent_text(), "17.4148539118");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_payment_plan_that_contradicts_the_loan_is_refused() {
    let plan = || annuity(Amortization::PaymentPlan);
    let refusal = |stated: &[(u32, &str)]| refused_terms(plan(), planned(stated));
    assert_eq!(
        refused_terms(plan(), LoanFigures { interest_rate: None, ..thousand(4) }),
        TermsRefusal::MissingPaymentPlan
    );
    assert_eq!(refusal(&[]), TermsRefusal::MissingPaymentPlan);
    let elsewhere = TermsRefusal::PaymentPlanEndsElsewhere { through: 3, installments: 4 };
    assert_eq!(refusal(&[(3, "400")]), elsewhere);
    let unordered = TermsRefusal::PaymentPlanNotOrdered { through: 2, after: 2 };
    assert_eq!(refusal(&[(2, "400"), (2, "400"), (4, "400")]), unordered);
    assert_eq!(
        refusal(&[(0, "400"), (4, "400")]),
        TermsRefusal::PaymentPlanNotOrdered { through: 0, after: 0 }
    );
    assert!(matches!(refusal(&[(4, "0")]), TermsRefusal::InvalidPlannedPayment { .. }));
    assert!(matches!(refusal(&[(4, "ten")]), TermsRefusal::InvalidPlannedPayment { .. }));
    let too_little =
        TermsRefusal::PaymentsNotMoreThanAmount { sum: "1000.00".into(), amount: "1000.00".into() };
    assert_eq!(refusal(&[(4, "250")]), too_little);
    let below_interest = refusal(&[(1, "1"), (4, "2000")]);
    assert!(matches!(below_interest, TermsRefusal::InvalidPlannedPayment { .. }), "{below_interest}");
    let rated = LoanFigures { interest_rate: Some(StatedPercent("12".into())), ..planned(&[(4, "400")]) };
    let without = refused_terms(annuity(Amortization::StandardPayments), rated);
    assert_eq!(without, TermsRefusal::PaymentPlanNotAllowed);
    let with_rate = LoanFigures { interest_rate: Some(StatedPercent("5".into())), ..planned(&[(4, "400")]) };
    assert!(matches!(refused(plan(), with_rate), Refusal::InvalidInterestRate { .. }));
}

#[test]
fn the_rate_of_a_payment_plan_stays_within_what_the_product_allows() {
    let capped = Product {
        interest_rate: Range { min: None, default: None, max: Some(Rate::from_ratio(10, 100)) },
        ..annuity(Amortization::PaymentPlan)
    };
    let refusal = refused(capped, planned(&[(4, "400")]));
    assert!(matches!(refusal, Refusal::InvalidInterestRate { .. }), "{refusal}");
}

#[test]
fn every_element_is_a_whole_unit_where_all_are_rounded() {
    let rounded = Product {
        installment_rounding: InstallmentRounding::ToNearest(cents(1_00)),
        payment_rules: PaymentRules {
            rounded_elements: RoundedElements::RoundAll,
            ..PaymentRules::default()
        },
        ..annuity(Amortization::StandardPayments)
    };
    let book = TestBook::active(rounded, date(2024, 1, 15), thousand(7));
    let is_whole = |amount: Amount| amount.minor() % 100 == 0;
    let rows = &book.loan().servicing.installments;
    assert!(rows.iter().all(|row| is_whole(row.expected.principal) && is_whole(row.expected.interest)));
    assert_eq!(principals(&book).iter().sum::<i64>(), 1_000_00);
}

#[test]
fn a_loan_amount_with_decimals_is_refused_where_installments_are_whole_units() {
    let rounding = |unit| Product {
        installment_rounding: InstallmentRounding::UpTo(cents(unit)),
        ..annuity(Amortization::StandardPayments)
    };
    let stated = LoanFigures { amount: Some(StatedAmount("1000.50".into())), ..thousand(4) };
    let refusal = refused_terms(rounding(1_00), stated.clone());
    assert_eq!(refusal, TermsRefusal::AmountHasDecimals { value: "1000.50".into() });
    let mut book = TestBook::new(rounding(5), date(2024, 1, 15));
    book.create_with(stated).expect("five cents are no whole unit");
}

#[test]
fn products_that_contradict_themselves_about_payments_name_the_field() {
    let check = |product: Product, field: &'static str| assert_eq!(product.contradiction(), Some(field));
    let plan = || annuity(Amortization::PaymentPlan);
    assert_eq!(plan().contradiction(), None);
    assert_eq!(annuity(Amortization::BalloonPayments).contradiction(), None);
    let flat = InterestMethod::Flat;
    check(Product { interest_method: flat, ..plan() }, "interestCalculationMethod");
    check(
        Product { interest_method: flat, ..annuity(Amortization::BalloonPayments) },
        "interestCalculationMethod",
    );
    check(
        Product { interest_method: flat, ..annuity(Amortization::OptimizedPayments) },
        "interestCalculationMethod",
    );
    check(Product { days_method: DaysMethod::ActualDays, ..plan() }, "scheduleInterestDaysCountMethod");
    check(Product { grace_period_type: GracePeriodType::PayInterestOnly, ..plan() }, "gracePeriodType");
    check(Product { principal_repayment_interval: 2, ..plan() }, "defaultPrincipalRepaymentInterval");
    check(Product { product_type: ProductType::InterestFreeLoan, ..plan() }, "loanProductType");
    let whole = InstallmentRounding::UpTo(cents(1_00));
    check(Product { installment_rounding: whole, ..plan() }, "repaymentCurrencyRounding");
    let first = Product { remainder: Remainder::First, ..annuity(Amortization::OptimizedPayments) };
    check(first, "roundingRepaymentScheduleMethod");
    let default = Range { default: Some(Rate::from_ratio(1, 10)), ..Range::OPEN };
    check(Product { interest_rate: default, ..plan() }, "defaultInterestRate");
    let tiers = RateTerms::Tiered { tiers: vec![] };
    let tiered = InterestRules { rate_terms: tiers, ..InterestRules::default() };
    check(Product { interest_rules: tiered, ..plan() }, "interestRateTiers");
    let all = PaymentRules { rounded_elements: RoundedElements::RoundAll, ..PaymentRules::default() };
    check(Product { payment_rules: all, ..product() }, "repaymentElementsRoundingMethod");
}
