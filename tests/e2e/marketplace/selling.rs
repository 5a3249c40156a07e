//! Orders that investors sell each other, and parts of loans that they buy of the lender.

use loam_tests::http::Answer;
use serde_json::{Value, json};

use super::investing::INVESTOR;
use super::servicing::{LOANS, ORDERS, STATEMENT, cents, content_of};
use super::{Market, assert_failed, content, on_both};
use crate::book::text;

const BUYER: &str = "001G000001INV04";

impl Market {
    pub(super) fn orders_of(&self, query: &str) -> Vec<Value> {
        content_of(&self.caller.get(&format!("{ORDERS}?investorId={query}")).expect(200).json()).clone()
    }

    fn sells(&self, order: &Value, body: &Value) -> Answer {
        self.caller.post(&format!("{ORDERS}/sell/{}", text(&order["Id"])), body)
    }

    fn cash_of(&self, investor: &str) -> i64 {
        cents(&json!(self.balances(investor)[0]))
    }

    /// Everything of the loan that is owed to investors, and what they have in cash.
    fn wealth(&self, investors: &[&str]) -> i64 {
        let left = |id: &&str| -> i64 {
            self.orders_of(id).iter().map(|order| cents(&order["loan__Outstanding_Principal__c"])).sum()
        };
        investors.iter().map(|id| self.cash_of(id) + left(id)).sum()
    }

    /// A loan of three investors, one payment after it was paid out, and the first investor's order.
    fn running(&self) -> (Value, Value) {
        let application = self.funded(&json!({}));
        let loan = application["peer__Loan__c"].clone();
        self.disburse(&loan);
        self.book.close_days("2014-02-03");
        self.act_on("payments", &loan, &json!({"amount": "1062.55"}));
        (loan, self.orders_of(INVESTOR)[0].clone())
    }
}

fn failed_rows(answer: &Answer) -> Vec<(i64, String)> {
    let body = answer.json();
    assert_eq!((answer.status, &body["status"], &body["content"]), (400, &json!("ERROR"), &json!([])));
    let rows = body["response"].as_array().expect("a list");
    assert_eq!(body["errorCode"], rows[0]["errorCode"]);
    rows.iter().map(|row| (row["rowNumber"].as_i64().expect("a number"), text(&row["errorCode"]))).collect()
}

#[test]
fn a_part_of_an_order_is_sold_and_its_payments_go_to_the_buyer() {
    on_both(|market| {
        let (loan, order) = market.running();
        market.investor(BUYER, "3000");
        let left = cents(&order["loan__Outstanding_Principal__c"]);
        let seller = market.cash_of(INVESTOR);
        let rows = json!({"saleTransactions": [{"investorId": BUYER, "numberOfShares": 1500}]});
        let answer = market.sells(&order, &rows).expect(200).json();
        let (sold, bought) = (&content_of(&answer)[0], &content_of(&answer)[1]);
        assert_eq!((&sold["Id"], &sold["loan__Share__c"]), (&order["Id"], &json!(4500)));
        assert_eq!((&bought["loan__Share__c"], &bought["loan__Booking__c"]), (&json!(1500), &Value::Null));
        assert_eq!(bought["loan__Certificate_Rate__c"], sold["loan__Certificate_Rate__c"]);
        assert_eq!(bought["loan__Certificate_Order_Date__c"], "2014-02-03");
        let price = cents(&bought["loan__Outstanding_Principal__c"]);
        assert_eq!(cents(&sold["loan__Outstanding_Principal__c"]) + price, left);
        assert_eq!((market.cash_of(INVESTOR), market.cash_of(BUYER)), (seller + price, 3000_00 - price));
        let lines = |order: &Value| -> Vec<String> {
            let lines = order["loan__Investor_Loan_Account_Txns__r"].as_array().expect("a list");
            lines.iter().map(|line| text(&line["txnType"])).collect()
        };
        assert_eq!(
            (lines(sold), lines(bought)),
            (["Investment", "Payment", "Sale"].map(str::to_owned).to_vec(), vec!["Purchase".to_owned()])
        );

        let all = [INVESTOR, "001G000001INV02", "001G000001INV03", BUYER];
        let cash = |market: &Market| all.map(|id| market.cash_of(id));
        let before = cash(market);
        market.book.close_days("2014-03-03");
        let payment = market.act_on("payments", &loan, &json!({"amount": "1062.55"}));
        let after = cash(market);
        assert_eq!(after.iter().sum::<i64>() - before.iter().sum::<i64>(), 1062_55, "all of it is theirs");
        let (kept, passed) = (after[0] - before[0], after[3] - before[3]);
        assert!((kept - 3 * passed).abs() <= 6, "{kept} and {passed}");
        let name = text(&market.read_loan("", &loan)["Name"]);
        let id = text(&payment["Name"]).trim_start_matches("LPT-").trim_start_matches('0').to_owned();
        let reversal = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), &reversal).expect(201);
        assert_eq!(cash(market), before);

        let statement =
            market.caller.get(&format!("{STATEMENT}/{BUYER}?startDate=2014-02-03&endDate=2014-02-03"));
        let statement = statement.expect(200).json();
        let shown: Vec<String> = statement["response"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|line| text(&line["txnObj"]["txnType"]))
            .collect();
        assert_eq!(shown, ["Deposit", "Purchase"]);
        assert!(market.bookings(&format!("investorId={BUYER}")).is_empty(), "no auction made it");
    });
}

