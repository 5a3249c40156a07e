//! Every key of a ledger table contains `part`, so that the same schema can be spread over machines.

use super::Finding;
use super::ddl::{Key, Kind, Role, Schema, Table};
use super::migration_names::MIGRATIONS;
use super::tree::Tree;

const PART: &str = "part";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut schema = Schema::default();
    for (path, text) in tree.ending(".sql").filter(|(path, _)| path.starts_with(MIGRATIONS)) {
        schema.run(path, text);
    }
    let mut findings: Vec<Finding> =
        schema.tables.iter().flat_map(|table| check_table(&schema, table)).collect();
    findings.extend(
        schema.strays.iter().map(|(path, line, name)| {
            Finding::new(path, *line, format!("no migration creates table {name}"))
        }),
    );
    findings
}

fn check_table(schema: &Schema, table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut say = |sentence: String| findings.push(Finding::new(&table.path, table.line, sentence));
    if table.kind.is_none() {
        say(format!(
            "table {} needs `-- kind: distributed | reference | registry | local` above it",
            table.name
        ));
    }
    if !table.keys.iter().any(|key| key.role == Role::Primary) {
        say(format!("table {} has no primary key", table.name));
    }
    for key in &table.keys {
        let sentence = match table.kind {
            Some(Kind::Distributed) => ledger_objection(schema, key),
            Some(Kind::Reference | Kind::Registry | Kind::Local) => other_objection(schema, key),
            None => None,
        };
        if let Some(sentence) = sentence {
            findings.push(Finding::new(
                &key.path,
                key.line,
                format!("{sentence} (ledger rules, table {})", table.name),
            ));
        }
    }
    findings
}

fn ledger_objection(schema: &Schema, key: &Key) -> Option<String> {
    let columns = key.columns.join(", ");
    let has_part = contains_part(&key.columns);
    match &key.role {
        Role::Primary if !has_part => Some(format!("primary key ({columns}) does not contain `part`")),
        Role::Unique if !has_part => Some(format!("unique ({columns}) does not contain `part`")),
        Role::Primary | Role::Unique => None,
        Role::Foreign { table, columns: there } => match schema.kind_of(table) {
            Some(Kind::Reference) => None,
            Some(Kind::Distributed) if has_part && (there.is_empty() || contains_part(there)) => None,
            Some(Kind::Distributed) => {
                Some(format!("the foreign key ({columns}) to {table} does not contain `part` on both sides"))
            }
            Some(Kind::Registry | Kind::Local) | None => Some(format!(
                "a foreign key of a ledger table leads to a ledger or a reference table, not to {table}"
            )),
        },
    }
}

fn other_objection(schema: &Schema, key: &Key) -> Option<String> {
    let Role::Foreign { table, .. } = &key.role else { return None };
    let leads_to_ledger = schema.kind_of(table) == Some(Kind::Distributed);
    leads_to_ledger
        .then(|| format!("a foreign key must not lead from outside the ledger to ledger table {table}"))
}

fn contains_part(columns: &[String]) -> bool {
    columns.iter().any(|column| column == PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "-- kind: reference\ncreate table branch (id text primary key);
-- kind: local\ncreate table lease (id text primary key);
-- kind: distributed\ncreate table loan (part smallint, id text, primary key (part, id));\n";

    fn findings(text: &str) -> Vec<String> {
        let text = format!("{BASE}{text}");
        let tree = Tree::of(&[("crates/store/migrations/0001_a.sql", &text)]);
        check(&tree).into_iter().map(|finding| finding.sentence).collect()
    }

    fn ledger(inside: &str) -> Vec<String> {
        findings(&format!("-- kind: distributed\ncreate table a (part smallint, id text, {inside});"))
    }

    #[test]
    fn a_table_without_a_kind_is_found() {
        assert_eq!(findings("create table a (id text primary key);").len(), 1);
        assert_eq!(findings("-- kind: somewhere\ncreate table a (id text primary key);").len(), 1);
    }

    #[test]
    fn a_table_without_a_primary_key_is_found() {
        assert_eq!(findings("-- kind: local\ncreate table a (id text unique);").len(), 1);
    }

    #[test]
    fn keys_of_a_ledger_table_without_part_are_found() {
        for inside in [
            "primary key (id)",
            "primary key (part, id), unique (id)",
            "primary key (part, id), code text unique",
            "primary key (part, id), loan text references loan (id)",
            "primary key (part, id), foreign key (part, id) references loan (id)",
            "primary key (part, id), foreign key (id) references loan (part, id)",
            "primary key (part, id), foreign key (part, id) references lease (part, id)",
            "primary key (part, id), foreign key (part, id) references nowhere (part, id)",
        ] {
            assert_eq!(ledger(inside).len(), 1, "{inside}");
        }
    }

    #[test]
    fn an_index_that_comes_later_is_found_at_its_own_line() {
        let second = ("crates/store/migrations/0002_b.sql", "\ncreate unique index i on loan (id);");
        let found = check(&Tree::of(&[("crates/store/migrations/0001_a.sql", BASE), second]));
        assert_eq!((found[0].path.as_str(), found[0].line), (second.0, 2));
        assert_eq!(findings("create unique index i on loan (id) where id is not null;").len(), 1);
        assert_eq!(findings("create unique index i on lone (part, id);").len(), 1);
    }

    #[test]
    fn the_ledger_is_not_pointed_at_from_outside() {
        let text = "-- kind: registry\ncreate table a (id text primary key, loan text references loan (id));";
        assert_eq!(findings(text).len(), 1);
    }

    #[test]
    fn a_ledger_table_with_part_everywhere_is_fine() {
        let inside = "branch text references branch (id), primary key (part, id), unique (part, branch),
            foreign key (part, id) references loan (part, id)";
        assert!(ledger(inside).is_empty());
        assert!(
            findings("create unique index i on loan (part, id); create index j on loan (id);").is_empty()
        );
    }
}
