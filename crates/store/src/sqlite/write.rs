//! The writing side: one connection, so its futures never wait.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use loam_app::changes::Changes;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::ports::{IdBlock, Loaded, Need, WriteStore};
use loam_app::views::{LoanFilter, Page};
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::portfolio::OrdersBefore;
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::savings::event::SavingsEntry;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::loading::Loading;
use super::{
    SqliteStore, applications, check, clients, custom_values, evening, failed, groups, journal, leads,
    ledger, lines_of_credit, loans, log, market, papers, records, registry, reported_loans, savings, shares,
    state, subjects, transactions,
};
use crate::error::OpenError;
use crate::lists;
use crate::numbers::{FirstNumbers, LaneNumbers, NeededNumbers, foreign_keys};
use crate::rows::client::with_active_loans;
use crate::rows::loan::actions_of;

/// The only writer of a book.
pub(crate) struct SqliteLane {
    connection: Connection,
    numbers: LaneNumbers,
    loading: Loading,
    /// Keeps the file owned as long as it can be written.
    store: Arc<SqliteStore>,
}

impl SqliteLane {
    pub(crate) fn open(store: &Arc<SqliteStore>) -> Result<SqliteLane, OpenError> {
        Ok(SqliteLane::on(store.writer()?, store))
    }

    /// The writer on a connection that was set up for it.
    pub(super) fn on(connection: Connection, store: &Arc<SqliteStore>) -> SqliteLane {
        let (numbers, loading) = (LaneNumbers::none(), Loading::default());
        SqliteLane { connection, numbers, loading, store: Arc::clone(store) }
    }

    /// A transaction that holds the right to write from its beginning, so that it cannot fail for it later.
    fn write<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _turn = self.store.turn();
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // An early return drops the transaction, which rolls it back.
        let written = write(&tx)?;
        tx.commit().map_err(failed)?;
        Ok(written)
    }

    fn numbers_for(&mut self, changes: &Changes) -> Result<FirstNumbers, StoreError> {
        let needed = NeededNumbers::of(changes);
        while let Some((sequence, count)) = self.numbers.wanted(&needed) {
            let first = self.write(|tx| state::take_block(tx, sequence, count))?;
            self.numbers.refill(sequence, first, count);
        }
        Ok(self.numbers.take(needed))
    }
}

#[async_trait]
impl WriteStore for SqliteLane {
    async fn load(&mut self, need: &Need) -> Result<Loaded, StoreError> {
        let tx = self.connection.transaction().map_err(failed)?;
        let found = self.loading.load(&self.store, &tx, &need.loans)?;
        let mut loaded = load(&tx, need)?;
        tx.commit().map_err(failed)?;
        loaded.actions = actions_of(&found);
        loaded.loans = found.into_iter().map(|stored| (stored.loan.key, Arc::from(stored.loan))).collect();
        Ok(loaded)
    }

    async fn load_history(&mut self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        log::select_entries(&self.connection, part, account_no)
    }

