use super::*;
use axum::body::to_bytes;
use jiff::civil::date;
use loam_book::ids::{Key, Part};
use loam_book::loan::custom_payment::PaidKind;
use loam_book::loan::refusal::{PartyRefusal, TermsRefusal};
use loam_book::organization::ChannelField;
use loam_book::party::ClientState;

const DAY: jiff::civil::Date = date(2012, 7, 28);

fn text() -> String {
    "x".to_owned()
}

/// Refusals of states and of what is agreed, with the numbers that they become.
fn of_agreements() -> Vec<(Refusal, u16)> {
    let (state, value, reason, id) = ("active", text, text, text);
    vec![
        (Refusal::WrongState { command: "approve", state }, 116),
        (Refusal::WrongState { command: "disburse", state }, 105),
        (Refusal::WrongStateForRepayment { state }, 128),
        (Refusal::AlreadyInState { state: "locked" }, 2330),
        (Refusal::AlreadyInState { state: "closed" }, 3610),
        (Refusal::AlreadyInState { state: "approved" }, 116),
        (Refusal::NotLocked, 144),
        (Refusal::InvalidAmount { value: value(), reason: reason() }, 101),
        (Refusal::AmountOutsideProduct { value: value(), bounds: text() }, 101),
        (Refusal::InvalidInterestRate { value: value(), reason: reason() }, 120),
        (Refusal::InvalidInstallmentCount { value: value(), reason: reason() }, 121),
        (Refusal::InvalidGracePeriod { value: 1, reason: reason() }, 185),
        (Refusal::InvalidArrearsTolerance { value: 1, bounds: text() }, 271),
        (Refusal::MissingArrearsTolerance, 273),
        (Refusal::InvalidPrincipalRepaymentInterval { value: 0 }, 188),
        (Refusal::RepaymentPeriodNotAllowed { value: value(), product: text() }, 2204),
        (Refusal::MissingRepaymentPeriod { missing: "periods" }, 139),
        (Refusal::MissingRepaymentPeriodUnit, 140),
        (Refusal::FirstDueDateBeforeDisbursement { first_due_date: DAY, disbursed_on: DAY }, 194),
        (Refusal::InvalidFirstDueDate { value: value(), reason: reason() }, 118),
        (Refusal::ImpossibleSchedule { reason: reason() }, 184),
        (Refusal::UnknownProduct { value: value() }, 505),
        (Refusal::InactiveProduct { id: id() }, 189),
        (Refusal::ProductNotForHolder { id: id(), holder: "groups" }, 107),
        (Refusal::ProductNotInBranch { id: id() }, 2445),
    ]
}

