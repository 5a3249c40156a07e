//! The whole text of a search, for both databases.

use loam_app::search::Direction;
use loam_app::search::columns::{Bound, Column, ColumnTest, LoanQuery, Order};
use loam_app::views::Page;

use crate::cells::{Cell, Row};
use crate::lists::{Asking, paged};
use crate::rows::loan::loan_columns;
use crate::schema::Dialect;

/// A column of the latest repayment that stands.
macro_rules! last_payment {
    ($column:literal) => {
        concat!(
            "(select ",
            $column,
            " from loan_transaction
               where loan_transaction.part = loan_account.part
                 and loan_transaction.account_no = loan_account.account_no
                 and kind = 'repayment' and reversed_by is null
               order by value_date desc, transaction_id desc limit 1)"
        )
    };
}

/// Loans of which all conditions hold.
pub(crate) fn loan_search(query: &LoanQuery, page: Page, dialect: Dialect) -> Asking<'_> {
    let mut search = Search { query, dialect, texts: Vec::new(), values: Vec::new() };
    for condition in &query.conditions {
        let text = search.condition(condition.column, &condition.test);
        search.texts.push(text);
    }
    if let Some((created_at, account_no)) = query.after {
        let (created_at, account_no) =
            (search.place(Cell::instant(created_at)), search.place(Cell::int(account_no)));
        search.texts.push(format!("(created_at, account_no) > ({created_at}, {account_no})"));
    }
    let order = search.order();
    let conditions = if search.texts.is_empty() {
        String::new()
    } else {
        format!(" where {}", search.texts.join(" and "))
    };
    let columns = loan_columns!();
    let sql = format!("select {columns} from loan_account{conditions} order by {order}");
    paged(sql, search.values, page, dialect.mark())
}

struct Search<'a> {
    query: &'a LoanQuery,
    dialect: Dialect,
    texts: Vec<String>,
    values: Row<'a>,
}

impl<'a> Search<'a> {
    /// Takes a value and gives what stands for it in the text.
    fn place(&mut self, value: Cell<'a>) -> String {
        self.values.push(value);
        format!("{}{}", self.dialect.mark(), self.values.len())
    }

