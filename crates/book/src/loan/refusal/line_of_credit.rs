//! Why lines of credit say no.

use jiff::civil::Date;

/// What a line may not be, or does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineRefusal {
    #[error("there is no such line of credit")]
    Unknown,
    #[error("whose line of credit it is to be is not known here")]
    UnknownHolder,
    #[error("the holder is in a state in which no line of credit is opened")]
    HolderState,
    #[error("no lines of credit are opened for clients of that type")]
    HolderType,
    #[error("the day on which the line of credit starts is missing")]
    StartMissing,
    #[error("the day on which the line of credit ends is missing")]
    ExpiryMissing,
    #[error("the amount of the line of credit is missing")]
    AmountMissing,
    #[error("an amount of {value} is not possible: it must be more than zero")]
    AmountNotPositive { value: String },
    #[error("the line of credit ends on {expire_on}, before it starts on {start_on}")]
    ExpiryBeforeStart { start_on: Date, expire_on: Date },
    #[error("{command} is not possible while the line of credit is {state}")]
    WrongState { command: &'static str, state: &'static str },
    #[error("a line of credit that is {from} cannot become {to}")]
    WrongStep { from: &'static str, to: &'static str },
    #[error("{field} cannot be changed while there are accounts on the line of credit")]
    NotEditable { field: &'static str },
    #[error("there are open accounts on the line of credit")]
    HasOpenAccounts,
    #[error("the account belongs to somebody else than the line of credit")]
    OtherHolder,
    #[error("the account has another currency than the line of credit")]
    OtherCurrency,
    #[error("the product does not allow lines of credit")]
    ProductNotAllowed,
    #[error("the product asks for a line of credit")]
    Required,
    #[error("the account is {state}")]
    AccountClosed { state: &'static str },
    #[error("the account is on a line of credit already")]
    AlreadyOnLine,
    #[error("the account is not on that line of credit")]
    NotOnLine,
    #[error("the account has no overdraft limit")]
    OverdraftLimitMissing,
    #[error(
        "a limit of {limit} is below what is overdrawn, {overdrawn}, and the account is on a line of credit"
    )]
    LimitBelowOverdrawn { limit: String, overdrawn: String },
    #[error("the loan is paid out on {paid_out_on}, before the line of credit starts on {start_on}")]
    BeforeStart { paid_out_on: Date, start_on: Date },
    #[error("the loan falls due on {matures_on}, after the line of credit ends on {expire_on}")]
    AfterExpiry { matures_on: Date, expire_on: Date },
    #[error("the accounts on the line of credit would be {exposure}, and no more than {most} is allowed")]
    Exceeded { exposure: String, most: String },
    #[error("the holder has lines of credit")]
    HolderHasLines,
}
