use jiff::civil::date;
use loam_book::partner::{AllowedNotification, KeyPair};
use loam_book::reporting::loan::Told;
use loam_book::reporting::repayment_data::{
    ApplicationStatus, InstallmentStatus, LoanRepaymentStatus, TenureInterval,
};
use loam_book::reporting::score::{Reason, ReasonCode};
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde_json::{Value, json};

use super::*;

fn business(doubles_seconds: bool) -> Business {
    let keys = KeyPair { secret_hash: String::new(), public_hash: String::new() };
    Business {
        key: Key::entity(Part::new(0), 0, 0),
        id: "667d38938450ddf0f7ea2468".to_owned(),
        name: "A lender".to_owned(),
        live_keys: keys.clone(),
        test_keys: keys,
        live_webhook: None,
        test_webhook: None,
        allowed_notification: AllowedNotification::All,
        time_zone: "Africa/Lagos".to_owned(),
        doubles_seconds,
        reads_book: false,
        is_active: true,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn subject() -> Subject {
    let name = SubjectName {
        scheme: Scheme::RepaymentClient,
        organization: "667d38938450ddf0f7ea2468".to_owned(),
        id: "669baedbff3c2f8f8266670c".to_owned(),
        reference: Some("1234567890".to_owned()),
    };
    let created_at = "2024-07-20T12:34:35.459Z".parse().unwrap();
    let last_modified_at = "2024-07-20T12:37:40.506Z".parse().unwrap();
    Subject { last_modified_at, loan_count: 1, ..Subject::new(&name, name.address(), created_at) }
}

fn loan(subject: &Subject) -> ReportedLoan {
    let at = "2024-07-20T12:37:40.506Z".parse().unwrap();
    let installment = RepaidInstallment {
        due_date: date(2023, 2, 1),
        date_paid: Some(date(2023, 2, 3)),
        amount_due: Amount::from_minor(83_333),
        amount_paid: Some(Amount::from_minor(83_333)),
        status: InstallmentStatus::FullyPaid,
    };
    let unpaid = RepaidInstallment {
        due_date: date(2023, 3, 1),
        date_paid: None,
        amount_paid: None,
        status: InstallmentStatus::NotPaid,
        ..installment.clone()
    };
    let told = RepaymentLoan {
        loan_reference_id: "loan_12345".to_owned(),
        application_date: date(2023, 1, 1),
        date_loan_was_granted: Some(date(2023, 1, 15)),
        application_status: ApplicationStatus::Approved,
        amount: Amount::from_minor(1_000_000),
        currency: Currency::from_code("NGN").unwrap(),
        tenure_value: 12,
        tenure_interval: TenureInterval::Months,
        total_installments: 12,
        installment_repayments: vec![installment, unpaid],
        loan_repayment_status: LoanRepaymentStatus::InProgress,
        date_last_installment_is_due: date(2024, 1, 1),
        date_loan_is_settled: None,
    };
    ReportedLoan {
        key: Key::entity(Part::new(1), 0, 7),
        part: Part::new(0x70c),
        account_no: 0x5a,
        version: 3,
        links: 0,
        organization: subject.organization.clone(),
        scheme: subject.scheme,
        id: told.loan_reference_id.clone(),
        subject: subject.key,
        same_as: None,
        linked_at: None,
        told: Told::RepaymentData(Box::new(told)),
        created_at: at,
        last_modified_at: at,
    }
}

fn shown(audience: &Audience<'_>) -> Value {
    let subject = subject();
    let loans = [loan(&subject)];
    serde_json::to_value(audience.client(&subject, &loans)).unwrap()
}

#[test]
fn a_client_has_the_members_of_the_contract() {
    let shown = shown(&Audience::new(&business(true), Realm::Live));
    let mut card = shown.clone();
    card.as_object_mut().unwrap().remove("loans");
    let expected = json!({
        "latestDigitalCreditInfo": null,
        "digitalCreditInfoHistory": [],
        "digitalCreditScoreEvolution": null,
        "phones": [],
        "datasetsCountAllFromIp": 0,
        "dataType": "production",
        "externalReferenceId": "1234567890",
        "businessId": "667d38938450ddf0f7ea2468",
        "createdAt": "2024-07-20T12:34:35.459Z",
        "lastModifiedAt": "2024-07-20T12:37:40.506Z",
        "_createdAt": "2024-07-20T13:34:3535+01:00",
        "_lastModifiedAt": "2024-07-20T13:37:4040+01:00",
        "clientId": "669baedbff3c2f8f8266670c",
        "id": "669baedbff3c2f8f8266670c",
    });
    assert_eq!(card, expected);
}

#[test]
fn a_loan_is_shown_wholly() {
    let shown = &shown(&Audience::new(&business(false), Realm::Live))["loans"][0];
    let expected = json!({
        "tenure": {"value": 12, "interval": "months"},
        "dateLoanIsSettled": null,
        "_id": "669baf9470c00000005a0000",
        "loanReferenceId": "loan_12345",
        "applicationDate": "2023-01-01",
        "dateLoanWasGranted": "2023-01-15",
        "applicationStatus": "approved",
        "amount": 10000,
        "currency": "NGN",
        "totalInstallments": 12,
        "installmentRepayments": [
            {
                "amountPaid": {"_id": "669baf9470c00000005a0003", "amount": 833.33, "currency": "NGN"},
                "_id": "669baf9470c00000005a0001",
                "dueDate": "2023-02-01",
                "datePaid": "2023-02-03",
                "amountDue": {"_id": "669baf9470c00000005a0002", "amount": 833.33, "currency": "NGN"},
                "status": "fully_paid",
                "dateAdded": "2024-07-20T12:37:40.506Z",
                "lastModifiedAt": "2024-07-20T12:37:40.506Z",
            },
            {
                "amountPaid": null,
                "_id": "669baf9470c00000005a0004",
                "dueDate": "2023-03-01",
                "datePaid": null,
                "amountDue": {"_id": "669baf9470c00000005a0005", "amount": 833.33, "currency": "NGN"},
                "status": "not_paid",
                "dateAdded": "2024-07-20T12:37:40.506Z",
                "lastModifiedAt": "2024-07-20T12:37:40.506Z",
            },
        ],
        "loanRepaymentStatus": "in_progress",
        "dateLastInstallmentIsDue": "2024-01-01",
        "client": "669baedbff3c2f8f8266670c",
        "businessId": "667d38938450ddf0f7ea2468",
        "createdAt": "2024-07-20T12:37:40.506Z",
        "lastModifiedAt": "2024-07-20T12:37:40.506Z",
        "__v": 2,
        "_createdAt": "2024-07-20T13:37:40+01:00",
        "_lastModifiedAt": "2024-07-20T13:37:40+01:00",
        "id": "669baf9470c00000005a0000",
    });
    assert_eq!(*shown, expected);
}

#[test]
fn derived_values_stand_beside_what_was_reported() {
    let business = business(false);
    let audience = Audience::new(&business, Realm::Test).with_derived(date(2024, 1, 2));
    let shown = shown(&audience);
    assert_eq!(shown["dataType"], "sandbox");
    let loan = &shown["loans"][0];
    assert_eq!(loan["loanRepaymentStatus"], "in_progress");
    assert_eq!(loan["derived"], json!({"loanRepaymentStatus": "not_settled"}));
    assert_eq!(loan["installmentRepayments"][0]["derived"], json!({"status": "paid_late"}));
    assert_eq!(loan["installmentRepayments"][1]["derived"], json!({"status": "not_paid"}));
}

#[test]
fn a_score_is_shown_with_its_reasons() {
    let reason = Reason { code: ReasonCode::Base, points: 100, count: 0, of: 0 };
    let created_at = "2024-07-20T12:37:40.506Z".parse().unwrap();
    let score = Score { number: 2, value: 100, reasons: vec![reason], created_at };
    let key: Key = "70c10d00000000000000a1b2c3d4e5f6".parse().unwrap();
    let expected = json!({
        "creditScoreRating": "very_poor",
        "_id": "669baf94a1b2c3d4e5f60002",
        "creditScore": 100,
        "recommendation": "reject",
        "createdAt": "2024-07-20T12:37:40.506Z",
        "lastModifiedAt": "2024-07-20T12:37:40.506Z",
        "reasons": [{"code": "base", "points": 100, "figures": "every score begins here"}],
    });
    assert_eq!(serde_json::to_value(credit_info(key, &score)).unwrap(), expected);
}
