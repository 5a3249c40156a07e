//! Searches of clients and transactions, installments of all accounts, and what is found across types.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use super::{constraint, lines};
use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::savings::{filled, open_with, savings_product};

/// `WHAT SELECTION TYPE` of what else is searched, one a line; of an ENUM also one of its names.
pub(super) const SELECTIONS: &str = include_str!("../../fixtures/loan_accounts_search_items.txt");
const SEARCHED: [&str; 5] = ["clients", "groups", "loans/transactions", "savings", "savings/transactions"];

pub(super) fn ask(caller: &Caller, what: &str, constraints: &Value) -> Answer {
    caller.post(&format!("/api/{what}/search"), &json!({"filterConstraints": constraints}))
}

/// What is found, by one of its members.
pub(super) fn found(caller: &Caller, what: &str, member: &str, constraints: &Value) -> Vec<String> {
    let answer = ask(caller, what, constraints).expect(200).json();
    let shown = |item: &Value| item[member].as_str().map_or_else(|| item[member].to_string(), str::to_owned);
    answer.as_array().expect("a list").iter().map(shown).collect()
}

#[test]
fn every_selection_of_what_else_is_searched_takes_its_elements_and_no_other() {
    on_both(|book| {
        book.lend("L");
        book.group("G1", &[&book.client]);
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "100");
        for line in SELECTIONS.lines() {
            let [what, name, data_type] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            for element in lines(|item| item == "ELEMENT") {
                asks_with(book, (what, name, data_type), &element);
            }
            let by_it = json!({"sortDetails": {"sortingColumn": name}});
            book.admin.post(&format!("/api/{what}/search"), &by_it).expect(200);
        }
        for what in SEARCHED {
            assert!(SELECTIONS.lines().any(|line| line.starts_with(&format!("{what} "))), "{what}");
            let refused = |asked: Value, code: i64, name: &str| {
                ask(&book.admin, what, &json!([asked])).expect_refusal(400, code, name);
            };
            let unknown = json!({"filterSelection": "LOAN_AMOUNT", "filterElement": "EMPTY"});
            refused(unknown, 2100, "INVALID_FILTER_SELECTION");
            let other =
                json!({"filterSelection": "ENCODED_KEY", "filterElement": "EMPTY", "dataItemType": "LOANS"});
            refused(other, 2105, "INVALID_FILTER_DATA_ITEM_TYPE");
        }
    });
}

/// Asks with an element, which is taken if the tables of the contract say so, and else refused.
fn asks_with(book: &Book, (what, name, data_type): (&str, &str, &str), element: &[&str]) {
    let (data_type, named) = data_type.split_once(':').unwrap_or((data_type, ""));
    let value = match data_type {
        _ if element[1] == "LAST_DAYS" => "7",
        "KEY" => book.client.as_str(),
        "DATE" | "DATE_UTC" => "2012-06-28",
        "BOOLEAN" => "true",
        "ENUM" => named,
        _ => "7",
    };
    let asked = json!([{"filterSelection": name, "filterElement": element[1], "value": value,
        "secondValue": value}]);
    println!("{what} {name} {}", element[1]);
    let answer = ask(&book.admin, what, &asked);
    if element[3].split(',').any(|allowed| allowed == data_type) {
        answer.expect(200);
    } else {
        answer.expect_refusal(400, 2101, "INVALID_FILTER_ELEMENT");
    }
}

