//! Rates of a year that may lie below zero, as an index does at times.

use crate::day_count::Fraction;
use crate::exact::Exact;
use crate::rate::Rate;
use crate::rounding::Rounding;

const DECIMALS: u32 = 15;
const UNIT: i128 = 10_i128.pow(DECIMALS);

/// A rate of a year with fifteen decimals of one, below zero too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearRate {
    scaled: i64,
}

/// What a loan makes of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateReview {
    /// How many times the index counts.
    pub multiplier: YearRate,
    /// What comes on top.
    pub spread: YearRate,
    /// The lowest rate.
    pub floor: Option<YearRate>,
    /// The highest rate.
    pub ceiling: Option<YearRate>,
}

impl YearRate {
    /// No interest.
    pub const ZERO: YearRate = YearRate { scaled: 0 };
    /// The whole, as a multiplier.
    pub const ONE: YearRate = YearRate { scaled: 1_000_000_000_000_000 };

    /// A rate of so many 10^-15 of one.
    #[must_use]
    pub const fn from_scaled(scaled: i64) -> YearRate {
        YearRate { scaled }
    }

    /// The rate in 10^-15 of one.
    #[must_use]
    pub const fn scaled(self) -> i64 {
        self.scaled
    }

    /// The rate of the kind that products have, or nothing below zero.
    pub(super) fn not_below_zero(self) -> Option<Rate> {
        (self.scaled >= 0).then(|| Rate::from_ratio(self.scaled, YearRate::ONE.scaled))
    }

    /// value ÷ (1 + rate × time); the rate is not below zero.
    pub(super) fn discounted(self, value: Exact, time: Fraction) -> Exact {
        let whole = UNIT * time.denominator;
        let grown = whole + i128::from(self.scaled.max(0)) * time.numerator.max(0);
        // Brought to twelve decimals, so that value times denominator fits.
        let scale = 10_i128.pow(12);
        value.times(scale).divided_by(Rounding::HalfEven.divide(grown, whole / scale))
    }

    /// So much of a value.
    pub(super) fn of(self, value: Exact) -> Exact {
        value.times(i128::from(self.scaled)).divided_by(UNIT)
    }
}

/// Half-even at the fifteenth decimal; exact for every rate that was read from text.
///
/// # Panics
/// For a rate beyond 900,000 %.
impl From<Rate> for YearRate {
    fn from(rate: Rate) -> YearRate {
        let scaled = Rounding::HalfEven.divide(rate.numerator() * UNIT, rate.denominator());
        YearRate { scaled: i64::try_from(scaled).expect("rates of a year are far below 900,000 %") }
    }
}

impl RateReview {
    /// The index as it is, and this on top.
    #[must_use]
    pub fn spread(spread: YearRate) -> RateReview {
        RateReview { multiplier: YearRate::ONE, spread, floor: None, ceiling: None }
    }

    /// The loan's rate: multiplier × index + spread, within floor and ceiling. The product is rounded
    /// half-even at the fifteenth decimal.
    ///
    /// # Panics
    /// For a result beyond 900,000 %.
    #[must_use]
    pub fn rate(&self, index: YearRate) -> YearRate {
        let product = i128::from(index.scaled) * i128::from(self.multiplier.scaled);
        let product = Rounding::HalfEven.divide(product, UNIT) + i128::from(self.spread.scaled);
        let reviewed = i64::try_from(product).expect("rates of a year are far below 900,000 %");
        let reviewed = YearRate { scaled: reviewed };
        let reviewed = self.floor.map_or(reviewed, |floor| reviewed.max(floor));
        self.ceiling.map_or(reviewed, |ceiling| reviewed.min(ceiling))
    }
}
