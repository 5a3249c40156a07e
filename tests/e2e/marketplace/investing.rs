//! Investors: their money, and what they book.

use loam_tests::database::Kind;
use loam_tests::http::{Answer, Caller};
use loam_tests::server::Server;
use serde_json::{Value, json};

use super::{APPLICATIONS, Market, assert_failed, content, market, on_both, serving};
use crate::book::{text, with};
use crate::savings::{act, savings, savings_product};

pub(crate) const FUNDS: &str = "/services/apexrest/peer/v1/investorFundTransactions";
pub(crate) const BOOKINGS: &str = "/services/apexrest/peer/v1/investmentBookings";
pub(crate) const INVESTOR: &str = "001G000001INV01";

impl Market {
    /// An investor's account of client "8" with this id; money comes by the door.
    pub(crate) fn investor(&self, id: &str, cash: &str) {
        self.deposit_account(id);
        if cash != "0" {
            self.pays_in(id, cash);
        }
    }

    fn deposit_account(&self, id: &str) {
        let product = match self.book.admin.get("/api/savingsproducts/INV").json()["encodedKey"].as_str() {
            Some(key) => key.to_owned(),
            None => savings_product(&self.book, &json!({"id": "INV", "productType": "INVESTOR_ACCOUNT"})),
        };
        let account = json!({"id": id, "accountHolderKey": self.book.client, "accountHolderType": "CLIENT",
            "productTypeKey": product, "name": "Investor"});
        self.book.admin.post("/api/savings", &json!({"savingsAccount": account})).expect(201);
        act(&self.book, id, "type=APPROVAL");
    }

    pub(crate) fn pays_in(&self, id: &str, cash: &str) -> Value {
        let body =
            json!({"investorId": id, "amount": cash, "transactionDate": "2014-01-03", "isCleared": true});
        content(&self.caller.post(FUNDS, &body))
    }

    /// Books, and gives the booking.
    #[track_caller]
    pub(crate) fn books(&self, investor: &str, application: &Value, changes: &Value) -> Value {
        let body = json!({"investorId": investor, "loanApplication": application["Id"]});
        let answer = self.caller.post(BOOKINGS, &with(body, changes));
        assert_eq!(answer.status, 200, "{}", answer.text);
        content(&answer)
    }

    pub(crate) fn bookings(&self, query: &str) -> Vec<Value> {
        let body = self.caller.get(&format!("{BOOKINGS}?{query}")).expect(200).json();
        body["content"].as_array().expect("a list").clone()
    }

    /// The application as it stands now.
    pub(crate) fn application(&self, application: &Value) -> Value {
        let all = self.listed(&format!("borrowerId={}", text(&application["peer__Borrower__c"])));
        all.into_iter().find(|found| found["Id"] == application["Id"]).expect("it is listed")
    }

    pub(crate) fn balances(&self, id: &str) -> [String; 3] {
        let shown = savings(&self.book, id);
        ["balance", "lockedBalance", "availableBalance"].map(|member| text(&shown[member]))
    }
}

