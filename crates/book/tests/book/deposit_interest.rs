//! Interest of a deposit account by hand: 3.65 percent of 365 days is a ten-thousandth a day.

use jiff::civil::date;
use loam_book::journal::GlAccount;
use loam_book::journal::balances::balance_of;
use loam_book::loan::refusal::{Refusal, SavingsRefusal};
use loam_book::savings::checks::{StoredSavings, check};
use loam_book::savings::command::{Move, SavingsCommand, SavingsEdit, SavingsFigures, TakeBackMovement};
use loam_book::savings::event::{MovementKind, SavingsEvent};
use loam_book::savings::transaction::SavingsTransaction;
use loam_book::stated::StatedPercent;
use loam_calc::money::Amount;

use crate::savings_lives::{Kept, Life, begin, money};
use crate::support::cents;

/// 1,000.00 from January 31st on, and interest applied on February 1st and March 1st.
fn thousand() -> Life {
    let mut life = begin();
    life.command(0, &SavingsCommand::Approve { notes: None }).expect("approved");
    life.command(0, &SavingsCommand::Deposit(money("1000"))).expect("taken");
    life.book.business_date = date(2024, 3, 5);
    life.command(0, &SavingsCommand::Advance).expect("it advances");
    life
}

/// What was applied and stands, by day.
fn applied(kept: &Kept) -> Vec<(jiff::civil::Date, Amount)> {
    let stands = kept.transactions.iter().filter(|row| row.reverses.is_none() && row.reversed_by.is_none());
    let interest = stands.filter(|row| row.kind == MovementKind::Interest);
    let mut all: Vec<_> = interest.map(|row| (row.value_date, row.amount)).collect();
    all.sort();
    all
}

fn edit(figures: SavingsFigures) -> SavingsCommand {
    SavingsCommand::Edit(Box::new(SavingsEdit { figures, ..SavingsEdit::default() }))
}

fn rate(percent: &str) -> SavingsCommand {
    edit(SavingsFigures { interest_rate: Some(StatedPercent(percent.into())), ..SavingsFigures::default() })
}

#[test]
fn interest_is_applied_on_its_days_and_earns_itself() {
    let mut life = thousand();
    // One night of 1,000.00; 29 of 1,000.10: 2.90029.
    let expected = [(date(2024, 2, 1), cents(10)), (date(2024, 3, 1), cents(2_90))];
    assert_eq!(applied(&life.kept[0]), expected);
    assert_eq!(life.kept[0].account.balance, cents(1_003_00));
    assert_eq!(balance_of(&life.kept[0].transfers, GlAccount::InterestExpense), cents(3_00));
    assert_eq!(balance_of(&life.kept[0].transfers, GlAccount::SavingsControl), cents(-1_003_00));
    // Four nights of 1,003.00: 0.4012.
    assert_eq!(life.kept[0].account.accrued_interest(life.book.business_date), cents(40));
    life.kept[0].assert_holds();
    let before = life.kept[0].account.clone();
    life.command(0, &SavingsCommand::Advance).expect("a second time");
    assert_eq!(life.kept[0].account, before, "run twice, it comes once");
}

#[test]
fn money_that_is_back_dated_makes_applied_interest_good() {
    let mut life = thousand();
    let later = Move { value_date: Some(date(2024, 2, 10)), ..money("500") };
    life.command(0, &SavingsCommand::Deposit(later)).expect("taken");
    // Nine nights of 1,000.10 and 20 of 1,500.10: 0.90009 + 3.0002.
    let expected = [(date(2024, 2, 1), cents(10)), (date(2024, 3, 1), cents(3_90))];
    assert_eq!(applied(&life.kept[0]), expected);
    assert_eq!(life.kept[0].account.balance, cents(1_504_00));
    assert_eq!(balance_of(&life.kept[0].transfers, GlAccount::InterestExpense), cents(4_00));
    life.kept[0].assert_holds();
    let original =
        life.kept[0].transactions.iter().find(|row| row.amount == cents(500_00)).expect("it is there").id;
    let kind = MovementKind::Deposit;
    let wanted = TakeBackMovement { kind, original, account_no: None, notes: None };
    life.command(0, &SavingsCommand::TakeBack(wanted)).expect("taken back");
    let expected = [(date(2024, 2, 1), cents(10)), (date(2024, 3, 1), cents(2_90))];
    assert_eq!(applied(&life.kept[0]), expected);
    assert_eq!(life.kept[0].account.balance, cents(1_003_00));
    life.kept[0].assert_holds();
}

