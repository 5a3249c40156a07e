//! One client with all loans: what the business reported, and for a business that may read the book
//! also what the book services.

use jiff::Timestamp;
use loam_app::command::Address;
use loam_app::serviced::ServicedLoan;
use loam_book::ids::Part;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::repayment_data::RepaymentLoan;
use loam_book::reporting::subject::Subject;

use crate::object_id::ObjectId;

use super::asked::Asked;
use super::error::DoorError;

/// A client whom the business created, or a client of the book.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) reference: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) last_modified_at: Timestamp,
    pub(super) subject: Option<Subject>,
    pub(super) reported: Vec<ReportedLoan>,
    pub(super) serviced: Vec<Serviced>,
}

/// A loan of the book in the words of this contract.
pub(super) struct Serviced {
    pub(super) told: RepaymentLoan,
    pub(super) part: Part,
    pub(super) account_no: i64,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) last_modified_at: Timestamp,
}

impl Person {
    /// Finds a client by `clientId` or external id. A business that may read the book also finds a
    /// client of the book by id or key, and the serviced loans of a client that is linked to one.
    ///
    /// # Errors
    /// When nobody is found, and what the store answers.
    pub(super) async fn find(asked: &Asked, id: &str) -> Result<Person, DoorError> {
        match asked.find(id).await? {
            Some(subject) => Person::of_subject(asked, subject).await,
            None if asked.business.reads_book => Person::of_book(asked, id).await,
            None => Err(DoorError::no_client()),
        }
    }

    async fn of_subject(asked: &Asked, subject: Subject) -> Result<Person, DoorError> {
        let reported = asked.loans_of(&subject).await?;
        let linked = subject.client.filter(|_| asked.business.reads_book);
        let mut serviced = match linked {
            Some(client) => serviced_of(asked, client).await?,
            None => Vec::new(),
        };
        // A loan of the book about which the business reports is not shown a second time.
        let told: Vec<Address> = reported.iter().filter_map(ReportedLoan::serviced).collect();
        serviced.retain(|loan| told.iter().all(|told| told.key != loan.loan.key));
        Ok(Person {
            id: subject.id.clone(),
            reference: subject.reference.clone(),
            created_at: subject.created_at,
            last_modified_at: subject.last_modified_at,
            subject: Some(subject),
            reported,
            serviced: serviced.iter().map(Serviced::of).collect(),
        })
    }

    async fn of_book(asked: &Asked, id: &str) -> Result<Person, DoorError> {
        let reading = &asked.services.reading;
        let address = reading.find_client(id).await?.ok_or_else(DoorError::no_client)?;
        let client = reading.store().client(address).await?.ok_or_else(DoorError::no_client)?.client;
        let serviced = serviced_of(asked, address).await?;
        Ok(Person {
            id: ObjectId::of_named(client.created_at, client.key, 0).to_string(),
            reference: Some(client.id),
            created_at: client.created_at,
            last_modified_at: client.last_modified_at,
            subject: None,
            reported: Vec::new(),
            serviced: serviced.iter().map(Serviced::of).collect(),
        })
    }
}

impl Serviced {
    fn of(serviced: &ServicedLoan) -> Serviced {
        let loan = &serviced.loan;
        Serviced {
            told: serviced.told().repayment_data(),
            part: loan.part,
            account_no: loan.account_no,
            version: loan.version,
            created_at: loan.created_at,
            last_modified_at: loan.last_modified_at,
        }
    }
}

async fn serviced_of(asked: &Asked, client: Address) -> Result<Vec<ServicedLoan>, DoorError> {
    Ok(asked.services.reading.serviced_of(client).await?)
}
