//! A quick look at the equal total under tiers by balance, which decides nearly every schedule.
//!
//! Nothing is approximated in the result: when the bounds of the total do not round to the same
//! amount, or 64 bits are not enough, the wide search of `solve.rs` decides.

use super::charge::Charge;
use super::estimate::{LARGEST_TIME, scaled_rate};
use super::options::BalanceTier;
use super::spread::Kind;
use crate::exact::Exact;
use crate::money::Amount;

/// Bits of the principal with its binary places.
const PRINCIPAL_BITS: u32 = 60;
/// Balances stay within 2^61, so that adding interest of less than a whole one cannot overflow.
const LIMIT: i64 = 1 << 61;
/// Binary places of a slope.
const SLOPE_BITS: u32 = 20;
/// How often a total is tried before the wide search takes over.
const TRIALS: u32 = 40;
/// Binary places of the nearness at which the wide search takes a total for a half.
const NEAR_BITS: u32 = 29;

/// All repaying steps, ready to be walked over.
struct Steps {
    principal: i64,
    /// Binary places of balances.
    places: u32,
    /// One for each tier: its upper bound as a balance.
    bounds: Vec<i64>,
    /// As many for each step as there are tiers.
    pieces: Vec<Piece>,
    /// What truncation can make of what is left, in units of the last place.
    error: i64,
}

/// The interest of one step on the part of a balance in one tier.
#[derive(Clone, Copy)]
struct Piece {
    /// The bound of the tier before.
    above: i64,
    /// Interest of the tiers before.
    before: i64,
    /// Rate × time, times 2^64.
    factor: u64,
}

/// What is left after all payments, and how much less it is for a payment of one more.
struct Left {
    balance: i64,
    slope: i64,
}

/// The equal total, rounded; `None` when this look does not decide it.
///
/// Newton's method: what is left is a line between totals at which a balance passes a bound, so a few
/// trials lead to the line on which it is zero. What is left falls by at least one for each payment,
/// so the true total is no further away than what is left ÷ the number of payments.
pub(super) fn equal_total(charge: &Charge<'_>, tiers: &[BalanceTier]) -> Option<Amount> {
    let steps = Steps::of(charge, tiers)?;
    let payments = i64::from(charge.plan.repaying_count());
    // A first payment of the principal with its interest leaves nothing, so no total is more.
    let (mut low, mut high) = (0, steps.principal.checked_mul(2)?);
    let mut total = steps.first_guess();
    for _ in 0..TRIALS {
        let left = steps.after(total);
        if left.balance > 0 {
            low = total
        } else {
            high = total
        }
        let mut next = low + (high - low) / 2;
        if left.slope > 0 {
            let radius = left.balance.abs().checked_add(steps.error)? / payments + steps.nearness();
            if radius >> steps.places == 0 {
                let exact = |total: i64| Exact::ratio(i128::from(total), 1 << steps.places);
                let lower = charge.plan.rounded_total(exact((total - radius).max(0)))?;
                if charge.plan.rounded_total(exact(total + radius))? == lower {
                    return Some(lower);
                }
            }
            let change = (i128::from(left.balance) << SLOPE_BITS) / i128::from(left.slope);
            let by_slope = total.checked_add(i64::try_from(change).ok()?)?;
            if (low..=high).contains(&by_slope) {
                next = by_slope;
            }
        }
        total = next;
    }
    None
}

impl Steps {
    fn of(charge: &Charge<'_>, tiers: &[BalanceTier]) -> Option<Steps> {
        let principal = charge.plan.terms.principal.minor();
        let places = PRINCIPAL_BITS - (u64::BITS - principal.unsigned_abs().leading_zeros());
        let bound = |tier: &BalanceTier| {
            let open = i64::MAX;
            tier.up_to.map_or(open, |bound| bound.minor().checked_mul(1 << places).unwrap_or(open))
        };
        let bounds = tiers.iter().map(bound).collect();
        let pieces = Vec::with_capacity(charge.plan.due_dates.len() * tiers.len());
        let mut steps = Steps { principal: principal << places, places, bounds, pieces, error: 0 };
        let (mut denominator, mut unit_rates) = (0, Vec::with_capacity(tiers.len()));
        for step in charge.plan.steps().filter(|step| step.kind == Kind::Repaying) {
            let time = charge.plan.time(step);
            if time.denominator != denominator {
                denominator = time.denominator;
                unit_rates.clear();
                for tier in tiers {
                    unit_rates.push(scaled_rate(tier.rate.parts(), time)?);
                }
            }
            steps.push(&unit_rates, time.numerator)?;
        }
        Some(steps)
    }

