//! A report about a loan of this book never moves it. Here is where the two differ.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::reporting::loan::{ReportedLoan, Told};
use crate::reporting::performance::{PaymentStatus, PaymentType, PerformanceLoan};
use crate::reporting::projection::Serviced;
use crate::reporting::repayment_data::{RepaidInstallment, RepaymentLoan};

/// One figure or word in which a report and the book differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The member of the feed's contract; of an installment with its place, counted from 1.
    pub field: String,
    /// What was reported; nothing when the report does not say it.
    pub reported: Option<String>,
    /// What the book says in the same words.
    pub book: Option<String>,
}

/// Where a report and the loan that it is about differ, in the order of the contract's members.
/// Members that a report leaves out do not count.
pub fn differences(reported: &ReportedLoan, serviced: &Serviced<'_>) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    match &reported.told {
        Told::Performance(told) => found.performance(told, &serviced.performance()),
        Told::RepaymentData(told) => found.repayment_data(told, &serviced.repayment_data()),
    }
    found.0
}

struct Found(Vec<Difference>);

impl Found {
    fn compare(&mut self, field: &str, reported: Option<String>, book: Option<String>) {
        if reported != book {
            self.0.push(Difference { field: field.to_owned(), reported, book });
        }
    }

    /// What the report does not say is no difference.
    fn compare_said<T: ToString>(&mut self, field: &str, reported: Option<T>, book: Option<T>) {
        if let Some(reported) = reported {
            self.compare(field, Some(reported.to_string()), book.map(|book| book.to_string()));
        }
    }

    fn performance(&mut self, told: &PerformanceLoan, book: &PerformanceLoan) {
        let said = told.status_said.then_some(told.status.name());
        self.compare_said("loan_status", said, Some(book.status.name()));
        self.compare_said("loan_amount", Some(told.loan_amount), Some(book.loan_amount));
        self.compare_said("funded_amount", told.funded_amount, book.funded_amount);
        self.compare_said("first_payment_date", told.first_payment_date, book.first_payment_date);
        let kinds = |loan: &PerformanceLoan| loan.application_type.map(|kind| kind.name());
        self.compare_said("application_type", kinds(told), kinds(book));
        if !told.payments.is_empty() {
            self.compare_said("payments", Some(repaid(told)), Some(repaid(book)));
        }
    }

    fn repayment_data(&mut self, told: &RepaymentLoan, book: &RepaymentLoan) {
        let status = |loan: &RepaymentLoan| Some(loan.application_status.name());
        self.compare_said("applicationStatus", status(told), status(book));
        self.compare_said("currency", Some(told.currency.code()), Some(book.currency.code()));
        let text = |amount: Amount, currency: Currency| amount.to_fixed_text(currency);
        let amount = |loan: &RepaymentLoan| Some(text(loan.amount, loan.currency));
        self.compare_said("amount", amount(told), amount(book));
        self.compare_said("totalInstallments", Some(told.total_installments), Some(book.total_installments));
        let status = |loan: &RepaymentLoan| Some(loan.loan_repayment_status.name());
        self.compare_said("loanRepaymentStatus", status(told), status(book));
        let last = |loan: &RepaymentLoan| Some(loan.date_last_installment_is_due);
        self.compare_said("dateLastInstallmentIsDue", last(told), last(book));
        self.compare_said("dateLoanWasGranted", told.date_loan_was_granted, book.date_loan_was_granted);
        self.compare_said("dateLoanIsSettled", told.date_loan_is_settled, book.date_loan_is_settled);
        for (number, told_row) in (1..).zip(&told.installment_repayments) {
            let row = book.installment_repayments.iter().find(|row| row.due_date == told_row.due_date);
            let name = |member: &str| format!("installmentRepayments.{number}.{member}");
            self.compare(
                &name("dueDate"),
                Some(told_row.due_date.to_string()),
                row.map(|row| row.due_date.to_string()),
            );
            let Some(row) = row else { continue };
            let due = |row: &RepaidInstallment, currency| Some(text(row.amount_due, currency));
            self.compare_said(&name("amountDue"), due(told_row, told.currency), due(row, book.currency));
            let paid = |row: &RepaidInstallment, currency| {
                Some(text(row.amount_paid.unwrap_or(Amount::ZERO), currency))
            };
            self.compare_said(&name("amountPaid"), paid(told_row, told.currency), paid(row, book.currency));
            self.compare_said(&name("datePaid"), told_row.date_paid, row.date_paid);
            self.compare_said(&name("status"), Some(told_row.status.name()), Some(row.status.name()));
        }
    }
}

/// What was repaid, in cents: neither taken back nor on its way still.
fn repaid(loan: &PerformanceLoan) -> i64 {
    let stands = loan.payments.iter().filter(|payment| {
        let has_arrived = match payment.payment_status {
            Some(PaymentStatus::Pending | PaymentStatus::Returned | PaymentStatus::Failed) => false,
            Some(
                PaymentStatus::Paid
                | PaymentStatus::PartiallyPaid
                | PaymentStatus::Late
                | PaymentStatus::Other,
            )
            | None => true,
        };
        payment.payment_type != Some(PaymentType::FundingPayment) && has_arrived
    });
    stands.filter_map(|payment| payment.amount).fold(0, i64::saturating_add)
}
