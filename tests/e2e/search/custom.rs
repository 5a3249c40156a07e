//! Searches by custom fields: each type with its elements, groups of values, orders, and who may search.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use super::lines;
use crate::book::{Book, key, on_both, record, text, with};
use crate::custom_fields::{field, set, value};

pub(super) fn ask(caller: &Caller, what: &str, (name, element): (&str, &str), values: &Value) -> Answer {
    let constraint = json!({"filterSelection": name, "filterElement": element, "dataFieldType": "CUSTOM"});
    let body = json!({"filterConstraints": [with(constraint, values)]});
    caller.post(&format!("/api/{what}/search"), &body)
}

pub(super) fn ids(answer: &Answer) -> Vec<String> {
    answer.json().as_array().expect("a list").iter().map(|item| text(&item["id"])).collect()
}

pub(super) fn found(book: &Book, what: &str, asked: (&str, &str), values: &Value) -> Vec<String> {
    let mut ids = ids(&ask(&book.admin, what, asked, values).expect(200));
    ids.sort_unstable();
    ids
}

/// The fields of a loan, one of each type, and their values: of `A`, of `B`, and none of `C`.
const FIELDS: [(&str, &str, [&str; 2]); 7] = [
    ("Text", "STRING", ["Blue sky", "green"]),
    ("Choice", "SELECTION", ["None", "Ten"]),
    ("Count", "NUMBER", ["-2.5", "10"]),
    ("Box", "CHECKBOX", ["TRUE", "FALSE"]),
    ("Day", "DATE", ["2012-06-29", "2012-07-10"]),
    ("Whose", "CLIENT_LINK", ["8", "8"]),
    ("Officer", "USER_LINK", ["creditofficer", "creditofficer"]),
];

/// Three loans in the order of their opening, two of which have values.
fn filled(book: &Book) -> String {
    let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
    for (name, data_type, _) in FIELDS {
        let options = json!([{"value": "None"}, {"value": "Ten"}]);
        let changes = json!({"dataType": data_type, "customFieldSelectionOptions":
            if data_type == "SELECTION" { options } else { json!([]) }});
        field(book, &info, name, &changes);
    }
    let bank = set(book, "Bank", "LOAN_ACCOUNT_INFO", "GROUPED");
    field(book, &bank, "IBAN", &json!({}));
    field(book, &bank, "Share", &json!({"dataType": "NUMBER"}));
    for (at, loan) in ["A", "B"].into_iter().enumerate() {
        let linked = |name: &str, id: &str| json!({"customFieldID": name, "linkedEntityKeyValue": id});
        let values: Vec<Value> = FIELDS
            .iter()
            .map(|(name, data_type, values)| match data_type.ends_with("LINK") {
                true => linked(name, values[at]),
                false => value(name, values[at]),
            })
            .collect();
        book.apply_with(loan, &json!({"customInformation": values}));
    }
    book.apply("C");
    let grouped = |loan: &str, values: &Value| {
        let answer = book.admin.patch(&format!("/api/loans/{loan}/custominformation"), values);
        answer.expect(200);
    };
    grouped(
        "B",
        &json!({"customInformation": [value("IBAN", "DE1"), value("Share", "30"), value("IBAN", "DE2"),
        value("Share", "70")]}),
    );
    grouped("C", &json!({"customInformation": [value("IBAN", "de2"), value("Share", "50")]}));
    book.officer.clone()
}

