//! Comments, documents and tasks as they are shown, and base64 both ways.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::paper::{Paper, Sheet, TaskStatus};

use super::super::wire::papers as wire;
use super::super::wire::values::{Day, EncodedKey, Instant};

/// `None`: it is no comment.
pub(crate) fn comment(paper: &Paper) -> Option<wire::Comment<'_>> {
    let Sheet::Comment { text } = &paper.sheet else { return None };
    Some(wire::Comment {
        encoded_key: EncodedKey(paper.key),
        parent_key: EncodedKey(paper.subject?.address.key),
        user_key: EncodedKey(paper.author),
        text,
        creation_date: Instant(paper.created_at),
        last_modified_date: Instant(paper.last_modified_at),
    })
}

/// `None`: it is no document.
pub(crate) fn document<'a>(paper: &'a Paper, catalog: &Catalog) -> Option<wire::Document<'a>> {
    let Sheet::Document(document) = &paper.sheet else { return None };
    let subject = paper.subject?;
    let author = catalog.users.by_key(paper.author);
    Some(wire::Document {
        encoded_key: EncodedKey(paper.key),
        id: paper.number,
        name: &document.name,
        kind: document.extension.to_ascii_uppercase(),
        file_size: document.size,
        original_filename: document.file_name(),
        description: document.description.as_deref(),
        document_holder_key: EncodedKey(subject.address.key),
        document_holder_type: subject.kind.name(),
        created_by_user_key: EncodedKey(paper.author),
        user_name: author.map(|user| format!("{} {}", user.first_name, user.last_name).trim().to_owned()),
        creation_date: Instant(paper.created_at),
        last_modified_date: Instant(paper.last_modified_at),
    })
}

/// `None`: it is no task.
pub(crate) fn task(paper: &Paper, business_date: Date) -> Option<wire::Task<'_>> {
    let Sheet::Task(task) = &paper.sheet else { return None };
    Some(wire::Task {
        encoded_key: EncodedKey(paper.key),
        id: paper.number,
        title: &task.title,
        description: task.description.as_deref(),
        due_date: Day(task.due_on),
        completion_date: task.completed_on.map(Day),
        status: task.status.name(),
        task_link_key: paper.subject.map(|subject| EncodedKey(subject.address.key)),
        task_link_type: paper.subject.map(|subject| subject.kind.name()),
        assigned_user_key: EncodedKey(task.assignee),
        created_by_user_key: EncodedKey(paper.author),
        days_until_due: (task.status == TaskStatus::Open).then(|| task.days_until_due(business_date)),
        creation_date: Instant(paper.created_at),
        last_modified_date: Instant(paper.last_modified_at),
    })
}

/// A base64 text without what a browser writes before it and without line breaks. In a form a `+` that was
/// not escaped arrives as a space.
pub(crate) fn plain_base64(text: &str, is_form: bool) -> Vec<u8> {
    let plain = text.split_once(";base64,").map_or(text, |(_, plain)| plain);
    let unescaped = |byte| if is_form && byte == b' ' { b'+' } else { byte };
    plain.bytes().map(unescaped).filter(|byte| !byte.is_ascii_whitespace()).collect()
}

pub(crate) fn bytes_of(plain: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(plain).ok()
}

pub(crate) fn base64_of(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_comes_plain_in_lines_or_as_a_browser_writes_it() {
        let read = |text, is_form| bytes_of(&plain_base64(text, is_form));
        for text in ["aGVsbG8=", "aGVs\r\nbG8=\n", "data:image/PNG;base64,aGVsbG8="] {
            for is_form in [false, true] {
                assert_eq!(read(text, is_form).as_deref(), Some(&b"hello"[..]), "{text}");
            }
        }
        assert_eq!(read("aGVsbG8", false), None);
        assert_eq!(read("*", false), None);
        assert_eq!(read("++ v", true), STANDARD.decode("+++v").ok(), "a form makes a space of a plus");
        assert_eq!(read("++ v", false), None, "anywhere else a space is none");
    }
}