/// Refusals of the rate, the payments and the dates of a loan.
fn of_rates_and_payments() -> Vec<(Refusal, u16)> {
    let key = Key::entity(Part::new(1), 1, 1);
    let (value, reason, id, first_due_date) = (text, text, text, DAY);
    let cases = vec![
        (TermsRefusal::RateOfInterestFreeLoan { value: value() }, 532),
        (TermsRefusal::SpreadOfInterestFreeLoan { value: value() }, 533),
        (TermsRefusal::RateOfIndexedLoan { value: value() }, 517),
        (TermsRefusal::SpreadOfFixedRate { value: value() }, 518),
        (TermsRefusal::MissingSpread, 193),
        (TermsRefusal::InvalidSpread { value: value(), reason: reason() }, 197),
        (TermsRefusal::RateOfTieredLoan { value: value() }, 535),
        (TermsRefusal::SpreadOfTieredLoan { value: value() }, 536),
        (TermsRefusal::UnknownIndexRateSource { key }, 1300),
        (TermsRefusal::NoIndexRate { id: id(), date: DAY }, 1303),
        (TermsRefusal::BalloonNotAllowed { value: value() }, 190),
        (TermsRefusal::MissingPeriodicPayment, 191),
        (TermsRefusal::PeriodicPaymentAboveAmount { payment: value(), amount: value() }, 192),
        (TermsRefusal::InvalidPeriodicPayment { value: value(), reason: reason() }, 198),
        (TermsRefusal::PaymentPlanNotAllowed, 2482),
        (TermsRefusal::MissingPaymentPlan, 2483),
        (TermsRefusal::PaymentPlanEndsElsewhere { through: 1, installments: 2 }, 2480),
        (TermsRefusal::InvalidPlannedPayment { value: value(), reason: reason() }, 2481),
        (TermsRefusal::PaymentsNotMoreThanAmount { sum: value(), amount: value() }, 2484),
        (TermsRefusal::PaymentPlanNotOrdered { through: 1, after: 2 }, 2485),
        (TermsRefusal::NoRateForPayments { reason: reason() }, 2486),
        (TermsRefusal::AmountHasDecimals { value: value() }, 145),
        (TermsRefusal::FirstDueDateOutsideOffset { first_due_date, days: 1, bounds: text() }, 257),
        (TermsRefusal::FixedDaysNotAllowed, 2203),
        (TermsRefusal::MissingFixedDays, 2202),
        (TermsRefusal::InvalidFixedDay { day: 32 }, 2116),
        (TermsRefusal::NotAFixedDay { first_due_date }, 135),
        (TermsRefusal::NotAMeetingDay { first_due_date }, 1905),
        (TermsRefusal::PeriodWithoutMeetings, 1905),
        (TermsRefusal::MeetingDayNotWorked, 173),
    ];
    let agreements = cases.into_iter().map(|(refusal, code)| (refusal.into(), code));
    agreements.chain([(Refusal::NoFreeId, 150)]).collect()
}

/// Refusals of people and records.
fn of_records() -> Vec<(Refusal, u16)> {
    let key = Key::entity(Part::new(1), 1, 1);
    let (value, id) = (text, text);
    vec![
        (Refusal::UnknownHolder { value: value() }, 1492),
        (Refusal::HolderMayNotBorrow { state: ClientState::Exited }, 305),
        (Refusal::ClientHasActiveLoans { to: ClientState::Exited }, 315),
        (Refusal::ClientStateTransition { from: ClientState::Exited, to: ClientState::Rejected }, 312),
        (Refusal::MissingField { field: "loanAmount" }, 101),
        (Refusal::MissingField { field: "interestRate" }, 120),
        (Refusal::MissingField { field: "repaymentInstallments" }, 121),
        (Refusal::MissingField { field: "lastName" }, 31),
        (Refusal::BirthDateInTheFuture { birth_date: DAY, business_date: DAY }, 309),
        (Refusal::InvalidId { value: value() }, 149),
        (Refusal::IdInUse { kind: IdKind::Loan, value: value() }, 411),
        (Refusal::IdInUse { kind: IdKind::Client, value: value() }, 316),
        (Refusal::IdInUse { kind: IdKind::Group, value: value() }, 317),
        (Refusal::IdInUse { kind: IdKind::Record, value: value() }, 3300),
        (Refusal::UnknownBranch { key }, 801),
        (Refusal::UnknownCentre { key }, 850),
        (Refusal::CentreNotInBranch { key }, 852),
        (Refusal::UnknownUser { key }, 702),
        (Refusal::UnknownChannel { value: value() }, 104),
        (Refusal::InactiveChannel { id: id() }, 109),
        (Refusal::FieldNotOfChannel { id: id(), field: ChannelField::ReceiptNumber }, 108),
    ]
}

