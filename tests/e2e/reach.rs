//! Who sees and does what where: branches, officers, permissions and limits, wherever something hangs on
//! something else.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::savings::{act, filled, open_with, savings, savings_product};

const SECRET: &str = "a long enough secret";
const DENIED: (u16, i64, &str) = (403, 15, "INVALID_PERMISSIONS");

/// A user who signs in with a password, and has what is named.
fn user(book: &Book, name: &str, members: &Value) -> Caller {
    let whole = with(json!({"username": name, "password": SECRET}), members);
    record(&book.admin, "users", &whole);
    Caller::basic(&book.server.base, name, SECRET)
}

/// A user of branch "2" with these permissions.
fn bound(book: &Book, name: &str, permissions: &[&str]) -> Caller {
    user(book, name, &json!({"assignedBranchKey": "2", "permissions": permissions}))
}

/// Branch "3" with client "9": the client's key.
fn elsewhere(book: &Book) -> String {
    record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
    let client =
        json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja", "assignedBranchKey": "3"}});
    key(&book.admin.post("/api/clients", &client).expect(201).json()["client"])
}

/// A product whose loans are paid from deposit accounts and have guarantors and funds.
fn linked_product(book: &Book) -> String {
    let product = json!({"id": "LINK", "accountLinkingEnabled": true, "settlementOptions": "FULL_DUE_AMOUNTS",
        "productSecuritySettings": {"isGuarantorsEnabled": true, "isInvestorFundsEnabled": true}});
    record(&book.admin, "loan-products", &with(agriculture(), &product))
}

