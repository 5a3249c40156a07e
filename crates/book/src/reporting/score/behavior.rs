//! What a score needs of one loan, counted when the loan is reported. A lender's silence afterwards
//! is nobody's lateness, so nothing is counted anew as days pass.

use jiff::civil::Date;
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
    /// Installments paid in full, judged or not.
    pub paid: u32,
    /// Installments of the whole loan.
    pub total: u32,
}

impl Behavior {
    /// What `loan` shows on `business_date`; nothing if it was never granted.
    pub fn of(loan: &RepaymentLoan, business_date: Date) -> Option<Behavior> {
        if !loan.is_granted() {
            return None;
        }
        let judged = loan.installment_repayments.iter().filter_map(|i| days_late(i, business_date));
        let judged: Vec<u32> = judged.collect();
        let paid = loan.installment_repayments.iter().filter(|i| i.is_paid_in_full());
        Some(Behavior {
            standing: Standing::of(loan, business_date),
            judged: count(judged.len()),
            on_time: count(judged.iter().filter(|days| **days == 0).count()),
            days_late: judged.iter().sum(),
            paid: count(paid.count()),
            total: loan.total_installments,
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

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("a report of four billion installments does not fit into a request")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use loam_calc::money::Amount;

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
            paid: 2,
            total: 12,
        };
        assert_eq!(behavior, expected);
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
