//! Searches of groups, deposit accounts and their transactions, and what loans and clients have to do with them.

use serde_json::{Value, json};

use super::items::{ask, found};
use super::{constraint, search};
use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::custom_fields::{field, set, value};
use crate::savings::{act, filled, open_with, savings, savings_product};

/// What is found by one constraint.
fn by(book: &Book, what: &str, (selection, element, value): (&str, &str, &str)) -> Vec<String> {
    let mut asked = constraint(selection, element, value);
    asked[0]["secondValue"] = json!(value);
    found(&book.admin, what, "id", &asked)
}

fn page(book: &Book, what: &str, query: &str, body: &Value) -> Vec<Value> {
    let answer = book.admin.post(&format!("/api/{what}/search?{query}"), body).expect(200).json();
    answer.as_array().expect("a list").clone()
}

fn sorted(column: &str, order: &str) -> Value {
    json!({"sortDetails": {"sortingColumn": column, "sortingOrder": order}})
}

#[test]
fn groups_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        let info = set(book, "Village", "GROUP_INFO", "SINGLE");
        field(book, &info, "Houses", &json!({"dataType": "NUMBER"}));
        book.group("G1", &[&book.client]);
        let two = json!({"group": {"id": "G2", "groupName": "Farmers", "emailAddress": "g@example.com", "homePhone": "12"},
            "groupMembers": [], "customInformation": [value("Houses", "30")]});
        let second = book.admin.post("/api/groups", &two).expect(201).json();
        let product = json!({"id": "GRP", "forIndividuals": false, "forPureGroups": true});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &product));
        let of_group = json!({"accountHolderKey": key(&second["group"]), "accountHolderType": "GROUP",
            "productTypeKey": product});
        book.apply_with("L", &of_group);
        book.act("L", "type=APPROVAL");
        book.act("L", "type=DISBURSEMENT");
        let group = key(&second["group"]);
        for (selection, element, value, expected) in [
            ("ID", "EQUALS", "g1", vec!["G1"]),
            ("GROUP_NAME", "STARTS_WITH", "farm", vec!["G2"]),
            ("GROUP_NAME", "DIFFERENT_THAN", "farmers", vec!["G1"]),
            ("ENCODED_KEY", "IN", &group, vec!["G2"]),
            ("EMAIL_ADDRESS", "EQUALS", "G@example.com", vec!["G2"]),
            ("HOME_PHONE_NUMBER", "EMPTY", "", vec!["G1"]),
            ("NUMBER_OF_MEMBERS", "EQUALS", "1", vec!["G1"]),
            ("CLIENT_KEY", "EQUALS", &book.client, vec!["G1"]),
            ("LOANS_BALANCE", "MORE_THAN", "900", vec!["G2"]),
            ("TOTAL_BALANCE", "EQUALS", "0", vec!["G1"]),
            ("TOTAL_DUE", "EQUALS", "0", vec!["G1", "G2"]),
            ("LOAN_CYCLE", "BETWEEN", "0", vec!["G1", "G2"]),
            ("BRANCH_KEY", "EQUALS", &book.branch, vec!["G1"]),
            ("CREATION_DATE", "TODAY", "", vec!["G1", "G2"]),
        ] {
            assert_eq!(
                by(book, "groups", (selection, element, value)),
                expected,
                "{selection} {element} {value}"
            );
        }
        let custom = |element: &str, value: &str| {
            let asked = json!([{"filterSelection": "Houses", "filterElement": element, "value": value,
                "dataFieldType": "CUSTOM"}]);
            found(&book.admin, "groups", "id", &asked)
        };
        assert_eq!(custom("MORE_THAN", "9"), ["G2"]);
        assert_eq!(custom("EQUALS", "30"), ["G2"]);
        assert_eq!(custom("EMPTY", ""), ["G1"]);
        let by_members = sorted("NUMBER_OF_MEMBERS", "ASCENDING");
        assert_eq!(page(book, "groups", "limit=1", &by_members)[0]["id"], "G2");
        let full = page(book, "groups", "offset=1&fullDetails=true", &json!({}));
        assert_eq!(full[0]["theGroup"]["id"], "G2");
        assert_eq!(full[0]["customInformation"][0]["value"], "30");
        // Members are found by the id of their group.
        assert_eq!(by(book, "clients", ("GROUP_ID", "EQUALS", "g1")), ["8"]);
        assert_eq!(by(book, "clients", ("GROUP_ID", "EMPTY", "")), [""; 0]);
        let nobody = book.user_with("nobody", &["VIEW_CLIENT_DETAILS"]);
        ask(&nobody, "groups", &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn deposit_accounts_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        let product = savings_product(book, &json!({"forGroups": true}));
        let full = filled(book, "S1", &product, "100.50");
        open_with(book, "S2", &product, &json!({"name": "Holidays", "targetAmount": null}));
        let group = key(&book.group("G1", &[])["group"]);
        open_with(book, "S3", &product, &json!({"accountHolderKey": group, "accountHolderType": "GROUP"}));
        act(book, "S2", "type=APPROVAL");
        for (selection, element, value, expected) in [
            ("ACCOUNT_ID", "EQUALS", "s1", vec!["S1"]),
            ("ACCOUNT_ID", "STARTS_WITH", "S", vec!["S1", "S2", "S3"]),
            ("NAME", "EQUALS", "holidays", vec!["S2"]),
            ("ENCODED_KEY", "EQUALS", &key(&full), vec!["S1"]),
            ("ACCOUNT_HOLDER_KEY", "EQUALS", &book.client, vec!["S1", "S2"]),
            ("ACCOUNT_HOLDER_ID", "EQUALS", "g1", vec!["S3"]),
            ("ACCOUNT_HOLDER_ID", "DIFFERENT_THAN", "8", vec!["S3"]),
            ("ACCOUNT_HOLDER_TYPE", "EQUALS", "GROUP", vec!["S3"]),
            ("RECIPIENT", "STARTS_WITH", "ana", vec!["S1", "S2"]),
            ("PRODUCT_KEY", "EQUALS", &product, vec!["S1", "S2", "S3"]),
            ("PRODUCT_ID", "EQUALS", "dsav", vec!["S1", "S2", "S3"]),
            ("ACCOUNT_STATE", "EQUALS", "ACTIVE", vec!["S1"]),
            ("ACCOUNT_STATE", "IN", "APPROVED,PENDING_APPROVAL", vec!["S2", "S3"]),
            ("ACCOUNT_STATE", "EQUALS", "MATURED", vec![]),
            ("ACCOUNT_TYPE", "EQUALS", "REGULAR_SAVINGS", vec!["S1", "S2", "S3"]),
            ("ACCOUNT_TYPE", "EQUALS", "INVESTOR_ACCOUNT", vec![]),
            ("BALANCE", "EQUALS", "100.5", vec!["S1"]),
            ("BALANCE", "LESS_THAN", "1", vec!["S2", "S3"]),
            ("AVAILABLE_BALANCE", "BETWEEN", "100.50", vec!["S1"]),
            ("OVERDRAFT_LIMIT", "EMPTY", "", vec!["S1", "S2", "S3"]),
            ("RECOMMENDED_DEPOSIT_AMOUNT", "EQUALS", "20", vec!["S1", "S2", "S3"]),
            ("ALLOW_OVERDRAFT", "EQUALS", "true", vec![]),
            ("APPROVED_DATE", "EMPTY", "", vec!["S3"]),
            ("ACTIVATION_DATE", "NOT_EMPTY", "", vec!["S1"]),
            ("CREATION_DATE", "TODAY", "", vec!["S1", "S2", "S3"]),
            ("BRANCH_KEY", "EQUALS", &book.branch, vec!["S1", "S2", "S3"]),
        ] {
            assert_eq!(
                by(book, "savings", (selection, element, value)),
                expected,
                "{selection} {element} {value}"
            );
        }
        let ids = |rows: Vec<Value>| rows.iter().map(|row| text(&row["id"])).collect::<Vec<_>>();
        let by_balance = sorted("BALANCE", "DESCENDING");
        assert_eq!(ids(page(book, "savings", "offset=1", &by_balance)), ["S2", "S3"]);
        assert_eq!(
            ids(page(book, "savings", "", &sorted("ACCOUNT_HOLDER_ID", "DESCENDING"))),
            ["S3", "S1", "S2"]
        );
        let shown = page(book, "savings", "limit=1&fullDetails=true", &json!({}));
        assert_eq!(shown[0], savings(book, "S1"));
        let custom = json!([{"filterSelection": "x", "filterElement": "EMPTY", "dataFieldType": "CUSTOM"}]);
        ask(&book.admin, "savings", &custom).expect_refusal(400, 2100, "INVALID_FILTER_SELECTION");
        let nobody = book.user_with("nobody", &["VIEW_CLIENT_DETAILS"]);
        ask(&nobody, "savings", &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        ask(&nobody, "savings/transactions", &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn deposit_transactions_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let account = filled(book, "S1", &product, "100");
        open_with(book, "S2", &product, &json!({}));
        act(book, "S2", "type=APPROVAL");
        let taken = act(book, "S1", "type=WITHDRAWAL&amount=30&method=CASH&notes=rent");
        let back = format!("type=WITHDRAWAL_ADJUSTMENT&originalTransactionId={}", transaction_id(&taken));
        let back = act(book, "S1", &back);
        let sent = act(book, "S1", "type=TRANSFER&amount=40&toSavingsAccount=S2");
        let id = transaction_id(&taken).to_string();
        for (selection, element, value, expected) in [
            ("TRANSACTION_ID", "EQUALS", id.as_str(), vec!["WITHDRAWAL"]),
            ("ENCODED_KEY", "EQUALS", &key(&taken), vec!["WITHDRAWAL"]),
            ("EVENT", "EQUALS", "DEPOSIT", vec!["DEPOSIT"]),
            ("TYPE", "IN", "WITHDRAWAL_ADJUSTMENT,DEPOSIT", vec!["WITHDRAWAL_ADJUSTMENT", "DEPOSIT"]),
            ("AMOUNT", "LESS_THAN", "-35", vec!["TRANSFER"]),
            ("BALANCE", "EQUALS", "70", vec!["WITHDRAWAL"]),
            ("NOTES", "EQUALS", "RENT", vec!["WITHDRAWAL"]),
            ("TRANSACTION_CHANNEL_ID", "STARTS_WITH", "ca", vec!["WITHDRAWAL_ADJUSTMENT", "WITHDRAWAL"]),
            ("WAS_REVERSED", "EQUALS", "true", vec!["WITHDRAWAL"]),
            ("TYPE_IS_REVERSAL", "EQUALS", "true", vec!["WITHDRAWAL_ADJUSTMENT"]),
            ("ORIGINAL_TRANSACTION_ID", "EQUALS", &id, vec!["WITHDRAWAL_ADJUSTMENT"]),
            ("REVERSAL_TRANSACTION_KEY", "EQUALS", &key(&back), vec!["WITHDRAWAL"]),
            ("LINKED_SAVINGS_TRANSACTION_KEY", "EQUALS", &key(&sent), vec!["TRANSFER"]),
            ("LINKED_LOAN_TRANSACTION_KEY", "NOT_EMPTY", "", vec![]),
            ("INTERNAL_TRANSFER", "EQUALS", "true", vec!["TRANSFER", "TRANSFER"]),
            ("PARENT_ACCOUNT_ID", "EQUALS", "s2", vec!["TRANSFER"]),
            ("PARENT_ACCOUNT_HOLDER_ID", "EQUALS", "9", vec![]),
            ("PRODUCT_ID", "EQUALS", "nope", vec![]),
            ("VALUE_DATE", "AFTER", "2012-06-28", vec![]),
            ("BRANCH_ID", "EQUALS", "3", vec![]),
        ] {
            let asked = constraint(selection, element, value);
            let types = found(&book.admin, "savings/transactions", "type", &asked);
            let types: Vec<&str> = types.iter().map(String::as_str).collect();
            // Both sides of a transfer of the same moment may come in either order; they are called alike.
            assert_eq!(types, expected, "{selection} {element} {value}");
        }
        let of_account = constraint("PARENT_ACCOUNT_KEY", "EQUALS", &key(&account));
        let body = with(sorted("AMOUNT", "DESCENDING"), &json!({"filterConstraints": of_account}));
        let amounts: Vec<_> = page(book, "savings/transactions", "limit=2&offset=1", &body);
        assert_eq!((&amounts[0]["amount"], &amounts[1]["amount"]), (&json!("30"), &json!("-30")));
    });
}

