//! Making and opening books: state, records, schema versions, owners.

use jiff::Timestamp;
use jiff::civil::date;
use loam_app::changes::{BusinessDateChange, Changes, IdName, RecordChange};
use loam_app::error::StoreError;
use loam_app::search::entries::EntryQuery;
use loam_app::views::Page;
use loam_book::journal::GlAccount;
use loam_book::journal::chart::default_chart;
use loam_book::loan::refusal::IdKind;
use loam_calc::currency::Currency;
use loam_store::schema::{Dialect, VERSION, migrations_after};
use loam_store::{DatabaseUrl, Property, Store};

use crate::places::{Place, new_book};
use crate::samples::{branch, instant, key, of_loan};
use crate::writing::with_loan;

on_both!(
    a_new_book_has_the_state_it_was_given,
    a_second_book_is_not_made_over_the_first,
    a_place_without_a_book_is_named,
    a_newer_schema_is_refused,
    an_older_schema_is_brought_up_to_date_by_its_owner,
    an_older_book_gets_its_chart,
    an_older_book_keeps_its_account_with_a_code_of_the_chart,
    the_business_date_moves_once,
    records_make_the_catalog,
    a_record_is_changed_on_the_catalog_it_was_decided_on,
    a_taken_record_id_is_a_duplicate,
    the_first_fingerprint_of_a_vault_is_kept,
    the_store_answers_a_ping,
);

async fn a_new_book_has_the_state_it_was_given(place: Place) {
    assert!(!Store::exists(&place.url()).await.unwrap());
    let open = place.book().await;
    assert!(Store::exists(&place.url()).await.unwrap());
    let state = open.reader.state().await.unwrap();
    assert_eq!(state.business_date, date(2026, 1, 31));
    assert_eq!(state.currency, Currency::EUR);
    assert_eq!(state.time_zone, "Europe/Rome");
    assert_eq!((state.catalog_version, state.closed_through), (0, None));
}

async fn a_second_book_is_not_made_over_the_first(place: Place) {
    drop(place.book().await);
    let error = Store::create(&place.url(), &new_book()).await.unwrap_err().to_string();
    assert!(error.ends_with("holds a book already"), "{error}");
}

async fn a_place_without_a_book_is_named(place: Place) {
    for error in [
        Store::open(&place.url(), 1).await.unwrap_err().to_string(),
        Store::open_for_reading(&place.url()).await.unwrap_err().to_string(),
    ] {
        assert!(error.starts_with("there is no book at "), "{error}");
    }
}

async fn a_newer_schema_is_refused(place: Place) {
    drop(place.book().await);
    place.tamper("update schema_version set version = 99").await;
    // As long as what came later only added, this program goes on.
    Store::open(&place.url(), 1).await.unwrap().must_still_fit().await.unwrap();
    Store::open_for_reading(&place.url()).await.unwrap();
    place.tamper("update book_property set value = '98' where name = 'schema_floor'").await;
    let message =
        format!("the book has schema version 99, this binary knows up to {VERSION}: it takes a later one");
    assert_eq!(Store::open(&place.url(), 1).await.unwrap_err().to_string(), message);
    assert_eq!(Store::open_for_reading(&place.url()).await.unwrap_err().to_string(), message);
}

/// Tables that a later migration made anew: their names.
fn tables_made_anew<'a>(statements: &[&'a str]) -> Vec<&'a str> {
    let renamed = statements.iter().filter_map(|statement| statement.split_once(" rename to "));
    renamed.map(|(head, _)| head.split_whitespace().last().expect("a table is renamed")).collect()
}

/// Whether a statement says how a table, or an index on it, is made or goes away.
fn is_about(statement: &str, table: &str, indexes: &[String]) -> bool {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let dropped = statement.split_once("drop index ").map(|(_, name)| name.trim());
    words.windows(2).any(|pair| ["table", "into", "on"].contains(&pair[0]) && pair[1] == table)
        || dropped.is_some_and(|name| indexes.iter().any(|index| index == name))
}

