//! What a posted loan brings besides its figures: funds, and how it is to be paid out (contract §2.2,
//! §2.4), and how an account shows the latter. Guarantors must be looked for first, so guarantees are
//! read beside it.

use std::collections::BTreeMap;

use loam_book::catalog::Catalog;
use loam_book::ids::{Address, Key, Name, Part};
use loam_book::loan::Loan;
use loam_book::loan::accompanying::{Accompanying, PlannedFee};
use loam_book::organization::{ChannelField, TransactionDetails};

use super::super::error::DoorError;
use super::super::fields::{Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::super::wire::loan as wire;
use super::super::wire::transaction::TransactionDetails as ShownDetails;
use super::super::wire::values::{EncodedKey, Money};
use super::charges::stated_fees;
use super::custom_field::{list_name, stated};
use super::movement::channel_fields;
use super::{product_rules, securities, transaction};

/// Funds of the account, fees and channel of its disbursement. An empty list is what clients send for
/// a loan that has none.
pub(super) fn accompanying(
    account: &Fields<'_>,
    disbursement: Option<&Fields<'_>>,
    catalog: &Catalog,
) -> Result<Accompanying, DoorError> {
    Ok(Accompanying {
        guarantees: None,
        line_of_credit: None,
        funds: if account.has("funds") { securities::funds(account)? } else { None },
        details: disbursement.map(|named| details(named, catalog)).transpose()?.flatten(),
        fees: disbursement.map(stated_fees).transpose()?.flatten(),
        custom_values: Vec::new(),
        channel_values: disbursement.map(stated).transpose()?.flatten().unwrap_or_default(),
    })
}

/// `transactionDetails:{transactionChannel, …}`: the channel by key or id, and its fields.
fn details(disbursement: &Fields<'_>, catalog: &Catalog) -> Result<Option<TransactionDetails>, DoorError> {
    let named = if disbursement.has("transactionDetails") {
        disbursement.object("transactionDetails")?
    } else {
        None
    };
    let given = named.as_ref().map(channel_fields).transpose()?.unwrap_or_default();
    refuse_fields_twice(disbursement, &given)?;
    let Some(named) = named else { return Ok(None) };
    let target = target(&named)?;
    let channel = channel(&named, catalog)?;
    if channel.is_none() && !given.is_empty() {
        return Err(DoorError::at(ReturnCode::CustomFieldsNeedChannelProvided, "transactionChannel"));
    }
    let details =
        TransactionDetails { channel, channel_fields: given, target, ..TransactionDetails::default() };
    Ok((channel.is_some() || target.is_some()).then_some(details))
}

/// The deposit account to which the money is to go: `internalTransfer` says that there is one, and must not
/// say otherwise.
fn target(named: &Fields<'_>) -> Result<Option<Address>, DoorError> {
    const NAME: &str = "targetSavingsAccountKey";
    let is_transfer = named.flag("internalTransfer")?;
    let Some(key) = named.text(NAME)? else {
        return if is_transfer {
            Err(DoorError::at(ReturnCode::MissingRequiredParameter, NAME))
        } else {
            Ok(None)
        };
    };
    if named.has("internalTransfer") && !is_transfer {
        return Err(invalid("internalTransfer"));
    }
    let unknown = || DoorError::at(ReturnCode::InvalidSavingsAccountKey, NAME);
    let key: Key = key.parse().map_err(|_| unknown())?;
    Ok(Some(Address { part: key.part().ok_or_else(unknown)?, key }))
}

/// Fields of the channel become custom information: given as both, they would be there twice.
pub(super) fn refuse_fields_twice(
    disbursement: &Fields<'_>,
    given: &BTreeMap<ChannelField, String>,
) -> Result<(), DoorError> {
    match list_name(disbursement).filter(|_| !given.is_empty()) {
        Some(name) => Err(DoorError::at(ReturnCode::DuplicateCustomFieldValues, name)),
        None => Ok(()),
    }
}

fn channel(named: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    let inner = named.object("transactionChannel")?;
    let key = match &inner {
        Some(inner) => inner.text_of(&["encodedKey", "id"])?,
        None => None,
    };
    let key = if key.is_some() { key } else { named.text("transactionChannelKey")? };
    let Some(key) = key else { return Ok(None) };
    let unknown = || DoorError::at(ReturnCode::InvalidTransactionChannel, "transactionChannel");
    catalog.channels.find(&key).map(|channel| Some(channel.key)).ok_or_else(unknown)
}

/// What a posted list of guarantees is read from; `None` where none is given.
pub(crate) fn guarantees(account: &Fields<'_>) -> Result<Option<Vec<securities::Posted>>, DoorError> {
    if account.has("guarantees") { securities::guarantees(account) } else { Ok(None) }
}

/// How the loan is to be paid out, beside the dates.
pub(super) fn shown(loan: &Loan) -> (Option<ShownDetails<'_>>, Vec<wire::PlannedFee<'_>>) {
    let plan = &loan.servicing.course.disbursement_plan;
    let fees = plan.fees.iter().flatten().map(|fee| shown_fee(fee, loan)).collect();
    (transaction::details(&plan.details, None), fees)
}

fn shown_fee<'a>(planned: &PlannedFee, loan: &'a Loan) -> wire::PlannedFee<'a> {
    let currency = loan.terms.currency;
    let fee = loan.terms.charges.fees.iter().find(|fee| fee.key == planned.fee);
    let name = Name::of(&["planned fee", &loan.key.to_string(), &planned.fee.to_string()]);
    wire::PlannedFee {
        encoded_key: EncodedKey(Key::named(Part::new(0), &name)),
        fee: fee.map(|fee| product_rules::fee(fee, currency)),
        amount: planned.amount.map(|amount| Money(amount, currency)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn read(disbursement: &str) -> Result<Accompanying, DoorError> {
        let disbursement = Fields::of_json(disbursement.as_bytes()).unwrap();
        accompanying(&Fields::default(), Some(&disbursement), &samples::catalog())
    }

    #[test]
    fn a_channel_is_named_by_key_or_id_with_its_fields() {
        let key = samples::catalog().channels.find("cash").unwrap().key;
        let by_id = r#"{"transactionDetails":{"transactionChannel":{"id":"cash"},"receiptNumber":"1146"}}"#;
        let details = read(by_id).unwrap().details.unwrap();
        assert_eq!(details.channel, Some(key));
        assert_eq!(details.channel_fields[&ChannelField::ReceiptNumber], "1146");
        let by_key = format!(r#"{{"transactionDetails":{{"transactionChannelKey":"{key}"}}}}"#);
        assert_eq!(read(&by_key).unwrap().details.unwrap().channel, Some(key));
        assert_eq!(read(r#"{"transactionDetails":{}}"#), Ok(Accompanying::default()));
        assert_eq!(read(r#"{"transactionDetails":null,"fees":[]}"#), Ok(Accompanying::default()));
    }

    #[test]
    fn what_is_said_twice_or_leads_nowhere_is_refused() {
        let refused = |inner: &str, beside: &str| {
            read(&format!(r#"{{"transactionDetails":{{{inner}}}{beside}}}"#)).unwrap_err().code()
        };
        let custom = r#","customInformation":[{"customFieldID":"A","value":"1"}]"#;
        let field = r#""transactionChannel":{"id":"cash"},"receiptNumber":"1""#;
        assert_eq!(refused(field, custom), ReturnCode::DuplicateCustomFieldValues);
        assert_eq!(refused(r#""receiptNumber":"1""#, ""), ReturnCode::CustomFieldsNeedChannelProvided);
        let nowhere = r#""transactionChannel":{"id":"pigeon"}"#;
        assert_eq!(refused(nowhere, ""), ReturnCode::InvalidTransactionChannel);
        assert_eq!(refused(r#""internalTransfer":true"#, ""), ReturnCode::MissingRequiredParameter);
        let nobody = r#""internalTransfer":true,"targetSavingsAccountKey":"S1""#;
        assert_eq!(refused(nobody, ""), ReturnCode::InvalidSavingsAccountKey);
        let key = Key::entity(Part::new(5), 1, 1);
        let no_transfer = format!(r#""internalTransfer":false,"targetSavingsAccountKey":"{key}""#);
        assert_eq!(refused(&no_transfer, ""), ReturnCode::InvalidParameters);
        let target = read(&format!(r#"{{"transactionDetails":{{"targetSavingsAccountKey":"{key}"}}}}"#));
        assert_eq!(target.unwrap().details.unwrap().target, Some(Address { part: Part::new(5), key }));
    }
}
