//! Papers: what is kept beside accounts and records. Comments, documents, and tasks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::ids::{Address, Key, Name, Part};

pub mod document;
pub mod task;

pub use document::{Document, DocumentContent, NewDocument, PictureKind};
pub use task::{NewTask, Task, TaskEdit, TaskStatus};

use crate::loan::HolderKind;
use crate::loan::refusal::PaperRefusal;

/// The longest comment and the longest description, in characters.
pub const TEXT_MOST: usize = 32_000;

/// What a paper is about. Names are those of the loan accounts contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubjectKind {
    Client,
    Group,
    LoanAccount,
    LoanProduct,
    DepositAccount,
    SavingsProduct,
    Branch,
    Centre,
    User,
    LineOfCredit,
}

impl SubjectKind {
    /// All kinds.
    pub const ALL: [SubjectKind; 10] = [
        SubjectKind::Client,
        SubjectKind::Group,
        SubjectKind::LoanAccount,
        SubjectKind::LoanProduct,
        SubjectKind::DepositAccount,
        SubjectKind::SavingsProduct,
        SubjectKind::Branch,
        SubjectKind::Centre,
        SubjectKind::User,
        SubjectKind::LineOfCredit,
    ];

    /// The name of the contract.
    pub fn name(self) -> &'static str {
        match self {
            SubjectKind::Client => "CLIENT",
            SubjectKind::Group => "GROUP",
            SubjectKind::LoanAccount => "LOAN_ACCOUNT",
            SubjectKind::LoanProduct => "LOAN_PRODUCT",
            SubjectKind::DepositAccount => "DEPOSIT_ACCOUNT",
            SubjectKind::SavingsProduct => "SAVINGS_PRODUCT",
            SubjectKind::Branch => "BRANCH",
            SubjectKind::Centre => "CENTRE",
            SubjectKind::User => "USER",
            SubjectKind::LineOfCredit => "LINE_OF_CREDIT",
        }
    }

    /// What kind of holder it is, if it is one.
    pub fn as_holder(self) -> Option<HolderKind> {
        match self {
            SubjectKind::Client => Some(HolderKind::Client),
            SubjectKind::Group => Some(HolderKind::Group),
            SubjectKind::LoanAccount
            | SubjectKind::LoanProduct
            | SubjectKind::DepositAccount
            | SubjectKind::SavingsProduct
            | SubjectKind::Branch
            | SubjectKind::Centre
            | SubjectKind::User
            | SubjectKind::LineOfCredit => None,
        }
    }

    /// Who may see such a thing may see what is kept with it.
    pub fn to_view(self) -> Permission {
        match self {
            SubjectKind::Client => Permission::ViewClientDetails,
            SubjectKind::Group => Permission::ViewGroupDetails,
            SubjectKind::LoanAccount => Permission::ViewLoanAccountDetails,
            SubjectKind::LoanProduct => Permission::ViewLoanProductDetails,
            SubjectKind::DepositAccount => Permission::ViewSavingsAccountDetails,
            SubjectKind::SavingsProduct => Permission::ViewSavingsProductDetails,
            SubjectKind::Branch => Permission::ViewBranchDetails,
            SubjectKind::Centre => Permission::ViewCentreDetails,
            SubjectKind::User => Permission::ViewUserDetails,
            SubjectKind::LineOfCredit => Permission::ViewLineOfCreditDetails,
        }
    }

    /// Who may change such a thing may keep something with it.
    pub fn to_change(self) -> Permission {
        match self {
            SubjectKind::Client => Permission::EditClient,
            SubjectKind::Group => Permission::EditGroup,
            SubjectKind::LoanAccount => Permission::EditLoanAccount,
            SubjectKind::DepositAccount => Permission::EditSavingsAccount,
            SubjectKind::LineOfCredit => Permission::EditLinesOfCredit,
            SubjectKind::LoanProduct
            | SubjectKind::SavingsProduct
            | SubjectKind::Branch
            | SubjectKind::Centre
            | SubjectKind::User => Permission::Administration,
        }
    }
}

/// One thing that papers are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSubject {
    pub kind: SubjectKind,
    /// Records live in part 0.
    pub address: Address,
}

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaperKind {
    Comment,
    Document,
    Task,
}

