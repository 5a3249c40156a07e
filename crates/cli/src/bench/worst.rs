//! The worst day of a book: the one on which every loan has an installment due. A book of its own, whose loans were all
//! paid out on one day.

use std::path::Path;

use anyhow::ensure;
use jiff::civil::{Date, date};

use super::place::Beside;
use super::requests::Caller;
use super::server::{Running, api_key, run as run_command};
use super::{Closed, close};

/// More loans than this are not needed to see what a loan costs.
const MOST: u64 = 100_000;
/// When they are paid out, and the day before the first on which all of them have something due: products that are due
/// on the fifteenth and those that are due a month after they were paid out meet on the fifteenth.
const LENT_ON: Date = date(2026, 5, 15);
const BEFORE: Date = date(2026, 6, 14);
const DUE: Date = date(2026, 6, 15);
const DAY_AFTER: Date = date(2026, 6, 16);

/// What closing the days took.
pub(super) struct WorstDay {
    pub(super) loans: u64,
    /// The day on which all are due.
    pub(super) due: Closed,
    /// The day after, on which loans become late whose products do not wait.
    pub(super) after: Closed,
}

/// Makes the book, closes both days alone, and takes the book away.
pub(super) async fn measure(place: &Beside, key_file: &Path, loans: u64) -> anyhow::Result<WorstDay> {
    let loans = loans.min(MOST);
    let (count, before, lent_on) = (loans.to_string(), BEFORE.to_string(), LENT_ON.to_string());
    run_command(
        &place.text,
        &["demo", "--loans", &count, "--business-date", &before, "--lent-on", &lent_on],
    )?;
    let caller = Caller::new(api_key(&place.text)?, loans);
    let server = Running::start(&place.text, key_file).await?;
    let due = close(&server, &caller, DUE).await?;
    let advanced = due.advanced;
    ensure!(advanced >= usize::try_from(loans)?, "only {advanced} of {loans} loans had something due");
    let after = close(&server, &caller, DAY_AFTER).await?;
    drop(server);
    place.remove().await?;
    Ok(WorstDay { loans, due, after })
}
