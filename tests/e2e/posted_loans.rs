//! Loans that are posted with their securities, their fees and the channel over which they are to be
//! paid out: all of it is taken, or nothing.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

/// A name of an account that the book does not keep.
const SAVINGS: &str = "00010a000000000000000000000000a1";

/// A product whose loans may be secured and funded, and whose disbursement may cost something.
fn secured(book: &Book) -> String {
    let security = json!({"isGuarantorsEnabled": true, "isCollateralEnabled": true,
        "isInvestorFundsEnabled": true, "funderInterestCommissionAllocationType": "FIXED_INTEREST_COMMISSIONS",
        "funderInterestCommission": {"minValue": "0", "maxValue": "10"}});
    let optional = |name: &str, amount: Value| json!({"name": name, "trigger": "DISBURSEMENT", "amount": amount, "feeApplication": "OPTIONAL"});
    let fees = json!([
        optional("Paper", json!("7.5")),
        optional("Visit", Value::Null),
        optional("Insurance", Value::Null)
    ]);
    let changes = json!({"id": "SECURED", "interestCalculationMethod": "DECLINING_BALANCE",
        "interestApplicationMethod": "ON_DISBURSEMENT", "productSecuritySettings": security, "loanFees": fees});
    record(&book.admin, "loan-products", &with(agriculture(), &changes))
}

/// The key of a fee of the secured product.
fn fee(book: &Book, name: &str) -> String {
    let fees = book.read("/api/loanproducts/SECURED")["loanFees"].as_array().expect("a list").clone();
    key(fees.iter().find(|fee| fee["name"] == name).expect("it has this fee"))
}

fn guarantor(book: &Book) -> String {
    let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
    key(&book.admin.post("/api/clients", &client).expect(201).json()["client"])
}

/// What the samples call their product, guarantor, channel, account and fees.
pub(crate) fn accompanied(book: &Book) -> Vec<(&'static str, String)> {
    let product = secured(book);
    vec![
        ("secured", product),
        ("guarantor", guarantor(book)),
        ("savings", SAVINGS.to_owned()),
        ("receipt", key(&book.read("/api/transactionchannels/RECEIPT"))),
        ("paper", fee(book, "Paper")),
        ("visit", fee(book, "Visit")),
        ("insurance", fee(book, "Insurance")),
    ]
}

/// What is posted beside the figures, with members replaced or added.
fn account(book: &Book, id: &str, product: &str, changes: &Value) -> Value {
    let fees = json!([{"fee": {"encodedKey": fee(book, "Paper")}},
        {"fee": {"encodedKey": fee(book, "Visit")}, "amount": "10"}]);
    let base = with(
        book.application(id),
        &json!({"productTypeKey": product,
            "guarantees": [{"guarantorKey": "9", "guarantorType": "GUARANTOR", "amount": "950"},
                {"type": "ASSET", "assetName": "Cow", "amount": "40"}],
            "funds": [{"savingsAccountKey": SAVINGS, "amount": "500", "interestCommission": "2"}],
            "disbursementDetails": {"fees": fees, "transactionDetails":
                {"transactionChannel": {"id": "RECEIPT"}, "receiptNumber": "1146"}}}),
    );
    json!({"loanAccount": with(base, changes)})
}

#[test]
fn what_was_named_at_the_creation_secures_the_loan_and_is_charged_when_it_is_paid_out() {
    on_both(|book| {
        let product = secured(book);
        guarantor(book);
        book.admin.post("/api/loans", &account(book, "L", &product, &json!({}))).expect(201);
        let shown = book.loan("L");
        assert_shows(
            &shown,
            &json!({"accountState": "PENDING_APPROVAL", "guarantees": [{"amount": "950"}, {"assetName": "Cow"}],
                "funds": [{"amount": "500", "savingsAccountKey": SAVINGS}], "feesBalance": "0"}),
        );
        // The posted lists are sets like any other: what has a key stays, what is missing goes.
        let cow = key(&shown["guarantees"][1]);
        let kept =
            json!({"guarantees": [{"encodedKey": cow, "type": "ASSET", "assetName": "Cow", "amount": "50"}]});
        let kept = book.admin.post("/api/loans/L/guarantees", &kept).expect(201).json();
        assert_shows(&kept, &json!({"guarantees": [{"encodedKey": cow, "amount": "50"}]}));
        book.act("L", "type=APPROVAL");
        let paid_out = book.act("L", "type=DISBURSEMENT&notes=paid");
        assert_shows(
            &paid_out,
            &json!({"amount": "950", "comment": "paid", "details": {"transactionChannel": {"id": "RECEIPT"}, "receiptNumber": "1146"},
                "loanPredefinedFeeAmounts": [{"amount": "7.5"}, {"amount": "10"}]}),
        );
        assert_shows(&book.loan("L"), &json!({"funds": [{"state": "ACTIVE"}], "principalBalance": "950"}));
    });
}

