//! `POST /loans/{id}/transactions`: the `type` says which command, and what comes back.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, KeyKind, Part};
use loam_book::loan::command::{
    ApplyPenalty, ChangeInterestRate, ChargeFee, Disburse, LoanCommand, NamedTransaction, Redraw, Repay,
    ReversalKind, Reverse,
};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::{ChannelField, TransactionDetails};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::currency::Currency;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::accompanying::refuse_fields_twice;
use super::charges::stated_fees;
use super::custom_payment;
use super::savings::upper_case;

/// What a request means, and how its answer looks.
#[derive(Debug)]
pub(crate) struct Movement {
    pub(crate) command: LoanCommand,
    pub(crate) shown: Shown,
    /// The currency that the caller believes the account to have.
    pub(crate) currency: Option<Currency>,
}

/// What a movement is answered with (§3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Account,
    /// The transaction of this kind, on this day or on the business date.
    Transaction(TransactionKind, Option<Date>),
    ReversalOf(i64),
    /// The reversal of the only transaction that the command can reverse.
    Reversal(TransactionKind),
    /// A list: one transaction for each thing held back or let go.
    Locks([TransactionKind; 3]),
}

/// Where a request is read: the book now, and the part of its account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) business_date: Date,
    pub(crate) part: Part,
}

const LOCKS: [TransactionKind; 3] =
    [TransactionKind::InterestLocked, TransactionKind::FeeLocked, TransactionKind::PenaltyLocked];
const UNLOCKS: [TransactionKind; 3] =
    [TransactionKind::InterestUnlocked, TransactionKind::FeeUnlocked, TransactionKind::PenaltyUnlocked];

/// Types of the contract for which the book has no command.
const NOT_HERE: [&str; 3] = ["TRANSFER", "REDRAW_TRANSFER", "DEFERRED_INTEREST_APPLIED"];

/// Reads a posted transaction.
pub(crate) fn movement(fields: &Fields<'_>, setting: Setting<'_>) -> Result<Movement, DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingTypeParameter, "type");
    let kind = fields.text("type")?.ok_or_else(missing)?;
    let kind = upper_case(&kind);
    let (command, shown) = match state_change(&kind, fields)? {
        Some(command) => (command, Shown::Account),
        None => money_movement(&kind, fields, setting)?,
    };
    Ok(Movement { command, shown, currency: currency(fields)? })
}

/// The types that only move the account from state to state.
fn state_change(kind: &str, fields: &Fields<'_>) -> Result<Option<LoanCommand>, DoorError> {
    let notes = fields.owned("notes")?;
    Ok(Some(match kind {
        "PENDING_APPROVAL" => LoanCommand::RequestApproval { notes },
        "APPROVAL" => LoanCommand::Approve { notes },
        "UNDO_APPROVAL" => LoanCommand::UndoApproval { notes },
        "REJECT" => LoanCommand::Reject { notes },
        "UNDO_REJECT" => LoanCommand::UndoReject { notes },
        "WITHDRAW" => LoanCommand::Withdraw { notes },
        "UNDO_WITHDRAWN" | "UNDO_WITHDRAW" => LoanCommand::UndoWithdraw { notes },
        "CLOSE" => LoanCommand::Close { notes },
        "UNDO_CLOSE" => LoanCommand::UndoClose { notes },
        _ => return Ok(None),
    }))
}

fn money_movement(
    kind: &str,
    fields: &Fields<'_>,
    setting: Setting<'_>,
) -> Result<(LoanCommand, Shown), DoorError> {
    let notes = || fields.owned("notes");
    Ok(match kind {
        "REPAYMENT" => repayment(fields, setting)?,
        "DISBURSEMENT" | "DISBURSMENT" => disbursement(fields, setting)?,
        "FEE" => fee(fields, setting)?,
        "PENALTY_APPLIED" | "PENALTY" => penalty(fields, setting)?,
        "INTEREST_APPLIED" => {
            let value_date = value_date(fields, setting)?;
            let command = LoanCommand::ApplyInterest { value_date, notes: notes()? };
            (command, Shown::Transaction(TransactionKind::InterestApplied, value_date))
        }
        "INTEREST_RATE_CHANGED" => interest_rate(fields, setting)?,
        "PAYMENT_MADE" => redraw(fields, setting)?,
        "WRITE_OFF" => {
            (LoanCommand::WriteOff { notes: notes()? }, Shown::Transaction(TransactionKind::WriteOff, None))
        }
        "LOCK" => (LoanCommand::Lock { notes: notes()? }, Shown::Locks(LOCKS)),
        "UNLOCK" => (LoanCommand::Unlock { notes: notes()? }, Shown::Locks(UNLOCKS)),
        "REPAYMENT_ADJUSTMENT" => reversal(ReversalKind::Repayment, fields, setting)?,
        "PAYMENT_MADE_ADJUSTMENT" => reversal(ReversalKind::PaymentMade, fields, setting)?,
        "PENALTY_ADJUSTMENT" => reversal(ReversalKind::Penalty, fields, setting)?,
        "FEE_ADJUSTMENT" => reversal(ReversalKind::Fee, fields, setting)?,
        "INTEREST_APPLIED_ADJUSTMENT" => reversal(ReversalKind::Interest, fields, setting)?,
        "DISBURSMENT_ADJUSTMENT" | "DISBURSEMENT_ADJUSTMENT" | "UNDO_DISBURSEMENT" | "UNDO_DISBURSMENT" => (
            LoanCommand::UndoDisbursement { named: named(fields, setting)?, notes: notes()? },
            Shown::Reversal(TransactionKind::DisbursementReversal),
        ),
        "WRITE_OFF_ADJUSTMENT" => (
            LoanCommand::UndoWriteOff { named: named(fields, setting)?, notes: notes()? },
            Shown::Reversal(TransactionKind::WriteOffReversal),
        ),
        _ if NOT_HERE.contains(&kind) => return Err(DoorError::disabled("type")),
        _ => return Err(DoorError::at(ReturnCode::InvalidTransactionType, "type")),
    })
}

