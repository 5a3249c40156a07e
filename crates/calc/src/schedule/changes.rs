//! What less outstanding means for the installments after it, exactly and without dividing again.
//!
//! Every installment keeps the rest of its interest's division. When the balance before it falls by a
//! few minor units, that rest tells by how many its interest falls, and so how much less is left after it.

use super::charge::Charge;
use super::spread::Kind;
use super::{InterestMethod, Remainder};
use crate::rounding::Rounding;

/// One installment that repays: interest = (balance × `numerator` + `offset`) ÷ `denominator`, whole
/// part and rest.
#[derive(Clone, Copy)]
struct Link {
    numerator: i64,
    denominator: i64,
    /// Makes rounding of dropping what is behind the point.
    offset: i64,
    /// Whether a half goes to the even one; it does where the rest is zero.
    evens: bool,
    whole: i64,
    rest: i64,
}

/// All installments that repay, at certain totals.
pub(super) struct Chain {
    links: Vec<Link>,
    /// By how much what is left may fall before each of them; see [`Chain::bound_from`].
    bounds: Vec<i64>,
    principal: i64,
}

impl Chain {
    /// `None` where the interest of a step does not follow from its balance by one ratio of 64-bit integers,
    /// rounded to the minor unit.
    pub(super) fn of(charge: &Charge<'_>) -> Option<Chain> {
        let plan = charge.plan;
        let sums_interest = plan.terms.remainder == Remainder::PrincipalAndInterestIntoLast;
        if charge.rounds_all() || sums_interest || plan.terms.interest.method == InterestMethod::Flat {
            return None;
        }
        let mut links = Vec::with_capacity(plan.due_dates.len());
        for step in plan.steps().filter(|step| step.kind == Kind::Repaying) {
            links.push(Link::new(charge.ratio(step)?, plan.terms.rounding));
        }
        let bounds = vec![0; links.len()];
        Some(Chain { links, bounds, principal: plan.terms.principal.minor() })
    }

    /// How many installments repay, without the last one.
    pub(super) fn others(&self) -> usize {
        self.links.len().saturating_sub(1)
    }

    /// Walks over all installments with one total and answers what the last one asks for; zero or less
    /// when everything is repaid before. `None` when a total does not cover its interest, or beyond 64 bits.
    pub(super) fn last_total(&mut self, total: i64) -> Option<i64> {
        let mut balance = self.principal;
        let (last, others) = self.links.split_last_mut()?;
        for link in others {
            let interest = link.charge(balance)?;
            if interest > total {
                return None;
            }
            balance -= total - interest;
            if balance <= 0 {
                return Some(balance);
            }
        }
        balance.checked_add(last.charge(balance)?)
    }

    /// By how much what is left may fall before each installment from the last one down to this
    /// place (from zero), so that the last total falls by `room` at most; stops where that is less than
    /// `least`. Answers the first place that it came to.
    pub(super) fn bound_from(&mut self, place: usize, room: i64, least: i64) -> Option<usize> {
        let (mut bound, mut reached) = (room, self.links.len());
        while reached > place {
            bound = self.links.get(reached - 1)?.most(bound)?;
            if bound < least {
                break;
            }
            reached -= 1;
            *self.bounds.get_mut(reached)? = bound;
        }
        Some(reached)
    }

    /// How many of the first installments may each pay `unit` more, by the bounds of all of them.
    pub(super) fn most_of_first(&self, unit: i64) -> Option<usize> {
        let mut less = 0_i64;
        for (count, (link, bound)) in self.links.iter().zip(self.bounds.iter().skip(1)).enumerate() {
            less = less.checked_add(link.fall(less)?.checked_add(unit)?)?;
            if less > *bound {
                return Some(count);
            }
        }
        Some(self.others())
    }

    /// Lets the installments at these places pay `unit` more each; answers by how much the last total falls.
    pub(super) fn pay_more(&mut self, places: std::ops::Range<usize>, unit: i64) -> Option<i64> {
        let mut less = 0_i64;
        for (place, link) in self.links.iter_mut().enumerate().skip(places.start) {
            less += link.lower(less)?;
            if places.contains(&place) {
                less += unit;
            }
        }
        Some(less)
    }
}

impl Link {
    fn new((numerator, denominator): (i64, i64), rounding: Rounding) -> Link {
        let offset = match rounding {
            Rounding::HalfUp | Rounding::HalfEven => denominator / 2,
            Rounding::Up => denominator - 1,
            Rounding::Down => 0,
        };
        let evens = rounding == Rounding::HalfEven && denominator % 2 == 0;
        Link { numerator, denominator, offset, evens, whole: 0, rest: 0 }
    }

    /// The interest on a balance, kept.
    #[inline(always)]
    fn charge(&mut self, balance: i64) -> Option<i64> {
        let numerator = balance.checked_mul(self.numerator)?.checked_add(self.offset)?;
        self.whole = numerator / self.denominator;
        self.rest = numerator % self.denominator;
        Some(self.interest())
    }

    #[inline(always)]
    fn interest(&self) -> i64 {
        let is_half = self.evens && self.rest == 0;
        self.whole - i64::from(is_half && self.whole & 1 == 1)
    }

    /// The same with so much less outstanding.
    #[inline(always)]
    fn with_less(mut self, less: i64) -> Option<Link> {
        let rest = self.rest.checked_sub(less.checked_mul(self.numerator)?)?;
        if rest >= 0 {
            self.rest = rest;
        } else if rest >= -self.denominator {
            (self.whole, self.rest) = (self.whole - 1, rest + self.denominator);
        } else {
            self.whole += rest.div_euclid(self.denominator);
            self.rest = rest.rem_euclid(self.denominator);
        }
        Some(self)
    }

    /// By how much its interest falls when so much less is outstanding.
    #[inline(always)]
    fn fall(&self, less: i64) -> Option<i64> {
        Some(self.interest() - self.with_less(less)?.interest())
    }

    /// Takes so much less as outstanding, and answers by how much interest fell.
    #[inline(always)]
    fn lower(&mut self, less: i64) -> Option<i64> {
        let lowered = self.with_less(less)?;
        let fall = self.interest() - lowered.interest();
        *self = lowered;
        Some(fall)
    }

    /// The most by which its balance may fall so that balance and interest fall by `bound` at most.
    #[inline(always)]
    fn most(&self, bound: i64) -> Option<i64> {
        // What interest falls by at most, and so at least, until both meet or stay apart.
        let (mut low, mut high) = ((bound - self.fall(bound)?).max(0), bound);
        while low < high {
            let next = bound - self.fall(low)?;
            if next == high {
                break;
            }
            high = next;
            low = (bound - self.fall(high)?).max(low);
        }
        while low < high && low + 1 + self.fall(low + 1)? <= bound {
            low += 1;
        }
        Some(low)
    }
}
