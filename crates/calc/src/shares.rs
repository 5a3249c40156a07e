//! An amount in equal shares that add up to it exactly.
//!
//! Shares by weight, which must add up over many amounts, are in [`crate::funding`].

use crate::money::Amount;

/// `count` shares of `total` that differ by at most one minor unit.
///
/// The running sum after share k is the total × k ÷ count, rounded down, so the larger shares are
/// spread over the whole and the last running sum is the total. No shares of a count of zero.
///
/// ```
/// use loam_calc::money::Amount;
/// use loam_calc::shares::evenly;
///
/// let shares = evenly(Amount::from_minor(100), 3);
/// assert_eq!(shares, [33, 33, 34].map(Amount::from_minor));
/// ```
#[must_use]
pub fn evenly(total: Amount, count: u32) -> Vec<Amount> {
    let running = |k: u32| {
        let sum = i128::from(total.minor()) * i128::from(k) / i128::from(count);
        Amount::from_minor(i64::try_from(sum).expect("a part of an amount is not larger than it"))
    };
    (1..=count).map(|k| running(k) - running(k - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_differ_by_at_most_one_minor_unit_and_add_up() {
        for total in [0, 1, 2, 99, 100_00, 528_08] {
            for count in 1..=13 {
                let shares = evenly(Amount::from_minor(total), count);
                assert_eq!(shares.iter().copied().sum::<Amount>(), Amount::from_minor(total));
                let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
                assert!((*most - *least).minor() <= 1, "{total} in {count}");
            }
        }
    }

    #[test]
    fn there_are_no_shares_among_nobody() {
        assert_eq!(evenly(Amount::from_minor(5), 0), []);
    }
}