#[test]
fn loans_are_found_by_custom_fields_of_every_type() {
    on_both(|book| {
        let officer = filled(book);
        let one = |value: &str| json!({"value": value});
        let two = |from: &str, to: &str| json!({"value": from, "secondValue": to});
        let none: [&str; 0] = [];
        for (name, element, values, expected) in [
            ("Text", "EQUALS", one("BLUE SKY"), vec!["A"]),
            ("Text", "EQUALS", one("blue"), vec![]),
            ("Text", "EQUALS_CASE_SENSITIVE", one("blue sky"), vec![]),
            ("Text", "EQUALS_CASE_SENSITIVE", one("Blue sky"), vec!["A"]),
            ("Text", "DIFFERENT_THAN", one("GREEN"), vec!["A", "C"]),
            ("Text", "STARTS_WITH", one("bLUE "), vec!["A"]),
            ("Text", "EMPTY", json!({}), vec!["C"]),
            ("Text", "NOT_EMPTY", json!({}), vec!["A", "B"]),
            ("Choice", "EQUALS", one("ten"), vec!["B"]),
            ("Choice", "IN", json!({"values": ["Ten", "None"]}), vec!["A", "B"]),
            ("Choice", "EQUALS", one("Eleven"), vec![]),
            ("Count", "EQUALS", one("10.0"), vec!["B"]),
            ("Count", "MORE_THAN", one("9"), vec!["B"]),
            ("Count", "LESS_THAN", one("-2"), vec!["A"]),
            ("Count", "BETWEEN", two("-2.5", "10"), vec!["A", "B"]),
            ("Box", "EQUALS", one("true"), vec!["A"]),
            ("Box", "DIFFERENT_THAN", one("TRUE"), vec!["B", "C"]),
            ("Box", "NOT_EMPTY", json!({}), vec!["A", "B"]),
            ("Day", "ON", one("2012-06-29"), vec!["A"]),
            ("Day", "AFTER", one("2012-06-29"), vec!["B"]),
            ("Day", "BEFORE", one("2012-07-10T00:00:00+0000"), vec!["A"]),
            ("Day", "BETWEEN", two("2012-06-29", "2012-07-10"), vec!["A", "B"]),
            ("Day", "THIS_YEAR", json!({}), vec!["A", "B"]),
            ("Day", "TODAY", json!({}), vec![]),
            ("Whose", "EQUALS", one(&book.client), vec!["A", "B"]),
            ("Whose", "IN", json!({"values": [book.client, book.branch]}), vec!["A", "B"]),
            ("Whose", "EMPTY", json!({}), vec!["C"]),
            ("Officer", "EQUALS", one(&officer), vec!["A", "B"]),
            // Of several groups one is enough.
            ("IBAN", "EQUALS", one("DE2"), vec!["B", "C"]),
            ("IBAN", "EQUALS_CASE_SENSITIVE", one("DE2"), vec!["B"]),
            ("IBAN", "DIFFERENT_THAN", one("DE2"), vec!["A", "B"]),
            ("IBAN", "STARTS_WITH", one("de"), vec!["B", "C"]),
            ("Share", "BETWEEN", two("40", "60"), vec!["C"]),
            ("Share", "MORE_THAN", one("60"), vec!["B"]),
            ("Share", "EMPTY", json!({}), vec!["A"]),
        ] {
            let answer = found(book, "loans", (name, element), &values);
            assert_eq!(answer, expected, "{name} {element} {values}");
        }
        let by_key = key(&book.read("/api/customfields/Text"));
        assert_eq!(found(book, "loans", (&by_key, "EQUALS"), &one("green")), ["B"]);
        assert_eq!(
            found(book, "loans", ("Text", "EQUALS"), &json!({"value": "green", "dataItemType": "LOANS"})),
            ["B"]
        );
        assert_eq!(found(book, "loans", ("Text", "EQUALS"), &one("no such")), none);
    });
}

/// A long text is in the index by its beginning only.
#[test]
fn long_texts_are_told_apart_by_what_follows_their_beginning() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "Long", &json!({"valueLength": "LONG"}));
        let long = |end: &str| format!("{}{end}", "x".repeat(300));
        for (loan, end) in [("A", "a"), ("B", "b")] {
            book.apply_with(loan, &json!({"customInformation": [value("Long", &long(end))]}));
        }
        let one =
            |element: &str, end: &str| found(book, "loans", ("Long", element), &json!({"value": long(end)}));
        assert_eq!(one("EQUALS", "A"), ["A"]);
        assert_eq!(one("EQUALS_CASE_SENSITIVE", "b"), ["B"]);
        assert_eq!(one("EQUALS", ""), Vec::<String>::new());
        assert_eq!(one("STARTS_WITH", "B"), ["B"]);
        assert_eq!(one("STARTS_WITH", ""), ["A", "B"]);
        assert_eq!(one("DIFFERENT_THAN", "a"), ["B"]);
    });
}

