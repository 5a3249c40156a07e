//! Searches of loan accounts: every selection with every element, and what they find.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text};

/// The tables of the contract: `ITEM SELECTION TYPE` and `ELEMENT NAME VALUES TYPES`, one a line.
const TABLES: &str = include_str!("../fixtures/loan_accounts_search.txt");

fn search(caller: &Caller, constraints: &Value) -> loam_tests::http::Answer {
    caller.post("/api/loans/search", &json!({"filterConstraints": constraints}))
}

fn found(caller: &Caller, constraints: &Value) -> Vec<String> {
    let answer = search(caller, constraints).expect(200).json();
    answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect()
}

fn constraint(selection: &str, element: &str, value: &str) -> Value {
    json!([{"filterSelection": selection, "filterElement": element, "value": value}])
}

/// A value of each type of the contract.
fn sample(selection: &str, data_type: &str) -> &'static str {
    match (selection, data_type) {
        ("ACCOUNT_STATE", _) => "ACTIVE",
        ("ACCOUNT_SUB_STATE", _) => "LOCKED",
        ("PENALTY_CALCULATION_METHOD", _) => "OVERDUE_BALANCE",
        ("PREPAYMENTS_RECALCULATION", _) => "NO_RECALCULATION",
        ("APPLY_INTEREST_ON_PREPAYMENT_METHOD", _) => "AUTOMATIC",
        ("LATE_PAYMENT_RECALCULATION_METHOD", _) => "INCREASE_LAST_INSTALLMENT",
        (_, "KEY") => "0123456789abcdef0123456789abcdef",
        (_, "DATE" | "DATE_UTC") => "2012-06-28",
        (_, "BOOLEAN") => "true",
        (_, "NUMBER") => "3",
        _ => "12.5",
    }
}

fn lines(of: impl Fn(&str) -> bool) -> Vec<Vec<&'static str>> {
    let rows = TABLES.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    rows.filter(|row| of(row[0])).collect()
}

#[test]
fn every_selection_takes_its_elements_and_no_other() {
    on_both(|book| {
        book.lend("ACTIVE");
        let elements = lines(|item| item == "ELEMENT");
        let selections = lines(|item| item != "ELEMENT");
        assert_eq!((selections.len(), elements.len()), (74, 16));
        for selection in selections {
            let (item, name, data_type) = (selection[0], selection[1], selection[2]);
            let mut forbidden = 0;
            for element in &elements {
                let is_allowed = element[3].split(',').any(|allowed| allowed == data_type);
                let value = if element[1] == "LAST_DAYS" { "7" } else { sample(name, data_type) };
                let asked = json!([{"filterSelection": name, "filterElement": element[1], "value": value,
                    "secondValue": value, "dataItemType": item}]);
                let answer = search(&book.admin, &asked);
                println!("{item} {name} {} {}", element[1], answer.text);
                if is_allowed {
                    answer.expect(200);
                } else {
                    answer.expect_refusal(400, 2101, "INVALID_FILTER_ELEMENT");
                    forbidden += 1;
                }
            }
            assert!(forbidden > 0, "{name} is not asked what it does not take");
        }
    });
}

/// Loans in the order in which they were opened, as seen on July 29th: `LATE` is a day late.
fn filled(book: &Book) {
    for (id, amount) in [("SMALL", "950"), ("LATE", "1500"), ("LARGE", "2000")] {
        book.lend_with(id, &json!({"loanAmount": amount, "loanName": format!("Loan {id}")}));
    }
    book.act("SMALL", "type=REPAYMENT&amount=215.45");
    book.act("LARGE", "type=REPAYMENT&amount=2273.19");
    book.apply("PENDING");
    book.close_days("2012-07-29");
}

