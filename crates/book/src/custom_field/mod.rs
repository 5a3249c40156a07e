//! Custom fields: what an organization wants to know of its clients, loans and other things beside what the
//! book asks for. Sets and fields are records; values hang on owners and are decided in `edit`.

pub mod command;
pub mod comparable;
pub mod content;
pub mod edit;
pub mod owner;
pub mod refusal;
pub mod rules;
pub mod value;

#[cfg(test)]
mod samples;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::ids::Key;

/// What a set of custom fields is about. Names are those of the loan accounts contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CustomFieldType {
    ClientInfo,
    GroupInfo,
    LineOfCredit,
    LoanAccountInfo,
    GuarantorInfo,
    AssetInfo,
    SavingsAccountInfo,
    TransactionChannelInfo,
    BranchInfo,
    CentreInfo,
    UserInfo,
}

/// Whether an owner has the fields of a set once, or as many times as there are groups of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Usage {
    Single,
    Grouped,
}

/// What a value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DataType {
    String,
    Selection,
    Number,
    Checkbox,
    Date,
    ClientLink,
    GroupLink,
    UserLink,
}

impl DataType {
    /// Whether a value names something else of the book.
    pub fn is_link(self) -> bool {
        match self {
            DataType::ClientLink | DataType::GroupLink | DataType::UserLink => true,
            DataType::String
            | DataType::Selection
            | DataType::Number
            | DataType::Checkbox
            | DataType::Date => false,
        }
    }
}

/// How long a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ValueLength {
    Short,
    Long,
}

impl ValueLength {
    /// The most characters.
    pub fn max(self) -> usize {
        match self {
            ValueLength::Short => 255,
            ValueLength::Long => 2_048,
        }
    }
}

/// Whether a field takes values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldState {
    Normal,
    Deactivated,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFieldSet {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub notes: Option<String>,
    /// Its place among the sets of its type.
    pub index: i64,
    pub applies_to: CustomFieldType,
    pub usage: Usage,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomField {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub set: Key,
    pub data_type: DataType,
    pub value_length: ValueLength,
    /// Whether it is shown when nothing is filled in yet.
    pub is_default: bool,
    pub is_required: bool,
    /// Whether no two owners may have the same value.
    pub is_unique: bool,
    pub description: Option<String>,
    /// Its place in the set.
    pub index: i64,
    pub state: FieldState,
    /// A regular expression that the whole text must match.
    pub validation_pattern: Option<String>,
    /// What can be chosen, of a selection.
    pub options: Vec<SelectionOption>,
    /// The selection of the same set by whose value the options are narrowed.
    pub depends_on: Option<Key>,
    /// For which products, client types or channels it is; empty is for all of them.
    pub settings: Vec<FieldSetting>,
    pub view_rights: Rights,
    pub edit_rights: Rights,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A value that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionOption {
    pub value: String,
    /// What the choice counts, as a plain decimal.
    pub score: Option<String>,
    /// The value of the other selection with which it goes; `None` goes with all.
    pub goes_with: Option<String>,
}

/// A product, client type or channel for which a field is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSetting {
    pub of: Key,
    pub is_default: bool,
    pub is_required: bool,
}

/// Who may see, or who may fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    pub key: Key,
    pub is_for_all: bool,
    /// Keys of roles; the key of a user stands for that user alone.
    pub roles: Vec<Key>,
}

impl Rights {
    /// Whether an actor has the right.
    pub fn allow(&self, actor: &Actor) -> bool {
        self.is_for_all || actor.has_one_of(&self.roles)
    }
}

impl CustomField {
    /// Whether the field is for a product, client type or channel.
    pub fn is_for(&self, setting: Option<Key>) -> bool {
        self.settings.is_empty() || self.setting(setting).is_some()
    }

    /// Whether it must be filled in there.
    pub fn is_required_for(&self, setting: Option<Key>) -> bool {
        self.is_required || self.setting(setting).is_some_and(|setting| setting.is_required)
    }

    /// The score of a chosen value.
    pub fn score(&self, value: &str) -> Option<&str> {
        self.options.iter().find(|option| option.value == value)?.score.as_deref()
    }

    fn setting(&self, of: Option<Key>) -> Option<&FieldSetting> {
        self.settings.iter().find(|setting| Some(setting.of) == of)
    }
}
