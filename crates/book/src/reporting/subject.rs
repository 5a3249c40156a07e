//! A subject: a person under the name that an outside organization gave. Two subjects are one
//! person when both are linked to one client, and never otherwise.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key, Name, Part};
use crate::reporting::score::{Behaviour, Score};

/// Whose kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The `customer_id` of the loan performance contract.
    PerformanceCustomer,
    /// The `clientId` of the repayment data contract: 24 hexadecimal digits.
    RepaymentClient,
    /// The borrower account of the marketplace contract: its first fifteen characters.
    MarketplaceAccount,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Scheme; 3] =
        [Scheme::PerformanceCustomer, Scheme::RepaymentClient, Scheme::MarketplaceAccount];

    /// The name stored in the database.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::PerformanceCustomer => "performance_customer",
            Scheme::RepaymentClient => "repayment_client",
            Scheme::MarketplaceAccount => "marketplace_account",
        }
    }
}

/// How a subject is called by an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectName {
    pub scheme: Scheme,
    pub organization: String,
    pub id: String,
    /// A second name, unique in the organization: the `externalReferenceId`.
    pub reference: Option<String>,
}

impl SubjectName {
    /// Where the subject of this name is kept, whether it is known or not.
    pub fn address(&self) -> Address {
        Name::of(&[self.scheme.name(), &self.organization, &self.id]).address()
    }

    /// The key of a reported loan of this subject.
    pub fn loan_key(&self, part: Part, loan_id: &str) -> Key {
        Key::named(part, &Name::of(&["loan", self.scheme.name(), &self.organization, loan_id]))
    }
}

/// A person as an outside organization knows him or her. No personal data: names and numbers that
/// the organization gave, and what follows from its reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub key: Key,
    pub part: Part,
    pub version: i64,
    pub scheme: Scheme,
    pub organization: String,
    pub id: String,
    pub reference: Option<String>,
    /// The client of the book that this is, by an explicit link.
    pub client: Option<Address>,
    /// What was reported of each loan, as far as scores need it; by the loan's outside id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub behaviour: BTreeMap<String, Behaviour>,
    /// Repayment-behaviour scores, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// How many loans were reported.
    pub loan_count: u32,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl Subject {
    /// A subject that nothing was reported about yet.
    pub fn new(name: &SubjectName, address: Address, at: Timestamp) -> Subject {
        Subject {
            key: address.key,
            part: address.part,
            version: 1,
            scheme: name.scheme,
            organization: name.organization.clone(),
            id: name.id.clone(),
            reference: name.reference.clone(),
            client: None,
            behaviour: BTreeMap::new(),
            scores: Vec::new(),
            loan_count: 0,
            created_at: at,
            last_modified_at: at,
        }
    }

    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// The name under which it was opened.
    pub fn name(&self) -> SubjectName {
        SubjectName {
            scheme: self.scheme,
            organization: self.organization.clone(),
            id: self.id.clone(),
            reference: self.reference.clone(),
        }
    }
}
