//! The schema: one text for both databases, and the catalogue of tables that is read from it.

use std::cmp::Ordering;

use crate::error::OpenError;

/// The migrations, oldest first. They only go forward; a change is a new one.
const MIGRATIONS: [&str; 26] = [
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
    include_str!("../migrations/0021_provisions.sql"),
    include_str!("../migrations/0022_next_actions.sql"),
    include_str!("../migrations/0023_log_numbers.sql"),
    include_str!("../migrations/0024_trail.sql"),
    include_str!("../migrations/0025_packed_installments.sql"),
    include_str!("../migrations/0026_deposit_interest.sql"),
];

/// The schema version that this binary knows.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// Every migration that this program knows, oldest first.
fn migrations() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.into_iter().chain(of_tomorrow())
}

/// What a program of tomorrow has besides; see [`crate::later`].
#[cfg(feature = "later")]
fn of_tomorrow() -> impl Iterator<Item = &'static str> {
    crate::later::migrations()
}

/// The program that is shipped has nothing besides.
#[cfg(not(feature = "later"))]
fn of_tomorrow() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

/// The schema version that this process knows: [`VERSION`], or more in a program of tomorrow.
pub(crate) fn known() -> i64 {
    (1..).zip(migrations()).last().map_or(0, |(number, _)| number)
}

/// The table that says which migrations a book has seen; it exists before the first of them.
pub(crate) const VERSION_TABLE: &str =
    "create table schema_version (version {{bigint}} not null primary key) {{strict}}";

/// The property of a book that says which programs work with it: those that know its schema up to this version at least.
pub(crate) const FLOOR: &str = "schema_floor";

/// What stands in a migration that only adds: programs that do not know it go on beside those that do.
const EXPANDS: &str = "-- step: expand";

/// The oldest version of the schema that a program must know to work with a book that this program has migrated.
pub(crate) fn floor() -> i64 {
    floor_of(migrations())
}

fn floor_of<'a>(migrations: impl Iterator<Item = &'a str>) -> i64 {
    let numbered = (1..).zip(migrations);
    let breaking = numbered.filter(|(_, text): &(i64, &str)| !text.lines().any(|line| line == EXPANDS));
    breaking.last().map_or(1, |(number, _)| number)
}

/// Whether this program works with a book: one that a later program has migrated says from which version on.
pub(crate) fn must_fit(book: i64, floor: Option<&str>) -> Result<(), OpenError> {
    let floor = floor.and_then(|floor| floor.parse().ok()).unwrap_or(book);
    let known = known();
    if book > known && floor > known {
        return Err(OpenError::NewerSchema { book, known });
    }
    Ok(())
}

/// The same for whoever must know every table there is.
pub(crate) fn must_be_this_version(book: i64) -> Result<(), OpenError> {
    let known = known();
    match book.cmp(&known) {
        Ordering::Less => Err(OpenError::OlderSchema { book, known }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(OpenError::NewerSchema { book, known }),
    }
}

/// PostgreSQL writes a row anew on each update. Where its page has room and no column with an index changes, the indexes
/// stay as they are.
const LEAVE_ROOM: &str = "alter table loan_account set (fillfactor = 70);
alter table installment set (fillfactor = 80);";

/// A server of before, which gives its entries no numbers, fails in the moment until it sees that the book is not for it any more.
/// A file has no such server beside.
const NUMBERS_ARE_GIVEN: &str = "alter table loan_log alter column log_no drop default;
alter table savings_log alter column log_no drop default;";

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
                "blob",
                "strict",
                "strict, without rowid",
                self.bytewise(),
                "json_each(l.course, '$.guarantees') as g",
                "",
                "",
            ],
            Dialect::Postgres => [
                "bigint",
                "bytea",
                "",
                "",
                self.bytewise(),
                "jsonb_array_elements(cast(l.course as jsonb) -> 'guarantees') as g (value)",
                LEAVE_ROOM,
                NUMBERS_ARE_GIVEN,
            ],
        };
        let tokens = [
            "{{bigint}}",
            "{{bytes}}",
            "{{strict}}",
            "{{clustered}}",
            "{{bytewise}}",
            "{{guarantees_of_l}}",
            "{{leave_room}}",
            "{{numbers_are_given}}",
        ];
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
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A 64-bit integer.
    Int,
    Text,
    Bytes,
}

/// The statements of the version table, for a book that has none yet.
pub(crate) fn version_table(dialect: Dialect) -> String {
    dialect.fill_in(VERSION_TABLE)
}