#[test]
fn interest_is_applied_when_asked_for_and_stands_in_the_way_of_closing() {
    let mut life = thousand();
    life.command(0, &SavingsCommand::TakeOut(money("1003"))).expect("all of it");
    let refused = life.command(0, &SavingsCommand::Close { notes: None }).expect_err("0.40 is to come");
    assert_eq!(refused, Refusal::Savings(SavingsRefusal::InterestRemains { accrued: "0.40".into() }));
    life.command(0, &SavingsCommand::ApplyInterest { notes: Some("now".into()) }).expect("applied");
    assert_eq!(applied(&life.kept[0]).last(), Some(&(date(2024, 3, 5), cents(40))));
    let again = life.command(0, &SavingsCommand::ApplyInterest { notes: None }).expect_err("nothing accrued");
    assert_eq!(again, Refusal::NoAccruedInterest { value_date: date(2024, 3, 5) });
    life.command(0, &SavingsCommand::TakeOut(money("0.40"))).expect("the rest");
    life.command(0, &SavingsCommand::Close { notes: None }).expect("closed");
    life.book.business_date = date(2024, 8, 1);
    life.command(0, &SavingsCommand::Advance).expect("nothing comes");
    assert_eq!(life.kept[0].account.next_interest_on(), None);
    life.kept[0].assert_holds();
}

#[test]
fn a_rate_is_agreed_within_what_the_product_allows_and_counts_from_its_day() {
    let mut life = thousand();
    life.command(0, &rate("1.825")).expect("half of it");
    life.book.business_date = date(2024, 3, 15);
    // Four nights of 0.1003 and ten of 0.05015.
    assert_eq!(life.kept[0].account.accrued_interest(life.book.business_date), cents(90));
    let refused = life.command(0, &rate("3.66")).expect_err("too much");
    let (value, bounds) = ("3.66".to_owned(), "0 to 3.65".to_owned());
    assert_eq!(refused, Refusal::Savings(SavingsRefusal::InterestRateOutsideProduct { value, bounds }));
    life.command(0, &edit(SavingsFigures::default())).expect("the rate stays");
    let kept = life.kept[0].account.terms.interest.as_ref().expect("it has interest").rate;
    assert_eq!(kept.to_percent_text(), "1.825");
    life.book.business_date = date(2024, 4, 2);
    life.command(0, &SavingsCommand::Advance).expect("it advances");
    // 4 × 0.1003 + 27 × 0.05015 = 1.75525.
    assert_eq!(applied(&life.kept[0]).last(), Some(&(date(2024, 4, 1), cents(1_76))));
    life.kept[0].assert_holds();
}

#[test]
fn the_check_finds_interest_that_the_balances_did_not_earn() {
    let life = thousand();
    let mut broken = life.kept[0].clone();
    for entry in &mut broken.entries {
        if let SavingsEvent::InterestApplied { movement: Some(movement), .. } = &mut entry.event
            && movement.amount == cents(2_90)
        {
            movement.amount += cents(1);
        }
    }
    let stored = StoredSavings {
        account: Some(&broken.account),
        entries: &broken.entries,
        transactions: &broken.transactions,
        transfers: &broken.transfers,
        credits: &[],
    };
    let found = check(&stored).into_iter().find(|finding| finding.check.starts_with("applied interest"));
    let sentence = "291 was applied on 2024-03-01, and the balances earned 290";
    assert_eq!(found.expect("it is found").sentence, sentence);
}

fn take_interest_back(life: &mut Life, at: usize, original: i64) -> Result<(), Refusal> {
    let kind = MovementKind::Interest;
    let wanted = TakeBackMovement { kind, original, account_no: None, notes: None };
    life.command(at, &SavingsCommand::TakeBack(wanted))
}

fn last_of(kept: &Kept, kind: MovementKind) -> i64 {
    let found = kept.transactions.iter().rev().find(|row| row.kind == kind && row.reverses.is_none());
    found.expect("it was applied").id
}

#[test]
fn interest_that_was_taken_back_grows_on_and_comes_on_the_next_day() {
    let mut life = thousand();
    let first = life.kept[0].transactions.iter().find(|row| row.kind == MovementKind::Interest);
    let first = first.expect("of February 1st").id;
    let second = last_of(&life.kept[0], MovementKind::Interest);
    let refused = take_interest_back(&mut life, 0, first).expect_err("another came later");
    assert_eq!(refused, Refusal::LaterTransactionExists { original: first, later: second });
    let deposit = life.kept[0].transactions[0].id;
    let refused = take_interest_back(&mut life, 0, deposit).expect_err("a deposit");
    assert_eq!(refused, Refusal::WrongKindOfTransaction { transaction_id: deposit });
    take_interest_back(&mut life, 0, second).expect("taken back");
    life.kept[0].assert_holds();
    assert_eq!(applied(&life.kept[0]), [(date(2024, 2, 1), cents(10))]);
    // 33 nights of 1,000.10 since February 1st: 3.30033.
    assert_eq!(life.kept[0].account.accrued_interest(date(2024, 3, 5)), cents(3_30));
    let refused = take_interest_back(&mut life, 0, second).expect_err("once");
    assert_eq!(refused, Refusal::AlreadyReversed { transaction_id: second });
    life.command(0, &SavingsCommand::Advance).expect("nothing comes yet");
    assert_eq!(applied(&life.kept[0]).len(), 1);
    life.book.business_date = date(2024, 4, 2);
    life.command(0, &SavingsCommand::Advance).expect("April 1st");
    // 60 nights: 6.0006.
    assert_eq!(applied(&life.kept[0])[1..], [(date(2024, 4, 1), cents(6_00))]);
    life.kept[0].assert_holds();
}

