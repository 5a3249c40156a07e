//! Records: what the organization sets up and changes rarely. One command creates any of them,
//! one changes it.

use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::refusal::Refusal;
use crate::organization::{Branch, Centre, TransactionChannel, User};
use crate::partner::{ApiClient, Business, LoanPurpose, Target};
use crate::product::Product;

/// Any of the organization's records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "record", rename_all = "snake_case")]
pub enum Record {
    Product(Box<Product>),
    Branch(Branch),
    Centre(Centre),
    User(User),
    Channel(TransactionChannel),
    ApiClient(ApiClient),
    Business(Business),
    Target(Target),
    Purpose(LoanPurpose),
}

/// The kinds of record. Ids are unique within a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    Product,
    Branch,
    Centre,
    User,
    Channel,
    ApiClient,
    Business,
    Target,
    Purpose,
}

impl RecordKind {
    /// The name stored in the database.
    pub fn name(self) -> &'static str {
        match self {
            RecordKind::Product => "product",
            RecordKind::Branch => "branch",
            RecordKind::Centre => "centre",
            RecordKind::User => "user",
            RecordKind::Channel => "channel",
            RecordKind::ApiClient => "api_client",
            RecordKind::Business => "business",
            RecordKind::Target => "target",
            RecordKind::Purpose => "purpose",
        }
    }
}

impl Record {
    pub fn kind(&self) -> RecordKind {
        match self {
            Record::Product(_) => RecordKind::Product,
            Record::Branch(_) => RecordKind::Branch,
            Record::Centre(_) => RecordKind::Centre,
            Record::User(_) => RecordKind::User,
            Record::Channel(_) => RecordKind::Channel,
            Record::ApiClient(_) => RecordKind::ApiClient,
            Record::Business(_) => RecordKind::Business,
            Record::Target(_) => RecordKind::Target,
            Record::Purpose(_) => RecordKind::Purpose,
        }
    }

    pub fn key(&self) -> Key {
        match self {
            Record::Product(product) => product.key,
            Record::Branch(branch) => branch.key,
            Record::Centre(centre) => centre.key,
            Record::User(user) => user.key,
            Record::Channel(channel) => channel.key,
            Record::ApiClient(client) => client.key,
            Record::Business(business) => business.key,
            Record::Target(target) => target.key,
            Record::Purpose(purpose) => purpose.key,
        }
    }

    /// The id that people use; of a user, the user name.
    pub fn id(&self) -> &str {
        match self {
            Record::Product(product) => &product.id,
            Record::Branch(branch) => &branch.id,
            Record::Centre(centre) => &centre.id,
            Record::User(user) => &user.username,
            Record::Channel(channel) => &channel.id,
            Record::ApiClient(client) => &client.id,
            Record::Business(business) => &business.id,
            Record::Target(target) => &target.id,
            Record::Purpose(purpose) => &purpose.id,
        }
    }

    /// The record without hashes of secrets and sealed texts, for the audit trail and kept answers.
    #[must_use]
    pub fn without_secrets(&self) -> Record {
        let mut record = self.clone();
        match &mut record {
            Record::User(user) => {
                user.password_hash = None;
                user.api_key_hash = None;
            }
            Record::ApiClient(client) => client.secret_hash.clear(),
            Record::Business(business) => business.clear_secrets(),
            Record::Target(target) => target.contract.clear_secrets(),
            Record::Product(_)
            | Record::Branch(_)
            | Record::Centre(_)
            | Record::Channel(_)
            | Record::Purpose(_) => {}
        }
        record
    }

    fn name(&self) -> &str {
        match self {
            Record::Product(product) => &product.name,
            Record::Branch(branch) => &branch.name,
            Record::Centre(centre) => &centre.name,
            Record::User(user) => &user.username,
            Record::Channel(channel) => &channel.name,
            Record::ApiClient(client) => &client.name,
            Record::Business(business) => &business.name,
            Record::Target(target) => &target.name,
            Record::Purpose(purpose) => &purpose.name,
        }
    }
}

/// Checks a record that is created or changed, in this order: id, name, contradicting bounds.
///
/// # Errors
/// Refuses an id that is empty or holds white space or control characters, an empty name, and bounds of a product that
/// contradict each other.
pub fn check_record(record: &Record) -> Result<(), Refusal> {
    let id = record.id();
    if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Refusal::InvalidId { value: id.to_owned() });
    }
    if record.name().trim().is_empty() {
        return Err(Refusal::MissingField { field: "name" });
    }
    if let Record::Product(product) = record
        && let Some(field) = product.contradiction()
    {
        return Err(Refusal::ContradictingProduct { field });
    }
    Ok(())
}
