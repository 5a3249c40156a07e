//! What operations on lines of credit take and give.

use super::members::{CONSTRAINT, LINE, LINE_FILTERS};
use super::{Body, Gives, Operation, Shape};

/// `None` for an operation on something else.
pub(super) fn shape(operation: &Operation) -> Option<Shape> {
    let reading = |query, gives| Shape { query, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    Some(match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("GET", "linesofcredit" | "clients/{client}/linesofcredit" | "groups/{group}/linesofcredit") => {
            reading(LINE_FILTERS, Gives::Many("LineOfCredit"))
        }
        ("POST", "linesofcredit/search") => Shape {
            query: &["fullDetails", "offset", "limit"],
            body: Some(Body::Listed("filterConstraints", CONSTRAINT)),
            gives: Gives::Many("LineOfCredit"),
        },
        ("POST", "linesofcredit") => {
            writing(Body::WithValues("lineOfCredit", LINE), Gives::One("LineOfCreditExpanded"))
        }
        ("GET", "linesofcredit/{line}") => reading(&[], Gives::One("LineOfCreditExpanded")),
        ("PATCH", "linesofcredit/{line}") => {
            writing(Body::WithValues("lineOfCredit", LINE), Gives::One("Status"))
        }
        ("GET", "linesofcredit/{line}/accounts") => reading(&[], Gives::One("AccountsOfLine")),
        ("POST", "linesofcredit/{line}/loans/{loan}") => reading(&[], Gives::One("LoanAccount")),
        ("POST", "linesofcredit/{line}/savings/{savings}") => reading(&[], Gives::One("SavingsAccount")),
        ("DELETE", "linesofcredit/{line}/loans/{loan}" | "linesofcredit/{line}/savings/{savings}") => {
            reading(&[], Gives::One("Status"))
        }
        _ => return None,
    })
}