/// The first payment was made before the sale: its principal is borne by whoever has the shares now, whose claim grows
/// by it, its interest by whoever got it.
#[test]
fn a_payment_from_before_a_sale_is_taken_back_without_loss_to_the_buyer() {
    on_both(|market| {
        let (loan, order) = market.running();
        market.investor(BUYER, "3000");
        let rows = json!({"saleTransactions": [{"investorId": BUYER, "numberOfShares": 1500}], "returnOnlyNewIOs": true});
        let answer = market.sells(&order, &rows).expect(200).json();
        assert_eq!(content_of(&answer).len(), 1);
        let (buyer, seller) = (market.wealth(&[BUYER]), market.wealth(&[INVESTOR]));
        let interest = cents(&market.orders_of(INVESTOR)[0]["loan__Tot_Interest_Received__c"]);
        let payments = market.caller.get(&format!("{LOANS}/payments/{}", text(&loan))).json();
        let id = text(&content_of(&payments)[0]["Name"])
            .trim_start_matches("LPT-")
            .trim_start_matches('0')
            .to_owned();
        let name = text(&market.read_loan("", &loan)["Name"]);
        let reversal = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), &reversal).expect(201);
        assert_eq!((market.wealth(&[BUYER]), market.wealth(&[INVESTOR])), (buyer, seller - interest));
        assert_eq!(market.orders_of(BUYER)[0]["loan__Outstanding_Principal__c"], 1500);
        let disbursement = market.read_loan("", &loan)["loan__Loan_Disbursal_Transaction__c"].clone();
        let back = market.caller.post(
            &format!("{LOANS}/disbursement/reversal"),
            &json!({"loanDisbursementTxnIds": [disbursement]}),
        );
        assert_failed(&back, 500, "API_EXCEPTION", "its disbursement stays");
    });
}

#[test]
fn a_whole_order_is_sold_at_a_price_and_rows_that_are_not_valid_sell_nothing() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        market.disburse(&application["peer__Loan__c"]);
        let order = market.orders_of(INVESTOR)[0].clone();
        market.investor(BUYER, "5000");
        let sale = |rows: Value| market.sells(&order, &json!({"saleTransactions": rows}));
        let good = json!({"investorId": BUYER, "numberOfShares": 1});
        assert_failed(&sale(json!([good])), 400, "INVESTMENT_ORDER_NOT_SALEABLE", "made today");
        market.book.close_days("2014-01-04");
        assert_failed(&sale(json!([])), 400, "INVALID_INPUT", "Sale Transactions are null");
        assert_failed(&sale(json!("x")), 400, "INVALID_INPUT", "Unable to parse the Request parameters");
        let nothing = market
            .caller
            .post(&format!("{ORDERS}/sell/a1J000000000000"), &json!({"saleTransactions": [good]}));
        assert_failed(&nothing, 400, "INVESTMENT_ORDER_NOT_FOUND", "");
        let rows = json!([
            good,
            {"investorId": null, "numberOfShares": 1},
            {"investorId": INVESTOR, "numberOfShares": 1},
            {"investorId": BUYER, "numberOfShares": 0},
            {"investorId": BUYER, "numberOfShares": 6000},
            {"investorId": BUYER, "numberOfShares": 1, "price": 0},
            {"investorId": BUYER, "numberOfShares": 1, "price": "5000"},
            {"investorId": "001G000001INV05", "numberOfShares": 1},
        ]);
        market.investor("001G000001INV05", "0");
        let codes = ["00010", "00010", "00017", "00017", "00018", "00019", "00019"].map(str::to_owned);
        let expected: Vec<(i64, String)> = (2..).zip(codes).collect();
        assert_eq!(failed_rows(&sale(rows)), expected);
        assert_eq!((market.balances(BUYER)[0].as_str(), market.orders_of(BUYER).len()), ("5000", 0));
        let rows = json!([{"investorId": BUYER, "numberOfShares": 2500, "price": "2400.50"},
            {"investorId": "001G000001INV02", "price": "3600"}]);
        let caller = market.caller.clone().with_header("idempotency-key", "sale");
        let path = format!("{ORDERS}/sell/{}", text(&order["Id"]));
        let body = json!({"saleTransactions": rows});
        let first = caller.post(&path, &body).expect(200).json();
        assert_eq!(caller.post(&path, &body).expect(200).json(), first, "it is sold once");
        assert_eq!(market.balances(BUYER)[0], "2599.5");
        assert_eq!(market.balances("001G000001INV02")[0], "3201");
        assert_eq!(market.balances(INVESTOR)[0], "10000.5");
        let sold = market.orders_of(&format!("{INVESTOR}&status=Sold"));
        assert_eq!((sold.len(), &sold[0]["loan__Share__c"]), (1, &json!(0)));
        assert_failed(&sale(json!([good])), 400, "INVESTMENT_ORDER_NOT_SALEABLE", "nothing is left");
        let bought = market.orders_of(BUYER)[0].clone();
        market.book.close_days("2014-01-05");
        let on = json!({"saleTransactions": [{"investorId": INVESTOR}], "returnOnlyNewIOs": true});
        let again = content(&market.sells(&bought, &on));
        assert_eq!(again["loan__Share__c"], 2500, "what was bought is sold on");
        let loan = &application["peer__Loan__c"];
        market.book.close_days("2014-01-06");
        let quote = market.read_loan("payoff/", loan);
        let all = [INVESTOR, "001G000001INV02", "001G000001INV03", BUYER];
        let before: i64 = all.iter().map(|id| market.cash_of(id)).sum();
        market.act_on("payments", loan, &json!({"amount": quote["loan__Payoff_Amount__c"]}));
        let after: i64 = all.iter().map(|id| market.cash_of(id)).sum();
        assert_eq!(after - before, cents(&quote["loan__Payoff_Amount__c"]));
        assert!(market.orders_of(BUYER).iter().all(|order| order["loan__Status__c"] == "Sold"));
    });
}

