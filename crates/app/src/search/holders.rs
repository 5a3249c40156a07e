//! What the clients and groups are called that hold accounts.

use std::collections::HashMap;

use loam_book::ids::Key;
use loam_book::loan::HolderKind;

use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;

/// What a holder is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) id: String,
    /// First and last name of a client.
    pub(super) name: String,
}

/// Holders that were read, each once.
pub(super) struct Holders<'a> {
    store: &'a dyn ReadStore,
    known: HashMap<Key, Option<Called>>,
}

impl<'a> Holders<'a> {
    pub(super) fn new(store: &'a dyn ReadStore) -> Holders<'a> {
        Holders { store, known: HashMap::new() }
    }

    pub(super) async fn called(
        &mut self,
        kind: HolderKind,
        address: Address,
    ) -> Result<Option<Called>, StoreError> {
        if let Some(called) = self.known.get(&address.key) {
            return Ok(called.clone());
        }
        let called = match kind {
            HolderKind::Client => self.store.client(address).await?.map(|view| Called {
                name: format!("{} {}", view.client.profile.first_name, view.client.profile.last_name),
                id: view.client.id,
            }),
            HolderKind::Group => self
                .store
                .group(address)
                .await?
                .map(|view| Called { id: view.group.id, name: view.group.contact.name }),
        };
        self.known.insert(address.key, called.clone());
        Ok(called)
    }
}
