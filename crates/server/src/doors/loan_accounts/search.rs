//! Searches of loan accounts, their transactions and clients by what is known of them.

use loam_app::search::clients::search_clients;
use loam_app::search::groups::search_groups;
use loam_app::search::items::ItemSearch;
use loam_app::search::savings::search_savings;
use loam_app::search::savings_transactions::search_savings_transactions;
use loam_app::search::transactions::search_transactions;
use loam_app::search::{LoanSearch, Seen, search_loans};
use loam_app::views::Page;
use loam_book::actor::Permission;
use loam_book::custom_field::CustomFieldType;
use loam_book::loan::Loan;

use super::asked::Asked;
use super::error::DoorError;
use super::reply::Answer;
use super::translate::search::{CustomFields, Today, item_search, loan_search};
use super::{clients, groups, loans, savings, transactions, translate};

pub(super) fn today(asked: &Asked) -> Today {
    Today { business_date: asked.business_date(), now: asked.services.clock.now() }
}

fn custom(asked: &Asked, of: CustomFieldType) -> CustomFields<'_> {
    CustomFields { catalog: asked.catalog(), actor: asked.actor(), of }
}

/// Only what the caller may see.
pub(super) fn reached<F>(asked: &Asked, search: ItemSearch<F>) -> Result<ItemSearch<F>, DoorError> {
    Ok(ItemSearch { credit_officer: asked.own_officer(), within: asked.branches_of_list(None)?, ..search })
}

/// `POST /api/clients/search`.
pub(super) async fn of_clients(asked: Asked) -> Answer {
    asked.require(Permission::ViewClientDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let selections = translate::search::clients::selections(custom(&asked, CustomFieldType::ClientInfo));
    let search = item_search(&asked.fields()?, &selections, today(&asked))?;
    let search = reached(&asked, search)?;
    let store = asked.services.reading.store();
    let views = search_clients(store, &search, asked.business_date(), page).await?;
    clients::shown_list(&asked, &views, full_details).await
}

/// `POST /api/groups/search`.
pub(super) async fn of_groups(asked: Asked) -> Answer {
    asked.require(Permission::ViewGroupDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let selections = translate::search::groups::selections(custom(&asked, CustomFieldType::GroupInfo));
    let search = item_search(&asked.fields()?, &selections, today(&asked))?;
    let search = reached(&asked, search)?;
    let store = asked.services.reading.store();
    let views = search_groups(store, &search, asked.business_date(), page).await?;
    groups::shown_list(&asked, &views, full_details).await
}

/// `POST /api/savings/search`.
pub(super) async fn of_savings(asked: Asked) -> Answer {
    asked.require(Permission::ViewSavingsAccountDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let selections =
        translate::search::savings::selections(custom(&asked, CustomFieldType::SavingsAccountInfo));
    let search = item_search(&asked.fields()?, &selections, today(&asked))?;
    let search = reached(&asked, search)?;
    let accounts = search_savings(asked.services.reading.store(), &search, asked.catalog(), page).await?;
    savings::shown_list(&asked, &accounts, full_details).await
}

/// `POST /api/savings/transactions/search`: the newest first, unless another order is asked for.
pub(super) async fn of_savings_transactions(asked: Asked) -> Answer {
    asked.require(Permission::ViewSavingsAccountDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let fields = custom(&asked, CustomFieldType::TransactionChannelInfo);
    let selections = translate::search::savings_transactions::selections(fields);
    let search = item_search(&asked.fields()?, &selections, today(&asked))?;
    let search = reached(&asked, search)?;
    let store = asked.services.reading.store();
    let found = search_savings_transactions(store, &search, asked.catalog(), page).await?;
    let rows: Vec<_> = found.iter().map(|(account, row)| (account, row)).collect();
    savings::shown_transactions(&asked, &rows, full_details).await
}

/// `POST /api/loans/transactions/search`: the newest first, unless another order is asked for.
pub(super) async fn of_transactions(asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let fields = custom(&asked, CustomFieldType::TransactionChannelInfo);
    let selections = translate::search::transactions::selections(fields);
    let search = item_search(&asked.fields()?, &selections, today(&asked))?;
    let search = reached(&asked, search)?;
    let catalog = asked.catalog();
    let found = search_transactions(asked.services.reading.store(), &search, catalog, page).await?;
    let rows: Vec<_> = found.iter().map(|(loan, row)| (loan, row)).collect();
    transactions::shown_list(&asked, &rows, full_details).await
}

/// `POST /api/loans/search`: the accounts of which all constraints hold, in pages.
pub(super) async fn of_loans(asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let search =
        loan_search(&asked.fields()?, custom(&asked, CustomFieldType::LoanAccountInfo), today(&asked))?;
    let search =
        LoanSearch { credit_officer: asked.own_officer(), within: asked.branches_of_list(None)?, ..search };
    let loans = found(&asked, &search, page).await?;
    loans::shown_list(&asked, &loans, full_details).await
}

/// Loans that a search finds, as the caller may see them.
pub(super) async fn found(asked: &Asked, search: &LoanSearch, page: Page) -> Result<Vec<Loan>, DoorError> {
    let state = &asked.now.state;
    let seen =
        Seen { business_date: state.business_date, currency: state.currency, catalog: asked.catalog() };
    Ok(search_loans(asked.services.reading.store(), search, seen, page).await?)
}
