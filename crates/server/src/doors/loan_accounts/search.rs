//! `POST /api/loans/search`: loan accounts by what is known of them.

use loam_app::search::{LoanSearch, Seen, search_loans};
use loam_book::actor::Permission;

use super::asked::Asked;
use super::reply::{self, Answer};
use super::translate;
use super::translate::search::Today;

/// The accounts of which all constraints hold, in pages.
pub(super) async fn loans(asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanAccountDetails)?;
    let query = asked.query()?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let today = Today { business_date: asked.business_date(), now: asked.services.clock.now() };
    let search = translate::search::loan_search(&asked.fields()?, today)?;
    // Whoever may not see other officers' clients finds none of them.
    let credit_officer = asked.actor().only_own_clients.then_some(asked.actor().user_key);
    let branches = asked.branches_of_list(None)?;
    let search = LoanSearch { credit_officer, branches, ..search };
    let state = &asked.now.state;
    let seen =
        Seen { business_date: state.business_date, currency: state.currency, catalog: asked.catalog() };
    let loans = search_loans(asked.services.reading.store(), &search, seen, page).await?;
    let shown = |loan| translate::loan::loan_account(loan, asked.business_date(), full_details);
    reply::ok(&loans.iter().map(shown).collect::<Vec<_>>())
}
