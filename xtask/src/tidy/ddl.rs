//! The tables that the migrations make, with their kinds and keys, one migration after the other.

use super::sql_words::{Statement, Word, bracketed, items, statements};

/// How a table is spread when the store grows beyond one machine; stands as `-- kind: …` above its `create table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A ledger table: every row belongs to a part.
    Distributed,
    /// Small and the same everywhere: products, branches, GL accounts.
    Reference,
    /// Spread by its own id: which key an id stands for.
    Registry,
    /// Stays where the coordinator is.
    Local,
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) kind: Option<Kind>,
    pub(super) keys: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Primary,
    Unique,
    Foreign { table: String, columns: Vec<String> },
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) role: Role,
    pub(super) columns: Vec<String>,
    pub(super) path: String,
    pub(super) line: usize,
}

/// What the migrations made, and the statements about tables that no migration made.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) tables: Vec<Table>,
    pub(super) strays: Vec<(String, usize, String)>,
}

impl Schema {
    pub(super) fn run(&mut self, path: &str, text: &str) {
        for statement in statements(text) {
            self.run_statement(path, &statement);
        }
    }

    pub(super) fn kind_of(&self, table: &str) -> Option<Kind> {
        self.tables.iter().find(|known| known.name == table)?.kind
    }

    fn run_statement(&mut self, path: &str, statement: &Statement) {
        let words = &statement.words;
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        match (text(0), text(1), text(2)) {
            ("create", "table", _) => self.create_table(path, statement),
            ("create", "unlogged", "table") => self.create_table(path, statement),
            ("create", "unique", "index") => self.create_unique_index(path, words),
            ("alter", "table", _) => self.alter_table(path, words),
            ("drop", "table", _) => {
                let name = text(name_at(words, 2)).to_owned();
                self.tables.retain(|table| table.name != name);
            }
            _ => {}
        }
    }

    fn create_table(&mut self, path: &str, statement: &Statement) {
        let words = &statement.words;
        let after_table = words.iter().position(|word| word.text == "table").map_or(0, |at| at + 1);
        let at = name_at(words, after_table);
        let Some(name) = words.get(at) else { return };
        let (inside, _) = bracketed(words, at + 1);
        let keys = items(inside).into_iter().flat_map(|item| keys_of_item(path, item)).collect();
        let kind = kind_in(&statement.comments);
        self.tables.push(Table {
            name: name.text.clone(),
            path: path.to_owned(),
            line: name.line,
            kind,
            keys,
        });
    }

    fn create_unique_index(&mut self, path: &str, words: &[Word]) {
        let Some(on) = words.iter().position(|word| word.text == "on") else { return };
        let at = name_at(words, on + 1);
        let Some(opening) = (at..words.len()).find(|at| words[*at].text == "(") else { return };
        let (columns, _) = bracketed(words, opening);
        self.add_key(
            &words[at],
            Key { role: Role::Unique, columns: names(columns), path: path.to_owned(), line: words[at].line },
        );
    }

    fn alter_table(&mut self, path: &str, words: &[Word]) {
        let at = name_at(words, 2);
        let Some(name) = words.get(at) else { return };
        let rest = &words[at + 1..];
        let reads = |from: usize, text: &str| rest.get(from).is_some_and(|word| word.text == text);
        if reads(0, "rename") && reads(1, "to") && rest.len() > 2 {
            let table = self.tables.iter_mut().find(|table| table.name == name.text);
            table.into_iter().for_each(|table| table.name = rest[2].text.clone());
            return;
        }
        for item in items(rest) {
            let skip = item.iter().take_while(|word| matches!(word.text.as_str(), "add" | "column")).count();
            for key in keys_of_item(path, &item[skip..]) {
                self.add_key(name, key);
            }
        }
    }

    fn add_key(&mut self, table: &Word, key: Key) {
        match self.tables.iter_mut().find(|known| known.name == table.text) {
            Some(known) => known.keys.push(key),
            None => self.strays.push((key.path, table.line, table.text.clone())),
        }
    }
}

/// Where the name stands: behind `if not exists`, `if exists`, `only` and the name of a schema.
fn name_at(words: &[Word], from: usize) -> usize {
    let skipped = words
        .iter()
        .skip(from)
        .take_while(|word| matches!(word.text.as_str(), "if" | "not" | "exists" | "only"));
    let at = from + skipped.count();
    let is_qualified = words.get(at + 1).is_some_and(|word| word.text == ".");
    if is_qualified { at + 2 } else { at }
}

fn kind_in(comments: &[String]) -> Option<Kind> {
    let word =
        comments.iter().rev().find_map(|comment| comment.strip_prefix("kind:"))?.split_whitespace().next()?;
    match word.trim_end_matches(['.', ',', ';']) {
        "distributed" => Some(Kind::Distributed),
        "reference" => Some(Kind::Reference),
        "registry" => Some(Kind::Registry),
        "local" => Some(Kind::Local),
        _ => None,
    }
}

