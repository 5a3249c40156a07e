//! Backup and restore, between all kinds of place.

use jiff::civil::date;
use loam_app::changes::{Changes, GuarantorsChange, RecordChange};
use loam_app::ports::IdBlock;
use loam_book::ids::Part;
use loam_book::loan::course::Course;
use loam_book::loan::securities::{Guarantee, GuaranteeKind};
use loam_book::loan::{Holder, HolderKind};
use loam_book::working_days::DaysOff;
use loam_calc::money::Amount;
use loam_store::{Property, Store, restore, schema};

use crate::applications::{application, new_application};
use crate::custom_values::some_values;
use crate::deposit_interest::some_deposit_interest;
use crate::investing::order;
use crate::ledger::{enter, rent};
use crate::lines_of_credit::{line, new_line};
use crate::market::{announced, booking, fund_transaction, written};
use crate::papers::{document, put};
use crate::parties::{group, new_group};
use crate::places::{Open, Place};
use crate::reported::{lead, leads, repayment_loan, reported_at_once, subject, token};
use crate::reports::{some_growing_interest, some_provisions};
use crate::samples::{
    answer, audit, branch, changed, client, course, instant, key, loan, new_client, new_loan, of_loan,
};
use crate::savings::some_savings;
use crate::shares::some_share;
use crate::sign_ins::counting;
use crate::writing::with_loan;

on_both!(
    a_backup_restored_into_a_file_is_the_same_book,
    a_backup_restored_into_postgres_is_the_same_book,
    a_backup_taken_while_writing_is_one_moment,
    a_restore_overwrites_nothing,
    a_backup_overwrites_nothing,
    the_catalogue_lists_every_column_of_the_database,
);

/// A book with rows in every table.
async fn filled(place: &Place) -> Open {
    let (mut open, mut first) = with_loan(place).await;
    first.version = 2;
    let holder = Holder { kind: HolderKind::Client, key: client(5, 1).key };
    let kind = GuaranteeKind::Guarantor { holder };
    let guarantee = Guarantee { key: key(5, 70), kind, amount: Amount::from_minor(5), savings_account: None };
    first.servicing.course = Course { guarantees: vec![guarantee], ..course() };
    let guarantors = GuarantorsChange::of(None, &first, |_| Some(Part::new(5))).into_iter().collect();
    open.lane.save(&Changes { guarantors, ..changed(&first, Some(Vec::new())) }).await.unwrap();
    let record = RecordChange {
        record: branch(1, "north"),
        is_new: true,
        catalog_version: 0,
        days_off: Some(DaysOff::OfOrganization),
    };
    let answers = vec![answer(&first, "k1")];
    open.lane.save(&Changes { records: vec![record], answers, ..Changes::default() }).await.unwrap();
    open.lane.take_ids(IdBlock::Account, 10).await.unwrap();
    open.lane.quarantine(of_loan(&first), "a reason", first.created_at).await.unwrap();
    let lease =
        loam_app::ports::Lease { part: first.part, worker: "one".to_owned(), until: first.created_at };
    assert!(open.store.end_of_day().unwrap().claim(&lease, first.created_at).await.unwrap());
    let (subject, reported) = (subject("lender", "s1", 1), repayment_loan("lender", "s1", 1));
    open.lane.save(&reported_at_once(&subject, &reported)).await.unwrap();
    open.lane.save(&leads(vec![lead("lender", 7)], true)).await.unwrap();
    open.store.keep_property(Property::VaultFingerprint, "f").await.unwrap();
    open.store.tokens().unwrap().put(&token("a", first.key, 100), instant(0)).await.unwrap();
    open.lane.save(&new_application(&application(&first, 1))).await.unwrap();
    open.lane.save(&put(&document(5, 1), None, Some(b"%PDF-1.7"))).await.unwrap();
    open.lane.save(&some_values()).await.unwrap();
    open.lane.save(&new_group(&group(5, 1))).await.unwrap();
    open.lane.save(&some_savings()).await.unwrap();
    enter(&mut open, &rent()).await;
    open.lane.save(&some_growing_interest()).await.unwrap();
    open.lane.save(&some_provisions()).await.unwrap();
    open.lane.save(&some_deposit_interest()).await.unwrap();
    open.lane.save(&new_line(&line(5, 1))).await.unwrap();
    let application = application(&first, 2);
    open.lane.save(&written(&[booking(&application, 11)], None)).await.unwrap();
    open.lane.save(&announced(&fund_transaction(), None)).await.unwrap();
    open.lane.save(&some_share()).await.unwrap();
    let order = order(1, date(2026, 1, 31));
    let audits = vec![audit(order.part, order.key)];
    let ordered = Changes { booking_orders: vec![order], audit: audits, ..Changes::default() };
    open.lane.save(&ordered).await.unwrap();
    open.store.sign_ins().unwrap().signed_in(key(0, 1), instant(5)).await.unwrap();
    open.store.sign_ins().unwrap().failed("tom", &counting(2_000)).await.unwrap();
    let deliveries = open.store.deliveries().unwrap();
    assert_eq!(deliveries.fan_out(&[key(0, 1)], &[], instant(1), 2).await, Ok(2));
    open.store.keep_property(Property::VaultFingerprint, "a fingerprint").await.unwrap();
    open
}

