//! Deposit accounts: from the product to the last withdrawal, and every no of the contract.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, FIRST_DAY, key, on_both, record, text, transaction_id, with};

/// The product of the sample: daily savings without an overdraft.
pub(crate) fn daily_savings() -> Value {
    json!({"id": "DSAV", "name": "Daily Savings", "productType": "REGULAR_SAVINGS",
        "recommendedDepositAmount": "20", "allowArbitraryFees": true})
}

pub(crate) fn savings_product(book: &Book, changes: &Value) -> String {
    record(&book.admin, "savings-products", &with(daily_savings(), changes))
}

/// Opens a deposit account of client "8", which waits for approval.
pub(crate) fn open_with(book: &Book, id: &str, product: &str, changes: &Value) -> Value {
    let account = json!({"id": id, "accountHolderKey": book.client, "accountHolderType": "CLIENT",
        "productTypeKey": product, "name": "Daily Savings", "notes": "Some notes"});
    let body = json!({"savingsAccount": with(account, changes), "customInformation": []});
    let answer = book.admin.post("/api/savings", &body).expect(201);
    assert_eq!(answer.header("location"), Some(id));
    answer.json()["savingsAccount"].clone()
}

/// Opens, approves and fills a deposit account.
pub(crate) fn filled(book: &Book, id: &str, product: &str, amount: &str) -> Value {
    open_with(book, id, product, &json!({}));
    act(book, id, "type=APPROVAL");
    act(book, id, &format!("type=DEPOSIT&amount={amount}"));
    savings(book, id)
}

pub(crate) fn savings(book: &Book, id: &str) -> Value {
    book.read(&format!("/api/savings/{id}?fullDetails=true"))
}

/// Posts a transaction as a form, which must be accepted.
#[track_caller]
pub(crate) fn act(book: &Book, id: &str, form: &str) -> Value {
    let answer = try_act(book, id, form);
    assert_eq!(answer.status, 201, "{form}: {}", answer.text);
    answer.json()
}

pub(crate) fn try_act(book: &Book, id: &str, form: &str) -> Answer {
    book.admin.form(&format!("/api/savings/{id}/transactions"), form)
}

/// Panics unless the form is refused and the account stays as it was.
#[track_caller]
pub(crate) fn refuses(book: &Book, id: &str, form: &str, expected: (u16, i64, &str)) {
    let before = (savings(book, id), book.rows("savings_log"), book.rows("journal_transfer"));
    try_act(book, id, form).expect_refusal(expected.0, expected.1, expected.2);
    assert_eq!((savings(book, id), book.rows("savings_log"), book.rows("journal_transfer")), before);
}

#[test]
fn a_deposit_account_lives_from_its_product_to_its_closing() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        assert_eq!(book.read("/api/savingsproducts")[0]["encodedKey"], product);
        assert_eq!(book.read("/api/savingsproducts/DSAV")["productType"], "REGULAR_SAVINGS");
        let made = open_with(book, "DAML394", &product, &json!({}));
        assert_eq!(made["accountState"], "PENDING_APPROVAL");
        assert_eq!(made["accountHolderKey"], book.client);
        assert_eq!(made["assignedBranchKey"], book.branch, "of the holder");
        assert_eq!(act(book, "DAML394", "type=APPROVAL&notes=fine")["accountState"], "APPROVED");
        let deposit = act(book, "DAML394", "type=DEPOSIT&amount=100.50&method=CASH&notes=n");
        assert_eq!(deposit["type"], "DEPOSIT");
        assert_eq!((&deposit["amount"], &deposit["balance"]), (&json!("100.5"), &json!("100.5")));
        assert_eq!(deposit["details"]["transactionChannel"]["id"], "CASH");
        let withdrawal = act(book, "DAML394", "type=WITHDRAWAL&amount=65.5");
        assert_eq!((&withdrawal["amount"], &withdrawal["balance"]), (&json!("-65.5"), &json!("35")));
        let shown = savings(book, "DAML394");
        for (member, value) in [
            ("accountState", "ACTIVE"),
            ("balance", "35"),
            ("availableBalance", "35"),
            ("lockedBalance", "0"),
            ("overdraftAmount", "0"),
            ("recommendedDepositAmount", "20"),
            ("accountType", "REGULAR_SAVINGS"),
            ("currencyCode", "USD"),
        ] {
            assert_eq!(shown[member], value, "{member}");
        }
        assert_eq!(shown["allowOverdraft"], false);
        let fee = act(book, "DAML394", "type=FEE&amount=5");
        assert_eq!((&fee["type"], &fee["feesPaid"]), (&json!("FEE_APPLIED"), &json!("5")));
        act(book, "DAML394", "type=WITHDRAWAL&amount=30");
        assert_eq!(act(book, "DAML394", "type=CLOSE")["accountState"], "CLOSED");
        assert_eq!(act(book, "DAML394", "type=UNDO_CLOSE")["accountState"], "ACTIVE");
        let listed = book.list("/api/savings/DAML394/transactions");
        let kinds: Vec<&str> = listed.iter().map(|row| row["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["WITHDRAWAL", "FEE_APPLIED", "WITHDRAWAL", "DEPOSIT"]);
        assert_eq!(book.list("/api/savings/DAML394/transactions?limit=1&offset=3").len(), 1);
    });
}

