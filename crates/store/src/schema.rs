//! The schema: one text for both databases, and the catalogue of tables that is read from it.

/// The migrations, oldest first. They only go forward; a change is a new one.
const MIGRATIONS: [&str; 20] = [
    include_str!("../migrations/0001_loan_book.sql"),
    include_str!("../migrations/0002_reports.sql"),
    include_str!("../migrations/0003_course.sql"),
    include_str!("../migrations/0004_calendar_work.sql"),
    include_str!("../migrations/0005_search.sql"),
    include_str!("../migrations/0006_custom_fields.sql"),
    include_str!("../migrations/0007_groups.sql"),
    include_str!("../migrations/0008_sign_in.sql"),
    include_str!("../migrations/0009_savings.sql"),
    include_str!("../migrations/0010_papers.sql"),
    include_str!("../migrations/0011_lines_of_credit.sql"),
    include_str!("../migrations/0012_searches.sql"),
    include_str!("../migrations/0013_deposits.sql"),
    include_str!("../migrations/0014_ledger.sql"),
    include_str!("../migrations/0015_reversals.sql"),
    include_str!("../migrations/0016_marketplace.sql"),
    include_str!("../migrations/0017_protect.sql"),
    include_str!("../migrations/0018_investing.sql"),
    include_str!("../migrations/0019_accounting.sql"),
    include_str!("../migrations/0020_daily_income.sql"),
];

/// The schema version that this binary knows.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// The table that says which migrations a book has seen; it exists before the first of them.
pub(crate) const VERSION_TABLE: &str =
    "create table schema_version (version {{bigint}} not null primary key) {{strict}}";

/// The words in which the two databases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn fill_in(self, text: &str) -> String {
        let words = match self {
            Dialect::Sqlite => [
                "integer",
                "strict",
                "strict, without rowid",
                self.bytewise(),
                "json_each(l.course, '$.guarantees') as g",
            ],
            Dialect::Postgres => [
                "bigint",
                "",
                "",
                self.bytewise(),
                "jsonb_array_elements(cast(l.course as jsonb) -> 'guarantees') as g (value)",
            ],
        };
        let tokens = ["{{bigint}}", "{{strict}}", "{{clustered}}", "{{bytewise}}", "{{guarantees_of_l}}"];
        tokens.iter().zip(words).fold(text.to_owned(), |text, (token, word)| text.replace(token, word))
    }

    /// What makes a text be compared byte by byte, whatever the database's language is. `lower` then changes the
    /// letters A to Z alone, in both databases.
    pub(crate) fn bytewise(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " collate \"C\"",
        }
    }

    /// What stands before the number of a value.
    pub(crate) fn mark(self) -> char {
        match self {
            Dialect::Sqlite => '?',
            Dialect::Postgres => '$',
        }
    }
}

/// How a table is spread when the store grows beyond one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every row belongs to a part.
    Distributed,
    /// Small and the same everywhere.
    Reference,
    /// Spread by its own id.
    Registry,
    /// Stays in one place.
    Local,
}

/// A table of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub kind: Kind,
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// A 64-bit integer; otherwise text.
    pub is_int: bool,
}

/// The statements of the version table, for a book that has none yet.
pub(crate) fn version_table(dialect: Dialect) -> String {
    dialect.fill_in(VERSION_TABLE)
}

/// Those migrations that a book of `version` has not seen, each with the version it leads to.
pub fn migrations_after(version: i64, dialect: Dialect) -> Vec<(i64, String)> {
    let numbered = (1..).zip(MIGRATIONS);
    numbered
        .filter(|(number, _)| *number > version)
        .map(|(number, text)| (number, dialect.fill_in(text)))
        .collect()
}

/// All tables but the one of versions, in an order in which rows can be copied: what is referred to comes first.
pub fn catalogue() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for statement in MIGRATIONS.iter().flat_map(|text| text.split(';')) {
        tables.extend(table_in(statement));
        if let Some((name, column)) = added_column(statement) {
            let table = tables.iter_mut().find(|table| table.name == name);
            table.expect("a column is added to a table that is there").columns.push(column);
        }
    }
    tables
}

/// The column that a statement adds, and to which table.
fn added_column(statement: &str) -> Option<(&str, Column)> {
    let (_, added) = statement.split_once("alter table ")?;
    let (table, column) = added.split_once(" add column ")?;
    Some((table, column_in(column)?))
}

/// A column, by the words that declare it.
fn column_in(declared: &str) -> Option<Column> {
    let (name, rest) = declared.trim().split_once(' ')?;
    let is_int = rest.starts_with("{{bigint}}");
    (is_int || rest.starts_with("text")).then(|| Column { name: name.to_owned(), is_int })
}

/// The table that a statement creates. A line of a `create table` is a column unless it begins like a key.
fn table_in(statement: &str) -> Option<Table> {
    let (head, body) = statement.split_once("create table ")?;
    let (name, body) = body.split_once('(')?;
    let kind = head.lines().rev().find_map(|line| line.strip_prefix("-- kind: "))?;
    let columns = body.lines().filter_map(column_in);
    Some(Table { name: name.trim().to_owned(), kind: kind_named(kind.trim())?, columns: columns.collect() })
}

fn kind_named(name: &str) -> Option<Kind> {
    match name {
        "distributed" => Some(Kind::Distributed),
        "reference" => Some(Kind::Reference),
        "registry" => Some(Kind::Registry),
        "local" => Some(Kind::Local),
        _ => None,
    }
}

impl Table {
    /// The names of the columns, as a `select` or an `insert` wants them.
    pub(crate) fn column_list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_read_from_the_text() {
        let tables = catalogue();
        let creations = MIGRATIONS.iter().map(|text| text.matches("create table ").count()).sum::<usize>();
        assert_eq!(tables.len(), creations);
        let block = tables.iter().find(|table| table.name == "id_block").unwrap();
        assert_eq!(block.kind, Kind::Local);
        assert_eq!(block.column_list(), "name, next_value");
        assert_eq!(block.columns.iter().map(|column| column.is_int).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn tables_without_a_kind_or_a_column_do_not_exist() {
        assert!(catalogue().iter().all(|table| !table.columns.is_empty()));
        assert!(
            catalogue()
                .iter()
                .filter(|table| table.kind == Kind::Distributed)
                .all(|table| { table.columns.iter().any(|column| column.name == "part" && column.is_int) })
        );
    }

    #[test]
    fn a_comment_holds_no_semicolon() {
        for line in MIGRATIONS.iter().flat_map(|text| text.lines()) {
            assert!(!line.contains("--") || (line.starts_with("--") && !line.contains(';')), "{line}");
        }
    }

    #[test]
    fn no_token_is_left() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            assert!(migrations_after(0, dialect).iter().all(|(_, text)| {
                text.lines().filter(|line| !line.starts_with("--")).all(|line| !line.contains("{{"))
            }));
        }
        assert!(migrations_after(VERSION, Dialect::Sqlite).is_empty());
    }
}