#[test]
fn money_of_investors_moves_when_it_has_cleared() {
    on_both(|market| {
        market.investor(INVESTOR, "0");
        let body = json!({"investorId": INVESTOR, "amount": 1000.5, "transactionDate": "2014-01-03", "paymentMode": "ACH"});
        let deposit = content(&market.caller.post(FUNDS, &body));
        assert_eq!(deposit["loan__Transaction_Type__c"], "Deposit");
        assert_eq!(
            (&deposit["loan__Cleared__c"], &deposit["loan__Transaction_Amount__c"]),
            (&json!(false), &json!(1000.5))
        );
        assert_eq!(deposit["loan__Account__c"], "001G000001INV01IAH");
        assert_eq!(market.balances(INVESTOR)[0], "0", "nothing has come in yet");
        let path = format!("{FUNDS}/{}", text(&deposit["Id"]));
        let cleared = content(&market.caller.put(&path, &json!({"isCleared": true})));
        assert_eq!(cleared["loan__Cleared__c"], true);
        assert_eq!(market.balances(INVESTOR), ["1000.5", "0", "1000.5"]);
        let again = market.caller.put(&path, &json!({"isRejected": true}));
        assert_failed(&again, 500, "API_EXCEPTION", "cleared already");

        let withdrawal = with(body.clone(), &json!({"amount": -400}));
        let withdrawal = content(&market.caller.post(FUNDS, &withdrawal));
        assert_eq!(withdrawal["loan__Transaction_Type__c"], "Withdrawal");
        assert_eq!(market.balances(INVESTOR), ["1000.5", "400", "600.5"], "it is kept back");
        let more = with(body.clone(), &json!({"amount": -600.51}));
        assert_failed(&market.caller.post(FUNDS, &more), 400, "INSUFFICIENT_FUNDS", "The account");
        let path = format!("{FUNDS}/{}", text(&withdrawal["Id"]));
        market.caller.put(&path, &json!({"isRejected": true})).expect(200);
        assert_eq!(market.balances(INVESTOR), ["1000.5", "0", "1000.5"]);
        let at_once = with(body, &json!({"amount": -400, "isCleared": true}));
        content(&market.caller.post(FUNDS, &at_once));
        assert_eq!(market.balances(INVESTOR)[0], "600.5");
    });
}

