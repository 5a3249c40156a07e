//! A streaming replica of the book, and how far it has come. It is asked regularly; what it said last is what readers
//! go by, and as it only goes forward, they never expect too much of it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;
use loam_app::freshness::Position;
use tokio_postgres::Config;

use super::{PostgresReader, PostgresStore, existing, failed};
use crate::error::OpenError;
use crate::url::address;

/// How often the replica is asked.
const TURN: Duration = Duration::from_millis(50);
/// A position that no replica has reached.
const NOWHERE: u64 = 0;

/// A book in PostgreSQL with a replica beside it.
pub(crate) struct Replica {
    pub(crate) reader: PostgresReader,
    /// Up to where it has replayed; [`NOWHERE`] while it is not to be read from.
    replayed: AtomicU64,
}

/// Where a server is in the order of commits, and of which cluster.
struct Standing {
    /// What a commit that has returned lies before.
    written: u64,
    /// What a replica can have received.
    sent: u64,
    cluster: i64,
}

impl Replica {
    /// A replica of the book, of which nothing is expected before it was asked. It may be away: then it is not read
    /// from until it comes.
    ///
    /// # Errors
    /// When something else answers at the address.
    pub(crate) async fn watched(
        book: &Arc<PostgresStore>,
        config: &Config,
        lag: Duration,
    ) -> Result<Arc<Replica>, OpenError> {
        if let Ok(client) = existing(config).await {
            let standing = standing(&*book.reader().await?).await?;
            if replayed(&client, standing.cluster).await?.is_none() {
                return Err(OpenError::NotAReplica(address(config)));
            }
        } else {
            tracing::warn!(
                replica = address(config),
                "the replica cannot be reached; the book itself is read"
            );
        }
        let store = Arc::new(PostgresStore::new(config, 0, book.is_spread())?);
        let replica = Replica { reader: PostgresReader(store), replayed: AtomicU64::new(NOWHERE) };
        let replica = Arc::new(replica);
        book.note_positions();
        tokio::spawn(watch(Arc::downgrade(book), Arc::downgrade(&replica), lag));
        Ok(replica)
    }

    /// Whether everything up to a position can be read here.
    pub(crate) fn has(&self, position: Position) -> bool {
        let replayed = self.replayed.load(Ordering::Acquire);
        replayed != NOWHERE && replayed >= position.0
    }

    /// It failed: nobody reads from it until it was asked again.
    pub(crate) fn set_aside(&self) {
        self.replayed.store(NOWHERE, Ordering::Release);
    }
}

/// Asks the replica how far it is, as long as somebody reads from it. One that is away, that is a replica no more, or
/// that is further behind than `lag` is not read from.
async fn watch(book: Weak<PostgresStore>, replica: Weak<Replica>, lag: Duration) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut behind = Behind::default();
    loop {
        turns.tick().await;
        let (Some(book), Some(replica)) = (book.upgrade(), replica.upgrade()) else { return };
        let asked = tokio::time::timeout(lag.max(TURN), ask(&book, &replica)).await;
        let (sent, replayed) = match asked {
            Ok(Ok(Some(found))) => found,
            Ok(Ok(None) | Err(_)) | Err(_) => {
                replica.set_aside();
                continue;
            }
        };
        let turns = behind.turns(sent, replayed);
        let position = if TURN.saturating_mul(turns) > lag { NOWHERE } else { replayed };
        replica.replayed.store(position, Ordering::Release);
    }
}

/// What the book has sent, and what the replica has replayed of it.
async fn ask(book: &PostgresStore, replica: &Replica) -> Result<Option<(u64, u64)>, StoreError> {
    let standing = standing(&*book.reader().await?).await?;
    let found = replayed(&*replica.reader.0.reader().await?, standing.cluster).await?;
    Ok(found.map(|replayed| (standing.sent, replayed)))
}

/// For how many turns the replica has been behind.
#[derive(Default)]
struct Behind {
    turn: u32,
    /// What the book had sent on which turn, as far as it is not replayed.
    sent: VecDeque<(u32, u64)>,
}

impl Behind {
    fn turns(&mut self, sent: u64, replayed: u64) -> u32 {
        self.turn = self.turn.saturating_add(1);
        if self.sent.back().is_none_or(|(_, last)| *last < sent) {
            self.sent.push_back((self.turn, sent));
        }
        while self.sent.front().is_some_and(|(_, first)| *first <= replayed) {
            self.sent.pop_front();
        }
        self.sent.front().map_or(0, |(first, _)| self.turn - first)
    }
}

/// Where the book's own server is.
async fn standing(client: &ClientWrapper) -> Result<Standing, StoreError> {
    let sql = "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint,
                      (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint,
                      (select system_identifier from pg_control_system())";
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    let row = client.query_one(&statement, &[]).await.map_err(failed)?;
    let [written, sent] = [row.get::<_, i64>(0), row.get(1)].map(i64::cast_unsigned);
    Ok(Standing { written, sent, cluster: row.get(2) })
}

/// Up to where a commit that has returned can be seen.
pub(super) async fn position_now(client: &ClientWrapper) -> Result<Position, StoreError> {
    standing(client).await.map(|standing| Position(standing.written))
}

/// Up to where a replica has replayed; `None` for a server that is no replica of this cluster.
async fn replayed(client: &ClientWrapper, cluster: i64) -> Result<Option<u64>, StoreError> {
    let sql = "select (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint,
                      pg_is_in_recovery() and (select system_identifier from pg_control_system()) = $1";
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    let row = client.query_one(&statement, &[&cluster]).await.map_err(failed)?;
    let is_replica: bool = row.get(1);
    Ok(row.get::<_, Option<i64>>(0).filter(|_| is_replica).map(i64::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_behind_since_the_first_thing_that_it_lacks() {
        let mut behind = Behind::default();
        assert_eq!(behind.turns(100, 100), 0);
        assert_eq!(behind.turns(200, 100), 0, "sent on this turn");
        assert_eq!(behind.turns(200, 150), 1);
        assert_eq!(behind.turns(300, 150), 2, "what came later does not make it younger");
        assert_eq!(behind.turns(300, 200), 1, "the second thing is one turn old");
        assert_eq!(behind.turns(300, 300), 0);
    }

    #[test]
    fn an_idle_book_lets_no_replica_fall_behind() {
        let mut behind = Behind::default();
        assert!((0..100).all(|_| behind.turns(100, 100) == 0));
    }
}
