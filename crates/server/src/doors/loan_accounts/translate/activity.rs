//! Rows of the audit trail as activities.

use std::collections::BTreeMap;

use loam_app::views::StoredActivity;
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValue;
use loam_book::ids::{Key, Name};
use loam_book::loan::{HolderKind, Loan};
use loam_book::organization::User;
use loam_book::party::group::Group;
use loam_book::party::{Client, Profile};
use loam_book::savings::Savings;
use serde_json::Value;

use super::super::wire::activity as wire;
use super::super::wire::values::{EncodedKey, Instant};

/// What an activity was about, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Concerned<'a> {
    pub(crate) loan: Option<&'a Loan>,
    pub(crate) deposit: Option<&'a Savings>,
    /// The client, or the holder of the account.
    pub(crate) client: Option<&'a Client>,
    /// The group, or the holder of the account.
    pub(crate) group: Option<&'a Group>,
}

/// One activity, with the changes that its reader may see.
pub(crate) fn activity<'a>(
    row: &StoredActivity,
    concerned: Concerned<'a>,
    catalog: &'a Catalog,
    field_changes: Vec<wire::FieldChange>,
) -> wire::ActivityEntry<'a> {
    let Concerned { loan, deposit, client, group } = concerned;
    let product = catalog.products.by_key(loan.map_or(row.entity, |loan| loan.terms.product));
    let deposit_product = deposit.map_or(row.entity, |account| account.terms.product);
    let deposit_product = catalog.savings_products.by_key(deposit_product);
    let assignment = loan.map(|loan| loan.assignment).or(deposit.map(|account| account.assignment));
    let assignment =
        assignment.or(client.map(|client| client.assignment)).or(group.map(|group| group.assignment));
    let branch_key = assignment.and_then(|assigned| assigned.branch).unwrap_or(row.entity);
    let centre_key = assignment.and_then(|assigned| assigned.centre).unwrap_or(row.entity);
    let (branch, centre) = (catalog.branches.by_key(branch_key), catalog.centres.by_key(centre_key));
    let acted_on = catalog.users.by_key(row.entity);
    // Whoever sees a loan sees whose it is, and not more of him or her.
    let holder = |kind| loan.filter(|loan| loan.holder.kind == kind).map(|loan| loan.holder.key);
    let name = Name::of(&["activity", &row.id.to_string()]);
    wire::ActivityEntry {
        activity: wire::Activity {
            encoded_key: EncodedKey(Key::named(row.part, &name)),
            transaction_id: row.id,
            timestamp: Instant(row.recorded_at),
            kind: kind(row, concerned, catalog),
            user_key: EncodedKey(row.actor),
            client_key: client.map(|client| client.key).or(holder(HolderKind::Client)).map(EncodedKey),
            group_key: group.map(|group| group.key).or(holder(HolderKind::Group)).map(EncodedKey),
            loan_account_key: loan.map(|loan| EncodedKey(loan.key)),
            loan_product_key: product.map(|product| EncodedKey(product.key)),
            savings_account_key: deposit.map(|account| EncodedKey(account.key)),
            savings_product_key: deposit_product.map(|product| EncodedKey(product.key)),
            branch_key: branch.map(|branch| EncodedKey(branch.key)),
            centre_key: centre.map(|centre| EncodedKey(centre.key)),
            assigned_user_key: acted_on.map(|user| EncodedKey(user.key)),
            notes: row.command.clone(),
            field_changes,
        },
        names: wire::Names {
            client_name: client.map(|client| full_name(&client.profile)),
            group_name: group.map(|group| group.contact.name.as_str()),
            loan_account_name: loan.map(|loan| loan.name.as_str()),
            loan_product_name: product.map(|product| product.name.as_str()),
            savings_account_name: deposit.map(|account| account.name.as_str()),
            savings_product_name: deposit_product.map(|product| product.name.as_str()),
            branch_name: branch.map(|branch| branch.name.as_str()),
            centre_name: centre.map(|centre| centre.name.as_str()),
            user_name: catalog.users.by_key(row.actor).map(|user| name_of_user(user)),
            assigned_user_name: acted_on.map(|user| name_of_user(user)),
        },
    }
}

/// First, middle and last name, as far as there are any.
pub(crate) fn full_name(profile: &Profile) -> String {
    let names = [Some(&profile.first_name), profile.middle_name.as_ref(), Some(&profile.last_name)];
    let names = names.into_iter().flatten().map(|name| name.trim()).filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join(" ")
}

fn name_of_user(user: &User) -> String {
    format!("{} {}", user.first_name, user.last_name).trim().to_owned()
}

