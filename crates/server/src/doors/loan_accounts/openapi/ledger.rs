//! What operations on the chart of accounts, the journal and the book as a whole take and give.

use super::members::CONSTRAINT;
use super::{Body, Gives, Operation, Shape};

/// Members of an entry by hand; accounts and amounts go on with 2, 3, …
const ENTRY: &[&str] =
    &["date", "branchId", "notes", "debitAccount1", "debitAmount1", "creditAccount1", "creditAmount1"];

/// `None` for an operation on something else.
pub(super) fn shape(operation: &Operation) -> Option<Shape> {
    let reading = |query, gives| Shape { query, body: None, gives };
    Some(match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("GET", "glaccounts") => reading(&["type", "offset", "limit"], Gives::Many("GLAccount")),
        ("GET", "glaccounts/{account}") => reading(&["from", "to"], Gives::One("GLAccount")),
        ("GET", "gljournalentries") => {
            reading(&["from", "to", "branchID", "offset", "limit"], Gives::Many("GLJournalEntry"))
        }
        ("POST", "gljournalentries") => {
            Shape { query: &[], body: Some(Body::Flat(ENTRY)), gives: Gives::Many("GLJournalEntry") }
        }
        ("POST", "gljournalentries/search") => Shape {
            query: &["offset", "limit"],
            body: Some(Body::Listed("filterConstraints", CONSTRAINT)),
            gives: Gives::Many("GLJournalEntry"),
        },
        ("POST", "notifications/messages/search") => Shape {
            query: &["offset", "limit"],
            body: Some(Body::Listed("filterConstraints", CONSTRAINT)),
            gives: Gives::Many("Status"),
        },
        ("POST", "notifications") => Shape {
            query: &[],
            body: Some(Body::Plain(&["action", "identifiers"])),
            gives: Gives::One("Status"),
        },
        ("GET", "indicators/{indicator}") => reading(&[], Gives::Texts),
        ("POST", "database/backup") => reading(&[], Gives::One("Status")),
        ("GET", "database/backup/LATEST") => reading(&[], Gives::Zip),
        _ => return None,
    })
}
