//! Serviced loans in the words of the loan performance contract: token, loan, payments.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use loam_app::serviced::ServicedLoan;
use loam_book::ids::Key;
use loam_book::partner::{Target, TargetContract};
use loam_book::reporting::performance::{PerformanceLoan, PerformancePayment};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Outbound;
use super::post::{Answer, Failure, Letter};

/// A token is asked for again when it has less than this left.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// Tokens of targets, as long as they last.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Key, (String, Timestamp)>>);

/// The members of a loan that the contract has.
#[derive(Serialize)]
struct Loan<'a> {
    loan_id: &'a str,
    management_system_id: i64,
    application_type: Option<&'static str>,
    loan_type: Option<&'static str>,
    loan_status: &'static str,
    loan_amount: i64,
    funded_amount: Option<i64>,
    first_payment_date: Option<String>,
    applied_at: String,
    esigned_at: Option<String>,
    withdrawn_at: Option<String>,
    originated_at: Option<String>,
}

#[derive(Serialize)]
struct Payment<'a> {
    loan_id: &'a str,
    management_system_id: i64,
    payment_id: &'a str,
    payment_amount: Option<i64>,
    payment_type: Option<&'static str>,
    payment_mode: Option<&'static str>,
    payment_status: Option<&'static str>,
    principal: Option<i64>,
    interest: Option<i64>,
    fees: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    returned_at: Option<String>,
    payment_at: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: i64,
}

/// Where and as whom a target is told.
struct Contact<'a> {
    outbound: &'a Outbound,
    target: &'a Target,
    management_system_id: i64,
}

/// Tells a loan, with its customer where the target does not know the customer, and the payments
/// that came or went since the log entry `sent_seq`.
pub(super) async fn tell(
    outbound: &Outbound,
    target: &Target,
    serviced: &ServicedLoan,
    sent_seq: i64,
) -> Result<(), Failure> {
    let TargetContract::LoanPerformance { management_system_id, .. } = &target.contract else {
        return Err(Failure::final_one("the target follows another contract"));
    };
    let contact = Contact { outbound, target, management_system_id: *management_system_id };
    let told = serviced.told();
    let loan = told.performance();
    let (customer, loan_id) = (serviced.holder.id.as_str(), serviced.loan.id.as_str());
    if sent_seq == 0 {
        return contact.introduce(customer, loan_id, &loan).await;
    }
    let path = format!("/customers/{}", utf8_percent_encode(customer, NON_ALPHANUMERIC));
    let answer = contact.post(&format!("{path}/loans"), contact.loan(loan_id, &loan)?).await?;
    if answer.status == 404 {
        return contact.introduce(customer, loan_id, &loan).await;
    }
    answer.must_succeed("the loan")?;
    for id in told.payments_after(sent_seq) {
        let Some(payment) = loan.payments.iter().find(|payment| payment.payment_id == id) else { continue };
        let body = contact.payment(loan_id, payment)?;
        contact.post(&format!("{path}/payments"), body).await?.must_succeed("a payment")?;
    }
    Ok(())
}

