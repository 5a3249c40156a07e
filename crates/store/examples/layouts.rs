//! Measures table layouts for two decisions: installments as rows or as one document, and the
//! order of keys in append-only tables. Numbers are ratios of one machine and one moment.
//!
//! `cargo run --release -p loam-store --example layouts -- FOLDER [POSTGRES_URL]`

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

/// Repayments measured, and how many share a commit.
const REPAYMENTS: i64 = 20_000;
const BATCH: i64 = 64;
/// Rows of the append-only tables, and the accounts they belong to.
const ROWS: i64 = 1_000_000;
const ACCOUNTS: i64 = 100_000;

/// The same accounts in every run: a linear congruential generator.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).expect("31 bits fit") % below
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("name a folder for the files");
    println!("{:<58}{:>12}", "layout", "per second");
    for installments in [12, 360] {
        let loans = if installments == 12 { 50_000 } else { 5_000 };
        sqlite_rows(Path::new(&folder), installments, loans);
        sqlite_document(Path::new(&folder), installments, loans);
    }
    for layout in SQLITE_APPENDS {
        sqlite_append(Path::new(&folder), layout);
    }
    if let Some(url) = arguments.next() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
        runtime.block_on(postgres(&url));
    }
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn timed(name: &str, count: i64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    report(name, count, start);
}

fn report(name: &str, count: i64, start: Instant) {
    let milliseconds = i64::try_from(start.elapsed().as_millis()).expect("it did not take ages").max(1);
    println!("{name:<58}{:>12}", count * 1_000 / milliseconds);
}

fn open(folder: &Path, name: &str) -> Connection {
    let path = folder.join(name);
    for end in ["", "-wal", "-shm"] {
        let _was_not_there = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    let connection = Connection::open(path).expect("the folder can be written");
    connection
        .execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 40000;
             pragma cache_size = -24000",
        )
        .expect("the settings exist");
    connection
}

const INSTALLMENT_ROWS: &str = "create table installment (
    part integer not null, account_no integer not null, number integer not null, due_date integer not null,
    principal_expected_minor integer not null, interest_expected_minor integer not null,
    interest_applied_minor integer not null, principal_paid_minor integer not null,
    interest_paid_minor integer not null, fees_paid_minor integer not null,
    last_paid_on integer, repaid_on integer, primary key (part, account_no, number)) strict, without rowid";

/// Load all installments of a loan, pay one, write that one.
fn sqlite_rows(folder: &Path, installments: i64, loans: i64) {
    let mut connection = open(folder, "rows.db");
    connection.execute_batch(INSTALLMENT_ROWS).expect("the table is new");
    let tx = connection.transaction().expect("nobody else writes");
    for loan in 0..loans {
        let mut insert = tx
            .prepare_cached(
                "insert into installment values (?1, ?2, ?3, 20000, 10000, 500, 0, 0, 0, 0, null, null)",
            )
            .expect("the columns match");
        for number in 0..installments {
            insert.execute(params![loan % 4_096, loan, number]).expect("the key is new");
        }
    }
    tx.commit().expect("the disk has room");
    let mut dice = Dice(1);
    timed(&format!("sqlite, {installments} installments, rows: repayments"), REPAYMENTS, || {
        for _ in 0..REPAYMENTS / BATCH {
            let tx = connection.transaction().expect("nobody else writes");
            for _ in 0..BATCH {
                repay_row(&tx, dice.roll(loans), dice.roll(installments));
            }
            tx.commit().expect("the disk has room");
        }
    });
}

