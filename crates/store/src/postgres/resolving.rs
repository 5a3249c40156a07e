//! Names that several requests ask for at the same time, looked up by one statement.

use std::collections::HashMap;
use std::sync::Mutex;

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::loan::refusal::IdKind;
use tokio::sync::oneshot;

use super::{PostgresStore, registry};

type Answer = Result<Option<Address>, StoreError>;

struct Asked {
    kind: IdKind,
    id_or_key: String,
    answer: oneshot::Sender<Answer>,
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
    pub(super) async fn resolve(&self, store: &PostgresStore, kind: IdKind, id_or_key: &str) -> Answer {
        if store.is_spread() {
            return registry::select_address(&*store.reader().await?, kind, id_or_key).await;
        }
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.waiting().push(Asked { kind, id_or_key: id_or_key.to_owned(), answer });
            tokio::select! {
                biased;
                found = &mut answered => if let Ok(found) = found { return found },
                _turn = self.turn.lock() => {
                    self.ask_for_all(store).await;
                    if let Ok(found) = answered.await {
                        return found;
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
        for (kind, asked) in kinds {
            let names: Vec<&str> = asked.iter().map(|asked| asked.id_or_key.as_str()).collect();
            let found = look_up(store, kind, &names).await;
            for Asked { id_or_key, answer, .. } in asked {
                let own = found.as_ref().map(|found| found.get(&id_or_key).copied());
                // Who does not wait any more needs no answer.
                let _ = answer.send(own.map_err(Clone::clone));
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Asked>> {
        self.waiting.lock().expect("nobody panics while holding it")
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
