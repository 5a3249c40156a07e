//! What is kept with things: it comes in whole, is seen by who may see it, and goes with the thing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, with};
use crate::custom_fields::{field, of_loan, set, value};
use crate::savings::{open_with, savings_product};

const ALWAYS: &str = "from=1900-01-01&to=2999-12-31";

fn upload(book: &Book, kind: &str, id: &str) {
    let document = json!({"documentHolderKey": id, "documentHolderType": kind, "name": "a.txt"});
    let body = json!({"document": document, "documentContent": STANDARD.encode("words")});
    book.admin.post("/api/documents", &body).expect(201);
}

/// A comment, a document and a task of each.
fn papers_of(book: &Book, path: &str, kind: &str, id: &str) {
    let comment = json!({"comment": {"text": "well"}});
    book.admin.post(&format!("/api/{path}/{id}/comments"), &comment).expect(201);
    upload(book, kind, id);
    let task = json!({"task": {"title": "Call", "dueDate": "2012-07-01", "taskLinkKey": id, "taskLinkType": kind,
        "assignedUserKey": book.officer}});
    book.admin.post("/api/tasks", &task).expect(201);
}

#[test]
fn papers_and_values_go_with_what_is_deleted() {
    on_both(|book| {
        for kind in ["CLIENT_INFO", "GROUP_INFO", "LOAN_ACCOUNT_INFO"] {
            field(book, &set(book, kind, kind, "SINGLE"), kind, &json!({}));
        }
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"},
            "customInformation": [value("CLIENT_INFO", "whispered")]});
        book.admin.post("/api/clients", &client).expect(201);
        book.group("G", &[]);
        book.apply("L");
        let values = json!({"customInformation": [value("GROUP_INFO", "whispered")]});
        book.admin.patch("/api/groups/G/custominformation", &values).expect(200);
        let values = json!({"customInformation": [value("LOAN_ACCOUNT_INFO", "whispered")]});
        book.admin.patch("/api/loans/L/custominformation", &values).expect(200);
        papers_of(book, "clients", "CLIENT", "8");
        let others = (book.rows("paper"), book.rows("document_piece"));
        let told = "select count(*) from audit where was like '%whispered%'";
        for (path, kind, id) in
            [("clients", "CLIENT", "9"), ("groups", "GROUP", "G"), ("loans", "LOAN_ACCOUNT", "L")]
        {
            papers_of(book, path, kind, id);
            assert_eq!(book.rows("paper"), others.0 + 3);
            book.admin.delete(&format!("/api/{path}/{id}")).expect(200);
            assert_eq!((book.rows("paper"), book.rows("document_piece")), others, "{path}");
            assert_eq!(book.database.number(told), 0, "{path}: the trail keeps no values that are gone");
        }
        assert_eq!(book.rows("custom_value"), 0);
        assert_eq!(book.list("/api/tasks").len(), 1);
    });
}

#[test]
fn nobody_is_deleted_who_has_a_deposit_account() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        let client = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        open_with(book, "S1", &product, &json!({"accountHolderKey": client}));
        let answer = book.admin.delete("/api/clients/9");
        assert_eq!(answer.status, 400, "{}", answer.text);
        book.admin.delete("/api/savings/S1").expect(200);
        book.admin.delete("/api/clients/9").expect(200);
    });
}

#[test]
fn activities_tell_values_to_who_may_view_their_fields() {
    on_both(|book| {
        let info = set(book, "Info", "CLIENT_INFO", "SINGLE");
        let nobody = json!({"isAccessibleByAllUsers": false, "roles": []});
        field(book, &info, "Open", &json!({}));
        field(book, &info, "Secret", &json!({"viewRights": nobody}));
        let put = |open: &str, secret: &str| {
            let values = json!({"customInformation": [value("Open", open), value("Secret", secret)]});
            book.admin.patch("/api/clients/8/custominformation", &values).expect(200);
        };
        put("first", "whispered");
        put("second", "told");
        let path = format!("/api/activities?{ALWAYS}&clientID=8");
        let changes = |rows: &Value| rows[0]["activity"]["fieldChanges"].clone();
        let open = json!({"fieldChangeName": "Open", "originalValue": "first", "newValue": "second"});
        let secret = json!({"fieldChangeName": "Secret", "originalValue": "whispered", "newValue": "told"});
        let mut all = changes(&book.read(&path)).as_array().expect("changes").clone();
        all.sort_by_key(|change| change["fieldChangeName"].to_string());
        assert_eq!(all, [open.clone(), secret]);
        let viewer = book.user_with("viewer", &["VIEW_CLIENT_DETAILS"]);
        let seen = viewer.get(&path).expect(200);
        assert_eq!(changes(&seen.json()), json!([open]));
        assert!(!seen.text.contains("whispered") && !seen.text.contains("told"), "{}", seen.text);
    });
}

