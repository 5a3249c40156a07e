//! Who may do what: roles, branches, officers, limits and users as the doors make them.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, record};
use crate::subset::assert_shows;

const SECRET: &str = "a long enough secret";

/// A user who signs in with a password, and has what is named.
fn user(book: &Book, name: &str, members: &Value) -> Caller {
    let whole = crate::book::with(json!({"username": name, "password": SECRET}), members);
    record(&book.admin, "users", &whole);
    Caller::basic(&book.server.base, name, SECRET)
}

/// A second branch with a client and a loan in it: the keys of the branch and the loan's id.
fn elsewhere(book: &Book) -> (String, String) {
    let branch = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
    let client =
        json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja", "assignedBranchKey": "3"}});
    let client = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
    (branch, loan(book, &client))
}

fn loan(book: &Book, holder: &str) -> String {
    let account = json!({"loanAccount": {"accountHolderKey": holder, "accountHolderType": "CLIENT",
        "productTypeKey": book.product, "loanAmount": "950", "interestRate": "2.5", "repaymentInstallments": 5}});
    let answer = book.admin.post("/api/loans", &account).expect(201).json();
    answer["loanAccount"]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_role_gives_what_it_names_to_everybody_who_has_it() {
    on_both(|book| {
        let teller = json!({"id": "TELLER", "name": "Teller", "isTeller": true,
            "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_USER_DETAILS"], "notes": "n"});
        let teller_key = record(&book.admin, "roles", &teller);
        let ida = user(book, "ida", &json!({"role": "TELLER", "permissions": ["VIEW_BRANCH_DETAILS"]}));
        ida.get("/api/loans").expect(200);
        ida.get("/api/branches").expect(200);
        ida.get("/api/clients").expect_refusal(403, 15, "INVALID_PERMISSIONS");

        for id in ["TELLER", &teller_key] {
            let shown = ida.get(&format!("/api/userroles/{id}")).expect(200).json();
            assert_shows(
                &shown,
                &json!({"encodedKey": teller_key, "name": "Teller", "isTeller": true,
                "isAdministrator": false, "isCreditOfficer": false, "isSupport": false, "notes": "n",
                "accessRights": ["APIS"], "permissions": {"canManageAllBranches": false,
                    "canManageEntitiesAssignedToOtherOfficers": false,
                    "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_USER_DETAILS"]}}),
            );
        }
        assert_eq!(book.list("/api/userroles").len(), 1);
        book.admin.get("/api/userroles/NONE").expect_refusal(404, 707, "INVALID_USER_ROLE_KEY");
        let shown = book.read("/api/users/ida");
        assert_shows(
            &shown,
            &json!({"role": {"encodedKey": teller_key, "name": "Teller"},
            "accessRights": [], "permissions": {"permissions": ["VIEW_BRANCH_DETAILS"]}}),
        );

        let less = json!({"permissions": ["VIEW_USER_DETAILS"]});
        book.admin.patch("/loam/v1/roles/TELLER", &less).expect(200);
        ida.get("/api/loans").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let out = json!({"accessRights": ["MAMBU"]});
        book.admin.patch("/loam/v1/roles/TELLER", &out).expect(200);
        ida.get("/api/branches").expect_refusal(403, 18, "NO_API_ACCESS");
    });
}

