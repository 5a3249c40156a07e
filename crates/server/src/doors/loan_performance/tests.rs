use super::*;

const OPERATIONS: [(&str, &[&str]); 9] = [
    ("/api/v1/lead-data/lead-ids", &["get"]),
    ("/api/v1/lead-data/leads/{leadId}", &["get"]),
    ("/api/v1/lead-processing/dry-run", &["post"]),
    ("/api/v1/loan-performance/customers", &["post"]),
    ("/api/v1/loan-performance/customers/batch", &["post"]),
    ("/api/v1/loan-performance/customers/{customerId}", &["get"]),
    ("/api/v1/loan-performance/customers/{customerId}/loans", &["get", "post"]),
    ("/api/v1/loan-performance/customers/{customerId}/loans/{loanId}", &["get"]),
    ("/api/v1/loan-performance/customers/{customerId}/loans/{loanId}/payments", &["get", "post"]),
];

#[test]
fn the_reference_holds_every_route_with_its_scope() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let paths = reference["paths"].as_object().unwrap();
    assert_eq!(paths.len(), OPERATIONS.len() + 1);
    assert!(paths.contains_key("/api/v1/loan-performance/customers/{customerId}/payments"));
    for (path, methods) in OPERATIONS {
        let item = paths[path].as_object().unwrap();
        assert_eq!(item.keys().collect::<Vec<_>>(), methods, "{path}");
        for operation in item.values() {
            let scope = operation["security"][0]["oauth2"][0].as_str().unwrap_or_default();
            let expected = match path.split('/').nth(3) {
                Some("lead-data") => "lead-data",
                Some("lead-processing") => "dry-run",
                _ => "loan-performance",
            };
            assert_eq!(scope, expected, "{path}");
        }
    }
}
