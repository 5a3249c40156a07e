//! The whole text of a search, for both databases.
//!
//! One index does the work, and the rest is looked at row by row: which one is told from the question alone, not from
//! what a planner believes about the tables. What must not lead is written as an expression, which no index serves.

use loam_app::search::Direction;
use loam_app::search::columns::{Bound, Column, ColumnTest, Condition, Empty, LoanQuery};
use loam_app::views::Page;

use crate::cells::{Cell, Row};
use crate::lists::{Asking, paged};
use crate::rows::loan::loan_columns;
use crate::schema::Dialect;

mod columns;
mod lead;

use columns::{Type, expression, type_of};
use lead::{Lead, lead};

/// Loans of which all conditions hold.
pub(crate) fn loan_search(query: &LoanQuery, page: Page, dialect: Dialect) -> Asking<'_> {
    let mut search = Search { query, dialect, lead: lead(query), values: Vec::new() };
    let found = search.found(page);
    let (columns, direction) = (loan_columns!(), direction_word(query.order.direction));
    let columns: Vec<String> = columns.split(", ").map(|column| format!("a.{column}")).collect();
    // The left one leads: it is short, and has the order.
    let sql = format!(
        "select {} from ({found}) as f cross join loan_account as a
          where a.part = f.part and a.account_no = f.account_no order by f.place, f.k {direction}, f.tie, f.n",
        columns.join(", ")
    );
    (sql, search.values)
}

/// Some of the loans that were written before there were columns to search by.
pub(crate) fn unsearched<'a>(dialect: Dialect) -> Asking<'a> {
    let sql = concat!(
        "select ",
        loan_columns!(),
        " from loan_account where amount_minor is null
                order by amount_minor, account_no"
    );
    paged(sql.to_owned(), Vec::new(), Page { limit: 500, offset: 0 }, dialect.mark())
}

struct Search<'a> {
    query: &'a LoanQuery,
    dialect: Dialect,
    lead: Lead<'a>,
    values: Row<'a>,
}

impl<'a> Search<'a> {
    /// Addresses of the loans of a page, and their places in the order.
    fn found(&mut self, page: Page) -> String {
        let arms = self.arms();
        let Page { limit, offset } = page;
        match arms.as_slice() {
            [arm] => format!("{arm} limit {limit} offset {offset}"),
            arms => {
                let reach = limit.saturating_add(offset);
                let all: Vec<String> =
                    arms.iter().map(|arm| format!("select * from ({arm} limit {reach}) as arm")).collect();
                let direction = direction_word(self.query.order.direction);
                format!(
                    "select * from ({}) as arms order by place, k {direction}, tie, n limit {limit} offset {offset}",
                    all.join(" union all ")
                )
            }
        }
    }

    /// One for each value of the leading column, times one for loans with a place in the order and one for those without.
    fn arms(&mut self) -> Vec<String> {
        let (lead, with_empty) = (self.lead, !self.query.is_order_full());
        let bounds = match lead {
            Lead::Each(_, bounds) => bounds.iter().map(Some).collect(),
            Lead::Few(_) | Lead::Order => vec![None],
        };
        let mut arms = Vec::new();
        for bound in bounds {
            arms.push(self.full_arm(bound));
            if with_empty {
                arms.push(self.empty_arm(bound));
            }
        }
        arms
    }

    /// Loans in the order of a column that is not empty.
    fn full_arm(&mut self, leading: Option<&'a Bound>) -> String {
        let order = self.query.order;
        let mut texts = self.conditions(leading);
        let key = self.key(order.column);
        if !self.query.is_order_full() {
            texts.push(format!("{} is not null", self.subject(order.column)));
        }
        let (direction, sign, comparison) = match order.direction {
            Direction::Ascending => ("asc", "", ">"),
            Direction::Descending => ("desc", "-", "<"),
        };
        if let Some((value, account_no)) = &self.query.after {
            let (value, account_no) = (self.place(cell(value)), self.place(Cell::int(*account_no)));
            texts.push(format!("({key}, account_no) {comparison} ({value}, {account_no})"));
        }
        let place = i32::from(order.empty == Empty::First);
        // Where few loans are found, the index of the order must not lead.
        let sorting = match self.lead {
            Lead::Few(_) => opaque(&key, type_of(order.column)),
            Lead::Each(..) | Lead::Order => key.clone(),
        };
        format!(
            "select part, account_no, {place} as place, {key} as k, 0 as tie, {sign}account_no as n \
             from loan_account{} order by {sorting} {direction}, account_no {direction}",
            all_of(&texts)
        )
    }

    /// Loans without a place in the order, as they were opened.
    fn empty_arm(&mut self, leading: Option<&'a Bound>) -> String {
        let order = self.query.order;
        let mut texts = self.conditions(leading);
        texts.push(format!("{} is null", opaque(&self.subject(order.column), type_of(order.column))));
        let place = i32::from(order.empty == Empty::Last);
        let nothing = match type_of(order.column) {
            Type::Int => "cast(null as bigint)",
            Type::Text => "cast(null as text)",
        };
        format!(
            "select part, account_no, {place} as place, {nothing} as k, created_at as tie, account_no as n \
             from loan_account{} order by created_at, account_no",
            all_of(&texts)
        )
    }

