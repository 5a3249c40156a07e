//! How the money of investors does not get lost: what is refused, given up, deleted, or asked for twice.

use serde_json::{Value, json};

use super::investing::{BOOKINGS, FUNDS, INVESTOR};
use super::servicing::{LOANS, ORDERS, STATEMENT, cents, content_of};
use super::{APPLICATIONS, Market, assert_failed, content, on_both};
use crate::book::text;
use crate::savings::act;

impl Market {
    /// The types of an investor's lines, without bookings.
    fn lines(&self) -> Vec<String> {
        let path = format!("{STATEMENT}/{INVESTOR}?startDate=2014-01-01&skipInvestmentBooking=true");
        let body = self.caller.get(&path).expect(200).json();
        let rows = body["response"].as_array().expect("a list").clone();
        rows.iter().map(|row| text(&row["txnObj"]["txnType"])).collect()
    }

    pub(super) fn name_of(&self, loan: &Value) -> String {
        text(&self.read_loan("", loan)["Name"])
    }
}

#[test]
fn a_loan_of_another_amount_is_not_paid_out_with_what_was_booked() {
    on_both(|market| {
        let application = market.funded(&json!({"createSchedule": 0}));
        let made = content(&market.caller.post(LOANS, &json!({"loanApplication": application["Id"]})));
        let path = format!("/api/loans/{}", market.name_of(&made["Id"]));
        market.book.act(&market.name_of(&made["Id"]), "type=UNDO_APPROVAL");
        let less = json!({"loanAccount": {"loanAmount": "9000"}});
        let edited = market.book.admin.patch(&path, &less);
        assert!(edited.status < 300, "{}", edited.text);
        let body = json!({"modeOfPayment": "ACH", "reference": "R"});
        let disbursement = format!("{LOANS}/disbursement/{}", text(&made["Id"]));
        let refused = market.caller.post(&disbursement, &body);
        assert_failed(&refused, 500, "API_EXCEPTION", "investors pay in 10200.00 and 9000.00 is lent");
        assert_eq!(market.cash(), [10_000_00, 10_000_00, 10_000_00]);
        assert_eq!(market.balances(INVESTOR), ["10000", "6000", "4000"], "it is booked still");
    });
}

#[test]
fn an_approved_loan_that_is_deleted_releases_what_was_booked() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let path = format!("/api/loans/{}", market.name_of(&application["peer__Loan__c"]));
        let deleted = market.book.admin.delete(&path);
        assert!(deleted.status < 300, "{}", deleted.text);
        assert_eq!(market.balances(INVESTOR), ["10000", "0", "10000"]);
        assert_eq!(market.application(&application)["peer__Stage__c"], "Cancelled");
    });
}

#[test]
fn a_funded_application_is_rejected_while_nothing_is_paid_out() {
    on_both(|market| {
        let application = market.funded(&json!({"createSchedule": 0}));
        let reject = |application: &Value| {
            market.caller.post(&format!("{APPLICATIONS}/reject/{}", text(&application["Id"])), &json!({}))
        };
        reject(&application).expect(200);
        assert_eq!(market.balances(INVESTOR), ["10000", "0", "10000"]);
        assert_eq!(market.application(&application)["peer__Stage__c"], "Rejected");
        let again = market.apply(&json!({}));
        market.pays_in(INVESTOR, "1000");
        market.books(INVESTOR, &again, &json!({}));
        market.disburse(&again["peer__Loan__c"]);
        assert_failed(&reject(&again), 500, "UNKNOWN_EXCEPTION", "funded");
    });
}

#[test]
fn an_investor_loses_what_is_written_off_and_gets_what_comes_in_after_all() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let loan = &application["peer__Loan__c"];
        market.disburse(loan);
        let path = format!("/api/loans/{}/transactions", market.name_of(loan));
        let given_up = market.book.admin.form(&path, "type=WRITE_OFF");
        assert_eq!(given_up.status, 201, "{}", given_up.text);
        assert_eq!(market.cash(), [4_000_00, 6_801_00, 8_999_00]);
        let orders = market.caller.get(&format!("{ORDERS}?investorId={INVESTOR}")).json();
        let order = &content_of(&orders)[0];
        assert_eq!(order["loan__Outstanding_Principal__c"], 0, "nothing is in the loan any more");
        assert_eq!(order["loan__Status__c"], "Closed");
        let withdrawal = json!({"investorId": INVESTOR, "amount": -4000, "transactionDate": "2014-01-03", "isCleared": true});
        content(&market.caller.post(FUNDS, &withdrawal));
        act(&market.book, INVESTOR, "type=CLOSE");
        assert_eq!(market.book.read(&format!("/api/savings/{INVESTOR}"))["accountState"], "CLOSED");
    });
}

