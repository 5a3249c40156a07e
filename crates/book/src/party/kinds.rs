//! What the organization says of its clients and groups: their types, the roles that members of a group may have, and
//! the documents by which people identify themselves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::context::Context;
use crate::loan::refusal::{PartyRefusal, Refusal};

/// A type of clients, or of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRole {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub role_for: RoleFor,
    pub description: Option<String>,
    /// Whether accounts may be opened for those of this type.
    pub can_open_accounts: bool,
    pub can_guarantee: bool,
    /// Whether those of this type must show a document of identification.
    pub requires_document: bool,
    /// Whether those of this type have an address.
    pub has_address: bool,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// Whose type it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RoleFor {
    Clients,
    Groups,
}

/// What a member may be in a group: a treasurer, say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A kind of document by which people identify themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentTemplate {
    pub key: Key,
    pub id: String,
    /// What the document is called: "Passport".
    pub document_type: String,
    pub issuing_authority: Option<String>,
    /// How its numbers look: `@` stands for a letter, `#` for a digit, `$` for either. None: in any way.
    pub pattern: Option<String>,
    /// Whether every client must have one.
    pub is_mandatory: bool,
    pub allows_attachments: bool,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl DocumentTemplate {
    /// Whether this may be the number of such a document.
    pub fn takes(&self, number: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let fits = |(symbol, given): (char, char)| match symbol {
            '@' => given.is_ascii_alphabetic(),
            '#' => given.is_ascii_digit(),
            '$' => given.is_ascii_alphanumeric(),
            other => other == given,
        };
        pattern.chars().count() == number.chars().count() && pattern.chars().zip(number.chars()).all(fits)
    }
}

/// The type of a client or group, if one is named.
///
/// # Errors
/// `UnknownRole`, and `RoleForOthers` for one of the other kind.
pub fn check_role<'a>(
    role: Option<Key>,
    wanted: RoleFor,
    context: &Context<'a>,
) -> Result<Option<&'a ClientRole>, Refusal> {
    let Some(key) = role else { return Ok(None) };
    let role = context.catalog.client_roles.by_key(key).ok_or(PartyRefusal::UnknownRole { key })?;
    if role.role_for != wanted {
        return Err(PartyRefusal::RoleForOthers { id: role.id.clone() }.into());
    }
    Ok(Some(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Part;

    fn template(pattern: Option<&str>) -> DocumentTemplate {
        DocumentTemplate {
            key: Key::entity(Part::new(0), 1, 1),
            id: "passport".to_owned(),
            document_type: "Passport".to_owned(),
            issuing_authority: None,
            pattern: pattern.map(str::to_owned),
            is_mandatory: false,
            allows_attachments: false,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_number_has_the_look_of_its_pattern() {
        assert!(template(None).takes("anything at all"));
        let passport = template(Some("@@-###$"));
        for (number, fits) in
            [("AB-123C", true), ("ab-1239", true), ("AB-12C9", false), ("AB1123C", false), ("AB-123", false)]
        {
            assert_eq!(passport.takes(number), fits, "{number}");
        }
    }
}
