//! `investor_share`.

use deadpool_postgres::ClientWrapper;
use jiff::civil::Date;
use loam_app::changes::CreditedShare;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::savings::Savings;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::statement::AccountSince;

use super::pipeline::{Query, Rows, Writes, read_all, select, snapshot};
use super::savings;
use crate::cells::{Cell, Row};
use crate::rows::savings::{read_savings, read_savings_transaction};
use crate::rows::share::{
    self as rows, credited_row, investors, read_share, read_waiting, share_columns, share_row,
};

pub(super) fn insert_shares<'a>(writes: &mut Writes<'a>, shares: &'a [InvestorShare]) {
    let sql = concat!(
        "insert into investor_share (",
        share_columns!(),
        ") select * from unnest(
             $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
             $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[])"
    );
    writes.all(sql, shares.iter().map(share_row).collect());
}

/// Marks shares that were credited, each only if it still waits.
pub(super) fn save_credited<'a>(writes: &mut Writes<'a>, credited: &'a [CreditedShare]) {
    // The test of what waits must not lead: the index of that is read whole where few rows were expected to wait.
    let sql = "update investor_share as s set credited_by = t.credited_by
                 from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
                   as t (part, account_no, fund_key, transaction_id, credited_by)
                where s.part = t.part and s.account_no = t.account_no and s.fund_key = t.fund_key
                  and s.transaction_id = t.transaction_id and coalesce(s.credited_by, 0) = 0";
    writes.all(sql, credited.iter().map(credited_row).collect());
}

/// What waits to be credited to deposit accounts. Shares of an account lie in all parts; where tables are spread, no
/// account may be looked up for itself, and the planner of one machine does not choose.
pub(super) fn select_waiting<'a>(accounts: &[Address], is_spread: bool) -> Query<'a> {
    let everywhere = concat!(
        "select ",
        share_columns!(),
        " from investor_share
          where account_key in (select * from unnest($1::text[])) and credited_by is null
          order by recorded_at, transaction_id"
    );
    let sql = concat!(
        "select s.* from unnest($1::text[]) as t (account_key)
           cross join lateral (select ",
        share_columns!(),
        " from investor_share where investor_share.account_key = t.account_key and credited_by is null
             order by recorded_at, transaction_id offset 0) as s"
    );
    Query::many(
        if is_spread { everywhere } else { sql },
        accounts.iter().map(|account| vec![Cell::key(account.key)]).collect(),
    )
}

/// Those of the loans between two, both included.
pub(super) fn select_shares_between<'a>(bounds: &Row<'a>) -> Query<'a> {
    let sql = concat!(
        "select ",
        share_columns!(),
        " from investor_share where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)"
    );
    Query::one(sql, bounds.clone())
}

/// What shares say was credited to the deposit accounts with these keys.
pub(super) fn select_credits<'a>(accounts: &[Key]) -> Query<'a> {
    let sql = "select account_key, credited_by, cast(sum(cash_minor) as bigint),
                      cast(sum(invested_minor) as bigint)
                 from investor_share
                where account_key in (select * from unnest($1::text[])) and credited_by is not null
                group by account_key, credited_by";
    Query::many(sql, accounts.iter().map(|account| vec![Cell::key(*account)]).collect())
}

pub(super) fn read_shares(rows: &Rows) -> Result<Vec<InvestorShare>, StoreError> {
    read_all(rows, read_share)
}

/// The accounts with what waits for them, both of one instant.
pub(super) async fn counted(
    client: &ClientWrapper,
    accounts: Vec<Savings>,
    is_spread: bool,
) -> Result<Vec<Savings>, StoreError> {
    let investors = investors(&accounts);
    if investors.is_empty() {
        return Ok(accounts);
    }
    let [now, waiting] =
        snapshot(client, [savings::select_named(&investors), select_sums(&investors, is_spread)]).await?;
    Ok(rows::counted(accounts, read_all(&now, read_savings)?, read_all(&waiting, read_waiting)?))
}

/// What waits for each of these accounts; where tables are spread, an account for which nothing waits has no row.
fn select_sums<'a>(accounts: &[Address], is_spread: bool) -> Query<'a> {
    let everywhere =
        "select account_key, cast(sum(cash_minor) as bigint), cast(sum(invested_minor) as bigint)
                        from investor_share
                       where account_key in (select * from unnest($1::text[])) and credited_by is null
                       group by account_key";
    let sql = "select t.account_key, s.cash, s.invested from unnest($1::text[]) as t (account_key)
                 cross join lateral (
                   select cast(coalesce(sum(cash_minor), 0) as bigint) as cash,
                          cast(coalesce(sum(invested_minor), 0) as bigint) as invested
                     from investor_share
                    where investor_share.account_key = t.account_key and credited_by is null) as s";
    Query::many(
        if is_spread { everywhere } else { sql },
        accounts.iter().map(|account| vec![Cell::key(account.key)]).collect(),
    )
}

/// The account with all that moved it from a day on.
pub(super) async fn select_since(
    client: &ClientWrapper,
    address: Address,
    from: Date,
    is_spread: bool,
) -> Result<Option<AccountSince>, StoreError> {
    let found = select(client, savings::select_named(&[address])).await?;
    let Some(account) = found.first().map(read_savings).transpose()? else { return Ok(None) };
    let [now, waiting, movements, shares] = snapshot(
        client,
        [
            savings::select_named(&[address]),
            select_sums(&[address], is_spread),
            savings::select_movements((account.part, account.account_no), from),
            select_since_day(address, from),
        ],
    )
    .await?;
    let Some(account) = now.first().map(read_savings).transpose()? else { return Ok(None) };
    let waits = read_all(&waiting, read_waiting)?.first().map(|(_, waits)| *waits).unwrap_or_default();
    Ok(Some(AccountSince {
        account: account.counting(waits),
        movements: read_all(&movements, |row| read_savings_transaction(row).map(|(_, moved)| moved))?,
        shares: read_shares(&shares)?,
    }))
}

fn select_since_day<'a>(account: Address, from: Date) -> Query<'a> {
    let sql = concat!(
        "select ",
        share_columns!(),
        " from investor_share where account_key = $1 and booked_on >= $2 order by recorded_at, transaction_id"
    );
    Query::one(sql, vec![Cell::key(account.key), Cell::date(from)])
}
