//! Loans, payments and installments as this door shows them.

use jiff::civil::Date;
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Installment, Loan};
use loam_book::vocabulary::Facts;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::additional::Additions;
use super::loan_wire as wire;
use super::translate::{amount, attributes, id_of, instant, number, to_18};

/// The payment mode of what nobody paid.
const WAIVED: &str = "Waived";

/// What is shown of a loan besides its own figures.
pub(super) struct Around<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) business_date: Date,
    pub(super) schedule: &'a [Installment],
    /// The account by which the marketplace knows the borrower.
    pub(super) borrower: ForeignId,
    /// The newest first.
    pub(super) transactions: &'a [LoanTransaction],
}

/// The contract's name of where a loan stands. It is the same whether a disbursement was undone or not.
pub(super) fn status_of(loan: &Loan, business_date: Date) -> &'static str {
    Facts::of(loan, false, business_date).standing().words().contract_status
}

/// The id of 18 characters of a loan.
pub(super) fn loan_id(loan: &Loan) -> String {
    id_of(ForeignKind::Loan, loan.part, loan.account_no)
}

/// A loan account; without details.
pub(super) fn loan_of(loan: &Loan, around: &Around<'_>) -> wire::LoanAccount {
    let id = loan_id(loan);
    let currency = loan.terms.currency;
    let money = |value: Amount| amount(value, currency);
    let (servicing, schedule) = (&loan.servicing, around.schedule);
    let disbursed_on = loan.state().disbursed_on();
    let unpaid = |row: &&Installment| disbursed_on.is_some() && !row.is_paid();
    let regular = schedule.get(schedule.len().saturating_sub(1) / 2);
    let product = around.catalog.products.by_key(loan.terms.product);
    let payments = payments_among(around.transactions);
    wire::LoanAccount {
        attributes: attributes("loan__Loan_Account__c", &id),
        name: loan.id.clone(),
        loan_status: status_of(loan, around.business_date),
        account: around.borrower.to_18(),
        loan_product: product.map_or_else(String::new, |product| to_18(&product.id)),
        loan_amount: money(loan.terms.amount),
        disbursed_amount: money(match disbursed_on {
            Some(_) => loan.terms.amount - loan.terms.capitalized_fee,
            None => Amount::ZERO,
        }),
        interest_rate: number(&loan.rate_on(around.business_date).to_percent_text()),
        number_of_installments: loan.terms.installment_count,
        payment_amount: money(regular.map_or(Amount::ZERO, |row| row.expected.total())),
        expected_disbursal_date: loan.terms.expected_disbursement_on.map(|date| date.to_string()),
        disbursal_date: disbursed_on.map(|date| date.to_string()),
        first_installment_date: schedule.first().map(|row| row.due_date.to_string()),
        last_installment_date: schedule.last().map(|row| row.due_date.to_string()),
        next_installment_date: schedule.iter().find(unpaid).map(|row| row.due_date.to_string()),
        principal_remaining: money(servicing.outstanding.principal),
        interest_remaining: money(servicing.outstanding.interest),
        fees_remaining: money(servicing.outstanding.fees + servicing.outstanding.penalties),
        principal_paid: money(servicing.paid.principal),
        interest_paid: money(servicing.paid.interest),
        fees_paid: money(servicing.paid.fees + servicing.paid.penalties),
        amount_due: money(loan.due_by(around.business_date).total()),
        days_past_due: loan.days_late(around.business_date),
        disbursement: disbursed_on.map(|_| id_of(ForeignKind::LoanDisbursement, loan.part, loan.account_no)),
        created_date: instant(loan.created_at),
        last_modified_date: instant(loan.last_modified_at),
        payments: payments.map(|row| payment_of(loan, row)).collect(),
        charges: around.transactions.iter().filter_map(|row| charge_of(loan, row)).collect(),
        schedule: None,
        summary: None,
        other_transactions: None,
        additional: Additions::default(),
        id,
    }
}

/// With its schedule, and what moved it besides.
pub(super) fn detailed(loan: &Loan, around: &Around<'_>) -> wire::LoanAccount {
    let others = others_among(around.transactions);
    wire::LoanAccount {
        schedule: Some(around.schedule.iter().map(|row| row_of(loan, row)).collect()),
        summary: Some(vec![summary_of(loan, around.schedule)]),
        other_transactions: Some(others.map(|row| other_of(loan, row)).collect()),
        ..loan_of(loan, around)
    }
}

/// Payments, in the order in which they are shown.
pub(super) fn payments_among(rows: &[LoanTransaction]) -> impl Iterator<Item = &LoanTransaction> {
    rows.iter().filter(|row| is_shown_as_payment(row.kind))
}

/// Fees and penalties, in the order in which they are shown.
pub(super) fn charges_among(rows: &[LoanTransaction]) -> impl Iterator<Item = &LoanTransaction> {
    rows.iter().filter(|row| charge_type(row.kind).is_some())
}

/// What else moved a loan, in the order in which it is shown.
pub(super) fn others_among(rows: &[LoanTransaction]) -> impl Iterator<Item = &LoanTransaction> {
    rows.iter().filter(|row| !is_payment(row.kind) && charge_type(row.kind).is_none())
}

fn charge_type(kind: TransactionKind) -> Option<&'static str> {
    const TYPES: [(TransactionKind, &str); 2] =
        [(TransactionKind::Fee, "Fee"), (TransactionKind::PenaltyApplied, "Penalty")];
    TYPES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

fn is_payment(kind: TransactionKind) -> bool {
    is_shown_as_payment(kind)
        || matches!(kind, TransactionKind::RepaymentReversal | TransactionKind::WaiverReversal)
}

