//! Durability settings are read back, and the syncs that reach the operating system are counted:
//! with a setting that does not sync, these tests fail.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use loam_tests::database::{Database, Kind};
use loam_tests::postgres::Postgres;
use loam_tests::server::{Server, command};

use crate::book::{fill, repay, start};

const REPAYMENTS: usize = 25;

/// A library that writes one byte to a file for each sync, put before the C library's own.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
static void note(void) {
    int file = open(getenv("SYNC_COUNT"), O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (file >= 0) { if (write(file, "s", 1) != 1) abort(); close(file); }
}
int fsync(int fd) { note(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { note(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"#;

fn shim(folder: &Path) -> PathBuf {
    let (source, library) = (folder.join("shim.c"), folder.join("shim.so"));
    std::fs::write(&source, SHIM).expect("the folder takes a file");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
    assert!(compiler.status().expect("a C compiler is needed to build Loam").success());
    library
}

fn syncs(count: &Path) -> u64 {
    std::fs::metadata(count).map_or(0, |metadata| metadata.len())
}

#[test]
fn sqlite_syncs_at_least_once_for_each_acknowledged_batch() {
    let database = Database::fresh(Kind::Sqlite);
    let count = database.folder().join("syncs");
    let mut serve = command(&database);
    serve.env("LD_PRELOAD", shim(database.folder())).env("SYNC_COUNT", &count);
    serve.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--end-of-day",
        "manual",
        "--business-date",
        "2024-01-31",
    ]);
    let server = Server::spawn(serve);
    let book = fill(&server);
    let before = syncs(&count);
    for number in 0..REPAYMENTS {
        // One caller that waits for each answer: every repayment is a batch of its own.
        assert!(repay(&server.admin(), &book.loans[0], &number.to_string()));
    }
    let synced = syncs(&count) - before;
    let batches = u64::try_from(REPAYMENTS).expect("few");
    assert!(synced >= batches, "{synced} syncs for {batches} acknowledged batches");
}

#[test]
fn postgresql_syncs_at_least_once_for_each_acknowledged_batch() {
    let postgres = Postgres::start("syncs");
    let database = Database::at(postgres.url());
    let server = start(&database);
    let book = fill(&server);
    server.stop();
    let synced = || {
        database.until_alone();
        database.number("select wal_sync from pg_stat_wal")
    };
    let before = synced();
    let server = start(&database);
    for number in 0..REPAYMENTS {
        assert!(repay(&server.admin(), &book.loans[0], &number.to_string()));
    }
    server.stop();
    let after = synced();
    let batches = i64::try_from(REPAYMENTS).expect("few");
    assert!(after - before >= batches, "{} syncs for {batches} acknowledged batches", after - before);
}
