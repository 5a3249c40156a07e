//! Deliveries of a book whose tables are spread by part. Rows of several parts cannot be locked together there: what is to
//! be done is looked for everywhere without a lock, and done part by part.

use deadpool_postgres::ClientWrapper;
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::civil::Date;
use loam_app::error::StoreError;
use loam_app::ports::Delivery;
use loam_book::ids::{Key, Part};

use super::pipeline::{Query, execute, read_all, select};
use crate::cells::{Cell, Cursor};
use crate::rows::delivery::{
    changed_accounts, delivery_columns, nothing_expected, raise_delivery, read_delivery,
};

/// Takes outbox rows and makes deliveries of them, the parts with the oldest rows first; gives how many it took.
pub(super) async fn fan_out(
    client: &ClientWrapper,
    recipients: &Cell<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<i64, StoreError> {
    let sql = "select part from outbox group by part order by min(recorded_at), part limit $1";
    let mut taken = 0;
    for part in parts(client, Query::one(sql, vec![Cell::int(limit)])).await? {
        if taken >= limit {
            break;
        }
        let left = Cell::int(limit - taken);
        let row = vec![recipients.clone(), Cell::instant(now), left, Cell::part(part)];
        taken += counted(execute(client, Query::one(TAKE_OUTBOX, row)).await?);
    }
    Ok(taken)
}

/// The values are the recipients, the instant, how many rows are taken, and the part.
const TAKE_OUTBOX: &str = concat!(
    "with taken as materialized (
        select recorded_at, part, account_no, seq, event from outbox where part = $4
         order by recorded_at, account_no, seq limit $3 for update skip locked),
     changed as (",
    changed_accounts!(" and loan_account.part = $4", " and reported_loan.part = $4"),
    "),
     raised as (
        insert into delivery (part, target_key, account_no, account_key, sent_seq, wanted_seq, attempts,
                              next_attempt_at, claimed_until, is_dead, last_error)
        select changed.part, recipient.value ->> 1, changed.account_no, changed.account_key, 0, changed.seq, 0,
               $2::bigint, null, 0, null
          from changed join json_array_elements($1::text::json) as recipient (value)
                         on (recipient.value ->> 0) is not distinct from changed.organization
         order by recipient.value ->> 1, changed.account_no ",
    raise_delivery!(),
    ")
     delete from outbox using taken
      where outbox.part = $4 and outbox.recorded_at = taken.recorded_at
        and outbox.account_no = taken.account_no and outbox.seq = taken.seq"
);

/// A delivery whose time has come: since when, whose, and of which account.
type Due = (i64, String, i64, Part);

/// Claims deliveries, each by itself; one that another worker claims meanwhile is left to it.
pub(super) async fn claim(
    client: &ClientWrapper,
    listeners: &[(Key, i64)],
    (now, lease_until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let mut due: Vec<Due> = Vec::new();
    for (listener, most) in listeners {
        let sql = "select next_attempt_at, target_key, account_no, part from delivery
                    where target_key = $1 and next_attempt_at <= $2
                      and (claimed_until is null or claimed_until <= $2)
                    order by next_attempt_at, account_no, part limit $3";
        let row = vec![Cell::key(*listener), Cell::instant(now), Cell::int(*most)];
        due.extend(read_all(&select(client, Query::one(sql, row)).await?, read_due)?);
    }
    due.sort_unstable();
    due.truncate(usize::try_from(limit).unwrap_or_default());
    let claims = due.iter().map(|due| claim_one(client, due, (now, lease_until)));
    let mut claimed = Vec::with_capacity(due.len());
    for found in join_all(claims).await {
        claimed.extend(found?);
    }
    Ok(claimed)
}

async fn claim_one(
    client: &ClientWrapper,
    (_, target, account_no, part): &Due,
    (now, lease_until): (Timestamp, Timestamp),
) -> Result<Option<Delivery>, StoreError> {
    let sql = concat!(
        "update delivery set claimed_until = $5
          where part = $1 and target_key = $2 and account_no = $3 and next_attempt_at <= $4
            and (claimed_until is null or claimed_until <= $4)
         returning ",
        delivery_columns!()
    );
    let row = vec![
        Cell::part(*part),
        Cell::text(target),
        Cell::int(*account_no),
        Cell::instant(now),
        Cell::instant(lease_until),
    ];
    select(client, Query::one(sql, row)).await?.first().map(read_delivery).transpose()
}

/// Tells targets again how loans stand on a day; gives how many.
pub(super) async fn raise_due(
    client: &ClientWrapper,
    targets: &[Key],
    (from, to): (Date, Date),
    now: Timestamp,
) -> Result<i64, StoreError> {
    let targets = Cell::json(&targets);
    let sql = "select distinct part from delivery
                where target_key in (select value from json_array_elements_text($1::text::json)) order by part";
    let mut raised = 0;
    for part in parts(client, Query::one(sql, vec![targets.clone()])).await? {
        let [from, to] = [from, to].map(Cell::date);
        let row = vec![targets.clone(), from, to, Cell::instant(now), Cell::part(part)];
        raised += counted(execute(client, Query::one(RAISE_DUE, row)).await?);
    }
    Ok(raised)
}

/// The values are the targets, the range of days, the instant, and the part.
const RAISE_DUE: &str = concat!(
    "with due as materialized (
               select account_no from installment
                where part = $5 and due_date >= $2 and due_date <= $3 and repaid_on is null and (due_date < $3 or ",
    nothing_expected!(),
    ")
                union
               select account_no from installment
                where part = $5 and due_date > $2 and due_date <= $3 and repaid_on is not null
                  and repaid_on < due_date),
            told as materialized (
               select delivery.target_key, delivery.account_no
                 from due join json_array_elements_text($1::text::json) as target (key) on true
                 join delivery on delivery.target_key = target.key and delivery.account_no = due.account_no
                where delivery.part = $5 and delivery.is_dead = 0
                  and (delivery.next_attempt_at is null or delivery.claimed_until is not null)
                order by delivery.target_key, delivery.account_no
                  for update of delivery)
           update delivery set next_attempt_at = coalesce(delivery.next_attempt_at, $4::bigint),
                               claimed_until = delivery.claimed_until - 1
             from told
            where delivery.part = $5 and delivery.target_key = told.target_key
              and delivery.account_no = told.account_no"
);

async fn parts(client: &ClientWrapper, query: Query<'_>) -> Result<Vec<Part>, StoreError> {
    read_all(&select(client, query).await?, |row| Cursor::new("delivery", row).part())
}

fn read_due(row: &tokio_postgres::Row) -> Result<Due, StoreError> {
    let mut cursor = Cursor::new("delivery", row);
    Ok((cursor.int()?, cursor.string()?, cursor.int()?, cursor.part()?))
}

fn counted(rows: u64) -> i64 {
    i64::try_from(rows).expect("a table has fewer than 2^63 rows")
}
