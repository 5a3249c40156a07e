//! What moved a loan, in the words of each door: one loan with a payment of every kind, and one that is written off.

use loam_tests::database::BOTH;
use serde_json::{Value, json};

use super::{Four, four, on_both};
use crate::book::{text, transaction_id};
use crate::marketplace::servicing::{LOANS, cents};

/// A loan of four installments, on each of which fees may be charged.
fn lent(four: &Four) -> String {
    let change = json!({"allowArbitraryFees": true});
    four.market.book.admin.patch("/loam/v1/loan-products/Default", &change).expect(200);
    four.lend(&json!({"term": 4}))
}

/// What is to be paid of each installment, in cents.
fn due(four: &Four, loan: &str) -> Vec<i64> {
    let details = four.market.read_loan("getDetails/", &json!(loan));
    let rows = details["loan__Repayment_Schedule__r"].as_array().expect("a list").clone();
    rows.iter().map(|row| cents(&row["loan__Due_Amount__c"])).collect()
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Pays on a day; gives the id of the transaction.
fn pays(four: &Four, loan: &str, (day, cents): (&str, i64)) -> String {
    if four.today() != day {
        four.market.book.close_days(day);
    }
    let paid = four.pays(loan, &amount(cents));
    text(&paid["Name"]).trim_start_matches("LPT-").trim_start_matches('0').to_owned()
}

fn statuses(four: &Four, loan: &str) -> Vec<String> {
    let told = four.repayment_data(loan);
    let rows = told["installmentRepayments"].as_array().expect("a list").clone();
    rows.iter().map(|row| text(&row["status"])).collect()
}

/// Each payment by its id: what it is called, how it stands, how much it is.
fn told(four: &Four, loan: &str) -> Vec<(String, String, String, i64)> {
    let row = |payment: &Value| {
        (
            text(&payment["payment_id"]),
            text(&payment["payment_type"]),
            text(&payment["payment_status"]),
            payment["payment_amount"].as_i64().expect("cents"),
        )
    };
    four.performance_payments(loan).iter().map(row).collect()
}

/// The same payment has one split in all vocabularies that know one; penalties are fees.
fn assert_one_split(four: &Four, loan: &str) {
    let market = four.market.caller.get(&format!("{LOANS}/payments/{loan}")).expect(200).json();
    let market = market["content"].as_array().expect("a list").clone();
    let account = four.market.book.transactions(loan);
    let repayments = four.performance_payments(loan).into_iter().filter(|row| row["principal"].is_i64());
    let mut count = 0;
    for payment in repayments {
        let id = text(&payment["payment_id"]);
        let number: i64 = id.parse().expect("digits");
        let found = |name: String| market.iter().find(move |row| row["Name"] == name.as_str());
        let shown = found(format!("LPT-{id:0>8}")).unwrap_or_else(|| panic!("no payment {id}"));
        let split = ["principal", "interest", "fees"].map(|member| payment[member].as_i64().expect("cents"));
        let members = ["loan__Principal__c", "loan__Interest__c", "loan__Fees__c"];
        assert_eq!(members.map(|member| cents(&shown[member])), split, "{id}");
        assert_eq!(split.iter().sum::<i64>(), payment["payment_amount"].as_i64().expect("cents"), "{id}");
        let is_returned = payment["payment_status"] == "Returned";
        assert_eq!(shown["loan__Reversed__c"], is_returned, "{id}");
        let booked = account.iter().find(|row| transaction_id(row) == number).expect("it is booked");
        let part = |member: &str| booked[member].as_str().map_or(0, |text| cents(&json!(text)));
        let fees = part("feesPaid") + part("penaltyPaid");
        assert_eq!([part("principalPaid"), part("interestPaid"), fees], split, "{id}");
        count += 1;
    }
    assert_eq!(count, 6, "each repayment");
}

#[test]
fn a_payment_of_every_kind_is_told_by_every_door() {
    for kind in BOTH {
        println!("on {kind:?}");
        let four = four(kind);
        let loan = lent(&four);
        let owed = due(&four, &loan);
        four.act(&loan, "type=FEE&amount=20&repayment=2");
        four.act(&loan, "type=PENALTY_APPLIED&amount=5&repayment=2");
        let funding = text(&four.performance_payments(&loan)[0]["payment_id"]);
        let steps = [
            ("2014-02-03", owed[0] - 100_00, "First Payment", "Partially Paid"),
            ("2014-02-10", 100_00, "Makeup Payment", "Late"),
            ("2014-02-20", 50_00, "Additional Payment", "Partially Paid"),
            ("2014-03-03", owed[1] + 25_00 - 50_00, "Payment", "Paid"),
            ("2014-03-05", 200_00, "Additional Payment", "Partially Paid"),
        ];
        let mut expected = vec![(funding, "Funding Payment", "Paid", 10_000_00)];
        for (day, cents, kind, status) in steps {
            let id = pays(&four, &loan, (day, cents));
            expected.push((id, kind, status, cents));
        }
        assert_eq!(statuses(&four, &loan), ["paid_late", "fully_paid", "incomplete_payment", "not_paid"]);

        let wrong = expected[5].0.clone();
        four.act(&loan, &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={wrong}"));
        expected[5].2 = "Returned";
        assert_eq!(statuses(&four, &loan), ["paid_late", "fully_paid", "not_paid", "not_paid"]);
        let returned = four.performance_payments(&loan)[5].clone();
        assert_eq!((&returned["payment_id"], &returned["return_code"]), (&json!(wrong), &json!("REVERSED")));
        assert!(returned["returned_at"].is_string(), "{returned}");
        let third = four.repayment_data(&loan)["installmentRepayments"][2].clone();
        assert_eq!((&third["datePaid"], &third["amountPaid"]), (&Value::Null, &Value::Null));

        let payoff = four.pays_off(&loan);
        let id = text(&payoff["Name"]).trim_start_matches("LPT-").trim_start_matches('0').to_owned();
        expected.push((id, "Payoff", "Paid", cents(&payoff["loan__Transaction_Amount__c"])));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(id, kind, status, cents)| (id, kind.to_owned(), status.to_owned(), cents))
            .collect();
        assert_eq!(told(&four, &loan), expected);
        assert_one_split(&four, &loan);
        assert_eq!(statuses(&four, &loan), ["paid_late", "fully_paid", "paid_early", "paid_early"]);
        let told = four.repayment_data(&loan);
        assert_eq!(told["dateLoanWasGranted"].as_str().map(|day| &day[..10]), Some("2014-01-03"));
        assert_eq!(told["loanRepaymentStatus"], "settled_early");
        let ahead = &four.performance_payments(&loan)[3];
        assert_eq!(ahead["fees"], 25_00, "the fee and the penalty of the second installment come first");
        four.market.book.assert_proven();
    }
}

#[test]
fn both_spellings_of_a_disbursement_are_one_funding_payment() {
    on_both(|four| {
        for spelling in ["DISBURSEMENT", "DISBURSMENT"] {
            let loan = super::name_of(&four.apply(&json!({})));
            four.act(&loan, "type=APPROVAL");
            four.act(&loan, &format!("type={spelling}"));
            let booked = four.market.book.transactions(&loan);
            assert_eq!(text(&booked[0]["type"]), "DISBURSMENT");
            let told = four.performance_payments(&loan);
            let word = json!([told[0]["payment_type"], told[0]["payment_status"], told[0]["payment_amount"]]);
            assert_eq!(word, json!(["Funding Payment", "Paid", 1_000_000]), "the cash");
            assert_eq!(told[0]["payment_id"], booked[0]["transactionId"].to_string());
            let details = four.market.read_loan("getDetails/", &json!(loan));
            let others = details["loan__Other_Loan_Transactions__r"].as_array().expect("a list").clone();
            assert!(
                others.iter().any(|row| row["loan__Transaction_Type__c"] == "disbursement"),
                "{others:?}"
            );
        }
    });
}

#[test]
fn a_write_off_is_a_charge_off_and_no_payment() {
    on_both(|four| {
        let loan = four.lend(&json!({}));
        four.market.book.close_days("2014-02-04");
        let before = four.performance_payments(&loan);
        four.act(&loan, "type=WRITE_OFF");
        assert_eq!(four.performance_payments(&loan), before, "the status says it");
        assert_eq!(four.performance(&loan)["loan_status"], "Written Off");
        let details = four.market.read_loan("getDetails/", &json!(loan));
        let others = details["loan__Other_Loan_Transactions__r"].as_array().expect("a list").clone();
        let given_up: Vec<_> =
            others.iter().filter(|row| row["loan__Transaction_Type__c"] == "charge-off").collect();
        assert_eq!(given_up.len(), 1, "{others:?}");
        assert_eq!(four.market.book.transactions(&loan)[0]["type"], "WRITE_OFF");
        let told = four.repayment_data(&loan);
        assert_eq!(
            (&told["loanRepaymentStatus"], &told["dateLoanIsSettled"]),
            (&json!("not_settled"), &Value::Null)
        );
    });
}
