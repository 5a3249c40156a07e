//! Loans in the words of the repayment data contract.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::reporting::performance::words;

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

impl RepaymentLoan {
    /// When it was settled: the day that was reported, else for a settled loan the last payment.
    pub fn settled_on(&self) -> Option<Date> {
        let is_settled = match self.loan_repayment_status {
            LoanRepaymentStatus::Settled
            | LoanRepaymentStatus::SettledEarly
            | LoanRepaymentStatus::SettledLate => true,
            LoanRepaymentStatus::NotSettled | LoanRepaymentStatus::InProgress => false,
        };
        let last_paid = || self.installment_repayments.iter().filter_map(|i| i.date_paid).max();
        self.date_loan_is_settled.or_else(|| if is_settled { last_paid() } else { None })
    }
}
