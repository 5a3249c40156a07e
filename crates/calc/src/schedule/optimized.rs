//! Optimized payments: what rounding leaves over with the last installment is spread over all of them.

use super::changes::Chain;
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
    let total = equal_total(charge)?;
    let unit = unit_of(charge.plan).minor();
    let spread = Chain::of(charge).and_then(|chain| handed_out(chain, total, unit));
    match spread {
        Some(spread) => fill(charge, totals(|place| spread.of(place)), rows),
        None => by_trying(charge, total, rows),
    }
}

/// What to hand out, by how each step changes the last total; `None` where only trying tells.
pub(super) fn handed_out(mut chain: Chain, total: Amount, unit: i64) -> Option<Spread> {
    let others = chain.others();
    if others == 0 {
        return Some(Spread::new(total, unit, others));
    }
    let (steps, last) = steps_of_all(&mut chain, total.minor(), unit)?;
    let total = total.minor() + steps * unit;
    let mut spread = Spread::new(Amount::from_minor(total), unit, others);
    let mut room = last - total;
    if (steps, room) == (0, 0) {
        return Some(spread);
    }
    chain.bound_from(0, room, 0)?;
    let mut place = chain.most_of_first(unit)?;
    spread.has_more.iter_mut().take(place).for_each(|has_more| *has_more = true);
    room -= chain.pay_more(0..place, unit)?;
    for _ in 0..SINGLES_MAX {
        // A step is handed out before the installment that what is left may fall by it.
        let before = chain.bound_from(place + 1, room, unit)?;
        if before > others {
            break;
        }
        place = before;
        *spread.has_more.get_mut(place - 1)? = true;
        room -= chain.pay_more(place - 1..place, unit)?;
    }
    Some(spread)
}

/// The most steps for all installments that leave the last one no smaller, and what that one is then.
/// The chain is left as it is with them.
fn steps_of_all(chain: &mut Chain, total: i64, unit: i64) -> Option<(i64, i64)> {
    let mut room = |steps: i64| {
        let total = total + steps * unit;
        (total > 0).then(|| Some(chain.last_total(total)? - total)).flatten()
    };
    // Nearly always one step is too much and none, or one less, is not.
    let (mut high, mut low, mut width) = (1, 0, 1);
    while room(high)? >= 0 {
        (low, high, width) = (high, high + width, width * 2);
    }
    let mut left = room(low)?;
    while left < 0 {
        (high, low, width) = (low, low - width, width * 2);
        left = room(low)?;
    }
    let is_next = high - low == 1;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if room(middle)? < 0 { high = middle } else { low = middle }
    }
    if !is_next {
        left = room(low)?;
    }
    Some((low, left + total + low * unit))
}

/// The same without a chain: every step handed out is tried on the whole schedule.
pub(super) fn by_trying(
    charge: &Charge<'_>,
    total: Amount,
    rows: &mut Vec<Installment>,
) -> Result<(), ScheduleError> {
    let unit = unit_of(charge.plan).minor();
    let others = i64::from(charge.plan.repaying_count()) - 1;
    rows.clear();
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
    let count = charge.plan.due_dates.len();
    let of_all = |steps: i64| Spread::new(total + Amount::from_minor(steps * unit), unit, count);
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
pub(super) struct Spread {
    total: Amount,
    unit: i64,
    has_more: Vec<bool>,
}

impl Spread {
    fn new(total: Amount, unit: i64, others: usize) -> Spread {
        Spread { total, unit, has_more: vec![false; others] }
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
