//! Schedules that are edited by hand (§3.6).

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

/// The usual product, whose schedules may be edited in every way.
fn editable(book: &Book) -> String {
    let changes = json!({"id": "EDIT", "repaymentScheduleEditOptions": [
        "ADJUST_PAYMENT_DATES", "ADJUST_PRINCIPAL_PAYMENT_SCHEDULE", "ADJUST_INTEREST_PAYMENT_SCHEDULE",
        "ADJUST_FEE_PAYMENT_SCHEDULE", "ADJUST_PENALTY_PAYMENT_SCHEDULE", "ADJUST_NUMBER_OF_INSTALLMENTS",
    ]});
    record(&book.admin, "loan-products", &with(agriculture(), &changes))
}

fn edit(book: &Book, loan: &str, rows: Value) -> Value {
    book.admin
        .patch(&format!("/api/loans/{loan}/repayments"), &json!({"repayments": rows}))
        .expect(200)
        .json()
}

fn column(rows: &Value, member: &str) -> Vec<String> {
    rows.as_array().expect("a list").iter().map(|row| text(&row[member])).collect()
}

#[test]
fn principal_moves_between_installments_and_nothing_is_lost() {
    on_both(|book| {
        let product = editable(book);
        book.lend_with("L", &json!({"productTypeKey": product}));
        let rows = book.repayments("L");
        let edited = edit(
            book,
            "L",
            json!([
                {"encodedKey": key(&rows[1]), "principalDue": "100", "dueDate": "2012-09-03"},
                {"encodedKey": key(&rows[2]), "principalDue": "280", "interestDue": "20.5"},
            ]),
        );
        assert_eq!(column(&edited, "principalDue"), ["190", "100", "280", "190", "190"]);
        assert_eq!(column(&edited, "interestDue"), ["25.45", "26.29", "20.5", "25.45", "26.29"]);
        assert_eq!(text(&edited[1]["dueDate"]), "2012-09-03T00:00:00+0000");
        assert_eq!(Value::from(book.repayments("L")), edited);
        assert_shows(&book.loan("L"), &json!({"principalBalance": "950", "hasCustomSchedule": true}));
    });
}

#[test]
fn a_payment_holiday_moves_what_follows() {
    on_both(|book| {
        let product = editable(book);
        book.lend_with("L", &json!({"productTypeKey": product}));
        let rows = book.repayments("L");
        let edited = edit(book, "L", json!([{"encodedKey": key(&rows[1]), "isPaymentHoliday": true}]));
        assert_eq!(column(&edited, "principalDue"), ["190", "0", "190", "190", "190", "190"]);
        assert_eq!(edited[1]["state"], "GRACE");
        assert_eq!(text(&edited[5]["dueDate"]), "2012-12-28T00:00:00+0000");
    });
}

#[test]
fn what_may_not_be_edited_is_refused_with_its_code() {
    on_both(|book| {
        let product = editable(book);
        book.lend_with("L", &json!({"productTypeKey": product}));
        book.lend("FIXED");
        let rows = book.repayments("L");
        let patch = |loan: &str, rows: Value| {
            let path = format!("/api/loans/{loan}/repayments");
            move |caller: &Caller| caller.patch(&path, &json!({"repayments": rows}))
        };
        let first = |member: &str, value: &str| json!([{"encodedKey": key(&rows[0]), member: value}]);
        for (edit, code, name) in [
            (first("principalDue", "200"), 132, "INCONSISTENT_SCHEDULE_PRINCIPAL_DUE_WITH_LOAN_AMOUNT"),
            (first("principalDue", "-1"), 136, "NEGATIVE_PRINCIPAL_FOR_INSTALLMENT"),
            (first("dueDate", "2012-08-28"), 2409, "DUE_DATES_NOT_UNIQUE"),
            (first("dueDate", "2012-06-28"), 1907, "RESCHEDULED_REPAYMENT_BEFORE_DISBURSEMENT_DATE"),
            (first("principalDue", "much"), 101, "INVALID_AMOUNT"),
            (json!([{"encodedKey": key(&book.repayments("FIXED")[0])}]), 175, "INVALID_REPAYMENT_ID"),
            (json!([{"encodedKey": "ffffffffffffffffffffffffffffffff"}]), 175, "INVALID_REPAYMENT_ID"),
        ] {
            book.refuses(patch("L", edit), (400, code, name));
        }
        let own = key(&book.repayments("FIXED")[0]);
        let date = json!([{"encodedKey": own, "dueDate": "2012-07-30"}]);
        book.refuses(patch("FIXED", date), (400, 179, "EDITING_REPAYMENTS_NOT_ALLOWED"));
        book.refuses(
            |caller| caller.patch("/api/loans/L/repayments", &json!({})),
            (400, 30, "MISSING_ENTITY_JSON"),
        );
        let deleted = format!("/api/loans/L/repayments/{}", key(&rows[0]));
        book.refuses(
            |caller| caller.delete(&deleted),
            (400, 2411, "NON_DYNAMIC_ACCOUNT_REPAYMENT_DELETION_NOT_ALLOWED"),
        );
        let teller = book.user_with("teller", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let body = json!({"repayments": first("notes", "n")});
        teller.patch("/api/loans/L/repayments", &body).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        book.admin.patch("/api/loans/NONE/repayments", &body).expect_refusal(
            404,
            100,
            "INVALID_LOAN_ACCOUNT_ID",
        );
    });
}

#[test]
fn of_a_credit_the_day_of_the_next_bill_is_edited_and_nothing_else() {
    on_both(|book| {
        let changes = json!({"id": "CREDIT", "loanProductType": "REVOLVING_CREDIT",
            "interestCalculationMethod": "DECLINING_BALANCE",
            "principalPaymentSettings": {"principalPaymentMethod": "FLAT", "defaultAmount": "100"},
            "repaymentScheduleEditOptions": ["ADJUST_PAYMENT_DATES"]});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        book.apply_with(
            "C",
            &json!({"productTypeKey": product, "loanAmount": "1000", "repaymentInstallments": null}),
        );
        book.act("C", "type=APPROVAL");
        book.act("C", "type=DISBURSEMENT&amount=600");
        book.close_days("2012-07-28");
        let rows = book.repayments("C");
        let edited = edit(book, "C", json!([{"encodedKey": key(&rows[1]), "dueDate": "2012-08-20"}]));
        assert_eq!(text(&edited[1]["dueDate"]), "2012-08-20T00:00:00+0000");
        let send = |row: Value| {
            let body = json!({"repayments": [row]});
            move |caller: &Caller| caller.patch("/api/loans/C/repayments", &body)
        };
        let asking = json!({"encodedKey": key(&rows[1]), "principalDue": "50"});
        book.refuses(send(asking), (400, 184, "PARAMS_INCONSISTENT_WITH_PRODUCT_RULES"));
        let added = json!({"dueDate": "2012-08-10", "principalDue": "50"});
        book.refuses(send(added), (400, 184, "PARAMS_INCONSISTENT_WITH_PRODUCT_RULES"));
        for row in &rows {
            let path = format!("/api/loans/C/repayments/{}", key(row));
            book.refuses(
                |caller| caller.delete(&path),
                (400, 2405, "NON_CUSTOM_MADE_INTALLMENT_CANNOT_BE_DELETED_FOR_REVOLVING_CREDIT_ACCOUNT"),
            );
        }
        book.close_days("2012-08-20");
        let billed = book.repayments("C");
        assert_shows(&billed[1], &json!({"principalDue": "100"}));
        assert_eq!(text(&billed[2]["dueDate"]), "2012-08-28T00:00:00+0000");
    });
}
