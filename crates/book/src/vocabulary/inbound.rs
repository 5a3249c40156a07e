//! From the words of the feeds to a standing, for loans that are serviced elsewhere. Lossy: a feed
//! tells less than a loan of this book shows, so what it leaves out is taken in the plainest way.

use jiff::civil::Date;

use super::{Settlement, Standing};
use crate::reporting::loan::{ReportedLoan, Told};
use crate::reporting::performance::LoanStatus;
use crate::reporting::repayment_data::{
    ApplicationStatus, InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan,
};

impl Standing {
    /// Where a reported loan stands by its last report.
    pub fn of_reported(loan: &ReportedLoan, business_date: Date) -> Standing {
        match &loan.told {
            Told::Performance(told) => Standing::of_performance(told.status),
            Told::RepaymentData(told) => Standing::of_repayment_data(told, business_date),
        }
    }

    /// The status word alone decides. It tells no due date: a loan that is paid in full counts as paid
    /// on its last one.
    pub fn of_performance(status: LoanStatus) -> Standing {
        match status {
            LoanStatus::Pending => Standing::Submitted,
            LoanStatus::Expired => Standing::Lapsed,
            LoanStatus::Withdrawn => Standing::Withdrawn,
            LoanStatus::Denied => Standing::Refused,
            LoanStatus::Approved => Standing::Funding,
            LoanStatus::Originated => Standing::PaidOut,
            LoanStatus::Reversed => Standing::DisbursementUndone,
            LoanStatus::PastDue => Standing::Overdue,
            LoanStatus::WrittenOff => Standing::WrittenOff,
            LoanStatus::Current => Standing::Performing,
            LoanStatus::PaidInFull => Standing::Repaid(Settlement::OnTime),
        }
    }

    /// Both status words, and of a running loan its installments.
    pub fn of_repayment_data(told: &RepaymentLoan, business_date: Date) -> Standing {
        match told.application_status {
            ApplicationStatus::Pending => return Standing::Draft,
            ApplicationStatus::InReview => return Standing::Submitted,
            ApplicationStatus::Rejected => return Standing::Refused,
            ApplicationStatus::Approved => {}
        }
        match told.loan_repayment_status {
            LoanRepaymentStatus::InProgress => running(told, business_date),
            LoanRepaymentStatus::Settled => Standing::Repaid(Settlement::OnTime),
            LoanRepaymentStatus::SettledEarly => Standing::Repaid(Settlement::Early),
            LoanRepaymentStatus::SettledLate => Standing::Repaid(Settlement::Late),
            LoanRepaymentStatus::NotSettled if told.is_granted() => Standing::Matured,
            LoanRepaymentStatus::NotSettled => Standing::Funded,
        }
    }
}

fn running(told: &RepaymentLoan, business_date: Date) -> Standing {
    let installments = &told.installment_repayments;
    let is_missed = |row: &RepaidInstallment| row.due_date < business_date && is_open(row.status);
    if installments.iter().any(is_missed) {
        return Standing::Overdue;
    }
    let is_due = |row: &RepaidInstallment| row.due_date <= business_date;
    if installments.iter().any(is_due) { Standing::Performing } else { Standing::PaidOut }
}

fn is_open(status: InstallmentStatus) -> bool {
    match status {
        InstallmentStatus::NotPaid | InstallmentStatus::IncompletePayment => true,
        InstallmentStatus::FullyPaid | InstallmentStatus::PaidEarly | InstallmentStatus::PaidLate => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reporting::repayment_data::samples::{loan, paid, unpaid};

    /// The contract's table, written down by hand.
    #[test]
    fn each_word_of_the_performance_feed_is_a_standing() {
        let rows = [
            ("Pending", Standing::Submitted),
            ("Approved", Standing::Funding),
            ("Originated", Standing::PaidOut),
            ("Current", Standing::Performing),
            ("Past Due", Standing::Overdue),
            ("Paid In Full", Standing::Repaid(Settlement::OnTime)),
            ("Written Off", Standing::WrittenOff),
            ("Expired", Standing::Lapsed),
            ("Withdrawn", Standing::Withdrawn),
            ("Denied", Standing::Refused),
            ("Reversed", Standing::DisbursementUndone),
        ];
        assert_eq!(rows.len(), LoanStatus::ALL.len());
        for (word, expected) in rows {
            let status = LoanStatus::from_name(word).expect("a word of the contract");
            let standing = Standing::of_performance(status);
            assert_eq!(standing, expected, "{word}");
            assert_eq!(standing.words().loan_status, status, "and it is told in the same word again");
        }
    }

    #[test]
    fn each_pair_of_words_of_the_repayment_feed_is_a_standing() {
        use ApplicationStatus as App;
        use LoanRepaymentStatus as Rep;
        let rows = [
            (App::Pending, Rep::NotSettled, Standing::Draft),
            (App::InReview, Rep::NotSettled, Standing::Submitted),
            (App::Rejected, Rep::NotSettled, Standing::Refused),
            (App::Approved, Rep::InProgress, Standing::Performing),
            (App::Approved, Rep::Settled, Standing::Repaid(Settlement::OnTime)),
            (App::Approved, Rep::SettledEarly, Standing::Repaid(Settlement::Early)),
            (App::Approved, Rep::SettledLate, Standing::Repaid(Settlement::Late)),
            (App::Approved, Rep::NotSettled, Standing::Matured),
        ];
        for (application_status, loan_repayment_status, expected) in rows {
            let told = RepaymentLoan { application_status, loan_repayment_status, ..loan() };
            let standing = Standing::of_repayment_data(&told, date(2023, 2, 2));
            assert_eq!(standing, expected, "{application_status:?} {loan_repayment_status:?}");
            let words = standing.words();
            assert_eq!(
                (words.application_status, words.repayment_status),
                (application_status, loan_repayment_status)
            );
        }
    }

    #[test]
    fn a_running_loan_is_overdue_by_an_installment_that_was_missed() {
        let on = |rows: Vec<RepaidInstallment>, day| {
            Standing::of_repayment_data(&RepaymentLoan { installment_repayments: rows, ..loan() }, day)
        };
        let (due, after) = (date(2023, 2, 1), date(2023, 2, 2));
        assert_eq!(on(vec![unpaid(1)], date(2023, 1, 31)), Standing::PaidOut, "none is due");
        assert_eq!(on(vec![], after), Standing::PaidOut);
        assert_eq!(on(vec![unpaid(1)], due), Standing::Performing, "the day is not over");
        assert_eq!(on(vec![unpaid(1)], after), Standing::Overdue);
        let partly = RepaidInstallment { status: InstallmentStatus::IncompletePayment, ..paid(1, due) };
        assert_eq!(on(vec![partly], after), Standing::Overdue);
        assert_eq!(on(vec![paid(1, due)], after), Standing::Performing);
    }

    #[test]
    fn a_loan_that_is_not_settled_was_granted_or_waits_for_its_money() {
        let told = RepaymentLoan {
            loan_repayment_status: LoanRepaymentStatus::NotSettled,
            date_loan_was_granted: None,
            installment_repayments: vec![],
            ..loan()
        };
        let day = date(2024, 1, 2);
        assert_eq!(Standing::of_repayment_data(&told, day), Standing::Funded);
        let granted = RepaymentLoan { date_loan_was_granted: Some(date(2023, 1, 15)), ..told };
        assert_eq!(Standing::of_repayment_data(&granted, day), Standing::Matured);
    }
}
