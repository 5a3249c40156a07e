//! The preview of a schedule: what a loan would look like, without a loan.

use loam_book::actor::Permission;
use loam_book::loan::command::LoanFigures;
use loam_book::loan::refusal::{Refusal, RevolvingRefusal};
use loam_book::loan::terms_agreed::{Ground, agree};
use loam_book::product::ProductType;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::new_loan::{expected_disbursement, figures, first_repayment, refuse_what_is_not_here};
use super::translate::repayment;
use super::wire::repayment::SchedulePreview;

/// `GET /api/loanproducts/{product}/schedule`: `{"repayments":[…]}`.
pub(super) async fn preview(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanProductDetails)?;
    let product = asked.catalog().products.find(&id);
    let product = product.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidProductId))?;
    if !product.is_active {
        return Err(Refusal::InactiveProduct { id: product.id.clone() }.into());
    }
    if product.product_type == ProductType::RevolvingCredit {
        return Err(Refusal::Revolving(RevolvingRefusal::NoPreview).into());
    }
    let query = asked.query()?;
    refuse_what_is_not_here(&query)?;
    if !query.has("loanAmount") {
        return Err(DoorError::at(ReturnCode::InvalidAmount, "loanAmount"));
    }
    let expected = expected_disbursement(&query, None)?;
    let figures = LoanFigures {
        expected_disbursement_on: expected.map(Some),
        first_due_date: first_repayment(&query, None)?.map(Some),
        ..figures(&query)?
    };
    // A preview belongs to no branch and no centre.
    let calendar = asked.catalog().calendar_of(None);
    let business_date = asked.business_date();
    let ground = Ground { catalog: asked.catalog(), business_date, calendar, meeting_day: None };
    let terms = agree(&figures, product, None, &ground)?;
    let disbursed_on = expected.unwrap_or(business_date);
    if let Some(first_due_date) = terms.first_due_date.filter(|first| *first <= disbursed_on) {
        return Err(Refusal::FirstDueDateBeforeDisbursement { first_due_date, disbursed_on }.into());
    }
    if expected.is_some() {
        terms.check_first_due_date(disbursed_on)?;
    }
    let rows = terms.expected_schedule(disbursed_on, calendar);
    let rows = rows.map_err(|error| terms.impossible(&error))?;
    let shown = |row| repayment::preview(row, terms.currency, asked.business_date());
    reply::ok(&SchedulePreview { repayments: rows.iter().map(shown).collect() })
}
