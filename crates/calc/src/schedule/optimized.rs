//! Optimized payments: what rounding leaves over with the last installment is spread over all of them.

use super::charge::Charge;
use super::varied::{equal_total, fill, last_total, smallest, totals, unit_of};
use super::{Installment, ScheduleError};
use crate::money::Amount;

/// Single steps that are handed out at most. What is left over after one is less than what it was
/// worth in the last total, and later steps are worth less; so a few of them do.
const SINGLES_MAX: u32 = 24;

/// Totals of one step more or less than each other.
///
/// First all repaying installments but the last get the largest total that leaves the last one no
/// smaller. Then steps are handed out from the first installment on, each as early as the last total
/// allows without becoming smaller than the others; the earlier one is given, the more it is worth.
pub(super) fn optimized(charge: &Charge<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let (total, unit) = (equal_total(charge)?, unit_of(charge.plan).minor());
    let others = i64::from(charge.plan.repaying_count()) - 1;
    fill(charge, totals(|_| total), rows)?;
    if others == 0 || last_total(rows) == total {
        return Ok(());
    }
    let difference = (last_total(rows) - total).minor().div_euclid(unit);
    let mut is_too_much = |spread: &Spread| {
        rows.clear();
        fill(charge, totals(|place| spread.of(place)), rows)?;
        Ok(last_total(rows) < spread.total)
    };
    let of_all = |steps: i64| Spread::new(total + Amount::from_minor(steps * unit), unit, others);
    // A step of all takes at least a step from the last total, and its own total rises by one.
    let bounds = (difference.min(0) - 1, difference.max(0) + 1);
    let mut spread = of_all(smallest(bounds, |steps| is_too_much(&of_all(steps)))? - 1);
    let block = smallest((0, others + 1), |count| is_too_much(&spread.with_first(count)))? - 1;
    spread = spread.with_first(block);
    let mut place = block;
    for _ in 0..SINGLES_MAX {
        place = smallest((place, others + 1), |place| Ok(!is_too_much(&spread.with(place))?))?;
        if place > others {
            break;
        }
        spread = spread.with(place);
    }
    is_too_much(&spread).map(|_| ())
}

/// A total, and by place who has a step more.
#[derive(Clone)]
struct Spread {
    total: Amount,
    unit: i64,
    has_more: Vec<bool>,
}

impl Spread {
    fn new(total: Amount, unit: i64, others: i64) -> Spread {
        Spread { total, unit, has_more: (0..others).map(|_| false).collect() }
    }

    /// With a step for each of the first installments.
    fn with_first(&self, count: i64) -> Spread {
        let has_more = (0_i64..).zip(&self.has_more).map(|(index, has_more)| *has_more || index < count);
        Spread { has_more: has_more.collect(), ..*self }
    }

    /// With a step for the installment at this place, from one.
    fn with(&self, place: i64) -> Spread {
        let has_more = (1_i64..).zip(&self.has_more).map(|(at, has_more)| *has_more || at == place);
        Spread { has_more: has_more.collect(), ..*self }
    }

    fn of(&self, place: u32) -> Amount {
        let index = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
        let has_more = index.and_then(|index| self.has_more.get(index)).is_some_and(|has_more| *has_more);
        self.total + Amount::from_minor(i64::from(has_more) * self.unit)
    }
}
