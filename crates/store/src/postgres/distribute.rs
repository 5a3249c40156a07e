//! Spreads the tables of a book by Citus. Each table is a step of its own: broken off, it goes on where it was.

use tokio_postgres::Config;

use super::spread::is_distributed;
use super::{existing, failed, schema};
use crate::distribution::plan;
use crate::error::OpenError;
use crate::url::address;

/// Spreads the tables that are not spread yet; gives their names. Nothing is changed where Citus is missing.
pub(crate) async fn distribute(config: &Config, shards: u16) -> Result<Vec<String>, OpenError> {
    let client = existing(config).await?;
    schema::must_be_known(&*client).await?;
    let sql = "select count(*) from pg_proc
                where proname in ('create_distributed_table', 'create_reference_table')";
    let calls: i64 = client.query_one(sql, &[]).await.map_err(failed)?.get(0);
    if calls == 0 {
        return Err(OpenError::NoCitus(address(config)));
    }
    let mut spread = Vec::new();
    for placement in plan(shards) {
        let Some(call) = placement.call else { continue };
        if !is_distributed(&client, &placement.table).await? {
            client.batch_execute(&call).await.map_err(failed)?;
            spread.push(placement.table);
        }
    }
    Ok(spread)
}