#[test]
fn who_belongs_to_a_branch_reads_and_changes_nothing_of_another() {
    on_both(|book| {
        let (_, there) = elsewhere(book);
        let here = loan(book, &book.client);
        let all = [
            "VIEW_LOAN_ACCOUNT_DETAILS",
            "VIEW_CLIENT_DETAILS",
            "CREATE_LOAN_ACCOUNT",
            "APPROVE_LOANS",
            "EDIT_CLIENT",
            "CREATE_CLIENT",
            "EDIT_LOAN_ACCOUNT",
        ];
        let ida = user(book, "ida", &json!({"assignedBranchKey": "2", "permissions": all}));
        let refused =
            |answer: loam_tests::http::Answer| answer.expect_refusal(403, 15, "INVALID_PERMISSIONS");

        ida.get(&format!("/api/loans/{here}")).expect(200);
        for path in ["", "/transactions", "/repayments"] {
            refused(ida.get(&format!("/api/loans/{there}{path}")));
        }
        refused(ida.get("/api/clients/9"));
        refused(ida.get("/api/clients/9/loans"));
        refused(ida.get("/api/loans?branchId=3"));
        refused(ida.get("/api/clients?branchId=3"));
        let listed = |path: &str| ida.get(path).expect(200).json().as_array().expect("a list").len();
        assert_eq!(
            (listed("/api/loans"), listed("/api/clients"), listed("/api/loans?branchId=2")),
            (1, 1, 1)
        );

        refused(ida.form(&format!("/api/loans/{there}/transactions"), "type=APPROVAL"));
        refused(ida.patch(&format!("/api/loans/{there}"), &json!({"loanAccount": {"notes": "n"}})));
        refused(ida.patch("/api/clients/9", &json!({"client": {"notes": "n"}})));
        refused(ida.patch(
            "/api/clients/8",
            &json!({"client": {"assignedBranchKey": "3", "assignedCentreKey": null}}),
        ));
        let new = json!({"loanAccount": {"accountHolderKey": "9", "accountHolderType": "CLIENT", "productTypeKey": book.product,
            "loanAmount": "950", "interestRate": "2.5", "repaymentInstallments": 5}});
        refused(ida.post("/api/loans", &new));
        let client = |branch: Value| json!({"client": {"firstName": "A", "lastName": "B", "assignedBranchKey": branch}});
        refused(ida.post("/api/clients", &client(json!("3"))));
        let own = ida.post("/api/clients", &client(Value::Null)).expect(201).json();
        assert_eq!(own["client"]["assignedBranchKey"], book.branch, "of the own branch, where none is named");
        ida.form(&format!("/api/loans/{here}/transactions"), "type=APPROVAL").expect(201);

        book.admin.patch("/loam/v1/users/ida", &json!({"managedBranches": ["3"]})).expect(200);
        ida.get(&format!("/api/loans/{there}")).expect(200);
        ida.get("/api/clients?branchId=3").expect(200);
        let names = |path: &str| -> Vec<Value> {
            book.list(path).iter().map(|user| user["username"].clone()).collect()
        };
        assert_eq!(names("/api/users?branchId=3&branchIdType=MANAGE"), [json!("admin"), json!("ida")]);
        assert_eq!(names("/api/users?branchId=3").len(), 0);
        assert_shows(&book.read("/api/users/ida"), &json!({"managedBranches": [{}]}));
    });
}

#[test]
fn a_credit_officer_names_himself_or_herself_in_lists() {
    on_both(|book| {
        let officer = json!({"isCreditOfficer": true, "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS",
            "VIEW_CLIENT_DETAILS", "CREATE_CLIENT"]});
        let ida = user(book, "ida", &officer);
        for list in ["loans", "clients"] {
            let path = format!("/api/{list}");
            let refused = ida.get(&path);
            refused.expect_refusal(400, 4, "INVALID_PARAMETERS");
            assert_eq!(refused.json()["errorSource"], "creditOfficerUsername");
            let other = ida.get(&format!("{path}?creditOfficerUsername=creditofficer"));
            other.expect_refusal(403, 15, "INVALID_PERMISSIONS");
            ida.get(&format!("{path}?creditOfficerUsername=ida")).expect(200);
        }
        let client = json!({"client": {"firstName": "A", "lastName": "B"}});
        let own = ida.post("/api/clients", &client).expect(201).json();
        let listed = ida.get("/api/clients?creditOfficerUsername=ida").expect(200).json();
        assert_eq!(listed[0]["id"], own["client"]["id"], "whom an officer enters is the officer's client");
        let free = json!({"canManageEntitiesAssignedToOtherOfficers": true});
        book.admin.patch("/loam/v1/users/ida", &free).expect(200);
        assert_eq!(ida.get("/api/clients").expect(200).json().as_array().unwrap().len(), 2);
    });
}

