//! Loans by what the records are called that they belong to: names are looked for in the catalog, and loans by the
//! keys that have them.

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::organization::User;

use super::columns::{Bound, Column, ColumnTest};
use super::{Test, Value};

/// Whose name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedFact {
    Product,
    Branch,
    Centre,
    /// First and last name.
    CreditOfficer,
}

impl NamedFact {
    /// The column that has the key.
    pub(super) fn column(self) -> Column {
        match self {
            NamedFact::Product => Column::Product,
            NamedFact::Branch => Column::Branch,
            NamedFact::Centre => Column::Centre,
            NamedFact::CreditOfficer => Column::CreditOfficer,
        }
    }

    /// What holds of the key wherever the test holds of the name.
    pub(super) fn of_keys(self, test: &Test, catalog: &Catalog) -> ColumnTest {
        match test {
            Test::Empty => return ColumnTest::Empty,
            Test::NotEmpty => return ColumnTest::NotEmpty,
            Test::Is(_)
            | Test::IsNot(_)
            | Test::IsExactly(_)
            | Test::Above(_)
            | Test::Below(_)
            | Test::Between(..)
            | Test::StartsWith(_) => {}
        }
        let named = self.all(catalog).into_iter();
        let found = named.filter(|(_, name)| test.holds(Some(&Value::Text(name.clone()))));
        let keys = ColumnTest::In(found.map(|(key, _)| Bound::Key(key)).collect());
        if test.wants_a_value() { keys } else { ColumnTest::EmptyOr(Box::new(keys)) }
    }

    fn all(self, catalog: &Catalog) -> Vec<(Key, String)> {
        match self {
            NamedFact::Product => {
                catalog.products.iter().map(|found| (found.key, found.name.clone())).collect()
            }
            NamedFact::Branch => {
                catalog.branches.iter().map(|found| (found.key, found.name.clone())).collect()
            }
            NamedFact::Centre => {
                catalog.centres.iter().map(|found| (found.key, found.name.clone())).collect()
            }
            NamedFact::CreditOfficer => {
                catalog.users.iter().map(|found| (found.key, name_of(found))).collect()
            }
        }
    }

    /// The name that a loan has of it.
    pub(super) fn name(self, loan: &Loan, catalog: &Catalog) -> Option<String> {
        match self {
            NamedFact::Product => catalog.products.by_key(loan.terms.product).map(|found| found.name.clone()),
            NamedFact::Branch => {
                catalog.branches.by_key(loan.assignment.branch?).map(|found| found.name.clone())
            }
            NamedFact::Centre => {
                catalog.centres.by_key(loan.assignment.centre?).map(|found| found.name.clone())
            }
            NamedFact::CreditOfficer => catalog.users.by_key(loan.assignment.user?).map(|user| name_of(user)),
        }
    }
}

fn name_of(user: &User) -> String {
    format!("{} {}", user.first_name, user.last_name).trim().to_owned()
}
