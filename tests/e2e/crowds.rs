//! `loam demo --loans`: a book of any size, which holds and can be served.

use loam_tests::database::{BOTH, Database, Kind};
use loam_tests::server::{Server, run};
use serde_json::{Value, json};

use crate::book::{printed, text};

const LOANS: &str = "3000";
/// Those that show every kind.
const OTHERS: i64 = 20;

#[test]
fn a_crowd_holds_and_is_served() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        let said = printed(&database, &["demo", "--loans", LOANS, "--business-date", "2026-03-31"]);
        assert!(said.starts_with("made a book with 3000 loans"), "{said}");
        assert!(
            printed(&database, &["check"]).contains("3021 accounts checked, everything holds"),
            "{kind:?}"
        );
        assert_eq!(database.number("select count(*) from loan_account"), 3_000 + OTHERS);

        let server = Server::start(&database, &[]);
        let admin = server.admin();
        for state in
            ["ACTIVE", "ACTIVE_IN_ARREARS", "CLOSED", "APPROVED", "PENDING_APPROVAL", "CLOSED_REJECTED"]
        {
            let page = admin.get(&format!("/api/loans?accountState={state}&limit=5")).expect(200).json();
            assert_eq!(page.as_array().map(Vec::len), Some(5), "{state} on {kind:?}");
        }
        let loan = admin.get("/api/loans/L00000000").expect(200).json();
        assert_eq!(loan["repaymentInstallments"], 12, "{loan}");
    }
}

/// Every repayment is taken while days are closed, and who asks is told how far that has come.
#[test]
fn days_are_closed_while_repayments_come_and_none_is_refused() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        printed(&database, &["demo", "--loans", "4000", "--business-date", "2026-03-31"]);
        let server = Server::start(&database, &[]);
        let admin = server.admin();
        assert_eq!(
            admin.get("/loam/v1/end-of-day").expect(200).json(),
            json!({"businessDate": "2026-03-31"})
        );
        let state = |name: &str| format!("/api/loans?accountState={name}&limit=200");
        let open = admin.get(&state("ACTIVE")).expect(200).json();
        let ids: Vec<String> =
            open.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect();
        let (repaid, meanwhile) = std::thread::scope(|scope| {
            let days = scope.spawn(|| {
                let body = json!({"through": "2026-04-10"});
                server.admin().post("/loam/v1/end-of-day", &body).expect(200).json()
            });
            let (mut repaid, mut told) = (0, Vec::new());
            for id in ids.iter().cycle() {
                let repayment = json!({"type": "REPAYMENT", "amount": "1.00"});
                admin.post(&format!("/api/loans/{id}/transactions"), &repayment).expect(201);
                repaid += 1;
                let progress = admin.get("/loam/v1/end-of-day").expect(200).json();
                told.extend(progress.get("running").filter(|running| running.is_object()).cloned());
                if days.is_finished() {
                    break;
                }
            }
            let report = days.join().expect("the days are closed");
            assert!(report["days"].as_array().expect("days").iter().all(|day| day["failed"] == json!([])));
            (repaid, told)
        });
        assert!(repaid > 1, "repayments came meanwhile");
        assert_tells_steps(&meanwhile);
        let told = admin.get("/loam/v1/end-of-day").expect(200).json();
        assert_eq!((&told["businessDate"], &told["running"]), (&json!("2026-04-10"), &Value::Null));
        let steps = told["last"][3]["steps"].as_array().expect("steps");
        let names: Vec<&Value> = steps.iter().map(|step| &step["step"]).collect();
        assert_eq!(names, ["evening", "days off", "loans", "funding", "deposits", "settlement", "crediting"]);
        drop(server);
        assert!(printed(&database, &["check"]).contains("everything holds"), "{kind:?}");
    }
}

/// While days are closed, who looks sees which step of which day is taken, and how far it has come.
fn assert_tells_steps(running: &[Value]) {
    assert!(running.iter().all(|running| running["step"].is_string() && running["through"] == "2026-04-10"));
    let has_come_so_far = |running: &&Value| running["done"].as_u64() > Some(0);
    let of_loans = running.iter().filter(|running| running["step"] == "loans").find(has_come_so_far);
    let of_loans = of_loans.unwrap_or_else(|| panic!("nothing was told of loans: {running:?}"));
    assert!(of_loans["loansDue"].as_u64() > Some(0), "{of_loans}");
}

#[test]
fn a_benchmark_makes_its_own_book_and_prints_its_rows() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        let figures = ["--loans", "300", "--seconds", "1", "--days", "2", "--connections", "4"];
        let arguments = [&["bench", "--book", database.url.as_str()][..], &figures[..]].concat();
        let said = printed(&database, &arguments);
        for row in [
            "8 plain rows of 256 bytes, 4 times in a commit",
            "a plain row by its key",
            "start of the server",
            "one loan beside plain rows",
            "one loan with 700 days of history",
            "repayments |",
            "for each repayment",
            "bulk repayments, 500 in a request, 4 connections |",
            "4 connections, repeatable |",
            "end of a typical day |",
            "catch-up of 2 days",
            "memory of the server",
            "log entries/s",
            "end of day, worst (every loan is due, 300 loans)",
        ] {
            assert!(said.contains(row), "{row} on {kind:?}: {said}");
        }
        let is_left = match kind {
            Kind::Sqlite => {
                std::fs::read_dir(database.folder()).expect("the folder is there").flatten().any(|entry| {
                    ["worst", "plain"].iter().any(|name| entry.file_name().to_string_lossy().contains(name))
                })
            }
            Kind::Postgres => {
                database.number("select count(*) from pg_namespace where nspname like 'loam_bench%'") > 0
            }
        };
        assert!(!is_left, "what was made beside the book goes again");
        assert!(printed(&database, &["check"]).contains("everything holds"), "the book stays");
        let again = run(&database, &arguments);
        assert!(String::from_utf8_lossy(&again.stderr).contains("there is a book at"), "{again:?}");
    }
}

#[test]
fn a_second_crowd_is_refused_and_leaves_no_traces() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        printed(&database, &["demo", "--loans", "10"]);
        let before = database.number("select count(*) from loan_account");
        let refused = run(&database, &["demo", "--loans", "10"]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("there is a book at"), "{refused:?}");
        assert_eq!(database.number("select count(*) from loan_account"), before);
    }
}

/// Every index that a served book relies on is there again, and nothing else lies beside the book.
#[test]
fn a_filled_file_has_all_indexes_and_nothing_beside_it() {
    let filled = Database::fresh(Kind::Sqlite);
    printed(&filled, &["demo", "--loans", "10"]);
    let made = Database::fresh(Kind::Sqlite);
    printed(&made, &["init"]);
    let indexes = "select group_concat(sql, ';') from (select sql from sqlite_master where sql is not null order by name)";
    assert_eq!(filled.text(indexes), made.text(indexes));
    let beside = std::fs::read_dir(filled.folder()).expect("the folder is there");
    let partial = beside.flatten().filter(|entry| entry.file_name().to_string_lossy().contains(".partial"));
    assert_eq!(partial.count(), 0);
}

/// A file gets its name when it is whole; a database has its tables before.
#[test]
fn a_book_whose_filling_was_broken_off_is_not_opened() {
    let database = Database::fresh(Kind::Postgres);
    printed(&database, &["demo", "--loans", "10"]);
    database.execute("insert into book_property (name, value) values ('being_filled', 'true')");
    for command in ["check", "end-of-day"] {
        let refused = run(&database, &[command]);
        assert_eq!(refused.status.code(), Some(1), "{command}");
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains("its filling was broken off"),
            "{refused:?}"
        );
    }
}
