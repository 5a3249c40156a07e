//! Days on which nobody works, and index rates, between the wire and the book.

use jiff::civil::Weekday;
use loam_book::application::portfolio::PortfolioRules;
use loam_book::index_rate::{IndexRate, IndexRateKind, IndexRateSource};
use loam_book::journal::provisions::Provisioning;
use loam_book::party::rules::PartyRules;
use loam_book::security::Security;
use loam_book::working_days::{Holiday, OrganizationSettings};
use loam_calc::rate::Rate;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;
use super::organization::{WEEKDAYS, weekday_name};
use super::party;

type Result<T> = std::result::Result<T, DoorError>;

/// The settings that the members say.
///
/// # Errors
/// A member that is malformed.
pub(in super::super) fn settings_of(
    members: &Members,
    base: &Base<'_, OrganizationSettings>,
) -> Result<OrganizationSettings> {
    Ok(OrganizationSettings {
        key: base.key,
        name: members.text("name")?.unwrap_or_else(|| ORGANIZATION.to_owned()),
        non_working_weekdays: members.choices("nonWorkingDays", WEEKDAYS)?.unwrap_or_default(),
        holidays: holidays_of(members, "holidays")?,
        security: security_of(members)?,
        parties: party::rules_of(members, base.currency)?,
        contact: party::contact_of(members)?,
        labels: party::labels_of(members)?,
        portfolios: portfolios_of(&members.object("portfolios")?)?,
        provisioning: members.choice("provisioning", PROVISIONINGS)?.unwrap_or_default(),
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

const ORGANIZATION: &str = "Organization";

/// The settings as this door shows them; where none were made, every day is worked.
pub(in super::super) fn wire_of_settings(settings: Option<&OrganizationSettings>) -> wire::Settings {
    let weekdays: &[Weekday] = settings.map_or(&[], |settings| &settings.non_working_weekdays);
    let security = settings.map(|settings| settings.security.clone()).unwrap_or_default();
    wire::Settings {
        name: settings.map_or_else(|| ORGANIZATION.to_owned(), |settings| settings.name.clone()),
        non_working_days: weekdays.iter().copied().map(weekday_name).collect(),
        holidays: settings.map_or_else(Vec::new, |settings| wire_of_holidays(&settings.holidays)),
        approval_disbursal_two_man_rule_enabled: security.approval_needs_another,
        allowed_addresses: security.networks,
        failures_until_locked: security.failures_until_locked,
        locked_minutes: security.locked_minutes,
        phone_no: settings.and_then(|settings| settings.contact.phone_number.clone()),
        email_address: settings.and_then(|settings| settings.contact.email_address.clone()),
        labels: settings.map_or_else(Vec::new, |settings| party::wire_of_labels(&settings.labels)),
        provisioning: provisioning_name(settings.map(|settings| settings.provisioning).unwrap_or_default()),
        portfolios: wire_of_portfolios(settings.map(|settings| settings.portfolios).unwrap_or_default()),
        parties: match settings {
            Some(settings) => party::wire_of_rules(&settings.parties),
            None => party::wire_of_rules(&PartyRules::default()),
        },
    }
}

const PROVISIONINGS: Names<'_, Provisioning> = Names {
    values: &[Provisioning::None, Provisioning::Daily, Provisioning::EndOfMonth],
    name_of: provisioning_name,
};

fn provisioning_name(value: Provisioning) -> &'static str {
    match value {
        Provisioning::None => "NONE",
        Provisioning::Daily => "DAILY",
        Provisioning::EndOfMonth => "END_OF_MONTH",
    }
}

fn portfolios_of(members: &Members) -> Result<PortfolioRules> {
    Ok(PortfolioRules {
        most_per_hour: members.count("maxPerHour")?,
        most_per_day: members.count("maxPerDay")?,
        largest_share: members.figure("largestSharePercent", Rate::parse_percent)?,
    })
}

/// Nothing where nothing is limited.
fn wire_of_portfolios(rules: PortfolioRules) -> Option<wire::PortfolioSettings> {
    (rules != PortfolioRules::default()).then(|| wire::PortfolioSettings {
        max_per_hour: rules.most_per_hour,
        max_per_day: rules.most_per_day,
        largest_share_percent: rules.largest_share.map(Rate::to_percent_text),
    })
}

fn security_of(members: &Members) -> Result<Security> {
    let default = Security::default();
    Ok(Security {
        approval_needs_another: members.flag("approvalDisbursalTwoManRuleEnabled")?.unwrap_or(false),
        networks: members.stored("allowedAddresses")?.unwrap_or_default(),
        failures_until_locked: members.count("failuresUntilLocked")?.unwrap_or(default.failures_until_locked),
        locked_minutes: members.count("lockedMinutes")?.unwrap_or(default.locked_minutes),
    })
}

/// Holidays in a list of this name.
pub(super) fn holidays_of(members: &Members, name: &str) -> Result<Vec<Holiday>> {
    let read = |holiday: &Members| {
        Ok(Holiday {
            name: holiday.required("name")?,
            date: holiday.date("date")?.ok_or_else(|| DoorError::missing(&holiday.path("date")))?,
            is_yearly: holiday.flag("isAnnuallyRecurring")?.unwrap_or(false),
        })
    };
    members.objects(name)?.iter().map(read).collect()
}

pub(super) fn wire_of_holidays(holidays: &[Holiday]) -> Vec<wire::Holiday> {
    let shown = |holiday: &Holiday| wire::Holiday {
        name: holiday.name.clone(),
        date: holiday.date.to_string(),
        is_annually_recurring: holiday.is_yearly,
    };
    holidays.iter().map(shown).collect()
}

const KINDS: Names<'_, IndexRateKind> = Names {
    values: &[IndexRateKind::InterestRate, IndexRateKind::TaxRate, IndexRateKind::WithholdingTaxRate],
    name_of: |kind| match kind {
        IndexRateKind::InterestRate => "INTEREST_RATE",
        IndexRateKind::TaxRate => "TAX_RATE",
        IndexRateKind::WithholdingTaxRate => "WITHHOLDING_TAX_RATE",
    },
};