impl PaperKind {
    /// The name that is stored.
    pub fn name(self) -> &'static str {
        match self {
            PaperKind::Comment => "comment",
            PaperKind::Document => "document",
            PaperKind::Task => "task",
        }
    }
}

/// What a paper says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "paper", rename_all = "snake_case")]
pub enum Sheet {
    Comment { text: String },
    Document(Document),
    Task(Task),
}

/// A comment, a document or a task. It lives in the part of what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub key: Key,
    pub part: Part,
    /// By which people call it; unique in the whole book.
    pub number: i64,
    pub version: i64,
    /// Only a task may be about nothing.
    pub subject: Option<PaperSubject>,
    /// Who made it.
    pub author: Key,
    pub sheet: Sheet,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A paper to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewPaper {
    Comment(String),
    Document(Box<NewDocument>),
    Task(Box<NewTask>),
}

/// What is asked of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperCommand {
    /// A new paper about this, in this part.
    Create {
        part: Part,
        subject: Option<PaperSubject>,
        new: NewPaper,
    },
    EditTask {
        task: Address,
        edit: Box<TaskEdit>,
    },
    Delete {
        paper: Address,
        kind: PaperKind,
    },
}

/// What a new paper gets from its maker.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub key: Key,
    pub number: i64,
    pub author: Key,
    pub at: Timestamp,
}

impl PaperCommand {
    pub fn part(&self) -> Part {
        match self {
            PaperCommand::Create { part, .. } => *part,
            PaperCommand::EditTask { task: paper, .. } | PaperCommand::Delete { paper, .. } => paper.part,
        }
    }

    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            PaperCommand::Create { new: NewPaper::Comment(_), .. } => "create comment",
            PaperCommand::Create { new: NewPaper::Document(_), .. } => "create document",
            PaperCommand::Create { new: NewPaper::Task(_), .. } => "create task",
            PaperCommand::EditTask { .. } => "edit task",
            PaperCommand::Delete { kind: PaperKind::Comment, .. } => "delete comment",
            PaperCommand::Delete { kind: PaperKind::Document, .. } => "delete document",
            PaperCommand::Delete { kind: PaperKind::Task, .. } => "delete task",
        }
    }

    /// The paper that must be known before this is decided: the one that is changed, deleted or replaced.
    pub fn paper(&self) -> Option<Address> {
        match self {
            PaperCommand::Create { part, subject: Some(subject), new: NewPaper::Document(new) } => {
                let key = Paper::picture_key(subject.address, new.picture?);
                Some(Address { part: *part, key })
            }
            PaperCommand::Create { .. } => None,
            PaperCommand::EditTask { task: paper, .. } | PaperCommand::Delete { paper, .. } => Some(*paper),
        }
    }
}

impl Paper {
    pub fn kind(&self) -> PaperKind {
        match self.sheet {
            Sheet::Comment { .. } => PaperKind::Comment,
            Sheet::Document(_) => PaperKind::Document,
            Sheet::Task(_) => PaperKind::Task,
        }
    }

    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// The key of a client's picture: there is one of each kind, found without a search.
    pub fn picture_key(client: Address, kind: PictureKind) -> Key {
        Key::named(client.part, &Name::of(&["picture", &client.key.to_string(), kind.name()]))
    }

    /// A new paper.
    ///
    /// # Errors
    /// A text that is empty or too long, a file that may not be kept, a task without a possible title.
    pub fn create(
        part: Part,
        subject: Option<PaperSubject>,
        new: &NewPaper,
        made: Made,
    ) -> Result<Paper, PaperRefusal> {
        let sheet = match new {
            NewPaper::Comment(text) => Sheet::Comment { text: checked_text(text)? },
            NewPaper::Document(new) => Sheet::Document(document::create(new)?),
            NewPaper::Task(new) => Sheet::Task(task::create(new)?),
        };
        Ok(Paper {
            key: made.key,
            part,
            number: made.number,
            version: 1,
            subject,
            author: made.author,
            sheet,
            created_at: made.at,
            last_modified_at: made.at,
        })
    }
}

fn checked_text(text: &str) -> Result<String, PaperRefusal> {
    if text.trim().is_empty() {
        return Err(PaperRefusal::MissingText);
    }
    if text.chars().count() > TEXT_MOST {
        return Err(PaperRefusal::TextTooLong { most: TEXT_MOST });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
