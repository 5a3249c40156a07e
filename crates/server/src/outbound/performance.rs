//! Serviced loans in the words of the loan performance contract: token, loan, payments.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use loam_app::serviced::ServicedLoan;
use loam_book::ids::Key;
use loam_book::partner::{SealedText, Target};
use loam_book::reporting::performance::{PerformanceLoan, PerformancePayment};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::post::{Answer, Errand, Failure, Letter};

/// A token is asked for again when it has less than this left.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);
/// What is wrong when the target knows the loan's id as another customer's, and when it may be that.
const ANOTHERS: &str = "the target knows the loan under another customer; a client whose id was changed after \
                        its loans were told is another customer to the target";
const LEFT_OUT: &str = "the target left the customer or the loan out; perhaps it knows the loan under another \
                        customer, as when the client's id was changed after the loan was told";

/// More payments than these are told in one request with the loan.
const MOST_PAYMENTS: usize = 3;

/// Tokens of targets, as long as they last.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Key, Kept>>);

/// A token and for what it was given: one that was got elsewhere, or for another client, is not shown to a target.
struct Kept {
    origin: Origin,
    token: String,
    until: Timestamp,
}

/// Where, as whom and with which secret a token was asked for.
#[derive(Clone, PartialEq, Eq)]
struct Origin {
    url: String,
    client_id: String,
    sealed_secret: String,
}

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
pub(super) struct Contact<'a> {
    pub(super) errand: &'a Errand,
    pub(super) tokens: &'a Tokens,
    pub(super) target: &'a Target,
    pub(super) client_id: &'a str,
    /// As the book keeps it, and opened.
    pub(super) secrets: (&'a SealedText, &'a str),
    pub(super) management_system_id: i64,
}

impl Contact<'_> {
    /// Tells a loan, with its customer where the target does not know the customer, and the payments
    /// that came or went since the log entry `sent_seq`.
    pub(super) async fn tell(&self, serviced: &ServicedLoan, sent_seq: i64) -> Result<(), Failure> {
        let told = serviced.told();
        let loan = told.performance();
        let (customer, loan_id) = (serviced.holder.id.as_str(), serviced.loan.id.as_str());
        let news = told.payments_after(sent_seq);
        if sent_seq == 0 || news.len() > MOST_PAYMENTS {
            return self.introduce(customer, loan_id, &loan).await;
        }
        let news = |payment: &&PerformancePayment| news.contains(&payment.payment_id);
        let news: Vec<_> = loan.payments.iter().filter(news).collect();
        self.update((customer, loan_id), &loan, &news).await
    }

    /// A target that has lost the loan, or knows nothing of the customer, is told everything.
    async fn update(
        &self,
        (customer, loan_id): (&str, &str),
        loan: &PerformanceLoan,
        news: &[&PerformancePayment],
    ) -> Result<(), Failure> {
        let answer = self.upsert(customer, self.loan(loan_id, loan)?).await?;
        if matches!(answer.status, 201 | 404) {
            return self.introduce(customer, loan_id, loan).await;
        }
        must_take(&answer)?;
        for payment in news {
            let path = format!("{}/payments", path_of(customer));
            self.post(&path, self.payment(loan_id, payment)?).await?.must_succeed("a payment")?;
        }
        Ok(())
    }

    async fn upsert(&self, customer: &str, loan: serde_json::Value) -> Result<Answer, Failure> {
        self.post(&format!("{}/loans", path_of(customer)), loan).await
    }

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
        let body: serde_json::Value = serde_json::from_str(answer.body()?).unwrap_or_default();
        match body.get("skipped").and_then(|skipped| skipped.as_array()) {
            Some(skipped) if skipped.is_empty() => Ok(()),
            Some(_) => Err(Failure::new(LEFT_OUT)),
            None => self.confirm(customer, self.loan(loan_id, told)?).await,
        }
    }

    /// An answer that does not say what was left out leaves open whether the target knows the loan now.
    async fn confirm(&self, customer: &str, loan: serde_json::Value) -> Result<(), Failure> {
        let answer = self.upsert(customer, loan).await?;
        if answer.status == 201 {
            return Err(Failure::new("the target took the customer and did not keep the loan"));
        }
        must_take(&answer)
    }

    /// With a token that lasts; one that is refused is replaced once.
    async fn post(&self, path: &str, body: serde_json::Value) -> Result<Answer, Failure> {
        let answer = self.post_with(&self.token().await?, path, &body).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget(self.target.key);
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
        self.errand.send(Letter { method: "POST", url, headers, body: body.to_string() }).await
    }

    async fn token(&self) -> Result<String, Failure> {
        let now = self.errand.clock.now();
        let origin = self.origin();
        if let Some(token) = self.tokens.recall(self.target.key, &origin, now) {
            return Ok(token);
        }
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id),
            ("client_secret", self.secrets.1),
        ];
        let letter = Letter {
            method: "POST",
            url: format!("{}/oauth/token", self.target.url),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: serde_urlencoded::to_string(form).map_err(|error| Failure::final_one(error.to_string()))?,
        };
        let answer = self.errand.send(letter).await?;
        answer.must_succeed("the request for a token")?;
        let token: Token = serde_json::from_str(answer.body()?)
            .map_err(|_| Failure::new("the target's token cannot be read"))?;
        let lasts = SignedDuration::from_secs(token.expires_in.clamp(0, 86_400));
        let until = now.checked_add(lasts).unwrap_or(now);
        let token = token.access_token;
        self.tokens.keep(self.target.key, Kept { origin, token: token.clone(), until });
        Ok(token)
    }

    fn origin(&self) -> Origin {
        Origin {
            url: self.target.url.clone(),
            client_id: self.client_id.to_owned(),
            sealed_secret: self.secrets.0.sealed.clone(),
        }
    }
}

impl Tokens {
    fn recall(&self, target: Key, origin: &Origin, now: Timestamp) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(&target).filter(|kept| kept.origin == *origin)?;
        (kept.until.duration_since(now) > MARGIN).then(|| kept.token.clone())
    }

    fn keep(&self, target: Key, kept: Kept) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(target, kept);
    }

    fn forget(&self, target: Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&target);
    }
}

/// The target took the loan, or the failure that its answer is.
fn must_take(answer: &Answer) -> Result<(), Failure> {
    if answer.status == 409 {
        return Err(Failure::new(ANOTHERS));
    }
    answer.must_succeed("the loan")
}

fn path_of(customer: &str) -> String {
    format!("/customers/{}", utf8_percent_encode(customer, NON_ALPHANUMERIC))
}

/// As the contract writes instants: UTC, no fraction.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests;
