//! No shortcuts left in the code: silenced lints, skipped tests, unwritten functions.

use super::Finding;
use super::source::{Source, Token, reads};
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().iter().flat_map(check_source).collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let tokens = source.tokens();
    let found = (0..tokens.len()).filter_map(|at| Some((tokens[at], objection(&tokens, at)?)));
    found
        .map(|(token, sentence)| Finding::new(&source.path, source.line_of(token.offset), sentence))
        .collect()
}

fn objection(tokens: &[Token<'_>], at: usize) -> Option<&'static str> {
    if reads(tokens, at, &["todo", "!"]) || reads(tokens, at, &["unimplemented", "!"]) {
        return Some("write it, or leave it out until it is needed");
    }
    let opening = if reads(tokens, at, &["#", "["]) {
        at + 1
    } else if reads(tokens, at, &["#", "!", "["]) {
        at + 2
    } else {
        return None;
    };
    attribute_objection(inside_brackets(&tokens[opening..]))
}

fn attribute_objection(attribute: &[Token<'_>]) -> Option<&'static str> {
    let calls = |word: &str| (0..attribute.len()).any(|at| reads(attribute, at, &[word, "("]));
    let names = |word: &str| attribute.iter().any(|token| token.text == word);
    let is_conditional = reads(attribute, 0, &["cfg_attr"]);
    if calls("allow") {
        return Some(
            "use #[expect(…, reason = \"…\")] instead of allow: it speaks up when it is no longer needed",
        );
    }
    if calls("expect") && !names("reason") {
        return Some("say why: #[expect(…, reason = \"…\")]");
    }
    if reads(attribute, 0, &["ignore"]) || (is_conditional && names("ignore")) {
        return Some("a test runs or is deleted; it is never skipped");
    }
    None
}

/// The tokens between the bracket that `tokens` begins with and the one that closes it.
fn inside_brackets<'t, 's>(tokens: &'t [Token<'s>]) -> &'t [Token<'s>] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "[" => depth += 1,
            "]" if depth == 1 => return &tokens[1..at],
            "]" => depth -= 1,
            _ => {}
        }
    }
    &tokens[1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        check(&Tree::of(&[("tests/e2e/main.rs", text)]))
    }

    #[test]
    fn every_shortcut_is_found() {
        let texts = [
            "#[allow(dead_code)] fn f() {}",
            "#![allow(clippy::all)]",
            "#[cfg_attr(test, allow(dead_code))] fn f() {}",
            "#[expect(dead_code)] fn f() {}",
            "#[test]\n#[ignore]\nfn f() {}",
            "#[ignore = \"slow\"] fn f() {}",
            "#[cfg_attr(windows, ignore)] fn f() {}",
            "fn f() { todo!() }",
            "fn f() { unimplemented!(\"later\") }",
        ];
        for text in texts {
            assert_eq!(findings(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn an_expectation_with_a_reason_is_fine() {
        let texts = [
            "#[expect(dead_code, reason = \"the next commit calls it\")] fn f() {}",
            "fn f() { a.expect(\"holds\"); allow(1); let ignore = [0]; }",
            "// todo!() #[allow(x)]",
            "const A: &str = \"#[ignore]\";",
        ];
        for text in texts {
            assert!(findings(text).is_empty(), "{text}");
        }
    }
}
