//! A borrower applies, seven investors book, the loan is paid out, twelve repayments come in, of which one is late, one
//! early and one taken back, and it is paid off. After every step each cent is where three sides say it is: the
//! payment, the statements of the investors, and the journal.

use serde_json::{Value, json};

use super::{Four, name_of, on_both};
use crate::book::text;
use crate::marketplace::servicing::{LOANS, ORDERS, STATEMENT, cents, content_of};

/// What each of the seven takes of the 10,200.
pub(super) const PARTS: [(&str, &str); 7] = [
    ("001G000001INV01", "2000"),
    ("001G000001INV02", "1800"),
    ("001G000001INV03", "1700"),
    ("001G000001INV04", "1500"),
    ("001G000001INV05", "1400.01"),
    ("001G000001INV06", "1000"),
    ("001G000001INV07", "799.99"),
];

/// The days of the twelve: the third is late, the fifth early.
const DAYS: [&str; 12] = [
    "2014-02-03",
    "2014-03-03",
    "2014-04-08",
    "2014-05-03",
    "2014-05-24",
    "2014-07-03",
    "2014-08-03",
    "2014-09-03",
    "2014-10-03",
    "2014-11-03",
    "2014-12-03",
    "2015-01-03",
];
/// Which of them is taken back, counted from nought.
const TAKEN_BACK: usize = 6;

/// What an investor has in cash and still in the loan, in cents.
struct Seen {
    balance: i64,
    outstanding: i64,
}

/// What is not the same on two sides.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn compare(&mut self, what: &str, (said, expected): (i64, i64)) {
        if said != expected {
            self.0.push(format!("{what}: {said} and not {expected}"));
        }
    }
}

fn seen(four: &Four, investor: &str, found: &mut Found) -> Seen {
    let market = &four.market;
    let balance = cents(&json!(market.balances(investor)[0]));
    let path = format!("{STATEMENT}/{investor}?startDate=2014-01-01&skipInvestmentBooking=true");
    let statement = market.caller.get(&path).expect(200).json();
    let lines = statement["response"].as_array().expect("a list").clone();
    let said: i64 = lines.iter().map(|line| cents(&line["txnObj"]["amount"])).sum();
    found.compare(&format!("the statement of {investor} and the account"), (said, balance));
    let orders = market.caller.get(&format!("{ORDERS}?investorId={investor}")).expect(200).json();
    let figure = |name: &str| content_of(&orders).iter().map(|order| cents(&order[name])).sum::<i64>();
    let principal = figure("loan__Tot_Principal_Received__c");
    let received = principal + figure("loan__Tot_Interest_Received__c");
    let (outstanding, invested) = (figure("loan__Outstanding_Principal__c"), figure("loan__Share__c"));
    let by_order = 5_000_00 - invested + received;
    found.compare(&format!("the order of {investor} and the account"), (by_order, balance));
    found.compare(&format!("what {investor} has in the loan"), (outstanding, invested - principal));
    Seen { balance, outstanding }
}

