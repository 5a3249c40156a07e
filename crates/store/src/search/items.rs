//! Searches of transactions, and the list of installments by due date.

use loam_app::search::columns::{Bound, ColumnTest};
use loam_app::search::savings_transactions::{MovementColumn, MovementQuery};
use loam_app::search::transactions::{TransactionColumn, TransactionQuery};
use loam_app::views::{DueFilter, Page};

use super::all_of;
use super::tested::Tests;
use crate::cells::Cell;
use crate::lists::Asking;
use crate::schema::Dialect;

/// The columns of `loan_transaction`, and then part and key of the loan; the newest first.
pub(crate) fn transaction_search(query: &TransactionQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let subject = |column| match column {
        TransactionColumn::Id => Of::Transaction("t.transaction_id"),
        TransactionColumn::Loan => Of::AccountKey("a.loan_key"),
        TransactionColumn::LoanId => Of::AccountId("a.id"),
        TransactionColumn::ValueDate => Of::Transaction("t.value_date"),
        TransactionColumn::RecordedAt => Of::Transaction("t.recorded_at"),
        TransactionColumn::User => Of::Transaction("t.actor"),
        TransactionColumn::CreditOfficer => Of::Transaction("a.user_key"),
        TransactionColumn::Branch => Of::Transaction("a.branch_key"),
    };
    let conditions: Vec<_> = query.conditions.iter().map(|(column, test)| (subject(*column), test)).collect();
    let columns = concat!(crate::rows::transaction::transaction_columns!(), ", a.loan_key");
    let joined =
        "l.part = a.part and l.account_no = a.account_no and t.part = l.part and t.log_no = l.log_no";
    let of_account = ("loan_log as l cross join loan_transaction", joined);
    newest(
        ("loan_transaction", "loan_account", columns),
        of_account,
        &conditions,
        query.before,
        (limit, dialect),
    )
}

/// Part and number of a deposit account, its transaction, and its key; the newest first.
pub(crate) fn movement_search(query: &MovementQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let subject = |column| match column {
        MovementColumn::Id => Of::Transaction("t.transaction_id"),
        MovementColumn::Account => Of::AccountKey("a.savings_key"),
        MovementColumn::AccountId => Of::AccountId("a.id"),
        MovementColumn::ValueDate => Of::Transaction("t.value_date"),
        MovementColumn::RecordedAt => Of::Transaction("t.recorded_at"),
        MovementColumn::CreditOfficer => Of::Transaction("a.user_key"),
        MovementColumn::Branch => Of::Transaction("a.branch_key"),
    };
    let conditions: Vec<_> = query.conditions.iter().map(|(column, test)| (subject(*column), test)).collect();
    let columns = "t.part, t.account_no, t.reversed_by, t.body, a.savings_key";
    let of_account = ("savings_transaction", "a.part = t.part and a.account_no = t.account_no");
    newest(
        ("savings_transaction", "savings_account", columns),
        of_account,
        &conditions,
        query.before,
        (limit, dialect),
    )
}

/// What a condition is about.
enum Of {
    Transaction(&'static str),
    AccountKey(&'static str),
    AccountId(&'static str),
}

/// `of_account` is how the transactions of one account are found: tables, the last of them theirs, and how they are joined.
fn newest<'a>(
    (transactions, accounts, columns): (&str, &str, &str),
    of_account: (&str, &str),
    conditions: &[(Of, &'a ColumnTest)],
    before: Option<i64>,
    (limit, dialect): (i64, Dialect),
) -> Asking<'a> {
    let mut tests = Tests::new(dialect);
    let mut texts = Vec::new();
    let mut are_few = false;
    for (of, test) in conditions {
        let (column, may_lead) = match of {
            Of::Transaction(column) => (column, false),
            Of::AccountKey(column) => (column, parts_of_keys(test).is_some()),
            Of::AccountId(column) => (column, test.wants_a_value()),
        };
        let text = tests.test(column, test);
        let parts = parts_of_keys(test).filter(|_| matches!(of, Of::AccountKey(_)));
        texts.push(parts.map_or_else(|| text.clone(), |parts| format!("a.part in ({parts}) and {text}")));
        are_few |= may_lead;
    }
    // The transactions of an account lead to their order, not the other way.
    let newest = if are_few { "(t.transaction_id + 0)" } else { "t.transaction_id" };
    if let Some(before) = before {
        texts.push(format!("{newest} < {}", tests.place(Cell::int(before))));
    }
    // The left one leads.
    let (tables, joined) = if are_few {
        (format!("{accounts} as a cross join {} as t", of_account.0), of_account.1)
    } else {
        let joined = "a.part = t.part and a.account_no = t.account_no";
        (format!("{transactions} as t cross join {accounts} as a"), joined)
    };
    texts.push(joined.to_owned());
    let sql =
        format!("select {columns} from {tables}{} order by {newest} desc limit {limit}", all_of(&texts));
    (sql, tests.values)
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
        Bound::Sorting(_) => None,
    };
    let parts: Option<Vec<String>> = bounds.iter().map(part).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(", "))
}
