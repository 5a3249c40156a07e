//! What operations on deposit accounts take and give.

use super::members::{
    EDITED_SAVINGS, LOAN_FILTERS, NEW_SAVINGS, PAGE, SAVINGS_MOVEMENT, SAVINGS_MOVEMENT_TYPES,
};
use super::{Body, Gives, Operation, Shape};

/// `None` for an operation on something else.
pub(super) fn shape(operation: &Operation) -> Option<Shape> {
    let reading = |query, gives| Shape { query, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    Some(match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("GET", "savings" | "clients/{client}/savings" | "groups/{group}/savings") => {
            reading(LOAN_FILTERS, Gives::Many("SavingsAccount"))
        }
        ("GET", "savings/{savings}") => reading(&["fullDetails"], Gives::One("SavingsAccount")),
        ("POST", "savings") => {
            writing(Body::WithValues("savingsAccount", NEW_SAVINGS), Gives::One("SavingsAccountEnvelope"))
        }
        ("POST", "savings/{savings}") => {
            writing(Body::WithValues("savingsAccount", EDITED_SAVINGS), Gives::One("SavingsAccountEnvelope"))
        }
        ("PATCH", "savings/{savings}") => {
            writing(Body::WithValues("savingsAccount", EDITED_SAVINGS), Gives::One("Status"))
        }
        ("GET", "savings/{savings}/transactions") => reading(&PAGE, Gives::Many("SavingsTransaction")),
        ("POST", "savings/{savings}/transactions") => {
            let answers = &["SavingsTransaction", "SavingsAccount"];
            writing(Body::OfType(SAVINGS_MOVEMENT, SAVINGS_MOVEMENT_TYPES), Gives::Either(answers))
        }
        ("POST" | "DELETE", "loans/{loan}/settlementAccounts/{savings}") => {
            reading(&[], Gives::One("Status"))
        }
        ("GET", "savings/{savings}/funding") => {
            reading(&["fullDetails", "offset", "limit"], Gives::Many("LoanAccount"))
        }
        ("GET", "savings/{savings}/funding/{loan}/repayments") => reading(&PAGE, Gives::Many("Repayment")),
        ("GET", "savingsproducts") => reading(&PAGE, Gives::Many("SavingsProduct")),
        ("GET", "savingsproducts/{product}") => reading(&[], Gives::One("SavingsProduct")),
        _ => return None,
    })
}