fn repayment(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let value_date = value_date(fields, setting)?;
    let repay = Repay {
        amount: required_amount(fields)?,
        custom: custom_payment::stated_parts(fields)?,
        value_date,
        details: details(fields, setting)?,
    };
    Ok((LoanCommand::Repay(repay), Shown::Transaction(TransactionKind::Repayment, value_date)))
}

fn disbursement(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let value_date = value_date(fields, setting)?;
    let disburse = Disburse {
        amount: fields.owned("amount")?.map(StatedAmount),
        value_date,
        first_due_date: fields.date("firstRepaymentDate")?,
        fees: stated_fees(fields)?,
        details: details(fields, setting)?,
        paid_in: Vec::new(),
        pays_off: Vec::new(),
    };
    Ok((LoanCommand::Disburse(disburse), Shown::Transaction(TransactionKind::Disbursement, value_date)))
}

/// An arbitrary fee has an amount; a fee of the product is named.
fn fee(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let fees = stated_fees(fields)?;
    let amount = match fees {
        Some(_) => fields.owned("amount")?.map(StatedAmount),
        None => Some(required_amount(fields)?),
    };
    let value_date = value_date(fields, setting)?;
    let charge = ChargeFee {
        amount,
        fees,
        value_date,
        installment: installment(fields)?,
        details: details(fields, setting)?,
    };
    Ok((LoanCommand::ChargeFee(charge), Shown::Transaction(TransactionKind::Fee, value_date)))
}

fn installment(fields: &Fields<'_>) -> Result<Option<u32>, DoorError> {
    let invalid = |_| DoorError::at(ReturnCode::InvalidRepaymentNumber, "repayment");
    fields.count("repayment").map_err(invalid)
}

fn penalty(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let value_date = value_date(fields, setting)?;
    let apply = ApplyPenalty {
        amount: required_amount(fields)?,
        value_date,
        installment: installment(fields)?,
        details: details(fields, setting)?,
    };
    Ok((LoanCommand::ApplyPenalty(apply), Shown::Transaction(TransactionKind::PenaltyApplied, value_date)))
}

fn interest_rate(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let missing = || DoorError::at(ReturnCode::InvalidInterestRate, "rate");
    let rate = StatedPercent(fields.owned("rate")?.ok_or_else(missing)?);
    let value_date = value_date(fields, setting)?;
    let change = ChangeInterestRate { rate, value_date, notes: fields.owned("notes")? };
    let shown = Shown::Transaction(TransactionKind::InterestRateChanged, value_date);
    Ok((LoanCommand::ChangeInterestRate(change), shown))
}

/// Draws again what was paid too much.
fn redraw(fields: &Fields<'_>, setting: Setting<'_>) -> Result<(LoanCommand, Shown), DoorError> {
    let value_date = value_date(fields, setting)?;
    let redraw = Redraw { amount: required_amount(fields)?, value_date, details: details(fields, setting)? };
    Ok((LoanCommand::Redraw(redraw), Shown::Transaction(TransactionKind::PaymentMade, value_date)))
}

fn reversal(
    kind: ReversalKind,
    fields: &Fields<'_>,
    setting: Setting<'_>,
) -> Result<(LoanCommand, Shown), DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingOriginalTransactionId, "originalTransactionId");
    let original = named(fields, setting)?.ok_or_else(missing)?;
    let NamedTransaction { id: original, account_no } = original;
    let command = LoanCommand::Reverse(Reverse { kind, original, account_no, notes: fields.owned("notes")? });
    Ok((command, Shown::ReversalOf(original)))
}

/// The transaction that is to be taken back, where one is named.
fn named(fields: &Fields<'_>, setting: Setting<'_>) -> Result<Option<NamedTransaction>, DoorError> {
    let named = fields.text("originalTransactionId")?;
    named.map(|named| original_transaction(&named, setting.part)).transpose()
}

