//! What the organization calls things: its word for a client may be "member".

use serde::{Deserialize, Serialize};

/// What has a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Labelled {
    Client,
    Group,
    Branch,
    Centre,
    CreditOfficer,
    LoanAccount,
}

/// One word and its plural.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub of: Labelled,
    pub singular: String,
    pub plural: String,
}

impl Labelled {
    pub const ALL: [Labelled; 6] = [
        Labelled::Client,
        Labelled::Group,
        Labelled::Branch,
        Labelled::Centre,
        Labelled::CreditOfficer,
        Labelled::LoanAccount,
    ];

    /// What it is called where the organization says nothing.
    pub fn usual(self) -> (&'static str, &'static str) {
        match self {
            Labelled::Client => ("Client", "Clients"),
            Labelled::Group => ("Group", "Groups"),
            Labelled::Branch => ("Branch", "Branches"),
            Labelled::Centre => ("Centre", "Centres"),
            Labelled::CreditOfficer => ("Credit Officer", "Credit Officers"),
            Labelled::LoanAccount => ("Loan Account", "Loan Accounts"),
        }
    }
}
