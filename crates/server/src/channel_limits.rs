//! What may go over a transaction channel, as both doors show it (contract §5.5): the contract names the limits, and
//! leaves open what stands in them.

use loam_book::channel_limits::{AmountTest, ChannelConstraint, ChannelLimits, ChannelMovement};
use loam_book::ids::Key;
use loam_book::stated::StatedAmount;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) const LIMITED: &str = "LIMITED_USAGE";
pub(crate) const UNCONSTRAINED: &str = "UNCONSTRAINED_USAGE";

/// What a constraint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Criterion {
    Amount,
    Type,
    Product,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    MoreThan,
    LessThan,
    Between,
    In,
}

pub(crate) const CRITERIA: &[Criterion] = &[Criterion::Amount, Criterion::Type, Criterion::Product];
pub(crate) const OPERATORS: &[Operator] =
    &[Operator::Equals, Operator::MoreThan, Operator::LessThan, Operator::Between, Operator::In];
pub(crate) const MOVEMENTS: &[ChannelMovement] = &[
    ChannelMovement::Disbursement,
    ChannelMovement::Repayment,
    ChannelMovement::Deposit,
    ChannelMovement::Withdrawal,
];

pub(crate) fn criterion_name(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Amount => "AMOUNT",
        Criterion::Type => "TYPE",
        Criterion::Product => "PRODUCT",
    }
}

pub(crate) fn operator_name(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals => "EQUALS",
        Operator::MoreThan => "MORE_THAN",
        Operator::LessThan => "LESS_THAN",
        Operator::Between => "BETWEEN",
        Operator::In => "IN",
    }
}

pub(crate) fn movement_name(movement: ChannelMovement) -> &'static str {
    match movement {
        ChannelMovement::Disbursement => "DISBURSEMENT",
        ChannelMovement::Repayment => "REPAYMENT",
        ChannelMovement::Deposit => "DEPOSIT",
        ChannelMovement::Withdrawal => "WITHDRAWAL",
    }
}

/// What may go over a channel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownLimits {
    /// Whether `ALL` constraints must hold, or `ANY` is enough.
    #[schema(required = false, default = "ALL")]
    pub(crate) match_filters_option: &'static str,
    pub(crate) constraints: Vec<ShownConstraint>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownConstraint {
    /// `AMOUNT`, `TYPE` or `PRODUCT`.
    pub(crate) criteria: &'static str,
    /// Of an amount `EQUALS`, `MORE_THAN`, `LESS_THAN` or `BETWEEN`, else `IN`.
    pub(crate) operator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) second_value: Option<String>,
    /// `DISBURSEMENT` and `REPAYMENT` of loans, `DEPOSIT` and `WITHDRAWAL` of deposit accounts; keys of products, in by
    /// id too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) values: Vec<String>,
}

pub(crate) fn usage(limits: Option<&ChannelLimits>) -> &'static str {
    if limits.is_some() { LIMITED } else { UNCONSTRAINED }
}

pub(crate) fn shown(limits: &ChannelLimits) -> ShownLimits {
    ShownLimits {
        match_filters_option: if limits.any_is_enough { "ANY" } else { "ALL" },
        constraints: limits.constraints.iter().map(constraint).collect(),
    }
}

fn constraint(constraint: &ChannelConstraint) -> ShownConstraint {
    let row = |criterion, operator| ShownConstraint {
        criteria: criterion_name(criterion),
        operator: operator_name(operator),
        value: None,
        second_value: None,
        values: Vec::new(),
    };
    let amount = |operator, value: &StatedAmount| ShownConstraint {
        value: Some(value.0.clone()),
        ..row(Criterion::Amount, operator)
    };
    match constraint {
        ChannelConstraint::Amount(AmountTest::Equals(value)) => amount(Operator::Equals, value),
        ChannelConstraint::Amount(AmountTest::MoreThan(value)) => amount(Operator::MoreThan, value),
        ChannelConstraint::Amount(AmountTest::LessThan(value)) => amount(Operator::LessThan, value),
        ChannelConstraint::Amount(AmountTest::Between(from, to)) => {
            ShownConstraint { second_value: Some(to.0.clone()), ..amount(Operator::Between, from) }
        }
        ChannelConstraint::Movement(movements) => ShownConstraint {
            values: movements.iter().map(|movement| movement_name(*movement).to_owned()).collect(),
            ..row(Criterion::Type, Operator::In)
        },
        ChannelConstraint::Product(products) => ShownConstraint {
            values: products.iter().map(Key::to_string).collect(),
            ..row(Criterion::Product, Operator::In)
        },
    }
}
