use super::*;

/// Records of one kind each: a list and one of them.
const RECORDS: [&str; 7] = [
    "/loam/v1/loan-products",
    "/loam/v1/branches",
    "/loam/v1/centres",
    "/loam/v1/users",
    "/loam/v1/transaction-channels",
    "/loam/v1/targets",
    "/loam/v1/businesses",
];
const OTHERS: [&str; 11] = [
    "/loam/v1/business-date",
    "/loam/v1/end-of-day",
    "/loam/v1/links",
    "/loam/v1/subjects",
    "/loam/v1/people/{id}",
    "/loam/v1/reconciliation",
    "/loam/v1/targets/{id}/enroll",
    "/loam/v1/deliveries",
    "/loam/v1/deliveries/replay",
    "/loam/v1/businesses/{id}/rotate-keys",
    "/loam/v1/businesses/{id}/rotate-webhook-secret",
];

/// Routes and reference come from one list, `described`; these say what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let paths = reference["paths"].as_object().unwrap();
    let mut expected: Vec<String> = OTHERS.map(str::to_owned).to_vec();
    for list in RECORDS {
        let one = format!("{list}/{{id}}");
        assert_eq!(paths[list].as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "post"], "{list}");
        assert_eq!(paths[&one].as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "patch"], "{one}");
        expected.extend([list.to_owned(), one]);
    }
    expected.sort_unstable();
    assert_eq!(paths.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
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
