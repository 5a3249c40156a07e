//! Lines of credit: from the first entry to the closing, the accounts on them, and every no of the contract.

use loam_tests::database::Kind;
use loam_tests::http::{Answer, Caller};
use loam_tests::server::Server;
use serde_json::{Value, json};

use crate::book::{Book, FIRST_DAY, agriculture, book, key, on_both, record, text, with};
use crate::savings::{act, open_with, savings, savings_product};

/// The line of the sample: a thousand for client "8", over the second half of the year.
fn sample(book: &Book, id: &str) -> Value {
    json!({"id": id, "clientKey": book.client, "startDate": "2012-06-01T00:00:00+0000",
        "expireDate": "2013-06-30T00:00:00+0000", "amount": "1000", "notes": "some line of credit notes"})
}

fn enter(book: &Book, id: &str, changes: &Value) -> Value {
    let body = json!({"lineOfCredit": with(sample(book, id), changes)});
    let answer = book.admin.post("/api/linesofcredit", &body).expect(201);
    assert_eq!(answer.header("location"), Some(id));
    answer.json()["lineOfCredit"].clone()
}

fn change(book: &Book, id: &str, changes: &Value) -> Answer {
    book.admin.patch(&format!("/api/linesofcredit/{id}"), &json!({ "lineOfCredit": changes }))
}

/// Enters a line and approves it.
pub(crate) fn approved(book: &Book, id: &str, changes: &Value) -> Value {
    enter(book, id, changes);
    change(book, id, &json!({"state": "APPROVED"})).expect(200);
    line(book, id)
}

fn line(book: &Book, id: &str) -> Value {
    book.read(&format!("/api/linesofcredit/{id}"))["lineOfCredit"].clone()
}

pub(crate) fn put_on(book: &Book, line: &str, loan: &str) -> Answer {
    book.admin.send("POST", &format!("/api/linesofcredit/{line}/loans/{loan}"), None, "")
}

fn available(book: &Book, id: &str) -> String {
    text(&line(book, id)["availableCreditAmount"])
}

#[test]
fn a_line_lives_from_its_entry_to_its_closing() {
    on_both(|book| {
        let made = enter(book, "XXX007", &json!({}));
        for (member, value) in [
            ("id", "XXX007"),
            ("clientKey", book.client.as_str()),
            ("startDate", "2012-06-01T00:00:00+0000"),
            ("expireDate", "2013-06-30T00:00:00+0000"),
            ("amount", "1000"),
            ("availableCreditAmount", "1000"),
            ("state", "PENDING_APPROVAL"),
            ("exposureLimitType", "APPROVED_AMOUNT"),
            ("notes", "some line of credit notes"),
        ] {
            assert_eq!(made[member], value, "{member}");
        }
        let by_key = book.read(&format!("/api/linesofcredit/{}?limit=50&offset=0", key(&made)));
        assert_eq!(by_key["lineOfCredit"], made);
        assert_eq!(by_key["encodedKey"], made["encodedKey"], "the members stand beside the envelope too");
        put_on_refused(book, "XXX007", (400, 1413, "INVALID_LINE_OF_CREDIT_STATE"));
        change(book, "XXX007", &json!({"state": "APPROVED"})).expect(200);
        assert_eq!(line(book, "XXX007")["state"], "APPROVED");

        book.apply("A");
        let shown = put_on(book, "XXX007", "A").expect(201).json();
        assert_eq!(shown["lineOfCreditKey"], made["encodedKey"], "the loan is the answer");
        assert_eq!(book.loan("A")["lineOfCreditKey"], made["encodedKey"]);
        let now = line(book, "XXX007");
        assert_eq!((&now["state"], &now["availableCreditAmount"]), (&json!("ACTIVE"), &json!("50")));
        let accounts = book.read("/api/linesofcredit/XXX007/accounts");
        assert_eq!(accounts["loanAccounts"][0]["id"], "A");
        assert_eq!(accounts["savingsAccounts"], json!([]));

        change(book, "XXX007", &json!({"state": "CLOSED"})).expect_refusal(
            400,
            2473,
            "CREDIT_ARRANGEMENT_HAS_NON_CLOSED_ACCOUNTS",
        );
        book.admin.delete("/api/linesofcredit/XXX007/loans/A").expect(200);
        assert_eq!(book.loan("A").get("lineOfCreditKey"), None);
        assert_eq!(line(book, "XXX007")["state"], "APPROVED");
        change(book, "XXX007", &json!({"state": "CLOSED"})).expect(200);
        assert!(line(book, "XXX007")["closedDate"].is_string());
        change(book, "XXX007", &json!({"amount": "5"})).expect_refusal(
            400,
            1413,
            "INVALID_LINE_OF_CREDIT_STATE",
        );
        change(book, "XXX007", &json!({"state": "ACTIVE"})).expect(200);
        assert_eq!(line(book, "XXX007")["state"], "APPROVED", "there are no accounts on it");
        let trail = book.database.number(
            "select count(*) from audit where command in ('create line of credit', 'edit line of credit')",
        );
        assert_eq!(trail, 4, "every change has its row");
    });
}

