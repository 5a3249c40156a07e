//! How much principal a bill of a revolving credit asks for.
//!
//! When a bill is made, and what interest and charges stand on it, is decided elsewhere.

use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;

/// What a bill asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalDue {
    /// So much.
    Flat(Amount),
    /// This share of the outstanding principal, within the bounds.
    OfPrincipal(Rate, Bounds),
    /// This share of everything that is owed, within the bounds.
    OfTotalBalance(Rate, Bounds),
}

/// The least and the most that a bill asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Interest on the bill counts towards it where it is included, and so do fees.
    pub floor: Option<Amount>,
    /// Whether interest on the bill counts towards the floor.
    pub floor_includes_interest: bool,
    /// Whether fees on the bill count towards the floor.
    pub floor_includes_fees: bool,
    /// Of the principal alone.
    pub ceiling: Option<Amount>,
}

/// What is owed on the day of a bill.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owing {
    /// All outstanding principal, that of earlier bills included.
    pub principal: Amount,
    /// The part of it that no bill has asked for yet.
    pub unbilled: Amount,
    /// Interest, fees and penalties of earlier bills that are not paid.
    pub charges: Amount,
    /// Interest on this bill.
    pub interest: Amount,
    /// Fees on this bill.
    pub fees: Amount,
}

/// The principal of a bill: what the rule gives, rounded once, not less than the floor, not more
/// than the ceiling, and never more than what no bill has asked for yet. The ceiling wins over the
/// floor.
///
/// ```
/// use loam_calc::billing::{Bounds, Owing, PrincipalDue, principal_due};
/// use loam_calc::money::Amount;
/// use loam_calc::rate::Rate;
/// use loam_calc::rounding::Rounding;
///
/// let principal = Amount::from_minor(1_000_00);
/// let owing = Owing { principal, unbilled: principal, ..Owing::default() };
/// let rule = PrincipalDue::OfPrincipal(Rate::from_ratio(35, 100), Bounds::default());
/// assert_eq!(principal_due(&rule, &owing, Rounding::HalfUp), Amount::from_minor(350_00));
/// ```
#[must_use]
pub fn principal_due(rule: &PrincipalDue, owing: &Owing, rounding: Rounding) -> Amount {
    let share = |rate: &Rate, of: Amount| {
        Exact::from_amount(of).times(rate.numerator()).divided_by(rate.denominator()).round(rounding)
    };
    let asked = match rule {
        PrincipalDue::Flat(amount) => *amount,
        PrincipalDue::OfPrincipal(rate, bounds) => bounds.hold(share(rate, owing.principal), owing),
        PrincipalDue::OfTotalBalance(rate, bounds) => {
            let total = owing.principal + owing.charges + owing.interest + owing.fees;
            bounds.hold(share(rate, total), owing)
        }
    };
    asked.min(owing.unbilled).max(Amount::ZERO)
}

impl Bounds {
    fn hold(&self, asked: Amount, owing: &Owing) -> Amount {
        let counts = |is_included: bool, amount: Amount| if is_included { amount } else { Amount::ZERO };
        let on_the_bill = counts(self.floor_includes_interest, owing.interest)
            + counts(self.floor_includes_fees, owing.fees);
        let at_least = self.floor.map_or(asked, |floor| asked.max(floor - on_the_bill));
        self.ceiling.map_or(at_least, |ceiling| at_least.min(ceiling))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    fn due(rule: PrincipalDue, owing: Owing) -> Amount {
        principal_due(&rule, &owing, Rounding::HalfUp)
    }

    /// 60.00 of principal, of which 50.00 are not billed, with 2.00 of interest and 1.00 of fees.
    const OWING: Owing = Owing {
        principal: Amount::from_minor(60_00),
        unbilled: Amount::from_minor(50_00),
        charges: Amount::from_minor(7_00),
        interest: Amount::from_minor(2_00),
        fees: Amount::from_minor(1_00),
    };

    /// The contract's sample: a ceiling of 20 and a floor of 10.
    const BOUNDS: Bounds = Bounds {
        floor: Some(Amount::from_minor(10_00)),
        floor_includes_interest: false,
        floor_includes_fees: false,
        ceiling: Some(Amount::from_minor(20_00)),
    };

    #[test]
    fn a_share_of_the_principal_stays_within_floor_and_ceiling() {
        let of = |percent| PrincipalDue::OfPrincipal(Rate::from_ratio(percent, 100), BOUNDS);
        assert_eq!(due(of(35), OWING), cents(20_00), "21.00 are above the ceiling");
        assert_eq!(due(of(30), OWING), cents(18_00));
        assert_eq!(due(of(10), OWING), cents(10_00), "6.00 are below the floor");
    }

    #[test]
    fn interest_and_fees_may_count_towards_the_floor() {
        let with = |floor_includes_interest, floor_includes_fees| {
            let bounds = Bounds { floor_includes_interest, floor_includes_fees, ..BOUNDS };
            due(PrincipalDue::OfPrincipal(Rate::from_ratio(1, 100), bounds), OWING)
        };
        assert_eq!(with(true, false), cents(8_00));
        assert_eq!(with(true, true), cents(7_00));
    }

    #[test]
    fn a_share_of_the_total_balance_counts_everything_that_is_owed() {
        let rule = PrincipalDue::OfTotalBalance(Rate::from_ratio(10, 100), Bounds::default());
        assert_eq!(due(rule, OWING), cents(7_00), "a tenth of 70.00");
    }

    #[test]
    fn no_bill_asks_for_what_another_one_asks_for() {
        assert_eq!(due(PrincipalDue::Flat(cents(80_00)), OWING), cents(50_00));
        assert_eq!(due(PrincipalDue::Flat(cents(30_00)), OWING), cents(30_00));
        assert_eq!(due(PrincipalDue::Flat(cents(30_00)), Owing::default()), Amount::ZERO);
    }
}
