//! What a score needs of one loan, counted when the loan is reported. A lender's silence afterwards
//! is nobody's lateness, so nothing is counted anew as days pass.

use jiff::civil::Date;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::reporting::repayment_data::{LoanRepaymentStatus, RepaidInstallment, RepaymentLoan};

/// Days late are counted up to this for each installment: what is later is a default.
pub(super) const MOST_DAYS_LATE: u32 = 90;

/// Where a granted loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Running,
    /// By its last due date.
    Settled,
    SettledLate,
    /// Its last due date is over, or the lender gave it up, and something is left to be paid.
    Defaulted,
}

/// What a reported loan showed on the day of its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behavior {
    pub standing: Standing,
    /// Installments that are paid in full, or should be because their due date is over.
    pub judged: u32,
    /// Those of them that were paid in full by their due date.
    pub on_time: u32,
    /// Days late of the others together, at most 90 for each.
    pub days_late: u32,
    /// How much of the credit is paid back: thousandths, rounded down, 0 to 1000. The credit is the loan
    /// amount, or what its installments come to if that is more.
    pub repaid_permille: u32,
}

impl Behavior {
    /// What `loan` shows on `business_date`; nothing if it was never granted.
    pub fn of(loan: &RepaymentLoan, business_date: Date) -> Option<Behavior> {
        if !loan.is_granted() {
            return None;
        }
        let judged = loan.installment_repayments.iter().filter_map(|i| days_late(i, business_date));
        let judged: Vec<u32> = judged.collect();
        Some(Behavior {
            standing: Standing::of(loan, business_date),
            judged: count(judged.len()),
            on_time: count(judged.iter().filter(|days| **days == 0).count()),
            days_late: judged.iter().sum(),
            repaid_permille: repaid_permille(loan),
        })
    }
}

impl Standing {
    fn of(loan: &RepaymentLoan, business_date: Date) -> Standing {
        let was_given_up = loan.loan_repayment_status == LoanRepaymentStatus::NotSettled;
        match loan.derived_status(business_date) {
            LoanRepaymentStatus::Settled | LoanRepaymentStatus::SettledEarly => Standing::Settled,
            LoanRepaymentStatus::SettledLate => Standing::SettledLate,
            LoanRepaymentStatus::NotSettled => Standing::Defaulted,
            LoanRepaymentStatus::InProgress if was_given_up => Standing::Defaulted,
            LoanRepaymentStatus::InProgress => Standing::Running,
        }
    }
}

/// How many days late an installment was paid, or is now; nothing while it is not judged.
fn days_late(installment: &RepaidInstallment, business_date: Date) -> Option<u32> {
    let due_date = installment.due_date;
    let is_paid = installment.is_paid_in_full();
    if !is_paid && due_date >= business_date {
        return None;
    }
    let settled_on = if is_paid { installment.date_paid.unwrap_or(due_date) } else { business_date };
    let days = settled_on.duration_since(due_date).as_hours() / 24;
    Some(u32::try_from(days).unwrap_or(0).min(MOST_DAYS_LATE))
}

