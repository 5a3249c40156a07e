//! The catalog: all records of the organization, found by key or by id. Small, read at every
//! decision, and replaced as a whole when a record changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ids::Key;
use crate::organization::{Branch, Centre, TransactionChannel, User};
use crate::partner::{ApiClient, Business, LoanPurpose, Target};
use crate::product::Product;
use crate::record::Record;

/// Records of one kind, in the order of their ids.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    by_key: HashMap<Key, Arc<T>>,
    by_id: HashMap<String, Key>,
    in_order: Vec<Arc<T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { by_key: HashMap::new(), by_id: HashMap::new(), in_order: Vec::new() }
    }
}

impl<T> Shelf<T> {
    pub fn by_key(&self, key: Key) -> Option<&Arc<T>> {
        self.by_key.get(&key)
    }

    /// Finds a record by the id that people use or by its key.
    pub fn find(&self, id_or_key: &str) -> Option<&Arc<T>> {
        let key = self.by_id.get(id_or_key).copied().or_else(|| id_or_key.parse().ok())?;
        self.by_key.get(&key)
    }

    /// All records, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.in_order.iter()
    }

    fn put(&mut self, key: Key, id: String, record: T) {
        let record = Arc::new(record);
        self.by_key.insert(key, Arc::clone(&record));
        self.by_id.insert(id, key);
        self.in_order.push(record);
    }
}

/// All records at one version.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Counts the changes of records; a server whose catalog has another version reads it again.
    pub version: i64,
    pub products: Shelf<Product>,
    pub branches: Shelf<Branch>,
    pub centres: Shelf<Centre>,
    pub users: Shelf<User>,
    pub channels: Shelf<TransactionChannel>,
    pub api_clients: Shelf<ApiClient>,
    pub businesses: Shelf<Business>,
    pub targets: Shelf<Target>,
    pub purposes: Shelf<LoanPurpose>,
}

impl Catalog {
    /// Puts records on their shelves.
    pub fn new(version: i64, mut records: Vec<Record>) -> Catalog {
        records.sort_by(|a, b| a.id().cmp(b.id()));
        let mut catalog = Catalog { version, ..Catalog::default() };
        for record in records {
            let (key, id) = (record.key(), record.id().to_owned());
            match record {
                Record::Product(product) => catalog.products.put(key, id, product),
                Record::Branch(branch) => catalog.branches.put(key, id, branch),
                Record::Centre(centre) => catalog.centres.put(key, id, centre),
                Record::User(user) => catalog.users.put(key, id, user),
                Record::Channel(channel) => catalog.channels.put(key, id, channel),
                Record::ApiClient(client) => catalog.api_clients.put(key, id, client),
                Record::Business(business) => catalog.businesses.put(key, id, business),
                Record::Target(target) => catalog.targets.put(key, id, target),
                Record::Purpose(purpose) => catalog.purposes.put(key, id, purpose),
            }
        }
        catalog
    }
}
