//! Why the book says no to a repayment that says itself what it pays.

use crate::loan::custom_payment::PaidKind;

/// A stated allocation that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomPaymentRefusal {
    #[error("the product does not let a repayment say what it pays")]
    NotAllowed,
    #[error("{kind:?} is named twice")]
    NamedTwice { kind: PaidKind },
    #[error("the parts add up to {sum}, and the repayment is {amount}")]
    OtherSum { sum: String, amount: String },
    #[error("{amount} of {kind:?} is more than the {owed} that may be paid of it")]
    MoreThanOwed { kind: PaidKind, amount: String, owed: String },
}
