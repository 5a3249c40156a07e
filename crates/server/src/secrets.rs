//! Secrets that are handed out: keys of businesses and secrets of webhooks, 256 random bits each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loam_app::desk::Desk;
use loam_book::partner::{KeyPair, KeyRole, Realm};

use crate::auth::hash_api_key;
use crate::idempotency::hex;

/// The keys of one realm as they are handed out, once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKeys {
    pub secret: String,
    pub public: String,
}

impl NewKeys {
    /// New keys: `sk_live_…` and `pk_live_…`, or `sk_test_…` and `pk_test_…`.
    pub fn draw(realm: Realm, desk: &Desk) -> NewKeys {
        let key = |role| format!("{}{}", prefix(realm, role), hex(&desk.draw_bytes::<32>()));
        NewKeys { secret: key(KeyRole::Secret), public: key(KeyRole::Public) }
    }

    /// The keys in the form in which they are kept.
    pub fn hashed(&self) -> KeyPair {
        KeyPair { secret_hash: hash_api_key(&self.secret), public_hash: hash_api_key(&self.public) }
    }
}

/// A new secret for signing webhooks: `whsec_` and base64, as the Standard Webhooks convention has it.
pub fn draw_webhook_secret(desk: &Desk) -> String {
    format!("whsec_{}", STANDARD.encode(desk.draw_bytes::<32>()))
}

fn prefix(realm: Realm, role: KeyRole) -> &'static str {
    match (realm, role) {
        (Realm::Live, KeyRole::Secret) => "sk_live_",
        (Realm::Live, KeyRole::Public) => "pk_live_",
        (Realm::Test, KeyRole::Secret) => "sk_test_",
        (Realm::Test, KeyRole::Public) => "pk_test_",
    }
}