/// What was done to what: `LOAN_ACCOUNT_APPROVE`, `BRANCH_CHANGED`, `COMMENT_CREATED`.
fn kind(row: &StoredActivity, concerned: Concerned<'_>, catalog: &Catalog) -> String {
    let in_capitals = |text: &str| text.to_ascii_uppercase().replace([' ', '-'], "_");
    let (verb, noun) = row.command.split_once(' ').unwrap_or((&row.command, ""));
    let past = match verb {
        "create" => Some("CREATED"),
        "edit" => Some("EDITED"),
        "change" => Some("CHANGED"),
        "delete" => Some("DELETED"),
        _ => None,
    };
    match (past, noun) {
        (Some(past), "record") => format!("{}_{past}", record_kind(row.entity, catalog)),
        (Some(past), "client" | "group" | "comment" | "document" | "task" | "loan") => {
            format!("{}_{past}", in_capitals(noun))
        }
        (Some(past), "") if concerned.loan.is_some() => format!("LOAN_ACCOUNT_{past}"),
        _ if concerned.loan.is_some() => format!("LOAN_ACCOUNT_{}", in_capitals(&row.command)),
        (Some(past), "deposit account") => format!("DEPOSIT_ACCOUNT_{past}"),
        _ if concerned.deposit.is_some() => {
            let command = row.command.trim_end_matches(" deposit account");
            format!("DEPOSIT_ACCOUNT_{}", in_capitals(command.trim_end_matches(" of")))
        }
        _ => in_capitals(&row.command),
    }
}

fn record_kind(key: Key, catalog: &Catalog) -> &'static str {
    let kinds = [
        (catalog.products.by_key(key).is_some(), "LOAN_PRODUCT"),
        (catalog.savings_products.by_key(key).is_some(), "SAVINGS_PRODUCT"),
        (catalog.branches.by_key(key).is_some(), "BRANCH"),
        (catalog.centres.by_key(key).is_some(), "CENTRE"),
        (catalog.users.by_key(key).is_some(), "USER"),
        (catalog.channels.by_key(key).is_some(), "TRANSACTION_CHANNEL"),
        (catalog.index_rates.by_key(key).is_some(), "INDEX_RATE_SOURCE"),
        (catalog.templates.by_key(key).is_some(), "DOCUMENT_TEMPLATE"),
    ];
    kinds.into_iter().find(|(is_it, _)| *is_it).map_or("RECORD", |(_, name)| name)
}

/// Values of custom fields that differ, each under the id of its field, as far as the reader may see them.
pub(crate) fn value_changes(
    row: &StoredActivity,
    catalog: &Catalog,
    reader: &Actor,
) -> Vec<wire::FieldChange> {
    let (before, after) = (values(row.before.as_deref()), values(row.after.as_deref()));
    let mut places: Vec<_> = before.keys().chain(after.keys()).copied().collect();
    places.sort_unstable();
    places.dedup();
    let change = |place: (Key, Option<u32>)| {
        let (was, is) = (before.get(&place), after.get(&place));
        let field = catalog.custom_fields.by_key(place.0)?;
        let is_shown = was != is && field.view_rights.allow(reader);
        is_shown.then(|| wire::FieldChange {
            field_change_name: place
                .1
                .map_or_else(|| field.id.clone(), |group| format!("{}.{group}", field.id)),
            original_value: was.cloned(),
            new_value: is.cloned(),
        })
    };
    places.into_iter().filter_map(change).collect()
}

/// What custom fields say, by field and group.
fn values(text: Option<&str>) -> BTreeMap<(Key, Option<u32>), String> {
    let values: Vec<CustomValue> = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    values.into_iter().map(|value| ((value.field, value.group), value.content)).collect()
}

/// Members that differ, each under its path.
pub(crate) fn changes(row: &StoredActivity) -> Vec<wire::FieldChange> {
    let (before, after) = (members(row.before.as_deref()), members(row.after.as_deref()));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let change = |name: &String| wire::FieldChange {
        field_change_name: name.clone(),
        original_value: before.get(name).cloned(),
        new_value: after.get(name).cloned(),
    };
    changed.map(change).collect()
}

fn members(text: Option<&str>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    if let Some(value) = text.and_then(|text| serde_json::from_str(text).ok()) {
        gather("", value, &mut all);
    }
    all
}

/// Objects are gone into, lists are shown whole, nothing is left out.
fn gather(path: &str, value: Value, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, value) in members {
                // The frame of a record says nothing.
                let path = match (path, name.as_str()) {
                    ("", "record") => String::new(),
                    ("", _) => name,
                    (path, name) => format!("{path}.{name}"),
                };
                gather(&path, value, all);
            }
        }
        Value::String(text) => {
            all.insert(path.to_owned(), text);
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            all.insert(path.to_owned(), value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;
    use loam_book::ids::Part;

    use super::*;

    fn row(before: Option<&str>, after: Option<&str>) -> StoredActivity {
        let key = Key::entity(Part::new(0), 1, 1);
        StoredActivity {
            id: 1,
            part: Part::new(0),
            recorded_at: Timestamp::UNIX_EPOCH,
            booking_date: date(2024, 1, 31),
            actor: key,
            command: "change record".to_owned(),
            entity: key,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let before = r#"{"kind":"branch","record":{"name":"North","state":"ACTIVE","address":{"city":"A"}}}"#;
        let after = r#"{"kind":"branch","record":{"name":"South","state":"ACTIVE","address":{"city":"A","line1":"1"}}}"#;
        let changed = changes(&row(Some(before), Some(after)));
        let shown: Vec<_> = changed
            .iter()
            .map(|change| {
                let FieldChange { field_change_name, original_value, new_value } = change;
                (field_change_name.as_str(), original_value.as_deref(), new_value.as_deref())
            })
            .collect();
        assert_eq!(shown, [("address.line1", None, Some("1")), ("name", Some("North"), Some("South"))]);
        assert!(changes(&row(None, None)).is_empty());
    }

    use wire::FieldChange;
}
