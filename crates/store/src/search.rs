//! The whole text of a search, for both databases.
//!
//! One index does the work, and the rest is looked at row by row: which one is told from the question alone, not from
//! what a planner believes about the tables. What must not lead is written as an expression, which no index serves.

use loam_app::search::Direction;
use loam_app::search::columns::{Bound, Column, ColumnTest, Condition, Empty, LoanQuery};
use loam_app::views::Page;

use crate::cells::Cell;
use crate::lists::{Asking, paged};
use crate::rows::loan::loan_columns;
use crate::schema::Dialect;

mod columns;
mod entries;
mod items;
mod lead;
mod tested;

use columns::{Type, expression, type_of};
pub(crate) use entries::{entry_search, ledger_sums};
use items::parts_of_keys;
pub(crate) use items::{client_search, due_list, transaction_search};
use lead::{Lead, lead};
use tested::{Tests, cell};

/// Loans of which all conditions hold.
pub(crate) fn loan_search(query: &LoanQuery, page: Page, dialect: Dialect) -> Asking<'_> {
    let mut search = Search { query, lead: lead(query), tests: Tests::new(dialect) };
    let found = search.found(page);
    let (columns, direction) = (loan_columns!(), direction_word(query.order.direction));
    let columns: Vec<String> = columns.split(", ").map(|column| format!("a.{column}")).collect();
    // The left one leads: it is short, and has the order.
    let sql = format!(
        "select {} from ({found}) as f cross join loan_account as a
          where a.part = f.part and a.account_no = f.account_no order by f.place, f.k {direction}, f.tie, f.n",
        columns.join(", ")
    );
    (sql, search.tests.values)
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
    lead: Lead<'a>,
    tests: Tests<'a>,
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
            let (value, account_no) =
                (self.tests.place(cell(value)), self.tests.place(Cell::int(*account_no)));
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
                    texts.push(format!(
                        "{} = {}",
                        expression(condition.column),
                        self.tests.place(cell(bound))
                    ));
                }
                None => texts.push(self.condition(condition, is_leading)),
            }
        }
        texts
    }

    fn condition(&mut self, condition: &'a Condition, may_lead: bool) -> String {
        let Condition { column, test } = condition;
        if let (Some(text), true) = (self.of_the_holder(*column, test), may_lead) {
            return text;
        }
        let subject = self.subject(*column);
        let is_order = matches!(self.lead, Lead::Order | Lead::Each(..))
            && (*column == self.query.order.column || *column == Column::FixedDays);
        let type_of = type_of(*column);
        let is_key = matches!(column, Column::Key | Column::Holder);
        let subject = if may_lead || is_order { subject } else { opaque(&subject, type_of) };
        let text = self.tests.test(&subject, test);
        match parts_of_keys(test).filter(|_| may_lead && is_key) {
            Some(parts) => format!("part in ({parts}) and {text}"),
            None => text,
        }
    }

    /// The holder is found first, and the loans by their holder.
    fn of_the_holder(&mut self, column: Column, test: &'a ColumnTest) -> Option<String> {
        let [of_client, of_group] = columns::of_holder(column)?;
        let (client, group) = (self.tests.test(of_client, test), self.tests.test(of_group, test));
        Some(format!(
            "(part, holder_key) in (select part, key from (
               select client.part as part, client.client_key as key from client where {client}
                union all
               select client_group.part, client_group.group_key from client_group where {group}) as holder)"
        ))
    }

    /// What is sorted by.
    fn key(&self, column: Column) -> String {
        let subject = self.subject(column);
        if columns::is_folded(column) { self.tests.folded(&subject) } else { subject }
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

#[cfg(test)]
mod tests;
