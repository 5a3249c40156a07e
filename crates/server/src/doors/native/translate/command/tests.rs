use jiff::civil::date;
use loam_book::loan::custom_payment::{PaidKind, StatedPart};

use super::*;
use crate::shapes::Shapes;

fn read(text: &str) -> Result<(&'static str, LoanCommand)> {
    let members = Members::of_json(text.as_bytes())?;
    command(&Given { members: &members, catalog: &Catalog::default(), part: Part::new(3) })
}

fn refused(text: &str) -> (u16, String, String) {
    let error = read(text).expect_err(text);
    let (status, code, field) = error.parts();
    (status, code.to_owned(), field.to_owned())
}

#[test]
fn a_repayment_is_read_with_its_day() {
    let (word, command) =
        read(r#"{"command": "repay", "amount": "100.00", "valueDate": "2012-07-28", "notes": "n"}"#).unwrap();
    let details = TransactionDetails { notes: Some("n".into()), ..TransactionDetails::default() };
    let value_date = Some(date(2012, 7, 28));
    assert_eq!(word, "repay");
    let amount = StatedAmount("100.00".into());
    let custom = Vec::new();
    assert_eq!(command, LoanCommand::Repay(Repay { amount, custom, value_date, details }));
}

#[test]
fn a_repayment_may_say_what_it_pays() {
    let text = r#"{"command": "repay", "amount": "3", "customPaymentAmounts":
        [{"customPaymentAmountType": "PENALTY", "amount": "3"}]}"#;
    let (_, command) = read(text).unwrap();
    let LoanCommand::Repay(repay) = command else { panic!("{command:?} is no repayment") };
    let amount = StatedAmount("3".into());
    assert_eq!(repay.custom, [StatedPart { kind: PaidKind::Penalty, amount }]);
    assert!(read(&text.replace("PENALTY", "TIP")).is_err());
    assert!(read(&text.replace("\"repay\"", "\"recover\"")).is_err());
}

#[test]
fn every_word_reads_as_the_command_of_its_name() {
    for word in WORDS {
        let text = format!(
            r#"{{"command": "{}", "amount": 1, "type": "FEE", "originalTransactionId": "7", "installment": 2,
                "repayments": [], "firstRepaymentDate": "2026-01-31", "repaymentInstallments": 3,
                "interestRate": 9, "until": "2026-01-31", "charge": "FEES"}}"#,
            word.name
        );
        let members = Members::of_json(text.as_bytes()).unwrap();
        let given = Given { members: &members, catalog: &Catalog::default(), part: Part::new(3) };
        let command = (word.read)(&given).unwrap();
        let said: String =
            word.name.chars().flat_map(|c| [c.is_uppercase().then_some(' '), Some(c)]).flatten().collect();
        let name = command.name().replace('-', " ").replace(" the ", " ").replace(" an ", " ");
        assert_eq!(said.to_lowercase(), name);
        assert!(has_a_word(&command));
    }
}

/// Whether a command has a word here. Who adds a command decides it: without a wildcard, so that
/// nobody forgets.
fn has_a_word(command: &LoanCommand) -> bool {
    match command {
        // Created by the doors that know holders and products; the others are the book's own.
        LoanCommand::Create(_) | LoanCommand::Advance | LoanCommand::FollowCalendar => false,
        // Lists of securities come through the loan accounts door, which knows holders.
        LoanCommand::SetGuarantees { .. } | LoanCommand::SetFunds { .. } | LoanCommand::TradeFunds { .. } => {
            false
        }
        // Lines of credit come through the loan accounts door.
        LoanCommand::PutOnLineOfCredit { .. } | LoanCommand::TakeOffLineOfCredit { .. } => false,
        // One side of what is done on two accounts.
        LoanCommand::SetSettlementAccounts { .. }
        | LoanCommand::TakeBackTransfer { .. }
        | LoanCommand::PayOff { .. } => false,
        LoanCommand::Edit(_)
        | LoanCommand::Delete
        | LoanCommand::RequestApproval { .. }
        | LoanCommand::Approve { .. }
        | LoanCommand::UndoApproval { .. }
        | LoanCommand::Reject { .. }
        | LoanCommand::UndoReject { .. }
        | LoanCommand::Withdraw { .. }
        | LoanCommand::UndoWithdraw { .. }
        | LoanCommand::Disburse(_)
        | LoanCommand::UndoDisbursement { .. }
        | LoanCommand::Repay(_)
        | LoanCommand::ChangeInterestRate(_)
        | LoanCommand::PauseInterest(_)
        | LoanCommand::Redraw(_)
        | LoanCommand::DeleteInstallment { .. }
        | LoanCommand::ReAge(_)
        | LoanCommand::ReAmortize { .. }
        | LoanCommand::Reverse(_)
        | LoanCommand::ChargeFee(_)
        | LoanCommand::ApplyPenalty(_)
        | LoanCommand::WaiveCharge(_)
        | LoanCommand::ApplyInterest { .. }
        | LoanCommand::WriteOff { .. }
        | LoanCommand::UndoWriteOff { .. }
        | LoanCommand::Recover(_)
        | LoanCommand::ClaimProtection(_)
        | LoanCommand::EditSchedule { .. }
        | LoanCommand::Lock { .. }
        | LoanCommand::Unlock { .. }
        | LoanCommand::Close { .. }
        | LoanCommand::UndoClose { .. } => true,
    }
}

