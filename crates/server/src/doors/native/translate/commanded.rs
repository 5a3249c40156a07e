//! What a command did or would do, as this door shows it.

use axum::http::StatusCode;
use jiff::civil::Date;
use loam_app::preview::Preview;
use loam_book::ids::Key;
use loam_book::journal::Transfer;
use loam_book::loan::brief::BriefLoan;
use loam_book::loan::custom_payment::PaidPart;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Installment, Loan};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::super::wire;
use super::loan::{account_state, repayment, standing};
use crate::product_names::paid_kind;

/// A loan after a command.
pub(crate) fn done(
    command: &'static str,
    loan: &Loan,
    transactions: &[LoanTransaction],
    business_date: Date,
) -> wire::CommandDone {
    let brief = BriefLoan::from(loan);
    wire::CommandDone {
        command,
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        business_date: business_date.to_string(),
        after: standing(loan, business_date),
        transactions: transactions.iter().map(|row| numbered(row, &brief)).collect(),
    }
}

/// A payment that was taken, and what is open after it.
pub(crate) fn paid(loan: &BriefLoan, transactions: &[LoanTransaction]) -> wire::PaymentTaken {
    let money = |amount: Amount| amount.to_text(loan.currency);
    let (account_state, account_sub_state) = account_state(&loan.state, loan.arrears_since);
    wire::PaymentTaken {
        status: StatusCode::OK.as_u16(),
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        account_state,
        account_sub_state,
        principal_balance: money(loan.outstanding.principal),
        interest_balance: money(loan.outstanding.interest),
        fees_balance: money(loan.outstanding.fees),
        penalty_balance: money(loan.outstanding.penalties),
        transactions: transactions.iter().map(|row| numbered(row, loan)).collect(),
    }
}

/// A transaction that was written.
fn numbered(row: &LoanTransaction, loan: &BriefLoan) -> wire::LoanMovement {
    wire::LoanMovement {
        encoded_key: Some(Key::transaction(loan.part, loan.account_no, row.id).to_string()),
        transaction_id: Some(row.id),
        ..movement(row, loan.currency)
    }
}

/// A loan before and after a command that was not given.
pub(crate) fn preview(command: &'static str, preview: &Preview) -> wire::CommandPreview {
    let Preview { business_date, before, after, .. } = preview;
    let currency = after.terms.currency;
    wire::CommandPreview {
        command,
        encoded_key: after.key.to_string(),
        id: after.id.clone(),
        business_date: business_date.to_string(),
        before: standing(before, *business_date),
        after: standing(after, *business_date),
        repayments: changed(before, after, *business_date),
        transactions: preview.transactions.iter().map(|row| movement(row, currency)).collect(),
        transfers: preview.transfers.iter().map(transfer).collect(),
    }
}

/// The installments that differ.
fn changed(before: &Loan, after: &Loan, date: Date) -> Vec<wire::ChangedRepayment> {
    let currency = after.terms.currency;
    let (old, new) = (&before.servicing.installments, &after.servicing.installments);
    let rows = (0..old.len().max(new.len())).map(|index| (old.get(index), new.get(index)));
    let shown = |row: &Installment| repayment(row, currency, date);
    rows.filter(|(old, new)| old != new)
        .zip(1..)
        .map(|((old, new), position)| wire::ChangedRepayment {
            index: new.or(old).map_or(position, |row| row.number),
            before: old.map(shown),
            after: new.map(shown),
        })
        .collect()
}

/// A transaction without its number.
fn movement(row: &LoanTransaction, currency: Currency) -> wire::LoanMovement {
    let money = |amount: Amount| amount.to_text(currency);
    wire::LoanMovement {
        encoded_key: None,
        transaction_id: None,
        kind: kind(row.kind),
        value_date: row.value_date.to_string(),
        booking_date: row.stamp.booking_date.to_string(),
        amount: money(row.amount),
        principal_paid: money(row.split.principal),
        interest_paid: money(row.split.interest),
        fees_paid: money(row.split.fees),
        penalty_paid: money(row.split.penalties),
        custom_payment_amounts: row.charges.custom.iter().map(|part| paid_part(part, currency)).collect(),
        principal_balance: money(row.principal_balance),
        installment: row.installment,
        reverses: row.reverses,
        comment: row.details.notes.clone(),
    }
}

fn paid_part(part: &PaidPart, currency: Currency) -> wire::PaidPart {
    wire::PaidPart {
        custom_payment_amount_type: paid_kind(part.kind),
        amount: part.amount.to_text(currency),
        tax_on_amount: part.tax.to_text(currency),
    }
}

fn transfer(transfer: &Transfer) -> wire::JournalTransfer {
    wire::JournalTransfer {
        debit: transfer.debit.name(),
        credit: transfer.credit.name(),
        amount: transfer.amount.to_text(transfer.currency),
        value_date: transfer.value_date.to_string(),
        booking_date: transfer.booking_date.to_string(),
    }
}

/// The name under which the kind is stored, in capitals.
fn kind(kind: TransactionKind) -> String {
    let name = serde_json::to_value(kind).expect("a kind is a plain name");
    name.as_str().unwrap_or_default().to_ascii_uppercase()
}
