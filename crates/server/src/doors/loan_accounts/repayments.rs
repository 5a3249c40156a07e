//! The schedule of a loan account.

use super::asked::{Asked, At};
use super::reply::{self, Answer};
use super::translate::page::{page, slice};
use super::translate::repayment::{installments, repayment};

/// `GET /api/loans/{loan}/repayments`: by due date.
pub(super) async fn list(At(id): At<String>, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let loan = asked.loan(&id).await?;
    let rows = installments(&loan, asked.business_date(), asked.catalog());
    let shown = |row| repayment(&loan, row, asked.business_date());
    reply::ok(&slice(rows.iter(), page).map(shown).collect::<Vec<_>>())
}