fn link(book: &Book, loan: &str, account: &str) {
    book.admin.form(&format!("/api/loans/{loan}/settlementAccounts/{account}"), "").expect(200);
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

fn denied(answer: loam_tests::http::Answer) {
    answer.expect_refusal(DENIED.0, DENIED.1, DENIED.2);
}

#[test]
fn fixed_days_of_the_month_open_no_other_branch() {
    on_both(|book| {
        let other = elsewhere(book);
        let dates = json!({"id": "FIX", "scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH",
            "fixedDaysOfMonth": [5], "shortMonthHandlingMethod": "LAST_DAY_IN_MONTH"});
        let fixed = record(&book.admin, "loan-products", &with(agriculture(), &dates));
        book.apply_with("HERE", &json!({"productTypeKey": fixed}));
        book.apply_with("THERE", &json!({"productTypeKey": fixed, "accountHolderKey": other}));
        let here = json!({"accountHolderKey": other, "productTypeKey": fixed, "assignedBranchKey": "2"});
        book.apply_with("MOVED", &here);
        book.admin.patch("/api/clients/9", &json!({"client": {"assignedBranchKey": "2"}})).expect(200);
        let ida = bound(book, "ida", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let listed = |path: &str| ida.get(path).expect(200).json();
        assert_eq!(ids(&book.read("/api/loans?fixedDaysOfMonth=5")), ["HERE", "THERE", "MOVED"]);
        assert_eq!(ids(&listed("/api/loans?fixedDaysOfMonth=5")), ["HERE", "MOVED"]);
        assert_eq!(ids(&listed("/api/clients/9/loans?fixedDaysOfMonth=5")), ["MOVED"]);
    });
}

#[test]
fn an_officer_sees_the_own_accounts_of_a_client() {
    on_both(|book| {
        let members = json!({"isCreditOfficer": true,
            "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_SAVINGS_ACCOUNT_DETAILS", "CREATE_CLIENT"]});
        let ida = user(book, "ida", &members);
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        let own = key(&ida.post("/api/clients", &client).expect(201).json()["client"]);
        let others = json!({"accountHolderKey": own, "assignedUserKey": "creditofficer"});
        book.apply_with("OWN", &json!({"accountHolderKey": own}));
        book.apply_with("OTHERS", &others);
        let product = savings_product(book, &json!({}));
        open_with(book, "S-OWN", &product, &json!({"accountHolderKey": own}));
        open_with(book, "S-OTHERS", &product, &others);
        for (kind, id) in [("loans", "OWN"), ("savings", "S-OWN")] {
            let path = format!("/api/clients/9/{kind}");
            assert_eq!(ids(&ida.get(&path).expect(200).json()), [id]);
            assert_eq!(ids(&ida.get(&format!("{path}?creditOfficerUsername=ida")).expect(200).json()), [id]);
            denied(ida.get(&format!("{path}?creditOfficerUsername=creditofficer")));
            assert_eq!(book.list(&path).len(), 2);
        }
        assert_eq!(ids(&ida.get("/api/clients/9/loans?fixedDaysOfMonth=28").expect(200).json()).len(), 0);
    });
}

#[test]
fn a_loan_shows_the_accounts_that_pay_for_it_to_who_may_see_them() {
    on_both(|book| {
        elsewhere(book);
        let client = json!({"client": {"firstName": "Eva", "lastName": "Costa", "assignedBranchKey": "2"}});
        let holder = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        let product = savings_product(book, &json!({}));
        open_with(book, "S1", &product, &json!({"accountHolderKey": holder}));
        open_with(book, "S2", &product, &json!({"accountHolderKey": holder, "assignedBranchKey": "3"}));
        let linked = linked_product(book);
        book.apply_with("L1", &json!({"productTypeKey": linked, "accountHolderKey": holder}));
        link(book, "L1", "S1");
        link(book, "L1", "S2");
        let plain = bound(book, "plain", &["VIEW_LOAN_ACCOUNT_DETAILS", "EDIT_LOAN_ACCOUNT"]);
        let both = ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_SAVINGS_ACCOUNT_DETAILS", "EDIT_LOAN_ACCOUNT"];
        let teller = bound(book, "teller", &both);
        for (who, expected) in [(&book.admin, vec!["S1", "S2"]), (&plain, vec![]), (&teller, vec!["S1"])] {
            let shown = who.get("/api/loans/L1?fullDetails=true").expect(200).json();
            assert_eq!(ids(&shown["settlementAccounts"]), expected);
            let listed = who.get("/api/loans?branchId=2&fullDetails=true").expect(200).json();
            assert_eq!(ids(&listed[0]["settlementAccounts"]), expected);
            // Answers to what is posted show the same.
            let posted = who.post("/api/loans/L1/guarantees", &json!({"guarantees": []})).expect(201).json();
            assert_eq!(ids(&posted["settlementAccounts"]), expected);
            let updated = who.post("/api/loans/L1", &json!({"loanAccount": {}})).expect(200).json();
            assert_eq!(ids(&updated["loanAccount"]["settlementAccounts"]), expected);
        }
    });
}

#[test]
fn an_account_shows_the_loans_that_it_funds_to_who_may_see_them() {
    on_both(|book| {
        let other = elsewhere(book);
        let investor = savings_product(book, &json!({"id": "INV", "productType": "INVESTOR_ACCOUNT"}));
        let product = linked_product(book);
        let account = key(&filled(book, "I1", &investor, "500"));
        let funds = json!({"funds": [{"savingsAccountKey": account, "amount": "100"}]});
        for (id, holder) in [("THERE", &other), ("HERE", &book.client)] {
            book.apply_with(id, &json!({"productTypeKey": product, "accountHolderKey": holder}));
            book.admin.post(&format!("/api/loans/{id}/funds"), &funds).expect(201);
        }
        let path = "/api/savings/I1/funding";
        assert_eq!(ids(&book.read(path)), ["THERE", "HERE"]);
        denied(bound(book, "plain", &["VIEW_SAVINGS_ACCOUNT_DETAILS"]).get(path));
        let both = ["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_SAVINGS_ACCOUNT_DETAILS"];
        let teller = bound(book, "teller", &both);
        assert_eq!(ids(&teller.get(path).expect(200).json()), ["HERE"]);
        assert_eq!(ids(&teller.get(&format!("{path}?limit=1")).expect(200).json()), ["HERE"]);
        denied(teller.get("/api/savings/I1/funding/THERE/repayments"));
        let funded = teller.get(&format!("{path}?fullDetails=true")).expect(200).json();
        assert_eq!(funded[0]["funds"][0]["savingsAccountKey"], account.as_str());
    });
}

#[test]
fn a_currency_that_is_named_needs_no_permission_to_view() {
    on_both(|book| {
        book.lend("L");
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "35");
        let teller = bound(book, "teller", &["ENTER_REPAYMENT", "MAKE_DEPOSIT"]);
        let currency = text(&savings(book, "S1")["currencyCode"]);
        for (path, kind) in [("loans/L", "REPAYMENT"), ("savings/S1", "DEPOSIT")] {
            let post = |currency: &str| {
                let form = format!("type={kind}&amount=1&currencyCode={currency}");
                teller.form(&format!("/api/{path}/transactions"), &form)
            };
            post(&currency).expect(201);
            post("JPY").expect_refusal(400, 652, "ACCOUNT_CURRENCY_NOT_MATCH");
        }
    });
}

