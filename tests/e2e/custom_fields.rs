//! Custom fields: made over the native door, filled in and read over the loan accounts door.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, record, with};
use crate::subset::assert_shows;

/// A set of custom fields.
pub(crate) fn set(book: &Book, id: &str, of: &str, usage: &str) -> String {
    record(&book.admin, "custom-field-sets", &json!({"id": id, "name": id, "type": of, "usage": usage}))
}

/// A text of a set, with other members than usual.
pub(crate) fn field(book: &Book, set: &str, id: &str, changes: &Value) -> String {
    let body = json!({"id": id, "name": id, "customFieldSetKey": set});
    record(&book.admin, "custom-fields", &with(body, changes))
}

pub(crate) fn value(field: &str, value: &str) -> Value {
    json!({"customFieldID": field, "value": value})
}

fn in_group(field: &str, text: &str, group: &str) -> Value {
    with(value(field, text), &json!({"customFieldSetGroupIndex": group}))
}

/// The values of a list: `field=value`, with the group where there is one.
pub(crate) fn shown(values: &Value) -> Vec<String> {
    let one = |value: &Value| {
        let group = value["customFieldSetGroupIndex"].as_i64().expect("a number");
        let group = if group < 0 { String::new() } else { format!("[{group}]") };
        let content = value["value"].as_str().or(value["linkedEntityKeyValue"].as_str()).expect("a value");
        format!("{}{group}={content}", value["customFieldID"].as_str().expect("an id"))
    };
    values.as_array().expect("a list").iter().map(one).collect()
}

fn put(book: &Book, path: &str, values: &Value) {
    let answer = book.admin.patch(path, &json!({"customInformation": values}));
    assert_eq!((answer.status, answer.json()["returnCode"].clone()), (200, json!(0)), "{}", answer.text);
}

pub(crate) fn of_loan(book: &Book, id: &str) -> Vec<String> {
    shown(&book.loan(id)["customFieldValues"])
}

#[test]
fn a_value_is_filled_in_read_changed_and_deleted() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        let members = field(book, &info, "family_members", &json!({"dataType": "NUMBER", "indexInList": 3}));
        let loan = key(&book.apply("ABC123"));
        let path = "/api/loans/ABC123/custominformation/family_members";
        assert_eq!(book.read(path), json!([]));
        let done = book.admin.patch(path, &json!({"value": "10"})).expect(200).json();
        assert_eq!(done, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        let by_keys = format!("/api/loans/{loan}/custominformation/{members}");
        let one = book.read(&by_keys);
        assert_shows(
            &one[0],
            &json!({"parentKey": loan, "customFieldKey": members, "value": "10", "indexInList": 0,
                "customFieldID": "family_members", "customFieldSetGroupIndex": -1,
                "customField": {"encodedKey": members, "id": "family_members", "name": "family_members",
                    "type": "LOAN_ACCOUNT_INFO", "dataType": "NUMBER", "valueLength": "SHORT",
                    "isDefault": false, "isRequired": false, "description": "", "indexInList": 3,
                    "state": "NORMAL", "unique": false, "values": [], "amounts": {},
                    "customFieldSelectionOptions": [],
                    "customFieldSet": {"encodedKey": info, "id": "Info", "name": "Info", "indexInList": 0,
                        "type": "LOAN_ACCOUNT_INFO", "usage": "SINGLE"},
                    "viewRights": {"isAccessibleByAllUsers": true, "roles": []},
                    "editRights": {"isAccessibleByAllUsers": true, "roles": []}}}),
        );
        assert_eq!(one[0]["customField"]["customFieldProductSettings"], Value::Null);
        book.admin.patch(&by_keys, &json!({"value": 12.50})).expect(200);
        let changed = book.read(path);
        assert_eq!(changed[0]["value"], "12.5");
        assert_eq!(changed[0]["encodedKey"], one[0]["encodedKey"]);
        assert_eq!(of_loan(book, "ABC123"), ["family_members=12.5"]);
        assert_eq!(book.read("/api/loans/ABC123")["customFieldValues"], Value::Null);
        book.admin.delete(path).expect(200);
        assert_eq!(book.read(path), json!([]));
        assert_eq!(book.rows("custom_value"), 0);
    });
}

