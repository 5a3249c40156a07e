//! Searches of deposit accounts and their transactions by custom fields.

use serde_json::{Value, json};

use super::custom::{ask, found, ids};
use crate::book::{Book, on_both, transaction_id};
use crate::custom_fields::{field, set, shown, value};
use crate::savings::{act, filled, open_with, savings_product};

fn one(value: &str) -> Value {
    json!({ "value": value })
}

/// Three accounts, two of which have values.
fn with_values(book: &Book) {
    let product = savings_product(book, &json!({}));
    let info = set(book, "Deposit", "SAVINGS_ACCOUNT_INFO", "SINGLE");
    field(book, &info, "Purpose", &json!({}));
    field(book, &info, "Years", &json!({"dataType": "NUMBER"}));
    let heirs = set(book, "Heirs", "SAVINGS_ACCOUNT_INFO", "GROUPED");
    field(book, &heirs, "Heir", &json!({}));
    for (id, values) in [
        (
            "S1",
            json!([
                value("Purpose", "Rent"),
                value("Years", "9"),
                value("Heir", "Eva"),
                value("Heir", "Ben")
            ]),
        ),
        ("S2", json!([value("Purpose", "car"), value("Years", "10"), value("Heir", "ben")])),
        ("S3", json!([])),
    ] {
        open_with(book, id, &product, &json!({}));
        let path = format!("/api/savings/{id}/custominformation");
        if values != json!([]) {
            book.admin.patch(&path, &json!({ "customInformation": values })).expect(200);
        }
    }
}

#[test]
fn deposit_accounts_are_found_by_custom_fields() {
    on_both(|book| {
        with_values(book);
        let two = |from: &str, to: &str| json!({"value": from, "secondValue": to});
        for (name, element, values, expected) in [
            ("Purpose", "EQUALS", one("RENT"), vec!["S1"]),
            ("Purpose", "EQUALS_CASE_SENSITIVE", one("rent"), vec![]),
            ("Purpose", "DIFFERENT_THAN", one("rent"), vec!["S2", "S3"]),
            ("Purpose", "EMPTY", json!({}), vec!["S3"]),
            ("Years", "MORE_THAN", one("9"), vec!["S2"]),
            ("Years", "BETWEEN", two("9", "10"), vec!["S1", "S2"]),
            ("Years", "NOT_EMPTY", json!({}), vec!["S1", "S2"]),
            // Of several groups one is enough.
            ("Heir", "EQUALS", one("BEN"), vec!["S1", "S2"]),
            ("Heir", "STARTS_WITH", one("e"), vec!["S1"]),
        ] {
            let answer = found(book, "savings", (name, element), &values);
            assert_eq!(answer, expected, "{name} {element} {values}");
        }
        let sorted = |column: &str, order: &str, query: &str| {
            let body = json!({"sortDetails": {"sortingColumn": column, "sortingOrder": order,
                "dataFieldType": "CUSTOM", "dataItemType": "SAVINGS"}});
            ids(&book.admin.post(&format!("/api/savings/search{query}"), &body).expect(200))
        };
        assert_eq!(sorted("Years", "DESCENDING", ""), ["S2", "S1", "S3"]);
        assert_eq!(sorted("Purpose", "ASCENDING", "?limit=1"), ["S2"]);
        assert_eq!(sorted("Heir", "DESCENDING", ""), ["S1", "S2", "S3"]);
        let unknown = ask(&book.admin, "savings", ("Nothing", "EMPTY"), &json!({}));
        unknown.expect_refusal(400, 2100, "INVALID_FILTER_SELECTION");
        let of_loans = json!({"dataItemType": "LOANS"});
        let other = ask(&book.admin, "savings", ("Years", "EMPTY"), &of_loans);
        other.expect_refusal(400, 2105, "INVALID_FILTER_DATA_ITEM_TYPE");
    });
}

#[test]
fn who_may_not_see_a_field_of_deposits_may_not_search_by_it() {
    on_both(|book| {
        with_values(book);
        let rights = json!({"isAccessibleByAllUsers": false, "roles": []});
        let info = set(book, "Secrets", "SAVINGS_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "Secret", &json!({ "viewRights": rights }));
        let ida = book.user_with("ida", &["VIEW_SAVINGS_ACCOUNT_DETAILS"]);
        let refused = ask(&ida, "savings", ("Secret", "EMPTY"), &json!({}));
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        assert_eq!(ids(&ask(&ida, "savings", ("Purpose", "EQUALS"), &one("rent")).expect(200)), ["S1"]);
    });
}

#[test]
fn transactions_of_deposits_are_found_by_custom_fields_and_show_them() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let slip = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &slip, "Slip_No", &json!({}));
        filled(book, "S1", &product, "5");
        for (amount, number) in [("1", "b-17"), ("2", "A-17")] {
            let paid = act(book, "S1", &format!("type=DEPOSIT&amount={amount}&method=CASH"));
            let path =
                format!("/api/savings/S1/transactions/{}/custominformation/Slip_No", transaction_id(&paid));
            book.admin.patch(&path, &one(number)).expect(200);
        }
        let rows = |query: &str, body: &Value| {
            let path = format!("/api/savings/transactions/search{query}");
            book.admin.post(&path, body).expect(200).json().as_array().expect("a list").clone()
        };
        let amounts = |body: &Value| {
            let rows = rows("", body);
            rows.iter().map(|row| row["amount"].as_str().expect("money").to_owned()).collect::<Vec<_>>()
        };
        let asked = |element: &str, value: &str| {
            json!({"filterConstraints": [{"filterSelection": "Slip_No", "filterElement": element,
                "value": value, "dataFieldType": "CUSTOM", "dataItemType": "SAVINGS_TRANSACTION"}]})
        };
        assert_eq!(amounts(&asked("EQUALS", "B-17")), ["1"]);
        assert_eq!(amounts(&asked("STARTS_WITH", "a")), ["2"]);
        assert_eq!(amounts(&asked("EMPTY", "")), ["5"]);
        let sorted = json!({"sortDetails": {"sortingColumn": "Slip_No", "dataFieldType": "CUSTOM"}});
        assert_eq!(amounts(&sorted), ["2", "1", "5"]);
        // In full they have what the list of the account has.
        let full = rows("?fullDetails=true", &asked("EQUALS", "b-17"));
        assert_eq!(shown(&full[0]["customInformation"]), ["Slip_No=b-17"]);
        let listed = book.list("/api/savings/S1/transactions?fullDetails=true");
        assert_eq!(listed[1], full[0]);
        assert_eq!(rows("", &asked("EQUALS", "b-17"))[0].get("customInformation"), None);
        // A field of something else.
        let info = set(book, "Deposit", "SAVINGS_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "Purpose", &json!({}));
        let other = ask(&book.admin, "savings/transactions", ("Purpose", "EMPTY"), &json!({}));
        other.expect_refusal(400, 2100, "INVALID_FILTER_SELECTION");
    });
}