#[test]
fn a_statement_names_what_was_taken_back() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let loan = &application["peer__Loan__c"];
        let reversal = format!("{LOANS}/disbursement/reversal");
        let ids =
            json!({"loanDisbursementTxnIds": [market.disburse(loan)["loan__Loan_Disbursal_Transaction__c"]]});
        content(&market.caller.post(&reversal, &ids));
        assert_eq!(market.lines(), ["Deposit", "Investment", "Investment Reversal"]);
        market.disburse(loan);
        market.act_on("payments", loan, &json!({"amount": 100}));
        let path = format!("/api/loans/{}/transactions", market.name_of(loan));
        let payments = market.caller.get(&format!("{LOANS}/payments/{}", text(loan)));
        let name = text(&content(&payments)["Name"]);
        let id = name.trim_start_matches("LPT-").trim_start_matches('0');
        let adjusted = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        assert_eq!(market.book.admin.form(&path, &adjusted).status, 201);
        let all = market.lines();
        assert_eq!(all[3..], ["Investment", "Payment", "Payment Reversal"]);
    });
}

#[test]
fn each_booking_of_an_investor_in_a_loan_shows_its_own_money() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        market.investor(INVESTOR, "20000");
        for amount in [6_000, 4_200] {
            market.books(INVESTOR, &application, &json!({"investmentAmount": amount}));
        }
        market.disburse(&application["peer__Loan__c"]);
        let orders = market.caller.get(&format!("{ORDERS}?investorId={INVESTOR}")).json();
        let paid = |order: &Value| {
            let lines = order["loan__Investor_Loan_Account_Txns__r"].as_array().expect("a list");
            lines.iter().map(|line| cents(&line["amount"])).collect::<Vec<_>>()
        };
        let shown: Vec<Vec<i64>> = content_of(&orders).iter().map(paid).collect();
        assert_eq!(shown, [[-6_000_00], [-4_200_00]]);
        assert_eq!(cents(&crate::savings::savings(&market.book, INVESTOR)["balance"]), 9_800_00);
    });
}

#[test]
fn a_reversal_that_is_asked_for_again_is_made_once() {
    on_both(|market| {
        let loans: Vec<Value> = ["001G000001INV01", "001G000001INV02"]
            .iter()
            .map(|investor| {
                let application = market.apply(&json!({}));
                market.investor(investor, "20000");
                market.books(investor, &application, &json!({}));
                application["peer__Loan__c"].clone()
            })
            .collect();
        let path = format!("{LOANS}/disbursement/reversal");
        for (key, loans) in [("one", &loans[..1]), ("both", &loans[..])] {
            let paid_out = |loan| market.disburse(loan)["loan__Loan_Disbursal_Transaction__c"].clone();
            let ids: Vec<Value> = loans.iter().map(paid_out).collect();
            let body = json!({"loanDisbursementTxnIds": ids});
            let caller = market.caller.clone().with_header("idempotency-key", key);
            let first = caller.post(&path, &body).expect(200).json();
            let again = caller.post(&path, &body).expect(200).json();
            let statuses = |body: &Value| {
                content_of(body).iter().map(|loan| text(&loan["loan__Loan_Status__c"])).collect::<Vec<_>>()
            };
            assert_eq!(statuses(&first), vec!["Approved"; loans.len()]);
            assert_eq!(statuses(&again), statuses(&first), "it is the first answer");
        }
    });
}

#[test]
fn a_booking_of_what_is_funded_names_its_amount() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let body = json!({"investorId": INVESTOR, "loanApplication": application["Id"]});
        let nothing = market.caller.post(BOOKINGS, &body);
        assert_failed(&nothing, 500, "API_EXCEPTION", "asks for nothing more");
        assert_eq!(market.bookings(&format!("investorId={INVESTOR}")).len(), 1);
    });
}
