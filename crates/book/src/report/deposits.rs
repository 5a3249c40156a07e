//! Rows about single deposit accounts.

use crate::catalog::Catalog;
use crate::report::loans::method_name;
use crate::report::{Column, Row, Value, known_by};
use crate::savings::Savings;
use crate::savings::as_of::Standing;

/// What each deposit account has, and what stands in the ledger for it.
pub const DEPOSIT_SUB_LEDGER: &[Column] = &[
    Column::text("accountId"),
    Column::text("encodedKey"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::text("accountState"),
    Column::text("accountingMethod"),
    Column::money("balance"),
    Column::money("savings"),
    Column::money("overdraft"),
    Column::money("taxesPayable"),
];

/// What stands for a deposit account on a day.
pub fn sub_ledger(account: &Savings, standing: &Standing, catalog: &Catalog) -> Row {
    let currency = account.terms.currency;
    let Standing { balance, savings, overdraft, taxes } = *standing;
    let place = (account.terms.product, account.assignment.branch);
    let mut row = known_by((&account.id, account.key), place, currency, catalog);
    row.push(Value::text(account.state.name()));
    row.push(Value::text(method_name(account.terms.accounting.method)));
    row.extend([balance, savings, overdraft, taxes].map(|amount| Value::Money(amount, currency)));
    row
}