/// The keys that one line of a `create table` or one `add …` declares: of the table, or of the column it begins with.
fn keys_of_item(path: &str, item: &[Word]) -> Vec<Key> {
    let text = |at: usize| item.get(at).map_or("", |word| word.text.as_str());
    let start = if text(0) == "constraint" { 2 } else { 0 };
    let is_of_table = matches!(text(start), "primary" | "unique" | "foreign" | "check" | "exclude");
    let own = if is_of_table { Vec::new() } else { vec![text(0).to_owned()] };
    let mut keys: Vec<Key> = Vec::new();
    let mut local = own.clone();
    let mut at = start;
    while at < item.len() {
        let columns = |at: usize| {
            let has_list = item.get(at).is_some_and(|word| word.text == "(");
            if has_list { names(bracketed(item, at).0) } else { own.clone() }
        };
        let mut add =
            |role, columns| keys.push(Key { role, columns, path: path.to_owned(), line: item[at].line });
        match (text(at), text(at + 1)) {
            ("primary", "key") => add(Role::Primary, columns(at + 2)),
            ("unique", _) => add(Role::Unique, columns(at + 1)),
            ("foreign", "key") => local = columns(at + 2),
            ("references", _) => {
                let name = name_at(item, at + 1);
                let has_list = text(name + 1) == "(";
                let there = if has_list { names(bracketed(item, name + 1).0) } else { Vec::new() };
                add(Role::Foreign { table: text(name).to_owned(), columns: there }, local.clone());
            }
            ("check", "(") => {
                at = bracketed(item, at + 1).1;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

fn names(words: &[Word]) -> Vec<String> {
    let is_name =
        |word: &&Word| word.text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    words.iter().filter(is_name).map(|word| word.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str) -> Schema {
        let mut schema = Schema::default();
        schema.run("0001.sql", text);
        schema
    }

    fn keys(text: &str) -> Vec<(Role, Vec<String>)> {
        schema(text)
            .tables
            .iter()
            .flat_map(|table| table.keys.clone())
            .map(|key| (key.role, key.columns))
            .collect()
    }

    fn list(columns: &[&str]) -> Vec<String> {
        columns.iter().map(|column| (*column).to_owned()).collect()
    }

    #[test]
    fn keys_of_the_table_and_of_a_column_are_read() {
        let text = "create table if not exists a (id bigint primary key, code text not null unique,
            part smallint check (part >= 0 and unique_to = 1), constraint x unique (part, code))";
        let unique = |columns| (Role::Unique, list(columns));
        assert_eq!(
            keys(text),
            [(Role::Primary, list(&["id"])), unique(&["code"]), unique(&["part", "code"])]
        );
    }

    #[test]
    fn foreign_keys_name_both_sides() {
        let text = "create table a (b_id text references b(id), foreign key (part, c_id) references c (part, id) on delete cascade)";
        let foreign = |table: &str, there, here| {
            (Role::Foreign { table: table.to_owned(), columns: list(there) }, list(here))
        };
        assert_eq!(
            keys(text),
            [foreign("b", &["id"], &["b_id"]), foreign("c", &["part", "id"], &["part", "c_id"])]
        );
    }

    #[test]
    fn later_statements_add_to_the_table() {
        let text = "create table a (id int); create unique index a_i on a using btree (part, lower(id)) where id > 0;
            alter table a add constraint x unique (id), add column y text references b; create index n on a (id);";
        let roles: Vec<Role> = keys(text).into_iter().map(|(role, _)| role).collect();
        assert_eq!(
            roles,
            [Role::Unique, Role::Unique, Role::Foreign { table: "b".to_owned(), columns: Vec::new() }]
        );
    }

    #[test]
    fn a_table_that_is_rebuilt_keeps_its_name() {
        let text = "create table a (id int primary key); create table a_new (part int, primary key (part));
            drop table if exists a; alter table a_new rename to a;";
        let schema = schema(text);
        assert_eq!(schema.tables.len(), 1);
        assert_eq!(
            (schema.tables[0].name.as_str(), &schema.tables[0].keys[0].columns),
            ("a", &list(&["part"]))
        );
    }

    #[test]
    fn the_kind_stands_right_above_the_table() {
        let text = "-- kind: distributed\ncreate table a (id int);\n-- The branches.\n-- kind: reference\ncreate table b (id int);
            create table c (id int); -- kind: sometimes\ncreate table d (id int);";
        let schema = schema(text);
        let kinds: Vec<Option<Kind>> = schema.tables.iter().map(|table| table.kind).collect();
        assert_eq!(kinds, [Some(Kind::Distributed), Some(Kind::Reference), None, None]);
    }

    #[test]
    fn an_index_on_nothing_is_kept_as_a_stray() {
        assert_eq!(schema("create unique index i on nowhere (part);").strays.len(), 1);
    }
}
