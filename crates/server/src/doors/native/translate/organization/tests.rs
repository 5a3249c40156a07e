use jiff::Timestamp;
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::organization::ChannelField;
use loam_book::record::Record;
use loam_calc::currency::Currency;
use serde_json::{Value, json};

use super::super::super::records::Kind;
use super::*;

/// An active branch of which only the id is said.
pub(in super::super) fn branch(id: &str) -> Branch {
    Branch {
        key: Key::entity(Part::new(0), 1, 1),
        id: id.to_owned(),
        name: id.to_owned(),
        state: loam_book::organization::OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn read<T: Kind>(given: &Value, present: Option<&T>, password_hash: Option<&str>) -> Result<T> {
    let catalog = Catalog::new(1, vec![Record::Branch(branch("HQ"))]);
    let base = Base {
        key: Key::entity(Part::new(0), 5, 6),
        other_key: Key::entity(Part::new(0), 5, 7),
        now: Timestamp::UNIX_EPOCH,
        catalog: &catalog,
        currency: Currency::EUR,
        actor: Key::entity(Part::new(0), 9, 9),
        present,
        password_hash: password_hash.map(str::to_owned),
    };
    let given = Members::of_json(given.to_string().as_bytes())?;
    let members = match present {
        None => given,
        Some(present) => Members::of_wire(&present.to_wire()).merged_with(given),
    };
    T::read(&members, &base)
}

/// What is sent is shown again, and a change of nothing changes nothing.
fn round_trip<T: Kind + PartialEq + std::fmt::Debug>(given: &Value) -> T {
    let record: T = read(given, None, None).unwrap();
    assert_eq!(read(&json!({}), Some(&record), None).unwrap(), record);
    let shown = serde_json::to_value(record.to_wire()).unwrap();
    for (name, value) in given.as_object().unwrap().iter().filter(|(name, _)| *name != "assignedBranchKey") {
        assert_eq!(shown[name], *value, "{name}");
    }
    assert!(T::of_record(record.clone().into_record()).is_some());
    record
}

#[test]
fn branches_and_centres_go_there_and_back() {
    let address =
        json!({"line1": "a", "line2": "b", "city": "c", "region": "d", "postcode": "e", "country": "f"});
    round_trip::<Branch>(&json!({"id": "B", "name": "Branch"}));
    round_trip::<Branch>(&json!({
        "id": "B", "name": "Branch", "state": "INACTIVE", "phoneNumber": "1", "emailAddress": "e@x", "notes": "n",
        "address": address,
    }));
    let centre = round_trip::<Centre>(&json!({
        "id": "C", "name": "Centre", "state": "INACTIVE", "assignedBranchKey": "HQ", "meetingDay": "SUNDAY",
        "notes": "n", "address": address,
    }));
    assert_eq!(centre.branch, branch("HQ").key);
}

#[test]
fn a_centre_has_a_branch_that_exists() {
    let without = json!({"id": "C", "name": "Centre"});
    assert_eq!(
        read::<Centre>(&without, None, None).unwrap_err().parts(),
        (400, "missing_member", "assignedBranchKey")
    );
    let unknown = json!({"id": "C", "name": "Centre", "assignedBranchKey": "X"});
    assert_eq!(
        read::<Centre>(&unknown, None, None).unwrap_err().parts(),
        (400, "invalid_member", "assignedBranchKey")
    );
}

#[test]
fn users_and_channels_go_there_and_back() {
    let user = round_trip::<User>(&json!({
        "username": "tom", "firstName": "Tom", "lastName": "Lee", "title": "t", "email": "e@x", "homePhone": "1",
        "mobilePhone1": "2", "language": "ENGLISH", "notes": "n", "userState": "LOCKED", "isAdministrator": true,
        "isTeller": true, "isCreditOfficer": true, "accessRights": [], "assignedBranchKey": "HQ",
        "canManageEntitiesAssignedToOtherOfficers": true, "permissions": ["DIBURSE_LOANS", "ADMINISTRATION"],
    }));
    assert_eq!(user.permissions, [Permission::DisburseLoans, Permission::Administration]);
    assert_eq!(user.number, 0, "the desk numbers a new user");
    let channel = round_trip::<TransactionChannel>(&json!({
        "id": "cash", "name": "Cash", "index": 4, "activated": false, "fields": ["RECEPIT_NUMBER", "IDENTIFIER"],
    }));
    assert_eq!(channel.fields, [ChannelField::ReceiptNumber, ChannelField::Identifier]);
}

#[test]
fn a_user_of_whom_only_the_name_is_said_may_call_the_api_and_nothing_more() {
    let user: User = read(&json!({"username": "tom"}), None, None).unwrap();
    assert!(user.has_api_access && user.permissions.is_empty() && !user.is_administrator);
    assert_eq!((user.first_name.as_str(), user.last_name.as_str()), ("tom", ""));
}

#[test]
fn a_password_is_kept_hashed_and_never_shown() {
    let user: User = read(&json!({"username": "tom", "password": "secret"}), None, Some("$hash")).unwrap();
    assert_eq!(user.password_hash.as_deref(), Some("$hash"));
    let shown = serde_json::to_string(&user.to_wire()).unwrap();
    assert!(!shown.contains("secret") && !shown.contains("$hash") && !shown.contains("password"));
    let renamed: User = read(&json!({"firstName": "Thomas"}), Some(&user), None).unwrap();
    assert_eq!(renamed.password_hash, user.password_hash);
}

#[test]
fn what_this_version_does_nothing_with_is_refused_by_name() {
    fn check<T: Kind>(given: &Value, field: &str) {
        let Err(error) = read::<T>(given, None, None) else { panic!("{field} is taken") };
        assert_eq!(error.parts(), (400, "not_supported", field));
    }
    check::<Branch>(&json!({"id": "B", "name": "B", "customFieldValues": [1]}), "customFieldValues");
    check::<User>(&json!({"username": "t", "transactionLimits": {"FLY": 5}}), "transactionLimits.FLY");
    check::<User>(&json!({"username": "t", "apiKey": true}), "apiKey");
    check::<TransactionChannel>(&json!({"id": "c", "name": "c", "usageRights": [1]}), "usageRights");
}

#[test]
fn limits_of_channels_come_back_as_they_were_said() {
    let amount = json!({"criteria": "AMOUNT", "operator": "BETWEEN", "value": "10", "secondValue": "20.5"});
    let kind = json!({"criteria": "TYPE", "operator": "IN", "values": ["REPAYMENT"]});
    let said = json!({"id": "c", "name": "c", "loanConstraintsUsage": "LIMITED_USAGE",
        "loanConstraints": {"matchFiltersOption": "ANY", "constraints": [amount, kind]}});
    let channel: TransactionChannel = read(&said, None, None).unwrap();
    let shown = serde_json::to_value(channel.to_wire()).unwrap();
    assert_eq!(shown["loanConstraints"], said["loanConstraints"]);
    assert_eq!(shown["savingsConstraintsUsage"], "UNCONSTRAINED_USAGE");
    let renamed: TransactionChannel = read(&json!({"name": "d"}), Some(&channel), None).unwrap();
    assert_eq!(renamed.loan_limits, channel.loan_limits, "a change of something else leaves them");
}

#[test]
fn limits_of_channels_that_mean_nothing_are_refused() {
    fn check(given: Value, expected: (u16, &str, &str)) {
        let error = read::<TransactionChannel>(&given, None, None).unwrap_err();
        assert_eq!(error.parts(), expected);
    }
    let with = |constraint: Value| {
        json!({"id": "c", "name": "c", "loanConstraintsUsage": "LIMITED_USAGE",
            "loanConstraints": {"constraints": [constraint]}})
    };
    let bare = json!({"id": "c", "name": "c", "loanConstraintsUsage": "LIMITED_USAGE"});
    check(bare, (400, "missing_member", "loanConstraints.constraints"));
    let unused =
        json!({"id": "c", "name": "c", "loanConstraints": {"constraints": [{"criteria": "AMOUNT"}]}});
    check(unused, (400, "contradicting_members", "loanConstraints"));
    let at = |name: &str| format!("loanConstraints.constraints[0].{name}");
    let deposit = with(json!({"criteria": "TYPE", "operator": "IN", "values": ["DEPOSIT"]}));
    check(deposit, (400, "invalid_member", &at("values")));
    let mixed = with(json!({"criteria": "TYPE", "operator": "LESS_THAN", "value": "1"}));
    check(mixed, (400, "contradicting_members", &at("operator")));
    let open = with(json!({"criteria": "AMOUNT", "operator": "BETWEEN", "value": "1"}));
    check(open, (400, "missing_member", &at("secondValue")));
    let lost = with(json!({"criteria": "PRODUCT", "operator": "IN", "values": ["LOST"]}));
    check(lost, (400, "invalid_member", &at("values")));
}

#[test]
fn an_unknown_permission_is_refused() {
    let given = json!({"username": "t", "permissions": ["FLY"]});
    assert_eq!(read::<User>(&given, None, None).unwrap_err().parts(), (400, "invalid_member", "permissions"));
}
