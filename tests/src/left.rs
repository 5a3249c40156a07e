//! What days leave in a book, table by table, without what is drawn or counted off and without the clock: two books
//! that went the same way hold the same.

use crate::database::Database;

/// What is compared, and the query that shows it.
const LEFT: [(&str, &str); 5] = [
    (
        "loans",
        "select part, account_no, status, principal_outstanding_minor, interest_outstanding_minor,
                fees_outstanding_minor, penalties_outstanding_minor, principal_paid_minor, interest_paid_minor,
                late_since, arrears_since, last_interest_applied_on, acts_on
           from loan_account order by part, account_no",
    ),
    (
        "loan entries",
        "select part, account_no, seq, event, value_date, booking_date from loan_log
          order by part, account_no, seq",
    ),
    (
        "deposit accounts",
        "select part, account_no, balance_minor, next_action_on from savings_account order by part, account_no",
    ),
    (
        "transfers",
        "select part, account_no, seq, n, debit, credit, amount_minor, value_date, booking_date
           from journal_transfer as t
          where not exists (select 1 from provision_account as p
                             where p.part = t.part and p.account_no = t.account_no)
            and not exists (select 1 from deposit_interest_account as d
                             where d.part = t.part and d.account_no = t.account_no)
          order by part, account_no, seq, n",
    ),
    (
        "sums of days",
        "select account, booking_date, branch_key, currency, sum(debits_minor), sum(credits_minor)
           from ledger_day group by account, booking_date, branch_key, currency
          having sum(debits_minor) <> 0 or sum(credits_minor) <> 0
          order by account, booking_date, branch_key, currency",
    ),
];

/// Panics unless two books on PostgreSQL hold the same; shows the first row in which they differ.
///
/// # Panics
/// When they differ, or hold nothing.
#[track_caller]
pub fn assert_the_same(one: &Database, other: &Database) {
    for (what, query) in LEFT {
        let [one, other] = [one, other].map(|database| rows(database, query));
        let differing = one.iter().zip(&other).find(|(one, other)| one != other);
        assert_eq!(differing, None, "{what}");
        assert_eq!(one.len(), other.len(), "{what}");
        assert!(!one.is_empty(), "{what}");
    }
}

/// One line for each row.
fn rows(database: &Database, query: &str) -> Vec<String> {
    let rows = format!("select coalesce(string_agg(row::text, chr(10)), '') from ({query}) as row");
    database.text(&rows).lines().map(str::to_owned).collect()
}
