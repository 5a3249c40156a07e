//! Transactions of a loan account: everything that moves it.

use loam_app::command::{Address, Command};
use loam_book::custom_field::command::{values_key, with_values_key};
use loam_book::loan::{Loan, transaction as book};
use loam_calc::currency::Currency;

use super::asked::{Asked, At, LoanOutcome};
use super::error::DoorError;
use super::loans;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::movement::{Movement, Setting, Shown, movement, shown};
use super::translate::page::page;
use super::translate::transaction::transaction;
use super::wire::transaction::LoanTransaction;

/// `POST /api/loans/{loan}/transactions`: JSON or form; the `type` says which command.
pub(super) async fn post(At(id): At<String>, asked: Asked) -> Answer {
    let address = asked.loan_address(&id).await?;
    let setting =
        Setting { catalog: asked.catalog(), business_date: asked.business_date(), part: address.part };
    let Movement { command, shown, currency } = movement(&asked.fields()?, setting)?;
    if let Some(currency) = currency {
        require_currency(&asked, &id, currency).await?;
    }
    let stated = asked.stated(&asked.fields()?).await?.unwrap_or_default();
    let outcome = if stated.is_empty() {
        asked.submit_on(address, command).await?
    } else {
        let key = asked.services.desk.new_key(address.part);
        let command = with_values_key(command, key)?;
        let command = Command::LoanWithValues { loan: address, command, values: stated };
        asked.submit_about(command).await?
    };
    answer(&asked, shown, &outcome)
}

/// A caller who is wrong about the currency is wrong about the amount.
async fn require_currency(asked: &Asked, id: &str, currency: Currency) -> Result<(), DoorError> {
    let loan = asked.reached_loan(id).await?;
    if loan.terms.currency == currency {
        return Ok(());
    }
    Err(DoorError::at(ReturnCode::AccountCurrencyNotMatch, "currencyCode"))
}

fn answer(asked: &Asked, how: Shown, outcome: &LoanOutcome) -> Answer {
    let LoanOutcome { business_date, loan, transactions } = outcome;
    if how == Shown::Account {
        return loans::account(loan, *business_date);
    }
    let rows = shown(how, transactions, *business_date);
    let mut rows = rows.into_iter().map(|row| transaction(row, loan, asked.catalog(), false));
    if let Shown::Locks(_) = how {
        return reply::posted(&rows.collect::<Vec<_>>());
    }
    let Some(only) = rows.next() else {
        tracing::error!(loan.id = %loan.key, "a movement left no transaction to show");
        return Err(DoorError::new(ReturnCode::InternalError));
    };
    reply::posted(&only)
}

/// `GET /api/loans/{loan}/transactions`: newest first.
pub(super) async fn list(At(id): At<String>, asked: Asked) -> Answer {
    let query = asked.query()?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let loan = asked.loan(&id).await?;
    let rows = asked.services.reading.store().transactions(loan.part, loan.account_no, page).await?;
    let rows: Vec<(&Loan, &book::LoanTransaction)> = rows.iter().map(|row| (&loan, row)).collect();
    shown_list(&asked, &rows, full_details).await
}

/// Transactions as a list shows them.
pub(super) async fn shown_list(
    asked: &Asked,
    rows: &[(&Loan, &book::LoanTransaction)],
    full_details: bool,
) -> Answer {
    let named = rows.iter().filter(|_| full_details);
    let addresses = named.map(|(loan, row)| Address { part: loan.part, key: values_key(row, loan) });
    let kept = asked.kept_values(addresses.collect()).await?;
    let values = asked.shown(&kept);
    let mut list = Vec::with_capacity(rows.len());
    for (loan, row) in rows {
        list.push(LoanTransaction {
            custom_information: full_details.then(|| values.of(values_key(row, loan))),
            ..transaction(row, loan, asked.catalog(), full_details)
        });
    }
    reply::ok(&list)
}
