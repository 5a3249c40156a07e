//! Where the books of a benchmark are: the one that is measured, and what stands beside it for a while.

use std::path::PathBuf;

use anyhow::anyhow;
use loam_store::{DatabaseUrl, plain};

use crate::args::Bench;
use crate::book::parse_url;
use crate::sources;

/// Where the book is made; a file of our own goes with this.
pub(super) struct Place {
    pub(super) book: String,
    pub(super) folder: PathBuf,
}

impl Place {
    pub(super) fn of(arguments: &Bench) -> anyhow::Result<Place> {
        let folder = std::env::temp_dir().join(format!("loam_bench_{}", sources::secret()));
        std::fs::create_dir_all(&folder)?;
        let own = || format!("sqlite:{}", folder.join("loam.db").display());
        Ok(Place { book: arguments.book.clone().unwrap_or_else(own), folder })
    }

    pub(super) fn is_file(&self) -> bool {
        self.book.starts_with("sqlite")
    }

    pub(super) fn kind(&self) -> &'static str {
        if self.is_file() { "SQLite" } else { "PostgreSQL" }
    }

    /// A place of its own on the same disk: a file beside the book's, or a schema in the same database.
    pub(super) fn beside(&self, name: &str) -> anyhow::Result<Beside> {
        let text = beside(&self.book, name);
        let url = parse_url(&text)?;
        Ok(Beside { text, url })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// A place beside the book.
pub(super) struct Beside {
    /// As it is written on the command line.
    pub(super) text: String,
    pub(super) url: DatabaseUrl,
}

impl Beside {
    /// Takes away what is there.
    pub(super) async fn remove(&self) -> anyhow::Result<()> {
        plain::remove(&self.url).await.map_err(|error| anyhow!("{error}"))
    }
}

fn beside(book: &str, name: &str) -> String {
    if let Some(path) = book.strip_prefix("sqlite:") {
        return format!("sqlite:{path}.{name}");
    }
    let separator = if book.contains('?') { '&' } else { '?' };
    format!("{book}{separator}options=-c%20search_path%3D{}{name}", plain::SCHEMA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_book_is_another_file_or_schema() {
        assert_eq!(beside("sqlite:a/loam.db", "worst"), "sqlite:a/loam.db.worst");
        let schema = "options=-c%20search_path%3Dloam_bench_worst";
        assert_eq!(beside("postgres://u@h/b", "worst"), format!("postgres://u@h/b?{schema}"));
        assert_eq!(beside("postgres://u@h/b?user=v", "worst"), format!("postgres://u@h/b?user=v&{schema}"));
    }
}
