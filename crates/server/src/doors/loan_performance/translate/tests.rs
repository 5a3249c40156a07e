use super::*;

fn object(text: &str) -> Object<'_> {
    Object::of_json(text.as_bytes()).unwrap()
}

fn seal(number: &str) -> SealedText {
    SealedText { sealed: "sealed".to_owned(), masked: "*".repeat(number.len()) }
}

/// The body of the contract's own sample.
const SAMPLE: &str = r#"{"loan_id": "{LOAN_ID}", "lead_id": 1, "management_system_id": 1, "application_type": "New",
    "loan_type": "Installment", "loan_status": "Pending", "loan_amount": 75000, "funded_amount": 35000,
    "first_payment_date": "2021-09-25", "applied_at": "2021-09-25T04:01:57Z", "esigned_at": "2021-09-25T04:01:57Z",
    "withdrawn_at": "2021-09-25T04:01:57Z", "originated_at": "2021-09-25T04:01:57Z"}"#;

#[test]
fn the_sample_is_read_member_by_member() {
    let told = loan(&object(SAMPLE));
    let at = "2021-09-25T04:01:57Z".parse().unwrap();
    let expected = PerformanceLoanReport {
        loan_id: "{LOAN_ID}".to_owned(),
        lead_id: Some(Some(1)),
        management_system_id: Some(Some(1)),
        application_type: Some(Some(ApplicationType::New)),
        loan_type: Some(Some(LoanType::Installment)),
        loan_status: Some(Some(LoanStatus::Pending)),
        loan_amount: 75_000,
        funded_amount: Some(Some(35_000)),
        first_payment_date: Some(Some(jiff::civil::date(2021, 9, 25))),
        applied_at: at,
        esigned_at: Some(Some(at)),
        withdrawn_at: Some(Some(at)),
        originated_at: Some(Some(at)),
        is_lead_loan: None,
        payments: Vec::new(),
    };
    assert_eq!(told, expected);
}

#[test]
fn left_out_null_and_empty_are_told_apart() {
    let told = loan(&object(
        r#"{"loan_id": "L", "loan_amount": "5", "applied_at": "2021-09-25T04:01:57Z", "loan_type": null, "loan_status": ""}"#,
    ));
    assert_eq!((told.application_type, told.loan_type, told.loan_status), (None, Some(None), Some(None)));
    assert_eq!((told.funded_amount, told.loan_amount), (None, 5));
}

#[test]
fn members_that_the_contract_does_not_name_with_a_customer_say_nothing() {
    let told = lead_loan(&object(&SAMPLE.replace("\"2021-09-25T04:01:57Z\"}", "\"nonsense\"}")));
    assert_eq!((told.originated_at, told.management_system_id, told.is_lead_loan), (None, None, Some(true)));
}

#[test]
fn a_bank_account_number_is_sealed_and_shown_masked() {
    let told =
        payment(&object(r#"{"payment_id": "P", "bank_account_number": "000123456789", "fees": null}"#), seal);
    assert_eq!(told.bank_account_number, Some(Some(seal("000123456789"))));
    assert_eq!((told.fees, told.principal), (Some(None), None));
    let mut loan = PerformanceLoan::first(&loan(&object(SAMPLE)), Timestamp::UNIX_EPOCH);
    loan.take_payment(&told, Timestamp::UNIX_EPOCH);
    let shown = wire_of_payment("L", &loan.payments[0]);
    assert_eq!(shown.bank_account_number.as_deref(), Some("************"));
}

#[test]
fn instants_are_shown_without_fractions() {
    assert_eq!(shown("2021-09-25T04:01:57.987654Z".parse().unwrap()), "2021-09-25T04:01:57Z");
}

#[test]
fn a_loan_is_shown_with_what_follows_from_it() {
    let told = PerformanceLoan::first(&loan(&object(SAMPLE)), Timestamp::UNIX_EPOCH);
    let shown = ShownLoan {
        customer_id: "1".to_owned(),
        loan_id: "{LOAN_ID}".to_owned(),
        told,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    };
    let wire = serde_json::to_value(shown.to_wire()).unwrap();
    for (name, sent) in serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap().as_object().unwrap() {
        assert_eq!(wire[name], *sent, "{name}");
    }
    assert_eq!(
        (wire["origination"].as_str(), wire["payment_count"].as_u64()),
        (Some("Not Originated"), Some(0))
    );
    assert_eq!(wire["anomalies"].as_array().map(Vec::len), Some(2), "{wire}");
}
