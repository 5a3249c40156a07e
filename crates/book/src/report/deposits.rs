//! Rows about single deposit accounts.

use crate::catalog::Catalog;
use crate::report::loans::method_name;
use crate::report::{Column, Row, Value, branch_id, product_id};
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
    let mut row = vec![
        Value::text(&account.id),
        Value::Text(account.key.to_string()),
        product_id(Some(account.terms.product), catalog),
        branch_id(account.assignment.branch, catalog),
        Value::text(currency.code()),
        Value::text(account.state.name()),
        Value::text(method_name(account.terms.accounting.method)),
    ];
    row.extend([balance, savings, overdraft, taxes].map(|amount| Value::Money(amount, currency)));
    row
}
