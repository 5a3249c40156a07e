//! `loam end-of-day`: closes days while nothing serves the book.

use std::convert::Infallible;
use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use loam_app::end_of_day::Progress;
use loam_book::actor::Door;
use tokio::sync::watch;

use crate::args::EndOfDay;
use crate::book;
use crate::misfit::Misfit;

pub(crate) async fn run(database: &str, arguments: &EndOfDay) -> anyhow::Result<ExitCode> {
    let book = book::open(database, arguments.writers.lanes).await?;
    let through = match arguments.through {
        Some(date) => date,
        None => book.today().await?,
    };
    let caller = book::operator(Door::EndOfDay);
    let closing = book.end_of_day.close_through(through, &caller);
    let shown = show(book.end_of_day.progress());
    let (misfit, _looking) = Misfit::watched(vec![book.store.clone()], &watch::Sender::new(false));
    let report = tokio::select! {
        report = closing => report,
        never = shown => match never {},
        why = misfit.noticed() => bail!("{why}; the days that are not closed yet are left to that one"),
    };
    let report = report.map_err(|error| anyhow!("{error}"))?;
    let mut failed = 0;
    for day in &report.days {
        let (advanced, failures) = (day.advanced(), day.failures_count());
        println!("{}: {advanced} accounts advanced, {failures} failed", day.business_date);
        for step in day.steps.iter().filter(|step| step.done + step.failed > 0) {
            println!("  {}: {} in {} ms", step.step.name(), step.done, step.took.as_millis());
        }
        failed += day.failures_count();
        for failure in day.failures() {
            println!("  {}: {}", failure.account, failure.reason);
        }
    }
    println!("business date: {through}");
    book.close();
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Shows how far the day has come, until somebody stops looking: a bar on a terminal, and nothing elsewhere.
async fn show(mut progress: watch::Receiver<Progress>) -> Infallible {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{prefix} {bar:40} {human_pos} of {human_len} {msg}");
    let bar = ProgressBar::with_draw_target(Some(0), target)
        .with_style(style.expect("the template is one"))
        .with_finish(ProgressFinish::AndClear);
    while progress.changed().await.is_ok() {
        let Some(running) = progress.borrow_and_update().running.clone() else { continue };
        bar.set_prefix(running.business_date.to_string());
        bar.set_message(running.step.name());
        bar.set_length(running.loans_due.max(running.done));
        bar.set_position(running.done);
    }
    std::future::pending().await
}
