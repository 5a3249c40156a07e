//! Clients: created, read in both shapes, found, changed, and moved from state to state.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, text};
use crate::subset::assert_shows;

fn bo() -> Value {
    json!({
        "client": {
            "id": "67", "firstName": "Bo", "middleName": "K", "lastName": "Berg", "birthDate": "1980-02-29",
            "gender": "MALE", "homePhone": "1", "mobilePhone1": "2", "mobilePhone2": "3",
            "emailAddress": "bo@example.org", "preferredLanguage": "ENGLISH", "notes": "<div>n</div>",
            "assignedBranchKey": "2", "assignedCentreKey": "CD", "assignedUserKey": "creditofficer",
            "loanCycle": 0, "state": "INACTIVE"
        },
        "addresses": [{"line1": "Main 1", "line2": "b", "city": "Town", "region": "R", "postcode": "1000",
            "country": "NO", "indexInList": 0}],
        "idDocuments": [{"documentType": "Passport", "documentId": "P-1", "issuingAuthority": "Police",
            "validUntil": "2020-01-01"}],
        "customInformation": []
    })
}

/// What every shape of this client shows.
fn bo_shown(book: &Book) -> Value {
    json!({
        "id": "67", "state": "INACTIVE", "firstName": "Bo", "middleName": "K", "lastName": "Berg",
        "birthDate": "1980-02-29T00:00:00+0000", "gender": "MALE", "homePhone": "1", "mobilePhone1": "2",
        "mobilePhone2": "3", "emailAddress": "bo@example.org", "preferredLanguage": "ENGLISH",
        "notes": "<div>n</div>", "assignedBranchKey": book.branch, "assignedCentreKey": book.centre,
        "assignedUserKey": book.officer, "loanCycle": 0, "groupLoanCycle": 0
    })
}

fn bo_expanded(book: &Book) -> Value {
    json!({
        "client": bo_shown(book),
        "addresses": [{"line1": "Main 1", "line2": "b", "city": "Town", "region": "R", "postcode": "1000",
            "country": "NO", "indexInList": 0}],
        "idDocuments": [{"documentType": "Passport", "documentId": "P-1", "issuingAuthority": "Police",
            "validUntil": "2020-01-01T00:00:00+0000", "indexInList": 0}],
        "customInformation": [],
        "groupKeys": []
    })
}

#[test]
fn a_client_is_created_and_read_in_both_shapes() {
    on_both(|book| {
        let answer = book.admin.post("/api/clients", &bo()).expect(201);
        assert_eq!(answer.header("location"), Some("67"));
        assert_shows(&answer.json(), &bo_expanded(book));
        let client = key(&answer.json()["client"]);
        for id in ["67", client.as_str()] {
            let flat = book.read(&format!("/api/clients/{id}"));
            assert_shows(&flat, &bo_shown(book));
            assert_shows(&flat, &json!({"client": null, "addresses": null, "idDocuments": null}));
            let expanded = book.read(&format!("/api/clients/{id}?fullDetails=True"));
            assert_shows(&expanded, &bo_expanded(book));
            assert_eq!(expanded["addresses"][0]["parentKey"], client);
            assert_eq!(expanded["idDocuments"][0]["clientKey"], client);
        }
        let least = json!({"client": {"firstName": "Al", "lastName": "Orr"}});
        let drawn = book.admin.post("/api/clients", &least).expect(201).json();
        assert!(!text(&drawn["client"]["id"]).is_empty(), "the book draws an id");
        assert_eq!(drawn["client"]["state"], "INACTIVE");
    });
}

