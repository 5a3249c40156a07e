//! Deposit accounts that are kept for a term, and those that fall asleep.

use jiff::civil::{Date, date};
use loam_book::loan::refusal::{Refusal, SavingsRefusal};
use loam_book::savings::SavingsState;
use loam_book::savings::command::{Move, SavingsCommand, StartTerm, TakeBackMovement};
use loam_book::savings::event::MovementKind;

use crate::savings_lives::{Life, begin, money};
use crate::support::cents;

/// The first account is a fixed deposit, the second a savings plan; each has 1,000.00 from January 31st on.
fn thousands() -> Life {
    let mut life = begin();
    for at in 0..2 {
        life.command(at, &SavingsCommand::Approve { notes: None }).expect("approved");
        life.command(at, &SavingsCommand::Deposit(money("1000"))).expect("taken");
    }
    life
}

fn until(matures_on: Date) -> SavingsCommand {
    SavingsCommand::StartTerm(StartTerm { matures_on: Some(matures_on), ..StartTerm::default() })
}

fn close(life: &mut Life, day: Date) {
    life.book.business_date = day;
    for at in 0..2 {
        life.command(at, &SavingsCommand::Advance).expect("it advances");
        life.kept[at].assert_holds();
    }
}

fn wrong_state(refused: Result<(), Refusal>) -> &'static str {
    match refused {
        Err(Refusal::Savings(
            SavingsRefusal::WrongState { state, .. } | SavingsRefusal::WrongTransition { state, .. },
        )) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn money_of_a_fixed_deposit_stays_until_its_term_is_over() {
    let mut life = thousands();
    life.command(0, &until(date(2024, 2, 11))).expect("it starts");
    for command in [SavingsCommand::Deposit(money("1")), SavingsCommand::TakeOut(money("1"))] {
        assert_eq!(wrong_state(life.command(0, &command)), "kept for a term");
    }
    assert_eq!(wrong_state(life.command(0, &until(date(2024, 3, 1)))), "kept for a term");
    assert!(!life.kept[0].account.may_be_drawn());
    close(&mut life, date(2024, 2, 10));
    assert!(life.kept[0].account.is_in_term());
    close(&mut life, date(2024, 2, 11));
    // A night of ten cents, and ten nights of 1,000.10.
    assert_eq!(life.kept[0].account.balance, cents(1_001_10));
    let activated_on = date(2024, 1, 31);
    assert_eq!(life.kept[0].account.state, SavingsState::Matured { activated_on });
    close(&mut life, date(2024, 4, 1));
    assert_eq!(life.kept[0].account.balance, cents(1_001_10), "nothing grows any more");
    assert_eq!(life.kept[0].account.accrued_interest(date(2024, 4, 1)), cents(0));
    assert_eq!(wrong_state(life.command(0, &SavingsCommand::Deposit(money("1")))), "matured");
    let earlier = Move { value_date: Some(date(2024, 2, 10)), ..money("1") };
    let refused = life.command(0, &SavingsCommand::TakeOut(earlier)).expect_err("it was kept then");
    let (value_date, later) = (date(2024, 2, 10), date(2024, 2, 11));
    assert_eq!(refused, SavingsRefusal::BeforeOtherMovement { value_date, later }.into());
    life.command(0, &SavingsCommand::TakeOut(money("1001.10"))).expect("all of it");
    life.command(0, &SavingsCommand::Close { notes: None }).expect("empty");
    life.command(0, &SavingsCommand::UndoClose { notes: None }).expect("opened again");
    assert_eq!(life.kept[0].account.state, SavingsState::Matured { activated_on });
}

#[test]
fn nothing_is_kept_of_nothing_and_what_has_matured_is_not_overdrawn() {
    let mut life = thousands();
    life.command(0, &SavingsCommand::TakeOut(money("1000"))).expect("all of it");
    let refused = life.command(0, &until(date(2024, 2, 11))).expect_err("there is no money");
    assert_eq!(refused, SavingsRefusal::NothingToKeep { balance: "0.00".to_owned() }.into());
    life.command(1, &until(date(2024, 2, 11))).expect("it starts");
    close(&mut life, date(2024, 2, 11));
    let account = &life.kept[1].account;
    assert!(account.terms.overdraft_limit.is_some_and(|limit| limit >= cents(1)), "it could be overdrawn");
    let beyond = account.balance + cents(1);
    let beyond = SavingsCommand::TakeOut(money(&beyond.to_fixed_text(account.terms.currency)));
    let refused = life.command(1, &beyond).expect_err("nobody would be charged for it");
    assert!(matches!(refused, Refusal::Savings(SavingsRefusal::BalanceBelowZero { .. })), "{refused:?}");
}

#[test]
fn a_savings_plan_takes_deposits_until_its_term_is_over() {
    let mut life = thousands();
    life.command(1, &until(date(2024, 2, 11))).expect("it starts");
    life.command(1, &SavingsCommand::Deposit(money("5"))).expect("it is saved");
    assert_eq!(wrong_state(life.command(1, &SavingsCommand::TakeOut(money("1")))), "kept for a term");
    close(&mut life, date(2024, 2, 12));
    assert_eq!(wrong_state(life.command(1, &SavingsCommand::Deposit(money("5")))), "matured");
}

#[test]
fn an_undone_term_is_as_if_it_had_never_been_started() {
    let (mut undone, mut never) = (thousands(), thousands());
    undone.command(0, &until(date(2024, 2, 11))).expect("it starts");
    close(&mut undone, date(2024, 2, 20));
    close(&mut never, date(2024, 2, 20));
    undone.command(0, &SavingsCommand::UndoTerm { notes: None }).expect("undone");
    let again = undone.command(0, &SavingsCommand::UndoTerm { notes: None });
    assert_eq!(wrong_state(again), "active");
    let total = |life: &Life| {
        let account = &life.kept[0].account;
        account.balance + account.accrued_interest(date(2024, 2, 20))
    };
    assert_eq!(total(&undone), total(&never));
    close(&mut undone, date(2024, 3, 1));
    close(&mut never, date(2024, 3, 1));
    assert_eq!(undone.kept[0].account.balance, never.kept[0].account.balance);
}

#[test]
fn a_term_that_ends_while_the_account_is_locked_is_over_when_it_is_unlocked() {
    let mut life = thousands();
    life.command(0, &until(date(2024, 2, 11))).expect("it starts");
    life.command(0, &SavingsCommand::Lock { notes: None }).expect("locked");
    close(&mut life, date(2024, 3, 20));
    let balance = life.kept[0].account.balance;
    assert_eq!(life.kept[0].account.state, SavingsState::Locked { activated_on: date(2024, 1, 31) });
    life.command(0, &SavingsCommand::Unlock { notes: None }).expect("unlocked");
    assert_eq!(life.kept[0].account.state, SavingsState::Matured { activated_on: date(2024, 1, 31) });
    assert_eq!(balance, cents(1_001_10));
}

#[test]
fn a_term_begins_with_the_last_movement_or_later_and_ends_after_today() {
    let mut life = thousands();
    life.book.business_date = date(2024, 2, 5);
    let start = |from: Date, matures_on| {
        SavingsCommand::StartTerm(StartTerm { from: Some(from), matures_on, notes: None })
    };
    let missing = life.command(0, &start(date(2024, 2, 5), None)).expect_err("nobody says");
    assert_eq!(missing, SavingsRefusal::MissingMaturityDate.into());
    let past = life.command(0, &until(date(2024, 2, 5))).expect_err("it is over already");
    assert!(matches!(past, Refusal::Savings(SavingsRefusal::TermOutsideProduct { .. })), "{past:?}");
    let ahead = life.command(0, &start(date(2024, 2, 6), Some(date(2024, 3, 1)))).expect_err("not yet");
    assert!(matches!(ahead, Refusal::Savings(SavingsRefusal::DateInTheFuture { .. })), "{ahead:?}");
    let early = life.command(0, &start(date(2024, 1, 30), Some(date(2024, 3, 1)))).expect_err("no money");
    assert!(matches!(early, Refusal::Savings(SavingsRefusal::BeforeActivation { .. })), "{early:?}");
    life.command(0, &start(date(2024, 2, 1), Some(date(2024, 3, 1)))).expect("it starts");
    let maturity = life.kept[0].account.maturity.expect("it runs");
    assert_eq!((maturity.started_on, maturity.matures_on), (date(2024, 2, 1), date(2024, 3, 1)));
}

#[test]
fn an_account_that_nobody_moves_falls_asleep_and_the_next_movement_wakes_it() {
    let mut life = thousands();
    let activated_on = date(2024, 1, 31);
    close(&mut life, date(2024, 2, 19));
    assert_eq!(life.kept[0].account.state, SavingsState::Active { activated_on });
    close(&mut life, date(2024, 2, 20));
    assert_eq!(life.kept[0].account.state, SavingsState::Dormant { activated_on }, "twenty days");
    close(&mut life, date(2024, 3, 1));
    assert!(life.kept[0].account.balance > cents(1_000_10), "interest comes while it sleeps");
    life.command(0, &SavingsCommand::ChargeFee(money("1"))).expect("taken");
    assert_eq!(life.kept[0].account.state, SavingsState::Dormant { activated_on }, "a fee is no use");
    life.command(0, &SavingsCommand::TakeOut(money("1"))).expect("taken");
    assert_eq!(life.kept[0].account.state, SavingsState::Active { activated_on });
    let original = life.kept[0].transactions.last().expect("it was taken").id;
    let kind = MovementKind::Withdrawal;
    let wanted = TakeBackMovement { kind, original, account_no: None, notes: None };
    life.command(0, &SavingsCommand::TakeBack(wanted)).expect("taken back");
    close(&mut life, date(2024, 3, 20));
    assert_eq!(life.kept[0].account.state, SavingsState::Active { activated_on });
    close(&mut life, date(2024, 3, 21));
    assert_eq!(life.kept[0].account.state, SavingsState::Dormant { activated_on });
    life.command(0, &SavingsCommand::Lock { notes: None }).expect("locked");
    life.command(0, &SavingsCommand::Unlock { notes: None }).expect("unlocked");
    life.kept[0].assert_holds();
}
