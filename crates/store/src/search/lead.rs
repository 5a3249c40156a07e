//! Which condition leads: the one whose index finds the loans of a search.

use loam_app::search::columns::{Bound, Column, ColumnTest, Condition, LoanQuery};
use loam_app::search::custom::CustomColumn;

/// With more values than this, one question for each would cost more than looking at every loan.
const MOST_VALUES: usize = 8;

/// How a search goes about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lead<'a> {
    /// This condition leaves few loans, and those are sorted.
    Few(&'a Condition),
    /// For each of these values an index has the loans in their order.
    Each(&'a Condition, &'a [Bound]),
    /// The values of a custom field, in their order; with a condition, those that meet it.
    Values(CustomColumn, Option<&'a Condition>),
    /// The index of the order, if it has one.
    Order,
}

impl Lead<'_> {
    pub(super) fn is(&self, condition: &Condition) -> bool {
        match self {
            Lead::Few(leading) | Lead::Each(leading, _) | Lead::Values(_, Some(leading)) => {
                std::ptr::eq(*leading, condition)
            }
            Lead::Values(_, None) | Lead::Order => false,
        }
    }
}

/// Of a key or an id there is one loan, and of a holder there are few.
const FEW: [Column; 5] = [Column::Key, Column::Holder, Column::HolderId, Column::Id, Column::HolderName];
/// An index has the loans of each of their values as they were opened; those with the fewest loans first.
const EACH: [Column; 5] =
    [Column::CreditOfficer, Column::Centre, Column::Product, Column::Branch, Column::Status];
/// An index has them in order.
const ORDERED: [Column; 9] = [
    Column::Id,
    Column::InArrearsFrom,
    Column::LateFrom,
    Column::ClosedOn,
    Column::MaturesOn,
    Column::FirstDueOn,
    Column::DisbursedOn,
    Column::Amount,
    Column::CreatedAt,
];

pub(super) fn lead(query: &LoanQuery) -> Lead<'_> {
    let order = query.order.column;
    let has_index =
        |column: Column| ORDERED.contains(&column) && (query.scales.is_empty() || !column.is_money());
    let of = |column: Column| {
        query.conditions.iter().find(move |asked| asked.column == column && asked.test.wants_a_value())
    };
    // The start of an id leads by its order.
    let is_few = |asked: &&Condition| !(asked.column == Column::Id && order == Column::Id);
    if let Some(condition) = FEW.into_iter().find_map(|column| of(column).filter(is_few)) {
        return Lead::Few(condition);
    }
    if let Some((custom, condition)) = query.custom_order() {
        return Lead::Values(custom, condition);
    }
    if let Some(condition) = query.conditions.iter().find(|asked| is_rare(asked)) {
        return Lead::Few(condition);
    }
    let each = |column: Column| {
        let condition = of(column)?;
        let ColumnTest::In(bounds) = &condition.test else { return None };
        (1..=MOST_VALUES).contains(&bounds.len()).then_some(Lead::Each(condition, bounds))
    };
    // Loans that fall due on fixed days have an index of their own, as they were opened.
    if order == Column::CreatedAt && of(Column::FixedDays).is_some() {
        return Lead::Order;
    }
    if order == Column::CreatedAt
        && let Some(lead) = EACH.into_iter().find_map(each)
    {
        return lead;
    }
    if order == Column::Amount
        && has_index(Column::Amount)
        && let Some(lead) = each(Column::Status)
    {
        return lead;
    }
    if has_index(order) {
        return Lead::Order;
    }
    let narrowing = ORDERED.into_iter().filter(|column| has_index(*column)).chain(EACH).find_map(of);
    narrowing.map_or(Lead::Order, Lead::Few)
}

/// Whether it asks for one value, or one range, of a custom field of which few loans have the same.
fn is_rare(asked: &Condition) -> bool {
    asked.column.custom().is_some_and(|custom| !custom.has_few_values()) && asked.test.is_one_range()
}