/// The number of a transaction, given as such or as the transaction's key, which names its account.
pub(super) fn original_transaction(text: &str, part: Part) -> Result<NamedTransaction, DoorError> {
    if let Ok(id) = text.trim().parse::<i64>() {
        return Ok(NamedTransaction { id, account_no: None });
    }
    let unknown = || DoorError::at(ReturnCode::InvalidTransactionId, "originalTransactionId");
    let key: Key = text.parse().map_err(|_| unknown())?;
    match key.kind() {
        Some(KeyKind::Transaction { transaction_id, account_no }) if key.part() == Some(part) => {
            Ok(NamedTransaction { id: transaction_id, account_no: Some(account_no) })
        }
        Some(KeyKind::Transaction { .. }) => {
            Err(DoorError::at(ReturnCode::TransactionIdAndAccountMismatch, "originalTransactionId"))
        }
        Some(KeyKind::Entity | KeyKind::Installment { .. } | KeyKind::Tranche { .. } | KeyKind::Named)
        | None => Err(unknown()),
    }
}

fn required_amount(fields: &Fields<'_>) -> Result<StatedAmount, DoorError> {
    let amount = fields.owned("amount").map_err(|_| DoorError::at(ReturnCode::InvalidAmount, "amount"))?;
    amount.map(StatedAmount).ok_or_else(|| DoorError::at(ReturnCode::InvalidAmount, "amount"))
}

/// The day from which it counts. A booking date other than today's cannot be had: the book books
/// on its business date.
pub(super) fn value_date(fields: &Fields<'_>, setting: Setting<'_>) -> Result<Option<Date>, DoorError> {
    if fields.date("bookingDate")?.is_some_and(|date| date != setting.business_date) {
        return Err(DoorError::at(ReturnCode::InvalidBookingDate, "bookingDate"));
    }
    fields.date_of(&["date", "valueDate", "entryDate"])
}

pub(super) fn details(fields: &Fields<'_>, setting: Setting<'_>) -> Result<TransactionDetails, DoorError> {
    let channel = fields.text("method")?.map(|method| {
        let unknown = || DoorError::at(ReturnCode::InvalidTransactionTypeId, "method");
        setting.catalog.channels.find(&method).map(|channel| channel.key).ok_or_else(unknown)
    });
    let details = TransactionDetails {
        notes: fields.owned("notes")?,
        channel: channel.transpose()?,
        external_id: fields.owned("externalId")?,
        channel_fields: channel_fields(fields)?,
        transfer: None,
        investing: None,
        target: None,
        values_key: None,
        claim: None,
    };
    refuse_fields_twice(fields, &details.channel_fields)?;
    if details.channel.is_none() && !details.channel_fields.is_empty() {
        return Err(DoorError::at(ReturnCode::CustomFieldsNeedChannelProvided, "method"));
    }
    Ok(details)
}

/// The members by which a channel's fields are given.
const CHANNEL_FIELDS: [(&str, ChannelField); 7] = [
    ("identifier", ChannelField::Identifier),
    ("accountName", ChannelField::AccountName),
    ("receiptNumber", ChannelField::ReceiptNumber),
    ("bankNumber", ChannelField::BankNumber),
    ("checkNumber", ChannelField::CheckNumber),
    ("bankAccountNumber", ChannelField::AccountNumber),
    ("bankRoutingNumber", ChannelField::RoutingNumber),
];

/// The member by which a field of a channel is given.
pub(crate) fn channel_field(field: ChannelField) -> &'static str {
    let named = CHANNEL_FIELDS.iter().find(|(_, other)| *other == field);
    named.map_or("method", |(name, _)| name)
}

pub(super) fn channel_fields(fields: &Fields<'_>) -> Result<BTreeMap<ChannelField, String>, DoorError> {
    let mut given = BTreeMap::new();
    for (name, field) in CHANNEL_FIELDS {
        if let Some(text) = fields.owned(name)? {
            given.insert(field, text);
        }
    }
    Ok(given)
}

pub(super) fn currency(fields: &Fields<'_>) -> Result<Option<Currency>, DoorError> {
    let invalid = |_| DoorError::at(ReturnCode::InvalidCurrencyCode, "currencyCode");
    fields.text("currencyCode")?.map(|code| Currency::from_code(&code).map_err(invalid)).transpose()
}

/// The transactions with which a movement is answered.
///
/// A back-dated movement comes with the reversals of what stood in its way and with their second
/// posting; it is the one on its own day that is no reversal.
pub(crate) fn shown(
    shown: Shown,
    transactions: &[LoanTransaction],
    business_date: Date,
) -> Vec<&LoanTransaction> {
    let first =
        |wanted: &dyn Fn(&&LoanTransaction) -> bool| transactions.iter().find(wanted).into_iter().collect();
    match shown {
        Shown::Account => Vec::new(),
        Shown::Transaction(kind, value_date) => {
            let day = value_date.unwrap_or(business_date);
            first(&|t| t.kind == kind && t.reverses.is_none() && t.value_date == day)
        }
        Shown::ReversalOf(original) => first(&|t| t.reverses == Some(original)),
        Shown::Reversal(kind) => first(&|t| t.kind == kind),
        Shown::Locks(kinds) => {
            let newest = |kind| transactions.iter().rev().find(|t| t.kind == kind);
            kinds.into_iter().filter_map(newest).collect()
        }
    }
}

#[cfg(test)]
mod tests;
