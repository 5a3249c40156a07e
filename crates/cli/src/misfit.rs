//! Servers of a later version may migrate a book while this program works with it, so that it must not do so any more. Here
//! that is noticed, said, and waited for. Not here: what a book must be like for this program.

use std::time::Duration;

use loam_store::{OpenError, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether the book is still for this program.
const REGULARLY: Duration = Duration::from_secs(2);
/// How long what is in flight may take when it is not any more. Longer work, such as the closing of many days, is broken off as
/// by a power cut: whoever goes on in the book goes on with that too.
const LAST_WORK: Duration = Duration::from_secs(3);

/// Whether the book has become one that this program must not work with; cheap to clone.
#[derive(Clone)]
pub(crate) struct Misfit(watch::Receiver<Option<String>>);

impl Misfit {
    /// Looks from now on. Where nobody works in the background, `stop` has no listeners; where somebody does, it is
    /// told as soon as the book is not for it.
    pub(crate) fn watched(stores: Vec<Store>, stop: &watch::Sender<bool>) -> (Misfit, JoinHandle<()>) {
        let (tell, told) = watch::channel(None);
        (Misfit(told), tokio::spawn(look(stores, stop.clone(), tell)))
    }

    /// Done as soon as the book is not for this program, with why not.
    pub(crate) async fn noticed(mut self) -> String {
        if let Ok(why) = self.0.wait_for(Option::is_some).await
            && let Some(why) = why.clone()
        {
            return why;
        }
        // Nobody looks any more: the program ends for another reason.
        std::future::pending().await
    }

    /// The same, when what was in flight then has had its time.
    pub(crate) async fn out_of_time(self) -> String {
        let why = self.noticed().await;
        tokio::time::sleep(LAST_WORK).await;
        why
    }

    /// Why the book is not for this program, if it is not.
    pub(crate) fn why(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

async fn look(stores: Vec<Store>, stop: watch::Sender<bool>, tell: watch::Sender<Option<String>>) {
    let mut regularly = tokio::time::interval(REGULARLY);
    let mut stopping = stop.subscribe();
    loop {
        tokio::select! {
            _ = regularly.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        for store in &stores {
            match store.must_still_fit().await {
                Ok(()) => {}
                Err(error @ OpenError::NewerSchema { .. }) => {
                    tracing::error!(%error, "a later version has migrated the book: this program takes no more work and ends");
                    tell.send_replace(Some(error.to_string()));
                    stop.send_replace(true);
                    return;
                }
                Err(error) => tracing::warn!(%error, "the version of the schema could not be read"),
            }
        }
    }
}
