//! Revolving credit, guarantees and investors' funds.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

fn column(rows: &[Value], member: &str) -> Vec<String> {
    rows.iter().map(|row| text(&row[member])).collect()
}

/// 36.5 % a year: a tenth of a percent a day. Bills of 100 every month.
fn credit(book: &Book) -> Value {
    let settings = json!({"principalPaymentMethod": "FLAT", "minAmount": "10", "defaultAmount": "100", "maxAmount": "500"});
    let changes = json!({"loanProductType": "REVOLVING_CREDIT", "interestCalculationMethod": "DECLINING_BALANCE",
        "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED", "maxInterestRate": "50"},
        "principalPaymentSettings": settings});
    let product = offered(book, "CREDIT", &changes);
    assert_shows(
        &book.read("/api/loanproducts/CREDIT"),
        &json!({"principalPaymentSettings": settings,
        "repaymentScheduleMethod": "DYNAMIC"}),
    );
    json!({"productTypeKey": product, "loanAmount": "1000", "interestRate": "36.5", "repaymentInstallments": null})
}

#[test]
fn a_credit_is_drawn_and_billed() {
    on_both(|book| {
        let terms = credit(book);
        let loan =
            book.apply_with("C", &with(terms, &json!({"principalPaymentSettings": {"amount": "200"}})));
        assert_shows(
            &loan,
            &json!({"principalPaymentSettings": {"principalPaymentMethod": "FLAT", "amount": "200"},
                "repaymentInstallments": null}),
        );
        book.act("C", "type=APPROVAL");
        book.refuses(
            |caller| caller.form("/api/loans/C/transactions", "type=DISBURSEMENT"),
            (400, 101, "INVALID_AMOUNT"),
        );
        book.act("C", "type=DISBURSEMENT&amount=600");
        book.close_days("2012-07-08");
        book.act("C", "type=DISBURSEMENT&amount=300");
        assert_shows(&book.loan("C"), &json!({"principalBalance": "900", "accountState": "ACTIVE"}));
        book.refuses(
            |caller| caller.form("/api/loans/C/transactions", "type=DISBURSEMENT&amount=101"),
            (400, 1904, "AMOUNT_MORE_THAN_CURRENT_AVAILABLE_AMOUNT"),
        );
        book.close_days("2012-07-28");
        // 600 for ten days and 900 for twenty, a tenth of a percent each day.
        let bill = &book.repayments("C")[0];
        assert_shows(
            bill,
            &json!({"principalDue": "200", "interestDue": "24", "dueDate": "2012-07-28T00:00:00+0000"}),
        );
        book.act("C", "type=REPAYMENT&amount=224");
        assert_shows(&book.loan("C"), &json!({"principalBalance": "700", "interestBalance": "0"}));
        let more =
            json!({"loanAccount": {"loanAmount": "1500", "principalPaymentSettings": {"amount": "300"}}});
        book.admin.patch("/api/loans/C", &more).expect(200);
        book.act("C", "type=DISBURSEMENT&amount=700");
    });
}

#[test]
fn what_a_credit_does_not_take_is_refused() {
    on_both(|book| {
        let terms = credit(book);
        let apply = |changes: Value| {
            let body = json!({"loanAccount": with(with(book.application("X"), &terms), &changes)});
            move |caller: &Caller| caller.post("/api/loans", &body)
        };
        for (changes, code, name) in [
            (
                json!({"repaymentInstallments": 5}),
                1901,
                "NUM_INSTALLMENTS_NOT_AVAILABLE_FOR_REVOLVING_CREDIT",
            ),
            (
                json!({"principalPaymentSettings": {"amount": "501"}}),
                2301,
                "INCONSISTENT_FLAT_AMOUNT_WITH_PRODUCT_CONSTRAINTS",
            ),
            (
                json!({"principalPaymentSettings": {"percentage": "10"}}),
                2306,
                "PERCENTAGE_ONLY_AVAILABLE_FOR_OUTSTANDING_PRINCIPAL_PERCENTAGE_METHOD",
            ),
            (
                json!({"productTypeKey": book.product, "interestRate": "1", "repaymentInstallments": 5,
                    "principalPaymentSettings": {"amount": "100"}}),
                2300,
                "SETTINGS_ONLY_AVAILABLE_FOR_REVOLVING_CREDIT_ACCOUNTS",
            ),
        ] {
            book.refuses(apply(changes), (400, code, name));
        }
        let preview = book.admin.get("/api/loanproducts/CREDIT/schedule?loanAmount=1000");
        preview.expect_refusal(400, 1903, "SCHEDULE_PREVIEW_NOT_AVAILABLE_FOR_REVOLVING_CREDIT");
    });
}

