//! Records: what the organization sets up and changes rarely. One command creates any of them,
//! one changes it.

use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::consumer::ApiConsumer;
use crate::custom_field::{CustomField, CustomFieldSet, rules};
use crate::exchange::ExchangeRates;
use crate::ids::Key;
use crate::index_rate::IndexRateSource;
use crate::journal::chart::LedgerAccount;
use crate::journal::closure::Closure;
use crate::loan::context::Context;
use crate::loan::refusal::{PaperRefusal, Refusal};
use crate::organization::{Branch, Centre, TransactionChannel, User};
use crate::partner::{ApiClient, Business, LoanPurpose, Target};
use crate::party::kinds::{ClientRole, DocumentTemplate, GroupRole};
use crate::product::Product;
use crate::rights::{Role, check_rights, check_user};
use crate::risk_level::RiskLevel;
use crate::savings::product::SavingsProduct;
use crate::security::check_networks;
use crate::template::Template;
use crate::working_days::{OrganizationSettings, leaves_working_days};

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
    IndexRateSource(IndexRateSource),
    ClientRole(ClientRole),
    GroupRole(GroupRole),
    DocumentTemplate(DocumentTemplate),
    Settings(OrganizationSettings),
    SavingsProduct(Box<SavingsProduct>),
    Template(Template),
    ExchangeRates(ExchangeRates),
    RiskLevel(RiskLevel),
    CustomFieldSet(CustomFieldSet),
    CustomField(Box<CustomField>),
    Role(Role),
    ApiConsumer(ApiConsumer),
    LedgerAccount(Box<LedgerAccount>),
    Closure(Closure),
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
    IndexRateSource,
    ClientRole,
    GroupRole,
    DocumentTemplate,
    Settings,
    CustomField,
    ApiConsumer,
    CustomFieldSet,
    Role,
    SavingsProduct,
    Template,
    ExchangeRates,
    RiskLevel,
    LedgerAccount,
    Closure,
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
            RecordKind::IndexRateSource => "index_rate_source",
            RecordKind::ClientRole => "client_role",
            RecordKind::GroupRole => "group_role",
            RecordKind::DocumentTemplate => "document_template",
            RecordKind::Settings => "settings",
            RecordKind::SavingsProduct => "savings_product",
            RecordKind::Template => "template",
            RecordKind::ExchangeRates => "exchange_rates",
            RecordKind::RiskLevel => "risk_level",
            RecordKind::CustomFieldSet => "custom_field_set",
            RecordKind::CustomField => "custom_field",
            RecordKind::Role => "role",
            RecordKind::ApiConsumer => "api_consumer",
            RecordKind::LedgerAccount => "ledger_account",
            RecordKind::Closure => "closure",
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
            Record::IndexRateSource(_) => RecordKind::IndexRateSource,
            Record::ClientRole(_) => RecordKind::ClientRole,
            Record::GroupRole(_) => RecordKind::GroupRole,
            Record::DocumentTemplate(_) => RecordKind::DocumentTemplate,
            Record::Settings(_) => RecordKind::Settings,
            Record::SavingsProduct(_) => RecordKind::SavingsProduct,
            Record::Template(_) => RecordKind::Template,
            Record::ExchangeRates(_) => RecordKind::ExchangeRates,
            Record::RiskLevel(_) => RecordKind::RiskLevel,
            Record::CustomFieldSet(_) => RecordKind::CustomFieldSet,
            Record::CustomField(_) => RecordKind::CustomField,
            Record::Role(_) => RecordKind::Role,
            Record::ApiConsumer(_) => RecordKind::ApiConsumer,
            Record::LedgerAccount(_) => RecordKind::LedgerAccount,
            Record::Closure(_) => RecordKind::Closure,
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
            Record::IndexRateSource(source) => source.key,
            Record::ClientRole(role) => role.key,
            Record::GroupRole(role) => role.key,
            Record::DocumentTemplate(template) => template.key,
            Record::Settings(settings) => settings.key,
            Record::SavingsProduct(product) => product.key,
            Record::Template(template) => template.key,
            Record::ExchangeRates(rates) => rates.key,
            Record::RiskLevel(level) => level.key,
            Record::CustomFieldSet(set) => set.key,
            Record::CustomField(field) => field.key,
            Record::Role(role) => role.key,
            Record::ApiConsumer(consumer) => consumer.key,
            Record::LedgerAccount(account) => account.key,
            Record::Closure(closure) => closure.key,
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
            Record::IndexRateSource(source) => &source.id,
            Record::ClientRole(role) => &role.id,
            Record::GroupRole(role) => &role.id,
            Record::DocumentTemplate(template) => &template.id,
            Record::Settings(_) => OrganizationSettings::ID,
            Record::SavingsProduct(product) => &product.id,
            Record::Template(template) => &template.id,
            Record::ExchangeRates(rates) => &rates.id,
            Record::RiskLevel(level) => &level.id,
            Record::CustomFieldSet(set) => &set.id,
            Record::CustomField(field) => &field.id,
            Record::Role(role) => &role.id,
            Record::ApiConsumer(consumer) => &consumer.id,
            Record::LedgerAccount(account) => &account.code,
            Record::Closure(closure) => &closure.id,
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
            Record::ApiConsumer(consumer) => consumer.clear_secrets(),
            Record::Business(business) => business.clear_secrets(),
            Record::Target(target) => target.contract.clear_secrets(),
            Record::Product(_)
            | Record::Branch(_)
            | Record::Centre(_)
            | Record::Channel(_)
            | Record::Purpose(_)
            | Record::IndexRateSource(_)
            | Record::SavingsProduct(_)
            | Record::Template(_)
            | Record::ExchangeRates(_)
            | Record::RiskLevel(_)
            | Record::LedgerAccount(_)
            | Record::Closure(_)
            | Record::Role(_)
            | Record::ClientRole(_)
            | Record::GroupRole(_)
            | Record::DocumentTemplate(_)
            | Record::Settings(_)
            | Record::CustomFieldSet(_)
            | Record::CustomField(_) => {}
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
            Record::IndexRateSource(source) => &source.name,
            Record::ClientRole(role) => &role.name,
            Record::GroupRole(role) => &role.name,
            Record::DocumentTemplate(template) => &template.document_type,
            Record::Settings(settings) => &settings.name,
            Record::SavingsProduct(product) => &product.name,
            Record::Template(template) => &template.name,
            Record::ExchangeRates(rates) => rates.currency.name(),
            Record::RiskLevel(level) => &level.name,
            Record::CustomFieldSet(set) => &set.name,
            Record::CustomField(field) => &field.name,
            Record::Role(role) => &role.name,
            Record::ApiConsumer(consumer) => &consumer.name,
            Record::LedgerAccount(account) => &account.name,
            Record::Closure(closure) => &closure.id,
        }
    }
}

