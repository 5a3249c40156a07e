//! The reference of the repayments: the same rows and indexes, written by a bare loop in batches as
//! large as the desk's, one connection a lane. Nothing is loaded or decided while the clock runs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use jiff::Timestamp;
use loam_app::changes::{AuditRow, Changes, LoanChange, LogRow, Moved, OutboxRow, TransactionRow};
use loam_app::command::Address;
use loam_app::ports::{Need, WriteStore};
use loam_book::actor::Door;
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{LoanCommand, Repay};
use loam_book::loan::commands::{Accounts, Decided, Decision, decide};
use loam_book::loan::context::{Context, NewIds};
use loam_book::organization::TransactionDetails;
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Calendar;
use loam_store::{DatabaseUrl, Store};

use crate::fill::{BUSINESS_DATE, caller};
use loam_load::stopwatch::{Stopwatch, per_second};

/// The lanes of a server on PostgreSQL; SQLite has one.
const LANES: usize = 2;

/// How many commands and how many batches the book holds, by its audit trail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    commands: i64,
    batches: i64,
}

impl Written {
    pub(crate) async fn count(url: &DatabaseUrl) -> anyhow::Result<Written> {
        let sql = "select count(*), count(distinct recorded_at) from audit";
        match url {
            DatabaseUrl::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path)?;
                let row =
                    |row: &rusqlite::Row<'_>| Ok(Written { commands: row.get(0)?, batches: row.get(1)? });
                Ok(connection.query_row(sql, [], row)?)
            }
            DatabaseUrl::Postgres(config) => {
                let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
                tokio::spawn(connection);
                let row = client.query_one(sql, &[]).await?;
                Ok(Written { commands: row.get(0), batches: row.get(1) })
            }
        }
    }

    /// How many commands a batch held on average since then, rounded.
    pub(crate) fn batch_since(&self, before: &Written) -> usize {
        let (commands, batches) = (self.commands - before.commands, (self.batches - before.batches).max(1));
        usize::try_from((commands + batches / 2) / batches).unwrap_or(1).max(1)
    }
}

/// Writes prepared repayments until the time is over or they are all written.
pub(crate) async fn repayments_per_second(
    url: &DatabaseUrl,
    loans: &[Address],
    batch: usize,
    duration: Duration,
) -> anyhow::Result<u128> {
    let store = Store::open(url, LANES).await.map_err(|error| anyhow!("{error}"))?;
    let mut lanes: Vec<Prepared> = Vec::new();
    let stores = store.lanes().map_err(|error| anyhow!("{error}"))?;
    let count = stores.len();
    for (number, mut writer) in stores.into_iter().enumerate() {
        let mine = loans.iter().filter(|loan| usize::from(loan.part.number()) % count == number);
        let mine: Vec<Address> = mine.copied().take(40_000 / count).collect();
        let batches = prepare(writer.as_mut(), &mine, batch).await?;
        lanes.push(Prepared { writer, batches });
    }
    let stopwatch = Stopwatch::start();
    let written = lanes.into_iter().map(|lane| tokio::spawn(lane.write(stopwatch, duration)));
    let mut total = 0;
    for lane in futures_util::future::join_all(written).await {
        total += lane??;
    }
    Ok(per_second(total, stopwatch.elapsed()))
}

struct Prepared {
    writer: Box<dyn WriteStore>,
    batches: Vec<Changes>,
}

impl Prepared {
    async fn write(mut self, stopwatch: Stopwatch, duration: Duration) -> anyhow::Result<usize> {
        let mut written = 0;
        for changes in &self.batches {
            if stopwatch.elapsed() > duration {
                break;
            }
            self.writer.save(changes).await.map_err(|error| anyhow!("{error}"))?;
            written += changes.loans.len();
        }
        Ok(written)
    }
}

async fn prepare(
    writer: &mut dyn WriteStore,
    loans: &[Address],
    batch: usize,
) -> anyhow::Result<Vec<Changes>> {
    let catalog = writer.load_catalog().await.map_err(|error| anyhow!("{error}"))?;
    let first_id = writer.take_ids(loam_app::ports::IdBlock::Transaction, 1_000_000).await;
    let ids = NewIds {
        key: Key::entity(Part::new(0), 0, 0),
        part: Part::new(0),
        account_no: 0,
        random: 0,
        transaction_id: Cell::new(first_id.map_err(|error| anyhow!("{error}"))?),
        transaction_id_end: i64::MAX,
    };
    let caller = caller();
    let calendar = Calendar::every_day_works();
    let context = Context {
        business_date: BUSINESS_DATE,
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: &caller.actor,
        door: Door::LoanAccounts,
        request_id: "00010a00000000000000000000000000",
        calendar: &calendar,
        catalog: &catalog,
        closed_through: None,
        holder: None,
        other_loans: None,
        ids: &ids,
    };
    let mut batches = Vec::new();
    for addresses in loans.chunks(batch) {
        let need = Need { loans: addresses.to_vec(), ..Need::default() };
        let loaded = writer.load(&need).await.map_err(|error| anyhow!("{error}"))?;
        let in_order: BTreeMap<_, _> = loaded.loans.values().map(|l| ((l.part, l.account_no), l)).collect();
        let mut changes = Changes::default();
        for loan in in_order.into_values().filter(|loan| loan.servicing.state.is_active()) {
            add(&mut changes, loan, repay(loan, &context)?);
        }
        batches.push(changes);
    }
    Ok(batches)
}

fn repay(loan: &Loan, context: &Context<'_>) -> anyhow::Result<Decision> {
    let details = TransactionDetails::default();
    let repay = Repay { amount: StatedAmount("60.00".into()), custom: Vec::new(), value_date: None, details };
    match decide(Accounts { loan: Some(loan), history: None }, &LoanCommand::Repay(repay), context)? {
        Decided::Done(decision) => Ok(*decision),
        Decided::NeedsHistory(_) => Err(anyhow!("a repayment of today needs no history")),
    }
}

fn add(changes: &mut Changes, before: &Loan, decision: Decision) {
    let Decision { loan, entries, transactions, transfers } = decision;
    let (part, account_no) = (loan.part, loan.account_no);
    let pairs = before.servicing.installments.iter().zip(&loan.servicing.installments);
    let touched = pairs.filter(|(old, new)| old != new).map(|(_, new)| new.number).collect();
    for entry in entries {
        changes.outbox.push(OutboxRow {
            part,
            account_no,
            seq: entry.seq,
            event: entry.step.event.name(),
            recorded_at: entry.stamp.recorded_at,
        });
        changes.audit.push(AuditRow {
            part,
            recorded_at: entry.stamp.recorded_at,
            booking_date: entry.stamp.booking_date,
            actor: entry.stamp.actor,
            door: entry.stamp.door,
            request_id: entry.stamp.request_id.clone(),
            command: "repay",
            entity: loan.key,
            before: None,
            after: None,
            is_logged: true,
        });
        changes.entries.push(LogRow { part, account_no, entry });
    }
    let rows = transactions.into_iter().map(|transaction| TransactionRow { part, account_no, transaction });
    changes.transactions.extend(rows);
    changes.transfers.extend(transfers);
    let (next_action_read, moved) = (next_action_on(before), Moved::between(before, &loan));
    let next_action_on = next_action_on(&loan);
    changes.loans.push(LoanChange {
        loan: Arc::new(loan),
        version_read: Some(before.version),
        moved,
        touched: Some(touched),
        next_action_read,
        next_action_on,
    });
}