fn repay_row(connection: &Connection, loan: i64, number: i64) {
    let mut select = connection
        .prepare_cached("select * from installment where part = ?1 and account_no = ?2 order by number")
        .expect("the table is there");
    let rows = select
        .query_map(params![loan % 4_096, loan], |row| {
            (0..12).map(|at| row.get(at)).collect::<Result<Vec<Option<i64>>, _>>()
        })
        .expect("the parameters match");
    let rows: Vec<_> = rows.map(|row| row.expect("integers")).collect();
    assert!(!rows.is_empty(), "the loan is there");
    let updated = connection
        .prepare_cached(
            "update installment set principal_paid_minor = principal_paid_minor + 1, last_paid_on = 20001
              where part = ?1 and account_no = ?2 and number = ?3",
        )
        .and_then(|mut update| update.execute(params![loan % 4_096, loan, number]));
    assert_eq!(updated.expect("the row can be written"), 1);
}

/// An installment in a document: as many figures as a row has.
fn document(installments: i64) -> String {
    let one = |number| {
        serde_json::json!({
            "number": number, "due_date": "2026-01-31", "is_grace": false,
            "expected": { "principal": 10_000, "interest": 500, "fees": 0, "penalties": 0 },
            "interest_applied": 0, "paid": { "principal": 0, "interest": 0, "fees": 0, "penalties": 0 },
            "last_paid_on": null, "repaid_on": null,
        })
    };
    serde_json::Value::Array((0..installments).map(one).collect()).to_string()
}

/// The same with one document for each loan.
fn sqlite_document(folder: &Path, installments: i64, loans: i64) {
    let mut connection = open(folder, "document.db");
    let table =
        "create table schedule (part integer not null, account_no integer not null, body text not null,
                 primary key (part, account_no)) strict";
    connection.execute_batch(table).expect("the table is new");
    let body = document(installments);
    let tx = connection.transaction().expect("nobody else writes");
    for loan in 0..loans {
        tx.prepare_cached("insert into schedule values (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![loan % 4_096, loan, body]))
            .expect("the key is new");
    }
    tx.commit().expect("the disk has room");
    let mut dice = Dice(1);
    timed(&format!("sqlite, {installments} installments, document: repayments"), REPAYMENTS, || {
        for _ in 0..REPAYMENTS / BATCH {
            let tx = connection.transaction().expect("nobody else writes");
            for _ in 0..BATCH {
                repay_document(&tx, dice.roll(loans), dice.roll(installments));
            }
            tx.commit().expect("the disk has room");
        }
    });
}

fn repay_document(connection: &Connection, loan: i64, number: i64) {
    let body: String = connection
        .prepare_cached("select body from schedule where part = ?1 and account_no = ?2")
        .and_then(|mut select| select.query_row(params![loan % 4_096, loan], |row| row.get(0)))
        .expect("the loan is there");
    let body = paid(&body, number);
    let updated = connection
        .prepare_cached("update schedule set body = ?3 where part = ?1 and account_no = ?2")
        .and_then(|mut update| update.execute(params![loan % 4_096, loan, body]));
    assert_eq!(updated.expect("the row can be written"), 1);
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Figures {
    principal: i64,
    interest: i64,
    fees: i64,
    penalties: i64,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Installment {
    number: i64,
    due_date: jiff::civil::Date,
    is_grace: bool,
    expected: Figures,
    interest_applied: i64,
    paid: Figures,
    last_paid_on: Option<jiff::civil::Date>,
    repaid_on: Option<jiff::civil::Date>,
}

fn paid(body: &str, number: i64) -> String {
    let mut all: Vec<Installment> = serde_json::from_str(body).expect("it was written so");
    let at = usize::try_from(number).expect("it is not negative");
    all[at].paid.principal += 1;
    serde_json::to_string(&all).expect("it was read so")
}

/// A name, the tables, and an insert of (id, part, account, seq, text).
const SQLITE_APPENDS: [(&str, &str, &str); 3] = [
    (
        "sqlite, (part, account, seq), rows in order of arrival",
        "create table log (part integer not null, account_no integer not null, seq integer not null,
            step text not null, primary key (part, account_no, seq)) strict",
        "insert into log select ?2, ?3, ?4, ?5 where ?1 > 0",
    ),
    (
        "sqlite, (part, account, seq), rows in order of the key",
        "create table log (part integer not null, account_no integer not null, seq integer not null,
            step text not null, primary key (part, account_no, seq)) strict, without rowid",
        "insert into log select ?2, ?3, ?4, ?5 where ?1 > 0",
    ),
    (
        "sqlite, (id, part) with an index on (part, account, seq)",
        "create table log (log_id integer not null, part integer not null, account_no integer not null,
            seq integer not null, step text not null, primary key (log_id, part)) strict;
         create index log_by_account on log (part, account_no, seq)",
        "insert into log values (?1, ?2, ?3, ?4, ?5)",
    ),
];

