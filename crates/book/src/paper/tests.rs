use jiff::civil::date;

use super::document::{NAME_MOST, SIZE_MOST};
use super::*;

fn made() -> Made {
    let key = |n| Key::entity(Part::new(3), 1, n);
    Made { key: key(1), number: 7, author: key(2), at: Timestamp::UNIX_EPOCH }
}

fn comment(text: &str) -> Result<Paper, PaperRefusal> {
    Paper::create(Part::new(3), None, &NewPaper::Comment(text.to_owned()), made())
}

#[test]
fn a_comment_has_a_text_of_a_possible_length() {
    assert!(comment("paid at the door").is_ok());
    assert_eq!(comment(" \n").unwrap_err(), PaperRefusal::MissingText);
    assert!(comment(&"ö".repeat(TEXT_MOST)).is_ok());
    assert_eq!(
        comment(&"ö".repeat(TEXT_MOST + 1)).unwrap_err(),
        PaperRefusal::TextTooLong { most: TEXT_MOST }
    );
}

fn file(name: &str, file_type: Option<&str>, content: &[u8]) -> Result<Document, PaperRefusal> {
    let new = NewDocument {
        name: name.to_owned(),
        file_type: file_type.map(str::to_owned),
        description: None,
        content: DocumentContent(content.to_vec()),
        picture: None,
    };
    document::create(&new)
}

#[test]
fn a_file_has_a_name_an_extension_and_the_content_that_it_says() {
    let kept = file("contract.PDF", None, b"%PDF-1.7").unwrap();
    assert_eq!((kept.extension.as_str(), kept.file_name().as_str(), kept.size), ("pdf", "contract.PDF", 8));
    assert_eq!(file("contract", Some("pdf"), b"%PDF-1.7").unwrap().file_name(), "contract.pdf");
    assert_eq!(file("a.txt", None, b"x").unwrap().extension, "txt");
    let refused = |name: &str, kind: Option<&str>, content: &[u8]| file(name, kind, content).unwrap_err();
    assert_eq!(refused("contract", None, b"x"), PaperRefusal::InvalidExtension);
    assert_eq!(refused("contract.", None, b"x"), PaperRefusal::InvalidExtension);
    assert_eq!(refused("a.exe", None, b"x"), PaperRefusal::ExtensionNotAllowed { value: "exe".into() });
    let other = PaperRefusal::ExtensionOfOtherContent { value: "pdf".into() };
    assert_eq!(refused("a.pdf", None, b"\x89PNG\r\n\x1a\n"), other);
    assert_eq!(refused("a.txt", None, b"MZ"), PaperRefusal::ExtensionOfOtherContent { value: "txt".into() });
    for name in ["../a.txt", "a/b.txt", "a\nb.txt", "", ".txt", "a\"b.txt"] {
        assert_eq!(refused(name, Some("txt"), b"x"), PaperRefusal::InvalidFileName, "{name:?}");
    }
    assert_eq!(refused("a.txt", None, b""), PaperRefusal::EmptyFile);
}

#[test]
fn a_file_and_its_name_have_a_length() {
    let long = format!("{}.txt", "n".repeat(NAME_MOST - 4));
    assert!(file(&long, None, b"x").is_ok());
    assert_eq!(
        file(&format!("n{long}"), None, b"x").unwrap_err(),
        PaperRefusal::NameTooLong { most: NAME_MOST }
    );
    assert!(file("a.txt", None, &vec![b'x'; SIZE_MOST]).is_ok());
    let large = vec![b'x'; SIZE_MOST + 1];
    assert_eq!(file("a.txt", None, &large).unwrap_err(), PaperRefusal::FileTooLarge { most: SIZE_MOST });
}

fn task() -> Task {
    let assignee = Key::entity(Part::new(0), 1, 1);
    let new = NewTask { title: "Call".into(), description: None, due_on: date(2024, 1, 31), assignee };
    task::create(&new).unwrap()
}

#[test]
fn a_task_is_overdue_from_the_day_after() {
    let task = task();
    assert!(!task.is_overdue(date(2024, 1, 31)) && task.is_overdue(date(2024, 2, 1)));
    assert_eq!(task.days_until_due(date(2024, 1, 30)), 1);
    assert_eq!(task.days_until_due(date(2024, 2, 2)), -2);
}

#[test]
fn a_task_is_completed_once_and_may_be_opened_again() {
    let today = date(2024, 1, 30);
    let to = |status| TaskEdit { status: Some(status), ..TaskEdit::default() };
    let completed = task().edited(&to(TaskStatus::Completed), today).unwrap();
    assert_eq!((completed.status, completed.completed_on), (TaskStatus::Completed, Some(today)));
    assert!(!completed.is_overdue(date(2025, 1, 1)));
    let retitled = TaskEdit { title: Some("Write".into()), ..TaskEdit::default() };
    assert_eq!(completed.edited(&retitled, today), Err(PaperRefusal::CompletedTask));
    assert_eq!(completed.edited(&to(TaskStatus::Open), today).unwrap(), task());
    let later = TaskEdit { completed_on: Some(date(2024, 1, 31)), ..to(TaskStatus::Completed) };
    assert_eq!(task().edited(&later, today), Err(PaperRefusal::CompletionDate));
    let open = TaskEdit { completed_on: Some(today), ..TaskEdit::default() };
    assert_eq!(task().edited(&open, today), Err(PaperRefusal::CompletionDate));
    let empty = TaskEdit { title: Some(" ".into()), ..TaskEdit::default() };
    assert_eq!(task().edited(&empty, today), Err(PaperRefusal::TitleLength { most: task::TITLE_MOST }));
}

#[test]
fn the_picture_of_a_client_has_one_place() {
    let address = |n| Address { part: Part::new(3), key: Key::entity(Part::new(3), 1, n) };
    let key = Paper::picture_key(address(1), PictureKind::ProfilePicture);
    assert_eq!(key, Paper::picture_key(address(1), PictureKind::ProfilePicture));
    assert_ne!(key, Paper::picture_key(address(1), PictureKind::Signature));
    assert_ne!(key, Paper::picture_key(address(2), PictureKind::ProfilePicture));
    assert_eq!(key.part(), Some(Part::new(3)));
}
