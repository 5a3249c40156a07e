//! Shares of investors wait with the loan until they are credited: nobody who looks can tell.

use loam_tests::server::run;
use serde_json::{Value, json};

use super::investing::{FUNDS, INVESTOR};
use super::servicing::{LOANS, STATEMENT, cents};
use super::{Market, content, on_both};
use crate::book::text;

impl Market {
    /// How many shares wait.
    fn waiting(&self) -> i64 {
        self.book.database.number("select count(*) from investor_share where credited_by is null")
    }

    /// What the statement of an investor says, line by line: kind, amount and balance in cents.
    fn statement(&self, investor: &str) -> Vec<(String, i64, i64)> {
        let path = format!("{STATEMENT}/{investor}?startDate=2014-01-01&skipInvestmentBooking=true");
        let body = self.caller.get(&path).expect(200).json();
        let lines = body["response"].as_array().expect("a list").iter().map(|row| &row["txnObj"]);
        let line = |line: &Value| (text(&line["txnType"]), cents(&line["amount"]), cents(&line["balance"]));
        lines.map(line).collect()
    }

    fn findings(&self) -> Vec<String> {
        let output = run(&self.book.database, &["check"]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
        lines.pop();
        lines
    }
}

/// A loan that three investors have paid for, and one payment on it.
fn paid(market: &Market) -> Value {
    let loan = market.funded(&json!({}))["peer__Loan__c"].clone();
    market.disburse(&loan);
    market.book.close_days("2014-02-03");
    market.act_on("payments", &loan, &json!({"amount": "1062.55"}));
    loan
}

#[test]
fn what_waits_is_counted_and_told_and_the_end_of_the_day_credits_it() {
    on_both(|market| {
        paid(market);
        assert_eq!(market.waiting(), 3);
        let (cash, told) = (market.cash(), market.statement(INVESTOR));
        let got = cash[0] - 4_000_00;
        let expected = [
            ("Deposit".to_owned(), 10_000_00, 10_000_00),
            ("Investment".to_owned(), -6_000_00, 4_000_00),
            ("Payment".to_owned(), got, cash[0]),
        ];
        assert_eq!(told, expected);
        assert_eq!(market.findings(), [""; 0]);
        market.book.close_days("2014-02-04");
        assert_eq!(market.waiting(), 0);
        assert_eq!((market.cash(), market.statement(INVESTOR)), (cash, told));
        let credited = market.book.read(&format!("/api/savings/{INVESTOR}/transactions?limit=1"));
        assert_eq!((&credited[0]["type"], cents(&credited[0]["amount"])), (&json!("TRANSFER"), got));
    });
}

#[test]
fn whoever_takes_money_out_has_what_waited() {
    on_both(|market| {
        paid(market);
        let all = market.cash()[0];
        let take_out = |cents: i64| {
            let amount = format!("-{}.{:02}", cents / 100, cents % 100);
            let body = json!({"investorId": INVESTOR, "amount": amount, "transactionDate": "2014-02-03",
                "isCleared": true});
            market.caller.post(FUNDS, &body)
        };
        assert_eq!(take_out(all + 1).status, 400);
        content(&take_out(all));
        assert_eq!((market.cash()[0], market.waiting()), (0, 2), "only this account was credited");
        let types: Vec<String> = market.statement(INVESTOR).into_iter().map(|line| line.0).collect();
        assert_eq!(types, ["Deposit", "Investment", "Payment", "Withdrawal"]);
    });
}

#[test]
fn what_is_taken_back_waits_too_and_the_disbursement_can_follow() {
    on_both(|market| {
        let loan = paid(market);
        let name = text(&market.read_loan("", &loan)["Name"]);
        let payments = market.caller.get(&format!("{LOANS}/payments/{}", text(&loan)));
        let id =
            text(&content(&payments)["Name"]).trim_start_matches("LPT-").parse::<i64>().expect("a number");
        let reversal = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), &reversal).expect(201);
        assert_eq!(market.cash(), [4_000_00, 6_801_00, 8_999_00]);
        assert_eq!(market.waiting(), 6);
        let types: Vec<String> = market.statement(INVESTOR).into_iter().map(|line| line.0).collect();
        assert_eq!(types, ["Deposit", "Investment", "Payment", "Payment Reversal"]);
        let undo = "type=DISBURSEMENT_ADJUSTMENT&notes=again";
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), undo).expect(201);
        assert_eq!((market.cash(), market.waiting()), (vec![10_000_00, 10_000_00, 10_000_00], 0));
        assert_eq!(market.statement(INVESTOR).last().map(|line| line.2), Some(10_000_00));
    });
}

