//! What is bid for an application, by the rate that is asked for: enough to tell what each booking wins, without the
//! bookings themselves.

use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

/// What was booked at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub rate: Rate,
    /// Not counted beyond the requested amount: nothing behind that wins.
    pub booked: Amount,
}

/// The levels, the lowest rate first. Nothing is ever taken out of it: a booking stands until the auction is over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderBook {
    levels: Vec<Level>,
    /// How many bookings there are, winning or not.
    count: i64,
}

/// Where a booking stands in the order book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub rate: Rate,
    /// What others had booked at the same rate before.
    pub ahead: Amount,
    /// What it won when it came in, and may lose to better ones.
    pub reserved: Amount,
}

impl OrderBook {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many bookings there are.
    pub fn count(&self) -> i64 {
        self.count
    }

    /// How many different rates are asked for.
    pub fn rates(&self) -> usize {
        self.levels.len()
    }

    /// Whether a booking at this rate would open a level.
    pub fn is_new_rate(&self, rate: Rate) -> bool {
        self.levels.iter().all(|level| level.rate != rate)
    }

    /// What is asked for at lower rates; not counted beyond `requested`.
    fn better(&self, rate: Rate, requested: Amount) -> Amount {
        let better = self.levels.iter().take_while(|level| level.rate < rate);
        better.fold(Amount::ZERO, |sum, level| (sum + level.booked).min(requested))
    }

    /// Where a booking of `amount` would stand, of an application for `requested`.
    pub fn place(&self, rate: Rate, amount: Amount, requested: Amount) -> Place {
        let level = self.levels.iter().find(|level| level.rate == rate);
        let ahead = level.map_or(Amount::ZERO, |level| level.booked);
        let place = Place { rate, ahead, reserved: amount };
        Place { reserved: self.won(place, requested), ..place }
    }

    /// The book with a booking in its place.
    #[must_use]
    pub fn with(&self, place: Place, requested: Amount) -> OrderBook {
        let mut levels = self.levels.clone();
        if place.reserved.is_positive() {
            let at = levels.partition_point(|level| level.rate < place.rate);
            match levels.get_mut(at).filter(|level| level.rate == place.rate) {
                Some(level) => level.booked = (level.booked + place.reserved).min(requested),
                None => levels.insert(at, Level { rate: place.rate, booked: place.reserved }),
            }
        }
        OrderBook { levels, count: self.count + 1 }
    }

    /// What the booking in this place wins now: what lower rates and earlier bookings leave, never more than at
    /// first.
    pub fn won(&self, place: Place, requested: Amount) -> Amount {
        let left = requested - self.better(place.rate, requested) - place.ahead;
        left.max(Amount::ZERO).min(place.reserved)
    }

    /// What all bookings win together.
    pub fn won_by_all(&self, requested: Amount) -> Amount {
        self.levels.iter().fold(Amount::ZERO, |sum, level| (sum + level.booked).min(requested))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REQUESTED: Amount = Amount::from_minor(1_000_00);

    fn cents(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    fn percent(whole: i64) -> Rate {
        Rate::from_ratio(whole, 100)
    }

    /// The places of bookings at rates, one after the other, and the book after them.
    fn booked(bids: &[(i64, i64)]) -> (Vec<Place>, OrderBook) {
        let mut book = OrderBook::default();
        let mut places = Vec::new();
        for (rate, amount) in bids {
            let place = book.place(percent(*rate), cents(*amount), REQUESTED);
            book = book.with(place, REQUESTED);
            places.push(place);
        }
        (places, book)
    }

    fn won(bids: &[(i64, i64)]) -> Vec<i64> {
        let (places, book) = booked(bids);
        places.iter().map(|place| book.won(*place, REQUESTED).minor()).collect()
    }

    #[test]
    fn who_comes_first_wins_and_the_last_gets_what_is_left() {
        assert_eq!(won(&[(9, 600_00), (9, 600_00), (9, 1_00)]), [600_00, 400_00, 0]);
    }

    #[test]
    fn a_lower_rate_takes_from_the_worst() {
        assert_eq!(won(&[(9, 600_00), (9, 400_00), (8, 300_00)]), [600_00, 100_00, 300_00]);
        assert_eq!(won(&[(9, 600_00), (9, 400_00), (8, 900_00)]), [100_00, 0, 900_00]);
        assert_eq!(won(&[(9, 1_000_00), (7, 1_000_00), (8, 1_000_00)]), [0, 1_000_00, 0]);
    }

    proptest! {
        #[test]
        fn what_is_won_adds_up_and_only_ever_shrinks(
            bids in prop::collection::vec((1i64..6, 1i64..700_00), 1..40),
        ) {
            let (places, book) = booked(&bids);
            let sum: Amount = places.iter().map(|place| book.won(*place, REQUESTED)).sum();
            prop_assert_eq!(sum, book.won_by_all(REQUESTED));
            let asked: i64 = bids.iter().map(|(_, amount)| amount).sum();
            prop_assert_eq!(sum, cents(asked).min(REQUESTED), "all of it is won while there is enough");
            let (_, before) = booked(&bids[..bids.len() - 1]);
            for place in &places[..bids.len() - 1] {
                prop_assert!(book.won(*place, REQUESTED) <= before.won(*place, REQUESTED));
            }
            prop_assert_eq!(book.count(), i64::try_from(bids.len()).unwrap());
        }
    }
}
