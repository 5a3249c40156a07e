//! Activities: the audit trail as the contract shows it.

use serde_json::{Value, json};

use crate::book::{Book, on_both, text};
use crate::subset::assert_shows;

/// What clients ask for: everything up to a day that is not over.
const ALWAYS: &str = "from=1900-01-01&to=2999-12-31";

fn kinds(book: &Book, query: &str) -> Vec<String> {
    let rows = book.list(&format!("/api/activities?{ALWAYS}&{query}"));
    rows.iter().map(|row| text(&row["activity"]["type"])).collect()
}

#[test]
fn an_account_has_its_activities_with_names() {
    on_both(|book| {
        let loan = book.lend("L");
        book.admin.post("/api/loans/L/comments", &json!({"comment": {"text": "well"}})).expect(201);
        let expected =
            ["COMMENT_CREATED", "LOAN_ACCOUNT_DISBURSE", "LOAN_ACCOUNT_APPROVE", "LOAN_ACCOUNT_CREATED"];
        let key = text(&loan["encodedKey"]);
        for filter in ["loanAccountId=L", "loanAccountID=L", &format!("loanAccountId={key}")] {
            assert_eq!(kinds(book, filter), expected, "{filter}");
        }
        let rows = book.list(&format!("/api/activities?{ALWAYS}&loanAccountId=L&limit=1&offset=1"));
        assert_eq!(rows.len(), 1);
        assert_shows(
            &rows[0],
            &json!({"clientName": "Ana Lima", "loanAccountName": "Agriculture Loan",
            "loanProductName": "Agriculture Loan", "branchName": "Riverside", "centreName": "Cedar",
            "activity": {"type": "LOAN_ACCOUNT_DISBURSE", "loanAccountKey": key, "clientKey": book.client,
                "branchKey": book.branch, "notes": "disburse"}}),
        );
        assert!(rows[0]["activity"]["transactionID"].is_i64(), "{rows:?}");
        assert!(text(&rows[0]["activity"]["timestamp"]).ends_with("+0000"));
        assert!(rows[0]["userName"].is_string());
    });
}

#[test]
fn activities_are_those_of_one_filter_and_of_the_days_named() {
    on_both(|book| {
        book.apply("L");
        assert_eq!(kinds(book, "clientID=8"), ["LOAN_ACCOUNT_CREATED", "CLIENT_CREATED"]);
        assert_eq!(kinds(book, "branchID=2"), ["BRANCH_CREATED"]);
        assert_eq!(kinds(book, "centreID=CD"), ["CENTRE_CREATED"]);
        assert_eq!(kinds(book, "loanProductID=AGRL"), ["LOAN_PRODUCT_CREATED"]);
        let product = crate::savings::savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "5");
        let deposit = ["DEPOSIT_ACCOUNT_DEPOSIT", "DEPOSIT_ACCOUNT_APPROVE", "DEPOSIT_ACCOUNT_CREATED"];
        assert_eq!(kinds(book, "savingsAccountID=S1"), deposit);
        assert_eq!(kinds(book, "savingsProductID=DSAV"), ["SAVINGS_PRODUCT_CREATED"]);
        assert_eq!(kinds(book, "clientID=8")[..3], deposit);
        assert!(kinds(book, "userID=admin").len() > 5);
        assert_eq!(kinds(book, "userID=creditofficer"), [""; 0]);
        assert_eq!(book.list("/api/activities?from=1900-01-01&to=1999-12-31"), Vec::<Value>::new());
        assert_eq!(book.list(&format!("/api/activities?{ALWAYS}&limit=2")).len(), 2);
        let get = |query: &str| book.admin.get(&format!("/api/activities?{query}"));
        get("to=2020-01-01").expect_refusal(400, 1000, "MISSING_FROM_DATE");
        get("from=2020-01-01").expect_refusal(400, 1001, "MISSING_TO_DATE");
        get("from=2020-01-02&to=2020-01-01").expect_refusal(400, 28, "START_DATE_AFTER_END_DATE");
        get(&format!("{ALWAYS}&clientID=8&branchID=2")).expect_refusal(
            400,
            1002,
            "MAXIMUM_ONE_FILTER_ALLOWED",
        );
        get(&format!("{ALWAYS}&clientID=none")).expect_refusal(400, 301, "INVALID_CLIENT_ID");
        get(&format!("{ALWAYS}&limit=x")).expect_refusal(400, 13, "INVALID_PAGINATION_LIMIT_VALUE");
        get("from=2020-01-01&to=9999-12-31").expect_refusal(400, 102, "INVALID_DATE");
    });
}

#[test]
fn a_change_tells_what_was_and_what_is() {
    on_both(|book| {
        book.admin.patch("/loam/v1/branches/2", &json!({"name": "Hillside", "notes": "moved"})).expect(200);
        let rows = book.list(&format!("/api/activities?{ALWAYS}&branchId=2"));
        assert_eq!(rows[0]["activity"]["type"], "BRANCH_CHANGED");
        let changes = rows[0]["activity"]["fieldChanges"].as_array().unwrap();
        let of = |name: &str| changes.iter().find(|change| change["fieldChangeName"] == name).cloned();
        assert_eq!(
            of("name"),
            Some(json!({"fieldChangeName": "name", "originalValue": "Riverside", "newValue": "Hillside"}))
        );
        assert_eq!(of("notes"), Some(json!({"fieldChangeName": "notes", "newValue": "moved"})));
        assert_eq!(of("id"), None);
        let viewer = book.user_with("viewer", &["VIEW_BRANCH_DETAILS"]);
        let seen = viewer.get(&format!("/api/activities?{ALWAYS}&branchId=2")).expect(200).json();
        assert_eq!(seen[0]["activity"]["fieldChanges"], json!([]));
    });
}

#[test]
fn no_activity_shows_a_secret_or_what_its_reader_may_not_see() {
    on_both(|book| {
        book.user_with("tom", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let all = book.admin.get(&format!("/api/activities?{ALWAYS}")).expect(200).text;
        assert!(all.contains("USER_CREATED") && !all.contains("argon2"), "{all}");
        book.apply("L");
        let tom = loam_tests::http::Caller::basic(&book.server.base, "tom", "a long enough secret");
        tom.get(&format!("/api/activities?{ALWAYS}&loanAccountID=L")).expect(200);
        for query in ["", "&clientID=8", "&userID=admin", "&branchID=2"] {
            tom.get(&format!("/api/activities?{ALWAYS}{query}")).expect_refusal(
                403,
                15,
                "INVALID_PERMISSIONS",
            );
        }
    });
}