    /// A step's pieces. Each factor is short by less than the time's numerator in its last place, and a
    /// product of it with a balance by less than that and one.
    fn push(&mut self, unit_rates: &[u64], time: i64) -> Option<()> {
        if time > LARGEST_TIME {
            return None;
        }
        let (mut above, mut before, mut largest) = (0, 0, 0);
        for (&unit_rate, &bound) in unit_rates.iter().zip(&self.bounds) {
            let factor = unit_rate.checked_mul(time.unsigned_abs())?;
            self.pieces.push(Piece { above, before, factor });
            before += product(bound.min(LIMIT) - above.min(LIMIT), factor);
            above = bound;
            largest = factor.max(largest);
        }
        let tiers = i64::try_from(unit_rates.len()).ok()?;
        self.error += product(self.error, largest) + (tiers + 1) * (2 + (time >> 2));
        (self.error < LIMIT && before < LIMIT).then_some(())
    }

    /// The total at one rate: what the principal costs in the first step.
    fn first_guess(&self) -> i64 {
        let (mut growth, mut sum, mut unit) = (1_i64 << PRINCIPAL_BITS, 0_i64, 1_i64 << PRINCIPAL_BITS);
        // The principal has its highest bit at the 60th place, so its reciprocal has 64.
        let reciprocal = u64::try_from((1_u128 << 123) / u128::from(self.principal.unsigned_abs()));
        let reciprocal = reciprocal.unwrap_or(u64::MAX);
        for pieces in self.pieces.chunks_exact(self.bounds.len()) {
            let interest = self.interest(pieces, self.principal).unsigned_abs();
            let rate = (u128::from(interest) * u128::from(reciprocal)) >> (PRINCIPAL_BITS - 1);
            let rate = u64::try_from(rate).unwrap_or(u64::MAX);
            growth += product(growth, rate);
            sum += product(sum, rate) + unit;
            while growth >= LIMIT || sum >= LIMIT {
                (growth, sum, unit) = (growth >> 1, sum >> 1, unit >> 1);
            }
        }
        let total = i128::from(self.principal) * i128::from(growth) / i128::from(sum.max(1));
        i64::try_from(total).unwrap_or(self.principal)
    }

    /// Interest of a step on a balance.
    #[inline]
    fn interest(&self, pieces: &[Piece], balance: i64) -> i64 {
        let piece = self.piece(pieces, balance);
        piece.before + product(balance - piece.above, piece.factor)
    }

    #[inline]
    fn piece(&self, pieces: &[Piece], balance: i64) -> Piece {
        let tier = self.bounds.iter().take_while(|bound| **bound < balance).count();
        pieces[tier.min(pieces.len() - 1)]
    }

    /// Walks over the steps with a total. Below zero interest goes on as in the first tier. Beyond the
    /// limit the walk ends, without a slope.
    fn after(&self, total: i64) -> Left {
        let (mut balance, mut slope) = (self.principal, 0_i64);
        for pieces in self.pieces.chunks_exact(self.bounds.len()) {
            let piece = self.piece(pieces, balance);
            balance += piece.before + product(balance - piece.above, piece.factor) - total;
            slope += product(slope, piece.factor) + (1 << SLOPE_BITS);
            if balance.abs() >= LIMIT || slope >= LIMIT {
                return Left { balance, slope: 0 };
            }
        }
        Left { balance, slope }
    }

    /// The nearness at which the wide search takes a total for a half, and a last place.
    fn nearness(&self) -> i64 {
        1 + (1_i64 << self.places >> NEAR_BITS)
    }
}

/// `value` × `factor` ÷ 2^64, to the next whole number below.
#[inline]
fn product(value: i64, factor: u64) -> i64 {
    let product = (i128::from(value) * i128::from(factor)) >> u64::BITS;
    i64::try_from(product).unwrap_or(i64::MAX)
}
