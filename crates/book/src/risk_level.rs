//! Risk levels: bands of days in arrears, by which accounts are told apart.

use jiff::Timestamp;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;

/// A band of days in arrears, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskLevel {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub from_days: u32,
    /// `None`: without end.
    pub to_days: Option<u32>,
    /// Which part of the principal of loans on it is set aside, where their product says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision_rate: Option<Rate>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl RiskLevel {
    /// Whether an account so many days in arrears is on this level.
    pub fn has(&self, days_in_arrears: i64) -> bool {
        days_in_arrears >= i64::from(self.from_days)
            && self.to_days.is_none_or(|to| days_in_arrears <= i64::from(to))
    }

    /// Whether no more is set aside than all.
    pub fn has_possible_rate(&self) -> bool {
        self.provision_rate.is_none_or(|rate| rate <= Rate::from_ratio(1, 1))
    }

    /// Whether the band has any day in it.
    pub fn is_ordered(&self) -> bool {
        self.to_days.is_none_or(|to| self.from_days <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Part;

    #[test]
    fn both_ends_belong_to_a_level() {
        let level = |from_days, to_days| RiskLevel {
            key: Key::entity(Part::new(0), 1, 1),
            id: "A".to_owned(),
            name: "A".to_owned(),
            from_days,
            to_days,
            provision_rate: None,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        };
        let band = level(1, Some(30));
        assert!(!band.has(0) && band.has(1) && band.has(30) && !band.has(31));
        assert!(level(31, None).has(9_999));
        assert!(band.is_ordered() && level(3, Some(3)).is_ordered() && !level(3, Some(2)).is_ordered());
    }
}
