//! `loam apply`: makes the records of a running book as a file says. The file is compared with the book
//! first; what differs is shown, and done when somebody agrees. Applied again, it changes nothing.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::args::Apply;

mod book;
mod file;
mod plan;

use book::RemoteBook;
use file::{Members, Wanted};
use plan::{Plan, SHOWN_ONCE, Step};

pub(crate) async fn run(arguments: &Apply) -> anyhow::Result<ExitCode> {
    let arguments = arguments.clone();
    // The whole of it waits for one answer after the other.
    tokio::task::spawn_blocking(move || apply(&arguments)).await?
}

fn apply(arguments: &Apply) -> anyhow::Result<ExitCode> {
    let name = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {name}"))?;
    let wanted = Wanted::read(&text).with_context(|| format!("{name} cannot be applied"))?;
    let book = RemoteBook::open(arguments)?;
    let plan = Plan::make(&wanted, &book)?;
    print!("{plan}");
    if plan.is_empty() || arguments.plan || !agreed(arguments.yes)? {
        return Ok(ExitCode::SUCCESS);
    }
    for step in plan.steps() {
        let record = take(step, &book)?;
        println!("done: {}", step.heading());
        for (name, value) in record.iter().filter(|(name, _)| SHOWN_ONCE.contains(&name.as_str())) {
            println!("    {name}: {value} (shown this once)");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A step that fails names itself; those before it were done, and are not repeated by the next run.
fn take(step: &Step, book: &RemoteBook) -> anyhow::Result<Members> {
    book.send(step.method, &step.path, &step.members).with_context(|| step.heading())
}

fn agreed(without_asking: bool) -> anyhow::Result<bool> {
    if without_asking {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        bail!("nothing was changed: --yes applies the plan without asking, --plan only shows it");
    }
    print!("Apply this? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
