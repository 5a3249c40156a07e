//! `loam demo`: a new book with demo data and as many more loans as are asked for.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use loam_app::filling::Filling;
use loam_book::actor::Door;
use loam_book::journal::rules::AccrualPosting;
use loam_store::{Store, filling};

use crate::args::Demo;
use crate::book::{self, operator};
use crate::demo::crowd::{Crowd, MOST_TRANSACTIONS, Wanted};
use crate::demo::history;
use crate::sources;

pub(crate) async fn run(database: &str, arguments: &Demo) -> anyhow::Result<ExitCode> {
    let to = book::parse_url(database)?;
    if Store::exists(&to).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is a book at {to} already");
    }
    let place = filling::place_to_fill(&to).map_err(|error| anyhow!("{error}"))?;
    let (book, password) = book::create(&place, &arguments.new_book, 1).await?;
    let accrual_posting = if arguments.daily_income { AccrualPosting::Daily } else { AccrualPosting::None };
    let ground = super::fill_for_crowd(&book, accrual_posting).await?;
    book.close();
    let store = Store::open(&place, 1).await.map_err(|error| anyhow!("{error}"))?;
    let (writer, being_filled) = filling::begin(&store).await.map_err(|error| anyhow!("{error}"))?;
    drop(store);
    let most = i64::try_from(arguments.loans)?;
    let most_transactions = most.saturating_mul(MOST_TRANSACTIONS) + history::TRANSACTIONS;
    let numbers = (most + history::LOANS, most_transactions);
    let filling = Filling::begin(writer, (sources::clock()?, sources::random()), numbers).await?;
    let wanted = Wanted { lent_on: arguments.lent_on, long_history: arguments.long_history };
    let crowd = Crowd::new(filling, ground, operator(Door::CommandLine), wanted);
    let (bar, count) = (progress(arguments.loans), arguments.loans);
    let shown = bar.clone();
    tokio::task::spawn_blocking(move || crowd.add(count, |done| shown.set_position(done))).await??;
    bar.set_message("making indexes");
    being_filled.finish().await.map_err(|error| anyhow!("{error}"))?;
    bar.finish_and_clear();
    println!("made a book with {count} loans at {to}");
    if let Some(password) = &password.0 {
        println!("user admin, one-time password: {password}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A bar on a terminal, and nothing elsewhere.
fn progress(loans: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template(
        "{bar:40} {human_pos} of {human_len} loans, {per_sec}, {eta} left {msg}",
    );
    ProgressBar::with_draw_target(Some(loans), target).with_style(style.expect("the template is one"))
}
