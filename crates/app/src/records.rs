//! Records in a batch.

use loam_book::catalog::Catalog;
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::rules::check_in_catalog;
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::{Key, Part};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::organization::User;
use loam_book::record::{Record, check_record, check_rights_to_put};
use loam_book::working_days::changed_days_off;

use crate::changes::RecordChange;
use crate::command::{Address, Caller, Done, Outcome};
use crate::custom_values::names;
use crate::error::AppError;
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn put_record(
        &mut self,
        record: &Record,
        based_on: Option<i64>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let checked = self.check_put(record, based_on, caller, ids)?;
        Ok(self.write_record(checked, based_on, caller))
    }

    /// Enters or changes a user with custom field values, which are written with the user or not at all.
    pub(crate) fn put_user(
        &mut self,
        user: &User,
        based_on: Option<i64>,
        values: Option<&CustomEdit>,
        (caller, ids): (&Caller, &NewIds),
    ) -> Answer {
        let record = Record::User(user.clone());
        let checked = self.check_put(&record, based_on, caller, ids)?;
        let address = Address { part: Part::new(0), key: user.key };
        let owner = Owner { kind: OwnerKind::User, address, setting: None };
        let decided = values.map(|values| self.decide_values(owner, values, caller)).transpose()?;
        let decided: Vec<_> = decided.into_iter().collect();
        self.take_ids(names(&decided))?;
        let outcome = self.write_record(checked, based_on, caller);
        self.put_values(decided, caller);
        Ok(outcome)
    }

    /// The record as it is to be written, and the one that is there.
    fn check_put(
        &self,
        record: &Record,
        based_on: Option<i64>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<(Record, Option<Record>), AppError> {
        check_record(record)?;
        check_in_catalog(record, &self.catalog)?;
        let record = &self.numbered(record, based_on.is_none());
        let before = find_record(&self.catalog, record);
        check_rights_to_put(record, before.as_ref(), &self.context(caller, ids, None))?;
        let namesake = key_of_id(&self.catalog, record).filter(|key| *key != record.key());
        if namesake.is_some() || (based_on.is_none() && before.is_some()) {
            let value = record.id().to_owned();
            return Err(Refusal::IdInUse { kind: IdKind::Record, value }.into());
        }
        if based_on.is_some_and(|version| version != self.loaded.state.catalog_version) {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        Ok((record.clone(), before))
    }

    fn write_record(
        &mut self,
        (record, before): (Record, Option<Record>),
        based_on: Option<i64>,
        caller: &Caller,
    ) -> Outcome {
        let catalog_version = self.loaded.state.catalog_version;
        let command = if based_on.is_none() { "create record" } else { "change record" };
        let text = |record: &Record| serde_json::to_string(&record.without_secrets()).unwrap_or_default();
        let audit = (before.as_ref().map(text), Some(text(&record)));
        let subject = Address { part: Part::new(0), key: record.key() };
        self.audit(subject, command, caller, audit);
        let is_new = based_on.is_none();
        let days_off = changed_days_off(before.as_ref(), &record);
        self.changes.records.push(RecordChange { record: record.clone(), is_new, catalog_version, days_off });
        self.outcome(Done::Record { record: Box::new(record) })
    }

    /// A new user gets the next number.
    fn numbered(&self, record: &Record, is_new: bool) -> Record {
        let mut record = record.clone();
        if let Record::User(user) = &mut record
            && is_new
        {
            user.number = self.catalog.users.iter().map(|user| user.number).max().unwrap_or(0) + 1;
        }
        record
    }
}

fn find_record(catalog: &Catalog, record: &Record) -> Option<Record> {
    let key = record.key();
    match record {
        Record::Product(_) => {
            catalog.products.by_key(key).map(|found| Record::Product(Box::new(found.as_ref().clone())))
        }
        Record::Branch(_) => catalog.branches.by_key(key).map(|found| Record::Branch(found.as_ref().clone())),
        Record::Centre(_) => catalog.centres.by_key(key).map(|found| Record::Centre(found.as_ref().clone())),
        Record::User(_) => catalog.users.by_key(key).map(|found| Record::User(found.as_ref().clone())),
        Record::Channel(_) => {
            catalog.channels.by_key(key).map(|found| Record::Channel(found.as_ref().clone()))
        }
        Record::ApiClient(_) => {
            catalog.api_clients.by_key(key).map(|found| Record::ApiClient(found.as_ref().clone()))
        }
        Record::Business(_) => {
            catalog.businesses.by_key(key).map(|found| Record::Business(found.as_ref().clone()))
        }
        Record::Target(_) => catalog.targets.by_key(key).map(|found| Record::Target(found.as_ref().clone())),
        Record::Purpose(_) => {
            catalog.purposes.by_key(key).map(|found| Record::Purpose(found.as_ref().clone()))
        }
        Record::IndexRateSource(_) => {
            catalog.index_rates.by_key(key).map(|found| Record::IndexRateSource(found.as_ref().clone()))
        }
        Record::ExchangeRates(_) => {
            catalog.exchange_rates.by_key(key).map(|found| Record::ExchangeRates(found.as_ref().clone()))
        }
        Record::RiskLevel(_) => {
            catalog.risk_levels.by_key(key).map(|found| Record::RiskLevel(found.as_ref().clone()))
        }
        Record::Template(_) => {
            catalog.templates.by_key(key).map(|found| Record::Template(found.as_ref().clone()))
        }
        Record::ClientRole(_) => {
            catalog.client_roles.by_key(key).map(|found| Record::ClientRole(found.as_ref().clone()))
        }
        Record::GroupRole(_) => {
            catalog.group_roles.by_key(key).map(|found| Record::GroupRole(found.as_ref().clone()))
        }
        Record::DocumentTemplate(_) => catalog
            .document_templates
            .by_key(key)
            .map(|found| Record::DocumentTemplate(found.as_ref().clone())),
        Record::Settings(_) => {
            let found = catalog.settings.as_ref().filter(|found| found.key == key);
            found.map(|found| Record::Settings(found.as_ref().clone()))
        }
        Record::SavingsProduct(_) => {
            let found = catalog.savings_products.by_key(key);
            found.map(|found| Record::SavingsProduct(Box::new(found.as_ref().clone())))
        }
        Record::CustomFieldSet(_) => {
            catalog.custom_field_sets.by_key(key).map(|found| Record::CustomFieldSet(found.as_ref().clone()))
        }
        Record::CustomField(_) => {
            let found = catalog.custom_fields.by_key(key);
            found.map(|found| Record::CustomField(Box::new(found.as_ref().clone())))
        }
        Record::Role(_) => catalog.roles.by_key(key).map(|found| Record::Role(found.as_ref().clone())),
        Record::ApiConsumer(_) => {
            catalog.consumers.by_key(key).map(|found| Record::ApiConsumer(found.as_ref().clone()))
        }
    }
}

fn key_of_id(catalog: &Catalog, record: &Record) -> Option<Key> {
    let id = record.id();
    match record {
        Record::Product(_) => catalog.products.find(id).map(|found| found.key),
        Record::Branch(_) => catalog.branches.find(id).map(|found| found.key),
        Record::Centre(_) => catalog.centres.find(id).map(|found| found.key),
        Record::User(_) => catalog.users.find(id).map(|found| found.key),
        Record::Channel(_) => catalog.channels.find(id).map(|found| found.key),
        Record::ApiClient(_) => catalog.api_clients.find(id).map(|found| found.key),
        Record::Business(_) => catalog.businesses.find(id).map(|found| found.key),
        Record::Target(_) => catalog.targets.find(id).map(|found| found.key),
        Record::Purpose(_) => catalog.purposes.find(id).map(|found| found.key),
        Record::IndexRateSource(_) => catalog.index_rates.find(id).map(|found| found.key),
        Record::ExchangeRates(_) => catalog.exchange_rates.find(id).map(|found| found.key),
        Record::RiskLevel(_) => catalog.risk_levels.find(id).map(|found| found.key),
        Record::Template(_) => catalog.templates.find(id).map(|found| found.key),
        Record::ClientRole(_) => catalog.client_roles.find(id).map(|found| found.key),
        Record::GroupRole(_) => catalog.group_roles.find(id).map(|found| found.key),
        Record::DocumentTemplate(_) => catalog.document_templates.find(id).map(|found| found.key),
        Record::Settings(_) => catalog.settings.as_ref().map(|found| found.key),
        Record::SavingsProduct(_) => catalog.savings_products.find(id).map(|found| found.key),
        Record::CustomFieldSet(_) => catalog.custom_field_sets.find(id).map(|found| found.key),
        Record::CustomField(_) => catalog.custom_fields.find(id).map(|found| found.key),
        Record::Role(_) => catalog.roles.find(id).map(|found| found.key),
        Record::ApiConsumer(_) => catalog.consumers.find(id).map(|found| found.key),
    }
}
