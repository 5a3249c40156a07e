//! Changes what was agreed for a deposit account. Checks: not closed, then the figures.

use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::savings::command::SavingsEdit;
use crate::savings::commands::agree_interest::agree_interest;
use crate::savings::commands::create::agree;
use crate::savings::commands::refused;
use crate::savings::event::SavingsEvent;
use crate::savings::product::SavingsProduct;
use crate::savings::{Savings, SavingsState};

/// The account as it is to be from now on. A limit below what is overdrawn already stands: nothing
/// more is taken until the balance is within it.
pub(super) fn edit(
    account: &Savings,
    edit: &SavingsEdit,
    context: &Context<'_>,
) -> Result<SavingsEvent, Refusal> {
    if let SavingsState::Closed { closure, .. } = account.state {
        return refused(SavingsRefusal::WrongState { command: "edit", state: closure.name() });
    }
    let product = context.catalog.savings_products.by_key(account.terms.product);
    let product = product.expect("a product with accounts is not deleted");
    let mut terms = agree(&edit.figures, product, account.terms.clone())?;
    if let Some(interest) = &account.terms.interest {
        terms.interest = agree_interest(&edit.figures, product, Some(interest), context)?;
    } else {
        // What was opened without interest stays without it.
        let without = SavingsProduct { interest: None, ..SavingsProduct::clone(product) };
        agree_interest(&edit.figures, &without, None, context)?;
    }
    Ok(SavingsEvent::Edited {
        terms: Box::new(terms),
        name: edit.name.clone().unwrap_or_else(|| account.name.clone()),
        notes: edit.notes.clone().unwrap_or_else(|| account.notes.clone()),
        assignment: account.assignment,
    })
}
