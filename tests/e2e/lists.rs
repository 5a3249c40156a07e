//! Lists of loans and their filters, and credit officers who see only their own.

use loam_tests::http::Caller;
use serde_json::json;

use crate::book::{Book, on_both, record, text};

fn found(caller: &Caller, query: &str) -> Vec<String> {
    let listed = caller.get(&format!("/api/loans?{query}")).expect(200).json();
    listed.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect()
}

/// One loan in each state that this version knows.
fn one_of_each(book: &Book) {
    let partial = json!({"id": "PART", "accountInitialState": "PARTIAL_APPLICATION"});
    record(&book.admin, "loan-products", &crate::book::with(crate::book::agriculture(), &partial));
    book.apply_with("PARTIAL", &json!({"productTypeKey": "PART"}));
    book.apply("PENDING");
    for (id, form) in
        [("APPROVED", "type=APPROVAL"), ("REJECTED", "type=REJECT"), ("WITHDRAWN", "type=WITHDRAW")]
    {
        book.apply(id);
        book.act(id, form);
    }
    for id in ["REPAID", "WRITTENOFF", "ARREARS", "ACTIVE", "LOCKED"] {
        book.lend(id);
    }
    book.act("REPAID", "type=REPAYMENT&amount=1079.77");
    book.act("WRITTENOFF", "type=WRITE_OFF");
    book.act("ACTIVE", "type=REPAYMENT&amount=215.45");
    book.act("LOCKED", "type=REPAYMENT&amount=215.45");
    book.act("LOCKED", "type=LOCK");
    book.close_days("2012-07-29");
}

#[test]
fn loans_are_listed_by_their_state() {
    on_both(|book| {
        one_of_each(book);
        for (state, expected) in [
            ("PARTIAL_APPLICATION", vec!["PARTIAL"]),
            ("PENDING_APPROVAL", vec!["PENDING"]),
            ("APPROVED", vec!["APPROVED"]),
            ("ACTIVE", vec!["ACTIVE", "LOCKED"]),
            ("ACTIVE_IN_ARREARS", vec!["ARREARS"]),
            ("CLOSED", vec!["REPAID"]),
            ("CLOSED_WRITTEN_OFF", vec!["WRITTENOFF"]),
            ("CLOSED_WITHDRAWN", vec!["WITHDRAWN"]),
            ("CLOSED_REJECTED", vec!["REJECTED"]),
            ("CLOSED_RESCHEDULED", vec![]),
        ] {
            assert_eq!(found(&book.admin, &format!("accountState={state}")), expected, "{state}");
        }
        assert_eq!(found(&book.admin, "").len(), 10);
        let listed = book.list("/api/clients/8/loans?accountState=APPROVED");
        assert_eq!(listed.len(), 1);
        book.admin.get("/api/loans?accountState=ASLEEP").expect_refusal(400, 4, "INVALID_PARAMETERS");
        let view = book.admin.get("/api/loans?viewfilter=x");
        view.expect_refusal(400, 907, "VIEW_NOT_ACCESSIBLE_FOR_USER");
    });
}

#[test]
fn loans_are_listed_by_branch_centre_and_officer() {
    on_both(|book| {
        let hill = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let oak = json!({"id": "OAK", "name": "Oak", "assignedBranchKey": hill});
        record(&book.admin, "centres", &oak);
        record(&book.admin, "users", &json!({"username": "ida", "isCreditOfficer": true}));
        book.apply("HERE");
        let there = json!({"assignedBranchKey": "3", "assignedCentreKey": "OAK", "assignedUserKey": "ida"});
        book.apply_with("THERE", &there);
        for (query, expected) in [
            ("branchId=2", vec!["HERE"]),
            ("branchId=3", vec!["THERE"]),
            ("centreId=CD", vec!["HERE"]),
            ("centreId=OAK", vec!["THERE"]),
            ("creditOfficerUsername=creditofficer", vec!["HERE"]),
            ("creditOfficerUsername=ida", vec!["THERE"]),
            ("branchId=2&creditOfficerUsername=ida", vec![]),
            (
                "branchId=3&centreId=OAK&creditOfficerUsername=ida&accountState=PENDING_APPROVAL",
                vec!["THERE"],
            ),
        ] {
            assert_eq!(found(&book.admin, query), expected, "{query}");
        }
        for (query, code, name) in [
            ("branchId=NONE", 800, "INVALID_BRANCH_ID"),
            ("centreId=NONE", 851, "INVALID_CENTRE_ID"),
            ("creditOfficerUsername=none", 700, "INVALID_USER_NAME"),
        ] {
            book.admin.get(&format!("/api/loans?{query}")).expect_refusal(400, code, name);
        }
    });
}

#[test]
fn a_credit_officer_sees_only_the_own_clients() {
    on_both(|book| {
        let secret = "a long enough secret";
        let ida = json!({"username": "ida", "password": secret, "isCreditOfficer": true,
            "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_CLIENT_DETAILS", "ENTER_REPAYMENT"]});
        record(&book.admin, "users", &ida);
        book.lend("OTHERS");
        let hers =
            json!({"client": {"id": "9", "firstName": "Cy", "lastName": "Dean", "assignedUserKey": "ida"}});
        book.admin.post("/api/clients", &hers).expect(201);
        book.lend_with("HERS", &json!({"accountHolderKey": "9"}));
        let ida = Caller::basic(&book.server.base, "ida", secret);
        assert_eq!(found(&ida, "creditOfficerUsername=ida"), ["HERS"]);
        ida.get("/api/loans/HERS").expect(200);
        ida.form("/api/loans/HERS/transactions", "type=REPAYMENT&amount=1").expect(201);
        assert_eq!(ida.get("/api/loans").status, 400, "the filter is required of her");
        assert_eq!(ida.get("/api/clients").status, 400);
        let name = "INVALID_PERMISSIONS";
        ida.get("/api/loans?creditOfficerUsername=creditofficer").expect_refusal(403, 15, name);
        for path in [
            "loans/OTHERS",
            "loans/OTHERS/transactions",
            "loans/OTHERS/repayments",
            "clients/8",
            "clients/8/loans",
        ] {
            ida.get(&format!("/api/{path}")).expect_refusal(403, 15, name);
        }
        let repayment = ida.form("/api/loans/OTHERS/transactions", "type=REPAYMENT&amount=1");
        repayment.expect_refusal(403, 15, name);
        assert_eq!(book.transactions("OTHERS").len(), 1);

        let sees_all = json!({"canManageEntitiesAssignedToOtherOfficers": true});
        book.admin.patch("/loam/v1/users/ida", &sees_all).expect(200);
        assert_eq!(found(&ida, "").len(), 2);
        ida.get("/api/loans/OTHERS").expect(200);
    });
}
