//! `loan_transaction`.

use loam_app::changes::TransactionRow;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::search::transactions::FoundTransaction;
use loam_book::ids::Part;
use loam_book::loan::event::charge::TransactionCharges;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};

use loam_book::organization::TransactionDetails;
use serde::Serialize;

use super::log::{read_stamp, stamp_cells};
use crate::cells::{Cell, Columns, Cursor, Row};
use crate::numbers::LogNumbers;

/// The columns of `loan_transaction`, which is called `t`.
macro_rules! transaction_columns {
    () => {
        "t.part, t.account_no, t.transaction_id, t.kind, t.seq, t.value_date, t.booking_date, t.recorded_at, \
         t.actor, t.door, t.request_id, t.event_version, t.rules_version, t.amount_minor, t.principal_minor, \
         t.interest_minor, t.fees_minor, t.penalties_minor, t.principal_balance_minor, t.details, \
         t.installment, t.reverses, t.reversed_by"
    };
}

pub(crate) use transaction_columns;

/// The column `details`: what the caller said of it, and beside that fees of the product and taxes.
#[derive(Debug, Serialize)]
struct StoredDetails<'a> {
    #[serde(flatten)]
    details: &'a TransactionDetails,
    #[serde(flatten)]
    charges: &'a TransactionCharges,
}

fn kind_name(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Disbursement => "disbursement",
        TransactionKind::DisbursementReversal => "disbursement_reversal",
        TransactionKind::Repayment => "repayment",
        TransactionKind::RepaymentReversal => "repayment_reversal",
        TransactionKind::InterestRateChanged => "interest_rate_changed",
        TransactionKind::InterestRateChangeReversal => "interest_rate_change_reversal",
        TransactionKind::PaymentMade => "payment_made",
        TransactionKind::PaymentMadeReversal => "payment_made_reversal",
        TransactionKind::Fee => "fee",
        TransactionKind::FeeReversal => "fee_reversal",
        TransactionKind::PenaltyApplied => "penalty_applied",
        TransactionKind::PenaltyReversal => "penalty_reversal",
        TransactionKind::InterestApplied => "interest_applied",
        TransactionKind::InterestAppliedReversal => "interest_applied_reversal",
        TransactionKind::WriteOff => "write_off",
        TransactionKind::WriteOffReversal => "write_off_reversal",
        TransactionKind::Waiver => "waiver",
        TransactionKind::WaiverReversal => "waiver_reversal",
        TransactionKind::Recovery => "recovery",
        TransactionKind::RecoveryReversal => "recovery_reversal",
        TransactionKind::Restructure => "restructure",
        TransactionKind::PaymentReschedule => "payment_reschedule",
        TransactionKind::PaymentRescheduleReversal => "payment_reschedule_reversal",
        TransactionKind::FeesReduced => "fees_reduced",
        TransactionKind::FeesReducedReversal => "fees_reduced_reversal",
        TransactionKind::PenaltiesReduced => "penalties_reduced",
        TransactionKind::PenaltiesReducedReversal => "penalties_reduced_reversal",
        TransactionKind::InterestLocked => "interest_locked",
        TransactionKind::FeeLocked => "fee_locked",
        TransactionKind::PenaltyLocked => "penalty_locked",
        TransactionKind::InterestUnlocked => "interest_unlocked",
        TransactionKind::FeeUnlocked => "fee_unlocked",
        TransactionKind::PenaltyUnlocked => "penalty_unlocked",
    }
}

fn kind_named(name: &str) -> Option<TransactionKind> {
    TransactionKind::ALL.into_iter().find(|kind| kind_name(*kind) == name)
}

pub(crate) fn transaction_row<'a>(row: &'a TransactionRow, numbers: &LogNumbers) -> Row<'a> {
    let transaction = &row.transaction;
    let mut cells = Vec::with_capacity(24);
    cells.extend([
        Cell::part(row.part),
        Cell::int(row.account_no),
        Cell::int(transaction.id),
        Cell::text(kind_name(transaction.kind)),
        Cell::int(transaction.seq),
        Cell::date(transaction.value_date),
    ]);
    cells.extend(stamp_cells(&transaction.stamp));
    cells.push(Cell::amount(transaction.amount));
    cells.extend(Cell::components(transaction.split));
    cells.extend([
        Cell::amount(transaction.principal_balance),
        Cell::json(&StoredDetails { details: &transaction.details, charges: &transaction.charges }),
        Cell::Int(transaction.installment.map(i64::from)),
        Cell::Int(transaction.reverses),
        Cell::Int(transaction.reversed_by),
        numbers.cell(row.part, row.account_no, transaction.seq),
    ]);
    cells
}

/// Reads [`transaction_columns`] and the key of the loan behind them.
pub(crate) fn read_found(row: &impl Columns) -> Result<FoundTransaction, StoreError> {
    let ((part, _), transaction) = read_transaction(row)?;
    let key = row.text_at(23)?.and_then(|key| key.parse().ok());
    let key =
        key.ok_or_else(|| StoreError::Unreadable("a transaction without the key of its loan".to_owned()))?;
    Ok(FoundTransaction { loan: Address { part, key }, transaction })
}

/// Account, reversed transaction, reversing transaction.
pub(crate) fn reversal_row<'a>(row: &TransactionRow) -> Option<Row<'a>> {
    let original = row.transaction.reverses?;
    Some(vec![
        Cell::part(row.part),
        Cell::int(row.account_no),
        Cell::int(original),
        Cell::int(row.transaction.id),
    ])
}

/// Reads [`transaction_columns`]: the account and its transaction.
pub(crate) fn read_transaction(row: &impl Columns) -> Result<((Part, i64), LoanTransaction), StoreError> {
    let mut row = Cursor::new("loan_transaction", row);
    let account = (row.part()?, row.int()?);
    let (id, kind) = (row.int()?, row.named(kind_named)?);
    let (seq, value_date, stamp) = (row.int()?, row.date()?, read_stamp(&mut row)?);
    let (amount, split, principal_balance) = (row.amount()?, row.components()?, row.amount()?);
    let (details, charges): (TransactionDetails, TransactionCharges) = row.json_twice()?;
    let transaction = LoanTransaction {
        id,
        kind,
        seq,
        value_date,
        stamp,
        amount,
        split,
        principal_balance,
        details,
        charges,
        installment: read_installment_number(&mut row)?,
        reverses: row.maybe_int()?,
        reversed_by: row.maybe_int()?,
    };
    Ok((account, transaction))
}

fn read_installment_number<C: Columns>(row: &mut Cursor<'_, C>) -> Result<Option<u32>, StoreError> {
    let number = row.maybe_int()?.map(u32::try_from).transpose();
    number.map_err(|error| row.unreadable(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in TransactionKind::ALL {
            assert_eq!(kind_named(kind_name(kind)), Some(kind));
        }
    }
}
