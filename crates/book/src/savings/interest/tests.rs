//! Figures by hand. 3.65 percent of a year of 365 days is a ten-thousandth a day: of 1,000.00 ten cents.

use jiff::civil::date;

use super::*;

fn cents(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

fn interest(percent: &str, day_count: DayCount, paid: PaymentPoint) -> DepositInterest {
    let rate = Rate::parse_percent(percent).unwrap();
    DepositInterest { rate, day_count, paid, overdraft_rate: None, tax_source: None }
}

/// 1,000.00 from January 10th, at 3.65 percent.
fn thousand() -> Accruing {
    let terms = interest("3.65", DayCount::Actual365Fixed, PaymentPoint::FirstDayOfMonth);
    let mut accruing = Accruing::begin(date(2024, 1, 10), &terms);
    accruing.moved(date(2024, 1, 10), cents(1_000_00));
    accruing
}

fn grown_to(accruing: &Accruing, to: Date) -> Amount {
    rounded(accruing.grown(to, DayCount::Actual365Fixed))
}

#[test]
fn a_balance_earns_for_each_night_that_it_is_there() {
    let mut accruing = thousand();
    assert_eq!(grown_to(&accruing, date(2024, 1, 10)), cents(0));
    assert_eq!(grown_to(&accruing, date(2024, 1, 11)), cents(10));
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(2_20), "22 nights");
    // 500.00 more on the 20th: 10 nights of 10 cents and 12 of 15.
    accruing.moved(date(2024, 1, 20), cents(500_00));
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(1_00 + 1_80));
    // And gone again on the same day: as if it had never been there.
    accruing.moved(date(2024, 1, 20), cents(-500_00));
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(2_20));
}

#[test]
fn money_that_comes_later_for_an_earlier_day_counts_from_that_day() {
    let mut accruing = thousand();
    accruing.moved(date(2024, 1, 20), cents(500_00));
    accruing.moved(date(2024, 1, 15), cents(100_00));
    // 5 nights of 10 cents, 5 of 11, 12 of 16.
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(50 + 55 + 1_92));
}

#[test]
fn an_overdrawn_account_earns_nothing_and_owes_nothing() {
    let mut accruing = thousand();
    accruing.moved(date(2024, 1, 15), cents(-3_000_00));
    accruing.moved(date(2024, 1, 25), cents(2_500_00));
    // 5 nights of 10 cents, 10 below zero, 7 of 5 cents.
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(50 + 35));
}

#[test]
fn what_was_applied_earns_itself_and_is_not_applied_twice() {
    let mut accruing = thousand();
    accruing.applied(date(2024, 2, 1), cents(2_20));
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(0));
    // 29 nights of 1,002.20: 2.90638.
    assert_eq!(grown_to(&accruing, date(2024, 3, 1)), cents(2_91));
    assert_eq!(accruing.balances, [BalanceFrom { from: date(2024, 2, 1), balance: cents(1_002_20) }]);
    // What changes of the time before was there all through the time that is kept.
    accruing.moved(date(2024, 1, 15), cents(-2_20));
    assert_eq!(grown_to(&accruing, date(2024, 3, 1)), cents(2_90));
}

#[test]
fn money_after_the_payment_day_that_is_applied_late_counts_from_its_own_day() {
    let mut accruing = thousand();
    accruing.moved(date(2024, 2, 11), cents(1_000_00));
    accruing.applied(date(2024, 2, 1), cents(2_20));
    // 10 nights of 1,002.20 and 19 of 2,002.20: 1.0022 + 3.80418.
    assert_eq!(grown_to(&accruing, date(2024, 3, 1)), cents(4_81));
}

#[test]
fn another_rate_counts_from_its_day() {
    let mut accruing = thousand();
    let agreed = interest("7.3", DayCount::Actual365Fixed, PaymentPoint::FirstDayOfMonth);
    accruing.set_rates(date(2024, 1, 20), &agreed);
    // 10 nights of 10 cents and 12 of 20.
    assert_eq!(grown_to(&accruing, date(2024, 2, 1)), cents(1_00 + 2_40));
    accruing.applied(date(2024, 2, 1), cents(3_40));
    assert_eq!(grown_to(&accruing, date(2024, 2, 2)), cents(20));
}

