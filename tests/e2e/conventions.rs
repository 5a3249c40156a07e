//! What holds for every request of the loan accounts door: identifiers, values, names, paths, bodies.

use std::io::{Read, Write};
use std::net::TcpStream;

use loam_tests::database::BOTH;
use loam_tests::http::Caller;
use loam_tests::server::{self, PASSWORD};
use serde_json::{Value, json};

use crate::book::{Book, book, key, on_both, printed, text, transaction_id};
use crate::subset::assert_shows;

#[test]
fn ids_and_keys_are_taken_everywhere() {
    on_both(|book| {
        let loan = key(&book.lend("L"));
        let by_key = |path: &str| book.read(&format!("/api/{path}"));
        assert_eq!(by_key(&format!("loans/{loan}")), by_key("loans/L"));
        for list in ["transactions", "repayments"] {
            assert_eq!(by_key(&format!("loans/{loan}/{list}")), by_key(&format!("loans/L/{list}")));
        }
        assert_eq!(by_key(&format!("clients/{}", book.client)), by_key("clients/8"));
        assert_eq!(by_key(&format!("clients/{}/loans/{loan}", book.client)), by_key("clients/8/loans/L"));
        assert_eq!(by_key(&format!("loanproducts/{}", book.product)), by_key("loanproducts/AGRL"));
        assert_eq!(by_key(&format!("branches/{}", book.branch)), by_key("branches/2"));
        assert_eq!(by_key(&format!("centres/{}", book.centre)), by_key("centres/CD"));
        assert_eq!(by_key(&format!("users/{}", book.officer)), by_key("users/creditofficer"));
        let listed = |query: String| book.list(&format!("/api/loans?{query}")).len();
        assert_eq!(listed(format!("branchId={}&centreId={}", book.branch, book.centre)), 1);
        assert_eq!(listed("branchId=2&centreId=CD".to_owned()), 1);

        let channel = key(&book.read("/api/transactionchannels/RECEIPT"));
        let paid = book.act(&loan, &format!("type=REPAYMENT&amount=10&method={channel}&receiptNumber=7"));
        assert_eq!(paid["details"]["transactionChannel"]["id"], "RECEIPT");
        let undone =
            book.act(&loan, &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={}", key(&paid)));
        let served = book.transactions("L");
        let reversed = served.iter().find(|served| served["transactionId"] == paid["transactionId"]);
        let reversed = reversed.expect("what was served stays");
        assert_eq!(reversed["reversalTransactionKey"], undone["encodedKey"]);

        let by_ids = json!({"accountHolderKey": "8", "productTypeKey": "AGRL", "assignedBranchKey": "2"});
        let created = book.apply_with("BYID", &by_ids);
        assert_shows(
            &created,
            &json!({"accountHolderKey": book.client, "productTypeKey": book.product,
                "assignedBranchKey": book.branch}),
        );
    });
}

#[test]
fn keys_of_one_book_never_meet() {
    on_both(|book| {
        book.lend("L");
        book.act("L", "type=REPAYMENT&amount=10");
        let mut keys = vec![book.branch.clone(), book.centre.clone(), book.officer.clone()];
        keys.extend([book.product.clone(), book.client.clone(), key(&book.loan("L"))]);
        keys.extend(book.transactions("L").iter().chain(&book.repayments("L")).map(key));
        let is_key = |key: &str| key.len() == 32 && key.bytes().all(|b| b"0123456789abcdef".contains(&b));
        assert!(keys.iter().all(|key| is_key(key)), "{keys:?}");
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    });
}

#[test]
fn amounts_are_texts_out_and_texts_or_numbers_in() {
    on_both(|book| {
        for (id, amount, rate, installments, shown) in [
            ("A", json!("950"), json!("2.5"), json!(5), "950"),
            ("B", json!(950), json!(2.5), json!("5"), "950"),
            ("C", json!("950.50"), json!("2.50"), json!(5), "950.5"),
            ("D", json!(1000.25), json!(2), json!(5), "1000.25"),
            ("E", json!("00950.00"), json!("0"), json!(5), "950"),
        ] {
            let changes =
                json!({"loanAmount": amount, "interestRate": rate, "repaymentInstallments": installments});
            let created = book.apply_with(id, &changes);
            assert_shows(&created, &json!({"loanAmount": shown, "repaymentInstallments": 5}));
        }
        assert_eq!(book.loan("C")["interestRate"], "2.5");
        assert_eq!(book.loan("D")["interestRate"], "2");
        book.lend("L");
        for (amount, shown) in [(json!("10.10"), "10.1"), (json!(10.1), "10.1"), (json!(7), "7")] {
            let body = json!({"type": "REPAYMENT", "amount": amount});
            let answer = book.admin.post("/api/loans/L/transactions", &body).expect(201).json();
            assert_eq!(answer["amount"], shown);
        }
        for member in [
            "loanAmount",
            "principalBalance",
            "interestBalance",
            "feesBalance",
            "penaltyBalance",
            "principalDue",
            "interestRate",
            "accruedInterest",
            "periodicPayment",
        ] {
            assert!(book.loan("L")[member].is_string(), "{member}");
        }
        for member in ["repaymentInstallments", "gracePeriod", "daysLate", "repaymentPeriodCount"] {
            assert!(book.loan("L")[member].is_i64(), "{member}");
        }
        assert!(book.transactions("L")[0]["transactionId"].is_i64());
    });
}

#[test]
fn dates_are_taken_in_every_form_and_shown_in_one() {
    on_both(|book| {
        book.lend("L");
        book.close_days("2012-07-10");
        for date in [
            "2012-07-10",
            "2012-07-10T11:03:31",
            "2012-07-10T11:03:31+0200",
            "2012-07-10T11:03:31+02:00",
            "2012-07-10T11:03:31Z",
            "2012-07-10T00:00:00+0000",
        ] {
            let body = json!({"type": "REPAYMENT", "amount": 1, "date": date, "valueDate": date});
            let answer = book.admin.post("/api/loans/L/transactions", &body).expect(201).json();
            assert_shows(
                &answer,
                &json!({"entryDate": "2012-07-10T00:00:00+0000", "valueDate": "2012-07-10T00:00:00+0000"}),
            );
        }
        let dates = shown_dates(&book.loan("L"));
        assert!(dates.len() >= 6, "{dates:?}");
        let in_form = |date: &String| {
            date.len() == 24
                && date.ends_with("+0000")
                && date.as_bytes()[10] == b'T'
                && date.as_bytes()[19] == b'+'
        };
        assert!(dates.iter().all(in_form), "{dates:?}");
    });
}

/// The values of all members whose name ends in Date, at any depth.
fn shown_dates(value: &Value) -> Vec<String> {
    let Some(members) = value.as_object() else { return vec![] };
    let dates =
        members.iter().flat_map(
            |(name, value)| {
                if name.ends_with("Date") { vec![text(value)] } else { shown_dates(value) }
            },
        );
    dates.collect()
}

#[test]
fn names_are_matched_in_any_case_and_slashes_at_the_end_do_not_matter() {
    on_both(|book| {
        book.lend("L");
        let listed = |query: &str| book.list(&format!("/api/loans{query}")).len();
        assert_eq!(listed("?branchID=2&AccountState=ACTIVE&LIMIT=5&OffSet=0"), 1);
        assert_eq!(listed("/?branchid=NOWHERE&branchId=2"), 1, "the last of a name counts");
        assert_eq!(listed("?ACCOUNTSTATE=CLOSED"), 0);
        let form = "ClientId=ignored&PRODUCTID=AGRL&loanamount=1000&InterestRate=10&Installments=5";
        let created = book.admin.form("/api/clients/8/loans/", form).expect(201).json();
        assert_eq!(created["loanAccount"]["loanAmount"], "1000");
        let body = json!({"TYPE": "repayment", "Amount": 5});
        let answer = book.admin.post("/api/loans/L/transactions/", &body).expect(201).json();
        assert_eq!(answer["type"], "REPAYMENT");
        for path in [
            "loans/L/",
            "loans/L/repayments/",
            "clients/8/",
            "clients/8/loans/",
            "transactionchannels/?limit=2",
        ] {
            book.read(&format!("/api/{path}"));
        }
        let full =
            |flag: &str| book.read(&format!("/api/loans/L?FullDetails={flag}"))["customFieldValues"].clone();
        assert_eq!(full("True"), json!([]));
        assert_eq!(full("true"), json!([]));
        assert_eq!(full("False"), Value::Null);
    });
}

#[test]
fn what_is_not_known_or_null_is_not_given() {
    on_both(|book| {
        let created = book.apply_with(
            "L",
            &json!({
                "appkey": "k", "somethingNew": {"deep": [1, 2]}, "firstRepaymentDate": null, "notes": null,
                "accountState": "ACTIVE", "principalBalance": 0, "interestRoundingVersion": "VERSION_2",
                "periodicPayment": 0, "guarantees": [], "funds": null, "tranches": [], "customFieldValues": [],
                "gracePeriod": null, "disbursementDetails": null
            }),
        );
        assert_shows(&created, &json!({"accountState": "PENDING_APPROVAL", "notes": null}));
        let body =
            json!({"appkey": "k", "loanAccount": book.application("M"), "customInformation": [], "more": 1});
        book.admin.post("/api/loans", &body).expect(201);
        book.act("M", "type=APPROVAL&appkey=k");
        let body = json!({"type": "DISBURSMENT", "method": null, "amount": null, "date": null, "notes": null,
            "firstRepaymentDate": null, "fees": [], "customInformation": null, "unknown": {}});
        book.admin.post("/api/loans/M/transactions", &body).expect(201);
        let queries = ["appkey=k", "url=127.0.0.1:1", "limit=50&offset=0&fullDetails=true", "limit=x"];
        for query in queries {
            book.read(&format!("/api/loans/M?{query}"));
        }
    });
}

#[test]
fn a_form_may_stand_in_the_query_string() {
    on_both(|book| {
        book.lend("L");
        let answer = book.admin.send(
            "POST",
            "/api/loans/L/transactions?type=REPAYMENT&amount=10&notes=a%20b",
            None,
            "",
        );
        assert_shows(
            &answer.expect(201).json(),
            &json!({"type": "REPAYMENT", "amount": "10", "comment": "a b"}),
        );
        let split = book.admin.form("/api/loans/L/transactions?type=REPAYMENT&amount=1", "amount=2");
        assert_eq!(split.expect(201).json()["amount"], "2", "the body goes before the query");
        let plain = book.admin.send("POST", "/api/loans/L/transactions", None, "type=REPAYMENT&amount=3");
        assert_eq!(plain.expect(201).json()["amount"], "3", "a body without a type is a form");
    });
}

#[test]
fn every_way_to_say_version_one_is_served() {
    on_both(|book| {
        book.lend("L");
        for accept in ["application/vnd.mambu.v1+json", "*/*", "application/json"] {
            let caller = book.admin.clone().with_header("accept", accept);
            let answer = caller.get("/api/loans/L?limit=50&offset=0").expect(200);
            assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
        }
    });
}

/// Sends bytes over a connection of its own, and gives all that comes back.
fn raw(book: &Book, request: &str) -> String {
    let address = book.server.base.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).expect("the server listens");
    connection.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("the server answers");
    answer
}

