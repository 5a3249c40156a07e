//! What is known of customers and their loans. The one place in which this door reads the book, so
//! that loans from elsewhere than reports can be shown in the same words.

use loam_app::views::{Page, ReportedLoanFilter};
use loam_book::ids::Address;
use loam_book::reporting::subject::{Scheme, Subject};

use super::asked::Asked;
use super::error::DoorError;
use super::translate::ShownLoan;

/// How many loans are read at a time where all of them are needed.
const LOANS_AT_ONCE: i64 = 200;

/// A customer whom the caller's organization reported.
pub(super) struct Customer {
    pub(super) subject: Subject,
}

impl Customer {
    /// Finds a customer of the caller's organization.
    ///
    /// # Errors
    /// `NotFound`, and what the store answers.
    pub(super) async fn find(asked: &Asked, id: &str) -> Result<Customer, DoorError> {
        let subject = asked.services.reading.store().subject(asked.customer(id).address()).await?;
        subject.map(|subject| Customer { subject }).ok_or(DoorError::NotFound)
    }

    /// One of the customer's loans.
    ///
    /// # Errors
    /// `NotFound`, and what the store answers.
    pub(super) async fn loan(&self, asked: &Asked, loan_id: &str) -> Result<ShownLoan, DoorError> {
        let Address { part, key } = self.subject.address();
        let address = Address { part, key: self.subject.name().loan_key(part, loan_id) };
        let loan = asked.services.reading.store().reported_loan(address).await?;
        let loan = loan.filter(|loan| loan.subject == key);
        loan.and_then(|loan| ShownLoan::of_report(&self.subject.id, loan)).ok_or(DoorError::NotFound)
    }

    /// Some of the customer's loans, in the order in which they were first reported.
    ///
    /// # Errors
    /// What the store answers.
    pub(super) async fn loans(&self, asked: &Asked, page: Page) -> Result<Vec<ShownLoan>, DoorError> {
        let filter = ReportedLoanFilter {
            scheme: Some(Scheme::PerformanceCustomer),
            organization: Some(self.subject.organization.clone()),
            subject: Some(self.subject.address()),
            ..ReportedLoanFilter::default()
        };
        let loans = asked.services.reading.store().reported_loans(&filter, page).await?;
        Ok(loans.into_iter().filter_map(|loan| ShownLoan::of_report(&self.subject.id, loan)).collect())
    }

    /// All of the customer's loans.
    ///
    /// # Errors
    /// What the store answers.
    pub(super) async fn all_loans(&self, asked: &Asked) -> Result<Vec<ShownLoan>, DoorError> {
        let mut all = Vec::new();
        let mut offset = 0;
        loop {
            let some = self.loans(asked, Page { offset, limit: LOANS_AT_ONCE }).await?;
            let is_last = some.len() < usize::try_from(LOANS_AT_ONCE).expect("it is small");
            all.extend(some);
            if is_last {
                return Ok(all);
            }
            offset += LOANS_AT_ONCE;
        }
    }
}
