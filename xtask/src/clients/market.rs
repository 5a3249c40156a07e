//! What requests of schemathesis find in the marketplace: an application that waits for money, a protected loan with an
//! investor, the investor's order and money. Their ids hold a part that is drawn, so that no example can name them.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::server::{Admin, text};

const PEER: &str = "/services/apexrest/peer/v1";
const BORROWER: &str = "001G000001KY8by";
const INVESTOR: &str = "001G000001INV01";

/// Makes all of it, and says where requests find it: `paths` has what stands behind the beginning of a path, `members`
/// what a parameter or member of this name is.
pub(super) fn prepare(admin: &Admin<'_>, bearer: &str) -> Result<Value> {
    set_up(admin)?;
    let door = Door { admin, bearer };
    let money = |cleared: bool| {
        json!({ "investorId": INVESTOR, "amount": 100_000, "transactionDate": "2024-01-31",
        "isCleared": cleared })
    };
    door.post("investorFundTransactions", &money(true))?;
    let announced = door.post("investorFundTransactions", &money(false))?;
    let protected = door.post("loanApplications", &application(&json!("Partial")))?;
    let loan = text(&protected, "peer__Loan__c")?;
    let all = json!({ "investorId": INVESTOR, "loanApplication": protected["Id"] });
    let booking = door.post("investmentBookings", &all)?;
    let paid_out = json!({ "modeOfPayment": "ACH", "reference": "R1" });
    let disbursed = door.post(&format!("loanAccounts/disbursement/{loan}"), &paid_out)?;
    let waiting = door.post("loanApplications", &application(&Value::Null))?;
    let order = door.get(&format!("investmentOrders?investorId={INVESTOR}"))?;
    let sobjects = "/services/data/v30.0/sobjects";
    Ok(json!({
        "paths": {
            format!("{PEER}/accounts/"): INVESTOR,
            format!("{PEER}/loanApplications/"): waiting["Id"],
            format!("{PEER}/investorFundTransactions/"): announced["Id"],
            format!("{PEER}/loanAccounts/"): loan,
            format!("{PEER}/investmentOrders/"): loan,
            format!("{PEER}/investmentOrders/sell/"): order["Id"],
            format!("{sobjects}/Account/"): BORROWER,
            format!("{sobjects}/peer__Loan_Purpose__c/"): waiting["peer__Loan_Purpose_1__c"],
            format!("{sobjects}/loan__Loan_Product__c/"): "Default",
        },
        "members": {
            "borrowerId": BORROWER,
            "investorId": INVESTOR,
            "loanApplication": waiting["Id"],
            "loanProductId": "Default",
            "purpose": "Family",
            "bookingOrderId": booking["Id"],
            "loanDisbursementTxnIds": [disbursed["loan__Loan_Disbursal_Transaction__c"]],
        },
    }))
}

fn application(protect_type: &Value) -> Value {
    json!({ "borrowerId": BORROWER, "purpose": "Family", "amount": 10_000, "term": 10, "interestRate": 9,
        "createSchedule": 1, "protectType": protect_type })
}

/// The account of a borrower, a purpose, a product, and an investor's account.
fn set_up(admin: &Admin<'_>) -> Result<()> {
    let product = json!({
        "id": "Default",
        "productName": "Default",
        "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
        "defaultRepaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "arrearsSettings": { "defaultTolerancePeriod": 0 },
        "marketplace": { "capitalizedFeePercent": "2" },
    });
    admin.post("/loam/v1/loan-products", &product)?;
    admin.post("/loam/v1/loan-purposes", &json!({ "name": "Family" }))?;
    let client = json!({ "client": { "id": "8", "firstName": "Ana", "lastName": "Lima" } });
    admin.post("/api/clients", &client)?;
    admin.post("/loam/v1/borrower-accounts", &json!({ "client": "8", "id": BORROWER }))?;
    let client = json!({ "client": { "id": "9", "firstName": "Ivo", "lastName": "Reis" } });
    admin.post("/api/clients", &client)?;
    let deposits = json!({ "id": "INVEST", "name": "Investors", "productType": "INVESTOR_ACCOUNT" });
    admin.post("/loam/v1/savings-products", &deposits)?;
    let account = json!({ "id": INVESTOR, "accountHolderKey": "9", "accountHolderType": "CLIENT",
        "productTypeKey": "INVEST" });
    admin.post("/api/savings", &json!({ "savingsAccount": account }))?;
    admin.post(&format!("/api/savings/{INVESTOR}/transactions"), &json!({ "type": "APPROVAL" })).map(|_| ())
}

/// The marketplace, as a client of the token endpoint calls it.
struct Door<'a> {
    admin: &'a Admin<'a>,
    bearer: &'a str,
}

impl Door<'_> {
    /// The first of the content.
    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        first(self.admin.post_as(self.bearer, &format!("{PEER}/{path}"), body)?)
    }

    fn get(&self, path: &str) -> Result<Value> {
        first(self.admin.get_as(self.bearer, &format!("{PEER}/{path}"))?)
    }
}

fn first(answer: Value) -> Result<Value> {
    answer.pointer("/content/0").cloned().with_context(|| format!("nothing is in the content of {answer}"))
}