#[test]
fn loans_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        filled(book);
        let late = book.loan("LATE");
        let key = text(&late["encodedKey"]);
        for (selection, element, value, expected) in [
            ("ACCOUNT_ID", "EQUALS", "late", vec!["LATE"]),
            ("ACCOUNT_ID", "STARTS_WITH", "la", vec!["LATE", "LARGE"]),
            ("ACCOUNT_ID", "EQUALS_CASE_SENSITIVE", "late", vec![]),
            ("ACCOUNT_ID", "DIFFERENT_THAN", "LATE", vec!["SMALL", "LARGE", "PENDING"]),
            ("ENCODED_KEY", "EQUALS", &key, vec!["LATE"]),
            ("LOAN_NAME", "STARTS_WITH", "loan l", vec!["LATE", "LARGE"]),
            ("ACCOUNT_HOLDER_ID", "EQUALS", "8", vec!["SMALL", "LATE", "LARGE", "PENDING"]),
            ("RECIPIENT", "EQUALS", "ana lima", vec!["SMALL", "LATE", "LARGE", "PENDING"]),
            ("ACCOUNT_STATE", "EQUALS", "CLOSED", vec!["LARGE"]),
            ("ACCOUNT_STATE", "IN", "CLOSED,PENDING_APPROVAL", vec!["LARGE", "PENDING"]),
            ("DAYS_LATE", "EQUALS", "1", vec!["LATE"]),
            ("DAYS_IN_ARREARS", "MORE_THAN", "0", vec!["LATE"]),
            ("DAYS_IN_ARREARS", "EQUALS", "0", vec!["SMALL", "LARGE", "PENDING"]),
            ("LOAN_AMOUNT", "MORE_THAN", "1499.99", vec!["LATE", "LARGE"]),
            ("PRINCIPAL_BALANCE", "EQUALS", "760", vec!["SMALL"]),
            ("PRINCIPAL_DUE", "EQUALS", "300", vec!["LATE"]),
            ("TOTAL_PAID", "EQUALS", "215.45", vec!["SMALL"]),
            ("LAST_PAYMENT_AMOUNT", "EQUALS", "215.45", vec!["SMALL"]),
            ("LAST_PAYMENT_DATE", "ON", "2012-06-28", vec!["SMALL", "LARGE"]),
            ("LAST_PAYMENT_DATE", "EMPTY", "", vec!["LATE", "PENDING"]),
            ("CLOSED_DATE", "THIS_MONTH", "", vec![]),
            ("CLOSED_DATE", "BEFORE", "2012-07-01", vec!["LARGE"]),
            ("LAST_SET_TO_ARREARS_DATE", "TODAY", "", vec!["LATE"]),
            ("INTEREST_RATE", "LESS_THAN", "2.6", vec!["SMALL", "LATE", "LARGE", "PENDING"]),
            ("NUM_INSTALLMENTS", "MORE_THAN", "5", vec![]),
            ("EXPECTED_MATURITY_DATE", "AFTER", "2012-11-27", vec!["SMALL", "LATE", "LARGE"]),
            ("HAS_SETTLEMENT_ACCOUNT", "EQUALS", "true", vec![]),
        ] {
            assert_eq!(
                found(&book.admin, &constraint(selection, element, value)),
                expected,
                "{selection} {element}"
            );
        }
        let three = json!([
            {"filterSelection": "ACCOUNT_STATE", "filterElement": "EQUALS", "value": "ACTIVE_IN_ARREARS"},
            {"filterSelection": "LOAN_AMOUNT", "filterElement": "BETWEEN", "value": "1000", "secondValue": "1500"},
            {"filterSelection": "DAYS_IN_ARREARS", "filterElement": "LESS_THAN", "value": "30"}
        ]);
        assert_eq!(found(&book.admin, &three), ["LATE"]);
    });
}

#[test]
fn what_is_found_is_sorted_and_paged() {
    on_both(|book| {
        filled(book);
        let page = |query: &str, sorting: &Value| {
            let body = json!({"filterConstraints": [], "sortDetails": sorting});
            let answer = book.admin.post(&format!("/api/loans/search?{query}"), &body).expect(200).json();
            answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect::<Vec<_>>()
        };
        let by = |column: &str, order: &str| json!({"sortingColumn": column, "sortingOrder": order});
        let none = Value::Null;
        assert_eq!(page("", &none), ["SMALL", "LATE", "LARGE", "PENDING"]);
        assert_eq!(page("offset=1&limit=2", &none), ["LATE", "LARGE"]);
        let by_id = ["LARGE", "LATE", "PENDING", "SMALL"];
        assert_eq!(page("", &by("ACCOUNT_ID", "ASCENDING")), by_id);
        assert_eq!(page("limit=2", &by("ACCOUNT_ID", "DESCENDING")), ["SMALL", "PENDING"]);
        assert_eq!(page("", &by("LOAN_AMOUNT", "DESCENDING")), ["LARGE", "LATE", "SMALL", "PENDING"]);
        // Loans without a value stand last in either direction.
        assert_eq!(page("limit=2", &by("LAST_PAYMENT_AMOUNT", "ASCENDING")), ["SMALL", "LARGE"]);
        assert_eq!(page("limit=2", &by("LAST_PAYMENT_AMOUNT", "DESCENDING")), ["LARGE", "SMALL"]);
        let looked_at = json!({"filterConstraints": [{"filterSelection": "LOAN_AMOUNT", "filterElement": "MORE_THAN",
            "value": "0"}], "sortDetails": by("ACCOUNT_ID", "ASCENDING")});
        let answer = book.admin.post("/api/loans/search?offset=1&limit=2", &looked_at).expect(200).json();
        let ids: Vec<String> = answer.as_array().unwrap().iter().map(|loan| text(&loan["id"])).collect();
        assert_eq!(ids, ["LATE", "PENDING"]);
    });
}

#[test]
fn an_officer_finds_own_loans_only_and_others_need_the_permission() {
    on_both(|book| {
        let ida = json!({"username": "ida", "isCreditOfficer": true, "password": "secret",
            "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS"]});
        record(&book.admin, "users", &ida);
        book.lend("HERS");
        book.apply_with("IDAS", &json!({"assignedUserKey": "ida"}));
        let ida = Caller::basic(&book.server.base, "ida", "secret");
        assert_eq!(found(&ida, &json!([])), ["IDAS"]);
        let nobody = book.user_with("nobody", &[]);
        search(&nobody, &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}
