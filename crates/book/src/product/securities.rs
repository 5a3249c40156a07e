//! Guarantees, investors' funds, tranches and revolving credit of a product.

use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::product::Range;

/// How investors' share of the interest is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FunderCommission {
    PercentageOfLoanFunding,
    FixedInterestCommissions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingRules {
    pub commission: FunderCommission,
    /// What the lender keeps of the rate.
    pub organization_commission: Range<Rate>,
    pub funder_commission: Range<Rate>,
    /// The share of the loan amount that funds must cover.
    pub required: Option<Rate>,
    pub locks_funds_at_approval: bool,
}

/// Securities that a product takes. The default takes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityRules {
    pub takes_guarantors: bool,
    pub takes_collateral: bool,
    /// The share of the loan amount that guarantees must cover.
    pub required_guarantees: Option<Rate>,
    pub funding: Option<FundingRules>,
}

/// How much principal a bill of a revolving credit asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrincipalPaymentMethod {
    Flat,
    OutstandingPrincipalPercentage,
    TotalBalancePercentage,
}

/// The bills of a revolving credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevolvingRules {
    pub method: PrincipalPaymentMethod,
    pub amount: Range<Amount>,
    pub percentage: Range<Rate>,
    pub floor: Option<Amount>,
    pub ceiling: Option<Amount>,
    pub floor_includes_interest: bool,
    pub floor_includes_fees: bool,
}

impl RevolvingRules {
    /// Whether bounds stand in their order and nothing is less than zero.
    pub fn is_possible(&self) -> bool {
        let is_amount = |amount: Option<Amount>| amount.is_none_or(|amount| !amount.is_negative());
        let figures = [self.amount.min, self.amount.max, self.amount.default, self.floor, self.ceiling];
        self.amount.is_ordered()
            && self.percentage.is_ordered()
            && self.percentage.max.is_none_or(|max| max <= Rate::from_ratio(1, 1))
            && figures.into_iter().all(is_amount)
            && self.floor.zip(self.ceiling).is_none_or(|(floor, ceiling)| floor <= ceiling)
    }
}

impl SecurityRules {
    /// Whether shares are of the whole at most, and commissions stand in their order.
    pub fn is_possible(&self) -> bool {
        let is_share = |share: Option<Rate>| share.is_none_or(|share| share <= Rate::from_ratio(1, 1));
        let is_funding = |funding: &FundingRules| {
            is_share(funding.required)
                && funding.organization_commission.is_ordered()
                && funding.funder_commission.is_ordered()
        };
        is_share(self.required_guarantees) && self.funding.as_ref().is_none_or(is_funding)
    }
}
