//! Groups: created, read in both shapes, changed, deleted; what they borrow, and what is refused.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

type No = (u16, i64, &'static str);

/// A client of this id; gives the key.
fn client(book: &Book, id: &str) -> String {
    let body = json!({"client": {"id": id, "firstName": "N", "lastName": id}});
    key(&book.admin.post("/api/clients", &body).expect(201).json()["client"])
}

/// A product for groups only.
pub(crate) fn for_groups(book: &Book) -> String {
    let changes = json!({"id": "GRP", "forIndividuals": false, "forPureGroups": true});
    record(&book.admin, "loan-products", &with(agriculture(), &changes))
}

fn applying(group: &str, product: &str) -> Value {
    json!({"accountHolderKey": group, "accountHolderType": "GROUP", "productTypeKey": product,
        "loanAmount": "950", "interestRate": "2.5", "repaymentInstallments": 5})
}

fn river(book: &Book, members: &[&str], treasurer: &str, role: &str) -> Value {
    let members: Vec<Value> = members.iter().map(|client| json!({"clientKey": client})).collect();
    json!({
        "group": {"id": "RIVER", "groupName": "River", "notes": "<b>n</b>", "emailAddress": "river@example.org",
            "mobilePhone1": "1", "homePhone": "2", "preferredLanguage": "ENGLISH",
            "assignedBranchKey": "2", "assignedCentreKey": "CD", "assignedUserKey": book.officer},
        "addresses": [{"line1": "Quay 1", "city": "Town", "addressType": "OFFICE", "latitude": "1.5"}],
        "groupMembers": members,
        "groupRoles": [{"groupRoleNameKey": role, "clientKey": treasurer}],
        "customInformation": []
    })
}

fn river_shown(book: &Book) -> Value {
    json!({"id": "RIVER", "groupName": "River", "notes": "<b>n</b>", "emailAddress": "river@example.org",
        "mobilePhone1": "1", "homePhone": "2", "preferredLanguage": "ENGLISH", "loanCycle": 0,
        "assignedBranchKey": book.branch, "assignedCentreKey": book.centre, "assignedUserKey": book.officer})
}

fn member_ids(group: &Value) -> Vec<String> {
    let members = group["groupMembers"].as_array().expect("a list of members");
    members.iter().map(|member| text(&member["clientKey"])).collect()
}

#[test]
fn a_group_is_created_and_read_in_both_shapes() {
    on_both(|book| {
        let role = record(&book.admin, "group-roles", &json!({"id": "TREASURER", "name": "Treasurer"}));
        let other = client(book, "9");
        let answer = book.admin.post("/api/groups", &river(book, &[&book.client, "9"], "9", "TREASURER"));
        let answer = answer.expect(201);
        assert_eq!(answer.header("location"), Some("RIVER"));
        let posted = answer.json();
        assert_shows(&posted["group"], &river_shown(book));
        assert_eq!(posted["group"], posted["theGroup"]);
        let group = key(&posted["group"]);
        for id in ["RIVER", group.as_str()] {
            let flat = book.read(&format!("/api/groups/{id}"));
            assert_shows(&flat, &river_shown(book));
            assert_shows(&flat, &json!({"theGroup": null, "groupMembers": null}));
            let expanded = book.read(&format!("/api/groups/{id}?fullDetails=True"));
            assert_shows(
                &expanded,
                &json!({"theGroup": river_shown(book), "group": null, "customInformation": [],
                    "addresses": [{"line1": "Quay 1", "city": "Town", "addressType": "OFFICE",
                        "latitude": "1.5", "parentKey": group, "indexInList": 0}],
                    "groupMembers": [{"groupKey": group, "clientKey": book.client, "indexInList": 0},
                        {"groupKey": group, "clientKey": other, "indexInList": 1}],
                    "groupRoles": [{"groupKey": group, "clientKey": other, "groupRoleNameKey": role,
                        "roleName": "Treasurer", "indexInList": 0}]}),
            );
            assert_eq!(expanded["groupMembers"], posted["groupMembers"], "rows keep their keys");
        }
        assert_eq!(book.read("/api/clients/9?fullDetails=true")["groupKeys"], json!([group]));
        assert_eq!(book.list("/api/grouprolenames")[0]["encodedKey"], role);
        assert_eq!(book.read(&format!("/api/grouprolenames/{role}"))["name"], "Treasurer");
    });
}

#[test]
fn groups_are_listed_by_who_looks_after_them() {
    on_both(|book| {
        book.group("A", &[]);
        book.admin.post("/api/groups", &json!({"group": {"id": "B", "groupName": "B"}})).expect(201);
        let drawn = book.admin.post("/api/groups", &json!({"group": {"groupName": "C"}})).expect(201).json();
        let drawn = text(&drawn["group"]["id"]);
        let found = |query: &str| -> Vec<String> {
            book.list(&format!("/api/groups?{query}")).iter().map(|group| text(&group["id"])).collect()
        };
        assert_eq!(found(""), ["A", "B", drawn.as_str()]);
        assert_eq!(found("branchId=2"), ["A"]);
        assert_eq!(found("creditOfficerUsername=creditofficer"), Vec::<String>::new());
        assert_eq!(found("limit=1&offset=1"), ["B"]);
        let full = book.list("/api/groups?fullDetails=true&branchId=2");
        assert_eq!(full[0]["theGroup"]["id"], "A");
        book.admin.get("/api/groups?branchId=NONE").expect_refusal(400, 800, "INVALID_BRANCH_ID");
        book.admin.get("/api/groups/NONE").expect_refusal(404, 201, "INVALID_GROUP_ID");
        let unknown_role = book.admin.get("/api/grouprolenames/NONE");
        unknown_role.expect_refusal(404, 209, "INVALID_GROUP_ROLE_NAME_KEY");
    });
}

#[test]
fn members_join_and_leave_and_clients_say_so() {
    on_both(|book| {
        let other = client(book, "9");
        let role = record(&book.admin, "group-roles", &json!({"id": "HEAD", "name": "Head"}));
        let made = book.admin.post("/api/groups", &river(book, &["8"], "8", &role)).expect(201).json();
        let group = key(&made["group"]);
        let swap =
            json!({"group": {"groupName": "Brook", "notes": null}, "groupMembers": [{"clientKey": other}]});
        let answer = book.admin.patch("/api/groups/RIVER", &swap).expect(200).json();
        assert_eq!(answer, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        let full = book.read("/api/groups/RIVER?fullDetails=true");
        assert_shows(&full["theGroup"], &json!({"groupName": "Brook", "notes": null, "mobilePhone1": "1"}));
        assert_eq!(member_ids(&full), [other.as_str()]);
        assert_eq!(full["groupRoles"], json!([]), "who leaves has no role any longer");
        assert_eq!(book.read("/api/clients/8?fullDetails=true")["groupKeys"], json!([]));
        assert_eq!(book.read("/api/clients/9?fullDetails=true")["groupKeys"], json!([group]));
        // Without an envelope, people alone.
        let both = json!({"groupMembers": [{"clientKey": "8"}, {"clientKey": "9"}, {"clientKey": "9"}],
            "groupRoles": [{"groupRoleNameKey": "HEAD", "clientKey": "9"}]});
        let posted = book.admin.post("/api/groups/RIVER", &both).expect(200).json();
        assert_eq!(member_ids(&posted), [book.client.as_str(), other.as_str()]);
        assert_eq!(posted["groupRoles"][0]["roleName"], "Head");
        // Whoever is a member stays; whoever is none may go.
        let delete = |caller: &Caller| caller.delete("/api/clients/9");
        book.refuses(delete, (400, 313, "CLIENT_IS_MEMBER_OF_A_GROUP"));
        book.admin.delete("/api/groups/RIVER").expect(200);
        book.admin.get("/api/groups/RIVER").expect_refusal(404, 201, "INVALID_GROUP_ID");
        assert_eq!(book.read("/api/clients/9?fullDetails=true")["groupKeys"], json!([]));
        book.admin.delete("/api/clients/9").expect(200);
        book.group("RIVER", &["8"]);
    });
}

#[test]
fn a_group_borrows_and_repays() {
    on_both(|book| {
        let product = for_groups(book);
        let group = key(&book.group("G1", &["8"])["group"]);
        let created = book.admin.post("/api/loans", &json!({"loanAccount": applying(&group, &product)}));
        let created = created.expect(201).json()["loanAccount"].clone();
        assert_shows(
            &created,
            &json!({"accountHolderType": "GROUP", "accountHolderKey": group, "assignedBranchKey": book.branch}),
        );
        let id = text(&created["id"]);
        let form = "productID=GRP&loanAmount=1000&interestRate=10&installments=5&notes=hello";
        let basic = book.admin.form("/api/groups/G1/loans/", form).expect(201).json();
        assert_eq!(basic["loanAccount"]["accountHolderKey"], group);
        for form in ["type=APPROVAL", "type=DISBURSEMENT"] {
            book.act(&id, form);
        }
        assert_eq!(book.list("/api/groups/G1/loans").len(), 2);
        assert_eq!(book.list("/api/groups/G1/loans?accountState=ACTIVE").len(), 1);
        assert_eq!(book.read(&format!("/api/groups/G1/loans/{id}"))["id"], id);
        assert_eq!(book.list("/api/clients/8/loans").len(), 0, "a group owes as one");
        assert_eq!(book.read("/api/clients/8")["state"], "INACTIVE");
        let delete = |caller: &Caller| caller.delete("/api/groups/G1");
        book.refuses(delete, (400, 318, "GROUP_HAS_ACCOUNTS"));
        book.act(&id, "type=REPAYMENT&amount=1079.77");
        assert_eq!(book.loan(&id)["accountState"], "CLOSED");
        assert_eq!(book.read("/api/groups/G1")["loanCycle"], 1);
        assert_shows(&book.read("/api/clients/8"), &json!({"loanCycle": 0, "groupLoanCycle": 1}));
        assert_eq!(book.list("/api/clients")[0]["groupLoanCycle"], 1);
        let another = book.group("G2", &[]);
        let path = format!("/api/groups/{}/loans/{id}", key(&another["group"]));
        book.admin.get(&path).expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
    });
}

#[test]
fn a_loan_of_a_group_is_rescheduled_for_the_group() {
    on_both(|book| {
        let product = for_groups(book);
        let group = key(&book.group("G1", &["8"])["group"]);
        let loan = with(applying(&group, &product), &json!({"id": "L"}));
        book.admin.post("/api/loans", &json!({"loanAccount": loan})).expect(201);
        for form in ["type=APPROVAL", "type=DISBURSEMENT"] {
            book.act("L", form);
        }
        let new = json!({"productTypeKey": product, "loanAmount": "950", "interestRate": "2.5",
            "repaymentInstallments": 5});
        let action = json!({"action": "RESCHEDULE", "loanAccount": new});
        let answer = book.admin.post("/api/loans/L/action", &action);
        let opened = answer.expect(201).json();
        assert_shows(&opened, &json!({"accountHolderType": "GROUP", "accountHolderKey": group}));
        assert_eq!(book.list("/api/groups/G1/loans").len(), 2);
    });
}

#[test]
fn products_are_for_whom_they_are() {
    on_both(|book| {
        let group = key(&book.group("G1", &["8"])["group"]);
        let product = for_groups(book);
        let solidarity = json!({"id": "SOL", "forIndividuals": false, "forHybridGroups": true});
        let solidarity = record(&book.admin, "loan-products", &with(agriculture(), &solidarity));
        assert_eq!(book.read("/api/loanproducts/SOL")["forHybridGroups"], true);
        let refuses = |account: Value, expected: No| {
            book.refuses(|caller| caller.post("/api/loans", &json!({"loanAccount": account})), expected);
        };
        refuses(applying(&group, &book.product), (400, 107, "LOAN_PRODUCT_MISMATCH"));
        refuses(applying(&group, &solidarity), (400, 196, "CANNOT_EDIT_SOLIDARITY_LOANS"));
        let of_client = with(book.application("X"), &json!({"productTypeKey": product}));
        refuses(of_client, (400, 107, "LOAN_PRODUCT_MISMATCH"));
        let unknown: No = (400, 1492, "ACCOUNT_HOLDER_NOT_FOUND");
        refuses(applying("NOBODY", &product), unknown);
        refuses(applying(&book.client, &product), unknown);
        let as_client = json!({"accountHolderKey": group, "accountHolderType": "CLIENT"});
        refuses(with(applying(&group, &product), &as_client), unknown);
        let type_of_bank = json!({"accountHolderType": "BANK"});
        refuses(with(applying(&group, &product), &type_of_bank), (400, 4, "INVALID_PARAMETERS"));
    });
}

#[test]
fn what_no_group_can_be_is_refused() {
    on_both(|book| {
        let role = record(&book.admin, "group-roles", &json!({"id": "HEAD", "name": "Head"}));
        let post = |body: &Value, expected: No| {
            book.refuses(|caller| caller.post("/api/groups", body), expected);
        };
        let with_people = |members: Value, roles: Value| json!({"group": {"groupName": "G"}, "groupMembers": members, "groupRoles": roles});
        post(&json!({"groupName": "G"}), (400, 30, "MISSING_ENTITY_JSON"));
        post(&json!({"group": {"notes": "n"}}), (400, 31, "MISSING_REQUIRED_PARAMETER"));
        post(&json!({"group": {"groupName": "G", "id": "a/b"}}), (400, 149, "INVALID_ID"));
        post(
            &json!({"group": {"groupName": "G", "assignedBranchKey": "X"}}),
            (400, 801, "INVALID_BRANCH_KEY"),
        );
        post(
            &json!({"group": {"groupName": "G", "clientRoleId": "X"}}),
            (400, 306, "INVALID_CLIENT_ROLE_KEY"),
        );
        let unknown: No = (400, 302, "INVALID_CLIENT_KEY");
        post(&with_people(json!([{"clientKey": "NOBODY"}]), json!([])), unknown);
        post(&with_people(json!([{"clientKey": book.branch}]), json!([])), unknown);
        post(&with_people(json!([{}]), json!([])), unknown);
        post(&with_people(json!("8"), json!([])), (400, 4, "INVALID_PARAMETERS"));
        let head = |client: &str, role: &str| json!([{"clientKey": client, "groupRoleNameKey": role}]);
        let no_member: No = (400, 210, "GROUP_ROLE_CLIENT_NOT_GROUP_MEMBER");
        post(&with_people(json!([]), head("8", &role)), no_member);
        let no_role: No = (400, 209, "INVALID_GROUP_ROLE_NAME_KEY");
        post(&with_people(json!([{"clientKey": "8"}]), head("8", "NONE")), no_role);
        book.group("TAKEN", &["8"]);
        post(&json!({"group": {"groupName": "G", "id": "TAKEN"}}), (400, 317, "GROUP_ID_ALREADY_IN_USE"));
        book.admin.patch("/api/clients/8", &json!({"client": {"state": "EXITED"}})).expect(200);
        post(&with_people(json!([{"clientKey": "8"}]), json!([])), (400, 305, "INVALID_CLIENT_STATE"));
    });
}

#[test]
fn the_organization_bounds_groups() {
    on_both(|book| {
        let other = client(book, "9");
        let limits = json!({"minGroupSizeLimit": 1, "maxGroupSizeLimit": "1", "multipleGroupMemberships": "ONE_GROUP"});
        book.admin.patch("/loam/v1/settings", &limits).expect(200);
        let of = |members: Value| json!({"group": {"groupName": "G", "id": "G"}, "groupMembers": members});
        let size: No = (400, 207, "INVALID_GROUP_SIZE");
        let post = |body: &Value, expected: No| {
            book.refuses(|caller| caller.post("/api/groups", body), expected);
        };
        post(&of(json!([])), size);
        post(&of(json!([{"clientKey": "8"}, {"clientKey": other}])), size);
        book.admin.post("/api/groups", &of(json!([{"clientKey": "8"}]))).expect(201);
        let second = json!({"group": {"groupName": "H"}, "groupMembers": [{"clientKey": "8"}]});
        post(&second, (400, 208, "MULTIPLE_GROUP_MEMBERSHIP"));
        let patch = |caller: &Caller| caller.patch("/api/groups/G", &json!({"groupMembers": []}));
        book.refuses(patch, size);
        // What was there before the limit may be changed otherwise.
        book.admin.patch("/api/groups/G", &json!({"group": {"groupName": "Else"}})).expect(200);
    });
}

#[test]
fn many_callers_change_one_group_and_nobody_is_half_a_member() {
    on_both(|book| {
        let clients: Vec<String> = (20..26).map(|number| client(book, &number.to_string())).collect();
        book.group("G", &[]);
        std::thread::scope(|scope| {
            for client in &clients {
                let admin = book.admin.clone();
                scope.spawn(move || {
                    let body = json!({"groupMembers": [{"clientKey": client}]});
                    let answer = admin.patch("/api/groups/G", &body);
                    if answer.status != 200 {
                        answer.expect_refusal(409, 60, "BLOCKING_OPERATION_IN_PROGRESS");
                    }
                });
            }
        });
        let members = member_ids(&book.read("/api/groups/G?fullDetails=true"));
        assert_eq!(members.len(), 1);
        for client in &clients {
            let full = book.read(&format!("/api/clients/{client}?fullDetails=true"));
            let groups = full["groupKeys"].as_array().expect("a list").len();
            assert_eq!(groups, usize::from(members.contains(client)), "{full}");
        }
    });
}
