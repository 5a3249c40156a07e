//! Fees, penalties and taxes as pure numbers, and how the income of a fee is spread over time.
//!
//! What triggers a fee, and when a penalty is applied, is decided elsewhere.

use serde::{Deserialize, Serialize};

use crate::exact::{Exact, gcd};
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

/// A share of an amount, in minor units, rounded once.
#[must_use]
pub fn share(of: Amount, rate: Rate, rounding: Rounding) -> Amount {
    Exact::ratio(i128::from(of.minor()) * rate.numerator(), rate.denominator()).round(rounding)
}

/// The part of a whole that one of `count` installments carries, counted from 1.
///
/// Each part is rounded, and the last one is what is left, so that the parts add up to the whole.
/// Of no installments there is no part.
///
/// ```
/// use loam_calc::{charges::part_of_installment, money::Amount, rounding::Rounding};
///
/// let part = |number| part_of_installment(Amount::from_minor(100), (number, 3), Rounding::HalfUp);
/// assert_eq!([part(1), part(2), part(3)].map(Amount::minor), [33, 33, 34]);
/// ```
#[must_use]
pub fn part_of_installment(whole: Amount, (number, count): (u32, u32), rounding: Rounding) -> Amount {
    if number == 0 || number > count {
        return Amount::ZERO;
    }
    let up_to = |number: u32| {
        let regular = Amount::from_minor(whole_minor(rounding, whole, count));
        Amount::from_minor(regular.minor() * i64::from(number))
    };
    if number < count { up_to(1) } else { whole - up_to(count - 1) }
}

fn whole_minor(rounding: Rounding, whole: Amount, count: u32) -> i64 {
    let minor = rounding.divide(i128::from(whole.minor()), i128::from(count));
    i64::try_from(minor).expect("a part is not larger than the whole")
}

/// Unrounded penalty: balance × rate per day × days. Nothing for days that are not positive.
#[must_use]
pub fn penalty_for_days(balance: Amount, rate_per_day: Rate, days: i64) -> Exact {
    if days <= 0 {
        return Exact::ZERO;
    }
    let product = i128::from(balance.minor()) * rate_per_day.numerator() * i128::from(days);
    Exact::ratio(product, rate_per_day.denominator())
}

/// The tax in an amount that includes it: gross × t ÷ (1 + t), rounded once.
///
/// ```
/// use loam_calc::{charges::tax_in, money::Amount, rate::Rate, rounding::Rounding};
///
/// let tax = tax_in(Amount::from_minor(12_00), Rate::from_ratio(20, 100), Rounding::HalfUp);
/// assert_eq!(tax, Amount::from_minor(2_00));
/// ```
#[must_use]
pub fn tax_in(gross: Amount, tax: Rate, rounding: Rounding) -> Amount {
    let product = i128::from(gross.minor()) * tax.numerator();
    Exact::ratio(product, tax.denominator() + tax.numerator()).round(rounding)
}

/// An amount with its tax on top: net × (1 + t), rounded once.
#[must_use]
pub fn with_tax(net: Amount, tax: Rate, rounding: Rounding) -> Amount {
    let product = i128::from(net.minor()) * (tax.denominator() + tax.numerator());
    Exact::ratio(product, tax.denominator()).round(rounding)
}

/// A rate with a tax on top: rate × (1 + t).
///
/// Exact while the ratio fits 64 bits, as it does for all rates of a few digits; beyond that
/// rounded half-even to ten decimals of a percent.
///
/// ```
/// use loam_calc::{charges::rate_with_tax, rate::Rate};
///
/// let gross = rate_with_tax(Rate::from_ratio(10, 100), Rate::from_ratio(20, 100));
/// assert_eq!(gross, Rate::from_ratio(12, 100));
/// ```
#[must_use]
pub fn rate_with_tax(rate: Rate, tax: Rate) -> Rate {
    let (numerator, denominator) = in_lowest_terms(rate.numerator(), rate.denominator());
    let (factor, divisor) = in_lowest_terms(tax.denominator() + tax.numerator(), tax.denominator());
    let (numerator, divisor) = in_lowest_terms(numerator, divisor);
    let (factor, denominator) = in_lowest_terms(factor, denominator);
    // Each of the four is below 2^65, so both products fit.
    let (numerator, denominator) = (numerator * factor, denominator * divisor);
    if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator)) {
        return Rate::from_ratio(numerator, denominator);
    }
    const UNIT: i64 = 1_000_000_000_000;
    let scaled = Exact::ratio(numerator, denominator).times(i128::from(UNIT)).round(Rounding::HalfEven);
    Rate::from_ratio(scaled.minor(), UNIT)
}