/// Money of the borrower, and what a claim of the protection pays instead.
pub(super) fn is_shown_as_payment(kind: TransactionKind) -> bool {
    matches!(kind, TransactionKind::Repayment | TransactionKind::Waiver)
}

/// The name that people use.
pub(super) fn payment_name(row: &LoanTransaction) -> String {
    format!("LPT-{:08}", row.id)
}

/// A payment of a borrower.
pub(super) fn payment_of(loan: &Loan, row: &LoanTransaction) -> wire::Payment {
    let id = id_of(ForeignKind::LoanPayment, loan.part, row.id);
    let money = |value: Amount| amount(value, loan.terms.currency);
    let is_waived = row.kind == TransactionKind::Waiver;
    wire::Payment {
        attributes: attributes("loan__Loan_Payment_Transaction__c", &id),
        id,
        name: payment_name(row),
        loan_account: loan_id(loan),
        amount: money(row.amount),
        principal: money(row.split.principal),
        interest: money(row.split.interest),
        fees: money(row.split.fees + row.split.penalties),
        balance: money(row.principal_balance),
        transaction_date: row.value_date.to_string(),
        payment_mode: if is_waived { Some(WAIVED.to_owned()) } else { row.details.notes.clone() },
        is_waived,
        is_cleared: true,
        is_reversed: row.reversed_by.is_some(),
        is_rejected: false,
        created_date: instant(row.stamp.recorded_at),
        additional: Additions::default(),
    }
}

fn charge_of(loan: &Loan, row: &LoanTransaction) -> Option<wire::Charge> {
    let charge_type = charge_type(row.kind)?;
    let id = id_of(ForeignKind::Charge, loan.part, row.id);
    Some(wire::Charge {
        attributes: attributes("loan__Charge__c", &id),
        id,
        charge_type,
        amount: amount(row.amount, loan.terms.currency),
        date: row.value_date.to_string(),
        is_taken_back: row.reversed_by.is_some(),
        additional: Additions::default(),
    })
}

fn other_of(loan: &Loan, row: &LoanTransaction) -> wire::OtherTransaction {
    let id = id_of(ForeignKind::OtherTransaction, loan.part, row.id);
    wire::OtherTransaction {
        attributes: attributes("loan__Other_Loan_Transaction__c", &id),
        id,
        transaction_type: other_type(row.kind),
        amount: amount(row.amount, loan.terms.currency),
        date: row.value_date.to_string(),
        is_reversed: row.reversed_by.is_some(),
        additional: Additions::default(),
    }
}

/// The contract has a word for a loan that is given up; the book's own names stand for the rest.
fn other_type(kind: TransactionKind) -> String {
    if kind == TransactionKind::WriteOff {
        return "charge-off".to_owned();
    }
    let name = serde_json::to_value(kind).ok();
    name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// The sums of a schedule; it has the number of its loan.
fn summary_of(loan: &Loan, schedule: &[Installment]) -> wire::ScheduleSummary {
    let id = id_of(ForeignKind::ScheduleSummary, loan.part, loan.account_no);
    let money = |value: Amount| amount(value, loan.terms.currency);
    let expected: Components = schedule.iter().map(|row| row.expected).sum();
    let paid: Components = schedule.iter().map(|row| row.paid).sum();
    wire::ScheduleSummary {
        attributes: attributes("loan__Repayment_Schedule_Summary__c", &id),
        id,
        loan_account: loan_id(loan),
        number_of_installments: schedule.len(),
        first_installment_date: schedule.first().map(|row| row.due_date.to_string()),
        last_installment_date: schedule.last().map(|row| row.due_date.to_string()),
        due_amount: money(expected.total()),
        paid_amount: money(paid.total()),
        additional: Additions::default(),
    }
}

/// An installment.
pub(super) fn row_of(loan: &Loan, row: &Installment) -> wire::ScheduleRow {
    let key = Key::installment(loan.part, loan.account_no, row.number);
    let id = ForeignId::of_key(ForeignKind::Installment, loan.part, key).to_18();
    let money = |value: Amount| amount(value, loan.terms.currency);
    let unpaid = row.unpaid();
    wire::ScheduleRow {
        attributes: attributes("loan__Repayment_Schedule__c", &id),
        id,
        number: row.number,
        due_date: row.due_date.to_string(),
        due_amount: money(row.expected.total()),
        due_principal: money(row.expected.principal),
        due_interest: money(row.expected.interest),
        due_fees: money(row.expected.fees + row.expected.penalties),
        paid_principal: money(row.paid.principal),
        paid_interest: money(row.paid.interest),
        paid_fees: money(row.paid.fees + row.paid.penalties),
        unpaid_interest: money(unpaid.interest),
        interest_not_due: money(row.interest_to_apply()),
        is_paid: row.is_paid(),
        is_partially_paid: !row.is_paid() && !row.paid.is_zero(),
        additional: Additions::default(),
    }
}

/// The mean of what investors have in a loan, as long as it is: up to 14 decimals, cut off.
pub(super) fn mean(sum: Amount, count: i64, currency: Currency) -> String {
    const MORE: i128 = 1_000_000_000_000;
    let scaled = i128::from(sum.minor()) * MORE / i128::from(count.max(1));
    let (whole, rest) = (scaled / MORE, scaled % MORE);
    let minor = Amount::from_minor(i64::try_from(whole).unwrap_or(i64::MAX));
    let text = minor.to_fixed_text(currency);
    let text = if text.contains('.') { format!("{text}{rest:012}") } else { format!("{text}.{rest:012}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
