//! What a schedule of a product would look like, without a loan.
//!
//! Checks, in this order: the product, the figures as of a new loan, dates, the schedule.

use crate::loan::command::LoanFigures;
use crate::loan::commands::create::check_dates;
use crate::loan::refusal::{Refusal, RevolvingRefusal};
use crate::loan::terms_agreed::{Ground, agree};
use crate::loan::{Installment, Terms};
use crate::product::{Product, ProductType};

/// The terms that figures make, and the schedule if a loan of them were paid out as expected, or
/// today, with the fees that are required.
///
/// # Errors
/// What a new loan of these figures would be refused for, as far as it concerns the schedule.
pub fn preview(
    product: &Product,
    figures: &LoanFigures,
    ground: &Ground<'_>,
) -> Result<(Terms, Vec<Installment>), Refusal> {
    if !product.is_active {
        return Err(Refusal::InactiveProduct { id: product.id.clone() });
    }
    if product.product_type == ProductType::RevolvingCredit {
        return Err(Refusal::Revolving(RevolvingRefusal::NoPreview));
    }
    let terms = agree(figures, product, None, ground)?;
    let disbursed_on = terms.expected_disbursement_on.unwrap_or(ground.business_date);
    check_dates(&terms, disbursed_on)?;
    // A loan is paid out before its first due date, whatever the day of the question is.
    if let Some(first_due_date) = terms.first_due_date.filter(|first| *first <= disbursed_on) {
        return Err(Refusal::FirstDueDateBeforeDisbursement { first_due_date, disbursed_on });
    }
    let rows = terms.expected_schedule(disbursed_on, ground.calendar);
    let rows = rows.map_err(|error| terms.impossible(&error))?;
    Ok((terms, rows))
}
