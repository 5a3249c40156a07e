//! No file is longer than 600 lines without its tests. The length of a function is clippy's business.

use super::Finding;
use super::source::Source;
use super::tree::Tree;

const LIMIT: usize = 600;

/// Files that were longer when the rule came, with the length they had. Rows may only shrink and go.
const EXCEPTIONS: [(&str, usize); 0] = [];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    check_with(tree, &EXCEPTIONS)
}

fn check_with(tree: &Tree, exceptions: &[(&str, usize)]) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        tree.rust().iter().filter_map(|source| too_long(source, exceptions)).collect();
    findings.extend(exceptions.iter().filter_map(|(path, allowed)| stale(tree, path, *allowed)));
    findings
}

fn too_long(source: &Source, exceptions: &[(&str, usize)]) -> Option<Finding> {
    let limit =
        exceptions.iter().find(|(path, _)| *path == source.path).map_or(LIMIT, |(_, allowed)| *allowed);
    let lines = source.lines_without_tests();
    let sentence =
        format!("{lines} lines without tests, at most {limit}: find the part that has a name of its own");
    (lines > limit).then(|| Finding::new(&source.path, lines, sentence))
}

fn stale(tree: &Tree, path: &str, allowed: usize) -> Option<Finding> {
    let lines = tree.rust().iter().find(|source| source.path == path).map(Source::lines_without_tests);
    let sentence = match lines {
        None => "the file is gone: take it off the list of exceptions",
        Some(lines) if lines <= LIMIT => "the file is short enough now: take it off the list of exceptions",
        Some(lines) if lines < allowed => "the file has shrunk: shrink its row in the list of exceptions",
        Some(_) => return None,
    };
    Some(Finding::new(path, 1, sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(lines: usize) -> Tree {
        Tree::of(&[("crates/book/src/a.rs", &"fn a() {}\n".repeat(lines))])
    }

    #[test]
    fn a_file_may_have_600_lines_and_not_one_more() {
        assert!(check(&tree(600)).is_empty());
        assert_eq!(check(&tree(601))[0].line, 601);
    }

    #[test]
    fn tests_at_the_end_do_not_count() {
        let text = format!(
            "{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            "fn a() {}\n".repeat(600),
            "fn b() {}\n".repeat(50)
        );
        assert!(check(&Tree::of(&[("crates/book/src/a.rs", &text)])).is_empty());
    }

    #[test]
    fn the_list_of_exceptions_may_only_shrink() {
        let check = |lines, allowed| check_with(&tree(lines), &[("crates/book/src/a.rs", allowed)]).len();
        assert_eq!(check(700, 700), 0);
        assert_eq!(check(701, 700), 1);
        assert_eq!(check(650, 700), 1);
        assert_eq!(check(600, 700), 1);
        assert_eq!(check_with(&tree(1), &[("crates/book/src/gone.rs", 700)]).len(), 1);
    }
}