#[test]
fn a_body_that_comes_with_get_or_delete_is_not_looked_at() {
    on_both(|book| {
        book.apply("L");
        assert_eq!(PASSWORD, "correct horse battery staple", "as encoded below");
        let credentials = "YWRtaW46Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==";
        let head =
            format!("HTTP/1.1\r\nHost: loam\r\nConnection: close\r\nAuthorization: Basic {credentials}\r\n");
        let read = raw(book, &format!("GET /api/loans/L {head}Content-Length: 4\r\n\r\nnull"));
        assert!(read.starts_with("HTTP/1.1 200"), "{read}");
        assert!(read.contains("\"id\":\"L\""), "{read}");
        let deleted = raw(book, &format!("DELETE /api/loans/L {head}Content-Length: 4\r\n\r\nnull"));
        assert!(deleted.starts_with("HTTP/1.1 200") && deleted.contains("\"returnCode\":0"), "{deleted}");
    });
}

#[test]
fn an_api_key_stands_for_user_and_password() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        book.lend("L");
        let till = book.user_with("till", &["ENTER_REPAYMENT"]);
        let by_password =
            till.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1").expect(201).json();
        let mut key = String::new();
        let book = book.restarted(|database| {
            let made = printed(database, &["user", "api-key", "till"]);
            key = made.split_whitespace().next_back().expect("the key is printed last").to_owned();
            server::command(database)
        });
        for name in ["apikey", "apiKey"] {
            let caller = Caller::anonymous(&book.server.base).with_header(name, &key);
            let answer =
                caller.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1").expect(201).json();
            assert_eq!(answer["userKey"], by_password["userKey"]);
            assert!(transaction_id(&answer) > transaction_id(&by_password));
        }
        book.assert_proven();
    }
}

