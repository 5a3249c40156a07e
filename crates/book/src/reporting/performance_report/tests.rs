use super::*;
use LoanStatus::{
    Approved, Current, Denied, Expired, Originated, PaidInFull, PastDue, Pending, Reversed, Withdrawn,
    WrittenOff,
};

/// A report with what must be said and nothing else.
pub(crate) fn report() -> PerformanceLoanReport {
    PerformanceLoanReport {
        loan_id: "L1".to_owned(),
        lead_id: Some(Some(7)),
        management_system_id: None,
        application_type: None,
        loan_type: None,
        loan_status: None,
        loan_amount: 75_000,
        funded_amount: None,
        first_payment_date: None,
        applied_at: instant(0),
        esigned_at: None,
        withdrawn_at: None,
        originated_at: None,
        is_lead_loan: None,
        payments: Vec::new(),
    }
}

pub(crate) fn payment(id: &str) -> PerformancePaymentReport {
    PerformancePaymentReport {
        payment_id: id.to_owned(),
        lead_id: Some(Some(7)),
        management_system_id: None,
        amount: Some(Some(5_000)),
        payment_type: None,
        payment_mode: None,
        payment_status: Some(Some(PaymentStatus::Paid)),
        principal: None,
        interest: None,
        fees: None,
        bank_routing_number: None,
        bank_account_number: None,
        return_code: None,
        returned_at: None,
        fail_code: None,
        failed_at: None,
        payment_at: None,
    }
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn in_status(status: LoanStatus) -> PerformanceLoanReport {
    let originated_at = was_originated(status).then(|| Some(instant(5)));
    PerformanceLoanReport { loan_status: Some(Some(status)), originated_at, ..report() }
}

fn notes(loan: &PerformanceLoan) -> Vec<(AnomalyKind, &str)> {
    loan.anomalies.iter().map(|anomaly| (anomaly.kind, anomaly.note.as_str())).collect()
}

#[test]
fn what_is_left_out_stays_and_null_clears() {
    let first = PerformanceLoanReport {
        funded_amount: Some(Some(35_000)),
        loan_type: Some(Some(LoanType::Payday)),
        first_payment_date: Some(Some(jiff::civil::date(2021, 9, 25))),
        loan_status: Some(Some(Approved)),
        is_lead_loan: Some(true),
        ..report()
    };
    let mut loan = PerformanceLoan::first(&first, instant(1));
    loan.update(&PerformanceLoanReport { loan_amount: 76_000, ..report() }, instant(2));
    let kept = (loan.funded_amount, loan.loan_type, loan.status, loan.loan_amount, loan.is_lead_loan);
    assert_eq!(kept, (Some(35_000), Some(LoanType::Payday), Approved, 76_000, true));
    let clearing = PerformanceLoanReport {
        funded_amount: Some(None),
        loan_type: Some(None),
        first_payment_date: Some(None),
        loan_status: Some(None),
        ..report()
    };
    loan.update(&clearing, instant(3));
    assert_eq!((loan.funded_amount, loan.loan_type, loan.first_payment_date), (None, None, None));
    assert_eq!(loan.status, Pending);
}

#[test]
fn a_payment_keeps_what_a_later_report_leaves_out() {
    let mut loan = PerformanceLoan::first(&report(), instant(1));
    let first = PerformancePaymentReport { principal: Some(Some(4_000)), ..payment("P1") };
    assert!(loan.take_payment(&first, instant(2)));
    let returned = PerformancePaymentReport {
        amount: None,
        payment_status: Some(Some(PaymentStatus::Returned)),
        return_code: Some(Some("R01".to_owned())),
        principal: Some(None),
        ..payment("P1")
    };
    assert!(!loan.take_payment(&returned, instant(3)));
    let [kept] = &loan.payments[..] else { panic!("one payment: {:?}", loan.payments) };
    assert_eq!((kept.amount, kept.principal), (Some(5_000), None));
    assert_eq!(
        (kept.payment_status, kept.return_code.as_deref()),
        (Some(PaymentStatus::Returned), Some("R01"))
    );
}

#[test]
fn steps_that_may_follow_bring_no_note() {
    for (before, next) in [
        (Pending, Approved),
        (Pending, Current),
        (Approved, Denied),
        (Originated, WrittenOff),
        (Current, PastDue),
        (PastDue, Current),
        (PastDue, PaidInFull),
        (Current, Reversed),
        (PaidInFull, PaidInFull),
    ] {
        let mut loan = PerformanceLoan::first(&in_status(before), instant(1));
        loan.update(&in_status(next), instant(2));
        let status: Vec<_> =
            notes(&loan).into_iter().filter(|(kind, _)| *kind == AnomalyKind::Status).collect();
        assert_eq!(status, [], "{before:?} {next:?}");
    }
}

#[test]
fn steps_out_of_order_are_taken_and_noted() {
    for (before, next) in [
        (Approved, Pending),
        (Originated, Approved),
        (Current, Originated),
        (WrittenOff, Current),
        (Expired, Approved),
        (Withdrawn, Originated),
        (Denied, Pending),
        (Reversed, Current),
        (PaidInFull, PastDue),
    ] {
        let mut loan = PerformanceLoan::first(&in_status(before), instant(1));
        loan.update(&in_status(next), instant(2));
        assert_eq!(loan.status, next);
        let note = format!("{} was reported after {}", next.name(), before.name());
        assert!(notes(&loan).contains(&(AnomalyKind::Status, note.as_str())), "{:?}", loan.anomalies);
    }
}

#[test]
fn paid_in_full_after_a_write_off_is_expected_and_noted() {
    assert!(may_follow(WrittenOff, PaidInFull));
    let mut loan = PerformanceLoan::first(&in_status(WrittenOff), instant(1));
    loan.update(&in_status(PaidInFull), instant(2));
    let note = "the loan was paid in full after it had been written off";
    assert_eq!(notes(&loan), [(AnomalyKind::Status, note)]);
    loan.update(&in_status(PaidInFull), instant(3));
    assert_eq!(loan.anomalies.len(), 1, "it is noted once");
}

#[test]
fn contradicting_dates_and_amounts_are_noted_once() {
    let odd = PerformanceLoanReport {
        funded_amount: Some(Some(80_000)),
        withdrawn_at: Some(Some(instant(5))),
        originated_at: Some(Some(instant(5))),
        ..report()
    };
    let mut loan = PerformanceLoan::first(&odd, instant(1));
    let expected = [
        (AnomalyKind::Amounts, "funded amount 80000 is more than loan amount 75000"),
        (AnomalyKind::Dates, "the loan has both withdrawn_at and originated_at"),
        (AnomalyKind::Dates, "the loan is Pending and has originated_at"),
    ];
    assert_eq!(notes(&loan), expected);
    loan.update(&odd, instant(2));
    assert_eq!(notes(&loan), expected);
    let mut loan = PerformanceLoan::first(&report(), instant(1));
    loan.update(&PerformanceLoanReport { loan_status: Some(Some(Current)), ..report() }, instant(2));
    assert_eq!(notes(&loan), [(AnomalyKind::Dates, "the loan is Current and has no originated_at")]);
}

#[test]
fn a_payment_that_names_another_lead_is_noted() {
    let mut loan = PerformanceLoan::first(&report(), instant(1));
    let other = PerformancePaymentReport { lead_id: Some(Some(8)), ..payment("P1") };
    loan.take_payment(&other, instant(2));
    let note = "payment P1 names lead 8, and the loan is of lead 7";
    assert_eq!(notes(&loan), [(AnomalyKind::Lead, note)]);
}

#[test]
fn only_the_latest_notes_are_kept() {
    let mut loan = PerformanceLoan::first(&in_status(PaidInFull), instant(0));
    for second in 0..60 {
        let next = if second % 2 == 0 { Current } else { PaidInFull };
        loan.update(&in_status(next), instant(second));
    }
    assert_eq!(loan.anomalies.len(), 30, "back from paid in full each time");
    for second in 0..60 {
        loan.update(&in_status(if second % 2 == 0 { Expired } else { Denied }), instant(100 + second));
    }
    assert_eq!(loan.anomalies.len(), MOST_ANOMALIES);
    assert_eq!(loan.anomalies.last().map(|anomaly| anomaly.at), Some(instant(159)));
}

#[test]
fn what_was_said_tells_left_out_from_null_and_holds_no_sealed_number() {
    let sealed = SealedText { sealed: "c2VjcmV0".to_owned(), masked: "*****6789".to_owned() };
    let payment = PerformancePaymentReport {
        bank_account_number: Some(Some(sealed)),
        fees: Some(None),
        ..payment("P1")
    };
    let told = PerformanceLoanReport { payments: vec![payment], ..report() };
    let text = serde_json::to_string(&told.without_sealed()).unwrap();
    assert!(text.contains("*****6789") && text.contains("\"fees\":null"), "{text}");
    assert!(!text.contains("c2VjcmV0") && !text.contains("principal"), "{text}");
}