/// As long as the step of a repayment.
fn step() -> String {
    "x".repeat(330)
}

fn sqlite_append(folder: &Path, (name, tables, insert): (&str, &str, &str)) {
    let mut connection = open(folder, "append.db");
    connection.execute_batch(tables).expect("the tables are new");
    let (mut dice, step) = (Dice(7), step());
    timed(name, ROWS, || {
        let mut id = 0;
        for _ in 0..ROWS / BATCH {
            let tx = connection.transaction().expect("nobody else writes");
            for _ in 0..BATCH {
                id += 1;
                let account = dice.roll(ACCOUNTS);
                tx.prepare_cached(insert)
                    .and_then(|mut insert| insert.execute(params![id, account % 4_096, account, id, step]))
                    .expect("the key is new");
            }
            tx.commit().expect("the disk has room");
        }
    });
}

async fn postgres(url: &str) {
    let (client, connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("the server is up");
    tokio::spawn(connection);
    for installments in [12, 360] {
        let loans = if installments == 12 { 50_000 } else { 5_000 };
        postgres_rows(&client, installments, loans).await;
        postgres_document(&client, installments, loans).await;
    }
    let natural = "create table log (part bigint not null, account_no bigint not null, seq bigint not null,
                   step text not null, primary key (part, account_no, seq))";
    let insert = "insert into log select part, account_no, seq, step
                    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
                         as t (id, part, account_no, seq, step)";
    postgres_append(&client, ("postgres, (part, account, seq)", natural, insert)).await;
    let numbered =
        "create table log (log_id bigint not null, part bigint not null, account_no bigint not null,
                    seq bigint not null, step text not null, primary key (log_id, part));
                    create index log_by_account on log (part, account_no, seq)";
    let insert = "insert into log
                  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])";
    let name = "postgres, (id, part) with an index on (part, account, seq)";
    postgres_append(&client, (name, numbered, insert)).await;
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
async fn postgres_rows(client: &tokio_postgres::Client, installments: i64, loans: i64) {
    let table = INSTALLMENT_ROWS.replace("integer", "bigint").replace("strict, without rowid", "");
    let fill = format!(
        "drop table if exists installment; {table};
         insert into installment select l % 4096, l, n, 20000, 10000, 500, 0, 0, 0, 0, null, null
           from generate_series(0, {loans} - 1) l, generate_series(0, {installments} - 1) n;
         analyze installment; checkpoint"
    );
    client.batch_execute(&fill).await.expect("the table is new");
    let select = "select * from installment where (part, account_no) in (select * from unnest($1::bigint[], $2::bigint[]))";
    let select = client.prepare(select).await.expect("the table is there");
    let update =
        "update installment as a set principal_paid_minor = a.principal_paid_minor + 1, last_paid_on = 20001
                    from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as t (part, account_no, number)
                   where a.part = t.part and a.account_no = t.account_no and a.number = t.number";
    let update = client.prepare(update).await.expect("the table is there");
    let (mut dice, start) = (Dice(1), Instant::now());
    for _ in 0..REPAYMENTS / BATCH {
        let accounts = batch(&mut dice, loans);
        let parts: Vec<i64> = accounts.iter().map(|account| account % 4_096).collect();
        let numbers: Vec<i64> = accounts.iter().map(|_| dice.roll(installments)).collect();
        let rows = client.query(&select, &[&parts, &accounts]).await.expect("the loans are there");
        let read: i64 = rows.iter().map(|row| row.get::<_, i64>(4)).sum();
        assert!(read > 0, "the loans are there");
        let updated =
            client.execute(&update, &[&parts, &accounts, &numbers]).await.expect("rows can be written");
        assert_eq!(i64::try_from(updated), Ok(BATCH));
    }
    report(&format!("postgres, {installments} installments, rows: repayments"), REPAYMENTS, start);
}

