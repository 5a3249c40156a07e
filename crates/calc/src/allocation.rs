//! How a repayment is split over what is owed.
//!
//! Which installments are owed yet, and whether an excess may be kept, is decided elsewhere.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use crate::money::Amount;

/// One of the four things a borrower can owe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Component {
    /// Charged for a service.
    Fee,
    /// Charged for being late.
    Penalty,
    /// The price of the principal over time.
    Interest,
    /// What was lent.
    Principal,
}

/// An amount of each component.
///
/// Stored without those that are zero: most are, and logs hold many of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Components {
    /// What was lent.
    #[serde(skip_serializing_if = "is_zero")]
    pub principal: Amount,
    /// The price of the principal over time.
    #[serde(skip_serializing_if = "is_zero")]
    pub interest: Amount,
    /// Charged for services.
    #[serde(skip_serializing_if = "is_zero")]
    pub fees: Amount,
    /// Charged for being late.
    #[serde(skip_serializing_if = "is_zero")]
    pub penalties: Amount,
}

/// The order in which components are paid: each exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "[Component; 4]", into = "[Component; 4]")]
pub struct AllocationOrder([Component; 4]);

/// An order that does not name each component exactly once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the allocation order {order:?} names {twice:?} twice")]
pub struct AllocationOrderError {
    /// What was given.
    pub order: [Component; 4],
    /// The component that stands there more than once.
    pub twice: Component,
}

/// How an amount was split.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// What each installment receives, in the order in which they were given.
    pub parts: Vec<Components>,
    /// What is left when everything is paid.
    pub excess: Amount,
}

impl Component {
    /// All four.
    pub const ALL: [Component; 4] =
        [Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
}

fn is_zero(amount: &Amount) -> bool {
    amount.is_zero()
}

impl Components {
    /// None of anything.
    pub const ZERO: Components = Components {
        principal: Amount::ZERO,
        interest: Amount::ZERO,
        fees: Amount::ZERO,
        penalties: Amount::ZERO,
    };

    /// All four together.
    #[must_use]
    pub fn total(self) -> Amount {
        self.principal + self.interest + self.fees + self.penalties
    }

    /// The amount of one component.
    #[must_use]
    pub fn get(self, component: Component) -> Amount {
        match component {
            Component::Fee => self.fees,
            Component::Penalty => self.penalties,
            Component::Interest => self.interest,
            Component::Principal => self.principal,
        }
    }

    /// The place of one component, to change it.
    pub fn get_mut(&mut self, component: Component) -> &mut Amount {
        match component {
            Component::Fee => &mut self.fees,
            Component::Penalty => &mut self.penalties,
            Component::Interest => &mut self.interest,
            Component::Principal => &mut self.principal,
        }
    }

    /// Replaces the amount of one component.
    pub fn set(&mut self, component: Component, amount: Amount) {
        *self.get_mut(component) = amount;
    }

    /// Whether all four are zero; a minus in one and a plus in another is not.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Components::ZERO
    }
}

impl AllocationOrder {
    /// Penalty, fee, interest, principal.
    pub const PENALTY_FEE_INTEREST_PRINCIPAL: AllocationOrder =
        AllocationOrder([Component::Penalty, Component::Fee, Component::Interest, Component::Principal]);

    /// An order of the four components.
    ///
    /// # Errors
    /// [`AllocationOrderError`] when one of them stands there twice.
    pub fn try_new(order: [Component; 4]) -> Result<AllocationOrder, AllocationOrderError> {
        for (place, &component) in order.iter().enumerate() {
            if order[..place].contains(&component) {
                return Err(AllocationOrderError { order, twice: component });
            }
        }
        Ok(AllocationOrder(order))
    }

    /// The components, first paid first.
    #[must_use]
    pub const fn components(self) -> [Component; 4] {
        self.0
    }
}

/// Pays installment by installment: the next one receives nothing before this one is paid completely.
///
/// Amounts owed that are not positive receive nothing. A negative `amount` is all excess.
///
/// ```
/// use loam_calc::allocation::{AllocationOrder, Components, allocate_horizontal};
/// use loam_calc::money::Amount;
///
/// let owed = Components { principal: Amount::from_minor(190_00), interest: Amount::from_minor(25_45), ..Components::ZERO };
/// let order = AllocationOrder::PENALTY_FEE_INTEREST_PRINCIPAL;
/// let allocation = allocate_horizontal(Amount::from_minor(220_00), &order, &[owed, owed]);
/// assert_eq!(allocation.parts[0], owed);
/// assert_eq!(allocation.parts[1].interest, Amount::from_minor(4_55));
/// assert_eq!(allocation.excess, Amount::ZERO);
/// ```
#[must_use]
pub fn allocate_horizontal(amount: Amount, order: &AllocationOrder, owed: &[Components]) -> Allocation {
    let turns = owed.iter().enumerate().map(|(installment, owed)| (installment, *order, *owed));
    allocate_in_turn(amount, owed.len(), turns)
}

