//! Accounts, loan purposes and loan products as objects of the platform: created, and read by their ids. Any version
//! from `v20.0` on is taken.

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;
use loam_app::command::{Address, Command, Done};
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::application::plain_product::PlainProduct;
use loam_book::ids::{Key, Part};
use loam_book::loan::{Holder, HolderKind};
use loam_book::partner::LoanPurpose;
use loam_book::party::{Assignment, Client, NewClient, Profile};
use loam_book::product::{MarketplaceTerms, Product, Range};
use loam_book::record::Record;
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::reporting::{Report, ReportCommand};
use loam_book::savings::command::{NewSavings, SavingsCommand, SavingsFigures};
use loam_book::savings::product::AccountType;
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::Services;
use crate::borrower_accounts::ORGANIZATION;

use super::asked::Asked;
use super::error::{DoorError, Platform};
use super::fields::Fields;
use super::lookups;
use super::sobject_error::Refused;
use super::sobject_wire as wire;
use super::translate::{attributes, instant, number, to_18};

type Made = Result<(StatusCode, Json<wire::Created>), Refused>;

const ACCOUNT: &str = "Account";
const PURPOSE: &str = "peer__Loan_Purpose__c";
const PRODUCT: &str = "loan__Loan_Product__c";

/// The oldest version of the platform that is taken.
const OLDEST: u32 = 20;

/// What stands behind the version in a path: an id, or nothing.
pub(super) struct Versioned(String);

impl FromRequestParts<Services> for Versioned {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Versioned, DoorError> {
        let path = Path::<Vec<String>>::from_request_parts(parts, services).await;
        let Path(segments) = path.map_err(|_| Platform::NotFound)?;
        let mut segments = segments.into_iter();
        let version = segments.next().unwrap_or_default();
        let number = version.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
        let number = number.and_then(|number| number.parse::<u32>().ok());
        if number.is_none_or(|number| number < OLDEST) {
            return Err(Platform::NotFound.into());
        }
        Ok(Versioned(segments.next().unwrap_or_default()))
    }
}

fn created(id: String) -> (StatusCode, Json<wire::Created>) {
    (StatusCode::CREATED, Json(wire::Created { id, success: true, errors: Vec::new() }))
}

/// Refuses members that an object does not have.
fn check_names(fields: &Fields, known: &[&str], object: &'static str) -> Result<(), Refused> {
    match fields.names().find(|name| !known.contains(name)) {
        Some(name) => Err(Refused::NoSuchField { field: name.to_owned(), object }),
        None => Ok(()),
    }
}

fn object_of(asked: &Asked) -> Result<Fields, Refused> {
    Fields::of_json(&asked.body).map_err(Refused::from)
}

