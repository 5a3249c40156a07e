//! What a business hears about its clients.

use loam_book::partner::{Business, Realm};
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use serde::Serialize;

use super::translate::client::{Audience, Shown};
use super::wire::{Client, Instant, Loan};

/// The one event that there is.
const LOAN_UPDATED: &str = "client.loan.updated";

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Instant,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    client: Client<'a>,
    loan: Option<Loan<'a>>,
}

/// The body of the webhook that tells of a reported loan: the loan, and the client without its other
/// loans. The timestamp is that of the report, so the same report is always told in the same words.
pub(crate) fn webhook_body(
    (business, realm): (&Business, Realm),
    subject: &Subject,
    loan: &ReportedLoan,
) -> String {
    let audience = Audience::new(business, realm);
    let event = Event {
        kind: LOAN_UPDATED,
        timestamp: loan.last_modified_at.into(),
        data: Data {
            client: audience.card(subject),
            loan: Shown::of(loan).map(|shown| audience.loan(shown, &subject.id)),
        },
    };
    serde_json::to_string(&event).expect("wire structs have text keys and no failing parts")
}
