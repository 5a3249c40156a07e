//! Reports: what the rows about loans say on a day. Which loans there are, and in which form rows go out, is for others.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::catalog::Catalog;
use crate::ids::Key;

pub mod at_risk;
pub mod deposits;
pub mod loans;
pub mod provisions;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Count,
    Day,
    Money,
}

/// A column and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What stands in a cell; nothing where there is nothing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Text(String),
    Count(i64),
    Day(Date),
    Money(Amount, Currency),
}

/// One value for each column.
pub type Row = Vec<Value>;

impl Column {
    pub const fn text(name: &'static str) -> Column {
        Column { name, kind: Kind::Text }
    }

    pub const fn count(name: &'static str) -> Column {
        Column { name, kind: Kind::Count }
    }

    pub const fn day(name: &'static str) -> Column {
        Column { name, kind: Kind::Day }
    }

    pub const fn money(name: &'static str) -> Column {
        Column { name, kind: Kind::Money }
    }
}

impl Value {
    pub fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    pub fn day(date: Option<Date>) -> Value {
        date.map_or(Value::Nothing, Value::Day)
    }
}

/// The id of a branch.
pub fn branch_id(branch: Option<Key>, catalog: &Catalog) -> Value {
    let found = branch.and_then(|key| catalog.branches.by_key(key));
    found.map_or(Value::Nothing, |branch| Value::text(&branch.id))
}

/// By what an account is known: id, key, product, branch, currency.
fn known_by(
    (id, key): (&str, Key),
    (product, branch): (Key, Option<Key>),
    currency: Currency,
    catalog: &Catalog,
) -> Row {
    vec![
        Value::text(id),
        Value::Text(key.to_string()),
        product_id(Some(product), catalog),
        branch_id(branch, catalog),
        Value::text(currency.code()),
    ]
}

/// The id of a product of loans or of deposit accounts.
pub fn product_id(product: Option<Key>, catalog: &Catalog) -> Value {
    let Some(key) = product else { return Value::Nothing };
    let loans = catalog.products.by_key(key).map(|product| &product.id);
    let found = loans.or_else(|| catalog.savings_products.by_key(key).map(|product| &product.id));
    found.map_or_else(|| Value::Text(key.to_string()), |id| Value::text(id))
}
