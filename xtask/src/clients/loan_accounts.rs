//! What the examples of the loan accounts door name, so that requests of schemathesis find something.

use anyhow::Result;
use serde_json::{Value, json};

use super::server::Admin;

/// Makes a branch with its people, products, a client and a group, and accounts in which something happened.
pub(super) fn prepare(admin: &Admin<'_>) -> Result<()> {
    for (kind, record) in organization().into_iter().chain(products()) {
        admin.post(&format!("/loam/v1/{kind}"), &record)?;
    }
    let address = json!([{ "line1": "1 Main Road", "city": "Riverside" }]);
    let borrower =
        json!({ "assignedBranchKey": "2", "assignedCentreKey": "CD", "assignedUserKey": "creditofficer" });
    let client = with(&borrower, &json!({ "firstName": "Bo", "lastName": "Berg" }));
    let client =
        json!({ "client": client, "addresses": address, "customInformation": members("3", "client") });
    let client = admin.post("/api/clients", &client)?["client"]["encodedKey"].clone();
    let group = with(&borrower, &json!({ "id": "G1", "groupName": "Weavers" }));
    let roles = json!([{ "groupRoleNameKey": "HEAD", "clientKey": client }]);
    let group = json!({ "group": group, "groupMembers": [{ "clientKey": client }], "groupRoles": roles,
        "addresses": address, "customInformation": members("9", "group") });
    admin.post("/api/groups", &group)?;
    accounts(admin)?;
    papers(admin)
}

