//! What is known of customers and their loans. The one place in which this door reads the book, so
//! that loans from elsewhere than reports can be shown in the same words.

use jiff::Timestamp;
use loam_app::views::{Page, ReportedLoanFilter};
use loam_book::ids::Address;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::{Scheme, Subject};

use super::asked::Asked;
use super::error::DoorError;
use super::translate::ShownLoan;

/// How many loans are read at a time where all of them are needed.
const LOANS_AT_ONCE: i64 = 200;

/// A customer whom the caller's organization reported, or a client of the book.
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    subject: Option<Subject>,
    /// The client that this is, for a caller who may read the book.
    client: Option<Address>,
}

impl Customer {
    /// Finds a customer of the caller's organization. A caller who may read the book also finds a
    /// client under the client's id or key.
    ///
    /// # Errors
    /// `NotFound`, and what the store answers.
    pub(super) async fn find(asked: &Asked, id: &str) -> Result<Customer, DoorError> {
        let reading = &asked.services.reading;
        if let Some(subject) = reading.store().subject(asked.customer(id).address()).await? {
            return Ok(Customer {
                id: subject.id.clone(),
                created_at: subject.created_at,
                updated_at: subject.last_modified_at,
                client: subject.client.filter(|_| asked.reads_book()),
                subject: Some(subject),
            });
        }
        let address = if asked.reads_book() { reading.find_client(id).await? } else { None };
        let address = address.ok_or(DoorError::NotFound)?;
        let client = reading.store().client(address).await?.ok_or(DoorError::NotFound)?.client;
        Ok(Customer {
            id: client.id,
            created_at: client.created_at,
            updated_at: client.last_modified_at,
            subject: None,
            client: Some(address),
        })
    }

    /// One of the customer's loans: one that was reported, or one that the book services.
    ///
    /// # Errors
    /// `NotFound`, and what the store answers.
    pub(super) async fn loan(&self, asked: &Asked, loan_id: &str) -> Result<ShownLoan, DoorError> {
        if let Some(found) = self.reported(asked, loan_id).await? {
            return Ok(found);
        }
        let reading = &asked.services.reading;
        let client = self.client.ok_or(DoorError::NotFound)?;
        let address = reading.find_loan(loan_id).await?.ok_or(DoorError::NotFound)?;
        let found = reading.serviced(address).await?;
        let found = found.filter(|serviced| serviced.holder.key == client.key);
        found.map(|serviced| ShownLoan::of_book(&self.id, &serviced)).ok_or(DoorError::NotFound)
    }

    async fn reported(&self, asked: &Asked, loan_id: &str) -> Result<Option<ShownLoan>, DoorError> {
        let Some(subject) = &self.subject else { return Ok(None) };
        let Address { part, key } = subject.address();
        let address = Address { part, key: subject.name().loan_key(part, loan_id) };
        let loan = asked.services.reading.store().reported_loan(address).await?;
        let loan = loan.filter(|loan| loan.subject == key);
        Ok(loan.and_then(|loan| ShownLoan::of_report(&self.id, loan)))
    }

    /// Some of the customer's loans, in the order in which they were first reported; loans of the
    /// book come after them.
    ///
    /// # Errors
    /// What the store answers.
    pub(super) async fn loans(&self, asked: &Asked, page: Page) -> Result<Vec<ShownLoan>, DoorError> {
        if self.client.is_none() {
            let reported = self.reported_loans(asked, page).await?;
            return Ok(reported
                .into_iter()
                .filter_map(|loan| ShownLoan::of_report(&self.id, loan))
                .collect());
        }
        let (offset, limit) = (usize::try_from(page.offset), usize::try_from(page.limit));
        let all = self.all_loans(asked).await?.into_iter();
        Ok(all.skip(offset.unwrap_or(usize::MAX)).take(limit.unwrap_or(0)).collect())
    }

    async fn reported_loans(&self, asked: &Asked, page: Page) -> Result<Vec<ReportedLoan>, DoorError> {
        let Some(subject) = &self.subject else { return Ok(Vec::new()) };
        let filter = ReportedLoanFilter {
            scheme: Some(Scheme::PerformanceCustomer),
            organization: Some(subject.organization.clone()),
            subject: Some(subject.address()),
            ..ReportedLoanFilter::default()
        };
        Ok(asked.services.reading.store().reported_loans(&filter, page).await?)
    }

    /// All of the customer's loans. A loan of the book about which one of them reports is not shown
    /// a second time.
    ///
    /// # Errors
    /// What the store answers.
    pub(super) async fn all_loans(&self, asked: &Asked) -> Result<Vec<ShownLoan>, DoorError> {
        let mut reported = Vec::new();
        loop {
            let offset = i64::try_from(reported.len()).expect("a list fits in memory");
            let some = self.reported_loans(asked, Page { offset, limit: LOANS_AT_ONCE }).await?;
            let is_last = some.len() < usize::try_from(LOANS_AT_ONCE).expect("it is small");
            reported.extend(some);
            if is_last {
                break;
            }
        }
        let told: Vec<Address> = reported.iter().filter_map(ReportedLoan::serviced).collect();
        let mut all: Vec<ShownLoan> =
            reported.into_iter().filter_map(|loan| ShownLoan::of_report(&self.id, loan)).collect();
        if let Some(client) = self.client {
            let serviced = asked.services.reading.serviced_of(client).await?;
            let others = serviced.iter().filter(|serviced| told.iter().all(|t| t.key != serviced.loan.key));
            all.extend(others.map(|serviced| ShownLoan::of_book(&self.id, serviced)));
        }
        Ok(all)
    }
}
