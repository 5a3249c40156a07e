//! What the organization allows its clients and groups.

use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

/// What counts for all clients and groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyRules {
    /// How much a holder may owe with all loans together.
    pub exposure: Exposure,
    /// Whether a holder may have one loan at a time only.
    pub only_one_loan: bool,
    /// How many members a group has.
    pub group_size_min: Option<u32>,
    pub group_size_max: Option<u32>,
    /// Whether a client may be in several groups at once.
    pub allows_several_groups: bool,
    /// Whether documents may be shown that are of no template.
    pub takes_other_documents: bool,
}

/// How much a holder may owe with all loans together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    #[default]
    Unlimited,
    /// No more than this: what is outstanding of loans in this currency that were paid out, with what may still be
    /// drawn of them, and the whole amount of those that were approved.
    SumOfLoans { most: Amount, currency: Currency },
}

impl Default for PartyRules {
    fn default() -> PartyRules {
        PartyRules {
            exposure: Exposure::Unlimited,
            only_one_loan: false,
            group_size_min: None,
            group_size_max: None,
            allows_several_groups: true,
            takes_other_documents: true,
        }
    }
}

/// How an organization is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganizationContact {
    pub phone_number: Option<String>,
    pub email_address: Option<String>,
}
