//! An accountant's test: many loans live beside each other, with corrections of the past and reversals, by every method
//! of accounting; deposit accounts live beside them, and somebody makes entries by hand. On every date the general ledger
//! is what the sub-ledgers of loans and of deposit accounts say, and what was entered, by booking date and by value date.
//!
//! 300 loans are looked at; `LOAM_ACCOUNTANT_LOANS=10000` in a release build looks at more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::checks::on_ledger;
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::chart::default_chart;
use loam_book::journal::evening::post;
use loam_book::journal::income::{IncomeAccount, IncomeSums};
use loam_book::journal::manual::{ManualEntry, ManualLine, NewManualEntry, NewManualLine, Side, enter};
use loam_book::journal::provisions::{ProvisionAccount, ProvisionSums};
use loam_book::journal::rules::{AccountingRule, AccountingRules, AccrualPosting, DepositAccounting};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::Loan;
use loam_book::loan::as_of::{View, as_of, with_owed_to_others};
use loam_book::loan::explain::accrued_exact;
use loam_book::loan::log::effective;
use loam_book::product::AccountingMethod;
use loam_book::record::Record;
use loam_book::savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::dice::Dice;
use super::kinds::KINDS;
use super::life::Life;
use super::moves::{Move, a_move};
use super::some_bytes;
use super::terms::agreed;
use crate::deposit_accounting::{ruled, unbooked};
use crate::deposit_accrual::{accruing, assert_posted_is_what_accounts_show};
use crate::provisions::levels;
use crate::savings_lives::{Kept, begin_with};
use crate::support::{TestBook, product};

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
        agreed.product.accrual_posting = AccrualPosting::Daily;
        agreed.product.suspense_after_days = Some(10);
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

/// Debits less credits.
type Balances = BTreeMap<GlAccount, Amount>;

/// The accounts of which a sub-ledger tells what stands there, and for whom.
const TOLD: [GlAccount; 11] = [
    GlAccount::LoanPortfolio,
    GlAccount::InterestReceivable,
    GlAccount::FeeReceivable,
    GlAccount::PenaltyReceivable,
    GlAccount::Overpayments,
    GlAccount::TaxesPayable,
    GlAccount::DeferredFeeIncome,
    GlAccount::InvestorFunds,
    GlAccount::InvestorInterestPayable,
    GlAccount::SavingsControl,
    GlAccount::OverdraftPortfolio,
];

/// A book of loans, deposit accounts and entries by hand.
struct Books {
    lives: Vec<Life>,
    deposits: Vec<Kept>,
    entered: Vec<ManualEntry>,
}

fn books() -> Books {
    let lives = lives();
    let deposits = deposits(lives.len() / 10);
    let days = lives.iter().flat_map(|life| By::Booking.days(life)).collect::<BTreeSet<_>>();
    Books { entered: days.into_iter().step_by(7).map(entered_on).collect(), lives, deposits }
}

/// Deposit accounts that have lived, two and two, each pair with deposits, withdrawals, overdrafts, fees, interest and
/// transfers between both.
fn deposits(pairs: usize) -> Vec<Kept> {
    let mut runner = TestRunner::deterministic();
    let mut all = Vec::new();
    for at in 0..pairs {
        let bytes = prop::collection::vec(any::<u8>(), 400).new_tree(&mut runner).expect("bytes").current();
        let kinds = [DepositAccounting::default(), ruled(), unbooked(), accruing(AccrualPosting::Daily)];
        let mut life = begin_with([kinds[at % 4].clone(), kinds[at / 4 % 4].clone()]);
        life.lead(&bytes, 40);
        all.extend(life.kept);
    }
    all
}

/// Somebody pays taxes and investors, and writes an expense off a liability that the book books on too.
fn entered_on(day: Date) -> ManualEntry {
    let mut book = TestBook::new(product(), day);
    let chart = default_chart(jiff::Timestamp::UNIX_EPOCH);
    book.catalog =
        Catalog::new(2, chart.into_iter().map(|row| Record::LedgerAccount(Box::new(row))).collect());
    let line = |side, account: &str, amount: &str| NewManualLine {
        side,
        account: account.to_owned(),
        amount: StatedAmount(amount.to_owned()),
    };
    let lines = vec![
        line(Side::Debit, "2400", "7.31"),
        line(Side::Debit, "2160", "0.19"),
        line(Side::Credit, "1410", "5.00"),
        line(Side::Credit, "1400", "2.50"),
    ];
    let new = NewManualEntry { date: Some(day), branch: None, notes: None, lines };
    let ids = book.new_ids();
    book.in_context(&ids, |context| enter(&new, Currency::USD, context)).expect("these accounts take entries")
}

/// What moved on the accounts: read off the rows of the journal, wherever rules have put them.
fn ledger_moves(books: &Books, by: By) -> BTreeMap<Date, Balances> {
    let mut moves: BTreeMap<Date, Balances> = BTreeMap::new();
    let of_loans = books.lives.iter().flat_map(|life| &life.book.transfers);
    for transfer in of_loans.chain(books.deposits.iter().flat_map(|kept| &kept.transfers)) {
        let day = moves.entry(by.day(transfer)).or_default();
        *day.entry(transfer.debit).or_default() += transfer.amount;
        *day.entry(transfer.credit).or_default() -= transfer.amount;
    }
    for (day, account, amount) in by_hand(books) {
        *moves.entry(day).or_default().entry(account).or_default() += amount;
    }
    moves
}

