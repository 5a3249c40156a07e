//! Serviced loans as the feeds would tell them: a loan with its log, its holder and the day.

use loam_book::ids::Address;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::log::{begun, fold};
use loam_book::party::Client;
use loam_book::reporting::projection::Serviced;
use loam_book::vocabulary::Funding;

use crate::error::StoreError;
use crate::reading::{Now, Reading, as_begun};
use crate::views::{LoanFilter, Page};

/// How many loans of one client are told at most.
const MOST_LOANS: i64 = 1_000;

/// A serviced loan with everything that is told about it.
#[derive(Debug)]
pub struct ServicedLoan {
    pub loan: Loan,
    pub holder: Client,
    history: Vec<Entry>,
    now: Now,
    is_first: bool,
    funding: Funding,
}

impl ServicedLoan {
    /// The loan in the words of the feeds.
    pub fn told(&self) -> Serviced<'_> {
        let calendar = self.now.catalog.calendar_of(self.loan.assignment.branch);
        let day = (self.now.state.business_date, calendar);
        Serviced::new(&self.loan, &self.history, day, self.is_first).funded(self.funding)
    }
}

impl Reading {
    /// A loan as it would be reported; none when there is no such loan or nobody holds it.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn serviced(&self, address: Address) -> Result<Option<ServicedLoan>, StoreError> {
        let Some(loan) = self.store().loan(address).await? else { return Ok(None) };
        let holder = Address { part: loan.part, key: loan.holder.key };
        let first = self.loans_of(holder, 1).await?.first().map(|loan| loan.key);
        let is_first = first == Some(loan.key);
        self.with_history(loan, is_first).await
    }

    /// All loans of a client as they would be reported, in the order in which they were opened.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn serviced_of(&self, client: Address) -> Result<Vec<ServicedLoan>, StoreError> {
        let mut all = Vec::new();
        for (place, loan) in self.loans_of(client, MOST_LOANS).await?.into_iter().enumerate() {
            all.extend(self.with_history(loan, place == 0).await?);
        }
        Ok(all)
    }

    async fn loans_of(&self, holder: Address, limit: i64) -> Result<Vec<Loan>, StoreError> {
        let filter = LoanFilter { holder: Some(holder), ..LoanFilter::default() };
        self.store().loans(&filter, Page { offset: 0, limit }).await
    }

    /// The loan is folded from the log that is shown with it, so the two are of one moment.
    async fn with_history(&self, loan: Loan, is_first: bool) -> Result<Option<ServicedLoan>, StoreError> {
        let holder = Address { part: loan.part, key: loan.holder.key };
        let Some(view) = self.store().client(holder).await? else { return Ok(None) };
        let history = self.store().history(loan.part, loan.account_no).await?;
        as_begun((loan.part, loan.account_no), begun(&history))?;
        let now = self.now().await?;
        let Some(loan) = fold(&history) else { return Ok(None) };
        let funding = self.funding_of(&loan).await?;
        Ok(Some(ServicedLoan { loan, holder: view.client, history, now, is_first, funding }))
    }

    /// What the application says for which the loan was made; looked up only where it makes a difference.
    async fn funding_of(&self, loan: &Loan) -> Result<Funding, StoreError> {
        if !Funding::matters_to(loan.state()) {
            return Ok(Funding::default());
        }
        let application = self.store().application_of(loan.part, loan.account_no).await?;
        Ok(application.as_ref().map_or_else(Funding::default, Funding::of))
    }
}
