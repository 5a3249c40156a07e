use super::super::samples::ohnp076;
use super::*;
use jiff::civil::date;
use loam_book::loan::event::charge::LockCause;
use loam_book::loan::{Closure, Servicing};
use serde_json::{Value, json};

fn shown(loan: &Loan, business_date: Date) -> Value {
    serde_json::to_value(loan_account(loan, business_date, false)).unwrap()
}

#[test]
fn the_sample_account_reads_as_in_the_contract() {
    let shown = shown(&ohnp076(), date(2012, 6, 28));
    let expected = json!({
        "id": "OHNP076", "accountHolderType": "CLIENT", "accountState": "ACTIVE",
        "creationDate": "2012-06-20T15:57:16+0000", "approvedDate": "2012-06-28T09:03:28+0000",
        "lastModifiedDate": "2012-06-28T09:52:33+0000", "disbursementDate": "2012-06-28T00:00:00+0000",
        "loanName": "Agriculture Loan", "loanAmount": "950", "principalDue": "0", "principalPaid": "0",
        "principalBalance": "950", "interestDue": "0", "interestPaid": "0", "interestBalance": "0",
        "feesDue": "0", "feesPaid": "0", "penaltyDue": "0", "penaltyPaid": "0", "repaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS", "repaymentInstallments": 5, "gracePeriod": 0, "gracePeriodType": "NONE",
        "interestRate": "2.5", "interestChargeFrequency": "EVERY_FOUR_WEEKS",
        "interestCalculationMethod": "FLAT", "notes": "some_notes", "principalRepaymentInterval": 1,
        "interestRateSource": "FIXED_INTEREST_RATE", "interestAdjustment": "0", "accruedInterest": "0",
        "arrearsTolerancePeriod": 0, "firstRepaymentDate": "2012-07-28T00:00:00+0000",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    assert_eq!(shown["disbursementDetails"]["disbursementDate"], "2012-06-28T00:00:00+0000");
    assert!(shown.get("accountSubState").is_none() && shown.get("closedDate").is_none());
}

#[test]
fn due_is_what_has_fallen_due_by_the_business_date() {
    assert_eq!(shown(&ohnp076(), date(2012, 7, 27))["principalDue"], "0");
    assert_eq!(shown(&ohnp076(), date(2012, 7, 28))["principalDue"], "190");
    assert_eq!(shown(&ohnp076(), date(2012, 8, 28))["principalDue"], "380");
}

#[test]
fn each_state_has_its_pair_of_names() {
    let active = ohnp076();
    let state = |state: LoanState, is_in_arrears: bool| {
        let servicing = Servicing {
            state,
            arrears_since: is_in_arrears.then(|| date(2012, 7, 29)),
            ..active.servicing.clone()
        };
        names::account_state(&Loan { servicing, ..active.clone() })
    };
    let closed = |closure| LoanState::Closed {
        closed_on: date(2012, 9, 1),
        closure,
        before: Box::new(LoanState::PendingApproval),
    };
    let LoanState::Active { approved_on, approved_by, disbursed_on, .. } = *active.state() else {
        panic!("active")
    };
    let lock_cause = LockCause::Request;
    let locked = LoanState::Active { approved_on, approved_by, disbursed_on, is_locked: true, lock_cause };
    let lock_cause = LockCause::Capping;
    let capped = LoanState::Active { approved_on, approved_by, disbursed_on, is_locked: true, lock_cause };
    assert_eq!(state(LoanState::PartialApplication, false), ("PARTIAL_APPLICATION", None));
    assert_eq!(state(LoanState::Approved { approved_on, approved_by }, false), ("APPROVED", None));
    assert_eq!(state(active.state().clone(), true), ("ACTIVE_IN_ARREARS", None));
    assert_eq!(state(locked.clone(), false), ("ACTIVE", Some("LOCKED")));
    assert_eq!(state(capped, false), ("ACTIVE", Some("LOCKED_CAPPING")));
    assert_eq!(state(locked, true), ("ACTIVE_IN_ARREARS", Some("LOCKED")));
    assert_eq!(state(closed(Closure::Repaid), false), ("CLOSED", None));
    assert_eq!(state(closed(Closure::Withdrawn), false), ("CLOSED", Some("WITHDRAWN")));
    assert_eq!(state(closed(Closure::Rejected), false), ("CLOSED_REJECTED", None));
    assert_eq!(state(closed(Closure::WrittenOff), false), ("CLOSED_WRITTEN_OFF", None));
}

#[test]
fn a_closed_loan_is_not_late_and_owes_nothing_today() {
    let active = ohnp076();
    let late = Servicing { late_since: Some(date(2012, 7, 28)), ..active.servicing.clone() };
    let late = Loan { servicing: late, ..active };
    assert_eq!(shown(&late, date(2012, 8, 1))["daysLate"], 4);
    let before = Box::new(late.state().clone());
    let state = LoanState::Closed { closed_on: date(2012, 8, 1), closure: Closure::WrittenOff, before };
    let closed = Loan { servicing: Servicing { state, ..late.servicing.clone() }, ..late };
    let shown = shown(&closed, date(2012, 8, 2));
    assert_eq!((&shown["daysLate"], &shown["principalDue"]), (&json!(0), &json!("0")));
    assert_eq!(shown["accountState"], "CLOSED_WRITTEN_OFF");
}

#[test]
fn full_details_add_the_collections() {
    let shown = serde_json::to_value(loan_account(&ohnp076(), date(2012, 6, 28), true)).unwrap();
    assert_eq!(shown["customFieldValues"], json!([]));
    assert_eq!(shown["settlementAccounts"], json!([]));
}

#[test]
fn accrued_interest_keeps_its_decimals_in_units_of_the_currency() {
    assert_eq!(in_units(Exact::ratio(100, 3), 2), "0.33333333333333333333");
    assert_eq!(in_units(Exact::ratio(450, 1), 2), "4.5");
    assert_eq!(in_units(Exact::ratio(450, 1), 0), "450");
}