#[test]
fn clients_are_found_by_what_they_have() {
    on_both(|book| {
        book.admin.post("/api/clients", &bo()).expect(201);
        let other = json!({"client": {"id": "9", "firstName": "bo", "lastName": "Åse"}});
        book.admin.post("/api/clients", &other).expect(201);
        let found = |query: &str| -> Vec<String> {
            book.list(&format!("/api/clients?{query}")).iter().map(|client| text(&client["id"])).collect()
        };
        assert_eq!(found(""), ["8", "67", "9"], "in the order in which they came");
        assert_eq!(found("firstName=Bo"), ["67"], "names are looked up with regard to case");
        assert_eq!(found("firstName=bo"), ["9"]);
        assert_eq!(found("lastName=%C3%85se"), ["9"]);
        assert_eq!(found("firstName=Bo&lastName=Berg&birthDate=1980-02-29"), ["67"]);
        assert_eq!(found("birthDate=1980-02-28"), Vec::<String>::new());
        assert_eq!(found("idDocument=P-1"), ["67"]);
        assert_eq!(found("branchId=2"), ["8", "67"]);
        assert_eq!(found("centreId=CD&creditOfficerUsername=creditofficer"), ["8", "67"]);
        assert_eq!(found("state=INACTIVE"), ["8", "67", "9"]);
        book.lend("L");
        assert_eq!(found("state=ACTIVE"), ["8"]);
        assert_eq!(found("state=INACTIVE"), ["67", "9"]);
        assert_eq!(found("state=BLACKLISTED"), Vec::<String>::new());
        assert_eq!(found("limit=1&offset=1"), ["67"]);
        let full = book.list("/api/clients?fullDetails=true&lastName=Berg");
        assert_shows(&full[0], &bo_expanded(book));
        book.admin.get("/api/clients?branchId=NONE").expect_refusal(400, 800, "INVALID_BRANCH_ID");
    });
}

