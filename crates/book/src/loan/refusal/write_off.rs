//! What is said no to about loans that are given up.

use jiff::civil::Date;

/// A write-off or a recovery that the rules do not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteOffRefusal {
    #[error("the loan is {days} days in arrears, and is written off after {least}")]
    ArrearsTooShort { days: i64, least: u32 },
    #[error("{amount} were paid too much and are to be drawn again first")]
    Overpaid { amount: String },
    #[error("nothing of the loan is left to pay; it is closed instead")]
    NothingLeft,
    #[error("{value_date} is before the write-off on {written_off_on}")]
    BeforeWriteOff { value_date: Date, written_off_on: Date },
}
