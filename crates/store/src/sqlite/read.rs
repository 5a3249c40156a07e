//! The reading side: short reads at once, lists on a thread where waiting harms nobody.

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

use super::{SqliteStore, clients, loans, log, read_aside, records, registry, state, transactions};

/// Reads with connections of its own.
pub(crate) struct SqliteReader(pub(crate) Arc<SqliteStore>);

#[async_trait]
impl ReadStore for SqliteReader {
    async fn state(&self) -> Result<BookState, StoreError> {
        self.0.state()
    }

    async fn catalog(&self) -> Result<Catalog, StoreError> {
        self.0.with_reader(records::select_catalog)
    }

    async fn resolve(&self, kind: IdKind, id_or_key: &str) -> Result<Option<Address>, StoreError> {
        self.0.with_reader(|connection| registry::select_address(connection, kind, id_or_key))
    }

    async fn loan(&self, address: Address) -> Result<Option<Loan>, StoreError> {
        self.0.with_reader(|connection| loans::select_loan(connection, address))
    }

    async fn loans(&self, filter: &LoanFilter, page: Page) -> Result<Vec<Loan>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| loans::select_loans(connection, &filter, page)).await
    }

    async fn client(&self, address: Address) -> Result<Option<ClientView>, StoreError> {
        self.0.with_reader(|connection| clients::select_view(connection, address))
    }

    async fn clients(&self, filter: &ClientFilter, page: Page) -> Result<Vec<ClientView>, StoreError> {
        let filter = filter.clone();
        read_aside(&self.0, move |connection| clients::select_views(connection, &filter, page)).await
    }

    async fn transactions(
        &self,
        part: Part,
        account_no: i64,
        page: Page,
    ) -> Result<Vec<LoanTransaction>, StoreError> {
        let account = (part, account_no);
        self.0.with_reader(|connection| transactions::select_transactions(connection, account, page))
    }

    async fn history(&self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        self.0.with_reader(|connection| log::select_entries(connection, part, account_no))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.with_reader(|connection| state::select_state(connection).map(|_| ()))
    }
}
