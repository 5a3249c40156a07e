//! Papers in a batch: comments, documents, tasks.

use std::collections::HashMap;

use loam_book::actor::Permission;
use loam_book::ids::{Address, Key, Part};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::refusal::{PaperRefusal, Refusal};
use loam_book::paper::{
    DocumentContent, Made, NewPaper, Paper, PaperCommand, PaperKind, PaperSubject, Sheet, SubjectKind, Task,
    TaskEdit,
};

use crate::changes::{Changes, PaperChange, PaperWrite};
use crate::command::{Caller, Done};
use crate::error::AppError;
use crate::needs::need_holder;
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session};

/// What the batch makes of papers.
#[derive(Default)]
pub(crate) struct Papers {
    /// `None`: deleted.
    changed: HashMap<Key, (Part, Option<Paper>)>,
    contents: HashMap<Key, DocumentContent>,
}

impl Papers {
    /// Hands over what is to be written, in the order of parts and keys.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, (part, paper)) in self.changed.drain() {
            let version_read = loaded.papers.get(&key).map(|before| before.version);
            let content = self.contents.remove(&key);
            let write = match paper {
                Some(paper) => PaperWrite::Put { paper: Box::new(paper), content },
                // It came and went within the batch.
                None if version_read.is_none() => continue,
                None => PaperWrite::Delete,
            };
            changes.papers.push(PaperChange { address: Address { part, key }, version_read, write });
        }
        changes.papers.sort_by_key(|change| change.address);
    }
}

/// What a command on a paper must see.
pub(crate) fn need(command: &PaperCommand, need: &mut Need) {
    need.papers.extend(command.paper());
    if let PaperCommand::Create { subject: Some(subject), .. } = command
        && let Some(kind) = subject.kind.as_holder()
    {
        need_holder(subject.address, kind, need);
    }
}

impl Session {
    pub(crate) fn command_paper(&mut self, command: &PaperCommand, caller: &Caller, ids: &NewIds) -> Answer {
        match command {
            PaperCommand::Create { part, subject, new } => {
                self.create_paper((*part, *subject), new, command, (caller, ids))
            }
            PaperCommand::EditTask { task, edit } => self.edit_task(*task, edit, caller, ids),
            PaperCommand::Delete { paper, kind } => {
                let before = self.paper(*paper, *kind)?;
                let context = self.context(caller, ids, None);
                may_change(&before, &context)?;
                self.audit_paper(&before, command.name(), caller, (Some(told(&before)), None));
                self.papers.changed.insert(before.key, (before.part, None));
                Ok(self.outcome(Done::Paper { paper: Box::new(before) }))
            }
        }
    }

    /// What was kept with a thing goes with it: what the batch made of it, and what the store has.
    pub(crate) fn drop_papers_about(&mut self, subject: Address) {
        let is_about = |paper: &Paper| paper.subject.is_some_and(|about| about.address == subject);
        self.papers.changed.retain(|_, (_, paper)| !paper.as_ref().is_some_and(is_about));
        self.changes.deleted_subjects.push(subject);
    }

    fn create_paper(
        &mut self,
        (part, subject): (Part, Option<PaperSubject>),
        new: &NewPaper,
        command: &PaperCommand,
        (caller, ids): (&Caller, &NewIds),
    ) -> Answer {
        let context = self.context(caller, ids, None);
        if let Some(subject) = subject {
            self.must_be_known(subject)?;
            // Everybody may see himself or herself.
            let is_oneself = subject.address.key == caller.actor.user_key;
            let needed = match new {
                NewPaper::Comment(_) | NewPaper::Task(_) => (!is_oneself).then(|| subject.kind.to_view()),
                NewPaper::Document(_) => Some(subject.kind.to_change()),
            };
            needed.map_or(Ok(()), |needed| context.require(needed))?;
        }
        let replaced = command.paper();
        let before = replaced.and_then(|address| self.find_paper(address)).cloned();
        let key = replaced.map_or(ids.key, |address| address.key);
        let made = Made { key, number: ids.account_no, author: caller.actor.user_key, at: self.recorded_at };
        let mut paper = Paper::create(part, subject, new, made).map_err(Refusal::from)?;
        if let Sheet::Task(task) = &paper.sheet {
            self.require_user(task.assignee)?;
        }
        if let Some(before) = &before {
            paper = Paper {
                number: before.number,
                version: before.version + 1,
                created_at: before.created_at,
                ..paper
            };
        }
        let audit = (before.as_ref().map(told), Some(told(&paper)));
        self.audit_paper(&paper, command.name(), caller, audit);
        if let NewPaper::Document(new) = new {
            self.papers.contents.insert(paper.key, new.content.clone());
        }
        self.papers.changed.insert(paper.key, (part, Some(paper.clone())));
        Ok(self.outcome(Done::Paper { paper: Box::new(paper) }))
    }