#[test]
fn limits_and_the_second_man_stand_in_the_way() {
    on_both(|book| {
        let id = loan(book, &book.client);
        let path = format!("/api/loans/{id}/transactions");
        let all = json!({"permissions": ["APPROVE_LOANS", "DIBURSE_LOANS"],
            "transactionLimits": {"APPROVE_LOAN": "949", "DISBURSE_LOAN": 2000}});
        let ida = user(book, "ida", &all);
        let over = ida.form(&path, "type=APPROVAL");
        over.expect_refusal(400, 8, "USER_TRANSACTION_LIMIT_EXCEEDED");
        assert_eq!(over.json()["errorSource"], "APPROVE_LOAN");
        let shown = book.read("/api/users/ida");
        assert_shows(&shown, &json!({"transactionLimits": {"APPROVE_LOAN": "949", "DISBURSE_LOAN": "2000"}}));
        let more = json!({"transactionLimits": {"APPROVE_LOAN": "950"}});
        book.admin.patch("/loam/v1/users/ida", &more).expect(200);
        let two = json!({"approvalDisbursalTwoManRuleEnabled": true});
        book.admin.patch("/loam/v1/settings", &two).expect(200);
        ida.form(&path, "type=APPROVAL").expect(201);
        let name = "INVALID_USER_WHO_APPROVED_THE_LOAN_CANNOT_DISBURSE_IT";
        ida.form(&path, "type=DISBURSEMENT").expect_refusal(400, 206, name);
        book.admin.form(&path, "type=DISBURSEMENT").expect(201);
    });
}

#[test]
fn a_limit_stands_on_both_sides_of_a_transfer() {
    on_both(|book| {
        let product = crate::savings::savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "500");
        crate::savings::filled(book, "S2", &product, "5");
        book.lend("L1");
        let ida = json!({"permissions": ["MAKE_TRANSFER", "ENTER_REPAYMENT"]});
        let ida = user(book, "ida", &ida);
        let try_to = |form: &str| ida.form("/api/savings/S1/transactions", &format!("type=TRANSFER&{form}"));
        let limited = |limit: &str| {
            let mut limits =
                json!({"MAKE_WITHDRAWAL": "1000", "MAKE_DEPOSIT": "1000", "MAKE_REPAYMENT": "1000"});
            limits[limit] = json!("100");
            let limits = json!({"transactionLimits": limits});
            book.admin.patch("/loam/v1/users/ida", &limits).expect(200);
        };
        let over = |form: &str, limit: &str| {
            let answer = try_to(form);
            answer.expect_refusal(400, 8, "USER_TRANSACTION_LIMIT_EXCEEDED");
            assert_eq!(answer.json()["errorSource"], limit);
        };
        limited("MAKE_WITHDRAWAL");
        over("amount=100.01&toSavingsAccount=S2", "MAKE_WITHDRAWAL");
        over("amount=100.01&toLoanAccount=L1", "MAKE_WITHDRAWAL");
        limited("MAKE_DEPOSIT");
        over("amount=100.01&toSavingsAccount=S2", "MAKE_DEPOSIT");
        try_to("amount=100.01&toLoanAccount=L1").expect(201);
        limited("MAKE_REPAYMENT");
        over("amount=100.01&toLoanAccount=L1", "MAKE_REPAYMENT");
        try_to("amount=100.01&toSavingsAccount=S2").expect(201);
        assert_eq!(crate::savings::savings(book, "S1")["balance"], "299.98");
    });
}

/// Two branches with a client, a loan and a deposit account in each, and Ida, who works in the first and
/// may do everything: the loan elsewhere, and Ida.
fn two_branches(book: &Book) -> (String, Caller) {
    let (_, there) = elsewhere(book);
    let product = crate::savings::savings_product(book, &json!({}));
    crate::savings::filled(book, "S1", &product, "50");
    crate::savings::open_with(book, "S9", &product, &json!({"accountHolderKey": "9"}));
    book.admin.form("/api/savings/S9/transactions", "type=APPROVAL").expect(201);
    record(&book.admin, "centres", &json!({"id": "HC", "name": "H", "assignedBranchKey": "3"}));
    let eva = user(book, "eva", &json!({"assignedBranchKey": "3"}));
    eva.form("/api/tasks", "title=Evas&dueDate=2012-07-01").expect(201);
    let all = [
        "VIEW_LOAN_ACCOUNT_DETAILS",
        "VIEW_CLIENT_DETAILS",
        "VIEW_GROUP_DETAILS",
        "VIEW_USER_DETAILS",
        "VIEW_BRANCH_DETAILS",
        "VIEW_CENTRE_DETAILS",
        "VIEW_SAVINGS_ACCOUNT_DETAILS",
        "MAKE_TRANSFER",
        "EDIT_SAVINGS_ACCOUNT",
        "ADMINISTRATION",
    ];
    let ida = user(book, "ida", &json!({"assignedBranchKey": "2", "permissions": all}));
    ida.form("/api/tasks", "title=Idas&dueDate=2012-07-02").expect(201);
    (there, ida)
}

