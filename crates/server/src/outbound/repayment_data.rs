//! Serviced loans in the words of the repayment data contract.

use loam_app::serviced::ServicedLoan;
use loam_book::reporting::repayment_data::{RepaidInstallment, RepaymentLoan};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::post::{Answer, Errand, Failure, Letter};

/// The body of the contract's request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    external_client_id: &'a str,
    loan_reference_id: &'a str,
    application_date: String,
    date_loan_was_granted: Option<String>,
    application_status: &'static str,
    amount: Box<RawValue>,
    currency: &'static str,
    tenure: Tenure,
    total_installments: u32,
    installment_repayments: Vec<Installment>,
    loan_repayment_status: &'static str,
    date_last_installment_is_due: String,
    date_loan_is_settled: Option<String>,
}

#[derive(Serialize)]
struct Tenure {
    value: u32,
    interval: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Installment {
    due_date: String,
    date_paid: Option<String>,
    amount_due: Money,
    amount_paid: Option<Money>,
    status: &'static str,
}

#[derive(Serialize)]
struct Money {
    amount: Box<RawValue>,
    currency: &'static str,
}

/// Tells a loan; a client that the target does not know is opened there first.
pub(super) async fn tell(
    errand: &Errand,
    (url, key): (&str, &str),
    serviced: &ServicedLoan,
) -> Result<(), Failure> {
    let loan = serviced.told().repayment_data();
    let client = serviced.holder.id.as_str();
    let body = serde_json::to_string(&request(client, &loan));
    let body = body.map_err(|error| Failure::final_one(error.to_string()))?;
    let put = || send(errand, ("PUT", format!("{url}/v1/api/clients/loans")), key, body.clone());
    let answer = put().await?;
    if answer.status != 404 {
        return answer.must_succeed("the repayment data");
    }
    let opening = json!({ "externalClientId": client }).to_string();
    let opened = send(errand, ("POST", format!("{url}/v1/api/clients")), key, opening).await?;
    // Another of the client's loans may have opened it meanwhile.
    if opened.status != 409 {
        opened.must_succeed("the client")?;
    }
    put().await?.must_succeed("the repayment data")
}

async fn send(
    errand: &Errand,
    (method, url): (&'static str, String),
    key: &str,
    body: String,
) -> Result<Answer, Failure> {
    let headers = vec![("x-api-key", key.to_owned()), ("content-type", "application/json".to_owned())];
    errand.send(Letter { method, url, headers, body }).await
}

fn request<'a>(client: &'a str, loan: &'a RepaymentLoan) -> Request<'a> {
    let currency = loan.currency;
    Request {
        external_client_id: client,
        loan_reference_id: &loan.loan_reference_id,
        application_date: loan.application_date.to_string(),
        date_loan_was_granted: loan.date_loan_was_granted.map(|date| date.to_string()),
        application_status: loan.application_status.name(),
        amount: number(loan.amount, currency),
        currency: currency.code(),
        tenure: Tenure { value: loan.tenure_value, interval: loan.tenure_interval.name() },
        total_installments: loan.total_installments,
        installment_repayments: loan
            .installment_repayments
            .iter()
            .map(|row| installment(row, currency))
            .collect(),
        loan_repayment_status: loan.loan_repayment_status.name(),
        date_last_installment_is_due: loan.date_last_installment_is_due.to_string(),
        date_loan_is_settled: loan.date_loan_is_settled.map(|date| date.to_string()),
    }
}

fn installment(row: &RepaidInstallment, currency: Currency) -> Installment {
    let money = |amount| Money { amount: number(amount, currency), currency: currency.code() };
    Installment {
        due_date: row.due_date.to_string(),
        date_paid: row.date_paid.map(|date| date.to_string()),
        amount_due: money(row.amount_due),
        amount_paid: row.amount_paid.map(money),
        status: row.status.name(),
    }
}

/// An amount as a JSON number, written out so that it goes through no float.
fn number(amount: Amount, currency: Currency) -> Box<RawValue> {
    RawValue::from_string(amount.to_fixed_text(currency)).expect("a fixed decimal is a JSON number")
}
