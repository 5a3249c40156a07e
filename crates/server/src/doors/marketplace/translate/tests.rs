use jiff::civil::date;
use loam_book::application::ApplicationLoan;
use loam_book::partner::LoanPurpose;
use loam_book::record::Record;
use loam_calc::rate::Rate;
use serde_json::{Value, json};

use super::*;

fn key(n: u64) -> Key {
    Key::entity(Part::new(0), 0, n)
}

fn clock() -> Timestamp {
    "2014-09-23T11:32:01.250Z".parse().unwrap()
}

fn catalog() -> Catalog {
    let family = LoanPurpose {
        key: key(7),
        id: "a1hG0000000JR1t".to_owned(),
        name: "Family".to_owned(),
        created_at: clock(),
        last_modified_at: clock(),
    };
    Catalog::new(1, vec![Record::Purpose(family)])
}

fn read(body: &Value) -> Result<Asking> {
    asking_of(&Fields::of_json(body.to_string().as_bytes())?, &catalog())
}

fn application(currency: Currency) -> Application {
    let cents = Amount::from_minor;
    Application {
        key: key(1),
        part: Part::new(5),
        number: 38_502,
        version: 1,
        borrower: key(2),
        borrower_account: "001G000001KY8by".to_owned(),
        product: key(3),
        purpose: key(7),
        stage: Stage::New,
        application_date: date(2014, 1, 3),
        currency,
        amount: cents(10_000_00),
        requested_amount: cents(10_200_00),
        capitalized_fee: cents(200_00),
        protect_fee: Amount::ZERO,
        interest_rate: Rate::from_ratio(9, 100),
        term: 10,
        monthly_payment: cents(1_062_55),
        first_payment_date: date(2014, 7, 23),
        disbursal_date: date(2014, 6, 23),
        expiry_date: date(2014, 6, 23),
        maturity_date: date(2015, 4, 23),
        due_day: None,
        protect_type: None,
        protect_fee_percent: None,
        protect_waiver_type: None,
        eod_accrual_type: None,
        eod_fee_accrual: None,
        refinancing: None,
        order_book: loam_book::application::order_book::OrderBook::default(),
        amount_in_funding: Amount::ZERO,
        amount_funded: Amount::ZERO,
        loan: Some(ApplicationLoan { key: key(4), account_no: 9, id: "LAI-00038502".to_owned() }),
        created_at: clock(),
        last_modified_at: clock(),
        created_by: key(5),
        last_modified_by: key(5),
    }
}