#[test]
fn movements_are_taken_back_by_the_opposite_one() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "100");
        let deposit = act(book, "S1", "type=DEPOSIT&amount=50");
        let withdrawal = act(book, "S1", "type=WITHDRAWAL&amount=120");
        let adjust = |kind: &str, of: &Value| {
            format!("type={kind}_ADJUSTMENT&originalTransactionId={}&notes=wrong", transaction_id(of))
        };
        refuses(book, "S1", &adjust("DEPOSIT", &deposit), (400, 401, "BALANCE_BELOW_ZERO"));
        refuses(book, "S1", &adjust("WITHDRAWAL", &deposit), (400, 165, "INVALID_TRANSACTION_TYPE"));
        refuses(book, "S1", "type=DEPOSIT_ADJUSTMENT", (400, 258, "MISSING_ORIGINAL_TRANSACTION_ID"));
        let unknown = "type=DEPOSIT_ADJUSTMENT&originalTransactionId=987654321";
        refuses(book, "S1", unknown, (400, 212, "INVALID_TRANSACTION_ID"));
        let taken_back = act(book, "S1", &adjust("WITHDRAWAL", &withdrawal));
        assert_eq!(taken_back["type"], "WITHDRAWAL_ADJUSTMENT");
        assert_eq!((&taken_back["amount"], &taken_back["balance"]), (&json!("120"), &json!("150")));
        let again = (400, 211, "TRANSACTION_ALREADY_REVERSED");
        refuses(book, "S1", &adjust("WITHDRAWAL", &withdrawal), again);
        act(book, "S1", &adjust("DEPOSIT", &deposit));
        assert_eq!(savings(book, "S1")["balance"], "100");
        let listed = book.list("/api/savings/S1/transactions");
        let original = listed.iter().find(|row| row["encodedKey"] == withdrawal["encodedKey"]).unwrap();
        assert_eq!(original["reversalTransactionKey"], taken_back["encodedKey"]);
        let by_key = act(book, "S1", "type=FEE&amount=1");
        let form = format!("type=FEE_ADJUSTMENT&originalTransactionId={}", text(&by_key["encodedKey"]));
        assert_eq!(act(book, "S1", &form)["balance"], "100");
    });
}

