//! What dates and amounts of a report say by themselves, whatever its status words are.

use std::cmp::Ordering;

use jiff::civil::Date;
use loam_calc::money::Amount;

use super::{ApplicationStatus, InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan};

impl RepaidInstallment {
    /// What was paid; nothing if nothing was said.
    pub fn paid(&self) -> Amount {
        self.amount_paid.unwrap_or(Amount::ZERO)
    }

    /// Whether at least as much was paid as was due.
    pub fn is_paid_in_full(&self) -> bool {
        self.paid() >= self.amount_due
    }

    /// Not paid, paid in part, or paid in full: on the due date, before it or after it.
    pub fn derived_status(&self) -> InstallmentStatus {
        if !self.is_paid_in_full() {
            let nothing = !self.paid().is_positive();
            return if nothing { InstallmentStatus::NotPaid } else { InstallmentStatus::IncompletePayment };
        }
        match self.date_paid.map_or(Ordering::Equal, |paid_on| paid_on.cmp(&self.due_date)) {
            Ordering::Less => InstallmentStatus::PaidEarly,
            Ordering::Equal => InstallmentStatus::FullyPaid,
            Ordering::Greater => InstallmentStatus::PaidLate,
        }
    }
}

impl RepaymentLoan {
    /// Whether money went out: the application was approved, and a day, a status or a payment says
    /// that a loan came of it.
    pub fn is_granted(&self) -> bool {
        let status_says_so = match self.loan_repayment_status {
            LoanRepaymentStatus::Settled
            | LoanRepaymentStatus::SettledEarly
            | LoanRepaymentStatus::SettledLate
            | LoanRepaymentStatus::InProgress => true,
            LoanRepaymentStatus::NotSettled => false,
        };
        let payment_says_so = || self.installment_repayments.iter().any(|i| i.paid().is_positive());
        self.application_status == ApplicationStatus::Approved
            && (self.date_loan_was_granted.is_some() || status_says_so || payment_says_so())
    }

    /// Where the loan stands on a day: settled before, on or after its last due date, running until
    /// then, and not settled once that day is over. A loan that was never granted is not settled.
    pub fn derived_status(&self, on: Date) -> LoanRepaymentStatus {
        if !self.is_granted() {
            return LoanRepaymentStatus::NotSettled;
        }
        let last_due = self.date_last_installment_is_due;
        match self.derived_settlement().map(|settled_on| settled_on.cmp(&last_due)) {
            Some(Ordering::Less) => LoanRepaymentStatus::SettledEarly,
            Some(Ordering::Equal) => LoanRepaymentStatus::Settled,
            Some(Ordering::Greater) => LoanRepaymentStatus::SettledLate,
            None if last_due < on => LoanRepaymentStatus::NotSettled,
            None => LoanRepaymentStatus::InProgress,
        }
    }

    /// The day of settlement: as reported, or that of the last payment when all of the installments
    /// are there and paid. Without any day, the last due date.
    fn derived_settlement(&self) -> Option<Date> {
        let installments = &self.installment_repayments;
        let is_whole = u32::try_from(installments.len()) == Ok(self.total_installments);
        let is_repaid = is_whole && installments.iter().all(RepaidInstallment::is_paid_in_full);
        if !is_repaid && !self.loan_repayment_status.is_settled() {
            return None;
        }
        let last_paid = || installments.iter().filter_map(|installment| installment.date_paid).max();
        let known = self.settled_on().or_else(last_paid);
        Some(known.unwrap_or(self.date_last_installment_is_due))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::samples::{loan, paid, repaid, unpaid};
    use super::*;

    #[test]
    fn an_installment_has_the_status_that_its_dates_and_amounts_give() {
        let due = unpaid(1).due_date;
        assert_eq!(unpaid(1).derived_status(), InstallmentStatus::NotPaid);
        assert_eq!(paid(1, due).derived_status(), InstallmentStatus::FullyPaid);
        assert_eq!(paid(1, date(2023, 1, 31)).derived_status(), InstallmentStatus::PaidEarly);
        assert_eq!(paid(1, date(2023, 2, 2)).derived_status(), InstallmentStatus::PaidLate);
        let partly = RepaidInstallment { amount_paid: Some(Amount::from_minor(83_332)), ..paid(1, due) };
        assert_eq!(partly.derived_status(), InstallmentStatus::IncompletePayment);
        let more = RepaidInstallment { amount_paid: Some(Amount::from_minor(900_00)), ..paid(1, due) };
        assert_eq!(more.derived_status(), InstallmentStatus::FullyPaid);
    }

    #[test]
    fn an_installment_of_nothing_is_paid_in_full() {
        let waived = RepaidInstallment { amount_due: Amount::ZERO, ..unpaid(1) };
        assert_eq!(waived.derived_status(), InstallmentStatus::FullyPaid);
    }

    #[test]
    fn a_running_loan_is_not_settled_once_its_last_due_date_is_over() {
        assert_eq!(loan().derived_status(date(2024, 1, 1)), LoanRepaymentStatus::InProgress);
        assert_eq!(loan().derived_status(date(2024, 1, 2)), LoanRepaymentStatus::NotSettled);
    }

    #[test]
    fn a_settled_loan_is_early_or_late_by_its_last_due_date() {
        let settled = |on: Date| RepaymentLoan { date_loan_is_settled: Some(on), ..repaid() };
        let status = |on: Date| settled(on).derived_status(date(2030, 1, 1));
        assert_eq!(status(date(2023, 12, 31)), LoanRepaymentStatus::SettledEarly);
        assert_eq!(status(date(2024, 1, 1)), LoanRepaymentStatus::Settled);
        assert_eq!(status(date(2024, 1, 2)), LoanRepaymentStatus::SettledLate);
    }

    #[test]
    fn a_loan_whose_installments_are_all_paid_is_settled_whatever_the_word_is() {
        let told = RepaymentLoan {
            loan_repayment_status: LoanRepaymentStatus::InProgress,
            date_loan_is_settled: None,
            ..repaid()
        };
        assert_eq!(told.derived_status(date(2024, 1, 1)), LoanRepaymentStatus::Settled);
        let short = RepaymentLoan { total_installments: 13, ..told };
        assert_eq!(short.derived_status(date(2024, 1, 1)), LoanRepaymentStatus::InProgress);
    }

    #[test]
    fn without_a_day_of_settlement_the_last_payment_is_one() {
        let told = RepaymentLoan {
            loan_repayment_status: LoanRepaymentStatus::SettledEarly,
            installment_repayments: vec![paid(1, date(2023, 2, 1)), paid(2, date(2023, 2, 20))],
            ..loan()
        };
        assert_eq!(told.settled_on(), Some(date(2023, 2, 20)));
        assert_eq!(told.derived_status(date(2023, 3, 1)), LoanRepaymentStatus::SettledEarly);
    }

    #[test]
    fn an_application_is_no_loan() {
        for application_status in
            [ApplicationStatus::Pending, ApplicationStatus::InReview, ApplicationStatus::Rejected]
        {
            let told = RepaymentLoan { application_status, ..loan() };
            assert!(!told.is_granted());
            assert_eq!(told.derived_status(date(2023, 3, 1)), LoanRepaymentStatus::NotSettled);
        }
        let not_paid_out = RepaymentLoan {
            date_loan_was_granted: None,
            installment_repayments: vec![],
            loan_repayment_status: LoanRepaymentStatus::NotSettled,
            ..loan()
        };
        assert!(!not_paid_out.is_granted());
        let repaying =
            RepaymentLoan { installment_repayments: loan().installment_repayments, ..not_paid_out };
        assert!(repaying.is_granted());
    }
}
