//! Clients and groups whom a batch names anew: somebody who is there, and stays while it is written. The database has no
//! foreign keys, and what another server deletes at the same time is not in a snapshot.

use loam_app::changes::{Changes, PaperChange, PaperWrite};
use loam_book::ids::{Key, Part};
use loam_book::loan::{Holder, HolderKind};

use super::pipeline::Writes;
use crate::cells::Cell;

/// Holds on to whoever holds, guarantees or asks for what the batch opens, and to whom new papers are about. One that is gone
/// is a conflict: the batch is decided again, and refused by name.
pub(super) fn keep_holders(writes: &mut Writes<'_>, changes: &Changes) {
    let named: Vec<(Part, Holder)> = opened(changes).into_iter().chain(named_anew(changes)).collect();
    let keys = |kind| {
        let mut keys: Vec<(Part, Key)> = named
            .iter()
            .filter(|(_, holder)| holder.kind == kind)
            .map(|(part, holder)| (*part, holder.key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|(part, key)| vec![Cell::part(part), Cell::key(key)]).collect()
    };
    let sql = "select 1 from client
                where (part, client_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for key share";
    writes.all(sql, keys(HolderKind::Client));
    let sql = "select 1 from client_group
                where (part, group_key) in (select * from unnest($1::bigint[], $2::text[]))
                  for key share";
    writes.all(sql, keys(HolderKind::Group));
}

/// An account that came and went in one batch has nobody to keep.
fn opened(changes: &Changes) -> Vec<(Part, Holder)> {
    let loans =
        changes.loans.iter().filter(|change| change.version_read.is_none() && !change.loan.is_deleted());
    let loans = loans.map(|change| (change.loan.part, change.loan.holder));
    let accounts =
        changes.savings.iter().filter(|change| change.version_read.is_none() && !change.account.is_deleted());
    let accounts = accounts.map(|change| (change.account.part, change.account.holder));
    let lines = changes.lines.iter().filter(|change| change.version_read.is_none());
    let lines = lines.map(|change| (change.line.part, change.line.holder));
    loans.chain(accounts).chain(lines).collect()
}

/// Whom the batch names beside the holders of what it opens.
fn named_anew(changes: &Changes) -> Vec<(Part, Holder)> {
    let guarantors = changes.guarantors.iter().flat_map(|change| change.entered.iter().copied());
    let applications = changes.applications.iter().filter(|change| change.version_read.is_none());
    let borrowers = applications.map(|change| {
        let borrower = Holder { kind: HolderKind::Client, key: change.application.borrower };
        (change.application.part, borrower)
    });
    guarantors.chain(borrowers).chain(changes.papers.iter().filter_map(subject)).collect()
}

/// The client or group whom a new paper is about.
fn subject(change: &PaperChange) -> Option<(Part, Holder)> {
    let PaperWrite::Put { paper, .. } = &change.write else { return None };
    let subject = paper.subject.filter(|_| change.version_read.is_none())?;
    let kind = subject.kind.as_holder()?;
    Some((subject.address.part, Holder { kind, key: subject.address.key }))
}