#[test]
fn guarantees_are_posted_as_a_whole_and_counted_at_approval() {
    on_both(|book| {
        let securities = json!({"productSecuritySettings": {"isGuarantorsEnabled": true, "isCollateralEnabled": true,
            "requiredGuaranties": "50"}});
        let product = offered(book, "SECURED", &securities);
        assert_shows(&book.read("/api/loanproducts/SECURED"), &securities);
        book.apply_with("L", &json!({"productTypeKey": product, "loanAmount": "1000"}));
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        let guarantor = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        let post = |guarantees: Value| {
            book.admin.post("/api/loans/L/guarantees", &json!({"guarantees": guarantees}))
        };
        let two = json!([
            {"type": "GUARANTOR", "guarantorType": "CLIENT", "guarantorKey": guarantor, "amount": 200},
            {"type": "ASSET", "assetName": "Cow", "amount": "299"},
        ]);
        let posted = post(two).expect(201).json();
        assert_shows(
            &posted,
            &json!({"guarantees": [{"type": "GUARANTOR", "guarantorKey": guarantor, "amount": "200"},
                {"type": "ASSET", "assetName": "Cow", "amount": "299", "guarantorKey": null}]}),
        );
        book.refuses(
            |caller| caller.form("/api/loans/L/transactions", "type=APPROVAL"),
            (400, 138, "INSUFFICIENT_GUARANTEES"),
        );
        let asset = key(&posted["guarantees"][1]);
        let one = json!([{"encodedKey": asset, "type": "ASSET", "assetName": "Cow", "amount": "500"}]);
        assert_shows(
            &post(one).expect(201).json(),
            &json!({"guarantees": [{"encodedKey": asset, "amount": "500"}]}),
        );
        let same = book.admin.post("/api/loans/L/guarantees", &json!({})).expect(201).json();
        assert_eq!(same["guarantees"][0]["amount"], "500");
        book.act("L", "type=APPROVAL");
        book.lend("PLAIN");
        for (loan, guarantee, code, name) in [
            ("L", json!({"type": "PROMISE", "amount": "1"}), 2122, "INVALID_GUARANTY_TYPE"),
            ("L", json!({"type": "ASSET", "amount": "1"}), 152, "INVALID_ASSET_NAME"),
            (
                "L",
                json!({"type": "GUARANTOR", "guarantorKey": "NOBODY", "amount": "1"}),
                155,
                "INVALID_GUARANTOR_KEY",
            ),
            (
                "PLAIN",
                json!({"type": "ASSET", "assetName": "Cow", "amount": "1"}),
                223,
                "COLLATERAL_NOT_ALLOWED_BY_PRODUCT",
            ),
            (
                "PLAIN",
                json!({"type": "GUARANTOR", "guarantorKey": "9", "amount": "1"}),
                222,
                "GUARANTOR_NOT_ALLOWED_BY_PRODUCT",
            ),
        ] {
            let (path, body) = (format!("/api/loans/{loan}/guarantees"), json!({"guarantees": [guarantee]}));
            book.refuses(|caller| caller.post(&path, &body), (400, code, name));
        }
    });
}

#[test]
fn a_repayment_is_shared_among_those_who_fund_the_loan() {
    on_both(|book| {
        let securities = json!({"productSecuritySettings": {"isInvestorFundsEnabled": true, "requiredInvestorFunds": "100",
            "organizationInterestCommission": {"defaultValue": "0.5"}}});
        let product = offered(book, "FUNDED", &securities);
        book.apply_with("L", &json!({"productTypeKey": product, "loanAmount": "1000"}));
        let accounts = ["00010a000000000000000000000000a1", "00010a000000000000000000000000a2"];
        let post = |funds: Value| book.admin.post("/api/loans/L/funds", &json!({"funds": funds}));
        let fund = |account: &str, amount: &str| json!({"savingsAccountKey": account, "amount": amount});
        post(json!([fund(accounts[0], "700")])).expect(201);
        book.refuses(
            |caller| caller.form("/api/loans/L/transactions", "type=APPROVAL"),
            (400, 2107, "INSUFFICIENT_FUNDS_TOTAL_AMOUNT"),
        );
        let much = json!({"funds": [fund(accounts[0], "1001")]});
        book.refuses(
            |caller| caller.post("/api/loans/L/funds", &much),
            (400, 2019, "INVESTORS_TOTAL_AMOUNT_MORE_THAN_LOAN_AMOUNT"),
        );
        let posted = post(json!([fund(accounts[0], "700"), fund(accounts[1], "300")])).expect(201).json();
        assert_shows(&posted, &json!({"funds": [{"amount": "700", "state": "PENDING"}, {"amount": "300"}]}));
        book.act("L", "type=APPROVAL");
        book.act("L", "type=DISBURSEMENT");
        book.close_days("2012-07-28");
        book.act("L", "type=REPAYMENT&amount=226.79");
        let funds = book.loan("L")["funds"].as_array().expect("a list").clone();
        assert_eq!(column(&funds, "principalRepaid"), ["140", "60"]);
        assert_eq!(column(&funds, "state"), ["ACTIVE", "ACTIVE"]);
        let earned: i64 =
            column(&funds, "interestEarned").iter().map(|earned| crate::terms::to_cents(earned)).sum();
        // Four fifths of the interest of 26.79: the lender keeps 0.5 of 2.5.
        assert_eq!(earned, 2_143);
        let late = json!({"funds": []});
        book.refuses(
            |caller| caller.post("/api/loans/L/funds", &late),
            (400, 2412, "INVALID_LOAN_ACCOUNT_STATE_FOR_FUNDS_EDIT"),
        );
        book.lend("PLAIN");
        let plain = json!({"funds": [fund(accounts[0], "1")]});
        book.refuses(
            |caller| caller.post("/api/loans/PLAIN/funds", &plain),
            (400, 2108, "FUNDS_NOT_ALLOWED"),
        );
    });
}
