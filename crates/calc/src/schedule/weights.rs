//! Tiers by balance as one sum of integers: what a balance weighs is the sum of its parts, each times
//! its rate, over one denominator for all of them.

use super::options::BalanceTier;
use crate::exact::gcd;
use crate::money::Amount;

/// Tiers brought to one denominator, so that interest needs one division and no walk over parts.
pub(super) struct Weights {
    tiers: Vec<Weight>,
    /// Of all rates.
    pub(super) denominator: i64,
}

struct Weight {
    /// The bound of the tier before, in minor units.
    above: i64,
    /// Its own; the last one has none.
    up_to: i64,
    /// What all of the tiers before weigh.
    before: i64,
    /// Of its rate over the denominator.
    numerator: i64,
}

impl Weights {
    /// `None` where 64 bits are not enough.
    pub(super) fn of(tiers: &[BalanceTier]) -> Option<Weights> {
        let denominator = tiers.iter().try_fold(1_i64, |common, tier| {
            let own = tier.rate.parts().1;
            let shared = gcd(u128::from(common.unsigned_abs()), u128::from(own.unsigned_abs()));
            common.checked_mul(own / i64::try_from(shared).ok()?)
        })?;
        let mut weights = Vec::with_capacity(tiers.len());
        let (mut above, mut before) = (0_i64, 0_i64);
        for tier in tiers {
            let (numerator, own) = tier.rate.parts();
            let numerator = numerator.checked_mul(denominator / own)?;
            let up_to = tier.up_to.map_or(i64::MAX, Amount::minor);
            weights.push(Weight { above, up_to, before, numerator });
            if tier.up_to.is_some() {
                before = before.checked_add((up_to - above).checked_mul(numerator)?)?;
            }
            above = up_to;
        }
        Some(Weights { tiers: weights, denominator })
    }

    /// Σ part of the balance × rate × denominator.
    #[inline]
    pub(super) fn of_balance(&self, balance: Amount) -> Option<i64> {
        let balance = balance.minor();
        let tier = self.tiers.iter().find(|tier| balance <= tier.up_to)?;
        (balance - tier.above).checked_mul(tier.numerator)?.checked_add(tier.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate::Rate;

    #[test]
    fn a_balance_weighs_its_parts_by_their_rates() {
        let tier = |up_to: Option<i64>, percent: &str| BalanceTier {
            up_to: up_to.map(Amount::from_minor),
            rate: Rate::parse_percent(percent).expect("a plain percentage"),
        };
        let tiers = [tier(Some(100), "7"), tier(Some(300), "6.25"), tier(None, "5.5")];
        let weights = Weights::of(&tiers).expect("they are small");
        let of = |minor: i64| weights.of_balance(Amount::from_minor(minor)).expect("it is small");
        assert_eq!(weights.denominator, 400);
        assert_eq!((of(0), of(100), of(101), of(300), of(301)), (0, 2800, 2825, 7800, 7822));
    }
}