/// Refusals of clients and groups.
fn of_parties() -> Vec<(Refusal, u16)> {
    let key = Key::entity(Part::new(1), 1, 1);
    let cases = [
        (PartyRefusal::UnknownMember { key }, 302),
        (PartyRefusal::GroupSize { size: 1, bounds: text() }, 207),
        (PartyRefusal::InAnotherGroup { id: text() }, 208),
        (PartyRefusal::UnknownGroupRole { key }, 209),
        (PartyRefusal::RoleOfNoMember { key }, 210),
        (PartyRefusal::UnknownRole { key }, 306),
        (PartyRefusal::RoleForOthers { id: text() }, 307),
        (PartyRefusal::MayNotOpenAccounts { id: text() }, 168),
        (PartyRefusal::MayNotGuarantee { id: text() }, 167),
        (PartyRefusal::AddressNotAllowed { id: text() }, 1151),
        (PartyRefusal::DocumentMissing { document: text() }, 951),
        (PartyRefusal::DocumentNumber { number: text(), document: text() }, 950),
        (PartyRefusal::UnknownTemplate { key }, 953),
        (PartyRefusal::OtherDocument, 952),
        (PartyRefusal::SolidarityLoan { id: text() }, 196),
        (PartyRefusal::ClientHasAccounts, 315),
        (PartyRefusal::IsMember, 313),
        (PartyRefusal::IsGuarantor, 314),
        (PartyRefusal::GroupHasAccounts, 318),
        (PartyRefusal::Exposure { exposure: text(), most: text() }, 115),
        (PartyRefusal::SecondLoan, 117),
    ];
    cases.into_iter().map(|(refusal, code)| (refusal.into(), code)).collect()
}

/// Refusals of movements, and the rest.
fn of_movements() -> Vec<(Refusal, u16)> {
    let (state, transaction_id) = ("active", 5415);
    vec![
        (Refusal::DateInTheFuture { command: "repay", value_date: DAY, business_date: DAY }, 124),
        (Refusal::DateInTheFuture { command: "disburse", value_date: DAY, business_date: DAY }, 102),
        (Refusal::BeforeDisbursement { value_date: DAY, disbursed_on: DAY }, 102),
        (Refusal::BeforeOtherTransaction { value_date: DAY, transaction_id, later: DAY }, 131),
        (Refusal::LaterTransactionExists { original: 1, later: 2 }, 166),
        (Refusal::ClosedPeriod { value_date: DAY, closed_through: DAY }, 602),
        (Refusal::ExcessRepayment { amount: text(), outstanding: text() }, 110),
        (Refusal::PrepaymentNotAllowed { amount: text(), due: text() }, 123),
        (Refusal::NothingToRepay, 3620),
        (CustomPaymentRefusal::NotAllowed.into(), 267),
        (CustomPaymentRefusal::NamedTwice { kind: PaidKind::Penalty }.into(), 268),
        (CustomPaymentRefusal::OtherSum { sum: text(), amount: text() }.into(), 269),
        (
            CustomPaymentRefusal::MoreThanOwed { kind: PaidKind::Penalty, amount: text(), owed: text() }
                .into(),
            110,
        ),
        (Refusal::ArbitraryFeeNotAllowed, 174),
        (Refusal::MissingInstallmentNumber, 171),
        (Refusal::UnknownInstallment { number: 9 }, 170),
        (Refusal::InstallmentPaid { number: 1 }, 260),
        (Refusal::NoAccruedInterest { value_date: DAY }, 133),
        (Refusal::InterestAppliedOnDisbursement, 134),
        (Refusal::InterestOfDisbursement { transaction_id: 1 }, 2319),
        (Refusal::BalanceRemains { outstanding: text() }, 513),
        (Refusal::UnknownTransaction { transaction_id }, 212),
        (Refusal::TransactionOfAnotherAccount { transaction_id }, 213),
        (Refusal::AlreadyReversed { transaction_id }, 211),
        (Refusal::WrongKindOfTransaction { transaction_id }, 165),
        (Refusal::Irreversible { transaction_id }, 2320),
        (Refusal::HasTransactions, 423),
        (Refusal::FieldNotEditable { field: "loanAmount", state }, 3700),
        (Refusal::NotPermitted { permission: "APPROVE_LOANS".to_owned() }, 15),
        (Refusal::ContradictingProduct { field: "loanAmount" }, 184),
        (Refusal::ChangedMeanwhile, 60),
        (Refusal::WriteOff(WriteOffRefusal::ArrearsTooShort { days: 1, least: 90 }), 143),
        (Refusal::WriteOff(WriteOffRefusal::NothingLeft), 105),
        (Refusal::WriteOff(WriteOffRefusal::Overpaid { amount: String::new() }), 105),
        (Refusal::WriteOff(WriteOffRefusal::BeforeWriteOff { value_date: DAY, written_off_on: DAY }), 102),
        (Refusal::NotSupported(text()), 184),
        (Refusal::BusinessDateGoesForward { business_date: DAY, wanted: DAY }, 102),
    ]
}

