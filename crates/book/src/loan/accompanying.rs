//! What comes with a new loan besides its figures: what secures it, and how it is to be paid out.

use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::StatedValue;
use crate::ids::Key;
use crate::loan::command::StatedFee;
use crate::loan::securities::{StatedFund, StatedGuarantee};
use crate::loan::terms::is_default;
use crate::organization::TransactionDetails;

/// What somebody names of it; `None` is not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accompanying {
    pub guarantees: Option<Vec<StatedGuarantee>>,
    pub funds: Option<Vec<StatedFund>>,
    /// Fees of the product that the disbursement is to charge.
    pub fees: Option<Vec<StatedFee>>,
    /// The channel over which it is to be paid out, with its fields.
    pub details: Option<TransactionDetails>,
    /// The line of credit that it is to be on.
    pub line_of_credit: Option<Key>,
    /// Of the loan.
    pub custom_values: Vec<StatedValue>,
    /// Of the channel, under the key that the details name.
    pub channel_values: Vec<StatedValue>,
}

impl Accompanying {
    /// Whether anything is named.
    pub fn is_named(&self) -> bool {
        *self != Accompanying::default()
    }

    /// Whether something says how the loan is to be paid out.
    pub(crate) fn names_disbursement(&self) -> bool {
        self.fees.is_some() || self.details.is_some()
    }
}

/// How a loan is to be paid out, unless the disbursement itself says something else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisbursementPlan {
    /// `None`: the fees that the product requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fees: Option<Vec<PlannedFee>>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub details: TransactionDetails,
}

/// A fee that the disbursement is to charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFee {
    pub fee: Key,
    /// Where the product leaves it open; else the product says it on the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
}
