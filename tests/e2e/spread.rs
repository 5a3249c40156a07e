//! A book whose tables are spread by part. Citus is not needed to see that the program is ready for it: here the parts
//! lie in partitions of one PostgreSQL, which sends a statement to some of them by the same rules.

use std::collections::BTreeSet;
use std::process::Command;

use loam_tests::database::{Database, Kind};
use loam_tests::left::assert_the_same;
use loam_tests::postgres::Postgres;
use loam_tests::server::{Server, command, run};
use loam_tests::wait::until;
use serde_json::json;

use crate::book::{Book, FIRST_DAY, book_in, printed};
use crate::savings::{act, filled, savings_product};
use crate::settlement::{link, linked_product};

#[test]
fn the_plan_of_a_book_over_machines_names_every_table() {
    let database = Database::fresh(Kind::Postgres);
    let planned = printed(&database, &["distribute", "--plan", "--shards", "32"]);
    let calls: Vec<&str> = planned.lines().collect();
    assert_eq!(calls[0], "select create_reference_table('record');");
    let ledger =
        "select create_distributed_table('client', 'part', shard_count => 32, colocate_with => 'none');";
    let registry =
        "select create_distributed_table('id_registry', 'id', shard_count => 32, colocate_with => 'none');";
    assert!(calls.contains(&ledger) && calls.contains(&registry), "{planned}");
    assert!(calls.contains(&"-- id_block stays on the coordinator"), "{planned}");
    printed(&database, &["init", "--business-date", "2026-03-31"]);
    let tables = database.number("select count(*) from pg_tables where schemaname = 'public'");
    assert_eq!(i64::try_from(calls.len()).expect("few"), tables - 1, "all but the one of versions");

    let refused = run(&database, &["distribute", "--apply"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("has no Citus") && said.contains("nothing was changed"), "{said}");
    let neither: &mut Command = &mut command(&database);
    let neither = neither.arg("distribute").output().expect("the binary runs");
    assert_eq!(neither.status.code(), Some(2), "it must be said whether to show or to do");
}

/// Stands in for Citus: functions of its names that note who called them, and its list of spread tables.
const STAND_IN: &str = "
    create table noted (n bigint generated always as identity, table_name text, beside text);
    create table pg_dist_partition (logicalrelid regclass);
    create function create_reference_table(table_name text) returns void language sql as $$
        insert into noted (table_name, beside) values ($1, 'everywhere');
        insert into pg_dist_partition values ($1::regclass) $$;
    create function create_distributed_table(table_name text, distribution_column text,
                                             colocate_with text default 'default', shard_count integer default 0)
        returns void language sql as $$
        insert into noted (table_name, beside) values ($1, $2 || ' ' || $3 || ' ' || $4);
        insert into pg_dist_partition values ($1::regclass) $$;";

#[test]
fn tables_are_spread_once_and_in_the_order_of_the_plan() {
    let database = Database::fresh(Kind::Postgres);
    printed(&database, &["init", "--business-date", "2026-03-31"]);
    database.execute(STAND_IN);
    // Broken off after the first table.
    database.execute("select create_reference_table('record')");
    let applied = printed(&database, &["distribute", "--apply", "--shards", "32"]);
    assert!(!applied.contains("spread record\n") && applied.contains("spread loan_account\n"), "{applied}");
    let noted = |columns: &str| {
        database.text(&format!("select string_agg({columns}, chr(10) order by n) from noted"))
    };
    let planned = printed(&database, &["distribute", "--plan"]);
    let tables: Vec<&str> = planned.lines().filter_map(|call| call.split('\'').nth(1)).collect();
    assert_eq!(noted("table_name").lines().collect::<Vec<_>>(), tables);
    let beside = noted("table_name || ' ' || beside");
    for line in ["client part none 32", "loan_account part client 0", "id_registry id none 32"] {
        assert!(beside.lines().any(|noted| noted == line), "{line}: {beside}");
    }
    let again = printed(&database, &["distribute", "--apply"]);
    assert!(again.starts_with("0 tables were spread"), "{again}");
}

#[test]
fn a_book_of_which_a_table_is_not_spread_is_not_served() {
    let database = Database::fresh(Kind::Postgres);
    printed(&database, &["init", "--business-date", "2026-03-31"]);
    database.execute(STAND_IN);
    drop(Server::start(&database, &[]));
    printed(&database, &["distribute", "--apply"]);
    drop(Server::start(&database, &[]));

    // As if a later version had made it.
    database.execute("delete from pg_dist_partition where logicalrelid = 'loan_action'::regclass");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"]] {
        let refused = run(&database, command);
        assert_eq!(refused.status.code(), Some(1), "{command:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("spread by Citus: loan_action; call `loam distribute --apply`"), "{said}");
    }
    let mended = printed(&database, &["distribute", "--apply"]);
    assert!(mended.starts_with("spread loan_action\n1 tables"), "{mended}");
    drop(Server::start(&database, &[]));
}

/// The tables as Citus would spread them, over partitions.
const SPREAD: &str = include_str!("../fixtures/spread.sql");

fn spread(database: &Database) -> Command {
    database.execute(SPREAD);
    command(database)
}

#[test]
fn a_book_that_is_spread_goes_the_same_way() {
    let whole = Database::fresh(Kind::Postgres);
    printed(&whole, &["demo", "--loans", "300", "--business-date", "2026-03-31", "--currency", "USD"]);
    drop(Server::start(&whole, &[]));
    let parted = whole.copied();
    parted.execute(SPREAD);
    for database in [&whole, &parted] {
        let server = Server::start(database, &[]);
        let admin = server.admin();
        for number in 0..40 {
            let path = format!("/api/loans/L{number:08}/transactions");
            admin.form(&path, "type=REPAYMENT&amount=50.5");
        }
        let through = json!({"through": "2026-05-02"});
        admin.post("/loam/v1/end-of-day", &through).expect(200);
        for number in 0..40 {
            let path = format!("/api/loans/L{number:08}/transactions");
            admin.form(&path, "type=REPAYMENT&amount=9&date=2026-04-11");
        }
        assert_eq!(server.stop(), Some(0));
        assert!(printed(database, &["check"]).contains("everything holds"));
    }
    assert_the_same(&whole, &parted);
    let repayments = "select count(*) from loan_transaction where amount_minor in (5050, 900)";
    assert!(whole.number(repayments) > 40, "most of them were taken");
}

/// What a statement must not do when tables lie on several machines; `None` if it may go there.
fn objection(statement: &str, ledger: &[String]) -> Option<&'static str> {
    let words: Vec<&str> = statement.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let names = |name: &str| words.contains(&name);
    let on_ledger = ledger.iter().any(|table| names(table));
    let pinned = statement.contains("part = $");
    if names("id_registry") && on_ledger {
        return Some("it joins what is spread by id with what is spread by part");
    }
    let locks = ["for update", "for share", "for key share", "for no key update"];
    if on_ledger && !pinned && locks.iter().any(|lock| statement.contains(lock)) {
        return Some("it locks rows of several parts");
    }
    let changes = statement.starts_with("update ") || statement.starts_with("delete from ");
    let table = statement.trim_start_matches("update ").trim_start_matches("delete from ");
    let table = table.split(' ').next().unwrap_or_default();
    if changes && !pinned && ledger.iter().any(|known| known == table) {
        return Some("it changes rows of several parts");
    }
    let of_one_node = ["pg_advisory", "nextval", "currval", "listen ", "notify ", "create temp"];
    of_one_node
        .iter()
        .any(|word| statement.contains(word))
        .then_some("it means something on one machine only")
}

