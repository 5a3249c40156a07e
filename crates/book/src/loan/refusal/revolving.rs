//! What is said no to about revolving credits.

/// A figure or a draw of a revolving credit that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevolvingRefusal {
    #[error("a revolving credit has no number of installments")]
    InstallmentsNotAvailable,
    #[error("a revolving credit has no schedule to be shown before it is drawn")]
    NoPreview,
    #[error("{amount} are more than the {available} that can be drawn")]
    MoreThanAvailable { amount: String, available: String },
    #[error("only a revolving credit takes principal payment settings")]
    SettingsNotAvailable,
    #[error("{field} is not what the product says, and a loan does not change it")]
    RuleOfProduct { field: &'static str },
    #[error("a principal payment of {value} is outside what the product allows")]
    AmountOutsideProduct { value: String },
    #[error("a principal payment of {value} percent is outside what the product allows")]
    PercentageOutsideProduct { value: String },
    #[error("the amount of the principal payment is missing")]
    AmountMissing,
    #[error("the percentage of the principal payment is missing")]
    PercentageMissing,
    #[error("the principal payment is a percentage, not an amount")]
    AmountNotAvailable,
    #[error("the principal payment is an amount, not a percentage")]
    PercentageNotAvailable,
    #[error("a principal payment of {value} has decimals, which the rounding of the product does not allow")]
    AmountWithDecimals { value: String },
    #[error("a principal payment of {value} percent is not possible")]
    ImpossiblePercentage { value: String },
    #[error("installment {number} was billed and cannot be deleted")]
    BilledInstallment { number: u32 },
}
