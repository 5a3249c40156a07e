//! Reads Rust text just well enough for the rules: which words are code, which are strings, which are tests.
//!
//! This is no parser. A rule looks for words, and a word inside a comment or a string is not code.

use std::ops::Range;

use super::scanner;

/// One Rust file with its comments and strings set apart.
pub(crate) struct Source {
    pub(crate) path: String,
    /// The text, byte for byte as long as the file, with comments and the insides of strings blanked.
    code: String,
    pub(crate) strings: Vec<Literal>,
    line_starts: Vec<usize>,
    test_regions: Vec<Range<usize>>,
}

/// The inside of one string literal.
pub(crate) struct Literal {
    pub(crate) offset: usize,
    pub(crate) text: String,
}

/// A word or a sign of the code. `::` is one sign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'s> {
    pub(crate) text: &'s str,
    pub(crate) offset: usize,
}

impl Source {
    pub(crate) fn read(path: &str, text: &str) -> Source {
        let (code, strings) = scanner::split(text);
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        let test_regions = test_regions(&tokens_of(&code));
        Source { path: path.to_owned(), code, strings, line_starts, test_regions }
    }

    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        tokens_of(&self.code)
    }

    /// The tokens outside of tests; nothing at all when the whole file is a test.
    pub(crate) fn product_tokens(&self) -> Vec<Token<'_>> {
        self.tokens().into_iter().filter(|token| !self.is_test(token.offset)).collect()
    }

    pub(crate) fn is_test(&self, offset: usize) -> bool {
        is_test_file(&self.path) || self.test_regions.iter().any(|region| region.contains(&offset))
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// How many lines the file has when its `#[cfg(test)]` items are left out.
    pub(crate) fn lines_without_tests(&self) -> usize {
        let last = self.code.len().saturating_sub(1);
        let all = self.line_of(last);
        let tests =
            self.test_regions.iter().map(|region| self.line_of(region.end) - self.line_of(region.start) + 1);
        all.saturating_sub(tests.sum())
    }

    /// The crate folder below `crates/`, when the file belongs to the `src` of one.
    pub(crate) fn room(&self) -> Option<&str> {
        let (room, rest) = self.path.strip_prefix("crates/")?.split_once('/')?;
        rest.starts_with("src/").then_some(room)
    }
}

/// The first segments that follow `prefix::` when `at` is the token after the `::`; more than one for `{a, b}`.
pub(crate) fn path_heads<'s>(tokens: &[Token<'s>], at: usize) -> Vec<Token<'s>> {
    let Some(first) = tokens.get(at) else { return Vec::new() };
    if first.text != "{" {
        return vec![*first];
    }
    let mut heads = Vec::new();
    let mut depth = 0_usize;
    let mut expects_head = false;
    for token in &tokens[at..] {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && expects_head => heads.push(*token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        expects_head = depth == 1 && matches!(token.text, "{" | ",");
    }
    heads
}

/// Whether the tokens from `at` on read like `words`.
pub(crate) fn reads(tokens: &[Token<'_>], at: usize, words: &[&str]) -> bool {
    words
        .iter()
        .enumerate()
        .all(|(step, word)| tokens.get(at + step).is_some_and(|token| token.text == *word))
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

fn tokens_of(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut characters = code.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        let mut end = offset + character.len_utf8();
        if is_word(character) {
            while let Some((at, next)) = characters.next_if(|(_, next)| is_word(*next)) {
                end = at + next.len_utf8();
            }
        } else if character.is_whitespace() {
            continue;
        } else if character == ':' && characters.next_if(|(_, next)| *next == ':').is_some() {
            end += 1;
        }
        tokens.push(Token { text: &code[offset..end], offset });
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The byte ranges of the items under `#[cfg(test)]`, from the attribute to the closing brace or semicolon.
fn test_regions(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut regions = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !reads(tokens, at, &MARK) {
            at += 1;
            continue;
        }
        let end = item_end(tokens, at + MARK.len());
        let last = end.min(tokens.len() - 1);
        regions.push(tokens[at].offset..tokens[last].offset + 1);
        at = end + 1;
    }
    regions
}

fn item_end(tokens: &[Token<'_>], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" if depth <= 1 => return at,
            "}" => depth -= 1,
            ";" if depth == 0 => return at,
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let source =
            Source::read("a.rs", "let a = \"todo!()\"; // todo!()\n/* todo!() */ let b = r#\"x \" y\"#;");
        assert!(source.tokens().iter().all(|token| token.text != "todo"));
        let strings: Vec<&str> = source.strings.iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(strings, ["todo!()", "x \" y"]);
    }

    #[test]
    fn a_lifetime_does_not_open_a_character() {
        let source = Source::read("a.rs", "fn f<'a>(x: &'a str) { let q = '\"'; let n = '\\''; now() }");
        assert!(source.strings.is_empty());
        assert!(source.tokens().iter().any(|token| token.text == "now"));
    }

    #[test]
    fn code_after_the_test_module_counts_again() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { c(); }\n}\nfn d() {}\n";
        let source = Source::read("a.rs", text);
        let words: Vec<&str> = source.product_tokens().iter().map(|token| token.text).collect();
        assert!(words.contains(&"a") && words.contains(&"d") && !words.contains(&"c"));
        assert_eq!(source.lines_without_tests(), 2);
    }

    #[test]
    fn the_heads_of_a_use_group_are_its_first_segments() {
        let source = Source::read("a.rs", "use loam_calc::{money::{Amount, Money}, rate::Rate};");
        let tokens = source.tokens();
        let heads: Vec<&str> = path_heads(&tokens, 3).iter().map(|token| token.text).collect();
        assert_eq!(heads, ["money", "rate"]);
    }

    #[test]
    fn lines_count_from_one() {
        let source = Source::read("a.rs", "one\ntwo\n");
        assert_eq!((source.line_of(0), source.line_of(3), source.line_of(4)), (1, 1, 2));
        assert_eq!(source.lines_without_tests(), 2);
    }
}