#[test]
fn loans_are_sorted_and_paged_by_custom_fields() {
    on_both(|book| {
        filled(book);
        let page = |query: &str, constraints: &Value, (name, order): (&str, &str)| {
            let sorting = json!({"sortingColumn": name, "sortingOrder": order, "dataFieldType": "CUSTOM"});
            let body = json!({"filterConstraints": constraints, "sortDetails": sorting});
            ids(&book.admin.post(&format!("/api/loans/search?{query}"), &body).expect(200))
        };
        let all = json!([]);
        assert_eq!(page("", &all, ("Count", "ASCENDING")), ["A", "B", "C"]);
        assert_eq!(page("", &all, ("Count", "DESCENDING")), ["B", "A", "C"]);
        assert_eq!(page("offset=1&limit=1", &all, ("Count", "DESCENDING")), ["A"]);
        // By the value of the first group: DE1 before de2.
        assert_eq!(page("", &all, ("IBAN", "ASCENDING")), ["B", "C", "A"]);
        assert_eq!(page("", &all, ("IBAN", "DESCENDING")), ["C", "B", "A"]);
        let asks = |name: &str, element: &str, value: &str| json!([{"filterSelection": name, "filterElement": element, "value": value, "dataFieldType": "CUSTOM"}]);
        // By the first of the values that are asked for.
        assert_eq!(page("", &asks("Share", "MORE_THAN", "40"), ("Share", "ASCENDING")), ["C", "B"]);
        assert_eq!(page("", &asks("Share", "MORE_THAN", "20"), ("Share", "ASCENDING")), ["B", "C"]);
        assert_eq!(page("", &asks("Count", "NOT_EMPTY", ""), ("IBAN", "ASCENDING")), ["B", "A"]);
        let few = json!([{"filterSelection": "ACCOUNT_HOLDER_ID", "filterElement": "EQUALS", "value": "8"}]);
        assert_eq!(page("", &few, ("Count", "DESCENDING")), ["B", "A", "C"]);
        // With what no column says.
        let rate = json!([{"filterSelection": "INTEREST_RATE", "filterElement": "MORE_THAN", "value": "0"},
            {"filterSelection": "Text", "filterElement": "NOT_EMPTY", "dataFieldType": "CUSTOM"}]);
        assert_eq!(page("", &rate, ("Text", "DESCENDING")), ["B", "A"]);
        assert_eq!(page("offset=1", &rate, ("Count", "ASCENDING")), ["B"]);
        let native = json!({"filterConstraints": asks("IBAN", "EQUALS", "DE2"),
            "sortDetails": {"sortingColumn": "ACCOUNT_ID", "sortingOrder": "DESCENDING"}});
        assert_eq!(ids(&book.admin.post("/api/loans/search", &native).expect(200)), ["C", "B"]);
        let unknown = json!({"sortDetails": {"sortingColumn": "No_such", "dataFieldType": "CUSTOM"}});
        let refused = book.admin.post("/api/loans/search", &unknown);
        refused.expect_refusal(400, 2117, "INVALID_SORTING_COLUMN");
    });
}

#[test]
fn custom_fields_take_the_elements_of_their_type_and_no_other() {
    on_both(|book| {
        filled(book);
        for (name, data_type, values) in FIELDS {
            let like = match data_type {
                "STRING" => "STRING",
                "SELECTION" => "ENUM",
                "NUMBER" => "NUMBER",
                "CHECKBOX" => "BOOLEAN",
                "DATE" => "DATE",
                _ => "KEY",
            };
            let value = if like == "KEY" { book.client.as_str() } else { values[0] };
            for element in lines(|item| item == "ELEMENT") {
                let value = if element[1] == "LAST_DAYS" { "7" } else { value };
                let asked = json!({"value": value, "secondValue": value, "values": [value]});
                println!("{name} {}", element[1]);
                let answer = ask(&book.admin, "loans", (name, element[1]), &asked);
                let is_emptiness = ["EMPTY", "NOT_EMPTY"].contains(&element[1]);
                if is_emptiness || element[3].split(',').any(|allowed| allowed == like) {
                    answer.expect(200);
                } else {
                    answer.expect_refusal(400, 2101, "INVALID_FILTER_ELEMENT");
                }
            }
        }
        for (name, element, values, code, status) in [
            ("No_such", "EQUALS", json!({"value": "1"}), 2100, "INVALID_FILTER_SELECTION"),
            ("LOAN_AMOUNT", "EQUALS", json!({"value": "1"}), 2100, "INVALID_FILTER_SELECTION"),
            (
                "Text",
                "EQUALS",
                json!({"value": "1", "dataItemType": "TRANCHE"}),
                2100,
                "INVALID_FILTER_SELECTION",
            ),
            (
                "Text",
                "EQUALS",
                json!({"value": "1", "dataItemType": "SHIP"}),
                2105,
                "INVALID_FILTER_DATA_ITEM_TYPE",
            ),
            ("Text", "EQUALS", json!({}), 2102, "INVALID_FILTER_VALUE"),
            ("Count", "EQUALS", json!({"value": "much"}), 2102, "INVALID_FILTER_VALUE"),
            ("Count", "BETWEEN", json!({"value": "1"}), 2103, "INVALID_FILTER_SECOND_VALUE"),
            ("Box", "EQUALS", json!({"value": "perhaps"}), 2102, "INVALID_FILTER_VALUE"),
            ("Day", "ON", json!({"value": "soon"}), 2102, "INVALID_FILTER_VALUE"),
            ("Whose", "EQUALS", json!({"value": "8"}), 2102, "INVALID_FILTER_VALUE"),
            ("Whose", "IN", json!({"values": []}), 2099, "INVALID_FILTER_VALUES"),
        ] {
            ask(&book.admin, "loans", (name, element), &values).expect_refusal(400, code, status);
        }
        let of_loans = ask(&book.admin, "clients", ("Text", "EQUALS"), &json!({"value": "1"}));
        of_loans.expect_refusal(400, 2100, "INVALID_FILTER_SELECTION");
    });
}

