//! What a constraint asks of columns.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_calc::exact::Exact;
use loam_calc::rounding::Rounding;

use super::columns::{Bound, Column, ColumnTest, Condition, Empty, Order};
use super::facts::{CountFact, DayFact, DaysFact, FlagFact, MoneyFact, PercentFact};
use super::{Choice, Constraint, Direction, LoanFact, Test, Value};
use crate::views::LoanStatus;

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

/// Of one of these branches, if there are any.
pub(super) fn within(branches: &[Key]) -> Option<Condition> {
    Some(Condition { column: Column::Branch, test: any_of(branches)? })
}

/// One of these keys, if there are any.
pub(super) fn any_of(keys: &[Key]) -> Option<ColumnTest> {
    (!keys.is_empty()).then(|| ColumnTest::In(keys.iter().copied().map(Bound::Key).collect()))
}

/// What bounds are measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure<'a> {
    pub(super) today: Date,
    /// How many decimals the smallest unit of money in the book has.
    pub(super) digits: u8,
    pub(super) catalog: &'a Catalog,
}

pub(super) fn narrow(constraint: &Constraint<LoanFact>, measure: Measure<'_>) -> Narrowed {
    let exactly = |column, test| Narrowed { condition: Some(Condition { column, test }), is_exact: true };
    let roughly = |condition| Narrowed { condition, is_exact: false };
    let test = &constraint.test;
    let allows = |value| test.holds(Some(&value));
    let needs = |column, test| roughly(Some(Condition { column, test }));
    match constraint.fact {
        LoanFact::Column(column) => exactly(column, column_test(test, measure.digits)),
        LoanFact::Days(fact) => {
            let counted = counted_from(fact, measure.today);
            exactly(counted.column, counted.test(test))
        }
        LoanFact::Is(status) => exactly(Column::Status, status_test(status, test)),
        LoanFact::Money(fact) if is_of_active_loans(fact) && !allows(nothing()) => {
            needs(Column::Status, ColumnTest::In(ACTIVE.map(Bound::Status).to_vec()))
        }
        LoanFact::Money(fact) if is_of_course(fact) && !allows(nothing()) => {
            needs(Column::Course, ColumnTest::NotEmpty)
        }
        LoanFact::Flag(FlagFact::HasSettlementAccount) if !allows(Value::Flag(false)) => {
            needs(Column::Course, ColumnTest::NotEmpty)
        }
        LoanFact::Named(fact) => exactly(fact.column(), fact.of_keys(test, measure.catalog)),
        LoanFact::Money(MoneyFact::NextPayment) | LoanFact::Day(DayFact::NextPayment)
            if !test.holds(None) =>
        {
            needs(Column::Status, ColumnTest::In(ACTIVE.map(Bound::Status).to_vec()))
        }
        LoanFact::Day(DayFact::LastDue) | LoanFact::Percent(PercentFact::Repayment) if !test.holds(None) => {
            needs(Column::DisbursedOn, ColumnTest::NotEmpty)
        }
        LoanFact::Day(DayFact::Repaid) if !test.holds(None) => {
            needs(Column::ClosedOn, column_test(test, measure.digits))
        }
        LoanFact::OtherLoanKey(_) if !test.holds(None) => roughly(Some(with_course())),
        LoanFact::Locked if !test.holds(None) => needs(Column::SubState, ColumnTest::NotEmpty),
        // A loan on a line has a course.
        LoanFact::LineOfCredit => roughly((!test.holds(None)).then(with_course)),
        LoanFact::Count(CountFact::Funds) if !allows(Value::Number(0)) => {
            needs(Column::Course, ColumnTest::NotEmpty)
        }
        LoanFact::Count(_)
        | LoanFact::Money(_)
        | LoanFact::Day(_)
        | LoanFact::OtherLoanKey(_)
        | LoanFact::Locked
        | LoanFact::HolderType
        | LoanFact::Group
        | LoanFact::Agreed(_)
        | LoanFact::Percent(_)
        | LoanFact::Choice(_)
        | LoanFact::Flag(_)
        | LoanFact::OtherLoan(_) => roughly(None),
        LoanFact::RiskLevel => roughly(on_level(test, measure)),
    }
}

