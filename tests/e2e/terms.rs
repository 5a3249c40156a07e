//! What loans agree to: previews, changes before and after approval, deletion, generated ids.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{agriculture, on_both, record, text, with};
use crate::subset::assert_shows;

fn interest(preview: &Value) -> Vec<String> {
    let rows = preview["repayments"].as_array().expect("a preview is an object with a list");
    rows.iter().map(|row| text(&row["interestDue"])).collect()
}

#[test]
fn a_schedule_is_previewed_without_a_loan() {
    on_both(|book| {
        let java = "loanAmount=950&periodicPayment=0&repaymentInstallments=5&gracePeriod=0&interestRate=2.5&principalRepaymentInterval=1";
        let preview = book.read(&format!("/api/loanproducts/AGRL/schedule?{java}"));
        assert_eq!(interest(&preview), ["25.45", "26.29", "26.29", "25.45", "26.29"]);
        assert_shows(
            &preview["repayments"][0],
            &json!({"dueDate": "2012-07-28T00:00:00+0000", "principalDue": "190", "principalPaid": "0",
                "state": "PENDING", "encodedKey": null, "parentAccountKey": null}),
        );
        let dated =
            "loanAmount=950&repaymentInstallments=5&interestRate=2.5&anticipatedDisbursement=2013-01-31";
        let preview = book.read(&format!("/api/loanproducts/AGRL/schedule?{dated}"));
        let due: Vec<String> = preview["repayments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| text(&row["dueDate"])[..10].to_owned())
            .collect();
        assert_eq!(due, ["2013-02-28", "2013-03-31", "2013-04-30", "2013-05-31", "2013-06-30"]);
        let first = format!("{dated}&firstRepaymentDate=2013-02-15");
        let preview = book.read(&format!("/api/loanproducts/AGRL/schedule?{first}"));
        assert_eq!(preview["repayments"][1]["dueDate"], "2013-03-15T00:00:00+0000");
        let empty = book.admin.get("/api/loanproducts/AGRL/schedule");
        empty.expect_refusal(400, 101, "INVALID_AMOUNT");
        let rate = book
            .admin
            .get("/api/loanproducts/AGRL/schedule?loanAmount=950&interestRate=99&repaymentInstallments=5");
        rate.expect_refusal(400, 120, "INVALID_INTEREST_RATE");
        assert_eq!(book.rows("loan_account"), 0);
    });
}

/// A product whose first listed figures are published ones.
fn equal_installments() -> Value {
    let changes = json!({"id": "EQUAL", "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
        "maxLoanAmount": "1000000", "maxNumInstallments": 360,
        "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"},
        "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY"});
    with(agriculture(), &changes)
}

#[test]
fn equal_installments_come_out_as_published() {
    on_both(|book| {
        record(&book.admin, "loan-products", &equal_installments());
        let preview = |query: &str| book.read(&format!("/api/loanproducts/EQUAL/schedule?{query}"));
        let small = preview("loanAmount=10200&interestRate=9&repaymentInstallments=10");
        let rows = small["repayments"].as_array().expect("a list");
        let cents = |row: &Value, member: &str| to_cents(&text(&row[member]));
        let totals: Vec<i64> =
            rows.iter().map(|row| cents(row, "principalDue") + cents(row, "interestDue")).collect();
        assert_eq!(totals[..9], [106_255; 9]);
        assert_eq!(totals[9], 106_250);
        assert_eq!(rows.iter().map(|row| cents(row, "interestDue")).sum::<i64>(), 42_545);
        assert_eq!(rows.iter().map(|row| cents(row, "principalDue")).sum::<i64>(), 1_020_000);
        let large = preview("loanAmount=250000&interestRate=6.25&repaymentInstallments=360");
        let rows = large["repayments"].as_array().expect("a list");
        assert_eq!(rows.iter().map(|row| cents(row, "interestDue")).sum::<i64>(), 30_414_771);
    });
}

/// Minor units of a plain amount of a currency with two decimals.
pub(crate) fn to_cents(text: &str) -> i64 {
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{units}{decimals:0<2}");
    padded.parse().expect("a plain amount")
}

