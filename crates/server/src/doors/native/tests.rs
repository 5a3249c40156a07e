use super::*;

/// Records of one kind each: a list and one of them.
const RECORDS: &[&str] = &[
    "/loam/v1/loan-products",
    "/loam/v1/branches",
    "/loam/v1/index-rate-sources",
    "/loam/v1/centres",
    "/loam/v1/users",
    "/loam/v1/roles",
    "/loam/v1/api-consumers",
    "/loam/v1/transaction-channels",
    "/loam/v1/api-clients",
    "/loam/v1/businesses",
    "/loam/v1/targets",
    "/loam/v1/loan-purposes",
    "/loam/v1/savings-products",
    "/loam/v1/client-types",
    "/loam/v1/group-roles",
    "/loam/v1/gl-accounts",
    "/loam/v1/id-document-templates",
    "/loam/v1/custom-field-sets",
    "/loam/v1/custom-fields",
    "/loam/v1/document-templates",
    "/loam/v1/risk-levels",
    "/loam/v1/accounting-closures",
];
const OTHERS: &[&str] = &[
    "/loam/v1/business-date",
    "/loam/v1/end-of-day",
    "/loam/v1/api-clients/{id}/rotate-secret",
    "/loam/v1/businesses/{id}/rotate-keys",
    "/loam/v1/businesses/{id}/rotate-webhook-secret",
    "/loam/v1/borrower-accounts",
    "/loam/v1/borrower-accounts/{id}",
    "/loam/v1/leads",
    "/loam/v1/leads/{organization}/{leadId}",
    "/loam/v1/links",
    "/loam/v1/loan-payments",
    "/loam/v1/loans/{id}",
    "/loam/v1/loans/{id}/commands",
    "/loam/v1/loans/{id}/explain",
    "/loam/v1/loans/{id}/apr",
    "/loam/v1/loans/{id}/preview",
    "/loam/v1/loans/{id}/quote",
    "/loam/v1/reports/aging",
    "/loam/v1/reports/collections-due",
    "/loam/v1/reports/deposit-sub-ledger",
    "/loam/v1/reports/gl-statement",
    "/loam/v1/reports/income",
    "/loam/v1/reports/portfolio-at-risk",
    "/loam/v1/reports/provisions",
    "/loam/v1/reports/schedules",
    "/loam/v1/reports/sub-ledger",
    "/loam/v1/reports/transactions",
    "/loam/v1/reports/trial-balance",
    "/loam/v1/settings",
    "/loam/v1/subjects",
    "/loam/v1/people/{id}",
    "/loam/v1/reconciliation",
    "/loam/v1/targets/{id}/enroll",
    "/loam/v1/deliveries",
    "/loam/v1/deliveries/replay",
    "/loam/v1/api-consumers/{id}/keys",
    "/loam/v1/api-consumers/{id}/keys/{key}",
    "/loam/v1/api-consumers/{id}/rotate-keys",
    "/loam/v1/users/{id}/unlock",
];

/// Routes and reference come from one list, `described`; these say what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let paths = reference["paths"].as_object().unwrap();
    let methods = |path: &str| paths[path].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut expected: Vec<String> = OTHERS.iter().map(|path| (*path).to_owned()).collect();
    for list in RECORDS {
        let one = format!("{list}/{{id}}");
        assert_eq!(methods(list), ["get", "post"], "{list}");
        let of_one = methods(&one);
        assert!(of_one.ends_with(&["get".to_owned(), "patch".to_owned()]), "{one}: {of_one:?}");
        expected.extend([(*list).to_owned(), one]);
    }
    expected.sort_unstable();
    assert_eq!(paths.keys().cloned().collect::<Vec<_>>(), expected);
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

/// A report is offered with what it has, and with nothing that it would refuse.
#[test]
fn the_reference_offers_each_report_its_own_parameters_and_forms() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let get = |name: &str| reference["paths"][&format!("/loam/v1/reports/{name}")]["get"].clone();
    let parameters = |name: &str| -> Vec<String> {
        let list = get(name)["parameters"].as_array().unwrap().clone();
        assert!(list.iter().all(|parameter| parameter["in"] == "query"), "{list:?}");
        list.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(parameters("trial-balance"), ["from", "to", "by", "branch", "format"]);
    assert_eq!(parameters("gl-statement"), ["account", "from", "to", "by", "branch", "format"]);
    assert_eq!(parameters("sub-ledger"), ["to", "by", "branch", "format"]);
    assert_eq!(parameters("deposit-sub-ledger"), ["to", "by", "branch", "format"]);
    assert_eq!(parameters("aging"), ["to", "by", "branch", "bands", "format"]);
    assert_eq!(parameters("collections-due"), ["from", "to", "asOf", "by", "branch", "format"]);
    assert_eq!(parameters("schedules"), ["asOf", "by", "branch", "format"]);
    let forms = |name: &str| -> Vec<String> {
        get(name)["responses"]["200"]["content"].as_object().unwrap().keys().cloned().collect()
    };
    let parquet = "application/vnd.apache.parquet".to_owned();
    for name in ["sub-ledger", "deposit-sub-ledger", "transactions", "schedules"] {
        assert!(forms(name).len() == 4 && forms(name).contains(&parquet), "{:?}", forms(name));
    }
    for name in ["trial-balance", "gl-statement", "income", "portfolio-at-risk", "aging", "provisions"] {
        assert!(forms(name).len() == 3 && !forms(name).contains(&parquet), "{:?}", forms(name));
        assert!(forms(name).contains(&"text/csv".to_owned()));
    }
}
