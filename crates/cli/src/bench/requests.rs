//! What is asked of the book while it is measured.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use loam_load::http::Requests;

use crate::demo::crowd::{lent_for, loan_id};

/// No answer of a search has more rows.
const PAGE: usize = 50;
/// A prime that is larger than any book, so that no loan is passed over.
const STEP: usize = 1_000_000_007;
/// Each so-manyeth repayment is of an earlier day.
const BACK_DATED: usize = 20;

/// The caller, and the loans that can be asked.
#[derive(Clone)]
pub(super) struct Caller {
    api_key: String,
    /// Numbers of the loans that are being paid back.
    open: Arc<[u64]>,
}

impl Caller {
    pub(super) fn new(api_key: String, loans: u64) -> Caller {
        Caller { api_key, open: (0..loans).filter(|number| lent_for(*number).is_some()).collect() }
    }

    /// A loan: each once before any comes twice, in an order that jumps about.
    fn loan(&self, number: usize) -> u64 {
        self.open[number.wrapping_mul(STEP) % self.open.len()]
    }

    /// Loans, one by one.
    pub(super) fn reads(&self) -> Requests {
        let caller = self.clone();
        Arc::new(move |number| {
            let path = format!("/api/loans/{}", loan_id(caller.loan(number)));
            let key = &caller.api_key;
            format!("GET {path} HTTP/1.1\r\nhost: bench\r\napikey: {key}\r\n\r\n").into_bytes()
        })
    }

    /// One loan, again and again.
    pub(super) fn read(&self, loan: &str) -> Requests {
        let key = &self.api_key;
        let request =
            format!("GET /api/loans/{loan} HTTP/1.1\r\nhost: bench\r\napikey: {key}\r\n\r\n").into_bytes();
        Arc::new(move |_| request.clone())
    }

    /// Loans in arrears, by amount: the first page.
    pub(super) fn searches(&self) -> Requests {
        let body = r#"{"filterConstraints":[{"filterSelection":"ACCOUNT_STATE","filterElement":"EQUALS","value":"ACTIVE_IN_ARREARS","dataItemType":"LOANS","dataFieldType":"NATIVE"},{"filterSelection":"LOAN_AMOUNT","filterElement":"BETWEEN","value":"1000","secondValue":"1100","dataItemType":"LOANS","dataFieldType":"NATIVE"}]}"#;
        let request = self.post(&format!("/api/loans/search?limit={PAGE}"), body);
        Arc::new(move |_| request.clone())
    }

    /// Repayments of different amounts on loans all over the book: most of today; on loans that run for a while, each
    /// twentieth of the day before. They are early, on time or late as the loans are.
    pub(super) fn repayments(&self, business_date: Date) -> Requests {
        let caller = self.clone();
        let yesterday = business_date.saturating_sub(1.day());
        Arc::new(move |number| {
            let loan = caller.loan(number);
            let cents = 100 + number % 400;
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            let is_old = lent_for(loan).is_some_and(|days| days > 1);
            let body = if is_old && number.is_multiple_of(BACK_DATED) {
                format!(r#"{{"type":"REPAYMENT","amount":"{amount}","date":"{yesterday}"}}"#)
            } else {
                format!(r#"{{"type":"REPAYMENT","amount":"{amount}"}}"#)
            };
            caller.post(&format!("/api/loans/{}/transactions", loan_id(loan)), &body)
        })
    }

    /// Many payments in each request, on loans all over the book; with keys that make each of them repeatable. They are
    /// small, so that a small book takes many of them.
    pub(super) fn payments(&self, in_each: usize, is_repeatable: bool) -> Requests {
        let caller = self.clone();
        Arc::new(move |number| {
            let mut body = String::with_capacity(in_each * 48);
            for payment in number * in_each..(number + 1) * in_each {
                let (loan, cents) = (loan_id(caller.loan(payment)), 1 + payment % 99);
                body.push(if body.is_empty() { '[' } else { ',' });
                body.push_str(&format!(r#"{{"loan":"{loan}","amount":"0.{cents:02}"}}"#));
            }
            body.push(']');
            let header = if is_repeatable { format!("idempotency-key: {number}\r\n") } else { String::new() };
            caller.post_with(&header, "/loam/v1/loan-payments", &body)
        })
    }

    /// Closes the days up to one.
    pub(super) fn end_of_day(&self, through: Date) -> Vec<u8> {
        self.post("/loam/v1/end-of-day", &format!(r#"{{"through":"{through}"}}"#))
    }

    fn post(&self, path: &str, body: &str) -> Vec<u8> {
        self.post_with("", path, body)
    }

    /// `header` is a whole line, or empty.
    fn post_with(&self, header: &str, path: &str, body: &str) -> Vec<u8> {
        let (key, length) = (&self.api_key, body.len());
        format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\napikey: {key}\r\ncontent-type: application/json\r\n{header}\
             content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}
