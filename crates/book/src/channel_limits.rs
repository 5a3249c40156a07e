//! What may go over a transaction channel: how much, which movements, of which products.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::context::Context;
use crate::loan::refusal::Refusal;
use crate::organization::TransactionDetails;
use crate::stated::StatedAmount;

/// The limits of a channel for accounts of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLimits {
    /// One of the constraints is enough; else all must hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_is_enough: bool,
    pub constraints: Vec<ChannelConstraint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelConstraint {
    Amount(AmountTest),
    Movement(Vec<ChannelMovement>),
    Product(Vec<Key>),
}

/// In units of the account's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountTest {
    Equals(StatedAmount),
    MoreThan(StatedAmount),
    LessThan(StatedAmount),
    /// Both ends belong to it.
    Between(StatedAmount, StatedAmount),
}

/// What channels tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelMovement {
    Disbursement,
    Repayment,
    Deposit,
    Withdrawal,
}

/// Money on its way over a channel.
#[derive(Debug, Clone, Copy)]
pub struct Passing {
    pub movement: ChannelMovement,
    pub amount: Amount,
    pub currency: Currency,
    pub product: Key,
}

impl ChannelMovement {
    /// Whether a loan moves so; else a deposit account does.
    pub fn is_of_loans(self) -> bool {
        match self {
            ChannelMovement::Disbursement | ChannelMovement::Repayment => true,
            ChannelMovement::Deposit | ChannelMovement::Withdrawal => false,
        }
    }
}

/// Refuses money that the channel does not take. A channel that does not exist is refused elsewhere.
///
/// # Errors
/// `OutsideChannelLimits`.
pub(crate) fn check(
    details: &TransactionDetails,
    passing: &Passing,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let channel = details.channel.and_then(|key| context.catalog.channels.by_key(key));
    let Some(channel) = channel else { return Ok(()) };
    let of_loans = passing.movement.is_of_loans();
    let limits = if of_loans { &channel.loan_limits } else { &channel.savings_limits };
    match limits.as_ref().filter(|limits| !limits.allow(passing)) {
        Some(_) => Err(Refusal::OutsideChannelLimits { id: channel.id.clone() }),
        None => Ok(()),
    }
}

impl ChannelLimits {
    fn allow(&self, passing: &Passing) -> bool {
        let mut constraints = self.constraints.iter();
        if self.any_is_enough {
            constraints.any(|constraint| constraint.holds(passing))
        } else {
            constraints.all(|constraint| constraint.holds(passing))
        }
    }
}

impl ChannelConstraint {
    fn holds(&self, passing: &Passing) -> bool {
        match self {
            ChannelConstraint::Amount(test) => test.holds(passing.amount, passing.currency),
            ChannelConstraint::Movement(movements) => movements.contains(&passing.movement),
            ChannelConstraint::Product(products) => products.contains(&passing.product),
        }
    }
}

impl AmountTest {
    /// No amount meets a bound that is none of the currency.
    fn holds(&self, amount: Amount, currency: Currency) -> bool {
        let compare = |bound: &StatedAmount| bound.in_currency(currency).ok().map(|bound| amount.cmp(&bound));
        match self {
            AmountTest::Equals(wanted) => compare(wanted).is_some_and(|order| order.is_eq()),
            AmountTest::MoreThan(bound) => compare(bound).is_some_and(|order| order.is_gt()),
            AmountTest::LessThan(bound) => compare(bound).is_some_and(|order| order.is_lt()),
            AmountTest::Between(from, to) => {
                compare(from).is_some_and(|order| order.is_ge())
                    && compare(to).is_some_and(|order| order.is_le())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Part;

    fn key(n: u64) -> Key {
        Key::entity(Part::new(0), 0, n)
    }

    fn passing(movement: ChannelMovement, minor: i64) -> Passing {
        Passing { movement, amount: Amount::from_minor(minor), currency: Currency::USD, product: key(7) }
    }

    fn stated(text: &str) -> StatedAmount {
        StatedAmount(text.to_owned())
    }

    #[test]
    fn all_constraints_must_hold_unless_one_is_enough() {
        let constraints = vec![
            ChannelConstraint::Amount(AmountTest::LessThan(stated("100"))),
            ChannelConstraint::Movement(vec![ChannelMovement::Repayment]),
            ChannelConstraint::Product(vec![key(7), key(8)]),
        ];
        let all = ChannelLimits { any_is_enough: false, constraints: constraints.clone() };
        assert!(all.allow(&passing(ChannelMovement::Repayment, 99_99)));
        assert!(!all.allow(&passing(ChannelMovement::Repayment, 100_00)));
        assert!(!all.allow(&passing(ChannelMovement::Disbursement, 99_99)));
        assert!(!all.allow(&Passing { product: key(9), ..passing(ChannelMovement::Repayment, 5) }));
        let any = ChannelLimits { any_is_enough: true, constraints };
        assert!(any.allow(&Passing { product: key(9), ..passing(ChannelMovement::Repayment, 100_00) }));
        assert!(!any.allow(&Passing { product: key(9), ..passing(ChannelMovement::Disbursement, 100_00) }));
    }

    #[test]
    fn amounts_are_compared_to_the_cent() {
        let holds = |test: AmountTest, minor: i64| test.holds(Amount::from_minor(minor), Currency::USD);
        let between = || AmountTest::Between(stated("10"), stated("20.50"));
        assert!(holds(between(), 10_00) && holds(between(), 20_50));
        assert!(!holds(between(), 9_99) && !holds(between(), 20_51));
        assert!(holds(AmountTest::MoreThan(stated("10")), 10_01));
        assert!(!holds(AmountTest::MoreThan(stated("10")), 10_00));
        assert!(holds(AmountTest::Equals(stated("10.00")), 10_00));
        assert!(!holds(AmountTest::Equals(stated("10")), 10_01));
    }
}
