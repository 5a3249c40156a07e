//! Transfers between accounts, deposit accounts that pay for loans, and money that loans count on.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::savings::{act, filled, open_with, refuses, savings, savings_product, try_act};

/// A loan product whose loans are paid from deposit accounts, and lets loans have guarantors.
pub(crate) fn linked_product(book: &Book, changes: &Value) -> String {
    let product =
        json!({"id": "LINK", "accountLinkingEnabled": true, "settlementOptions": "FULL_DUE_AMOUNTS"});
    record(&book.admin, "loan-products", &with(with(agriculture(), &product), changes))
}

pub(crate) fn link(book: &Book, loan: &str, account: &str) {
    let answer = book.admin.form(&format!("/api/loans/{loan}/settlementAccounts/{account}"), "");
    assert_eq!(answer.expect(200).json(), json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
}

/// Another client, who most likely lies in another part.
fn other_client(book: &Book, id: &str) -> String {
    let body = json!({"client": {"id": id, "firstName": "Eva", "lastName": "Costa"}});
    key(&book.admin.post("/api/clients", &body).expect(201).json()["client"])
}

#[test]
fn a_transfer_leaves_one_deposit_account_and_reaches_the_other() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "100");
        let other = other_client(book, "9");
        open_with(book, "S2", &product, &json!({"accountHolderKey": other}));
        let closed = (400, 407, "INVALID_DEPOSIT_ACCOUNT_STATE");
        refuses(book, "S1", "type=TRANSFER&amount=40&toSavingsAccount=S2", closed);
        act(book, "S2", "type=APPROVAL");
        let sent = act(book, "S1", "type=TRANSFER&amount=40&toSavingsAccount=S2&notes=rent");
        assert_eq!((&sent["type"], &sent["amount"]), (&json!("TRANSFER"), &json!("-40")));
        assert_eq!(sent["details"]["internalTransfer"], true);
        let received = book.list("/api/savings/S2/transactions")[0].clone();
        assert_eq!((&received["amount"], &received["balance"]), (&json!("40"), &json!("40")));
        assert_eq!(sent["linkedSavingsTransactionKey"], received["encodedKey"]);
        assert_eq!(received["linkedSavingsTransactionKey"], sent["encodedKey"]);
        assert_eq!(savings(book, "S2")["accountState"], "ACTIVE");
        let itself = (400, 501, "CANNOT_MAKE_TRANSFER_TO_SOURCE_ACCOUNT");
        refuses(book, "S1", "type=TRANSFER&amount=1&toSavingsAccount=S1", itself);
        let nothing = (400, 504, "TRANSFER_AMOUNT_IS_NOT_POSITIVE");
        refuses(book, "S1", "type=TRANSFER&amount=0&toSavingsAccount=S2", nothing);
        refuses(book, "S1", "type=TRANSFER&amount=1", (400, 500, "TRANSFER_CANT_BE_MADE"));
        let nobody = (400, 400, "INVALID_SAVINGS_ACCOUNT_ID");
        refuses(book, "S1", "type=TRANSFER&amount=1&toSavingsAccount=NOBODY", nobody);
        refuses(
            book,
            "S1",
            "type=TRANSFER&amount=60.01&toSavingsAccount=S2",
            (400, 419, "OVERDRAFT_NOT_ALLOWED"),
        );
        let adjust =
            |of: &Value| format!("type=TRANSFER_ADJUSTMENT&originalTransactionId={}", transaction_id(of));
        let other_side = (400, 218, "TRANSACTION_MADE_FROM_A_TRANSFER");
        refuses(book, "S2", &adjust(&received), other_side);
        act(book, "S2", "type=WITHDRAWAL&amount=1");
        refuses(book, "S1", &adjust(&sent), (400, 401, "BALANCE_BELOW_ZERO"));
        act(book, "S2", "type=DEPOSIT&amount=1");
        assert_eq!(act(book, "S1", &adjust(&sent))["type"], "TRANSFER_ADJUSTMENT");
        assert_eq!(
            (&savings(book, "S1")["balance"], &savings(book, "S2")["balance"]),
            (&json!("100"), &json!("0"))
        );
    });
}

