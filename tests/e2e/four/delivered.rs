//! The whole story of loans, told to a second book as it happens: at each step its doors show what the first one's do.

use loam_tests::database::BOTH;
use loam_tests::http::Caller;
use loam_tests::wait::until;
use serde_json::json;

use super::{Four, four, name_of};
use crate::book::text;
use crate::marketplace::investing::INVESTOR;
use crate::two_books::{Receiver, enroll, performance, repayment_data, until_told, with_token};

/// Two books, and callers who see the loans at the second.
struct Two {
    four: Four,
    told: (Caller, Caller),
    _receiver: Receiver,
}

impl Two {
    /// What is not the same at both, of these loans.
    fn differences(&self, loans: &[String]) -> Vec<String> {
        let (own, told) = (&self.four.own, &self.told);
        let mut found = Vec::new();
        for loan in loans {
            let (own, told) = (performance(&own.0, "8", loan), performance(&told.0, "8", loan));
            if own != told {
                found.push(format!("{loan}: {told} and not {own}"));
            }
        }
        let (own, told) = (repayment_data(&own.1, "8"), repayment_data(&told.1, "8"));
        if own != told {
            found.push(format!("{told:?} and not {own:?}"));
        }
        found
    }

    /// Waits until both tell the same: a worker sees by itself that a day has passed.
    #[track_caller]
    fn same(&self, step: &str, loans: &[String]) {
        println!("{step}");
        until_told(&self.four.market.book);
        until(step, || {
            let found = self.differences(loans);
            if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
        });
    }

    fn closes_days(&self, through: &str) {
        self.four.market.book.close_days(through);
    }

    /// What the receiver shows of a loan: its status there, and that of its repayment.
    fn shown(&self, loan: &str) -> [String; 2] {
        let told = performance(&self.told.0, "8", loan)["loan"]["loan_status"].clone();
        let repaid = repayment_data(&self.told.1, "8");
        let repaid = repaid.iter().find(|told| told["loanReferenceId"] == loan).expect("it is told");
        [text(&told), text(&repaid["loanRepaymentStatus"])]
    }
}

#[test]
fn a_whole_story_is_told_to_a_second_book_step_by_step() {
    for kind in BOTH {
        println!("on {kind:?}");
        let (four, receiver) = (four(kind), Receiver::start(kind));
        enroll(&four.market.book, &receiver);
        let performance = with_token(&receiver.base(), &receiver.bearer);
        let repayment = Caller::anonymous(&receiver.base()).with_header("x-api-key", &receiver.secret_key);
        let two = Two { four, told: (performance, repayment), _receiver: receiver };
        let loans = until_it_is_lent(&two);
        until_it_is_paid_off(&two, &loans);
        what_is_told_falsely_shows(&two, &loans);
        two.four.market.book.assert_proven();
    }
}

/// One loan for investors, one that is written off, one that lapses, one that nobody pays.
fn until_it_is_lent(two: &Two) -> [String; 4] {
    let (four, market) = (&two.four, &two.four.market);
    market.investor(INVESTOR, "100000");
    let invested = four.apply(&json!({}));
    let lapsing = four.apply(&json!({"expiryDate": "2014-01-04"}));
    let [given_up, unpaid] = [four.lend(&json!({})), four.lend(&json!({}))];
    let loans = [name_of(&invested), given_up, name_of(&lapsing), unpaid];
    two.same("applied", &loans);
    assert_eq!(two.shown(&loans[0])[0], "Pending");
    for application in [&invested, &lapsing] {
        market.books(INVESTOR, application, &json!({"investmentAmount": 200}));
    }
    two.same("booked in part", &loans);
    assert_eq!(two.shown(&loans[0])[0], "Approved");
    market.books(INVESTOR, &invested, &json!({"investmentAmount": 10000}));
    two.same("funded", &loans);
    market.disburse(&invested["peer__Loan__c"]);
    two.same("paid out", &loans);
    assert_eq!(two.shown(&loans[0]), ["Originated", "in_progress"]);
    two.closes_days("2014-01-05");
    two.same("lapsed", &loans);
    assert_eq!(two.shown(&loans[2]), ["Expired", "not_settled"]);
    loans
}

fn until_it_is_paid_off(two: &Two, loans: &[String; 4]) {
    let four = &two.four;
    let [invested, given_up, _, unpaid] = loans;
    let due = four.market.read_loan("", &json!(invested))["loan__Payment_Amount__c"].to_string();
    two.closes_days("2014-01-20");
    four.pays(invested, &due);
    two.same("paid early", loans);
    assert_eq!(two.shown(invested)[0], "Originated", "nothing was due yet");
    two.closes_days("2014-02-03");
    two.same("due, and paid before", loans);
    assert_eq!(two.shown(invested)[0], "Current");
    two.closes_days("2014-02-04");
    two.same("late", loans);
    assert_eq!(two.shown(given_up), ["Past Due", "in_progress"]);
    four.act(given_up, "type=WRITE_OFF");
    two.same("written off", loans);
    assert_eq!(two.shown(given_up), ["Written Off", "not_settled"]);
    two.closes_days("2014-03-10");
    four.pays(invested, &due);
    two.same("paid late", loans);
    let paid = four.pays(invested, "100");
    two.same("a little more", loans);
    let id: i64 = text(&paid["Name"]).trim_start_matches("LPT-").parse().expect("a number");
    four.act(invested, &format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}"));
    two.same("taken back", loans);
    two.closes_days("2014-04-03");
    four.pays_off(invested);
    two.same("paid off", loans);
    assert_eq!(two.shown(invested), ["Paid In Full", "settled"]);
    two.closes_days("2014-04-04");
    two.same("over", loans);
    assert_eq!(two.shown(unpaid), ["Past Due", "not_settled"]);
}

/// The comparison finds what somebody else told the receiver, until the truth is told again.
fn what_is_told_falsely_shows(two: &Two, loans: &[String; 4]) {
    let lie = json!({"loan_id": loans[3], "management_system_id": 7, "loan_amount": 1_020_000,
        "loan_status": "Current", "applied_at": "2014-01-03T00:00:00Z"});
    two.told.0.post("/api/v1/loan-performance/customers/8/loans", &lie).expect(200);
    let found = two.differences(loans);
    assert!(found.len() == 1 && found[0].starts_with(&loans[3]), "{found:?}");
    let replay = json!({"target": "performance"});
    two.four.market.book.admin.post("/loam/v1/deliveries/replay", &replay).expect(200);
    two.same("told again", loans);
}