    fn condition(&mut self, column: Column, test: &'a ColumnTest) -> String {
        let subject = self.subject(column);
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
                format!("{subject} between {from} and {to}")
            }
            ColumnTest::Text(text) => {
                let place = self.place(lowered(text));
                format!("{} = {place}", self.folded(&subject))
            }
            ColumnTest::OtherText(text) => {
                let (folded, place) = (self.folded(&subject), self.place(lowered(text)));
                format!("({subject} is null or {folded} <> {place})")
            }
            ColumnTest::ExactText(text) => format!("{subject} = {}", self.place(Cell::text(text))),
            ColumnTest::Prefix(start) => {
                let (folded, from) = (self.folded(&subject), self.place(lowered(start)));
                // The last code point there is: every text with this start lies before it.
                let to =
                    self.place(Cell::Text(Some(format!("{}\u{10ffff}", start.to_ascii_lowercase()).into())));
                format!("{folded} >= {from} and {folded} < {to}")
            }
            ColumnTest::Empty => format!("{subject} is null"),
            ColumnTest::NotEmpty => format!("{subject} is not null"),
        }
    }

    /// Loans of which the column is empty stand last.
    fn order(&self) -> String {
        let Order::Column(column, direction) = self.query.order else {
            return "created_at, account_no".to_owned();
        };
        let subject = self.subject(column);
        let key = if is_text(column) { self.folded(&subject) } else { subject.clone() };
        let direction = match direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        format!("case when {subject} is null then 1 else 0 end, {key} {direction}, created_at, account_no")
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

fn cell<'a>(bound: &Bound) -> Cell<'a> {
    match bound {
        Bound::Int(value) => Cell::int(*value),
        Bound::Date(date) => Cell::date(*date),
        Bound::Instant(instant) => Cell::instant(*instant),
        Bound::Key(key) => Cell::key(*key),
        Bound::Status(status) => Cell::text(status.name()),
    }
}

fn lowered<'a>(text: &str) -> Cell<'a> {
    Cell::Text(Some(text.to_ascii_lowercase().into()))
}

fn is_text(column: Column) -> bool {
    [Column::Id, Column::Name, Column::HolderId, Column::HolderName].contains(&column)
}

fn expression(column: Column) -> &'static str {
    match column {
        Column::Key => "loan_key",
        Column::Id => "id",
        Column::Name => "name",
        Column::Holder => "holder_key",
        Column::HolderId => {
            "(select client.id from client where client.part = loan_account.part
                and client.client_key = loan_account.holder_key)"
        }
        Column::HolderName => {
            "(select client.first_name || ' ' || client.last_name from client
               where client.part = loan_account.part and client.client_key = loan_account.holder_key)"
        }
        Column::Product => "product_key",
        Column::Branch => "branch_key",
        Column::Centre => "centre_key",
        Column::CreditOfficer => "user_key",
        Column::Status => "status",
        Column::CreatedAt => "created_at",
        Column::LastModifiedAt => "last_modified_at",
        Column::LastSetToArrearsOn => "last_set_to_arrears_on",
        Column::LastLockedOn => "last_locked_on",
        Column::LateSince => "late_since",
        Column::ArrearsSince => "arrears_since",
        Column::PrincipalBalance => "principal_outstanding_minor",
        Column::InterestBalance => "interest_outstanding_minor",
        Column::FeesBalance => "fees_outstanding_minor",
        Column::PenaltiesBalance => "penalties_outstanding_minor",
        Column::TotalBalance => {
            "(principal_outstanding_minor + interest_outstanding_minor + fees_outstanding_minor
               + penalties_outstanding_minor)"
        }
        Column::PrincipalPaid => "principal_paid_minor",
        Column::InterestPaid => "interest_paid_minor",
        Column::FeesPaid => "fees_paid_minor",
        Column::PenaltiesPaid => "penalties_paid_minor",
        Column::TotalPaid => {
            "(principal_paid_minor + interest_paid_minor + fees_paid_minor + penalties_paid_minor)"
        }
        Column::LastPaymentOn => last_payment!("value_date"),
        Column::LastPaymentAmount => last_payment!("amount_minor"),
    }
}

#[cfg(test)]
mod tests {
    use loam_app::search::columns::Condition;
    use loam_book::ids::{Key, Part};

    use super::*;

    const PAGE: Page = Page { offset: 0, limit: 9 };

    fn asked(conditions: Vec<Condition>, order: Order, scales: Vec<(Key, i64)>) -> (String, usize) {
        let query = LoanQuery { conditions, order, after: None, scales };
        let (text, values) = loan_search(&query, PAGE, Dialect::Postgres);
        (text.split_once(" from loan_account").unwrap().1.to_owned(), values.len())
    }

    #[test]
    fn values_are_numbered_in_the_order_of_their_conditions() {
        let ids = Condition { column: Column::Id, test: ColumnTest::Text("A".into()) };
        let days = ColumnTest::Between(Bound::Int(1), Bound::Int(2));
        let paid = Condition { column: Column::FeesPaid, test: days };
        let (text, values) = asked(vec![ids, paid], Order::Opening, vec![]);
        let expected = " where lower(id collate \"C\") = $1 and fees_paid_minor between $2 and $3 \
                        order by created_at, account_no limit $4 offset $5";
        assert_eq!((text.as_str(), values), (expected, 5));
    }

    #[test]
    fn money_of_larger_units_is_brought_to_the_smallest() {
        let product = Key::entity(Part::new(0), 0, 7);
        let above = Condition { column: Column::FeesPaid, test: ColumnTest::Above(Bound::Int(1)) };
        let (text, _) = asked(vec![above], Order::Opening, vec![(product, 100)]);
        let expected =
            format!(" where (fees_paid_minor * case product_key when '{product}' then 100 else 1 end) > $1");
        assert!(text.starts_with(&expected), "{text}");
    }
}
