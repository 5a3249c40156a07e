use jiff::civil::date;
use serde_json::{Value, json};

use super::*;

/// The request of the contract's sample.
fn sample() -> Value {
    json!({
        "clientId": "60d21b4667d0d8992e610c85",
        "loanReferenceId": "loan_12345",
        "applicationDate": "2023-01-01",
        "dateLoanWasGranted": "2023-01-15",
        "applicationStatus": "approved",
        "amount": 10000,
        "currency": "NGN",
        "tenure": {"value": 12, "interval": "months"},
        "totalInstallments": 12,
        "installmentRepayments": [{
            "dueDate": "2023-02-01",
            "datePaid": "2023-02-01",
            "amountDue": {"amount": 833.33, "currency": "NGN"},
            "amountPaid": {"amount": 833.33, "currency": "NGN"},
            "status": "fully_paid",
        }],
        "loanRepaymentStatus": "in_progress",
        "dateLastInstallmentIsDue": "2024-01-01",
        "dateLoanIsSettled": null,
    })
}

fn read(body: &Value) -> Result<(Named, RepaymentLoan), DoorError> {
    loan_report(body.to_string().as_bytes())
}

/// The sample with one value changed, named by a JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = sample();
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is in the sample")) = value;
    body
}

/// The sample without one member.
fn without(pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
    let mut body = sample();
    let removed = body.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|map| map.remove(name));
    assert!(removed.is_some(), "{pointer} is in the sample");
    body
}

/// The sample as text, with a number written in another way than `json!` would.
fn with_text(from: &str, to: &str) -> String {
    let text = sample().to_string();
    assert!(text.contains(from), "{from} is in {text}");
    text.replacen(from, to, 1)
}

#[track_caller]
fn assert_problem(body: &Value, field: &str, reason: &str) {
    let error = read(body).expect_err("it is refused");
    assert_eq!((error.status(), error.fields()), (400, vec![field]), "{error:?}");
    assert_eq!(error.messages(), [format!("{field} {reason}")]);
}

#[test]
fn the_sample_is_read() {
    let (named, loan) = read(&sample()).expect("it is the contract's own");
    let client_id = Some("60d21b4667d0d8992e610c85".to_owned());
    assert_eq!(named, Named { client_id, external_client_id: None });
    assert_eq!((loan.loan_reference_id.as_str(), loan.total_installments), ("loan_12345", 12));
    assert_eq!((loan.tenure_value, loan.tenure_interval), (12, TenureInterval::Months));
    assert_eq!((loan.amount, loan.currency.code()), (Amount::from_minor(1_000_000), "NGN"));
    assert_eq!(loan.date_loan_was_granted, Some(date(2023, 1, 15)));
    assert_eq!(loan.installment_repayments.len(), 1);
    assert_eq!(loan.installment_repayments[0].amount_paid, Some(Amount::from_minor(83_333)));
    assert_eq!(loan.date_loan_is_settled, None);
}

#[test]
fn every_required_member_is_missed() {
    for pointer in [
        "/loanReferenceId",
        "/applicationDate",
        "/applicationStatus",
        "/amount",
        "/tenure",
        "/tenure/value",
        "/tenure/interval",
        "/totalInstallments",
        "/installmentRepayments",
        "/loanRepaymentStatus",
        "/dateLastInstallmentIsDue",
    ] {
        let field = pointer.trim_start_matches('/').replace('/', ".");
        assert_problem(&without(pointer), &field, "is required");
        assert_problem(&with(pointer, Value::Null), &field, "is required");
    }
    for member in [
        "dueDate",
        "amountDue",
        "amountDue/amount",
        "amountDue/currency",
        "amountPaid/amount",
        "amountPaid/currency",
        "status",
    ] {
        let pointer = format!("/installmentRepayments/0/{member}");
        let field = format!("installmentRepayments[0].{}", member.replace('/', "."));
        assert_problem(&without(&pointer), &field, "is required");
    }
    assert_problem(&without("/currency"), "currency", "is required");
}

#[test]
fn what_may_be_left_out_may_be_null_too() {
    for pointer in ["/dateLoanWasGranted", "/dateLoanIsSettled"] {
        assert!(read(&without(pointer)).is_ok(), "{pointer}");
        assert!(read(&with(pointer, Value::Null)).is_ok(), "{pointer}");
    }
}

