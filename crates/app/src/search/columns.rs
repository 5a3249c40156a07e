//! What a store can be asked about loans: columns, and tests of what stands in them.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_calc::money::Amount;

use super::Direction;
use super::custom::CustomColumn;
use super::facts::{self, DateFact, SubState};
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
    /// The loan amount.
    Amount,
    ApprovedOn,
    ClosedOn,
    ExpectedDisbursementOn,
    DisbursedOn,
    FirstDueOn,
    /// The last due date of the schedule.
    MaturesOn,
    /// The first day in arrears that counts; empty when not in arrears.
    InArrearsFrom,
    /// The due date of the oldest late installment of an active loan.
    LateFrom,
    SubState,
    /// The days of the month on which installments fall due, where they are fixed.
    FixedDays,
    /// Something happened that balances and installments do not tell: tranches, funds and the like.
    Course,
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
    /// The values of a custom field, one of which must meet a test.
    Custom(CustomColumn),
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
    SubState(SubState),
    /// What a value of a custom field is sorted by.
    Sorting(String),
}

impl From<Key> for Bound {
    fn from(key: Key) -> Bound {
        Bound::Key(key)
    }
}

/// What must hold of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnTest {
    /// One of these; without any, nothing is found.
    In(Vec<Bound>),
    /// Another than this, or none.
    NotIn(Vec<Bound>),
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
    EmptyOr(Box<ColumnTest>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub column: Column,
    pub test: ColumnTest,
}

/// In which order loans are found. Those in the same place follow their account numbers, in the same
/// direction; those of which the column is empty stand together, as they were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub column: Column,
    pub direction: Direction,
    pub empty: Empty,
}

/// Where loans stand of which the column of the order is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    First,
    Last,
}

/// Conditions that must all hold.
#[derive(Debug, Clone)]
pub struct LoanQuery {
    pub conditions: Vec<Condition>,
    pub order: Order,
    /// Only loans after the one with this value in the column of the order, and this account number; of a custom
    /// field, with [`sequence`] of its key. The column must not be empty anywhere.
    pub after: Option<(Bound, Bound)>,
    /// Money columns of loans of these products are multiplied by this before they are compared, so
    /// that a unit is the same in every currency.
    pub scales: Vec<(Key, i64)>,
}

/// What tells loans with the same value of a custom field apart: the key without its part, which begins with the
/// time of the opening.
pub fn sequence(key: Key) -> String {
    key.to_string()[KEY_HEAD..].to_owned()
}

/// How many digits of a key stand before the time.
pub const KEY_HEAD: usize = 6;

impl Order {
    pub const OPENING: Order = Order::rising(Column::CreatedAt);

    pub const fn rising(column: Column) -> Order {
        Order { column, direction: Direction::Ascending, empty: Empty::Last }
    }
}

impl LoanQuery {
    /// The custom field that gives the order, and the first condition that asks for a value of it: loans have their
    /// places by the first of their values that meets it.
    pub fn custom_order(&self) -> Option<(CustomColumn, Option<&Condition>)> {
        let column = self.order.column;
        let custom = column.custom()?;
        let asks = |asked: &&Condition| asked.column == column && asked.test.wants_a_value();
        Some((custom, self.conditions.iter().find(asks)))
    }

    /// Whether the column of the order has a value in every loan that is found.
    pub fn is_order_full(&self) -> bool {
        let column = self.order.column;
        column.is_never_empty()
            || self.conditions.iter().any(|asked| asked.column == column && asked.test.wants_a_value())
    }
}

impl ColumnTest {
    /// Whether it is of one value, or of a range that ends somewhere on either side.
    pub fn has_two_ends(&self) -> bool {
        let day = |date: Date| Bound::Sorting(date.to_string());
        let ends = [Bound::Date(Date::MIN), Bound::Date(Date::MAX), day(Date::MIN), day(Date::MAX)];
        match self {
            ColumnTest::Between(from, to) => !ends.contains(from) && !ends.contains(to),
            ColumnTest::In(_) | ColumnTest::Text(_) | ColumnTest::ExactText(_) | ColumnTest::Prefix(_) => {
                true
            }
            ColumnTest::NotIn(_)
            | ColumnTest::Anything
            | ColumnTest::Above(_)
            | ColumnTest::Below(_)
            | ColumnTest::OtherText(_)
            | ColumnTest::Empty
            | ColumnTest::NotEmpty
            | ColumnTest::EmptyOr(_) => false,
        }
    }

    /// Whether it is of values that follow one another, with ends on both sides.
    pub fn is_one_range(&self) -> bool {
        let is_one = if let ColumnTest::In(bounds) = self { bounds.len() == 1 } else { true };
        is_one && self.has_two_ends()
    }

