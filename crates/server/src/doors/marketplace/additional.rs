//! Members that are shown only where they are asked for: `additionalLoanFields` and its kin, lists of names with commas
//! between them. A name is that of a custom field, with or without `__c` behind it, of a member of ours that is not
//! shown by itself, or of one that is.

use std::collections::BTreeMap;

use loam_app::command::Address;
use loam_app::ports::ReadStore;
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::custom_field::{CustomField, CustomFieldType, DataType};
use loam_book::ids::Key;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Installment, Loan};
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde_json::value::{RawValue, to_raw_value};
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::error::{DoorError, Row};
use super::loan_shown::{Around, charges_among, others_among, payments_among};
use super::loan_wire as wire;
use super::translate::amount;

/// Members that were asked for, beside those that are always shown.
pub(super) type Additions = BTreeMap<String, Box<RawValue>>;

/// What was asked for of each kind of thing.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    loan: Vec<Field<Loan>>,
    summary: Vec<Field<[Installment]>>,
    schedule: Vec<Field<Installment>>,
    payments: Vec<Field<LoanTransaction>>,
    charges: Vec<Field<LoanTransaction>>,
    others: Vec<Field<LoanTransaction>>,
}

/// A member, and where its value comes from.
#[derive(Debug)]
enum Field<T: ?Sized> {
    Custom { name: String, field: Key, data_type: DataType },
    Known { name: &'static str, value: Value<T> },
}

type Value<T> = fn(&T, Currency) -> Option<Box<RawValue>>;
type Known<T> = &'static [(&'static str, Value<T>)];

const LOAN: Known<Loan> = &[
    ("loan__Notes__c", |loan, _| text(loan.notes.as_deref()?)),
    ("loan__Penalties_Remaining__c", |loan, currency| money(loan.servicing.outstanding.penalties, currency)),
    ("loan__Penalties_Paid__c", |loan, currency| money(loan.servicing.paid.penalties, currency)),
];
const SUMMARY: Known<[Installment]> = &[
    ("loan__Total_Principal__c", |rows, currency| money(sum(rows).principal, currency)),
    ("loan__Total_Interest__c", |rows, currency| money(sum(rows).interest, currency)),
    ("loan__Total_Fees__c", |rows, currency| money(sum(rows).fees + sum(rows).penalties, currency)),
];
const SCHEDULE: Known<Installment> = &[
    ("loan__Due_Penalties__c", |row, currency| money(row.expected.penalties, currency)),
    ("loan__Paid_Penalties__c", |row, currency| money(row.paid.penalties, currency)),
];
const PAYMENT: Known<LoanTransaction> = &[
    ("loan__Penalties__c", |row, currency| money(row.split.penalties, currency)),
    ("loan__Receipt_Date__c", |row, _| text(&row.stamp.booking_date.to_string())),
];
const CHARGE: Known<LoanTransaction> =
    &[("loan__Receipt_Date__c", |row, _| text(&row.stamp.booking_date.to_string()))];
const OTHER: Known<LoanTransaction> = &[
    ("loan__Principal__c", |row, currency| money(row.split.principal, currency)),
    ("loan__Interest__c", |row, currency| money(row.split.interest, currency)),
    ("loan__Fees__c", |row, currency| money(row.split.fees + row.split.penalties, currency)),
    ("loan__Receipt_Date__c", |row, _| text(&row.stamp.booking_date.to_string())),
];

fn sum(rows: &[Installment]) -> Components {
    rows.iter().map(|row| row.expected).sum()
}

fn money(value: Amount, currency: Currency) -> Option<Box<RawValue>> {
    Some(amount(value, currency))
}

fn text(value: &str) -> Option<Box<RawValue>> {
    to_raw_value(value).ok()
}

impl Wanted {
    /// What the parameters ask for.
    ///
    /// # Errors
    /// A name that nothing has.
    pub(super) fn of(query: Option<&str>, (catalog, actor): (&Catalog, &Actor)) -> Result<Wanted, DoorError> {
        let parameters: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
            .map_err(|_| DoorError::row(Row::UnableToParse))?;
        let mut wanted = Wanted::default();
        let (of_loan, of_channel) =
            (CustomFieldType::LoanAccountInfo, CustomFieldType::TransactionChannelInfo);
        for (parameter, names) in &parameters {
            let asked = Asked { catalog, actor, parameter, names };
            match parameter.as_str() {
                "additionalLoanFields" => {
                    wanted.loan = asked.fields::<_, wire::LoanAccount>(LOAN, Some(of_loan))?
                }
                "additionalPaymentFields" => {
                    wanted.payments = asked.fields::<_, wire::Payment>(PAYMENT, Some(of_channel))?;
                }
                "additionalChargeFields" => wanted.charges = asked.fields::<_, wire::Charge>(CHARGE, None)?,
                "additionalPmtSchdSummaryFields" => {
                    wanted.summary = asked.fields::<_, wire::ScheduleSummary>(SUMMARY, None)?;
                }
                "additionalAmzSchdFields" => {
                    wanted.schedule = asked.fields::<_, wire::ScheduleRow>(SCHEDULE, None)?;
                }
                "additionalOtherTxnFields" => {
                    wanted.others = asked.fields::<_, wire::OtherTransaction>(OTHER, Some(of_channel))?;
                }
                _ => {}
            }
        }
        Ok(wanted)
    }