#[test]
fn a_transfer_to_a_loan_is_a_repayment_there_and_both_are_taken_back_together() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        filled(book, "S1", &product, "500");
        book.lend("L1");
        let sent = act(book, "S1", "type=TRANSFER&amount=150&toLoanAccount=L1");
        let repaid = book.transactions("L1")[0].clone();
        assert_eq!((&repaid["type"], &repaid["amount"]), (&json!("REPAYMENT"), &json!("150")));
        assert_eq!(sent["linkedLoanTransactionKey"], repaid["encodedKey"]);
        assert_eq!(repaid["linkedSavingsTransactionKey"], sent["encodedKey"]);
        let before = book.loan("L1");
        let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={}", transaction_id(&repaid));
        let refused = (400, 218, "TRANSACTION_MADE_FROM_A_TRANSFER");
        book.refuses(|admin| admin.form("/api/loans/L1/transactions", &form), refused);
        // A payment of an earlier day would post the transfer again.
        book.close_days("2012-06-30");
        let sent_today = act(book, "S1", "type=TRANSFER&amount=10&toLoanAccount=L1");
        let in_the_way = (400, 2311, "CANNOT_BULK_REVERSE_INTERNAL_TRANSFER_REPAYMENT");
        let early = "type=REPAYMENT&amount=5&date=2012-06-29";
        book.refuses(|admin| admin.form("/api/loans/L1/transactions", early), in_the_way);
        let adjust =
            |of: &Value| format!("type=TRANSFER_ADJUSTMENT&originalTransactionId={}", transaction_id(of));
        refuses(book, "S1", &adjust(&sent), in_the_way);
        act(book, "S1", &adjust(&sent_today));
        assert_eq!(book.loan("L1")["principalBalance"], before["principalBalance"]);
        act(book, "S1", &adjust(&sent));
        assert_eq!(savings(book, "S1")["balance"], "500");
        assert_eq!(book.loan("L1")["principalBalance"], "950");
        refuses(book, "S1", &adjust(&sent), (400, 211, "TRANSACTION_ALREADY_REVERSED"));
        let much = "type=TRANSFER&amount=1000&toLoanAccount=L1";
        refuses(book, "S1", much, (400, 419, "OVERDRAFT_NOT_ALLOWED"));
        act(book, "S1", "type=DEPOSIT&amount=9000");
        refuses(
            book,
            "S1",
            "type=TRANSFER&amount=5000&toLoanAccount=L1",
            (400, 110, "EXCESS_REPAYMENT_ERROR"),
        );
    });
}

#[test]
fn settlement_accounts_are_linked_shown_and_taken_away() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let other_product = savings_product(book, &json!({"id": "OTHER"}));
        let linked = linked_product(book, &json!({"linkableSavingsProductKey": "DSAV"}));
        filled(book, "S1", &product, "35");
        filled(book, "S2", &other_product, "35");
        let other = other_client(book, "9");
        open_with(book, "S3", &product, &json!({"accountHolderKey": other}));
        book.apply("PLAIN");
        book.apply_with("L1", &json!({"productTypeKey": linked}));
        let post = |path: &str| book.admin.form(path, "");
        post("/api/loans/PLAIN/settlementAccounts/S1").expect_refusal(
            400,
            2416,
            "PRODUCT_DOES_NOT_ALLOW_LINKING",
        );
        post("/api/loans/L1/settlementAccounts/S2").expect_refusal(400, 2417, "UNLINKABLE_SAVINGS_PRODUCT");
        post("/api/loans/L1/settlementAccounts/S3").expect_refusal(
            400,
            2418,
            "INVALID_SAVINGS_ACCOUNT_HOLDER",
        );
        post("/api/loans/NO/settlementAccounts/S1").expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
        post("/api/loans/L1/settlementAccounts/NO").expect_refusal(404, 400, "INVALID_SAVINGS_ACCOUNT_ID");
        link(book, "L1", "S1");
        post("/api/loans/L1/settlementAccounts/S1").expect_refusal(400, 2415, "ACCOUNT_ALREADY_LINKED");
        open_with(book, "S4", &product, &json!({}));
        link(book, "L1", "S4");
        book.admin.delete("/api/savings/S4").expect_refusal(400, 512, "LINKED_ACCOUNT_DELETION_ERROR");
        let shown = book.loan("L1")["settlementAccounts"].clone();
        let ids: Vec<&Value> = shown.as_array().unwrap().iter().map(|account| &account["id"]).collect();
        assert_eq!(ids, ["S1", "S4"], "in the order of linking");
        for (member, value) in
            [("name", "Daily Savings"), ("accountType", "REGULAR_SAVINGS"), ("balance", "35")]
        {
            assert_eq!(shown[0][member], value, "{member}");
        }
        assert!(book.read("/api/loans/L1").get("settlementAccounts").is_none());
        let (loan, account) = (key(&book.loan("L1")), key(&savings(book, "S1")));
        let path = format!("/api/loans/{loan}/settlementAccounts/{account}");
        assert_eq!(book.admin.delete(&path).expect(200).json()["returnCode"], 0);
        book.admin.delete(&path).expect_refusal(400, 2419, "LINK_BETWEEN_ACCOUNTS_DOES_NOT_EXIST");
        book.admin.delete("/api/loans/L1").expect(200);
        book.admin.delete("/api/savings/S4").expect(200);
        act(book, "S1", "type=WITHDRAWAL&amount=35");
        act(book, "S1", "type=CLOSE");
        book.apply_with("L2", &json!({"productTypeKey": linked}));
        post("/api/loans/L2/settlementAccounts/S1").expect_refusal(
            400,
            3631,
            "INVALID_SETTLEMENT_ACCOUNT_STATE",
        );
    });
}