/// Those migrations that a book of `version` has not seen, each with the version it leads to.
pub fn migrations_after(version: i64, dialect: Dialect) -> Vec<(i64, String)> {
    let numbered = (1..).zip(migrations());
    numbered
        .filter(|(number, _)| *number > version)
        .map(|(number, text)| (number, dialect.fill_in(text)))
        .collect()
}

/// All tables but the one of versions, in an order in which rows can be copied: what is referred to comes first.
pub fn catalogue() -> Vec<Table> {
    catalogue_of(migrations())
}

fn catalogue_of<'a>(migrations: impl Iterator<Item = &'a str>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for statement in migrations.flat_map(|text| text.split(';')) {
        if let Some(name) = renamed_table(statement) {
            tables.retain(|table| table.name != name);
        }
        tables.extend(table_in(statement));
        if let Some((name, column)) = added_column(statement) {
            let table = tables.iter_mut().find(|table| table.name == name);
            table.expect("a column is added to a table that is there").columns.push(column);
        }
        if let Some((name, from, to)) = renamed_column(statement) {
            let mut columns =
                tables.iter_mut().filter(|table| table.name == name).flat_map(|t| &mut t.columns);
            let column = columns.find(|column| column.name == from);
            to.clone_into(&mut column.expect("a column that is there gets another name").name);
        }
        if let Some(name) = dropped_table(statement) {
            tables.retain(|table| table.name != name);
        }
        if let Some((name, column)) = dropped_column(statement) {
            let table = tables.iter_mut().find(|table| table.name == name);
            table.expect("a table that is there loses a column").columns.retain(|known| known.name != column);
        }
    }
    tables
}

/// The words of a statement, without comments.
fn words(statement: &str) -> Vec<&str> {
    let lines = statement.lines().filter(|line| !line.starts_with("--"));
    lines.flat_map(str::split_whitespace).collect()
}

/// The table that a statement takes away.
fn dropped_table(statement: &str) -> Option<&str> {
    match words(statement)[..] {
        ["drop", "table", name] => Some(name),
        _ => None,
    }
}

/// The column that a statement takes away, and from which table.
fn dropped_column(statement: &str) -> Option<(&str, &str)> {
    match words(statement)[..] {
        ["alter", "table", table, "drop", "column", column] => Some((table, column)),
        _ => None,
    }
}

/// The column that a statement adds, and to which table.
fn added_column(statement: &str) -> Option<(&str, Column)> {
    let (_, added) = statement.split_once("alter table ")?;
    let (table, column) = added.split_once(" add column ")?;
    Some((table, column_in(column)?))
}

/// The table that a statement keeps under another name, until its rows have moved to one made anew.
fn renamed_table(statement: &str) -> Option<&str> {
    match words(statement)[..] {
        ["alter", "table", name, "rename", "to", _] => Some(name),
        _ => None,
    }
}

/// The column that a statement names anew: its table, what it was called, and what it is called.
fn renamed_column(statement: &str) -> Option<(&str, &str, &str)> {
    let (_, renamed) = statement.split_once("alter table ")?;
    let (table, names) = renamed.split_once(" rename column ")?;
    let (from, to) = names.trim().split_once(" to ")?;
    Some((table, from, to))
}