    fn is_nothing(&self) -> bool {
        self.loan.is_empty()
            && self.summary.is_empty()
            && self.schedule.is_empty()
            && self.payments.is_empty()
            && self.charges.is_empty()
            && self.others.is_empty()
    }

    /// Adds what was asked for to a loan as it is shown.
    pub(super) async fn fill(
        &self,
        shown: &mut wire::LoanAccount,
        (loan, around): (&Loan, &Around<'_>),
        store: &dyn ReadStore,
    ) -> Result<(), DoorError> {
        if self.is_nothing() {
            return Ok(());
        }
        let currency = loan.terms.currency;
        let owners: Vec<Address> = std::iter::once(loan.key)
            .chain(around.transactions.iter().map(|row| owner_of(loan, row)))
            .map(|key| Address { part: loan.part, key })
            .collect();
        let values = store.custom_values(&owners).await?;
        let of = |key: Key| values.iter().find(|values| values.address.key == key);
        shown.additional = additions(&self.loan, loan, (currency, of(loan.key)));
        for summary in shown.summary.iter_mut().flatten() {
            summary.additional = additions(&self.summary, around.schedule, (currency, None));
        }
        let row = |row: &LoanTransaction| of(owner_of(loan, row));
        for (shown, from) in shown.payments.iter_mut().zip(payments_among(around.transactions)) {
            shown.additional = additions(&self.payments, from, (currency, row(from)));
        }
        for (shown, from) in shown.charges.iter_mut().zip(charges_among(around.transactions)) {
            shown.additional = additions(&self.charges, from, (currency, row(from)));
        }
        for (shown, from) in shown.schedule.iter_mut().flatten().zip(around.schedule) {
            shown.additional = additions(&self.schedule, from, (currency, None));
        }
        for (shown, from) in
            shown.other_transactions.iter_mut().flatten().zip(others_among(around.transactions))
        {
            shown.additional = additions(&self.others, from, (currency, row(from)));
        }
        Ok(())
    }
}

/// The key under which custom field values of a transaction are kept.
fn owner_of(loan: &Loan, row: &LoanTransaction) -> Key {
    row.details.values_key.unwrap_or_else(|| Key::transaction(loan.part, loan.account_no, row.id))
}

/// One list of names.
struct Asked<'a> {
    catalog: &'a Catalog,
    actor: &'a Actor,
    parameter: &'a str,
    names: &'a str,
}

impl Asked<'_> {
    fn fields<T: ?Sized, W: PartialSchema>(
        &self,
        known: Known<T>,
        sets: Option<CustomFieldType>,
    ) -> Result<Vec<Field<T>>, DoorError> {
        let names = self.names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let mut fields = Vec::new();
        for name in names {
            if let Some((name, value)) = known.iter().find(|(known, _)| *known == name) {
                fields.push(Field::Known { name, value: *value });
            } else if let Some(custom) = sets.and_then(|sets| self.custom(name, sets)) {
                let (field, data_type) = (custom.key, custom.data_type);
                fields.push(Field::Custom { name: name.to_owned(), field, data_type });
            } else if !is_shown::<W>(name) {
                return Err(DoorError::NoSuchField(format!(
                    "{}: there is no field \"{name}\"",
                    self.parameter
                )));
            }
        }
        Ok(fields)
    }

    fn custom(&self, name: &str, sets: CustomFieldType) -> Option<&CustomField> {
        let find = |id: &str| self.catalog.custom_fields.iter().find(|field| field.id == id);
        let field = find(name).or_else(|| find(name.strip_suffix("__c")?))?;
        let set = self.catalog.custom_field_sets.by_key(field.set)?;
        (set.applies_to == sets && field.view_rights.allow(self.actor)).then_some(field)
    }
}

/// Whether a member is shown by itself.
fn is_shown<W: PartialSchema>(name: &str) -> bool {
    match W::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.contains_key(name),
        RefOr::T(_) | RefOr::Ref(_) => false,
    }
}

fn additions<T: ?Sized>(
    fields: &[Field<T>],
    from: &T,
    (currency, values): (Currency, Option<&CustomValues>),
) -> Additions {
    let null = || RawValue::NULL.to_owned();
    let value = |field: &Field<T>| match field {
        Field::Known { name, value } => ((*name).to_owned(), value(from, currency).unwrap_or_else(null)),
        Field::Custom { name, field, data_type } => {
            let mut values = values.into_iter().flat_map(|values| &values.values);
            let content = values.find(|value| value.field == *field).map(|value| &value.content);
            (name.clone(), content.and_then(|content| written(content, *data_type)).unwrap_or_else(null))
        }
    };
    fields.iter().map(value).collect()
}

/// Numbers and yes or no are written as such.
fn written(content: &str, data_type: DataType) -> Option<Box<RawValue>> {
    match data_type {
        DataType::Number => RawValue::from_string(content.to_owned()).ok().or_else(|| text(content)),
        DataType::Checkbox => to_raw_value(&content.eq_ignore_ascii_case("true")).ok(),
        DataType::String
        | DataType::Selection
        | DataType::Date
        | DataType::ClientLink
        | DataType::GroupLink
        | DataType::UserLink => text(content),
    }
}
