//! In which turn the installments of a loan take a payment, and in which order their components.

use jiff::civil::Date;
use loam_calc::allocation::{Allocation, AllocationOrder, Components, allocate_in_turn};
use loam_calc::money::Amount;

use crate::loan::{Installment, Loan};
use crate::product::payments::PaymentsAhead;

/// The place of each row that a payment on a day may reach, and the order of its components: what
/// is due by then in the order of the rows, then what is paid ahead as the product says.
fn turns(loan: &Loan, date: Date) -> impl Iterator<Item = (usize, AllocationOrder)> + '_ {
    let terms = &loan.terms;
    let rules = &terms.payment_rules;
    let usual = terms.allocation_order;
    let order = move |row: &Installment| match row.due_date.cmp(&date) {
        std::cmp::Ordering::Less => usual,
        std::cmp::Ordering::Equal => rules.order_when_due.unwrap_or(usual),
        std::cmp::Ordering::Greater => rules.order_ahead.unwrap_or(usual),
    };
    let rows = &loan.servicing.installments;
    let due = rows.partition_point(|row| row.due_date <= date);
    let takes_last = rules.payments_ahead == PaymentsAhead::LastInstallment;
    let ahead = move |place: usize| if takes_last { rows.len() - 1 - place } else { due + place };
    let places = (0..due).chain((0..rows.len() - due).map(ahead));
    places.map(move |place| (place, order(&rows[place])))
}

/// Splits a payment on a day over what is owed of each row.
///
/// What lies beyond the amount is not looked at: most repayments reach few of many installments.
pub(crate) fn split(
    loan: &Loan,
    date: Date,
    amount: Amount,
    owed: impl Fn(&Installment) -> Components,
) -> Allocation {
    let rows = &loan.servicing.installments;
    let turns = turns(loan, date).map(|(place, order)| (place, order, owed(&rows[place])));
    allocate_in_turn(amount, rows.len(), turns)
}

/// Splits a payment on a day over so much of each row.
pub(crate) fn split_owed(loan: &Loan, date: Date, amount: Amount, owed: &[Components]) -> Allocation {
    let turns = turns(loan, date).map(|(place, order)| (place, order, owed[place]));
    allocate_in_turn(amount, owed.len(), turns)
}
