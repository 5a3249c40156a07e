//! The protection of a loan: a debt waiver that the borrower pays a premium for, and what was claimed of it.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::application::{ProtectType, ProtectWaiver};
use crate::loan::terms::{is_default, is_zero};
use crate::loan::{Loan, Servicing};
use crate::product::{ProtectRules, Rebates};

/// What the borrower pays a premium for, as it was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// `None`: a fee was agreed and nothing that could be claimed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub protect_type: Option<ProtectType>,
    pub waiver: ProtectWaiver,
    /// The premium: a part of the capitalized fee, unless it is charged apart.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fee: Amount,
    /// How many installments may be waived in all; `None` sets no bound.
    #[serde(default, skip_serializing_if = "is_default")]
    pub maximum_installments: Option<u32>,
    /// The investors' share of the premium.
    #[serde(default, skip_serializing_if = "is_default")]
    pub investor_share: Rate,
    /// The premium is charged with the first installment, and is no part of the capitalized fee.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_charged: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub rebates: Rebates,
}

/// What a transaction waived because the protection was claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectClaim {
    pub claimed: ProtectType,
    /// Numbers of the installments; of a full claim those that were not paid.
    #[serde(default, skip_serializing_if = "is_default")]
    pub installments: Vec<u32>,
}

/// What of an installment is waived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaivedPart {
    pub number: u32,
    /// Principal and interest.
    pub part: Components,
    /// What of the interest had become a balance.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub applied: Amount,
}

/// What claims have waived of an installment so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaivedInstallment {
    pub number: u32,
    pub waived: Components,
}

impl Protection {
    /// What is agreed with a product; nothing where neither a type nor a premium is.
    pub(crate) fn agreed(
        (protect_type, waiver): (Option<ProtectType>, Option<ProtectWaiver>),
        fee: Amount,
        rules: ProtectRules,
    ) -> Option<Box<Protection>> {
        (protect_type.is_some() || !fee.is_zero()).then(|| {
            Box::new(Protection {
                protect_type,
                waiver: waiver.unwrap_or(ProtectWaiver::PrincipalAndInterest),
                fee,
                maximum_installments: rules.maximum_installments,
                investor_share: rules.investor_share,
                is_charged: rules.is_charged,
                rebates: rules.rebates,
            })
        })
    }
}

impl Loan {
    /// What may be claimed, if anything.
    pub fn protect_type(&self) -> Option<ProtectType> {
        self.terms.protection.as_ref().and_then(|protection| protection.protect_type)
    }
}

impl Servicing {
    /// What claims have waived of an installment.
    pub fn waived_of(&self, number: u32) -> Components {
        let rows = self.course.waived_installments.iter();
        rows.filter(|row| row.number == number).map(|row| row.waived).sum()
    }
}
