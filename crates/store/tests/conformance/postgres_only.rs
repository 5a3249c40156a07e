//! What only a server can do: several processes on one book, and connections that are lost.

use loam_app::error::StoreError;
use loam_app::ports::Need;
use loam_store::Store;

use crate::book::undo_later_migrations;
use crate::parties::deletion;
use crate::places::{Place, client, execute};
use crate::samples::{self, changed, instant, key, loan, new_loan, of_client, of_loan};
use crate::writing::with_loan;

fn url_of(place: &Place) -> &str {
    match place {
        Place::Postgres { url, .. } => url,
        Place::Sqlite { .. } => unreachable!("these tests are about PostgreSQL"),
    }
}

#[tokio::test]
async fn two_stores_share_one_book() {
    let place = Place::postgres().await;
    let (mut open, mut loan) = with_loan(&place).await;
    let other = Store::open(&place.url(), 1).await.unwrap();
    let mut lane = other.lanes().unwrap().remove(0);
    let need = Need { loans: vec![of_loan(&loan)], ..Need::default() };
    assert_eq!(lane.load(&need).await.unwrap().loans.remove(&loan.key).as_deref(), Some(&loan));
    loan.version = 2;
    lane.save(&changed(&loan, Some(vec![1]))).await.unwrap();
    assert_eq!(open.lane.save(&changed(&loan, Some(vec![1]))).await, Err(StoreError::VersionConflict));
    assert_eq!(open.reader.loan(of_loan(&loan)).await.unwrap(), Some(loan));
}

/// Whoever opens an account and whoever deletes its holder wait for each other: never do both succeed.
#[tokio::test]
async fn nobody_is_deleted_while_another_server_opens_an_account() {
    let place = Place::postgres().await;
    let holders: Vec<_> = (1..=40).map(|n| samples::client(5, n)).collect();
    let mut here = place.book_of(&holders).await;
    let other = Store::open(&place.url(), 1).await.unwrap();
    let mut there = other.lanes().unwrap().remove(0);
    for (holder, n) in holders.iter().zip(1..) {
        let opening = new_loan(&loan(holder, n));
        let deleting = deletion(of_client(holder), &holder.id, holder.version);
        let (opened, deleted) = tokio::join!(there.save(&opening), here.lane.save(&deleting));
        assert!(opened.is_ok() != deleted.is_ok(), "{opened:?} {deleted:?}");
        let is_kept = here.reader.client(of_client(holder)).await.unwrap().is_some();
        assert_eq!(is_kept, opened.is_ok());
    }
    let gone = samples::client(5, 99);
    assert_eq!(there.save(&new_loan(&loan(&gone, 99))).await, Err(StoreError::VersionConflict));
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let place = Place::postgres().await;
    let (mut open, mut loan) = with_loan(&place).await;
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()";
    execute(url_of(&place), kill).await;
    loan.version = 2;
    let changes = changed(&loan, Some(vec![1]));
    // The first call may be the one that finds out.
    if let Err(error) = open.lane.save(&changes).await {
        assert!(matches!(error, StoreError::TryAgain(_) | StoreError::Database(_)), "{error:?}");
        open.lane.save(&changes).await.unwrap();
    }
    let shown = match open.reader.loan(of_loan(&loan)).await {
        Ok(shown) => shown,
        Err(_) => open.reader.loan(of_loan(&loan)).await.unwrap(),
    };
    assert_eq!(shown, Some(loan));
}

/// A lane that is built on one runtime and used on another, as the desk does.
#[test]
fn a_lane_lives_on_the_runtime_that_uses_it() {
    let outer = tokio::runtime::Runtime::new().unwrap();
    let (place, store) = outer.block_on(async {
        let place = Place::postgres().await;
        let store = place.book().await.store;
        (place, store)
    });
    let mut lane = store.lanes().unwrap().remove(1);
    let inner = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let loaded = inner.block_on(async { lane.load(&Need::default()).await }).unwrap();
    assert_eq!(loaded.state.time_zone, "Europe/Rome");
    drop(place);
}

/// A migration takes hold of table after table, and so does who writes: when each waits for what the other has, the database
/// breaks one of them off. Mostly that is the migration, which has waited longer; it is begun again.
#[tokio::test]
async fn a_book_is_migrated_while_others_hold_its_tables() {
    let place = Place::postgres().await;
    let (open, loan) = with_loan(&place).await;
    drop(open);
    place.tamper(&undo_later_migrations()).await;
    let other = client(url_of(&place)).await;
    other.batch_execute("begin; lock table journal_transfer in access share mode").await.unwrap();
    let url = place.url();
    let opening = tokio::spawn(async move { Store::open(&url, 1).await });
    let waits = "select count(*) from pg_locks where not granted and relation = 'journal_transfer'::regclass";
    while other.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
    // The migration has changed this one already.
    let taken = other.batch_execute("lock table loan_account in access share mode").await;
    other.batch_execute(if taken.is_ok() { "commit" } else { "rollback" }).await.unwrap();
    let store = opening.await.unwrap().unwrap();
    assert_eq!(store.reader().loan(of_loan(&loan)).await.unwrap(), Some(loan));
}

/// A worker that is in the middle of claiming holds up nobody: others take what it leaves.
#[tokio::test]
async fn a_worker_does_not_wait_for_what_another_is_claiming() {
    let place = Place::postgres().await;
    let (open, _) = with_loan(&place).await;
    let deliveries = open.store.deliveries().unwrap();
    let targets = [key(0, 1), key(0, 2)];
    let other = client(url_of(&place)).await;
    other.batch_execute("begin; select from outbox where seq = 1 for update").await.unwrap();
    assert_eq!(deliveries.fan_out(&targets, &[], instant(60), 10).await, Ok(1));
    other.batch_execute("rollback").await.unwrap();
    assert_eq!(deliveries.fan_out(&targets, &[], instant(60), 10).await, Ok(1));
    let lock = format!("begin; select from delivery where target_key = '{}' for update", targets[0]);
    other.batch_execute(&lock).await.unwrap();
    let listeners = targets.map(|target| (target, 10));
    let claimed = deliveries.claim(&listeners, instant(60), instant(90), 10).await.unwrap();
    assert_eq!(claimed.iter().map(|delivery| delivery.target).collect::<Vec<_>>(), targets[1..]);
    other.batch_execute("rollback").await.unwrap();
    let claimed = deliveries.claim(&listeners, instant(60), instant(90), 10).await.unwrap();
    assert_eq!(claimed.iter().map(|delivery| delivery.target).collect::<Vec<_>>(), targets[..1]);
}