fn refused(answer: loam_tests::http::Answer) {
    answer.expect_refusal(403, 15, "INVALID_PERMISSIONS");
}

#[test]
fn what_is_kept_with_things_of_another_branch_is_neither_seen_nor_added_to() {
    on_both(|book| {
        let (there, ida) = two_branches(book);
        let comment = json!({"comment": {"text": "x"}});
        let loan = format!("loans/{there}");
        for path in [loan.as_str(), "clients/9", "savings/S9", "branches/3", "centres/HC", "users/eva"] {
            let comments = format!("/api/{path}/comments");
            refused(ida.get(&format!("/api/{path}/documents")));
            book.admin.post(&comments, &comment).expect(201);
            refused(ida.get(&comments));
            refused(ida.post(&comments, &comment));
        }
        let upload = |kind: &str, key: &str| {
            json!({"documentContent": "eA==", "document": {"name": "a.txt",
                "documentHolderKey": key, "documentHolderType": kind}})
        };
        for (kind, key) in [("DEPOSIT_ACCOUNT", "S9"), ("BRANCH", "3"), ("CENTRE", "HC"), ("USER", "eva")] {
            refused(ida.post("/api/documents", &upload(kind, key)));
            let kept = book.admin.post("/api/documents", &upload(kind, key)).expect(201).json();
            refused(ida.get(&format!("/api/documents/{}", kept["id"])));
            refused(ida.delete(&format!("/api/documents/{}", kept["id"])));
        }
        ida.post("/api/documents", &upload("DEPOSIT_ACCOUNT", "S1")).expect(201);
        for path in ["savings/S1", "clients/8", "branches/2", "centres/CD", "users/creditofficer"] {
            ida.post(&format!("/api/{path}/comments"), &comment).expect(201);
        }
        refused(ida.form("/api/savings/S1/transactions", "type=TRANSFER&amount=1&toSavingsAccount=S9"));
        let own = format!("type=TRANSFER&amount=1&toLoanAccount={there}");
        refused(ida.form("/api/savings/S1/transactions", &own));
    });
}

#[test]
fn tasks_and_activities_of_another_branch_are_in_no_list() {
    on_both(|book| {
        let (_, ida) = two_branches(book);
        let task = |title: &str, more: &str| {
            let form = format!("title={title}&dueDate=2012-07-03&{more}");
            book.admin.form("/api/tasks", &form).expect(201).json()
        };
        task("Here", "clientid=8");
        let other = task("There", "clientid=9");
        task("Deposit", "taskLinkType=DEPOSIT_ACCOUNT&taskLinkKey=S9");
        task("Hill", "taskLinkType=BRANCH&taskLinkKey=3");
        task("Loose", "");
        let titles = |caller: &Caller, query: &str| -> Vec<String> {
            let tasks = caller.get(&format!("/api/tasks?{query}")).expect(200).json();
            tasks.as_array().unwrap().iter().map(|task| crate::book::text(&task["title"])).collect()
        };
        assert_eq!(titles(&ida, ""), ["Idas", "Here"]);
        assert_eq!(titles(&ida, "limit=1&offset=1"), ["Here"]);
        assert_eq!(titles(&book.admin, "").len(), 7);
        refused(ida.form(&format!("/api/tasks/{}", other["id"]), "title=Mine"));
        refused(ida.form("/api/tasks", "title=T&dueDate=2012-07-03&clientid=9"));

        let always = "from=1900-01-01&to=2999-12-31";
        for filter in ["clientID=9", "savingsAccountID=S9", "branchID=3", "centreID=HC", "userID=eva"] {
            refused(ida.get(&format!("/api/activities?{always}&{filter}")));
        }
        let seen = ida.get(&format!("/api/activities?{always}&limit=1000")).expect(200);
        for path in ["savings/S9", "clients/9", "users/eva"] {
            assert!(!seen.text.contains(&key_of(book, path)), "{path} is seen: {}", seen.text);
        }
        assert!(!seen.text.contains("Hill"), "{}", seen.text);
        assert!(seen.text.contains(&key_of(book, "savings/S1")) && seen.text.contains("Riverside"));
    });
}