#[test]
fn many_values_are_put_at_once_in_groups() {
    on_both(|book| {
        let bank = set(book, "Bank", "LOAN_ACCOUNT_INFO", "GROUPED");
        for (index, id) in ["IBAN", "BIC", "BANK_ACCOUNT_TYPE"].into_iter().enumerate() {
            field(book, &bank, id, &json!({"indexInList": index}));
        }
        book.apply("1111");
        let many = "/api/loans/1111/custominformation/";
        put(book, many, &json!([value("IBAN", "one"), value("BIC", "x"), value("IBAN", "two")]));
        put(
            book,
            many,
            &json!([
                value("IBAN", "DE123456789121243546783"),
                in_group("BIC", "1234566441", "0"),
                in_group("BANK_ACCOUNT_TYPE", "Current Account", "1")
            ]),
        );
        let all = [
            "IBAN[0]=one",
            "BIC[0]=1234566441",
            "IBAN[1]=two",
            "BANK_ACCOUNT_TYPE[1]=Current Account",
            "IBAN[2]=DE123456789121243546783",
        ];
        assert_eq!(of_loan(book, "1111"), all);
        let ibans = book.read("/api/loans/1111/custominformation/IBAN");
        let places: Vec<_> =
            ibans.as_array().expect("a list").iter().map(|one| &one["indexInList"]).collect();
        assert_eq!(places, [0, 2, 4]);
        let second = book.read("/api/loans/1111/custominformation/IBAN/1");
        assert_eq!(shown(&second), ["IBAN[1]=two"]);
        book.admin.patch("/api/loans/1111/custominformation/BIC/1", &json!({"value": "y"})).expect(200);
        book.admin.delete("/api/loans/1111/custominformation/IBAN/0").expect(200);
        book.admin.delete("/api/loans/1111/custominformation/BIC/0").expect(200);
        // What was the second group is the first one now.
        assert_eq!(of_loan(book, "1111")[..2], ["IBAN[0]=two", "BIC[0]=y"]);
        let refuses = |values: Value, expected| {
            book.refuses(|caller| caller.patch(many, &json!({"customInformation": values})), expected);
        };
        refuses(json!([in_group("BIC", "1", "7")]), (400, 916, "INVALID_CUSTOM_FIELD_GROUP_INDEX"));
        refuses(
            json!([in_group("BIC", "1", "0"), in_group("BIC", "2", "0")]),
            (400, 915, "TO_MANY_VALUES_FOR_SAME_GROUPED_CUSTOM_FIELD"),
        );
        book.refuses(
            |caller| caller.get("/api/loans/1111/custominformation/IBAN/9"),
            (404, 916, "INVALID_CUSTOM_FIELD_GROUP_INDEX"),
        );
    });
}

