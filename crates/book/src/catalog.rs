//! The catalog: all records of the organization, found by key or by id. Small, read at every
//! decision, and replaced as a whole when a record changes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use loam_calc::calendar::Calendar;

use crate::consumer::ApiConsumer;
use crate::custom_field::{CustomField, CustomFieldSet};
use crate::exchange::ExchangeRates;
use crate::ids::Key;
use crate::index_rate::IndexRateSource;
use crate::journal::GlAccount;
use crate::journal::chart::{LedgerAccount, LedgerName, LedgerUsage, default_account};
use crate::journal::closure::Closure;
use crate::organization::{Branch, Centre, TransactionChannel, User};
use crate::partner::{ApiClient, Business, KeyRole, LoanPurpose, Realm, Target};
use crate::party::kinds::{ClientRole, DocumentTemplate, GroupRole};
use crate::party::rules::PartyRules;
use crate::product::Product;
use crate::record::Record;
use crate::rights::Role;
use crate::risk_level::RiskLevel;
use crate::savings::product::SavingsProduct;
use crate::template::Template;
use crate::working_days::{OrganizationSettings, with_holidays};

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

/// Which business a key belongs to, by the key's hash.
#[derive(Debug, Clone, Default)]
pub struct BusinessKeys(HashMap<String, (Key, Realm, KeyRole)>);

/// Which days are worked, in the organization and in branches with holidays of their own.
#[derive(Debug, Clone, Default)]
pub struct Calendars {
    organization: Calendar,
    branches: HashMap<Key, Calendar>,
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
    pub index_rates: Shelf<IndexRateSource>,
    pub templates: Shelf<Template>,
    pub exchange_rates: Shelf<ExchangeRates>,
    pub risk_levels: Shelf<RiskLevel>,
    pub client_roles: Shelf<ClientRole>,
    pub group_roles: Shelf<GroupRole>,
    pub document_templates: Shelf<DocumentTemplate>,
    pub custom_field_sets: Shelf<CustomFieldSet>,
    pub custom_fields: Shelf<CustomField>,
    pub settings: Option<Arc<OrganizationSettings>>,
    pub savings_products: Shelf<SavingsProduct>,
    pub roles: Shelf<Role>,
    pub consumers: Shelf<ApiConsumer>,
    pub ledger_accounts: Shelf<LedgerAccount>,
    pub closures: Shelf<Closure>,
    /// See [`Catalog::calendar_of`].
    pub calendars: Calendars,
    /// See [`Catalog::business_of_key`].
    pub business_keys: BusinessKeys,
}

impl Catalog {
    /// Puts records on their shelves.
    pub fn new(version: i64, mut records: Vec<Record>) -> Catalog {
        records.sort_by(|a, b| a.id().cmp(b.id()));
        let mut catalog = Catalog { version, ..Catalog::default() };
        for record in records {
            let (key, id) = (record.key(), record.id().to_owned());
            match record {
                Record::Product(product) => catalog.products.put(key, id, *product),
                Record::Branch(branch) => catalog.branches.put(key, id, branch),
                Record::Centre(centre) => catalog.centres.put(key, id, centre),
                Record::User(user) => catalog.users.put(key, id, user),
                Record::Channel(channel) => catalog.channels.put(key, id, channel),
                Record::ApiClient(client) => catalog.api_clients.put(key, id, client),
                Record::Business(business) => catalog.put_business(business),
                Record::Target(target) => catalog.targets.put(key, id, target),
                Record::Purpose(purpose) => catalog.purposes.put(key, id, purpose),
                Record::IndexRateSource(source) => catalog.index_rates.put(key, id, source),
                Record::ExchangeRates(rates) => catalog.exchange_rates.put(key, id, rates),
                Record::RiskLevel(level) => catalog.risk_levels.put(key, id, level),
                Record::Template(template) => catalog.templates.put(key, id, template),
                Record::ClientRole(role) => catalog.client_roles.put(key, id, role),
                Record::GroupRole(role) => catalog.group_roles.put(key, id, role),
                Record::DocumentTemplate(template) => catalog.document_templates.put(key, id, template),
                Record::Settings(settings) => catalog.settings = Some(Arc::new(settings)),
                Record::SavingsProduct(product) => catalog.savings_products.put(key, id, *product),
                Record::CustomFieldSet(set) => catalog.custom_field_sets.put(key, id, set),
                Record::CustomField(field) => catalog.custom_fields.put(key, id, *field),
                Record::Role(role) => catalog.roles.put(key, id, role),
                Record::ApiConsumer(consumer) => catalog.consumers.put(key, id, consumer),
                Record::LedgerAccount(account) => catalog.ledger_accounts.put(key, id, *account),
                Record::Closure(closure) => catalog.closures.put(key, id, closure),
            }
        }
        catalog.calendars = catalog.make_calendars();
        catalog
    }