/// Enters somebody: a client, with the account by which applications name him or her, and where it is asked for a
/// deposit account of an investor under the same id. With an `Idempotency-Key`, a repetition goes on where the first
/// one ended.
#[utoipa::path(
    post,
    path = "/services/data/{version}/sobjects/Account",
    tag = "marketplace",
    operation_id = "create_account_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewAccount,
    responses(
        (status = 201, body = wire::Created),
        (status = "4XX", body = Vec<wire::ObjectError>),
        (status = "5XX", body = Vec<wire::ObjectError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_account(Versioned(_): Versioned, asked: Asked) -> Made {
    let fields = object_of(&asked)?;
    check_names(&fields, &ACCOUNT_FIELDS, ACCOUNT)?;
    let is = |name, default| Ok::<bool, DoorError>(fields.flag(name)?.unwrap_or(default));
    let (is_borrower, is_investor) = (is("peer__Is_Borrower__c", true)?, is("peer__Is_Investor__c", false)?);
    let investor_product = if is_investor { Some(investor_product(&asked)?) } else { None };
    let new = new_client(&fields)?;
    let count = 1 + usize::from(is_borrower) + 2 * usize::from(is_investor);
    let part = asked.services.desk.part_for_new_holder(asked.caller.idempotency.as_ref());
    let outcome = asked.submit_one_of(Command::CreateClient { part, new: Box::new(new) }, (0, count)).await?;
    let Done::Client { client } = outcome.done else { return Err(DoorError::Internal.into()) };
    let account = ForeignId::of_key(ForeignKind::Account, client.part, client.key);
    let holder = Address { part: client.part, key: client.key };
    if is_borrower {
        asked.submit_one_of(naming(account, holder), (1, count)).await?;
    }
    if let Some(product) = investor_product {
        let opened = asked.submit_one_of(opening(account, holder, product), (count - 2, count)).await?;
        let Done::Savings { account: deposit, .. } = opened.done else {
            return Err(DoorError::Internal.into());
        };
        let approve = SavingsCommand::Approve { notes: None };
        let approve = Command::Savings { account: deposit.address(), command: approve };
        asked.submit_one_of(approve, (count - 1, count)).await?;
    }
    Ok(created(account.to_18()))
}

const ACCOUNT_FIELDS: [&str; 8] = [
    "Name",
    "FirstName",
    "LastName",
    "PersonEmail",
    "Phone",
    "PersonBirthdate",
    "peer__Is_Borrower__c",
    "peer__Is_Investor__c",
];

fn new_client(fields: &Fields) -> Result<NewClient, Refused> {
    let (first, last, name) = (fields.text("FirstName")?, fields.text("LastName")?, fields.text("Name")?);
    let (first_name, last_name) = match (first, last, name) {
        (Some(first), Some(last), _) => (first, last),
        (_, _, Some(name)) => match name.trim().rsplit_once(' ') {
            Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
            None => return Err(Refused::invalid(&["Name"], "a first name and a last name are needed")),
        },
        (Some(_), None, None) => return Err(Refused::Missing(&["LastName"])),
        (None, Some(_), None) => return Err(Refused::Missing(&["FirstName"])),
        (None, None, None) => return Err(Refused::Missing(&["Name"])),
    };
    let profile = Profile {
        first_name,
        last_name,
        email_address: fields.text("PersonEmail")?,
        mobile_phone: fields.text("Phone")?,
        birth_date: fields.date("PersonBirthdate")?,
        ..Profile::default()
    };
    Ok(NewClient {
        id: None,
        state: None,
        profile,
        role: None,
        assignment: Assignment::default(),
        addresses: Vec::new(),
        documents: Vec::new(),
        custom_values: Vec::new(),
    })
}

/// The product of deposit accounts of investors, if there is one only.
fn investor_product(asked: &Asked) -> Result<Key, Refused> {
    let all = asked.now.catalog.savings_products.iter();
    let mut products =
        all.filter(|product| product.is_active && product.account_type == AccountType::InvestorAccount);
    let only = products.next().filter(|_| products.next().is_none());
    only.map(|product| product.key).ok_or_else(|| {
        let message = "the book has none or several products of deposit accounts of investors";
        Refused::invalid(&["peer__Is_Investor__c"], message)
    })
}

/// The account is the client's.
fn naming(account: ForeignId, client: Address) -> Command {
    let subject = name_of(account);
    let report = Report::LinkSubject { client: Some(client) };
    Command::Report(Box::new(ReportCommand { address: subject.address(), subject, report }))
}

fn name_of(account: ForeignId) -> SubjectName {
    SubjectName {
        scheme: Scheme::MarketplaceAccount,
        organization: ORGANIZATION.to_owned(),
        id: account.to_string(),
        reference: None,
    }
}

fn opening(account: ForeignId, holder: Address, product: Key) -> Command {
    let new = NewSavings {
        id: Some(account.to_string()),
        holder: Holder { kind: HolderKind::Client, key: holder.key },
        product,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        currency: None,
        figures: SavingsFigures::default(),
        line_of_credit: None,
        custom_values: Vec::new(),
    };
    Command::CreateSavings { holder, new: Box::new(new) }
}

/// An account by its id.
#[utoipa::path(
    get,
    path = "/services/data/{version}/sobjects/Account/{id}",
    tag = "marketplace",
    operation_id = "read_account_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("id" = String, Path, description = "15 or 18 characters"),
    ),
    responses((status = 200, body = wire::Account), (status = "4XX", body = Vec<wire::ObjectError>)),
    security(("bearer" = [])),
)]
pub(super) async fn account(Versioned(id): Versioned, asked: Asked) -> Result<Json<wire::Account>, Refused> {
    let store = asked.services.reading.store();
    let account = ForeignId::parse(&id).map_err(|_| Refused::NotFound)?;
    let subject = store.subject(name_of(account).address()).await?;
    let borrower = subject.and_then(|subject| subject.client);
    let investor = lookups::investor(&asked.services.reading, Some(&id)).await.ok();
    let deposits = match investor.filter(|_| borrower.is_none()) {
        Some(investor) => store.savings(investor.account).await?,
        None => None,
    };
    let holder = deposits.map(|account| account.holder.key);
    let holder = holder.and_then(|key| key.part().map(|part| Address { part, key }));
    let client = borrower.or(holder).ok_or(Refused::NotFound)?;
    let client = store.client(client).await?.ok_or(Refused::NotFound)?.client;
    Ok(Json(account_of(account, &client, (borrower.is_some(), investor.is_some()))))
}

