//! What is said no to about loans that take the place of others.

/// A restructuring that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestructureRefusal {
    #[error("the loan was rescheduled, or is the one that took the place of another")]
    Rescheduled,
    #[error("the loan was refinanced, or is the one that took the place of another")]
    Refinanced,
    #[error("a revolving credit cannot be refinanced")]
    RevolvingCredit,
    #[error("what is written off and lent on top is missing")]
    DetailsMissing,
    #[error("the amount that is lent on top is missing")]
    TopUpMissing,
    #[error("an amount of {value} cannot be lent on top")]
    NegativeTopUp { value: String },
    #[error("a {field} of {value} is less than nothing")]
    NegativeWriteOff { field: &'static str, value: String },
    #[error("a {field} of {value} is more than the outstanding {outstanding}")]
    WriteOffExceedsBalance { field: &'static str, value: String, outstanding: String },
    #[error("{field} does not go with {command}")]
    FieldNotAllowed { field: &'static str, command: &'static str },
    #[error("the new amount is {value}, and {expected} are owed and lent on top")]
    AmountDiffers { value: String, expected: String },
    #[error("the new loan would be a revolving credit, whose amount is a limit and not what is owed")]
    IntoRevolvingCredit,
    #[error("the first tranche is {value}, and {carried_over} are carried over with it")]
    FirstTrancheTooSmall { value: String, carried_over: String },
    #[error("the tranches of a loan that took the place of another stay as they are")]
    TranchesStay,
    #[error("{amount} were paid too much and are to be drawn again first")]
    Overpaid { amount: String },
    #[error("the two products are in different currencies")]
    OtherCurrency,
    #[error(
        "interest, fees and penalties become principal only where both products have one way of accounting"
    )]
    OtherAccounting,
    #[error("a fee of {fee} cannot be kept from {paid_out}, which is all that is paid out")]
    FeeExceedsTopUp { fee: String, paid_out: String },
    #[error("investors fund the loan, and their money stays in it: no others are named")]
    OriginalHasFunds,
    #[error("investors fund the loan: interest, fees and penalties do not become principal")]
    FundedCapitalization,
    #[error("investors fund the loan: principal is neither written off nor lent on top")]
    FundedAmountChanges,
}
