//! Values of facts, and what may be asked of them.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::ids::Key;
use loam_book::journal::chart::LedgerType;
use loam_book::journal::manual::Side;
use loam_book::line_of_credit::{ExposureLimit, LineState};
use loam_book::loan::HolderKind;
use loam_book::loan::transaction::TransactionKind;
use loam_book::party::Gender;
use loam_book::product::charges::{FeeTrigger, PenaltyMethod};
use loam_book::product::payments::{
    InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation,
};
use loam_book::savings::event::MovementKind;
use loam_book::savings::product::AccountType;
use loam_calc::exact::Exact;

use super::agreed::Agreed;
use super::entries::ProductFamily;
use super::facts::SubState;
use crate::views::{LoanStatus, ShownClientState};

/// What a fact of a loan may be.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    /// Money in units of its currency, or percent.
    Decimal(Exact),
    Number(i64),
    Text(String),
    Key(Key),
    Choice(Choice),
    Date(Date),
    Instant(Timestamp),
    Flag(bool),
    /// What a value of a custom field is sorted by, unless it is a text.
    Sorting(String),
}

/// One of a few named values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Status(LoanStatus),
    SubState(SubState),
    Penalty(PenaltyMethod),
    Prepayment(PrepaymentRecalculation),
    InterestOnPrepayment(InterestOnPrepayment),
    LatePayments(LatePaymentsRecalculation),
    Agreed(Agreed),
    /// Nothing but payments goes to the account.
    Locked,
    Transaction(TransactionKind),
    Holder(HolderKind),
    Client(ShownClientState),
    /// A client who does not come in by himself or herself.
    NoPortal,
    Gender(Gender),
    Side(Side),
    Ledger(LedgerType),
    Family(ProductFamily),
    Fee(FeeTrigger),
    /// A name of [`loam_book::savings::SavingsState::status`].
    SavingsStatus(&'static str),
    Savings(AccountType),
    /// A movement of a deposit account, or what takes one back.
    Movement(MovementKind, bool),
    Line(LineState),
    ExposureLimit(ExposureLimit),
}

impl PartialOrd for Choice {
    /// Choices have no order.
    fn partial_cmp(&self, other: &Choice) -> Option<std::cmp::Ordering> {
        (self == other).then_some(std::cmp::Ordering::Equal)
    }
}

/// What must hold of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is one of these. Texts are compared without regard to the case of the letters A to Z.
    Is(Vec<Value>),
    /// It is none of these, or there is none. One name may stand for several values, or for none that occurs.
    IsNot(Vec<Value>),
    /// It is this text, letter by letter.
    IsExactly(String),
    Above(Value),
    Below(Value),
    /// Both ends belong to it.
    Between(Value, Value),
    /// In the same sense as [`Test::Is`].
    StartsWith(String),
    Empty,
    NotEmpty,
}

impl Test {
    /// Whether it holds of a value; of no value only [`Test::Empty`] and [`Test::IsNot`] do.
    pub(super) fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Test::Empty, value) => value.is_none(),
            (Test::IsNot(others), value) => {
                !value.is_some_and(|value| others.iter().any(|other| is_same(value, other)))
            }
            (_, None) => false,
            (Test::NotEmpty, Some(_)) => true,
            (Test::Is(wanted), Some(value)) => wanted.iter().any(|wanted| is_same(value, wanted)),
            (Test::IsExactly(text), Some(value)) => matches!(value, Value::Text(value) if value == text),
            (Test::Above(bound), Some(value)) => value > bound,
            (Test::Below(bound), Some(value)) => value < bound,
            (Test::Between(from, to), Some(value)) => from <= value && value <= to,
            (Test::StartsWith(start), Some(Value::Text(value))) => starts_with(value, start),
            (Test::StartsWith(_), Some(_)) => false,
        }
    }

    /// Whether it holds of no missing value.
    pub(super) fn wants_a_value(&self) -> bool {
        !self.holds(None)
    }
}

fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.eq_ignore_ascii_case(right),
        _ => left == right,
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn texts_are_compared_without_regard_to_case_unless_it_is_asked_for() {
        let name = text("Agriculture Loan");
        assert!(Test::Is(vec![text("agriculture loan")]).holds(Some(&name)));
        assert!(Test::StartsWith("AGRI".into()).holds(Some(&name)));
        assert!(!Test::StartsWith("Agriculture Loans".into()).holds(Some(&name)));
        assert!(!Test::IsExactly("agriculture loan".into()).holds(Some(&name)));
        assert!(Test::IsExactly("Agriculture Loan".into()).holds(Some(&name)));
        // A start that ends within a letter of several bytes.
        assert!(!Test::StartsWith("é".into()).holds(Some(&text("\u{100}x"))));
    }

    #[test]
    fn ranges_hold_their_ends_and_bounds_do_not() {
        let five = Value::Number(5);
        assert!(Test::Between(Value::Number(5), Value::Number(9)).holds(Some(&five)));
        assert!(Test::Between(Value::Number(1), Value::Number(5)).holds(Some(&five)));
        assert!(!Test::Above(Value::Number(5)).holds(Some(&five)));
        assert!(!Test::Below(Value::Number(5)).holds(Some(&five)));
        assert!(Test::Below(Value::Number(6)).holds(Some(&five)));
    }

    #[test]
    fn nothing_is_only_empty() {
        assert!(Test::Empty.holds(None));
        assert!(!Test::NotEmpty.holds(None));
        assert!(!Test::Is(vec![Value::Number(0)]).holds(None));
        assert!(!Test::Below(Value::Number(9)).holds(None));
        assert!(Test::IsNot(vec![text("x")]).holds(None));
        assert!(Test::IsNot(vec![]).holds(Some(&text("x"))));
        assert!(!Test::IsNot(vec![text("y"), text("x")]).holds(Some(&text("x"))));
    }
}
