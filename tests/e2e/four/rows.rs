//! Every row of the mapping: a loan reaches it, and each door is asked.

use serde_json::{Value, json};

use super::{Four, Words, name_of, on_both, words_of};
use crate::book::{record, text, with};
use crate::marketplace::investing::INVESTOR;
use crate::marketplace::servicing::LOANS;
use crate::marketplace::{APPLICATIONS, default_product};

/// The day of the applications and disbursements, of the first due date and of the last, and the days after them.
const FIRST: &str = "2014-01-03";
const LAPSED: &str = "2014-01-04";
const DUE: &str = "2014-02-03";
const LATE: &str = "2014-02-04";
const LAST: &str = "2014-04-03";
const OVER: &str = "2014-04-04";

/// How a loan comes to a row, and what the doors say of it then.
struct Row {
    number: &'static str,
    /// What happens on the first day; gives the id of the loan.
    begin: fn(&Four) -> String,
    /// The day of the row, and what happens on it.
    on: &'static str,
    then: fn(&Four, &str),
    /// Account state, stage, contract status, loan status with its dates, application status, repayment status.
    words: [&'static str; 6],
}

const GOOD: &str = "Active - Good Standing";
const MET: &str = "Closed - Obligations met";
const REPLACED: &str = "Closed - Refinanced";
const PAID_IN_FULL: &str = "Paid In Full esigned_at originated_at";
const PAST_DUE: &str = "Past Due esigned_at originated_at";
const CURRENT: &str = "Current esigned_at originated_at";

/// The contract's table.
#[rustfmt::skip]
const ROWS: [Row; 33] = [
    Row { number: "1", begin: draft, on: FIRST, then: nothing,
        words: ["PARTIAL_APPLICATION", "-", "Partial Application", "Pending", "pending", "not_settled"] },
    Row { number: "2", begin: submitted, on: FIRST, then: nothing,
        words: ["PENDING_APPROVAL", "New", "Pending Approval", "Pending", "in_review", "not_settled"] },
    Row { number: "3", begin: funding, on: FIRST, then: nothing,
        words: ["APPROVED", "In Funding", "Approved", "Approved", "approved", "not_settled"] },
    Row { number: "4", begin: funded, on: FIRST, then: nothing,
        words: ["APPROVED", "Funded", "Approved", "Approved esigned_at", "approved", "not_settled"] },
    Row { number: "4, converted", begin: converted, on: FIRST, then: nothing,
        words: ["APPROVED", "Funded", "Approved", "Approved esigned_at", "approved", "not_settled"] },
    Row { number: "5", begin: lapsing, on: LAPSED, then: nothing,
        words: ["CLOSED WITHDRAWN", "Expired", "Canceled", "Expired", "rejected", "not_settled"] },
    Row { number: "5, and opened again", begin: lapsing, on: LATE, then: open_again,
        words: ["APPROVED", "Expired", "Approved", "Approved esigned_at", "approved", "not_settled"] },
    Row { number: "6", begin: submitted, on: FIRST, then: withdraw,
        words: ["CLOSED WITHDRAWN", "Cancelled", "Canceled", "Withdrawn withdrawn_at", "rejected", "not_settled"] },
    Row { number: "7", begin: refused, on: FIRST, then: nothing,
        words: ["CLOSED_REJECTED", "Rejected", "Canceled", "Denied", "rejected", "not_settled"] },
    Row { number: "8", begin: lent, on: FIRST, then: nothing,
        words: ["ACTIVE", "Funded", GOOD, "Originated esigned_at originated_at", "approved", "in_progress"] },
    Row { number: "8, invested", begin: invested, on: FIRST, then: nothing,
        words: ["ACTIVE", "Funded", GOOD, "Originated esigned_at originated_at", "approved", "in_progress"] },
    Row { number: "9", begin: lent, on: DUE, then: pay_what_is_due,
        words: ["ACTIVE", "Funded", GOOD, CURRENT, "approved", "in_progress"] },
    Row { number: "9, paid ahead", begin: prepaid, on: DUE, then: nothing,
        words: ["ACTIVE", "Funded", GOOD, CURRENT, "approved", "in_progress"] },
    Row { number: "10", begin: lent, on: LATE, then: nothing,
        words: ["ACTIVE_IN_ARREARS", "Funded", "Active - Bad Standing", PAST_DUE, "approved", "in_progress"] },
    Row { number: "10a", begin: tolerated, on: LATE, then: nothing,
        words: ["ACTIVE", "Funded", GOOD, PAST_DUE, "approved", "in_progress"] },
    Row { number: "10, on the last due date", begin: lent, on: LAST, then: nothing,
        words: ["ACTIVE_IN_ARREARS", "Funded", "Active - Bad Standing", PAST_DUE, "approved", "in_progress"] },
    Row { number: "11", begin: lent, on: OVER, then: nothing,
        words: ["ACTIVE_IN_ARREARS", "Funded", "Active - Matured", PAST_DUE, "approved", "not_settled"] },
    Row { number: "12", begin: paid_and_open, on: FIRST, then: nothing,
        words: ["ACTIVE", "Funded", "Active - Marked for Closure", CURRENT, "approved", "in_progress"] },
    Row { number: "12, after the last due date", begin: lent, on: OVER, then: pay_and_open,
        words: ["ACTIVE", "Funded", "Active - Marked for Closure", CURRENT, "approved", "in_progress"] },
    Row { number: "13a", begin: lent, on: LAST, then: pay_off,
        words: ["CLOSED", "Funded", MET, PAID_IN_FULL, "approved", "settled"] },
    Row { number: "13b", begin: lent, on: DUE, then: pay_off,
        words: ["CLOSED", "Funded", MET, PAID_IN_FULL, "approved", "settled_early"] },
    Row { number: "13c", begin: lent, on: OVER, then: pay_off,
        words: ["CLOSED", "Funded", MET, PAID_IN_FULL, "approved", "settled_late"] },
    Row { number: "14", begin: lent, on: LATE, then: write_off,
        words: ["CLOSED_WRITTEN_OFF", "Funded", "Closed- Written Off", "Written Off esigned_at originated_at", "approved", "not_settled"] },
    Row { number: "15, early", begin: lent, on: DUE, then: refinance,
        words: ["CLOSED REFINANCED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled_early"] },
    Row { number: "15, on the day", begin: lent, on: LAST, then: refinance,
        words: ["CLOSED REFINANCED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled"] },
    Row { number: "15, late", begin: lent, on: OVER, then: refinance,
        words: ["CLOSED REFINANCED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled_late"] },
    Row { number: "16, early", begin: lent, on: DUE, then: reschedule,
        words: ["CLOSED RESCHEDULED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled_early"] },
    Row { number: "16, on the day", begin: lent, on: LAST, then: reschedule,
        words: ["CLOSED RESCHEDULED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled"] },
    Row { number: "16, late", begin: lent, on: OVER, then: reschedule,
        words: ["CLOSED RESCHEDULED", "Funded", REPLACED, PAID_IN_FULL, "approved", "settled_late"] },
    Row { number: "17", begin: undone, on: FIRST, then: nothing,
        words: ["APPROVED", "Funded", "Approved", "Reversed esigned_at originated_at", "approved", "not_settled"] },
    Row { number: "17, then withdrawn", begin: undone, on: DUE, then: withdraw,
        words: ["CLOSED WITHDRAWN", "Cancelled", "Canceled", "Reversed esigned_at originated_at", "approved", "not_settled"] },
    Row { number: "18", begin: claimed, on: FIRST, then: nothing,
        words: ["ACTIVE", "Funded", GOOD, CURRENT, "approved", "in_progress"] },
    Row { number: "18, of what was overdue", begin: protected, on: LATE, then: claim,
        words: ["ACTIVE", "Funded", GOOD, CURRENT, "approved", "in_progress"] },
];

fn nothing(_: &Four, _: &str) {}

/// Entered at the other door, and not complete: there is no application for it.
fn draft(four: &Four) -> String {
    let account = json!({"id": "DRAFT", "accountHolderKey": four.market.book.client,
        "accountHolderType": "CLIENT", "productTypeKey": four.market.book.read("/api/loanproducts/PART")["encodedKey"], "loanAmount": "950",
        "interestRate": "9", "repaymentInstallments": 3});
    four.market.book.admin.post("/api/loans", &json!({ "loanAccount": account })).expect(201);
    "DRAFT".to_owned()
}

fn submitted(four: &Four) -> String {
    name_of(&four.apply(&json!({})))
}

fn booked(four: &Four, amount: &Value, changes: &Value) -> String {
    let application = four.apply(changes);
    four.market.books(INVESTOR, &application, &json!({ "investmentAmount": amount }));
    name_of(&application)
}

fn funding(four: &Four) -> String {
    booked(four, &json!(1000), &json!({}))
}

fn funded(four: &Four) -> String {
    booked(four, &json!(10200), &json!({}))
}

/// The account is made when the application is funded already.
fn converted(four: &Four) -> String {
    let application = four.apply(&json!({ "createSchedule": 0 }));
    four.market.books(INVESTOR, &application, &json!({ "investmentAmount": 10200 }));
    four.market.caller.post(LOANS, &json!({ "loanApplication": application["Id"] })).expect(200);
    name_of(&application)
}

fn lapsing(four: &Four) -> String {
    booked(four, &json!(1000), &json!({ "expiryDate": FIRST }))
}

fn refused(four: &Four) -> String {
    let application = four.apply(&json!({}));
    let path = format!("{APPLICATIONS}/reject/{}", text(&application["Id"]));
    four.market.caller.post(&path, &json!({})).expect(200);
    name_of(&application)
}

fn lent(four: &Four) -> String {
    four.lend(&json!({}))
}

fn invested(four: &Four) -> String {
    let loan = funded(four);
    four.market.disburse(&json!(loan));
    loan
}

fn prepaid(four: &Four) -> String {
    let loan = lent(four);
    let first = four.market.read_loan("getDetails/", &json!(loan))["loan__Repayment_Schedule__r"][0].clone();
    four.pays(&loan, &first["loan__Due_Amount__c"].to_string());
    loan
}

fn protected(four: &Four) -> String {
    four.lend(&json!({ "protectType": "Partial" }))
}

fn claimed(four: &Four) -> String {
    let loan = protected(four);
    claim(four, &loan);
    loan
}

/// A claim of one installment, the first that is not paid.
fn claim(four: &Four, loan: &str) {
    four.market.act_on("protectClaims", &json!(loan), &json!({"numberOfInstallments": 1}));
}

fn tolerated(four: &Four) -> String {
    four.lend(&json!({ "loanProductId": "TOLERANT" }))
}

fn paid_and_open(four: &Four) -> String {
    let loan = lent(four);
    pay_and_open(four, &loan);
    loan
}

fn undone(four: &Four) -> String {
    let loan = invested(four);
    let shown = four.market.read_loan("", &json!(loan));
    let ids = json!({"loanDisbursementTxnIds": [shown["loan__Loan_Disbursal_Transaction__c"]]});
    four.market.caller.post(&format!("{LOANS}/disbursement/reversal"), &ids).expect(200);
    loan
}

fn pay_off(four: &Four, loan: &str) {
    four.pays_off(loan);
}

fn pay_and_open(four: &Four, loan: &str) {
    four.pays_off(loan);
    four.market.book.act(loan, "type=UNDO_CLOSE");
}

fn pay_what_is_due(four: &Four, loan: &str) {
    let due = four.market.read_loan("", &json!(loan))["loan__Payment_Amount_Due__c"].to_string();
    four.pays(loan, &due);
}

fn withdraw(four: &Four, loan: &str) {
    four.act(loan, "type=WITHDRAW");
}

fn open_again(four: &Four, loan: &str) {
    four.act(loan, "type=UNDO_WITHDRAW");
}

fn write_off(four: &Four, loan: &str) {
    four.act(loan, "type=WRITE_OFF");
}

fn refinance(four: &Four, loan: &str) {
    replace(four, loan, "REFINANCE", &json!({ "topUpAmount": "500" }));
}

fn reschedule(four: &Four, loan: &str) {
    replace(four, loan, "RESCHEDULE", &Value::Null);
}

/// Puts another loan in the place of one; gives its id.
fn replace(four: &Four, loan: &str, kind: &str, details: &Value) -> String {
    let id = format!("{kind}-{loan}");
    let account = json!({"id": id, "productTypeKey": four.market.book.product, "interestRate": "9",
        "repaymentInstallments": 3});
    let asked = json!({"action": kind, "loanAccount": account, "restructureDetails": details,
        "customInformation": []});
    four.market.book.admin.post(&format!("/api/loans/{loan}/action"), &asked).expect(201);
    id
}

/// The row whose words these are, if there is one.
pub(super) fn row_of(words: &Words) -> Option<&'static str> {
    ROWS.iter().find(|row| row.words == words.each_ref().map(String::as_str)).map(|row| row.number)
}