#[test]
fn the_end_of_a_day_stops_at_no_branch_and_no_limit_of_who_asks_for_it() {
    on_both(|book| {
        let other = elsewhere(book);
        let product = savings_product(book, &json!({}));
        let linked = linked_product(book);
        open_with(book, "S1", &product, &json!({"accountHolderKey": other}));
        act(book, "S1", "type=APPROVAL");
        act(book, "S1", "type=DEPOSIT&amount=2000");
        book.lend_with("THERE", &json!({"productTypeKey": linked, "accountHolderKey": other}));
        link(book, "THERE", "S1");
        let limits = json!({"MAKE_REPAYMENT": "1", "MAKE_WITHDRAWAL": "1"});
        let members = json!({"assignedBranchKey": "2", "permissions": ["ADMINISTRATION"],
            "transactionLimits": limits});
        let ida = user(book, "ida", &members);
        let report = ida.post("/loam/v1/end-of-day", &json!({"through": "2012-07-28"})).expect(200).json();
        for day in report["days"].as_array().expect("days") {
            assert_eq!(day["failed"], json!([]), "{day}");
        }
        assert_eq!(book.repayments("THERE")[0]["state"], "PAID");
        assert_ne!(savings(book, "S1")["balance"], "2000");
        let moved = "select count(*) from audit where command = 'move business date' and door = 'end_of_day'";
        assert_eq!(book.database.number(moved), 30);
    });
}

#[test]
fn deposit_accounts_are_opened_and_paid_within_the_branches() {
    on_both(|book| {
        let other = elsewhere(book);
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "100");
        open_with(book, "S2", &product, &json!({"accountHolderKey": other}));
        act(book, "S2", "type=APPROVAL");
        let all = ["CREATE_SAVINGS_ACCOUNT", "MAKE_TRANSFER", "APPLY_SAVINGS_ADJUSTMENTS", "CREATE_CLIENT"];
        let ida = bound(book, "ida", &all);
        let account = |holder: &str| {
            json!({"savingsAccount": {"accountHolderKey": holder, "accountHolderType": "CLIENT",
                "productTypeKey": product, "assignedBranchKey": "2"}})
        };
        denied(ida.post("/api/savings", &account(&other)));
        ida.post("/api/savings", &account(&book.client)).expect(201);
        let transfer = "type=TRANSFER&amount=40&toSavingsAccount=S2";
        denied(ida.form("/api/savings/S1/transactions", transfer));
        let sent = act(book, "S1", transfer);
        let back = format!("type=TRANSFER_ADJUSTMENT&originalTransactionId={}", transaction_id(&sent));
        denied(ida.form("/api/savings/S1/transactions", &back));
        assert_eq!(savings(book, "S2")["balance"], "40");
        book.admin.patch("/loam/v1/users/ida", &json!({"managedBranches": ["3"]})).expect(200);
        ida.form("/api/savings/S1/transactions", &back).expect(201);
        ida.form("/api/savings/S1/transactions", transfer).expect(201);
    });
}

#[test]
fn a_loan_in_the_place_of_another_is_paid_from_the_same_accounts_and_within_limits() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "2000");
        let linked = linked_product(book);
        book.lend_with("OLD", &json!({"productTypeKey": linked}));
        link(book, "OLD", "S1");
        let refinance = |top_up: &str| {
            json!({"action": "REFINANCE", "restructureDetails": {"topUpAmount": top_up},
                "loanAccount": {"id": "NEW", "productTypeKey": linked, "interestRate": "2.5",
                    "repaymentInstallments": 5}})
        };
        let members = json!({"permissions": ["REFINANCE_LOAN_ACCOUNT"],
            "transactionLimits": {"DISBURSE_LOAN": "99", "APPROVE_LOAN": "1040"}});
        let ida = user(book, "ida", &members);
        let post = |top_up: &str| ida.post("/api/loans/OLD/action", &refinance(top_up));
        let over = post("99.01");
        over.expect_refusal(400, 8, "USER_TRANSACTION_LIMIT_EXCEEDED");
        assert_eq!(over.json()["errorSource"], "APPROVE_LOAN");
        book.admin
            .patch("/loam/v1/users/ida", &json!({"transactionLimits": {"DISBURSE_LOAN": "50"}}))
            .expect(200);
        let over = post("50.01");
        over.expect_refusal(400, 8, "USER_TRANSACTION_LIMIT_EXCEEDED");
        assert_eq!(over.json()["errorSource"], "DISBURSE_LOAN");
        post("50").expect(201);
        assert_eq!(ids(&book.loan("NEW")["settlementAccounts"]), ["S1"]);
        book.close_days("2012-07-28");
        assert_eq!(book.repayments("NEW")[0]["state"], "PAID", "the new loan is paid from the account");
        let close = book.admin.form("/api/savings/S1/transactions", "type=WITHDRAWAL&amount=1");
        close.expect(201);
        let left = text(&savings(book, "S1")["balance"]);
        act(book, "S1", &format!("type=WITHDRAWAL&amount={left}"));
        let close = book.admin.form("/api/savings/S1/transactions", "type=CLOSE");
        close.expect_refusal(400, 512, "LINKED_ACCOUNT_DELETION_ERROR");
        book.admin.delete("/api/loans/NEW/settlementAccounts/S1").expect(200);
        act(book, "S1", "type=CLOSE");
    });
}

