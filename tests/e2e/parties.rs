//! What is said of clients and groups besides themselves: their types, the documents they show, how much they may
//! borrow, who may be deleted, and who sees whom.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

type No = (u16, i64, &'static str);

fn post_client(book: &Book, body: &Value, expected: No) {
    book.refuses(|caller| caller.post("/api/clients", body), expected);
}

/// An amount of at most two decimals.
fn cents(amount: &Value) -> i64 {
    let amount = text(amount);
    let (whole, decimals) = amount.split_once('.').unwrap_or((&amount, "0"));
    let number = |digits: &str| digits.parse::<i64>().expect("an amount has digits");
    number(whole) * 100 + number(&format!("{decimals:0<2}"))
}

/// A client with other members than a name.
fn named(client: Value) -> Value {
    json!({"client": with(json!({"id": "67", "firstName": "Bo", "lastName": "Berg"}), &client)})
}

#[test]
fn a_client_is_updated_whole() {
    on_both(|book| {
        let body = with(
            named(json!({})),
            &json!({"addresses": [{"line1": "One"}, {"line1": "Two"}],
                "idDocuments": [{"documentType": "Passport", "documentId": "P-1"}]}),
        );
        let made = book.admin.post("/api/clients", &body).expect(201).json();
        let second = &made["addresses"][1]["encodedKey"];
        let update = json!({"client": {"lastName": "Berger", "homePhone": "5"},
            "addresses": [{"encodedKey": second, "line1": "Two", "city": "Town", "addressType": "HOME"}]});
        let answer = book.admin.post("/api/clients/67", &update).expect(200).json();
        assert_shows(
            &answer,
            &json!({"client": {"id": "67", "firstName": "Bo", "lastName": "Berger", "homePhone": "5"},
                "addresses": [{"encodedKey": second, "line1": "Two", "city": "Town", "addressType": "HOME"}],
                "idDocuments": [{"documentId": "P-1"}]}),
        );
        assert_eq!(answer["addresses"].as_array().map(Vec::len), Some(1));
        assert_eq!(book.read("/api/clients/67?fullDetails=true"), answer);
        // A list alone, as some clients send it; an empty one takes all away.
        let bare = book.admin.post("/api/clients/67", &json!({"idDocuments": []})).expect(200).json();
        assert_eq!(bare["idDocuments"], json!([]));
        assert_eq!(bare["addresses"], answer["addresses"]);
        assert_eq!(book.list("/api/clients?idDocument=P-1").len(), 0);
        let refuses = |body: Value, expected: No| {
            book.refuses(|caller| caller.post("/api/clients/67", &body), expected);
        };
        refuses(json!({"lastName": "X"}), (400, 30, "MISSING_ENTITY_JSON"));
        refuses(
            json!({"addresses": [{"encodedKey": made["client"]["encodedKey"]}]}),
            (400, 1150, "INVALID_ADDRESS"),
        );
        refuses(json!({"addresses": "none"}), (400, 4, "INVALID_PARAMETERS"));
        refuses(
            json!({"idDocuments": [{"documentType": "Passport"}]}),
            (400, 31, "MISSING_REQUIRED_PARAMETER"),
        );
        refuses(
            json!({"idDocuments": [{"encodedKey": "X", "documentType": "P", "documentId": "1"}]}),
            (400, 950, "INVALID_ID_DOCUMENT"),
        );
        refuses(json!({"client": {"birthDate": "2099-01-01"}}), (400, 309, "INVALID_BIRTH_DATE"));
        let other = json!({"client": {"encodedKey": book.client, "lastName": "X"}});
        refuses(other, (400, 25, "INCONSISTENT_IDENTIFIER_WITH_JSON"));
        refuses(
            json!({"client": {}, "customInformation": [{"customFieldID": "NONE", "value": "1"}]}),
            (400, 903, "INVALID_CUSTOM_FIELD_ID"),
        );
        let patch = |caller: &Caller| {
            caller.patch("/api/clients/67", &json!({"client": {}, "addresses": [{"line1": "X"}]}))
        };
        book.refuses(patch, (400, 27, "PARAMETER_NOT_ALLOWED"));
        book.admin.post("/api/clients/NONE", &update).expect_refusal(404, 301, "INVALID_CLIENT_ID");
    });
}

#[test]
fn states_follow_each_other_as_they_may() {
    on_both(|book| {
        book.admin.post("/api/clients", &named(json!({"state": "PENDING_APPROVAL"}))).expect(201);
        let go = |state: &str| book.admin.patch("/api/clients/67", &json!({"client": {"state": state}}));
        let refuses = |state: &str, expected: No| {
            let body = json!({"client": {"state": state}});
            book.refuses(|caller| caller.patch("/api/clients/67", &body), expected);
        };
        let transition: No = (400, 312, "INVALID_CLIENT_STATE_TRANSITION");
        refuses("SLEEPING", (400, 311, "INVALID_CLIENT_STATE_TYPE"));
        refuses("EXITED", transition);
        go("REJECTED").expect(200);
        refuses("INACTIVE", transition);
        go("PENDING_APPROVAL").expect(200);
        go("INACTIVE").expect(200);
        let approved = book.read("/api/clients/67");
        assert!(approved["approvedDate"].is_string(), "{approved}");
        refuses("REJECTED", transition);
        refuses("ACTIVE", transition);
        for state in ["BLACKLISTED", "INACTIVE", "EXITED"] {
            go(state).expect(200);
        }
        assert!(book.read("/api/clients/67")["closedDate"].is_string());
        post_client(
            book,
            &named(json!({"id": "68", "state": "ASLEEP"})),
            (400, 311, "INVALID_CLIENT_STATE_TYPE"),
        );
        let of = json!({"accountHolderKey": "67", "id": "X"});
        let apply = json!({"loanAccount": with(book.application("X"), &of)});
        book.refuses(|caller| caller.post("/api/loans", &apply), (400, 305, "INVALID_CLIENT_STATE"));
    });
}

#[test]
fn types_say_what_clients_and_groups_may_do() {
    on_both(|book| {
        let role = |body: Value| record(&book.admin, "client-types", &body);
        let saver =
            role(json!({"id": "SAVER", "name": "Saver", "canOpenAccounts": false, "canGuarantee": false}));
        role(json!({"id": "SHOWN", "name": "Shown", "requireID": true, "useDefaultAddress": false}));
        let circle = role(
            json!({"id": "CIRCLE", "name": "Circle", "clientType": "GROUP", "canOpenAccounts": "false"}),
        );
        let ids = |query: &str| -> Vec<String> {
            book.list(&format!("/api/clienttypes{query}")).iter().map(|role| text(&role["id"])).collect()
        };
        assert_eq!(ids(""), ["CIRCLE", "SAVER", "SHOWN"]);
        assert_eq!(ids("?for=CLIENTS"), ["SAVER", "SHOWN"]);
        assert_eq!(ids("?for=groups"), ["CIRCLE"]);
        book.admin.get("/api/clienttypes?for=BANKS").expect_refusal(400, 4, "INVALID_PARAMETERS");

        book.admin.post("/api/clients", &named(json!({"clientRoleId": "SAVER"}))).expect(201);
        assert_shows(
            &book.read("/api/clients/67")["clientRole"],
            &json!({"encodedKey": saver, "id": "SAVER", "name": "Saver", "clientType": "CLIENT",
                "canOpenAccounts": false, "canGuarantee": false, "requireID": false, "useDefaultAddress": true}),
        );
        let may_not: No = (400, 168, "INVALID_CLIENT_ROLE_PERMISSION_FOR_OPENING_ACCOUNTS");
        let apply = |holder: Value| json!({"loanAccount": with(book.application("X"), &holder)});
        let of_client = apply(json!({"accountHolderKey": "67"}));
        book.refuses(|caller| caller.post("/api/loans", &of_client), may_not);
        let changes = json!({"id": "GRP", "forPureGroups": true, "productSecuritySettings": {"isGuarantorsEnabled": true}});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        let group = json!({"group": {"groupName": "G", "id": "G", "clientRole": {"encodedKey": circle}}});
        book.admin.post("/api/groups", &group).expect(201);
        let of_group =
            apply(json!({"accountHolderKey": "G", "accountHolderType": "GROUP", "productTypeKey": product}));
        book.refuses(|caller| caller.post("/api/loans", &of_group), may_not);
        book.apply_with("L", &json!({"productTypeKey": product}));
        let guarantee = json!({"guarantees": [{"type": "GUARANTOR", "guarantorKey": "67", "amount": "100"}]});
        let stand_in = |caller: &Caller| caller.post("/api/loans/L/guarantees", &guarantee);
        book.refuses(stand_in, (400, 167, "INVALID_GUARANTOR_PERMISSION"));

        let inconsistent: No = (400, 307, "INCONSISTENT_CLIENT_ROLE_WITH_CLIENT_TYPE");
        post_client(book, &named(json!({"id": "1", "clientRoleId": "CIRCLE"})), inconsistent);
        post_client(
            book,
            &named(json!({"id": "1", "clientRoleId": "NONE"})),
            (400, 306, "INVALID_CLIENT_ROLE_KEY"),
        );
        let shown = named(json!({"id": "1", "clientRoleId": "SHOWN"}));
        post_client(book, &shown, (400, 951, "REQUIRED_ID_DOCUMENT_MISSING"));
        let documents = json!({"idDocuments": [{"documentType": "Any", "documentId": "1"}]});
        let housed = with(with(shown.clone(), &documents), &json!({"addresses": [{"line1": "X"}]}));
        post_client(book, &housed, (400, 1151, "CLIENT_ROLE_DOES_NOT_ALLOW_ADDRESS"));
        book.admin.post("/api/clients", &with(shown, &documents)).expect(201);
        // The type may be taken away again.
        book.admin.patch("/api/clients/67", &json!({"client": {"clientRoleId": null}})).expect(200);
        assert_eq!(book.read("/api/clients/67").get("clientRole"), None);
        book.admin.post("/api/loans/L/guarantees", &guarantee).expect(201);
        // A group may stand in too, and stays as long as it does.
        book.admin.post("/api/groups", &json!({"group": {"groupName": "H", "id": "H"}})).expect(201);
        let by_group = json!({"guarantees":
            [{"type": "GUARANTOR", "guarantorType": "GROUP", "guarantorKey": "H", "amount": "1"}]});
        book.admin.post("/api/loans/L/guarantees", &by_group).expect(201);
        book.refuses(|caller| caller.delete("/api/groups/H"), (400, 314, "CLIENT_IS_GUARANTOR"));
    });
}

#[test]
fn documents_have_the_look_of_their_templates() {
    on_both(|book| {
        let template = json!({"id": "PASS", "documentType": "Passport", "issuingAuthority": "Police",
            "documentIdTemplate": "@##", "mandatoryForClients": false});
        let template = record(&book.admin, "id-document-templates", &template);
        assert_shows(
            &book.list("/api/settings/iddocumenttemplates")[0],
            &json!({"encodedKey": template, "documentType": "Passport", "issuingAuthority": "Police",
                "documentIdTemplate": "@##", "mandatoryForClients": false, "allowAttachments": false}),
        );
        let with_document = |number: &str, by: &str| {
            let document = json!({"documentId": number, "identificationDocumentTemplateKey": by});
            with(named(json!({})), &json!({"idDocuments": [document]}))
        };
        post_client(book, &with_document("12", &template), (400, 950, "INVALID_ID_DOCUMENT"));
        post_client(book, &with_document("A12", "NONE"), (400, 953, "INVALID_ID_DOCUMENT_TEMPLATE_KEY"));
        let made = book.admin.post("/api/clients", &with_document("A12", &template)).expect(201).json();
        assert_shows(
            &made["idDocuments"][0],
            &json!({"documentType": "Passport", "issuingAuthority": "Police", "documentId": "A12",
                "identificationDocumentTemplateKey": template}),
        );
        let strict = json!({"otherIdDocumentsEnabled": false});
        book.admin.patch("/loam/v1/settings", &strict).expect(200);
        let other = json!({"idDocuments": [{"documentType": "Card", "documentId": "1"}]});
        let expected: No = (400, 952, "ADDING_OTHER_ID_DOCUMENTS_IS_DISABLED");
        book.refuses(|caller| caller.post("/api/clients/67", &other), expected);
        let mandatory = json!({"mandatoryForClients": true});
        book.admin.patch(&format!("/loam/v1/id-document-templates/{template}"), &mandatory).expect(200);
        post_client(book, &named(json!({"id": "1"})), (400, 951, "REQUIRED_ID_DOCUMENT_MISSING"));
        book.admin.patch("/api/clients/8", &json!({"client": {"homePhone": "1"}})).expect(200);
    });
}

#[test]
fn who_is_tied_to_loans_is_not_deleted() {
    on_both(|book| {
        let changes = json!({"id": "SECURED", "productSecuritySettings": {"isGuarantorsEnabled": true}});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        for id in ["67", "68"] {
            book.admin.post("/api/clients", &named(json!({"id": id}))).expect(201);
        }
        book.apply_with(
            "L",
            &json!({"productTypeKey": product,
            "guarantees": [{"type": "GUARANTOR", "guarantorKey": "67", "amount": "950"}]}),
        );
        let refuses = |id: &str, expected: No| {
            book.refuses(|caller| caller.delete(&format!("/api/clients/{id}")), expected);
        };
        refuses("8", (400, 315, "CLIENT_HAS_ACCOUNTS"));
        refuses("67", (400, 314, "CLIENT_IS_GUARANTOR"));
        refuses("NONE", (404, 301, "INVALID_CLIENT_ID"));
        let client_68 = key(&book.read("/api/clients/68"));
        let answer = book.admin.delete("/api/clients/68").expect(200).json();
        assert_eq!(answer, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        book.admin.get("/api/clients/68").expect_refusal(404, 301, "INVALID_CLIENT_ID");
        // Nobody who is gone stands in, though the key says where he or she was.
        let guarantees =
            json!({"guarantees": [{"type": "GUARANTOR", "guarantorKey": client_68, "amount": "950"}]});
        let stand_in = |caller: &Caller| caller.post("/api/loans/L/guarantees", &guarantees);
        book.refuses(stand_in, (400, 155, "INVALID_GUARANTOR_KEY"));
        // A retry by key gets the first answer again, of a client as of a group.
        let gone = book.admin.post("/api/clients", &named(json!({"id": "69"}))).expect(201).json();
        let client = key(&gone["client"]);
        let group = key(&book.group("G", &[client.as_str()])["group"]);
        for path in [format!("/api/groups/{group}"), format!("/api/clients/{client}")] {
            let retrying = book.admin.clone().with_header("idempotency-key", &path);
            retrying.delete(&path).expect(200);
            retrying.delete(&path).expect(200);
            assert_eq!(book.admin.delete(&path).status, 404);
        }
        book.admin.delete("/api/loans/L").expect(200);
        book.admin.delete("/api/clients/67").expect(200);
        book.admin.delete("/api/clients/8").expect(200);
        assert_eq!(book.list("/api/clients").len(), 0);
        book.admin.post("/api/clients", &named(json!({}))).expect(201);
    });
}

#[test]
fn the_organization_bounds_what_a_holder_borrows() {
    on_both(|book| {
        let limits = json!({"exposureType": "SUM_OF_LOANS", "exposureAmount": "1800"});
        book.admin.patch("/loam/v1/settings", &limits).expect(200);
        let general = book.read("/api/settings/general");
        assert_shows(
            &general,
            &json!({"exposureType": "SUM_OF_LOANS", "exposureAmount": "1800", "multipleLoans": "UNLIMITED"}),
        );
        for id in ["A", "B", "C"] {
            book.apply(id);
        }
        book.act("A", "type=APPROVAL");
        book.act("A", "type=DISBURSEMENT");
        // 950 is outstanding, 950 more is asked for.
        let exceeded: No = (400, 115, "MAXIMUM_EXPOSURE_EXCEEDED");
        let approve = |caller: &Caller| caller.form("/api/loans/B/transactions", "type=APPROVAL");
        book.refuses(approve, exceeded);
        book.act("A", "type=REPAYMENT&amount=500");
        book.act("B", "type=APPROVAL");
        let approve = |caller: &Caller| caller.form("/api/loans/C/transactions", "type=APPROVAL");
        book.refuses(approve, exceeded);
        let owed = book.loan("A");
        let owed = cents(&owed["principalBalance"]) + cents(&owed["interestBalance"]);
        let amount = owed + 100_000;
        let top_up = json!({"action": "REFINANCE", "loanAccount": {"productTypeKey": book.product,
            "loanAmount": format!("{}.{:02}", amount / 100, amount % 100), "interestRate": "2.5",
            "repaymentInstallments": 5}, "restructureDetails": {"topUpAmount": "1000"}});
        book.refuses(|caller| caller.post("/api/loans/A/action", &top_up), exceeded);

        let one = json!({"exposureType": null, "exposureAmount": null, "multipleLoans": "ONE_LOAN"});
        book.admin.patch("/loam/v1/settings", &one).expect(200);
        book.refuses(approve, (400, 117, "NUMBER_OF_LOANS_EXCEEDED"));
        book.act("B", "type=UNDO_APPROVAL");
        book.refuses(approve, (400, 117, "NUMBER_OF_LOANS_EXCEEDED"));
        book.act("A", "type=REPAYMENT&amount=579.77");
        assert_eq!(book.loan("A")["accountState"], "CLOSED");
        book.act("C", "type=APPROVAL");
        assert_eq!(book.read("/api/clients/8")["loanCycle"], 1);
    });
}

#[test]
fn the_organization_says_what_it_is_called() {
    on_both(|book| {
        let organization = book.read("/api/settings/organization");
        assert_shows(&organization, &json!({"name": "Organization", "timeZoneID": "UTC"}));
        let own = json!({"name": "River Bank", "phoneNo": "1", "emailAddress": "bank@example.org",
            "labels": [{"type": "CLIENT", "singularValue": "Member", "pluralValue": "Members"}]});
        book.admin.patch("/loam/v1/settings", &own).expect(200);
        let organization = book.read("/api/settings/organization");
        assert_shows(
            &organization,
            &json!({"name": "River Bank", "phoneNo": "1", "emailAddress": "bank@example.org"}),
        );
        let labels = book.list("/api/settings/labels");
        assert_shows(
            &labels[0],
            &json!({"type": "CLIENT", "singularValue": "Member", "pluralValue": "Members", "hasCustomValue": true}),
        );
        assert_shows(
            &labels[1],
            &json!({"type": "GROUP", "singularValue": "Group", "hasCustomValue": false}),
        );
    });
}

/// A credit officer who sees only what he or she looks after.
fn officer(book: &Book, name: &str) -> Caller {
    let permissions = [
        "VIEW_CLIENT_DETAILS",
        "CREATE_CLIENT",
        "EDIT_CLIENT",
        "DELETE_CLIENT",
        "VIEW_GROUP_DETAILS",
        "CREATE_GROUP",
        "EDIT_GROUP",
        "DELETE_GROUP",
        "VIEW_LOAN_ACCOUNT_DETAILS",
        "CREATE_LOAN_ACCOUNT",
    ];
    let user = json!({"username": name, "password": "a long enough secret", "lastName": name,
        "isCreditOfficer": true, "permissions": permissions});
    record(&book.admin, "users", &user);
    Caller::basic(&book.server.base, name, "a long enough secret")
}

#[test]
fn a_credit_officer_sees_and_changes_own_clients_and_groups_only() {
    on_both(|book| {
        let (ada, ben) = (officer(book, "ada"), officer(book, "ben"));
        let product = json!({"id": "GRP", "forPureGroups": true});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &product));
        // What she enters is hers.
        ada.post("/api/clients", &named(json!({}))).expect(201);
        let group = json!({"group": {"id": "G", "groupName": "G"}, "groupMembers": [{"clientKey": "67"}]});
        let made = ada.post("/api/groups", &group).expect(201).json();
        let loan = json!({"loanAccount": {"id": "L", "accountHolderKey": key(&made["group"]),
            "accountHolderType": "GROUP", "productTypeKey": product, "loanAmount": "950", "interestRate": "2.5",
            "repaymentInstallments": 5}});
        let denied = |answer: loam_tests::http::Answer| answer.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        denied(ben.post("/api/loans", &loan));
        ada.post("/api/loans", &loan).expect(201);
        for list in ["clients", "groups"] {
            let path = |name: &str| format!("/api/{list}?creditOfficerUsername={name}");
            assert_eq!(ada.get(&path("ada")).expect(200).json().as_array().map(Vec::len), Some(1));
            assert_eq!(ben.get(&path("ben")).expect(200).json(), json!([]));
            denied(ben.get(&path("ada")));
            ben.get(&format!("/api/{list}")).expect_refusal(400, 4, "INVALID_PARAMETERS");
        }
        ada.get("/api/groups/G/loans").expect(200);
        let edit = json!({"group": {"groupName": "H"}, "client": {"homePhone": "1"}});
        for path in ["/api/clients/67", "/api/groups/G"] {
            ada.get(path).expect(200);
            denied(ben.get(path));
            denied(ben.patch(path, &edit));
            denied(ben.post(path, &edit));
            denied(ben.delete(path));
            ada.patch(path, &edit).expect(200);
        }
        denied(ben.get("/api/groups/G/loans"));
        denied(ben.get("/api/groups/G/loans/L"));
        denied(
            ben.form("/api/groups/G/loans", "productID=GRP&loanAmount=1000&interestRate=10&installments=5"),
        );
        // Nobody is given away.
        denied(ada.patch("/api/clients/67", &json!({"client": {"assignedUserKey": "ben"}})));
        denied(ada.post("/api/groups", &json!({"group": {"groupName": "X", "assignedUserKey": "ben"}})));
    });
}

