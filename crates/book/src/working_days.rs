//! Days on which nobody works: weekdays of the organization, its holidays and those of a branch.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use loam_calc::calendar::Calendar;
use serde::{Deserialize, Serialize};

use crate::application::portfolio::PortfolioRules;
use crate::ids::Key;
use crate::journal::provisions::Provisioning;
use crate::labels::Label;
use crate::loan::terms::is_default;
use crate::party::rules::{OrganizationContact, PartyRules};
use crate::record::Record;
use crate::security::Security;

/// A day on which nobody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    pub name: String,
    pub date: Date,
    /// Whether it comes back on this day of every year; then the year of `date` means nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_yearly: bool,
}

/// What counts in the whole organization. There is one record of it, or none: then every day is worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationSettings {
    pub key: Key,
    pub name: String,
    #[serde(with = "weekday_numbers")]
    pub non_working_weekdays: Vec<Weekday>,
    pub holidays: Vec<Holiday>,
    #[serde(default)]
    pub security: Security,
    /// What clients and groups may do.
    #[serde(default)]
    pub parties: PartyRules,
    #[serde(default)]
    pub contact: OrganizationContact,
    /// Where they are not the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// What investors of the marketplace may have spread for them.
    #[serde(default)]
    pub portfolios: PortfolioRules,
    /// When allowances for losses are posted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub provisioning: Provisioning,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl OrganizationSettings {
    /// The id of the one record.
    pub const ID: &str = "organization";

    /// The calendar of the organization; `None` when no weekday is left to work on.
    pub fn calendar(&self) -> Option<Calendar> {
        let calendar = Calendar::try_new(&self.non_working_weekdays, []).ok()?;
        Some(with_holidays(calendar, &self.holidays))
    }
}

/// The most holidays that one record may name.
pub const MAX_HOLIDAYS: usize = 1_000;
/// The most of them that may come back every year, so that working days are left.
pub const MAX_YEARLY_HOLIDAYS: usize = 100;

/// Whether these are few enough to leave days to work on.
pub fn leaves_working_days(holidays: &[Holiday]) -> bool {
    let yearly = holidays.iter().filter(|holiday| holiday.is_yearly).count();
    holidays.len() <= MAX_HOLIDAYS && yearly <= MAX_YEARLY_HOLIDAYS
}

/// A calendar with these holidays added.
pub fn with_holidays(calendar: Calendar, holidays: &[Holiday]) -> Calendar {
    let days = |yearly: bool| {
        let those = holidays.iter().filter(move |holiday| holiday.is_yearly == yearly);
        those.map(|holiday| holiday.date)
    };
    calendar.with_holidays(days(false), days(true))
}

/// Whose loans a change of days off is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DaysOff {
    /// All loans.
    OfOrganization,
    /// Those of a branch.
    OfBranch(Key),
}

/// Whose days off are other ones after a change of a record; `before` is none for a new one.
pub fn changed_days_off(before: Option<&Record>, after: &Record) -> Option<DaysOff> {
    match after {
        Record::Settings(after) => {
            let none = (&[][..], &[][..]);
            let before = match before {
                Some(Record::Settings(before)) => (&before.non_working_weekdays[..], &before.holidays[..]),
                _ => none,
            };
            let is_other = before != (&after.non_working_weekdays[..], &after.holidays[..]);
            is_other.then_some(DaysOff::OfOrganization)
        }
        Record::Branch(after) => {
            let before = match before {
                Some(Record::Branch(before)) => &before.holidays[..],
                _ => &[],
            };
            (before != &after.holidays[..]).then_some(DaysOff::OfBranch(after.key))
        }
        Record::Product(_)
        | Record::Centre(_)
        | Record::User(_)
        | Record::Channel(_)
        | Record::CustomFieldSet(_)
        | Record::CustomField(_)
        | Record::ApiClient(_)
        | Record::Business(_)
        | Record::Target(_)
        | Record::Purpose(_)
        | Record::IndexRateSource(_)
        | Record::SavingsProduct(_)
        | Record::ExchangeRates(_)
        | Record::RiskLevel(_)
        | Record::LedgerAccount(_)
        | Record::Closure(_)
        | Record::Template(_)
        | Record::Role(_)
        | Record::ApiConsumer(_)
        | Record::ClientRole(_)
        | Record::GroupRole(_)
        | Record::DocumentTemplate(_) => None,
    }
}

mod weekday_numbers {
    //! Weekdays as 1 for Monday to 7 for Sunday.

    use jiff::civil::Weekday;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<i8> = days.iter().map(|day| day.to_monday_one_offset()).collect();
        numbers.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
        let numbers = Vec::<i8>::deserialize(deserializer)?;
        let weekday = |number| Weekday::from_monday_one_offset(number).map_err(serde::de::Error::custom);
        numbers.into_iter().map(weekday).collect()
    }
}
