use super::super::samples;
use super::*;
use jiff::civil::date;

const TODAY: Date = date(2012, 7, 28);

fn read(fields: &Fields<'_>) -> Result<Movement, DoorError> {
    let catalog = samples::catalog();
    movement(fields, Setting { catalog: &catalog, business_date: TODAY, part: Part::new(samples::PART) })
}

fn form(text: &str) -> Movement {
    read(&Fields::of_form(text.as_bytes()).unwrap()).unwrap()
}

fn refusal(text: &str) -> (ReturnCode, String) {
    let error = read(&Fields::of_form(text.as_bytes()).unwrap()).unwrap_err();
    (error.code(), error.source().unwrap_or_default().to_owned())
}

#[test]
fn each_type_has_its_command() {
    for (sent, command) in [
        ("PENDING_APPROVAL", "request approval"),
        ("APPROVAL", "approve"),
        ("approval", "approve"),
        ("UNDO_APPROVAL", "undo approval"),
        ("REJECT", "reject"),
        ("UNDO_REJECT", "undo reject"),
        ("WITHDRAW", "withdraw"),
        ("UNDO_WITHDRAWN", "undo withdraw"),
        ("CLOSE", "close"),
        ("UNDO_CLOSE", "undo close"),
        ("DISBURSEMENT", "disburse"),
        ("DISBURSMENT", "disburse"),
        ("DISBURSMENT_ADJUSTMENT", "undo disbursement"),
        ("UNDO_DISBURSEMENT", "undo disbursement"),
        ("INTEREST_APPLIED", "apply interest"),
        ("WRITE_OFF", "write off"),
        ("WRITE_OFF_ADJUSTMENT", "undo write-off"),
        ("LOCK", "lock"),
        ("UNLOCK", "unlock"),
        ("INTEREST_RATE_CHANGED", "change interest rate"),
        ("PAYMENT_MADE", "redraw"),
    ] {
        assert_eq!(form(&format!("type={sent}&notes=n&amount=1&rate=2")).command.name(), command, "{sent}");
    }
}

#[test]
fn the_json_repayment_of_a_client_that_sends_everything_is_understood() {
    let text = br#"{"date":"2012-07-17T23:33:20+0000","valueDate":"2012-07-17T23:33:20+0000","notes":"n","amount":50,
        "type":"REPAYMENT","method":"cash","receiptNumber":"R-1","fees":null,"customInformation":null}"#;
    let read = read(&Fields::of_json(text).unwrap()).unwrap();
    let LoanCommand::Repay(repay) = read.command else { panic!("a repayment") };
    assert_eq!(repay.amount, StatedAmount("50".to_owned()));
    assert_eq!(repay.value_date, Some(date(2012, 7, 17)));
    assert_eq!(repay.details.channel, Some(samples::channel().key));
    assert_eq!(repay.details.channel_fields[&ChannelField::ReceiptNumber], "R-1");
    assert_eq!(read.shown, Shown::Transaction(TransactionKind::Repayment, Some(date(2012, 7, 17))));
}

#[test]
fn a_fee_names_its_installment() {
    let LoanCommand::ChargeFee(fee) = form("type=FEE&amount=10&repayment=1&notes=n").command else {
        panic!("a fee")
    };
    assert_eq!((fee.amount, fee.installment), (Some(StatedAmount("10".to_owned())), Some(1)));
    assert_eq!(refusal("type=FEE&amount=10&repayment=x").0, ReturnCode::InvalidRepaymentNumber);
}

#[test]
fn the_original_of_a_reversal_is_a_number_or_a_key() {
    let original = |text: &str| {
        let LoanCommand::Reverse(reverse) = form(text).command else { panic!("a reversal") };
        (reverse.kind, reverse.original)
    };
    let numbered = original("type=REPAYMENT_ADJUSTMENT&originalTransactionId=5415");
    assert_eq!(numbered, (ReversalKind::Repayment, 5415));
    let key = Key::transaction(Part::new(samples::PART), 76, 5415);
    let keyed = original(&format!("type=FEE_ADJUSTMENT&originalTransactionId={key}"));
    assert_eq!(keyed, (ReversalKind::Fee, 5415));
    let other = Key::transaction(Part::new(samples::PART + 1), 76, 5415);
    let of_other = format!("type=FEE_ADJUSTMENT&originalTransactionId={other}");
    assert_eq!(refusal(&of_other).0, ReturnCode::TransactionIdAndAccountMismatch);
    let unknown = "type=INTEREST_APPLIED_ADJUSTMENT&originalTransactionId=nothing";
    assert_eq!(refusal(unknown).0, ReturnCode::InvalidTransactionId);
    assert_eq!(refusal("type=REPAYMENT_ADJUSTMENT").0, ReturnCode::MissingOriginalTransactionId);
}

#[test]
fn each_mistake_has_its_code_and_its_field() {
    let check = |text: &str, code: ReturnCode, source: &str| {
        assert_eq!(refusal(text), (code, source.to_owned()), "{text}");
    };
    check("amount=5", ReturnCode::MissingTypeParameter, "type");
    check("type=TRANSFER&amount=5", ReturnCode::FeatureDisabled, "type");
    check("type=PAYMENT_MADE", ReturnCode::InvalidAmount, "amount");
    check("type=INTEREST_RATE_CHANGED", ReturnCode::InvalidInterestRate, "rate");
    check("type=JUMP", ReturnCode::InvalidTransactionType, "type");
    check("type=REPAYMENT", ReturnCode::InvalidAmount, "amount");
    check("type=REPAYMENT&amount=5&date=soon", ReturnCode::InvalidDate, "date");
    check("type=REPAYMENT&amount=5&method=barter", ReturnCode::InvalidTransactionTypeId, "method");
    check("type=REPAYMENT&amount=5&receiptNumber=1", ReturnCode::CustomFieldsNeedChannelProvided, "method");
    check("type=REPAYMENT&amount=5&bookingDate=2012-07-27", ReturnCode::InvalidBookingDate, "bookingDate");
    check("type=REPAYMENT&amount=5&currencyCode=XX", ReturnCode::InvalidCurrencyCode, "currencyCode");
}

#[test]
fn what_is_shown_is_the_movement_itself_not_what_it_moved_aside() {
    let asked = samples::repayment();
    let moved = LoanTransaction { id: 5416, value_date: date(2012, 8, 1), ..asked.clone() };
    let reversal = LoanTransaction {
        id: 5417,
        kind: TransactionKind::RepaymentReversal,
        reverses: Some(5000),
        ..asked.clone()
    };
    let all = [asked.clone(), moved, reversal.clone()];
    let wanted = Shown::Transaction(TransactionKind::Repayment, Some(asked.value_date));
    assert_eq!(shown(wanted, &all, TODAY), [&asked]);
    assert_eq!(shown(Shown::ReversalOf(5000), &all, TODAY), [&reversal]);
    assert!(shown(Shown::Account, &all, TODAY).is_empty());
}

#[test]
fn a_lock_is_shown_as_three_transactions() {
    let locks = LOCKS.map(|kind| LoanTransaction { kind, ..samples::repayment() });
    assert_eq!(shown(Shown::Locks(LOCKS), &locks, TODAY).len(), 3);
}
