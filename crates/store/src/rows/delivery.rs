//! `delivery`.

use jiff::Timestamp;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Delivery, DeliveryCounts, Replay};
use loam_book::ids::Key;

use crate::cells::{Cell, Columns, Cursor, Row};

/// The columns of `delivery` that make a [`Delivery`].
macro_rules! delivery_columns {
    () => {
        "part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts, next_attempt_at,
         claimed_until, is_dead, last_error"
    };
}

/// The accounts that the outbox rows `taken` are about, each with its latest change. A deleted loan has no row, and
/// of it nothing is told.
macro_rules! changed_accounts {
    () => {
        changed_accounts!("", "")
    };
    // With more conditions on the loan, and on the reported loan.
    ($of_loan:literal, $of_reported:literal) => {
        concat!(
            "select taken.part, taken.account_no, loan_account.loan_key as account_key,
                    cast(null as text) as organization, max(taken.seq) as seq
               from taken join loan_account on loan_account.part = taken.part
                                           and loan_account.account_no = taken.account_no
              where taken.event <> 'reported'",
            $of_loan,
            " group by taken.part, taken.account_no, loan_account.loan_key
              union all
             select taken.part, taken.account_no, reported_loan.loan_key, reported_loan.organization, max(taken.seq)
               from taken join reported_loan on reported_loan.part = taken.part
                                            and reported_loan.account_no = taken.account_no
              where taken.event = 'reported'",
            $of_reported,
            " group by taken.part, taken.account_no, reported_loan.loan_key, reported_loan.organization"
        )
    };
}

/// What becomes of a delivery when there is more to tell: it is due at once, unless it was given up. One that
/// failed waits its time all the same: news does not make a target come back sooner. A number below zero names no
/// entry: the loan stands otherwise without one, and a worker that is telling may have read it before, so what that
/// one says does not count.
macro_rules! raise_delivery {
    () => {
        "on conflict (target_key, account_no, part) do update
            set wanted_seq = case when excluded.wanted_seq < 0 then delivery.wanted_seq
                                  else excluded.wanted_seq end,
                claimed_until = case when excluded.wanted_seq < 0 then delivery.claimed_until - 1
                                     else delivery.claimed_until end,
                next_attempt_at = case when delivery.is_dead = 1 then null
                                       when delivery.next_attempt_at < excluded.next_attempt_at
                                            or (delivery.attempts > 0 and delivery.next_attempt_at is not null)
                                       then delivery.next_attempt_at
                                       else excluded.next_attempt_at end
          where excluded.wanted_seq > delivery.wanted_seq or excluded.wanted_seq < 0"
    };
}

/// What a replay sets. A claim goes on, because its worker has the target's ear, but under another name, so that
/// what the worker says afterwards does not count.
macro_rules! told_again {
    () => {
        "attempts = 0, is_dead = 0, claimed_until = claimed_until - 1"
    };
}

/// An installment of which nothing is to be paid.
macro_rules! nothing_expected {
    () => {
        "principal_expected_minor + interest_expected_minor + fees_expected_minor + penalties_expected_minor = 0"
    };
}

pub(crate) use {changed_accounts, delivery_columns, nothing_expected, raise_delivery, told_again};

/// 1 when only what was given up is told again.
pub(crate) fn only_dead<'a>(what: Replay) -> Cell<'a> {
    Cell::int(match what {
        Replay::FromTheBeginning => 0,
        Replay::GivenUp => 1,
    })
}

/// Reads [`delivery_columns`].
pub(crate) fn read_delivery(row: &impl Columns) -> Result<Delivery, StoreError> {
    let mut row = Cursor::new("delivery", row);
    let part = row.part()?;
    Ok(Delivery {
        target: row.key()?,
        account_no: row.int()?,
        account: Address { part, key: row.key()? },
        sent_seq: row.int()?,
        wanted_seq: row.int()?,
        attempts: row.int()?,
        next_attempt_at: row.maybe_instant()?,
        claimed_until: row.maybe_instant()?,
        is_dead: row.flag()?,
        last_error: row.maybe_string()?,
    })
}

/// Who is told what, as JSON: an organization whose reports, or none for the serviced loans, and who is told.
pub(crate) fn recipients<'a>(targets: &[Key], webhooks: &[(String, Key)]) -> Cell<'a> {
    let targets = targets.iter().map(|target| (None, *target));
    let webhooks = webhooks.iter().map(|(organization, webhook)| (Some(organization.as_str()), *webhook));
    Cell::json(&targets.chain(webhooks).collect::<Vec<_>>())
}

/// The key, then the end of the claim, which a row must still show to be as it was claimed.
fn claimed_cells<'a>(delivery: &Delivery) -> [Cell<'a>; 4] {
    [
        Cell::key(delivery.target),
        Cell::int(delivery.account_no),
        Cell::part(delivery.account.part),
        Cell::maybe_instant(delivery.claimed_until),
    ]
}

/// The claimed row, up to where the target was told, and the instant.
pub(crate) fn delivered_row<'a>(delivery: &Delivery, seq: i64, now: Timestamp) -> Row<'a> {
    let mut row = Row::from(claimed_cells(delivery));
    row.extend([Cell::int(seq), Cell::instant(now)]);
    row
}

/// The claimed row, the error, when to try again, and whether it is given up.
pub(crate) fn failed_row<'a>(delivery: &Delivery, error: &'a str, again_at: Option<Timestamp>) -> Row<'a> {
    let mut row = Row::from(claimed_cells(delivery));
    let is_dead = Cell::int(i64::from(again_at.is_none()));
    row.extend([Cell::text(error), Cell::maybe_instant(again_at), is_dead]);
    row
}

/// The claimed row, and until when nobody takes it.
pub(crate) fn postponed_row<'a>(delivery: &Delivery, until: Timestamp) -> Row<'a> {
    let mut row = Row::from(claimed_cells(delivery));
    row.push(Cell::instant(until));
    row
}

/// Reads how many wait, how many were given up, and how many rows of the outbox were not taken.
pub(crate) fn read_counts(row: &impl Columns) -> Result<DeliveryCounts, StoreError> {
    let mut row = Cursor::new("delivery", row);
    Ok(DeliveryCounts { waiting: row.int()?, dead: row.int()?, unread: row.int()? })
}
