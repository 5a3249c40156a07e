use super::*;

const PATHS: [&str; 17] = [
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
    "/loam/v1/leads",
    "/loam/v1/leads/{organization}/{leadId}",
];

/// Routes and reference come from one list, `described`; this one says what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let paths = reference["paths"].as_object().unwrap();
    let mut expected = PATHS.to_vec();
    expected.sort_unstable();
    assert_eq!(paths.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    for (path, item) in paths.iter().filter(|(path, _)| path.ends_with("{id}")) {
        let methods: &[&str] =
            if path.contains("api-clients") { &["delete", "get", "patch"] } else { &["get", "patch"] };
        assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), methods, "{path}");
        let list = &paths[path.trim_end_matches("/{id}")];
        assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "post"], "{path}");
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
