//! Booking orders: an amount that the book spreads over applications.

use serde_json::{Value, json};

use super::investing::INVESTOR;
use super::{Market, assert_failed, content, on_both};
use crate::book::{text, with};

const PORTFOLIOS: &str = "/services/apexrest/peer/v1/portfolios";
/// Somebody else than the investor.
pub(super) const OTHER_BORROWER: &str = "001G000001KY9by";

impl Market {
    /// A client who invests nothing, and the account by which the marketplace knows that client.
    pub(super) fn other_borrower(&self) {
        let client = json!({"client": {"id": "9", "firstName": "Bo", "lastName": "Berg"}});
        self.book.admin.post("/api/clients", &client).expect(201);
        let account = json!({"client": "9", "id": OTHER_BORROWER});
        self.book.admin.post("/loam/v1/borrower-accounts", &account).expect(201);
    }

    /// An application of the other borrower for 1,020 with the fee, that closes on this day.
    fn open_until(&self, expiry_date: &str, changes: &Value) -> Value {
        let body = json!({"borrowerId": OTHER_BORROWER, "amount": 1000, "expiryDate": expiry_date});
        self.apply(&with(body, changes))
    }

    fn orders(&self, investor: &str, amount: &Value) -> loam_tests::http::Answer {
        self.caller.post(PORTFOLIOS, &json!({"investorId": investor, "amount": amount}))
    }
}

/// The ids of the applications and the amounts of an order.
fn shares(order: &Value) -> Vec<(String, String)> {
    let bookings = order["peer__Investment_Bookings__r"].as_array().expect("a list");
    let share = |booking: &Value| {
        (text(&booking["peer__Loan_Application__c"]), booking["peer__Investment_Amount__c"].to_string())
    };
    bookings.iter().map(share).collect()
}

#[test]
fn an_order_is_spread_over_applications_the_one_that_closes_first_before_the_others() {
    on_both(|market| {
        market.investor(INVESTOR, "5000");
        market.other_borrower();
        let late = market.open_until("2014-03-01", &json!({}));
        let early = market.open_until("2014-02-01", &json!({}));
        let same_day = market.open_until("2014-02-01", &json!({}));
        let own = market.apply(&json!({"expiryDate": "2014-01-31"}));
        let closed = market.open_until("2014-01-02", &json!({}));
        let order = content(&market.orders(INVESTOR, &json!(2500)));
        let of = |application: &Value, amount: &str| (text(&application["Id"]), amount.to_owned());
        assert_eq!(shares(&order), [of(&early, "1020"), of(&same_day, "1020"), of(&late, "460")]);
        assert_eq!(
            (&order["peer__Amount__c"], &order["peer__Account__c"]),
            (&json!(2500), &json!("001G000001INV01IAH"))
        );
        assert_eq!(order["peer__Order_Date__c"], "2014-01-03");
        let bookings = market.bookings(&format!("investorId={INVESTOR}"));
        assert!(bookings.iter().all(|booking| booking["peer__Booking_Order__c"] == order["Id"]
            && booking["peer__Booking_Order__r"]["Id"] == order["Id"]
            && booking["peer__Status__c"] == "Winning"
            && booking["peer__Certificate_Rate__c"] == 9));
        assert_eq!(bookings.len(), 3);
        assert_eq!(market.balances(INVESTOR), ["5000", "2500", "2500"]);
        let stages = |application: &Value| text(&market.application(application)["peer__Stage__c"]);
        assert_eq!(
            [&early, &same_day, &late, &own, &closed].map(stages),
            ["Funded", "Funded", "In Funding", "New", "New"]
        );
        let loan = text(&market.application(&early)["peer__Loan__c"]);
        let shown =
            market.caller.get(&format!("/services/apexrest/peer/v1/loanAccounts/{loan}")).expect(200).json();
        assert_eq!(shown["content"][0]["loan__Loan_Status__c"], "Approved");
        let rest = market.orders(INVESTOR, &json!(1));
        assert_failed(&rest, 400, "NO_LOAN_APPS_FOR_THIS_INVESTOR", "no Loan Applications");
        market.investor("001G000001INV02", "1000");
        let order = content(&market.orders("001G000001INV02", &json!(560)));
        assert_eq!(shares(&order), [of(&late, "560")], "what others left");
    });
}