#[test]
fn a_value_that_does_not_fit_is_refused_and_changes_nothing() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        let nowhere =
            record(&book.admin, "loan-products", &with(crate::book::agriculture(), &json!({"id": "OTHER"})));
        field(book, &info, "Number", &json!({"dataType": "NUMBER"}));
        field(book, &info, "Date", &json!({"dataType": "DATE"}));
        field(book, &info, "Checkbox", &json!({"dataType": "CHECKBOX"}));
        field(book, &info, "Client", &json!({"dataType": "CLIENT_LINK"}));
        field(book, &info, "Text", &json!({"validationPattern": "[A-Z]{2}[0-9]+"}));
        field(book, &info, "Plain", &json!({}));
        field(book, &info, "Off", &json!({"state": "DEACTIVATED"}));
        field(book, &info, "Elsewhere", &json!({"availableFor": [{"key": nowhere}]}));
        let of_clients = set(book, "Clients", "CLIENT_INFO", "SINGLE");
        field(book, &of_clients, "OfClients", &json!({}));
        book.apply("ABC123");
        let at = |id: &str| format!("/api/loans/ABC123/custominformation/{id}");
        let refuses = |id: &str, body: Value, expected| {
            book.refuses(|caller| caller.patch(&at(id), &body), expected);
        };
        let no_type = (400, 901, "INCONSISTENT_VALUE_WITH_CUSTOM_FIELD_TYPE");
        refuses("Number", json!({"value": "ten"}), no_type);
        refuses("Date", json!({"value": "2012-13-01"}), no_type);
        refuses("Checkbox", json!({"value": "yes"}), no_type);
        refuses("Plain", json!({"linkedEntityKeyValue": book.client}), no_type);
        refuses("Plain", json!({"value": null}), no_type);
        refuses(
            "Plain",
            json!({"value": "x".repeat(256)}),
            (400, 904, "MAX_CUSTOM_FIELD_VALUE_LENGTH_EXCEEDED"),
        );
        refuses("Text", json!({"value": "de1"}), (400, 917, "INCONSISTENT_CUSTOM_FIELD_VALUE_WITH_PATTERN"));
        refuses("Off", json!({"value": "1"}), (400, 908, "CUSTOM_FIELD_DEACTIVATED"));
        let other = (400, 910, "CUSTOM_FIELD_NOT_AVAILABLE_FOR_ENTITY");
        refuses("Elsewhere", json!({"value": "1"}), other);
        refuses("OfClients", json!({"value": "1"}), other);
        refuses("None", json!({"value": "1"}), (404, 903, "INVALID_CUSTOM_FIELD_ID"));
        refuses("Plain/0", json!({"value": "1"}), (400, 913, "INCONSISTENT_VALUE_WITH_SET_TYPE"));
        let link = json!({"linkedEntityKeyValue": "nobody"});
        refuses("Client", link, (400, 911, "INVALID_CUSTOM_FIELD_LINKED_ENTITY_KEY"));
        let twice = json!({"customInformation": [value("Plain", "1"), value("Plain", "2")]});
        book.refuses(
            |caller| caller.patch("/api/loans/ABC123/custominformation", &twice),
            (400, 918, "DUPLICATE_CUSTOM_FIELD_VALUES"),
        );
        // What fits is kept as the contract writes it.
        book.admin.patch(&at("Checkbox"), &json!({"value": true})).expect(200);
        book.admin.patch(&at("Date"), &json!({"value": "2012-10-10T00:00:00+0000"})).expect(200);
        book.admin.patch(&at("Client"), &json!({"linkedEntityKeyValue": "8"})).expect(200);
        let values = of_loan(book, "ABC123");
        assert!(values.contains(&"Checkbox=TRUE".to_owned()), "{values:?}");
        assert!(values.contains(&"Date=2012-10-10".to_owned()), "{values:?}");
        assert!(values.contains(&format!("Client={}", book.client)), "{values:?}");
    });
}

#[test]
fn what_is_required_comes_with_a_loan_and_stays() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "Plain", &json!({}));
        let purpose = json!({"dataType": "SELECTION", "availableFor": [{"key": "AGRL", "isRequired": true}],
            "customFieldSelectionOptions": [{"value": "House", "score": "10"}, {"value": "Car"}]});
        field(book, &info, "Loan_Purpose_Loan_Accounts", &purpose);
        let post =
            |values: Value| json!({"loanAccount": book.application("ABC123"), "customInformation": values});
        let missing = |body: &Value| {
            let answer = book.admin.post("/api/loans", body);
            answer.expect_refusal(400, 902, "REQUIRED_CUSTOM_FIELD_MISSING");
            assert_eq!(answer.json()["errorSource"], "Loan_Purpose_Loan_Accounts");
        };
        missing(&json!({"loanAccount": book.application("ABC123")}));
        missing(&post(json!([value("Plain", "1")])));
        missing(&post(json!([value("Loan_Purpose_Loan_Accounts", "")])));
        book.refuses(
            |caller| caller.post("/api/loans", &post(json!([value("None", "1")]))),
            (400, 903, "INVALID_CUSTOM_FIELD_ID"),
        );
        let inside = with(book.application("ABC123"), &json!({"customInformation": [value("Plain", "2")]}));
        let body = json!({"loanAccount": inside,
            "customInformation": [value("Loan_Purpose_Loan_Accounts", "House")]});
        let created = book.admin.post("/api/loans", &body).expect(201).json();
        assert_eq!(shown(&created["customInformation"]), ["Loan_Purpose_Loan_Accounts=House", "Plain=2"]);
        assert_eq!(created["customInformation"][0]["amount"], "10");
        assert_eq!(created["customInformation"][0]["customField"]["amounts"], json!({"House": "10"}));
        let path = "/api/loans/ABC123/custominformation/Loan_Purpose_Loan_Accounts";
        book.refuses(|caller| caller.delete(path), (400, 909, "CUSTOM_FIELD_REQUIRED"));
        // The loan goes, and its values with it.
        book.admin.delete("/api/loans/ABC123").expect(200);
        assert_eq!(book.rows("custom_value"), 0);
    });
}

