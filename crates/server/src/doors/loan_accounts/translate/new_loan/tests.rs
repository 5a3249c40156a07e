use super::super::samples;
use super::*;
use jiff::civil::date;
use loam_calc::calendar::PeriodUnit;

fn client() -> Holder {
    Holder { kind: HolderKind::Client, key: Key::entity(Part::new(1), 1, 8) }
}

use loam_book::ids::Part;

fn of_json(text: &str) -> Result<NewLoan, DoorError> {
    let outer = Fields::of_json(text.as_bytes()).unwrap();
    let account = outer.object("loanAccount").unwrap().unwrap();
    new_loan(&account, &outer, client(), &samples::catalog())
}

fn refusal(text: &str) -> (ReturnCode, String) {
    let error = of_json(text).unwrap_err();
    (error.code(), error.source().unwrap_or_default().to_owned())
}

#[test]
fn the_simple_sample_names_amount_installments_and_rate() {
    let text = r#"{"loanAccount":{"accountHolderKey":"8","productTypeKey":"AGRL","accountHolderType":"CLIENT",
        "loanAmount":"950","repaymentInstallments":5,"interestRate":"2.5"},"customInformation":[]}"#;
    let new = of_json(text).unwrap();
    assert_eq!(new.product, samples::product().key);
    assert_eq!(new.figures.amount, Some(StatedAmount("950".to_owned())));
    assert_eq!(new.figures.installments, Some(5));
    assert_eq!(new.figures.interest_rate, Some(StatedPercent("2.5".to_owned())));
    assert_eq!((new.id, new.name, new.figures.grace_period), (None, None, None));
}

#[test]
fn what_clients_send_without_meaning_it_is_ignored() {
    let text = r#"{"loanAccount":{"id":"Custom_ID","productTypeKey":"AGRL","loanAmount":950,"periodicPayment":0,
        "principalDue":0,"accountState":"PENDING_APPROVAL","scheduleDueDatesMethod":"INTERVAL","gracePeriod":0,
        "hasCustomSchedule":false,"interestRoundingVersion":"VERSION_2","notes":null,"tranches":[],
        "expectedDisbursementDate":null},"appkey":"x"}"#;
    let new = of_json(text).unwrap();
    assert_eq!(new.id.as_deref(), Some("Custom_ID"));
    assert_eq!(new.figures.grace_period, Some(0));
    assert_eq!((new.notes, new.figures.expected_disbursement_on), (None, None));
}

#[test]
fn disbursement_details_stand_inside_or_beside_the_account() {
    let dates = r#""disbursementDetails":{"expectedDisbursementDate":"2016-01-08","firstRepaymentDate":"2016-02-08"}"#;
    let account = r#""productTypeKey":"AGRL""#;
    for text in [
        format!(r#"{{"loanAccount":{{{account},{dates}}}}}"#),
        format!(r#"{{"loanAccount":{{{account}}},{dates}}}"#),
    ] {
        let figures = of_json(&text).unwrap().figures;
        assert_eq!(figures.expected_disbursement_on, Some(Some(date(2016, 1, 8))), "{text}");
        assert_eq!(figures.first_due_date, Some(Some(date(2016, 2, 8))), "{text}");
    }
}

#[test]
fn the_form_has_names_of_its_own_in_any_case() {
    let form = b"productID=AGRL&loanAmount=1000&interestRate=10&installments=5&repaymentInterval=weeks\
        &anticipateddisbursementdate=2018-08-09&NOTES=hello&clientID=67";
    let fields = Fields::of_form(form).unwrap();
    let new = new_loan(&fields, &Fields::default(), client(), &samples::catalog()).unwrap();
    assert_eq!(new.figures.period_unit, Some(PeriodUnit::Weeks));
    assert_eq!(new.figures.installments, Some(5));
    assert_eq!(new.figures.expected_disbursement_on, Some(Some(date(2018, 8, 9))));
    assert_eq!(new.notes.as_deref(), Some("hello"));
    assert_eq!(holder(&fields).unwrap(), (HolderKind::Client, "67".to_owned()));
    let of_group = Fields::of_form(b"groupid=7").unwrap();
    assert_eq!(holder(&of_group).unwrap(), (HolderKind::Group, "7".to_owned()));
}

#[test]
fn what_is_not_here_is_refused_by_name() {
    let inside = r#"{"loanAccount":{"productTypeKey":"AGRL","funds":[{"amount":"5","customFieldValues":[{"customFieldID":"Fam"}]}]}}"#;
    assert_eq!(refusal(inside), (ReturnCode::CustomFieldNotAvailableForEntity, "Fam".to_owned()));
    let fees = r#"{"loanAccount":{"productTypeKey":"AGRL","disbursementDetails":{"fees":[{"amount":"5"}]}}}"#;
    assert_eq!(refusal(fees), (ReturnCode::MissingFeeKey, "fees".to_owned()));
}

#[test]
fn custom_fields_stand_inside_or_beside_the_account() {
    let fields = |text: &str| -> Vec<String> {
        let stated = of_json(text).unwrap().figures.accompanying.custom_values;
        stated.into_iter().map(|value| value.field).collect()
    };
    let both = r#"{"loanAccount":{"productTypeKey":"AGRL","customInformation":[{"customFieldID":"A","value":"1"}]},
        "customInformation":[{"customFieldID":"B","value":"2"}]}"#;
    assert_eq!(fields(both), ["B", "A"]);
    let of_channel = r#"{"loanAccount":{"productTypeKey":"AGRL"},"disbursementDetails":
        {"customInformation":[{"customFieldID":"C","value":"1"}]}}"#;
    assert_eq!(of_json(of_channel).unwrap().figures.accompanying.channel_values[0].field, "C");
}

#[test]
fn an_unknown_product_unit_or_branch_is_named() {
    let with = |rest: &str| refusal(&format!(r#"{{"loanAccount":{{"productTypeKey":"AGRL",{rest}}}}}"#));
    assert_eq!(with(r#""repaymentPeriodUnit":"FORTNIGHTS""#).0, ReturnCode::InvalidParameters);
    assert_eq!(with(r#""assignedBranchKey":"nowhere""#).0, ReturnCode::InvalidBranchKey);
    assert_eq!(with(r#""repaymentInstallments":"five""#).0, ReturnCode::InvalidInstallments);
    assert_eq!(refusal(r#"{"loanAccount":{"productTypeKey":"NONE"}}"#).0, ReturnCode::InvalidProductId);
    assert_eq!(refusal(r#"{"loanAccount":{}}"#).0, ReturnCode::MissingRequiredParameter);
}

#[test]
fn a_holder_is_named_by_type_and_key() {
    let code = |text: &str| holder(&Fields::of_json(text.as_bytes()).unwrap()).map_err(|error| error.code());
    let found = |kind| Ok((kind, "67".to_owned()));
    assert_eq!(code(r#"{"accountHolderType":"CLIENT","accountHolderKey":"67"}"#), found(HolderKind::Client));
    assert_eq!(code(r#"{"accountHolderType":"CLIENT"}"#), Err(ReturnCode::MissingAccountHolderKey));
    assert_eq!(code(r#"{"accountHolderKey":"67"}"#), Err(ReturnCode::MissingAccountHolderType));
    assert_eq!(code(r#"{"accountHolderType":"GROUP","accountHolderKey":"67"}"#), found(HolderKind::Group));
    assert_eq!(
        code(r#"{"accountHolderType":"BANK","accountHolderKey":"67"}"#),
        Err(ReturnCode::InvalidParameters)
    );
}
