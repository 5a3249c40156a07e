//! Comments on accounts, clients and records.

use loam_book::paper::{NewPaper, PaperCommand, PaperKind, SubjectKind};

use super::asked::Asked;
use super::papers::{about, subject, submit};
use super::reply::{self, Answer};
use super::translate::page::page;
use super::translate::papers::comment;

/// `GET /api/{entity}/{id}/comments`: the oldest first.
pub(super) async fn list(kind: SubjectKind, id: String, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let subject = subject(&asked, kind, &id).await?;
    let rows = about(&asked, PaperKind::Comment, subject, page).await?;
    reply::ok(&rows.iter().filter_map(comment).collect::<Vec<_>>())
}

/// `POST /api/{entity}/{id}/comments`.
pub(super) async fn create(kind: SubjectKind, id: String, asked: Asked) -> Answer {
    let subject = subject(&asked, kind, &id).await?;
    let text = asked.entity(asked.fields()?, "comment")?.owned("text")?.unwrap_or_default();
    let part = subject.address.part;
    let command = PaperCommand::Create { part, subject: Some(subject), new: NewPaper::Comment(text) };
    let paper = submit(&asked, command).await?;
    reply::posted(&comment(&paper))
}