/// Sums are wider than amounts: a report has up to ten thousand of them.
fn repaid_permille(loan: &RepaymentLoan) -> u32 {
    let minor = |amount: Amount| i128::from(amount.minor());
    let rows = || loan.installment_repayments.iter();
    let due: i128 = rows().map(|row| minor(row.amount_due)).sum();
    let paid: i128 = rows().filter_map(|row| row.amount_paid).map(minor).sum();
    let credit = due.max(minor(loan.amount));
    let permille = (1_000 * paid.min(credit)).checked_div(credit).unwrap_or(0);
    u32::try_from(permille).expect("no more than the whole is paid back, and no less than nothing")
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("a report of four billion installments does not fit into a request")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reporting::repayment_data::ApplicationStatus;
    use crate::reporting::repayment_data::samples::{loan, paid, repaid, unpaid};

    #[test]
    fn an_installment_is_judged_when_it_is_paid_or_its_due_date_is_over() {
        let due = date(2023, 2, 1);
        assert_eq!(days_late(&unpaid(1), due), None);
        assert_eq!(days_late(&unpaid(1), date(2023, 2, 2)), Some(1));
        assert_eq!(days_late(&paid(1, date(2023, 1, 20)), date(2023, 1, 20)), Some(0));
        assert_eq!(days_late(&paid(1, date(2023, 3, 1)), date(2024, 1, 1)), Some(28));
    }

    #[test]
    fn a_payment_in_part_ends_no_lateness_and_no_lateness_is_endless() {
        let partly =
            RepaidInstallment { amount_paid: Some(Amount::from_minor(1)), ..paid(1, date(2023, 2, 1)) };
        assert_eq!(days_late(&partly, date(2023, 2, 11)), Some(10));
        assert_eq!(days_late(&partly, date(2033, 2, 11)), Some(90));
        assert_eq!(days_late(&paid(1, date(2024, 1, 1)), date(2024, 1, 1)), Some(90));
    }

    #[test]
    fn the_counts_of_a_loan_are_those_of_its_installments() {
        let told = RepaymentLoan {
            installment_repayments: vec![
                paid(1, date(2023, 2, 1)),
                paid(2, date(2023, 3, 6)),
                unpaid(3),
                unpaid(4),
            ],
            ..loan()
        };
        let behavior = Behavior::of(&told, date(2023, 4, 11)).expect("it was granted");
        let expected = Behavior {
            standing: Standing::Running,
            judged: 3,
            on_time: 1,
            days_late: 15,
            // Twice 833.33 of 10,000.
            repaid_permille: 166,
        };
        assert_eq!(behavior, expected);
    }

    #[test]
    fn the_credit_that_is_used_is_counted_in_money() {
        let permille = |rows| repaid_permille(&RepaymentLoan { installment_repayments: rows, ..loan() });
        assert_eq!(permille(vec![]), 0);
        // Eleven small installments are paid and the large one at the end is not.
        let mut rows: Vec<RepaidInstallment> = (1..=11).map(|n| paid(n, date(2023, 2, 1))).collect();
        for row in &mut rows {
            row.amount_due = Amount::from_minor(1_00);
            row.amount_paid = Some(Amount::from_minor(1_00));
        }
        rows.push(RepaidInstallment { amount_due: Amount::from_minor(9_989_00), ..unpaid(12) });
        assert_eq!(permille(rows), 1);
        // With interest the installments come to more than was lent, and more than all of it is all.
        let dear = |paid_minor| RepaidInstallment {
            amount_due: Amount::from_minor(20_000_00),
            amount_paid: Some(Amount::from_minor(paid_minor)),
            ..paid(1, date(2023, 2, 1))
        };
        assert_eq!([permille(vec![dear(10_000_00)]), permille(vec![dear(30_000_00)])], [500, 1_000]);
    }

    #[test]
    fn a_standing_follows_from_days_and_amounts() {
        let standing = |loan: &RepaymentLoan, on: Date| Behavior::of(loan, on).map(|b| b.standing);
        assert_eq!(standing(&loan(), date(2023, 6, 1)), Some(Standing::Running));
        assert_eq!(standing(&loan(), date(2024, 1, 2)), Some(Standing::Defaulted));
        assert_eq!(standing(&repaid(), date(2024, 1, 2)), Some(Standing::Settled));
        let late = RepaymentLoan { date_loan_is_settled: Some(date(2024, 2, 1)), ..repaid() };
        assert_eq!(standing(&late, date(2024, 3, 1)), Some(Standing::SettledLate));
        let given_up = RepaymentLoan { loan_repayment_status: LoanRepaymentStatus::NotSettled, ..loan() };
        assert_eq!(standing(&given_up, date(2023, 6, 1)), Some(Standing::Defaulted));
        let refused = RepaymentLoan { application_status: ApplicationStatus::Rejected, ..loan() };
        assert_eq!(standing(&refused, date(2023, 6, 1)), None);
    }
}
