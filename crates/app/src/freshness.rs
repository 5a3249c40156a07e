//! How fresh must be what a request reads, when a replica of the book may answer it. Who says nothing reads the book
//! itself: the desk, the end of day, the workers and the check never meet a replica.

/// A place in the order of commits. A replica that has come so far shows everything that was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position(pub u64);

/// What a request must see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Everything that was committed.
    Latest,
    /// Everything that was committed up to here.
    From(Position),
}

tokio::task_local! {
    static WANTED: Freshness;
}

/// Does some work whose reading must be so fresh.
pub async fn reading<F: Future>(wanted: Freshness, work: F) -> F::Output {
    WANTED.scope(wanted, work).await
}

/// How fresh the present work wants what it reads.
pub fn wanted() -> Freshness {
    WANTED.try_with(|wanted| *wanted).unwrap_or(Freshness::Latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_says_nothing_reads_the_book_itself() {
        let from = Freshness::From(Position(7));
        assert_eq!(wanted(), Freshness::Latest);
        assert_eq!(reading(from, async { wanted() }).await, from);
        // A task of its own works for nobody who waits.
        let spawned = reading(from, async { tokio::spawn(async { wanted() }).await.expect("it ends") }).await;
        assert_eq!(spawned, Freshness::Latest);
    }
}
