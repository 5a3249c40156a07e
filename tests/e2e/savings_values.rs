//! Deposit accounts are updated, and have custom field values as loans have.

use serde_json::{Value, json};

use crate::book::{Book, key, on_both, record, transaction_id};
use crate::custom_fields::{field, set, shown, value};
use crate::savings::{act, daily_savings, filled, open_with, savings, savings_product};

/// A set of deposit accounts with a plain field, and a grouped one.
fn with_fields(book: &Book) -> String {
    let product = savings_product(book, &json!({}));
    let info = set(book, "Deposit", "SAVINGS_ACCOUNT_INFO", "SINGLE");
    field(book, &info, "IBAN", &json!({}));
    field(book, &info, "Purpose", &json!({}));
    let heirs = set(book, "Heirs", "SAVINGS_ACCOUNT_INFO", "GROUPED");
    field(book, &heirs, "Heir", &json!({}));
    product
}

fn kept(book: &Book, id: &str) -> Vec<String> {
    shown(&savings(book, id)["customFieldValues"])
}

#[test]
fn an_update_changes_what_is_named_and_replaces_the_list_of_values() {
    on_both(|book| {
        let product = with_fields(book);
        let account = json!({"id": "S1", "accountHolderKey": book.client, "accountHolderType": "CLIENT",
            "productTypeKey": product, "notes": "before"});
        let values = json!([value("IBAN", "DE1"), value("Purpose", "rent")]);
        let body = json!({"savingsAccount": account, "customInformation": values});
        let made = book.admin.post("/api/savings", &body).expect(201).json();
        assert_eq!(shown(&made["customInformation"]), ["IBAN=DE1", "Purpose=rent"]);
        let post = |body: Value| book.admin.post("/api/savings/S1", &body);
        let update = |account: Value| json!({"savingsAccount": account});

        let full = json!({"id": "S1", "encodedKey": key(&made["savingsAccount"]), "name": "Other",
            "maxWidthdrawlAmount": 3, "recommendedDepositAmount": "15", "balance": "0", "maturityDate": null,
            "accountState": "PENDING_APPROVAL", "productTypeKey": product});
        let done = post(update(full)).expect(200).json();
        let account = &done["savingsAccount"];
        assert_eq!((&account["name"], &account["notes"]), (&json!("Other"), &json!("before")));
        assert_eq!((&account["maxWidthdrawlAmount"], &account["balance"]), (&json!("3"), &json!("0")));
        assert_eq!(shown(&done["customInformation"]), ["IBAN=DE1", "Purpose=rent"], "no list: untouched");

        post(json!({"customInformation": [value("IBAN", "DE2")]})).expect(200);
        assert_eq!(kept(book, "S1"), ["IBAN=DE2"], "the new complete list");
        post(json!({"savingsAccount": {"customInformation": [value("Purpose", "car")]}})).expect(200);
        assert_eq!(kept(book, "S1"), ["Purpose=car"]);
        let one = json!({"savingsAccount": {}, "customInformation": [value("IBAN", "DE3")]});
        book.admin.patch("/api/savings/S1", &one).expect(200);
        assert_eq!(kept(book, "S1"), ["IBAN=DE3", "Purpose=car"], "a patch adds");
        post(json!({"savingsAccount": {}, "customInformation": []})).expect(200);
        assert_eq!(kept(book, "S1"), [""; 0]);
        let by_key = json!({"encodedKey": key(&made["savingsAccount"]), "name": "By key"});
        book.admin.post("/api/savings", &update(by_key)).expect(200);
        assert_eq!(savings(book, "S1")["name"], "By key");

        let rows = book.rows("savings_log");
        let other = update(json!({"id": "S2"}));
        post(other).expect_refusal(400, 25, "INCONSISTENT_IDENTIFIER_WITH_JSON");
        assert_eq!(book.rows("savings_log"), rows);
    });
}

#[test]
fn values_of_deposit_accounts_are_read_and_changed_one_by_one() {
    on_both(|book| {
        let product = with_fields(book);
        open_with(book, "S1", &product, &json!({}));
        let at = |tail: &str| format!("/api/savings/S1/custominformation{tail}");
        book.admin.patch(&at("/IBAN"), &json!({"value": "DE1"})).expect(200);
        let many = json!({"customInformation": [value("Heir", "Eva"), value("Purpose", "rent")]});
        book.admin.patch(&at("/"), &many).expect(200);
        book.admin.patch(&at("/Heir"), &json!({"value": "Ida"})).expect(200);
        assert_eq!(shown(&book.read(&at("/IBAN"))), ["IBAN=DE1"]);
        assert_eq!(book.list(&at("/Heir")).len(), 2);
        book.admin.patch(&at("/Heir/1"), &json!({"value": "Ina"})).expect(200);
        assert_eq!(book.read(&at("/Heir/1"))[0]["value"], "Ina");
        book.admin.delete(&at("/Heir/0")).expect(200);
        book.admin.delete(&at("/Purpose")).expect(200);
        let listed = book.list("/api/clients/8/savings?fullDetails=true");
        assert_eq!(listed[0]["customFieldValues"].as_array().unwrap().len(), 2);
        assert_eq!(book.list("/api/savings")[0]["customFieldValues"], Value::Null);
        book.admin.get(&at("/NONE")).expect_refusal(404, 903, "INVALID_CUSTOM_FIELD_ID");
        let nobody = book.admin.patch("/api/savings/NONE/custominformation/IBAN", &json!({"value": "x"}));
        nobody.expect_refusal(404, 400, "INVALID_SAVINGS_ACCOUNT_ID");
        book.admin.delete("/api/savings/S1").expect(200);
        assert_eq!(book.rows("custom_value"), 0, "what goes takes its values with it");
    });
}

