//! `loam demo --loans`: a book of any size, which holds and can be served.

use loam_tests::database::{BOTH, Database};
use loam_tests::server::{Server, run};

use crate::book::printed;

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
    let filled = Database::fresh(loam_tests::database::Kind::Sqlite);
    printed(&filled, &["demo", "--loans", "10"]);
    let made = Database::fresh(loam_tests::database::Kind::Sqlite);
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
    let database = Database::fresh(loam_tests::database::Kind::Postgres);
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
