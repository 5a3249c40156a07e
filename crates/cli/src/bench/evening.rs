//! What it costs to add up the interest that has grown on every loan, evening by evening: on a book of its own, whose products
//! post it daily.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use jiff::civil::{Date, date};

use super::close;
use super::place::Beside;
use super::requests::Caller;
use super::server::{Running, api_key, run as run_command};

/// More loans than this are not needed to see what a loan costs.
const MOST: u64 = 100_000;
const BEGIN: Date = date(2026, 6, 1);
const NEXT: Date = date(2026, 6, 2);

/// Makes the book, closes a day, and takes the book away; gives how many loans there were, and how long their evening took.
pub(super) async fn measure(place: &Beside, key_file: &Path, loans: u64) -> anyhow::Result<(u64, Duration)> {
    let loans = loans.min(MOST);
    let (count, begin) = (loans.to_string(), BEGIN.to_string());
    run_command(&place.text, &["demo", "--loans", &count, "--business-date", &begin, "--daily-income"])?;
    let caller = Caller::new(api_key(&place.text)?, loans);
    let server = Running::start(&place.text, key_file).await?;
    let closed = close(&server, &caller, NEXT).await?;
    ensure!(closed.posted > 0, "no interest was posted, so nothing was added up");
    drop(server);
    place.remove().await?;
    Ok((loans, closed.evening))
}
