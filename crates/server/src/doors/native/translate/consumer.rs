//! API consumers between the wire and the book.

use loam_book::consumer::{ApiConsumer, ConsumerKey};
use loam_book::rights::AccessRight;

use super::super::error::DoorError;
use super::super::members::Members;
use super::super::records::Base;
use super::super::wire;
use super::rights::{branches_of, keys, limits_of, rights_of, role_of, wire_of_limits, wire_of_rights};

/// The consumer that the members say, with the keys that it has.
///
/// # Errors
/// A member that is missing or malformed, or a role or branch that does not exist.
pub(in super::super) fn consumer_of(
    members: &Members,
    base: &Base<'_, ApiConsumer>,
) -> Result<ApiConsumer, DoorError> {
    let present = base.present;
    Ok(ApiConsumer {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        notes: members.text("notes")?,
        is_active: members.flag("isActive")?.unwrap_or(true),
        rights: rights_of(members, &[AccessRight::Apis])?,
        role: role_of(members, base)?,
        branch: base.branch(members, "assignedBranchKey")?,
        managed_branches: branches_of(members, base)?,
        limits: limits_of(members)?,
        networks: members.stored("allowedAddresses")?.unwrap_or_default(),
        keys: present.map_or_else(Vec::new, |present| present.keys.clone()),
        created_at: present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A consumer as this door shows it: without the keys themselves.
pub(in super::super) fn wire_of_consumer(consumer: &ApiConsumer) -> wire::ApiConsumer {
    wire::ApiConsumer {
        encoded_key: consumer.key.to_string(),
        id: consumer.id.clone(),
        name: consumer.name.clone(),
        notes: consumer.notes.clone(),
        is_active: consumer.is_active,
        rights: wire_of_rights(&consumer.rights),
        role: consumer.role.map(|key| key.to_string()),
        assigned_branch_key: consumer.branch.map(|key| key.to_string()),
        managed_branches: keys(&consumer.managed_branches),
        transaction_limits: wire_of_limits(&consumer.limits),
        allowed_addresses: consumer.networks.clone(),
        keys: consumer.keys.iter().map(wire_of_key).collect(),
        api_key: None,
        creation_date: consumer.created_at.to_string(),
        last_modified_date: consumer.last_modified_at.to_string(),
    }
}

fn wire_of_key(key: &ConsumerKey) -> wire::ApiKey {
    wire::ApiKey {
        id: key.id.to_string(),
        creation_date: key.created_at.to_string(),
        expiration_date: key.expires_at.map(|at| at.to_string()),
    }
}
