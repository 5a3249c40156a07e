//! What is said of clients and groups, between the wire and the book.

use loam_book::labels::{Label, Labelled};
use loam_book::party::kinds::{ClientRole, DocumentTemplate, GroupRole, RoleFor};
use loam_book::party::rules::{Exposure, OrganizationContact, PartyRules};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;
use crate::product_names as shared;

type Result<T> = std::result::Result<T, DoorError>;

const WHOSE: Names<'_, RoleFor> = Names {
    values: &[RoleFor::Clients, RoleFor::Groups],
    name_of: |whose| match whose {
        RoleFor::Clients => "CLIENT",
        RoleFor::Groups => "GROUP",
    },
};

/// The client type that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn client_role_of(members: &Members, base: &Base<'_, ClientRole>) -> Result<ClientRole> {
    let flag = |name, default| Ok::<_, DoorError>(members.flag(name)?.unwrap_or(default));
    Ok(ClientRole {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        role_for: members.choice("clientType", WHOSE)?.unwrap_or(RoleFor::Clients),
        description: members.text("description")?,
        can_open_accounts: flag("canOpenAccounts", true)?,
        can_guarantee: flag("canGuarantee", true)?,
        requires_document: flag("requireID", false)?,
        has_address: flag("useDefaultAddress", true)?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

pub(in super::super) fn wire_of_client_role(role: &ClientRole) -> wire::ClientRole {
    wire::ClientRole {
        encoded_key: role.key.to_string(),
        id: role.id.clone(),
        name: role.name.clone(),
        description: role.description.clone(),
        client_type: (WHOSE.name_of)(role.role_for),
        can_open_accounts: role.can_open_accounts,
        can_guarantee: role.can_guarantee,
        require_id: role.requires_document,
        use_default_address: role.has_address,
        creation_date: role.created_at.to_string(),
        last_modified_date: role.last_modified_at.to_string(),
    }
}

/// The name of a role that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn group_role_of(members: &Members, base: &Base<'_, GroupRole>) -> Result<GroupRole> {
    Ok(GroupRole {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

pub(in super::super) fn wire_of_group_role(role: &GroupRole) -> wire::GroupRole {
    wire::GroupRole {
        encoded_key: role.key.to_string(),
        id: role.id.clone(),
        name: role.name.clone(),
        creation_date: role.created_at.to_string(),
        last_modified_date: role.last_modified_at.to_string(),
    }
}

/// The kind of document that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn document_template_of(
    members: &Members,
    base: &Base<'_, DocumentTemplate>,
) -> Result<DocumentTemplate> {
    Ok(DocumentTemplate {
        key: base.key,
        id: members.required("id")?,
        document_type: members.required("documentType")?,
        issuing_authority: members.text("issuingAuthority")?,
        pattern: members.text("documentIdTemplate")?,
        is_mandatory: members.flag("mandatoryForClients")?.unwrap_or(false),
        allows_attachments: members.flag("allowAttachments")?.unwrap_or(false),
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

pub(in super::super) fn wire_of_document_template(template: &DocumentTemplate) -> wire::DocumentTemplate {
    wire::DocumentTemplate {
        encoded_key: template.key.to_string(),
        id: template.id.clone(),
        document_type: template.document_type.clone(),
        issuing_authority: template.issuing_authority.clone(),
        document_id_template: template.pattern.clone(),
        mandatory_for_clients: template.is_mandatory,
        allow_attachments: template.allows_attachments,
        creation_date: template.created_at.to_string(),
        last_modified_date: template.last_modified_at.to_string(),
    }
}

const YES_NO: Names<'_, bool> =
    Names { values: &[false, true], name_of: |only_one| if only_one { "ONE_LOAN" } else { "UNLIMITED" } };
const SEVERAL: Names<'_, bool> =
    Names { values: &[false, true], name_of: |several| if several { "UNLIMITED" } else { "ONE_GROUP" } };

/// What the settings say of clients and groups.
///
/// # Errors
/// A member that is malformed, and an exposure that is limited without an amount.
pub(super) fn rules_of(members: &Members, currency: Currency) -> Result<PartyRules> {
    let default = PartyRules::default();
    Ok(PartyRules {
        exposure: exposure_of(members, currency)?,
        only_one_loan: members.choice("multipleLoans", YES_NO)?.unwrap_or(default.only_one_loan),
        group_size_min: members.count("minGroupSizeLimit")?,
        group_size_max: members.count("maxGroupSizeLimit")?,
        allows_several_groups: members
            .choice("multipleGroupMemberships", SEVERAL)?
            .unwrap_or(default.allows_several_groups),
        takes_other_documents: members
            .flag("otherIdDocumentsEnabled")?
            .unwrap_or(default.takes_other_documents),
    })
}

/// Deposits are not taken off: what is owed stands against them only where accounts are linked.
fn exposure_of(members: &Members, currency: Currency) -> Result<Exposure> {
    const LIMITED: Names<'_, bool> = Names {
        values: &[false, true],
        name_of: |limited| if limited { "SUM_OF_LOANS" } else { "UNLIMITED" },
    };
    if !members.choice("exposureType", LIMITED)?.unwrap_or(false) {
        return Ok(Exposure::Unlimited);
    }
    let stated = members.stated("exposureAmount")?.ok_or_else(|| DoorError::missing("exposureAmount"))?;
    let amount = StatedAmount(stated.clone()).positive_in(currency);
    let most = amount.map_err(|refusal| DoorError::invalid("exposureAmount", &stated, refusal))?;
    Ok(Exposure::SumOfLoans { most, currency })
}

pub(super) fn contact_of(members: &Members) -> Result<OrganizationContact> {
    Ok(OrganizationContact {
        phone_number: members.text("phoneNo")?,
        email_address: members.text("emailAddress")?,
    })
}

/// The labels that the members say.
///
/// # Errors
/// A label without a type or a word.
pub(super) fn labels_of(members: &Members) -> Result<Vec<Label>> {
    const OF: Names<'_, Labelled> = Names { values: &Labelled::ALL, name_of: shared::labelled };
    let read = |label: &Members| {
        let of = label.choice("type", OF)?.ok_or_else(|| DoorError::missing(&label.path("type")))?;
        let (singular, plural) = (label.required("singularValue")?, label.required("pluralValue")?);
        Ok(Label { of, singular, plural })
    };
    members.objects("labels")?.iter().map(read).collect()
}

pub(super) fn wire_of_labels(labels: &[Label]) -> Vec<wire::Label> {
    let shown = |label: &Label| wire::Label {
        of: shared::labelled(label.of),
        singular_value: label.singular.clone(),
        plural_value: label.plural.clone(),
    };
    labels.iter().map(shown).collect()
}

pub(super) fn wire_of_rules(rules: &PartyRules) -> wire::PartySettings {
    let (exposure_type, exposure_amount) = match rules.exposure {
        Exposure::Unlimited => ("UNLIMITED", None),
        Exposure::SumOfLoans { most, currency } => ("SUM_OF_LOANS", Some(most.to_text(currency))),
    };
    wire::PartySettings {
        exposure_type,
        exposure_amount,
        multiple_loans: (YES_NO.name_of)(rules.only_one_loan),
        min_group_size_limit: rules.group_size_min,
        max_group_size_limit: rules.group_size_max,
        multiple_group_memberships: (SEVERAL.name_of)(rules.allows_several_groups),
        other_id_documents_enabled: rules.takes_other_documents,
    }
}
