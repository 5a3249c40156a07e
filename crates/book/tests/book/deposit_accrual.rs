//! Interest of deposit accounts that is posted while it grows, by hand: 1,000.00 earn ten cents a day, and so do 20.00 that
//! are overdrawn cost.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::deposit_interest::{DepositInterestAccount, DepositInterestSums, is_due_on};
use loam_book::journal::evening::{post, what_does_not_hold};
use loam_book::journal::rules::{AccountingRule, AccountingRules, AccrualPosting, DepositAccounting};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::as_of::View;
use loam_book::product::AccountingMethod;
use loam_book::record::{Record, check_record};
use loam_book::savings::Savings;
use loam_book::savings::as_of::as_of;
use loam_book::savings::command::SavingsCommand;
use loam_book::savings::product::SavingsProduct;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;

use crate::savings_lives::{Kept, Life, begin_with, money, savings_product};
use crate::support::cents;

pub(crate) fn accruing(accrual: AccrualPosting) -> DepositAccounting {
    DepositAccounting { method: AccountingMethod::Accrual, accrual, ..DepositAccounting::default() }
}

/// The evenings of a book: what they posted, and what stands of it.
#[derive(Default)]
struct Evenings {
    accounts: Vec<DepositInterestAccount>,
    posted: Vec<Transfer>,
}

impl Evenings {
    /// Gives for how many groups something was posted.
    fn close(&mut self, life: &Life) -> usize {
        self.close_on(life.book.business_date, life.kept.iter().map(|kept| &kept.account))
    }

    fn close_on<'a>(&mut self, day: Date, deposits: impl Iterator<Item = &'a Savings>) -> usize {
        let mut sums = DepositInterestSums::default();
        deposits.for_each(|deposit| sums.add(deposit, day));
        let postings = sums.postings(&self.accounts, day);
        for posting in &postings {
            let (after, transfers) = post(posting, 77 + i64::try_from(self.accounts.len()).expect("few"));
            self.accounts.retain(|account| account.group != after.group);
            self.accounts.push(after);
            self.posted.extend(transfers);
        }
        postings.len()
    }

    fn hold(&self) -> bool {
        self.accounts.iter().all(|account| {
            let is_its = |transfer: &&Transfer| transfer.account_no == account.account_no;
            let its: Vec<Transfer> = self.posted.iter().filter(is_its).cloned().collect();
            what_does_not_hold(account, &its).is_none()
        })
    }

    fn balances(&self) -> [Amount; 4] {
        let of = |account| balance_of(&self.posted, account);
        [
            of(GlAccount::InterestExpense),
            of(GlAccount::InterestPayable),
            of(GlAccount::AccruedInterest),
            of(GlAccount::InterestIncome),
        ]
    }
}

fn advance_to(life: &mut Life, day: Date) {
    life.book.business_date = day;
    (0..2).for_each(|at| life.command(at, &SavingsCommand::Advance).expect("a day passes"));
}

/// On January 31st 1,000.00 are paid in on the first account, which has its interest on the first of each month; the second
/// is overdrawn by 20.00, and charged every week.
fn moved(accrual: AccrualPosting) -> Life {
    let mut life = begin_with([accruing(accrual), accruing(accrual)]);
    (0..2).for_each(|at| life.command(at, &SavingsCommand::Approve { notes: None }).expect("it is new"));
    life.command(0, &SavingsCommand::Deposit(money("1000"))).expect("it is approved");
    life.command(1, &SavingsCommand::Deposit(money("10"))).expect("it is approved");
    life.command(1, &SavingsCommand::TakeOut(money("30"))).expect("it may be overdrawn");
    life
}

#[test]
fn what_has_grown_is_owed_each_evening_and_counted_once_when_it_is_applied() {
    let mut life = moved(AccrualPosting::Daily);
    let mut evenings = Evenings::default();
    assert_eq!(evenings.close(&life), 0, "nothing grows on the first day");
    advance_to(&mut life, date(2024, 2, 1));
    evenings.close(&life);
    // The first night was applied on this morning; the overdraft waits for its week.
    assert_eq!(evenings.balances(), [0, 0, 10, -10].map(cents));
    advance_to(&mut life, date(2024, 2, 5));
    evenings.close(&life);
    // Four nights of 1,000.10; five of 20.00.
    assert_eq!(evenings.balances(), [40, -40, 50, -50].map(cents));
    assert_eq!(evenings.close(&life), 0, "closed again, nothing is posted");
    assert!(evenings.hold());
    advance_to(&mut life, date(2024, 3, 5));
    evenings.close(&life);
    // 10 cents and 2.90 were applied, and are an expense by their own transfers; four nights of 1,003.00 have grown.
    let [expense, payable, ..] = evenings.balances();
    assert_eq!([expense, payable], [40, -40].map(cents));
    assert_eq!(balance_of(&life.kept[0].transfers, GlAccount::InterestExpense), cents(3_00));
    life.assert_holds();
    // Nobody goes without it: what has grown is applied before the account is closed.
    life.command(0, &SavingsCommand::ApplyInterest { notes: None }).expect("some has grown");
    life.command(0, &SavingsCommand::TakeOut(money("1003.40"))).expect("it is there");
    life.command(0, &SavingsCommand::Close { notes: None }).expect("it is empty");
    evenings.close(&life);
    let [expense, payable, ..] = evenings.balances();
    assert_eq!([expense, payable], [0, 0].map(cents), "all of it was applied");
    evenings.posted.pop();
    assert!(!evenings.hold(), "a posting is missing");
}