/// Debits less credits of each line that was entered.
fn by_hand(books: &Books) -> Vec<(Date, GlAccount, Amount)> {
    let line = |entry: &ManualEntry, line: &ManualLine| {
        let amount = if line.side == Side::Debit { line.amount } else { -line.amount };
        (entry.booking_date, line.carried.expect("an account of the default chart"), amount)
    };
    books.entered.iter().flat_map(|entry| entry.lines.iter().map(move |one| line(entry, one))).collect()
}

/// What the sub-ledger of loans says of one, as debits less credits.
fn told_of_loan(life: &Life, view: View) -> Balances {
    let Some((loan, to_others)) = with_owed_to_others(&life.book.entries, view) else {
        return Balances::new();
    };
    let method = loan.terms.accounting.method;
    let owed = on_ledger(loan.servicing.outstanding, method);
    let is_booked = method != AccountingMethod::None;
    let overpaid = if is_booked { loan.servicing.course.overpaid } else { Amount::ZERO };
    Balances::from([
        (GlAccount::LoanPortfolio, owed.principal),
        (GlAccount::InterestReceivable, owed.interest),
        (GlAccount::FeeReceivable, owed.fees),
        (GlAccount::PenaltyReceivable, owed.penalties),
        (GlAccount::Overpayments, -overpaid),
        (GlAccount::TaxesPayable, -to_others.taxes),
        (GlAccount::DeferredFeeIncome, -to_others.deferred_fees),
        (GlAccount::InvestorFunds, -to_others.investor_funds),
        (GlAccount::InvestorInterestPayable, -to_others.investor_interest),
    ])
}

/// The same of the sub-ledger of deposit accounts.
fn told_of_deposit(kept: &Kept, view: View) -> Balances {
    let Some((_, standing)) = savings::as_of::as_of(&kept.entries, view) else { return Balances::new() };
    Balances::from([
        (GlAccount::SavingsControl, -standing.savings),
        (GlAccount::OverdraftPortfolio, standing.overdraft),
        (GlAccount::TaxesPayable, -standing.taxes),
    ])
}

/// By how much what is told of an account changes on each of its days.
fn moves_of(days: BTreeSet<Date>, told: impl Fn(Date) -> Balances, moves: &mut BTreeMap<Date, Balances>) {
    let mut before = Balances::new();
    for day in days {
        let now = told(day);
        let moved = moves.entry(day).or_default();
        for account in TOLD {
            let of = |balances: &Balances| balances.get(&account).copied().unwrap_or_default();
            *moved.entry(account).or_default() += of(&now) - of(&before);
        }
        before = now;
    }
}

/// By how much what the sub-ledgers say changes on each day, folded from logs, and what was entered.
fn told_moves(books: &Books, by: By) -> BTreeMap<Date, Balances> {
    let mut moves: BTreeMap<Date, Balances> = BTreeMap::new();
    for life in &books.lives {
        moves_of(by.days(life), |day| told_of_loan(life, by.view(day, life)), &mut moves);
    }
    for kept in &books.deposits {
        let day_of = |entry: &SavingsEntry| match by {
            By::Booking => entry.stamp.booking_date,
            By::Value => entry.value_date,
        };
        let view = |day| match by {
            By::Booking => View { as_of: day, known_on: day },
            By::Value => View { as_of: day, known_on: Date::MAX },
        };
        let days = kept.entries.iter().map(day_of).collect();
        moves_of(days, |day| told_of_deposit(kept, view(day)), &mut moves);
    }
    for (day, account, amount) in by_hand(books) {
        *moves.entry(day).or_default().entry(account).or_default() += amount;
    }
    moves
}

/// The first day on which an account differs: what stands on it, and what the sub-ledgers and entries make.
fn differing_day(books: &Books, by: By) -> Option<(Date, GlAccount, Amount, Amount)> {
    let (ledger, told) = (ledger_moves(books, by), told_moves(books, by));
    let days: BTreeSet<Date> = ledger.keys().chain(told.keys()).copied().collect();
    let (mut booked, mut known) = (Balances::new(), Balances::new());
    for day in days {
        for (all, moves) in [(&mut booked, &ledger), (&mut known, &told)] {
            for (account, amount) in moves.get(&day).into_iter().flatten() {
                *all.entry(*account).or_default() += *amount;
            }
        }
        let of = |all: &Balances, account| all.get(&account).copied().unwrap_or_default();
        let differs = TOLD.into_iter().find(|account| of(&booked, *account) != of(&known, *account));
        if let Some(account) = differs {
            return Some((day, account, of(&booked, account), of(&known, account)));
        }
    }
    None
}