/// What was taken back comes on a payment day to come, and never again by itself on one that is past.
#[test]
fn interest_of_two_days_that_was_taken_back_comes_on_the_day_after_both() {
    let mut life = thousand();
    for _ in 0..2 {
        let latest = last_standing(&life.kept[0]);
        take_interest_back(&mut life, 0, latest).expect("taken back");
        life.kept[0].assert_holds();
    }
    life.command(0, &SavingsCommand::Advance).expect("nothing comes yet");
    assert_eq!(applied(&life.kept[0]), []);
    life.book.business_date = date(2024, 4, 2);
    life.command(0, &SavingsCommand::Advance).expect("April 1st");
    // 61 nights of 1,000.00: 6.10.
    assert_eq!(applied(&life.kept[0]), [(date(2024, 4, 1), cents(6_10))]);
    life.kept[0].assert_holds();
}

fn last_standing(kept: &Kept) -> i64 {
    let stands = |row: &&SavingsTransaction| {
        row.kind == MovementKind::Interest && row.reverses.is_none() && row.reversed_by.is_none()
    };
    kept.transactions.iter().rev().find(stands).expect("it was applied").id
}

/// A deposit of ten in a week from which thirty were taken: twenty are overdrawn, at half a percent a day.
#[test]
fn an_overdraft_costs_interest_and_of_what_is_earned_a_tax_is_withheld() {
    let mut life = begin();
    life.command(1, &SavingsCommand::Approve { notes: None }).expect("approved");
    life.command(1, &SavingsCommand::Deposit(money("10"))).expect("taken");
    life.book.business_date = date(2024, 2, 2);
    life.command(1, &SavingsCommand::TakeOut(money("30"))).expect("overdrawn");
    life.book.business_date = date(2024, 2, 8);
    let account = &life.kept[1].account;
    // Two nights of ten, six of minus twenty.
    assert_eq!(account.accrued_interest(date(2024, 2, 8)), cents(10));
    assert_eq!(account.accrued_overdraft_interest(date(2024, 2, 8)), cents(60));
    life.command(1, &SavingsCommand::Advance).expect("a week is over");
    life.kept[1].assert_holds();
    let came = |kept: &Kept| -> Vec<(MovementKind, i64)> {
        let of_day = kept.transactions.iter().filter(|row| row.value_date == date(2024, 2, 7));
        of_day.map(|row| (row.kind, row.amount.minor())).collect()
    };
    let expected = [
        (MovementKind::Interest, 10),
        (MovementKind::WithholdingTax, -1),
        (MovementKind::OverdraftInterest, -50),
    ];
    assert_eq!(came(&life.kept[1]), expected);
    let transfers = &life.kept[1].transfers;
    assert_eq!(balance_of(transfers, GlAccount::InterestIncome), cents(-50));
    assert_eq!(balance_of(transfers, GlAccount::TaxesPayable), cents(-1));
    // What was overdrawn for two days less costs less.
    let earlier = Move { value_date: Some(date(2024, 2, 2)), ..money("5") };
    life.command(1, &SavingsCommand::Deposit(earlier)).expect("taken");
    life.kept[1].assert_holds();
    let charged = last_of(&life.kept[1], MovementKind::OverdraftInterest);
    let row = life.kept[1].transactions.iter().find(|row| row.id == charged).expect("it is there");
    assert_eq!(row.amount, cents(-38), "five nights of fifteen: 0.375");
    take_interest_back(&mut life, 1, charged).expect("taken back");
    let standing = life.kept[1].transactions.iter().filter(|row| row.reversed_by.is_none());
    let left: Amount = standing.filter(|row| row.reverses.is_none()).map(|row| row.amount).sum();
    assert_eq!(left, cents(-15_00), "with the interest and the tax of the day");
    life.kept[1].assert_holds();
}
