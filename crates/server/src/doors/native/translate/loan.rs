//! A loan, on any day, as this door shows it.

use jiff::civil::Date;
use loam_app::looking::Seen;
use loam_book::loan::explain::accrued_exact;
use loam_book::loan::{Closure, HolderKind, Installment, Loan, LoanState};
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::super::wire;

/// A loan through a view.
pub(crate) fn view(seen: &Seen, business_date: Date) -> wire::LoanView {
    let (loan, as_of) = (&seen.loan, seen.view.as_of);
    let terms = &loan.terms;
    wire::LoanView {
        as_of: as_of.to_string(),
        known_on: seen.view.known_on.min(business_date).to_string(),
        business_date: business_date.to_string(),
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        loan_name: loan.name.clone(),
        account_holder_key: loan.holder.key.to_string(),
        account_holder_type: match loan.holder.kind {
            HolderKind::Client => "CLIENT",
            HolderKind::Group => "GROUP",
        },
        product_type_key: terms.product.to_string(),
        currency_code: terms.currency.code(),
        loan_amount: terms.amount.to_text(terms.currency),
        interest_rate: terms.interest.rate.to_percent_text(),
        disbursement_date: loan.state().disbursed_on().map(|date| date.to_string()),
        standing: standing(loan, as_of),
        repayments: seen.schedule.iter().map(|row| repayment(row, terms.currency, as_of)).collect(),
    }
}

/// State and balances on a day.
pub(crate) fn standing(loan: &Loan, date: Date) -> wire::LoanStanding {
    let currency = loan.terms.currency;
    let (account_state, account_sub_state) = account_state(loan.state(), loan.servicing.arrears_since);
    let money = |amount: Amount| amount.to_text(currency);
    let (due, servicing) = (loan.due_by(date), &loan.servicing);
    let (paid, outstanding) = (servicing.paid, servicing.outstanding);
    let is_active = loan.state().is_active();
    let while_active = |day: Option<Date>| day.filter(|_| is_active).map(|day| day.to_string());
    wire::LoanStanding {
        account_state,
        account_sub_state,
        principal_due: money(due.principal),
        principal_paid: money(paid.principal),
        principal_balance: money(outstanding.principal),
        interest_due: money(due.interest),
        interest_paid: money(paid.interest),
        interest_balance: money(outstanding.interest),
        fees_due: money(due.fees),
        fees_paid: money(paid.fees),
        fees_balance: money(outstanding.fees),
        penalty_due: money(due.penalties),
        penalty_paid: money(paid.penalties),
        penalty_balance: money(outstanding.penalties),
        accrued_interest: accrued_exact(loan, date)
            .map_or_else(|| "0".to_owned(), |(_, exact)| exact_text(exact, currency)),
        days_late: loan.days_late(date),
        days_in_arrears: if is_active { loan.days_in_arrears(date) } else { 0 },
        late_since: while_active(servicing.late_since),
        arrears_since: while_active(servicing.arrears_since),
        last_interest_applied_date: servicing.last_interest_applied_on.map(|day| day.to_string()),
    }
}

/// One installment on a day.
pub(crate) fn repayment(row: &Installment, currency: Currency, date: Date) -> wire::LoanRepayment {
    let money = |amount: Amount| amount.to_text(currency);
    let (expected, paid) = (row.expected, row.paid);
    wire::LoanRepayment {
        index: row.number,
        due_date: row.due_date.to_string(),
        state: repayment_state(row, date),
        principal_due: money(expected.principal),
        principal_paid: money(paid.principal),
        interest_due: money(expected.interest),
        interest_applied: money(row.interest_applied),
        interest_paid: money(paid.interest),
        fees_due: money(expected.fees),
        fees_paid: money(paid.fees),
        penalty_due: money(expected.penalties),
        penalty_paid: money(paid.penalties),
        last_paid_date: row.last_paid_on.map(|day| day.to_string()),
        repaid_date: row.repaid_on.map(|day| day.to_string()),
    }
}

/// Minor units to units of the currency: only the decimal point moves.
pub(crate) fn exact_text(minor: Exact, currency: Currency) -> String {
    minor.divided_by(10_i128.pow(u32::from(currency.digits()))).to_decimal_text()
}

/// A state and a sub-state in the words of the contract.
pub(crate) fn account_state(
    state: &LoanState,
    arrears_since: Option<Date>,
) -> (&'static str, Option<&'static str>) {
    match state {
        LoanState::PartialApplication => ("PARTIAL_APPLICATION", None),
        LoanState::PendingApproval => ("PENDING_APPROVAL", None),
        LoanState::Approved { .. } => ("APPROVED", None),
        LoanState::Active { is_locked, .. } => {
            let state = if arrears_since.is_some() { "ACTIVE_IN_ARREARS" } else { "ACTIVE" };
            (state, is_locked.then_some("LOCKED"))
        }
        LoanState::Closed { closure, .. } => match closure {
            Closure::Repaid => ("CLOSED", None),
            Closure::Deleted => ("CLOSED", Some("DELETED")),
            Closure::Withdrawn => ("CLOSED", Some("WITHDRAWN")),
            Closure::Rejected => ("CLOSED_REJECTED", None),
            Closure::WrittenOff => ("CLOSED_WRITTEN_OFF", None),
            Closure::Refinanced => ("CLOSED", Some("REFINANCED")),
            Closure::Rescheduled => ("CLOSED", Some("RESCHEDULED")),
        },
    }
}

/// An installment that is late says so, also when a part of it is paid.
fn repayment_state(row: &Installment, date: Date) -> &'static str {
    if row.is_grace && row.expected.is_zero() {
        "GRACE"
    } else if row.is_paid() {
        "PAID"
    } else if row.due_date < date {
        "LATE"
    } else if row.paid.is_zero() {
        "PENDING"
    } else {
        "PARTIALLY_PAID"
    }
}