#[test]
fn an_overdraft_goes_as_far_as_its_limit_and_is_kept_apart() {
    on_both(|book| {
        let plain = savings_product(book, &json!({}));
        let current = json!({"id": "CUR", "productType": "CURRENT_ACCOUNT", "allowOverdraft": true,
            "maxOverdraftLimit": "200", "maxWidthdrawlAmount": "150"});
        let current = savings_product(book, &current);
        filled(book, "S1", &plain, "10");
        refuses(book, "S1", "type=WITHDRAWAL&amount=10.01", (400, 419, "OVERDRAFT_NOT_ALLOWED"));
        open_with(book, "C1", &current, &json!({"overdraftLimit": 100}));
        act(book, "C1", "type=APPROVAL");
        act(book, "C1", "type=DEPOSIT&amount=60");
        refuses(book, "C1", "type=WITHDRAWAL&amount=151", (400, 417, "MAXIMUM_WITHDRAWAL_AMOUNT_EXCEEDED"));
        act(book, "C1", "type=WITHDRAWAL&amount=150");
        let shown = savings(book, "C1");
        assert_eq!((&shown["balance"], &shown["overdraftAmount"]), (&json!("-90"), &json!("90")));
        assert_eq!(shown["availableBalance"], "0");
        refuses(book, "C1", "type=WITHDRAWAL&amount=10.01", (400, 418, "MAXIMUM_OVERDRAFT_LIMIT_EXCEEDED"));
        let sum = |account: &str, side: &str| {
            let sql = format!(
                "select cast(coalesce(sum(amount_minor), 0) as bigint) from journal_transfer where {side} = '{account}'"
            );
            book.database.number(&sql)
        };
        assert_eq!(sum("overdraft_portfolio", "debit"), 9_000);
        act(book, "C1", "type=DEPOSIT&amount=100");
        assert_eq!(sum("overdraft_portfolio", "credit"), 9_000);
        assert_eq!(savings(book, "C1")["balance"], "10");
        let wish = json!({"savingsAccount": {"overdraftLimit": "201"}});
        let patched = book.admin.patch("/api/savings/C1", &wish);
        patched.expect_refusal(400, 418, "MAXIMUM_OVERDRAFT_LIMIT_EXCEEDED");
        let wish = json!({"savingsAccount": {"overdraftLimit": "50"}});
        book.admin.patch("/api/savings/S1", &wish).expect_refusal(
            400,
            430,
            "PRODUCT_SPECIFIES_OVERDRAFT_NOT_ALLOWED",
        );
    });
}