type Records = Vec<(&'static str, Value)>;

fn organization() -> Records {
    let officer = json!({ "username": "creditofficer", "firstName": "Tom", "lastName": "Reed", "isCreditOfficer": true,
        "assignedBranchKey": "2" });
    let rates = json!([{ "startDate": "2024-01-01", "rate": "3.5" }]);
    let prime = json!({ "id": "PRIME", "name": "Prime", "type": "INTEREST_RATE", "indexRates": rates });
    let text = "{{ loan.id }} of {{ holder.name }}";
    let mut records = vec![
        ("branches", json!({ "id": "2", "name": "Riverside", "address": { "city": "Riverside" } })),
        ("centres", json!({ "id": "CD", "name": "Cedar", "assignedBranchKey": "2", "meetingDay": "MONDAY" })),
        ("roles", json!({ "id": "CLERK", "name": "Clerk", "permissions": ["VIEW_BRANCH_DETAILS"] })),
        ("users", officer),
        ("group-roles", json!({ "id": "HEAD", "name": "Head" })),
        ("transaction-channels", json!({ "id": "CASH", "name": "Cash", "fields": ["RECEPIT_NUMBER"] })),
        ("index-rate-sources", prime),
        ("document-templates", json!({ "id": "STATEMENT", "name": "Statement", "text": text })),
    ];
    for of in ["LOAN_ACCOUNT", "CLIENT", "GROUP", "BRANCH", "CENTRE", "USER", "TRANSACTION_CHANNEL"] {
        let set = json!({ "id": of, "name": of, "type": format!("{of}_INFO") });
        let id = field(of.to_ascii_lowercase().as_str());
        let field =
            json!({ "id": id, "name": "Family members", "customFieldSetKey": of, "dataType": "NUMBER" });
        records.extend([("custom-field-sets", set), ("custom-fields", field)]);
    }
    records
}

/// The field of loans is the one that the examples name.
fn field(of: &str) -> String {
    let tail = if of == "loan_account" { String::new() } else { format!("_{of}") };
    format!("Family_Members{tail}")
}

fn members(value: &str, of: &str) -> Value {
    json!([{ "customFieldID": field(of), "value": value }])
}

fn products() -> Records {
    let usual = json!({
        "id": "AGRL",
        "productName": "Agriculture Loan",
        "interestCalculationMethod": "DECLINING_BALANCE",
        "interestRateSettings": { "interestChargeFrequency": "ANNUALIZED", "defaultInterestRate": "24" },
        "defaultRepaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "arrearsSettings": { "defaultTolerancePeriod": 0 },
        "allowArbitraryFees": true,
        "forPureGroups": true,
        "productSecuritySettings": { "isGuarantorsEnabled": true, "isCollateralEnabled": true },
        "accountLinkingEnabled": true,
    });
    let tranched =
        json!({ "id": "PARTS", "loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 3 });
    let dynamic = json!({ "id": "FLOW", "loanProductType": "DYNAMIC_TERM_LOAN" });
    let daily = json!({ "id": "DAILY", "name": "Daily Savings", "productType": "REGULAR_SAVINGS" });
    vec![
        ("loan-products", with(&usual, &tranched)),
        ("loan-products", with(&usual, &dynamic)),
        ("loan-products", usual),
        ("savings-products", daily),
    ]
}

fn accounts(admin: &Admin<'_>) -> Result<()> {
    let savings = json!({ "id": "S1", "accountHolderKey": "8", "accountHolderType": "CLIENT", "productTypeKey": "DAILY" });
    admin.post("/api/savings", &json!({ "savingsAccount": savings }))?;
    for step in
        [json!({ "type": "APPROVAL" }), json!({ "type": "DEPOSIT", "amount": "500", "method": "CASH" })]
    {
        admin.post("/api/savings/S1/transactions", &step)?;
    }
    let guarantee = json!([{ "type": "ASSET", "assetName": "Tractor", "amount": "100" }]);
    let tranches = json!([{ "amount": "950" }]);
    for (id, changes) in [
        ("ABC123", json!({ "guarantees": guarantee })),
        ("LATE", json!({ "productTypeKey": "FLOW" })),
        ("TRANCHED", json!({ "productTypeKey": "PARTS", "tranches": tranches })),
        ("OF_GROUP", json!({ "accountHolderKey": "G1", "accountHolderType": "GROUP" })),
        ("PENDING", json!({})),
    ] {
        let usual = json!({ "id": id, "accountHolderKey": "8", "accountHolderType": "CLIENT", "productTypeKey": "AGRL",
            "loanAmount": "950", "interestRate": "24", "repaymentInstallments": 5 });
        let values = members("2", "loan_account");
        let body = json!({ "loanAccount": with(&usual, &changes), "customInformation": values });
        admin.post("/api/loans", &body)?;
    }
    admin.post("/api/loans/ABC123/settlementAccounts/S1", &Value::Null)?;
    for (loan, step) in [
        ("ABC123", json!({ "type": "APPROVAL" })),
        (
            "ABC123",
            json!({ "type": "DISBURSEMENT", "method": "CASH",
            "customInformation": members("1", "transaction_channel") }),
        ),
        ("ABC123", json!({ "type": "FEE", "amount": "10", "repayment": 1 })),
        ("ABC123", json!({ "type": "REPAYMENT", "amount": "100", "notes": "<b>first</b>" })),
        ("LATE", json!({ "type": "APPROVAL" })),
        ("LATE", json!({ "type": "DISBURSEMENT", "date": "2024-01-31" })),
    ] {
        admin.post(&format!("/api/loans/{loan}/transactions"), &step)?;
    }
    Ok(())
}

fn papers(admin: &Admin<'_>) -> Result<()> {
    let task =
        json!({ "title": "Call", "dueDate": "2030-01-01", "taskLinkKey": "8", "taskLinkType": "CLIENT" });
    admin.post("/api/tasks", &json!({ "task": task }))?;
    for (kind, id) in [("LOAN_ACCOUNT", "ABC123"), ("CLIENT", "8")] {
        let document =
            json!({ "documentHolderKey": id, "documentHolderType": kind, "name": "contract", "type": "txt" });
        admin.post("/api/documents", &json!({ "document": document, "documentContent": "aGVsbG8=" }))?;
    }
    for entity in ["clients/8", "groups/G1", "loans/ABC123", "loanproducts/AGRL", "branches/2", "centres/CD"]
    {
        admin.post(&format!("/api/{entity}/comments"), &json!({ "comment": { "text": "seen" } }))?;
    }
    let picture = json!({ "documentContent": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" });
    admin.post("/api/clients/8/documents/PROFILE_PICTURE", &picture).map(|_| ())
}

/// The same with members replaced or added.
fn with(base: &Value, changes: &Value) -> Value {
    let mut all = base.clone();
    for (name, value) in changes.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    all
}
