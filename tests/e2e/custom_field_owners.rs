//! What has custom fields besides loans: transactions and their channels, guarantees, groups, branches, users.

use serde_json::{Value, json};

use crate::book::{key, on_both, record, transaction_id, with};
use crate::custom_fields::{field, of_loan, set, shown, value};

#[test]
fn a_channel_has_fields_of_its_own() {
    on_both(|book| {
        let info = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &info, "Slip_No", &json!({"availableFor": [{"key": "CASH", "isRequired": true}]}));
        field(book, &info, "Teller", &json!({}));
        book.apply("ABC123");
        book.act("ABC123", "type=APPROVAL");
        let post = |body: Value| book.admin.post("/api/loans/ABC123/transactions", &body);
        let with_values = |body: Value, values: Value| with(body, &json!({"customInformation": values}));
        let slip = || json!([value("Slip_No", "17")]);
        let disburse = json!({"type": "DISBURSEMENT", "method": "CASH"});
        post(disburse.clone()).expect_refusal(400, 902, "REQUIRED_CUSTOM_FIELD_MISSING");
        let paid_out = post(with_values(disburse, slip())).expect(201).json();
        let repayment = |method: &str| json!({"type": "REPAYMENT", "amount": "10", "method": method});
        let refuses = |body: Value, expected| {
            book.refuses(|caller| caller.post("/api/loans/ABC123/transactions", &body), expected);
        };
        refuses(repayment("CASH"), (400, 902, "REQUIRED_CUSTOM_FIELD_MISSING"));
        let other = (400, 910, "CUSTOM_FIELD_NOT_AVAILABLE_FOR_ENTITY");
        refuses(with_values(repayment("RECEIPT"), slip()), other);
        let bare = json!({"type": "REPAYMENT", "amount": "10"});
        refuses(with_values(bare, slip()), (400, 925, "CUSTOM_FIELDS_NEED_CHANNEL_PROVIDED"));
        let both = with(repayment("RECEIPT"), &json!({"receiptNumber": "1"}));
        refuses(
            with_values(both, json!([value("Teller", "x")])),
            (400, 918, "DUPLICATE_CUSTOM_FIELD_VALUES"),
        );
        refuses(
            with_values(json!({"type": "CLOSE"}), slip()),
            (400, 928, "TRANSACTION_TYPE_NOT_ACCEPTING_CUSTOM_FIELDS"),
        );
        let paid = post(with_values(repayment("CASH"), slip())).expect(201).json();
        let at = |field: &str| {
            format!("/api/loans/ABC123/transactions/{}/custominformation/{field}", transaction_id(&paid))
        };
        assert_eq!(shown(&book.read(&at("Slip_No"))), ["Slip_No=17"]);
        book.admin.patch(&at("Teller"), &json!({"value": "Ana"})).expect(200);
        book.refuses(|caller| caller.delete(&at("Slip_No")), (400, 909, "CUSTOM_FIELD_REQUIRED"));
        let rows = book.list("/api/loans/ABC123/transactions?fullDetails=true");
        let of = |id: i64| {
            let row = rows.iter().find(|row| transaction_id(row) == id).expect("it is listed");
            shown(&row["customInformation"])
        };
        assert_eq!(of(transaction_id(&paid)), ["Slip_No=17", "Teller=Ana"]);
        assert_eq!(of(transaction_id(&paid_out)), ["Slip_No=17"]);
        assert_eq!(book.transactions("ABC123")[0]["customInformation"], Value::Null);
    });
}

