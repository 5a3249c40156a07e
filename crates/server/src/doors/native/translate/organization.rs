//! Branches, centres, users and transaction channels between the wire and the book.

use jiff::civil::Weekday;
use loam_book::ids::Key;
use loam_book::organization::{Branch, Centre, TransactionChannel, User};
use loam_book::party::Address;
use loam_book::rights::{AccessRight, Reach};

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;
use super::calendar::{holidays_of, wire_of_holidays};
use super::channel_limits::{OF_LOANS, OF_SAVINGS, limits_of};
use super::rights::{keys, reach_of, rights_of, wire_of_limits};
use crate::channel_limits::{shown, usage};

type Result<T> = std::result::Result<T, DoorError>;

pub(super) const WEEKDAYS: Names<'_, Weekday> = Names {
    values: &[
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ],
    name_of: weekday_name,
};
/// The branch that the members say.
///
/// # Errors
/// A member that is missing, malformed or not supported.
pub(in super::super) fn branch_of(members: &Members, base: &Base<'_, Branch>) -> Result<Branch> {
    refuse(members, &["customFieldValues", "customInformation"])?;
    Ok(Branch {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        state: members.stored("state")?.unwrap_or_default(),
        phone_number: members.text("phoneNumber")?,
        email_address: members.text("emailAddress")?,
        notes: members.text("notes")?,
        address: address_of(members, base, base.present.and_then(|branch| branch.address.as_ref()))?,
        holidays: holidays_of(members, "branchHolidays")?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A branch as this door shows it.
pub(in super::super) fn wire_of_branch(branch: &Branch) -> wire::Branch {
    wire::Branch {
        encoded_key: branch.key.to_string(),
        id: branch.id.clone(),
        name: branch.name.clone(),
        state: branch.state,
        phone_number: branch.phone_number.clone(),
        email_address: branch.email_address.clone(),
        notes: branch.notes.clone(),
        address: branch.address.as_ref().map(wire_of_address),
        branch_holidays: wire_of_holidays(&branch.holidays),
        creation_date: branch.created_at.to_string(),
        last_modified_date: branch.last_modified_at.to_string(),
    }
}

/// The centre that the members say.
///
/// # Errors
/// A member that is missing, malformed or not supported, or a branch that does not exist.
pub(in super::super) fn centre_of(members: &Members, base: &Base<'_, Centre>) -> Result<Centre> {
    refuse(members, &["customFieldValues", "customInformation"])?;
    let branch = base.branch(members, "assignedBranchKey")?;
    Ok(Centre {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        state: members.stored("state")?.unwrap_or_default(),
        branch: branch.ok_or_else(|| DoorError::missing("assignedBranchKey"))?,
        meeting_day: members.choice("meetingDay", WEEKDAYS)?,
        notes: members.text("notes")?,
        address: address_of(members, base, base.present.and_then(|centre| centre.address.as_ref()))?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A centre as this door shows it.
pub(in super::super) fn wire_of_centre(centre: &Centre) -> wire::Centre {
    wire::Centre {
        encoded_key: centre.key.to_string(),
        id: centre.id.clone(),
        name: centre.name.clone(),
        state: centre.state,
        assigned_branch_key: centre.branch.to_string(),
        meeting_day: centre.meeting_day.map(weekday_name),
        notes: centre.notes.clone(),
        address: centre.address.as_ref().map(wire_of_address),
        creation_date: centre.created_at.to_string(),
        last_modified_date: centre.last_modified_at.to_string(),
    }
}

/// The user that the members say. Passwords come hashed, in the base.
///
/// # Errors
/// A member that is missing, malformed or not supported, or a branch that does not exist.
pub(in super::super) fn user_of(members: &Members, base: &Base<'_, User>) -> Result<User> {
    refuse(members, &["apiKey", "customFields", "customInformation"])?;
    members.refuse_unless("twoFactorAuthentication", &["false"])?;
    // Who has a role comes in as the role says.
    let access: &[AccessRight] = if members.has("role") { &[] } else { &[AccessRight::Apis] };
    let rights = rights_of(members, access)?;
    let username = members.required("username")?;

    let present = base.present;
    let present_hash = || present.and_then(|user| user.password_hash.clone());
    Ok(User {
        key: base.key,
        // The desk numbers a new user.
        number: present.map_or(0, |user| user.number),
        first_name: members.text("firstName")?.unwrap_or_else(|| username.clone()),
        username,
        last_name: members.text("lastName")?.unwrap_or_default(),
        title: members.text("title")?,
        email_address: members.text("email")?,
        home_phone: members.text("homePhone")?,
        mobile_phone: members.text("mobilePhone1")?,
        language: members.text("language")?,
        notes: members.text("notes")?,
        state: members.stored("userState")?.unwrap_or_default(),
        is_administrator: rights.is_administrator,
        is_teller: rights.is_teller,
        is_credit_officer: rights.is_credit_officer,
        has_api_access: rights.may_call(),
        sees_other_officers_clients: rights.sees_other_officers_clients,
        branch: base.branch(members, "assignedBranchKey")?,
        reach: reach_of(members, base, &rights)?,
        permissions: rights.permissions,
        password_hash: base.password_hash.clone().or_else(present_hash),
        api_key_hash: present.and_then(|user| user.api_key_hash.clone()),
        created_at: present.map_or(base.now, |user| user.created_at),
        last_modified_at: base.now,
    })
}

/// A user as this door shows it: without secrets.
pub(in super::super) fn wire_of_user(user: &User) -> wire::User {
    wire::User {
        encoded_key: user.key.to_string(),
        id: user.number,
        username: user.username.clone(),
        password: None,
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        title: user.title.clone(),
        email: user.email_address.clone(),
        home_phone: user.home_phone.clone(),
        mobile_phone1: user.mobile_phone.clone(),
        language: user.language.clone(),
        notes: user.notes.clone(),
        user_state: user.state,
        is_administrator: user.is_administrator,
        is_teller: user.is_teller,
        is_credit_officer: user.is_credit_officer,
        access_rights: user.own_rights().access.into_iter().collect(),
        assigned_branch_key: user.branch.map(|key| key.to_string()),
        can_manage_entities_assigned_to_other_officers: user.sees_other_officers_clients,
        permissions: user.permissions.clone(),
        reach: wire_of_reach(&user.reach),
        creation_date: user.created_at.to_string(),
        last_modified_date: user.last_modified_at.to_string(),
    }
}

fn wire_of_reach(reach: &Reach) -> wire::Reach {
    wire::Reach {
        role: reach.role.map(|key| key.to_string()),
        assigned_centre_key: reach.centre.map(|key| key.to_string()),
        is_support: reach.is_support,
        can_manage_all_branches: reach.manages_all_branches,
        managed_branches: keys(&reach.managed_branches),
        transaction_limits: wire_of_limits(&reach.limits),
        allowed_addresses: reach.networks.clone(),
    }
}

/// The transaction channel that the members say.
///
/// # Errors
/// A member that is missing, malformed or not supported.
pub(in super::super) fn channel_of(
    members: &Members,
    base: &Base<'_, TransactionChannel>,
) -> Result<TransactionChannel> {
    refuse(members, &["usageRights", "customFields", "transactionChannelAccountingRule"])?;
    let last =
        || base.catalog.channels.iter().map(|channel| channel.index).max().map_or(0, |index| index + 1);
    let index = members.figure("index", |text| text.parse::<i64>().map_err(|_| "it is no whole number"))?;
    let present = base.present;
    Ok(TransactionChannel {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        index: index.unwrap_or_else(|| present.map_or_else(last, |channel| channel.index)),
        is_active: members.flag("activated")?.unwrap_or(true),
        fields: members.stored("fields")?.unwrap_or_default(),
        loan_limits: limits_of(members, &OF_LOANS, base.catalog)?,
        savings_limits: limits_of(members, &OF_SAVINGS, base.catalog)?,
        created_by: present.map_or(Some(base.actor), |channel| channel.created_by),
        created_at: present.map_or(base.now, |channel| channel.created_at),
        last_modified_at: base.now,
    })
}

/// A transaction channel as this door shows it.
pub(in super::super) fn wire_of_channel(channel: &TransactionChannel) -> wire::TransactionChannel {
    wire::TransactionChannel {
        encoded_key: channel.key.to_string(),
        id: channel.id.clone(),
        name: channel.name.clone(),
        index: channel.index,
        activated: channel.is_active,
        fields: channel.fields.clone(),
        loan_constraints_usage: usage(channel.loan_limits.as_ref()),
        loan_constraints: channel.loan_limits.as_ref().map(shown),
        savings_constraints_usage: usage(channel.savings_limits.as_ref()),
        savings_constraints: channel.savings_limits.as_ref().map(shown),
        created_by_user_key: channel.created_by.map(|key| key.to_string()),
        creation_date: channel.created_at.to_string(),
        last_modified_date: channel.last_modified_at.to_string(),
    }
}

/// Members that say something which this version does nothing with.
fn refuse(members: &Members, names: &[&str]) -> Result<()> {
    names.iter().try_for_each(|name| members.refuse_unless(name, &[]))
}

fn address_of<T>(
    members: &Members,
    base: &Base<'_, T>,
    present: Option<&Address>,
) -> Result<Option<Address>> {
    if !members.has("address") {
        return Ok(None);
    }
    let address = members.object("address")?;
    address.refuse_unless("latitude", &[])?;
    address.refuse_unless("longitude", &[])?;
    let key: Key = present.map_or(base.other_key, |present| present.key);
    Ok(Some(Address {
        key,
        line1: address.text("line1")?,
        line2: address.text("line2")?,
        city: address.text("city")?,
        region: address.text("region")?,
        postcode: address.text("postcode")?,
        country: address.text("country")?,
        address_type: None,
        latitude: None,
        longitude: None,
    }))
}

fn wire_of_address(address: &Address) -> wire::Address {
    wire::Address {
        line1: address.line1.clone(),
        line2: address.line2.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        postcode: address.postcode.clone(),
        country: address.country.clone(),
    }
}

pub(super) fn weekday_name(day: Weekday) -> &'static str {
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

#[cfg(test)]
pub(super) mod tests;
