//! Splits a migration into statements and a statement into words, keeping lines and comments.
//!
//! A token that is filled in per database, such as `{{bytes}}`, is one word; `{{pk}}` stands for `primary key`.

/// One statement up to its semicolon.
#[derive(Debug, Default)]
pub(super) struct Statement {
    /// The comment lines above it, without their dashes.
    pub(super) comments: Vec<String>,
    pub(super) words: Vec<Word>,
}

/// A name or keyword in lowercase, a sign, or a string as `'`.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) line: usize,
}

pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut reader = Reader { rest: text, line: 1, statement: Statement::default(), done: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.finish_statement();
    reader.done
}

/// The words between the bracket at `opening` and the one that closes it, and the index after that one.
pub(super) fn bracketed(words: &[Word], opening: usize) -> (&[Word], usize) {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate().skip(opening) {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" if depth <= 1 => return (&words[opening + 1..at], at + 1),
            ")" => depth -= 1,
            _ => {}
        }
    }
    (words.get(opening + 1..).unwrap_or_default(), words.len())
}

/// The parts between the commas that stand in no bracket.
pub(super) fn items(words: &[Word]) -> Vec<&[Word]> {
    let mut depth = 0_usize;
    let items = words.split(|word| {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && word.text == ","
    });
    items.filter(|item| !item.is_empty()).collect()
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    statement: Statement,
    done: Vec<Statement>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let Some(first) = self.rest.chars().next() else { return };
        if self.rest.starts_with("--") {
            self.comment();
        } else if self.rest.starts_with("/*") {
            let end = self.rest.find("*/").map_or(self.rest.len(), |end| end + 2);
            self.advance(end);
        } else if first == ';' {
            self.advance(1);
            self.finish_statement();
        } else if matches!(first, '\'' | '"') {
            self.quoted(first);
        } else if self.rest.starts_with("{{") || self.rest.starts_with("${") {
            self.token();
        } else if first.is_alphanumeric() || first == '_' {
            let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
            let end = self.rest.find(|letter| !is_word(letter)).unwrap_or(self.rest.len());
            self.push(self.rest[..end].to_lowercase());
            self.advance(end);
        } else {
            if !first.is_whitespace() {
                self.push(first.to_string());
            }
            self.advance(first.len_utf8());
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.line += self.rest[..bytes].matches('\n').count();
        self.rest = &self.rest[bytes..];
    }

    fn push(&mut self, text: String) {
        self.statement.words.push(Word { text, line: self.line });
    }

    fn finish_statement(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        if !statement.words.is_empty() {
            self.done.push(statement);
        }
    }

    /// Keeps the comment when no word of its statement has come yet.
    fn comment(&mut self) {
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        if self.statement.words.is_empty() {
            self.statement.comments.push(self.rest[2..end].trim().to_owned());
        }
        self.advance(end);
    }

    fn quoted(&mut self, quote: char) {
        let length = self.rest[1..].find(quote).unwrap_or(self.rest.len() - 1);
        let is_name = quote == '"';
        self.push(if is_name { self.rest[1..=length].to_lowercase() } else { quote.to_string() });
        self.advance((length + 2).min(self.rest.len()));
    }

    fn token(&mut self) {
        let end = self.rest.find('}').map_or(self.rest.len(), |end| end + 1);
        let end = end + self.rest[end..].bytes().take_while(|byte| *byte == b'}').count();
        let name = self.rest[..end].trim_matches(['$', '{', '}', ' ']).to_lowercase();
        if name == "pk" || name.contains("primary_key") {
            self.push("primary".to_owned());
            self.push("key".to_owned());
        } else {
            self.push(name);
        }
        self.advance(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn statements_keep_the_comments_above_them() {
        let text = "-- one\ncreate A; -- two\n-- three\nDROP \"B\" -- not above\n;";
        let statements = statements(text);
        assert_eq!(statements[0].comments, ["one"]);
        assert_eq!(statements[1].comments, ["two", "three"]);
        assert_eq!(texts(&statements[1].words), ["drop", "b"]);
        assert_eq!(statements[1].words[0].line, 4);
    }

    #[test]
    fn a_semicolon_in_a_string_or_comment_ends_nothing() {
        let statements = statements("insert 'a;b' /* c;d */ x -- e;f\n y");
        assert_eq!(statements.len(), 1);
        assert_eq!(texts(&statements[0].words), ["insert", "'", "x", "y"]);
    }

    #[test]
    fn a_token_is_one_word() {
        let statements = statements("id {{pk}}, body {{bytes}}, at ${instant}");
        assert_eq!(
            texts(&statements[0].words),
            ["id", "primary", "key", ",", "body", "bytes", ",", "at", "instant"]
        );
    }

    #[test]
    fn items_are_split_at_outer_commas() {
        let statements = statements("t (a numeric(1, 2), primary key (a, b)) x");
        let (inside, after) = bracketed(&statements[0].words, 1);
        let items: Vec<String> = items(inside).iter().map(|item| texts(item).join(" ")).collect();
        assert_eq!(items, ["a numeric ( 1 , 2 )", "primary key ( a , b )"]);
        assert_eq!(statements[0].words[after].text, "x");
    }
}