fn account_of(
    account: ForeignId,
    client: &Client,
    (is_borrower, is_investor): (bool, bool),
) -> wire::Account {
    let (id, profile) = (account.to_18(), &client.profile);
    wire::Account {
        attributes: attributes(ACCOUNT, &id),
        id,
        name: format!("{} {}", profile.first_name, profile.last_name),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        email: profile.email_address.clone(),
        phone: profile.mobile_phone.clone().or_else(|| profile.home_phone.clone()),
        birthdate: profile.birth_date.map(|date| date.to_string()),
        is_borrower,
        is_investor,
        is_deleted: false,
        created_date: instant(client.created_at),
        last_modified_date: instant(client.last_modified_at),
    }
}

/// Enters a purpose of loans.
#[utoipa::path(
    post,
    path = "/services/data/{version}/sobjects/peer__Loan_Purpose__c",
    tag = "marketplace",
    operation_id = "create_purpose_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewLoanPurpose,
    responses(
        (status = 201, body = wire::Created),
        (status = "4XX", body = Vec<wire::ObjectError>),
        (status = "5XX", body = Vec<wire::ObjectError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_purpose(Versioned(_): Versioned, asked: Asked) -> Made {
    let fields = object_of(&asked)?;
    check_names(&fields, &["Name"], PURPOSE)?;
    let name = fields.text("Name")?.ok_or(Refused::Missing(&["Name"]))?;
    let (key, now) = (asked.services.desk.new_key(Part::new(0)), asked.services.clock.now());
    let id = ForeignId::of_key(ForeignKind::Purpose, Part::new(0), key).to_string();
    let purpose = LoanPurpose { key, id, name, created_at: now, last_modified_at: now };
    let made = asked.submit(Command::CreateRecord(Box::new(Record::Purpose(purpose)))).await?;
    let Done::Record { record } = made.done else { return Err(DoorError::Internal.into()) };
    Ok(created(to_18(record.id())))
}

/// A purpose of loans by its id.
#[utoipa::path(
    get,
    path = "/services/data/{version}/sobjects/peer__Loan_Purpose__c/{id}",
    tag = "marketplace",
    operation_id = "read_purpose_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("id" = String, Path, description = "15 or 18 characters"),
    ),
    responses((status = 200, body = wire::LoanPurpose), (status = "4XX", body = Vec<wire::ObjectError>)),
    security(("bearer" = [])),
)]
pub(super) async fn purpose(
    Versioned(id): Versioned,
    asked: Asked,
) -> Result<Json<wire::LoanPurpose>, Refused> {
    let id = ForeignId::parse(&id).map_err(|_| Refused::NotFound)?;
    let found = asked.now.catalog.purposes.find(&id.to_string()).ok_or(Refused::NotFound)?;
    Ok(Json(wire::LoanPurpose {
        attributes: attributes(PURPOSE, &id.to_18()),
        id: id.to_18(),
        name: found.name.clone(),
        is_deleted: false,
        created_date: instant(found.created_at),
        last_modified_date: instant(found.last_modified_at),
    }))
}