/// Makes a table as the first migration has it, with its rows; one that it does not have goes away.
fn as_in(first: &str, table: &str) -> String {
    let begins = format!("create table {table} (");
    let Some((_, body)) = first.split(';').find_map(|statement| statement.split_once(&begins)) else {
        return format!("drop table {table};");
    };
    let columns = body.lines().filter_map(|line| line.trim().split_once(' '));
    let columns =
        columns.filter(|(_, declared)| declared.starts_with("bigint") || declared.starts_with("text"));
    let columns = columns.map(|(name, _)| name).collect::<Vec<_>>().join(", ");
    format!(
        "alter table {table} rename to {table}_later; {begins}{body};
         insert into {table} ({columns}) select {columns} from {table}_later; drop table {table}_later;"
    )
}

/// Takes back what the later migrations made, the latest first: tables made anew, indexes, columns and tables. An index of
/// the first one that a later one dropped is made again.
pub(crate) fn undo_later_migrations() -> String {
    let mut all = migrations_after(0, Dialect::Postgres).into_iter().map(|(_, text)| text);
    let first = all.next().expect("there is a first migration");
    let later: Vec<String> = all.collect();
    let mut statements: Vec<&str> = later.iter().flat_map(|text| text.split(';')).collect();
    let mut undo = String::new();
    for table in tables_made_anew(&statements) {
        undo.push_str(&as_in(&first, table));
        let of_table = format!(" on {table} (");
        let indexes = statements.iter().filter(|statement| statement.contains(&of_table));
        let indexes = indexes.filter_map(|statement| statement.split_once("create index "));
        let indexes: Vec<String> =
            indexes.map(|(_, rest)| rest.split_whitespace().next().unwrap().to_owned()).collect();
        statements.retain(|statement| !is_about(statement, table, &indexes));
    }
    undo + &undo_of(&first, &statements)
}

fn undo_of(first: &str, statements: &[&str]) -> String {
    let named = |what: &str| -> Vec<&str> {
        let made = statements.iter().filter_map(|statement| statement.split_once(what));
        made.map(|(_, rest)| rest).collect()
    };
    let name = |rest: &str| rest.split_whitespace().next().unwrap().to_owned();
    let drop_column = |rest: &str| {
        // What else is said of a table is a setting.
        let (table, column) = rest.split_once(" add column ")?;
        Some(format!("alter table {table} drop column {};", name(column)))
    };
    // An index that a later migration dropped is gone already.
    let gone: Vec<String> = named("drop index ").into_iter().map(name).collect();
    let made: Vec<String> = named("create index ").into_iter().map(name).collect();
    let of_first = |index: &&String| !made.contains(index);
    let definition = |index: &String| {
        let begins = format!("create index {index} ");
        let found = first.split(';').find_map(|statement| statement.split_once(&begins));
        let (_, rest) = found.expect("it was made by the first migration");
        format!("{begins}{rest};")
    };
    let again: String = gone.iter().filter(of_first).map(definition).collect();
    let indexes = made.iter().filter(|index| !gone.contains(index));
    let indexes = indexes.map(|index| format!("drop index {index};"));
    let columns = named("alter table ").into_iter().filter_map(drop_column);
    let tables = named("create table ").into_iter().map(|rest| format!("drop table {};", name(rest)));
    let undo: String = indexes.chain(columns).chain(tables.rev()).collect();
    let is_made = |statement: &&&str| statement.contains("create ") || statement.contains(" add column ");
    let gone_later = gone.iter().filter(|index| made.contains(index)).count();
    assert_eq!(undo.matches("drop ").count() + gone_later, statements.iter().filter(is_made).count());
    let renamed = named("alter table ").into_iter().filter_map(|rest| rest.split_once(" rename column "));
    let back = |(table, names): (&str, &str)| {
        let (from, to) = names.trim().split_once(" to ").expect("it says what to call it");
        format!("alter table {table} rename column {to} to {from};")
    };
    let undo = undo + &renamed.map(back).collect::<String>() + &again;
    // The first one knows of no numbers of log entries.
    format!("{undo} delete from id_block where name = 'log'; update schema_version set version = 1")
}

