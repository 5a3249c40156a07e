//! Backups over HTTP: one at a time, whole, and for those who reach everything.

use std::io::{Cursor, Read};

use loam_tests::database::{Database, Kind};
use loam_tests::http::Caller;
use loam_tests::server::run;
use loam_tests::wait::until;
use serde_json::{Value, json};

use crate::book::{Book, on_both, record};

const START: &str = "/api/database/backup";
const LATEST: &str = "/api/database/backup/LATEST";

/// The zip, once the backup is made.
fn made(caller: &Caller) -> Vec<u8> {
    until("a backup is made", || match caller.download(LATEST) {
        (200, zip) => Ok(zip),
        (409, body) => {
            let body: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
            assert_eq!(body["returnStatus"], "DATABASE_BACKUP_IN_PROGRESS");
            Err(body.to_string())
        }
        (status, body) => panic!("{status} {}", String::from_utf8_lossy(&body)),
    })
}

/// A book made of what is in the zip.
fn restored(book: &Book, zip: Vec<u8>, name: &str) -> Database {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    assert_eq!(archive.len(), 1);
    let mut content = Vec::new();
    archive.by_name("loam.db").expect("the book").read_to_end(&mut content).expect("it can be unpacked");
    let file = book.database.folder().join(format!("{name}.db"));
    std::fs::write(&file, content).expect("it can be written");
    let database = Database::fresh(Kind::Sqlite);
    let done = run(&database, &["restore", file.to_str().expect("a path of text")]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    database
}

#[test]
fn a_backup_is_the_book_as_it_was() {
    on_both(|book| {
        let admin = &book.admin;
        admin.get(LATEST).expect_refusal(404, 1202, "DATABASE_BACKUP_NOT_FOUND");
        book.lend("OHNP076");
        let started = admin.post(START, &json!({})).expect(200);
        assert_eq!(started.json(), json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        let first = restored(book, made(admin), "first");
        assert_eq!(first.number("select count(*) from loan_account"), 1);
        let check = run(&first, &["check"]);
        assert!(String::from_utf8_lossy(&check.stdout).contains("everything holds"));
        book.lend("OHNP077");
        // A form without members, as other operations take it.
        admin.form(START, "").expect(200);
        let second = restored(book, made(admin), "second");
        assert_eq!(second.number("select count(*) from loan_account"), 2);
        let kept = std::fs::read_dir(book.database.folder().join("backups")).expect("a folder").count();
        assert_eq!(kept, 1, "the one before is gone, and nothing half-made is left");
    });
}

#[test]
fn a_backup_is_for_those_who_reach_everything_and_calls_nobody() {
    on_both(|book| {
        let callback = json!({"callback": "http://127.0.0.1:9/told"});
        let refused = book.admin.post(START, &callback);
        refused.expect_refusal(400, 27, "PARAMETER_NOT_ALLOWED");
        assert_eq!(refused.json()["errorSource"], "callback");
        book.admin.post(START, &json!({"callback": null})).expect(200);
        made(&book.admin);
        let clerk = book.user_with("clerk", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        clerk.get(LATEST).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        clerk.post(START, &json!({})).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let bound = json!({"username": "bound", "password": "a long enough secret", "lastName": "Bound",
            "permissions": ["DOWNLOAD_BACKUPS"], "assignedBranchKey": "2"});
        record(&book.admin, "users", &bound);
        let bound = Caller::basic(&book.server.base, "bound", "a long enough secret");
        bound.get(LATEST).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let keeper = book.user_with("keeper", &["DOWNLOAD_BACKUPS"]);
        assert_eq!(keeper.download(LATEST).0, 200);
    });
}
