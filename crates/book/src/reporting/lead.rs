//! Leads: applications for credit that were bought from elsewhere, known by number. Whoever they
//! are about is kept as keyed hashes only, which can be compared and not read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{Name, Part};

/// A lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub part: Part,
    pub organization: String,
    pub lead_id: i64,
    /// The account that the lead belongs to.
    pub account_id: Option<String>,
    /// Keyed hash of the social security number.
    pub ssn_hash: Option<String>,
    /// Keyed hash of the e-mail address, in lowercase.
    pub email_hash: Option<String>,
    pub received_at: Timestamp,
    pub purchased_at: Option<Timestamp>,
    pub underwritten_at: Option<Timestamp>,
}

impl Lead {
    /// A lead of which only the number is known, because a report named it.
    pub fn named(organization: &str, lead_id: i64, at: Timestamp) -> Lead {
        Lead {
            part: Lead::part(organization, lead_id),
            organization: organization.to_owned(),
            lead_id,
            account_id: None,
            ssn_hash: None,
            email_hash: None,
            received_at: at,
            purchased_at: None,
            underwritten_at: None,
        }
    }

    /// In which part a lead is kept.
    pub fn part(organization: &str, lead_id: i64) -> Part {
        Name::of(&["lead", organization, &lead_id.to_string()]).part()
    }
}