#[test]
fn a_loan_is_changed_before_approval_and_hardly_after() {
    on_both(|book| {
        book.apply("L");
        let change = |body: Value| book.admin.patch("/api/loans/L", &json!({"loanAccount": body}));
        let patched = json!({"loanAmount": 1200, "interestRate": "3", "repaymentInstallments": "6",
            "expectedDisbursementDate": "2012-07-01", "firstRepaymentDate": "2012-08-15",
            "arrearsTolerancePeriod": 5, "notes": "n"});
        let answer = change(patched).expect(200).json();
        assert_eq!(answer, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        assert_shows(
            &book.loan("L"),
            &json!({"loanAmount": "1200", "interestRate": "3", "repaymentInstallments": 6, "notes": "n",
                "arrearsTolerancePeriod": 5, "expectedDisbursementDate": "2012-07-01T00:00:00+0000",
                "disbursementDetails": {"firstRepaymentDate": "2012-08-15T00:00:00+0000"}}),
        );
        change(json!({"expectedDisbursementDate": null})).expect(200);
        assert_shows(&book.loan("L"), &json!({"expectedDisbursementDate": null, "loanAmount": "1200"}));
        let nothing = json!({"loanAccount": {"repaymentInstallments": 0, "periodicPayment": 0}});
        let patch = |body: Value| move |caller: &Caller| -> Answer { caller.patch("/api/loans/L", &body) };
        book.refuses(patch(nothing), (400, 121, "INVALID_INSTALLMENTS"));
        let much = json!({"loanAccount": {"loanAmount": "50000.01", "notes": "other"}});
        book.refuses(patch(much), (400, 101, "INVALID_AMOUNT"));
        book.refuses(patch(json!({})), (400, 30, "MISSING_ENTITY_JSON"));

        book.act("L", "type=APPROVAL");
        let figure = json!({"loanAccount": {"loanAmount": "1000"}});
        book.refuses(patch(figure.clone()), (400, 3700, "LOAN_ACCOUNT_FIELD_NOT_EDITABLE"));
        change(json!({"notes": "approved"})).expect(200);
        book.act("L", "type=DISBURSEMENT");
        book.refuses(patch(figure.clone()), (400, 3700, "LOAN_ACCOUNT_FIELD_NOT_EDITABLE"));
        change(json!({"arrearsTolerancePeriod": 9})).expect(200);
        assert_shows(&book.loan("L"), &json!({"arrearsTolerancePeriod": 9, "notes": "approved"}));
        book.act("L", "type=WRITE_OFF");
        book.refuses(patch(figure), (400, 105, "INVALID_ACCOUNT_STATE"));
    });
}

#[test]
fn a_deleted_loan_is_gone_and_its_id_is_free() {
    on_both(|book| {
        book.apply("L");
        let answer = book.admin.delete("/api/loans/L").expect(200).json();
        assert_eq!(answer, json!({"returnCode": 0, "returnStatus": "SUCCESS"}));
        book.admin.get("/api/loans/L").expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
        for path in
            ["loans", "clients/8/loans", "loans?accountState=PENDING_APPROVAL", "loans?accountState=CLOSED"]
        {
            assert_eq!(book.list(&format!("/api/{path}")), Vec::<Value>::new(), "{path}");
        }
        book.try_act("L", "type=APPROVAL").expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
        book.lend("L");
        assert_eq!(book.list("/api/loans").len(), 1);
    });
}

#[test]
fn ids_are_drawn_by_the_pattern_of_the_product() {
    on_both(|book| {
        let drawn = |product: &str| {
            text(&book.apply_with("unused", &json!({"id": null, "productTypeKey": product}))["id"])
        };
        let usual = drawn("AGRL");
        let (letters, digits) = usual.split_at(4);
        assert!(letters.bytes().all(|b| b.is_ascii_uppercase()) && digits.len() == 3, "{usual}");
        assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{usual}");
        assert_ne!(usual, drawn("AGRL"));
        let own = json!({"id": "OWN", "idPattern": "LN-####"});
        record(&book.admin, "loan-products", &with(agriculture(), &own));
        let own = drawn("OWN");
        assert!(own.len() == 7 && own.starts_with("LN-"), "{own}");
        let counted = json!({"id": "COUNTED", "idGeneratorType": "INCREMENTAL_NUMBER"});
        record(&book.admin, "loan-products", &with(agriculture(), &counted));
        let number = |id: String| id.parse::<i64>().expect("a number");
        assert!(number(drawn("COUNTED")) < number(drawn("COUNTED")));
    });
}

/// What a PATCH of an account cannot change is refused where it says something else, and taken where it repeats what is.
#[test]
fn a_patch_that_would_be_passed_by_is_refused() {
    on_both(|book| {
        book.apply("L");
        record(&book.admin, "branches", &json!({"id": "B", "name": "B"}));
        let refuses = |body: Value, code: i64, name: &str| {
            book.refuses(
                |caller| caller.patch("/api/loans/L", &json!({"loanAccount": body})),
                (400, code, name),
            );
        };
        for member in ["id", "encodedKey"] {
            refuses(json!({member: "M", "loanName": "n"}), 25, "INCONSISTENT_IDENTIFIER_WITH_JSON");
        }
        for (member, other) in [
            ("accountHolderKey", json!("nobody")),
            ("productTypeKey", json!("nothing")),
            ("assignedBranchKey", json!("B")),
        ] {
            refuses(json!({member: other}), 3700, "LOAN_ACCOUNT_FIELD_NOT_EDITABLE");
        }
        for member in ["loanAmount", "repaymentInstallments", "repaymentPeriodUnit", "arrearsTolerancePeriod"]
        {
            refuses(json!({member: null}), 4, "INVALID_PARAMETERS");
        }
        let same = json!({"id": "L", "encodedKey": book.loan("L")["encodedKey"], "accountHolderKey": book.client,
            "productTypeKey": book.product, "loanName": "The same"});
        book.admin.patch("/api/loans/L", &json!({"loanAccount": same})).expect(200);
        assert_eq!(book.loan("L")["loanName"], "The same");
    });
}