/// Pays installment by installment in the turns given: the place of an installment of so many, the
/// order of its components, and what it is owed.
///
/// Amounts owed that are not positive receive nothing. A negative `amount` is all excess. No turn is
/// asked for once everything is paid out.
#[must_use]
pub fn allocate_in_turn(
    amount: Amount,
    installments: usize,
    turns: impl IntoIterator<Item = (usize, AllocationOrder, Components)>,
) -> Allocation {
    let mut allocation = Allocation { parts: vec![Components::ZERO; installments], excess: amount };
    let mut turns = turns.into_iter();
    while allocation.excess.is_positive() {
        let Some((installment, order, owed)) = turns.next() else { break };
        for component in order.components() {
            allocation.pay(installment, component, owed.get(component));
        }
    }
    allocation
}

/// Pays component by component over all installments, whenever they fall due.
///
/// Amounts owed that are not positive receive nothing. A negative `amount` is all excess.
#[must_use]
pub fn allocate_vertical(amount: Amount, order: &AllocationOrder, owed: &[Components]) -> Allocation {
    let mut allocation = Allocation { parts: vec![Components::ZERO; owed.len()], excess: amount };
    for component in order.components() {
        for (installment, owed) in owed.iter().enumerate() {
            allocation.pay(installment, component, owed.get(component));
        }
    }
    allocation
}

impl Allocation {
    /// Moves what is owed, or what is left, from the excess to one component of one installment.
    fn pay(&mut self, installment: usize, component: Component, owed: Amount) {
        let paid = owed.min(self.excess).max(Amount::ZERO);
        *self.parts[installment].get_mut(component) += paid;
        self.excess -= paid;
    }
}

impl TryFrom<[Component; 4]> for AllocationOrder {
    type Error = AllocationOrderError;
    fn try_from(order: [Component; 4]) -> Result<AllocationOrder, AllocationOrderError> {
        AllocationOrder::try_new(order)
    }
}

impl From<AllocationOrder> for [Component; 4] {
    fn from(order: AllocationOrder) -> [Component; 4] {
        order.0
    }
}

impl Add for Components {
    type Output = Components;
    fn add(self, other: Components) -> Components {
        Components {
            principal: self.principal + other.principal,
            interest: self.interest + other.interest,
            fees: self.fees + other.fees,
            penalties: self.penalties + other.penalties,
        }
    }
}

impl Sub for Components {
    type Output = Components;
    fn sub(self, other: Components) -> Components {
        Components {
            principal: self.principal - other.principal,
            interest: self.interest - other.interest,
            fees: self.fees - other.fees,
            penalties: self.penalties - other.penalties,
        }
    }
}

impl AddAssign for Components {
    fn add_assign(&mut self, other: Components) {
        *self = *self + other;
    }
}

impl SubAssign for Components {
    fn sub_assign(&mut self, other: Components) {
        *self = *self - other;
    }
}

impl Sum for Components {
    fn sum<I: Iterator<Item = Components>>(components: I) -> Components {
        components.fold(Components::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Components> for Components {
    fn sum<I: Iterator<Item = &'a Components>>(components: I) -> Components {
        components.copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_with_a_component_twice_is_refused() {
        let order = [Component::Fee, Component::Interest, Component::Fee, Component::Principal];
        let error = AllocationOrder::try_new(order).expect_err("it is refused");
        assert_eq!(error.twice, Component::Fee);
    }

    #[test]
    fn a_negative_amount_or_debt_moves_nothing() {
        let order = AllocationOrder::PENALTY_FEE_INTEREST_PRINCIPAL;
        let owed = Components { fees: Amount::from_minor(-5), ..Components::ZERO };
        for amount in [Amount::from_minor(-1), Amount::from_minor(1)] {
            let allocation = allocate_vertical(amount, &order, &[owed]);
            assert!(allocation.parts[0].is_zero());
            assert_eq!(allocation.excess, amount);
        }
    }
}