fn in_lowest_terms(upper: i128, lower: i128) -> (i128, i128) {
    let divisor = i128::try_from(gcd(upper.unsigned_abs(), lower.unsigned_abs())).expect("it divides both");
    (upper / divisor, lower / divisor)
}

/// How the income of a fee is spread over the installments that follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IncomeProfile {
    /// The same with each installment.
    StraightLine,
    /// Weights n, n − 1, … 1: most of it early.
    SumOfYearsDigits,
    /// What makes interest and fee together the same yield in every period.
    EffectiveInterestRate,
}

/// One installment after the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeRow {
    /// What it repays.
    pub principal: Amount,
    /// What it costs besides the fee.
    pub interest: Amount,
}

/// How much of a fee is income when the first `through` of the rows have fallen due.
///
/// Cumulative and rounded once, so that what is recognized step by step adds up; with the last row
/// it is the whole fee, and so it is when there are no rows.
///
/// The effective rate is the one at which the rows are worth their principal less the fee, with one
/// period from row to row whatever the dates are. A fee as large as the principal has no such rate
/// and is spread by digits.
#[must_use]
pub fn income_through(
    profile: IncomeProfile,
    fee: Amount,
    rows: &[IncomeRow],
    through: usize,
    rounding: Rounding,
) -> Amount {
    if through >= rows.len() {
        return fee;
    }
    let (done, all) = (through as i128, rows.len() as i128);
    let part =
        |upper: i128, lower: i128| Exact::ratio(i128::from(fee.minor()) * upper, lower).round(rounding);
    match profile {
        IncomeProfile::StraightLine => part(done, all),
        // n + (n − 1) + … over the first k is k × (2n − k + 1) ÷ 2, and over all n × (n + 1) ÷ 2.
        IncomeProfile::SumOfYearsDigits => part(done * (2 * all - done + 1), all * (all + 1)),
        IncomeProfile::EffectiveInterestRate => match effective_rate(fee, rows) {
            Some(rate) => by_effective_rate(rate, fee, &rows[..through], (rows, rounding)),
            None => part(done * (2 * all - done + 1), all * (all + 1)),
        },
    }
}

/// Parts of a minor unit in which a carrying amount is kept.
const CENT_PARTS: i128 = 1_000_000;
/// Parts of one in which a period's rate is kept.
const RATE_PARTS: i128 = 1_000_000_000_000;
/// The largest rate of a period that is looked for: 1,000 %.
const LARGEST: i128 = 10 * RATE_PARTS;

/// The rate of one period, in [`RATE_PARTS`], at which the rows are worth principal less fee.
fn effective_rate(fee: Amount, rows: &[IncomeRow]) -> Option<i128> {
    let carrying = carrying_at_first(fee, rows);
    if carrying <= 0 {
        return None;
    }
    let (mut low, mut high) = (0, LARGEST);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_more_than_paid(carrying, middle, rows) { high = middle } else { low = middle }
    }
    Some(low)
}

fn carrying_at_first(fee: Amount, rows: &[IncomeRow]) -> i128 {
    let principal: Amount = rows.iter().map(|row| row.principal).sum();
    i128::from((principal - fee).minor()) * CENT_PARTS
}

/// Whether at this rate something is left after the last row.
fn is_more_than_paid(mut carrying: i128, rate: i128, rows: &[IncomeRow]) -> bool {
    let mut to_come: i128 = rows.iter().map(paid).sum();
    for row in rows {
        // What is more than all payments to come is never paid off, at whatever rate.
        if carrying > to_come {
            return true;
        }
        carrying += grown(carrying, rate) - paid(row);
        to_come -= paid(row);
        if carrying <= 0 {
            return false;
        }
    }
    carrying > 0
}

fn paid(row: &IncomeRow) -> i128 {
    i128::from((row.principal + row.interest).minor()) * CENT_PARTS
}

fn grown(carrying: i128, rate: i128) -> i128 {
    // At rates that no row can pay it grows beyond every amount, and stays there.
    Rounding::HalfEven.divide(carrying.saturating_mul(rate), RATE_PARTS)
}