impl Contact<'_> {
    fn loan(&self, loan_id: &str, loan: &PerformanceLoan) -> Result<serde_json::Value, Failure> {
        let body = Loan {
            loan_id,
            management_system_id: self.management_system_id,
            application_type: loan.application_type.map(|word| word.name()),
            loan_type: loan.loan_type.map(|word| word.name()),
            loan_status: loan.status.name(),
            loan_amount: loan.loan_amount,
            funded_amount: loan.funded_amount,
            first_payment_date: loan.first_payment_date.map(|date| date.to_string()),
            applied_at: instant(loan.applied_at),
            esigned_at: loan.esigned_at.map(instant),
            withdrawn_at: loan.withdrawn_at.map(instant),
            originated_at: loan.originated_at.map(instant),
        };
        serde_json::to_value(body).map_err(|error| Failure::final_one(error.to_string()))
    }

    fn payment(&self, loan_id: &str, payment: &PerformancePayment) -> Result<serde_json::Value, Failure> {
        let body = Payment {
            loan_id,
            management_system_id: self.management_system_id,
            payment_id: &payment.payment_id,
            payment_amount: payment.amount,
            payment_type: payment.payment_type.map(|word| word.name()),
            payment_mode: payment.payment_mode.map(|word| word.name()),
            payment_status: payment.payment_status.map(|word| word.name()),
            principal: payment.principal,
            interest: payment.interest,
            fees: payment.fees,
            return_code: payment.return_code.as_deref(),
            returned_at: payment.returned_at.map(instant),
            payment_at: payment.payment_at.map(instant),
        };
        serde_json::to_value(body).map_err(|error| Failure::final_one(error.to_string()))
    }

    /// A customer and a loan that the target does not know come in by the batch, with the whole
    /// history. Its answer says what was left out.
    async fn introduce(&self, customer: &str, loan_id: &str, told: &PerformanceLoan) -> Result<(), Failure> {
        let mut loan = self.loan(loan_id, told)?;
        let payments: Result<Vec<_>, Failure> =
            told.payments.iter().map(|payment| self.payment(loan_id, payment)).collect();
        loan["is_lead_loan"] = json!(false);
        loan["payments"] = json!(payments?);
        let body = json!({ "customers": [{ "customer_id": customer, "loans": [loan] }] });
        let answer = self.post("/customers/batch", body).await?;
        answer.must_succeed("the customer")?;
        let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let skipped = answer.get("skipped").and_then(|skipped| skipped.as_array());
        if skipped.is_some_and(|skipped| !skipped.is_empty()) {
            return Err(Failure::new("the target left the customer out"));
        }
        Ok(())
    }

    /// With a token that lasts; one that is refused is replaced once.
    async fn post(&self, path: &str, body: serde_json::Value) -> Result<Answer, Failure> {
        let answer = self.post_with(&self.token().await?, path, &body).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.outbound.tokens.forget(self.target.key);
        self.post_with(&self.token().await?, path, &body).await
    }

    async fn post_with(&self, token: &str, path: &str, body: &serde_json::Value) -> Result<Answer, Failure> {
        let headers = vec![
            ("authorization", format!("Bearer {token}")),
            ("content-type", "application/json".to_owned()),
            ("accept", "application/json".to_owned()),
            ("prefer", "return=representation".to_owned()),
        ];
        let url = format!("{}/api/v1/loan-performance{path}", self.target.url);
        self.outbound.poster.send(Letter { method: "POST", url, headers, body: body.to_string() }).await
    }

    async fn token(&self) -> Result<String, Failure> {
        let now = self.outbound.book.clock.now();
        if let Some(token) = self.outbound.tokens.recall(self.target.key, now) {
            return Ok(token);
        }
        let TargetContract::LoanPerformance { client_id, client_secret, .. } = &self.target.contract else {
            return Err(Failure::final_one("the target follows another contract"));
        };
        let secret = self.outbound.catalog.vault.open(client_secret)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id.as_str()),
            ("client_secret", secret.as_str()),
        ];
        let letter = Letter {
            method: "POST",
            url: format!("{}/oauth/token", self.target.url),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: serde_urlencoded::to_string(form).map_err(|error| Failure::final_one(error.to_string()))?,
        };
        let answer = self.outbound.poster.send(letter).await?;
        answer.must_succeed("the request for a token")?;
        let token: Token = serde_json::from_str(&answer.body)
            .map_err(|_| Failure::new("the target's token cannot be read"))?;
        let lasts = SignedDuration::from_secs(token.expires_in.clamp(0, 86_400));
        let until = now.checked_add(lasts).unwrap_or(now);
        self.outbound.tokens.keep(self.target.key, &token.access_token, until);
        Ok(token.access_token)
    }
}

impl Tokens {
    fn recall(&self, target: Key, now: Timestamp) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until) = kept.get(&target)?;
        (until.duration_since(now) > MARGIN).then(|| token.clone())
    }

    fn keep(&self, target: Key, token: &str, until: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(target, (token.to_owned(), until));
    }

    fn forget(&self, target: Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&target);
    }
}

/// As the contract writes instants: UTC, no fraction.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