fn ledger(four: &Four, account: &str) -> i64 {
    cents(&four.market.book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

/// What all of them have in cash, and what statements, orders, accounts, loan and journal do not agree on.
pub(super) fn look(four: &Four, loan: &str) -> (i64, Vec<String>) {
    let mut found = Found::default();
    let all: Vec<Seen> = PARTS.iter().map(|(investor, _)| seen(four, investor, &mut found)).collect();
    let cash: i64 = all.iter().map(|seen| seen.balance).sum();
    let outstanding: i64 = all.iter().map(|seen| seen.outstanding).sum();
    // What waits to be credited is on its way between the accounts.
    found.compare("deposits in the journal", (ledger(four, "2100") - ledger(four, "1910"), cash));
    found.compare("investor funds in the journal", (ledger(four, "2150"), outstanding));
    let of = |report: &str, column: &str| -> i64 {
        let rows = four.market.book.list(&format!("/loam/v1/reports/{report}"));
        rows.iter().map(|row| cents(&row[column])).sum()
    };
    found.compare("investor funds by loan", (of("sub-ledger", "investorFunds"), ledger(four, "2150")));
    found.compare("deposits by account", (of("deposit-sub-ledger", "savings"), ledger(four, "2100")));
    let borrowed = cents(&four.market.read_loan("", &json!(loan))["loan__Principal_Remaining__c"]);
    found.compare("the principal that the borrower owes", (borrowed, outstanding));
    (cash, found.0)
}

#[track_caller]
fn cash(four: &Four, loan: &str) -> i64 {
    let (cash, found) = look(four, loan);
    assert_eq!(found, [""; 0]);
    cash
}

/// Applies, has it booked by all seven, and pays it out; gives the loan.
pub(super) fn paid_out(four: &Four) -> String {
    let application = four.apply(&json!({ "term": 12 }));
    for (investor, part) in PARTS {
        four.market.investor(investor, "5000");
        four.market.books(investor, &application, &json!({ "investmentAmount": part }));
    }
    let application = four.market.application(&application);
    assert_eq!(application["peer__Stage__c"], "Funded");
    let loan = name_of(&application);
    four.market.disburse(&json!(loan));
    let details = four.market.caller.get(&format!("{LOANS}/getInvestmentDetails/{loan}")).expect(200).json();
    assert_eq!(details["response"][0]["noOfInvestors"], 7);
    loan
}

#[test]
fn every_cent_of_every_payment_reaches_the_seven_and_the_journal_agrees() {
    on_both(|four| {
        let loan = paid_out(four);
        let mut before = cash(four, &loan);
        assert_eq!(before, 7 * 5_000_00 - 10_200_00);
        let installment = cents(&four.market.read_loan("", &json!(loan))["loan__Payment_Amount__c"]);
        for (place, day) in DAYS.iter().enumerate() {
            four.market.book.close_days(day);
            let paid = four.pays(&loan, &format!("{}.{:02}", installment / 100, installment % 100));
            let after = cash(four, &loan);
            assert_eq!(after - before, installment, "payment {place} on {day}");
            before = after;
            if place == TAKEN_BACK {
                let id = text(&paid["Name"]).trim_start_matches("LPT-").to_owned();
                let id: i64 = id.parse().expect("a number");
                four.act(&loan, &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}"));
                let after = cash(four, &loan);
                assert_eq!(before - after, installment, "what was taken back");
                before = after;
            }
        }
        four.market.book.close_days("2015-01-08");
        assert_eq!(four.words(&loan)[2], "Active - Matured", "one of them is missing");
        let payoff = four.pays_off(&loan);
        let after = cash(four, &loan);
        assert_eq!(after - before, cents(&payoff["loan__Transaction_Amount__c"]), "the payoff");
        assert_eq!(ledger(four, "2150"), 0, "nothing of theirs is in the loan");
        assert_eq!(
            four.words(&loan)[2..],
            super::words_of([
                "Closed - Obligations met",
                "Paid In Full esigned_at originated_at",
                "approved",
                "settled_late"
            ])
        );
        four.market.book.close_days("2015-01-09");
        let balances = PARTS.map(|(investor, _)| seen(four, investor, &mut Found::default()).balance);
        assert_eq!(journal(four), balances, "the journal of each of them");
        assert_eq!(
            reported(four, &loan),
            after - (7 * 5_000_00 - 10_200_00),
            "all that was repaid is theirs"
        );
    });
}

/// What the entries of the journal leave on each investor's account, in cents.
fn journal(four: &Four) -> [i64; 7] {
    let page = |offset: usize| {
        let query = format!("from=2014-01-01&to=2015-01-31&offset={offset}&limit=500");
        four.market.book.list(&format!("/api/gljournalentries?{query}"))
    };
    let all = [page(0), page(500)].concat();
    assert!(all.len() < 1000, "they are all there");
    PARTS.map(|(investor, _)| {
        let account = four.market.book.read(&format!("/api/savings/{investor}"))["encodedKey"].clone();
        let own =
            all.iter().filter(|row| row["accountKey"] == account && row["glAccount"]["glCode"] == "2100");
        let signed = own.map(|row| cents(&row["amount"]) * if row["type"] == "CREDIT" { 1 } else { -1 });
        signed.sum()
    })
}

/// What the loan performance door says that was repaid, and not taken back, in cents.
fn reported(four: &Four, loan: &str) -> i64 {
    let payments = four.performance_payments(loan);
    let stands = |payment: &&Value| {
        payment["payment_type"] != "Funding Payment" && payment["payment_status"] != "Returned"
    };
    payments.iter().filter(stands).map(|payment| payment["payment_amount"].as_i64().expect("cents")).sum()
}