    async fn load_savings_history(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Vec<SavingsEntry>, StoreError> {
        savings::select_entries(&self.connection, part, account_no)
    }

    async fn load_loans_of(&mut self, holder: Address) -> Result<Vec<Loan>, StoreError> {
        loans::select_loans(
            &self.connection,
            lists::loan_list(&LoanFilter::of_holder(holder), Page::ALL, '?'),
        )
    }

    async fn load_bookings_of(&mut self, application: Address) -> Result<Vec<Booking>, StoreError> {
        market::select_bookings(&self.connection, lists::bookings_of(application, '?'))
    }

    async fn load_uncommitted_of(&mut self, account: Address) -> Result<Vec<Booking>, StoreError> {
        market::select_bookings(&self.connection, lists::uncommitted_of(account, '?'))
    }

    async fn load_applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, StoreError> {
        market::select_applications(&self.connection, lists::applications_of(borrower, '?'))
    }

    async fn load_application_of(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Application>, StoreError> {
        let found =
            market::select_applications(&self.connection, lists::application_of(part, account_no, '?'))?;
        Ok(found.into_iter().next())
    }

    async fn load_booking(&mut self, part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        let asking = lists::booking_numbered(part, number, '?');
        Ok(market::select_bookings(&self.connection, asking)?.pop())
    }

    async fn load_open_applications(&mut self, asked: &OpenAsked) -> Result<Vec<Application>, StoreError> {
        market::select_applications(&self.connection, lists::open_applications(asked, '?'))
    }

    async fn load_orders_before(&mut self, asked: &OrdersAsked) -> Result<OrdersBefore, StoreError> {
        market::select_orders_before(&self.connection, lists::orders_before(asked, '?'))
    }

    async fn load_catalog(&mut self) -> Result<Catalog, StoreError> {
        records::select_catalog(&self.connection)
    }

    async fn take_ids(&mut self, block: IdBlock, count: i64) -> Result<i64, StoreError> {
        self.write(|tx| state::take_block(tx, block.name(), count))
    }

    async fn save(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let first = self.numbers_for(changes)?;
        self.write(|tx| save(tx, changes, &first))?;
        self.store.remembered().forget_after(changes);
        self.store.committed();
        Ok(())
    }

    async fn quarantine(&mut self, account: Address, reason: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| check::upsert_quarantine(tx, account, reason, at))
    }

    async fn lift_quarantine(&mut self, account: Address) -> Result<(), StoreError> {
        self.write(|tx| check::delete_quarantine(tx, account))
    }
}

fn load(connection: &Connection, need: &Need) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::of_nothing(state::select_state(connection)?);
    for address in &need.loans {
        if check::is_quarantined(connection, *address)? {
            loaded.quarantined.push(address.key);
        }
    }
    for address in &need.clients {
        if let Some(client) = clients::select_client(connection, *address)? {
            loaded.clients.insert(client.key, client);
        }
    }
    for address in &need.groups {
        loaded.groups.extend(groups::select_group(connection, *address)?.map(|group| (group.key, group)));
    }
    for address in need.clients.iter().chain(&need.groups) {
        let held = clients::select_held(connection, *address)?;
        loaded.borrowers.extend(with_active_loans(&held).first());
        loaded.holders.extend(held.first().map(|(holder, _)| *holder));
    }
    for address in &need.ties {
        loaded.tied.extend(clients::select_ties(connection, *address)?);
    }
    for address in &need.applications {
        let found = applications::select_application(connection, *address)?;
        loaded.applications.extend(found.map(|found| (found.key, found)));
    }
    for address in &need.fund_transactions {
        let asking = lists::fund_transaction_keyed(*address, '?');
        let found = market::select_fund_transaction(connection, asking)?;
        loaded.fund_transactions.extend(found.map(|found| (found.key, found)));
    }
    for address in &need.subjects {
        let subject = subjects::select_subject(connection, *address)?;
        loaded.subjects.extend(subject.map(|subject| (subject.key, subject)));
    }
    for address in &need.reported_loans {
        let loan = reported_loans::select_reported_loan(connection, *address)?;
        loaded.reported_loans.extend(loan.map(|loan| (loan.key, loan)));
    }
    for address in &need.savings {
        let account = savings::select_savings(connection, *address)?;
        loaded.savings.extend(account.map(|account| (account.key, account)));
        if check::is_quarantined(connection, *address)? {
            loaded.quarantined.push(address.key);
        }
    }
    if !need.savings.is_empty() {
        loaded.shares = shares::select_shares(connection, lists::shares_waiting(&need.savings, '?'))?;
    }
    for address in &need.lines {
        let line = lines_of_credit::select_line(connection, *address)?;
        loaded.lines.extend(line.map(|line| (line.key, line)));
    }
    for address in &need.papers {
        let paper = papers::select_paper(connection, *address)?;
        loaded.papers.extend(paper.map(|paper| (paper.key, paper)));
    }
    let values = custom_values::select_values(connection, &need.custom_values)?;
    loaded.custom_values.extend(values.into_iter().map(|values| (values.address.key, values)));
    for (part, key) in &need.answers {
        loaded.answers.extend(log::select_answer(connection, *part, key)?);
    }
    Ok(loaded)
}

/// Ids come first: when one is taken, nothing else is tried.
fn save(tx: &Transaction<'_>, changes: &Changes, first: &FirstNumbers) -> Result<(), StoreError> {
    registry::insert_ids(tx, &changes.ids)?;
    registry::insert_foreign_keys(tx, &foreign_keys(changes))?;
    if let Some(change) = &changes.business_date {
        state::update_business_date(tx, change)?;
    }
    records::save_records(tx, &changes.records)?;
    clients::save_clients(tx, &changes.clients)?;
    groups::save_groups(tx, &changes.groups)?;
    clients::delete_clients(tx, &changes.deleted_clients)?;
    groups::delete_groups(tx, &changes.deleted_groups)?;
    loans::save_loans(tx, &changes.loans)?;
    applications::save_applications(tx, &changes.applications)?;
    subjects::save_subjects(tx, &changes.subjects)?;
    reported_loans::save_reported_loans(tx, &changes.reported_loans)?;
    reported_loans::insert_reports(tx, &changes.reports)?;
    leads::save_leads(tx, &changes.leads)?;
    savings::save_settlements(tx, &changes.settlements)?;
    loans::save_guarantors(tx, &changes.guarantors)?;
    savings::save_savings(tx, &changes.savings)?;
    savings::insert_entries(tx, &changes.savings_entries, &first.log)?;
    savings::save_transactions(tx, &changes.savings_transactions)?;
    shares::insert_shares(tx, &changes.investor_shares)?;
    shares::save_credited(tx, &changes.credited_shares)?;
    lines_of_credit::save_lines(tx, &changes.lines)?;
    evening::save_evening(tx, &changes.income_accounts)?;
    evening::save_evening(tx, &changes.provision_accounts)?;
    evening::save_evening(tx, &changes.deposit_interest_accounts)?;
    market::save_bookings(tx, &changes.bookings)?;
    market::save_fund_transactions(tx, &changes.fund_transactions)?;
    market::insert_orders(tx, &changes.booking_orders)?;
    papers::delete_about(tx, &changes.deleted_subjects)?;
    papers::save_papers(tx, &changes.papers)?;
    custom_values::save_values(tx, &changes.custom_values)?;
    log::insert_entries(tx, &changes.entries, &first.log)?;
    transactions::save_transactions(tx, &changes.transactions, &first.log)?;
    journal::insert_transfers(tx, &changes.transfers, first)?;
    ledger::insert_manual_entries(tx, changes, first.of_lines(changes))?;
    ledger::add_to_days(tx, changes)?;
    log::insert_outbox(tx, &changes.outbox)?;
    log::insert_audit(tx, &changes.audit, first.audit)?;
    log::insert_answers(tx, &changes.answers)?;
    registry::delete_ids(tx, &changes.freed_ids)
}
