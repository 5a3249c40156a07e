//! What a constraint asks of columns.

use loam_book::ids::Key;
use loam_calc::exact::Exact;
use loam_calc::rounding::Rounding;

use super::columns::{Bound, Column, ColumnTest, Condition};
use super::facts::CountFact;
use super::{Choice, Constraint, LoanFact, Test, Value};

/// A column that says something about a constraint.
pub(super) struct Narrowed {
    /// Holds wherever the constraint does.
    pub(super) condition: Option<Condition>,
    /// Whether the constraint holds wherever this does.
    pub(super) is_exact: bool,
}

pub(super) fn of_officer(officer: Key) -> Condition {
    Condition { column: Column::CreditOfficer, test: ColumnTest::In(vec![Bound::Key(officer)]) }
}

/// `digits`: how many decimals the smallest unit of money in the book has.
pub(super) fn narrow(constraint: &Constraint<LoanFact>, digits: u8) -> Narrowed {
    let roughly = |condition| Narrowed { condition, is_exact: false };
    match constraint.fact {
        LoanFact::Column(column) => {
            let test = column_test(&constraint.test, digits);
            Narrowed { condition: Some(Condition { column, test }), is_exact: true }
        }
        LoanFact::Count(CountFact::DaysInArrears) => roughly(begun(&constraint.test, Column::ArrearsSince)),
        LoanFact::Count(CountFact::DaysLate) => roughly(begun(&constraint.test, Column::LateSince)),
        LoanFact::Count(CountFact::Installments | CountFact::ArrearsTolerance | CountFact::Funds)
        | LoanFact::Date(_)
        | LoanFact::Money(_)
        | LoanFact::Percent(_)
        | LoanFact::Choice(_)
        | LoanFact::Flag(_)
        | LoanFact::OtherLoan(_)
        | LoanFact::RiskLevel => roughly(None),
    }
}

/// The column by which a fact is sorted.
pub(super) fn sorting_column(fact: LoanFact) -> Option<Column> {
    match fact {
        LoanFact::Column(column) => Some(column),
        LoanFact::Date(_)
        | LoanFact::Money(_)
        | LoanFact::Percent(_)
        | LoanFact::Count(_)
        | LoanFact::Choice(_)
        | LoanFact::Flag(_)
        | LoanFact::OtherLoan(_)
        | LoanFact::RiskLevel => None,
    }
}

/// Days are counted since something began; where it did not, they are zero.
fn begun(test: &Test, since: Column) -> Option<Condition> {
    let may_be_zero = test.holds(Some(&Value::Number(0)));
    (!may_be_zero).then_some(Condition { column: since, test: ColumnTest::NotEmpty })
}

fn column_test(test: &Test, digits: u8) -> ColumnTest {
    let nothing = || ColumnTest::In(Vec::new());
    match test {
        Test::Is(values) => match values.as_slice() {
            [Value::Text(text)] => ColumnTest::Text(text.clone()),
            values => ColumnTest::In(values.iter().filter_map(|value| exactly(value, digits)).collect()),
        },
        Test::IsNot(Value::Text(text)) => ColumnTest::OtherText(text.clone()),
        Test::IsNot(value) => match exactly(value, digits) {
            Some(bound) => ColumnTest::NotIn(bound),
            None => ColumnTest::Anything,
        },
        Test::IsExactly(text) => ColumnTest::ExactText(text.clone()),
        Test::Above(value) => bound(value, digits, floor).map_or_else(nothing, ColumnTest::Above),
        Test::Below(value) => bound(value, digits, ceiling).map_or_else(nothing, ColumnTest::Below),
        Test::Between(from, to) => match (bound(from, digits, ceiling), bound(to, digits, floor)) {
            (Some(from), Some(to)) => ColumnTest::Between(from, to),
            (None, _) | (_, None) => nothing(),
        },
        Test::StartsWith(start) => ColumnTest::Prefix(start.clone()),
        Test::Empty => ColumnTest::Empty,
        Test::NotEmpty => ColumnTest::NotEmpty,
    }
}