#[test]
fn each_operation_has_its_permission() {
    on_both(|book| {
        book.group("G", &["8"]);
        let nobody = book.user_with("nobody", &[]);
        let refused = |answer: loam_tests::http::Answer, permission: &str| {
            answer.expect_refusal(403, 15, "INVALID_PERMISSIONS");
            assert_eq!(answer.json()["errorSource"], permission);
        };
        refused(nobody.get("/api/groups"), "VIEW_GROUP_DETAILS");
        refused(nobody.get("/api/groups/G"), "VIEW_GROUP_DETAILS");
        refused(nobody.post("/api/groups", &json!({"group": {"groupName": "X"}})), "CREATE_GROUP");
        refused(nobody.patch("/api/groups/G", &json!({"group": {"groupName": "X"}})), "EDIT_GROUP");
        refused(nobody.post("/api/groups/G", &json!({"group": {"groupName": "X"}})), "EDIT_GROUP");
        refused(nobody.delete("/api/groups/G"), "DELETE_GROUP");
        refused(nobody.post("/api/clients/8", &json!({"client": {}})), "EDIT_CLIENT");
        refused(nobody.delete("/api/clients/8"), "DELETE_CLIENT");
        refused(nobody.get("/api/groups/G/loans"), "VIEW_LOAN_ACCOUNT_DETAILS");
        nobody.get("/api/clienttypes").expect(200);
        nobody.get("/api/grouprolenames").expect(200);
        nobody.get("/api/settings/iddocumenttemplates").expect(200);
        let stranger = Caller::anonymous(&book.server.base);
        assert_eq!(stranger.get("/api/groups").status, 401);
    });
}