#[test]
fn days_states_and_amounts_are_refused_by_the_codes_of_the_contract() {
    on_both(|book| {
        let product = savings_product(book, &json!({"minOpeningBalance": "10"}));
        open_with(book, "S1", &product, &json!({}));
        refuses(book, "S1", "type=DEPOSIT&amount=10", (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE"));
        refuses(book, "S1", "type=UNDO_APPROVAL", (400, 416, "INVALID_SAVINGS_ACCOUNT_STATE_TRANSITION"));
        act(book, "S1", "type=APPROVAL");
        refuses(book, "S1", "type=DEPOSIT&amount=9", (400, 422, "MINIMUM_OPENING_BALANCE_ACHIEVED"));
        refuses(book, "S1", "type=WITHDRAWAL&amount=9", (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE"));
        for amount in ["", "0", "-5", "x", "1.001"] {
            let form = format!("type=DEPOSIT&amount={amount}");
            refuses(book, "S1", &form, (400, 406, "INVALID_DEPOSIT_AMOUNT"));
        }
        act(book, "S1", "type=DEPOSIT&amount=10");
        let early = (400, 403, "BACKDATE_BEFORE_ACTIVATION");
        refuses(book, "S1", "type=DEPOSIT&amount=1&date=2012-06-27", early);
        let late = (400, 405, "BACKDATE_SET_IN_THE_FUTURE");
        refuses(book, "S1", "type=DEPOSIT&amount=1&date=2012-06-29", late);
        book.close_days("2012-07-05");
        act(book, "S1", "type=DEPOSIT&amount=1&date=2012-07-02");
        let before = (400, 404, "BACKDATE_BEFORE_OTHER_OPERATION");
        refuses(book, "S1", "type=DEPOSIT&amount=1&date=2012-07-01", before);
        act(book, "S1", "type=LOCK");
        assert_eq!(savings(book, "S1")["accountState"], "LOCKED");
        refuses(book, "S1", "type=DEPOSIT&amount=1", (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE"));
        act(book, "S1", "type=UNLOCK");
        refuses(book, "S1", "type=CLOSE", (400, 513, "ACCOUNT_HAS_REMAINING_BALANCE"));
        refuses(book, "S1", "type=START_MATURITY", (400, 2120, "ACCOUNT_TYPE_DOES_NOT_ALLOW_FIELD"));
        refuses(book, "S1", "type=DANCE", (400, 165, "INVALID_TRANSACTION_TYPE"));
        refuses(book, "S1", "amount=1", (400, 427, "MISSING_TYPE_PARAMETER"));
        book.admin.get("/api/savings/NOBODY").expect_refusal(404, 400, "INVALID_SAVINGS_ACCOUNT_ID");
        book.admin.delete("/api/savings/S1").expect_refusal(400, 423, "ACCOUNT_HAS_TRANSACTIONS");
        assert_eq!(FIRST_DAY, "2012-06-28");
    });
}

#[test]
fn accounts_are_listed_by_holder_state_and_branch_and_deleted_while_unused() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "5");
        open_with(book, "S2", &product, &json!({}));
        open_with(book, "S3", &product, &json!({"accountHolderKey": "8"}));
        act(book, "S3", "type=WITHDRAW");
        let ids =
            |path: &str| -> Vec<String> { book.list(path).iter().map(|row| text(&row["id"])).collect() };
        assert_eq!(ids("/api/savings"), ["S1", "S2", "S3"]);
        assert_eq!(ids("/api/clients/8/savings/?limit=2"), ["S1", "S2"]);
        assert_eq!(ids("/api/savings?accountState=ACTIVE&branchId=2"), ["S1"]);
        assert_eq!(ids("/api/savings?accountState=withdrawn"), ["S3"]);
        assert_eq!(ids("/api/savings?accountState=DORMANT"), [""; 0]);
        assert_eq!(ids("/api/savings?creditOfficerUsername=creditofficer&offset=2"), ["S3"]);
        let (status, code, name) = (400, 411, "ACCOUNT_ID_ALREADY_IN_USE");
        let twice = json!({"savingsAccount": {"id": "S1", "accountHolderKey": book.client,
            "accountHolderType": "CLIENT", "productTypeKey": product}});
        book.admin.post("/api/savings", &twice).expect_refusal(status, code, name);
        book.admin.delete("/api/savings/S2").expect(200);
        assert_eq!(ids("/api/savings"), ["S1", "S3"]);
        open_with(book, "S2", &product, &json!({}));
        let interest = json!({"savingsAccount": {"interestRate": "2"}});
        let name = "INTEREST_RATE_SHOULD_BE_ZERO_OR_EMPTY";
        book.admin.patch("/api/savings/S1", &interest).expect_refusal(400, 532, name);
        let edit = json!({"savingsAccount": {"name": "Other", "maxWidthdrawlAmount": 3}});
        let done = book.admin.patch("/api/savings/S1", &edit).expect(200).json();
        assert_eq!(done["returnCode"], 0);
        let shown = savings(book, "S1");
        assert_eq!((&shown["name"], &shown["maxWidthdrawlAmount"]), (&json!("Other"), &json!("3")));
        assert_eq!(key(&shown), text(&book.read(&format!("/api/savings/{}", key(&shown)))["encodedKey"]));
    });
}

#[test]
fn who_may_not_is_told_which_permission_is_missing() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "5");
        let teller: Caller = book.user_with("teller", &["VIEW_SAVINGS_ACCOUNT_DETAILS", "MAKE_DEPOSIT"]);
        teller.get("/api/savings/S1").expect(200);
        teller.form("/api/savings/S1/transactions", "type=DEPOSIT&amount=1").expect(201);
        let refused = teller.form("/api/savings/S1/transactions", "type=WITHDRAWAL&amount=1");
        refused.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        teller.get("/api/savingsproducts").expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}