#[test]
fn at_least_one_name_of_the_client_is_given() {
    assert_problem(&without("/clientId"), "clientId", "is required if externalClientId is not given");
    assert_problem(&with("/clientId", json!("")), "clientId", "is required if externalClientId is not given");
    assert_problem(&with("/clientId", json!(7)), "clientId", "must be a string");
    let mut external = without("/clientId");
    external["externalClientId"] = json!("A-7");
    let named = read(&external).expect("one name is enough").0;
    assert_eq!(named, Named { client_id: None, external_client_id: Some("A-7".to_owned()) });
}

#[test]
fn payments_may_be_left_out_only_of_what_is_not_paid() {
    let unless = "is required unless the status is not_paid";
    for member in ["datePaid", "amountPaid"] {
        let pointer = format!("/installmentRepayments/0/{member}");
        let field = format!("installmentRepayments[0].{member}");
        assert_problem(&without(&pointer), &field, unless);
        assert_problem(&with(&pointer, Value::Null), &field, unless);
    }
    let mut unpaid = with("/installmentRepayments/0/status", json!("not_paid"));
    assert_problem(
        &unpaid,
        "installmentRepayments[0].amountPaid.amount",
        "must be 0 or absent while the status is not_paid",
    );
    unpaid["installmentRepayments"][0]["amountPaid"]["amount"] = json!(0);
    assert!(read(&unpaid).is_ok());
    for member in ["datePaid", "amountPaid"] {
        unpaid["installmentRepayments"][0].as_object_mut().expect("an object").remove(member);
    }
    let loan = read(&unpaid).expect("nothing was paid").1;
    let installment = &loan.installment_repayments[0];
    assert_eq!((installment.date_paid, installment.amount_paid), (None, None));
}

#[test]
fn installments_may_be_fewer_than_the_total_and_not_more() {
    assert!(read(&with("/installmentRepayments", json!([]))).is_ok());
    assert!(read(&with("/totalInstallments", json!(1))).is_ok());
    let mut two = with("/totalInstallments", json!(1));
    let first = two["installmentRepayments"][0].clone();
    two["installmentRepayments"] = json!([first.clone(), first]);
    assert_problem(&two, "installmentRepayments", "has 2 installments, more than the 1 of the loan");
    for wrong in [json!({}), json!("[]"), json!(3)] {
        assert_problem(&with("/installmentRepayments", wrong), "installmentRepayments", "must be a list");
    }
    let wrong = with("/installmentRepayments/0", json!(["2023-02-01"]));
    assert_problem(&wrong, "installmentRepayments[0]", "must be an object");
}

#[test]
fn amounts_are_numbers_of_the_currency() {
    let field = "amount";
    for wrong in [json!("10000"), json!(true), json!([1]), json!({"amount": 1})] {
        assert_problem(&with("/amount", wrong), field, "must be a number");
    }
    assert_problem(&with("/amount", json!(0)), field, "must be more than 0");
    assert_problem(&with("/amount", json!(-1)), field, "must not be negative");
    let refused = |text: &str| {
        let body = with_text("\"amount\":10000", &format!("\"amount\":{text}"));
        loan_report(body.as_bytes()).expect_err("it is refused").messages().join(", ")
    };
    assert_eq!(refused("833.333"), "amount must have at most 2 decimals");
    assert_eq!(refused("1e4"), "amount must be a plain decimal number");
    assert_eq!(refused("10000000000000.01"), "amount is too large");
    let accepted = |text: &str| {
        let body = with_text("\"amount\":10000", &format!("\"amount\":{text}"));
        loan_report(body.as_bytes()).expect("it is an amount").1.amount.minor()
    };
    assert_eq!(accepted("10000.10"), 1_000_010);
    assert_eq!(accepted("10000.100"), 1_000_010);
    // The nearest float of this one is another number.
    assert_eq!(accepted("9007199254740.93"), 900_719_925_474_093);
}

#[test]
fn a_currency_without_decimals_takes_none() {
    let body = sample().to_string().replace("NGN", "JPY");
    let error = loan_report(body.as_bytes()).expect_err("there is no sen");
    let fields = ["installmentRepayments[0].amountDue.amount", "installmentRepayments[0].amountPaid.amount"];
    assert_eq!(error.fields(), fields);
}

