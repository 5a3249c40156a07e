//! Who stands outside and has a contract with the book: clients of the token endpoint, businesses
//! with keys, and targets that are told what happens. Secrets are kept as hashes, and those that
//! must be sent again are sealed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Permission};
use crate::ids::Key;

/// Whether a credential leads to the book or to the book for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    #[default]
    Live,
    Test,
}

/// A text that is stored encrypted. The book carries it and cannot read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedText {
    /// Nonce and ciphertext, base64.
    pub sealed: String,
    /// What may be shown: stars and the last characters.
    pub masked: String,
}

/// What a client of the token endpoint may do; see [`ApiClient::has`] for a client without scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    LoanPerformance,
    LeadData,
    DryRun,
    Marketplace,
    /// Read serviced loans of the whole book in the words of the loan performance contract.
    Book,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Scope; 5] =
        [Scope::LoanPerformance, Scope::LeadData, Scope::DryRun, Scope::Marketplace, Scope::Book];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Scope::LoanPerformance => "loan-performance",
            Scope::LeadData => "lead-data",
            Scope::DryRun => "dry-run",
            Scope::Marketplace => "marketplace",
            Scope::Book => "book",
        }
    }
}

/// A client of the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiClient {
    pub key: Key,
    /// The `client_id`, a UUID.
    pub id: String,
    pub name: String,
    /// Whose reports these are: clients of one organization see the same subjects and loans.
    pub organization: String,
    pub realm: Realm,
    pub scopes: Vec<Scope>,
    /// SHA-256 of the secret, hexadecimal.
    pub secret_hash: String,
    /// How often the client may ask; `None`: as often as it likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    pub is_active: bool,
    /// When the secret was set or the client let in again: tokens from before are worth nothing.
    pub tokens_valid_from: Timestamp,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// What the marketplace does in the book: loans of its applications, and money of its investors.
const MARKETPLACE: [Permission; 18] = [
    Permission::CreateLoanAccount,
    Permission::ApproveLoans,
    Permission::RejectLoans,
    Permission::WithdrawLoanAccounts,
    Permission::DisburseLoans,
    Permission::RefinanceLoanAccount,
    Permission::EnterRepayment,
    Permission::BackdateLoanTransactions,
    Permission::ApplyLoanAdjustments,
    Permission::WriteOffLoanAccounts,
    Permission::ReverseLoanAccountWriteOff,
    Permission::MakeDeposit,
    Permission::MakeWithdrawal,
    Permission::MakeTransfer,
    Permission::SetUpMarketplace,
    Permission::CreateClient,
    Permission::CreateSavingsAccount,
    Permission::ApproveSavings,
];

impl ApiClient {
    /// Whether the client may do this. Without scopes it may do everything that the loan performance
    /// contract has; the marketplace and the loans of the book must be named.
    pub fn has(&self, scope: Scope) -> bool {
        match scope {
            Scope::LoanPerformance | Scope::LeadData | Scope::DryRun if self.scopes.is_empty() => true,
            Scope::LoanPerformance | Scope::LeadData | Scope::DryRun | Scope::Marketplace | Scope::Book => {
                self.scopes.contains(&scope)
            }
        }
    }

    /// The client as somebody who acts.
    pub fn to_actor(&self) -> Actor {
        let mut permissions = Vec::new();
        if self.has(Scope::LoanPerformance) {
            permissions.push(Permission::ReportLoans);
        }
        if self.has(Scope::Marketplace) {
            permissions.extend(MARKETPLACE);
        }
        Actor {
            user_key: self.key,
            username: self.name.clone(),
            is_administrator: false,
            permissions,
            only_own_clients: false,
            role: None,
            bounds: crate::rights::Bounds::default(),
        }
    }
}

/// What a business wants to hear about by mail and webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowedNotification {
    #[default]
    All,
    None,
    Emails,
    Webhooks,
}