    /// Whether it holds of no empty column.
    pub fn wants_a_value(&self) -> bool {
        match self {
            ColumnTest::In(_)
            | ColumnTest::Above(_)
            | ColumnTest::Below(_)
            | ColumnTest::Between(..)
            | ColumnTest::Text(_)
            | ColumnTest::ExactText(_)
            | ColumnTest::Prefix(_)
            | ColumnTest::NotEmpty => true,
            ColumnTest::NotIn(_)
            | ColumnTest::Anything
            | ColumnTest::OtherText(_)
            | ColumnTest::Empty
            | ColumnTest::EmptyOr(_) => false,
        }
    }
}

/// What is kept of a loan so that it can be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    pub amount: Amount,
    pub approved_on: Option<Date>,
    pub closed_on: Option<Date>,
    pub expected_disbursement_on: Option<Date>,
    pub disbursed_on: Option<Date>,
    pub first_due_on: Option<Date>,
    pub matures_on: Option<Date>,
    pub in_arrears_from: Option<Date>,
    pub late_from: Option<Date>,
    pub sub_state: Option<SubState>,
    /// With commas between them.
    pub fixed_days: Option<String>,
}

impl Searched {
    pub fn of(loan: &Loan) -> Searched {
        let date = |fact| facts::date_of(fact, loan);
        Searched {
            amount: loan.terms.amount,
            approved_on: date(DateFact::Approved),
            closed_on: date(DateFact::Closed),
            expected_disbursement_on: date(DateFact::ExpectedDisbursement),
            disbursed_on: date(DateFact::Disbursed),
            first_due_on: date(DateFact::FirstDue),
            matures_on: date(DateFact::Maturity),
            in_arrears_from: loan.arrears_counted_from(),
            late_from: loan.late_since(),
            sub_state: facts::sub_state(loan),
            fixed_days: facts::fixed_days(loan).map(|days| {
                let days: Vec<String> = days.iter().map(ToString::to_string).collect();
                days.join(",")
            }),
        }
    }

    /// What follows from the agreement and its schedule.
    pub fn of_agreement(&self) -> impl PartialEq + '_ {
        let Searched { amount, approved_on, expected_disbursement_on, disbursed_on, .. } = self;
        let Searched { first_due_on, matures_on, fixed_days, .. } = self;
        (amount, approved_on, expected_disbursement_on, disbursed_on, first_due_on, matures_on, fixed_days)
    }

    /// What tells how the loan stands.
    pub fn of_standing(&self) -> impl PartialEq + '_ {
        (&self.closed_on, &self.in_arrears_from, &self.late_from, &self.sub_state)
    }
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
            | Column::Amount
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
            | Column::ApprovedOn
            | Column::ClosedOn
            | Column::ExpectedDisbursementOn
            | Column::DisbursedOn
            | Column::FirstDueOn
            | Column::MaturesOn
            | Column::InArrearsFrom
            | Column::LateFrom
            | Column::SubState
            | Column::FixedDays
            | Column::Course
            | Column::LastPaymentOn
            | Column::Custom(_) => false,
        }
    }

    /// The custom field whose values it is.
    pub fn custom(self) -> Option<CustomColumn> {
        if let Column::Custom(custom) = self { Some(custom) } else { None }
    }

    /// Whether every loan has a value there.
    pub fn is_never_empty(self) -> bool {
        let always = [
            Column::Key,
            Column::Id,
            Column::Name,
            Column::Holder,
            Column::Product,
            Column::Status,
            Column::CreatedAt,
            Column::LastModifiedAt,
        ];
        always.contains(&self) || (self.is_money() && self != Column::LastPaymentAmount)
    }

    /// What stands there of a loan; `None` where it is empty, or has to be looked up.
    pub fn of(self, loan: &Loan) -> Option<Bound> {
        let searched = Searched::of(loan);
        let date = match self {
            Column::CreatedAt => return Some(Bound::Instant(loan.created_at)),
            Column::Amount => return Some(Bound::Int(searched.amount.minor())),
            Column::ApprovedOn => searched.approved_on,
            Column::ClosedOn => searched.closed_on,
            Column::ExpectedDisbursementOn => searched.expected_disbursement_on,
            Column::DisbursedOn => searched.disbursed_on,
            Column::FirstDueOn => searched.first_due_on,
            Column::MaturesOn => searched.matures_on,
            Column::InArrearsFrom => searched.in_arrears_from,
            Column::LateFrom => searched.late_from,
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
            | Column::LastModifiedAt
            | Column::LastSetToArrearsOn
            | Column::LastLockedOn
            | Column::SubState
            | Column::FixedDays
            | Column::Course
            | Column::PrincipalBalance
            | Column::InterestBalance
            | Column::FeesBalance
            | Column::PenaltiesBalance
            | Column::TotalBalance
            | Column::PrincipalPaid
            | Column::InterestPaid
            | Column::FeesPaid
            | Column::PenaltiesPaid
            | Column::TotalPaid
            | Column::LastPaymentOn
            | Column::LastPaymentAmount
            | Column::Custom(_) => None,
        };
        date.map(Bound::Date)
    }
}
