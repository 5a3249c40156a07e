//! Commands on fees and penalties of a loan.

use loam_book::ids::Key;
use loam_book::loan::command::{ApplyPenalty, ChargeFee, LoanCommand, StatedFee, WaiveCharge, WaivedCharge};
use loam_book::stated::StatedAmount;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::{Given, Result};

const WAIVED: Names<'_, WaivedCharge> = Names {
    values: &[WaivedCharge::Fees, WaivedCharge::Penalties],
    name_of: |charge| match charge {
        WaivedCharge::Fees => "FEES",
        WaivedCharge::Penalties => "PENALTIES",
    },
};

/// An arbitrary fee has an amount; a fee of the product is named in `fees`.
pub(super) fn charge_fee(given: &Given<'_>) -> Result<LoanCommand> {
    let fees = fees(given)?;
    let amount = if fees.is_some() { None } else { Some(given.required_amount()?) };
    Ok(LoanCommand::ChargeFee(ChargeFee {
        amount,
        fees,
        value_date: given.value_date()?,
        installment: given.members.count("installment")?,
        details: given.details()?,
    }))
}

pub(super) fn apply_penalty(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::ApplyPenalty(ApplyPenalty {
        amount: given.required_amount()?,
        value_date: given.value_date()?,
        installment: given.members.count("installment")?,
        details: given.details()?,
    }))
}

pub(super) fn waive_charge(given: &Given<'_>) -> Result<LoanCommand> {
    let charge = given.members.choice("charge", WAIVED)?;
    Ok(LoanCommand::WaiveCharge(WaiveCharge {
        charge: charge.ok_or_else(|| DoorError::missing("charge"))?,
        amount: given.required_amount()?,
        value_date: given.value_date()?,
        installment: given.members.count("installment")?,
        details: given.details()?,
    }))
}

/// Fees of the product by their keys, each with an amount where the product leaves it open.
pub(super) fn fees(given: &Given<'_>) -> Result<Option<Vec<StatedFee>>> {
    if !given.members.has("fees") {
        return Ok(None);
    }
    let fees = given.members.objects("fees")?;
    fees.iter().map(fee).collect::<Result<Vec<_>>>().map(Some)
}

fn fee(fee: &Members) -> Result<StatedFee> {
    let key = fee.text("encodedKey")?.ok_or_else(|| DoorError::missing("encodedKey"))?;
    let invalid = |_| DoorError::invalid("encodedKey", &key, "it is no key");
    let parsed: Key = key.parse().map_err(invalid)?;
    Ok(StatedFee { fee: parsed, amount: fee.stated("amount")?.map(StatedAmount) })
}
