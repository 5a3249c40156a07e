//! Where a book is kept, as it is written on the command line.

use std::fmt;
use std::path::PathBuf;

use crate::error::OpenError;

/// The database of a book.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    Postgres(Box<tokio_postgres::Config>),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When the text is neither; an address of PostgreSQL that cannot be read is not repeated,
    /// because it may hold a password.
    pub fn parse(text: &str) -> Result<DatabaseUrl, OpenError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let config = text.parse().map_err(|error: tokio_postgres::Error| {
                let reason = std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string);
                OpenError::BadAddress(reason)
            })?;
            return Ok(DatabaseUrl::Postgres(Box::new(config)));
        }
        let shown = if text.contains('@') { "the given text" } else { text };
        Err(OpenError::NotADatabase(shown.to_owned()))
    }
}

/// The schema of PostgreSQL in which the book for tests is kept.
const TEST_SCHEMA: &str = "loam_test";

impl DatabaseUrl {
    /// Where the book for tests is kept if nobody says otherwise: in a file beside the book's, or in
    /// a schema of its own in the same database.
    #[must_use]
    pub fn for_tests(&self) -> DatabaseUrl {
        match self {
            DatabaseUrl::Sqlite(path) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let extension = path.extension().map(|text| format!(".{}", text.to_string_lossy()));
                let name = format!("{stem}-test{}", extension.unwrap_or_default());
                DatabaseUrl::Sqlite(path.with_file_name(name))
            }
            DatabaseUrl::Postgres(config) => {
                let mut config = config.clone();
                let options =
                    format!("{} -c search_path={TEST_SCHEMA}", config.get_options().unwrap_or_default());
                config.options(options.trim());
                DatabaseUrl::Postgres(config)
            }
        }
    }
}

/// The address without user and password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(config) => write!(f, "postgres://{}", address(config)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Host, port and database; never a password.
pub(crate) fn address(config: &tokio_postgres::Config) -> String {
    let host = config.get_hosts().first().map_or("localhost".to_owned(), |host| match host {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
    });
    let port = config.get_ports().first().map_or(5432, |port| *port);
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{host}:{port}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_are_read() {
        let check = |text: &str, shown: &str| {
            assert_eq!(DatabaseUrl::parse(text).unwrap().to_string(), shown);
        };
        check("sqlite:loam.db", "sqlite:loam.db");
        check("postgres://loam:secret@db.example:5433/book", "postgres://db.example:5433/book");
        check("postgresql://loam@localhost/book", "postgres://localhost:5432/book");
    }

    #[test]
    fn the_book_for_tests_lies_beside_the_book() {
        let beside = |text: &str| DatabaseUrl::parse(text).unwrap().for_tests();
        assert_eq!(beside("sqlite:a/loam.db").to_string(), "sqlite:a/loam-test.db");
        assert_eq!(beside("sqlite:loam").to_string(), "sqlite:loam-test");
        let DatabaseUrl::Postgres(config) = beside("postgres://loam@localhost/book") else {
            panic!("it stays in PostgreSQL")
        };
        assert_eq!(config.get_options(), Some("-c search_path=loam_test"));
    }

    #[test]
    fn anything_else_is_refused_without_its_password() {
        let check = |text: &str, message: &str| {
            assert_eq!(DatabaseUrl::parse(text).unwrap_err().to_string(), message);
        };
        let advice = "names no database: write sqlite:PATH or postgres://USER@HOST/DATABASE";
        check("loam.db", &format!("\"loam.db\" {advice}"));
        check("sqlite:", &format!("\"sqlite:\" {advice}"));
        check("mysql://me:secret@host/book", &format!("\"the given text\" {advice}"));
        let refused = DatabaseUrl::parse("postgres://me:secret@host:notaport/book").unwrap_err().to_string();
        assert!(!refused.contains("secret"), "{refused}");
    }
}