fn products(four: &Four) {
    let partial = json!({"id": "PART", "productName": "Part", "accountInitialState": "PARTIAL_APPLICATION"});
    let tolerant = json!({"id": "TOLERANT", "productName": "Tolerant",
        "arrearsSettings": {"defaultTolerancePeriod": 90, "maxTolerancePeriod": 90}});
    for changes in [partial, tolerant] {
        record(&four.market.book.admin, "loan-products", &with(default_product(), &changes));
    }
}

#[test]
fn every_row_of_the_mapping_is_reached_and_told_by_every_door() {
    on_both(|four| {
        products(four);
        four.market.investor(INVESTOR, "1000000");
        let loans: Vec<String> = ROWS.iter().map(|row| (row.begin)(four)).collect();
        for day in [FIRST, LAPSED, DUE, LATE, LAST, OVER] {
            if day != FIRST {
                four.market.book.close_days(day);
            }
            for (row, loan) in ROWS.iter().zip(&loans).filter(|(row, _)| row.on == day) {
                (row.then)(four, loan);
                let words = four.words(loan);
                assert_eq!(words, words_of(row.words), "row {}: {loan} on {day}", row.number);
                four.assert_same_side_by_side(loan, &words);
            }
        }
    });
}

#[test]
fn a_loan_in_the_place_of_another_is_told_as_one_and_only_new_money_counts() {
    on_both(|four| {
        let kind = |loan: &str| {
            let told = four.performance(loan);
            json!([told["application_type"], told["loan_amount"], told["funded_amount"]])
        };
        let first = four.lend(&json!({}));
        assert_eq!(kind(&first), json!(["New", 1_020_000, 1_000_000]), "the fee was kept");
        let second = four.lend(&json!({}));
        assert_eq!(kind(&second), json!(["Returning", 1_020_000, 1_000_000]));
        let topped_up = replace(four, &first, "REFINANCE", &json!({ "topUpAmount": "500" }));
        assert_eq!(kind(&topped_up), json!(["Refinanced", 1_070_000, 50_000]));
        let rescheduled = replace(four, &second, "RESCHEDULE", &Value::Null);
        assert_eq!(kind(&rescheduled), json!(["Refinanced", 1_020_000, 0]));
        for (old, new) in [(&first, &topped_up), (&second, &rescheduled)] {
            let account = four.market.book.loan(old);
            assert_eq!(account["rescheduledAccountKey"], four.market.book.loan(new)["encodedKey"]);
        }
    });
}
