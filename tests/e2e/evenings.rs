//! What evenings bring to loans by themselves: fees that come with a due date, caps, reviews of an index, taxes, locks
//! and the closing of dormant loans. Figures are worked out by hand; each evening is closed twice, and the second time
//! does nothing.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};
use crate::subset::assert_shows;

/// The usual product with other members: 950 over five months cost 25.45, 26.29, 26.29, 25.45 and 26.29, which are
/// 950.00 × 2.5 % × 30/28 and × 31/28.
fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

fn lend(book: &Book, id: &str, product: &str) {
    book.lend_with(id, &json!({"productTypeKey": product}));
}

/// Closes days through one, twice. Gives what was done of the last day.
#[track_caller]
fn closed(book: &Book, through: &str) -> Value {
    let report = book.close_days(through);
    let before = book.snapshot();
    assert_eq!(book.close_days(through)["days"], json!([]), "closed again, it does nothing");
    assert_eq!(book.snapshot(), before);
    let day = report["days"].as_array().expect("days").last().expect("a day").clone();
    assert_eq!(day["failed"], json!([]), "{day}");
    day
}

fn balance(book: &Book, account: &str) -> String {
    text(&book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

fn balances<const N: usize>(book: &Book, accounts: [&str; N]) -> [String; N] {
    accounts.map(|account| balance(book, account))
}

fn column(rows: &[Value], member: &str) -> Vec<String> {
    rows.iter().map(|row| text(&row[member])).collect()
}

/// Types and days of what a loan's transactions say, oldest first, without what came before the first evening.
fn told(book: &Book, loan: &str) -> Vec<(String, String)> {
    let rows = book.transactions(loan);
    let told = rows.iter().rev().map(|row| (text(&row["type"]), text(&row["entryDate"])[..10].to_owned()));
    told.filter(|(_, day)| day != crate::book::FIRST_DAY).collect()
}

fn says(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(kind, day)| ((*kind).to_owned(), (*day).to_owned())).collect()
}

#[test]
fn a_fee_that_comes_with_each_installment_is_charged_on_the_evening_of_its_due_date() {
    on_both(|book| {
        let fees = json!([
            {"name": "Desk", "trigger": "PAYMENT_DUE", "amount": "3"},
            {"name": "Share", "trigger": "PAYMENT_DUE", "percentageAmount": "1",
             "amountCalculationMethod": "REPAYMENT_PRINCIPAL_AMOUNT_PERCENTAGE"},
        ]);
        let product = offered(book, "DUE", &json!({"loanFees": fees}));
        lend(book, "L", &product);
        lend(book, "EARLY", &product);
        closed(book, "2012-07-27");
        assert_eq!(
            column(&book.repayments("L"), "feesDue"),
            ["4.9"; 5],
            "the schedule tells what is to come"
        );
        assert_shows(&book.loan("L"), &json!({"feesBalance": "0"}));
        assert_eq!(balances(book, ["1220", "4200"]), ["0", "0"], "and nothing of it is owed");
        // Who pays the installment before it is due pays its fees: 190.00 + 25.45 + 3.00 + 1 % of 190.00.
        book.act("EARLY", "type=REPAYMENT&amount=220.35");
        assert_eq!(book.repayments("EARLY")[0]["state"], "PAID");

        closed(book, "2012-07-28");
        assert_shows(&book.loan("L"), &json!({"feesBalance": "4.9", "interestBalance": "25.45"}));
        assert_shows(&book.loan("EARLY"), &json!({"feesBalance": "0"}));
        assert_eq!(balances(book, ["1220", "4200"]), ["4.9", "9.8"], "owed, and earned of both");
        closed(book, "2012-08-28");
        assert_shows(&book.loan("L"), &json!({"feesBalance": "9.8"}));
        assert_shows(&book.loan("EARLY"), &json!({"feesBalance": "4.9"}));
        let charged = told(book, "L").into_iter().filter(|(kind, _)| kind == "FEE").map(|(_, day)| day);
        assert_eq!(charged.collect::<Vec<_>>(), ["2012-07-28", "2012-07-28", "2012-08-28", "2012-08-28"]);
        assert_eq!(balances(book, ["1220", "4200"]), ["14.7", "19.6"]);
    });
}

fn capped(book: &Book, id: &str, method: &str, constraint: &str, percentage: &str) {
    let capping = json!({"cappingMethod": method, "cappingConstraintType": constraint, "cappingPercentage": percentage});
    let product = offered(book, id, &capping);
    assert_shows(&book.read(&format!("/api/loanproducts/{id}")), &capping);
    lend(book, id, &product);
}

#[test]
fn what_is_owed_besides_the_principal_goes_as_far_as_its_cap() {
    on_both(|book| {
        // 5 % of the 950.00 that were lent are 47.50, which the second interest passes: 25.45 + 26.29 = 51.74.
        capped(book, "SOFT", "ORIGINAL_PRINCIPAL_PERCENTAGE", "SOFT_CAP", "5");
        capped(book, "HARD", "ORIGINAL_PRINCIPAL_PERCENTAGE", "HARD_CAP", "5");
        // 3.4 % of 950.00 are 32.30 and let the first one through; of the 760.00 that are left 25.84, which the second passes.
        capped(book, "LEFT", "OUTSTANDING_PRINCIPAL_PERCENTAGE", "HARD_CAP", "3.4");
        capped(book, "ROOM", "OUTSTANDING_PRINCIPAL_PERCENTAGE", "HARD_CAP", "3.5");
        closed(book, "2012-07-28");
        for loan in ["LEFT", "ROOM"] {
            book.act(loan, "type=REPAYMENT&amount=215.45");
        }
        closed(book, "2012-08-27");
        for loan in ["SOFT", "HARD", "LEFT", "ROOM"] {
            assert_eq!(book.loan(loan)["accountSubState"], Value::Null, "{loan} is under its cap");
        }
        closed(book, "2012-08-28");
        let stands = |loan: &str, interest: &str, sub_state: Value| {
            assert_shows(
                &book.loan(loan),
                &json!({"interestBalance": interest, "accountSubState": sub_state}),
            );
        };
        stands("SOFT", "51.74", json!("LOCKED_CAPPING"));
        stands("HARD", "25.45", json!("LOCKED_CAPPING"));
        stands("LEFT", "0", json!("LOCKED_CAPPING"));
        // 3.5 % of 760.00 are 26.60.
        stands("ROOM", "26.29", Value::Null);
        assert_eq!(balance(book, "1210"), "103.48", "51.74 + 25.45 + 26.29 are owed");

        // Nothing more is applied to a locked loan, and it falls due all the same.
        closed(book, "2012-09-28");
        stands("SOFT", "51.74", json!("LOCKED_CAPPING"));
        stands("HARD", "25.45", json!("LOCKED_CAPPING"));
        stands("LEFT", "0", json!("LOCKED_CAPPING"));
        stands("ROOM", "26.29", json!("LOCKED_CAPPING"));
        assert_eq!(balance(book, "1210"), "103.48");
        let locks = [
            ("INTEREST_LOCKED", "2012-08-28"),
            ("FEE_LOCKED", "2012-08-28"),
            ("PENALTY_LOCKED", "2012-08-28"),
        ];
        let mut expected = vec![("INTEREST_APPLIED", "2012-07-28"), ("INTEREST_APPLIED", "2012-08-28")];
        expected.extend(locks);
        assert_eq!(told(book, "SOFT"), says(&expected));
        expected.remove(1);
        assert_eq!(told(book, "HARD"), says(&expected));
        book.act("HARD", "type=REPAYMENT&amount=215.45");
        assert_shows(&book.loan("HARD"), &json!({"principalBalance": "760", "interestBalance": "0"}));
    });
}

/// Twelve hundred in twelve months, 100 of principal each, by months of thirty days.
fn indexed(book: &Book) {
    let index =
        json!({"id": "PRIME", "name": "Prime", "indexRates": [{"startDate": "2012-01-01", "rate": "10"}]});
    record(&book.admin, "index-rate-sources", &index);
    let settings = json!({"interestChargeFrequency": "ANNUALIZED", "interestRateSource": "INDEX_INTEREST_RATE",
        "indexSourceKey": "PRIME", "interestRateReviewUnit": "MONTHS", "interestRateReviewCount": 2,
        "interestRateFloorValue": "4", "interestRateCeilingValue": "15"});
    let product = offered(
        book,
        "INDEXED",
        &json!({"loanProductType": "DYNAMIC_TERM_LOAN", "interestCalculationMethod": "DECLINING_BALANCE",
            "daysInYear": "E30_360", "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY",
            "interestRateSettings": settings}),
    );
    let terms = json!({"productTypeKey": product, "loanAmount": "1200", "interestRate": null, "interestSpread": "2",
        "repaymentInstallments": 12});
    book.lend_with("L", &terms);
}

#[test]
fn an_evening_reviews_the_rates_of_loans_that_follow_an_index() {
    on_both(|book| {
        indexed(book);
        let interest = || column(&book.repayments("L"), "interestDue");
        assert_eq!(book.loan("L")["interestRate"], "12");
        assert_eq!(interest()[..4], ["12", "11", "10", "9"]);
        let rate = |from: &str, rate: &str| {
            let added = json!({"indexRate": {"startDate": from, "rate": rate}});
            book.admin.post("/api/indexratesources/PRIME/indexrates", &added).expect(201);
        };
        rate("2012-08-01", "16");
        closed(book, "2012-07-28");
        book.act("L", "type=REPAYMENT&amount=112");
        closed(book, "2012-08-27");
        assert_eq!(book.loan("L")["interestRate"], "12", "nobody has looked at the index yet");
        assert_eq!(closed(book, "2012-08-28")["advanced"], 1);
        // 16 % + 2 % are more than the ceiling: 1000.00 × 15 % / 12, 900.00 × 15 % / 12. What was over stays as it was.
        assert_eq!(book.loan("L")["interestRate"], "15");
        assert_eq!(interest()[1..5], ["11", "12.5", "11.25", "10"]);
        book.act("L", "type=REPAYMENT&amount=111");

        // Between two reviews an index may move as it likes.
        rate("2012-09-01", "0.5");
        rate("2012-10-20", "1");
        closed(book, "2012-09-28");
        book.act("L", "type=REPAYMENT&amount=112.50");
        assert_eq!(book.loan("L")["interestRate"], "15");
        closed(book, "2012-10-28");
        // 1 % + 2 % are less than the floor: 800.00 × 4 % / 12 and 700.00 × 4 % / 12.
        assert_eq!(book.loan("L")["interestRate"], "4");
        assert_eq!(interest()[3..6], ["11.25", "2.67", "2.33"]);
        let changed = told(book, "L").into_iter().filter(|(kind, _)| kind == "INTEREST_RATE_CHANGED");
        let expected = [("INTEREST_RATE_CHANGED", "2012-08-28"), ("INTEREST_RATE_CHANGED", "2012-10-28")];
        assert_eq!(changed.collect::<Vec<_>>(), says(&expected));
    });
}

fn taxed(book: &Book, id: &str, method: &str) -> String {
    let fees = json!([{"name": "Desk", "trigger": "PAYMENT_DUE", "amount": "10"}]);
    let taxes = json!({"taxesOnInterestEnabled": true, "taxesOnFeesEnabled": true, "taxCalculationMethod": method,
        "taxRate": "25", "loanFees": fees});
    offered(book, id, &taxes)
}

/// What is owed of interest and of fees, what is to be paid as tax, and what was earned of interest and of fees.
const TAXED: [&str; 5] = ["1210", "1220", "2400", "4100", "4200"];

#[test]
fn an_evening_sets_apart_the_tax_in_interest_and_fees() {
    on_both(|book| {
        lend(book, "IN", &taxed(book, "INCLUSIVE", "INCLUSIVE"));
        closed(book, "2012-07-27");
        assert_eq!(balances(book, TAXED), ["0", "0", "0", "0", "0"]);
        closed(book, "2012-07-28");
        // A fifth of what includes a quarter on top: 5.09 of 25.45 and 2.00 of 10.00.
        assert_eq!(balances(book, TAXED), ["25.45", "10", "7.09", "20.36", "8"]);
        book.act("IN", "type=REPAYMENT&amount=225.45");
        assert_eq!(balances(book, TAXED), ["0", "0", "7.09", "20.36", "8"], "the tax is owed on");
        // 5.26 of 26.29 (5.258), and 2.00.
        closed(book, "2012-08-28");
        assert_eq!(balances(book, TAXED), ["26.29", "10", "14.35", "41.39", "16"]);
    });
}

#[test]
fn a_tax_on_top_is_charged_with_the_interest_and_the_fee() {
    on_both(|book| {
        lend(book, "ON", &taxed(book, "EXCLUSIVE", "EXCLUSIVE"));
        closed(book, "2012-07-28");
        // 950.00 × 2.5 % × 1.25 × 30/28 = 31.808, of which a fifth is 6.36; 10.00 and 2.50.
        assert_shows(
            &book.repayments("ON")[0],
            &json!({"interestDue": "31.81", "taxInterestDue": "6.36", "feesDue": "12.5", "taxFeesDue": "2.5"}),
        );
        assert_eq!(balances(book, TAXED), ["31.81", "12.5", "8.86", "25.45", "10"]);
    });
}

#[test]
fn a_loan_is_locked_on_the_day_that_its_product_says_and_once_in_a_spell() {
    on_both(|book| {
        let product = offered(book, "LOCKED", &json!({"lockPeriodDays": 5}));
        lend(book, "L", &product);
        // Late since 29 July, which is the first day.
        closed(book, "2012-08-01");
        assert_shows(&book.loan("L"), &json!({"accountState": "ACTIVE_IN_ARREARS", "accountSubState": null}));
        closed(book, "2012-08-02");
        assert_shows(&book.loan("L"), &json!({"accountSubState": "LOCKED", "interestBalance": "25.45"}));
        closed(book, "2012-08-30");
        assert_shows(&book.loan("L"), &json!({"accountSubState": "LOCKED", "interestBalance": "25.45"}));
        book.act("L", "type=UNLOCK");
        assert_shows(&book.loan("L"), &json!({"accountSubState": null, "interestBalance": "51.74"}));
        closed(book, "2012-09-10");
        assert_eq!(book.loan("L")["accountSubState"], Value::Null, "somebody unlocked it in this spell");
        // Both installments, 190.00 each, with their interest; the third goes late on 29 September.
        book.act("L", "type=REPAYMENT&amount=431.74");
        assert_eq!(book.loan("L")["accountState"], "ACTIVE");
        closed(book, "2012-10-02");
        assert_shows(&book.loan("L"), &json!({"accountState": "ACTIVE_IN_ARREARS", "accountSubState": null}));
        closed(book, "2012-10-03");
        assert_eq!(book.loan("L")["accountSubState"], "LOCKED", "another spell");
    });
}

#[test]
fn a_loan_that_is_paid_stays_open_until_it_is_dormant() {
    on_both(|book| {
        let product = offered(book, "DORMANT", &json!({"dormancyPeriodDays": 10}));
        for loan in ["L", "LATER"] {
            book.lend_with(loan, &json!({"productTypeKey": product, "repaymentInstallments": 1}));
        }
        closed(book, "2012-07-28");
        let pays = |loan: &str| {
            book.act(loan, "type=REPAYMENT&amount=975.45");
            assert_shows(&book.loan(loan), &json!({"accountState": "ACTIVE", "principalBalance": "0"}));
        };
        pays("L");
        closed(book, "2012-08-02");
        pays("LATER");
        closed(book, "2012-08-06");
        assert_eq!(book.loan("L")["accountState"], "ACTIVE");
        assert_eq!(closed(book, "2012-08-07")["advanced"], 1);
        assert_eq!(book.loan("L")["accountState"], "CLOSED");
        assert_eq!(book.loan("LATER")["accountState"], "ACTIVE");
        closed(book, "2012-08-11");
        assert_eq!(book.loan("LATER")["accountState"], "ACTIVE", "ten days after its last payment");
        closed(book, "2012-08-12");
        assert_eq!(book.loan("LATER")["accountState"], "CLOSED");
    });
}
