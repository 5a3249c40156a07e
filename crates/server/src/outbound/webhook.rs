//! Webhooks: a business hears that what is known of one of its clients changed.

use loam_app::command::Address;
use loam_book::partner::Business;
use loam_book::reporting::loan::ReportedLoan;

use crate::doors::repayment_data::webhook_body;

use super::Outbound;
use super::post::{Errand, Failure, Letter};
use super::signature::signature;

/// The id is the same each time that this version of the loan is told, so a receiver that hears it
/// twice can tell.
pub(super) async fn tell(
    (outbound, errand): (&Outbound, &Errand),
    (url, secret): (&str, &str),
    business: &Business,
    loan: &ReportedLoan,
) -> Result<(), Failure> {
    let subject = Address { part: loan.part, key: loan.subject };
    let Some(subject) = outbound.book.reading.store().subject(subject).await? else {
        return Err(Failure::final_one("the subject of the loan is gone"));
    };
    let id = format!("msg_{}_{}", loan.key, loan.version);
    let timestamp = outbound.book.clock.now().as_second();
    let body = webhook_body((business, outbound.realm), &subject, loan);
    let signature = signature(secret, &id, timestamp, &body);
    let signature = signature.ok_or_else(|| Failure::final_one("the webhook secret signs nothing"))?;
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    let letter = Letter { method: "POST", url: url.to_owned(), headers, body };
    errand.send(letter).await?.must_succeed("the webhook")
}
