//! Records in a batch.

use loam_book::catalog::Catalog;
use loam_book::custom_field::rules::check_in_catalog;
use loam_book::custom_field::value::{CustomEdit, StatedValue};
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::{LedgerAccount, check_chart};
use loam_book::journal::evening::product_standing_on;
use loam_book::journal::refusal::JournalRefusal;
use loam_book::journal::rules::{check_closing, kept_resources};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::organization::User;
use loam_book::record::{Record, check_record, check_rights_to_put};
use loam_book::working_days::changed_days_off;

use crate::changes::RecordChange;
use crate::command::{Address, Caller, Done, Outcome};
use crate::custom_values::{names, owner_of_user};
use crate::error::AppError;
use crate::freshness::{self, Freshness};
use crate::ports::ReadStore;
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn put_record(
        &mut self,
        record: &Record,
        based_on: Option<i64>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let change = self.change_of_record(record, based_on, caller, ids)?;
        Ok(self.take_record(change, caller))
    }

    /// A user with custom field values: both or neither.
    pub(crate) fn put_user(
        &mut self,
        (user, values): (&User, &[StatedValue]),
        based_on: Option<i64>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let change = self.change_of_record(&Record::User(user.clone()), based_on, caller, ids)?;
        let given = CustomEdit::Put(values.to_vec());
        let values = vec![self.decide_values(owner_of_user(user), &given, caller)?];
        self.take_ids(names(&values))?;
        let outcome = self.take_record(change, caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// What becomes of a record, with what it was before.
    fn change_of_record(
        &self,
        record: &Record,
        based_on: Option<i64>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<(Option<Record>, RecordChange), AppError> {
        let record = self.numbered(record, based_on.is_none());
        let before = check_against(&record, &self.catalog)?;
        check_rights_to_put(&record, before.as_ref(), &self.context(caller, ids, None))?;
        if based_on.is_none() && before.is_some() {
            return Err(id_in_use(&record).into());
        }
        let catalog_version = self.loaded.state.catalog_version;
        if based_on.is_some_and(|version| version != catalog_version) {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        let days_off = changed_days_off(before.as_ref(), &record);
        Ok((before, RecordChange { record, is_new: based_on.is_none(), catalog_version, days_off }))
    }

    fn take_record(&mut self, (before, change): (Option<Record>, RecordChange), caller: &Caller) -> Outcome {
        let command = if change.is_new { "create record" } else { "change record" };
        let text = |record: &Record| serde_json::to_string(&record.without_secrets()).unwrap_or_default();
        let audit = (before.as_ref().map(text), Some(text(&change.record)));
        let subject = Address { part: Part::new(0), key: change.record.key() };
        self.audit(subject, command, caller, audit);
        let record = Box::new(change.record.clone());
        self.changes.records.push(change);
        self.outcome(Done::Record { record })
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

/// Whether a record could stand in a catalog; gives what it was before.
///
/// # Errors
/// What is wrong with the record by itself, beside the others, or as a change of what it was.
pub fn check_against(record: &Record, catalog: &Catalog) -> Result<Option<Record>, Refusal> {
    check_record(record)?;
    check_in_catalog(record, catalog)?;
    let before = find_record(catalog, record);
    check_chart(record, before.as_ref())?;
    check_accounting(record, catalog)?;
    match key_of_id(catalog, record).filter(|key| *key != record.key()) {
        Some(_) => Err(id_in_use(record)),
        None => Ok(before),
    }
}

/// Refuses to close a GL account on which accounts book by rules that no product has any more, or that an evening is
/// still to clear. All accounts of the book are read for that, so it is asked before the desk, and nobody waits. What
/// is booked there all the same, because a loan that is over comes back, is booked: the book itself never asks
/// whether an account is closed.
///
/// # Errors
/// What still books there; what the store answers.
pub async fn check_unused(record: &Record, catalog: &Catalog, store: &dyn ReadStore) -> Result<(), AppError> {
    let Record::LedgerAccount(account) = record else { return Ok(()) };
    let was_open = catalog.ledger_accounts.by_key(account.key).is_some_and(|before| before.is_active);
    if account.is_active || !was_open {
        return Ok(());
    }
    check_closing(account, catalog).map_err(Refusal::from)?;
    let found = freshness::reading(Freshness::Latest, what_books_on(account, catalog, store)).await?;
    found.map_or(Ok(()), |refusal| Err(Refusal::from(refusal).into()))
}

async fn what_books_on(
    account: &LedgerAccount,
    catalog: &Catalog,
    store: &dyn ReadStore,
) -> Result<Option<JournalRefusal>, AppError> {
    let code = account.code.clone();
    let resources = kept_resources(account);
    if resources.is_empty() {
        return Ok(None);
    }
    for (kind, name) in [(IdKind::Loan, "loan"), (IdKind::Savings, "deposit account")] {
        if let Some(account) = store.account_booking(kind, account.key, &resources).await? {
            return Ok(Some(JournalRefusal::BookedByAccount { code, kind: name, account }));
        }
    }
    let income = product_standing_on(&store.income_accounts().await?, account.key);
    let provisions = product_standing_on(&store.provision_accounts().await?, account.key);
    let deposits = product_standing_on(&store.deposit_interest_accounts().await?, account.key);
    let id = |product: Key| {
        let loans = catalog.products.by_key(product).map(|found| found.id.clone());
        let found = loans.or_else(|| catalog.savings_products.by_key(product).map(|found| found.id.clone()));
        found.unwrap_or_else(|| product.to_string())
    };
    let product = income.or(provisions).or(deposits).map(id);
    Ok(product.map(|product| JournalRefusal::StandsUntilEvening { code, product }))
}

/// Whether products and the chart go with each other.
fn check_accounting(record: &Record, catalog: &Catalog) -> Result<(), Refusal> {
    if let Record::Product(product) = record {
        product.accounting_rules.check(catalog)?;
    }
    if let Record::SavingsProduct(product) = record {
        product.accounting.rules.check(catalog)?;
    }
    if let Record::LedgerAccount(account) = record {
        check_closing(account, catalog)?;
    }
    Ok(())
}

fn id_in_use(record: &Record) -> Refusal {
    Refusal::IdInUse { kind: IdKind::Record, value: record.id().to_owned() }
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
        Record::Closure(_) => {
            catalog.closures.by_key(key).map(|found| Record::Closure(found.as_ref().clone()))
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
        Record::LedgerAccount(_) => {
            let found = catalog.ledger_accounts.by_key(key);
            found.map(|found| Record::LedgerAccount(Box::new(found.as_ref().clone())))
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
        Record::LedgerAccount(_) => catalog.ledger_accounts.find(id).map(|found| found.key),
        Record::Closure(_) => catalog.closures.find(id).map(|found| found.key),
    }
}
