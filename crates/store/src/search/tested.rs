//! What must hold of a column, as text with values.

use loam_app::search::columns::{Bound, ColumnTest};

use crate::cells::{Cell, Row};
use crate::schema::Dialect;

/// Texts of tests, and the values that stand in them.
pub(super) struct Tests<'a> {
    pub(super) dialect: Dialect,
    pub(super) values: Row<'a>,
}

impl<'a> Tests<'a> {
    pub(super) fn new(dialect: Dialect) -> Tests<'a> {
        Tests { dialect, values: Vec::new() }
    }

    /// Takes a value and gives what stands for it in the text.
    pub(super) fn place(&mut self, value: Cell<'a>) -> String {
        self.values.push(value);
        format!("{}{}", self.dialect.mark(), self.values.len())
    }

    pub(super) fn test(&mut self, subject: &str, test: &'a ColumnTest) -> String {
        match test {
            ColumnTest::Anything => "1 = 1".to_owned(),
            ColumnTest::In(bounds) if bounds.is_empty() => "1 = 0".to_owned(),
            ColumnTest::In(bounds) => {
                let places: Vec<String> = bounds.iter().map(|bound| self.place(cell(bound))).collect();
                format!("{subject} in ({})", places.join(", "))
            }
            ColumnTest::NotIn(bounds) if bounds.is_empty() => "1 = 1".to_owned(),
            ColumnTest::NotIn(bounds) => {
                let places: Vec<String> = bounds.iter().map(|bound| self.place(cell(bound))).collect();
                format!("({subject} is null or {subject} not in ({}))", places.join(", "))
            }
            ColumnTest::Above(bound) => format!("{subject} > {}", self.place(cell(bound))),
            ColumnTest::Below(bound) => format!("{subject} < {}", self.place(cell(bound))),
            ColumnTest::Between(from, to) => {
                let (from, to) = (self.place(cell(from)), self.place(cell(to)));
                format!("{subject} >= {from} and {subject} <= {to}")
            }
            ColumnTest::Text(text) => format!("{} = {}", self.folded(subject), self.place(lowered(text))),
            ColumnTest::OtherText(text) => {
                format!("({subject} is null or {} <> {})", self.folded(subject), self.place(lowered(text)))
            }
            ColumnTest::ExactText(text) => {
                // The folded text has the index.
                let (folded, lowered) = (self.folded(subject), self.place(lowered(text)));
                format!("{folded} = {lowered} and {subject} = {}", self.place(Cell::text(text)))
            }
            ColumnTest::Prefix(start) => {
                let (folded, from) = (self.folded(subject), self.place(lowered(start)));
                let to = after_all(&start.to_ascii_lowercase());
                format!("{folded} >= {from} and {folded} < {}", self.place(Cell::Text(Some(to.into()))))
            }
            ColumnTest::Empty => format!("{subject} is null"),
            ColumnTest::NotEmpty => format!("{subject} is not null"),
            ColumnTest::EmptyOr(test) => format!("({subject} is null or {})", self.test(subject, test)),
        }
    }

    pub(super) fn folded(&self, subject: &str) -> String {
        format!("lower({subject}{})", self.dialect.bytewise())
    }
}

pub(super) fn cell<'a>(bound: &Bound) -> Cell<'a> {
    match bound {
        Bound::Int(value) => Cell::int(*value),
        Bound::Date(date) => Cell::date(*date),
        Bound::Instant(instant) => Cell::instant(*instant),
        Bound::Key(key) => Cell::key(*key),
        Bound::Status(status) => Cell::text(status.name()),
        Bound::SubState(state) => Cell::text(state.name()),
        Bound::Sorting(text) => Cell::Text(Some(text.clone().into())),
    }
}

/// The last code point there is: every text with this start lies before it.
pub(super) fn after_all(start: &str) -> String {
    format!("{start}\u{10ffff}")
}

pub(super) fn lowered<'a>(text: &str) -> Cell<'a> {
    Cell::Text(Some(text.to_ascii_lowercase().into()))
}