fn key_of(book: &Book, path: &str) -> String {
    key(&book.read(&format!("/api/{path}")))
}

#[test]
fn a_user_shows_when_he_or_she_last_signed_in() {
    on_both(|book| {
        let ida = user(book, "ida", &json!({"permissions": ["VIEW_USER_DETAILS"]}));
        assert_eq!(book.read("/api/users/ida")["lastLoggedInDate"], Value::Null);
        let shown = ida.get("/api/users/ida").expect(200).json();
        let last = shown["lastLoggedInDate"].as_str().expect("a moment");
        assert!(last.ends_with("+0000"), "{last}");
        let listed = ida.get("/api/users").expect(200).json();
        let of = |name: &str| -> Value {
            let mut all = listed.as_array().unwrap().iter();
            all.find(|user| user["username"] == name).unwrap()["lastLoggedInDate"].clone()
        };
        assert_eq!(of("ida"), last);
        assert_eq!(of("creditofficer"), Value::Null);
    });
}

#[test]
fn users_are_entered_and_changed_over_the_contracts_door() {
    on_both(|book| {
        record(
            &book.admin,
            "roles",
            &json!({"id": "R", "name": "Reader", "permissions": ["VIEW_BRANCH_DETAILS"]}),
        );
        let sent = json!({"user": {"username": "ida", "password": SECRET, "firstName": "Ida", "lastName": "Lund",
            "email": "ida@example.org", "assignedBranchKey": "2", "isTeller": "true",
            "permissions": {"permissions": ["ENTER_REPAYMENT"], "canManageAllBranches": true},
            "transactionLimits": {"MAKE_REPAYMENT": 100}}, "customInformation": []});
        let answer = book.admin.post("/api/users", &sent).expect(201);
        assert_eq!(answer.header("location"), Some("ida"));
        assert!(!answer.text.contains(SECRET) && !answer.text.contains("argon2"), "{}", answer.text);
        let shown = &answer.json()["user"];
        assert_shows(
            shown,
            &json!({"username": "ida", "email": "ida@example.org", "isTeller": true,
            "accessRights": ["APIS"], "assignedBranchKey": book.branch, "userState": "ACTIVE",
            "twoFactorAuthentication": false, "transactionLimits": {"MAKE_REPAYMENT": "100"},
            "permissions": {"permissions": ["ENTER_REPAYMENT"], "canManageAllBranches": true}}),
        );
        assert!(shown["id"].is_i64());
        let ida = Caller::basic(&book.server.base, "ida", SECRET);
        ida.get("/api/branches").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let change = json!({"user": {"role": {"name": "Reader"}, "title": "Teller"}});
        let success = book.admin.patch("/api/users/ida", &change).expect(200).json();
        assert_eq!(success, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        ida.get("/api/branches").expect(200);
        assert_shows(&book.read("/api/users/ida"), &json!({"title": "Teller", "firstName": "Ida"}));
        book.admin.patch("/api/users/ida", &json!({"user": {"password": "another secret"}})).expect(200);
        ida.get("/api/branches").expect_refusal(401, 2, "INVALID_CREDENTIALS");
        Caller::basic(&book.server.base, "ida", "another secret").get("/api/branches").expect(200);
        book.admin.patch("/api/users/NOBODY", &change).expect_refusal(404, 700, "INVALID_USER_NAME");
        book.admin.get("/api/users/ida/views?for=loans").expect(200);
        assert_eq!(book.read("/api/users/ida/views?for=LOANS"), json!([]));
        book.admin.get("/api/users/ida/views?for=CATS").expect_refusal(400, 4, "INVALID_PARAMETERS");
        book.admin.get("/api/users/NO/views?for=LOANS").expect_refusal(404, 700, "INVALID_USER_NAME");
    });
}

#[test]
fn a_user_who_is_not_possible_gets_the_contracts_code() {
    on_both(|book| {
        let good = json!({"username": "ida", "password": SECRET, "email": "ida@example.org"});
        let post = |members: Value| {
            book.admin.post("/api/users", &json!({"user": crate::book::with(good.clone(), &members)}))
        };
        let cases = [
            (json!({"role": "NONE"}), 707, "INVALID_USER_ROLE_KEY"),
            (json!({"password": "short"}), 709, "INVALID_PASSWORD"),
            (json!({"password": null}), 709, "INVALID_PASSWORD"),
            (json!({"email": "ida"}), 711, "EMAIL_ADDRESS_FORMAT_IS_INVALID"),
            (json!({"email": null}), 724, "MISSING_EMAIL_ADDRESS"),
            (json!({"username": "admin"}), 712, "USERNAME_ALREADY_EXISTS"),
            (json!({"username": null}), 700, "INVALID_USER_NAME"),
            (json!({"username": "i da"}), 700, "INVALID_USER_NAME"),
            (json!({"roles": ["A", "B"]}), 716, "ONLY_ONE_ROLE_ALLOWED"),
            (json!({"transactionLimits": {"FLY": 1}}), 717, "INVALID_TRANSACTION_LIMIT_TYPE"),
            (
                json!({"transactionLimits": {"APPLY_FEE": "-1"}}),
                719,
                "CANNOT_HAVE_NEGATIVE_TRANSACTION_LIMITS",
            ),
            (json!({"managedBranches": 7}), 720, "INVALID_VALUE_FOR_MANAGED_BRANCHES"),
            (json!({"managedBranches": [{"branchKey": "NONE"}]}), 802, "INVALID_MANAGED_BRANCH_ID"),
            (
                json!({"isAdministrator": true, "canManageAllBranches": false}),
                721,
                "CANNOT_HAVE_ADMIN_WITHOUT_FULL_BRANCHES_ACCESS",
            ),
            (
                json!({"isAdministrator": true, "isCreditOfficer": true,
                "canManageEntitiesAssignedToOtherOfficers": false}),
                722,
                "CANNOT_HAVE_OFFICER_ADMIN_WITHOUT_MANAGE_OTHER_ENTITIES_ACCESS",
            ),
            (
                json!({"isCreditOfficer": true, "canManageAllBranches": true}),
                723,
                "INCONSISTENT_CAN_MANAGE_BRANCHES_WITH_CAN_MANAGE_ENTITIES",
            ),
            (json!({"twoFactorAuthentication": true}), 725, "MISSING_MOBILE_PHONE"),
            (json!({"assignedBranchKey": "NONE"}), 801, "INVALID_BRANCH_KEY"),
        ];
        for (members, code, name) in cases {
            post(members).expect_refusal(400, code, name);
        }
        book.admin.get("/api/users/ida").expect_refusal(404, 700, "INVALID_USER_NAME");
        post(json!({})).expect(201);
        post(json!({"username": "tom", "email": "IDA@EXAMPLE.ORG"})).expect_refusal(
            400,
            710,
            "EMAIL_ADDRESS_ALREADY_REGISTERED_WITH_ANOTHER_USER",
        );
    });
}

#[test]
fn nobody_enters_a_user_who_may_do_more() {
    on_both(|book| {
        let maker = user(
            book,
            "maker",
            &json!({"assignedBranchKey": "2",
            "permissions": ["CREATE_USER", "EDIT_USER", "ENTER_REPAYMENT"]}),
        );
        let make = |members: Value| {
            let good = json!({"username": "eva", "password": SECRET, "email": "eva@example.org",
                "assignedBranchKey": "2"});
            maker.post("/api/users", &json!({"user": crate::book::with(good, &members)}))
        };
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        make(json!({"assignedBranchKey": "3"})).expect_refusal(403, 714, "CANNOT_MANAGE_USER_BRANCH");
        make(json!({"permissions": ["APPROVE_LOANS"]})).expect_refusal(
            403,
            715,
            "NOT_ENOUGH_PRIVILDGES_FOR_CHANGING_USER_SETTINGS",
        );
        let admin = "NOT_ENOUGH_PRIVILEDGES_TO_CREATE_ADMIN_USER";
        make(json!({"isAdministrator": true})).expect_refusal(403, 718, admin);
        make(json!({"permissions": ["ENTER_REPAYMENT"]})).expect(201);
        let stolen = maker.patch("/api/users/admin", &json!({"user": {"password": "taken over"}}));
        assert_eq!(stolen.status, 403, "{}", stolen.text);
        book.admin.get("/api/branches").expect(200);
    });
}
