//! `paper` and `document_piece`.

use loam_app::changes::{PaperChange, PaperWrite};
use loam_app::command::Address;

use super::pipeline::{Query, Writes};
use crate::cells::{Cell, Row};
use crate::rows::paper::{emptied, paper_row, piece_rows};

/// Writes papers, each only if nobody else did since it was read.
pub(super) fn save_papers<'a>(writes: &mut Writes<'a>, changes: &'a [PaperChange]) {
    let empty = "delete from document_piece
                  where (part, paper_key) in (select * from unnest($1::bigint[], $2::text[]))";
    writes.any(empty, emptied(changes));
    let (mut new, mut known, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match (&change.write, change.version_read) {
            (PaperWrite::Put { paper, .. }, None) => new.push(paper_row(paper)),
            (PaperWrite::Put { paper, .. }, Some(version)) => {
                let mut row = paper_row(paper);
                row.push(Cell::int(version));
                known.push(row);
            }
            (PaperWrite::Delete, version) => gone.push(gone_row(change.address, version)),
        }
    }
    let insert =
        "insert into paper (part, paper_key, number, version, kind, subject_key, author_key, assignee_key,
                    task_status, due_on, body)
                  select * from unnest(
                    $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                    $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[])
                  on conflict do nothing";
    writes.all(insert, new);
    let update = "update paper as p
                     set number = t.number, version = t.version, kind = t.kind, subject_key = t.subject_key,
                         author_key = t.author_key, assignee_key = t.assignee_key,
                         task_status = t.task_status, due_on = t.due_on, body = t.body
                    from unnest(
                         $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                         $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::bigint[])
                      as t (part, paper_key, number, version, kind, subject_key, author_key, assignee_key,
                         task_status, due_on, body, version_read)
                   where p.part = t.part and p.paper_key = t.paper_key and p.version = t.version_read";
    writes.all(update, known);
    let delete = "delete from paper
                   where (part, paper_key, version)
                         in (select * from unnest($1::bigint[], $2::text[], $3::bigint[]))";
    writes.all(delete, gone);
    let pieces = "insert into document_piece (part, paper_key, n, piece)
                  select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[])";
    writes.all(pieces, piece_rows(changes));
}

/// Deletes all papers about what is there no longer, with what stands in them.
pub(super) fn delete_about(writes: &mut Writes<'_>, subjects: &[Address]) {
    let pieces = "delete from document_piece as d
                   using paper as p, unnest($1::bigint[], $2::text[]) as t (part, subject_key)
                   where p.part = t.part and p.subject_key = t.subject_key
                     and d.part = p.part and d.paper_key = p.paper_key";
    let papers = "delete from paper
                   where (part, subject_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |subject: &Address| vec![Cell::part(subject.part), Cell::key(subject.key)];
    writes.any(pieces, subjects.iter().map(row).collect());
    writes.any(papers, subjects.iter().map(row).collect());
}

fn gone_row<'a>(address: Address, version: Option<i64>) -> Row<'a> {
    vec![Cell::part(address.part), Cell::key(address.key), Cell::Int(version)]
}

pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = "select body from paper
                where (part, paper_key) in (select * from unnest($1::bigint[], $2::text[]))";
    let row = |address: &Address| vec![Cell::part(address.part), Cell::key(address.key)];
    Query::many(sql, addresses.iter().map(row).collect())
}

pub(super) fn select_numbered<'a>(number: i64) -> Query<'a> {
    Query::one("select body from paper where number = $1", vec![Cell::int(number)])
}

pub(super) fn select_content<'a>(document: Address) -> Query<'a> {
    let sql = "select piece from document_piece where part = $1 and paper_key = $2 order by n";
    Query::one(sql, vec![Cell::part(document.part), Cell::key(document.key)])
}
