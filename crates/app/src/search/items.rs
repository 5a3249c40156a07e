//! What searches of every kind of item have in common: constraints, an order, and the page that is picked.

use jiff::Timestamp;
use loam_book::ids::Key;

use super::columns::{Bound, ColumnTest};
use super::narrow::{any_of, column_test};
use super::{Constraint, Direction, Test, Value, in_direction};
use crate::views::Page;

/// Constraints on items of one kind, and their order; without one, that in which the store gives them.
#[derive(Debug, Clone)]
pub struct ItemSearch<F> {
    pub constraints: Vec<Constraint<F>>,
    pub order: Option<(F, Direction)>,
    /// Only what belongs to these branches; empty: to all, and to none.
    pub within: Vec<Key>,
    /// Only what this officer looks after.
    pub credit_officer: Option<Key>,
}

impl<F: Copy> ItemSearch<F> {
    /// Whatever is asked for.
    pub(super) fn facts(&self) -> impl Iterator<Item = F> {
        let order = self.order.map(|(fact, _)| fact);
        self.constraints.iter().map(|asked| asked.fact).chain(order)
    }
}

/// Items of which all conditions hold, in the order in which they were entered.
#[derive(Debug, Clone)]
pub struct EnteredQuery<C> {
    pub conditions: Vec<(C, ColumnTest)>,
    pub after: Option<Entered>,
}

/// Where an item stands among the others, so that those after it can be asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Entered {
    pub at: Timestamp,
    /// Its key or number: what tells it apart from those that were entered at the same instant.
    pub last: Bound,
    pub key: Key,
}

impl Entered {
    /// Of what has no number.
    pub(super) fn with_key(at: Timestamp, key: Key) -> Entered {
        Entered { at, last: Bound::Key(key), key }
    }
}

/// Transactions of which all conditions hold, the newest first.
#[derive(Debug, Clone)]
pub struct NewestQuery<C> {
    pub conditions: Vec<(C, ColumnTest)>,
    /// Only transactions before this one.
    pub before: Option<i64>,
}

/// What is asked of the columns of an item, among them that of its officer and that of its branch.
pub(super) fn conditions<F: Copy, C>(
    search: &ItemSearch<F>,
    (officer, branch): (C, C),
    column: impl Fn(F) -> Option<C>,
) -> Vec<(C, ColumnTest)> {
    let own = search.credit_officer.map(|key| (officer, ColumnTest::In(vec![key.into()])));
    let mut conditions: Vec<_> = own.into_iter().collect();
    conditions.extend(any_of(&search.within).map(|test| (branch, test)));
    for asked in &search.constraints {
        conditions.extend(column(asked.fact).map(|column| (column, column_test(&asked.test, 0))));
    }
    conditions
}

/// Whether a test holds of one of several values; of none, whether it holds of nothing.
pub(super) fn holds_of_any(test: &Test, values: &[Value]) -> bool {
    if values.is_empty() { test.holds(None) } else { values.iter().any(|value| test.holds(Some(value))) }
}

/// Picks the items of a page out of all that are found.
#[derive(Debug)]
pub(super) struct Picker<T> {
    direction: Option<Direction>,
    /// How many items there are up to the end of the page.
    reach: usize,
    offset: usize,
    found: Vec<(Option<Value>, T)>,
}

impl<T> Picker<T> {
    pub(super) fn new(direction: Option<Direction>, page: Page) -> Picker<T> {
        let number = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let offset = number(page.offset);
        Picker { direction, reach: offset.saturating_add(number(page.limit)), offset, found: Vec::new() }
    }

    /// Whether no further item can belong to the page.
    pub(super) fn is_full(&self) -> bool {
        self.direction.is_none() && self.found.len() >= self.reach
    }

    /// Takes an item and its place in the order.
    pub(super) fn add(&mut self, place: Option<Value>, item: T) {
        self.found.push((place, item));
        // What cannot reach the page any more is not kept.
        if self.found.len() >= self.reach.saturating_mul(2).max(2_000) {
            self.sort();
            self.found.truncate(self.reach);
        }
    }

    pub(super) fn finish(mut self) -> Vec<T> {
        self.sort();
        self.found.truncate(self.reach);
        self.found.into_iter().skip(self.offset).map(|(_, item)| item).collect()
    }

    /// Items in the same place stay as they came.
    fn sort(&mut self) {
        if let Some(direction) = self.direction {
            self.found
                .sort_by(|(left, _), (right, _)| in_direction(left.as_ref(), right.as_ref(), direction));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(direction: Option<Direction>, page: Page, numbers: &[i64]) -> Vec<i64> {
        let mut picker = Picker::new(direction, page);
        for number in numbers {
            picker.add(Some(Value::Number(*number)), *number);
        }
        picker.finish()
    }

    #[test]
    fn a_page_is_picked_in_its_order() {
        let page = Page { offset: 1, limit: 2 };
        assert_eq!(picked(None, page, &[3, 1, 2, 5]), [1, 2]);
        assert_eq!(picked(Some(Direction::Ascending), page, &[3, 1, 2, 5]), [2, 3]);
        assert_eq!(picked(Some(Direction::Descending), page, &[3, 1, 2, 5]), [3, 2]);
    }

    #[test]
    fn of_many_items_only_those_up_to_the_page_are_kept() {
        let numbers: Vec<i64> = (0..10_000).rev().collect();
        assert_eq!(picked(Some(Direction::Ascending), Page { offset: 3, limit: 2 }, &numbers), [3, 4]);
    }
}