#[test]
fn the_end_of_day_takes_what_is_due_from_linked_accounts() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let linked = linked_product(book, &json!({}));
        let partial =
            linked_product(book, &json!({"id": "PART", "settlementOptions": "PARTIAL_DUE_AMOUNTS"}));
        filled(book, "S1", &product, "100");
        filled(book, "S2", &product, "200");
        book.apply_with("L1", &json!({"productTypeKey": linked}));
        link(book, "L1", "S1");
        link(book, "L1", "S2");
        for step in ["APPROVAL", "DISBURSEMENT"] {
            book.act("L1", &format!("type={step}"));
        }
        let first = book.repayments("L1")[0].clone();
        assert_eq!(first["dueDate"], "2012-07-28T00:00:00+0000");
        book.close_days("2012-07-27");
        assert_eq!(savings(book, "S1")["balance"], "100", "nothing is due yet");
        book.close_days("2012-07-28");
        book.close_days("2012-07-28");
        let first = book.repayments("L1")[0].clone();
        assert_eq!(first["state"], "PAID");
        assert_eq!(savings(book, "S1")["balance"], "0", "the first one linked goes first");
        let paid: Vec<Value> =
            book.transactions("L1").into_iter().filter(|row| row["type"] == "REPAYMENT").collect();
        assert_eq!(paid.len(), 2, "each account pays once");
        assert!(paid.iter().all(|row| row["entryDate"] == "2012-07-28T00:00:00+0000"));
        // Not enough for all that is due: the full option takes nothing, the partial one what there is.
        book.close_days("2012-09-28");
        let left = text(&savings(book, "S2")["balance"]);
        assert_ne!(left, "0");
        assert_eq!(book.repayments("L1")[1]["state"], "LATE");
        book.apply_with("L2", &json!({"productTypeKey": partial}));
        link(book, "L2", "S2");
        for step in ["APPROVAL", "DISBURSEMENT"] {
            book.act("L2", &format!("type={step}"));
        }
        book.close_days("2012-10-28");
        assert_eq!(savings(book, "S2")["balance"], "0");
        let paid = book.transactions("L2").into_iter().find(|row| row["type"] == "REPAYMENT").unwrap();
        assert_eq!(paid["amount"], left.as_str());
        // The next day takes what has come in since.
        act(book, "S1", "type=DEPOSIT&amount=5000");
        book.close_days("2012-10-29");
        assert!(book.loan("L1")["principalDue"] == "0" && book.loan("L1")["accountState"] == "ACTIVE");
    });
}