    /// The calendar of a branch, or that of the organization where no branch is named.
    pub fn calendar_of(&self, branch: Option<Key>) -> &Calendar {
        let own = branch.and_then(|branch| self.calendars.branches.get(&branch));
        own.unwrap_or(&self.calendars.organization)
    }

    /// What clients and groups may do.
    pub fn party_rules(&self) -> PartyRules {
        self.settings.as_ref().map(|settings| settings.parties.clone()).unwrap_or_default()
    }

    /// The account of the chart that carries one of the journal. A chart without it has not been read from a book.
    pub fn carrier_of(&self, carried: GlAccount) -> Arc<LedgerAccount> {
        let found = self.ledger_accounts.iter().find(|account| account.carries == Some(carried));
        found.map_or_else(|| Arc::new(default_account(carried)), Arc::clone)
    }

    /// All names under which the journal has what the book posts by itself: on the account that carries it, and on
    /// those that rules of products named or may name.
    pub fn names_of(&self, resource: GlAccount) -> Vec<LedgerName> {
        let details = self.ledger_accounts.iter().filter(|account| account.usage == LedgerUsage::Detail);
        let ruled = details.map(|account| LedgerName::Ruled(resource, account.key));
        std::iter::once(LedgerName::Carried(resource)).chain(ruled).collect()
    }

    /// The last day on which nothing is booked any more in a branch, or in none.
    pub fn closed_through(&self, branch: Option<Key>) -> Option<Date> {
        let closures = self.closures.iter().filter(|closure| closure.is_for(branch));
        closures.map(|closure| closure.closed_through).max()
    }

    fn make_calendars(&self) -> Calendars {
        let settings = self.settings.as_ref();
        let organization = settings.and_then(|settings| settings.calendar()).unwrap_or_default();
        let with_own = self.branches.iter().filter(|branch| !branch.holidays.is_empty());
        let of = |branch: &Arc<Branch>| with_holidays(organization.clone(), &branch.holidays);
        let branches = with_own.map(|branch| (branch.key, of(branch))).collect();
        Calendars { organization, branches }
    }

    /// The business whose key has this hash, and what the key opens.
    pub fn business_of_key(&self, hash: &str) -> Option<(&Arc<Business>, Realm, KeyRole)> {
        let (key, realm, role) = *self.business_keys.0.get(hash)?;
        self.businesses.by_key(key).map(|business| (business, realm, role))
    }

    fn put_business(&mut self, business: Business) {
        let key = business.key;
        let keys = business.key_hashes().map(|(hash, realm, role)| (hash.to_owned(), (key, realm, role)));
        self.business_keys.0.extend(keys);
        self.businesses.put(key, business.id.clone(), business);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ids::Part;
    use crate::partner::{AllowedNotification, KeyPair};

    fn business(number: u64) -> Record {
        let pair = |realm: &str| KeyPair {
            secret_hash: format!("{number} {realm} secret"),
            public_hash: format!("{number} {realm} public"),
        };
        Record::Business(Business {
            key: Key::entity(Part::new(0), 0, number),
            id: number.to_string(),
            name: "A lender".to_owned(),
            live_keys: pair("live"),
            test_keys: pair("test"),
            live_webhook: None,
            test_webhook: None,
            allowed_notification: AllowedNotification::All,
            time_zone: "UTC".to_owned(),
            doubles_seconds: false,
            reads_book: false,
            is_active: true,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_key_leads_to_its_business_and_realm() {
        let catalog = Catalog::new(1, vec![business(1), business(2)]);
        let found = |hash: &str| {
            catalog.business_of_key(hash).map(|(business, realm, role)| (business.id.as_str(), realm, role))
        };
        assert_eq!(found("1 live secret"), Some(("1", Realm::Live, KeyRole::Secret)));
        assert_eq!(found("1 test secret"), Some(("1", Realm::Test, KeyRole::Secret)));
        assert_eq!(found("2 live public"), Some(("2", Realm::Live, KeyRole::Public)));
        assert_eq!(found("3 live secret"), None);
    }
}
