use super::*;

/// Routes and reference come from one list, `described`; this one says what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let methods =
        |path: &str| reference["paths"][path].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(reference["paths"].as_object().unwrap().len(), 2);
    assert_eq!(methods("/services/apexrest/peer/v1/loanApplications"), ["get", "post"]);
    let reject = "/services/apexrest/peer/v1/loanApplications/reject/{applicationId}";
    assert_eq!(methods(reject), ["post", "put"]);
}

#[test]
fn figures_are_described_as_numbers() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let of = |schema: &str, member: &str| {
        reference["components"]["schemas"][format!("marketplace.{schema}")]["properties"][member]["type"]
            .clone()
    };
    assert_eq!(of("LoanApplication", "peer__Monthly_Payment__c"), "number");
    assert_eq!(of("NewLoanApplication", "amount"), "number");
}

#[test]
fn no_two_routes_stand_in_each_others_way() {
    // axum panics where they do.
    let _router = router();
}
