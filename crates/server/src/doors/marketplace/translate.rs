//! Between the wire and the book. A foreign name never crosses this file.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_book::application::foreign_id::{ForeignId, ForeignKind, Named};
use loam_book::application::refinance::{NewRefinancing, StatedLoan};
use loam_book::application::{Application, EodAccrual, NewApplication, ProtectType, ProtectWaiver, Stage};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_book::vocabulary::stage_word;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde_json::value::RawValue;

use super::error::{DoorError, Row};
use super::fields::Fields;
use super::lookups;
use super::wire::{self, Attributes};

type Result<T> = std::result::Result<T, DoorError>;

const SOBJECTS: &str = "/services/data/v30.0/sobjects";

/// What a caller asks for, before the borrower is looked up.
pub(super) struct Asking {
    pub(super) borrower_id: Option<String>,
    /// Without the borrower's account, which is set when it was found.
    pub(super) new: NewApplication,
}

/// The application that the members say. Kinds of values are checked here; what they say is decided by
/// the book, in the order of the contract's table.
///
/// # Errors
/// Unable to parse the Request parameters.
pub(super) fn asking_of(fields: &Fields, catalog: &Catalog) -> Result<Asking> {
    let mut not_served = None;
    let new = NewApplication {
        borrower_account: String::new(),
        purpose: lookups::purpose(catalog, fields.text("purpose")?),
        product: lookups::product(catalog, fields.text("loanProductId")?),
        amount: fields.decimal("amount")?.map(StatedAmount),
        refinancing: refinancing_of(fields)?,
        interest_rate: fields.decimal("interestRate")?.map(StatedPercent),
        term: fields.whole("term")?,
        maturity_date: fields.date("maturityDate")?,
        due_day: fields.whole("dueDay")?,
        disbursal_date: fields.date("disbursalDate")?,
        first_installment_date: fields.date("firstInstallmentDate")?,
        expiry_date: fields.date("expiryDate")?,
        protect_type: choice(fields, "protectType", &PROTECT_TYPES, &mut not_served)?,
        protect_fee_percent: fields.decimal("protectFeePercent")?.map(StatedPercent),
        protect_waiver_type: choice(fields, "protectWaiverType", &PROTECT_WAIVERS, &mut not_served)?,
        eod_accrual_type: choice(fields, "eodAccrualType", &EOD_ACCRUALS, &mut not_served)?,
        eod_fee_accrual: fields.flag("eodFeeAccrual")?,
        create_schedule: creates_schedule(fields, &mut not_served)?,
        not_served,
    };
    Ok(Asking { borrower_id: fields.text("borrowerId")?, new })
}

/// The loans that are named and what is lent on top, before the loans are looked up; `None` where neither is said.
fn refinancing_of(fields: &Fields) -> Result<Option<NewRefinancing>> {
    let additional = fields.decimal("additionalLoanAmount")?.map(StatedAmount);
    let named = fields.list("loansToBeRefinanced")?;
    if additional.is_none() && named.is_empty() {
        return Ok(None);
    }
    let loans = named.into_iter().map(|value| StatedLoan { value, loan: None }).collect();
    Ok(Some(NewRefinancing { loans, additional }))
}

pub(super) const PROTECT_TYPES: [(&str, ProtectType); 2] =
    [("Partial", ProtectType::Partial), ("Full", ProtectType::Full)];
const PROTECT_WAIVERS: [(&str, ProtectWaiver); 3] = [
    ("Principal and Interest", ProtectWaiver::PrincipalAndInterest),
    ("Interest Only", ProtectWaiver::InterestOnly),
    ("Principal Only", ProtectWaiver::PrincipalOnly),
];
pub(super) const EOD_ACCRUALS: [(&str, EodAccrual); 2] =
    [("Accrual To Date", EodAccrual::ToDate), ("Accrual Through Date", EodAccrual::ThroughDate)];

/// One of the contract's values; another text is left to be refused in its place.
pub(super) fn choice<T: Copy>(
    fields: &Fields,
    name: &str,
    values: &[(&str, T)],
    not_served: &mut Option<String>,
) -> Result<Option<T>> {
    let Some(text) = fields.text(name)? else { return Ok(None) };
    let found = values.iter().find(|(value, _)| *value == text).map(|(_, value)| *value);
    if found.is_none() {
        not_served.get_or_insert_with(|| format!("{name} \"{text}\""));
    }
    Ok(found)
}

fn creates_schedule(fields: &Fields, not_served: &mut Option<String>) -> Result<bool> {
    match fields.whole("createSchedule")? {
        None | Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(other) => {
            not_served.get_or_insert_with(|| format!("createSchedule {other}"));
            Ok(false)
        }
    }
}

/// The stages of a comma list, with or without spaces; none of nothing.
///
/// # Errors
/// Unable to parse the Request parameters, for a stage that the contract does not know.
pub(super) fn stages_of(status: &str) -> Result<Vec<Stage>> {
    let names = status.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| stage_named(name).ok_or_else(|| DoorError::row(Row::UnableToParse))).collect()
}

