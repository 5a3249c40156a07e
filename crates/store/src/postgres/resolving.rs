//! Names that several requests ask for at the same time, looked up by one statement.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::loan::refusal::IdKind;
use tokio::sync::oneshot;

use super::{PostgresStore, registry};

/// How long a statement about all may keep those who wait; then each asks by itself, over whatever connection it gets.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a statement about all says of one of them; it says nothing if it failed, which may be owed to another one.
type Said = Option<Option<Address>>;

struct Asked {
    kind: IdKind,
    id_or_key: String,
    answer: oneshot::Sender<Said>,
}

/// Looks up what requests name. Who comes while a statement is under way waits for the next one, which is about all who
/// wait: a server with many requests sends few statements, and one that is asked once sends one at once.
#[derive(Default)]
pub(super) struct Resolver {
    waiting: Mutex<Vec<Asked>>,
    /// Whoever has it asks for all.
    turn: tokio::sync::Mutex<()>,
}

impl Resolver {
    /// Finds an account or client by its id, otherwise by its key. Where names are spread over machines, each is asked for
    /// at its own.
    pub(super) async fn resolve(
        &self,
        store: &PostgresStore,
        kind: IdKind,
        id_or_key: &str,
    ) -> Result<Option<Address>, StoreError> {
        let said = if store.is_spread() { None } else { self.ask_together(store, kind, id_or_key).await };
        match said {
            Some(found) => Ok(found),
            None => registry::select_address(&*store.reader().await?, kind, id_or_key).await,
        }
    }

    async fn ask_together(&self, store: &PostgresStore, kind: IdKind, id_or_key: &str) -> Said {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.waiting().push(Asked { kind, id_or_key: id_or_key.to_owned(), answer });
            tokio::select! {
                biased;
                said = &mut answered => if let Ok(said) = said { return said },
                _turn = self.turn.lock() => {
                    self.ask_for_all(store).await;
                    if let Ok(said) = answered.await {
                        return said;
                    }
                }
            }
            // Whoever asked for this one, too, was broken off.
        }
    }

    async fn ask_for_all(&self, store: &PostgresStore) {
        let mut kinds: HashMap<IdKind, Vec<Asked>> = HashMap::new();
        for asked in std::mem::take(&mut *self.waiting()) {
            kinds.entry(asked.kind).or_default().push(asked);
        }
        join_all(kinds.into_iter().map(|(kind, asked)| answer_all(store, kind, asked))).await;
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.waiting.lock().expect("nobody panics while holding it")
    }
}

async fn answer_all(store: &PostgresStore, kind: IdKind, asked: Vec<Asked>) {
    let names: Vec<&str> = asked.iter().map(|asked| asked.id_or_key.as_str()).collect();
    let found = tokio::time::timeout(PATIENCE, look_up(store, kind, &names)).await;
    let found = found.ok().and_then(Result::ok);
    for Asked { id_or_key, answer, .. } in asked {
        // Who does not wait any more needs no answer.
        let _ = answer.send(found.as_ref().map(|found| found.get(&id_or_key).copied()));
    }
}

async fn look_up(
    store: &PostgresStore,
    kind: IdKind,
    names: &[&str],
) -> Result<HashMap<String, Address>, StoreError> {
    let client = store.reader().await?;
    match names {
        [name] => {
            let found = registry::select_address(&client, kind, name).await?;
            Ok(found.map(|address| ((*name).to_owned(), address)).into_iter().collect())
        }
        names => registry::select_addresses(&client, kind, names).await,
    }
}