/// A column, by the words that declare it.
fn column_in(declared: &str) -> Option<Column> {
    let (name, rest) = declared.trim().split_once(' ')?;
    let words = [("{{bigint}}", Holds::Int), ("text", Holds::Text), ("{{bytes}}", Holds::Bytes)];
    let (_, holds) = words.into_iter().find(|(word, _)| rest.starts_with(word))?;
    Some(Column { name: name.to_owned(), holds })
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
        let count = |words: &str| MIGRATIONS.iter().map(|text| text.matches(words).count()).sum::<usize>();
        assert_eq!(tables.len(), count("create table ") - count("drop table "));
        assert_eq!(count("drop table "), count(" rename to "), "what is renamed is dropped");
        let block = tables.iter().find(|table| table.name == "id_block").unwrap();
        assert_eq!(block.kind, Kind::Local);
        assert_eq!(block.column_list(), "name, next_value");
        assert_eq!(
            block.columns.iter().map(|column| column.holds).collect::<Vec<_>>(),
            [Holds::Text, Holds::Int]
        );
    }

    #[test]
    fn what_a_migration_takes_away_is_in_the_catalogue_no_more() {
        let made = "-- kind: local\ncreate table a (\n    id text,\n    n {{bigint}}\n);\n\
                    -- kind: local\ncreate table b (\n    id text\n)";
        let taken =
            "-- It was drop table c once.\ndrop table b;\n-- Nor n.\nalter table a\n    drop column n;";
        let tables = catalogue_of([made, taken].into_iter());
        assert_eq!(tables.iter().map(Table::column_list).collect::<Vec<_>>(), ["id"]);
        assert_eq!(catalogue_of([made].into_iter()).len(), 2);
    }

    #[test]
    fn tables_without_a_kind_or_a_column_do_not_exist() {
        assert!(catalogue().iter().all(|table| !table.columns.is_empty()));
        assert!(catalogue().iter().filter(|table| table.kind == Kind::Distributed).all(|table| {
            table.columns.iter().any(|column| column.name == "part" && column.holds == Holds::Int)
        }));
    }

    #[test]
    fn a_book_needs_programs_that_know_its_last_change() {
        let (adds, changes) = ("-- What for.\n-- step: expand\ncreate table a (id text)", "drop table a");
        assert_eq!(floor_of([changes, adds, changes, adds, adds].into_iter()), 3);
        assert_eq!(floor_of([changes, adds, changes].into_iter()), 3);
        assert_eq!(floor_of([adds, adds].into_iter()), 1);
        assert!(floor() <= VERSION);
    }

    #[test]
    fn a_program_works_with_a_later_book_that_says_so() {
        let later = VERSION + 3;
        let refused = |floor: Option<i64>| must_fit(later, floor.map(|n| n.to_string()).as_deref()).is_err();
        assert!(refused(None), "nobody said that it may");
        assert!(refused(Some(VERSION + 1)));
        assert!(!refused(Some(VERSION)));
        assert!(!refused(Some(1)));
        assert!(must_fit(VERSION, None).is_ok());
        assert!(must_be_this_version(VERSION).is_ok());
        assert!([VERSION - 1, VERSION + 1].into_iter().all(|book| must_be_this_version(book).is_err()));
    }

    /// What a program that does not know a migration goes on writing must still be possible after it.
    #[test]
    fn a_migration_that_says_that_it_only_adds_does_so() {
        for text in MIGRATIONS.iter().filter(|text| text.contains(EXPANDS)) {
            for statement in text.split(';') {
                assert_eq!(objection(statement), None, "{statement}");
            }
        }
    }

    /// Why a statement does not only add.
    fn objection(statement: &str) -> Option<&'static str> {
        let lines = statement.lines().filter(|line| !line.starts_with("--"));
        let text = lines.collect::<Vec<_>>().join(" ").to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_column = text.starts_with("alter table ") && text.contains(" add column ");
        if is_column {
            let is_required = text.contains(" not null") && !text.contains(" default ");
            return is_required.then_some("an older program writes nothing into the column");
        }
        if text.starts_with("create table ")
            && text.contains(" references ")
            && !text.contains("on delete cascade")
        {
            return Some(
                "an older program deletes what it refers to, and does not know that it is referred to",
            );
        }
        if let Some(index) = text.strip_prefix("drop index ") {
            // Without one that forbids nothing an older program is slower, and no worse.
            let forbids = |text: &&str| text.contains(&format!("create unique index {index} "));
            return MIGRATIONS.iter().any(forbids).then_some("an older program goes by what it forbids");
        }
        let is_unique = text.starts_with("create unique index");
        let adds = ["create table ", "create index ", "insert into ", "update "];
        (!is_unique && !text.is_empty() && !adds.iter().any(|head| text.starts_with(head)))
            .then_some("it takes away or forbids")
            .or(is_unique.then_some("an older program may write what it forbids"))
    }

    #[test]
    fn what_only_adds_is_told_from_what_does_not() {
        for adds in [
            "",
            "-- kind: local\ncreate table a (id text)",
            "alter table a add column b text",
            "alter table a add column b text not null default ''",
            "create index i on a (b)",
            "drop index i",
        ] {
            assert_eq!(objection(adds), None, "{adds}");
        }
        for other in [
            "alter table a add column b text not null",
            "alter table a rename to b",
            "drop table a",
            "create unique index i on a (b)",
            "-- kind: distributed\ncreate table b (\n    id text references a (id)\n)",
        ] {
            assert!(objection(other).is_some(), "{other}");
        }
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