fn stage_named(name: &str) -> Option<Stage> {
    const STAGES: [(&str, Stage); 7] = [
        ("New", Stage::New),
        ("In Funding", Stage::InFunding),
        ("Funded", Stage::Funded),
        ("Expired", Stage::Expired),
        ("Cancelled", Stage::Cancelled),
        ("Canceled", Stage::Cancelled),
        ("Rejected", Stage::Rejected),
    ];
    STAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, stage)| *stage)
}

/// When an application is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) business_date: Date,
    pub(super) clock: Timestamp,
}

/// An application as this door shows it. The borrower is not expanded.
pub(super) fn wire_of(application: &Application, seen: Seen<'_>) -> wire::LoanApplication {
    let id = id_of(ForeignKind::Application, application.part, application.number);
    let currency = application.currency;
    let clock = TimeZone::UTC.to_datetime(seen.clock).time();
    let time_left = application.time_left(seen.business_date, clock).to_string();
    let remaining = application.remaining_requested_amount();
    let purpose = seen.catalog.purposes.by_key(application.purpose);
    wire::LoanApplication {
        attributes: attributes("peer__Loan_Application__c", &id),
        stage: stage_word(application.stage),
        application_date: application.application_date.to_string(),
        loan_purpose: purpose.map(|purpose| to_18(&purpose.id)),
        amount_funded: amount(application.amount_funded, currency),
        // Nothing ranks applications yet.
        sorting_criteria: number("0"),
        last_modified_date: instant(application.last_modified_at),
        interest_rate: number(&application.interest_rate.to_percent_text()),
        attractiveness_parameter: number("0"),
        amount_in_funding: amount(application.amount_in_funding, currency),
        requested_loan_amount: amount(application.requested_amount, currency),
        profitable_application: application.is_profitable(),
        amount_time_left: format!("{} / {time_left}", priced(remaining, currency)),
        time_left,
        loan: application
            .loan
            .as_ref()
            .map(|loan| id_of(ForeignKind::Loan, application.part, loan.account_no)),
        borrower: to_18(&application.borrower_account),
        expanded_borrower: None,
        system_modstamp: instant(application.last_modified_at),
        monthly_payment: amount(application.monthly_payment, currency),
        remaining_requested_amount: amount(remaining, currency),
        disbursal_date: application.disbursal_date.to_string(),
        first_payment_date: application.first_payment_date.to_string(),
        last_modified_by_id: user(application.last_modified_by),
        is_expired: application.is_expired(seen.business_date),
        expiry_date: format!("{}T00:00:00.000+0000", application.expiry_date),
        term: application.term,
        name: application.name(),
        created_by_id: user(application.created_by),
        created_date: instant(application.created_at),
        is_deleted: false,
        id,
        percent_funded: number(&application.percent_funded().to_percent_text()),
        time_left_seconds: None,
    }
}

/// The same with the time left as a number, where an application is read: the answer to a new one is the contract's
/// sample and no more.
pub(super) fn timed(application: &Application, seen: Seen<'_>) -> wire::LoanApplication {
    let clock = TimeZone::UTC.to_datetime(seen.clock).time();
    wire::LoanApplication {
        time_left_seconds: Some(application.seconds_left(seen.business_date, clock)),
        ..wire_of(application, seen)
    }
}

/// A borrower where applications are listed.
pub(super) fn borrower_of(account: &str, name: String) -> wire::Borrower {
    let id = to_18(account);
    wire::Borrower { attributes: attributes("Account", &id), id, name }
}

pub(super) fn attributes(kind: &'static str, id: &str) -> Attributes {
    Attributes { kind, url: format!("{SOBJECTS}/{kind}/{id}") }
}

pub(super) fn id_of(kind: ForeignKind, part: Part, number: i64) -> String {
    ForeignId::new(Named { kind, part, number }).to_18()
}

/// Both forms give the long one; ids that are none stay as they are.
pub(super) fn to_18(id: &str) -> String {
    ForeignId::parse(id).map_or_else(|_| id.to_owned(), ForeignId::to_18)
}

/// Users and clients of the token endpoint live in no part of their own.
pub(super) fn user(key: Key) -> String {
    ForeignId::of_key(ForeignKind::User, Part::new(0), key).to_18()
}

pub(super) fn amount(amount: Amount, currency: Currency) -> Box<RawValue> {
    number(&amount.to_text(currency))
}

pub(super) fn number(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).expect("decimal text of the book is a JSON number")
}

/// With the sign of the dollar, as the contract prints it; other currencies by their code.
fn priced(amount: Amount, currency: Currency) -> String {
    let text = amount.to_text(currency);
    if currency == Currency::USD { format!("${text}") } else { format!("{} {text}", currency.code()) }
}

pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

#[cfg(test)]
mod tests;
