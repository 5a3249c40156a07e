use jiff::civil::date;

use super::*;
use crate::rate::Rate;

const TERMS: CashFlowTerms =
    CashFlowTerms { day_count: DayCount::Actual365Fixed, rounding: Rounding::HalfUp };

/// 1,000.00 lent on 1 January 2023 at 7.3 %, that is 20 cents a day; then these acts.
fn flows(acts: &[(Date, Act)]) -> Vec<CashFlow> {
    let rate = YearRate::from(Rate::from_ratio(73, 1000));
    let lent = Act::PayOut { principal: cents(1000_00), kept: Amount::ZERO };
    let all = std::iter::once((date(2023, 1, 1), lent)).chain(acts.iter().cloned());
    let occurrences = all.map(|(on, act)| Occurrence { on, act });
    cash_flows(&TERMS, Position::empty(date(2023, 1, 1), rate), occurrences).expect("the days are in order")
}

fn cents(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

#[test]
fn interest_that_is_capitalized_bears_interest() {
    let flows = flows(&[(date(2023, 1, 11), Act::CapitalizeInterest), (date(2023, 1, 21), Act::RepayAll)]);
    assert_eq!(flows[1].after.balance, cents(1002_00));
    // 10 days on 1,002.00: 2.004
    assert_eq!((flows[2].principal, flows[2].interest), (cents(1002_00), cents(2_00)));
    assert!(flows[2].after.accrued.is_zero());
}

#[test]
fn interest_goes_on_while_principal_is_repaid_and_drawn() {
    let flows = flows(&[
        (date(2023, 1, 11), Act::RepayPrincipal(cents(500_00))),
        (date(2023, 1, 21), Act::Draw(cents(250_00))),
        (date(2023, 1, 31), Act::PayInterest),
    ]);
    assert_eq!(flows[2].principal, cents(-250_00));
    assert_eq!(flows[3].interest, cents(2_00 + 1_00 + 1_50));
}

#[test]
fn principal_is_never_repaid_twice() {
    let flows = flows(&[(date(2023, 1, 1), Act::RepayPrincipal(cents(2000_00)))]);
    assert_eq!(flows[1].principal, cents(1000_00));
    assert!(flows[1].after.balance.is_zero());
}

#[test]
fn interest_beyond_the_payment_is_lent() {
    let mut start = Position::empty(date(2023, 1, 1), YearRate::from(Rate::from_ratio(73, 1000)));
    start.balance = cents(1000_00);
    start.payment = cents(1_50);
    let due = Occurrence { on: date(2023, 1, 11), act: Act::PayInstallment };
    let flow = cash_flows(&TERMS, start, [due]).expect("one day")[0];
    assert_eq!((flow.interest, flow.principal), (cents(2_00), cents(-50)));
    assert_eq!(flow.after.balance, cents(1000_50));
}

#[test]
fn equal_payments_repay_balance_and_accrued_interest() {
    let due_dates: Vec<Date> = (2..=6).map(|month| date(2023, month, 1)).collect();
    let mut acts = vec![(date(2023, 1, 11), Act::EqualizePayment { due_dates: due_dates.clone() })];
    acts.extend(due_dates.iter().map(|day| (*day, Act::PayInstallment)));
    let flows = flows(&acts);
    let payments: Vec<Amount> = flows[2..].iter().map(|flow| flow.principal + flow.interest).collect();
    assert!(payments.windows(2).all(|pair| (pair[0] - pair[1]).minor().abs() <= 3), "{payments:?}");
    assert!(flows[6].after.balance.minor().abs() <= 3);
}

#[test]
fn a_review_stays_within_floor_and_ceiling() {
    let percent = |hundredths: i64| YearRate::from_scaled(hundredths * 100_000_000_000);
    let review = RateReview {
        multiplier: YearRate::from_scaled(1_500_000_000_000_000),
        spread: percent(100),
        floor: Some(percent(200)),
        ceiling: Some(percent(500)),
    };
    assert_eq!(review.rate(percent(100)), percent(250));
    assert_eq!(review.rate(percent(-300)), percent(200));
    assert_eq!(review.rate(percent(1000)), percent(500));
    assert_eq!(RateReview::spread(percent(100)).rate(percent(-300)), percent(-200));
}

#[test]
fn between_rests_interest_is_charged_on_the_balance_of_the_last_one() {
    let flows = flows(&[
        (date(2023, 1, 1), Act::Rest),
        (date(2023, 1, 11), Act::RepayPrincipal(cents(500_00))),
        (date(2023, 1, 21), Act::Rest),
        (date(2023, 1, 31), Act::PayInterest),
    ]);
    assert_eq!(flows[4].interest, cents(2_00 + 2_00 + 1_00));
}

#[test]
fn a_sale_pays_price_and_accrued_interest_and_changes_nothing() {
    let flows = flows(&[(date(2023, 1, 11), Act::Sell { price: cents(990_00) })]);
    assert_eq!((flows[1].other, flows[1].interest), (cents(990_00), cents(2_00)));
    assert_eq!(flows[1].after.balance, cents(1000_00));
    assert_eq!(flows[1].after.accrued, Exact::ratio(200, 1));
}

#[test]
fn days_that_go_back_are_refused() {
    let start = Position::empty(date(2023, 1, 2), YearRate::ZERO);
    let early = Occurrence { on: date(2023, 1, 1), act: Act::PayInterest };
    let error = cash_flows(&TERMS, start, [early]).expect_err("it lies before the start");
    assert_eq!(error.to_string(), "2023-01-01 lies before 2023-01-02, up to which interest has accrued");
}