#[test]
fn an_order_is_refused_with_the_code_of_its_fault_and_books_nothing() {
    on_both(|market| {
        market.investor(INVESTOR, "3000");
        market.other_borrower();
        market.open_until("2014-02-01", &json!({}));
        market.open_until("2014-02-02", &json!({}));
        let body = json!({"investorId": INVESTOR, "amount": 100});
        for (changes, status, code, message) in [
            (json!({"investorId": null, "amount": null}), 400, "INVESTOR_ID_NULL", ""),
            (json!({"investorId": "001G000001INV09"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND", ""),
            (json!({"investorId": "001G000001KY8by"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND", ""),
            (json!({"amount": null}), 400, "INVALID_INPUT", "Amount is not valid"),
            (json!({"amount": 0}), 400, "INVALID_INPUT", "Amount is not valid"),
            (json!({"amount": -5}), 400, "INVALID_INPUT", "Amount is not valid"),
            (json!({"amount": "1.001"}), 400, "INVALID_INPUT", "Amount is not valid"),
            (json!({"amount": "much"}), 400, "INVALID_INPUT", "Unable to parse the Request parameters"),
            (json!({"amount": 3000.01}), 400, "INSUFFICIENT_FUNDS", ""),
            (json!({"amount": 2040.01}), 400, "INSUFFICIENT_LOANS_APPS", ""),
        ] {
            assert_failed(
                &market.caller.post(PORTFOLIOS, &with(body.clone(), &changes)),
                status,
                code,
                message,
            );
        }
        assert_eq!((market.book.rows("booking"), market.book.rows("booking_order")), (0, 0));
        assert_eq!(market.balances(INVESTOR), ["3000", "0", "3000"]);
        let key = market.caller.clone().with_header("idempotency-key", "once");
        let first = content(&key.post(PORTFOLIOS, &with(body.clone(), &json!({"amount": 2040}))));
        assert_eq!(content(&key.post(PORTFOLIOS, &with(body.clone(), &json!({"amount": 2040})))), first);
        assert_failed(
            &key.post(PORTFOLIOS, &body),
            409,
            "INVALID_INPUT",
            "the idempotency key was used with other content",
        );
        assert_eq!((market.book.rows("booking"), market.book.rows("booking_order")), (2, 1));
    });
}

#[test]
fn the_organization_limits_orders_and_the_share_of_one_application() {
    on_both(|market| {
        market.investor(INVESTOR, "3000");
        market.other_borrower();
        for day in 1..=6 {
            market.open_until(&format!("2014-02-0{day}"), &json!({}));
        }
        let settings =
            |value: Value| market.book.admin.patch("/loam/v1/settings", &json!({"portfolios": value}));
        settings(json!({"largestSharePercent": 0})).expect(400);
        settings(json!({"largestSharePercent": "100.1"})).expect(400);
        let set = settings(json!({"largestSharePercent": "40", "maxPerDay": 2})).expect(200).json();
        assert_eq!(set["portfolios"], json!({"largestSharePercent": "40", "maxPerDay": 2}));
        let order = content(&market.orders(INVESTOR, &json!("100.01")));
        let amounts: Vec<String> = shares(&order).into_iter().map(|(_, amount)| amount).collect();
        assert_eq!(amounts, ["40", "40", "20.01"]);
        content(&market.orders(INVESTOR, &json!(10)));
        assert_failed(&market.orders(INVESTOR, &json!(10)), 400, "PORTFOLIO_LIMIT_HIT", "");
        market.investor("001G000001INV02", "100");
        content(&market.orders("001G000001INV02", &json!(10)));
        settings(json!({"maxPerDay": null, "maxPerHour": 2})).expect(200);
        assert_failed(&market.orders(INVESTOR, &json!(10)), 400, "PORTFOLIO_LIMIT_HIT", "");
        settings(json!({"maxPerHour": null, "largestSharePercent": null})).expect(200);
        assert_failed(&market.orders(INVESTOR, &json!(10)), 400, "NO_LOAN_APPS_FOR_THIS_INVESTOR", "");
    });
}