#[test]
fn a_post_to_a_loan_replaces_its_values() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        for id in ["A", "B", "C"] {
            field(book, &info, id, &json!({}));
        }
        let loan = key(&book.apply("ABC123"));
        put(
            book,
            "/api/loans/ABC123/custominformation",
            &json!([value("A", "1"), value("B", "2"), value("C", "3")]),
        );
        let post = |path: &str, body: Value| {
            let answer = book.admin.post(path, &body).expect(200).json();
            assert_eq!(answer["loanAccount"]["id"], "ABC123");
            shown(&answer["customInformation"])
        };
        let at = format!("/api/loans/{loan}");
        let anything = json!({"loanAmount": "1", "productTypeKey": "nothing"});
        assert_eq!(post(&at, json!({"loanAccount": anything})), ["A=1", "B=2", "C=3"]);
        let two = json!([value("B", "5"), value("A", "1")]);
        assert_eq!(post(&at, json!({"loanAccount": anything, "customInformation": two})), ["A=1", "B=5"]);
        // Without a loan in the path, the body names it by key or id.
        let by_key = json!({"loanAccount": {"encodedKey": loan}, "customInformation": [value("C", "7")]});
        assert_eq!(post("/api/loans", by_key), ["C=7"]);
        let by_id = json!({"loanAccount": {"id": "ABC123"}, "customInformation": [value("A", "8")]});
        assert_eq!(post("/api/loans", by_id), ["A=8"]);
        assert_eq!(book.loan("ABC123")["loanAmount"], "950");
        let other = json!({"loanAccount": {"id": "OTHER"}, "customInformation": []});
        book.refuses(|caller| caller.post(&at, &other), (400, 25, "INCONSISTENT_IDENTIFIER_WITH_JSON"));
        let unknown = json!({"customInformation": [value("None", "1")]});
        book.refuses(|caller| caller.post(&at, &unknown), (400, 903, "INVALID_CUSTOM_FIELD_ID"));
        let gone: [&str; 0] = [];
        assert_eq!(post(&at, json!({"customInformation": []})), gone);
    });
}

#[test]
fn a_retried_update_is_answered_as_an_update() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        field(book, &info, "A", &json!({}));
        let send = |key: &str, body: &Value| {
            book.admin.clone().with_header("idempotency-key", key).post("/api/loans", body)
        };
        let create =
            json!({"loanAccount": book.application("ABC123"), "customInformation": [value("A", "1")]});
        assert_eq!(send("k1", &create).status, 201);
        assert_eq!(send("k1", &create).status, 201, "a retry is answered as it was");
        let update =
            json!({"loanAccount": book.application("ABC123"), "customInformation": [value("A", "2")]});
        for _ in 0..2 {
            let answer = send("k2", &update);
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(shown(&answer.json()["customInformation"]), ["A=2"]);
        }
    });
}

#[test]
fn a_unique_value_is_given_once() {
    on_both(|book| {
        let info = set(book, "Info", "CLIENT_INFO", "SINGLE");
        field(book, &info, "Passport", &json!({"unique": true}));
        let client = |id: &str, number: &str| {
            json!({"client": {"id": id, "firstName": "Bo", "lastName": "Berg"},
                "customInformation": [value("Passport", number)]})
        };
        let created = book.admin.post("/api/clients", &client("70", "P1")).expect(201).json();
        assert_eq!(shown(&created["customInformation"]), ["Passport=P1"]);
        let taken = (400, 926, "DUPLICATE_UNIQUE_VALUE");
        book.refuses(|caller| caller.post("/api/clients", &client("71", "P1")), taken);
        let at = |id: &str| format!("/api/clients/{id}/custominformation/Passport");
        book.refuses(|caller| caller.patch(&at("8"), &json!({"value": "P1"})), taken);
        // Two at once: one has it.
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let send = |id: &'static str| {
                let caller = &book.admin;
                scope.spawn(move || caller.post("/api/clients", &client(id, "P2")).status)
            };
            ["72", "73", "74"]
                .map(send)
                .into_iter()
                .map(|thread| thread.join().expect("it answers"))
                .collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        // What is given up is free.
        book.admin.patch(&at("70"), &json!({"value": "P3"})).expect(200);
        book.admin.patch(&at("8"), &json!({"value": "P1"})).expect(200);
        assert_eq!(
            shown(&book.read("/api/clients/8?fullDetails=true")["customInformation"]),
            ["Passport=P1"]
        );
        book.admin.patch(&at("8"), &json!({"value": "P1"})).expect(200);
    });
}

