//! How a template is read and filled in. The engine gets no filters, no functions and nothing to
//! include; what could make much of little is refused before it sees the text.

use std::collections::BTreeMap;
use std::io;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::placeholders::{self, Variables};
use super::{TemplateError, TemplateType};

/// The longest text of a template, in bytes.
pub const TEXT_LIMIT: usize = 64 * 1024;
/// The longest document, in bytes.
pub const RENDERED_LIMIT: usize = 4_000_000;
/// How many steps a document may take: a schedule and a history of many thousands of rows.
const FUEL: u64 = 5_000_000;

/// What may stand behind `{%`.
const STATEMENTS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];
/// What may not stand in a tag outside a text: these make long values of short ones, or end a tag early.
const BANNED: [char; 4] = ['~', '*', '+', '{'];

/// A document that would be too long, or take too long to make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document could not be made: {reason}")]
pub struct TooMuch {
    pub reason: String,
}

/// Checks a text.
pub(super) fn check(text: &str, template_type: TemplateType) -> Result<(), TemplateError> {
    let wrong = |line, reason: &str| Err(TemplateError { line, reason: reason.to_owned() });
    if text.len() > TEXT_LIMIT {
        return wrong(1, "the text is longer than 65536 bytes");
    }
    scan(text)?;
    let strict = environment(UndefinedBehavior::Strict);
    let parsed = strict.template_from_str(text).map_err(|error| told(&error))?;
    let mut unknown: Vec<String> = parsed.undeclared_variables(true).into_iter().collect();
    unknown.retain(|name| !placeholders::is_known(name, template_type));
    unknown.sort();
    if let Some(name) = unknown.first() {
        let line = text.lines().position(|line| line.contains(name.as_str())).map_or(1, |at| at + 1);
        return wrong(line, &format!("there is no placeholder \"{name}\""));
    }
    // Filters, tests and the members of rows are only looked up when they are come by.
    filled(&strict, text, placeholders::samples(template_type)).map(|_| ()).map_err(|error| told(&error))
}

/// Fills a text in. What a template names and nobody knows is left empty.
pub(super) fn render(text: &str, variables: Variables) -> Result<String, TooMuch> {
    let environment = environment(UndefinedBehavior::Chainable);
    let too_much = |error: minijinja::Error| {
        let is_out_of_steps = error.kind() == ErrorKind::OutOfFuel;
        let reason =
            if is_out_of_steps { "it takes too many steps".to_owned() } else { told(&error).to_string() };
        TooMuch { reason }
    };
    filled(&environment, text, variables).map_err(too_much)
}

fn filled(
    environment: &Environment<'_>,
    text: &str,
    variables: Variables,
) -> Result<String, minijinja::Error> {
    let mut document = Bounded(Vec::new());
    let context: BTreeMap<&'static str, Value> = variables;
    environment.template_from_str(text)?.render_captured_to(Value::from_object(context), &mut document)?;
    Ok(String::from_utf8(document.0).expect("a document is made of texts"))
}

fn environment(undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(FUEL));
    environment
}

fn told(error: &minijinja::Error) -> TemplateError {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    TemplateError { line: error.line().unwrap_or(1), reason }
}

/// A document that does not grow beyond its limit.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.0.len() + piece.len() > RENDERED_LIMIT {
            return Err(io::Error::other("the document is too long"));
        }
        self.0.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Goes through the tags of a text. Every `{%` is looked at wherever it stands, so nothing can be
/// hidden in what this takes for a text or a comment and the engine does not.
fn scan(text: &str) -> Result<(), TemplateError> {
    for (at, _) in text.match_indices("{%") {
        let behind = text[at + 2..].trim_start_matches(['-', '+']).trim_start();
        let word = behind.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        if !STATEMENTS.contains(&word) {
            let reason = format!("\"{word}\" is none of {}", STATEMENTS.join(", "));
            return Err(TemplateError { line: line_of(text, at), reason });
        }
    }
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let inside = &rest[at + 2..];
        rest = if rest[at..].starts_with("{#") {
            inside.split_once("#}").map_or("", |(_, rest)| rest)
        } else {
            let length = tag_length(inside).map_err(|(length, reason)| TemplateError {
                line: line_of(text, text.len() - inside.len() + length),
                reason,
            })?;
            &inside[length..]
        };
    }
    Ok(())
}

/// How long a tag is, without what opens it.
fn tag_length(inside: &str) -> Result<usize, (usize, String)> {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in inside.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if c == '\\' => is_escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if BANNED.contains(&c) => return Err((at, format!("\"{c}\" may not stand in a tag"))),
            None if inside[at..].starts_with("}}") || inside[at..].starts_with("%}") => return Ok(at + 2),
            None => {}
        }
    }
    // What is not closed, the engine refuses in its own words.
    Ok(inside.len())
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
