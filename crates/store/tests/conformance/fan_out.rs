//! Statements that ask every part. Each costs all machines of a spread book, so each stands on a list with its reason
//! (`fan_out.txt`), and nobody writes a new one without noticing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use loam_store::schema::{Kind, catalogue};

use crate::statements::COLLECTED;

const LIST: &str = include_str!("fan_out.txt");
/// Says that the list is to be written anew.
const WRITE: &str = "LOAM_FAN_OUT";
/// Under what stands what was written without a reason.
const UNJUDGED: &str = "to be judged";
/// How a reason begins that is for what Citus does not take.
const REFUSED: &str = "refused";
/// Fewer would mean that the suite was not listened to.
const AT_LEAST: usize = 300;

fn ledger() -> BTreeSet<String> {
    let distributed = catalogue().into_iter().filter(|table| table.kind == Kind::Distributed);
    distributed.map(|table| table.name).collect()
}

/// Whether a statement names tables of the ledger more often than it says of which part, or names no value for it. What is
/// inserted says by itself where it belongs.
fn asks_all_parts(statement: &str, ledger: &BTreeSet<String>) -> bool {
    let spaced = statement.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let is_part = |word: &str| word == "part" || word.ends_with(".part");
    let is_value = |word: &str| word.starts_with(|c: char| c == '$' || c.is_ascii_digit());
    let tables = words
        .windows(2)
        .filter(|pair| matches!(pair[0], "from" | "join" | "using" | "update") && ledger.contains(pair[1]));
    let values = words.windows(3).filter(|three| is_part(three[0]) && three[1] == "=" && is_value(three[2]));
    let joins = words.windows(3).filter(|three| is_part(three[0]) && three[1] == "=" && is_part(three[2]));
    let (tables, values, joins) = (tables.count(), values.count(), joins.count());
    tables > 0 && (values == 0 || values + joins < tables)
}

/// A statement as it stands on the list: without the numbers of its values, how many there are in a list of them, keys, and
/// what it selects, unless that is a query of its own or a count.
fn normalized(statement: &str) -> String {
    let mut sql = without_keys(&without_numbers(statement)).replace("(null)", "($)");
    while sql.contains("($, $") {
        sql = sql.replace("($, $", "($");
    }
    let (head, query) = match sql.split_once(" select ") {
        Some((insert, _)) if insert.starts_with("insert into ") => {
            let table = insert.split_whitespace().nth(2).unwrap_or_default();
            (format!("insert into {table} "), &sql[insert.len() + 1..])
        }
        _ => (String::new(), sql.as_str()),
    };
    format!("{head}{}", without_columns(query))
}

fn without_columns(query: &str) -> String {
    let Some(rest) = query.strip_prefix("select ") else { return query.to_owned() };
    match outer_from(rest).map(|at| rest.split_at(at)) {
        Some((columns, from)) if !columns.contains("select") && columns != "count(*)" => {
            format!("select …{from}")
        }
        _ => query.to_owned(),
    }
}

/// Where the ` from ` stands that is in no parentheses.
fn outer_from(query: &str) -> Option<usize> {
    let mut depth = 0_i32;
    query
        .char_indices()
        .map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (at, depth)
        })
        .find(|(at, depth)| *depth == 0 && query[*at..].starts_with(" from "))
        .map(|(at, _)| at)
}

/// `$12` as `$`.
fn without_numbers(sql: &str) -> String {
    let mut pieces = sql.split('$');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |sql, piece| sql + "$" + piece.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// A key of 32 digits in quotes as `$`.
fn without_keys(sql: &str) -> String {
    let is_key = |text: &str| text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit());
    let quoted = |(number, text): (usize, &str)| match (number % 2, is_key(text)) {
        (1, true) => "$".to_owned(),
        (1, false) => format!("'{text}'"),
        _ => text.to_owned(),
    };
    sql.split('\'').enumerate().map(quoted).collect()
}

/// A row of the list: what `%` leaves open, and why its statements may ask all parts.
struct Row {
    text: &'static str,
    reason: &'static str,
}

impl Row {
    fn is_refused(&self) -> bool {
        self.reason.starts_with(REFUSED)
    }

    fn is_like(&self, statement: &str) -> bool {
        is_like(self.text, statement)
    }
}

/// The rows of a list, each with the reason above it.
fn rows(list: &'static str) -> Vec<Row> {
    let mut reason = "";
    let mut rows = Vec::new();
    for line in list.lines() {
        match line.strip_prefix("## ") {
            Some(heading) => reason = heading,
            None if line.is_empty() || line.starts_with('#') => {}
            None => rows.push(Row { text: line, reason }),
        }
    }
    rows
}

fn is_like(pattern: &str, statement: &str) -> bool {
    let Some((first, others)) = pattern.split_once('%') else { return pattern == statement };
    let Some(mut rest) = statement.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = others.split('%').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some((_, behind)) = rest.split_once(piece) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
}

/// What is wrong with the list, as sentences.
fn objections(statements: &BTreeSet<String>, rows: &[Row]) -> Vec<String> {
    let mut found = Vec::new();
    for statement in statements {
        let reasons: BTreeMap<bool, &str> = rows
            .iter()
            .filter(|row| row.is_like(statement))
            .map(|row| (row.is_refused(), row.reason))
            .collect();
        match reasons.len() {
            0 => found.push(format!("asks every part, and is not on the list: {statement}")),
            1 => {}
            _ => found.push(format!("Citus refuses it, and another row says that it goes: {statement}")),
        }
    }
    for row in rows {
        if !statements.iter().any(|statement| row.is_like(statement)) {
            found.push(format!("no statement is like this row: {}", row.text));
        }
        if row.reason.is_empty() || row.reason == UNJUDGED {
            found.push(format!("stands on the list without a reason: {}", row.text));
        }
    }
    found
}

