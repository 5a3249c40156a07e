//! Arrears, locks, capping and dormancy.

use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

/// From when a late account is in arrears, besides the tolerance in days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArrearsRules {
    /// Instead of so many days: the day of the month on which what is late becomes arrears.
    pub monthly_day: Option<u8>,
    /// Less than this late is not arrears.
    pub floor_amount: Option<Amount>,
    /// Less than this share of the outstanding principal late is not arrears.
    pub floor_percentage: Option<Rate>,
    pub counted_from: ArrearsCountedFrom,
    /// Whether days late leave out days on which nobody works.
    pub excludes_non_working_days: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ArrearsCountedFrom {
    DateAccountFirstWentToArrears,
    #[default]
    DateOfLastLateRepayment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CappingBase {
    OutstandingPrincipalPercentage,
    OriginalPrincipalPercentage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CappingConstraint {
    /// What reaches the cap is applied, then the account is locked.
    SoftCap,
    /// What would go beyond the cap is not applied.
    HardCap,
}

/// When interest, fees and penalties of a loan have grown to this share, it is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capping {
    pub base: CappingBase,
    pub constraint: CappingConstraint,
    pub percentage: Rate,
    pub applies_accrued_before_locking: bool,
}

/// All of it. The default controls nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ControlRules {
    pub arrears: ArrearsRules,
    /// Locked after so many days in arrears.
    pub lock_after_days: Option<u32>,
    pub capping: Option<Capping>,
    /// Days for which a loan that is paid stays open; `None` closes it with the last payment.
    pub dormancy_days: Option<u32>,
    /// A loan is not written off before it is so many days in arrears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_off_after_days: Option<u32>,
}

impl ControlRules {
    /// The name of the first figure that is not possible.
    pub fn contradiction(&self) -> Option<&'static str> {
        let arrears = &self.arrears;
        let is_cap = |cap: &Capping| {
            let applies_more = cap.applies_accrued_before_locking;
            let keeps_to_cap = cap.constraint == CappingConstraint::SoftCap || !applies_more;
            keeps_to_cap && !cap.percentage.is_zero()
        };
        let pairs = [
            // Every month has 28 days.
            (arrears.monthly_day.is_none_or(|day| (1..=28).contains(&day)), "monthlyToleranceDay"),
            (arrears.floor_amount.is_none_or(|floor| !floor.is_negative()), "toleranceFloorAmount"),
            (self.lock_after_days.is_none_or(|days| days > 0), "lockPeriodDays"),
            (self.capping.as_ref().is_none_or(is_cap), "cappingPercentage"),
        ];
        pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
    }
}
