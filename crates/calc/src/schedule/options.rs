//! What may be agreed beyond equal shares at one rate: tiers of rates, agreed payments, rounded elements.
//!
//! A schedule without any of this never comes by here; see [`super::schedule`].

use serde::{Deserialize, Serialize};

use super::{Accrual, ScheduleError};
use crate::money::Amount;
use crate::rate::Rate;

/// The rate of the part of a balance up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BalanceTier {
    /// The bound; `None` for the last tier.
    pub up_to: Option<Amount>,
    /// Of the part from the bound before to this one.
    pub rate: Rate,
}

/// The rate of the days of a loan up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DayTier {
    /// The last day that has this rate, the first day after the start being 1; `None` for the last tier.
    pub through_day: Option<u32>,
    /// Of the days from the bound before to this one.
    pub rate: Rate,
}

/// Where the rate of a schedule comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RateTiers<'a> {
    /// It is that of the terms.
    #[default]
    None,
    /// By the balance on which interest runs; the rate of the terms is not looked at.
    ByBalance(&'a [BalanceTier]),
    /// By the day of the loan; the rate of the terms is not looked at. Of a nominal period that two
    /// tiers share, each has the part of its days.
    ByDay(&'a [DayTier]),
}

/// How the totals of installments come about. Anything but `Standard` is for equal installments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Payments<'a> {
    /// As the interest method says.
    #[default]
    Standard,
    /// Every installment that repays has this total, and the last one repays what is left.
    Balloon(Amount),
    /// Equal totals, and what the last one differs by is spread over all of them in steps of a minor
    /// unit or of the agreed multiple: one step more for some, and the last one is met to a step or two.
    Optimized,
    /// Equal totals, moved by an even share of what the last one differs by, while that is more than
    /// half a minor unit for each of them and becomes smaller.
    Evened,
    /// One agreed total for each installment. The last one has the interest that makes its total;
    /// where rounding has used that up it has none, and the total is what is left.
    Agreed(&'a [Amount]),
}

/// What is rounded when installments are multiples of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoundedElements {
    /// The total of an installment; its principal is what the interest leaves of it.
    #[default]
    PaymentDue,
    /// Principal and interest, each by itself.
    RoundAll,
}

/// All of it. The default is a schedule as [`super::schedule`] makes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScheduleOptions<'a> {
    /// Up to which day an installment carries interest.
    pub accrual: Accrual,
    /// Where the rate comes from.
    pub tiers: RateTiers<'a>,
    /// How totals come about.
    pub payments: Payments<'a>,
    /// What multiples are for. Without effect when the terms have no multiple.
    pub elements: RoundedElements,
    /// Which installments after the grace repay principal besides the last, where the interval of
    /// the terms does not say it: for what is left of a longer schedule.
    pub repays: Option<&'a [bool]>,
}

impl ScheduleOptions<'_> {
    /// Whether the plain methods make this schedule.
    pub(super) fn are_plain(&self) -> bool {
        self.tiers == RateTiers::None
            && self.payments == Payments::Standard
            && self.elements == RoundedElements::PaymentDue
    }
}

impl RateTiers<'_> {
    /// Checks that bounds increase and that only the last tier has none.
    ///
    /// # Errors
    /// [`ScheduleError::TiersNotInOrder`].
    pub fn check(&self) -> Result<(), ScheduleError> {
        let in_order = match self {
            RateTiers::None => true,
            RateTiers::ByBalance(tiers) => {
                are_in_order(tiers.iter().map(|tier| tier.up_to.map(Amount::minor)))
            }
            RateTiers::ByDay(tiers) => are_in_order(tiers.iter().map(|tier| tier.through_day.map(i64::from))),
        };
        if in_order { Ok(()) } else { Err(ScheduleError::TiersNotInOrder) }
    }
}

fn are_in_order(bounds: impl ExactSizeIterator<Item = Option<i64>>) -> bool {
    let count = bounds.len();
    let mut before = 0;
    for (index, bound) in bounds.enumerate() {
        match bound {
            Some(bound) if bound > before && index + 1 < count => before = bound,
            None if index + 1 == count => return true,
            Some(_) | None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_increase_and_the_last_tier_is_open() {
        let check = |bounds: &[Option<u32>], holds: bool| {
            let tiers: Vec<DayTier> =
                bounds.iter().map(|&through_day| DayTier { through_day, rate: Rate::ZERO }).collect();
            assert_eq!(RateTiers::ByDay(&tiers).check().is_ok(), holds, "{bounds:?}");
        };
        check(&[None], true);
        check(&[Some(30), Some(60), None], true);
        check(&[], false);
        check(&[Some(30)], false);
        check(&[Some(0), None], false);
        check(&[Some(30), Some(30), None], false);
        check(&[None, Some(30)], false);
    }
}
