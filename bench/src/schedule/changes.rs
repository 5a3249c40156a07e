//! Optimized payments in a bare loop: whom to give a cent more, found as the engine finds it.

use super::PRINCIPAL;
use super::bare::{Months, half_even};

const DENOMINATOR: i64 = 3_650_000;

/// What each installment's interest was divided into.
#[derive(Clone, Copy)]
struct Link {
    numerator: i64,
    whole: i64,
    rest: i64,
}

#[derive(Default)]
pub(super) struct Search {
    links: Vec<Link>,
    bounds: Vec<i64>,
}

impl Search {
    /// The totals that come next to each other, given the equal total.
    pub(super) fn totals(&mut self, equal: i64, count: u32, totals: &mut Vec<i64>) {
        self.links.clear();
        let link = |days| Link { numerator: days * 625, whole: 0, rest: 0 };
        self.links.extend(Months::new(count).map(|(_, days)| link(days)));
        self.bounds.resize(self.links.len() + 1, 0);
        let others = self.links.len() - 1;
        let mut total = equal + 1;
        let mut last = self.walk(total);
        let mut was_enough = last >= total;
        loop {
            let next = if was_enough { total + 1 } else { total - 1 };
            let found = self.walk(next);
            if found >= next && !was_enough {
                (total, last) = (next, found);
                break;
            }
            if found < next && was_enough {
                last = self.walk(total);
                break;
            }
            (total, was_enough) = (next, found >= next);
        }
        totals.clear();
        totals.resize(others, total);
        let mut room = last - total;
        if total == equal && room == 0 {
            return;
        }
        self.bound(0, room, 0);
        let mut less = 0;
        let mut place = 0;
        while place < others {
            less += self.links[place].fall(less) + 1;
            if less > self.bounds[place + 1] {
                break;
            }
            totals[place] += 1;
            place += 1;
        }
        room -= self.pay_more(0, place);
        loop {
            let before = self.bound(place + 1, room, 1);
            if before > others {
                return;
            }
            totals[before - 1] += 1;
            room -= self.pay_more(before - 1, before);
            place = before;
        }
    }

    fn walk(&mut self, total: i64) -> i64 {
        let mut balance = PRINCIPAL;
        let mut interest = 0;
        for link in &mut self.links {
            let numerator = balance * link.numerator + DENOMINATOR / 2;
            (link.whole, link.rest) = (numerator / DENOMINATOR, numerator % DENOMINATOR);
            interest = link.interest();
            balance += interest - total;
        }
        debug_assert!(interest == half_even(interest, 1));
        balance + total
    }

    fn bound(&mut self, place: usize, room: i64, least: i64) -> usize {
        let (mut bound, mut reached) = (room, self.links.len());
        while reached > place {
            let link = self.links[reached - 1];
            let mut most = (bound - link.fall(bound)).max(0);
            while most < bound && most + 1 + link.fall(most + 1) <= bound {
                most += 1;
            }
            bound = most;
            if bound < least {
                break;
            }
            reached -= 1;
            self.bounds[reached] = bound;
        }
        reached
    }

    fn pay_more(&mut self, from: usize, to: usize) -> i64 {
        let mut less = 0;
        for (place, link) in self.links.iter_mut().enumerate().skip(from) {
            let lowered = link.with_less(less);
            less += link.interest() - lowered.interest() + i64::from(place < to);
            *link = lowered;
        }
        less
    }
}

impl Link {
    #[inline]
    fn interest(self) -> i64 {
        self.whole - i64::from(self.rest == 0 && self.whole % 2 == 1)
    }

    #[inline]
    fn with_less(mut self, less: i64) -> Link {
        self.rest -= less * self.numerator;
        while self.rest < 0 {
            self.rest += DENOMINATOR;
            self.whole -= 1;
        }
        self
    }

    #[inline]
    fn fall(self, less: i64) -> i64 {
        self.interest() - self.with_less(less).interest()
    }
}