#[test]
fn investors_of_a_running_loan_are_those_who_have_something_in_it() {
    on_both(|market| {
        let (loan, order) = market.running();
        let told = || {
            let path = format!("{LOANS}/getInvestmentDetails/{}", text(&loan));
            market.caller.get(&path).expect(200).json()["response"][0].clone()
        };
        assert_eq!(told(), json!({"noOfInvestors": 3, "avgBidSize": 3400}));
        market.investor(BUYER, "9000");
        let part = json!({"saleTransactions": [{"investorId": BUYER, "numberOfShares": 1500}]});
        market.sells(&order, &part).expect(200);
        assert_eq!(told(), json!({"noOfInvestors": 4, "avgBidSize": 2550}), "the buyer counts");
        let rest = json!({"saleTransactions": [{"investorId": BUYER}]});
        market.sells(&order, &rest).expect(200);
        assert_eq!(told(), json!({"noOfInvestors": 3, "avgBidSize": 2550}), "who sold all of it does not");
    });
}

#[test]
fn orders_are_listed_by_the_status_of_their_loans_and_go_on_behind_one() {
    on_both(|market| {
        market.investor(INVESTOR, "50000");
        let lend = || {
            let application = market.apply(&json!({}));
            market.books(INVESTOR, &application, &json!({}));
            market.disburse(&application["peer__Loan__c"]);
            application["peer__Loan__c"].clone()
        };
        let loans = [lend(), lend(), lend()];
        market.book.close_days("2014-02-04");
        let quote = market.read_loan("payoff/", &loans[0]);
        market.act_on("payments", &loans[0], &json!({"amount": quote["loan__Payoff_Amount__c"]}));
        market.act_on("payments", &loans[1], &json!({"amount": "1062.55"}));
        let of = |query: &str| -> Vec<Value> {
            let orders = market.orders_of(&format!("{INVESTOR}{query}"));
            orders.into_iter().map(|order| order["loan__Loan__c"].clone()).collect()
        };
        assert_eq!(of(""), loans);
        for (status, expected) in [
            ("Closed%20-%20Obligations%20met", &loans[..1]),
            ("Active%20-%20Good%20Standing", &loans[1..2]),
            ("Active%20-%20Bad%20Standing", &loans[2..]),
            ("Active%20-%20Good%20Standing,Active%20-%20Bad%20Standing", &loans[1..]),
            ("Approved", &loans[..0]),
        ] {
            assert_eq!(of(&format!("&loanStatus={status}")), expected, "{status}");
        }
        let ids: Vec<String> = market.orders_of(INVESTOR).iter().map(|order| text(&order["Id"])).collect();
        assert_eq!(of("&limit=2"), loans[..2]);
        assert_eq!(of(&format!("&limit=1&after={}", ids[0])), loans[1..2]);
        assert_eq!(of(&format!("&after={}", ids[2])), loans[..0]);
        assert_eq!(of("&limit=1&status=Active"), loans[1..2]);
        for wrong in ["limit=0", "limit=2001", "after=3", "status=Active,Old", "loanStatus=Good"] {
            let answer = market.caller.get(&format!("{ORDERS}?investorId={INVESTOR}&{wrong}"));
            assert_failed(&answer, 400, "INVALID_INPUT", "Unable to parse the Request parameters");
        }
    });
}

