//! Splits Rust text into code and string literals, keeping every byte at its place.

use super::source::Literal;

/// The code with comments and string insides blanked, and the strings.
pub(super) fn split(text: &str) -> (String, Vec<Literal>) {
    let mut scanner =
        Scanner { text: text.as_bytes(), at: 0, code: Vec::with_capacity(text.len()), strings: Vec::new() };
    while scanner.at < scanner.text.len() {
        scanner.step();
    }
    // Only whole comments and strings are blanked, so what is left is still valid text.
    (String::from_utf8_lossy(&scanner.code).into_owned(), scanner.strings)
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Scanner<'_> {
    fn step(&mut self) {
        match self.text[self.at] {
            b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
            b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
            b'"' => self.plain_string(),
            b'\'' => self.character_or_lifetime(),
            byte if is_word(byte) => self.word_or_raw_string(),
            _ => self.copy(1),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn copy(&mut self, count: usize) {
        let end = (self.at + count).min(self.text.len());
        self.code.extend_from_slice(&self.text[self.at..end]);
        self.at = end;
    }

    fn blank(&mut self, count: usize) {
        let end = (self.at + count).min(self.text.len());
        let blanked = self.text[self.at..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' });
        self.code.extend(blanked);
        self.at = end;
    }

    fn line_comment(&mut self) {
        let length = self.text[self.at..].iter().take_while(|byte| **byte != b'\n').count();
        self.blank(length);
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => depth += 1,
                (Some(b'*'), Some(b'/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank(1);
                    continue;
                }
            }
            self.blank(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn plain_string(&mut self) {
        let rest = &self.text[self.at + 1..];
        let mut length = 0;
        while length < rest.len() && rest[length] != b'"' {
            length += if rest[length] == b'\\' { 2 } else { 1 };
        }
        self.string_inside(1, length.min(rest.len()), 1);
    }

    /// Copies the opening quotes, keeps and blanks the inside, copies the closing quotes.
    fn string_inside(&mut self, opening: usize, length: usize, closing: usize) {
        self.copy(opening);
        let text = String::from_utf8_lossy(&self.text[self.at..self.at + length]).into_owned();
        self.strings.push(Literal { offset: self.at, text });
        self.blank(length);
        self.copy(closing);
    }

    fn word_or_raw_string(&mut self) {
        let rest = &self.text[self.at..];
        let word = rest.iter().take_while(|byte| is_word(**byte)).count();
        let hashes = rest[word..].iter().take_while(|byte| **byte == b'#').count();
        let is_raw = matches!(&rest[..word], b"r" | b"br" | b"cr") && rest.get(word + hashes) == Some(&b'"');
        if !is_raw {
            return self.copy(word);
        }
        let opening = word + hashes + 1;
        let inside = &rest[opening..];
        let closes = |from: usize| {
            inside[from] == b'"'
                && inside[from + 1..].iter().take_while(|byte| **byte == b'#').count() >= hashes
        };
        let length = (0..inside.len()).find(|from| closes(*from)).unwrap_or(inside.len());
        self.string_inside(opening, length, hashes + 1);
    }

    /// `'x'` and `'\n'` are characters; `'a` without a closing quote right after is a lifetime or a label.
    fn character_or_lifetime(&mut self) {
        let rest = &self.text[self.at + 1..];
        let length = match rest.first() {
            Some(b'\\') => rest.iter().skip(2).position(|byte| *byte == b'\'').map(|quote| quote + 2),
            Some(first) => {
                let width = character_width(*first);
                (rest.get(width) == Some(&b'\'')).then_some(width)
            }
            None => None,
        };
        self.copy(1);
        if let Some(length) = length {
            self.blank(length);
            self.copy(1);
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// How many bytes the UTF-8 character takes that starts with `first`.
fn character_width(first: u8) -> usize {
    match first {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, code: &str) {
        assert_eq!(split(text).0, code);
        assert_eq!(split(text).0.len(), text.len());
    }

    #[test]
    fn nested_block_comments_end_where_the_outer_one_ends() {
        check("a /* /* */ */ b", "a             b");
    }

    #[test]
    fn escaped_quotes_stay_inside_the_string() {
        check(r#"f("a\"b\\") c"#, r#"f("      ") c"#);
    }

    #[test]
    fn byte_strings_and_byte_characters_are_blanked() {
        check(r##"b"x" b'y' br#"z"# r#type"##, r##"b" " b' ' br#" "# r#type"##);
    }

    #[test]
    fn an_unfinished_string_ends_with_the_file() {
        check("f(\"abc", "f(\"   ");
    }

    #[test]
    fn letters_outside_ascii_do_not_shift_anything() {
        check("'é' x \"→\" y", "'  ' x \"   \" y");
    }
}