fn shown(application: &Application) -> (String, Value) {
    let catalog = catalog();
    let seen = Seen { catalog: &catalog, business_date: date(2014, 1, 3), clock: clock() };
    let text = serde_json::to_string(&wire_of(application, seen)).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

#[test]
fn an_application_is_shown_as_the_contract_prints_it() {
    let (text, value) = shown(&application(Currency::USD));
    for part in [
        "\"peer__Requested_Loan_Amount__c\":10200,",
        "\"peer__Monthly_Payment__c\":1062.55,",
        "\"peer__Interest_Rate__c\":9,",
        "\"peer__Percent_Funded__c\":0}",
        "\"CreatedDate\":\"2014-09-23T11:32:01.250+0000\"",
        "\"peer__Expiry_Date__c\":\"2014-06-23T00:00:00.000+0000\"",
        "\"peer__Amount_Time_Left__c\":\"$10200 / 171 Days -11 Hours -32 Minutes\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(value["peer__Loan_Purpose_1__c"], "a1hG0000000JR1tIAG");
    assert_eq!(value["peer__Borrower__c"], "001G000001KY8byIAD");
    for (member, prefix) in [("Id", "a2q"), ("peer__Loan__c", "a1W"), ("CreatedById", "005")] {
        let id = value[member].as_str().unwrap();
        assert!(id.len() == 18 && id.starts_with(prefix) && ForeignId::parse(id).is_ok(), "{member} {id}");
    }
    let url =
        format!("/services/data/v30.0/sobjects/peer__Loan_Application__c/{}", value["Id"].as_str().unwrap());
    assert_eq!(value["attributes"], json!({"type": "peer__Loan_Application__c", "url": url}));
    assert!(value.get("peer__Borrower__r").is_none());
}

#[test]
fn without_a_loan_its_member_is_null_and_other_currencies_show_their_code() {
    let without = Application { loan: None, ..application(Currency::EUR) };
    let (_, value) = shown(&without);
    assert_eq!(value["peer__Loan__c"], Value::Null);
    assert_eq!(value["peer__Amount_Time_Left__c"], "EUR 10200 / 171 Days -11 Hours -32 Minutes");
}

#[test]
fn every_parameter_is_read() {
    let asking = read(&json!({
        "borrowerId": "001G000001KY8by", "purpose": "Family", "amount": 10000.50, "term": "10",
        "interestRate": 9.25, "createSchedule": 1, "dueDay": 31, "maturityDate": "2015-04-23",
        "disbursalDate": "2014-06-23", "firstInstallmentDate": "2014-07-31", "expiryDate": "2014-06-01",
        "loanProductId": "P", "protectType": "Full", "protectFeePercent": "1.5",
        "protectWaiverType": "Interest Only", "eodAccrualType": "Accrual Through Date", "eodFeeAccrual": true,
    }))
    .unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(asking.borrower_id.as_deref(), Some("001G000001KY8by"));
    let new = asking.new;
    assert_eq!(new.purpose.key, Some(key(7)));
    assert_eq!(new.product.value, "P");
    assert_eq!(new.amount, Some(StatedAmount("10000.5".to_owned())));
    assert_eq!(new.interest_rate, Some(StatedPercent("9.25".to_owned())));
    assert_eq!((new.term, new.due_day, new.create_schedule), (Some(10), Some(31), true));
    assert_eq!((new.maturity_date, new.disbursal_date), (Some(date(2015, 4, 23)), Some(date(2014, 6, 23))));
    assert_eq!(
        (new.first_installment_date, new.expiry_date),
        (Some(date(2014, 7, 31)), Some(date(2014, 6, 1)))
    );
    assert_eq!(new.protect_type, Some(ProtectType::Full));
    assert_eq!(new.protect_fee_percent, Some(StatedPercent("1.5".to_owned())));
    assert_eq!(new.protect_waiver_type, Some(ProtectWaiver::InterestOnly));
    assert_eq!((new.eod_accrual_type, new.eod_fee_accrual), (Some(EodAccrual::ThroughDate), Some(true)));
    assert_eq!(new.not_served, None);
}

#[test]
fn what_is_not_served_is_left_to_the_book_to_refuse() {
    for (body, what) in [
        (json!({"protectType": "Half"}), "protectType \"Half\""),
        (json!({"protectWaiverType": "All"}), "protectWaiverType \"All\""),
        (json!({"eodAccrualType": "Later"}), "eodAccrualType \"Later\""),
        (json!({"createSchedule": 2}), "createSchedule 2"),
    ] {
        let asking = read(&body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
        assert_eq!(asking.new.not_served.as_deref(), Some(what));
    }
}

#[test]
fn loans_to_be_refinanced_are_a_list_or_a_text_with_commas() {
    let both = ["a4y41000000LFb6", "a3y43200000KDb6"];
    for (loans, additional, expected) in [
        (json!(both), json!(500), Some((&both[..], Some("500")))),
        (json!("a4y41000000LFb6,a3y43200000KDb6"), json!("0.5"), Some((&both[..], Some("0.5")))),
        (json!("[\"a4y41000000LFb6\", \"a3y43200000KDb6\"]"), Value::Null, Some((&both[..], None))),
        (json!(["a4y41000000LFb6", " "]), Value::Null, Some((&both[..1], None))),
        (json!(" , "), json!(5), Some((&[][..], Some("5")))),
        (json!([]), Value::Null, None),
        (Value::Null, Value::Null, None),
    ] {
        let body = json!({"loansToBeRefinanced": loans, "additionalLoanAmount": additional});
        let asking = read(&body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
        let stated = |value: &&str| StatedLoan { value: (*value).to_owned(), loan: None };
        let expected = expected.map(|(loans, additional)| NewRefinancing {
            loans: loans.iter().map(stated).collect(),
            additional: additional.map(|text| StatedAmount(text.to_owned())),
        });
        assert_eq!(asking.new.refinancing, expected, "{body}");
    }
    for wrong in [json!(5), json!([5]), json!({"id": "x"}), json!("[\"x\"")] {
        assert!(read(&json!({"loansToBeRefinanced": wrong})).is_err(), "{wrong}");
    }
}

#[test]
fn a_value_of_another_kind_cannot_be_parsed() {
    for body in [
        json!({"borrowerId": 1}),
        json!({"purpose": ["Family"]}),
        json!({"amount": "ten"}),
        json!({"amount": true}),
        json!({"term": 10.5}),
        json!({"dueDay": "last"}),
        json!({"disbursalDate": "23.06.2014"}),
        json!({"expiryDate": 20140623}),
        json!({"maturityDate": "2014-02-30"}),
        json!({"eodFeeAccrual": "yes"}),
        json!({"createSchedule": true}),
        json!({"protectType": 1}),
        json!({"loansToBeRefinanced": 5}),
    ] {
        assert_eq!(read(&body).err(), Some(DoorError::row(Row::UnableToParse)), "{body}");
    }
}

#[test]
fn stages_are_a_comma_list_with_or_without_spaces() {
    assert_eq!(stages_of("New, In Funding"), Ok(vec![Stage::New, Stage::InFunding]));
    assert_eq!(stages_of("New,In Funding"), Ok(vec![Stage::New, Stage::InFunding]));
    assert_eq!(stages_of("Cancelled,canceled"), Ok(vec![Stage::Cancelled, Stage::Cancelled]));
    assert_eq!(stages_of(""), Ok(vec![]));
    assert_eq!(stages_of("New, Old"), Err(DoorError::row(Row::UnableToParse)));
}

#[test]
fn every_stage_is_read_under_the_name_it_is_shown_by() {
    for stage in
        [Stage::New, Stage::InFunding, Stage::Funded, Stage::Expired, Stage::Cancelled, Stage::Rejected]
    {
        assert_eq!(stages_of(stage_word(stage)), Ok(vec![stage]));
    }
}
