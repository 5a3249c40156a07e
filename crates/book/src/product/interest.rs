//! What a product says about its interest beyond method, rate and day count.

use loam_calc::calendar::PeriodUnit;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::product::Range;

/// What becomes of interest when it is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InterestType {
    /// It is owed as interest.
    #[default]
    SimpleInterest,
    /// It is added to the principal.
    CapitalizedInterest,
}

/// On what interest is charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InterestBalance {
    #[default]
    PrincipalOnly,
    /// Also on interest that was applied and is not paid.
    PrincipalAndInterest,
}

/// Where the rate of a loan comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum RateSource {
    /// It is agreed.
    #[default]
    Fixed,
    /// It is an index rate plus the loan's spread, looked at anew every so often.
    Index {
        source: Key,
        review_count: u32,
        review_unit: PeriodUnit,
        floor: Option<Rate>,
        ceiling: Option<Rate>,
        spread: Range<Rate>,
    },
}

/// How the rate depends on the loan's amount or age.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "terms", rename_all = "snake_case")]
pub enum RateTerms {
    #[default]
    Fixed,
    /// The part of the balance up to each bound has the rate of its tier.
    Tiered { tiers: Vec<BalanceTier> },
    /// The days of the loan up to each bound have the rate of their tier.
    TieredPeriod { tiers: Vec<PeriodTier> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceTier {
    /// `None` for the last one.
    pub ending_balance: Option<Amount>,
    pub rate: Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodTier {
    /// Day of the loan, counted from its disbursement; `None` for the last one.
    pub ending_day: Option<u32>,
    pub rate: Rate,
}

/// All of it. The default is what every product had before it could be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InterestRules {
    pub interest_type: InterestType,
    pub balance: InterestBalance,
    pub source: RateSource,
    pub rate_terms: RateTerms,
    /// Whether interest goes on after the last due date.
    pub accrues_after_maturity: bool,
    /// Whether overdue principal has interest of its own time; with fixed schedules it never has.
    pub accrues_late_interest: bool,
    /// Whether late interest runs until the next due date, on whichever day before it is paid.
    pub late_interest_to_due_date: bool,
}
