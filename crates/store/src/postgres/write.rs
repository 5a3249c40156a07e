//! The writing side: a lane and its connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use jiff::Timestamp;
use loam_app::changes::{Changes, LogRow};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::ports::{IdBlock, Loaded, Need, WriteStore};
use loam_app::views::{LoanFilter, Page};
use loam_book::application::Application;
use loam_book::application::booking::Booking;
use loam_book::application::portfolio::OrdersBefore;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::savings::event::SavingsEntry;

use super::pipeline::{Query, Rows, Writes, list, read_all, select, snapshot};
use super::replica::position_now;
use super::{
    PostgresStore, applications, check, clients, custom_values, evening, failed, groups, holders, journal,
    leads, ledger, lines_of_credit, loans, log, market, papers, records, registry, reported_loans, savings,
    shares, state, subjects, transactions,
};
use crate::cells::{Cell, Cursor};
use crate::lists;
use crate::numbers::{FirstNumbers, LaneNumbers, NeededNumbers, foreign_keys};
use crate::rows::answer::read_answer;
use crate::rows::application::read_application;
use crate::rows::book::read_address;
use crate::rows::client::{read_client, read_held, read_ties, together, with_active_loans};
use crate::rows::custom_value::{gathered, read_value};
use crate::rows::group::read_group;
use crate::rows::line_of_credit::read_line;
use crate::rows::loan::actions_of;
use crate::rows::market::{read_booking, read_orders_before};
use crate::rows::paper::read_paper;
use crate::rows::reported_loan::read_reported_loan;
use crate::rows::savings::read_savings;
use crate::rows::subject::read_subject;

/// How long a lane waits before it asks again about a commit whose answer was lost, and how often.
const PAUSE: Duration = Duration::from_millis(500);
const PATIENCE: u32 = 1_200;

/// One of a server's writers.
pub(crate) struct PostgresLane {
    store: Arc<PostgresStore>,
    /// Made on first use, in the lane's own runtime, and again after a loss.
    client: Option<Connected>,
    numbers: LaneNumbers,
    /// How many batches it has loaded.
    batches: u32,
}

/// After how many batches a lane plans its statements anew: about a fiftieth of what they take meanwhile.
const REPLAN: u32 = 16;

/// A row by which it is known that a transaction was committed.
#[derive(Clone, Copy)]
pub(super) enum Witness<'a> {
    Audit(i64, Part),
    /// What the end of a day derives leaves no audit row.
    Entry(&'a LogRow),
}

struct Connected {
    client: ClientWrapper,
    /// The process that serves this connection.
    backend: i64,
}

impl PostgresLane {
    pub(crate) fn new(store: &Arc<PostgresStore>) -> PostgresLane {
        PostgresLane { store: Arc::clone(store), client: None, numbers: LaneNumbers::none(), batches: 0 }
    }

    async fn connected(&mut self) -> Result<&Connected, StoreError> {
        if self.client.as_ref().is_none_or(|connected| connected.client.is_closed()) {
            let client = self.store.lane().await?;
            let rows = select(&client, Query::one("select pg_backend_pid()::bigint", vec![])).await?;
            let backend = Cursor::new("pg_backend_pid()", rows.first().expect("it has one row")).int()?;
            self.client = Some(Connected { client, backend });
        }
        Ok(self.client.as_ref().expect("it was just made"))
    }

    async fn client(&mut self) -> Result<&ClientWrapper, StoreError> {
        Ok(&self.connected().await?.client)
    }

    /// Lets statements be planned anew now and then. A plan that was made while a table was empty may begin with that table,
    /// and reads all of it once it is full.
    async fn plan_anew(&mut self) -> Result<(), StoreError> {
        self.batches = self.batches.wrapping_add(1);
        if self.batches.is_multiple_of(REPLAN) {
            self.client().await?.batch_execute("discard plans").await.map_err(failed)?;
        }
        Ok(())
    }

    async fn numbers_for(&mut self, changes: &Changes) -> Result<FirstNumbers, StoreError> {
        let needed = NeededNumbers::of(changes);
        while let Some((sequence, count)) = self.numbers.wanted(&needed) {
            let first = state::take_block(self.client().await?, sequence, count).await?;
            self.numbers.refill(sequence, first, count);
        }
        Ok(self.numbers.take(needed))
    }