#[test]
fn currencies_are_codes_and_the_same_in_the_whole_loan() {
    for wrong in ["ngn", "NG", "NGNN", "XQX", "₦"] {
        let error = read(&with("/currency", json!(wrong))).expect_err(wrong);
        assert_eq!(error.fields(), ["currency"], "amounts are not blamed for it");
    }
    for member in ["amountDue", "amountPaid"] {
        let pointer = format!("/installmentRepayments/0/{member}/currency");
        let field = format!("installmentRepayments[0].{member}.currency");
        assert_problem(&with(&pointer, json!("USD")), &field, "must be NGN, the currency of the loan");
    }
}

#[test]
fn dates_have_one_form() {
    for pointer in [
        "/applicationDate",
        "/dateLoanWasGranted",
        "/dateLastInstallmentIsDue",
        "/dateLoanIsSettled",
        "/installmentRepayments/0/dueDate",
        "/installmentRepayments/0/datePaid",
    ] {
        let field = pointer.trim_start_matches('/').replace("/0/", "[0].");
        for wrong in ["2023-1-1", "2023-02-30", "01-01-2023", "20230101", "2023-01-01T00:00:00Z", "", "soon"]
        {
            assert_problem(&with(pointer, json!(wrong)), &field, "must be a date in the form YYYY-MM-DD");
        }
        assert_problem(&with(pointer, json!(20_230_101)), &field, "must be a string");
    }
}

#[test]
fn a_loan_is_not_granted_before_the_application() {
    let reason = "of 2022-12-31 is before the application on 2023-01-01";
    assert_problem(&with("/dateLoanWasGranted", json!("2022-12-31")), "dateLoanWasGranted", reason);
    assert!(read(&with("/dateLoanWasGranted", json!("2023-01-01"))).is_ok());
}

#[test]
fn a_day_of_settlement_belongs_to_settled_loans() {
    let field = "dateLoanIsSettled";
    let day = with("/dateLoanIsSettled", json!("2023-06-01"));
    assert_problem(&day, field, "of 2023-06-01 contradicts the status in_progress");
    let mut not_settled = day.clone();
    not_settled["loanRepaymentStatus"] = json!("not_settled");
    assert_problem(&not_settled, field, "of 2023-06-01 contradicts the status not_settled");
    let mut settled = day;
    settled["loanRepaymentStatus"] = json!("settled_early");
    assert!(read(&settled).is_ok());
    // Without a day, that of the last payment will do.
    settled["dateLoanIsSettled"] = Value::Null;
    let loan = read(&settled).expect("there is a payment").1;
    assert_eq!(loan.settled_on(), Some(date(2023, 2, 1)));
    settled["installmentRepayments"] = json!([]);
    let reason = "is required while the status is settled_early and no installment says when it was paid";
    assert_problem(&settled, field, reason);
}

#[test]
fn words_are_matched_exactly() {
    for (pointer, words) in [
        ("/applicationStatus", "approved, rejected, pending, in_review"),
        ("/tenure/interval", "days, weeks, months"),
        ("/loanRepaymentStatus", "settled, not_settled, in_progress, settled_early, settled_late"),
        (
            "/installmentRepayments/0/status",
            "fully_paid, not_paid, incomplete_payment, paid_early, paid_late",
        ),
    ] {
        let field = pointer.trim_start_matches('/').replace("/0/", "[0].").replace('/', ".");
        assert_problem(&with(pointer, json!("Approved")), &field, &format!("must be one of {words}"));
    }
}

#[test]
fn counts_are_whole_and_more_than_nothing() {
    for (pointer, most) in [("/tenure/value", 100_000), ("/totalInstallments", 10_000)] {
        let field = pointer.trim_start_matches('/').replace('/', ".");
        for wrong in [json!(0), json!(-1), json!(1.5), json!("12"), json!(most + 1), json!(1e300)] {
            let reason = format!("must be a whole number from 1 to {most}");
            assert_problem(&with(pointer, wrong), &field, &reason);
        }
        assert!(read(&with(pointer, json!(12.0))).is_ok());
    }
}