/// Loans on a risk level are active, and on one that begins with a day in arrears, in arrears for as long as it says.
fn on_level(test: &Test, measure: Measure<'_>) -> Option<Condition> {
    if test.holds(None) {
        return None;
    }
    let active =
        Condition { column: Column::Status, test: ColumnTest::In(ACTIVE.map(Bound::Status).to_vec()) };
    let Test::Is(keys) = test else { return Some(active) };
    let level = |key: &Value| {
        if let Value::Key(key) = key { measure.catalog.risk_levels.by_key(*key) } else { None }
    };
    let levels: Vec<_> = keys.iter().filter_map(level).collect();
    let Some(from) = levels.iter().map(|level| level.from_days).min() else {
        return Some(Condition { column: Column::Status, test: ColumnTest::In(Vec::new()) });
    };
    if from == 0 {
        return Some(active);
    }
    let to = levels.iter().map(|level| level.to_days.map_or(i64::MAX, i64::from)).max().unwrap_or(i64::MAX);
    let counted = counted_from(DaysFact::InArrears, measure.today);
    Some(Condition { column: counted.column, test: counted.between(i64::from(from), to) })
}

/// A loan with tranches has a course.
pub(super) fn with_course() -> Condition {
    Condition { column: Column::Course, test: ColumnTest::NotEmpty }
}

pub(super) fn with_fixed_days() -> Condition {
    Condition { column: Column::FixedDays, test: ColumnTest::NotEmpty }
}

const ACTIVE: [LoanStatus; 2] = [LoanStatus::Active, LoanStatus::ActiveInArrears];

fn nothing() -> Value {
    Value::Decimal(Exact::ZERO)
}

/// Of any other loan they are zero.
fn is_of_active_loans(fact: MoneyFact) -> bool {
    match fact {
        MoneyFact::PrincipalDue
        | MoneyFact::InterestDue
        | MoneyFact::InterestAccrued
        | MoneyFact::FeesDue
        | MoneyFact::PenaltiesDue
        | MoneyFact::PenaltiesAccrued
        | MoneyFact::TotalDue
        | MoneyFact::TaxDue => true,
        MoneyFact::DisbursedTranches
        | MoneyFact::Available
        | MoneyFact::TaxPaid
        | MoneyFact::Funds
        | MoneyFact::PeriodicPayment
        | MoneyFact::CapitalizedInterest
        | MoneyFact::NextPayment
        | MoneyFact::InterestFromArrears
        | MoneyFact::RedrawBalance
        | MoneyFact::ExpectedRedraw => false,
    }
}

/// Of a loan without a course they are zero.
fn is_of_course(fact: MoneyFact) -> bool {
    matches!(
        fact,
        MoneyFact::DisbursedTranches
            | MoneyFact::Funds
            | MoneyFact::RedrawBalance
            | MoneyFact::CapitalizedInterest
    )
}

/// The order of columns that gives the order of a fact.
pub(super) fn sorting(fact: LoanFact, direction: Direction) -> Option<Order> {
    match fact {
        LoanFact::Column(column) => Some(Order { column, direction, empty: Empty::Last }),
        // Who is late for longer is so from an earlier day, and who is not late at all is so for no days.
        LoanFact::Days(fact) => Some(match direction {
            Direction::Ascending => {
                Order { column: begins(fact), direction: Direction::Descending, empty: Empty::First }
            }
            Direction::Descending => Order::rising(begins(fact)),
        }),
        LoanFact::Is(_)
        | LoanFact::Money(_)
        | LoanFact::Percent(_)
        | LoanFact::Count(_)
        | LoanFact::Choice(_)
        | LoanFact::Flag(_)
        | LoanFact::Agreed(_)
        | LoanFact::Day(_)
        | LoanFact::Named(_)
        | LoanFact::HolderType
        | LoanFact::Group
        | LoanFact::Locked
        | LoanFact::OtherLoan(_)
        | LoanFact::OtherLoanKey(_)
        | LoanFact::LineOfCredit
        | LoanFact::RiskLevel => None,
    }
}