/// The index that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn index_of(
    members: &Members,
    base: &Base<'_, IndexRateSource>,
) -> Result<IndexRateSource> {
    let rates = members.objects("indexRates")?;
    Ok(IndexRateSource {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        kind: members.choice("type", KINDS)?.unwrap_or_default(),
        notes: members.text("notes")?,
        rates: rates.iter().map(rate_of).collect::<Result<_>>()?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

fn rate_of(rate: &Members) -> Result<IndexRate> {
    let missing = |name| DoorError::missing(&rate.path(name));
    Ok(IndexRate {
        start_date: rate.date("startDate")?.ok_or_else(|| missing("startDate"))?,
        rate: rate.figure("rate", Rate::parse_percent)?.ok_or_else(|| missing("rate"))?,
        notes: rate.text("notes")?,
    })
}

/// An index as this door shows it.
pub(in super::super) fn wire_of_index(source: &IndexRateSource) -> wire::IndexRateSource {
    let rate = |rate: &IndexRate| wire::IndexRate {
        start_date: rate.start_date.to_string(),
        rate: rate.rate.to_percent_text(),
        notes: rate.notes.clone(),
    };
    wire::IndexRateSource {
        encoded_key: source.key.to_string(),
        id: source.id.clone(),
        name: source.name.clone(),
        kind: (KINDS.name_of)(source.kind),
        notes: source.notes.clone(),
        index_rates: source.rates.iter().map(rate).collect(),
        creation_date: source.created_at.to_string(),
        last_modified_date: source.last_modified_at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use loam_book::catalog::Catalog;
    use loam_book::ids::{Key, Part};
    use loam_calc::currency::Currency;
    use serde_json::json;

    use super::*;

    fn base<T>(catalog: &Catalog) -> Base<'_, T> {
        Base {
            key: Key::entity(Part::new(0), 5, 6),
            other_key: Key::entity(Part::new(0), 5, 7),
            now: Timestamp::UNIX_EPOCH,
            catalog,
            currency: Currency::EUR,
            actor: Key::entity(Part::new(0), 0, 0),
            present: None,
            password_hash: None,
        }
    }

    fn members(value: &serde_json::Value) -> Members {
        Members::of_json(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn settings_go_there_and_back() {
        let sent = json!({"name": "Bank", "nonWorkingDays": ["SATURDAY", "SUNDAY"], "holidays": [
            {"name": "New Year", "date": "2024-01-01", "isAnnuallyRecurring": true},
            {"name": "Once", "date": "2024-05-02", "isAnnuallyRecurring": false}],
            "phoneNo": "1", "emailAddress": "bank@example.org", "exposureType": "SUM_OF_LOANS",
            "exposureAmount": "1000", "multipleLoans": "ONE_LOAN", "minGroupSizeLimit": 2, "maxGroupSizeLimit": 5,
            "multipleGroupMemberships": "ONE_GROUP", "otherIdDocumentsEnabled": false,
            "approvalDisbursalTwoManRuleEnabled": true, "allowedAddresses": ["10.0.0.0/8"],
            "failuresUntilLocked": 3, "lockedMinutes": 60,
            "provisioning": "END_OF_MONTH", "portfolios": {"maxPerHour": 1, "maxPerDay": 3, "largestSharePercent": "25"},
            "labels": [{"type": "CLIENT", "singularValue": "Member", "pluralValue": "Members"}]});
        let settings = settings_of(&members(&sent), &base(&Catalog::default())).unwrap();
        assert_eq!(settings.non_working_weekdays, [Weekday::Saturday, Weekday::Sunday]);
        assert_eq!((settings.holidays[1].date, settings.holidays[0].is_yearly), (date(2024, 5, 2), true));
        assert_eq!(serde_json::to_value(wire_of_settings(Some(&settings))).unwrap(), sent);
        let none = serde_json::to_value(wire_of_settings(None)).unwrap();
        let default = json!({"name": "Organization", "nonWorkingDays": [], "holidays": [],
            "exposureType": "UNLIMITED", "multipleLoans": "UNLIMITED", "multipleGroupMemberships": "UNLIMITED",
            "approvalDisbursalTwoManRuleEnabled": false, "allowedAddresses": [],
            "failuresUntilLocked": 10, "lockedMinutes": 15,
            "labels": [], "provisioning": "NONE",
            "otherIdDocumentsEnabled": true});
        assert_eq!(none, default);
        let unlimited = members(&json!({"exposureType": "SUM_OF_LOANS"}));
        let error = settings_of(&unlimited, &base(&Catalog::default()));
        assert_eq!(error.unwrap_err().parts(), (400, "missing_member", "exposureAmount"));
        let error = settings_of(&members(&json!({"holidays": [{"name": "n"}]})), &base(&Catalog::default()));
        assert_eq!(error.unwrap_err().parts(), (400, "missing_member", "holidays[0].date"));
    }

    #[test]
    fn an_index_goes_there_and_back() {
        let sent = json!({"id": "PRIME", "name": "Prime", "type": "TAX_RATE", "notes": "n",
            "indexRates": [{"startDate": "2024-01-01", "rate": "3.5", "notes": "first"}, {"startDate": "2024-07-01", "rate": 4}]});
        let source = index_of(&members(&sent), &base(&Catalog::default())).unwrap();
        assert_eq!(source.rate_on(date(2024, 8, 1)), Rate::parse_percent("4").ok());
        let shown = serde_json::to_value(wire_of_index(&source)).unwrap();
        assert_eq!((&shown["type"], &shown["indexRates"][0]["rate"]), (&json!("TAX_RATE"), &json!("3.5")));
        let again = index_of(&members(&shown), &base(&Catalog::default())).unwrap();
        assert_eq!(again, source);
        let text = json!({"id": "P", "name": "n", "indexRates": [{"startDate": "2024-01-01"}]});
        let error = index_of(&members(&text), &base(&Catalog::default())).unwrap_err();
        assert_eq!(error.parts(), (400, "missing_member", "indexRates[0].rate"));
    }
}
