//! The reading side, on connections of a pool.

use std::sync::Arc;

use async_trait::async_trait;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{BookState, ReadStore};
use loam_app::views::{ClientFilter, ClientView, LoanFilter, Page};
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::transaction::LoanTransaction;

use super::pipeline::select;
use super::{PostgresStore, clients, loans, log, records, registry, state, transactions};

/// Reads with connections of the pool.
pub(crate) struct PostgresReader(pub(crate) Arc<PostgresStore>);

#[async_trait]
impl ReadStore for PostgresReader {
    async fn state(&self) -> Result<BookState, StoreError> {
        self.0.state().await
    }

    async fn catalog(&self) -> Result<Catalog, StoreError> {
        records::select_catalog(&*self.0.reader().await?).await
    }

    async fn resolve(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        registry::select_address(&*self.0.reader().await?, kind, id_or_key).await
    }

    async fn loan(&self, address: Address) -> Result<Option<Loan>, StoreError> {
        loans::select_loan(&*self.0.reader().await?, address).await
    }

    async fn loans(&self, filter: &LoanFilter, page: Page) -> Result<Vec<Loan>, StoreError> {
        loans::select_loans(&*self.0.reader().await?, filter, page).await
    }

    async fn client(&self, address: Address) -> Result<Option<ClientView>, StoreError> {
        clients::select_view(&*self.0.reader().await?, address).await
    }

    async fn clients(&self, filter: &ClientFilter, page: Page) -> Result<Vec<ClientView>, StoreError> {
        clients::select_views(&*self.0.reader().await?, filter, page).await
    }

    async fn transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<LoanTransaction>, StoreError> {
        transactions::select_transactions(&*self.0.reader().await?, (part, account_no), page).await
    }

    async fn history(&self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        log::select_entries(&*self.0.reader().await?, part, account_no).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        select(&*self.0.reader().await?, state::select_state()).await.map(|_| ())
    }
}
