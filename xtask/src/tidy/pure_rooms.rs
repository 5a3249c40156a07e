//! `calc` and `book` never wait: no `async`, no `.await`.

use super::Finding;
use super::source::{Source, reads};
use super::tree::Tree;

const PURE_ROOMS: [&str; 2] = ["calc", "book"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let pure = tree.rust().iter().filter(|source| PURE_ROOMS.iter().any(|room| source.room() == Some(room)));
    pure.flat_map(check_source).collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let tokens = source.tokens();
    let waits = |at: &usize| tokens[*at].text == "async" || reads(&tokens, *at, &[".", "await"]);
    (0..tokens.len())
        .filter(waits)
        .map(|at| {
            let room = source.room().unwrap_or_default();
            let sentence = format!("`{room}` is pure: what has to wait belongs in `app`");
            Finding::new(&source.path, source.line_of(tokens[at].offset), sentence)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_in_a_pure_room_is_found() {
        for text in
            ["async fn f() {}", "fn f() { g().await; }", "fn f() { async move { 1 }; }", "g()\n    .await"]
        {
            for path in ["crates/calc/src/a.rs", "crates/book/src/loan/a.rs"] {
                assert_eq!(check(&Tree::of(&[(path, text)])).len(), 1, "{path}: {text}");
            }
        }
    }

    #[test]
    fn waiting_elsewhere_and_words_about_waiting_are_fine() {
        let files = [
            ("crates/app/src/a.rs", "async fn f() { g().await }"),
            ("crates/calc/src/a.rs", "// async fn f\nconst A: &str = \".await\"; fn asynchronous() {}"),
        ];
        assert!(check(&Tree::of(&files)).is_empty());
    }
}
