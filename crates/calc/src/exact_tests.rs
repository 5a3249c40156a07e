//! Tests of the unrounded value: its range, its exactness and its text.

use super::*;

fn largest() -> Exact {
    Exact::from_amount(Amount::MAX)
}

#[test]
fn a_sum_of_thirds_is_whole() {
    let third = Exact::ratio(1, 3);
    assert_eq!(third + third + third, Exact::from_amount(Amount::from_minor(1)));
    assert_eq!(third.times(3), Exact::ratio(1, 1));
    assert_eq!(third.times(-3), -Exact::ratio(1, 1));
}

#[test]
fn the_largest_amount_fits_with_20_decimals() {
    let text = "1000000000000000.00000000000000000001";
    let value = Exact::parse_decimal_text(text).expect("it is in the documented range");
    assert_eq!(value.to_decimal_text(), text);
    assert_eq!((-value).to_decimal_text(), format!("-{text}"));
    assert_eq!((value - largest()).to_decimal_text(), "0.00000000000000000001");
    assert_eq!((value + value).to_decimal_text(), "2000000000000000.00000000000000000002");
    assert!(value > largest());
    assert_eq!(value.round(Rounding::Up), Amount::MAX + Amount::from_minor(1));
    assert_eq!(value.round_within_range(Rounding::Up), None);
    assert_eq!(value.round_within_range(Rounding::Down), Some(Amount::MAX));
}

#[test]
fn a_thousand_times_the_largest_amount_is_the_end_of_the_range() {
    let end = largest().times(1000);
    assert_eq!(end.to_decimal_text(), "1000000000000000000");
    assert!(Exact::parse_decimal_text("1000000000000000000.1").is_err());
    assert!(Exact::parse_decimal_text("-1000000000000000000").is_ok());
}

#[test]
fn sums_that_no_longer_fit_a_ratio_keep_20_decimals() {
    // Denominators without common factors, so that no ratio of 128 bits can hold the sum.
    let primes = [1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121];
    let parts: Vec<Exact> = primes.iter().map(|&prime| largest().divided_by(prime)).collect();
    let sum: Exact = parts.iter().copied().sum();
    let back = parts.iter().fold(sum, |rest, &part| rest - part);
    // At most eight steps each way, each off by half of the 20th decimal.
    let bound = Exact::ratio(8, UNIT);
    assert!(back <= bound && -back <= bound, "{back:?}");
}

#[test]
fn a_product_that_does_not_fit_is_cancelled_before_it_loses_anything() {
    let value = Exact::ratio(10_i128.pow(30), 10_i128.pow(25));
    assert_eq!(value.times(10_i128.pow(10)).divided_by(10_i128.pow(10)), value);
    assert_eq!(Exact::ratio(1, i128::MAX).times(i128::MAX), Exact::ratio(1, 1));
    let small = Exact::ratio(1, i128::MAX).divided_by(i128::MAX);
    assert!(small.is_zero());
}

#[test]
fn text_is_half_even_at_the_20th_decimal() {
    let check = |value: Exact, text: &str| assert_eq!(value.to_decimal_text(), text);
    check(Exact::ratio(1, 3), "0.33333333333333333333");
    check(Exact::ratio(2, 3), "0.66666666666666666667");
    check(Exact::ratio(1, 2 * UNIT), "0");
    check(Exact::ratio(3, 2 * UNIT), "0.00000000000000000002");
    check(Exact::ratio(-3, 2 * UNIT), "-0.00000000000000000002");
    check(Exact::ratio(i128::MAX - 1, i128::MAX), "1");
    check(Exact::ratio(i128::MAX / 4 * 3, i128::MAX - 3), "0.75");
}

#[test]
fn values_compare_without_overflow() {
    let close = Exact::ratio(i128::MAX - 1, i128::MAX);
    assert!(close < Exact::ratio(1, 1));
    assert!(close > Exact::ratio(i128::MAX - 2, i128::MAX - 1));
    assert!(Exact::ratio(-1, 3) < Exact::ratio(-1, 4));
    assert!(Exact::ratio(-1, 3) < Exact::ZERO);
    assert_eq!(Exact::ratio(2, 6), Exact::ratio(1, 3));
}

#[test]
fn a_text_beyond_20_decimals_is_refused() {
    let text = "0.000000000000000000001";
    let error = Exact::parse_decimal_text(text).expect_err("it has 21 decimals");
    assert_eq!(error.to_string(), "0.000000000000000000001 has more than 20 decimals");
}
