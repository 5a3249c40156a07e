//! How investors share what a borrower repays, to the minor unit.
//!
//! Who funds a loan, and which part of the interest is theirs, is decided elsewhere.

use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

/// Everybody's share of a running total, by weight.
///
/// The shares add up to the total exactly. They depend on the running total alone: a repayment is
/// shared by the difference of the shares after and before it, so many small repayments come to the
/// same as one large one, nothing drifts, and no share is ever taken back, because no share shrinks
/// when the total grows.
///
/// The holders are cut in two halves, the first half takes total × its weight ÷ the whole weight,
/// rounded half up, the other half takes the rest, and each half is cut again. One rounding moves a
/// half by at most half a minor unit, and of that each holder below bears only a part: a share
/// differs from the exact one by less than one minor unit for each time the holders are halved.
///
/// Holders without weight take nothing; where nobody has weight, all shares are zero. A total that
/// is not positive is not shared.
///
/// ```
/// use loam_calc::funding::shares_of;
/// use loam_calc::money::Amount;
///
/// let weights = [600_00, 300_00, 100_00].map(Amount::from_minor);
/// let shares = shares_of(Amount::from_minor(10_01), &weights);
/// assert_eq!(shares, [6_01, 3_00, 1_00].map(Amount::from_minor));
/// ```
#[must_use]
pub fn shares_of(total: Amount, weights: &[Amount]) -> Vec<Amount> {
    let mut shares = vec![Amount::ZERO; weights.len()];
    let weights: Vec<i128> = weights.iter().map(|weight| i128::from(weight.minor().max(0))).collect();
    if total.is_positive() && weights.iter().any(|weight| *weight > 0) {
        cut(i128::from(total.minor()), &weights, &mut shares);
    }
    shares
}

/// The part of an amount that a part of the rate has earned: amount × part ÷ whole, rounded down, and
/// not more than the amount. What is rounded off stays with whoever keeps the rest.
///
/// Of a running total it never shrinks, so differences of it are shares as above. A rate of nothing
/// earns nothing.
///
/// ```
/// use loam_calc::funding::earned_by;
/// use loam_calc::money::Amount;
/// use loam_calc::rate::Rate;
///
/// let (part, whole) = (Rate::from_ratio(7, 100), Rate::from_ratio(10, 100));
/// assert_eq!(earned_by(Amount::from_minor(99), part, whole), Amount::from_minor(69));
/// ```
#[must_use]
pub fn earned_by(amount: Amount, part: Rate, whole: Rate) -> Amount {
    if whole.numerator() <= 0 || part.numerator() <= 0 {
        return Amount::ZERO;
    }
    let scaled = Exact::from_amount(amount).times(part.numerator()).divided_by(part.denominator());
    scaled.times(whole.denominator()).divided_by(whole.numerator()).round(Rounding::Down).min(amount)
}

fn cut(total: i128, weights: &[i128], shares: &mut [Amount]) {
    if let [share] = shares {
        *share = Amount::from_minor(i64::try_from(total).expect("a share is not larger than the whole"));
        return;
    }
    let middle = weights.len() / 2;
    let (left, right) = weights.split_at(middle);
    let (of_left, of_all) = (left.iter().sum::<i128>(), weights.iter().sum::<i128>());
    // Half up: the quotient of twice the dividend plus the divisor by twice the divisor.
    let to_left = if of_all == 0 { 0 } else { (2 * total * of_left + of_all) / (2 * of_all) };
    let (left_shares, right_shares) = shares.split_at_mut(middle);
    cut(to_left, left, left_shares);
    cut(total - to_left, right, right_shares);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts(minor: &[i64]) -> Vec<Amount> {
        minor.iter().copied().map(Amount::from_minor).collect()
    }

    #[test]
    fn three_equal_funders_share_a_hundred_cents_without_losing_one() {
        let shares = shares_of(Amount::from_minor(100), &amounts(&[1, 1, 1]));
        assert_eq!(shares, amounts(&[33, 34, 33]));
    }

    #[test]
    fn who_has_no_weight_takes_nothing() {
        assert_eq!(shares_of(Amount::from_minor(7), &amounts(&[0, 5, 0])), amounts(&[0, 7, 0]));
        assert_eq!(shares_of(Amount::from_minor(7), &amounts(&[0, 0])), amounts(&[0, 0]));
        assert_eq!(shares_of(Amount::from_minor(7), &[]), []);
    }

    #[test]
    fn more_than_the_whole_rate_earns_the_whole_and_nothing_of_no_rate() {
        let rate = |percent| Rate::from_ratio(percent, 100);
        assert_eq!(earned_by(Amount::from_minor(50), rate(12), rate(10)), Amount::from_minor(50));
        assert_eq!(earned_by(Amount::from_minor(50), rate(0), rate(10)), Amount::ZERO);
        assert_eq!(earned_by(Amount::from_minor(50), rate(1), rate(0)), Amount::ZERO);
    }

    /// Shares of what is added to a running total: the shares after it minus those before it.
    fn shares_between(before: Amount, after: Amount, weights: &[Amount]) -> Vec<Amount> {
        let pairs = shares_of(after, weights).into_iter().zip(shares_of(before, weights));
        pairs.map(|(after, before)| after - before).collect()
    }

    proptest! {
        #[test]
        fn shares_add_up_stay_near_the_exact_ones_and_never_shrink(
            weights in prop::collection::vec(1i64..100_000_000, 1..40),
            repayments in prop::collection::vec(1i64..50_000_00, 1..30),
        ) {
            let weights = amounts(&weights);
            let whole: i128 = weights.iter().map(|weight| i128::from(weight.minor())).sum();
            let mut given = vec![Amount::ZERO; weights.len()];
            let mut total = Amount::ZERO;
            for repayment in repayments {
                let before = total;
                total += Amount::from_minor(repayment);
                let shares = shares_between(before, total, &weights);
                prop_assert_eq!(shares.iter().copied().sum::<Amount>(), total - before);
                for (given, share) in given.iter_mut().zip(&shares) {
                    prop_assert!(!share.is_negative());
                    *given += *share;
                }
            }
            prop_assert_eq!(&given, &shares_of(total, &weights), "one large repayment comes to the same");
            // Forty holders are halved six times at most.
            for (given, weight) in given.iter().zip(&weights) {
                let exact = i128::from(total.minor()) * i128::from(weight.minor());
                let off = (i128::from(given.minor()) * whole - exact).abs();
                prop_assert!(off < 6 * whole, "{given:?} of {total:?}");
            }
        }
    }
}
