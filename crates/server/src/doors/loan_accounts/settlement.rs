//! Deposit accounts from which a loan is paid, and loans that an account funds.

use std::collections::HashMap;

use loam_app::command::{Address, Command};
use loam_app::error::StoreError;
use loam_book::actor::Permission;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::savings::{HoldKind, Savings};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::page::{page, slice};
use super::translate::repayment::{installments, repayment};
use super::{loans, savings};

/// `POST /api/loans/{loan}/settlementAccounts/{savings}`.
pub(super) async fn link(At((loan, account)): At<(String, String)>, asked: Asked) -> Answer {
    set(&asked, (&loan, &account), true).await
}

/// `DELETE /api/loans/{loan}/settlementAccounts/{savings}`.
pub(super) async fn unlink(At((loan, account)): At<(String, String)>, asked: Asked) -> Answer {
    set(&asked, (&loan, &account), false).await
}

async fn set(asked: &Asked, (loan, account): (&str, &str), is_linked: bool) -> Answer {
    let loan = asked.loan_address(loan).await?;
    let account = savings::address(asked, account).await?;
    asked.submit(Command::SetSettlement { loan, account, is_linked }).await?;
    reply::success()
}

/// The deposit accounts that pay for loans and that the caller may see, by their keys.
pub(super) struct Settling(HashMap<Key, Savings>);

impl Settling {
    /// Reads those of some loans.
    pub(super) async fn of(asked: &Asked, loans: &[&Loan]) -> Result<Settling, StoreError> {
        let mut found = HashMap::new();
        if !asked.actor().may(Permission::ViewSavingsAccountDetails) {
            return Ok(Settling(found));
        }
        let linked = loans.iter().flat_map(|loan| &loan.servicing.course.settlement_accounts);
        for address in linked {
            if found.contains_key(&address.key) {
                continue;
            }
            let account = asked.services.reading.store().savings(*address).await?;
            if let Some(account) = account.filter(|account| asked.reaches(&account.assignment)) {
                found.insert(address.key, account);
            }
        }
        Ok(Settling(found))
    }

    /// Those of one loan, in the order of linking.
    pub(super) fn accounts(&self, loan: &Loan) -> Vec<&Savings> {
        let linked = &loan.servicing.course.settlement_accounts;
        linked.iter().filter_map(|address| self.0.get(&address.key)).collect()
    }
}

/// `GET /api/savings/{savings}/funding`: loans that count on the account's money as a fund, as far as
/// the caller may see them.
pub(super) async fn funding(At(id): At<String>, asked: Asked) -> Answer {
    let query = asked.query()?;
    let full_details = query.flag("fullDetails")?;
    let page = page(&query)?;
    let account = savings::account(&asked, &id).await?;
    asked.require(Permission::ViewLoanAccountDetails)?;
    let mut loans = Vec::new();
    for address in funded(&account) {
        let loan = asked.services.reading.store().loan(address).await?;
        loans.extend(loan.filter(|loan| asked.reaches(&loan.assignment)));
    }
    let loans: Vec<Loan> = slice(loans.iter(), page).cloned().collect();
    loans::shown_list(&asked, &loans, full_details).await
}

fn funded(account: &Savings) -> Vec<Address> {
    let funds = account.holds.iter().filter(|hold| hold.kind == HoldKind::Fund);
    funds.map(|hold| hold.loan).collect()
}

/// `GET /api/savings/{savings}/funding/{loan}/repayments`: the schedule of a funded loan.
pub(super) async fn funded_repayments(At((id, loan)): At<(String, String)>, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let account = savings::account(&asked, &id).await?;
    let loan = asked.loan(&loan).await?;
    if !funded(&account).iter().any(|funded| funded.key == loan.key) {
        return Err(DoorError::new(ReturnCode::LoanAccountNotFundedBySavingsAccount));
    }
    let rows = installments(&loan, asked.business_date(), asked.catalog());
    let shown = |row| repayment(&loan, row, asked.business_date());
    reply::ok(&slice(rows.iter(), page).map(shown).collect::<Vec<_>>())
}