/// What stands in deposit accounts counts for their holders.
#[test]
fn clients_are_found_by_their_deposits() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "100.50");
        filled(book, "S2", &product, "20");
        book.lend("L");
        let owed: Value =
            book.admin.post("/api/clients/search", &sorted("LOANS_BALANCE", "ASCENDING")).json();
        assert_eq!(owed[0]["id"], "8");
        assert_eq!(by(book, "clients", ("DEPOSITS_BALANCE", "EQUALS", "120.5")), ["8"]);
        assert_eq!(by(book, "clients", ("DEPOSITS_BALANCE", "LESS_THAN", "120.5")), [""; 0]);
        assert_eq!(by(book, "clients", ("LOANS_BALANCE", "EQUALS", "950")), ["8"]);
        assert_eq!(by(book, "clients", ("TOTAL_BALANCE", "EQUALS", "1070.5")), ["8"]);
    });
}

#[test]
fn loans_are_found_by_settlement_accounts_and_risk_levels() {
    on_both(|book| {
        let product =
            json!({"id": "LINK", "accountLinkingEnabled": true, "settlementOptions": "FULL_DUE_AMOUNTS"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &product));
        book.lend_with("PAIDFROM", &json!({"productTypeKey": product}));
        book.lend("LATE");
        book.apply("PENDING");
        let deposits = savings_product(book, &json!({}));
        filled(book, "S1", &deposits, "5000");
        let linked = book.admin.form("/api/loans/PAIDFROM/settlementAccounts/S1", "");
        linked.expect(200);
        let level = |id: &str, from: i64, to: &Value| {
            record(&book.admin, "risk-levels", &json!({"id": id, "name": id, "fromDays": from, "toDays": to}))
        };
        let (good, late) = (level("GOOD", 0, &json!(0)), level("LATE", 1, &json!(30)));
        let lost = level("LOST", 31, &Value::Null);
        let loans = |asked: (&str, &str, &str)| by(book, "loans", asked);
        assert_eq!(loans(("HAS_SETTLEMENT_ACCOUNT", "EQUALS", "true")), ["PAIDFROM"]);
        assert_eq!(loans(("HAS_SETTLEMENT_ACCOUNT", "EQUALS", "false")), ["LATE", "PENDING"]);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &good)), ["PAIDFROM", "LATE"]);
        book.close_days("2012-07-29");
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &good)), ["PAIDFROM"]);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &late)), ["LATE"]);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &lost)), [""; 0]);
        let both = json!([{"filterSelection": "LOAN_RISK_LEVEL_KEY", "filterElement": "IN", "values": [good, late]}]);
        let both = search(&book.admin, &both).expect(200).json();
        assert_eq!(both.as_array().expect("a list").len(), 2);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EMPTY", "")), ["PENDING"]);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &product)), [""; 0]);
        book.admin.patch("/loam/v1/risk-levels/LATE", &json!({"fromDays": 2})).expect(200);
        assert_eq!(loans(("LOAN_RISK_LEVEL_KEY", "EQUALS", &late)), [""; 0]);
    });
}
