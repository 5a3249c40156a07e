//! What survives a crash rests on settings; they are read back from the databases.

use crate::places::Place;

async fn settings(place: &Place) -> Vec<(String, String)> {
    place.book().await.store.durability().await.unwrap()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn sqlite_syncs_every_commit() {
    let found = settings(&Place::sqlite().await).await;
    assert_eq!(found, pairs(&[("journal_mode", "wal"), ("synchronous", "full")]));
}

/// The throw-away cluster may run without `fsync`; the connection must not ask for less than the server gives.
#[tokio::test]
async fn postgres_waits_for_every_commit() {
    let found = settings(&Place::postgres().await).await;
    assert!(found.contains(&("synchronous_commit".to_owned(), "on".to_owned())), "{found:?}");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["fsync", "synchronous_commit", "full_page_writes"]);
}