#[test]
fn guarantees_and_funds_keep_money_from_being_taken() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let investor = savings_product(book, &json!({"id": "INV", "productType": "INVESTOR_ACCOUNT"}));
        let secured = json!({"id": "SEC", "productSecuritySettings": {"isGuarantorsEnabled": true,
            "isInvestorFundsEnabled": true}});
        let secured = record(&book.admin, "loan-products", &with(agriculture(), &secured));
        let guarantor = other_client(book, "9");
        open_with(book, "G1", &product, &json!({"accountHolderKey": guarantor}));
        act(book, "G1", "type=APPROVAL");
        let account = key(&savings(book, "G1"));
        book.apply_with("L1", &json!({"productTypeKey": secured}));
        let guarantee = |account: &str, amount: &str| json!({"guarantees": [{"guarantorKey": guarantor, "savingsAccountKey": account, "amount": amount}]});
        let post = |body: &Value| book.admin.post("/api/loans/L1/guarantees", body);
        post(&guarantee(&account, "300")).expect_refusal(400, 161, "INVALID_SAVINGS_ACCOUNT_STATE");
        act(book, "G1", "type=DEPOSIT&amount=299");
        post(&guarantee(&account, "300")).expect_refusal(400, 160, "INSUFFICIENT_SAVINGS_ACCOUNT_BALANCE");
        let mine = key(&filled(book, "S1", &product, "900"));
        post(&guarantee(&mine, "300")).expect_refusal(400, 156, "INVALID_SAVINGS_ACCOUNT_KEY");
        act(book, "G1", "type=DEPOSIT&amount=101");
        let twice = json!({"guarantees": [
            {"guarantorKey": guarantor, "savingsAccountKey": account, "amount": "10"},
            {"guarantorKey": guarantor, "savingsAccountKey": account, "amount": "20"}]});
        post(&twice).expect_refusal(400, 159, "DUPLICATED_SAVINGS_ACCOUNT");
        let answer = post(&guarantee(&account, "300")).expect(201).json();
        assert_eq!(answer["guarantees"][0]["savingsAccountKey"], account.as_str());
        let kept = savings(book, "G1");
        assert_eq!((&kept["lockedBalance"], &kept["availableBalance"]), (&json!("300"), &json!("100")));
        refuses(book, "G1", "type=WITHDRAWAL&amount=100.01", (400, 408, "LOCKED_SAVINGS_AMOUNT"));
        act(book, "G1", "type=WITHDRAWAL&amount=100");
        book.act("L1", "type=REJECT");
        assert_eq!(savings(book, "G1")["lockedBalance"], "0", "a closed loan keeps nothing");
        act(book, "G1", "type=WITHDRAWAL&amount=300");
        // Funds.
        let wrong = json!({"funds": [{"savingsAccountKey": mine, "amount": "100"}]});
        book.apply_with("L2", &json!({"productTypeKey": secured}));
        let post = |body: &Value| book.admin.post("/api/loans/L2/funds", body);
        post(&wrong).expect_refusal(400, 2114, "INVALID_SAVINGS_ACCOUNT_TYPE_FOR_FUNDING");
        let funding = key(&filled(book, "I1", &investor, "500"));
        let fund = |amount: &str| json!({"funds": [{"savingsAccountKey": funding, "amount": amount}]});
        post(&fund("501")).expect_refusal(400, 2106, "INSUFFICIENT_FUNDS_ACCOUNT_BALANCE");
        post(&fund("400")).expect(201);
        assert_eq!(savings(book, "I1")["availableBalance"], "100");
        let funded = book.list("/api/savings/I1/funding");
        assert_eq!((funded.len(), &funded[0]["id"]), (1, &json!("L2")));
        assert_eq!(book.list("/api/savings/I1/funding/L2/repayments").len(), 5);
        book.admin.get("/api/savings/S1/funding/L2/repayments").expect_refusal(
            400,
            2112,
            "LOAN_ACCOUNT_NOT_FUNDED_BY_SAVINGS_ACCOUNT",
        );
        post(&json!({"funds": []})).expect(201);
        assert_eq!(savings(book, "I1")["availableBalance"], "500");
        assert_eq!(try_act(book, "I1", "type=WITHDRAWAL&amount=500").status, 201);
    });
}

/// Clients of four parts send each other money at once. On PostgreSQL several lanes decide; each
/// transfer is taken once and on both sides, whoever was there first.
#[test]
fn transfers_between_parts_at_once_lose_no_money() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let ids: Vec<String> = (0..4).map(|number| format!("R{number}")).collect();
        for (number, id) in ids.iter().enumerate() {
            let holder = other_client(book, &format!("7{number}"));
            open_with(book, id, &product, &json!({"accountHolderKey": holder}));
            act(book, id, "type=APPROVAL");
            act(book, id, "type=DEPOSIT&amount=1000");
        }
        let sent: usize = std::thread::scope(|scope| {
            let send = |from: usize| {
                let ids = &ids;
                scope.spawn(move || {
                    let sends = (0..15).map(|round| (from + 1 + round % 3) % 4);
                    let done = sends.filter(|to| {
                        let form = format!("type=TRANSFER&amount=1.01&toSavingsAccount={}", ids[*to]);
                        let answer = try_act(book, &ids[from], &form);
                        let is_busy = answer.status == 409 && answer.json()["returnCode"] == 60;
                        assert!(answer.status == 201 || is_busy, "{}", answer.text);
                        answer.status == 201
                    });
                    done.count()
                })
            };
            let threads: Vec<_> = (0..4).map(send).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert!(sent >= 40, "only {sent} of 60 were taken");
        let cents = book.database.number("select cast(sum(balance_minor) as bigint) from savings_account");
        assert_eq!(cents, 400_000);
        let sides = "select count(*) from savings_transaction where kind = 'transfer'";
        assert_eq!(book.database.number(sides), i64::try_from(2 * sent).unwrap());
    });
}