#[test]
fn what_is_posted_at_the_end_of_a_month_is_taken_back_on_the_evening_after() {
    let mut life = moved(AccrualPosting::EndOfMonth);
    let mut evenings = Evenings::default();
    let product =
        SavingsProduct { accounting: accruing(AccrualPosting::EndOfMonth), ..savings_product(1, None) };
    for (day, is_due, payable) in [(28, false, 0), (29, true, 2_80), (30, true, 0), (31, false, 0)] {
        // February has 29 days.
        let on = date(2024, 2, 1).saturating_add(jiff::Span::new().days(day - 1));
        advance_to(&mut life, on);
        assert_eq!(is_due_on([&product].into_iter(), &evenings.accounts, on), is_due, "{on}");
        evenings.close(&life);
        assert_eq!(balance_of(&evenings.posted, GlAccount::InterestPayable), cents(-payable), "{on}");
    }
}

#[test]
fn rules_say_where_growing_interest_is_booked_and_who_has_no_accrual_basis_has_none() {
    let key = |number| Key::entity(Part::new(0), 0, number);
    let rule = |resource, number| AccountingRule { resource, account: key(number) };
    let rules = vec![rule(GlAccount::InterestPayable, 91), rule(GlAccount::InterestExpense, 92)];
    let rules = AccountingRules::try_new(rules).expect("two resources");
    let ruled = DepositAccounting { rules, ..accruing(AccrualPosting::Daily) };
    let mut life = begin_with([ruled, DepositAccounting::default()]);
    for at in 0..2 {
        life.command(at, &SavingsCommand::Approve { notes: None }).expect("it is new");
        life.command(at, &SavingsCommand::Deposit(money("1000"))).expect("it is approved");
    }
    advance_to(&mut life, date(2024, 2, 5));
    let mut evenings = Evenings::default();
    assert_eq!(evenings.close(&life), 1, "the other is on cash basis");
    let [posted] = evenings.posted.as_slice() else { panic!("one transfer: {:?}", evenings.posted) };
    assert_eq!((posted.booked.debit, posted.booked.credit), (Some(key(92)), Some(key(91))));
    let possible = |accounting| {
        let product = SavingsProduct { accounting, ..savings_product(1, None) };
        check_record(&Record::SavingsProduct(Box::new(product))).is_ok()
    };
    assert!(possible(accruing(AccrualPosting::None)) && possible(accruing(AccrualPosting::EndOfMonth)));
    let growing = AccrualPosting::Daily;
    assert!(!possible(DepositAccounting { accrual: growing, ..DepositAccounting::default() }));
}

/// What the accounts of each product show on a day together, rounded once: owed to depositors and by them.
fn shown(deposits: &[Savings], day: Date) -> [Amount; 2] {
    let mut sums: BTreeMap<Key, [Exact; 2]> = BTreeMap::new();
    for deposit in deposits.iter().filter(|deposit| deposit.terms.accounting.accrual != AccrualPosting::None)
    {
        let Some((earned, owed)) = deposit.growing_interest(day) else { continue };
        let [to_them, by_them] = sums.entry(deposit.terms.product).or_insert([Exact::ZERO; 2]);
        *to_them += earned.to_decimals(12);
        *by_them += owed.to_decimals(12);
    }
    let rounded = |at: usize| sums.values().map(|sum| sum[at].round(Rounding::HalfEven)).sum();
    [rounded(0), rounded(1)]
}

/// Evenings over accounts that lived, on each day on which one of them was moved.
pub(crate) fn assert_posted_is_what_accounts_show(kept: &[Kept]) {
    let days = kept.iter().flat_map(|kept| kept.entries.iter().map(|entry| entry.stamp.booking_date));
    let days: BTreeSet<Date> = days.collect();
    let (mut evenings, mut most) = (Evenings::default(), [Amount::ZERO; 2]);
    for day in days {
        let view = View { as_of: day, known_on: day };
        let known = kept.iter().filter_map(|kept| as_of(&kept.entries, view)).map(|(account, _)| account);
        let deposits: Vec<Savings> = known.collect();
        evenings.close_on(day, deposits.iter());
        let [expense, payable, accrued, income] = evenings.balances();
        assert_eq!([-payable, accrued], shown(&deposits, day), "{day}");
        assert_eq!([expense, income], [-payable, -accrued], "{day}");
        most = [most[0].max(expense), most[1].max(accrued)];
    }
    assert!(most.iter().all(|most| most.is_positive()), "{most:?}");
}
