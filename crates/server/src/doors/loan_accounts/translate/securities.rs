//! Guarantees and funds: posted ones, and how an account shows them (§2.2, §2.6).

use loam_book::custom_field::value::StatedValue;
use loam_book::ids::Key;
use loam_book::loan::securities::{
    Fund, Guarantee, GuaranteeKind, StatedFund, StatedGuarantee, StatedGuarantor,
};
use loam_book::loan::{HolderKind, Loan, LoanState};
use loam_book::stated::{StatedAmount, StatedPercent};

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::super::wire::product_rules as wire;
use super::super::wire::values::{EncodedKey, Money, Percent};
use super::custom_field::stated;
use super::names;

/// A posted guarantee, before anybody looked for the guarantor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Posted {
    /// Id or key of a client.
    pub(crate) guarantor: Option<String>,
    /// Whether the guarantor is said to be a group.
    pub(crate) is_group: bool,
    guarantee: StatedGuarantee,
}

impl Posted {
    /// The guarantee with what was found of its guarantor.
    pub(crate) fn with(self, guarantor: Option<StatedGuarantor>) -> StatedGuarantee {
        StatedGuarantee { guarantor, ..self.guarantee }
    }

    /// The custom field values, to be completed.
    pub(crate) fn take_custom_values(&mut self) -> Option<Vec<StatedValue>> {
        self.guarantee.custom_values.take()
    }
}

/// `guarantees:[…]`; `None` where the list is not given, which changes nothing.
pub(crate) fn guarantees(fields: &Fields<'_>) -> Result<Option<Vec<Posted>>, DoorError> {
    if !fields.names("guarantees") {
        return Ok(None);
    }
    fields.objects("guarantees")?.iter().map(posted).collect::<Result<Vec<_>, _>>().map(Some)
}

fn posted(fields: &Fields<'_>) -> Result<Posted, DoorError> {
    // Some requests of the contract say in `guarantorType` what kind of security it is.
    let role = fields.owned("guarantorType")?.unwrap_or_else(|| "CLIENT".to_owned()).to_ascii_uppercase();
    let kind = match fields.owned("type")? {
        Some(kind) => kind.to_ascii_uppercase(),
        None => role.clone(),
    };
    let is_asset = match kind.as_str() {
        "ASSET" => true,
        "GUARANTOR" | "CLIENT" | "GROUP" => false,
        _ => return Err(DoorError::at(ReturnCode::InvalidGuarantyType, "type")),
    };
    if !["CLIENT", "GROUP", "GUARANTOR", "ASSET"].contains(&role.as_str()) {
        return Err(DoorError::at(ReturnCode::InvalidGuarantorType, "guarantorType"));
    }
    let guarantee = StatedGuarantee {
        key: key(fields, "encodedKey", ReturnCode::InvalidGuarantyEncodedKey)?,
        is_asset,
        guarantor: None,
        savings_account: key(fields, "savingsAccountKey", ReturnCode::InvalidSavingsAccountKey)?,
        asset_name: fields.owned("assetName")?,
        amount: amount(fields)?,
        custom_values: stated(fields)?,
    };
    Ok(Posted { guarantor: fields.owned("guarantorKey")?, is_group: role == "GROUP", guarantee })
}

/// `funds:[…]`; `None` where the list is not given, which changes nothing.
pub(crate) fn funds(fields: &Fields<'_>) -> Result<Option<Vec<StatedFund>>, DoorError> {
    if !fields.names("funds") {
        return Ok(None);
    }
    let read = |fund: &Fields<'_>| {
        refuse_custom_fields(fund)?;
        Ok(StatedFund {
            key: key(fund, "encodedKey", ReturnCode::InvalidFundEncodedKey)?,
            account: key(fund, "savingsAccountKey", ReturnCode::InvalidSavingsAccountKey)?,
            amount: amount(fund)?,
            interest_commission: fund.owned("interestCommission")?.map(StatedPercent),
        })
    };
    fields.objects("funds")?.iter().map(read).collect::<Result<Vec<_>, DoorError>>().map(Some)
}

/// Funds have no custom fields.
fn refuse_custom_fields(fund: &Fields<'_>) -> Result<(), DoorError> {
    match stated(fund)?.into_iter().flatten().next() {
        Some(first) => Err(DoorError::at(ReturnCode::CustomFieldNotAvailableForEntity, first.field)),
        None => Ok(()),
    }
}

fn amount(fields: &Fields<'_>) -> Result<StatedAmount, DoorError> {
    let missing = || DoorError::at(ReturnCode::InvalidAmount, "amount");
    fields.owned("amount")?.map(StatedAmount).ok_or_else(missing)
}

