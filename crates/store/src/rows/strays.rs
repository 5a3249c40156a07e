//! Rows that hang on nothing, as `check` tells of them: each question with what is read of it. Keys are told as they are
//! written, whether they are keys or not.

use loam_app::error::StoreError;

use crate::cells::{Cell, Columns, Cursor, Row};

/// Tables whose rows must belong to a log.
const LOGGED_LOANS: [&str; 6] =
    ["loan_account", "loan_action", "installment", "settlement", "investor_share", "guarantor"];
const LOGGED_SAVINGS: [&str; 2] = ["savings_account", "savings_transaction"];

/// Papers about something that is not there, and pieces of documents without a paper.
pub(crate) fn stray_papers() -> [(&'static str, String); 2] {
    const SUBJECTS: [(&str, &str); 5] = [
        ("client", "client_key"),
        ("client_group", "group_key"),
        ("loan_account", "loan_key"),
        ("savings_account", "savings_key"),
        ("line_of_credit", "line_key"),
    ];
    let is_no = |(table, key): (&str, &str)| {
        format!(
            "not exists (select 1 from {table} as s where s.part = paper.part and s.{key} = paper.subject_key)"
        )
    };
    let conditions: Vec<String> = SUBJECTS.into_iter().map(is_no).collect();
    let conditions = conditions.join(" and ");
    let about = format!(
        "select part, paper_key from paper where subject_key is not null and {conditions}
            and not exists (select 1 from record as s where s.record_key = paper.subject_key)
          order by part, paper_key"
    );
    let pieces = "select distinct part, paper_key from document_piece as d
                   where not exists (select 1 from paper as p where p.part = d.part and p.paper_key = d.paper_key)
                   order by part, paper_key";
    [("what it is about is not there", about), ("a document of it is kept, and no paper", pieces.to_owned())]
}

/// Reads `part, paper_key`, as a sentence.
pub(crate) fn read_stray_paper(what: &str, row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new("paper", row);
    row.skip(1);
    Ok(format!("paper {}: {what}", row.text()?))
}

/// Applications of borrowers who are not there; both lie in one part.
pub(crate) const STRAY_APPLICATIONS: &str = "select application_key, borrower_key, number from application
      where not exists (select 1 from client as c
                         where c.part = application.part and c.client_key = application.borrower_key)
      order by number";

/// Reads what [`STRAY_APPLICATIONS`] selects, as a sentence.
pub(crate) fn read_stray_application(row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new("application", row);
    let (key, borrower, number) = (row.text()?, row.text()?, row.int()?);
    Ok(format!("application {number} ({key}): its borrower, the client {borrower}, is not there"))
}

/// What has a holder, who is kept in the same part: the table, how one is called, its key, and the kind of its holder.
pub(crate) const HELD: [(&str, &str, &str, &str); 3] = [
    ("loan_account", "loan", "loan_key", "holder_kind"),
    ("savings_account", "deposit account", "savings_key", "holder_kind"),
    ("line_of_credit", "line of credit", "line_key", "'client or group'"),
];

/// Holders who are not there. It names columns of one index alone: almost always there are none, and then no account is read.
pub(crate) fn lost_holders(table: &str) -> String {
    format!(
        "select distinct part, holder_key from {table} as a
          where not exists (select 1 from client as c where c.part = a.part and c.client_key = a.holder_key)
            and not exists (select 1 from client_group as g where g.part = a.part and g.group_key = a.holder_key)
          order by part, holder_key"
    )
}

/// Reads what [`lost_holders`] selects, as what is asked of them.
pub(crate) fn read_lost_holder(row: &impl Columns) -> Result<Row<'static>, StoreError> {
    let mut row = Cursor::new("holder_key", row);
    Ok(vec![Cell::int(row.int()?), Cell::text(row.text()?).into_owned()])
}

/// What is held by some of those; `of_them` names them.
pub(crate) fn held_by((table, _, key, kind): (&str, &str, &str, &str), of_them: &str) -> String {
    format!("select id, {key}, {kind}, holder_key from {table} where {of_them} order by part, id")
}

/// Reads what [`held_by`] selects, as a sentence.
pub(crate) fn read_held(name: &str, row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new("holder_key", row);
    let (id, key, kind, holder) = (row.text()?, row.text()?, row.text()?, row.text()?);
    Ok(format!("{name} {id} ({key}): its holder, the {kind} {holder}, is not there"))
}

/// Rows that are read with no account, whose keys are none: the table, and the question for number, part and key.
pub(crate) fn damaged_keys() -> [(&'static str, String); 2] {
    // Lowercase hexadecimal digits, 32 of them, in words that both databases know.
    let damaged = |table, number, key| {
        format!(
            "select {number}, part, {key} from {table}
              where length({key}) <> 32 or trim({key}, '0123456789abcdef') <> '' order by part, {key}"
        )
    };
    [
        ("application", damaged("application", "number", "application_key")),
        ("custom_owner", damaged("custom_owner", "cast(null as bigint)", "owner_key")),
    ]
}

/// Reads what [`damaged_keys`] selects, as a sentence.
pub(crate) fn read_damaged_key(table: &'static str, row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new(table, row);
    let (number, part, key) = (row.maybe_int()?, row.int()?, row.text()?);
    let number = number.map(|number| format!(" number {number}")).unwrap_or_default();
    Ok(format!("{table}{number} of part {part}: \"{key}\" is no key"))
}

/// Tables whose rows must belong to a log, each with the question for accounts that have rows but no
/// log. Transactions and transfers belong to the very entry whose number they have; transfers come of loans, of deposit
/// accounts, or of what the book posts in the evening.
pub(crate) fn orphan_queries() -> Vec<(&'static str, String)> {
    const ACCOUNT: &[&str] = &["part", "account_no"];
    const ENTRY: &[&str] = &["part", "account_no", "seq", "log_no"];
    let of_loans = LOGGED_LOANS.map(|table| (table, &["loan_log"][..], ACCOUNT));
    let of_savings = LOGGED_SAVINGS.map(|table| (table, &["savings_log"][..], ACCOUNT));
    let of_entries = [
        ("loan_transaction", &["loan_log"][..], ENTRY),
        ("journal_transfer", &["loan_log", "savings_log", "evening_log"][..], ENTRY),
        ("evening_log", &["income_account", "provision_account", "deposit_interest_account"][..], ACCOUNT),
    ];
    let all = of_loans.into_iter().chain(of_entries).chain(of_savings);
    all.map(|(table, logs, by)| (table, orphan_query(table, logs, by))).collect()
}

fn orphan_query(table: &str, logs: &[&str], by: &[&str]) -> String {
    let has_no = |log: &&str| {
        let same: Vec<String> =
            by.iter().map(|column| format!("{log}.{column} = {table}.{column}")).collect();
        format!("not exists (select 1 from {log} where {})", same.join(" and "))
    };
    let conditions: Vec<String> = logs.iter().map(has_no).collect();
    let conditions = conditions.join(" and ");
    format!("select distinct part, account_no from {table} where {conditions} order by part, account_no")
}

/// Reads `part, account_no`, as a sentence.
pub(crate) fn read_orphan(table: &'static str, row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new(table, row);
    let (part, account_no) = (row.int()?, row.int()?);
    let what = match table {
        "loan_transaction" | "journal_transfer" => "has rows that no entry of a log brought",
        _ => "has rows, but there is no log",
    };
    Ok(format!("account number {account_no} of part {part}: {table} {what}"))
}
