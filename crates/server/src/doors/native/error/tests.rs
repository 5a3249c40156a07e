use axum::body::to_bytes;
use jiff::civil::date;
use loam_book::loan::refusal::IdKind;

use super::*;

fn check(error: impl Into<DoorError>, status: u16, code: &str, field: &str) {
    assert_eq!(error.into().parts(), (status, code, field));
}

#[test]
fn refusals_have_a_code_and_a_status() {
    let (business_date, wanted) = (date(2024, 1, 31), date(2024, 1, 30));
    check(Refusal::BusinessDateGoesForward { business_date, wanted }, 400, "business_date_goes_forward", "");
    check(Refusal::IdInUse { kind: IdKind::Record, value: "A".to_owned() }, 409, "id_in_use", "id");
    check(Refusal::ChangedMeanwhile, 409, "changed_meanwhile", "");
    check(Refusal::NotPermitted { permission: "ADMINISTRATION".to_owned() }, 403, "not_permitted", "");
    check(Refusal::MissingField { field: "name" }, 400, "missing_member", "name");
    check(Refusal::ContradictingProduct { field: "loanAmount" }, 400, "contradicting_members", "loanAmount");
    check(Refusal::NothingToRepay, 400, "refused", "");
}

#[test]
fn a_refusal_keeps_its_sentence_with_the_figures() {
    let refusal =
        Refusal::BusinessDateGoesForward { business_date: date(2024, 1, 31), wanted: date(2024, 1, 30) };
    let error = DoorError::from(refusal);
    assert_eq!(error.message(), "the business date is 2024-01-31 and cannot go back to 2024-01-30");
}

#[test]
fn what_is_our_fault_tells_nothing_of_the_inside() {
    for error in [
        AppError::Store(StoreError::Database("host=10.0.0.1 password=x".to_owned())),
        AppError::Broken("index 7".to_owned()),
        AppError::Quarantined,
    ] {
        let error = DoorError::from(error);
        assert_eq!(error.parts(), (500, "internal_error", ""));
        assert!(!error.message().contains("10.0.0.1") && !error.message().contains('7'));
    }
}

#[test]
fn what_may_be_tried_again_says_so() {
    check(AppError::Store(StoreError::TryAgain("busy".to_owned())), 503, "try_again", "");
    check(AppError::Stopping, 503, "stopping", "");
    check(AppError::IdempotencyKeyReused, 409, "idempotency_key_reused", "");
    check(BodyError::TooLarge, 413, "body_too_large", "");
}

#[tokio::test]
async fn the_body_is_one_error_and_a_401_asks_for_credentials() {
    let response = DoorError::from(Denied::Unreadable).into_response();
    assert_eq!(response.status(), 401);
    assert!(response.headers().contains_key(header::WWW_AUTHENTICATE));
    let body = to_bytes(response.into_body(), 1_000).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error"]["code"], "no_credentials");
    assert!(body["error"].get("field").is_none());
}