#[test]
fn shares_are_of_the_products_denomination() {
    on_both(|market| {
        let patch = json!({"marketplace": {"denomination": "25"}});
        let product = market.book.admin.patch("/loam/v1/loan-products/Default", &patch).expect(200).json();
        assert_eq!(product["marketplace"]["denomination"], "25");
        market
            .book
            .admin
            .patch("/loam/v1/loan-products/Default", &json!({"marketplace": {"denomination": 0}}))
            .expect(400);
        let (_, order) = market.running();
        market.investor(BUYER, "6000");
        let sale = |shares: i64| {
            market.sells(&order, &json!({"saleTransactions": [{"investorId": BUYER, "numberOfShares": shares}], "returnOnlyNewIOs": true}))
        };
        assert_eq!(failed_rows(&sale(241)), [(1, "00017".to_owned())]);
        assert_eq!(content(&sale(3))["loan__Share__c"], 75);
    });
}

#[test]
fn an_investor_buys_a_part_of_a_running_loan_of_the_lender() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        let loan = application["peer__Loan__c"].clone();
        market.investor(INVESTOR, "6000");
        market.investor(BUYER, "100");
        let buys = |changes: Value| {
            let body = crate::book::with(json!({"investorId": INVESTOR}), &changes);
            market.caller.post(&format!("{ORDERS}/{}", text(&loan)), &body)
        };
        assert_failed(&buys(json!({"investmentAmount": 5100})), 500, "API_EXCEPTION", "pending approval");
        market.disburse(&loan);
        market.book.close_days("2014-02-03");
        market.act_on("payments", &loan, &json!({"amount": "1062.55"}));
        for (changes, status, code, message) in [
            (json!({"investorId": null}), 400, "INVESTOR_ID_NULL", ""),
            (json!({"investorId": "001G000001INV09"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND", ""),
            (json!({"investorId": BUYER, "investmentAmount": 5100}), 400, "INSUFFICIENT_FUNDS", ""),
            (json!({"investmentAmount": 0}), 500, "API_EXCEPTION", "investmentAmount"),
            (json!({"investmentAmount": "5100", "certificateRate": 9.5}), 500, "API_EXCEPTION", "9 percent"),
            (
                json!({"investmentAmount": "x"}),
                400,
                "INVALID_INPUT",
                "Unable to parse the Request parameters",
            ),
        ] {
            assert_failed(&buys(changes), status, code, message);
        }
        let nowhere = market.caller.post(&format!("{ORDERS}/LAI-99999999"), &json!({"investorId": INVESTOR}));
        assert_failed(&nowhere, 400, "LOAN_ACCOUNT_NOT_FOUND", "");
        let order = content(&buys(json!({"investmentAmount": 5100, "serviceRate": 3})));
        assert_eq!(
            (&order["loan__Share__c"], &order["loan__Certificate_Rate__c"]),
            (&json!(5100), &json!(6))
        );
        let left = cents(&order["loan__Outstanding_Principal__c"]);
        let remaining = cents(&market.read_loan("", &loan)["loan__Principal_Remaining__c"]);
        assert!((2 * left - remaining).abs() <= 1, "{left} of {remaining}: a half");
        assert_eq!(market.cash_of(INVESTOR), 6000_00 - left);
        assert_failed(
            &buys(json!({"investmentAmount": 5101})),
            500,
            "API_EXCEPTION",
            "5101.00 is not a part of the 5100.00",
        );
        market.book.close_days("2014-03-03");
        let before = market.cash_of(INVESTOR);
        market.act_on("payments", &loan, &json!({"amount": "1062.55"}));
        let after = market.orders_of(INVESTOR)[0].clone();
        let got = cents(&after["loan__Tot_Interest_Received__c"]) + left
            - cents(&after["loan__Outstanding_Principal__c"]);
        assert_eq!(market.cash_of(INVESTOR) - before, got);
        assert!(cents(&after["loan__Tot_Interest_Received__c"]) > 0);
    });
}