/// Every row of every table as text, in order.
async fn content(place: &Place) -> Vec<String> {
    let file = place.folder().join(format!("content-{}.db", place.folder().read_dir().unwrap().count()));
    Store::open_for_reading(&place.url()).await.unwrap().backup(&file).await.unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let mut lines = Vec::new();
    for table in schema::catalogue() {
        let as_text = |column: &schema::Column| match column.holds {
            schema::Holds::Int | schema::Holds::Text => column.name.clone(),
            schema::Holds::Bytes => format!("hex({})", column.name),
        };
        let columns: Vec<String> = table.columns.iter().map(as_text).collect();
        let sql = format!("select json_array({}) from {} order by 1", columns.join(", "), table.name);
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let before = lines.len();
        lines.extend(rows.map(|row| format!("{}: {}", table.name, row.unwrap())));
        // Leases on a file are kept in memory.
        let may_be_empty = table.name == "part_lease";
        assert!(lines.len() > before || may_be_empty, "the sample book has nothing in {}", table.name);
    }
    lines
}

async fn copied(from: Place, to: Place) {
    let open = filled(&from).await;
    let file = from.folder().join("backup.db");
    open.store.backup(&file).await.unwrap();
    restore(&file, &to.url()).await.unwrap();
    assert_eq!(content(&to).await, content(&from).await);
    // The copy goes on where the book stood.
    let mut copy = to.open().await;
    assert_eq!(copy.lane.take_ids(IdBlock::Account, 1).await, Ok(11));
    copy.lane.save(&new_loan(&loan(&client(5, 1), 2))).await.unwrap();
}

async fn a_backup_restored_into_a_file_is_the_same_book(place: Place) {
    let target = place.another(true).await;
    copied(place, target).await;
}

async fn a_backup_restored_into_postgres_is_the_same_book(place: Place) {
    let target = place.another(false).await;
    copied(place, target).await;
}

async fn a_backup_taken_while_writing_is_one_moment(place: Place) {
    let mut open = place.book().await;
    let file = place.folder().join("backup.db");
    let reading = Store::open_for_reading(&place.url()).await.unwrap();
    let backup = reading.backup(&file);
    let writing = async {
        for n in 1..=100 {
            let holder = client(5, n);
            open.lane.save(&new_client(&holder)).await.unwrap();
            open.lane.save(&new_loan(&loan(&holder, n))).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let (backup, ()) = tokio::join!(backup, writing);
    backup.unwrap();
    let connection = rusqlite::Connection::open(&file).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let loans = count("select count(*) from loan_account");
    assert_eq!(count("select count(*) from loan_log"), 2 * loans);
    assert_eq!(count("select count(*) from journal_transfer"), 3 * loans);
    let ids = count("select count(*) from id_registry");
    assert!((2 * loans..=2 * loans + 1).contains(&ids));
    let mode: String = connection.query_row("pragma journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete", "a backup is one file");
}

async fn a_restore_overwrites_nothing(place: Place) {
    let open = filled(&place).await;
    let file = place.folder().join("backup.db");
    open.store.backup(&file).await.unwrap();
    let error = restore(&file, &place.url()).await.unwrap_err().to_string();
    assert!(error.ends_with("is not empty; a book is restored into a new place only"), "{error}");
    let missing = place.folder().join("missing.db");
    let error = restore(&missing, &place.another(true).await.url()).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no book at "), "{error}");
}

async fn a_backup_overwrites_nothing(place: Place) {
    let open = filled(&place).await;
    let file = place.folder().join("backup.db");
    std::fs::write(&file, "precious").unwrap();
    let error = open.store.backup(&file).await.unwrap_err().to_string();
    assert!(error.ends_with("exists already"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

async fn the_catalogue_lists_every_column_of_the_database(place: Place) {
    drop(place.book().await);
    let mut listed: Vec<(String, String)> = schema::catalogue()
        .into_iter()
        .flat_map(|table| table.columns.into_iter().map(move |column| (table.name.clone(), column.name)))
        .collect();
    listed.push(("schema_version".to_owned(), "version".to_owned()));
    listed.sort();
    assert_eq!(columns(&place).await, listed);
}

async fn columns(place: &Place) -> Vec<(String, String)> {
    let mut found = match place {
        Place::Sqlite { folder } => {
            let connection = rusqlite::Connection::open(folder.join("loam.db")).unwrap();
            let sql = "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'";
            let mut statement = connection.prepare(sql).unwrap();
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.map(Result::unwrap).collect::<Vec<(String, String)>>()
        }
        Place::Postgres { url, .. } => {
            let sql = "select table_name::text, column_name::text from information_schema.columns
                        where table_schema = current_schema()";
            let rows = crate::places::client(url).await.query(sql, &[]).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    };
    found.sort();
    found
}
