use axum::body::to_bytes;
use loam_book::loan::refusal::IdKind;
use serde_json::{Value, json};

use super::*;

async fn answer(error: DoorError) -> (u16, Value) {
    let response = error.into_response();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn said(error: impl Into<DoorError>) -> (u16, String, String) {
    let (status, body) = answer(error.into()).await;
    let text = |member: &str| body[member].as_str().unwrap().to_owned();
    (status, text("errorCode"), text("errorMessage"))
}

#[tokio::test]
async fn each_row_of_the_table_has_its_message() {
    for (row, message) in [
        (Row::UnableToParse, "Unable to parse the Request parameters"),
        (Row::AccountIdNull, "Account Id is null"),
        (Row::AccountNotFound, "Unable to find the Account"),
        (Row::LoanPurposeNotValid, "Loan Purpose is not valid"),
        (Row::LoanAmountNotValid, "Loan amount is not valid"),
        (Row::TermNotValid, "Term is not valid"),
        (Row::LoanApplicationNull, "Loan Application is null."),
    ] {
        let expected = json!({"status": "ERROR", "response": [], "errorMessage": message,
            "errorCode": "INVALID_INPUT", "content": []});
        assert_eq!(answer(DoorError::row(row)).await, (400, expected));
    }
}

#[tokio::test]
async fn refusals_of_the_table_are_its_rows() {
    let text = || "x".to_owned();
    for (refusal, message) in [
        (Refusal::UnknownHolder { value: text() }, "Unable to find the Account"),
        (Refusal::UnknownPurpose { value: text() }, "Loan Purpose is not valid"),
        (Refusal::MissingField { field: "amount" }, "Loan amount is not valid"),
        (Refusal::InvalidAmount { value: text(), reason: text() }, "Loan amount is not valid"),
        (Refusal::MissingField { field: "term" }, "Term is not valid"),
        (Refusal::InvalidTerm { value: 0, reason: text() }, "Term is not valid"),
    ] {
        assert_eq!(said(refusal).await, (400, "INVALID_INPUT".to_owned(), message.to_owned()));
    }
}

#[tokio::test]
async fn other_refusals_are_exceptions_that_name_the_parameter() {
    let text = || "x".to_owned();
    for (refusal, parameter) in [
        (Refusal::InvalidDueDay { value: 0, reason: text() }, "dueDay: "),
        (Refusal::MissingField { field: "interestRate" }, "interestRate is missing"),
        (Refusal::InvalidInterestRate { value: text(), reason: text() }, "interestRate: "),
        (Refusal::UnknownProduct { value: text() }, "loanProductId: "),
        (Refusal::InvalidProtectFee { value: text(), reason: text() }, "protectFeePercent: "),
        (Refusal::InvalidInstallmentCount { value: text(), reason: text() }, "term: "),
        (Refusal::AmountOutsideProduct { value: text(), bounds: text() }, "amount: "),
        (Refusal::NotSupported("protectType \"Half\"".to_owned()), "protectType \"Half\" is not among"),
        (Refusal::IdInUse { kind: IdKind::Loan, value: text() }, "the id \"x\" is already in use"),
    ] {
        let (status, code, message) = said(refusal).await;
        assert_eq!((status, code.as_str()), (500, "API_EXCEPTION"));
        assert!(message.starts_with(parameter), "{message}");
    }
}

#[tokio::test]
async fn a_rejection_has_its_own_words() {
    let refusal = Refusal::WrongApplicationStage { command: "reject", stage: "rejected" };
    let (status, body) = answer(DoorError::of_rejection(refusal.into())).await;
    assert_eq!((status, body["errorCode"].as_str()), (500, Some("UNKNOWN_EXCEPTION")));
    let (status, body) = answer(DoorError::of_rejection(AppError::ApplicationNotFound)).await;
    assert_eq!((status, body["errorMessage"].as_str()), (400, Some("Loan Application is null.")));
}

#[tokio::test]
async fn the_platform_answers_with_an_array() {
    for (platform, expected, code) in [
        (Platform::InvalidSession, 401, "INVALID_SESSION_ID"),
        (Platform::Forbidden, 403, "FORBIDDEN"),
        (Platform::TooManyRequests, 403, "REQUEST_LIMIT_EXCEEDED"),
        (Platform::NotFound, 404, "NOT_FOUND"),
        (Platform::MethodNotAllowed, 405, "METHOD_NOT_ALLOWED"),
        (Platform::TooLarge, 413, "REQUEST_TOO_LARGE"),
        (Platform::Busy, 503, "SERVER_UNAVAILABLE"),
    ] {
        let (status, body) = answer(platform.into()).await;
        assert_eq!((status, body[0]["errorCode"].as_str()), (expected, Some(code)));
        assert!(body[0]["message"].as_str().is_some_and(|message| message.len() > 5), "{body}");
    }
    let (_, body) = answer(Platform::InvalidSession.into()).await;
    assert_eq!(body, json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]));
}

#[tokio::test]
async fn our_own_faults_tell_nothing() {
    for error in [
        AppError::Broken("account 7 of Ana Lima".to_owned()),
        AppError::Store(StoreError::Database("relation \"client\" does not exist".to_owned())),
    ] {
        let (status, code, message) = said(error).await;
        assert_eq!((status, code.as_str()), (500, "API_EXCEPTION"));
        assert!(!message.contains("Lima") && !message.contains("client"), "{message}");
    }
}
