//! Rows about single loans: what is owed, what falls due, what happened.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::catalog::Catalog;
use crate::journal::balances::OwedToOthers;
use crate::loan::transaction::LoanTransaction;
use crate::loan::{Installment, Loan};
use crate::product::AccountingMethod;
use crate::report::{Column, Row, Value, known_by};

/// What each loan owes, and what stands in the ledger for it that is owed to others.
pub const SUB_LEDGER: &[Column] = &[
    Column::text("accountId"),
    Column::text("encodedKey"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::text("accountState"),
    Column::text("accountingMethod"),
    Column::money("principal"),
    Column::money("interest"),
    Column::money("fees"),
    Column::money("penalties"),
    Column::money("total"),
    Column::money("overpaid"),
    Column::count("daysPastDue"),
    Column::day("lateSince"),
    Column::money("taxesPayable"),
    Column::money("deferredFeeIncome"),
    Column::money("investorFunds"),
    Column::money("investorInterestPayable"),
];

/// What a loan owes on a day, and what is owed to others; `None` where it was not paid out and nothing stands for it.
pub fn sub_ledger(loan: &Loan, to_others: &OwedToOthers, on: Date, catalog: &Catalog) -> Option<Row> {
    if loan.state().disbursed_on().is_none() && *to_others == OwedToOthers::ZERO {
        return None;
    }
    let owed = loan.servicing.outstanding;
    let currency = loan.terms.currency;
    let mut row = named(loan, catalog);
    row.extend([Value::text(loan.state().name()), Value::text(method_name(loan.terms.accounting.method))]);
    row.extend(money(owed, currency));
    row.extend([
        Value::Money(owed.total(), currency),
        Value::Money(loan.servicing.course.overpaid, currency),
        Value::Count(loan.days_late(on)),
        Value::day(loan.late_since()),
    ]);
    let OwedToOthers { taxes, deferred_fees, investor_funds, investor_interest } = *to_others;
    row.extend(
        [taxes, deferred_fees, investor_funds, investor_interest]
            .map(|amount| Value::Money(amount, currency)),
    );
    Some(row)
}

/// The rows of all loans.
pub const SCHEDULES: &[Column] = &[
    Column::text("accountId"),
    Column::text("encodedKey"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::count("number"),
    Column::day("dueDate"),
    Column::money("principalExpected"),
    Column::money("interestExpected"),
    Column::money("feesExpected"),
    Column::money("penaltiesExpected"),
    Column::money("principalPaid"),
    Column::money("interestPaid"),
    Column::money("feesPaid"),
    Column::money("penaltiesPaid"),
    Column::day("repaidOn"),
];

/// The rows of a loan that was paid out.
pub fn schedule(loan: &Loan, catalog: &Catalog) -> Vec<Row> {
    if loan.state().disbursed_on().is_none() {
        return Vec::new();
    }
    let currency = loan.terms.currency;
    let row = |installment: &Installment| {
        let mut row = named(loan, catalog);
        row.extend([Value::Count(i64::from(installment.number)), Value::Day(installment.due_date)]);
        row.extend(money(installment.expected, currency));
        row.extend(money(installment.paid, currency));
        row.push(Value::day(installment.repaid_on));
        row
    };
    loan.servicing.installments.iter().map(row).collect()
}

/// What is to be collected.
pub const COLLECTIONS: &[Column] = &[
    Column::text("accountId"),
    Column::text("encodedKey"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::text("holderKey"),
    Column::text("creditOfficerKey"),
    Column::count("number"),
    Column::day("dueDate"),
    Column::money("principal"),
    Column::money("interest"),
    Column::money("fees"),
    Column::money("penalties"),
    Column::money("total"),
];

/// What an active loan has unpaid in installments that fall due from one day to another, both included.
pub fn collections(loan: &Loan, (from, to): (Date, Date), catalog: &Catalog) -> Vec<Row> {
    if !loan.state().is_active() {
        return Vec::new();
    }
    let currency = loan.terms.currency;
    let officer = loan.assignment.user.map(|key| Value::Text(key.to_string()));
    let row = |installment: &Installment| {
        let unpaid = installment.unpaid();
        let mut row = named(loan, catalog);
        row.extend([
            Value::Text(loan.holder.key.to_string()),
            officer.clone().unwrap_or(Value::Nothing),
            Value::Count(i64::from(installment.number)),
            Value::Day(installment.due_date),
        ]);
        row.extend(money(unpaid, currency));
        row.push(Value::Money(unpaid.total(), currency));
        row
    };
    let falls_due = |installment: &&Installment| {
        (from..=to).contains(&installment.due_date) && !installment.unpaid().is_zero()
    };
    loan.servicing.installments.iter().filter(falls_due).map(row).collect()
}

/// What happened.
pub const TRANSACTIONS: &[Column] = &[
    Column::text("accountId"),
    Column::text("encodedKey"),
    Column::text("productId"),
    Column::text("branchId"),
    Column::text("currency"),
    Column::count("transactionId"),
    Column::text("type"),
    Column::day("valueDate"),
    Column::day("bookingDate"),
    Column::money("amount"),
    Column::money("principal"),
    Column::money("interest"),
    Column::money("fees"),
    Column::money("penalties"),
    Column::money("principalBalance"),
    Column::count("reverses"),
];

/// A transaction of a loan.
pub fn transaction(loan: &Loan, transaction: &LoanTransaction, catalog: &Catalog) -> Row {
    let currency = loan.terms.currency;
    let kind = serde_json::to_value(transaction.kind).expect("a kind is a plain name");
    let mut row = named(loan, catalog);
    row.extend([
        Value::Count(transaction.id),
        Value::Text(kind.as_str().unwrap_or_default().to_ascii_uppercase()),
        Value::Day(transaction.value_date),
        Value::Day(transaction.stamp.booking_date),
        Value::Money(transaction.amount, currency),
    ]);
    row.extend(money(transaction.split, currency));
    row.push(Value::Money(transaction.principal_balance, currency));
    row.push(transaction.reverses.map_or(Value::Nothing, Value::Count));
    row
}

fn named(loan: &Loan, catalog: &Catalog) -> Row {
    let place = (loan.terms.product, loan.assignment.branch);
    known_by((&loan.id, loan.key), place, loan.terms.currency, catalog)
}

fn money(components: Components, currency: Currency) -> [Value; 4] {
    let of = |amount: Amount| Value::Money(amount, currency);
    [of(components.principal), of(components.interest), of(components.fees), of(components.penalties)]
}

pub(super) fn method_name(method: AccountingMethod) -> &'static str {
    match method {
        AccountingMethod::None => "NONE",
        AccountingMethod::Cash => "CASH",
        AccountingMethod::Accrual => "ACCRUAL",
    }
}