/// Enters a product of equal monthly installments. Others are made over the native door.
#[utoipa::path(
    post,
    path = "/services/data/{version}/sobjects/loan__Loan_Product__c",
    tag = "marketplace",
    operation_id = "create_product_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::NewLoanProduct,
    responses(
        (status = 201, body = wire::Created),
        (status = "4XX", body = Vec<wire::ObjectError>),
        (status = "5XX", body = Vec<wire::ObjectError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create_product(Versioned(_): Versioned, asked: Asked) -> Made {
    let fields = object_of(&asked)?;
    check_names(&fields, &PRODUCT_FIELDS, PRODUCT)?;
    let key = asked.services.desk.new_key(Part::new(0));
    let id = ForeignId::of_key(ForeignKind::Product, Part::new(0), key).to_string();
    let product = plain_product(&fields, id, asked.now.state.currency)?;
    let product = product.to_product(key, microseconds(asked.services.clock.now()));
    let made = asked.submit(Command::CreateRecord(Box::new(Record::Product(Box::new(product))))).await?;
    let Done::Record { record } = made.done else { return Err(DoorError::Internal.into()) };
    Ok(created(to_18(record.id())))
}

fn microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

const PRODUCT_FIELDS: [&str; 11] = [
    "Name",
    "CurrencyIsoCode",
    "loan__Default_Interest_Rate__c",
    "loan__Min_Interest_Rate__c",
    "loan__Max_Interest_Rate__c",
    "loan__Min_Loan_Amount__c",
    "loan__Max_Loan_Amount__c",
    "loan__Min_Number_of_Installments__c",
    "loan__Max_Number_of_Installments__c",
    "peer__Capitalized_Fee_Percent__c",
    "peer__Denomination__c",
];

fn plain_product(fields: &Fields, id: String, currency: Currency) -> Result<PlainProduct, Refused> {
    let name = fields.text("Name")?.ok_or(Refused::Missing(&["Name"]))?;
    let code = fields.text("CurrencyIsoCode")?;
    let currency = code.map_or(Ok(currency), |code| Currency::from_code(&code));
    let currency = currency.map_err(|error| Refused::invalid(&["CurrencyIsoCode"], error))?;
    let percent = |field: &'static [&'static str]| -> Result<Option<Rate>, Refused> {
        let text = fields.decimal(field[0])?;
        text.map(|text| Rate::parse_percent(&text).map_err(|error| Refused::invalid(field, error)))
            .transpose()
    };
    let money = |field: &'static [&'static str]| -> Result<Option<Amount>, Refused> {
        let text = fields.decimal(field[0])?;
        text.map(|text| Amount::parse(&text, currency).map_err(|error| Refused::invalid(field, error)))
            .transpose()
    };
    let count = |field: &'static [&'static str]| -> Result<Option<u32>, Refused> {
        let number = fields.whole(field[0])?;
        let no_count = |number| format!("{number} is no whole number from 0 to {}", u32::MAX);
        let fits = |number: i64| u32::try_from(number).map_err(|_| Refused::invalid(field, no_count(number)));
        number.map(fits).transpose()
    };
    let denomination = fields.decimal("peer__Denomination__c")?.map(|text| {
        let positive = StatedAmount(text).positive_in(currency);
        positive.map_err(|refusal| Refused::invalid(&["peer__Denomination__c"], refusal))
    });
    let marketplace = MarketplaceTerms {
        capitalized_fee_percent: percent(&["peer__Capitalized_Fee_Percent__c"])?.unwrap_or_default(),
        denomination: denomination.transpose()?,
        ..MarketplaceTerms::default()
    };
    Ok(PlainProduct {
        id,
        name,
        currency,
        amount: Range {
            min: money(&["loan__Min_Loan_Amount__c"])?,
            default: None,
            max: money(&["loan__Max_Loan_Amount__c"])?,
        },
        interest_rate: Range {
            min: percent(&["loan__Min_Interest_Rate__c"])?,
            default: percent(&["loan__Default_Interest_Rate__c"])?,
            max: percent(&["loan__Max_Interest_Rate__c"])?,
        },
        installments: Range {
            min: count(&["loan__Min_Number_of_Installments__c"])?,
            default: None,
            max: count(&["loan__Max_Number_of_Installments__c"])?,
        },
        marketplace,
    })
}

/// A loan product by its id.
#[utoipa::path(
    get,
    path = "/services/data/{version}/sobjects/loan__Loan_Product__c/{id}",
    tag = "marketplace",
    operation_id = "read_product_object",
    params(
        ("version" = String, Path, description = "`v20.0` or later", example = "v30.0"),
        ("id" = String, Path, description = "15 or 18 characters, or the id that the product has in the book"),
    ),
    responses((status = 200, body = wire::LoanProduct), (status = "4XX", body = Vec<wire::ObjectError>)),
    security(("bearer" = [])),
)]
pub(super) async fn product(
    Versioned(id): Versioned,
    asked: Asked,
) -> Result<Json<wire::LoanProduct>, Refused> {
    let found = lookups::product(&asked.now.catalog, Some(id)).key;
    let found = found.and_then(|key| asked.now.catalog.products.by_key(key)).ok_or(Refused::NotFound)?;
    Ok(Json(product_of(found)))
}

fn product_of(product: &Product) -> wire::LoanProduct {
    let id = to_18(&product.id);
    let percent = |rate: Option<Rate>| rate.map(|rate| number(&rate.to_percent_text()));
    let money = |amount: Option<Amount>| amount.map(|amount| number(&amount.to_text(product.currency)));
    wire::LoanProduct {
        attributes: attributes(PRODUCT, &id),
        id,
        name: product.name.clone(),
        currency: product.currency.code(),
        default_rate: percent(product.interest_rate.default),
        min_rate: percent(product.interest_rate.min),
        max_rate: percent(product.interest_rate.max),
        min_amount: money(product.amount.min),
        max_amount: money(product.amount.max),
        min_installments: product.installments.min,
        max_installments: product.installments.max,
        capitalized_fee_percent: number(&product.marketplace.capitalized_fee_percent.to_percent_text()),
        denomination: money(product.marketplace.denomination),
        is_deleted: false,
        created_date: instant(product.created_at),
        last_modified_date: instant(product.last_modified_at),
    }
}
