//! Loans in the words of the repayment data contract: what was reported, kept as it was said. What
//! follows from it stands beside it, in `derived`; what cannot be true is refused, in `parts`.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::reporting::performance::words;

pub use self::parts::{Contradiction, InstallmentParts, LoanParts};

mod derived;
mod parts;

words! {
    ApplicationStatus {
        Approved = "approved", Rejected = "rejected", Pending = "pending", InReview = "in_review",
    }
}
words! {
    InstallmentStatus {
        FullyPaid = "fully_paid", NotPaid = "not_paid", IncompletePayment = "incomplete_payment",
        PaidEarly = "paid_early", PaidLate = "paid_late",
    }
}
words! {
    LoanRepaymentStatus {
        Settled = "settled", NotSettled = "not_settled", InProgress = "in_progress",
        SettledEarly = "settled_early", SettledLate = "settled_late",
    }
}
words! {
    TenureInterval { Days = "days", Weeks = "weeks", Months = "months" }
}

/// A loan as it was reported. Each report replaces the one before it wholly. All amounts are in
/// the loan's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepaymentLoan {
    pub loan_reference_id: String,
    pub application_date: Date,
    pub date_loan_was_granted: Option<Date>,
    pub application_status: ApplicationStatus,
    pub amount: Amount,
    pub currency: Currency,
    pub tenure_value: u32,
    pub tenure_interval: TenureInterval,
    pub total_installments: u32,
    pub installment_repayments: Vec<RepaidInstallment>,
    pub loan_repayment_status: LoanRepaymentStatus,
    pub date_last_installment_is_due: Date,
    pub date_loan_is_settled: Option<Date>,
}

/// One installment as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepaidInstallment {
    pub due_date: Date,
    pub date_paid: Option<Date>,
    pub amount_due: Amount,
    /// `None`: nothing was said, which is possible only of an installment that is not paid.
    pub amount_paid: Option<Amount>,
    pub status: InstallmentStatus,
}

impl LoanRepaymentStatus {
    /// Whether the word says that nothing is left to be paid.
    pub fn is_settled(self) -> bool {
        match self {
            LoanRepaymentStatus::Settled
            | LoanRepaymentStatus::SettledEarly
            | LoanRepaymentStatus::SettledLate => true,
            LoanRepaymentStatus::NotSettled | LoanRepaymentStatus::InProgress => false,
        }
    }
}

impl RepaymentLoan {
    /// When it was settled: the day that was reported, else for a settled loan the last payment.
    pub fn settled_on(&self) -> Option<Date> {
        let paid = |row: &&RepaidInstallment| row.amount_paid.is_some_and(Amount::is_positive);
        let last_paid =
            || self.installment_repayments.iter().filter(paid).filter_map(|row| row.date_paid).max();
        let is_settled = self.loan_repayment_status.is_settled();
        self.date_loan_is_settled.or_else(|| if is_settled { last_paid() } else { None })
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::civil::date;

    use super::*;

    /// The loan of the contract's own sample: twelve installments, the first of them paid in time.
    pub(crate) fn loan() -> RepaymentLoan {
        RepaymentLoan {
            loan_reference_id: "loan_12345".to_owned(),
            application_date: date(2023, 1, 1),
            date_loan_was_granted: Some(date(2023, 1, 15)),
            application_status: ApplicationStatus::Approved,
            amount: Amount::from_minor(10_000_00),
            currency: Currency::from_code("NGN").unwrap(),
            tenure_value: 12,
            tenure_interval: TenureInterval::Months,
            total_installments: 12,
            installment_repayments: vec![paid(1, date(2023, 2, 1))],
            loan_repayment_status: LoanRepaymentStatus::InProgress,
            date_last_installment_is_due: date(2024, 1, 1),
            date_loan_is_settled: None,
        }
    }

    /// The installment of this number, paid in full on a day.
    pub(crate) fn paid(number: i16, on: Date) -> RepaidInstallment {
        RepaidInstallment {
            date_paid: Some(on),
            amount_paid: Some(Amount::from_minor(83_333)),
            status: InstallmentStatus::FullyPaid,
            ..unpaid(number)
        }
    }

    /// The installment of this number, of which nothing was paid.
    pub(crate) fn unpaid(number: i16) -> RepaidInstallment {
        let months = jiff::Span::new().months(number);
        RepaidInstallment {
            due_date: date(2023, 1, 1).checked_add(months).unwrap(),
            date_paid: None,
            amount_due: Amount::from_minor(83_333),
            amount_paid: None,
            status: InstallmentStatus::NotPaid,
        }
    }

    /// The loan with all its installments paid on their days.
    pub(crate) fn repaid() -> RepaymentLoan {
        let installments: Vec<RepaidInstallment> =
            (1..=12).map(|number| paid(number, unpaid(number).due_date)).collect();
        RepaymentLoan {
            installment_repayments: installments,
            loan_repayment_status: LoanRepaymentStatus::Settled,
            date_loan_is_settled: Some(date(2024, 1, 1)),
            ..loan()
        }
    }
}