/// The list without rows that no statement is like, and with the statements that are not on it at the end.
fn written_anew(list: &str, statements: &BTreeSet<String>, rows: &[Row]) -> String {
    let is_gone = |line: &&str| {
        rows.iter().any(|row| row.text == *line)
            && !statements.iter().any(|statement| is_like(line, statement))
    };
    let mut anew: Vec<&str> = list.lines().filter(|line| !is_gone(line)).collect();
    let missing = statements.iter().filter(|statement| !rows.iter().any(|row| row.is_like(statement)));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    let heading = format!("## {UNJUDGED}");
    if !missing.is_empty() {
        anew.extend(["", &heading]);
        anew.extend(missing);
    }
    anew.join("\n") + "\n"
}

/// What the tests of spread books send, by running them once more and listening.
fn sent(file: &Path) -> BTreeSet<String> {
    let suite = std::env::current_exe().unwrap();
    let listened = Command::new(suite).arg("spread::").env(COLLECTED, file).output().unwrap();
    assert!(listened.status.success(), "{}", String::from_utf8_lossy(&listened.stdout));
    std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever changed statements says that the list is to follow")]
fn every_statement_that_asks_all_parts_is_on_the_list_with_its_reason() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("statements-{}", std::process::id()));
    let sent = sent(&file);
    std::fs::remove_file(&file).unwrap();
    assert!(sent.len() >= AT_LEAST, "only {} statements were heard of", sent.len());
    let ledger = ledger();
    let asking = sent.iter().filter(|statement| asks_all_parts(statement, &ledger));
    let asking: BTreeSet<String> = asking.map(|statement| normalized(statement)).collect();
    let rows = rows(LIST);
    if std::env::var_os(WRITE).is_some() {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/fan_out.txt");
        std::fs::write(list, written_anew(LIST, &asking, &rows)).unwrap();
        return;
    }
    let found = objections(&asking, &rows);
    assert!(found.is_empty(), "see the head of fan_out.txt:\n{}", found.join("\n"));
}

#[test]
fn what_asks_all_parts_is_told_from_what_does_not() {
    let ledger = ["loan_account", "guarantor"].map(str::to_owned).into();
    for asking in [
        "select id from loan_account where account_no = $1",
        "select id from loan_account where (part, account_no) in (select * from unnest($1::bigint[]))",
        "select id from loan_account where part in ($1, $2)",
        "select id from loan_account as a join guarantor as g on g.part = a.part",
        "delete from loan_account where part = $1 and not exists (select 1 from guarantor where holder_key = $2)",
        "insert into record select id from loan_account",
    ] {
        assert!(asks_all_parts(asking, &ledger), "{asking}");
    }
    for other in [
        "select id from loan_account where part = $1 and account_no = $2",
        "select id from loan_account as a, b where a.part = $3::bigint",
        "select 1 from loan_account as a join guarantor as g on g.part = a.part where a.part = $1",
        "insert into loan_account (part) select * from unnest($1::bigint[])",
        "select id from record where number = $1",
    ] {
        assert!(!asks_all_parts(other, &ledger), "{other}");
    }
}

#[test]
fn a_statement_stands_on_the_list_without_what_changes() {
    let key = "0123456789abcdef0123456789abcdef";
    for (statement, expected) in [
        ("select id, coalesce(a, (b)) from t where a in ($1, $2, $13)", "select … from t where a in ($)"),
        ("select count(*) from t where a = $10::bigint", "select count(*) from t where a = $::bigint"),
        ("insert into t (a, b) select a, b from u", "insert into t select … from u"),
        ("select (select max(a) from u), b from t", "select (select max(a) from u), b from t"),
        (
            &format!("select a from t where b = '{key}' and c = 'd'"),
            "select … from t where b = $ and c = 'd'",
        ),
    ] {
        assert_eq!(normalized(statement), expected);
    }
}

#[test]
fn a_list_that_is_not_right_is_objected_to_and_can_be_written_anew() {
    let list = "# A head.\n\n## refused: a join\nselect … from a join %\n\n## lists\nselect … from b\n";
    let (rows, judged) = (rows(list), |statements: &[&str]| -> BTreeSet<String> {
        statements.iter().map(|statement| (*statement).to_owned()).collect()
    });
    let right = judged(&["select … from a join c", "select … from b"]);
    assert_eq!(objections(&right, &rows), Vec::<String>::new());
    assert_eq!(written_anew(list, &right, &rows), list);
    let other = judged(&["select … from a join c", "select … from d"]);
    let found = objections(&other, &rows);
    assert!(found[0].contains("not on the list: select … from d") && found[1].ends_with("select … from b"));
    let anew = "# A head.\n\n## refused: a join\nselect … from a join %\n\n## lists\n\n## to be judged\nselect … from d\n";
    assert_eq!(written_anew(list, &other, &rows), anew);
    let hiding = rows.into_iter().chain([Row { text: "select … from a %", reason: "lists" }]);
    let found = objections(&right, &hiding.collect::<Vec<_>>());
    assert_eq!(found, ["Citus refuses it, and another row says that it goes: select … from a join c"]);
}