/// Where a business is told about its clients, and with which secret it knows that it is us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub url: String,
    pub secret: SealedText,
}

/// What a key of a business is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyRole {
    /// Kept on the business's servers: may do everything that the business may.
    Secret,
    /// Part of a program that others hold: may register clients and see nothing.
    Public,
}

/// The keys of one realm, hashed with SHA-256, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    pub secret_hash: String,
    pub public_hash: String,
}

/// A business that hands in repayment data with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    pub key: Key,
    /// The `businessId`: 24 hexadecimal digits, of which the first eight are the second of creation.
    /// Also the organization under which its clients and loans are kept.
    pub id: String,
    pub name: String,
    pub live_keys: KeyPair,
    pub test_keys: KeyPair,
    pub live_webhook: Option<Webhook>,
    pub test_webhook: Option<Webhook>,
    pub allowed_notification: AllowedNotification,
    /// IANA name of the zone in which local times are shown.
    pub time_zone: String,
    /// Show local times with the seconds printed twice, as the vendor once did.
    pub doubles_seconds: bool,
    /// Whether the business may read serviced loans of the whole book.
    pub reads_book: bool,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl Business {
    pub fn keys(&self, realm: Realm) -> &KeyPair {
        match realm {
            Realm::Live => &self.live_keys,
            Realm::Test => &self.test_keys,
        }
    }

    pub fn webhook(&self, realm: Realm) -> Option<&Webhook> {
        match realm {
            Realm::Live => self.live_webhook.as_ref(),
            Realm::Test => self.test_webhook.as_ref(),
        }
    }

    /// Its keys by their hashes, and what each of them opens.
    pub(crate) fn key_hashes(&self) -> [(&str, Realm, KeyRole); 4] {
        let pair = |realm: Realm| {
            let KeyPair { secret_hash, public_hash } = self.keys(realm);
            [(secret_hash.as_str(), realm, KeyRole::Secret), (public_hash.as_str(), realm, KeyRole::Public)]
        };
        let ([live_secret, live_public], [test_secret, test_public]) = (pair(Realm::Live), pair(Realm::Test));
        [live_secret, live_public, test_secret, test_public]
    }

    pub(crate) fn clear_secrets(&mut self) {
        for keys in [&mut self.live_keys, &mut self.test_keys] {
            keys.secret_hash.clear();
            keys.public_hash.clear();
        }
        for webhook in [&mut self.live_webhook, &mut self.test_webhook].into_iter().flatten() {
            webhook.secret.sealed.clear();
        }
    }

    /// The business as somebody who acts.
    pub fn to_actor(&self) -> Actor {
        Actor {
            user_key: self.key,
            username: self.name.clone(),
            is_administrator: false,
            permissions: vec![Permission::ReportLoans],
            only_own_clients: false,
            role: None,
            bounds: crate::rights::Bounds::default(),
        }
    }
}

/// In whose words a target is told about serviced loans, and how it knows us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum TargetContract {
    /// Upserts of customers, loans and payments, with a token of the target's own endpoint.
    LoanPerformance { client_id: String, client_secret: SealedText, management_system_id: i64 },
    /// Clients and their repayment data, with a secret key.
    RepaymentData { secret_key: SealedText },
}

impl TargetContract {
    pub(crate) fn clear_secrets(&mut self) {
        match self {
            TargetContract::LoanPerformance { client_secret: secret, .. }
            | TargetContract::RepaymentData { secret_key: secret } => secret.sealed.clear(),
        }
    }
}

/// Somebody who is told about serviced loans as they change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub key: Key,
    pub id: String,
    pub name: String,
    /// Before the paths of the contract, without a slash at its end.
    pub url: String,
    pub contract: TargetContract,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// What a loan on the marketplace is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanPurpose {
    pub key: Key,
    /// Fifteen characters, as the marketplace contract has them.
    pub id: String,
    pub name: String,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}
