//! Why the book says no to a fee, a penalty or a waiver.

use crate::ids::Key;

/// A charge that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChargeRefusal {
    #[error("no fee is named")]
    MissingFee,
    #[error("the fee {key} does not exist")]
    UnknownFee { key: Key },
    #[error("the fee {key} is not one of the product's")]
    FeeOfAnotherProduct { key: Key },
    #[error("the product has no such fees")]
    FeesNotAvailable,
    #[error("{value} for the fee {name} contradicts the product's {product}")]
    FeeAmountNotOfProduct { name: String, value: String, product: String },
    #[error("the product says how much the fee {name} is")]
    FeeAmountDefined { name: String },
    #[error("{value} for the fee {name} is not more than zero")]
    FeeAmountNotPositive { name: String, value: String },
    #[error("the product leaves the amount of the fee {name} open and none is given")]
    MissingFeeAmount { name: String },
    #[error("the required fee {name} is missing")]
    RequiredFeeMissing { name: String },
    #[error("the fee {name} is not active")]
    InactiveFee { name: String },
    #[error("the fee {name} is not possible here: {reason}")]
    FeeNotAllowed { name: String, reason: &'static str },
    #[error("fees of {fees} are not less than the {amount} to be paid out")]
    DisbursementFeesExceedAmount { fees: String, amount: String },
    #[error("the effective rate of the fee {name} needs interest")]
    EffectiveRateNeedsInterest { name: String },
    #[error("transaction {transaction_id} was made by the disbursement and goes with it")]
    MadeByDisbursement { transaction_id: i64 },
    #[error("{amount} is more than the {owed} that are owed of it")]
    WaiverExceedsCharge { amount: String, owed: String },
    #[error("the penalty rate is missing")]
    MissingPenaltyRate,
    #[error("penalty rate \"{value}\" is not possible: {reason}")]
    InvalidPenaltyRate { value: String, reason: String },
    #[error("the product has no penalties")]
    PenaltyNotOfProduct,
    #[error("the product has no arrears tolerance in days")]
    ArrearsToleranceNotOfMethod,
}