async fn an_older_schema_is_brought_up_to_date_by_its_owner(place: Place) {
    let (open, loan) = with_loan(&place).await;
    drop(open);
    place.tamper(&undo_later_migrations()).await;
    let message =
        format!("the book has schema version 1; open it once with this binary, which brings it to {VERSION}");
    assert_eq!(Store::open_for_reading(&place.url()).await.unwrap_err().to_string(), message);
    let open = place.open().await;
    assert_eq!(open.reader.loan(of_loan(&loan)).await.unwrap(), Some(loan));
    // What was in the outbox before there was anybody to tell is told now.
    let deliveries = open.store.deliveries().unwrap();
    assert_eq!(deliveries.fan_out(&[key(0, 1)], &[], instant(60), 10).await, Ok(2));
    assert_eq!(deliveries.counts().await.unwrap().waiting, 1);
    // What was booked before is numbered and summed, and new numbers go on behind it.
    let entries =
        open.reader.journal_entries(&EntryQuery::default(), Page { offset: 0, limit: 10 }).await.unwrap();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
    assert!(!numbers.is_empty() && numbers.iter().copied().eq(1..=i64::try_from(numbers.len()).unwrap()));
    assert_eq!(open.store.checker().wrong_sums().await, Ok(vec![]));
    Store::open_for_reading(&place.url()).await.unwrap();
}

/// The chart that a book gets which is not new is that of a new one.
async fn an_older_book_gets_its_chart(place: Place) {
    drop(place.book().await);
    place.tamper("delete from record where kind = 'ledger_account'").await;
    place.tamper(&undo_later_migrations()).await;
    let catalog = place.open().await.reader.catalog().await.unwrap();
    let mut expected = default_chart(Timestamp::UNIX_EPOCH);
    expected.sort_by(|left, right| left.code.cmp(&right.code));
    let found: Vec<_> = catalog.ledger_accounts.iter().map(|account| account.as_ref().clone()).collect();
    assert_eq!((found, catalog.version), (expected, 6));
}

/// A book that has an account under the chart's code keeps it, and the chart's gets the next one.
async fn an_older_book_keeps_its_account_with_a_code_of_the_chart(place: Place) {
    drop(place.book().await);
    let own = r#"{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000099","code":"2150","name":"Deposits","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}"#;
    place.tamper("delete from record where kind = 'ledger_account'").await;
    let key = "00010a00000000000000000000000099";
    let put = format!(
        "insert into record (kind, record_key, id, version, body) values ('ledger_account', '{key}', '2150', 1, '{own}')"
    );
    place.tamper(&put).await;
    place.tamper(&undo_later_migrations()).await;
    let catalog = place.open().await.reader.catalog().await.unwrap();
    let found: Vec<(&str, Option<GlAccount>)> = catalog
        .ledger_accounts
        .iter()
        .filter(|account| account.code.starts_with("2150"))
        .map(|account| (account.code.as_str(), account.carries))
        .collect();
    assert_eq!(found, [("2150", None), ("2150-1", Some(GlAccount::InvestorFunds))]);
}

async fn the_business_date_moves_once(place: Place) {
    let mut open = place.book().await;
    let change = BusinessDateChange { from: date(2026, 1, 31), to: date(2026, 2, 1) };
    let changes = Changes { business_date: Some(change), ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.reader.state().await.unwrap().business_date, date(2026, 2, 1));
    assert_eq!(open.lane.save(&changes).await, Err(StoreError::VersionConflict));
}

fn new_record(n: u64, id: &str, catalog_version: i64) -> Changes {
    let change = RecordChange { record: branch(n, id), is_new: true, catalog_version, days_off: None };
    Changes { records: vec![change], ..Changes::default() }
}

