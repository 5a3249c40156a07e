//! Why custom fields and their values are refused.

/// A custom field or value that the rules do not allow. Each names the field, never what stood in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomFieldRefusal {
    #[error("there is no custom field \"{field}\"")]
    Unknown { field: String },
    #[error("the custom field \"{field}\" is not for this")]
    NotForOwner { field: String },
    #[error("the custom field \"{field}\" is deactivated")]
    Deactivated { field: String },
    #[error("the custom field \"{field}\" is for others to fill in")]
    NotEditable { field: String },
    #[error("the value does not fit the type of the custom field \"{field}\"")]
    OtherType { field: String },
    #[error("the value of the custom field \"{field}\" is longer than {max} characters")]
    TooLong { field: String, max: usize },
    #[error("the value of the custom field \"{field}\" does not match its pattern")]
    OtherPattern { field: String },
    #[error("the custom field \"{field}\" links to nothing that is known")]
    UnknownLink { field: String },
    #[error("the custom field \"{field}\" is required")]
    Missing { field: String },
    #[error("the custom field \"{field}\" is required and stays")]
    Stays { field: String },
    #[error("the custom field \"{field}\" depends on another that is not filled in")]
    DependsOnMissing { field: String },
    #[error("a group is named, or not, against the set of the custom field \"{field}\"")]
    OtherUsage { field: String },
    #[error("the groups of the set of custom field \"{field}\" have gaps")]
    GroupsHaveGaps { field: String },
    #[error("the custom field \"{field}\" is named twice in one group")]
    TwiceInGroup { field: String },
    #[error("the custom field \"{field}\" has no group \"{group}\"")]
    UnknownGroup { field: String, group: String },
    #[error("the custom field \"{field}\" is named twice")]
    NamedTwice { field: String },
    #[error("the custom field \"{field}\" is of a transaction channel, and none is named")]
    NeedsChannel { field: String },
    #[error("{command} takes no custom fields")]
    NotOfCommand { command: &'static str },
    #[error("the value of the custom field \"{field}\" is in use already")]
    NotUnique { field: String },
    #[error("there is no custom field set \"{set}\"")]
    UnknownSet { set: String },
    #[error("{member} of a custom field cannot be changed")]
    Fixed { member: &'static str },
    #[error("another custom field of the set has the name \"{name}\"")]
    NameInUse { name: String },
}

impl CustomFieldRefusal {
    /// The id of the field that is at fault.
    pub fn field(&self) -> Option<&str> {
        match self {
            CustomFieldRefusal::Unknown { field }
            | CustomFieldRefusal::NotForOwner { field }
            | CustomFieldRefusal::Deactivated { field }
            | CustomFieldRefusal::NotEditable { field }
            | CustomFieldRefusal::OtherType { field }
            | CustomFieldRefusal::TooLong { field, .. }
            | CustomFieldRefusal::OtherPattern { field }
            | CustomFieldRefusal::UnknownLink { field }
            | CustomFieldRefusal::Missing { field }
            | CustomFieldRefusal::Stays { field }
            | CustomFieldRefusal::DependsOnMissing { field }
            | CustomFieldRefusal::OtherUsage { field }
            | CustomFieldRefusal::GroupsHaveGaps { field }
            | CustomFieldRefusal::TwiceInGroup { field }
            | CustomFieldRefusal::UnknownGroup { field, .. }
            | CustomFieldRefusal::NamedTwice { field }
            | CustomFieldRefusal::NeedsChannel { field }
            | CustomFieldRefusal::NotUnique { field } => Some(field),
            CustomFieldRefusal::NotOfCommand { .. }
            | CustomFieldRefusal::UnknownSet { .. }
            | CustomFieldRefusal::Fixed { .. }
            | CustomFieldRefusal::NameInUse { .. } => None,
        }
    }
}