#[test]
fn names_from_outside_have_a_length_and_no_control_characters() {
    let long = "x".repeat(129);
    assert_problem(
        &with("/loanReferenceId", json!(long)),
        "loanReferenceId",
        "must have at most 128 characters",
    );
    assert_problem(&with("/loanReferenceId", json!(" ")), "loanReferenceId", "must not be empty");
    let reason = "must not have control characters";
    assert_problem(&with("/loanReferenceId", json!("a\u{0}b")), "loanReferenceId", reason);
    assert!(read(&with("/loanReferenceId", json!("x".repeat(128)))).is_ok());
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_table() {
    let body = json!({
        "dateLoanIsSettled": "2020-01-01",
        "loanRepaymentStatus": "in_progress",
        "totalInstallments": 1,
        "installmentRepayments": [
            {"dueDate": "2023-02-01", "amountDue": {"amount": 1, "currency": "NGN"}, "status": "paid_late"},
            {"status": "not_paid", "amountPaid": {"amount": "1"}, "dueDate": "2023-03-01"},
        ],
        "currency": "NGN",
        "tenure": {"interval": "years"},
        "dateLoanWasGranted": "2022-01-01",
        "applicationDate": "2023-01-01",
    });
    let error = read(&body).expect_err("hardly anything is right");
    let expected = [
        "clientId",
        "loanReferenceId",
        "dateLoanWasGranted",
        "applicationStatus",
        "amount",
        "tenure.value",
        "tenure.interval",
        "installmentRepayments",
        "installmentRepayments[0].datePaid",
        "installmentRepayments[0].amountPaid",
        "installmentRepayments[1].amountDue",
        "installmentRepayments[1].amountPaid.amount",
        "installmentRepayments[1].amountPaid.currency",
        "dateLastInstallmentIsDue",
        "dateLoanIsSettled",
    ];
    assert_eq!(error.fields(), expected);
}

#[test]
fn what_cannot_be_read_is_not_said_to_be_missing() {
    let mut settled = with("/installmentRepayments/0/datePaid", json!("yesterday"));
    settled["loanRepaymentStatus"] = json!("settled");
    assert_eq!(read(&settled).expect_err("no date").fields(), ["installmentRepayments[0].datePaid"]);
    let paid = with("/installmentRepayments/0/amountPaid/amount", json!("833.33"));
    assert_eq!(read(&paid).expect_err("no number").fields(), ["installmentRepayments[0].amountPaid.amount"]);
}

#[test]
fn sums_and_status_words_are_kept_as_they_are_said() {
    // Twelve times 833.33 are not 10000, and a payment in part is reported as one in full.
    assert!(read(&with("/amount", json!(1))).is_ok());
    assert!(read(&with("/installmentRepayments/0/amountPaid/amount", json!(1))).is_ok());
    assert!(read(&with("/installmentRepayments/0/status", json!("paid_early"))).is_ok());
    assert!(read(&with("/loanRepaymentStatus", json!("settled_late"))).is_ok());
}

#[test]
fn a_body_that_is_no_object_is_malformed() {
    for body in ["", "[]", "null", "\"text\"", "{", "{\"amount\": 1, \"amount\": 2}", "{} {}", "\u{feff}{}"] {
        let error = loan_report(body.as_bytes()).expect_err(body);
        assert_eq!((error.status(), error.fields().len()), (400, 0), "{body}");
    }
    assert!(loan_report(b"{\"loanReferenceId\": \"\xff\"}").is_err());
}

#[test]
fn a_client_is_created_by_its_external_id() {
    let read = |body: Value| new_client(body.to_string().as_bytes());
    let new = read(json!({"externalClientId": "A-7", "name": "ignored"})).expect("enough");
    assert_eq!(new, NewClient { external_client_id: "A-7".to_owned(), client_id: None });
    let kept =
        read(json!({"externalClientId": "A-7", "clientId": "60D21B4667d0d8992e610c85"})).expect("both");
    assert_eq!(kept.client_id, ObjectId::parse("60d21b4667d0d8992e610c85"));
    let error = read(json!({"clientId": "7"})).expect_err("neither is right");
    assert_eq!(error.messages(), ["clientId must be 24 hexadecimal digits", "externalClientId is required"]);
}
