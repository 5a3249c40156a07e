//! Searches of clients and transactions, and the list of installments by due date.

use loam_app::search::clients::{ClientColumn, ClientQuery};
use loam_app::search::columns::{Bound, ColumnTest};
use loam_app::search::transactions::{TransactionColumn, TransactionQuery};
use loam_app::views::{DueFilter, Page};

use super::tested::Tests;
use super::{Type, all_of, opaque};
use crate::cells::Cell;
use crate::lists::Asking;
use crate::schema::Dialect;

/// Clients in the order in which they were entered.
pub(crate) fn client_search(query: &ClientQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let mut tests = Tests::new(dialect);
    let mut texts = Vec::new();
    let mut are_few = false;
    for (column, test) in &query.conditions {
        let text = tests.test(client_column(*column), test);
        let parts = parts_of_keys(test).filter(|_| *column == ClientColumn::Key);
        are_few |= test.wants_a_value()
            && [ClientColumn::Key, ClientColumn::Id, ClientColumn::FullName, ClientColumn::LastName]
                .contains(column);
        texts.push(parts.map_or_else(|| text.clone(), |parts| format!("part in ({parts}) and {text}")));
    }
    // Where few clients are found, their index leads and not that of the order.
    let entered = if are_few { opaque("created_at", Type::Int) } else { "created_at".to_owned() };
    if let Some((created_at, key)) = query.after {
        let (created_at, key) = (tests.place(Cell::instant(created_at)), tests.place(Cell::key(key)));
        texts.push(format!("({entered}, client_key) > ({created_at}, {key})"));
    }
    let conditions = all_of(&texts);
    (
        format!("select body from client{conditions} order by {entered}, client_key limit {limit}"),
        tests.values,
    )
}

fn client_column(column: ClientColumn) -> &'static str {
    match column {
        ClientColumn::Key => "client_key",
        ClientColumn::Id => "id",
        ClientColumn::FullName => "(first_name || ' ' || last_name)",
        ClientColumn::FirstName => "first_name",
        ClientColumn::LastName => "last_name",
        ClientColumn::BirthDate => "birth_date",
        ClientColumn::CreatedAt => "created_at",
        ClientColumn::Branch => "branch_key",
        ClientColumn::Centre => "centre_key",
        ClientColumn::CreditOfficer => "user_key",
    }
}

/// The columns of `loan_transaction`, and then part and key of the loan; the newest first.
pub(crate) fn transaction_search(query: &TransactionQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let mut tests = Tests::new(dialect);
    let mut texts = vec!["a.part = t.part and a.account_no = t.account_no".to_owned()];
    let mut are_few = false;
    for (column, test) in &query.conditions {
        let text = tests.test(transaction_column(*column), test);
        let parts = parts_of_keys(test).filter(|_| *column == TransactionColumn::Loan);
        are_few |= parts.is_some() || (*column == TransactionColumn::LoanId && test.wants_a_value());
        texts.push(parts.map_or_else(|| text.clone(), |parts| format!("a.part in ({parts}) and {text}")));
    }
    // The transactions of a loan lead to their order, not the other way.
    let newest = if are_few { "(t.transaction_id + 0)" } else { "t.transaction_id" };
    if let Some(before) = query.before {
        texts.push(format!("{newest} < {}", tests.place(Cell::int(before))));
    }
    // The left one leads.
    let tables = if are_few {
        "loan_account as a cross join loan_transaction as t"
    } else {
        "loan_transaction as t cross join loan_account as a"
    };
    let columns: Vec<String> = crate::rows::transaction::transaction_columns!()
        .split(", ")
        .map(|column| format!("t.{column}"))
        .collect();
    let sql = format!(
        "select {}, a.loan_key from {tables}{} order by {newest} desc limit {limit}",
        columns.join(", "),
        all_of(&texts)
    );
    (sql, tests.values)
}

fn transaction_column(column: TransactionColumn) -> &'static str {
    match column {
        TransactionColumn::Id => "t.transaction_id",
        TransactionColumn::Loan => "a.loan_key",
        TransactionColumn::LoanId => "a.id",
        TransactionColumn::ValueDate => "t.value_date",
        TransactionColumn::RecordedAt => "t.recorded_at",
        TransactionColumn::User => "t.actor",
        TransactionColumn::CreditOfficer => "a.user_key",
        TransactionColumn::Branch => "a.branch_key",
    }
}

/// Part, key of the loan and number of each installment, by due date. Those that are repaid have an index of their own.
pub(crate) fn due_list<'a>(due: &DueFilter, page: Page, dialect: Dialect) -> Asking<'a> {
    let mut tests = Tests::new(dialect);
    let mut arm = |repaid: &str| {
        let mut texts = vec![
            format!("i.repaid_on {repaid}"),
            "a.part = i.part and a.account_no = i.account_no".to_owned(),
        ];
        let days = [(due.from, ">="), (due.to, "<=")];
        for (day, comparison) in days {
            texts.extend(day.map(|day| format!("i.due_date {comparison} {}", tests.place(Cell::date(day)))));
        }
        texts.extend(
            due.credit_officer.map(|key| format!("(a.user_key || '') = {}", tests.place(Cell::key(key)))),
        );
        if !due.within.is_empty() {
            let keys: Vec<String> = due.within.iter().map(|key| tests.place(Cell::key(*key))).collect();
            texts.push(format!("(a.branch_key || '') in ({})", keys.join(", ")));
        }
        format!(
            "select * from (select i.due_date, i.part, i.account_no, i.number, a.loan_key
               from installment as i cross join loan_account as a{}
              order by i.due_date, i.part, i.account_no, i.number limit {}) as arm",
            all_of(&texts),
            page.limit.saturating_add(page.offset)
        )
    };
    let (open, repaid) = (arm("is null"), arm("is not null"));
    let sql = format!(
        "select part, loan_key, number from ({open} union all {repaid}) as installments
          order by due_date, part, account_no, number limit {} offset {}",
        page.limit, page.offset
    );
    (sql, tests.values)
}

/// A key tells its part, and indexes of keys begin with it.
pub(super) fn parts_of_keys(test: &ColumnTest) -> Option<String> {
    let ColumnTest::In(bounds) = test else { return None };
    let part = |bound: &Bound| match bound {
        Bound::Key(key) => Some(key.part()?.number().to_string()),
        Bound::Int(_) | Bound::Date(_) | Bound::Instant(_) | Bound::Status(_) | Bound::SubState(_) => None,
    };
    let parts: Option<Vec<String>> = bounds.iter().map(part).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(", "))
}
