//! A program of tomorrow, for the test of two versions side by side on one book: this program, that knows migrations
//! besides its own. Nothing of it is in what is shipped.

use std::sync::OnceLock;

static MIGRATIONS: OnceLock<Vec<&'static str>> = OnceLock::new();

/// From now on this process is a program that knows these migrations besides its own.
///
/// # Panics
/// When it is said twice: a program does not change while it runs.
pub fn know(migrations: Vec<&'static str>) {
    MIGRATIONS.set(migrations).expect("what a program knows is said once, before it opens a book");
}

pub(crate) fn migrations() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.get().into_iter().flatten().copied()
}
