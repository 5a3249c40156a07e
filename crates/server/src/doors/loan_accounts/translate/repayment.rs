//! Installments as Repayments.

use std::borrow::Cow;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::charges::fees::to_come;
use loam_book::loan::charges::tax::tax_within;
use loam_book::loan::{Installment, Loan, LoanState, Terms};
use loam_calc::currency::Currency;

use super::super::wire::repayment::{Repayment, Taxes};
use super::super::wire::values::{Day, EncodedKey, Money};

/// The schedule of an account. One that is not paid out yet shows the schedule it would have if it
/// were paid out on the expected date, or today.
pub(crate) fn installments<'l>(
    loan: &'l Loan,
    business_date: Date,
    catalog: &Catalog,
) -> Cow<'l, [Installment]> {
    let is_closed = matches!(loan.state(), LoanState::Closed { .. });
    if loan.state().is_active() && loan.terms.is_dynamic() {
        // What follows what is outstanding is shown as it is expected today.
        return loan.schedule_on(business_date).into();
    }
    if loan.state().disbursed_on().is_some() || is_closed {
        return Cow::Borrowed(&loan.servicing.installments);
    }
    if !loan.servicing.course.agreed_schedule.is_empty() {
        return Cow::Borrowed(&loan.servicing.course.agreed_schedule);
    }
    let disbursed_on = loan.terms.expected_disbursement_on.unwrap_or(business_date);
    // Terms that give no schedule from today's date on show none.
    let calendar = catalog.calendar_of(loan.assignment.branch);
    loan.terms.expected_schedule(disbursed_on, calendar).unwrap_or_default().into()
}

/// One installment of an account.
pub(crate) fn repayment(loan: &Loan, installment: &Installment, business_date: Date) -> Repayment {
    // Fees that come with an installment are expected of it before they are charged.
    let mut whole = installment.clone();
    whole.expected.fees += to_come(loan, installment);
    let is_paid_out = loan.state().disbursed_on().is_some();
    Repayment {
        encoded_key: Some(EncodedKey(Key::installment(loan.part, loan.account_no, installment.number))),
        parent_account_key: Some(EncodedKey(loan.key)),
        assigned_branch_key: loan.assignment.branch.map(EncodedKey),
        assigned_centre_key: loan.assignment.centre.map(EncodedKey),
        assigned_user_key: loan.assignment.user.map(EncodedKey),
        taxes: taxes(&loan.terms, &whole),
        state: state(&whole, if is_paid_out { business_date } else { whole.due_date }),
        ..preview(&whole, loan.terms.currency)
    }
}

fn taxes(terms: &Terms, installment: &Installment) -> Option<Taxes> {
    terms.charges.tax.rate?;
    let money = |amount| Money(amount, terms.currency);
    let (due, paid) = (tax_within(terms, installment.expected), tax_within(terms, installment.paid));
    Some(Taxes {
        tax_interest_due: money(due.interest),
        tax_interest_paid: money(paid.interest),
        tax_fees_due: money(due.fees),
        tax_fees_paid: money(paid.fees),
        tax_penalty_due: money(due.penalties),
        tax_penalty_paid: money(paid.penalties),
    })
}

/// One installment of a schedule that belongs to no account, and so is never late.
pub(crate) fn preview(installment: &Installment, currency: Currency) -> Repayment {
    let money = |amount| Money(amount, currency);
    let (expected, paid) = (&installment.expected, &installment.paid);
    Repayment {
        encoded_key: None,
        parent_account_key: None,
        index: installment.number,
        due_date: Day(installment.due_date),
        repaid_date: installment.repaid_on.map(Day),
        last_paid_date: installment.last_paid_on.map(Day),
        principal_due: money(expected.principal),
        principal_paid: money(paid.principal),
        interest_due: money(expected.interest),
        interest_paid: money(paid.interest),
        fees_due: money(expected.fees),
        fees_paid: money(paid.fees),
        penalty_due: money(expected.penalties),
        penalty_paid: money(paid.penalties),
        taxes: None,
        state: state(installment, installment.due_date),
        assigned_branch_key: None,
        assigned_centre_key: None,
        assigned_user_key: None,
    }
}

/// Our choice: an installment that is late says so, also when a part of it is paid.
fn state(installment: &Installment, business_date: Date) -> &'static str {
    if installment.is_grace && installment.expected.is_zero() {
        "GRACE"
    } else if installment.is_paid() {
        "PAID"
    } else if installment.due_date < business_date {
        "LATE"
    } else if installment.paid.is_zero() {
        "PENDING"
    } else {
        "PARTIALLY_PAID"
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::installment;
    use super::*;
    use jiff::civil::date;
    use loam_calc::allocation::Components;
    use loam_calc::money::Amount;

    #[test]
    fn the_state_follows_payment_and_business_date() {
        let pending = installment(1, date(2012, 7, 28), 190_00, 25_45);
        let due = pending.due_date;
        assert_eq!(state(&pending, due), "PENDING");
        assert_eq!(state(&pending, due.tomorrow().unwrap()), "LATE");
        let part = Components { interest: Amount::from_minor(1), ..Components::default() };
        let partly = Installment { paid: part, ..pending.clone() };
        assert_eq!(state(&partly, due), "PARTIALLY_PAID");
        assert_eq!(state(&partly, due.tomorrow().unwrap()), "LATE");
        let paid = Installment { paid: pending.expected, ..pending.clone() };
        assert_eq!(state(&paid, due.tomorrow().unwrap()), "PAID");
        let grace = Installment { is_grace: true, expected: Components::default(), ..pending };
        assert_eq!(state(&grace, due), "GRACE");
    }

    #[test]
    fn due_is_the_whole_expected_amount() {
        let row = installment(1, date(2012, 7, 28), 190_00, 25_45);
        let paid = Installment { paid: row.expected, ..row };
        let json = serde_json::to_value(preview(&paid, Currency::USD)).unwrap();
        assert_eq!(json["principalDue"], "190");
        assert_eq!(json["interestDue"], "25.45");
        assert_eq!(json["principalPaid"], "190");
        assert_eq!(json["dueDate"], "2012-07-28T00:00:00+0000");
        assert!(json.get("encodedKey").is_none());
    }

    #[test]
    fn nobody_is_late_with_a_schedule_that_belongs_to_no_account() {
        let long_ago = installment(1, date(1912, 7, 28), 190_00, 25_45);
        assert_eq!(preview(&long_ago, Currency::USD).state, "PENDING");
    }
}
