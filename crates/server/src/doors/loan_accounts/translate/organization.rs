//! Branches, centres, channels and currencies as the contract shows them.

use jiff::civil::Weekday;
use loam_book::exchange::ExchangeRate;
use loam_book::ids::{Key, Name, Part};
use loam_book::index_rate::{IndexRate, IndexRateKind, IndexRateSource};
use loam_book::labels::Labelled;
use loam_book::organization as book;
use loam_book::party::Address;
use loam_book::party::kinds::DocumentTemplate;
use loam_book::party::rules::Exposure;
use loam_book::working_days::{Holiday, OrganizationSettings};
use loam_calc::currency::Currency;

use super::super::wire::organization as wire;
use super::super::wire::values::{Day, EncodedKey, Instant, Money, Percent};
use super::client::address;
use super::names;
use crate::product_names as shared;

pub(crate) fn branch(branch: &book::Branch, full_details: bool) -> wire::Branch<'_> {
    wire::Branch {
        encoded_key: EncodedKey(branch.key),
        id: &branch.id,
        name: &branch.name,
        state: names::office_state(branch.state),
        phone_number: branch.phone_number.as_deref(),
        email_address: branch.email_address.as_deref(),
        notes: branch.notes.as_deref(),
        branch_holidays: branch.holidays.iter().map(holiday).collect(),
        creation_date: Instant(branch.created_at),
        last_modified_date: Instant(branch.last_modified_at),
        full_details: full_details.then(|| office_details(branch.address.as_ref(), branch.key)),
    }
}

pub(crate) fn centre(centre: &book::Centre, full_details: bool) -> wire::Centre<'_> {
    wire::Centre {
        encoded_key: EncodedKey(centre.key),
        id: &centre.id,
        name: &centre.name,
        state: names::office_state(centre.state),
        notes: centre.notes.as_deref(),
        meeting_day: centre.meeting_day.map(weekday),
        assigned_branch_key: EncodedKey(centre.branch),
        creation_date: Instant(centre.created_at),
        last_modified_date: Instant(centre.last_modified_at),
        full_details: full_details.then(|| office_details(centre.address.as_ref(), centre.key)),
    }
}

fn office_details(kept: Option<&Address>, parent: Key) -> wire::OfficeDetails<'_> {
    wire::OfficeDetails { address: kept.map(|row| address(row, parent, 0)), custom_field_values: Vec::new() }
}

fn holiday(holiday: &Holiday) -> wire::Holiday<'_> {
    wire::Holiday { name: &holiday.name, date: Day(holiday.date), is_annually_recurring: holiday.is_yearly }
}

/// The settings; where none were made, every day is worked.
pub(crate) fn general_settings(
    settings: Option<&OrganizationSettings>,
    closes_days: bool,
) -> wire::GeneralSettings<'_> {
    let parties = settings.map(|settings| settings.parties.clone()).unwrap_or_default();
    let (exposure_type, exposure_amount) = match parties.exposure {
        Exposure::Unlimited => ("UNLIMITED", None),
        Exposure::SumOfLoans { most, currency } => ("SUM_OF_LOANS", Some(Money(most, currency))),
    };
    let weekdays: &[Weekday] = settings.map_or(&[], |settings| &settings.non_working_weekdays);
    let holidays: &[Holiday] = settings.map_or(&[], |settings| &settings.holidays);
    wire::GeneralSettings {
        decimal_seperator: "DECIMAL",
        date_formats: wire::DateFormats {
            date_format: "yyyy-MM-dd",
            date_time_format: "yyyy-MM-dd'T'HH:mm:ssZ",
        },
        non_working_days: weekdays.iter().copied().map(weekday).collect(),
        holidays: holidays.iter().map(holiday).collect(),
        exposure_type,
        exposure_amount,
        eod_processing_method: if closes_days { "AUTOMATIC" } else { "MANUAL" },
        multiple_loans: if parties.only_one_loan { "ONE_LOAN" } else { "UNLIMITED" },
        min_group_size_limit: parties.group_size_min,
        max_group_size_limit: parties.group_size_max,
        multiple_group_memberships: if parties.allows_several_groups { "UNLIMITED" } else { "ONE_GROUP" },
        other_id_documents_enabled: parties.takes_other_documents,
    }
}