/// The different statements in a log of PostgreSQL whose lines begin with `@@`.
fn statements(log: &str) -> BTreeSet<String> {
    let entries = log.split("@@").filter_map(|entry| entry.strip_prefix("LOG:  "));
    let statements = entries.filter_map(|entry| {
        let is_statement = entry.starts_with("execute ") || entry.starts_with("statement: ");
        entry.split_once(": ").filter(|_| is_statement)
    });
    statements.map(|(_, sql)| sql.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn every_statement_that_is_really_executed_may_go_to_several_machines() {
    let postgres = Postgres::start_with("statements", &["log_statement=all", "log_line_prefix=@@"]);
    let book = book_in(Database::at(postgres.url()), FIRST_DAY).restarted(spread);
    let before = postgres.log().len();
    use_it(&book);
    book.database.execute("select 'the last statement'");
    until("the log is written", || {
        postgres.log().contains("the last statement").then_some(()).ok_or("it is not".to_owned())
    });
    let tables = book.database.text(
        "select string_agg(relname, ' ') from pg_class where relkind = 'p' and relnamespace = 'public'::regnamespace",
    );
    let ledger: Vec<String> = tables.split(' ').map(str::to_owned).collect();
    assert!(ledger.len() > 25, "{tables}");
    let executed = statements(&postgres.log()[before..]);
    for table in ["loan_account", "savings_account", "client", "custom_value", "delivery", "paper"] {
        assert!(executed.iter().any(|sql| sql.contains(table)), "nobody used {table}");
    }
    let objections: Vec<String> = executed
        .iter()
        .filter_map(|sql| objection(sql, &ledger).map(|why| format!("{why}: {sql}")))
        .collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

/// Does a little of everything.
fn use_it(book: &Book) {
    // Somebody is told, whether he listens or not.
    let target =
        json!({"id": "score", "url": "http://127.0.0.1:1", "contract": "REPAYMENT_DATA", "secret": "sk_1"});
    book.admin.post("/loam/v1/targets", &target).expect(201);
    book.lend("L1");
    book.act("L1", "type=REPAYMENT&amount=20");
    book.apply("L2");
    book.admin.delete("/api/loans/L2").expect(200);
    let product = savings_product(book, &json!({}));
    filled(book, "S1", &product, "500");
    act(book, "S1", "type=TRANSFER&amount=15&toLoanAccount=L1");
    let linked = linked_product(book, &json!({}));
    book.apply_with("L3", &json!({"productTypeKey": linked}));
    link(book, "L3", "S1");
    for step in ["APPROVAL", "DISBURSEMENT"] {
        book.act("L3", &format!("type={step}"));
    }
    let other = json!({"client": {"id": "9", "firstName": "Eva", "lastName": "Costa"}});
    book.admin.post("/api/clients", &other).expect(201);
    book.admin.delete("/api/clients/9").expect(200);
    book.group("G", &[&book.client]);
    book.admin.delete("/api/groups/G").expect(200);
    book.admin.post("/api/loans/L1/comments", &json!({"comment": {"text": "called"}}));
    let search = json!({"filterConstraints": [{"filterSelection": "ACCOUNT_STATE", "filterElement": "IN",
        "values": ["ACTIVE"]}]});
    book.admin.post("/api/loans/search", &search).expect(200);
    book.close_days("2012-08-30");
    book.act("L1", "type=REPAYMENT&amount=5&date=2012-07-02");
    until("somebody is told, and does not answer", || {
        let attempts = book.database.number("select coalesce(max(attempts), 0) from delivery");
        (attempts > 0).then_some(()).ok_or(format!("{attempts} attempts"))
    });
    book.list("/api/loans?limit=10");
    book.list("/api/loans/L1/transactions?limit=10");
    book.assert_proven();
}

#[test]
fn what_may_not_go_to_several_machines_is_told_from_what_may() {
    let ledger = ["loan_account".to_owned(), "client".to_owned()];
    for bad in [
        "select 1 from id_registry join loan_account on loan_key = entity_key",
        "select 1 from client where (part, client_key) in (select * from unnest($1, $2)) for update",
        "update loan_account set version = 2 where account_no = $1",
        "delete from client where client_key = $1",
        "select pg_advisory_lock(1)",
    ] {
        assert!(objection(bad, &ledger).is_some(), "{bad}");
    }
    for good in [
        "select 1 from loan_account where account_no = $1",
        "select 1 from client where part = $3::bigint and client_key = $1 for update",
        "update loan_account as a set version = 2 where a.part = $2::bigint and account_no = $1",
        "update id_block set next_value = 1 where name = $1",
        "select 1 from access_token for update skip locked",
    ] {
        assert_eq!(objection(good, &ledger), None, "{good}");
    }
}
