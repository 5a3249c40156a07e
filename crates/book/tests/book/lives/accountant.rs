//! An accountant's test: many loans live beside each other, with corrections of the past and reversals, by every method
//! of accounting. On every date the general ledger is what the loans owe, by booking date and by value date.
//!
//! 300 loans are looked at; `LOAM_ACCOUNTANT_LOANS=10000` in a release build looks at more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::checks::on_ledger;
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::evening::post;
use loam_book::journal::provisions::{ProvisionAccount, ProvisionSums};
use loam_book::journal::rules::{AccountingRule, AccountingRules};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::Loan;
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::log::effective;
use loam_book::product::AccountingMethod;
use loam_book::record::Record;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::dice::Dice;
use super::kinds::KINDS;
use super::life::Life;
use super::moves::{Move, a_move};
use super::some_bytes;
use super::terms::agreed;
use crate::provisions::levels;

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many loans are looked at")]
fn loans() -> usize {
    let wanted = std::env::var("LOAM_ACCOUNTANT_LOANS");
    wanted.map_or(300, |count| count.parse().expect("LOAM_ACCOUNTANT_LOANS is a number"))
}

const METHODS: [AccountingMethod; 3] =
    [AccountingMethod::Accrual, AccountingMethod::Cash, AccountingMethod::None];

/// A loan that has lived, and every loan whose place it took.
fn lives() -> Vec<Life> {
    let mut runner = TestRunner::deterministic();
    let moves = prop::collection::vec(a_move(), 5..25);
    let mut all = Vec::new();
    let mut at = 0;
    while all.len() < loans() {
        let bytes = some_bytes().new_tree(&mut runner).expect("bytes").current();
        let mut agreed = agreed(&KINDS[at % KINDS.len()], &mut Dice::new(&bytes));
        agreed.product.accounting = METHODS[at % METHODS.len()];
        if at.is_multiple_of(2) {
            agreed.product.accounting_rules = rules();
        }
        at += 1;
        let Some(mut life) = Life::begin(&agreed) else { continue };
        let steps: Vec<Move> = moves.new_tree(&mut runner).expect("moves").current();
        steps.iter().for_each(|step| life.lead(step));
        let earlier = std::mem::take(&mut life.earlier);
        all.extend(earlier);
        all.push(life);
    }
    all
}

fn rules() -> AccountingRules {
    let own = |resource, number| AccountingRule { resource, account: Key::entity(Part::new(0), 0, number) };
    let rules = vec![own(GlAccount::LoanPortfolio, 91), own(GlAccount::InterestReceivable, 92)];
    AccountingRules::try_new(rules).expect("two resources")
}

/// Which of two days a transfer counts on.
#[derive(Debug, Clone, Copy)]
enum By {
    Booking,
    Value,
}

impl By {
    fn day(self, transfer: &Transfer) -> Date {
        match self {
            By::Booking => transfer.booking_date,
            By::Value => transfer.value_date,
        }
    }

    fn view(self, day: Date, life: &Life) -> View {
        match self {
            By::Booking => View { as_of: day, known_on: day },
            By::Value => View { as_of: day, known_on: life.book.business_date },
        }
    }

    /// The days on which a loan changes.
    fn days(self, life: &Life) -> BTreeSet<Date> {
        match self {
            By::Booking => life.book.entries.iter().map(|entry| entry.stamp.booking_date).collect(),
            By::Value => effective(&life.book.entries).iter().map(|one| one.step.value_date).collect(),
        }
    }
}

/// What stands on the accounts of what is owed: read off the rows of the journal, wherever rules have put them.
fn ledger_moves(lives: &[Life], by: By) -> BTreeMap<Date, Components> {
    let mut moves: BTreeMap<Date, Components> = BTreeMap::new();
    for transfer in lives.iter().flat_map(|life| &life.book.transfers) {
        let day = moves.entry(by.day(transfer)).or_default();
        for (account, sign) in [(transfer.debit, 1), (transfer.credit, -1)] {
            let amount = if sign == 1 { transfer.amount } else { -transfer.amount };
            let places = [
                (GlAccount::LoanPortfolio, &mut day.principal),
                (GlAccount::InterestReceivable, &mut day.interest),
                (GlAccount::FeeReceivable, &mut day.fees),
                (GlAccount::PenaltyReceivable, &mut day.penalties),
            ];
            places.into_iter().filter(|(of, _)| *of == account).for_each(|(_, place)| *place += amount);
        }
    }
    moves
}

