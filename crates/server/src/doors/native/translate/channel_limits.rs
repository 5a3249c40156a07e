//! What may go over a channel, between the wire and the book.

use loam_book::catalog::Catalog;
use loam_book::channel_limits::{AmountTest, ChannelConstraint, ChannelLimits, ChannelMovement};
use loam_book::ids::Key;
use loam_book::stated::StatedAmount;
use loam_calc::exact::Exact;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use crate::channel_limits::{
    CRITERIA, Criterion, LIMITED, MOVEMENTS, OPERATORS, Operator, UNCONSTRAINED, criterion_name,
    movement_name, operator_name,
};

type Result<T> = std::result::Result<T, DoorError>;

/// The names of one of the two kinds of limits.
pub(super) struct LimitNames {
    pub(super) usage: &'static str,
    pub(super) constraints: &'static str,
    pub(super) is_of_loans: bool,
}

pub(super) const OF_LOANS: LimitNames =
    LimitNames { usage: "loanConstraintsUsage", constraints: "loanConstraints", is_of_loans: true };
pub(super) const OF_SAVINGS: LimitNames =
    LimitNames { usage: "savingsConstraintsUsage", constraints: "savingsConstraints", is_of_loans: false };

/// The limits that the members say. Usage and constraints go together.
///
/// # Errors
/// A member that is missing, malformed or contradicts another.
pub(super) fn limits_of(
    members: &Members,
    names: &LimitNames,
    catalog: &Catalog,
) -> Result<Option<ChannelLimits>> {
    let usages = Names { values: &[UNCONSTRAINED, LIMITED], name_of: |name| name };
    let is_limited = members.choice(names.usage, usages)? == Some(LIMITED);
    let given = members.object(names.constraints)?;
    if !is_limited {
        let contradicts = || format!("{} is not {LIMITED}", names.usage);
        return if given.is_empty() {
            Ok(None)
        } else {
            Err(DoorError::contradiction(names.constraints, contradicts()))
        };
    }
    let ways = Names { values: &["ALL", "ANY"], name_of: |name| name };
    let any_is_enough = given.choice("matchFiltersOption", ways)? == Some("ANY");
    let listed = given.objects("constraints")?;
    if listed.is_empty() {
        return Err(DoorError::missing(&given.path("constraints")));
    }
    let constraints =
        listed.iter().map(|stated| constraint(stated, names, catalog)).collect::<Result<_>>()?;
    Ok(Some(ChannelLimits { any_is_enough, constraints }))
}

fn constraint(stated: &Members, names: &LimitNames, catalog: &Catalog) -> Result<ChannelConstraint> {
    let criteria = Names { values: CRITERIA, name_of: criterion_name };
    let missing = |name: &str| DoorError::missing(&stated.path(name));
    let criterion = stated.choice("criteria", criteria)?.ok_or_else(|| missing("criteria"))?;
    let operators = Names { values: OPERATORS, name_of: operator_name };
    let operator = stated.choice("operator", operators)?.ok_or_else(|| missing("operator"))?;
    let no_operator =
        || DoorError::contradiction(&stated.path("operator"), "it does not go with the criteria");
    match (criterion, operator) {
        (Criterion::Amount, Operator::In) => Err(no_operator()),
        (Criterion::Amount, operator) => amount_test(stated, operator).map(ChannelConstraint::Amount),
        (Criterion::Type, Operator::In) => movements(stated, names).map(ChannelConstraint::Movement),
        (Criterion::Product, Operator::In) => {
            products(stated, names, catalog).map(ChannelConstraint::Product)
        }
        (Criterion::Type | Criterion::Product, _) => Err(no_operator()),
    }
}

fn amount_test(stated: &Members, operator: Operator) -> Result<AmountTest> {
    let bound = |name: &str| {
        let text = stated.stated(name)?.ok_or_else(|| DoorError::missing(&stated.path(name)))?;
        match Exact::parse_decimal_text(&text) {
            Ok(_) => Ok(StatedAmount(text)),
            Err(error) => Err(DoorError::invalid(&stated.path(name), &text, error)),
        }
    };
    Ok(match operator {
        Operator::Equals | Operator::In => AmountTest::Equals(bound("value")?),
        Operator::MoreThan => AmountTest::MoreThan(bound("value")?),
        Operator::LessThan => AmountTest::LessThan(bound("value")?),
        Operator::Between => AmountTest::Between(bound("value")?, bound("secondValue")?),
    })
}

fn movements(stated: &Members, names: &LimitNames) -> Result<Vec<ChannelMovement>> {
    let known = Names { values: MOVEMENTS, name_of: movement_name };
    let movements = stated.choices("values", known)?.unwrap_or_default();
    if let Some(other) = movements.iter().find(|movement| movement.is_of_loans() != names.is_of_loans) {
        let path = stated.path("values");
        return Err(DoorError::invalid(&path, movement_name(*other), "it is not of these accounts"));
    }
    filled(stated, movements)
}

fn products(stated: &Members, names: &LimitNames, catalog: &Catalog) -> Result<Vec<Key>> {
    let listed: Vec<String> = stated.stored("values")?.unwrap_or_default();
    let find = |id: &String| {
        let found = if names.is_of_loans {
            catalog.products.find(id).map(|product| product.key)
        } else {
            catalog.savings_products.find(id).map(|product| product.key)
        };
        found.ok_or_else(|| DoorError::invalid(&stated.path("values"), id, "there is no such product"))
    };
    filled(stated, listed.iter().map(find).collect::<Result<_>>()?)
}

fn filled<T>(stated: &Members, values: Vec<T>) -> Result<Vec<T>> {
    if values.is_empty() { Err(DoorError::missing(&stated.path("values"))) } else { Ok(values) }
}
