//! Movements as LoanTransactions.

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::{ChannelField, TransactionDetails};

use super::super::wire::transaction as wire;
use super::super::wire::values::{Day, EncodedKey, Instant, Money, Percent, Zero};
use super::{charges, custom_payment};

/// One transaction of an account.
pub(crate) fn transaction<'a>(
    transaction: &'a LoanTransaction,
    loan: &'a Loan,
    catalog: &'a Catalog,
    full_details: bool,
) -> wire::LoanTransaction<'a> {
    let money = |amount| Money(amount, loan.terms.currency);
    let reversed_by = transaction.reversed_by.map(|id| Key::transaction(loan.part, loan.account_no, id));
    wire::LoanTransaction {
        encoded_key: EncodedKey(transaction.key(loan)),
        transaction_id: transaction.id,
        external_id: transaction.details.external_id.as_deref(),
        parent_account_key: EncodedKey(loan.key),
        product_type_key: EncodedKey(loan.terms.product),
        kind: kind(transaction.kind),
        comment: transaction.details.notes.as_deref(),
        creation_date: Instant(transaction.stamp.recorded_at),
        entry_date: Day(transaction.value_date),
        value_date: Day(transaction.value_date),
        booking_date: Day(transaction.stamp.booking_date),
        amount: money(transaction.amount),
        principal_paid: money(transaction.split.principal),
        interest_paid: money(transaction.split.interest),
        fees_paid: money(transaction.split.fees),
        penalty_paid: money(transaction.split.penalties),
        deferred_interest_amount: Zero,
        tax_on_interest_paid: money(transaction.charges.tax.interest),
        tax_on_fees_amount: money(transaction.charges.tax.fees),
        tax_on_penalty_amount: money(transaction.charges.tax.penalties),
        loan_predefined_fee_amounts: charges::fee_amounts(transaction, loan),
        custom_payment_amounts: custom_payment::amounts(transaction, loan),
        balance: money(transaction.principal_balance),
        principal_balance: money(transaction.principal_balance),
        interest_rate: loan.rate_brought_by(transaction).map(Percent),
        details: details(&transaction.details, Some(catalog)),
        user_key: EncodedKey(transaction.stamp.actor),
        branch_key: loan.assignment.branch.map(EncodedKey),
        centre_key: loan.assignment.centre.map(EncodedKey),
        reversal_transaction_key: reversed_by.map(EncodedKey),
        linked_savings_transaction_key: transaction
            .details
            .transfer
            .filter(|other| !other.is_loan)
            .map(|other| EncodedKey(other.transaction_key())),
        custom_information: full_details.then(Vec::new),
    }
}

/// Shown only where there is a channel, its id and name where a catalog is at hand, or for a transfer.
pub(super) fn details<'a>(
    details: &'a TransactionDetails,
    catalog: Option<&'a Catalog>,
) -> Option<wire::TransactionDetails<'a>> {
    let internal_transfer = details.transfer.is_some() || details.target.is_some();
    let target = details.target.map(|target| EncodedKey(target.key));
    let Some(key) = details.channel else {
        let target_savings_account_key = target;
        let only = wire::TransactionDetails {
            internal_transfer,
            target_savings_account_key,
            ..wire::TransactionDetails::default()
        };
        return internal_transfer.then_some(only);
    };
    let channel = catalog.and_then(|catalog| catalog.channels.by_key(key));
    let field = |field| details.channel_fields.get(&field).map(String::as_str);
    Some(wire::TransactionDetails {
        transaction_channel_key: Some(EncodedKey(key)),
        transaction_channel: channel.map(|channel| wire::ChannelReference {
            encoded_key: EncodedKey(channel.key),
            id: &channel.id,
            name: &channel.name,
        }),
        internal_transfer,
        target_savings_account_key: target,
        identifier: field(ChannelField::Identifier),
        account_name: field(ChannelField::AccountName),
        receipt_number: field(ChannelField::ReceiptNumber),
        bank_number: field(ChannelField::BankNumber),
        check_number: field(ChannelField::CheckNumber),
        bank_account_number: field(ChannelField::AccountNumber),
        bank_routing_number: field(ChannelField::RoutingNumber),
    })
}