#[track_caller]
fn put_on_refused(book: &Book, line: &str, expected: (u16, i64, &str)) {
    if book.admin.get("/api/loans/PUT").status == 404 {
        book.apply("PUT");
    }
    let path = format!("/api/linesofcredit/{line}/loans/PUT");
    book.refuses(|admin| admin.send("POST", &path, None, ""), expected);
}

#[test]
fn what_is_missing_or_wrong_of_a_line_is_refused_by_its_code() {
    on_both(|book| {
        let other = book
            .admin
            .post("/api/clients", &json!({"client": {"id": "9", "firstName": "Bo", "lastName": "Ek"}}));
        other.expect(201);
        enter(book, "TAKEN", &json!({}));
        let refused = |changes: &Value, code: i64, name: &str| {
            let body = json!({"lineOfCredit": with(sample(book, "NEW"), changes)});
            book.refuses(|admin| admin.post("/api/linesofcredit", &body), (400, code, name));
        };
        refused(&json!({"clientKey": null}), 1490, "MISSING_ACCOUNT_HOLDER_KEY");
        refused(&json!({"clientKey": "nobody"}), 1492, "ACCOUNT_HOLDER_NOT_FOUND");
        refused(&json!({"startDate": null}), 1418, "MISSING_LINE_OF_CREDIT_START_DATE");
        refused(&json!({"expireDate": null}), 1419, "MISSING_LINE_OF_CREDIT_EXPIRE_DATE");
        refused(&json!({"amount": null}), 1420, "MISSING_LINE_OF_CREDIT_AMOUNT");
        refused(&json!({"amount": 0}), 1421, "LINE_OF_CREDIT_AMOUNT_NOT_STRICTLY_POSITIVE");
        refused(&json!({"amount": "1.234"}), 101, "INVALID_AMOUNT");
        refused(&json!({"expireDate": "2012-05-31"}), 1416, "EXPIRE_DATE_BEFORE_START_DATE");
        refused(&json!({"startDate": "soon"}), 102, "INVALID_DATE");
        refused(&json!({"exposureLimitType": "SOME"}), 4, "INVALID_PARAMETERS");
        refused(&json!({"id": "TAKEN"}), 1415, "LINE_OF_CREDIT_ID_ALREADY_IN_USE");
        book.refuses(|admin| admin.post("/api/linesofcredit", &json!({})), (400, 30, "MISSING_ENTITY_JSON"));
        book.admin.get("/api/linesofcredit/none").expect_refusal(404, 1409, "INVALID_LINE_OF_CREDIT_ID");
        change(book, "TAKEN", &json!({"id": "OTHER"})).expect_refusal(
            400,
            25,
            "INCONSISTENT_IDENTIFIER_WITH_JSON",
        );
        change(book, "TAKEN", &json!({"state": "CLOSED"})).expect_refusal(
            400,
            1413,
            "INVALID_LINE_OF_CREDIT_STATE",
        );
        book.admin.delete("/api/clients/8").expect_refusal(400, 1414, "HAS_LINES_OF_CREDIT");
        // Whose line it is says the key of either.
        let group = key(&book.group("G1", &[&book.client])["group"]);
        let of_group = enter(book, "OFG", &json!({"clientKey": null, "groupKey": group}));
        assert_eq!((&of_group["groupKey"], of_group.get("clientKey")), (&json!(group), None));
        book.admin.delete("/api/groups/G1").expect_refusal(400, 1414, "HAS_LINES_OF_CREDIT");
        assert_eq!(book.list("/api/groups/G1/linesofcredit").len(), 1);
        assert_eq!(book.list("/api/clients/8/linesofcredit").len(), 1);
        assert_eq!(book.list("/api/clients/9/linesofcredit").len(), 0);
        assert_eq!(book.list("/api/linesofcredit").len(), 2);
        assert_eq!(book.list("/api/linesofcredit?limit=1&offset=1")[0]["id"], "OFG");
        assert_eq!(book.list("/api/linesofcredit?state=APPROVED").len(), 0);
    });
}

