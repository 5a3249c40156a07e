//! What is said no to about guarantees and investors' funds.

/// A guarantee or a fund that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecurityRefusal {
    #[error("guarantees of {sum} are less than the {required} that the product asks for")]
    InsufficientGuarantees { sum: String, required: String },
    #[error("the product takes no guarantors")]
    GuarantorsNotAllowed,
    #[error("the product takes no collateral")]
    CollateralNotAllowed,
    #[error("the loan has no guarantee with that key")]
    UnknownGuarantee,
    #[error("the guarantee with that key is of another type")]
    OtherTypeOfGuarantee,
    #[error("the name of the asset is missing")]
    AssetNameMissing,
    #[error("an asset has no guarantor")]
    GuarantorOfAsset,
    #[error("an asset has no savings account")]
    SavingsAccountOfAsset,
    #[error("a guarantor has no asset name")]
    AssetNameOfGuarantor,
    #[error("the guarantor is missing, does not exist, or is the borrower")]
    UnknownGuarantor,
    #[error("the guarantor is not in a state in which anybody may guarantee")]
    GuarantorState,
    #[error("the savings account does not exist")]
    UnknownSavingsAccount,
    #[error("one savings account stands there twice")]
    DuplicateSavingsAccount,
    #[error("{amount} is more than the {available} that the savings account has left")]
    InsufficientSavings { amount: String, available: String },
    #[error("a savings account that is {state} keeps nothing for loans")]
    SavingsAccountState { state: &'static str },
    #[error("the savings account is kept in another currency than the loan")]
    OtherCurrency,
    #[error("the account of a fund is an investor's")]
    FundAccountType,
    #[error("a fund of {amount} is more than the {available} that the investor's account has left")]
    InsufficientFundAccount { amount: String, available: String },
    #[error("one guarantor stands there twice")]
    DuplicateGuarantor,
    #[error("one guarantee stands there twice")]
    GuaranteeNamedTwice,
    #[error("one fund stands there twice")]
    FundNamedTwice,
    #[error("{count} are more than the {max} that a loan has at most")]
    TooMany { count: usize, max: usize },
    #[error("one asset stands there twice")]
    DuplicateAsset,
    #[error("a guarantor of an active loan stays")]
    GuarantorStays,
    #[error("the product takes no funds")]
    FundsNotAllowed,
    #[error("funds cannot be changed while the loan is {state}")]
    FundsOfState { state: &'static str },
    #[error("the loan has no fund with that key")]
    UnknownFund,
    #[error("funds of {sum} are more than the loan amount of {amount}")]
    FundsExceedAmount { sum: String, amount: String },
    #[error("funds of {sum} are less than the {required} that the product asks for")]
    InsufficientFunds { sum: String, required: String },
    #[error("a fund of {value} is not more than nothing")]
    FundNotPositive { value: String },
    #[error("the fund names no account of an investor")]
    FundAccountMissing,
    #[error("one account of an investor funds the loan twice")]
    DuplicateFundAccount,
    #[error("a commission of {value} percent is outside what the product allows")]
    CommissionOutsideProduct { value: String },
    #[error("the commission of a funder is missing")]
    CommissionMissing,
    #[error("commissions of {value} percent are more than the interest rate of {rate} percent")]
    CommissionExceedsRate { value: String, rate: String },
    #[error("the new product takes no funds, and the loan has some")]
    FundsNotTaken,
}