#[test]
fn a_disbursement_that_names_fees_and_a_channel_goes_before_what_was_planned() {
    on_both(|book| {
        let product = secured(book);
        guarantor(book);
        book.admin.post("/api/loans", &account(book, "L", &product, &json!({}))).expect(201);
        book.act("L", "type=APPROVAL");
        let other = json!({"type": "DISBURSEMENT", "method": "CASH",
            "fees": [{"encodedKey": fee(book, "Insurance"), "amount": "55"}]});
        let paid_out = book.admin.post("/api/loans/L/transactions", &other).expect(201).json();
        assert_shows(
            &paid_out,
            &json!({"details": {"transactionChannel": {"id": "CASH"}, "receiptNumber": null},
                "loanPredefinedFeeAmounts": [{"amount": "55"}]}),
        );
        assert_eq!(paid_out["loanPredefinedFeeAmounts"].as_array().map(Vec::len), Some(1));
        // Once it is taken back, what was planned counts again.
        book.act("L", "type=DISBURSMENT_ADJUSTMENT");
        let again = book.act("L", "type=DISBURSEMENT");
        assert_shows(&again, &json!({"details": {"transactionChannel": {"id": "RECEIPT"}}}));
        assert_eq!(again["loanPredefinedFeeAmounts"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn a_loan_is_taken_with_all_that_comes_with_it_or_not_at_all() {
    on_both(|book| {
        let product = secured(book);
        guarantor(book);
        let fund = |amount: &str, commission: &str| json!({"funds": [{"savingsAccountKey": SAVINGS, "amount": amount, "interestCommission": commission}]});
        let fees = |fees: Value| json!({"disbursementDetails": {"fees": fees}});
        let open = fees(json!([{"encodedKey": fee(book, "Visit")}]));
        let much = fees(json!([{"encodedKey": fee(book, "Visit"), "amount": "950"}]));
        let unknown = fees(json!([{"encodedKey": SAVINGS}]));
        let channel = |details: Value| json!({"disbursementDetails": {"transactionDetails": details}});
        let many = [
            (fund("950.01", "2"), 2019, "INVESTORS_TOTAL_AMOUNT_MORE_THAN_LOAN_AMOUNT"),
            (fund("500", "4"), 2113, "INVALID_INTEREST_RATE_AGAINST_INTEREST_COMMISSION"),
            (json!({"guarantees": [{"guarantorKey": "8", "amount": "1"}]}), 155, "INVALID_GUARANTOR_KEY"),
            (
                json!({"guarantees": [{"guarantorKey": "NOBODY", "amount": "1"}]}),
                155,
                "INVALID_GUARANTOR_KEY",
            ),
            (
                json!({"guarantees": [{"encodedKey": SAVINGS, "type": "ASSET", "assetName": "Cow", "amount": "1"}]}),
                2121,
                "INVALID_GUARANTY_ENCODED_KEY",
            ),
            (open, 231, "CUSTOM_AMOUNT_IS_MANDATORY"),
            (much, 129, "DISBURSEMENT_FEES_EXCEED_LOAN_AMOUNT"),
            (unknown, 251, "INVALID_FEE_KEY"),
            (channel(json!({"transactionChannel": {"id": "PIGEON"}})), 232, "INVALID_TRANSACTION_CHANNEL"),
            (
                channel(json!({"transactionChannel": {"id": "CASH"}, "receiptNumber": "1"})),
                108,
                "INVALID_FIELD_FOR_TRANSACTION_TYPE",
            ),
            (channel(json!({"receiptNumber": "1"})), 925, "CUSTOM_FIELDS_NEED_CHANNEL_PROVIDED"),
        ];
        for (changes, code, name) in many {
            let body = account(book, "L", &product, &changes);
            book.refuses(|caller| caller.post("/api/loans", &body), (400, code, name));
        }
        // The usual product takes none of it.
        let bare = json!({"guarantees": null, "funds": null, "disbursementDetails": null});
        for (member, code, name) in [
            ("guarantees", 222, "GUARANTOR_NOT_ALLOWED_BY_PRODUCT"),
            ("funds", 2108, "FUNDS_NOT_ALLOWED"),
            ("disbursementDetails", 238, "FEES_NOT_AVAILABLE_FOR_PRODUCT"),
        ] {
            let full = account(book, "L", &book.product, &json!({}));
            let one = with(bare.clone(), &json!({member: full["loanAccount"][member]}));
            let body = account(book, "L", &book.product, &one);
            book.refuses(|caller| caller.post("/api/loans", &body), (400, code, name));
        }
    });
}

#[test]
fn a_loan_that_is_paid_out_in_parts_plans_no_disbursement() {
    on_both(|book| {
        secured(book);
        let changes = json!({"id": "PARTS", "loanProductType": "TRANCHED_LOAN",
            "maxNumberOfDisbursementTranches": 3, "interestCalculationMethod": "DECLINING_BALANCE"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        let post = |details: Value| {
            json!({"loanAccount": with(book.application("L"), &json!({"productTypeKey": product,
                "tranches": [{"amount": "950"}], "disbursementDetails": details}))})
        };
        let channel = post(json!({"transactionDetails": {"transactionChannel": {"id": "CASH"}}}));
        book.refuses(
            |caller| caller.post("/api/loans", &channel),
            (400, 237, "TRANSACTION_DETAILS_NOT_AVAILABLE_FOR_PRODUCT"),
        );
        let fees = post(json!({"fees": [{"encodedKey": fee(book, "Paper")}]}));
        book.refuses(|caller| caller.post("/api/loans", &fees), (400, 238, "FEES_NOT_AVAILABLE_FOR_PRODUCT"));
        book.admin.post("/api/loans", &post(json!({"fees": [], "transactionDetails": {}}))).expect(201);
    });
}

#[test]
fn a_patch_changes_neither_securities_nor_how_a_loan_is_to_be_paid_out() {
    on_both(|book| {
        let product = secured(book);
        guarantor(book);
        book.admin.post("/api/loans", &account(book, "L", &product, &json!({}))).expect(201);
        let full = account(book, "L", &product, &json!({}))["loanAccount"].clone();
        for member in ["guarantees", "funds", "disbursementDetails"] {
            let body = json!({"loanAccount": {member: full[member]}});
            book.refuses(|caller| caller.patch("/api/loans/L", &body), (400, 27, "PARAMETER_NOT_ALLOWED"));
        }
        // Figures change beside it; what was planned stays.
        book.admin.patch("/api/loans/L", &json!({"loanAccount": {"loanAmount": "1000"}})).expect(200);
        let fees = book.loan("L")["disbursementDetails"]["fees"].as_array().expect("a list").clone();
        assert_eq!(fees.iter().map(|fee| text(&fee["fee"]["name"])).collect::<Vec<_>>(), ["Paper", "Visit"]);
    });
}

#[test]
fn the_new_loan_of_a_restructuring_brings_its_own_guarantees() {
    on_both(|book| {
        let product = secured(book);
        guarantor(book);
        let cow = json!({"productTypeKey": product, "guarantees": [{"type": "ASSET", "assetName": "Cow", "amount": "40"}]});
        book.apply_with("OLD", &cow);
        book.act("OLD", "type=APPROVAL");
        book.act("OLD", "type=DISBURSEMENT");
        let new = json!({"id": "NEW", "productTypeKey": product, "repaymentInstallments": 5, "interestRate": "2.5",
            "guarantees": [{"guarantorKey": "9", "amount": "100"}],
            "disbursementDetails": {"fees": [{"encodedKey": fee(book, "Visit"), "amount": "10"}],
                "transactionDetails": {"transactionChannel": {"id": "CASH"}}}});
        let body = json!({"action": "REFINANCE", "loanAccount": new,
            "restructureDetails": {"topUpAmount": "50", "interestWriteOff": "0"}});
        let opened = book.admin.post("/api/loans/OLD/action", &body).expect(201).json();
        assert_eq!(opened["id"], "NEW");
        let shown = book.loan("NEW");
        assert_eq!(shown["guarantees"].as_array().map(Vec::len), Some(1), "{shown}");
        assert_shows(&shown["guarantees"][0], &json!({"type": "GUARANTOR", "amount": "100"}));
        let paid_out = book.transactions("NEW").into_iter().find(|one| one["type"] == "DISBURSMENT");
        assert_shows(
            &paid_out.expect("it was paid out"),
            &json!({"loanPredefinedFeeAmounts": [{"amount": "10"}], "details": {"transactionChannel": {"id": "CASH"}}}),
        );
    });
}

#[test]
fn a_loan_is_rescheduled_into_a_tranched_one_whose_tranches_stay() {
    on_both(|book| {
        let changes = json!({"id": "PARTS", "loanProductType": "TRANCHED_LOAN",
            "maxNumberOfDisbursementTranches": 3, "interestCalculationMethod": "DECLINING_BALANCE"});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        book.lend("OLD");
        let new = |changes: Value| {
            let account = json!({"id": "NEW", "productTypeKey": product, "repaymentInstallments": 5, "interestRate": "2.5"});
            json!({"action": "REFINANCE", "loanAccount": with(account, &changes),
                "restructureDetails": {"topUpAmount": "50"}})
        };
        let late = new(json!({"tranches": [{"amount": "900"}, {"amount": "100"}]}));
        book.refuses(
            |caller| caller.post("/api/loans/OLD/action", &late),
            (400, 2207, "INVALID_NEW_TOTAL_LOAN_AMOUNT"),
        );
        let body = new(json!({"loanAmount": "1000", "tranches": [{"amount": "950"}, {"amount": "50"}]}));
        book.admin.post("/api/loans/OLD/action", &body).expect(201);
        assert_shows(
            &book.loan("NEW"),
            &json!({"loanAmount": "1000", "principalBalance": "950", "accountSubState": "PARTIALLY_DISBURSED"}),
        );
        let tranches = json!({"tranches": [{"amount": "1000"}]});
        book.refuses(
            |caller| caller.post("/api/loans/NEW/tranches", &tranches),
            (400, 529, "CANNOT_MODIFY_TRANCHES_ON_RESCHEDULED_REFINANCED_ACCOUNTS"),
        );
        book.act("NEW", "type=DISBURSEMENT");
        assert_shows(&book.loan("NEW"), &json!({"principalBalance": "1000"}));
    });
}