#[test]
fn values_stay_with_a_payment_that_is_posted_anew() {
    on_both(|book| {
        let info = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &info, "Slip_No", &json!({}));
        book.lend("ABC123");
        book.close_days("2012-07-20");
        let pay = |day: &str, slip: &str| {
            let body = json!({"type": "REPAYMENT", "amount": "10", "method": "CASH", "date": day,
                "customInformation": [value("Slip_No", slip)]});
            book.admin.post("/api/loans/ABC123/transactions", &body).expect(201).json()
        };
        let later = pay("2012-07-18", "later");
        pay("2012-07-10", "earlier");
        let rows = book.list("/api/loans/ABC123/transactions?fullDetails=true&limit=100");
        let stands = |row: &&Value| row["type"] == "REPAYMENT" && row["reversalTransactionKey"].is_null();
        let standing: Vec<_> = rows.iter().filter(stands).collect();
        let mut slips: Vec<_> = standing.iter().flat_map(|row| shown(&row["customInformation"])).collect();
        slips.sort();
        assert_eq!(slips, ["Slip_No=earlier", "Slip_No=later"], "{later}");
    });
}

#[test]
fn guarantees_and_planned_disbursements_have_values() {
    on_both(|book| {
        let guarantors = set(book, "Guarantors", "GUARANTOR_INFO", "SINGLE");
        field(book, &guarantors, "Marital_status", &json!({}));
        let assets = set(book, "Assets", "ASSET_INFO", "SINGLE");
        field(book, &assets, "Type_Assets", &json!({"isRequired": true}));
        let slip = set(book, "Slip", "TRANSACTION_CHANNEL_INFO", "SINGLE");
        field(book, &slip, "Slip_No", &json!({}));
        let product = with(
            crate::book::agriculture(),
            &json!({"id": "SAFE",
            "productSecuritySettings": {"isGuarantorsEnabled": true, "isCollateralEnabled": true}}),
        );
        let product = record(&book.admin, "loan-products", &product);
        let asset = |values: Value| json!([{"assetName": "Cow", "amount": "70", "guarantorType": "ASSET", "customFieldValues": values}]);
        let account = |id: &str, guarantees: Value| {
            let changes = json!({"productTypeKey": product, "guarantees": guarantees, "disbursementDetails":
                {"transactionDetails": {"transactionChannel": {"id": "RECEIPT"}},
                 "customInformation": [value("Slip_No", "17")]}});
            json!({"loanAccount": with(book.application(id), &changes)})
        };
        book.refuses(
            |caller| caller.post("/api/loans", &account("ABC123", asset(json!([])))),
            (400, 902, "REQUIRED_CUSTOM_FIELD_MISSING"),
        );
        let wrong = account("ABC123", asset(json!([value("Marital_status", "Single")])));
        book.refuses(
            |caller| caller.post("/api/loans", &wrong),
            (400, 910, "CUSTOM_FIELD_NOT_AVAILABLE_FOR_ENTITY"),
        );
        let body = account("ABC123", asset(json!([{"CustomFieldID": "Type_Assets", "value": "Animal"}])));
        let created = book.admin.post("/api/loans", &body).expect(201).json()["loanAccount"].clone();
        let guarantee = &created["guarantees"][0];
        assert_eq!(shown(&guarantee["customFieldValues"]), ["Type_Assets=Animal"]);
        assert_eq!(guarantee["customFieldValues"][0]["parentKey"], guarantee["encodedKey"]);
        assert_eq!(shown(&created["disbursementDetails"]["customInformation"]), ["Slip_No=17"]);
        let post = |guarantees: Value| {
            let body = json!({"guarantees": guarantees});
            book.admin.post("/api/loans/ABC123/guarantees", &body).expect(201).json()["guarantees"].clone()
        };
        let kept = json!({"encodedKey": guarantee["encodedKey"], "guarantorType": "ASSET", "assetName": "Cow",
            "amount": "80"});
        let friend = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        book.admin.post("/api/clients", &friend).expect(201);
        let person = json!({"guarantorType": "GUARANTOR", "guarantorKey": "9", "amount": "1",
            "customFieldValues": [value("Marital_status", "Single")]});
        let both = post(json!([kept, person]));
        assert_eq!(shown(&both[0]["customFieldValues"]), ["Type_Assets=Animal"]);
        assert_eq!(shown(&both[1]["customFieldValues"]), ["Marital_status=Single"]);
        // The disbursement goes as planned, with what was said of its channel.
        book.act("ABC123", "type=APPROVAL");
        book.act("ABC123", "type=DISBURSEMENT");
        let rows = book.list("/api/loans/ABC123/transactions?fullDetails=true");
        assert_eq!(shown(&rows[0]["customInformation"]), ["Slip_No=17"]);
    });
}