/// Yield of the first rows less their interest: what of it the fee brought.
fn by_effective_rate(
    rate: i128,
    fee: Amount,
    first: &[IncomeRow],
    (rows, rounding): (&[IncomeRow], Rounding),
) -> Amount {
    let mut carrying = carrying_at_first(fee, rows);
    let mut income = 0;
    for row in first {
        let growth = grown(carrying, rate);
        income += growth - i128::from(row.interest.minor()) * CENT_PARTS;
        carrying += growth - paid(row);
    }
    // At rates that no row can pay the yield is beyond every amount.
    let minor = rounding.divide(income, CENT_PARTS).clamp(0, i128::from(fee.minor().max(0)));
    Amount::from_minor(i64::try_from(minor).expect("it is no more than the fee"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    fn percent(text: &str) -> Rate {
        Rate::parse_percent(text).expect("a rate")
    }

    /// A thousand in four equal installments at 10 % a period.
    fn rows() -> Vec<IncomeRow> {
        [(215_47, 100_00), (237_02, 78_45), (260_72, 54_75), (286_79, 28_68)]
            .map(|(principal, interest)| IncomeRow { principal: cents(principal), interest: cents(interest) })
            .to_vec()
    }

    fn steps(profile: IncomeProfile, fee: i64) -> Vec<i64> {
        let through = |k| income_through(profile, cents(fee), &rows(), k, Rounding::HalfUp).minor();
        (1..=4).map(|k| through(k) - through(k - 1)).collect()
    }

    #[test]
    fn a_straight_line_gives_the_same_with_each_installment() {
        assert_eq!(steps(IncomeProfile::StraightLine, 40_00), [10_00; 4]);
        assert_eq!(steps(IncomeProfile::StraightLine, 10_01), [2_50, 2_51, 2_50, 2_50]);
    }

    #[test]
    fn the_sum_of_digits_gives_most_of_it_early() {
        assert_eq!(steps(IncomeProfile::SumOfYearsDigits, 40_00), [16_00, 12_00, 8_00, 4_00]);
    }

    /// 980 for these four payments yield 10.9392 % a period, by bisection elsewhere: 107.20, 84.42,
    /// 59.15 and 31.11, of which the interest explains 100.00, 78.45, 54.75 and 28.68.
    #[test]
    fn the_effective_rate_gives_every_period_the_same_yield() {
        assert_eq!(steps(IncomeProfile::EffectiveInterestRate, 20_00), [7_20, 5_98, 4_39, 2_43]);
    }

    #[test]
    fn a_fee_without_installments_to_come_is_income_at_once() {
        let all = income_through(IncomeProfile::StraightLine, cents(5), &[], 0, Rounding::HalfUp);
        assert_eq!(all, cents(5));
    }

    #[test]
    fn tax_on_top_and_tax_inside_are_inverse() {
        for (net, tax) in [(100_00, "19"), (25_45, "7.7"), (1, "20"), (0, "12.5")] {
            let gross = with_tax(cents(net), percent(tax), Rounding::HalfUp);
            assert_eq!(gross - tax_in(gross, percent(tax), Rounding::HalfUp), cents(net));
        }
    }

    #[test]
    fn a_rate_with_tax_is_exact_or_near() {
        assert_eq!(rate_with_tax(percent("2.5"), percent("19")), Rate::from_ratio(2_975, 100_000));
        let odd = rate_with_tax(percent("999999.9999999999"), percent("0.0000000003"));
        assert_eq!(odd.to_percent_text(), "1000000.0000029999");
    }

    #[test]
    fn a_penalty_counts_days_and_never_backwards() {
        let ten_days = penalty_for_days(cents(200_00), percent("0.1"), 10);
        assert_eq!(ten_days.round(Rounding::HalfUp), cents(2_00));
        assert!(penalty_for_days(cents(200_00), percent("0.1"), -3).is_zero());
    }

    #[test]
    fn parts_of_installments_add_up() {
        for (whole, count) in [(100, 3), (1, 7), (10_00, 4)] {
            let part = |number| part_of_installment(cents(whole), (number, count), Rounding::HalfUp);
            assert_eq!((1..=count).map(part).sum::<Amount>(), cents(whole));
        }
        assert_eq!(part_of_installment(cents(9), (4, 3), Rounding::HalfUp), Amount::ZERO);
    }
}
