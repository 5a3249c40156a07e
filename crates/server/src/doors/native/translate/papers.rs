//! Document templates and risk levels between the wire and the book.

use loam_book::ids::Key;
use loam_book::risk_level::RiskLevel;
use loam_book::template::{Template, TemplateType};
use loam_calc::rate::Rate;

use super::super::error::DoorError;
use super::super::members::Members;
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// The template that the members say.
///
/// # Errors
/// A member that is missing or malformed, or a product that does not exist.
pub(in super::super) fn template_of(members: &Members, base: &Base<'_, Template>) -> Result<Template> {
    Ok(Template {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        template_type: members.stored("type")?.unwrap_or(TemplateType::LoanAccount),
        products: products(members, base)?,
        text: members.required("text")?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

fn products(members: &Members, base: &Base<'_, Template>) -> Result<Vec<Key>> {
    let named: Vec<String> = members.stored("loanProducts")?.unwrap_or_default();
    let key_of = |id: &String| {
        let found = base.catalog.products.find(id).map(|product| product.key);
        found.ok_or_else(|| DoorError::invalid("loanProducts", id, "there is no such loan product"))
    };
    named.iter().map(key_of).collect()
}

/// A template as this door shows it.
pub(in super::super) fn wire_of_template(template: &Template) -> wire::Template {
    wire::Template {
        encoded_key: template.key.to_string(),
        id: template.id.clone(),
        name: template.name.clone(),
        template_type: template.template_type,
        loan_products: template.products.iter().map(ToString::to_string).collect(),
        text: template.text.clone(),
        creation_date: template.created_at.to_string(),
        last_modified_date: template.last_modified_at.to_string(),
    }
}

/// The level that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn level_of(members: &Members, base: &Base<'_, RiskLevel>) -> Result<RiskLevel> {
    Ok(RiskLevel {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        from_days: members.count("fromDays")?.unwrap_or(0),
        to_days: members.count("toDays")?,
        provision_rate: members.figure("provisioningPercent", Rate::parse_percent)?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A level as this door shows it.
pub(in super::super) fn wire_of_level(level: &RiskLevel) -> wire::RiskLevel {
    wire::RiskLevel {
        encoded_key: level.key.to_string(),
        id: level.id.clone(),
        name: level.name.clone(),
        from_days: level.from_days,
        to_days: level.to_days,
        provisioning_percent: level.provision_rate.map(Rate::to_percent_text),
        creation_date: level.created_at.to_string(),
        last_modified_date: level.last_modified_at.to_string(),
    }
}
