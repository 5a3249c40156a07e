//! `loam distribute`: how the tables are spread over machines by Citus, shown or done.

use std::process::ExitCode;

use anyhow::anyhow;
use loam_store::Store;
use loam_store::distribution::plan;

use crate::args::Distribute;
use crate::book;

pub(crate) async fn run(database: &str, arguments: &Distribute) -> anyhow::Result<ExitCode> {
    if arguments.plan {
        show(arguments.shards);
        return Ok(ExitCode::SUCCESS);
    }
    let url = book::parse_url(database)?;
    let spread = Store::distribute(&url, arguments.shards).await.map_err(|error| anyhow!("{error}"))?;
    for table in &spread {
        println!("spread {table}");
    }
    println!("{} tables were spread, the others were already; start the servers again", spread.len());
    Ok(ExitCode::SUCCESS)
}

/// The plan as SQL that can be run by hand.
fn show(shards: u16) {
    for placement in plan(shards) {
        match placement.call {
            Some(call) => println!("{call};"),
            None => println!("-- {} stays on the coordinator", placement.table),
        }
    }
}
