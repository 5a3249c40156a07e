//! Only `cli` reads the clock, the environment and the random source; everybody else is handed a value.
//!
//! clippy bans the same calls by type. This rule also sees what clippy does not compile, such as code behind a
//! `cfg` of another platform, and it cannot be switched off at the line.

use super::Finding;
use super::source::{Source, Token, reads};
use super::tree::Tree;

const CALLS: [(&[&str], &str); 14] = [
    (&["Timestamp", "::", "now"], "the clock"),
    (&["Zoned", "::", "now"], "the clock"),
    (&["SystemTime", "::", "now"], "the clock"),
    (&["Instant", "::", "now"], "the clock"),
    (&["Utc", "::", "now"], "the clock"),
    (&["TimeZone", "::", "system"], "the environment"),
    (&["env", "::", "var"], "the environment"),
    (&["env", "::", "var_os"], "the environment"),
    (&["env", "::", "vars"], "the environment"),
    (&["env", "::", "vars_os"], "the environment"),
    (&["rand", "::"], "a random source"),
    (&["use", "rand"], "a random source"),
    (&["getrandom", "::"], "a random source"),
    (&["new_v4", "("], "a random source"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .iter()
        .filter(|source| source.room().is_some_and(|room| room != "cli"))
        .flat_map(check_source)
        .collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let tokens = source.product_tokens();
    let found = (0..tokens.len()).filter_map(|at| Some((tokens[at], reads_from(&tokens, at)?)));
    found
        .map(|(token, origin)| {
            let sentence =
                format!("only `cli` reads {origin}: take the value as an argument or through a port");
            Finding::new(&source.path, source.line_of(token.offset), sentence)
        })
        .collect()
}

fn reads_from(tokens: &[Token<'_>], at: usize) -> Option<&'static str> {
    let call = CALLS.iter().find(|(words, _)| reads(tokens, at, words));
    call.map(|(_, origin)| *origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_found_in_every_other_room() {
        for (words, origin) in CALLS {
            let text = format!("fn f() {{ let a = {}; }}", words.concat().replace("userand", "use rand"));
            for room in ["calc", "book", "app", "store", "server"] {
                let found = check(&Tree::of(&[(&format!("crates/{room}/src/a.rs"), &text)]));
                assert!(!found.is_empty(), "{room}: {text}");
                assert!(found[0].sentence.contains(origin));
            }
        }
    }

    #[test]
    fn the_cli_tests_and_the_compiler_may_look() {
        let files = [
            ("crates/cli/src/clock.rs", "fn f() { Timestamp::now(); std::env::var(\"A\"); rand::rng(); }"),
            ("tests/e2e/main.rs", "fn f() { SystemTime::now(); }"),
            ("xtask/src/main.rs", "fn f() { std::time::Instant::now(); }"),
            ("crates/app/src/a.rs", "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }"),
            ("crates/server/src/a.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\"); // Timestamp::now"),
        ];
        assert!(check(&Tree::of(&files)).is_empty());
    }
}