#[test]
fn lists_have_fifty_rows_and_a_full_page_is_followed_by_an_empty_one() {
    on_both(|book| {
        for number in 0..51 {
            book.apply(&format!("P{number:02}"));
        }
        let ids = |query: &str| -> Vec<String> {
            book.list(&format!("/api/loans{query}")).iter().map(|loan| text(&loan["id"])).collect()
        };
        let all = ids("?limit=1000");
        assert_eq!(all.len(), 51);
        assert_eq!(ids(""), all[..50]);
        assert_eq!(ids("?offset=50"), all[50..]);
        assert_eq!(ids("?offset=51"), Vec::<String>::new());
        assert_eq!(ids("?offset=0&limit=17"), all[..17]);
        assert_eq!(ids("?offset=34&limit=17"), all[34..]);
        assert_eq!(ids("?offset=51&limit=17"), Vec::<String>::new());
        assert_eq!(ids("?offset=9223372036854775807&limit=1000"), Vec::<String>::new());
        let of_client = book.list("/api/clients/8/loans?offset=40&limit=20");
        assert_eq!(of_client.len(), 11);

        book.lend("L");
        for _ in 0..5 {
            book.act("L", "type=REPAYMENT&amount=1");
        }
        let transactions = book.transactions("L");
        assert_eq!(book.list("/api/loans/L/transactions?offset=2&limit=2"), transactions[2..4]);
        assert_eq!(book.list("/api/loans/L/transactions?offset=6&limit=3"), transactions[6..]);
        assert_eq!(book.list("/api/loans/L/repayments?offset=4&limit=4"), book.repayments("L")[4..]);
        let headers = book.admin.get("/api/loans?limit=5").headers;
        assert!(
            headers.iter().all(|(name, _)| !name.starts_with("items-")),
            "version 1 counts nothing: {headers:?}"
        );
    });
}
