use super::*;

const PATHS: [&str; 30] = [
    "/loam/v1/business-date",
    "/loam/v1/end-of-day",
    "/loam/v1/loan-products",
    "/loam/v1/loan-products/{id}",
    "/loam/v1/branches",
    "/loam/v1/branches/{id}",
    "/loam/v1/centres",
    "/loam/v1/centres/{id}",
    "/loam/v1/users",
    "/loam/v1/users/{id}",
    "/loam/v1/transaction-channels",
    "/loam/v1/transaction-channels/{id}",
    "/loam/v1/api-clients",
    "/loam/v1/api-clients/{id}",
    "/loam/v1/api-clients/{id}/rotate-secret",
    "/loam/v1/borrower-accounts",
    "/loam/v1/borrower-accounts/{id}",
    "/loam/v1/deliveries",
    "/loam/v1/deliveries/replay",
    "/loam/v1/leads",
    "/loam/v1/leads/{organization}/{leadId}",
    "/loam/v1/links",
    "/loam/v1/loan-purposes",
    "/loam/v1/loan-purposes/{id}",
    "/loam/v1/people/{id}",
    "/loam/v1/reconciliation",
    "/loam/v1/subjects",
    "/loam/v1/targets",
    "/loam/v1/targets/{id}",
    "/loam/v1/targets/{id}/enroll",
];
/// Records: listed, made, read and changed.
const RECORDS: [&str; 8] = [
    "loan-products",
    "branches",
    "centres",
    "users",
    "transaction-channels",
    "api-clients",
    "targets",
    "loan-purposes",
];

/// Routes and reference come from one list, `described`; this one says what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let paths = reference["paths"].as_object().unwrap();
    let mut expected = PATHS.to_vec();
    expected.sort_unstable();
    assert_eq!(paths.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    for kind in RECORDS {
        let list = format!("/loam/v1/{kind}");
        let methods = |path: &str| paths[path].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(methods(&list), ["get", "post"], "{kind}");
        let one = methods(&format!("{list}/{{id}}"));
        assert!(one.ends_with(&["get".to_owned(), "patch".to_owned()]), "{kind}: {one:?}");
    }
}

#[test]
fn only_id_and_name_of_a_product_are_required() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let text = reference["components"]["schemas"]["native.LoanProduct"].to_string();
    assert!(text.contains(r#""required":["id","productName"]"#), "{text}");
    for schema in ["ProductInterest", "ProductSchedule", "ProductPayments", "InterestRateSettings"] {
        let schema = &reference["components"]["schemas"][format!("native.{schema}")];
        assert!(schema["properties"].is_object() && schema.get("required").is_none(), "{schema}");
    }
}

#[test]
fn no_two_routes_stand_in_each_others_way() {
    // axum panics where they do.
    let _router = router();
}
