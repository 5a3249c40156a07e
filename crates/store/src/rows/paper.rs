//! `paper` and `document_piece`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loam_app::changes::{PaperChange, PaperWrite};
use loam_app::error::StoreError;
use loam_book::paper::{DocumentContent, Paper, Sheet};

use crate::cells::{Cell, Columns, Cursor, Row};

/// How many bytes of a document one row holds: 64 KiB as text.
const PIECE: usize = 48 * 1024;

pub(crate) fn paper_row(paper: &Paper) -> Row<'_> {
    let task = match &paper.sheet {
        Sheet::Task(task) => Some(task),
        Sheet::Comment { .. } | Sheet::Document(_) => None,
    };
    vec![
        Cell::part(paper.part),
        Cell::key(paper.key),
        Cell::int(paper.number),
        Cell::int(paper.version),
        Cell::text(paper.kind().name()),
        Cell::maybe_key(paper.subject.map(|subject| subject.address.key)),
        Cell::key(paper.author),
        Cell::maybe_key(task.map(|task| task.assignee)),
        Cell::maybe_text(task.map(|task| task.status.name())),
        Cell::maybe_date(task.map(|task| task.due_on)),
        Cell::json(paper),
    ]
}

/// Reads the column `body`.
pub(crate) fn read_paper(row: &impl Columns) -> Result<Paper, StoreError> {
    Cursor::new("paper", row).json()
}

/// Part and key of every paper whose content goes: of those that are deleted, and of those that get another.
pub(crate) fn emptied<'a>(changes: &[PaperChange]) -> Vec<Row<'a>> {
    let is_emptied = |change: &&PaperChange| match &change.write {
        PaperWrite::Put { content, .. } => content.is_some() && change.version_read.is_some(),
        PaperWrite::Delete => true,
    };
    let row = |change: &PaperChange| vec![Cell::part(change.address.part), Cell::key(change.address.key)];
    changes.iter().filter(is_emptied).map(row).collect()
}

/// The pieces of all new contents.
pub(crate) fn piece_rows<'a>(changes: &[PaperChange]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for change in changes {
        let PaperWrite::Put { content: Some(DocumentContent(bytes)), .. } = &change.write else { continue };
        for (n, piece) in (0..).zip(bytes.chunks(PIECE)) {
            rows.push(vec![
                Cell::part(change.address.part),
                Cell::key(change.address.key),
                Cell::int(n),
                Cell::Text(Some(Cow::Owned(STANDARD.encode(piece)))),
            ]);
        }
    }
    rows
}

/// Reads `piece`.
pub(crate) fn read_piece(row: &impl Columns) -> Result<Vec<u8>, StoreError> {
    let mut row = Cursor::new("document_piece", row);
    let text = row.text()?;
    STANDARD.decode(text).map_err(|error| row.unreadable(error))
}

/// A content of its pieces; a document has one at least.
pub(crate) fn content_of(pieces: Vec<Vec<u8>>) -> Option<DocumentContent> {
    (!pieces.is_empty()).then(|| DocumentContent(pieces.concat()))
}