/// The organization; where it said nothing, a name stands for it.
pub(crate) fn organization<'a>(
    settings: Option<&'a OrganizationSettings>,
    time_zone: &'a str,
) -> wire::Organization<'a> {
    let contact = settings.map(|settings| &settings.contact);
    wire::Organization {
        name: settings.map_or("Organization", |settings| &settings.name),
        phone_no: contact.and_then(|contact| contact.phone_number.as_deref()),
        email_address: contact.and_then(|contact| contact.email_address.as_deref()),
        time_zone_id: time_zone,
    }
}

/// What things are called, each with its usual word where the organization has no other.
pub(crate) fn labels(settings: Option<&OrganizationSettings>) -> Vec<wire::Label<'_>> {
    let own = settings.map_or(&[][..], |settings| &settings.labels);
    let label = |of: &Labelled| {
        let found = own.iter().find(|label| label.of == *of);
        let (singular, plural) = found.map_or(of.usual(), |label| (&label.singular, &label.plural));
        wire::Label {
            of: shared::labelled(*of),
            singular_value: singular,
            plural_value: plural,
            language: "ENGLISH",
            has_custom_value: found.is_some(),
        }
    };
    Labelled::ALL.iter().map(label).collect()
}

pub(crate) fn document_template(template: &DocumentTemplate) -> wire::IdDocumentTemplate<'_> {
    wire::IdDocumentTemplate {
        encoded_key: EncodedKey(template.key),
        id: &template.id,
        document_type: &template.document_type,
        issuing_authority: template.issuing_authority.as_deref(),
        document_id_template: template.pattern.as_deref(),
        mandatory_for_clients: template.is_mandatory,
        allow_attachments: template.allows_attachments,
        creation_date: Instant(template.created_at),
    }
}

/// A rate of an index, added by a user. Its key is made from the index and the day.
pub(crate) fn index_rate<'a>(
    rate: &'a IndexRate,
    source: &'a IndexRateSource,
    user: Key,
) -> wire::IndexRate<'a> {
    let name = Name::of(&["index rate", &source.key.to_string(), &rate.start_date.to_string()]);
    wire::IndexRate {
        encoded_key: EncodedKey(Key::named(Part::new(0), &name)),
        user_key: EncodedKey(user),
        start_date: Day(rate.start_date),
        rate: Percent(rate.rate),
        notes: rate.notes.as_deref(),
        rate_source: wire::IndexRateSource {
            encoded_key: EncodedKey(source.key),
            name: &source.name,
            kind: match source.kind {
                IndexRateKind::InterestRate => "INTEREST_RATE",
                IndexRateKind::TaxRate => "TAX_RATE",
                IndexRateKind::WithholdingTaxRate => "WITHHOLDING_TAX_RATE",
            },
            notes: source.notes.as_deref(),
        },
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "MONDAY",
        Weekday::Tuesday => "TUESDAY",
        Weekday::Wednesday => "WEDNESDAY",
        Weekday::Thursday => "THURSDAY",
        Weekday::Friday => "FRIDAY",
        Weekday::Saturday => "SATURDAY",
        Weekday::Sunday => "SUNDAY",
    }
}

pub(crate) fn channel(channel: &book::TransactionChannel) -> wire::TransactionChannel<'_> {
    wire::TransactionChannel {
        encoded_key: EncodedKey(channel.key),
        id: &channel.id,
        name: &channel.name,
        index: channel.index,
        activated: channel.is_active,
        created_by_user_key: channel.created_by.map(EncodedKey),
        creation_date: Instant(channel.created_at),
        loan_constraints_usage: "UNCONSTRAINED_USAGE",
        savings_constraints_usage: "UNCONSTRAINED_USAGE",
        fields: &channel.fields,
    }
}

pub(crate) fn currency(currency: Currency, base: Currency) -> wire::Currency {
    wire::Currency {
        code: currency.code(),
        name: currency.name(),
        symbol: currency.code(),
        digits_after_decimal: currency.digits(),
        currency_symbol_position: "BEFORE_NUMBER",
        is_base_currency: currency == base,
    }
}
pub(crate) fn exchange_rate(rate: &ExchangeRate) -> wire::ExchangeRate {
    wire::ExchangeRate {
        buy_rate: rate.buy.to_decimal_text(),
        sell_rate: rate.sell.to_decimal_text(),
        start_date: Day(rate.start_date),
    }
}