    fn edit_task(&mut self, address: Address, edit: &TaskEdit, caller: &Caller, ids: &NewIds) -> Answer {
        let before = self.paper(address, PaperKind::Task)?;
        let Sheet::Task(task) = &before.sheet else {
            return Err(Refusal::from(PaperRefusal::Unknown { kind: PaperKind::Task }).into());
        };
        let context = self.context(caller, ids, None);
        may_change(&before, &context)?;
        if let Some(assignee) = edit.assignee {
            self.require_user(assignee)?;
        }
        let edited: Task = task.edited(edit, self.loaded.state.business_date).map_err(Refusal::from)?;
        let paper = Paper {
            version: before.version + 1,
            sheet: Sheet::Task(edited),
            last_modified_at: self.recorded_at,
            ..before.clone()
        };
        self.audit_paper(&paper, "edit task", caller, (Some(told(&before)), Some(told(&paper))));
        self.papers.changed.insert(paper.key, (paper.part, Some(paper.clone())));
        Ok(self.outcome(Done::Paper { paper: Box::new(paper) }))
    }

    /// Refuses what is about a client or a group who is not there, or about something that an earlier command of the
    /// batch deleted.
    fn must_be_known(&self, subject: PaperSubject) -> Result<(), AppError> {
        let is_deleted = self.changes.deleted_subjects.contains(&subject.address);
        let is_there = match subject.kind.as_holder() {
            Some(kind) => self.holder(subject.address, kind).is_some(),
            None => !is_deleted,
        };
        if is_there {
            return Ok(());
        }
        Err(match subject.kind {
            SubjectKind::Client => AppError::ClientNotFound,
            SubjectKind::Group => AppError::GroupNotFound,
            SubjectKind::LoanAccount => AppError::AccountNotFound,
            SubjectKind::DepositAccount => AppError::SavingsNotFound,
            SubjectKind::LoanProduct
            | SubjectKind::SavingsProduct
            | SubjectKind::Branch
            | SubjectKind::Centre
            | SubjectKind::User
            | SubjectKind::LineOfCredit => unreachable!("records and lines of credit are never deleted"),
        })
    }

    /// The trail is that of what the paper is about.
    fn audit_paper(
        &mut self,
        paper: &Paper,
        command: &'static str,
        caller: &Caller,
        audit: (Option<String>, Option<String>),
    ) {
        let about = paper.subject.map_or(paper.address(), |subject| subject.address);
        self.audit(about, command, caller, audit);
    }

    fn require_user(&self, key: Key) -> Result<(), AppError> {
        match self.catalog.users.by_key(key) {
            Some(_) => Ok(()),
            None => Err(Refusal::UnknownUser { key }.into()),
        }
    }

    fn paper(&self, address: Address, kind: PaperKind) -> Result<Paper, AppError> {
        let found = self.find_paper(address).filter(|paper| paper.kind() == kind);
        found.cloned().ok_or_else(|| Refusal::from(PaperRefusal::Unknown { kind }).into())
    }

    fn find_paper(&self, address: Address) -> Option<&Paper> {
        match self.papers.changed.get(&address.key) {
            Some((_, changed)) => changed.as_ref(),
            None => self.loaded.papers.get(&address.key),
        }
    }
}

/// What is kept with a thing is changed by who may change the thing; a task also by who made it and
/// by whose it is.
fn may_change(paper: &Paper, context: &Context<'_>) -> Result<(), Refusal> {
    let actor = context.actor.user_key;
    match (&paper.sheet, paper.subject) {
        (Sheet::Task(task), _) if task.assignee == actor || paper.author == actor => Ok(()),
        (Sheet::Task(_), _) | (_, None) => context.require(Permission::Administration),
        (Sheet::Comment { .. } | Sheet::Document(_), Some(subject)) => {
            context.require(subject.kind.to_change())
        }
    }
}

/// A paper for the audit trail.
fn told(paper: &Paper) -> String {
    serde_json::to_string(&paper.sheet).expect("a sheet has text keys")
}