/// The value as a column has it; `None` for what no column can hold, such as half a cent.
fn exactly(value: &Value, digits: u8) -> Option<Bound> {
    if let Value::Decimal(units) = value {
        let minor = scaled(*units, digits);
        return (floor(minor) == ceiling(minor)).then(|| Bound::Int(floor(minor)));
    }
    bound(value, digits, floor)
}

/// `None` for what has no order or is no column's.
fn bound(value: &Value, digits: u8, to_whole: fn(Exact) -> i64) -> Option<Bound> {
    match value {
        Value::Decimal(units) => Some(Bound::Int(to_whole(scaled(*units, digits)))),
        Value::Number(number) => Some(Bound::Int(*number)),
        Value::Key(key) => Some(Bound::Key(*key)),
        Value::Date(date) => Some(Bound::Date(*date)),
        Value::Instant(instant) => Some(Bound::Instant(*instant)),
        Value::Choice(Choice::Status(status)) => Some(Bound::Status(*status)),
        Value::Choice(
            Choice::SubState(_)
            | Choice::Penalty(_)
            | Choice::Prepayment(_)
            | Choice::InterestOnPrepayment(_)
            | Choice::LatePayments(_),
        )
        | Value::Text(_)
        | Value::Flag(_) => None,
    }
}

fn scaled(units: Exact, digits: u8) -> Exact {
    units.times(10_i128.pow(u32::from(digits)))
}

/// The whole number below; what no amount reaches stays beyond all of them.
fn floor(value: Exact) -> i64 {
    let Some(towards_zero) = value.round_within_range(Rounding::Down) else { return beyond(value) };
    let is_above = Exact::from_amount(towards_zero) > value;
    towards_zero.minor() - i64::from(is_above)
}

fn ceiling(value: Exact) -> i64 {
    let Some(towards_zero) = value.round_within_range(Rounding::Down) else { return beyond(value) };
    let is_below = Exact::from_amount(towards_zero) < value;
    towards_zero.minor() + i64::from(is_below)
}

fn beyond(value: Exact) -> i64 {
    if value.is_negative() { i64::MIN } else { i64::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(test: Test) -> ColumnTest {
        column_test(&test, 2)
    }

    fn decimal(text: &str) -> Value {
        Value::Decimal(Exact::parse_decimal_text(text).unwrap())
    }

    #[test]
    fn bounds_between_two_cents_go_to_the_one_that_keeps_their_meaning() {
        assert_eq!(test(Test::Above(decimal("1.005"))), ColumnTest::Above(Bound::Int(100)));
        assert_eq!(test(Test::Below(decimal("1.005"))), ColumnTest::Below(Bound::Int(101)));
        let between = Test::Between(decimal("-0.001"), decimal("-0.0001"));
        assert_eq!(test(between), ColumnTest::Between(Bound::Int(0), Bound::Int(-1)));
        assert_eq!(test(Test::Is(vec![decimal("1.005")])), ColumnTest::In(vec![]));
        assert_eq!(test(Test::Is(vec![decimal("1600")])), ColumnTest::In(vec![Bound::Int(160_000)]));
    }

    #[test]
    fn what_no_amount_reaches_is_beyond_every_amount() {
        let huge = decimal("999999999999999999");
        assert_eq!(test(Test::Below(huge.clone())), ColumnTest::Below(Bound::Int(i64::MAX)));
        assert_eq!(test(Test::Above(huge)), ColumnTest::Above(Bound::Int(i64::MAX)));
    }

    #[test]
    fn days_that_must_be_more_than_none_began_some_day() {
        let narrowed = |test| {
            let fact = LoanFact::Count(CountFact::DaysInArrears);
            narrow(&Constraint { fact, test }, 2).condition.is_some()
        };
        assert!(narrowed(Test::Above(Value::Number(30))));
        assert!(narrowed(Test::Is(vec![Value::Number(5)])));
        assert!(!narrowed(Test::Below(Value::Number(30))));
        assert!(!narrowed(Test::NotEmpty));
    }
}
