//! A document has one title: exactly one heading of the first level, outside of code blocks.

use super::Finding;
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let documents = tree.ending(".md").filter(|(path, _)| !path.contains('/') || path.starts_with("docs/"));
    documents.flat_map(|(path, text)| check_document(path, text)).collect()
}

fn check_document(path: &str, text: &str) -> Vec<Finding> {
    let titles = titles(text);
    match titles.as_slice() {
        [] => vec![Finding::new(path, 1, "the document has no title: begin it with one `# …` line")],
        [_] => Vec::new(),
        [_, others @ ..] => {
            let sentence = "a second title: one document has one `# …` line, the rest is `## …`";
            others.iter().map(|line| Finding::new(path, *line, sentence)).collect()
        }
    }
}

/// The lines of the first-level headings, counted from one.
fn titles(text: &str) -> Vec<usize> {
    let mut titles = Vec::new();
    let mut fence: Option<&str> = None;
    let mut previous = "";
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        let is_title = fence.is_none() && line.starts_with("# ");
        let underlines = fence.is_none() && line.len() > 2 && line.bytes().all(|byte| byte == b'=');
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(close)) if open == close => fence = None,
            _ => {}
        }
        if is_title || (underlines && !previous.trim().is_empty()) {
            titles.push(at + 1);
        }
        previous = line;
    }
    titles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<usize> {
        check(&Tree::of(&[(path, text)])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_document_without_a_title_is_found() {
        assert_eq!(findings("README.md", "## Only a section\n"), [1]);
    }

    #[test]
    fn a_second_title_is_found() {
        assert_eq!(findings("docs/adr/0001-log.md", "# One\n\n# Two\n"), [3]);
        assert_eq!(findings("docs/a.md", "# One\n\nTwo\n===\n"), [4]);
    }

    #[test]
    fn a_comment_in_a_code_block_is_no_title() {
        assert!(findings("CONTRIBUTING.md", "# One\n\n```sh\n# not a title\n```\n## Two\n").is_empty());
    }

    #[test]
    fn fixtures_of_tests_are_not_documents() {
        assert!(findings("tests/fixtures/a.md", "no title").is_empty());
    }
}
