//! The schedule of a loan account: read, edited by hand.

use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;

use super::asked::{Asked, At, LoanOutcome};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::page::{page, slice};
use super::translate::repayment::{installments, repayment};
use super::translate::schedule_edit::{Edited, installment_number, schedule_edit};

/// `GET /api/loans/{loan}/repayments`: by due date.
pub(super) async fn list(At(id): At<String>, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let loan = asked.loan(&id).await?;
    let rows = installments(&loan, asked.business_date(), asked.catalog());
    let shown = |row| repayment(&loan, row, asked.business_date());
    reply::ok(&slice(rows.iter(), page).map(shown).collect::<Vec<_>>())
}

/// `PATCH /api/loans/{loan}/repayments`: answered with the whole schedule.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let edited = edited(&asked, &id).await?;
    let command = schedule_edit(&asked.fields()?, edited)?;
    let LoanOutcome { loan, business_date, .. } = asked.submit_on_loan(&id, command).await?;
    let rows = installments(&loan, business_date, asked.catalog());
    reply::ok(&rows.iter().map(|row| repayment(&loan, row, business_date)).collect::<Vec<_>>())
}

/// `DELETE /api/loans/{loan}/repayments/{repayment}`.
pub(super) async fn delete(At((id, row)): At<(String, String)>, asked: Asked) -> Answer {
    let number = installment_number(&row, edited(&asked, &id).await?)?;
    asked.submit_on_loan(&id, LoanCommand::DeleteInstallment { number }).await?;
    reply::success()
}

/// The account of the path; who may change it, the book says.
async fn edited(asked: &Asked, id: &str) -> Result<Edited, DoorError> {
    let address = asked.loan_address(id).await?;
    let unknown = || DoorError::not_found(ReturnCode::InvalidLoanAccountId);
    let loan: Loan = asked.services.reading.store().loan(address).await?.ok_or_else(unknown)?;
    Ok(Edited { part: loan.part, account_no: loan.account_no, key: loan.key })
}