#[test]
fn nobody_makes_or_changes_a_user_who_reaches_further() {
    on_both(|book| {
        let wide = json!({"assignedBranchKey": "2", "transactionLimits": {"DISBURSE_LOAN": "5000"}});
        user(book, "wide", &wide);
        let members = json!({"assignedBranchKey": "2", "permissions": ["EDIT_USER", "CREATE_USER"],
            "transactionLimits": {"DISBURSE_LOAN": "1000"}});
        let maker = user(book, "maker", &members);
        let name = "NOT_ENOUGH_PRIVILDGES_FOR_CHANGING_USER_SETTINGS";
        let edit =
            |who: &str, change: Value| maker.patch(&format!("/api/users/{who}"), &json!({"user": change}));
        for limits in [json!({"DISBURSE_LOAN": "1001"}), json!({})] {
            edit("maker", json!({"transactionLimits": limits})).expect_refusal(403, 715, name);
        }
        edit("wide", json!({"password": "taken over now"})).expect_refusal(403, 715, name);
        edit("wide", json!({"transactionLimits": {"DISBURSE_LOAN": "1"}})).expect_refusal(403, 715, name);
        edit("maker", json!({"transactionLimits": {"DISBURSE_LOAN": "999"}})).expect(200);
        let new = |limits: Value| {
            let new = json!({"username": "eva", "password": SECRET, "email": "eva@example.org",
                "assignedBranchKey": "2", "transactionLimits": limits});
            maker.post("/api/users", &json!({"user": new}))
        };
        new(json!({})).expect_refusal(403, 715, name);
        new(json!({"DISBURSE_LOAN": "999"})).expect(201);
        Caller::basic(&book.server.base, "wide", SECRET).get("/api/clienttypes").expect(200);
    });
}

#[test]
fn everybody_sees_what_is_kept_with_himself_or_herself() {
    on_both(|book| {
        let ida = user(book, "ida", &json!({"permissions": []}));
        let number = book.read("/api/users/ida")["id"].to_string();
        let comment = json!({"comment": {"text": "well done"}});
        book.admin.post(&format!("/api/users/{number}/comments"), &comment).expect(201);
        for id in ["ida", &number] {
            assert_eq!(
                ida.get(&format!("/api/users/{id}/comments")).expect(200).json()[0]["text"],
                "well done"
            );
            ida.get(&format!("/api/users/{id}/documents")).expect(200);
        }
        ida.post("/api/users/ida/comments", &comment).expect(201);
        denied(ida.get("/api/users/admin/comments"));
        denied(ida.post("/api/users/admin/comments", &comment));
        denied(ida.get("/api/users/nobody/comments"));
        book.admin.get("/api/users/nobody/comments").expect_refusal(404, 700, "INVALID_USER_NAME");
    });
}

#[test]
fn what_is_added_up_over_all_officers_is_not_told_to_one_who_sees_the_own_clients() {
    on_both(|book| {
        book.lend("L");
        let permissions = json!([
            "VIEW_INTELLIGENCE",
            "VIEW_CHART_OF_ACCOUNTS",
            "VIEW_JOURNAL_ENTRIES",
            "DOWNLOAD_BACKUPS"
        ]);
        let ida = user(book, "ida", &json!({"isCreditOfficer": true, "permissions": permissions}));
        let summed = [
            "/api/indicators/GROSS_LOAN_PORTFOLIO",
            "/api/glaccounts/1400",
            "/api/gljournalentries?from=2012-06-28&to=2012-06-28",
            "/api/database/backup/LATEST",
        ];
        for path in summed {
            denied(ida.get(path));
        }
        denied(ida.post("/api/gljournalentries/search", &json!({"filterConstraints": []})));
        ida.get("/api/glaccounts").expect(200);
        let free = json!({"canManageEntitiesAssignedToOtherOfficers": true});
        book.admin.patch("/loam/v1/users/ida", &free).expect(200);
        for path in &summed[..3] {
            ida.get(path).expect(200);
        }
    });
}