fn key(fields: &Fields<'_>, name: &'static str, unknown: ReturnCode) -> Result<Option<Key>, DoorError> {
    let no_key = |_| DoorError::at(unknown, name);
    fields.text(name)?.map(|key| key.parse().map_err(no_key)).transpose()
}

pub(super) fn shown_guarantees(loan: &Loan) -> Vec<wire::Guarantee<'_>> {
    let shown = |guarantee| shown_guarantee(guarantee, loan);
    loan.servicing.course.guarantees.iter().map(shown).collect()
}

fn shown_guarantee<'a>(guarantee: &'a Guarantee, loan: &Loan) -> wire::Guarantee<'a> {
    let (kind, guarantor, asset_name) = match &guarantee.kind {
        GuaranteeKind::Guarantor { holder } => ("GUARANTOR", Some(*holder), None),
        GuaranteeKind::Asset { name } => ("ASSET", None, Some(name.as_str())),
    };
    wire::Guarantee {
        encoded_key: EncodedKey(guarantee.key),
        kind,
        guarantor_key: guarantor.map(|holder| EncodedKey(holder.key)),
        guarantor_type: guarantor.map(|holder| names::holder_kind(holder.kind)),
        savings_account_key: guarantee.savings_account.map(|account| EncodedKey(account.key)),
        asset_name,
        amount: Money(guarantee.amount, loan.terms.currency),
        custom_field_values: Vec::new(),
    }
}

pub(super) fn shown_funds(loan: &Loan) -> Vec<wire::Fund> {
    let money = |amount| Money(amount, loan.terms.currency);
    let state = match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Approved { .. } => "PENDING",
        LoanState::Active { .. } => "ACTIVE",
        LoanState::Closed { .. } => "CLOSED",
    };
    let shown = |fund: &Fund| wire::Fund {
        encoded_key: EncodedKey(fund.key),
        kind: "INVESTOR",
        savings_account_key: EncodedKey(fund.account),
        amount: money(fund.amount),
        interest_commission: fund.interest_commission.map(Percent),
        state,
        principal_repaid: money(fund.principal_repaid),
        interest_earned: money(fund.interest_earned),
    };
    loan.servicing.course.funds.iter().map(shown).collect()
}

/// What stands for a holder of this kind.
pub(crate) fn holder_kind(is_group: bool) -> HolderKind {
    if is_group { HolderKind::Group } else { HolderKind::Client }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "00010a00000000000000000000000abc";

    fn read(text: &str) -> Result<Option<Vec<Posted>>, DoorError> {
        guarantees(&Fields::of_json(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_guarantee_is_a_guarantor_or_an_asset() {
        let read_two = read(&format!(
            r#"{{"guarantees":[{{"type":"GUARANTOR","guarantorType":"CLIENT","guarantorKey":"8","amount":50}},
                {{"guarantorType":"ASSET","assetName":"Cow","amount":"70","encodedKey":"{KEY}"}}]}}"#
        ));
        let [guarantor, asset] = <[Posted; 2]>::try_from(read_two.unwrap().unwrap()).unwrap();
        assert_eq!((guarantor.guarantor.as_deref(), guarantor.guarantee.is_asset), (Some("8"), false));
        assert!(asset.guarantee.is_asset && asset.guarantee.key.is_some());
        assert_eq!(asset.guarantee.asset_name.as_deref(), Some("Cow"));
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"guarantees":[]}"#), Ok(Some(Vec::new())));
    }

    #[test]
    fn what_is_no_security_is_refused() {
        let code = |text: &str| read(text).unwrap_err().code();
        assert_eq!(
            code(r#"{"guarantees":[{"type":"PROMISE","amount":1}]}"#),
            ReturnCode::InvalidGuarantyType
        );
        assert_eq!(
            code(r#"{"guarantees":[{"type":"GUARANTOR","guarantorType":"DOG","amount":1}]}"#),
            ReturnCode::InvalidGuarantorType
        );
        assert_eq!(code(r#"{"guarantees":[{"type":"ASSET"}]}"#), ReturnCode::InvalidAmount);
        let of_fund = |text: &str| funds(&Fields::of_json(text.as_bytes()).unwrap()).unwrap_err().code();
        assert_eq!(
            of_fund(r#"{"funds":[{"savingsAccountKey":"x","amount":1}]}"#),
            ReturnCode::InvalidSavingsAccountKey
        );
        let funds =
            format!(r#"{{"funds":[{{"savingsAccountKey":"{KEY}","amount":1,"interestCommission":"2"}}]}}"#);
        let funds = super::funds(&Fields::of_json(funds.as_bytes()).unwrap()).unwrap().unwrap();
        assert_eq!(funds[0].interest_commission, Some(StatedPercent("2".to_owned())));
    }
}
