//! The chart of accounts and the journal: what the book posts is listed from both sides, balances follow it, and
//! entries by hand balance or are refused.

use loam_tests::database::{BOTH, Database};
use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, record, text};

const DAY: &str = "from=2012-06-28&to=2012-06-28";

fn entries(book: &Book, query: &str) -> Vec<Value> {
    book.list(&format!("/api/gljournalentries?{query}"))
}

/// Code, side and amount of each entry.
fn told(entries: &[Value]) -> Vec<(String, String, String)> {
    let row =
        |entry: &Value| (text(&entry["glAccount"]["glCode"]), text(&entry["type"]), text(&entry["amount"]));
    entries.iter().map(row).collect()
}

fn rows(expected: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |row: &(&str, &str, &str)| (row.0.to_owned(), row.1.to_owned(), row.2.to_owned());
    expected.iter().map(owned).collect()
}

fn balance(book: &Book, account: &str) -> String {
    text(&book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

fn enter(caller: &Caller, form: &str) -> Answer {
    caller.form("/api/gljournalentries", form)
}

const RENT: &str = "date=2012-06-28&branchId=2&notes=rent&debitAccount1=5100&debitAmount1=30.0\
                    &creditAccount1=1400&creditAmount1=20.0&creditAccount2=4100&creditAmount2=10.0";

#[test]
fn what_the_book_posts_is_listed_from_both_sides() {
    on_both(|book| {
        let loan = book.lend("OHNP076");
        let found = entries(book, DAY);
        assert_eq!(told(&found), rows(&[("1100", "DEBIT", "950"), ("1400", "CREDIT", "950")]));
        let debit = &found[0];
        for (member, expected) in [
            ("accountKey", key(&loan)),
            ("productKey", book.product.clone()),
            ("productType", "LOAN".to_owned()),
            ("assignedBranchKey", book.branch.clone()),
            ("entryDate", "2012-06-28T00:00:00+0000".to_owned()),
            ("bookingDate", "2012-06-28T00:00:00+0000".to_owned()),
            ("valueDate", "2012-06-28T00:00:00+0000".to_owned()),
        ] {
            assert_eq!(text(&debit[member]), expected, "{member}");
        }
        let account = &debit["glAccount"];
        assert_eq!((&account["name"], &account["type"]), (&json!("Loan portfolio"), &json!("ASSET")));
        assert_eq!((&account["usage"], &account["activated"]), (&json!("DETAIL"), &json!(true)));
        assert_eq!(debit["transactionID"], found[1]["transactionID"], "of one event");
        let numbers: Vec<i64> =
            found.iter().map(|entry| entry["entryID"].as_i64().expect("a number")).collect();
        assert_eq!(numbers[1], numbers[0] + 1);
        assert_ne!(key(debit), key(&found[1]));
        let user = book.read("/api/users/admin");
        assert_eq!(debit["userKey"], user["encodedKey"]);
        assert!(text(&debit["creationDate"]).ends_with("+0000"));
    });
}

#[test]
fn an_entry_names_the_one_that_takes_it_back() {
    on_both(|book| {
        book.lend("OHNP076");
        let path = "/api/loans/OHNP076/transactions";
        let repaid = book.admin.form(path, "type=REPAYMENT&amount=100").expect(201).json();
        let take_back =
            format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={}", repaid["transactionId"]);
        book.admin.form(path, &take_back).expect(201);
        let product = crate::savings::savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "100");
        let deposit = crate::savings::act(book, "S1", "type=DEPOSIT&amount=7");
        let id = deposit["transactionId"].to_string();
        crate::savings::act(book, "S1", &format!("type=DEPOSIT_ADJUSTMENT&originalTransactionId={id}"));
        let found = entries(book, DAY);
        let named = found.iter().filter(|entry| entry["reversalEntryKey"].is_string());
        let pairs: Vec<(&Value, &Value)> = named
            .map(|entry| {
                let by = found.iter().find(|other| other["encodedKey"] == entry["reversalEntryKey"]);
                (entry, by.expect("it is listed too"))
            })
            .collect();
        let taken_back: Vec<String> = pairs.iter().map(|(entry, _)| text(&entry["amount"])).collect();
        assert!(taken_back.contains(&"7".to_owned()) && taken_back.len() >= 4, "{taken_back:?}");
        for (entry, by) in &pairs {
            assert_eq!(entry["glAccount"]["glCode"], by["glAccount"]["glCode"]);
            assert_eq!((&entry["amount"], &entry["accountKey"]), (&by["amount"], &by["accountKey"]));
            assert_ne!(entry["type"], by["type"]);
            assert!(by["entryID"].as_i64() > entry["entryID"].as_i64());
            assert!(by["reversalEntryKey"].is_null(), "a reversal stands");
        }
        let repaid: i64 =
            pairs.iter().filter(|(entry, _)| entry["productType"] == "LOAN").count().try_into().expect("few");
        assert!(repaid >= 2, "both sides of the repayment");
    });
}

#[test]
fn the_journal_is_paged_and_kept_to_days_and_branches() {
    on_both(|book| {
        book.lend("OHNP076");
        book.close_days("2012-06-29");
        book.act("OHNP076", "type=REPAYMENT&amount=100&date=2012-06-29");
        let all = entries(book, "from=2012-06-28&to=2012-06-29");
        assert!(all.len() > 4, "a repayment posts more than one transfer");
        let second = entries(book, "from=2012-06-29&to=2012-06-30");
        assert_eq!((entries(book, DAY).len(), second.len()), (2, all.len() - 2));
        let cash = second.iter().find(|entry| entry["glAccount"]["glCode"] == "1400").expect("money came in");
        assert_eq!(cash["type"], "DEBIT");
        let mut paged = Vec::new();
        for offset in 0..=all.len() {
            let page = entries(book, &format!("from=2012-06-28&to=2012-06-29&offset={offset}&limit=1"));
            assert_eq!(page.len(), usize::from(offset < all.len()));
            paged.extend(page);
        }
        assert_eq!(paged, all);
        assert_eq!(entries(book, &format!("{DAY}&branchID=2")).len(), 2);
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        assert!(entries(book, &format!("{DAY}&BranchId=3")).is_empty());
        for (query, status, code, name) in [
            ("to=2012-06-28", 400, 1000, "MISSING_FROM_DATE"),
            ("from=2012-06-28", 400, 1001, "MISSING_TO_DATE"),
            ("from=2012-06-29&to=2012-06-28", 400, 28, "START_DATE_AFTER_END_DATE"),
            ("from=yesterday&to=2012-06-28", 400, 102, "INVALID_DATE"),
            ("from=2012-06-28&to=2012-06-28&branchID=99", 400, 800, "INVALID_BRANCH_ID"),
            ("from=2012-06-28&to=2012-06-28&limit=-1", 400, 14, "OUT_OF_BOUNDS_PAGINATION_LIMIT_VALUE"),
        ] {
            let answer = book.admin.get(&format!("/api/gljournalentries?{query}"));
            answer.expect_refusal(status, code, name);
        }
        let nobody = book.user_with("clerk", &["VIEW_CHART_OF_ACCOUNTS", "LOG_JOURNAL_ENTRIES"]);
        nobody.get(&format!("/api/gljournalentries?{DAY}")).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn accounts_have_what_was_booked_from_day_to_day() {
    on_both(|book| {
        book.lend("OHNP076");
        book.close_days("2012-06-29");
        book.act("OHNP076", "type=REPAYMENT&amount=100&date=2012-06-29");
        assert_eq!(balance(book, "1400"), "-850", "an asset grows by debits");
        assert_eq!(balance(book, "1400?to=2012-06-28"), "-950");
        assert_eq!(balance(book, "1400?from=2012-06-29"), "100");
        assert_eq!(balance(book, "1400?from=2012-06-30&to=2012-07-30"), "0");
        let portfolio = book.read("/api/glaccounts/1100");
        assert_eq!(portfolio["currency"]["code"], "USD");
        let by_key = book.read(&format!("/api/glaccounts/{}", key(&portfolio)));
        assert_eq!(by_key, portfolio, "by code or key");
        let interest = cents(&balance(book, "4100"));
        let owed = cents(&balance(book, "1210"));
        let principal = cents(&text(&portfolio["balance"]));
        // What came in paid principal and interest, which was income before it was paid.
        assert_eq!(principal + owed, 95_000 - 10_000 + interest);
        assert_eq!(cents(&balance(book, "1000")), principal + owed - 85_000, "a header adds up");
        let assets = book.list("/api/glaccounts?type=ASSET");
        assert!(assets.iter().all(|account| account["type"] == "ASSET" && account["balance"].is_null()));
        assert!(assets.iter().any(|account| account["glCode"] == "1100"));
        let all = book.list("/api/glaccounts");
        let codes: Vec<String> = all.iter().map(|account| text(&account["glCode"])).collect();
        assert!(codes.is_sorted() && codes.len() > assets.len(), "{codes:?}");
        assert_eq!(book.list("/api/glaccounts?offset=2&limit=3"), all[2..5]);
        book.admin.get("/api/glaccounts?type=CASH").expect_refusal(400, 601, "INVALID_GL_ACCOUNT_TYPE");
        book.admin.get("/api/glaccounts/9999").expect_refusal(404, 600, "INVALID_GL_ACCOUNT_ID");
        let backwards = book.admin.get("/api/glaccounts/1100?from=2012-06-29&to=2012-06-28");
        backwards.expect_refusal(400, 28, "START_DATE_AFTER_END_DATE");
        let nobody = book.user_with("clerk", &["VIEW_JOURNAL_ENTRIES"]);
        nobody.get("/api/glaccounts").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        nobody.get("/api/glaccounts/1100").expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

/// Money of the wire as cents.
pub(crate) fn cents(text: &str) -> i64 {
    let (sign, plain) = text.strip_prefix('-').map_or((1, text), |plain| (-1, plain));
    let (units, rest) = plain.split_once('.').unwrap_or((plain, ""));
    let cents = format!("{rest:0<2}");
    sign * (units.parse::<i64>().expect("units") * 100 + cents.parse::<i64>().expect("cents"))
}

#[test]
fn entries_by_hand_are_listed_as_they_were_posted() {
    on_both(|book| {
        let posted = enter(&book.admin, RENT).expect(201).json();
        let posted = posted.as_array().expect("a list of entries").clone();
        let lines = [("5100", "DEBIT", "30"), ("1400", "CREDIT", "20"), ("4100", "CREDIT", "10")];
        assert_eq!(told(&posted), rows(&lines));
        assert_eq!(entries(book, DAY), posted);
        for entry in &posted {
            assert_eq!(entry["notes"], "rent");
            assert_eq!(entry["assignedBranchKey"], book.branch);
            assert_eq!(entry["transactionID"], posted[0]["transactionID"]);
            assert!(entry["accountKey"].is_null() && entry["productType"].is_null());
        }
        let balances = ["5100", "1400", "4100"].map(|account| balance(book, account));
        assert_eq!(balances, ["30", "-20", "10"]);
        assert_eq!(book.rows("manual_entry"), 1);
        let trail = book.list("/api/activities?from=1900-01-01&to=2999-12-31&userID=admin");
        assert!(trail.iter().any(|row| row["activity"]["notes"] == "enter journal"), "{trail:?}");
        // JSON, numbers as numbers, keys instead of codes, no branch, a day in the past.
        let cash = key(&book.read("/api/glaccounts/1400"));
        let body = json!({"date": "2012-06-01T10:00:00+0000", "notes": null, "appkey": "x",
            "debitAccount1": cash, "debitAmount1": 5, "creditAccount1": 4100, "creditAmount1": "5.00"});
        let early = book.admin.post("/api/gljournalentries", &body).expect(201).json();
        assert_eq!(early[0]["entryDate"], "2012-06-01T00:00:00+0000");
        assert!(early[0]["assignedBranchKey"].is_null());
        assert_eq!(entries(book, "from=2012-06-01&to=2012-06-01").len(), 2);
        assert_eq!(balance(book, "1400?to=2012-06-01"), "5");
    });
}

#[test]
fn an_entry_that_does_not_hold_is_refused_and_leaves_nothing() {
    on_both(|book| {
        record(
            &book.admin,
            "gl-accounts",
            &json!({"glCode": "3900", "name": "Old capital", "type": "EQUITY",
            "activated": false}),
        );
        let one = |account: &str, amount: &str| {
            format!(
                "date=2012-06-28&debitAccount1={account}&debitAmount1={amount}&creditAccount1=4100&creditAmount1=10"
            )
        };
        let cases = [
            (one("1400", "9.99"), 603, "DEBITS_DO_NOT_MATCH_CREDITS"),
            (one("9999", "10"), 600, "INVALID_GL_ACCOUNT_ID"),
            (one("1000", "10"), 605, "GL_ACCOUNT_IS_HEADER"),
            (one("1100", "10"), 606, "GL_ACCOUNT_DOES_NOT_SUPPORT_MANUALLY_ENTRIES"),
            (one("3900", "10"), 113, "INVALID_ACCOUNT_FOR_JOURNAL_ENTRY_ERROR"),
            (one("1400", "0"), 101, "INVALID_AMOUNT"),
            (one("1400", "-10"), 101, "INVALID_AMOUNT"),
            (one("1400", "10.001"), 101, "INVALID_AMOUNT"),
            (one("1400", ""), 31, "MISSING_REQUIRED_PARAMETER"),
            (one("", "10"), 31, "MISSING_REQUIRED_PARAMETER"),
            (
                one("1400", "10").replace("date=2012-06-28", "date=2012-06-29"),
                612,
                "JOURNAL_ENTRY_DATE_IN_THE_FUTURE",
            ),
            (one("1400", "10").replace("date=2012-06-28", "notes=n"), 604, "JOURNAL_ENTRY_DATE_NOT_DEFINED"),
            (one("1400", "10").replace("2012-06-28", "soon"), 102, "INVALID_DATE"),
            (one("1400", "10") + "&branchId=99", 800, "INVALID_BRANCH_ID"),
            (
                "date=2012-06-28&debitAccount1=1400&debitAmount1=10".to_owned(),
                31,
                "MISSING_REQUIRED_PARAMETER",
            ),
            ("date=2012-06-28".to_owned(), 31, "MISSING_REQUIRED_PARAMETER"),
        ];
        for (form, code, name) in cases {
            enter(&book.admin, &form).expect_refusal(400, code, name);
        }
        let clerk = book.user_with("clerk", &["VIEW_JOURNAL_ENTRIES", "VIEW_CHART_OF_ACCOUNTS"]);
        enter(&clerk, &one("1400", "10")).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn who_works_in_a_branch_books_for_it_and_sees_its_entries() {
    on_both(|book| {
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let permissions = ["VIEW_JOURNAL_ENTRIES", "VIEW_CHART_OF_ACCOUNTS", "LOG_JOURNAL_ENTRIES"];
        let user = json!({"username": "hill", "password": "a long enough secret", "lastName": "Hill",
            "permissions": permissions, "assignedBranchKey": "3"});
        record(&book.admin, "users", &user);
        let hill = Caller::basic(&book.server.base, "hill", "a long enough secret");
        enter(&book.admin, RENT).expect(201);
        let mine = RENT.replace("branchId=2", "branchId=3");
        enter(&hill, RENT).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        enter(&hill, &RENT.replace("branchId=2&", "")).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        enter(&hill, &mine).expect(201);
        let seen = hill.get(&format!("/api/gljournalentries?{DAY}")).expect(200).json();
        assert_eq!(seen.as_array().expect("a list").len(), 3);
        assert_eq!(entries(book, DAY).len(), 6);
        assert_eq!(hill.get("/api/glaccounts/5100").expect(200).json()["balance"], "30");
        assert_eq!(balance(book, "5100"), "60");
        let other = hill.get(&format!("/api/gljournalentries?{DAY}&branchID=2"));
        other.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let found = hill.post("/api/gljournalentries/search", &json!({"filterConstraints": []})).expect(200);
        assert_eq!(found.json(), seen);
    });
}

#[test]
fn a_retry_of_an_entry_books_once() {
    on_both(|book| {
        let caller = book.admin.clone().with_header("Idempotency-Key", "rent-june");
        let first = enter(&caller, RENT).expect(201);
        assert_eq!(enter(&caller, RENT).expect(201).text, first.text);
        assert_eq!(book.rows("manual_entry"), 1);
        let other = enter(&caller, &RENT.replace("rent", "tax"));
        other.expect_refusal(409, 4, "INVALID_PARAMETERS");
    });
}

fn search(book: &Book, constraints: &Value) -> Vec<Value> {
    let body = json!({ "filterConstraints": constraints });
    let found = book.admin.post("/api/gljournalentries/search", &body).expect(200).json();
    found.as_array().expect("a list").clone()
}

#[test]
fn entries_are_searched_by_what_is_known_of_them() {
    on_both(|book| {
        let loan = book.lend("OHNP076");
        enter(&book.admin, RENT).expect(201);
        let all = entries(book, DAY);
        let one = |selection: &str, element: &str, value: &str| {
            search(
                book,
                &json!([{"filterSelection": selection, "filterElement": element, "value": value,
                "dataItemType": "JOURNAL_ENTRY", "dataFieldType": "NATIVE"}]),
            )
        };
        assert_eq!(search(book, &json!([])), all);
        let transaction = text(&all[0]["transactionID"]);
        let (branch, key_of_first, admin) =
            (book.branch.clone(), key(&all[0]), text(&book.read("/api/users/admin")["encodedKey"]));
        let (portfolio, first) = (key(&all[0]["glAccount"]), all[0]["entryID"].to_string());
        let cases = [
            ("ENTRY_DATE", "ON", "2012-06-28", 5),
            ("BOOKING_DATE", "AFTER", "2012-06-28", 0),
            ("VALUE_DATE", "BEFORE", "2012-06-29", 5),
            ("AMOUNT", "EQUALS", "950", 2),
            ("AMOUNT", "LESS_THAN", "20.01", 2),
            ("DEBIT", "MORE_THAN", "0", 2),
            ("CREDIT", "EQUALS", "10", 1),
            ("TYPE", "EQUALS", "CREDIT", 3),
            ("GL_ACCOUNT_ID", "EQUALS", "1400", 2),
            ("GL_ACCOUNT_NAME", "STARTS_WITH", "loan", 1),
            ("GL_ACCOUNT_TYPE", "IN", "INCOME,EXPENSE", 2),
            ("GL_ACCOUNT_KEY", "EQUALS", &portfolio, 1),
            ("BRANCH_KEY", "EQUALS", &branch, 5),
            ("BRANCH_ID", "EQUALS", "2", 5),
            ("PRODUCT_KEY", "EQUALS", &book.product, 2),
            ("PRODUCT_ID", "EQUALS", "agrl", 2),
            ("PRODUCT_TYPE", "EQUALS", "LOAN", 2),
            ("PRODUCT_TYPE", "EMPTY", "", 3),
            ("ACCOUNT_KEY", "EQUALS", &key(&loan), 2),
            ("ACCOUNT_ID", "EQUALS", "OHNP076", 2),
            ("ACCOUNT_ID", "EQUALS", "NOBODY", 0),
            ("USER_KEY", "EQUALS", &admin, 5),
            ("USER", "EQUALS", "admin", 5),
            ("NOTES", "EQUALS", "rent", 3),
            ("TRANSACTION_ID", "EQUALS", &transaction, 2),
            ("TRANSACTION_ID", "EQUALS", "none", 0),
            ("ENCODED_KEY", "EQUALS", &key_of_first, 1),
            ("ENTRY_ID", "EQUALS", &first, 1),
        ];
        for (selection, element, value, count) in cases {
            assert_eq!(one(selection, element, value).len(), count, "{selection} {element} {value}");
        }
    });
}

#[test]
fn searches_are_combined_sorted_and_refused() {
    on_both(|book| {
        book.lend("OHNP076");
        enter(&book.admin, RENT).expect(201);
        let both = json!([{"filterSelection": "GL_ACCOUNT_ID", "filterElement": "EQUALS", "value": "1400"},
            {"filterSelection": "AMOUNT", "filterElement": "BETWEEN", "value": 1, "secondValue": "100"}]);
        assert_eq!(told(&search(book, &both)), rows(&[("1400", "CREDIT", "20")]));
        let sorted = json!({"filterConstraints": [],
            "sortDetails": {"sortingColumn": "AMOUNT", "sortingOrder": "DESCENDING"}});
        let path = "/api/gljournalentries/search?offset=1&limit=3";
        let found = book.admin.post(path, &sorted).expect(200).json();
        let amounts: Vec<&Value> =
            found.as_array().expect("a list").iter().map(|row| &row["amount"]).collect();
        assert_eq!(amounts, ["950", "30", "20"]);
        for (body, code, name) in [
            (
                json!({"filterConstraints": [{"filterSelection": "COLOUR", "filterElement": "EQUALS", "value": "1"}]}),
                2100,
                "INVALID_FILTER_SELECTION",
            ),
            (
                json!({"filterConstraints": [{"filterSelection": "NOTES", "filterElement": "ON", "value": "1"}]}),
                2101,
                "INVALID_FILTER_ELEMENT",
            ),
        ] {
            let answer = book.admin.post("/api/gljournalentries/search", &body);
            assert_eq!(answer.json()["returnStatus"], name, "{code} {}", answer.text);
            assert_eq!(answer.status, 400);
        }
    });
}

#[test]
fn the_chart_is_changed_over_the_native_door() {
    on_both(|book| {
        let path = "/loam/v1/gl-accounts";
        let capital =
            json!({"glCode": "3100", "name": "Capital", "type": "EQUITY", "description": "paid in"});
        let made = book.admin.post(path, &capital).expect(201).json();
        assert_eq!((&made["usage"], &made["activated"]), (&json!("DETAIL"), &json!(true)));
        assert_eq!(made["allowManualJournalEntries"], true);
        book.admin.post(path, &capital).expect(409);
        enter(
            &book.admin,
            "date=2012-06-28&debitAccount1=1400&debitAmount1=500&creditAccount1=3100&creditAmount1=500",
        )
        .expect(201);
        assert_eq!(
            [balance(book, "3100"), balance(book, "3000"), balance(book, "1000")],
            ["500", "500", "500"]
        );
        let shown = book.read("/api/glaccounts/3100");
        assert_eq!((&shown["description"], &shown["type"]), (&json!("paid in"), &json!("EQUITY")));
        let change = |code: &str, body: Value| book.admin.patch(&format!("{path}/{code}"), &body);
        change("3100", json!({"name": "Share capital", "activated": false})).expect(200);
        assert_eq!(book.read("/api/glaccounts/3100")["name"], "Share capital");
        assert_eq!(balance(book, "3100"), "500", "what is closed keeps its balance");
        change("1100", json!({"name": "Loans", "allowManualJournalEntries": true})).expect(200);
        for (code, body, name) in [
            ("3100", json!({"type": "INCOME"}), "stays_as_it_is"),
            ("3100", json!({"usage": "HEADER"}), "stays_as_it_is"),
            ("1100", json!({"activated": false}), "contradicting_members"),
            ("3100", json!({"glCode": "3200"}), "invalid_member"),
        ] {
            let answer = change(code, body.clone());
            assert_eq!(answer.status, 400, "{body}: {}", answer.text);
            assert_eq!(answer.json()["error"]["code"], name, "{body}");
        }
        for body in [
            json!({"glCode": "3 1", "name": "x", "type": "EQUITY"}),
            json!({"glCode": "3300", "name": "x"}),
            json!({"glCode": "3300", "name": "x", "type": "CASH"}),
            json!({"glCode": "3300", "type": "EQUITY"}),
        ] {
            assert_eq!(book.admin.post(path, &body).status, 400, "{body}");
        }
        // What the book posts cannot be moved to another account.
        let other = json!({"glCode": "3300", "name": "x", "type": "ASSET", "carries": "loan_portfolio"});
        assert!(book.admin.post(path, &other).expect(201).json()["carries"].is_null());
        let count = book.admin.get(path).expect(200).json().as_array().expect("a list").len();
        assert_eq!(count, 5 + 29 + 2);
    });
}

#[test]
fn a_broken_sum_is_found_by_the_check() {
    for kind in BOTH {
        let book = crate::book::book(kind);
        book.lend("OHNP076");
        enter(&book.admin, RENT).expect(201);
        book.assert_proven();
        let Book { server, database, .. } = book;
        drop(server);
        database.execute(
            "update ledger_day set debits_minor = debits_minor + 1 where account = 'loan_portfolio'",
        );
        let check = check_of(&database);
        assert!(check.contains("the sum of loan_portfolio on 2012-06-28 has 1 more debits"), "{check}");
    }
}

fn check_of(database: &Database) -> String {
    let output = loam_tests::server::run(database, &["check"]);
    assert_ne!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).expect("text")
}