/// The accounts of a batch, each once.
fn batch(dice: &mut Dice, loans: i64) -> Vec<i64> {
    let mut accounts = std::collections::BTreeSet::new();
    while i64::try_from(accounts.len()).expect("a batch is small") < BATCH {
        accounts.insert(dice.roll(loans));
    }
    accounts.into_iter().collect()
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
async fn postgres_document(client: &tokio_postgres::Client, installments: i64, loans: i64) {
    let fill = format!(
        "drop table if exists schedule;
         create table schedule (part bigint, account_no bigint, body text, primary key (part, account_no));
         insert into schedule select l % 4096, l, '{}' from generate_series(0, {loans} - 1) l;
         analyze schedule; checkpoint",
        document(installments)
    );
    client.batch_execute(&fill).await.expect("the table is new");
    let select = "select part, account_no, body from schedule
                   where (part, account_no) in (select * from unnest($1::bigint[], $2::bigint[]))";
    let select = client.prepare(select).await.expect("the table is there");
    let update = "update schedule as a set body = t.body
                    from unnest($1::bigint[], $2::bigint[], $3::text[]) as t (part, account_no, body)
                   where a.part = t.part and a.account_no = t.account_no";
    let update = client.prepare(update).await.expect("the table is there");
    let (mut dice, start) = (Dice(1), Instant::now());
    for _ in 0..REPAYMENTS / BATCH {
        let accounts = batch(&mut dice, loans);
        let parts: Vec<i64> = accounts.iter().map(|account| account % 4_096).collect();
        let rows = client.query(&select, &[&parts, &accounts]).await.expect("the loans are there");
        let (mut parts, mut accounts, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            parts.push(row.get::<_, i64>(0));
            accounts.push(row.get::<_, i64>(1));
            bodies.push(paid(row.get(2), dice.roll(installments)));
        }
        let updated =
            client.execute(&update, &[&parts, &accounts, &bodies]).await.expect("rows can be written");
        assert_eq!(i64::try_from(updated), Ok(BATCH));
    }
    report(&format!("postgres, {installments} installments, document: repayments"), REPAYMENTS, start);
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
async fn postgres_append(client: &tokio_postgres::Client, (name, tables, insert): (&str, &str, &str)) {
    let set_up = format!("drop table if exists log; {tables}; checkpoint");
    client.batch_execute(&set_up).await.expect("the tables are new");
    let insert = client.prepare(insert).await.expect("the columns match");
    let (mut dice, step) = (Dice(7), step());
    let mut next = 0;
    let start = Instant::now();
    for _ in 0..ROWS / BATCH {
        let ids: Vec<i64> = (0..BATCH)
            .map(|_| {
                next += 1;
                next
            })
            .collect();
        let accounts: Vec<i64> = ids.iter().map(|_| dice.roll(ACCOUNTS)).collect();
        let parts: Vec<i64> = accounts.iter().map(|account| account % 4_096).collect();
        let steps: Vec<&str> = ids.iter().map(|_| step.as_str()).collect();
        let inserted = client.execute(&insert, &[&ids, &parts, &accounts, &ids, &steps]).await;
        assert_eq!(inserted.map(i64::try_from).expect("the keys are new"), Ok(BATCH));
    }
    report(name, ROWS, start);
}
