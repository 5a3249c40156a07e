//! The adapter's own rules, on a scenario made up here.

use serde_json::{Value, json};

use super::plan::{self, Deed};
use super::read::Case;
use super::{judge_case, play};
use crate::verdict::Verdict;

/// 120.00 without interest in two months, paid out on 1 January; then these actions.
fn case(actions: &[Value], checkpoint: Value) -> Case {
    let mut all = vec![
        json!({ "seq": 1, "action": "submit", "date": "2024-01-01", "business_date": "2024-01-01" }),
        json!({ "seq": 2, "action": "approve", "date": "2024-01-01", "business_date": "2024-01-01" }),
        json!({
            "seq": 3, "action": "disburse", "date": "2024-01-01", "business_date": "2024-01-01", "amount": "120"
        }),
    ];
    all.extend(actions.iter().cloned());
    let case = json!({
        "id": "made:up", "tier": "A", "tags": ["made"], "interest_bearing": false,
        "terms": {
            "principal": "120", "annual_interest_rate_percent": "0", "interest_type": "DECLINING_BALANCE",
            "interest_calculation_period": "DAILY", "amortization": "EQUAL_INSTALLMENTS",
            "number_of_instalments": 2, "repayment_every": 1, "repayment_frequency": "MONTHS",
            "grace_on_principal_instalments": 0, "grace_on_interest_instalments": 0,
            "interest_free_periods": 0, "day_count": "30/360", "schedule_type": "PROGRESSIVE",
            "rounding_mode": "HALF_EVEN", "interest_recalculation": { "enabled": false },
            "down_payment": { "enabled": false },
            "payment_strategy": "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER", "submitted_on": "2024-01-01",
        },
        "actions": all,
        "checkpoints": [checkpoint],
    });
    serde_json::from_value(case).expect("it is written as scenarios are")
}

fn row(due_on: &str, balance: &str, paid: &str, outstanding: &str, paid_on: Option<&str>) -> Value {
    json!({
        "due_date": due_on, "paid_date": paid_on, "balance": balance, "principal": "60.0", "interest": "0.0",
        "fees": "0.0", "penalties": "0.0", "total_due": "60.0", "paid": paid, "in_advance": paid, "late": "0.0",
        "outstanding": outstanding,
    })
}

/// 60.00 came on 10 January.
fn half_paid(balance: &str) -> Value {
    let rows = [
        row("2024-02-01", balance, "60.0", "0.0", Some("2024-01-10")),
        row("2024-03-01", "0.0", "0.0", "60.0", None),
    ];
    json!({ "after_seq": 4, "as_of": "2024-01-10", "schedule": rows })
}

fn repayment() -> Value {
    let day = "2024-01-10";
    json!({ "seq": 4, "action": "repayment", "date": day, "business_date": day, "amount": "60" })
}

fn verdict(case: &Case) -> Verdict {
    judge_case(case).swap_remove(0).verdict
}

#[test]
fn a_scenario_that_comes_out_as_published_passes() {
    assert_eq!(verdict(&case(&[repayment()], half_paid("60.0"))), Verdict::Passed);
}

#[test]
fn a_cent_is_a_difference_and_is_named() {
    let wrong = case(&[repayment()], half_paid("60.01"));
    assert_eq!(verdict(&wrong), Verdict::Failed("row 1: balance 60.00 instead of 60.01".into()));
    let told = play::narrate(&wrong, &plan::plan(&wrong).unwrap(), Some(4));
    assert!(told.contains("exp 2024-02-01") && told.contains("got 2024-02-01"), "{told}");
}

#[test]
fn what_follows_an_action_without_words_is_excluded_and_what_was_before_is_not() {
    let strange = json!({ "seq": 5, "action": "chargeback", "business_date": "2024-01-11", "amount": "1" });
    let before = case(&[repayment(), strange.clone()], half_paid("60.0"));
    assert_eq!(verdict(&before), Verdict::Passed);
    let mut after = half_paid("60.0");
    after["after_seq"] = json!(5);
    let verdict = verdict(&case(&[repayment(), strange], after));
    assert!(matches!(verdict, Verdict::Excluded(_)), "{verdict:?}");
}

#[test]
fn a_refused_action_fails_what_follows() {
    let reversal = json!({
        "seq": 4, "action": "undo", "nth": "1", "type": "Repayment", "date": "2024-01-09",
        "business_date": "2024-01-10",
    });
    let verdict = verdict(&case(&[reversal], half_paid("60.0")));
    assert_eq!(verdict, Verdict::Failed("action 4 is refused: there is no such repayment".into()));
}

#[test]
fn new_rates_and_pauses_are_told_one_day_earlier() {
    let pause = json!({
        "seq": 4, "action": "interest_pause", "start": "2024-02-05", "end": "2024-02-10",
        "business_date": "2024-01-10",
    });
    let plan = plan::plan(&case(&[pause], half_paid("60.0"))).unwrap();
    let day = |text: &str| text.parse().unwrap();
    let told = Deed::Pause { from: day("2024-02-04"), until: day("2024-02-10") };
    assert_eq!(plan.deeds.last().map(|planned| &planned.deed), Some(&told));
}

#[test]
fn a_payout_is_taken_back_with_what_was_repaid() {
    let day = "2024-01-11";
    let undo = json!({ "seq": 5, "action": "undo_disbursal", "business_date": day });
    let mut after = half_paid("60.0");
    after["after_seq"] = json!(5);
    after["as_of"] = json!(day);
    let rows =
        [row("2024-02-01", "60.0", "0.0", "60.0", None), row("2024-03-01", "0.0", "0.0", "60.0", None)];
    after["schedule"] = json!(rows);
    assert_eq!(verdict(&case(&[repayment(), undo], after)), Verdict::Passed);
}

#[test]
fn what_was_given_up_of_a_charge_is_taken_off_before_rows_are_compared() {
    let day = "2024-01-10";
    let charge = json!({
        "seq": 4, "action": "add_charge", "business_date": day, "due_date": day, "amount": "5", "charge": "FEE",
    });
    let waiver = json!({ "seq": 5, "action": "waive_charge", "business_date": day });
    let mut first = row("2024-02-01", "60.0", "0.0", "60.0", None);
    first["fees"] = json!("5.0");
    first["total_due"] = json!("65.0");
    first["waived"] = json!("5.0");
    let rows = [first, row("2024-03-01", "0.0", "0.0", "60.0", None)];
    let after = json!({ "after_seq": 5, "as_of": day, "schedule": rows });
    assert_eq!(verdict(&case(&[charge, waiver], after)), Verdict::Passed);
}

#[test]
fn a_refund_is_a_repayment_unless_it_has_a_rule_of_its_own_or_gives_interest_back() {
    let refund = json!({
        "seq": 4, "action": "transaction", "type": "PAYOUT_REFUND", "date": "2024-01-10",
        "business_date": "2024-01-10", "amount": "60",
    });
    let mut case = case(&[refund], half_paid("60.0"));
    assert_eq!(verdict(&case), Verdict::Passed);
    case.terms.interest_refund_types = Some("Arrays.asList(\"PAYOUT_REFUND\")".to_owned());
    let verdict = verdict(&case);
    assert!(matches!(verdict, Verdict::Excluded(_)), "{verdict:?}");
}
