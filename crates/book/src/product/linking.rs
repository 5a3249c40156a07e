//! Deposit accounts from which loans of a product are paid, and lines of credit that they are on.

use serde::{Deserialize, Serialize};

use crate::ids::Key;

/// What the end of day takes from linked accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SettlementOptions {
    /// All that is due, or nothing.
    FullDueAmounts,
    /// As much of it as there is.
    PartialDueAmounts,
    #[default]
    NoAutomatedTransfers,
}

/// Whether loans of a product are put on lines of credit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineRequirement {
    #[default]
    Optional,
    /// None is approved that is on no line.
    Required,
    /// None is put on a line.
    NotRequired,
}

/// Whether loans may be linked with deposit accounts and lines of credit, and what follows from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkingRules {
    pub is_enabled: bool,
    /// The only product whose accounts may be linked; `None`: any.
    pub savings_product: Option<Key>,
    pub options: SettlementOptions,
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub line_of_credit: LineRequirement,
}

impl LinkingRules {
    /// Nothing is taken from accounts that cannot be linked.
    pub fn has_possible_options(&self) -> bool {
        self.is_enabled || self.options == SettlementOptions::NoAutomatedTransfers
    }

    /// Where no account can be linked, no product of accounts is named.
    pub fn has_possible_product(&self) -> bool {
        self.is_enabled || self.savings_product.is_none()
    }
}
