//! `cargo xtask tidy`: the house rules that the compiler and clippy cannot see.
//!
//! One rule is one file with a `check` over the tree and tests that show it failing.

mod calc_in_server;
mod clock_and_chance;
mod crate_graph;
mod ddl;
mod door_imports;
mod headings;
mod ledger_keys;
mod migration_names;
mod one_machine;
mod pure_rooms;
mod scanner;
mod shortcuts;
mod sizes;
mod source;
mod sql_room;
mod sql_words;
mod tree;

use std::fmt;
use std::path::Path;

use tree::Tree;

/// One place that breaks a rule, with what is wrong and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) sentence: String,
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, sentence: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line, sentence: sentence.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.sentence)
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: [Rule; 12] = [
    crate_graph::check,
    pure_rooms::check,
    sql_room::check,
    clock_and_chance::check,
    door_imports::check,
    calc_in_server::check,
    sizes::check,
    shortcuts::check,
    migration_names::check,
    ledger_keys::check,
    one_machine::check,
    headings::check,
];

/// Prints every finding and answers whether there was none.
pub(crate) fn run(root: &Path) -> anyhow::Result<bool> {
    let tree = Tree::read(root)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} rules, {} findings", tree.file_count(), RULES.len(), findings.len());
    Ok(findings.is_empty())
}