#[test]
fn clients_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        let ben = json!({"client": {"id": "B9", "firstName": "Ben", "lastName": "Oja", "gender": "MALE",
            "birthDate": "1980-02-29", "emailAddress": "ben@example.com", "mobilePhone1": "0151"}});
        book.admin.post("/api/clients", &ben).expect(201);
        book.lend("L");
        book.close_days("2012-07-29");
        for (selection, element, value, expected) in [
            ("ID", "EQUALS", "b9", vec!["B9"]),
            ("ID", "STARTS_WITH", "B", vec!["B9"]),
            ("FULL_NAME", "EQUALS", "ana lima", vec!["8"]),
            ("LAST_NAME", "STARTS_WITH", "o", vec!["B9"]),
            ("LAST_NAME", "DIFFERENT_THAN", "Oja", vec!["8"]),
            ("ENCODED_KEY", "IN", &format!("{0},{0}", book.client), vec!["8"]),
            ("BIRTHDATE", "ON", "1980-02-29", vec!["B9"]),
            ("BIRTH_DATE", "EMPTY", "", vec!["8"]),
            ("GENDER", "EQUALS", "MALE", vec!["B9"]),
            ("GENDER", "EMPTY", "", vec!["8"]),
            ("CLIENT_STATE", "EQUALS", "ACTIVE", vec!["8"]),
            ("CLIENT_STATE", "IN", "INACTIVE,PENDING_APPROVAL", vec!["B9"]),
            ("EMAIL_ADDRESS", "STARTS_WITH", "BEN@", vec!["B9"]),
            ("MOBILE_PHONE_NUMBER", "EQUALS", "0151", vec!["B9"]),
            ("LOANS_BALANCE", "EQUALS", "975.45", vec!["8"]),
            ("TOTAL_DUE", "BETWEEN", "215.45", vec!["8"]),
            ("LOAN_CYCLE", "EQUALS", "0", vec!["8", "B9"]),
            ("BRANCH_KEY", "EQUALS", &book.branch, vec!["8"]),
            ("CREATION_DATE", "TODAY", "", vec!["8", "B9"]),
        ] {
            let mut asked = constraint(selection, element, value);
            asked[0]["secondValue"] = json!(value);
            assert_eq!(
                found(&book.admin, "clients", "id", &asked),
                expected,
                "{selection} {element} {value}"
            );
        }
        let page = |query: &str, sorting: &Value| {
            let body = json!({"filterConstraints": [], "sortDetails": sorting});
            let answer = book.admin.post(&format!("/api/clients/search?{query}"), &body).expect(200).json();
            answer.as_array().expect("a list").clone()
        };
        let by_name = json!({"sortingColumn": "FIRST_NAME", "sortingOrder": "DESCENDING"});
        assert_eq!(page("limit=1", &by_name)[0]["id"], "B9");
        assert_eq!(page("offset=1", &by_name)[0]["id"], "8");
        assert_eq!(page("limit=1&fullDetails=true", &Value::Null)[0]["client"]["id"], "8");
        let nobody = book.user_with("nobody", &[]);
        ask(&nobody, "clients", &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn transactions_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        let loan = book.lend("L");
        book.lend("OTHER");
        let paid = book.act("L", "type=REPAYMENT&amount=215.45&method=CASH&notes=first");
        book.act("OTHER", "type=FEE&amount=10&repayment=1");
        book.close_days("2012-06-30");
        let back = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={}", transaction_id(&paid));
        let back = book.act("L", &back);
        let id = transaction_id(&paid).to_string();
        for (selection, element, value, expected) in [
            ("TRANSACTION_ID", "EQUALS", id.as_str(), vec!["REPAYMENT"]),
            ("EVENT", "EQUALS", "REPAYMENT", vec!["REPAYMENT"]),
            ("EVENT", "IN", "REPAYMENT,REPAYMENT_ADJUSTMENT", vec!["REPAYMENT_ADJUSTMENT", "REPAYMENT"]),
            ("EVENT", "EQUALS", "DISBURSEMENT", vec!["DISBURSMENT", "DISBURSMENT"]),
            ("AMOUNT", "EQUALS", "10", vec!["FEE"]),
            ("AMOUNT", "LESS_THAN", "0", vec!["INTEREST_APPLIED_ADJUSTMENT", "REPAYMENT_ADJUSTMENT"]),
            ("PRINCIPAL_PAID", "EQUALS", "190", vec!["REPAYMENT"]),
            ("PARENT_ACCOUNT_ID", "EQUALS", "other", vec!["FEE", "DISBURSMENT"]),
            ("PARENT_ACCOUNT_HOLDER_ID", "EQUALS", "9", vec![]),
            ("TRANSACTION_CHANNEL_ID", "EQUALS", "CASH", vec!["REPAYMENT_ADJUSTMENT", "REPAYMENT"]),
            ("NOTES", "EQUALS", "first", vec!["REPAYMENT"]),
            ("WAS_REVERSED", "EQUALS", "true", vec!["REPAYMENT", "INTEREST_APPLIED"]),
            (
                "TYPE_IS_REVERSAL",
                "EQUALS",
                "true",
                vec!["INTEREST_APPLIED_ADJUSTMENT", "REPAYMENT_ADJUSTMENT"],
            ),
            ("REVERSAL_TRANSACTION_KEY", "EQUALS", &key(&back), vec!["REPAYMENT"]),
            ("ORIGINAL_TRANSACTION_ID", "EQUALS", &id, vec!["REPAYMENT_ADJUSTMENT"]),
            ("ENCODED_KEY", "EQUALS", &key(&paid), vec!["REPAYMENT"]),
            ("VALUE_DATE", "AFTER", "2012-06-30", vec![]),
            ("BRANCH_ID", "EQUALS", "3", vec![]),
        ] {
            let asked = constraint(selection, element, value);
            let types = found(&book.admin, "loans/transactions", "type", &asked);
            assert_eq!(types, expected, "{selection} {element} {value}");
        }
        let stands = |loan: &Value| {
            let mut asked = constraint("PARENT_ACCOUNT_KEY", "EQUALS", &key(loan));
            let stands = constraint("ONLY_UNREVERSED_TRANSACTIONS", "EQUALS", "true")[0].clone();
            asked.as_array_mut().expect("a list").push(stands);
            found(&book.admin, "loans/transactions", "type", &asked)
        };
        assert_eq!(stands(&loan), ["DISBURSMENT"]);
        let by_amount = json!({"filterConstraints": [], "sortDetails": {"sortingColumn": "AMOUNT",
            "sortingOrder": "ASCENDING", "dataItemType": "LOAN_TRANSACTION"}});
        let answer =
            book.admin.post("/api/loans/transactions/search?offset=1&limit=2", &by_amount).expect(200).json();
        assert_eq!((&answer[0]["amount"], &answer[1]["amount"]), (&json!("-25.45"), &json!("10")));
    });
}