/// The shares of the first investor.
const ITS: &str = "what = 'shared' and account_key = (select min(account_key) from investor_share)";

/// Gives each share back to the account that paid for its fund.
const GIVE_BACK: &str = "update investor_share set account_key =
    (select paid.account_key from investor_share as paid
      where paid.what = 'invested' and paid.fund_key = investor_share.fund_key)";

/// Makes a fault, looks what is found, and takes the fault back.
fn is_found(market: &Market, fault: &str, undo: &str, expected: &[&str]) {
    market.book.database.execute(fault);
    let found = market.findings();
    assert_eq!(found.len(), expected.len(), "{fault}: {found:?}");
    let is_said = |words: &&str| found.iter().any(|found| found.contains(words));
    assert!(expected.iter().all(is_said), "{fault}: {found:?}");
    market.book.database.execute(undo);
    assert_eq!(market.findings(), [""; 0]);
}

#[test]
fn a_share_of_a_damaged_account_key_keeps_nobody_from_theirs() {
    on_both(|market| {
        paid(market);
        let cash = market.cash();
        market
            .book
            .database
            .execute(&format!("update investor_share set account_key = 'damaged' where {ITS}"));
        let report = market.book.close_days("2014-02-04");
        let day = report["days"].as_array().expect("days").last().expect("a day");
        assert_eq!(
            (market.waiting(), &report["businessDate"]),
            (1, &json!("2014-02-04")),
            "two were credited"
        );
        assert_eq!(day["failed"].as_array().map(Vec::len), Some(1), "{report}");
        assert_eq!(day["failed"][0]["account"], "damaged", "{report}");
        assert!(text(&day["failed"][0]["reason"]).contains("investor_share"), "{report}");
        market.book.database.execute(GIVE_BACK);
        let report = market.book.close_days("2014-02-04");
        assert_eq!((&report["days"][0]["failed"], market.waiting()), (&json!([]), 0), "{report}");
        assert_eq!(market.cash(), cash);
    });
}

#[test]
fn check_finds_a_share_that_somebody_changed_or_lost() {
    on_both(|market| {
        paid(market);
        let change = |sign: char, back: char| {
            format!(
                "update investor_share set cash_minor = cash_minor {sign} 1, invested_minor = invested_minor {back} 1 where {ITS}"
            )
        };
        let expected = ["shares of fund", "transfers between accounts: 1 minor units"];
        is_found(market, &change('+', '-'), &change('-', '+'), &expected);
        let name =
            |value: &str| format!("update investor_share set credited_by = {value} where what = 'shared'");
        let expected = [
            "transfers between accounts: -106255 minor units",
            "name transaction 7, which is none of its",
            "name transaction 7, which is none of its",
            "name transaction 7, which is none of its",
        ];
        is_found(market, &name("7"), &name("null"), &expected);
    });
}

#[test]
fn check_finds_a_share_that_was_credited_to_somebody_else() {
    on_both(|market| {
        paid(market);
        market.book.close_days("2014-02-04");
        let another = "(select max(account_key) from investor_share)";
        let give = |whom: &str| format!("update investor_share set account_key = {whom} where {ITS}");
        let expected = ["and its shares come to 0", "which is none of its"];
        is_found(market, &give(another), GIVE_BACK, &expected);
        let nobody = "substr(account_key, 1, 20) || 'ffffffffffff'";
        let expected = ["and its shares come to 0", "ffffffffffff, which is not there"];
        is_found(market, &give(nobody), GIVE_BACK, &expected);
    });
}