#[test]
fn years_are_counted_as_agreed() {
    let accruing = thousand();
    let to = date(2024, 2, 1);
    // 22 of 360: 2.2305…; a month of 30 days: 21 of 360: 2.1291…; 22 of 366: 2.1939…
    assert_eq!(rounded(accruing.grown(to, DayCount::Actual360)), cents(2_23));
    assert_eq!(rounded(accruing.grown(to, DayCount::ThirtyE360)), cents(2_13));
    assert_eq!(rounded(accruing.grown(to, DayCount::ActualActualIsda)), cents(2_19));
}

#[test]
fn payment_days_follow_one_another() {
    let since = date(2024, 1, 31);
    let first = |paid: PaymentPoint, count: usize| -> Vec<Date> {
        let next = |day: &Date| paid.next_after(*day, since);
        std::iter::successors(next(&since), next).take(count).collect()
    };
    assert_eq!(first(PaymentPoint::FirstDayOfMonth, 2), [date(2024, 2, 1), date(2024, 3, 1)]);
    assert_eq!(first(PaymentPoint::EveryWeek, 2), [date(2024, 2, 7), date(2024, 2, 14)]);
    assert_eq!(first(PaymentPoint::EveryOtherWeek, 2), [date(2024, 2, 14), date(2024, 2, 28)]);
    let months = [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)];
    assert_eq!(first(PaymentPoint::EveryMonth, 3), months, "counted from the first day");
    let quarters = [date(2024, 4, 30), date(2024, 7, 31), date(2024, 10, 31), date(2025, 1, 31)];
    assert_eq!(first(PaymentPoint::EveryThreeMonths, 4), quarters);
    let fixed = [DayOfYear { month: 12, day: 31 }, DayOfYear { month: 2, day: 29 }];
    let years = [date(2024, 2, 29), date(2024, 12, 31), date(2025, 2, 28)];
    assert_eq!(first(PaymentPoint::OnFixedDates(fixed.to_vec()), 3), years);
    assert_eq!(PaymentPoint::EveryMonth.next_after(date(9999, 12, 31), since), None);
    assert_eq!(PaymentPoint::FirstDayOfMonth.next_after(date(9999, 12, 31), since), None);
    let off_step = PaymentPoint::EveryMonth.next_after(date(2024, 3, 15), since);
    assert_eq!(off_step, Some(date(2024, 3, 31)), "applied between two days");
}

#[test]
fn rules_that_contradict_themselves_are_not_possible() {
    let rate = |percent: &str| Some(Rate::parse_percent(percent).unwrap());
    let rules = |rate, min_rate, max_rate, paid| {
        let (overdraft, withholds_tax) = (None, false);
        let day_count = DayCount::default();
        InterestRules { rate, min_rate, max_rate, day_count, paid, overdraft, withholds_tax }.is_possible()
    };
    let fixed = |month, day| PaymentPoint::OnFixedDates(vec![DayOfYear { month, day }]);
    assert!(rules(rate("2"), rate("1"), rate("3"), PaymentPoint::EveryWeek));
    assert!(rules(None, None, None, fixed(2, 29)));
    assert!(!rules(rate("4"), rate("1"), rate("3"), PaymentPoint::EveryWeek));
    assert!(!rules(rate("0"), rate("1"), None, PaymentPoint::EveryWeek));
    assert!(!rules(None, rate("3"), rate("1"), PaymentPoint::EveryWeek));
    assert!(!rules(None, None, None, fixed(2, 30)));
    assert!(!rules(None, None, None, fixed(13, 1)));
    assert!(!rules(None, None, None, PaymentPoint::OnFixedDates(vec![])));
}
