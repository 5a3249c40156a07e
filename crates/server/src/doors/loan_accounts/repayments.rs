//! The schedule of a loan account: read, edited by hand.

use std::collections::HashMap;

use loam_app::views::DueFilter;
use loam_book::actor::Permission;
use loam_book::ids::Key;
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

/// `GET /api/repayments`: installments of all accounts by due date.
pub(super) async fn list_due(asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    let query = asked.query()?;
    let page = page(&query)?;
    let (from, to) = (query.date("dueFrom")?, query.date("dueTo")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(DoorError::at(ReturnCode::StartDateAfterEndDate, "dueFrom"));
    }
    let credit_officer = asked.actor().only_own_clients.then_some(asked.actor().user_key);
    let due = DueFilter { from, to, credit_officer, within: asked.branches_of_list(None)? };
    let store = asked.services.reading.store();
    let due = store.installments_due(&due, page).await?;
    let mut loans: HashMap<Key, Loan> = HashMap::new();
    for (address, _) in &due {
        if !loans.contains_key(&address.key) {
            loans.extend(store.loan(*address).await?.map(|loan| (loan.key, loan)));
        }
    }
    let business_date = asked.business_date();
    // Every row is shown as its account shows it.
    let shown = due.iter().filter_map(|(address, number)| {
        let loan = loans.get(&address.key)?;
        let rows = installments(loan, business_date, asked.catalog());
        let row = rows.iter().find(|row| row.number == *number)?;
        Some(repayment(loan, row, business_date))
    });
    reply::ok(&shown.collect::<Vec<_>>())
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
    let edited = edited(&asked, &id).await?;
    let number = installment_number(&row, edited).map_err(DoorError::of_path)?;
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
