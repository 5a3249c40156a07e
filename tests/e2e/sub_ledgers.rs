//! Sub-ledgers: what they say of single loans and deposit accounts is together what stands on the GL accounts, on every day
//! and by either date.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};
use crate::deposit_charges::{current_accounts, tax};
use crate::reports::{closing, report, sum};
use crate::savings::{act, filled, open_with, savings_product};

const DAYS: [&str; 8] = [
    "2012-06-28",
    "2012-07-02",
    "2012-07-03",
    "2012-07-04",
    "2012-07-05",
    "2012-07-10",
    "2012-07-29",
    "2012-07-30",
];

fn product_with(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

/// A deposit account that may be overdrawn, and of whose interest a tax is withheld.
pub(crate) fn deposited(book: &Book) {
    let source = tax(book, "WITHHOLDING_TAX_RATE");
    open_with(book, "S1", &current_accounts(book), &json!({"withholdingTaxSourceKey": source}));
    act(book, "S1", "type=APPROVAL");
    act(book, "S1", "type=DEPOSIT&amount=1000");
}

/// Two loans, of which one is taxed and the other one is of an investor, and two deposit accounts.
fn lived(book: &Book) {
    let taxed = json!({"taxesOnInterestEnabled": true, "taxesOnFeesEnabled": true,
        "taxCalculationMethod": "INCLUSIVE", "taxRate": "25"});
    let taxed = product_with(book, "TAXED", &taxed);
    book.lend_with("L", &json!({"productTypeKey": taxed}));
    book.act("L", "type=FEE&amount=10&repayment=1");
    let funds = json!({"productSecuritySettings": {"isInvestorFundsEnabled": true,
        "funderInterestCommissionAllocationType": "FIXED_INTEREST_COMMISSIONS",
        "funderInterestCommission": {"minValue": "0", "maxValue": "10"}}});
    let funds = product_with(book, "FUNDED", &funds);
    let investor = json!([{"savingsAccountKey": "00010a000000000000000000000000a1", "amount": "475",
        "interestCommission": "2"}]);
    book.lend_with("FUNDED", &json!({"productTypeKey": funds, "funds": investor}));
    deposited(book);
    filled(book, "S2", &savings_product(book, &json!({})), "70");
    book.close_days("2012-07-02");
    act(book, "S1", "type=WITHDRAWAL&amount=1100");
    book.close_days("2012-07-10");
    act(book, "S1", "type=DEPOSIT&amount=30&date=2012-07-03");
    book.close_days("2012-07-30");
    book.act("L", "type=REPAYMENT&amount=225.45&date=2012-07-29");
    book.act("FUNDED", "type=REPAYMENT&amount=215.45");
}

/// Debits less credits of an account, in cents.
fn stands(ledger: &[Value], code: &str) -> i64 {
    sum(&[json!({"closing": closing(ledger, code)})], "closing")
}

#[test]
fn sub_ledgers_and_the_ledger_agree_on_every_day() {
    on_both(|book| {
        lived(book);
        let mut most = [0; 4];
        for (day, by) in DAYS.into_iter().flat_map(|day| [(day, "bookingDate"), (day, "valueDate")]) {
            let of = |name: &str| report(book, &format!("{name}?to={day}&by={by}"));
            let (ledger, loans, deposits) = (of("trial-balance"), of("sub-ledger"), of("deposit-sub-ledger"));
            for (rows, column, code, sign) in [
                (&loans, "principal", "1100", 1),
                (&loans, "interest", "1210", 1),
                (&loans, "fees", "1220", 1),
                (&loans, "overpaid", "2200", -1),
                (&loans, "deferredFeeIncome", "2300", -1),
                (&loans, "investorFunds", "2150", -1),
                (&loans, "investorInterestPayable", "2160", -1),
                (&deposits, "savings", "2100", -1),
                (&deposits, "overdraft", "1300", 1),
            ] {
                assert_eq!(sum(rows, column) * sign, stands(&ledger, code), "{column} on {day} by {by}");
            }
            let taxes = [&loans, &deposits].map(|rows| sum(rows, "taxesPayable"));
            assert_eq!(-taxes[0] - taxes[1], stands(&ledger, "2400"), "taxes on {day} by {by}");
            let others = [sum(&loans, "investorInterestPayable"), sum(&deposits, "overdraft")];
            most = [
                most[0].max(taxes[0]),
                most[1].max(taxes[1]),
                most[2].max(others[0]),
                most[3].max(others[1]),
            ];
            for row in &deposits {
                let [savings, overdraft, balance] =
                    ["savings", "overdraft", "balance"].map(|column| sum(std::slice::from_ref(row), column));
                assert_eq!(savings - overdraft, balance, "{row}");
            }
        }
        assert!(most.iter().all(|most| *most > 0), "something of everything was told: {most:?}");
    });
}

#[test]
fn what_is_paid_of_taxes_by_hand_is_not_in_the_sub_ledgers() {
    on_both(|book| {
        lived(book);
        let told = || {
            let of = |name: &str| sum(&report(book, name), "taxesPayable");
            of("sub-ledger") + of("deposit-sub-ledger")
        };
        let before = told();
        let paid = "date=2012-07-30&branchId=2&debitAccount1=2400&debitAmount1=3&creditAccount1=1400&creditAmount1=3";
        book.admin.form("/api/gljournalentries", paid).expect(201);
        assert_eq!(told(), before);
        assert_eq!(stands(&report(book, "trial-balance"), "2400"), 3_00 - before);
    });
}

#[test]
fn a_deposit_account_is_told_as_it_was() {
    on_both(|book| {
        let product = savings_product(book, &json!({}));
        let unbooked = json!({"id": "UNBOOKED", "accountingMethod": "NONE"});
        let unbooked = savings_product(book, &unbooked);
        filled(book, "S1", &product, "100");
        filled(book, "S2", &unbooked, "40");
        open_with(book, "S3", &product, &json!({}));
        book.close_days("2012-07-02");
        act(book, "S1", "type=WITHDRAWAL&amount=100&date=2012-06-30");
        act(book, "S1", "type=CLOSE");
        let told = |query: &str| -> Vec<[String; 5]> {
            let rows = report(book, &format!("deposit-sub-ledger?{query}"));
            let columns = ["accountId", "accountState", "accountingMethod", "balance", "savings"];
            rows.iter().map(|row| columns.map(|column| text(&row[column]))).collect()
        };
        let row = |values: [&str; 5]| values.map(str::to_owned);
        let unbooked = row(["S2", "active", "NONE", "40", "0"]);
        // Nothing ever moved the third one.
        assert!(told("to=2012-06-27").is_empty());
        assert_eq!(told("to=2012-07-01"), [row(["S1", "active", "CASH", "100", "100"]), unbooked.clone()]);
        assert_eq!(told(""), [row(["S1", "closed", "CASH", "0", "0"]), unbooked.clone()]);
        let by_value = told("to=2012-06-30&by=valueDate");
        assert_eq!(by_value, [row(["S1", "closed", "CASH", "0", "0"]), unbooked], "by what is known now");
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        assert!(told("branch=3").is_empty());
        assert_eq!(told("branch=2").len(), 2);
    });
}
