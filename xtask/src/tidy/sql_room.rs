//! Only `store` contains SQL: no statement stands in a string of another crate.

use super::Finding;
use super::source::Source;
use super::tree::Tree;

/// Words after which a statement may begin in the middle of a text, such as `… union all select`.
const LEAD_INS: [&str; 8] = ["(", ";", "all", "as", "exists", "in", "not", "union"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .iter()
        .filter(|source| source.room().is_some_and(|room| room != "store"))
        .flat_map(check_source)
        .collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let product = source.strings.iter().filter(|literal| !source.is_test(literal.offset));
    product
        .filter_map(|literal| {
            let statement = statement_in(&literal.text)?;
            let sentence =
                format!("this string holds SQL (`{statement}`): statements live in `store`, behind a port");
            Some(Finding::new(&source.path, source.line_of(literal.offset), sentence))
        })
        .collect()
}

/// The kind of the first statement in the text. English that only uses the words, such as "Select one from the
/// list", is written with a capital in front and is left alone; SQL is all lowercase or all uppercase.
fn statement_in(text: &str) -> Option<&'static str> {
    let words = words_of(text);
    (0..words.len()).filter(|at| may_begin(&words, *at)).find_map(|at| statement_at(&words[at..]))
}

fn words_of(text: &str) -> Vec<String> {
    let spaced = text
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace(',', " , ")
        .replace(';', " ; ")
        .replace("\\n", " ");
    let is_shouted = |word: &str| word.chars().all(|letter| !letter.is_lowercase());
    spaced
        .split_whitespace()
        .map(|word| if is_shouted(word) { word.to_lowercase() } else { word.to_owned() })
        .collect()
}

fn may_begin(words: &[String], at: usize) -> bool {
    at == 0 || LEAD_INS.contains(&words[at - 1].as_str())
}

fn statement_at(words: &[String]) -> Option<&'static str> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    match (word(0), word(1)) {
        ("select", _) if has("from") => Some("select … from"),
        ("insert", "into") => Some("insert into"),
        ("insert", "or") if has("into") => Some("insert or … into"),
        ("update", _) if has("set") => Some("update … set"),
        ("delete", "from") => Some("delete from"),
        ("create", "table" | "index" | "unique" | "view") => Some("create table"),
        ("alter" | "drop", "table" | "index") => Some("alter table"),
        ("with", _) if words.iter().position(|word| word == "as").is_some_and(|at| word(at + 1) == "(") => {
            Some("with … as (")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, literal: &str) -> Vec<Finding> {
        check(&Tree::of(&[(path, &format!("const A: &str = r#\"{literal}\"#;"))]))
    }

    #[test]
    fn statements_outside_the_store_are_found() {
        let statements = [
            "select 1 from loan_account",
            "SELECT key\n  FROM loan_account",
            "insert into outbox(id) values (1)",
            "update loan_account\n set version = 2",
            "  delete from outbox where id = 1",
            "CREATE TABLE a (id)",
            "with due as (select 1) values (1)",
            "explain (select a from b)",
            "drop table a",
        ];
        for statement in statements {
            for path in ["crates/app/src/a.rs", "crates/server/src/doors/x/y.rs", "crates/cli/src/main.rs"] {
                assert_eq!(findings(path, statement).len(), 1, "{statement}");
            }
        }
    }

    #[test]
    fn the_store_and_the_tests_may_speak_sql() {
        for path in [
            "crates/store/src/sqlite/loans.rs",
            "tests/e2e/main.rs",
            "crates/store/tests/conformance.rs",
            "xtask/src/a.rs",
        ] {
            assert!(findings(path, "select 1 from a").is_empty(), "{path}");
        }
        let unit_test = "#[cfg(test)]\nmod tests { const A: &str = \"delete from a\"; }";
        assert!(check(&Tree::of(&[("crates/app/src/a.rs", unit_test)])).is_empty());
    }

    #[test]
    fn english_that_uses_the_same_words_is_fine() {
        let sentences = [
            "Select a branch from the list",
            "you may select one from the list",
            "the update failed",
            "<select name=\"from\">",
            "nothing to insert into the journal",
            "with the loan as it is",
        ];
        for sentence in sentences {
            assert!(findings("crates/server/src/console.rs", sentence).is_empty(), "{sentence}");
        }
    }
}
