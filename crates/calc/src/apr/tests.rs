use jiff::civil::date;

use super::*;

const WHOLE: Fraction = Fraction { numerator: 0, denominator: 1 };

fn at(minor: i64, periods: u32) -> UnitFlow {
    UnitFlow { amount: Amount::from_minor(minor), periods, fraction: WHOLE }
}

fn on(minor: i64, on: Date) -> DatedFlow {
    DatedFlow { amount: Amount::from_minor(minor), on }
}

#[test]
fn a_payment_of_exactly_the_advance_costs_nothing() {
    assert_eq!(actuarial_rate(&[at(100_00, 0)], &[at(100_00, 1)], 12), Ok(Rate::ZERO));
    let years = |count| Fraction { numerator: count, denominator: 1 };
    let flow = |count| YearFlow { amount: Amount::from_minor(100_00), years: years(count) };
    assert_eq!(effective_rate(&[flow(0)], &[flow(3)]), Ok(Rate::ZERO));
}

#[test]
fn one_payment_after_one_period_has_its_own_rate() {
    let rate = actuarial_rate(&[at(100_00, 0)], &[at(101_00, 1)], 12);
    assert_eq!(rate, Ok(Rate::from_ratio(12, 100)));
    let year = |minor, count| YearFlow {
        amount: Amount::from_minor(minor),
        years: Fraction { numerator: count, denominator: 1 },
    };
    assert_eq!(effective_rate(&[year(100_00, 0)], &[year(121_00, 2)]), Ok(Rate::from_ratio(1, 10)));
}

#[test]
fn dated_flows_count_the_odd_first_period() {
    // Appendix J (c)(1)(ii): 36 payments of 200, the first after one month and 19 days.
    let payments: Vec<DatedFlow> = (0..36)
        .map(|month| {
            let due = crate::calendar::Period::months(1).add_times(date(1978, 4, 1), month);
            on(200_00, due.expect("a near date"))
        })
        .collect();
    let rate = actuarial_rate_of_dates(&[on(6000_00, date(1978, 2, 10))], &payments, UnitPeriod::Months(1));
    assert_eq!(rate.map(|rate| published(rate, 2).to_percent_text()), Ok("11.82".to_owned()));
}

#[test]
fn what_has_no_rate_is_refused() {
    assert_eq!(actuarial_rate(&[], &[at(1, 1)], 12), Err(AprError::NoAdvance));
    assert_eq!(actuarial_rate(&[at(2, 0)], &[at(1, 1)], 12), Err(AprError::PaidBackLess));
    let huge = actuarial_rate(&[at(1, 0)], &[at(1_000_000, 1)], 12);
    assert_eq!(huge, Err(AprError::BeyondLargest));
    let early = effective_rate_of_dates(&[on(1, date(2024, 2, 1))], &[on(1, date(2024, 1, 1))]);
    assert_eq!(early, Err(AprError::BeforeFirstAdvance(date(2024, 1, 1))));
}

#[test]
fn a_nominal_rate_becomes_effective() {
    let twelve = Rate::from_ratio(12, 100);
    let effective = effective_of_nominal(twelve, 12).expect("it is small");
    assert_eq!(published(effective, 6).to_percent_text(), "12.682503");
    assert_eq!(effective_of_nominal(twelve, 1), Ok(twelve));
    let back = nominal_of_effective(effective, 12).expect("it is small");
    assert_eq!(published(back, 8), twelve);
    assert_eq!(nominal_of_effective(Rate::ZERO, 12), Ok(Rate::ZERO));
    assert_eq!(effective_of_nominal(Rate::from_ratio(20_000, 1), 1), Err(AprError::BeyondLargest));
}

#[test]
fn a_long_loan_of_the_largest_amount_fits() {
    let payment = Amount::MAX.minor() / 100;
    let payments: Vec<UnitFlow> = (1..=600).map(|month| at(payment, month)).collect();
    let rate = actuarial_rate(&[at(Amount::MAX.minor(), 0)], &payments, 12).expect("it is paid back");
    // 1 % of the amount every month for fifty years: nearly 1 % a month.
    assert_eq!(published(rate, 1).to_percent_text(), "12");
}