#[test]
fn a_loan_in_the_place_of_another_has_values_of_its_own() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "A", &json!({"isRequired": true}));
        let body =
            json!({"loanAccount": book.application("ABC123"), "customInformation": [value("A", "old")]});
        book.admin.post("/api/loans", &body).expect(201);
        book.act("ABC123", "type=APPROVAL");
        book.act("ABC123", "type=DISBURSEMENT");
        let account = json!({"id": "NEW", "productTypeKey": book.product, "loanAmount": "950",
            "interestRate": "2.5", "repaymentInstallments": 5});
        let action = |values: Value| json!({"action": "RESCHEDULE", "loanAccount": account, "customInformation": values});
        book.refuses(
            |caller| caller.post("/api/loans/ABC123/action", &action(json!([]))),
            (400, 902, "REQUIRED_CUSTOM_FIELD_MISSING"),
        );
        book.admin.post("/api/loans/ABC123/action", &action(json!([value("A", "new")]))).expect(201);
        assert_eq!(of_loan(book, "NEW"), ["A=new"]);
        assert_eq!(of_loan(book, "ABC123"), ["A=old"]);
    });
}

#[test]
fn branches_centres_and_users_have_values() {
    on_both(|book| {
        for (of, entity, id) in [
            ("BRANCH_INFO", "branches", "2"),
            ("CENTRE_INFO", "centres", "CD"),
            ("USER_INFO", "users", "creditofficer"),
        ] {
            let info = set(book, of, of, "SINGLE");
            let name = format!("Of_{entity}");
            field(book, &info, &name, &json!({"dataType": "USER_LINK"}));
            let at = format!("/api/{entity}/{id}/custominformation/{name}");
            book.admin.patch(&at, &json!({"linkedEntityKeyValue": "creditofficer"})).expect(200);
            let expected = [format!("{name}={}", book.officer)];
            assert_eq!(shown(&book.read(&at)), expected);
            let member = if entity == "users" { "customFields" } else { "customFieldValues" };
            let full = book.read(&format!("/api/{entity}/{id}?fullDetails=true"));
            assert_eq!(shown(&full[member]), expected);
            let listed = book.list(&format!("/api/{entity}?fullDetails=true"));
            let listed =
                listed.iter().find(|row| row["encodedKey"] == full["encodedKey"]).expect("it is listed");
            assert_eq!(shown(&listed[member]), expected);
            book.admin.delete(&at).expect(200);
            assert_eq!(book.read(&at), json!([]));
        }
    });
}

#[test]
fn a_user_is_posted_with_values_or_not_at_all() {
    on_both(|book| {
        let info = set(book, "Staff", "USER_INFO", "SINGLE");
        field(book, &info, "Badge", &json!({"unique": true}));
        field(book, &info, "Desk", &json!({"dataType": "NUMBER"}));
        let user = |name: &str, values: Value| {
            json!({"user": {"username": name, "password": "a long enough secret", "lastName": name,
                "email": format!("{name}@example.org")}, "customInformation": values})
        };
        let both = json!([value("Badge", "T-1"), value("Desk", "7")]);
        let posted = book.admin.post("/api/users", &user("tom", both)).expect(201).json();
        assert_eq!(shown(&posted["customInformation"]), ["Badge=T-1", "Desk=7"]);
        let of_tom = || shown(&book.read("/api/users/tom?fullDetails=true")["customFields"]);
        assert_eq!(of_tom(), ["Badge=T-1", "Desk=7"]);
        let not_a_number = json!([value("Desk", "by the door")]);
        let refused = (400, 901, "INCONSISTENT_VALUE_WITH_CUSTOM_FIELD_TYPE");
        book.refuses(|caller| caller.post("/api/users", &user("ida", not_a_number)), refused);
        let taken = json!([value("Badge", "T-1")]);
        book.refuses(
            |caller| caller.post("/api/users", &user("ida", taken)),
            (400, 926, "DUPLICATE_UNIQUE_VALUE"),
        );
        let change = |values: Value| json!({"user": {"title": "Clerk"}, "customInformation": values});
        let unknown = json!([value("Hat", "1")]);
        book.refuses(
            |caller| caller.patch("/api/users/tom", &change(unknown)),
            (400, 903, "INVALID_CUSTOM_FIELD_ID"),
        );
        book.admin.patch("/api/users/tom", &change(json!([value("Desk", "8")]))).expect(200);
        assert_eq!(of_tom(), ["Badge=T-1", "Desk=8"]);
        assert_eq!(book.read("/api/users/tom")["title"], "Clerk");
    });
}