#[test]
fn accounts_that_a_line_does_not_allow_are_refused() {
    on_both(|book| {
        let other = json!({"client": {"id": "9", "firstName": "Bo", "lastName": "Ek"}});
        let other = key(&book.admin.post("/api/clients", &other).expect(201).json()["client"]);
        approved(book, "L", &json!({}));
        approved(book, "M", &json!({}));
        approved(book, "OTHERS", &json!({"clientKey": other}));
        approved(book, "SHORT", &json!({"expireDate": "2012-11-27"}));
        approved(book, "LATER", &json!({"startDate": "2012-07-02"}));
        book.apply_with("A", &json!({"expectedDisbursementDate": "2012-07-01"}));
        let on = |line: &str, loan: &str, code: i64, name: &str| {
            let path = format!("/api/linesofcredit/{line}/loans/{loan}");
            book.refuses(|admin| admin.send("POST", &path, None, ""), (400, code, name));
        };
        on("OTHERS", "A", 1411, "INCONSISTENT_LINE_OF_CREDIT_CLIENT_WITH_ACCOUNT_OWNER");
        on("SHORT", "A", 1402, "MATURITY_DATE_AFTER_LINE_OF_CREDIT_END_DATE");
        on("LATER", "A", 1401, "DISBURSEMENT_DATE_BEFORE_LINE_OF_CREDIT_START_DATE");
        book.apply_with("B", &json!({"loanAmount": "1000.01"}));
        on("L", "B", 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED");
        put_on(book, "L", "A").expect(201);
        on("L", "A", 1410, "ACCOUNT_ALREADY_ON_LINE_OF_CREDIT");
        on("M", "A", 1410, "ACCOUNT_ALREADY_ON_LINE_OF_CREDIT");
        let off = |line: &str, loan: &str, expected: (u16, i64, &str)| {
            let path = format!("/api/linesofcredit/{line}/loans/{loan}");
            book.refuses(|admin| admin.delete(&path), expected);
        };
        off("M", "A", (400, 1412, "ACCOUNT_IS_NOT_PART_OF_LINE_OF_CREDIT"));
        off("L", "none", (404, 100, "INVALID_LOAN_ACCOUNT_ID"));
        off("none", "A", (404, 1409, "INVALID_LINE_OF_CREDIT_ID"));
        // A loan that is closed is neither put on a line nor taken off it.
        book.act("A", "type=REJECT");
        off("L", "A", (400, 105, "INVALID_ACCOUNT_STATE"));
        assert_eq!(available(book, "L"), "1000", "a closed loan takes nothing");
        book.act("B", "type=REJECT");
        on("L", "B", 105, "INVALID_ACCOUNT_STATE");
        // One that is deleted is on no line any more.
        book.apply_with("C", &json!({"lineOfCreditKey": "M"}));
        book.admin.delete("/api/loans/C").expect(200);
        assert_eq!((&line(book, "M")["state"], available(book, "M").as_str()), (&json!("APPROVED"), "1000"));
    });
}

#[test]
fn a_loan_is_created_on_its_line() {
    on_both(|book| {
        let made = approved(book, "L", &json!({}));
        let created = book.apply_with("A", &json!({"lineOfCreditKey": "L"}));
        assert_eq!(created["lineOfCreditKey"], made["encodedKey"]);
        assert_eq!(available(book, "L"), "50");
        let named = |line: &str| json!({"loanAccount": with(book.application("B"), &json!({"lineOfCreditKey": line}))});
        book.refuses(
            |admin| admin.post("/api/loans", &named("L")),
            (400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED"),
        );
        book.refuses(
            |admin| admin.post("/api/loans", &named("none")),
            (400, 1409, "INVALID_LINE_OF_CREDIT_ID"),
        );
    });
}

#[test]
fn a_product_says_whether_a_loan_must_be_on_a_line_whose_terms_keep_to_its_loans() {
    on_both(|book| {
        approved(book, "L", &json!({}));
        book.apply_with("A", &json!({"lineOfCreditKey": "L"}));
        record(
            &book.admin,
            "loan-products",
            &with(agriculture(), &json!({"id": "MUST", "lineOfCreditRequirement": "REQUIRED"})),
        );
        record(
            &book.admin,
            "loan-products",
            &with(agriculture(), &json!({"id": "NEVER", "lineOfCreditRequirement": "NOT_REQUIRED"})),
        );
        assert_eq!(book.read("/api/loanproducts/MUST")["lineOfCreditRequirement"], "REQUIRED");
        assert_eq!(book.read("/api/loanproducts/AGRL")["lineOfCreditRequirement"], "OPTIONAL");
        book.apply_with("N", &json!({"productTypeKey": "NEVER"}));
        put_on(book, "L", "N").expect_refusal(
            400,
            1400,
            "PRODUCT_LINE_OF_CREDIT_AFFILIATION_CONSTRAINT_MISMATCH",
        );
        book.apply_with("M", &json!({"productTypeKey": "MUST", "loanAmount": "100"}));
        book.refuses(
            |admin| admin.form("/api/loans/M/transactions", "type=APPROVAL"),
            (400, 1404, "LINE_OF_CREDIT_REQUIRED_EXCEPTION"),
        );
        change(book, "L", &json!({"amount": 2000})).expect(200);
        put_on(book, "L", "M").expect(201);
        book.act("M", "type=APPROVAL");
        book.admin.delete("/api/linesofcredit/L/loans/M").expect_refusal(
            400,
            1404,
            "LINE_OF_CREDIT_REQUIRED_EXCEPTION",
        );
        // The terms of a line keep to the accounts that are on it; the amount may be lowered below them.
        book.act("M", "type=DISBURSEMENT");
        change(book, "L", &json!({"expireDate": "2012-11-01"})).expect_refusal(
            400,
            1402,
            "MATURITY_DATE_AFTER_LINE_OF_CREDIT_END_DATE",
        );
        change(book, "L", &json!({"startDate": "2012-06-29"})).expect_refusal(
            400,
            1401,
            "DISBURSEMENT_DATE_BEFORE_LINE_OF_CREDIT_START_DATE",
        );
        change(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"})).expect_refusal(
            400,
            2472,
            "CREDIT_ARRANGEMENT_ILLEGAL_PARAMETER_MODIFICATION",
        );
        change(book, "L", &json!({"amount": "1000"})).expect(200);
        assert_eq!(available(book, "L"), "-50");
        // What is agreed may not grow beyond it.
        let more = json!({"loanAccount": {"loanAmount": "951"}});
        book.refuses(
            |admin| admin.patch("/api/loans/A", &more),
            (400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED"),
        );
        book.admin.patch("/api/loans/A", &json!({"loanAccount": {"loanAmount": "850"}})).expect(200);
        assert_eq!(available(book, "L"), "50");
    });
}

#[test]
fn what_is_owed_counts_from_the_approval_and_comes_back_with_repayments() {
    on_both(|book| {
        approved(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"}));
        for id in ["A", "B"] {
            book.apply_with(id, &json!({"lineOfCreditKey": "L"}));
        }
        assert_eq!(available(book, "L"), "1000", "nothing is approved");
        book.act("A", "type=APPROVAL");
        assert_eq!(available(book, "L"), "50");
        book.refuses(
            |admin| admin.form("/api/loans/B/transactions", "type=APPROVAL"),
            (400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED"),
        );
        book.act("A", "type=DISBURSEMENT");
        let paid = book.act("A", "type=REPAYMENT&amount=625.45");
        assert_eq!((text(&paid["principalPaid"]), available(book, "L")), ("547.42".into(), "597.42".into()));
        book.act("A", "type=REPAYMENT&amount=454.32");
        assert_eq!(book.loan("A")["accountState"], "CLOSED");
        assert_eq!(available(book, "L"), "1000");
        book.act("B", "type=APPROVAL");
        assert_eq!(available(book, "L"), "50");
        // What is taken back is owed again, whatever is left of the line.
        let last = book.transactions("A")[0]["transactionId"].clone();
        book.act("A", &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={last}"));
        assert_eq!(available(book, "L"), "-352.58");
        book.apply_with("C", &json!({"lineOfCreditKey": "L", "loanAmount": "100"}));
        book.try_act("C", "type=APPROVAL").expect_refusal(400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED");
    });
}

#[test]
fn draws_on_a_credit_are_looked_at_one_by_one() {
    on_both(|book| {
        approved(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"}));
        let credit = json!({"id": "RC", "productName": "Credit", "loanProductType": "REVOLVING_CREDIT",
            "interestCalculationMethod": "DECLINING_BALANCE", "repaymentScheduleMethod": "DYNAMIC",
            "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"},
            "principalPaymentSettings": {"principalPaymentMethod": "FLAT", "defaultAmount": "50"},
            "defaultRepaymentPeriodCount": 1, "repaymentPeriodUnit": "MONTHS",
            "arrearsSettings": {"defaultTolerancePeriod": 0}});
        record(&book.admin, "loan-products", &credit);
        for id in ["A", "B"] {
            let account = json!({"id": id, "accountHolderKey": book.client, "accountHolderType": "CLIENT",
                "productTypeKey": "RC", "loanAmount": "500", "interestRate": "12", "lineOfCreditKey": "L"});
            book.admin.post("/api/loans", &json!({ "loanAccount": account })).expect(201);
            book.act(id, "type=APPROVAL");
            book.act(id, "type=DISBURSEMENT&amount=100");
        }
        assert_eq!(available(book, "L"), "800");
        book.lend_with("T", &json!({"loanAmount": "700", "lineOfCreditKey": "L"}));
        assert_eq!(available(book, "L"), "100");
        book.refuses(
            |admin| admin.form("/api/loans/A/transactions", "type=DISBURSEMENT&amount=100.01"),
            (400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED"),
        );
        book.act("A", "type=DISBURSEMENT&amount=100");
        assert_eq!(available(book, "L"), "0");
    });
}

#[test]
fn a_deposit_account_takes_its_overdraft_of_a_line() {
    on_both(|book| {
        let made = approved(book, "L", &json!({}));
        let product = savings_product(book, &json!({"id": "OD", "allowOverdraft": true}));
        open_with(book, "NONE", &product, &json!({}));
        let add = |account: &str| {
            book.admin.send("POST", &format!("/api/linesofcredit/L/savings/{account}"), None, "")
        };
        add("NONE").expect_refusal(400, 1407, "LINE_OF_CREDIT_REQUIRES_OVERDRAFT_MAX_LIMIT");
        let overdrawn = json!({"allowOverdraft": true, "overdraftLimit": "400"});
        open_with(book, "S", &product, &overdrawn);
        let shown = add("S").expect(201).json();
        assert_eq!(shown["lineOfCreditKey"], made["encodedKey"]);
        assert_eq!(savings(book, "S")["lineOfCreditKey"], made["encodedKey"]);
        assert_eq!(available(book, "L"), "600");
        assert_eq!(book.read("/api/linesofcredit/L/accounts")["savingsAccounts"][0]["id"], "S");
        let limit = |limit: &str| {
            book.admin.patch("/api/savings/S", &json!({"savingsAccount": {"overdraftLimit": limit}}))
        };
        limit("1000.01").expect_refusal(400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED");
        assert_eq!(savings(book, "S")["overdraftLimit"], "400");
        limit("900").expect(200);
        assert_eq!(available(book, "L"), "100");
        act(book, "S", "type=REJECT");
        assert_eq!(available(book, "L"), "1000");
        act(book, "S", "type=UNDO_REJECT");
        assert_eq!(available(book, "L"), "100");
        book.admin.delete("/api/linesofcredit/L/savings/S").expect(200);
        assert_eq!((available(book, "L"), savings(book, "S").get("lineOfCreditKey")), ("1000".into(), None));
        let born = open_with(book, "T", &product, &with(overdrawn, &json!({"lineOfCreditKey": "L"})));
        assert_eq!(born["lineOfCreditKey"], made["encodedKey"]);
        assert_eq!(available(book, "L"), "600");
        // What is overdrawn is owed: the limit does not fall below it, so that nothing is lent twice.
        act(book, "T", "type=APPROVAL");
        act(book, "T", "type=DEPOSIT&amount=1");
        act(book, "T", "type=WITHDRAWAL&amount=301");
        let limit = |limit: &str| {
            book.admin.patch("/api/savings/T", &json!({"savingsAccount": {"overdraftLimit": limit}}))
        };
        limit("299").expect_refusal(400, 1407, "LINE_OF_CREDIT_REQUIRES_OVERDRAFT_MAX_LIMIT");
        limit("300").expect(200);
        assert_eq!(available(book, "L"), "700");
    });
}

/// An account that is gone is on no line, whatever it was before.
#[test]
fn a_deleted_account_leaves_its_line() {
    on_both(|book| {
        approved(book, "L", &json!({}));
        book.apply_with("A", &json!({"lineOfCreditKey": "L"}));
        book.act("A", "type=REJECT");
        let product = savings_product(book, &json!({"id": "OD", "allowOverdraft": true}));
        let overdrawn = json!({"allowOverdraft": true, "overdraftLimit": "40", "lineOfCreditKey": "L"});
        open_with(book, "S", &product, &overdrawn);
        act(book, "S", "type=REJECT");
        change(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"})).expect_refusal(
            400,
            2472,
            "CREDIT_ARRANGEMENT_ILLEGAL_PARAMETER_MODIFICATION",
        );
        book.admin.delete("/api/loans/A").expect(200);
        book.admin.delete("/api/savings/S").expect(200);
        change(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"})).expect(200);
    });
}

/// Who may refinance but not put accounts on lines leaves the loan on the line that it was on.
#[test]
fn a_refinance_puts_nothing_on_a_line_without_the_permission() {
    on_both(|book| {
        approved(book, "L", &json!({"amount": "5000"}));
        book.lend("A");
        let members = json!({"username": "ida", "password": "a long enough secret",
            "permissions": ["REFINANCE_LOAN_ACCOUNT"]});
        record(&book.admin, "users", &members);
        let ida = Caller::basic(&book.server.base, "ida", "a long enough secret");
        let refinance = |id: &str, members: Value| {
            let account = with(
                json!({"id": id, "productTypeKey": "AGRL", "interestRate": "2.5",
                "repaymentInstallments": 5}),
                &members,
            );
            let body = json!({"action": "REFINANCE", "restructureDetails": {"topUpAmount": "1"},
                "loanAccount": account});
            ida.post("/api/loans/A/action", &body)
        };
        refinance("B", json!({"lineOfCreditKey": "L"})).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        refinance("B", json!({})).expect(201);
    });
}

#[test]
fn a_loan_that_takes_the_place_of_another_stays_on_its_line() {
    on_both(|book| {
        let made = approved(book, "L", &json!({"amount": "1100"}));
        book.lend_with("A", &json!({"lineOfCreditKey": "L"}));
        let refinance = |top_up: &str| {
            let body = json!({"action": "REFINANCE", "restructureDetails": {"topUpAmount": top_up},
                "loanAccount": {"id": "B", "productTypeKey": "AGRL", "interestRate": "2.5",
                    "repaymentInstallments": 5}});
            book.admin.post("/api/loans/A/action", &body)
        };
        refinance("151").expect_refusal(400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED");
        let new = refinance("150").expect(201).json();
        assert_eq!(new["lineOfCreditKey"], made["encodedKey"]);
        assert_eq!(available(book, "L"), "0");
    });
}

/// Approves every loan at once and gives how many were approved; the others must be refused for the line.
fn approved_at_once(callers: &[Caller], loans: usize) -> usize {
    std::thread::scope(|scope| {
        let approve = |number: usize| {
            let admin = callers[number % callers.len()].clone();
            scope.spawn(move || admin.form(&format!("/api/loans/L{number}/transactions"), "type=APPROVAL"))
        };
        let asked: Vec<_> = (0..loans).map(approve).collect();
        let answers: Vec<Answer> =
            asked.into_iter().map(|asked| asked.join().expect("a caller ends")).collect();
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            answer.expect_refusal(400, 1403, "LINE_OF_CREDIT_AMOUNT_EXCEEDED");
        }
        answers.iter().filter(|answer| answer.status == 201).count()
    })
}

/// Six loans of 300 on a line of 1000, which counts them from their approval.
fn six_loans(book: &Book) {
    approved(book, "L", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"}));
    for number in 0..6 {
        book.apply_with(&format!("L{number}"), &json!({"lineOfCreditKey": "L", "loanAmount": "300"}));
    }
}

#[test]
fn of_many_approvals_at_once_only_those_pass_that_the_line_has_room_for() {
    on_both(|book| {
        six_loans(book);
        assert_eq!(approved_at_once(std::slice::from_ref(&book.admin), 6), 3);
        assert_eq!(available(book, "L"), "100");
    });
}

/// Each server has lanes of its own: between them only the versions of rows decide.
#[test]
fn two_servers_do_not_lend_the_same_that_is_left() {
    let book = book(Kind::Postgres);
    six_loans(&book);
    let second = Server::start(&book.database, &["--business-date", FIRST_DAY]);
    assert_eq!(approved_at_once(&[book.admin.clone(), second.admin()], 6), 3);
    assert_eq!(available(&book, "L"), "100");
    book.assert_proven();
}

#[test]
fn lines_are_searched_by_what_is_known_of_them() {
    on_both(|book| {
        approved(book, "A1", &json!({"amount": "500", "notes": "first"}));
        enter(book, "A2", &json!({"amount": "1500.50", "startDate": "2012-07-01"}));
        approved(book, "B1", &json!({"exposureLimitType": "OUTSTANDING_AMOUNT"}));
        book.apply_with("L", &json!({"lineOfCreditKey": "B1"}));
        book.act("L", "type=APPROVAL");
        let found = |constraint: Value| {
            let body = json!({"filterConstraints": [constraint],
                "sortDetails": {"sortingColumn": "AMOUNT", "sortingOrder": "DESCENDING"}});
            let rows = book.admin.post("/api/linesofcredit/search?limit=5", &body).expect(200).json();
            let rows = rows.as_array().expect("a list").clone();
            rows.iter().map(|row| text(&row["id"])).collect::<Vec<_>>()
        };
        let by = |selection: &str, element: &str, value: &str| {
            found(json!({"filterSelection": selection, "filterElement": element, "value": value,
                "dataItemType": "LINE_OF_CREDIT", "dataFieldType": "NATIVE"}))
        };
        assert_eq!(by("ID", "STARTS_WITH", "a"), ["A2", "A1"]);
        assert_eq!(by("AMOUNT", "MORE_THAN", "999.99"), ["A2", "B1"]);
        assert_eq!(by("STATE", "EQUALS", "APPROVED"), ["A1"]);
        assert_eq!(by("STATE", "IN", "APPROVED,ACTIVE"), ["B1", "A1"]);
        assert_eq!(by("START_DATE", "AFTER", "2012-06-15"), ["A2"]);
        assert_eq!(by("CLIENT_KEY", "EQUALS", &book.client).len(), 3);
        assert_eq!(by("AVAILABLE_CREDIT_AMOUNT", "EQUALS", "50"), ["B1"]);
        assert_eq!(by("CREATION_DATE", "TODAY", "").len(), 3);
        assert_eq!(by("NOTES", "EQUALS", "FIRST"), ["A1"]);
        let nothing = json!({"filterConstraints": [{"filterSelection": "LOAN_AMOUNT", "filterElement": "EQUALS", "value": "1"}]});
        book.admin.post("/api/linesofcredit/search", &nothing).expect_refusal(
            400,
            2100,
            "INVALID_FILTER_SELECTION",
        );
        let line_key = key(&line(book, "B1"));
        let on_it = json!({"filterConstraints": [{"filterSelection": "LINE_OF_CREDIT_KEY", "filterElement": "EQUALS",
            "value": line_key, "dataItemType": "LOANS"}]});
        let loans = book.admin.post("/api/loans/search", &on_it).expect(200).json();
        assert_eq!((loans.as_array().map(Vec::len), &loans[0]["id"]), (Some(1), &json!("L")));
        let all = book.admin.post("/api/linesofcredit/search", &json!({})).expect(200).json();
        assert_eq!(all.as_array().map(Vec::len), Some(3));
    });
}
