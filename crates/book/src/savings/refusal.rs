//! What is said no to about deposit accounts.

use jiff::civil::Date;

/// A command on a deposit account that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavingsRefusal {
    #[error("{command} is not possible while the deposit account is {state}")]
    WrongTransition { command: &'static str, state: &'static str },
    #[error("{command} is not possible while the deposit account is {state}")]
    WrongState { command: &'static str, state: &'static str },
    #[error("{reason}")]
    InvalidAmount { value: String, reason: String },
    #[error("{amount} is more than the balance of {balance}, and the account has no overdraft")]
    BalanceBelowZero { amount: String, balance: String },
    #[error("without it the balance would be {balance}, which the account does not allow")]
    ReversalBelowZero { balance: String },
    #[error("{amount} would overdraw the account beyond its limit of {limit}")]
    OverdraftLimitExceeded { amount: String, limit: String },
    #[error("the product allows no overdraft")]
    OverdraftNotAllowed,
    #[error("an overdraft limit of {value} is more than the {max} of the product")]
    OverdraftLimitOutsideProduct { value: String, max: String },
    #[error("{amount} is more than the {available} that loans leave of the balance")]
    AmountLocked { amount: String, available: String },
    #[error("{amount} is more than the {max} that one withdrawal may take")]
    MaxWithdrawalExceeded { amount: String, max: String },
    #[error("{amount} is less than the {minimum} with which an account begins")]
    MinimumOpeningBalance { amount: String, minimum: String },
    #[error("a most of {value} for one withdrawal is not possible")]
    InvalidMaxWithdrawal { value: String, is_zero: bool },
    #[error("a recommended deposit of {value} is not possible")]
    InvalidRecommendedDeposit { value: String },
    #[error("the product has no interest, so a rate of {value} is not possible")]
    InterestNotAllowed { value: String },
    #[error("neither the product nor the account names an interest rate")]
    MissingInterestRate,
    #[error("the product withholds no tax")]
    TaxNotAllowed,
    #[error("there are no rates of a withholding tax under this key")]
    NoTaxSource,
    #[error("an interest rate of {value} is outside {bounds}")]
    InterestRateOutsideProduct { value: String, bounds: String },
    #[error("interest of {accrued} has accrued; apply it first")]
    InterestRemains { accrued: String },
    #[error("an account of this type has no {field}")]
    FieldNotOfType { field: &'static str },
    #[error("an account of this type keeps no money for a term")]
    NoTerm,
    #[error("there is nothing to be kept for a term: the balance is {balance}")]
    NothingToKeep { balance: String },
    #[error("neither the product nor the request says when the term ends")]
    MissingMaturityDate,
    #[error("a term from {from} to {matures_on} is outside {bounds}")]
    TermOutsideProduct { from: Date, matures_on: Date, bounds: String },
    #[error("{value_date} is before the first money on {activated_on}")]
    BeforeActivation { value_date: Date, activated_on: Date },
    #[error("{value_date} is before another movement of {later}")]
    BeforeOtherMovement { value_date: Date, later: Date },
    #[error("{value_date} is after the business date {business_date}")]
    DateInTheFuture { value_date: Date, business_date: Date },
    #[error("the account has transactions")]
    HasTransactions,
    #[error("the account pays for loans or stands in for them")]
    IsLinked,
    #[error("the account has a balance of {balance}")]
    BalanceRemains { balance: String },
    #[error("the product {id} does not go with the account")]
    ProductMismatch { id: String },
    #[error("a transfer of {value} is not more than nothing")]
    TransferNotPositive { value: String },
    #[error("an account cannot transfer to itself")]
    TransferToItself,
    #[error("accounts of {from} and {to} cannot transfer to each other")]
    OtherCurrency { from: String, to: String },
    #[error("transaction {transaction_id} is the other side of a transfer; take that back")]
    MadeByTransfer { transaction_id: i64 },
    #[error("a transfer lies in the way: transaction {transaction_id}")]
    TransferInTheWay { transaction_id: i64 },
    #[error("the deposit account pays for the loan already")]
    AlreadyLinked,
    #[error("the product of the loan lets no deposit account pay for it")]
    LinkingNotAllowed,
    #[error("the product of the loan takes deposit accounts of another product")]
    ProductNotLinkable,
    #[error("the deposit account has another holder than the loan")]
    OtherHolder,
    #[error("the deposit account does not pay for the loan")]
    NotLinked,
    #[error("a deposit account that is {state} cannot pay for loans")]
    StateNotLinkable { state: &'static str },
}