#[test]
fn a_client_is_changed_by_what_a_patch_names() {
    on_both(|book| {
        book.admin.post("/api/clients", &bo()).expect(201);
        let patch = json!({"client": {"firstName": "Bob", "homePhone": null, "birthDate": "1981-03-01",
            "assignedUserKey": null, "id": "68"}});
        let answer = book.admin.patch("/api/clients/67", &patch).expect(200).json();
        assert_eq!(answer, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        assert_shows(
            &book.read("/api/clients/68"),
            &json!({"id": "68", "firstName": "Bob", "lastName": "Berg", "homePhone": null, "mobilePhone1": "2",
                "birthDate": "1981-03-01T00:00:00+0000", "assignedUserKey": null,
                "assignedBranchKey": book.branch}),
        );
        book.admin.get("/api/clients/67").expect_refusal(404, 301, "INVALID_CLIENT_ID");
        let again = json!({"client": {"id": "67", "firstName": "New", "lastName": "Person"}});
        book.admin.post("/api/clients", &again).expect(201);
    });
}

/// Asks a client to become something.
fn moves_to(book: &Book, id: &str, state: &str) -> loam_tests::http::Answer {
    book.admin.patch(&format!("/api/clients/{id}"), &json!({"client": {"state": state}}))
}

#[test]
fn clients_move_between_states_as_the_contract_allows() {
    on_both(|book| {
        let pending =
            json!({"client": {"id": "P", "firstName": "A", "lastName": "B", "state": "PENDING_APPROVAL"}});
        book.admin.post("/api/clients", &pending).expect(201);
        let illegal = |id: &str, state: &str| {
            moves_to(book, id, state).expect_refusal(400, 312, "INVALID_CLIENT_STATE_TRANSITION");
        };
        illegal("P", "BLACKLISTED");
        for state in ["REJECTED", "PENDING_APPROVAL", "INACTIVE", "EXITED", "INACTIVE", "BLACKLISTED"] {
            moves_to(book, "P", state).expect(200);
            assert_eq!(book.read("/api/clients/P")["state"], state);
        }
        illegal("P", "PENDING_APPROVAL");
        let mut account = book.application("NO");
        account["accountHolderKey"] = json!("P");
        let apply = |caller: &Caller| caller.post("/api/loans", &json!({"loanAccount": account}));
        book.refuses(apply, (400, 305, "INVALID_CLIENT_STATE"));
        moves_to(book, "P", "INACTIVE").expect(200);
        apply(&book.admin).expect(201);
        illegal("P", "ACTIVE");
        book.lend("L");
        assert_eq!(book.read("/api/clients/8")["state"], "ACTIVE");
        moves_to(book, "8", "ACTIVE").expect(200);
        assert_eq!(book.read("/api/clients/8")["state"], "ACTIVE");
    });
}

#[test]
fn what_a_client_is_told_to_become_is_shown() {
    on_both(|book| {
        book.lend("L");
        for state in ["EXITED", "BLACKLISTED"] {
            let answer = moves_to(book, "8", state);
            let shown = book.read("/api/clients/8")["state"].clone();
            let was_done = answer.status == 200;
            assert_eq!(shown == state, was_done, "answered {} and shown as {shown}", answer.text);
        }
    });
}

#[test]
fn a_client_that_cannot_be_is_refused() {
    on_both(|book| {
        let post =
            |client: Value| move |caller: &Caller| caller.post("/api/clients", &json!({"client": client}));
        let missing = (400, 31, "MISSING_REQUIRED_PARAMETER");
        book.refuses(post(json!({"firstName": "A"})), missing);
        book.refuses(post(json!({"lastName": "A"})), missing);
        book.refuses(post(json!({"firstName": " ", "lastName": "A"})), missing);
        let in_use = (400, 316, "CLIENT_ID_ALREADY_IN_USE");
        book.refuses(post(json!({"id": "8", "firstName": "A", "lastName": "B"})), in_use);
        let birth = (400, 309, "INVALID_BIRTH_DATE");
        book.refuses(post(json!({"firstName": "A", "lastName": "B", "birthDate": "2012-06-29"})), birth);
        book.refuses(post(json!({"firstName": "A", "lastName": "B", "birthDate": "yesterday"})), birth);
        let wrong = (400, 4, "INVALID_PARAMETERS");
        book.refuses(post(json!({"firstName": "A", "lastName": "B", "gender": "X"})), wrong);
        let state = (400, 311, "INVALID_CLIENT_STATE_TYPE");
        book.refuses(post(json!({"firstName": "A", "lastName": "B", "state": "ASLEEP"})), state);
        book.refuses(post(json!({"firstName": {"a": 1}, "lastName": "B"})), wrong);
        let branch = (400, 801, "INVALID_BRANCH_KEY");
        book.refuses(post(json!({"firstName": "A", "lastName": "B", "assignedBranchKey": "NONE"})), branch);
        book.refuses(|caller| caller.post("/api/clients", &json!({})), (400, 30, "MISSING_ENTITY_JSON"));
        let custom = json!({"client": {"firstName": "A", "lastName": "B"},
            "customInformation": [{"customFieldID": "Shoe_size", "value": "44"}]});
        book.refuses(|caller| caller.post("/api/clients", &custom), (400, 903, "INVALID_CUSTOM_FIELD_ID"));
        book.admin.post("/api/clients", &bo()).expect(201);
        let rename = json!({"client": {"id": "8"}});
        book.refuses(|caller| caller.patch("/api/clients/67", &rename), in_use);
        let nameless = json!({"client": {"lastName": " "}});
        book.refuses(|caller| caller.patch("/api/clients/67", &nameless), missing);
        let unknown =
            |caller: &Caller| caller.patch("/api/clients/NOBODY", &json!({"client": {"lastName": "x"}}));
        book.refuses(unknown, (404, 301, "INVALID_CLIENT_ID"));
    });
}

#[test]
fn a_loan_is_read_through_its_client_only() {
    on_both(|book| {
        book.admin.post("/api/clients", &bo()).expect(201);
        book.apply("L");
        assert_eq!(book.read("/api/clients/8/loans/L"), book.read("/api/loans/L"));
        book.admin.get("/api/clients/67/loans/L").expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
        assert_eq!(book.list("/api/clients/67/loans"), Vec::<Value>::new());
    });
}