#[test]
fn the_ledger_is_what_the_sub_ledgers_say_on_every_date() {
    let books = books();
    let rows = books.lives.iter().flat_map(|life| &life.book.transactions);
    let corrected = rows.filter(|row| row.reverses.is_some()).count();
    assert!(corrected > books.lives.len() / 4, "the past was corrected often");
    let mut moved = BTreeSet::new();
    for by in [By::Booking, By::Value] {
        assert_eq!(
            differing_day(&books, by),
            None,
            "the day, the account, ledger and sub-ledgers, by {by:?}"
        );
        moved.extend(ledger_moves(&books, by).into_values().flat_map(Balances::into_keys));
    }
    let untouched: Vec<GlAccount> = TOLD.into_iter().filter(|account| !moved.contains(account)).collect();
    // Money of investors is paid in over the marketplace alone, which has no part in these lives.
    assert_eq!(untouched, [GlAccount::InvestorFunds]);
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

/// What has grown on all loans by a day and is not applied, and what of their interest is no income yet: worked out of
/// each, without the tax in it, and rounded once.
fn grown(loans: &[Loan], day: Date) -> [Amount; 2] {
    let net = |loan: &Loan, gross: Exact| {
        let tax = loan.terms.charges.tax.rate.filter(|_| loan.terms.charges.tax.on_interest);
        tax.map_or(gross, |tax| {
            gross.times(tax.denominator()).divided_by(tax.denominator() + tax.numerator())
        })
    };
    let (mut accrued, mut suspended) = (Exact::ZERO, Exact::ZERO);
    for loan in loans.iter().filter(|loan| loan.terms.accounting.method == AccountingMethod::Accrual) {
        if !loan.state().is_active() {
            continue;
        }
        let exact = accrued_exact(loan, day).map_or(Exact::ZERO, |(_, exact)| exact);
        let exact = net(loan, exact).to_decimals(12);
        accrued += exact;
        if loan.days_late(day) > 10 {
            let applied = Exact::from_amount(loan.servicing.outstanding.interest);
            let tax = (applied - net(loan, applied)).round(loan.terms.rounding);
            suspended += exact + applied - Exact::from_amount(tax);
        }
    }
    [accrued, suspended].map(|exact| exact.round(Rounding::HalfEven))
}

#[test]
fn interest_that_has_grown_is_what_the_loans_give_together_on_every_date() {
    let lives: Vec<Life> = lives().into_iter().take(90).collect();
    let days: BTreeSet<Date> = lives.iter().flat_map(|life| By::Booking.days(life)).collect();
    let (mut accounts, mut posted): (Vec<IncomeAccount>, Vec<Transfer>) = (Vec::new(), Vec::new());
    let mut most = [Amount::ZERO; 2];
    for day in days {
        let view = View { as_of: day, known_on: day };
        let loans: Vec<Loan> = lives.iter().filter_map(|life| as_of(&life.book.entries, view)).collect();
        let mut sums = IncomeSums::default();
        loans.iter().for_each(|loan| sums.add(loan, day));
        for posting in sums.postings(&accounts, day) {
            let (after, transfers) = post(&posting, 77);
            accounts.retain(|account| account.group != after.group);
            accounts.push(after);
            posted.extend(transfers);
        }
        let booked = [
            balance_of(&posted, GlAccount::AccruedInterest),
            -balance_of(&posted, GlAccount::InterestSuspense),
        ];
        assert_eq!(booked, grown(&loans, day), "{day}");
        assert!(accounts.len() <= 1, "all of them are one product's, in one currency and by the same rules");
        most = [most[0].max(booked[0]), most[1].max(booked[1])];
    }
    assert!(most.iter().all(|most| most.is_positive()), "{most:?}");
}

#[test]
fn interest_of_deposits_that_has_grown_is_what_the_accounts_show_together_on_every_date() {
    assert_posted_is_what_accounts_show(&deposits(60));
}

#[test]
fn a_transfer_on_another_day_or_of_another_amount_is_noticed() {
    let is_on_portfolio = |transfer: &&mut Transfer| transfer.debit == GlAccount::LoanPortfolio;
    let alone = |life: Life| Books { lives: vec![life], deposits: Vec::new(), entered: Vec::new() };
    let life = super::an_eventful_life();
    assert_eq!(differing_day(&alone(life.clone()), By::Booking), None);
    let mut moved = life.clone();
    let transfer = moved.book.transfers.iter_mut().find(is_on_portfolio).expect("it was paid out");
    transfer.booking_date = transfer.booking_date.tomorrow().expect("a near date");
    assert!(differing_day(&alone(moved), By::Booking).is_some());
    let mut changed = life;
    let transfer = changed.book.transfers.iter_mut().find(is_on_portfolio).expect("it was paid out");
    transfer.amount += transfer.amount;
    assert!(differing_day(&alone(changed), By::Value).is_some());
    let mut deposits = deposits(1);
    let transfer = deposits.iter_mut().flat_map(|kept| &mut kept.transfers).next().expect("one was moved");
    transfer.value_date = transfer.value_date.yesterday().expect("a near date");
    let books = Books { lives: Vec::new(), deposits, entered: Vec::new() };
    assert!(differing_day(&books, By::Value).is_some());
    assert_eq!(differing_day(&books, By::Booking), None);
}