#[test]
fn every_refusal_has_its_return_code() {
    let all = [of_agreements(), of_rates_and_payments(), of_records(), of_parties(), of_movements()];
    for (refusal, number) in all.concat() {
        assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
    }
}

#[test]
fn a_refusal_names_the_field_but_never_what_stood_in_it() {
    let source = |refusal: Refusal| DoorError::from(refusal).source().map(str::to_owned);
    assert_eq!(source(Refusal::MissingField { field: "lastName" }).as_deref(), Some("lastName"));
    let not_permitted = Refusal::NotPermitted { permission: "APPROVE_LOANS".to_owned() };
    assert_eq!(source(not_permitted).as_deref(), Some("APPROVE_LOANS"));
    assert_eq!(source(Refusal::InvalidId { value: "secret".to_owned() }), None);
}

#[test]
fn what_went_wrong_inside_stays_inside() {
    let inside = [
        AppError::Broken("account 7".to_owned()),
        AppError::Quarantined,
        AppError::Store(StoreError::Database("disk".to_owned())),
        AppError::Store(StoreError::Unreadable("row".to_owned())),
    ];
    for error in inside {
        let error = DoorError::from(error);
        assert_eq!(
            (error.code(), error.status, error.source()),
            (ReturnCode::InternalError, StatusCode::INTERNAL_SERVER_ERROR, None)
        );
    }
}

#[test]
fn other_answers_of_the_desk_have_their_status() {
    let status = |error: AppError| DoorError::from(error).status.as_u16();
    assert_eq!(status(AppError::AccountNotFound), 404);
    assert_eq!(status(AppError::ClientNotFound), 404);
    assert_eq!(status(AppError::IdempotencyKeyReused), 409);
    assert_eq!(status(AppError::Store(StoreError::VersionConflict)), 409);
    assert_eq!(status(AppError::Stopping), 503);
    assert_eq!(status(Refusal::NotPermitted { permission: text() }.into()), 403);
    assert_eq!(status(Refusal::NothingToRepay.into()), 400);
}

#[tokio::test]
async fn the_body_is_the_contracts() {
    let response = DoorError::at(ReturnCode::InvalidAmount, "amount").into_response();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("application/json"));
    let body = to_bytes(response.into_body(), 1_000).await.unwrap();
    assert_eq!(&body[..], br#"{"returnCode":101,"returnStatus":"INVALID_AMOUNT","errorSource":"amount"}"#);
    let success = serde_json::to_string(&Status::SUCCESS).unwrap();
    assert_eq!(success, r#"{"returnCode":0,"returnStatus":"SUCCESS"}"#);
}

#[test]
fn a_denied_caller_gets_a_challenge_where_credentials_would_help() {
    let response = |denied: Denied| DoorError::from(denied).into_response();
    assert_eq!(response(Denied::Wrong).status(), StatusCode::UNAUTHORIZED);
    assert!(response(Denied::Unreadable).headers().contains_key(header::WWW_AUTHENTICATE));
    assert_eq!(response(Denied::InactiveUser).status(), StatusCode::FORBIDDEN);
    assert_eq!(response(Denied::NoApiAccess).status(), StatusCode::FORBIDDEN);
}