#[test]
fn installments_of_all_accounts_are_listed_by_due_date() {
    on_both(|book| {
        book.lend("FIRST");
        book.close_days("2012-06-30");
        book.lend("SECOND");
        book.act("FIRST", "type=REPAYMENT&amount=215.45");
        let due = |query: &str| {
            let rows = book.list(&format!("/api/repayments?{query}"));
            let shown = |row: &Value| format!("{} {}", &text(&row["dueDate"])[..10], text(&row["state"]));
            rows.iter().map(shown).collect::<Vec<_>>()
        };
        let summer = "dueFrom=2012-07-01&dueTo=2012-08-30";
        let expected = ["2012-07-28 PAID", "2012-07-30 PENDING", "2012-08-28 PENDING", "2012-08-30 PENDING"];
        assert_eq!(due(summer), expected);
        assert_eq!(due(&format!("{summer}&offset=1&limit=2")), expected[1..3]);
        assert_eq!(due("dueFrom=2012-07-29&dueTo=2012-07-30"), ["2012-07-30 PENDING"]);
        assert_eq!(due("").len(), 10);
        let row = &book.list("/api/repayments?limit=1")[0];
        assert_eq!(*row, book.repayments("FIRST")[0]);
        book.admin.get("/api/repayments?dueFrom=soon").expect_refusal(400, 102, "INVALID_DATE");
        let turned = book.admin.get("/api/repayments?dueFrom=2012-08-01&dueTo=2012-07-01");
        turned.expect_refusal(400, 28, "START_DATE_AFTER_END_DATE");
        let nobody = book.user_with("nobody", &[]);
        nobody.get("/api/repayments").expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn loans_are_listed_by_their_fixed_days() {
    on_both(|book| {
        let monthly = json!({"id": "FIXED", "scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH",
            "fixedDaysOfMonth": [5, 20], "shortMonthHandlingMethod": "LAST_DAY_IN_MONTH"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &monthly));
        book.apply_with("TWICE", &json!({"productTypeKey": product}));
        book.lend_with("LENT", &json!({"productTypeKey": product}));
        book.lend("MONTHLY");
        let listed = |query: &str| {
            let rows = book.list(&format!("/api/loans?{query}"));
            rows.iter().map(|loan| text(&loan["id"])).collect::<Vec<_>>()
        };
        assert_eq!(listed("fixedDaysOfMonth=5"), ["TWICE", "LENT"]);
        assert_eq!(listed("fixedDaysOfMonth=20,5&limit=1&offset=1"), ["LENT"]);
        assert_eq!(listed("fixedDaysOfMonth=5&accountState=ACTIVE&branchId=2"), ["LENT"]);
        assert!(listed("fixedDaysOfMonth=5,6").is_empty());
        let wrong = book.admin.get("/api/loans?fixedDaysOfMonth=40");
        wrong.expect_refusal(400, 2116, "INVALID_FIXED_DAYS_OF_MONTH");
    });
}

fn results(book: &Book, query: &str) -> Value {
    book.read(&format!("/api/search?{query}"))
}

#[test]
fn whatever_is_called_like_a_text_is_found() {
    on_both(|book| {
        let loan = book.lend("LIMA1");
        let all = results(book, "query=lima");
        assert_eq!(all["CLIENT"][0]["resultKey"], json!(book.client));
        assert_eq!(all["CLIENT"][0]["displayString"], "Ana Lima");
        assert_eq!(
            all["LOAN_ACCOUNT"][0],
            json!({"selectionType": "LOAN_ACCOUNT", "displayString": "Agriculture Loan",
            "resultID": "LIMA1", "resultKey": key(&loan), "score": 2})
        );
        assert_eq!(all.as_object().expect("by type").len(), 2);
        let tom = results(book, "query=REED&type=USER,CREDIT_OFFICER");
        assert_eq!(tom["USER"][0]["resultID"], "creditofficer");
        assert_eq!(tom["CREDIT_OFFICER"][0]["resultKey"], json!(book.officer));
        assert_eq!(results(book, "query=cedar")["CENTRE"][0]["score"], 3);
        assert_eq!(results(book, "query=river&type=branch")["BRANCH"][0]["resultID"], "2");
        assert_eq!(results(book, "query=lima&type=CLIENT&limit=0"), json!({}));
        book.admin.get("/api/search").expect_refusal(400, 31, "MISSING_REQUIRED_PARAMETER");
        book.admin.get("/api/search?query=x&type=SHIP").expect_refusal(400, 4, "INVALID_PARAMETERS");
        let teller = book.user_with("teller", &["VIEW_CLIENT_DETAILS"]);
        let seen = teller.get("/api/search?query=lima").expect(200).json();
        assert_eq!(seen.as_object().expect("by type").len(), 1);
        let loans = teller.get("/api/search?query=lima&type=LOAN_ACCOUNT");
        loans.expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn accounts_of_the_chart_and_lines_of_credit_are_found_by_text() {
    on_both(|book| {
        let line = json!({"lineOfCredit": {"id": "LIM-9", "clientKey": book.client, "startDate": "2012-06-01",
            "expireDate": "2013-06-30", "amount": "1000"}});
        let line = key(&book.admin.post("/api/linesofcredit", &line).expect(201).json()["lineOfCredit"]);
        let chart = book.read("/api/glaccounts/1100");
        let found = |kind: &str, id: &str, display: &str, key: &str, score: u8| json!({"selectionType": kind, "displayString": display, "resultID": id, "resultKey": key, "score": score});
        let lines = json!({"LINE_OF_CREDIT": [found("LINE_OF_CREDIT", "LIM-9", "LIM-9", &line, 2)]});
        assert_eq!(results(book, "query=lim-&type=LINE_OF_CREDIT"), lines);
        assert_eq!(results(book, "query=lim-"), lines);
        let of_chart = found("GL_ACCOUNT", "1100", &text(&chart["name"]), &key(&chart), 3);
        assert_eq!(results(book, "query=1100&type=gl_account"), json!({"GL_ACCOUNT": [of_chart]}));
        let by_name =
            results(book, &format!("query={}", text(&chart["name"]).to_uppercase().replace(' ', "+")));
        assert_eq!(by_name["GL_ACCOUNT"][0], of_chart);
        let teller = book.user_with("teller", &["VIEW_CLIENT_DETAILS"]);
        for (kind, query) in [("LINE_OF_CREDIT", "lim-"), ("GL_ACCOUNT", "1100")] {
            assert_eq!(teller.get(&format!("/api/search?query={query}")).expect(200).json(), json!({}));
            let refused = teller.get(&format!("/api/search?query={query}&type={kind}"));
            refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        }
        // A line of another branch is not found.
        record(&book.admin, "branches", &json!({"id": "far", "name": "Far away"}));
        let ida = json!({"username": "ida", "password": "secret", "assignedBranchKey": "far",
            "permissions": ["VIEW_LINE_OF_CREDIT_DETAILS"]});
        record(&book.admin, "users", &ida);
        let ida = Caller::basic(&book.server.base, "ida", "secret");
        assert_eq!(ida.get("/api/search?query=lim-").expect(200).json(), json!({}));
    });
}

#[test]
fn groups_and_deposit_accounts_are_found_too() {
    on_both(|book| {
        let group = key(&book.group("LIMANS", &[&book.client])["group"]);
        let product = savings_product(book, &json!({}));
        let account = key(&open_with(book, "lim-1", &product, &json!({})));
        open_with(book, "LIM-2", &product, &json!({}));
        let all = results(book, "query=lim");
        assert_eq!(
            all["GROUP"][0],
            json!({"selectionType": "GROUP", "displayString": "Group LIMANS", "resultID": "LIMANS",
                "resultKey": group, "score": 2})
        );
        assert_eq!(all["SAVINGS_ACCOUNT"].as_array().expect("a list").len(), 2);
        assert_eq!(all["SAVINGS_ACCOUNT"][0]["resultKey"], json!(account));
        let named = results(book, "query=GROUP+lim&type=group,savings_account");
        assert_eq!(named["GROUP"][0]["resultID"], "LIMANS");
        assert_eq!(named.as_object().expect("by type").len(), 1);
        assert_eq!(
            results(book, "query=lim&type=SAVINGS_ACCOUNT&limit=1")["SAVINGS_ACCOUNT"][1],
            Value::Null
        );
        let second = results(book, "query=lim&type=SAVINGS_ACCOUNT&limit=1&offset=1");
        assert_eq!(second["SAVINGS_ACCOUNT"][0]["resultID"], "LIM-2");
        let teller = book.user_with("teller", &["VIEW_GROUP_DETAILS"]);
        let seen = teller.get("/api/search?query=lim").expect(200).json();
        assert_eq!(seen.as_object().expect("by type").keys().collect::<Vec<_>>(), ["GROUP"]);
        let refused = teller.get("/api/search?query=lim&type=SAVINGS_ACCOUNT");
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        // Of another branch nothing is found.
        record(&book.admin, "branches", &json!({"id": "far", "name": "Far away"}));
        let ida = json!({"username": "ida", "password": "secret", "assignedBranchKey": "far",
            "permissions": ["VIEW_GROUP_DETAILS", "VIEW_SAVINGS_ACCOUNT_DETAILS"]});
        record(&book.admin, "users", &ida);
        let ida = Caller::basic(&book.server.base, "ida", "secret");
        assert_eq!(ida.get("/api/search?query=lim").expect(200).json(), json!({}));
        for what in ["groups", "savings", "savings/transactions"] {
            assert_eq!(ask(&ida, what, &json!([])).expect(200).json(), json!([]), "{what}");
        }
    });
}
