//! What is said no to about claims of a protection.

use jiff::civil::Date;

/// A claim that the protection of the loan does not cover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtectRefusal {
    #[error("the loan has no protection that could be claimed")]
    NotProtected,
    #[error("the protection is Partial: installments are waived, and not the whole loan")]
    NotFull,
    #[error("a partial claim is not possible of a loan with {what}")]
    NotForLoan { what: &'static str },
    #[error("a full claim waives all that is left, and names neither installments nor days of them")]
    NamesInstallments,
    #[error("0 installments cannot be waived")]
    NoInstallments,
    #[error("the first day {from} is after the last one {until}")]
    DaysInReverse { from: Date, until: Date },
    #[error("nothing is left to waive of the installments that are claimed")]
    NothingToWaive,
    #[error("{claimed} installments are claimed, and {left} have something left to waive")]
    TooFewInstallments { claimed: u32, left: usize },
    #[error("{claimed} installments with the {before} waived before are more than the {most} of the product")]
    TooManyInstallments { claimed: usize, before: usize, most: u32 },
}