#[test]
fn a_member_that_a_command_does_not_know_is_refused() {
    assert_eq!(refused(r#"{"command": "repay", "amount": 1, "valuedate": "2012-07-28"}"#).2, "valuedate");
    assert_eq!(refused(r#"{"command": "approve", "amount": 1}"#).2, "amount");
    assert_eq!(refused(r#"{"amount": 1}"#), (400, "missing_member".into(), "command".into()));
    assert_eq!(refused(r#"{"command": "create"}"#).1, "not_supported");
    assert_eq!(refused(r#"{"command": "repay"}"#), (400, "missing_member".into(), "amount".into()));
    assert_eq!(refused(r#"{"command": "reverse", "type": "FEE"}"#).2, "originalTransactionId");
    let lost = r#"{"command": "repay", "amount": 1, "transactionChannel": "LOST"}"#;
    assert_eq!(refused(lost).2, "transactionChannel");
    let without = r#"{"command": "repay", "amount": 1, "receiptNumber": "1"}"#;
    assert_eq!(refused(without), (400, "missing_member".into(), "transactionChannel".into()));
}

/// What the reference does not have is refused before a command sees it.
#[test]
fn the_reference_has_every_member_that_a_command_takes() {
    let reference = serde_json::to_value(super::super::super::openapi()).unwrap();
    let shapes = Shapes::of(&reference);
    let is_known = |path: &str, name: &str| {
        let body = serde_json::Map::from_iter([(name.to_owned(), serde_json::Value::Null)]);
        assert_eq!(shapes.unknown_member(path, &body), None, "{path}");
    };
    for name in WORDS.iter().flat_map(|word| word.takes).copied().flatten() {
        is_known("/loam/v1/loans/{id}/commands", name);
        is_known("/loam/v1/loans/{id}/preview", name);
    }
    for name in WORDS.iter().filter(|word| PAYMENTS.contains(&word.name)).flat_map(|word| word.takes) {
        name.iter().for_each(|name| is_known("/loam/v1/loan-payments", name));
    }
}

#[test]
fn a_transaction_is_named_by_number_or_by_its_key_in_the_part() {
    let key = Key::transaction(Part::new(3), 12, 99);
    let named = |original: &str| {
        read(&format!(r#"{{"command": "reverse", "type": "FEE", "originalTransactionId": "{original}"}}"#))
    };
    let expect = |account_no| {
        let reverse = Reverse { kind: ReversalKind::Fee, original: 99, account_no, notes: None };
        ("reverse", LoanCommand::Reverse(reverse))
    };
    assert_eq!(named("99").unwrap(), expect(None));
    assert_eq!(named(&key.to_string()).unwrap(), expect(Some(12)));
    assert!(named(&Key::transaction(Part::new(4), 12, 99).to_string()).is_err());
    assert!(named(&Key::entity(Part::new(3), 0, 1).to_string()).is_err());
}

#[test]
fn rows_of_a_schedule_are_named_by_their_numbers() {
    let (_, command) = read(
        r#"{"command": "editSchedule", "repayments": [{"index": 2, "principalDue": "10.5", "dueDate": "2026-05-01"},
            {"isPaymentHoliday": true}]}"#,
    )
    .unwrap();
    let LoanCommand::EditSchedule { rows } = command else { panic!("{command:?}") };
    assert_eq!((rows[0].number, rows[0].due_date), (Some(2), Some(date(2026, 5, 1))));
    assert_eq!(rows[0].principal, Some(StatedAmount("10.5".into())));
    assert_eq!((rows[1].number, rows[1].is_payment_holiday), (None, true));
    let half = r#"{"command": "reAge", "firstRepaymentDate": "2026-05-01", "repaymentInstallments": 3,
        "repaymentPeriodCount": 2}"#;
    assert_eq!(refused(half), (400, "missing_member".into(), "repaymentPeriodUnit".into()));
}

#[test]
fn null_takes_dates_and_notes_away_from_an_edited_loan() {
    let (_, command) =
        read(r#"{"command": "edit", "expectedDisbursementDate": null, "notes": null, "loanAmount": null}"#)
            .unwrap();
    let LoanCommand::Edit(edit) = command else { panic!("{command:?}") };
    assert_eq!((edit.figures.expected_disbursement_on, edit.notes), (Some(None), Some(None)));
    assert_eq!((edit.figures.amount, edit.figures.first_due_date), (None, None));
}