async fn records_make_the_catalog(place: Place) {
    let mut open = place.book().await;
    open.lane.save(&new_record(1, "north", 0)).await.unwrap();
    open.lane.save(&new_record(2, "south", 1)).await.unwrap();
    for catalog in [open.lane.load_catalog().await.unwrap(), open.reader.catalog().await.unwrap()] {
        assert_eq!(catalog.version, 2);
        let branches: Vec<_> =
            catalog.branches.iter().map(|b| loam_book::record::Record::Branch(b.as_ref().clone())).collect();
        assert_eq!(branches, [branch(1, "north"), branch(2, "south")]);
    }
}

async fn a_record_is_changed_on_the_catalog_it_was_decided_on(place: Place) {
    let mut open = place.book().await;
    open.lane.save(&new_record(1, "north", 0)).await.unwrap();
    let change = |catalog_version| Changes {
        records: vec![RecordChange {
            record: branch(1, "east"),
            is_new: false,
            catalog_version,
            days_off: None,
        }],
        ..Changes::default()
    };
    assert_eq!(open.lane.save(&change(0)).await, Err(StoreError::VersionConflict));
    open.lane.save(&change(1)).await.unwrap();
    let catalog = open.reader.catalog().await.unwrap();
    assert_eq!(catalog.branches.iter().map(|branch| branch.id.as_str()).collect::<Vec<_>>(), ["east"]);
}

async fn a_taken_record_id_is_a_duplicate(place: Place) {
    let mut open = place.book().await;
    open.lane.save(&new_record(1, "north", 0)).await.unwrap();
    let taken = open.lane.save(&new_record(2, "north", 1)).await;
    assert_eq!(taken, Err(StoreError::Duplicate(vec![IdName::of_book(IdKind::Record, "north")])));
    assert_eq!(open.reader.state().await.unwrap().catalog_version, 1);
}

async fn the_first_fingerprint_of_a_vault_is_kept(place: Place) {
    let store = place.book().await.store;
    assert_eq!(store.property(Property::VaultFingerprint).await, Ok(None));
    for fingerprint in ["one", "two"] {
        let kept = store.keep_property(Property::VaultFingerprint, fingerprint).await.unwrap();
        assert_eq!(kept.as_deref(), Some("one"));
    }
    assert_eq!(place.count("book_property").await, 2, "beside the floor of the schema");
}

async fn the_store_answers_a_ping(place: Place) {
    place.book().await.reader.ping().await.unwrap();
}

#[tokio::test]
async fn a_second_owner_of_a_file_is_refused() {
    let place = Place::sqlite().await;
    let open = place.book().await;
    let error = Store::open(&place.url(), 1).await.unwrap_err().to_string();
    assert!(
        error.starts_with("the book ") && error.ends_with("loam.db is in use by another process"),
        "{error}"
    );
    Store::open_for_reading(&place.url()).await.unwrap().reader().state().await.unwrap();
    drop(open);
    Store::open(&place.url(), 1).await.unwrap();
}

#[tokio::test]
async fn a_lane_keeps_its_file_owned() {
    let place = Place::sqlite().await;
    let lane = place.book().await.lane;
    assert!(Store::open(&place.url(), 1).await.is_err());
    drop(lane);
    Store::open(&place.url(), 1).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_book_is_named() {
    let place = Place::sqlite().await;
    std::fs::write(
        place.folder().join("loam.db"),
        "a letter, not a database, and longer than a header of one",
    )
    .unwrap();
    let error = Store::open_for_reading(&place.url()).await.unwrap_err().to_string();
    assert!(error.ends_with("is not a book of Loam"), "{error}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_without_a_password() {
    let url = DatabaseUrl::parse("postgres://me:secret@127.0.0.1:1/book").unwrap();
    let error = Store::open(&url, 1).await.unwrap_err().to_string();
    assert!(error.starts_with("PostgreSQL at 127.0.0.1:1/book cannot be reached: "), "{error}");
    assert!(!error.contains("secret"), "{error}");
}
