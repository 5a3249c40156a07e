//! `loam user`: users, passwords and API keys, while nothing serves the book.

use std::process::ExitCode;

use anyhow::{Context, anyhow};
use loam_app::command::Command;
use loam_book::organization::{User as UserRecord, UserState};
use loam_book::record::Record;
use loam_server::auth::failures_of;

use crate::args::{User, UserCommand};
use crate::book::{self, Book, NewUser};
use crate::sources;

pub(crate) async fn run(database: &str, arguments: &User) -> anyhow::Result<ExitCode> {
    let book = book::open(database, 1).await?;
    let done = act(&book, &arguments.command).await;
    book.close();
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(book: &Book, command: &UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { username, administrator, password } => {
            let password = given_or_drawn(password.as_deref());
            let new = NewUser { username, is_administrator: *administrator, password: &password };
            book::add_user(book, new).await?;
            println!("user {username} added");
        }
        UserCommand::Password { username, password } => {
            let password = given_or_drawn(password.as_deref());
            let hash = book::hash(&password)?;
            change(book, username, |user| user.password_hash = Some(hash)).await?;
            println!("password of {username} changed");
        }
        UserCommand::ApiKey { username } => {
            let key = sources::secret();
            let hash = loam_server::auth::hash_api_key(&key);
            change(book, username, |user| user.api_key_hash = Some(hash)).await?;
            println!("API key of {username}: {key}");
        }
        UserCommand::Unlock { username } => unlock(book, username).await?,
        UserCommand::List => list(book).await?,
    }
    Ok(())
}

fn given_or_drawn(password: Option<&str>) -> String {
    password.map_or_else(
        || {
            let drawn = sources::secret();
            println!("one-time password: {drawn}");
            drawn
        },
        str::to_owned,
    )
}

async fn change(book: &Book, username: &str, edit: impl FnOnce(&mut UserRecord)) -> anyhow::Result<()> {
    let now = book.reading.now().await.map_err(|error| anyhow!("{error}"))?;
    let found = now.catalog.users.find(username).with_context(|| format!("there is no user {username}"))?;
    let mut user = found.as_ref().clone();
    edit(&mut user);
    user.last_modified_at = book.clock.now();
    let record = Box::new(Record::User(user));
    book::submit_record(book, Command::ChangeRecord { record, catalog_version: now.catalog.version }).await
}

/// Forgets what failed under the name, and takes back a lock that an administrator made.
async fn unlock(book: &Book, username: &str) -> anyhow::Result<()> {
    let active = |user: &mut UserRecord| {
        if user.state == UserState::Locked {
            user.state = UserState::Active;
        }
    };
    change(book, username, active).await?;
    let sign_ins = book.store.sign_ins().map_err(|error| anyhow!("{error}"))?;
    sign_ins.forget(&failures_of(username)).await.map_err(|error| anyhow!("{error}"))?;
    println!("user {username} unlocked");
    Ok(())
}

async fn list(book: &Book) -> anyhow::Result<()> {
    let now = book.reading.now().await.map_err(|error| anyhow!("{error}"))?;
    for user in now.catalog.users.iter() {
        let role = if user.is_administrator { "administrator" } else { "user" };
        println!("{}\t{role}\t{:?}", user.username, user.state);
    }
    Ok(())
}