/// Checks a record that is created or changed, in this order: id, name, contradicting bounds.
///
/// # Errors
/// Refuses an id that is empty or holds white space or control characters, an empty name, bounds of a
/// product that contradict each other, rates of an index that are not in order, a calendar in which
/// nobody ever works, and a template that cannot be filled in.
pub fn check_record(record: &Record) -> Result<(), Refusal> {
    let id = record.id();
    if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Refusal::InvalidId { value: id.to_owned() });
    }
    if record.name().trim().is_empty() {
        return Err(Refusal::MissingField { field: "name" });
    }
    if let Record::Template(template) = record {
        template.check().map_err(PaperRefusal::Template)?;
    }
    match contradiction(record) {
        Some(field) => Err(Refusal::ContradictingProduct { field }),
        None => Ok(()),
    }
}

/// Whether an actor may create or change a record, and whether the rights that it gives are possible.
///
/// # Errors
/// `NotPermitted` without the permission for it, and what stands in the way of the rights.
pub fn check_rights_to_put(
    record: &Record,
    before: Option<&Record>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let needed = match (record, before) {
        (Record::User(_), _) if context.actor.may(Permission::Administration) => Permission::Administration,
        (Record::Purpose(_) | Record::Product(_), None)
            if context.actor.may(Permission::SetUpMarketplace) =>
        {
            Permission::SetUpMarketplace
        }
        (Record::User(_), None) => Permission::CreateUser,
        (Record::User(_), Some(_)) => Permission::EditUser,
        _ => Permission::Administration,
    };
    context.require(needed)?;
    match record {
        Record::User(user) => {
            check_networks(&user.reach.networks)?;
            let before =
                before.and_then(|before| if let Record::User(user) = before { Some(user) } else { None });
            check_user(user, before, context.actor, context.catalog)?;
        }
        Record::Role(role) => check_rights(&role.rights, context.actor)?,
        Record::ApiConsumer(consumer) => consumer.check(context.actor, context.catalog)?,
        Record::Settings(settings) => check_networks(&settings.security.networks)?,
        Record::Closure(closure) => {
            let before =
                before.and_then(|before| if let Record::Closure(it) = before { Some(it) } else { None });
            closure.check(before, context.business_date)?;
        }
        Record::Product(_)
        | Record::SavingsProduct(_)
        | Record::Branch(_)
        | Record::Centre(_)
        | Record::Channel(_)
        | Record::ApiClient(_)
        | Record::Business(_)
        | Record::Target(_)
        | Record::Purpose(_)
        | Record::IndexRateSource(_)
        | Record::ClientRole(_)
        | Record::GroupRole(_)
        | Record::DocumentTemplate(_)
        | Record::CustomFieldSet(_)
        | Record::Template(_)
        | Record::ExchangeRates(_)
        | Record::RiskLevel(_)
        | Record::LedgerAccount(_)
        | Record::CustomField(_) => {}
    }
    Ok(())
}

/// The name of the first figure of a record that contradicts itself.
fn contradiction(record: &Record) -> Option<&'static str> {
    match record {
        Record::Product(product) => product.contradiction(),
        Record::SavingsProduct(product) => product.contradiction(),
        Record::Branch(branch) => (!leaves_working_days(&branch.holidays)).then_some("branchHolidays"),
        Record::IndexRateSource(source) => (!source.is_ordered()).then_some("indexRates"),
        Record::RiskLevel(level) => {
            let pairs = [(level.is_ordered(), "toDays"), (level.has_possible_rate(), "provisioningPercent")];
            pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
        }
        Record::LedgerAccount(account) => account.contradiction(),
        Record::Settings(settings) => {
            let days = leaves_working_days(&settings.holidays);
            let pairs = [
                (settings.calendar().is_some(), "nonWorkingDays"),
                (days, "holidays"),
                (settings.portfolios.are_possible(), "portfolios.largestSharePercent"),
            ];
            pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
        }
        Record::CustomField(field) => rules::contradiction(field),
        Record::Closure(_)
        | Record::Centre(_)
        | Record::User(_)
        | Record::Channel(_)
        | Record::ApiClient(_)
        | Record::Business(_)
        | Record::Target(_)
        | Record::Purpose(_)
        | Record::ExchangeRates(_)
        | Record::Template(_)
        | Record::Role(_)
        | Record::ApiConsumer(_)
        | Record::ClientRole(_)
        | Record::GroupRole(_)
        | Record::DocumentTemplate(_)
        | Record::CustomFieldSet(_) => None,
    }
}