/// The order that costs least where none is asked for: that of a range which an index keeps.
pub(super) fn easiest(conditions: &[Condition], is_scaled: bool) -> Order {
    let few = [Column::Key, Column::Holder, Column::HolderId, Column::HolderName];
    let narrows =
        |column: Column| conditions.iter().any(|asked| asked.column == column && asked.test.wants_a_value());
    let is_text = |asked: &Condition| {
        asked.column == Column::Id && matches!(asked.test, ColumnTest::Text(_) | ColumnTest::ExactText(_))
    };
    if few.into_iter().any(narrows) || conditions.iter().any(is_text) {
        return Order::OPENING;
    }
    let ranges = [
        Column::Id,
        Column::InArrearsFrom,
        Column::LateFrom,
        Column::MaturesOn,
        Column::FirstDueOn,
        Column::ClosedOn,
        Column::DisbursedOn,
        Column::Amount,
    ];
    let kept = || ranges.into_iter().filter(|column| !(is_scaled && column.is_money()));
    // What has two ends leaves fewer loans than what has one.
    let is_short =
        |column: &Column| conditions.iter().any(|asked| asked.column == *column && asked.test.has_two_ends());
    let custom = |has_few_values: bool, is_short: bool| {
        let leads = |asked: &&Condition| {
            asked.column.custom().is_some_and(|custom| custom.has_few_values() == has_few_values)
                && asked.test.wants_a_value()
                && (!is_short || asked.test.is_one_range())
        };
        conditions.iter().find(leads).map(|asked| asked.column)
    };
    let shortest = custom(false, true)
        .or_else(|| kept().find(is_short))
        .or_else(|| custom(true, true))
        .or_else(|| kept().find(|column| narrows(*column)))
        .or_else(|| custom(false, false));
    shortest.map_or(Order::OPENING, Order::rising)
}

fn begins(fact: DaysFact) -> Column {
    match fact {
        DaysFact::InArrears => Column::InArrearsFrom,
        DaysFact::Late => Column::LateFrom,
    }
}

/// Days counted from what stands in a column.
struct Counted {
    column: Column,
    /// What would have to stand there for zero days, if an empty column did not say it.
    zero: Date,
}

fn counted_from(fact: DaysFact, today: Date) -> Counted {
    let zero = match fact {
        DaysFact::InArrears => today.saturating_add(1.day()),
        DaysFact::Late => today,
    };
    Counted { column: begins(fact), zero }
}

impl Counted {
    /// A loan for which the column is empty, or lies ahead, has zero days.
    fn test(&self, test: &Test) -> ColumnTest {
        let days = |value: &Value| if let Value::Number(days) = value { *days } else { 0 };
        match test {
            Test::Is(values) => match values.as_slice() {
                [value] => self.between(days(value), days(value)),
                _ => ColumnTest::In(Vec::new()),
            },
            Test::IsNot(values) => match values.as_slice() {
                [value] if days(value) > 0 => ColumnTest::NotIn(vec![self.day(days(value))]),
                [value] if days(value) == 0 => self.between(1, i64::MAX),
                _ => ColumnTest::Anything,
            },
            Test::Above(value) => self.between(days(value).saturating_add(1), i64::MAX),
            Test::Below(value) => self.between(i64::MIN, days(value).saturating_sub(1)),
            Test::Between(from, to) => self.between(days(from), days(to)),
            Test::Empty => ColumnTest::In(Vec::new()),
            Test::IsExactly(_) | Test::StartsWith(_) | Test::NotEmpty => ColumnTest::Anything,
        }
    }

    /// Not fewer days than `from` and not more than `to`.
    fn between(&self, from: i64, to: i64) -> ColumnTest {
        if from > to || to < 0 {
            return ColumnTest::In(Vec::new());
        }
        let (latest, earliest) = (self.day(from.max(0)), self.day(to));
        match from > 0 {
            true => ColumnTest::Between(earliest, latest),
            false => ColumnTest::EmptyOr(Box::new(ColumnTest::Above(self.day(to.saturating_add(1))))),
        }
    }

    fn day(&self, days: i64) -> Bound {
        Bound::Date(
            Span::new()
                .try_days(days)
                .ok()
                .and_then(|days| self.zero.checked_sub(days).ok())
                .unwrap_or(Date::MIN),
        )
    }
}

fn status_test(status: LoanStatus, test: &Test) -> ColumnTest {
    let may_be = |flag| test.holds(Some(&Value::Flag(flag)));
    match (may_be(true), may_be(false)) {
        (true, true) => ColumnTest::Anything,
        (true, false) => ColumnTest::In(vec![Bound::Status(status)]),
        (false, true) => ColumnTest::NotIn(vec![Bound::Status(status)]),
        (false, false) => ColumnTest::In(Vec::new()),
    }
}