/// By how much what the loans owe changes on each day, folded from their logs.
fn loan_moves(lives: &[Life], by: By) -> BTreeMap<Date, Components> {
    let mut moves: BTreeMap<Date, Components> = BTreeMap::new();
    for life in lives {
        let mut before = Components::ZERO;
        for day in by.days(life) {
            let owed = |loan: Loan| on_ledger(loan.servicing.outstanding, loan.terms.accounting.method);
            let now = as_of(&life.book.entries, by.view(day, life)).map_or(Components::ZERO, owed);
            *moves.entry(day).or_default() += now - before;
            before = now;
        }
    }
    moves
}

fn differing_day(lives: &[Life], by: By) -> Option<(Date, Components, Components)> {
    let (ledger, loans) = (ledger_moves(lives, by), loan_moves(lives, by));
    let days: BTreeSet<Date> = ledger.keys().chain(loans.keys()).copied().collect();
    let (mut booked, mut owed) = (Components::ZERO, Components::ZERO);
    days.into_iter().find_map(|day| {
        booked += ledger.get(&day).copied().unwrap_or_default();
        owed += loans.get(&day).copied().unwrap_or_default();
        (booked != owed).then_some((day, booked, owed))
    })
}

#[test]
fn the_ledger_is_what_the_loans_owe_on_every_date() {
    let lives = lives();
    let corrected =
        lives.iter().flat_map(|life| &life.book.transactions).filter(|row| row.reverses.is_some());
    assert!(corrected.count() > lives.len() / 4, "the past was corrected often");
    for by in [By::Booking, By::Value] {
        assert_eq!(differing_day(&lives, by), None, "the day, the ledger, the loans, by {by:?}");
    }
}

/// What ought to be set aside for all loans on a day, worked out of what each owes and since when it is in arrears.
fn needed(lives: &[Life], day: Date) -> Amount {
    let view = View { as_of: day, known_on: day };
    let loans = lives.iter().filter_map(|life| as_of(&life.book.entries, view));
    let running = loans
        .filter(|loan| loan.state().is_active() && loan.terms.accounting.method != AccountingMethod::None);
    let percent = |days: i64| match days {
        ..=0 => 1,
        1..=30 => 5,
        31..=60 => 25,
        _ => 100,
    };
    let of_loan = |loan: Loan| {
        let funds = loan.servicing.course.funds.iter().filter(|fund| fund.is_paid_in);
        let own = loan.servicing.outstanding.principal - funds.map(|fund| fund.left()).sum();
        let hundredths = own.minor() * percent(loan.days_in_arrears(day));
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        Amount::from_minor(whole + i64::from(rest > 50 || (rest == 50 && whole % 2 == 1)))
    };
    running.map(of_loan).sum()
}

#[test]
fn the_allowance_is_what_the_loans_need_on_every_date() {
    let lives: Vec<Life> = lives().into_iter().take(60).collect();
    let catalog = Catalog::new(1, levels().into_iter().map(Record::RiskLevel).collect());
    let days: BTreeSet<Date> = lives.iter().flat_map(|life| By::Booking.days(life)).collect();
    let (mut accounts, mut posted): (Vec<ProvisionAccount>, Vec<Transfer>) = (Vec::new(), Vec::new());
    for day in days {
        let view = View { as_of: day, known_on: day };
        let mut sums = ProvisionSums::default();
        let loans = lives.iter().filter_map(|life| as_of(&life.book.entries, view));
        loans.for_each(|loan| sums.add(&loan, &catalog, day));
        for posting in sums.postings(&accounts, day) {
            let (after, transfers) = post(&posting, 77);
            accounts.retain(|account| account.group != after.group);
            accounts.push(after);
            posted.extend(transfers);
        }
        let booked = -balance_of(&posted, GlAccount::LoanLossAllowance);
        assert_eq!(booked, needed(&lives, day), "{day}");
        assert_eq!(balance_of(&posted, GlAccount::ProvisionExpense), booked, "{day}");
    }
    assert!(
        posted.iter().any(|transfer| transfer.credit == GlAccount::ProvisionExpense),
        "some was released"
    );
}

#[test]
fn a_transfer_on_another_day_or_of_another_amount_is_noticed() {
    let is_on_portfolio = |transfer: &&mut Transfer| transfer.debit == GlAccount::LoanPortfolio;
    let life = super::an_eventful_life();
    assert_eq!(differing_day(std::slice::from_ref(&life), By::Booking), None);
    let mut moved = life.clone();
    let transfer = moved.book.transfers.iter_mut().find(is_on_portfolio).expect("it was paid out");
    transfer.booking_date = transfer.booking_date.tomorrow().expect("a near date");
    assert!(differing_day(&[moved], By::Booking).is_some());
    let mut changed = life;
    let transfer = changed.book.transfers.iter_mut().find(is_on_portfolio).expect("it was paid out");
    transfer.amount += transfer.amount;
    assert!(differing_day(&[changed], By::Value).is_some());
}
