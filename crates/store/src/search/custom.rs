//! Values of custom fields: whether an owner has one that meets a test, and owners by their values.

use loam_app::search::columns::{ColumnTest, KEY_HEAD};
use loam_app::search::custom::CustomColumn;
use loam_book::custom_field::DataType;
use loam_book::custom_field::comparable::comparable;

use super::tested::{Tests, after_all, lowered};
use crate::cells::Cell;
use crate::rows::custom_value::NO_GROUP;
use crate::schema::Dialect;

/// Where an owner stands in a text: the columns of its part and its key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) part: &'static str,
    pub(super) key: &'static str,
}

/// A loan as an owner.
pub(super) const LOAN: Owner = Owner { part: "loan_account.part", key: "loan_account.loan_key" };

impl<'a> Tests<'a> {
    /// Whether an owner's values meet a test. Of several values one must; of none, what holds of nothing holds.
    pub(super) fn of_owner(&mut self, owner: Owner, column: CustomColumn, test: &'a ColumnTest) -> String {
        let any = of_field(owner, column);
        match test {
            ColumnTest::Anything => "1 = 1".to_owned(),
            ColumnTest::Empty => format!("not exists ({any})"),
            ColumnTest::NotEmpty => format!("exists ({any})"),
            ColumnTest::NotIn(_) | ColumnTest::OtherText(_) | ColumnTest::EmptyOr(_) => {
                format!("(not exists ({any}) or exists ({any} and {}))", self.of_value("v", test))
            }
            ColumnTest::In(_)
            | ColumnTest::Above(_)
            | ColumnTest::Below(_)
            | ColumnTest::Between(..)
            | ColumnTest::Text(_)
            | ColumnTest::ExactText(_)
            | ColumnTest::Prefix(_) => format!("exists ({any} and {})", self.of_value("v", test)),
        }
    }

    /// The same of a test that wants a value: the owners are found by it.
    pub(super) fn found_by_value(
        &mut self,
        owner: Owner,
        column: CustomColumn,
        test: &'a ColumnTest,
    ) -> String {
        let test = self.of_value("v", test);
        format!(
            "({}, {}) in (select v.part, v.owner_key from custom_value as v where v.field_key = '{}' and {test})",
            owner.part, owner.key, column.field
        )
    }

    /// What must hold of one value.
    pub(super) fn of_value(&mut self, value: &str, test: &'a ColumnTest) -> String {
        let sorting = sorting(value);
        let content = format!("{value}.content");
        match test {
            ColumnTest::NotEmpty | ColumnTest::Anything => "1 = 1".to_owned(),
            // The beginning has the index, and the rest is compared too.
            ColumnTest::Text(text) => {
                let beginning = self.place(Cell::Text(Some(beginning(text).into())));
                format!("{sorting} = {beginning} and {}", self.test(&content, test))
            }
            ColumnTest::ExactText(text) => {
                let beginning = self.place(Cell::Text(Some(beginning(text).into())));
                format!("{sorting} = {beginning} and {content} = {}", self.place(Cell::text(text)))
            }
            ColumnTest::Prefix(start) => {
                let from = beginning(start);
                let to = self.place(Cell::Text(Some(after_all(&from).into())));
                let from = self.place(Cell::Text(Some(from.into())));
                format!("{sorting} >= {from} and {sorting} < {to} and {}", self.test(&content, test))
            }
            ColumnTest::OtherText(text) => {
                format!("{} <> {}", self.folded(&content), self.place(lowered(text)))
            }
            ColumnTest::In(_)
            | ColumnTest::NotIn(_)
            | ColumnTest::Above(_)
            | ColumnTest::Below(_)
            | ColumnTest::Between(..)
            | ColumnTest::Empty
            | ColumnTest::EmptyOr(_) => self.test(&sorting, test),
        }
    }

    /// The place of an owner in the order of a field: by the first value, of those that meet the test.
    pub(super) fn first_value(
        &mut self,
        owner: Owner,
        column: CustomColumn,
        test: Option<&'a ColumnTest>,
    ) -> String {
        let meets = test.map(|test| format!(" and {}", self.of_value("v", test))).unwrap_or_default();
        format!(
            "(select {} from custom_value as v where v.part = {} and v.owner_key = {} and v.field_key = '{}'{meets} \
             order by v.group_index limit 1)",
            sorting("v"),
            owner.part,
            owner.key,
            column.field
        )
    }

    /// That `v` is the first value of its owner, of those that meet the test, and the only one to speak for it.
    pub(super) fn is_first(&mut self, column: CustomColumn, test: Option<&'a ColumnTest>) -> Vec<String> {
        let field = column.field;
        let mut texts = vec![format!("v.field_key = '{field}'")];
        texts.extend(test.map(|test| self.of_value("v", test)));
        let meets = test.map(|test| format!(" and {}", self.of_value("w", test))).unwrap_or_default();
        // What is in no group is alone.
        texts.push(format!(
            "(v.group_index = {NO_GROUP} or not exists (select 1 from custom_value as w where w.part = v.part \
             and w.owner_key = v.owner_key and w.field_key = '{field}' and w.group_index < v.group_index{meets}))"
        ));
        texts
    }

    /// Values, and behind each of them the loan that has it. PostgreSQL knows too little of two columns together to
    /// tell how many loans that are: it is told that there is one, and so reads values in their order.
    pub(super) fn values_with_loans(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => {
                "custom_value as v cross join loan_account \
                 on loan_account.part = v.part and loan_account.loan_key = v.owner_key"
            }
            Dialect::Postgres => {
                "custom_value as v cross join lateral (select * from loan_account \
                 where part = v.part and loan_key = v.owner_key limit 1) as loan_account"
            }
        }
    }

    /// The items behind values that were found, one for each; told as in [`Tests::values_with_loans`].
    pub(super) fn items_found(&self, table: &str, Owner { part, key }: Owner) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{table} on {part} = found.value_part and {key} = found.value_owner"),
            Dialect::Postgres => format!(
                "lateral (select * from {table} where {part} = found.value_part and {key} = found.value_owner limit 1) \
                 as {table}"
            ),
        }
    }

    /// What tells owners with the same value apart.
    pub(super) fn sequence(&self, key: &str) -> String {
        format!("substr({key}{}, {})", self.dialect.bytewise(), KEY_HEAD + 1)
    }
}

/// What a value is found and sorted by.
pub(super) fn sorting(value: &str) -> String {
    format!("lower({value}.comparable)")
}

fn of_field(owner: Owner, column: CustomColumn) -> String {
    format!(
        "select 1 from custom_value as v where v.part = {} and v.owner_key = {} and v.field_key = '{}'",
        owner.part, owner.key, column.field
    )
}

/// As much of a text as the index has.
fn beginning(text: &str) -> String {
    comparable(DataType::String, text).to_ascii_lowercase()
}