/// The type as it is answered (§3.2): disbursement without its second "E".
pub(super) fn kind(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Disbursement => "DISBURSMENT",
        TransactionKind::DisbursementReversal => "DISBURSMENT_ADJUSTMENT",
        TransactionKind::Repayment => "REPAYMENT",
        TransactionKind::RepaymentReversal => "REPAYMENT_ADJUSTMENT",
        TransactionKind::InterestRateChanged | TransactionKind::InterestRateChangeReversal => {
            "INTEREST_RATE_CHANGED"
        }
        TransactionKind::PaymentMade => "PAYMENT_MADE",
        TransactionKind::PaymentMadeReversal => "PAYMENT_MADE_ADJUSTMENT",
        TransactionKind::Fee => "FEE",
        TransactionKind::FeeReversal => "FEE_ADJUSTMENT",
        TransactionKind::PenaltyApplied => "PENALTY_APPLIED",
        TransactionKind::PenaltyReversal => "PENALTY_ADJUSTMENT",
        TransactionKind::InterestApplied => "INTEREST_APPLIED",
        TransactionKind::InterestAppliedReversal => "INTEREST_APPLIED_ADJUSTMENT",
        // What a claim of a protection gives up has no name of its own in the contract.
        TransactionKind::WriteOff | TransactionKind::Waiver => "WRITE_OFF",
        // The contract has one name for what was spread anew, and none for its way back.
        TransactionKind::Restructure
        | TransactionKind::PaymentReschedule
        | TransactionKind::PaymentRescheduleReversal => "PAYMENT_RESCHEDULE",
        // Money that came in after a write-off has no name of its own in the contract.
        TransactionKind::Recovery => "REPAYMENT",
        TransactionKind::RecoveryReversal => "REPAYMENT_ADJUSTMENT",
        TransactionKind::FeesReduced => "FEES_DUE_REDUCED",
        TransactionKind::FeesReducedReversal => "FEE_REDUCTION_ADJUSTMENT",
        TransactionKind::PenaltiesReduced => "PENALTIES_DUE_REDUCED",
        TransactionKind::PenaltiesReducedReversal => "PENALTY_REDUCTION_ADJUSTMENT",
        TransactionKind::WriteOffReversal | TransactionKind::WaiverReversal => "WRITE_OFF_ADJUSTMENT",
        TransactionKind::InterestLocked => "INTEREST_LOCKED",
        TransactionKind::FeeLocked => "FEE_LOCKED",
        TransactionKind::PenaltyLocked => "PENALTY_LOCKED",
        TransactionKind::InterestUnlocked => "INTEREST_UNLOCKED",
        TransactionKind::FeeUnlocked => "FEE_UNLOCKED",
        TransactionKind::PenaltyUnlocked => "PENALTY_UNLOCKED",
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_repayment_shows_its_split_and_its_channel() {
        let (loan, catalog) = (samples::ohnp076(), samples::catalog());
        let repayment = samples::repayment();
        let json = serde_json::to_value(transaction(&repayment, &loan, &catalog, false)).unwrap();
        assert_eq!(json["transactionId"], 5415);
        assert_eq!(json["type"], "REPAYMENT");
        assert_eq!(json["amount"], "215.45");
        assert_eq!(json["principalPaid"], "190");
        assert_eq!(json["interestPaid"], "25.45");
        assert_eq!(json["feesPaid"], "0");
        assert_eq!(json["entryDate"], "2012-07-28T00:00:00+0000");
        assert_eq!(json["details"]["transactionChannel"]["id"], "cash");
        assert_eq!(json["details"]["receiptNumber"], "R-1");
        assert_eq!(json["comment"], "thank you");
        assert!(json.get("reversalTransactionKey").is_none() && json.get("customInformation").is_none());
    }

    #[test]
    fn a_reversed_transaction_names_its_reversal() {
        let (loan, catalog) = (samples::ohnp076(), samples::catalog());
        let reversed = LoanTransaction { reversed_by: Some(5416), ..samples::repayment() };
        let json = serde_json::to_value(transaction(&reversed, &loan, &catalog, true)).unwrap();
        let reversal = Key::transaction(loan.part, loan.account_no, 5416);
        assert_eq!(json["reversalTransactionKey"], reversal.to_string());
        assert_eq!(json["customInformation"], serde_json::json!([]));
    }

    #[test]
    fn the_misspelt_disbursement_is_the_wire_value() {
        assert_eq!(kind(TransactionKind::Disbursement), "DISBURSMENT");
    }
}