#[test]
fn groups_have_values_and_are_linked_to() {
    on_both(|book| {
        let info = set(book, "Groups", "GROUP_INFO", "SINGLE");
        field(book, &info, "Village", &json!({"isRequired": true}));
        field(book, &info, "Founder", &json!({"dataType": "CLIENT_LINK"}));
        let bare = json!({"group": {"id": "G1", "groupName": "Weavers"}});
        book.refuses(|caller| caller.post("/api/groups", &bare), (400, 902, "REQUIRED_CUSTOM_FIELD_MISSING"));
        let body = with(bare, &json!({"customInformation": [value("Village", "Cedar")]}));
        let created = book.admin.post("/api/groups", &body).expect(201).json();
        assert_eq!(shown(&created["customInformation"]), ["Village=Cedar"]);
        let at = "/api/groups/G1/custominformation/Founder";
        book.admin.patch(at, &json!({"linkedEntityKeyValue": book.client})).expect(200);
        let founder = format!("Founder={}", book.client);
        let full = book.read("/api/groups/G1?fullDetails=true");
        assert_eq!(shown(&full["customInformation"]), [founder.clone(), "Village=Cedar".to_owned()]);
        let replaced = json!({"customInformation": [value("Village", "Oak")]});
        let replaced = book.admin.post("/api/groups/G1", &replaced).expect(200).json();
        assert_eq!(shown(&replaced["customInformation"]), ["Village=Oak"]);

        let of_clients = set(book, "Clients", "CLIENT_INFO", "SINGLE");
        field(book, &of_clients, "First_group", &json!({"dataType": "GROUP_LINK"}));
        field(book, &of_clients, "Shoe_size", &json!({"dataType": "NUMBER"}));
        let link = json!({"customInformation": [{"customFieldID": "First_group", "linkedEntityKeyValue": "G1"},
            value("Shoe_size", "44")]});
        let linked = book.admin.post("/api/clients/8", &link).expect(200).json();
        let group = key(&full["theGroup"]);
        assert_eq!(
            shown(&linked["customInformation"]),
            [format!("First_group={group}"), "Shoe_size=44".to_owned()]
        );
        let of_client = "/api/clients/8/custominformation/First_group";
        book.refuses(
            |caller| caller.patch(of_client, &json!({"linkedEntityKeyValue": "nobody"})),
            (400, 911, "INVALID_CUSTOM_FIELD_LINKED_ENTITY_KEY"),
        );
        let patch = json!({"client": {}, "customInformation": [value("Shoe_size", "45")]});
        book.admin.patch("/api/clients/8/custominformation", &patch).expect(200);
        let one = json!({"customInformation": [value("Shoe_size", "46")]});
        let one = book.admin.post("/api/clients/8", &one).expect(200).json();
        assert_eq!(shown(&one["customInformation"]), ["Shoe_size=46"]);
        // A group that is deleted takes its values along.
        let before = book.rows("custom_value");
        book.admin.delete("/api/groups/G1").expect(200);
        assert_eq!(book.rows("custom_value"), before - 1);
    });
}