#[test]
fn whoever_may_not_see_a_field_may_not_search_by_it() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        let role = record(&book.admin, "roles", &json!({"id": "auditors", "name": "Auditors"}));
        let rights = json!({"viewRights": {"isAccessibleByAllUsers": false, "roles": [role]}});
        field(book, &info, "Secret", &rights);
        book.apply_with("A", &json!({"customInformation": [value("Secret", "yes")]}));
        assert_eq!(found(book, "loans", ("Secret", "EQUALS"), &json!({"value": "yes"})), ["A"]);
        let teller = book.user_with("teller", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let refused = ask(&teller, "loans", ("Secret", "EQUALS"), &json!({"value": "yes"}));
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let sorted = json!({"sortDetails": {"sortingColumn": "Secret", "dataFieldType": "CUSTOM"}});
        teller.post("/api/loans/search", &sorted).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn clients_and_transactions_are_found_by_custom_fields() {
    on_both(|book| {
        let info = set(book, "Family", "CLIENT_INFO", "GROUPED");
        field(book, &info, "Children", &json!({"dataType": "NUMBER"}));
        let channel = set(book, "Receipts", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &channel, "Receipt", &json!({}));
        let ben = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"},
            "customInformation": [value("Children", "3"), value("Children", "12")]});
        book.admin.post("/api/clients", &ben).expect(201);
        let one = |value: &str| json!({"value": value});
        assert_eq!(found(book, "clients", ("Children", "EQUALS"), &one("12")), ["9"]);
        assert_eq!(
            found(book, "clients", ("Children", "BETWEEN"), &json!({"value": "4", "secondValue": "11"})),
            [""; 0]
        );
        assert_eq!(found(book, "clients", ("Children", "MORE_THAN"), &one("11")), ["9"]);
        assert_eq!(found(book, "clients", ("Children", "EMPTY"), &json!({})), ["8"]);
        let sorted = json!({"sortDetails": {"sortingColumn": "Children", "sortingOrder": "DESCENDING",
            "dataFieldType": "CUSTOM", "dataItemType": "CLIENT"}});
        assert_eq!(ids(&book.admin.post("/api/clients/search", &sorted).expect(200)), ["9", "8"]);

        book.lend("L");
        for (receipt, amount) in [("r-2", "100"), ("R-1", "50")] {
            let paid = json!({"type": "REPAYMENT", "amount": amount, "method": "CASH",
                "customInformation": [value("Receipt", receipt)]});
            book.admin.post("/api/loans/L/transactions", &paid).expect(201);
        }
        let amounts = |body: &Value| {
            let answer = book.admin.post("/api/loans/transactions/search", body).expect(200).json();
            answer.as_array().expect("a list").iter().map(|row| text(&row["amount"])).collect::<Vec<_>>()
        };
        let asked = |element: &str, value: &str| {
            amounts(&json!({"filterConstraints": [{"filterSelection": "Receipt", "filterElement": element,
                "value": value, "dataFieldType": "CUSTOM"}]}))
        };
        assert_eq!(asked("EQUALS", "R-2"), ["100"]);
        assert_eq!(asked("STARTS_WITH", "r-"), ["50", "100"]);
        let without = asked("EMPTY", "");
        assert!(without.contains(&"950".to_owned()) && !without.contains(&"100".to_owned()), "{without:?}");
        let sorted = json!({"filterConstraints": [{"filterSelection": "EVENT", "filterElement": "EQUALS",
            "value": "REPAYMENT"}], "sortDetails": {"sortingColumn": "Receipt", "dataFieldType": "CUSTOM"}});
        assert_eq!(amounts(&sorted), ["50", "100"]);
    });
}