    fn conditions(&mut self, leading: Option<&'a Bound>) -> Vec<String> {
        let query = self.query;
        let mut texts = Vec::new();
        for condition in &query.conditions {
            let is_leading = self.lead.is(condition);
            match leading.filter(|_| is_leading) {
                Some(bound) => {
                    texts.push(format!("{} = {}", expression(condition.column), self.place(cell(bound))));
                }
                None => texts.push(self.condition(condition, is_leading)),
            }
        }
        texts
    }

    /// Takes a value and gives what stands for it in the text.
    fn place(&mut self, value: Cell<'a>) -> String {
        self.values.push(value);
        format!("{}{}", self.dialect.mark(), self.values.len())
    }

    fn condition(&mut self, condition: &'a Condition, may_lead: bool) -> String {
        let Condition { column, test } = condition;
        if let (Some(text), true) = (self.of_the_holder(*column, test), may_lead) {
            return text;
        }
        let subject = self.subject(*column);
        let is_order =
            matches!(self.lead, Lead::Order | Lead::Each(..)) && *column == self.query.order.column;
        let type_of = type_of(*column);
        let subject = if may_lead || is_order { subject } else { opaque(&subject, type_of) };
        let text = self.test(&subject, test);
        match self.parts_of_keys(*column, test).filter(|_| may_lead) {
            Some(parts) => format!("part in ({parts}) and {text}"),
            None => text,
        }
    }

    fn test(&mut self, subject: &str, test: &'a ColumnTest) -> String {
        match test {
            ColumnTest::Anything => "1 = 1".to_owned(),
            ColumnTest::In(bounds) if bounds.is_empty() => "1 = 0".to_owned(),
            ColumnTest::In(bounds) => {
                let places: Vec<String> = bounds.iter().map(|bound| self.place(cell(bound))).collect();
                format!("{subject} in ({})", places.join(", "))
            }
            ColumnTest::NotIn(bound) => {
                let place = self.place(cell(bound));
                format!("({subject} is null or {subject} <> {place})")
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
                // The last code point there is: every text with this start lies before it.
                let to = format!("{}\u{10ffff}", start.to_ascii_lowercase());
                format!("{folded} >= {from} and {folded} < {}", self.place(Cell::Text(Some(to.into()))))
            }
            ColumnTest::Empty => format!("{subject} is null"),
            ColumnTest::NotEmpty => format!("{subject} is not null"),
            ColumnTest::EmptyOr(test) => format!("({subject} is null or {})", self.test(subject, test)),
        }
    }

    /// The holder is found first, and the loans by their holder.
    fn of_the_holder(&mut self, column: Column, test: &'a ColumnTest) -> Option<String> {
        let [of_client, of_group] = columns::of_holder(column)?;
        let (client, group) = (self.test(of_client, test), self.test(of_group, test));
        Some(format!(
            "(part, holder_key) in (select part, key from (
               select client.part as part, client.client_key as key from client where {client}
                union all
               select client_group.part, client_group.group_key from client_group where {group}) as holder)"
        ))
    }

    /// A key tells its part, and indexes of keys begin with it.
    fn parts_of_keys(&self, column: Column, test: &ColumnTest) -> Option<String> {
        let (Column::Key | Column::Holder, ColumnTest::In(bounds)) = (column, test) else { return None };
        let part = |bound: &Bound| match bound {
            Bound::Key(key) => Some(key.part()?.number().to_string()),
            Bound::Int(_) | Bound::Date(_) | Bound::Instant(_) | Bound::Status(_) | Bound::SubState(_) => {
                None
            }
        };
        let parts: Option<Vec<String>> = bounds.iter().map(part).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(", "))
    }

    /// What is sorted by.
    fn key(&self, column: Column) -> String {
        let subject = self.subject(column);
        if columns::is_folded(column) { self.folded(&subject) } else { subject }
    }

    /// Money is in the smallest unit of any currency of the book.
    fn subject(&self, column: Column) -> String {
        let text = expression(column);
        if !column.is_money() || self.query.scales.is_empty() {
            return text.to_owned();
        }
        let scales = self.query.scales.iter();
        let cases: String = scales.map(|(product, by)| format!(" when '{product}' then {by}")).collect();
        format!("({text} * case product_key{cases} else 1 end)")
    }

    fn folded(&self, subject: &str) -> String {
        format!("lower({subject}{})", self.dialect.bytewise())
    }
}

fn all_of(texts: &[String]) -> String {
    if texts.is_empty() { String::new() } else { format!(" where {}", texts.join(" and ")) }
}

/// The same value, in a form that no index serves.
fn opaque(subject: &str, type_of: Type) -> String {
    match type_of {
        Type::Int => format!("({subject} + 0)"),
        Type::Text => format!("({subject} || '')"),
    }
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    }
}

fn cell<'a>(bound: &Bound) -> Cell<'a> {
    match bound {
        Bound::Int(value) => Cell::int(*value),
        Bound::Date(date) => Cell::date(*date),
        Bound::Instant(instant) => Cell::instant(*instant),
        Bound::Key(key) => Cell::key(*key),
        Bound::Status(status) => Cell::text(status.name()),
        Bound::SubState(state) => Cell::text(state.name()),
    }
}

fn lowered<'a>(text: &str) -> Cell<'a> {
    Cell::Text(Some(text.to_ascii_lowercase().into()))
}

#[cfg(test)]
mod tests;