pub(super) fn column_test(test: &Test, digits: u8) -> ColumnTest {
    let nothing = || ColumnTest::In(Vec::new());
    match test {
        Test::Is(values) => match values.as_slice() {
            [Value::Text(text)] => ColumnTest::Text(text.clone()),
            values => ColumnTest::In(once_each(values.iter().filter_map(|value| exactly(value, digits)))),
        },
        Test::IsNot(values) => match values.as_slice() {
            [Value::Text(text)] => ColumnTest::OtherText(text.clone()),
            values => ColumnTest::NotIn(once_each(values.iter().filter_map(|value| exactly(value, digits)))),
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

/// A store may ask for each of them by itself.
fn once_each(bounds: impl Iterator<Item = Bound>) -> Vec<Bound> {
    let mut different = Vec::new();
    for bound in bounds {
        if !different.contains(&bound) {
            different.push(bound);
        }
    }
    different
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
        Value::Sorting(text) => Some(Bound::Sorting(text.clone())),
        Value::Choice(Choice::Status(status)) => Some(Bound::Status(*status)),
        Value::Choice(Choice::SubState(state)) => Some(Bound::SubState(*state)),
        Value::Choice(
            Choice::Penalty(_)
            | Choice::Prepayment(_)
            | Choice::InterestOnPrepayment(_)
            | Choice::LatePayments(_)
            | Choice::Agreed(_)
            | Choice::Locked
            | Choice::Transaction(_)
            | Choice::Holder(_)
            | Choice::Client(_)
            | Choice::NoPortal
            | Choice::Side(_)
            | Choice::Ledger(_)
            | Choice::Family(_)
            | Choice::Gender(_)
            | Choice::Fee(_)
            | Choice::SavingsStatus(_)
            | Choice::Savings(_)
            | Choice::Movement(..)
            | Choice::Line(_)
            | Choice::ExposureLimit(_),
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
    use jiff::civil::date;

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

    /// Days in arrears, the first being March 1st: what must hold of the column on March 10th.
    fn days(test: Test) -> ColumnTest {
        let fact = LoanFact::Days(DaysFact::InArrears);
        let catalog = Catalog::default();
        let measure = Measure { today: date(2024, 3, 10), digits: 2, catalog: &catalog };
        narrow(&Constraint { fact, test }, measure).condition.expect("a column says it").test
    }

    #[test]
    fn days_in_arrears_are_days_of_a_column() {
        let number = Value::Number;
        let on = |day| Bound::Date(date(2024, 3, day));
        let ten = ColumnTest::Between(on(1), on(1));
        assert_eq!(days(Test::Is(vec![number(10)])), ten);
        assert_eq!(days(Test::Between(number(1), number(10))), ColumnTest::Between(on(1), on(10)));
        assert_eq!(days(Test::Above(number(9))), ColumnTest::Between(Bound::Date(Date::MIN), on(1)));
        let at_most_nine = ColumnTest::EmptyOr(Box::new(ColumnTest::Above(on(1))));
        assert_eq!(days(Test::Below(number(10))), at_most_nine);
        assert_eq!(days(Test::Between(number(-5), number(9))), at_most_nine);
        assert_eq!(days(Test::Below(number(0))), ColumnTest::In(vec![]));
        assert_eq!(days(Test::IsNot(vec![number(10)])), ColumnTest::NotIn(vec![on(1)]));
    }

    #[test]
    fn who_is_late_for_longer_is_late_from_an_earlier_day() {
        let fact = LoanFact::Days(DaysFact::Late);
        assert_eq!(sorting(fact, Direction::Descending), Some(Order::rising(Column::LateFrom)));
        let rising = sorting(fact, Direction::Ascending).unwrap();
        assert_eq!((rising.direction, rising.empty), (Direction::Descending, Empty::First));
    }

    #[test]
    fn a_range_that_an_index_keeps_gives_the_order() {
        let asked = |column, test| Condition { column, test };
        let amount = asked(Column::Amount, ColumnTest::Above(Bound::Int(5)));
        let status = asked(Column::Status, ColumnTest::In(vec![Bound::Status(LoanStatus::Active)]));
        let holder = asked(Column::HolderId, ColumnTest::Text("8".into()));
        let order = |conditions: &[Condition]| easiest(conditions, false).column;
        assert_eq!(order(&[status.clone(), amount.clone()]), Column::Amount);
        assert_eq!(order(&[status]), Column::CreatedAt);
        assert_eq!(order(&[amount.clone(), holder]), Column::CreatedAt);
        let late = asked(
            Column::LateFrom,
            ColumnTest::Between(Bound::Date(Date::MIN), Bound::Date(date(2024, 3, 1))),
        );
        let between = asked(Column::Amount, ColumnTest::Between(Bound::Int(1), Bound::Int(2)));
        assert_eq!(order(&[amount.clone(), late.clone()]), Column::LateFrom);
        assert_eq!(order(&[between, late]), Column::Amount);
        assert_eq!(easiest(&[amount], true).column, Column::CreatedAt);
    }
}
