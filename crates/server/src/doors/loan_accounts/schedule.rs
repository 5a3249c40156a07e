//! The preview of a schedule: what a loan would look like, without a loan.

use loam_book::actor::Permission;
use loam_book::loan::command::LoanFigures;
use loam_book::loan::commands::schedule_preview;
use loam_book::loan::terms_agreed::Ground;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::new_loan::{expected_disbursement, figures, first_repayment};
use super::translate::repayment;
use super::wire::repayment::SchedulePreview;

/// `GET /api/loanproducts/{product}/schedule`: `{"repayments":[…]}`.
pub(super) async fn preview(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanProductDetails)?;
    let product = asked.catalog().products.find(&id);
    let product = product.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidProductId))?;
    let query = asked.query()?;
    if !query.has("loanAmount") {
        return Err(DoorError::at(ReturnCode::InvalidAmount, "loanAmount"));
    }
    let figures = LoanFigures {
        expected_disbursement_on: expected_disbursement(&query, None)?.map(Some),
        first_due_date: first_repayment(&query, None)?.map(Some),
        ..figures(&query)?
    };
    // A preview belongs to no branch and no centre.
    let calendar = asked.catalog().calendar_of(None);
    let business_date = asked.business_date();
    let ground = Ground { catalog: asked.catalog(), business_date, calendar, meeting_day: None };
    let (terms, rows) = schedule_preview::preview(product, &figures, &ground)?;
    let shown = |row| repayment::preview(row, terms.currency);
    reply::ok(&SchedulePreview { repayments: rows.iter().map(shown).collect() })
}