#[test]
fn activities_of_a_loan_name_no_client_to_who_may_not_see_clients() {
    on_both(|book| {
        book.apply("L");
        let path = format!("/api/activities?{ALWAYS}&loanAccountID=L");
        assert_eq!(book.read(&path)[0]["clientName"], "Ana Lima");
        let tom = book.user_with("tom", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let seen = tom.get(&path).expect(200);
        assert_eq!(seen.json()[0]["activity"]["clientKey"], book.client.as_str());
        assert!(!seen.text.contains("Lima"), "{}", seen.text);
        let both = book.user_with("eva", &["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_CLIENT_DETAILS"]);
        assert_eq!(both.get(&path).expect(200).json()[0]["clientName"], "Ana Lima");
    });
}

#[test]
fn a_file_comes_in_whole_whichever_way_it_is_written() {
    on_both(|book| {
        let content = |id: &Value| book.admin.get(&format!("/api/documents/{id}")).expect(200).text;
        // Three bytes that make four pluses; a form that does not escape them sends spaces.
        let described = "name=a.txt&documentHolderKey=8&documentHolderType=CLIENT";
        let bytes = STANDARD.decode("fn4+fn4+").expect("base64");
        assert_eq!(STANDARD.encode(&bytes), "fn4+fn4+");
        for written in ["fn4+fn4+", "fn4%2Bfn4%2B", "fn4%2B%0D%0Afn4%2B"] {
            let form = format!("{described}&documentContent={written}");
            let kept = book.admin.form("/api/documents", &form).expect(201).json();
            assert_eq!(content(&kept["id"]).as_bytes(), bytes, "{written}");
        }
        // As large as a file may be, in lines of 76 characters.
        let large = vec![b'x'; 10_000_000];
        let lines: Vec<String> = STANDARD
            .encode(&large)
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let document = json!({"documentHolderKey": "8", "documentHolderType": "CLIENT", "name": "large.txt"});
        let body = json!({"document": document, "documentContent": lines.join("\r\n")});
        let kept = book.admin.post("/api/documents", &body).expect(201).json();
        assert_eq!(kept["fileSize"], 10_000_000);
        let larger = STANDARD.encode(vec![b'x'; 10_000_001]);
        let body = with(body, &json!({"documentContent": larger}));
        let refused = book.admin.post("/api/documents", &body);
        refused.expect_refusal(413, 20, "MAX_FILE_SIZE_EXCEEDED");
    });
}

#[test]
fn values_that_stand_twice_in_an_update_are_said_once() {
    on_both(|book| {
        let single = set(book, "Info", "LOAN_ACCOUNT_INFO", "SINGLE");
        field(book, &single, "Family", &json!({}));
        let grouped = set(book, "Assets", "LOAN_ACCOUNT_INFO", "GROUPED");
        field(book, &grouped, "Asset", &json!({}));
        book.apply("L");
        let values = json!([value("Family", "4"), value("Asset", "cow")]);
        let body =
            json!({"loanAccount": {"id": "L", "customInformation": values}, "customInformation": values});
        for path in ["/api/loans/L", "/api/loans"] {
            let shown = book.admin.post(path, &body).expect(200).json();
            assert_eq!(shown["customInformation"].as_array().map(Vec::len), Some(2), "{shown}");
            assert_eq!(of_loan(book, "L"), ["Asset[0]=cow", "Family=4"]);
        }
        let apart = json!({"loanAccount": {"customInformation": [value("Asset", "goat")]},
            "customInformation": [value("Family", "5")]});
        book.admin.post("/api/loans/L", &apart).expect(200);
        assert_eq!(of_loan(book, "L"), ["Asset[0]=goat", "Family=5"]);
    });
}
