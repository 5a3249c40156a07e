//! Who is told: targets and the webhooks of businesses.

use std::sync::Arc;

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::partner::{AllowedNotification, Business, Realm, Target};

/// Who is to be told.
pub(super) enum Listener {
    Target(Arc<Target>),
    Webhook(Arc<Business>),
}

impl Listener {
    /// The target or business with this key, if it wants to hear now.
    pub(super) fn find(key: Key, (catalog, realm): (&Catalog, Realm)) -> Option<Listener> {
        let target = catalog.targets.by_key(key).filter(|target| target.is_active);
        let business = || catalog.businesses.by_key(key).filter(|business| wants(business, realm));
        target.cloned().map(Listener::Target).or_else(|| business().cloned().map(Listener::Webhook))
    }

    fn key(&self) -> Key {
        match self {
            Listener::Target(target) => target.key,
            Listener::Webhook(business) => business.key,
        }
    }
}

/// All targets, also those that are paused: they hear of everything when they are back. Targets hear about the live
/// book only: a book for tests has nothing to report.
pub(super) fn targets(catalog: &Catalog, realm: Realm) -> Vec<Key> {
    match realm {
        Realm::Live => catalog.targets.iter().map(|target| target.key).collect(),
        Realm::Test => Vec::new(),
    }
}

/// All businesses with a webhook, also those that want to hear nothing now, with their ids.
pub(super) fn webhooks(catalog: &Catalog, realm: Realm) -> Vec<(String, Key)> {
    let has_webhook = |business: &&Arc<Business>| business.webhook(realm).is_some();
    let businesses = catalog.businesses.iter().filter(has_webhook);
    businesses.map(|business| (business.id.clone(), business.key)).collect()
}

/// Those who want to hear now.
pub(super) fn listening(catalog: &Catalog, realm: Realm) -> Vec<Key> {
    let keys =
        targets(catalog, realm).into_iter().chain(webhooks(catalog, realm).into_iter().map(|(_, key)| key));
    keys.filter_map(|key| Listener::find(key, (catalog, realm))).map(|listener| listener.key()).collect()
}

fn wants(business: &Business, realm: Realm) -> bool {
    let is_allowed = match business.allowed_notification {
        AllowedNotification::All | AllowedNotification::Webhooks => true,
        AllowedNotification::None | AllowedNotification::Emails => false,
    };
    business.is_active && is_allowed && business.webhook(realm).is_some()
}
