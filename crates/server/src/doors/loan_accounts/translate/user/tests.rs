use super::super::samples;
use super::*;

fn told(text: &str) -> std::result::Result<User, ReturnCode> {
    let fields = Fields::of_json(text.as_bytes()).unwrap();
    let new = new_user(samples::user().key, Timestamp::UNIX_EPOCH);
    changed(&new, &fields, &samples::catalog()).map_err(|error| error.code())
}

#[test]
fn a_user_is_shown_without_secrets() {
    let (catalog, tom) = (samples::catalog(), samples::user());
    let text = serde_json::to_string(&user(&tom, &catalog, true)).unwrap();
    assert!(text.contains(r#""username":"tom""#), "{text}");
    assert!(text.contains("ENTER_REPAYMENT") && !text.contains("ADMINISTRATION"), "{text}");
    assert!(!text.contains("hash") && !text.contains("argon2"), "{text}");
}

#[test]
fn a_new_user_of_whom_little_is_said_may_call_and_nothing_more() {
    let ida = told(r#"{"username":"ida","email":null}"#).unwrap();
    assert_eq!((ida.first_name.as_str(), ida.has_api_access, ida.permissions.len()), ("ida", true, 0));
    assert!(!ida.reach.manages_all_branches && !ida.is_administrator);
    let admin = told(r#"{"username":"ida","isAdministrator":"true"}"#).unwrap();
    assert!(admin.reach.manages_all_branches && admin.sees_other_officers_clients);
}

#[test]
fn flags_stand_in_permissions_or_beside_them() {
    let inside = told(
        r#"{"username":"ida","permissions":{"permissions":["DIBURSE_LOANS"],"canManageAllBranches":true}}"#,
    );
    let inside = inside.unwrap();
    assert_eq!(inside.permissions, [Permission::DisburseLoans]);
    assert!(inside.reach.manages_all_branches);
    let beside =
        told(r#"{"username":"ida","permissions":["DIBURSE_LOANS"],"canManageAllBranches":"TRUE"}"#).unwrap();
    assert_eq!(beside, inside);
    assert_eq!(told(r#"{"username":"ida","permissions":["FLY"]}"#), Err(ReturnCode::InvalidParameters));
}

#[test]
fn branches_and_limits_have_codes_of_their_own() {
    let branch = samples::branch().key;
    for given in [r#"[{"branchKey":"1"}]"#, r#"["1"]"#] {
        let ida = told(&format!(r#"{{"username":"ida","managedBranches":{given}}}"#)).unwrap();
        assert_eq!(ida.reach.managed_branches, [branch], "{given}");
    }
    let code = |members: &str| told(&format!(r#"{{"username":"ida",{members}}}"#)).unwrap_err();
    assert_eq!(code(r#""managedBranches":"1""#), ReturnCode::InvalidValueForManagedBranches);
    assert_eq!(code(r#""managedBranches":[{"no":1}]"#), ReturnCode::InvalidValueForManagedBranches);
    assert_eq!(code(r#""managedBranches":["NONE"]"#), ReturnCode::InvalidManagedBranchId);
    assert_eq!(code(r#""transactionLimits":{"FLY":1}"#), ReturnCode::InvalidTransactionLimitType);
    assert_eq!(code(r#""role":{"encodedKey":"NONE"}"#), ReturnCode::InvalidUserRoleKey);
    assert_eq!(code(r#""roles":["a","b"]"#), ReturnCode::OnlyOneRoleAllowed);
    assert_eq!(code(r#""twoFactorAuthentication":true"#), ReturnCode::MissingMobilePhone);
    assert_eq!(code(r#""twoFactorAuthentication":true,"mobilePhone1":"1""#), ReturnCode::FeatureDisabled);
    let ida = told(r#"{"username":"ida","transactionLimits":{"disburse_loan":1000.5}}"#).unwrap();
    assert_eq!(ida.reach.limits.0.get(&Limited::DisburseLoan).map(String::as_str), Some("1000.5"));
}

#[test]
fn what_is_not_named_stays() {
    let tom = samples::user();
    let fields = Fields::of_json(br#"{"lastName":"Hale","notes":null,"userState":"inactive"}"#).unwrap();
    let after = changed(&tom, &fields, &samples::catalog()).unwrap();
    let expected = User { last_name: "Hale".to_owned(), state: UserState::Inactive, ..tom.clone() };
    assert_eq!(after, expected);
    let fields = Fields::of_json(br#"{"username":"tim"}"#).unwrap();
    let renamed = changed(&tom, &fields, &samples::catalog()).unwrap_err();
    assert_eq!(renamed.code(), ReturnCode::ParameterNotAllowed);
}