    /// Ends a transaction that failed. A connection on which not even this works is given up.
    async fn roll_back(&mut self) {
        let Some(connected) = &self.client else { return };
        if connected.client.batch_execute("rollback").await.is_err() {
            self.client = None;
        }
    }

    /// The connection went away while the commit was under way: whether it took place is read from
    /// a row of it. Nothing may be decided again before that is known.
    async fn learn_outcome(&mut self, witness: Option<Witness<'_>>, backend: i64) -> Result<(), StoreError> {
        let Some(witness) = witness else {
            return Err(StoreError::OutcomeUnknown("the answer to the commit was lost".to_owned()));
        };
        self.client = None;
        for _ in 0..PATIENCE {
            match self.was_committed(witness, backend).await {
                Ok(Some(true)) => return Ok(()),
                Ok(Some(false)) => {
                    return Err(StoreError::TryAgain("the connection was lost before the commit".to_owned()));
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the outcome of a commit is not known yet"),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(StoreError::OutcomeUnknown("the answer to the commit was lost".to_owned()))
    }

    /// `None` while the process that had the commit still runs.
    async fn was_committed(
        &mut self,
        witness: Witness<'_>,
        backend: i64,
    ) -> Result<Option<bool>, StoreError> {
        let client = self.client().await?;
        let sql = "select pid::bigint from pg_stat_activity
                    where pid::bigint = $1 and pid <> pg_backend_pid() and datname = current_database()";
        let running = select(client, Query::one(sql, vec![Cell::int(backend)])).await?;
        if !running.is_empty() {
            return Ok(None);
        }
        log::is_there(client, witness).await.map(Some)
    }
}

fn read_values(rows: &Rows) -> Result<HashMap<Key, CustomValues>, StoreError> {
    let values = gathered(read_all(rows, read_value)?);
    Ok(values.into_iter().map(|values| (values.address.key, values)).collect())
}

#[async_trait]
impl WriteStore for PostgresLane {
    async fn load(&mut self, need: &Need) -> Result<Loaded, StoreError> {
        self.plan_anew().await?;
        let quarantinable: Vec<Address> = need.loans.iter().chain(&need.savings).copied().collect();
        let queries = [
            state::select_state(),
            loans::select_named(&need.loans),
            check::select_quarantined_among(&quarantinable),
            clients::select_named(&need.clients),
            groups::select_named(&need.groups),
            clients::select_ties(&need.ties),
            clients::select_held(need.clients.iter().chain(&need.groups).copied().collect()),
            applications::select_named(&need.applications),
            market::select_fund_transactions(&need.fund_transactions),
            subjects::select_named(&need.subjects),
            reported_loans::select_named(&need.reported_loans),
            savings::select_named(&need.savings),
            shares::select_waiting(&need.savings, self.store.is_spread()),
            papers::select_named(&need.papers),
            lines_of_credit::select_named(&need.lines),
            log::select_answers(&need.answers, self.store.is_spread()),
            custom_values::select_named(&need.custom_values),
        ];
        let [
            state,
            found,
            quarantined,
            clients,
            groups,
            tied,
            held,
            applied,
            funds,
            subjects,
            reported,
            deposits,
            waiting,
            papers,
            lines,
            answers,
            custom,
        ] = snapshot(self.client().await?, queries).await?;
        let loans = loans::with_installments(self.client().await?, &found).await?;
        let clients = read_all(&clients, read_client)?;
        let held = read_all(&held, read_held)?;
        let applied = read_all(&applied, read_application)?;
        let subjects = read_all(&subjects, read_subject)?;
        let reported = read_all(&reported, read_reported_loan)?;
        Ok(Loaded {
            state: state::read_state_row(&state)?,
            actions: actions_of(&loans),
            loans: loans.into_iter().map(|stored| (stored.loan.key, Arc::from(stored.loan))).collect(),
            clients: clients.into_iter().map(|client| (client.key, client)).collect(),
            groups: read_all(&groups, read_group)?.into_iter().map(|group| (group.key, group)).collect(),
            applications: applied.into_iter().map(|found| (found.key, found)).collect(),
            fund_transactions: market::read_funds(&funds)?,
            subjects: subjects.into_iter().map(|subject| (subject.key, subject)).collect(),
            reported_loans: reported.into_iter().map(|loan| (loan.key, loan)).collect(),
            savings: read_all(&deposits, read_savings)?.into_iter().map(|one| (one.key, one)).collect(),
            shares: shares::read_shares(&waiting)?,
            papers: read_all(&papers, read_paper)?.into_iter().map(|paper| (paper.key, paper)).collect(),
            lines: read_all(&lines, read_line)?.into_iter().map(|line| (line.key, line)).collect(),
            custom_values: read_values(&custom)?,
            tied: together(read_all(&tied, read_ties)?),
            borrowers: with_active_loans(&held),
            holders: held.into_iter().map(|(holder, _)| holder).collect(),
            answers: read_all(&answers, read_answer)?.into_iter().collect(),
            quarantined: read_all(&quarantined, |row| read_address(row).map(|address| address.key))?,
        })
    }

    async fn load_history(&mut self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        log::select_entries(self.client().await?, part, account_no).await
    }

    async fn load_savings_history(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Vec<SavingsEntry>, StoreError> {
        savings::load_entries(self.client().await?, part, account_no).await
    }

    async fn load_loans_of(&mut self, holder: Address) -> Result<Vec<Loan>, StoreError> {
        let asking = lists::loan_list(&LoanFilter::of_holder(holder), Page::ALL, '$');
        let client = self.client().await?;
        let rows = list(client, &asking).await?;
        loans::listed_loans(client, &rows).await
    }

    async fn load_bookings_of(&mut self, application: Address) -> Result<Vec<Booking>, StoreError> {
        let asking = lists::bookings_of(application, '$');
        read_all(&list(self.client().await?, &asking).await?, read_booking)
    }

    async fn load_uncommitted_of(&mut self, account: Address) -> Result<Vec<Booking>, StoreError> {
        let asking = lists::uncommitted_of(account, '$');
        read_all(&list(self.client().await?, &asking).await?, read_booking)
    }

    async fn load_applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, StoreError> {
        let asking = lists::applications_of(borrower, '$');
        list(self.client().await?, &asking).await?.iter().map(read_application).collect()
    }

    async fn load_application_of(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Option<Application>, StoreError> {
        let asking = lists::application_of(part, account_no, '$');
        list(self.client().await?, &asking).await?.first().map(read_application).transpose()
    }

    async fn load_booking(&mut self, part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        let asking = lists::booking_numbered(part, number, '$');
        list(self.client().await?, &asking).await?.first().map(read_booking).transpose()
    }

    async fn load_open_applications(&mut self, asked: &OpenAsked) -> Result<Vec<Application>, StoreError> {
        let asking = lists::open_applications(asked, '$');
        read_all(&list(self.client().await?, &asking).await?, read_application)
    }

    async fn load_orders_before(&mut self, asked: &OrdersAsked) -> Result<OrdersBefore, StoreError> {
        let asking = lists::orders_before(asked, '$');
        let rows = list(self.client().await?, &asking).await?;
        Ok(rows.first().map(read_orders_before).transpose()?.unwrap_or_default())
    }

    async fn load_catalog(&mut self) -> Result<Catalog, StoreError> {
        records::select_catalog(self.client().await?).await
    }

    async fn take_ids(&mut self, block: IdBlock, count: i64) -> Result<i64, StoreError> {
        state::take_block(self.client().await?, block.name(), count).await
    }

    async fn save(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let first = self.numbers_for(changes).await?;
        let writes = writes(changes, &first, self.store.is_spread());
        let store = Arc::clone(&self.store);
        let connected = self.connected().await?;
        let backend = connected.backend;
        if let Err(error) = writes.execute(&connected.client).await {
            self.roll_back().await;
            let is_taken_id = error == StoreError::Duplicate(Vec::new());
            return Err(if is_taken_id { self.taken(changes).await } else { error });
        }
        let Err(error) = commit(&connected.client, &store).await else {
            self.store.remembered().forget_after(changes);
            return Ok(());
        };
        if error.as_db_error().is_some() && !connected.client.is_closed() {
            self.roll_back().await;
            return Err(failed(error));
        }
        let audit = changes.audit.first().map(|row| Witness::Audit(first.audit, row.part));
        let witness = audit.or(changes.entries.first().map(Witness::Entry));
        let learned = self.learn_outcome(witness, backend).await;
        self.store.note_position_now().await;
        self.store.remembered().forget_after(changes);
        learned
    }

    async fn quarantine(&mut self, account: Address, reason: &str, at: Timestamp) -> Result<(), StoreError> {
        check::upsert_quarantine(self.client().await?, account, reason, at).await
    }

    async fn lift_quarantine(&mut self, account: Address) -> Result<(), StoreError> {
        check::delete_quarantine(self.client().await?, account).await
    }
}

impl PostgresLane {
    /// Which ids made the batch fail. One that was freed meanwhile is free for the next round.
    async fn taken(&mut self, changes: &Changes) -> StoreError {
        let asked = match self.client().await {
            Ok(client) => registry::select_taken(client, &changes.ids).await,
            Err(error) => Err(error),
        };
        match asked {
            Ok(ids) if ids.is_empty() => StoreError::VersionConflict,
            Ok(ids) => StoreError::Duplicate(ids),
            Err(error) => error,
        }
    }
}

/// Commits; where somebody reads a replica, the answer to the commit comes with the position that it lies before. A
/// position that does not come makes nothing of the commit undone.
async fn commit(client: &ClientWrapper, store: &PostgresStore) -> Result<(), tokio_postgres::Error> {
    if !store.notes_positions() {
        return client.batch_execute("commit").await;
    }
    let (committed, position) = join(client.batch_execute("commit"), position_now(client)).await;
    match position {
        Ok(position) => store.note(position),
        Err(_) if committed.is_ok() => store.note_position_now().await,
        Err(_) => {}
    }
    committed
}

/// Everything that a batch writes, in order.
fn writes<'a>(changes: &'a Changes, first: &FirstNumbers, is_spread: bool) -> Writes<'a> {
    let mut writes = Writes::new(is_spread);
    registry::insert_ids(&mut writes, &changes.ids);
    registry::insert_foreign_keys(&mut writes, foreign_keys(changes));
    if let Some(change) = &changes.business_date {
        state::update_business_date(&mut writes, change);
    }
    records::save_records(&mut writes, &changes.records);
    clients::save_clients(&mut writes, &changes.clients);
    groups::save_groups(&mut writes, &changes.groups);
    clients::delete_clients(&mut writes, &changes.deleted_clients);
    groups::delete_groups(&mut writes, &changes.deleted_groups);
    holders::keep_holders(&mut writes, changes);
    loans::save_loans(&mut writes, &changes.loans);
    applications::save_applications(&mut writes, &changes.applications);
    subjects::save_subjects(&mut writes, &changes.subjects);
    reported_loans::save_reported_loans(&mut writes, &changes.reported_loans);
    reported_loans::insert_reports(&mut writes, &changes.reports);
    leads::save_leads(&mut writes, &changes.leads);
    savings::save_settlements(&mut writes, &changes.settlements);
    loans::save_guarantors(&mut writes, &changes.guarantors);
    savings::save_savings(&mut writes, &changes.savings);
    savings::insert_entries(&mut writes, &changes.savings_entries, &first.log);
    savings::save_transactions(&mut writes, &changes.savings_transactions);
    shares::insert_shares(&mut writes, &changes.investor_shares);
    shares::save_credited(&mut writes, &changes.credited_shares);
    lines_of_credit::save_lines(&mut writes, &changes.lines);
    evening::save_evening(&mut writes, &changes.income_accounts);
    evening::save_evening(&mut writes, &changes.provision_accounts);
    evening::save_evening(&mut writes, &changes.deposit_interest_accounts);
    market::save_bookings(&mut writes, &changes.bookings);
    market::save_fund_transactions(&mut writes, &changes.fund_transactions);
    market::insert_orders(&mut writes, &changes.booking_orders);
    papers::delete_about(&mut writes, &changes.deleted_subjects);
    papers::save_papers(&mut writes, &changes.papers);
    custom_values::save_values(&mut writes, &changes.custom_values);
    log::insert_entries(&mut writes, &changes.entries, &first.log);
    transactions::save_transactions(&mut writes, &changes.transactions, &first.log);
    journal::insert_transfers(&mut writes, &changes.transfers, first);
    ledger::insert_manual_entries(&mut writes, changes, first.of_lines(changes));
    log::insert_outbox(&mut writes, &changes.outbox);
    log::insert_audit(&mut writes, &changes.audit, first.audit);
    log::insert_answers(&mut writes, &changes.answers);
    registry::delete_ids(&mut writes, &changes.freed_ids);
    // Last: other lanes may wait for these rows.
    ledger::add_to_days(&mut writes, changes);
    writes
}
