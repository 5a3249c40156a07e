//! Nothing in the schema or in a statement means something on one machine only: the same text serves when the tables are
//! spread over several.

use super::Finding;
use super::migration_names::MIGRATIONS;
use super::sql_words::statements;
use super::tree::Tree;

/// Words of a schema that a spread table cannot have, or that count on one machine only.
const SCHEMA_WORDS: [&str; 11] = [
    "trigger",
    "serial",
    "bigserial",
    "smallserial",
    "sequence",
    "identity",
    "inherits",
    "deferrable",
    "exclude",
    "temp",
    "temporary",
];

/// What a statement must not lean on: locks and signals that other machines do not see, and the state of a session.
const STATEMENT_TEXTS: [&str; 6] =
    ["pg_advisory", "nextval(", "currval(", "listen ", "notify ", "create temp"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let migrations = tree.ending(".sql").filter(|(path, _)| path.starts_with(MIGRATIONS));
    let mut findings: Vec<Finding> = migrations.flat_map(|(path, text)| in_schema(path, text)).collect();
    for source in tree.rust().iter().filter(|source| source.room() == Some("store")) {
        for literal in source.strings.iter().filter(|literal| !source.is_test(literal.offset)) {
            let found = STATEMENT_TEXTS.iter().find(|text| literal.text.to_lowercase().contains(*text));
            findings.extend(found.map(|text| {
                let sentence = format!("`{}` means something on one machine only", text.trim());
                Finding::new(&source.path, source.line_of(literal.offset), sentence)
            }));
        }
    }
    findings
}

fn in_schema(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in statements(text) {
        for word in &statement.words {
            if SCHEMA_WORDS.contains(&word.text.as_str()) {
                let sentence =
                    format!("`{}` is not to be had when tables lie on several machines", word.text);
                findings.push(Finding::new(path, word.line, sentence));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn what_counts_on_one_machine_is_found_in_the_schema() {
        let migration = "crates/store/migrations/0001_a.sql";
        for text in [
            "create table a (id bigserial primary key);",
            "create sequence a;",
            "create trigger a after insert on b execute function c();",
            "create table a (id bigint generated always as identity);",
        ] {
            assert_eq!(findings(migration, text), 1, "{text}");
        }
        assert_eq!(findings(migration, "-- no sequence\ncreate table a (id bigint, kind text);"), 0);
    }

    #[test]
    fn what_other_machines_do_not_see_is_found_in_statements() {
        let store = "crates/store/src/postgres/a.rs";
        for text in
            ["select pg_advisory_lock(1)", "select nextval('a')", "listen changes", "create temp table a ()"]
        {
            assert_eq!(findings(store, &format!("const A: &str = \"{text}\";")), 1, "{text}");
        }
        assert_eq!(findings(store, "const A: &str = \"select 1 from listener\";"), 0);
        assert_eq!(findings("crates/app/src/a.rs", "const A: &str = \"listen to him\";"), 0);
    }
}