#[test]
fn a_deposit_product_asks_for_its_own_fields() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let other = record(
            &book.admin,
            "savings-products",
            &crate::book::with(daily_savings(), &json!({"id": "OTHER"})),
        );
        let info = set(book, "Deposit", "SAVINGS_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "IBAN", &json!({"availableFor": [{"key": product, "isRequired": true}]}));
        let account = |product: &str, values: Value| {
            let account =
                json!({"accountHolderKey": "8", "accountHolderType": "CLIENT", "productTypeKey": product});
            book.admin.post("/api/savings", &json!({"savingsAccount": account, "customInformation": values}))
        };
        account(&product, json!([])).expect_refusal(400, 902, "REQUIRED_CUSTOM_FIELD_MISSING");
        let elsewhere = account(&other, json!([value("IBAN", "DE1")]));
        elsewhere.expect_refusal(400, 910, "CUSTOM_FIELD_NOT_AVAILABLE_FOR_ENTITY");
        account(&product, json!([value("IBAN", "DE1")])).expect(201);
        assert_eq!(book.rows("savings_account"), 1);
    });
}

#[test]
fn a_transaction_of_a_deposit_account_has_values_of_its_channel() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let slip = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &slip, "Slip_No", &json!({}));
        filled(book, "S1", &product, "5");
        let deposit = act(book, "S1", "type=DEPOSIT&amount=1&method=CASH");
        let at = |id: &str| format!("/api/savings/S1/transactions/{id}/custominformation/Slip_No");
        let id = transaction_id(&deposit).to_string();
        book.admin.patch(&at(&id), &json!({"value": "17"})).expect(200);
        assert_eq!(shown(&book.read(&at(&key(&deposit)))), ["Slip_No=17"]);
        let listed = book.list("/api/savings/S1/transactions?fullDetails=true");
        assert_eq!(shown(&listed[0]["customInformation"]), ["Slip_No=17"]);
        assert_eq!(shown(&listed[1]["customInformation"]), [""; 0]);
        book.admin.delete(&at(&id)).expect(200);
        assert_eq!(book.read(&at(&id)), json!([]));
        book.admin.get(&at("77")).expect_refusal(404, 212, "INVALID_TRANSACTION_ID");
    });
}

#[test]
fn a_posted_transaction_brings_its_values() {
    on_both(|book| {
        let product = savings_product(book, &json!({"allowOverdraft": true, "maxOverdraftLimit": "1000"}));
        let slip = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &slip, "Slip_No", &json!({"unique": true}));
        filled(book, "S1", &product, "5");
        open_with(book, "S2", &product, &json!({}));
        act(book, "S2", "type=APPROVAL");
        let post = |changes: Value| {
            let body = json!({"type": "DEPOSIT", "amount": "1", "method": "CASH", "customInformation": [value("Slip_No", "17")]});
            book.admin.post("/api/savings/S1/transactions", &crate::book::with(body, &changes))
        };
        let made = post(json!({})).expect(201).json();
        let listed = || book.list("/api/savings/S1/transactions?fullDetails=true");
        assert_eq!(shown(&listed()[0]["customInformation"]), ["Slip_No=17"]);
        let at = format!("/api/savings/S1/transactions/{}/custominformation/Slip_No", transaction_id(&made));
        assert_eq!(shown(&book.read(&at)), ["Slip_No=17"]);
        let before = (savings(book, "S1"), book.rows("savings_log"), book.rows("custom_value"));
        post(json!({})).expect_refusal(400, 926, "DUPLICATE_UNIQUE_VALUE");
        let unknown = json!({"customInformation": [value("NONE", "1")]});
        post(unknown).expect_refusal(400, 903, "INVALID_CUSTOM_FIELD_ID");
        let nowhere = json!({"method": null});
        post(nowhere).expect_refusal(400, 925, "CUSTOM_FIELDS_NEED_CHANNEL_PROVIDED");
        let locked = json!({"type": "LOCK", "customInformation": [value("Slip_No", "18")]});
        post(locked).expect_refusal(400, 928, "TRANSACTION_TYPE_NOT_ACCEPTING_CUSTOM_FIELDS");
        assert_eq!((savings(book, "S1"), book.rows("savings_log"), book.rows("custom_value")), before);
        let transfer = json!({"type": "TRANSFER", "toSavingsAccount": "S2",
            "customInformation": [value("Slip_No", "19")]});
        post(transfer).expect(201);
        assert_eq!(shown(&listed()[0]["customInformation"]), ["Slip_No=19"]);
        let nothing = json!({"type": "WITHDRAWAL", "customInformation": []});
        post(nothing).expect(201);
        assert_eq!(shown(&listed()[0]["customInformation"]), [""; 0]);
        book.assert_proven();
    });
}