#[test]
fn rights_hide_values_and_keep_them() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        let reader = book.user_with("reader", &["VIEW_LOAN_ACCOUNT_DETAILS", "EDIT_LOAN_ACCOUNT"]);
        let key_of_reader = key(&book.read("/api/users/reader"));
        let rights = |roles: Value| json!({"isAccessibleByAllUsers": false, "roles": roles});
        let secret = json!({"viewRights": rights(json!([])), "editRights": rights(json!([]))});
        field(book, &info, "Secret", &secret);
        field(book, &info, "Mine", &json!({"viewRights": rights(json!([key_of_reader]))}));
        field(book, &info, "Open", &json!({}));
        book.apply("ABC123");
        let all = json!([value("Secret", "1"), value("Mine", "2"), value("Open", "3")]);
        put(book, "/api/loans/ABC123/custominformation", &all);
        let seen = |caller: &Caller| {
            let loan = caller.get("/api/loans/ABC123?fullDetails=true").expect(200).json();
            shown(&loan["customFieldValues"]).len()
        };
        assert_eq!((seen(&book.admin), seen(&reader)), (3, 2));
        let at = "/api/loans/ABC123/custominformation/Secret";
        reader.get(at).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        book.refuses(|_| reader.patch(at, &json!({"value": "2"})), (403, 15, "INVALID_PERMISSIONS"));
        // What the reader cannot name, the reader cannot take away.
        reader.post("/api/loans/ABC123", &json!({"customInformation": []})).expect(200);
        assert_eq!(of_loan(book, "ABC123"), ["Secret=1"]);
        let onlooker = book.user_with("onlooker", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let at = "/api/loans/ABC123/custominformation/Open";
        onlooker.patch(at, &json!({"value": "2"})).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn sets_and_fields_are_listed() {
    on_both(|book| {
        let info = set(book, "Info", "LOAN_ACCOUNT_INFO", "GROUPED");
        set(book, "Clients", "CLIENT_INFO", "SINGLE");
        field(book, &info, "B", &json!({"indexInList": 2}));
        let choice = json!({"indexInList": 1, "dataType": "SELECTION", "description": "What for",
            "customFieldSelectionOptions": [{"value": "One", "score": "1"}, {"value": "None"}]});
        let choice = field(book, &info, "A", &choice);
        let sets = book.list("/api/customfieldsets?type=LOAN_ACCOUNT_INFO&limit=50&offset=0");
        assert_eq!(sets.len(), 1);
        assert_shows(
            &sets[0],
            &json!({"encodedKey": info, "id": "Info", "usage": "GROUPED",
            "type": "LOAN_ACCOUNT_INFO", "indexInList": 0}),
        );
        let ids: Vec<_> =
            sets[0]["customFields"].as_array().expect("a list").iter().map(|f| &f["id"]).collect();
        assert_eq!(ids, ["A", "B"]);
        assert_eq!(book.list("/api/customfieldsets").len(), 2);
        let field = book.read(&format!("/api/customfields/{choice}"));
        assert_shows(
            &field,
            &json!({"id": "A", "description": "What for", "values": ["One", "None"],
            "amounts": {"One": "1"}, "dataType": "SELECTION", "customFieldSet": {"encodedKey": info}}),
        );
        assert_eq!(book.read("/api/customfields/A"), field);
        book.refuses(|caller| caller.get("/api/customfields/None"), (404, 903, "INVALID_CUSTOM_FIELD_ID"));
        book.refuses(|caller| caller.get("/api/customfieldsets?type=THINGS"), (400, 4, "INVALID_PARAMETERS"));
        // What values rest on stays as it is.
        let change = |body: Value| book.admin.patch("/loam/v1/custom-fields/A", &body);
        assert_eq!(change(json!({"name": "Aim", "state": "DEACTIVATED"})).expect(200).json()["name"], "Aim");
        assert_eq!(change(json!({"unique": true})).status, 400);
        assert_eq!(change(json!({"name": "B"})).status, 400);
        assert_eq!(change(json!({"customFieldSelectionOptions": []})).status, 400);
    });
}