#[test]
fn a_fund_transaction_without_its_figures_is_refused() {
    on_both(|market| {
        market.investor(INVESTOR, "0");
        let body = json!({"investorId": INVESTOR, "amount": 10, "transactionDate": "2014-01-03"});
        for (changes, status, code) in [
            (json!({"investorId": null}), 400, "INVESTOR_ID_NULL"),
            (json!({"investorId": "001G000001INV02"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND"),
            (json!({"investorId": "001G000001INV01IAA"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND"),
            (json!({"amount": null}), 400, "INVESTOR_FUND_TXN_AMT_NULL"),
            (json!({"transactionDate": ""}), 400, "INVESTOR_FUND_TXN_DATE_NULL"),
            (json!({"amount": 0}), 500, "API_EXCEPTION"),
            (json!({"amount": "1.005"}), 500, "API_EXCEPTION"),
        ] {
            assert_failed(&market.caller.post(FUNDS, &with(body.clone(), &changes)), status, code, "");
        }
        let parse = "Unable to parse the Request parameters";
        for changes in [json!({"amount": "much"}), json!({"transactionDate": "3.1.2014"})] {
            let answer = market.caller.post(FUNDS, &with(body.clone(), &changes));
            assert_failed(&answer, 400, "INVALID_INPUT", parse);
        }
        assert_failed(
            &market.caller.put(&format!("{FUNDS}/x"), &json!({"isCleared": true})),
            400,
            "INVESTOR_FUND_TXN_NOT_FOUND",
            "",
        );
        assert_eq!(market.book.rows("fund_transaction"), 0);
    });
}

#[test]
fn a_list_goes_on_behind_the_booking_that_is_named() {
    on_both(|market| {
        market.investor(INVESTOR, "6000");
        let application = market.apply(&json!({}));
        let booked: Vec<Value> = (1..=3)
            .map(|n| {
                market.books(INVESTOR, &application, &json!({"investmentAmount": n * 100}))["Id"].clone()
            })
            .collect();
        let ids = |query: &str| -> Vec<Value> {
            let page = market.bookings(&format!("investorId={INVESTOR}{query}"));
            page.into_iter().map(|booking| booking["Id"].clone()).collect()
        };
        assert_eq!(ids(""), booked);
        assert_eq!(ids("&limit=2"), booked[..2]);
        assert_eq!(ids(&format!("&limit=2&after={}", text(&booked[1]))), booked[2..]);
        assert_eq!(ids(&format!("&after={}", text(&booked[2]))), [Value::Null; 0]);
        let elsewhere = format!("after={}", text(&application["Id"]));
        for wrong in ["limit=0", "limit=2001", "limit=many", "after=3", &elsewhere] {
            let answer = market.caller.get(&format!("{BOOKINGS}?investorId={INVESTOR}&{wrong}"));
            assert_failed(&answer, 400, "INVALID_INPUT", "Unable to parse the Request parameters");
        }
    });
}

/// The 10,000 of the sample are 10,200 with the fee.
#[test]
fn bookings_are_an_auction_in_which_the_lower_rate_and_the_earlier_win() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        for (n, cash) in [(1, "6000"), (2, "6000"), (3, "3000"), (4, "500")] {
            market.investor(&format!("001G000001INV0{n}"), cash);
        }
        let first = market.books(INVESTOR, &application, &json!({"investmentAmount": 6000}));
        assert_eq!(
            (&first["peer__Status__c"], &first["peer__Stage__c"]),
            (&json!("Winning"), &json!("In Funding"))
        );
        assert_eq!(first["peer__Certificate_Rate__c"], 9, "all of the borrower's rate");
        let seen = market.application(&application);
        let figures = |seen: &Value| {
            [
                "peer__Stage__c",
                "peer__Amount_In_Funding__c",
                "peer__Remaining_Requested_Amount__c",
                "peer__Percent_Funded__c",
                "peer__Amount_Funded__c",
            ]
            .map(|member| seen[member].to_string())
        };
        assert_eq!(figures(&seen), ["\"In Funding\"", "6000", "4200", "58.82", "0"]);
        assert!(text(&seen["peer__Amount_Time_Left__c"]).starts_with("$4200 / 171 Days"));
        let second = market.books("001G000001INV02", &application, &json!({"investmentAmount": 6000}));
        assert_eq!(
            (&second["peer__Status__c"], &second["peer__Winning_Amount__c"]),
            (&json!("Partial Winning"), &json!(4200))
        );
        assert_eq!(market.balances("001G000001INV02"), ["6000", "4200", "1800"], "what it wins is reserved");
        assert_eq!(figures(&market.application(&application)), ["\"Funded\"", "10200", "0", "100", "0"]);
        let better = json!({"investmentAmount": 3000, "certificateRate": "8.5", "serviceRate": 0.5});
        let third = market.books("001G000001INV03", &application, &better);
        assert_eq!(third["peer__Status__c"], "Winning");
        let late = market.books("001G000001INV04", &application, &json!({"investmentAmount": 100}));
        assert_eq!(
            (&late["peer__Status__c"], &late["peer__Winning_Amount__c"]),
            (&json!("Losing"), &json!(0))
        );
        assert_eq!(market.balances("001G000001INV04"), ["500", "0", "500"]);
        let second = market.bookings("investorId=001G000001INV02");
        assert_eq!(second[0]["peer__Winning_Amount__c"], 1200, "a better one came");
        assert_eq!(figures(&market.application(&application))[1], "10200");
        for (query, count) in [
            ("status=Winning", 1),
            ("status=Losing", 0),
            ("stage=Funded", 1),
            ("stage=Expired", 0),
            ("loanApplicationStatus=In%20Funding,Funded", 1),
            ("loanApplicationStatus=New", 0),
        ] {
            assert_eq!(market.bookings(&format!("investorId={INVESTOR}&{query}")).len(), count, "{query}");
        }
    });
}

#[test]
fn a_booking_is_refused_with_the_code_of_its_fault() {
    on_both(|market| {
        let application = market.apply(&json!({}));
        market.investor(INVESTOR, "100");
        let body =
            json!({"investorId": INVESTOR, "loanApplication": application["Id"], "investmentAmount": 50});
        for (changes, status, code, message) in [
            (json!({"investorId": null, "loanApplication": null}), 400, "INVESTOR_ID_NULL", ""),
            (json!({"investorId": "001G000001INV09"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND", ""),
            (json!({"investorId": "001G000001KY8by"}), 400, "INVESTOR_ACCOUNT_NOT_FOUND", ""),
            (json!({"loanApplication": null}), 400, "INVALID_INPUT", "The Loan Application is null"),
            (
                json!({"loanApplication": "APP-99999999"}),
                400,
                "INVALID_INPUT",
                "The Loan Application is null",
            ),
            (json!({"investmentAmount": 100.01}), 400, "INSUFFICIENT_FUNDS", ""),
            (json!({"investmentAmount": null}), 400, "INSUFFICIENT_FUNDS", ""),
            (json!({"investmentAmount": -1}), 500, "API_EXCEPTION", "investmentAmount"),
            (
                json!({"certificateRate": 9.01}),
                500,
                "API_EXCEPTION",
                "more than the loan's rate of 9 percent",
            ),
            (json!({"certificateRate": 8, "serviceRate": 2}), 500, "API_EXCEPTION", "10 percent"),
            (json!({"certificateRate": "x"}), 400, "INVALID_INPUT", "Unable to parse the Request parameters"),
        ] {
            assert_failed(
                &market.caller.post(BOOKINGS, &with(body.clone(), &changes)),
                status,
                code,
                message,
            );
        }
        assert_eq!(market.book.rows("booking"), 0);
        market.books(INVESTOR, &application, &json!({"investmentAmount": 60}));
        let more = market.caller.post(BOOKINGS, &body);
        assert_failed(&more, 400, "INSUFFICIENT_FUNDS", "");
        assert_eq!(market.balances(INVESTOR), ["100", "60", "40"]);
    });
}

#[test]
fn what_was_booked_is_free_again_when_an_application_is_rejected_or_expires() {
    on_both(|market| {
        market.investor(INVESTOR, "1000");
        let rejected = market.apply(&json!({}));
        let expired = market.apply(&json!({"expiryDate": "2014-01-05"}));
        market.books(INVESTOR, &rejected, &json!({"investmentAmount": 300}));
        market.books(INVESTOR, &expired, &json!({"investmentAmount": 200}));
        assert_eq!(market.balances(INVESTOR), ["1000", "500", "500"]);
        market
            .caller
            .post(&format!("{APPLICATIONS}/reject/{}", text(&rejected["Id"])), &json!({}))
            .expect(200);
        assert_eq!(market.balances(INVESTOR), ["1000", "200", "800"]);
        market.book.close_days("2014-01-05");
        assert_eq!(market.balances(INVESTOR)[1], "200", "it is the last day");
        market.book.close_days("2014-01-06");
        assert_eq!(market.balances(INVESTOR), ["1000", "0", "1000"]);
        assert_eq!(market.application(&expired)["peer__Stage__c"], "Expired");
        let loan = format!("/api/loans/LAI-{}", &text(&expired["Name"])[4..]);
        assert_eq!(market.book.read(&loan)["accountState"], "CLOSED");
        let noted =
            "select count(*) from loan_log where event = 'closed' and step like '%\"notes\":\"expired\"%'";
        assert_eq!(
            market.book.database.number(noted),
            1,
            "the one that expired, and not the one that was rejected"
        );
        let stages = market.bookings(&format!("investorId={INVESTOR}"));
        let stages: Vec<&Value> = stages.iter().map(|booking| &booking["peer__Stage__c"]).collect();
        assert_eq!(stages, ["Rejected", "Expired"]);
        let late = json!({"investorId": INVESTOR, "loanApplication": expired["Id"], "investmentAmount": 1});
        assert_failed(&market.caller.post(BOOKINGS, &late), 500, "API_EXCEPTION", "expired");
    });
}

#[test]
fn a_booking_waits_for_money_that_was_announced() {
    on_both(|market| {
        let application = market.apply(&json!({"createSchedule": 0}));
        market.investor(INVESTOR, "10");
        let body = json!({"investorId": INVESTOR, "amount": 500, "transactionDate": "2014-01-03"});
        let deposit = content(&market.caller.post(FUNDS, &body));
        let written = market.book.rows("savings_log");
        let booking = market.books(INVESTOR, &application, &json!({"investmentAmount": 400}));
        let message = "money that clears at the same time is decided again, with the booking";
        assert_eq!(market.book.rows("savings_log"), written + 1, "{message}");
        assert_eq!(
            (&booking["peer__Status__c"], &booking["peer__Winning_Amount__c"]),
            (&json!("Uncommitted"), &json!(0))
        );
        assert_eq!(market.application(&application)["peer__Stage__c"], "New");
        assert_eq!(market.balances(INVESTOR), ["10", "0", "10"]);
        let path = format!("{FUNDS}/{}", text(&deposit["Id"]));
        market.caller.put(&path, &json!({"isCleared": true})).expect(200);
        let committed = market.bookings(&format!("investorId={INVESTOR}&status=Winning"));
        assert_eq!(committed[0]["Id"], booking["Id"]);
        assert_eq!(market.balances(INVESTOR), ["510", "400", "110"]);
        let seen = market.application(&application);
        assert_eq!(
            (&seen["peer__Stage__c"], &seen["peer__Amount_In_Funding__c"]),
            (&json!("In Funding"), &json!(400))
        );
    });
}

/// A new investor announces a deposit and books by it before any money came.
#[test]
fn an_investor_whose_first_deposit_is_announced_books_by_it() {
    on_both(|market| {
        let application = market.apply(&json!({"createSchedule": 0}));
        market.investor(INVESTOR, "0");
        let body =
            json!({"investorId": INVESTOR, "loanApplication": application["Id"], "investmentAmount": 400});
        assert_failed(&market.caller.post(BOOKINGS, &body), 400, "INSUFFICIENT_FUNDS", "");
        let portfolio = json!({"investorId": INVESTOR, "amount": 100});
        assert_failed(
            &market.caller.post("/services/apexrest/peer/v1/portfolios", &portfolio),
            400,
            "INSUFFICIENT_FUNDS",
            "",
        );
        let announced = json!({"investorId": INVESTOR, "amount": 500, "transactionDate": "2014-01-03"});
        let deposit = content(&market.caller.post(FUNDS, &announced));
        let booking = market.books(INVESTOR, &application, &json!({"investmentAmount": 400}));
        assert_eq!(booking["peer__Status__c"], "Uncommitted");
        let path = format!("{FUNDS}/{}", text(&deposit["Id"]));
        market.caller.put(&path, &json!({"isCleared": true})).expect(200);
        let committed = market.bookings(&format!("investorId={INVESTOR}&status=Winning"));
        assert_eq!(committed[0]["Id"], booking["Id"]);
        assert_eq!(market.balances(INVESTOR), ["500", "400", "100"]);
    });
}

/// Books 100 each, all at once, over these callers; gives how many were taken. The others lack the cash.
fn booked_at_once(callers: &[Caller], applications: &[Value], count: usize) -> usize {
    std::thread::scope(|scope| {
        let book = |n: usize| {
            let caller = callers[n % callers.len()].clone();
            let application = &applications[n % applications.len()]["Id"];
            let body =
                json!({"investorId": INVESTOR, "loanApplication": application, "investmentAmount": 100});
            scope.spawn(move || caller.post(BOOKINGS, &body))
        };
        let asked: Vec<_> = (0..count).map(book).collect();
        let answers = asked.into_iter().map(|asked| asked.join().expect("a caller ends"));
        let refused = |answer: &Answer| assert_failed(answer, 400, "INSUFFICIENT_FUNDS", "");
        answers
            .filter(|answer| {
                answer.status == 200 || {
                    refused(answer);
                    false
                }
            })
            .count()
    })
}

#[test]
fn of_many_bookings_at_once_only_those_pass_that_the_account_has_cash_for() {
    on_both(|market| {
        market.investor(INVESTOR, "550");
        let applications = [market.apply(&json!({})), market.apply(&json!({}))];
        assert_eq!(booked_at_once(std::slice::from_ref(&market.caller), &applications, 12), 5);
        assert_eq!(market.balances(INVESTOR), ["550", "500", "50"]);
    });
}

/// Each server has lanes of its own: between them only the versions of rows decide.
#[test]
fn two_servers_do_not_reserve_the_same_cash() {
    let market = market(Kind::Postgres);
    market.investor(INVESTOR, "550");
    let applications = [market.apply(&json!({})), market.apply(&json!({}))];
    let second = Server::spawn(serving(&market.book.database));
    let callers = [market.caller.clone(), market.caller.clone().at(&second.base)];
    assert_eq!(booked_at_once(&callers, &applications, 12), 5);
    assert_eq!(market.balances(INVESTOR), ["550", "500", "50"]);
    drop(second);
    market.book.assert_proven();
}
