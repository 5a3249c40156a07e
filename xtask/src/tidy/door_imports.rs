//! Doors never import each other. What two doors share stands outside `doors/`.

use std::collections::BTreeSet;

use super::Finding;
use super::source::{Source, Token, path_heads};
use super::tree::Tree;

const DOORS: &str = "crates/server/src/doors/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let doors: BTreeSet<&str> = tree.rust().iter().filter_map(|source| door_of(&source.path)).collect();
    tree.rust().iter().flat_map(|source| check_source(source, &doors)).collect()
}

/// The door a file belongs to: the folder below `doors/`, or the file itself.
fn door_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(DOORS)?;
    let door = rest.split('/').next()?;
    let door = door.strip_suffix(".rs").unwrap_or(door);
    (door != "mod").then_some(door)
}

/// How many `super`s lead from the file's module to `doors`.
fn depth_of(path: &str) -> usize {
    let rest = path.strip_prefix(DOORS).unwrap_or_default();
    let folders = rest.matches('/').count();
    if rest.ends_with("/mod.rs") { folders } else { folders + 1 }
}

fn check_source(source: &Source, doors: &BTreeSet<&str>) -> Vec<Finding> {
    let Some(own) = door_of(&source.path) else { return Vec::new() };
    let tokens = source.tokens();
    let depth = depth_of(&source.path);
    let named = (0..tokens.len()).flat_map(|at| modules_named_at(&tokens, at, depth));
    named
        .filter(|module| module.text != own && doors.contains(module.text))
        .map(|module| {
            let sentence =
                format!("door `{own}` names door `{}`: move what they share out of `doors/`", module.text);
            Finding::new(&source.path, source.line_of(module.offset), sentence)
        })
        .collect()
}

/// The modules right below `doors` that a path beginning at this token leads into.
fn modules_named_at<'s>(tokens: &[Token<'s>], at: usize, depth: usize) -> Vec<Token<'s>> {
    let follows_path = at > 0 && tokens[at - 1].text == "::";
    let is_path = tokens.get(at + 1).is_some_and(|next| next.text == "::");
    match tokens[at].text {
        "doors" if is_path => path_heads(tokens, at + 2),
        "super" if is_path && !follows_path => {
            let supers = tokens[at..].chunks(2).take_while(|step| step[0].text == "super").count();
            // An inline module, such as the tests, adds one more `super` than the file's depth.
            if supers >= depth { path_heads(tokens, at + 2 * supers) } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: (&str, &str) = ("crates/server/src/doors/marketplace/mod.rs", "");

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        check(&Tree::of(&[OTHER, (path, text)]))
    }

    #[test]
    fn every_way_to_name_another_door_is_found() {
        let texts = [
            "use crate::doors::marketplace::wire;",
            "use crate::{auth, doors::marketplace::wire::Loan};",
            "use crate::doors::{loan_accounts::wire, marketplace};",
            "use super::super::marketplace::error;",
            "use super::super::{marketplace::error};",
            "fn f() { crate::doors::marketplace::wire::g(); }",
            "#[cfg(test)]\nmod tests { use super::super::super::marketplace::wire; }",
        ];
        for text in texts {
            assert_eq!(findings("crates/server/src/doors/loan_accounts/wire.rs", text).len(), 1, "{text}");
        }
        assert_eq!(
            findings("crates/server/src/doors/loan_accounts/mod.rs", "use super::marketplace;").len(),
            1
        );
    }

    #[test]
    fn a_door_may_name_itself_and_what_stands_outside() {
        let texts = [
            "use super::wire; use crate::auth::Actor; use crate::doors::loan_accounts::error;",
            "use super::super::super::auth;",
            "mod marketplace {} // crate::doors::marketplace",
        ];
        for text in texts {
            assert!(findings("crates/server/src/doors/loan_accounts/loans.rs", text).is_empty(), "{text}");
        }
        assert!(findings("crates/server/src/router.rs", "use crate::doors::marketplace;").is_empty());
        assert!(
            findings("crates/server/src/doors/mod.rs", "pub mod marketplace; use self::marketplace::routes;")
                .is_empty()
        );
    }
}
