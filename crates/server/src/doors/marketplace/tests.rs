use super::*;

/// Routes and reference come from one list, `described`; this one says what must be on it.
#[test]
fn the_reference_holds_every_route() {
    let reference = serde_json::to_value(openapi()).unwrap();
    let methods =
        |path: &str| reference["paths"][path].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let served: [(&str, &[&str]); 22] = [
        ("accounts/getLenderStatement/{id}", &["get"]),
        ("investmentBookings", &["get", "post"]),
        ("investmentOrders", &["get"]),
        ("investmentOrders/sell/{investmentOrderId}", &["post"]),
        ("investmentOrders/{loanId}", &["post"]),
        ("investorFundTransactions", &["post"]),
        ("investorFundTransactions/{id}", &["put"]),
        ("loanAccounts", &["get", "post"]),
        ("loanAccounts/amzSchedule/{id}", &["get"]),
        ("loanAccounts/disbursement/reversal", &["post"]),
        ("loanAccounts/disbursement/{id}", &["post"]),
        ("loanAccounts/getDetails/{id}", &["get"]),
        ("loanAccounts/getInvestmentDetails/{id}", &["get"]),
        ("loanAccounts/getLoanApp/{id}", &["get"]),
        ("loanAccounts/payments/{id}", &["get", "post"]),
        ("loanAccounts/payoff/{id}", &["get"]),
        ("loanAccounts/protectClaims/{id}", &["get", "post"]),
        ("loanAccounts/protectClaims/{id}/reversal", &["post"]),
        ("loanAccounts/{id}", &["get"]),
        ("loanApplications", &["get", "post"]),
        ("loanApplications/reject/{applicationId}", &["post", "put"]),
        ("portfolios", &["post"]),
    ];
    let objects = ["Account", "peer__Loan_Purpose__c", "loan__Loan_Product__c"];
    assert_eq!(reference["paths"].as_object().unwrap().len(), served.len() + 2 * objects.len());
    for object in objects {
        let path = format!("/services/data/{{version}}/sobjects/{object}");
        assert_eq!(methods(&path), ["post"], "{path}");
        assert_eq!(methods(&format!("{path}/{{id}}")), ["get"], "{path}");
    }
    for (path, expected) in served {
        assert_eq!(methods(&format!("/services/apexrest/peer/v1/{path}")), expected, "{path}");
    }
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
