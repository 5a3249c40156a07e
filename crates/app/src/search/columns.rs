//! What a store can be asked about loans: columns, and tests of what stands in them.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::ids::Key;

use super::Direction;
use crate::views::LoanStatus;

/// A figure of a loan that a store keeps where it can look for it, or finds from what it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Key,
    Id,
    Name,
    Holder,
    /// The id of the client who holds the loan.
    HolderId,
    /// First and last name of the client who holds the loan.
    HolderName,
    Product,
    Branch,
    Centre,
    CreditOfficer,
    Status,
    CreatedAt,
    LastModifiedAt,
    LastSetToArrearsOn,
    LastLockedOn,
    LateSince,
    ArrearsSince,
    PrincipalBalance,
    InterestBalance,
    FeesBalance,
    PenaltiesBalance,
    TotalBalance,
    PrincipalPaid,
    InterestPaid,
    FeesPaid,
    PenaltiesPaid,
    TotalPaid,
    /// Value date of the latest repayment that stands.
    LastPaymentOn,
    LastPaymentAmount,
}

/// A value to compare a column with.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Money is in minor units.
    Int(i64),
    Date(Date),
    Instant(Timestamp),
    Key(Key),
    Status(LoanStatus),
}

/// What must hold of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnTest {
    /// One of these; without any, nothing is found.
    In(Vec<Bound>),
    /// Another than this, or none.
    NotIn(Bound),
    Anything,
    Above(Bound),
    Below(Bound),
    /// Both ends belong to it.
    Between(Bound, Bound),
    /// This text, without regard to the case of the letters A to Z.
    Text(String),
    /// Another text than this in the same sense, or none.
    OtherText(String),
    ExactText(String),
    /// Begins with this text, in the same sense.
    Prefix(String),
    Empty,
    NotEmpty,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub column: Column,
    pub test: ColumnTest,
}

/// In which order loans are found; those in the same place as they were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they were opened.
    Opening,
    /// Loans of which the column is empty stand last.
    Column(Column, Direction),
}

/// Conditions that must all hold.
#[derive(Debug, Clone)]
pub struct LoanQuery {
    pub conditions: Vec<Condition>,
    pub order: Order,
    /// Only loans after this one, with [`Order::Opening`].
    pub after: Option<(Timestamp, i64)>,
    /// Money columns of loans of these products are multiplied by this before they are compared, so
    /// that a unit is the same in every currency.
    pub scales: Vec<(Key, i64)>,
}

impl Column {
    /// Whether it holds money in minor units of the loan's currency.
    pub fn is_money(self) -> bool {
        match self {
            Column::PrincipalBalance
            | Column::InterestBalance
            | Column::FeesBalance
            | Column::PenaltiesBalance
            | Column::TotalBalance
            | Column::PrincipalPaid
            | Column::InterestPaid
            | Column::FeesPaid
            | Column::PenaltiesPaid
            | Column::TotalPaid
            | Column::LastPaymentAmount => true,
            Column::Key
            | Column::Id
            | Column::Name
            | Column::Holder
            | Column::HolderId
            | Column::HolderName
            | Column::Product
            | Column::Branch
            | Column::Centre
            | Column::CreditOfficer
            | Column::Status
            | Column::CreatedAt
            | Column::LastModifiedAt
            | Column::LastSetToArrearsOn
            | Column::LastLockedOn
            | Column::LateSince
            | Column::ArrearsSince
            | Column::LastPaymentOn => false,
        }
    }
}
